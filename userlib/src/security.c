// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Security descriptors: an access control list becomes the mode of the slot's node, as
 * far as a mode can say the same.  A list that no mode can express is an error, because
 * a slot that more or fewer may write to than its maker asked for is worse than none.
 */
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

/* Whom an entry is about, as bits; the owner is one of everybody, and of the group. */
#define OWNER		1U
#define GROUP		2U
#define OTHERS		4U
#define EVERYBODY	(OWNER | GROUP | OTHERS)
#define NOBODY_HERE	0U	/* remote users, guests and so on: there are none */
#define ROOT		8U	/* root may do all there is, whatever a mode says */
#define UNKNOWN		16U

static const struct {
	uint8_t authority;
	uint8_t count;
	uint32_t sub[2];
	unsigned int who;
} well_known[] = {
	{ 1, 1, { 0 }, EVERYBODY },		/* Everyone */
	{ 2, 1, { 0 }, EVERYBODY },		/* Local */
	{ 3, 1, { 0 }, OWNER },			/* Creator Owner */
	{ 3, 1, { 1 }, OWNER | GROUP },		/* Creator Group */
	{ 3, 1, { 4 }, OWNER },			/* Owner Rights */
	{ 5, 1, { 2 }, NOBODY_HERE },		/* Network */
	{ 5, 1, { 3 }, NOBODY_HERE },		/* Batch */
	{ 5, 1, { 4 }, EVERYBODY },		/* Interactive */
	{ 5, 1, { 6 }, NOBODY_HERE },		/* Service */
	{ 5, 1, { 7 }, NOBODY_HERE },		/* Anonymous Logon */
	{ 5, 1, { 11 }, EVERYBODY },		/* Authenticated Users */
	{ 5, 1, { 12 }, NOBODY_HERE },		/* Restricted Code */
	{ 5, 1, { 18 }, ROOT },			/* Local System */
	{ 5, 1, { 19 }, NOBODY_HERE },		/* Local Service */
	{ 5, 1, { 20 }, NOBODY_HERE },		/* Network Service */
	{ 5, 2, { 32, 544 }, ROOT },		/* Administrators */
	{ 5, 2, { 32, 545 }, EVERYBODY },	/* Users */
	{ 5, 2, { 32, 546 }, NOBODY_HERE },	/* Guests */
	{ 5, 2, { 32, 547 }, NOBODY_HERE },	/* Power Users */
	{ 5, 2, { 32, 551 }, NOBODY_HERE },	/* Backup Operators */
	{ 15, 2, { 2, 1 }, NOBODY_HERE },	/* All Application Packages */
};

/* S-1-22-1-UID and S-1-22-2-GID are users and groups of Unix, as Samba names them. */
#define UNIX_AUTHORITY	22
#define UNIX_USER	1
#define UNIX_GROUP	2

static unsigned int who_is(const struct sid *sid)
{
	static const uint8_t zeros[5];
	uint8_t authority = sid->authority[5];

	if (memcmp(sid->authority, zeros, sizeof(zeros)))
		return UNKNOWN;
	if (authority == UNIX_AUTHORITY && sid->count == 2) {
		if (sid->sub[0] == UNIX_USER && !sid->sub[1])
			return ROOT;
		if (sid->sub[0] == UNIX_USER && sid->sub[1] == geteuid())
			return OWNER;
		if (sid->sub[0] == UNIX_GROUP && sid->sub[1] == getegid())
			return OWNER | GROUP;
	}
	for (size_t i = 0; i < ARRAY_SIZE(well_known); i++)
		if (well_known[i].authority == authority && well_known[i].count == sid->count &&
		    !memcmp(well_known[i].sub, sid->sub, sid->count * sizeof(uint32_t)))
			return well_known[i].who;
	return UNKNOWN;
}

static mode_t mode_of(unsigned int who, uint32_t mask)
{
	uint32_t rights = handle_rights(mask);
	mode_t bits = (rights & HANDLE_READ ? 4 : 0) | (rights & HANDLE_WRITE ? 2 : 0);

	return (who & OWNER ? bits << 6 : 0) | (who & GROUP ? bits << 3 : 0) |
	       (who & OTHERS ? bits : 0);
}

/* Add what an entry says of the bits that no earlier one has decided. */
static DWORD add_entry(const struct entry_header *entry, const struct sid *sid, mode_t *decided,
		       mode_t *mode)
{
	unsigned int who = who_is(sid);
	mode_t bits = mode_of(who, entry->mask) & ~*decided;

	if (entry->flags & ENTRY_INHERIT_ONLY)
		return ERROR_SUCCESS;
	if (entry->type != ENTRY_ALLOW && entry->type != ENTRY_DENY)
		return ERROR_NOT_SUPPORTED;
	if (who == UNKNOWN || (who == ROOT && entry->type == ENTRY_DENY))
		return ERROR_NOT_SUPPORTED;
	*decided |= bits;
	if (entry->type == ENTRY_ALLOW)
		*mode |= bits;
	return ERROR_SUCCESS;
}

static DWORD read_list(const unsigned char *list, mode_t *mode)
{
	struct list_header header;
	mode_t decided = 0;
	size_t at = sizeof(header);
	DWORD error = ERROR_SUCCESS;

	*mode = 0;
	memcpy(&header, list, sizeof(header));
	for (unsigned int i = 0; i < header.count && !error; i++) {
		struct entry_header entry;
		struct sid sid;
		size_t room;

		if (at + sizeof(entry) > header.size)
			return ERROR_INVALID_ACL;
		memcpy(&entry, list + at, sizeof(entry));
		if (entry.size < sizeof(entry) + 8 || at + entry.size > header.size)
			return ERROR_INVALID_ACL;
		room = entry.size - sizeof(entry);
		memset(&sid, 0, sizeof(sid));
		memcpy(&sid, list + at + sizeof(entry), room < sizeof(sid) ? room : sizeof(sid));
		if (sid.revision != REVISION || sid.count > 15 || 8U + 4U * sid.count > room)
			return ERROR_INVALID_ACL;
		error = add_entry(&entry, &sid, &decided, mode);
		at += entry.size;
	}
	return error;
}

/**
 * security_permissions() - what a slot's node gets for a mode
 * @security: what CreateMailslot() was given
 * @permissions: where the mode goes
 *
 * Return: 0, or a Win32 error code: 50 for a list that no mode expresses, 1336 for one that is
 * broken, 1338 for a descriptor of another revision.
 */
DWORD security_permissions(LPSECURITY_ATTRIBUTES security, struct permissions *permissions)
{
	const unsigned char *descriptor = security ? security->lpSecurityDescriptor : NULL;
	const unsigned char *list;
	struct absolute head;
	struct relative relative;

	permissions->mode = 0666;
	permissions->exact = false;
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
	return list ? read_list(list, &permissions->mode) : ERROR_SUCCESS;
}
