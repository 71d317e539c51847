// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Security descriptors: an access control list is read into rules (access.h), from which the
 * permissions of the slot's node follow.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "handle.h"
#include "security.h"

#define REVISION	1	/* of descriptors and of security identifiers */
#define HAS_DACL	0x0004
#define SELF_RELATIVE	0x8000

/* The form that programs build in memory. */
struct absolute {
	uint8_t revision;
	uint8_t reserved;
	uint16_t control;
	void *owner;
	void *group;
	void *sacl;
	void *dacl;
};

/* The form with offsets from its beginning. */
struct relative {
	uint8_t revision;
	uint8_t reserved;
	uint16_t control;
	uint32_t owner;
	uint32_t group;
	uint32_t sacl;
	uint32_t dacl;
};

struct list_header {
	uint8_t revision;
	uint8_t reserved;
	uint16_t size;
	uint16_t count;
	uint16_t reserved2;
};

#define ENTRY_ALLOW		0
#define ENTRY_DENY		1
#define ENTRY_INHERIT_ONLY	0x08

struct entry_header {
	uint8_t type;
	uint8_t flags;
	uint16_t size;
	uint32_t mask;
};

struct sid {
	uint8_t revision;
	uint8_t count;
	uint8_t authority[6];
	uint32_t sub[15];
};

/* More kinds of accounts, beside those of rules: no rule can be made for these accounts. */
enum {
	NOBODY_HERE = ACCESS_GROUP + 1,	/* remote users, guests and so on: there are none */
	ROOT,				/* root may do all there is, whatever permissions say */
	UNKNOWN,
};

static const struct {
	uint8_t authority;
	uint8_t count;
	uint32_t sub[2];
	int who;
} well_known[] = {
	{ 1, 1, { 0 }, ACCESS_EVERYBODY },	/* Everyone */
	{ 2, 1, { 0 }, ACCESS_EVERYBODY },	/* Local */
	{ 3, 1, { 0 }, ACCESS_OWNER },		/* Creator Owner */
	{ 3, 1, { 1 }, ACCESS_OWNING_GROUP },	/* Creator Group */
	{ 3, 1, { 4 }, ACCESS_OWNER },		/* Owner Rights */
	{ 5, 1, { 2 }, NOBODY_HERE },		/* Network */
	{ 5, 1, { 3 }, NOBODY_HERE },		/* Batch */
	{ 5, 1, { 4 }, ACCESS_EVERYBODY },	/* Interactive */
	{ 5, 1, { 6 }, NOBODY_HERE },		/* Service */
	{ 5, 1, { 7 }, NOBODY_HERE },		/* Anonymous Logon */
	{ 5, 1, { 11 }, ACCESS_EVERYBODY },	/* Authenticated Users */
	{ 5, 1, { 12 }, NOBODY_HERE },		/* Restricted Code */
	{ 5, 1, { 18 }, ROOT },			/* Local System */
	{ 5, 1, { 19 }, NOBODY_HERE },		/* Local Service */
	{ 5, 1, { 20 }, NOBODY_HERE },		/* Network Service */
	{ 5, 2, { 32, 544 }, ROOT },		/* Administrators */
	{ 5, 2, { 32, 545 }, ACCESS_EVERYBODY },	/* Users */
	{ 5, 2, { 32, 546 }, NOBODY_HERE },	/* Guests */
	{ 5, 2, { 32, 547 }, NOBODY_HERE },	/* Power Users */
	{ 5, 2, { 32, 551 }, NOBODY_HERE },	/* Backup Operators */
	{ 15, 2, { 2, 1 }, NOBODY_HERE },	/* All Application Packages */
};

/* S-1-22-1-UID and S-1-22-2-GID are users and groups of Unix, as Samba names them. */
#define UNIX_AUTHORITY	22
#define UNIX_USER	1
#define UNIX_GROUP	2

static int unix_account(const struct sid *sid)
{
	uint32_t id = sid->sub[1];

	if (sid->sub[0] == UNIX_GROUP)
		return id == getegid() ? ACCESS_OWNING_GROUP : ACCESS_GROUP;
	if (sid->sub[0] != UNIX_USER)
		return UNKNOWN;
	if (!id)
		return ROOT;
	return id == geteuid() ? ACCESS_OWNER : ACCESS_USER;
}

static int who_is(const struct sid *sid)
{
	static const uint8_t zeros[5];
	uint8_t authority = sid->authority[5];

	if (memcmp(sid->authority, zeros, sizeof(zeros)))
		return UNKNOWN;
	if (authority == UNIX_AUTHORITY && sid->count == 2)
		return unix_account(sid);
	for (size_t i = 0; i < ARRAY_SIZE(well_known); i++)
		if (well_known[i].authority == authority && well_known[i].count == sid->count &&
		    !memcmp(well_known[i].sub, sid->sub, sid->count * sizeof(uint32_t)))
			return well_known[i].who;
	return UNKNOWN;
}

static unsigned int rights_in(uint32_t mask)
{
	uint32_t rights = handle_rights(mask);

	return (rights & HANDLE_READ ? ACCESS_READ : 0) |
	       (rights & HANDLE_WRITE ? ACCESS_WRITE : 0);
}

/* The groups of the process, whose user will own the node. */
struct groups {
	gid_t *ids;
	int n;
};

static DWORD get_groups(struct groups *groups)
{
	int n = getgroups(0, NULL);

	groups->ids = n < 0 ? NULL : calloc((size_t)n + 1, sizeof(*groups->ids));
	if (!groups->ids)
		return ERROR_NOT_ENOUGH_MEMORY;
	groups->n = getgroups(n, groups->ids);
	return groups->n < 0 ? error_from_errno(errno) : ERROR_SUCCESS;
}

/* Is the owner in the group that is @who, with this id? */
static bool owner_is_member(const struct groups *groups, int who, gid_t id)
{
	if (who == ACCESS_OWNING_GROUP)
		return true;
	for (int i = 0; i < groups->n; i++)
		if (who == ACCESS_GROUP && groups->ids[i] == id)
			return true;
	return false;
}

/* Append what an entry says to the rules. */
static DWORD add_entry(const struct entry_header *entry, const struct sid *sid,
		       const struct groups *groups, struct access_rule *rules, size_t *n)
{
	int who = who_is(sid);

	if (entry->flags & ENTRY_INHERIT_ONLY)
		return ERROR_SUCCESS;
	if (entry->type != ENTRY_ALLOW && entry->type != ENTRY_DENY)
		return ERROR_NOT_SUPPORTED;
	if (who == UNKNOWN || (who == ROOT && entry->type == ENTRY_DENY))
		return ERROR_NOT_SUPPORTED;
	if (who == ROOT || who == NOBODY_HERE)
		return ERROR_SUCCESS;
	rules[(*n)++] = (struct access_rule){
		.who = (enum access_who)who,
		.id = who == ACCESS_USER || who == ACCESS_GROUP ? sid->sub[1] : 0,
		.rights = rights_in(entry->mask),
		.allow = entry->type == ENTRY_ALLOW,
		.owner = owner_is_member(groups, who, sid->sub[1]),
	};
	return ERROR_SUCCESS;
}

/* Read one entry, which begins @at bytes behind the list's beginning, and its SID. */
static DWORD read_entry(const unsigned char *list, size_t size, size_t at,
			struct entry_header *entry, struct sid *sid)
{
	size_t room;

	if (at + sizeof(*entry) > size)
		return ERROR_INVALID_ACL;
	memcpy(entry, list + at, sizeof(*entry));
	if (entry->size < sizeof(*entry) + 8 || at + entry->size > size)
		return ERROR_INVALID_ACL;
	room = entry->size - sizeof(*entry);
	memset(sid, 0, sizeof(*sid));
	memcpy(sid, list + at + sizeof(*entry), room < sizeof(*sid) ? room : sizeof(*sid));
	if (sid->revision != REVISION || sid->count > 15 || 8U + 4U * sid->count > room)
		return ERROR_INVALID_ACL;
	return ERROR_SUCCESS;
}

static DWORD read_rules(const unsigned char *list, const struct list_header *header,
			const struct groups *groups, struct access_rule *rules, size_t *n)
{
	size_t at = sizeof(*header);

	*n = 0;
	for (unsigned int i = 0; i < header->count; i++) {
		struct entry_header entry;
		struct sid sid;
		DWORD error = read_entry(list, header->size, at, &entry, &sid);

		if (!error)
			error = add_entry(&entry, &sid, groups, rules, n);
		if (error)
			return error;
		at += entry.size;
	}
	return ERROR_SUCCESS;
}

static DWORD read_list(const unsigned char *list, struct permissions *permissions)
{
	struct list_header header;
	struct access_rule *rules;
	struct groups groups;
	DWORD error;
	size_t n;

	memcpy(&header, list, sizeof(header));
	error = get_groups(&groups);
	rules = calloc(header.count + 1U, sizeof(*rules));
	if (!rules)
		error = ERROR_NOT_ENOUGH_MEMORY;
	if (!error)
		error = read_rules(list, &header, &groups, rules, &n);
	if (!error)
		error = access_permissions(rules, n, permissions);
	free(rules);
	free(groups.ids);
	return error;
}

/**
 * security_permissions() - find the permissions that a slot's node gets
 * @security: what CreateMailslot() was given
 * @permissions: where the permissions go
 *
 * Return: 0, or a Win32 error code: 50 for a list that no permissions express, 1336 for one that
 * is broken, 1338 for a descriptor of another revision.
 */
DWORD security_permissions(LPSECURITY_ATTRIBUTES security, struct permissions *permissions)
{
	const unsigned char *descriptor = security ? security->lpSecurityDescriptor : NULL;
	const unsigned char *list;
	struct absolute head;
	struct relative relative;

	*permissions = (struct permissions){ .mode = 0666, .group = (gid_t)-1 };
	if (!descriptor)
		return ERROR_SUCCESS;
	memcpy(&relative, descriptor, sizeof(relative));
	if (relative.revision != REVISION)
		return ERROR_INVALID_SECURITY_DESCR;
	if (!(relative.control & HAS_DACL))
		return ERROR_SUCCESS;
	if (relative.control & SELF_RELATIVE) {
		list = relative.dacl ? descriptor + relative.dacl : NULL;
	} else {
		memcpy(&head, descriptor, sizeof(head));
		list = head.dacl;
	}
	permissions->exact = true;
	return list ? read_list(list, permissions) : ERROR_SUCCESS;
}
