// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Slots on other machines.  The relay is the server of a local slot for each address that its
 * configuration allows:
 *
 *	remote/host/HOST/NAME		the slot NAME on a host
 *	remote/domain/DOMAIN/NAME	on each host of a domain
 *	remote/all/NAME			on each host of the sender's own domain
 *	remote/self/DOMAIN/HOST		never written to: what this host and its domain are called
 *
 * The host of the first form, and NAME in all of them, may be a pattern of fnmatch(3), which is
 * then part of the slot's name.  Such a slot serves many addresses, so that a message in it begins
 * with its address.  All names are folded.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "home.h"
#include "lookup.h"
#include "remote.h"

#define SELF		REMOTE_TOP "self"
#define HOSTS		REMOTE_TOP "host"
#define DOMAINS		REMOTE_TOP "domain"
#define EVERYWHERE	REMOTE_TOP "all"

/* Can a host or a domain have this name?  What cannot would lead to other directories. */
static bool is_place(const char *host)
{
	size_t length = strlen(host);

	return length && length < MAILSLOT_HOST_SIZE && strcmp(host, "..") && strcmp(host, ".") &&
	       strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == length;
}

/* Open a directory below the home of slots.  Return NULL if there is none. */
static DIR *open_directory(const char *name)
{
	char path[LOOKUP_PATH_SIZE];
	DIR *dir;
	int fd;

	lookup_path(name, path);
	fd = descriptor_open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir)
		descriptor_close(fd);
	return dir;
}

/* Return the next name in the directory; skip "." and "..". */
static const char *next_name(DIR *dir)
{
	struct dirent *entry;

	do {
		entry = readdir(dir);
	} while (entry && (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")));
	return entry ? entry->d_name : NULL;
}

/*
 * Find the first name in a directory, by its bytes, so that all programs find the same name.
 * Return false if no name there can be a host's.
 */
static bool first_name(const char *directory, char first[MAILSLOT_HOST_SIZE])
{
	DIR *dir = open_directory(directory);
	const char *name;

	*first = '\0';
	while (dir && (name = next_name(dir))) {
		if (is_place(name) && (!*first || strcmp(name, first) < 0))
			strcpy(first, name);
	}
	if (dir)
		closedir(dir);
	return *first;
}

/**
 * remote_names() - what the relay calls this host and its domain
 * @host: set to the name of the host
 * @domain: set to the name of the domain
 *
 * Return: false if there is no relay.
 */
bool remote_names(char host[MAILSLOT_HOST_SIZE], char domain[MAILSLOT_HOST_SIZE])
{
	char path[sizeof(SELF) + MAILSLOT_HOST_SIZE];

	if (!first_name(SELF, domain))
		return false;
	snprintf(path, sizeof(path), SELF "/%s", domain);
	return first_name(path, host);
}

LIB_EXPORT BOOL mailslot_relay_names(char host[MAILSLOT_HOST_SIZE],
				     char domain[MAILSLOT_HOST_SIZE])
{
	char own[MAILSLOT_HOST_SIZE], its_domain[MAILSLOT_HOST_SIZE];

	if (!remote_names(own, its_domain))
		return lib_fail(ERROR_REMOTE_MAILSLOTS_DEPRECATED);
	if (host)
		strcpy(host, own);
	if (domain)
		strcpy(domain, its_domain);
	return TRUE;
}

/* Does the relay, if there is one, call this host so?  @host is folded. */
bool remote_is_own_host(const char *host)
{
	char own[MAILSLOT_HOST_SIZE], domain[MAILSLOT_HOST_SIZE];

	return remote_names(own, domain) && !strcmp(own, host);
}

static bool is_pattern(const char *name)
{
	return strpbrk(name, "*?[");
}

/* Set the slot's name if there is such a slot for the address alone. */
static bool find_plain(const char *directory, const char *place, const char *name,
		       struct remote *remote)
{
	char path[LOOKUP_PATH_SIZE], slot[MAILSLOT_NAME_SIZE];
	int length;

	length = snprintf(slot, sizeof(slot), "%s%s%s/%s", directory, *place ? "/" : "", place,
			  name);
	if (length >= (int)sizeof(slot) || is_pattern(name))
		return false;
	lookup_path(slot, path);
	if (access(path, F_OK))
		return false;
	strcpy(remote->slot, slot);
	return true;
}

/* How much a character of a pattern leaves open. */
static int openness(char c)
{
	return c == '*' ? 3 : c == '?' ? 2 : c == '[' ? 1 : 0;
}

/*
 * Decide between two patterns that fit: is the first one to be taken?  The pattern is taken that
 * leaves less open where the two begin to differ.
 */
static bool is_closer(const char *pattern, const char *than)
{
	while (*pattern && *pattern == *than) {
		pattern++;
		than++;
	}
	if (openness(*pattern) != openness(*than))
		return openness(*pattern) < openness(*than);
	return *pattern < *than;
}

/* A search for the slot whose pattern a name fits. */
struct search {
	const char *name;
	char slot[MAILSLOT_NAME_SIZE];	/* the name that is looked at, as far as it goes */
	size_t place_end;		/* where its directory ends; the pattern follows */
	bool any_name;			/* the host is a pattern: the name need not be one */
	struct remote *remote;
	bool found;
};

static void consider(struct search *search)
{
	const char *pattern = search->slot + search->place_end + 1;

	if (strlen(search->slot) <= search->place_end)
		return;
	if ((!search->any_name && !is_pattern(pattern)) || !name_fits(pattern, search->name))
		return;
	if (search->found && !is_closer(search->slot, search->remote->slot))
		return;
	strcpy(search->remote->slot, search->slot);
	search->found = true;
}

/* Append a component to the name, which has @used bytes; its length then, or 0: no room. */
static size_t append(struct search *search, size_t used, const char *component)
{
	size_t length = strlen(component);

	if (used + 1 + length >= sizeof(search->slot))
		return 0;
	search->slot[used] = '/';
	memcpy(search->slot + used + 1, component, length + 1);
	return used + 1 + length;
}

/* Look at all slots below the directory whose name, of @used bytes, is the one so far. */
static void search_below(struct search *search, size_t used)
{
	DIR *dir = open_directory(search->slot);
	const char *component;
	size_t length;

	if (!dir && errno == ENOTDIR)
		consider(search);
	while (dir && (component = next_name(dir))) {
		length = append(search, used, component);
		if (length)
			search_below(search, length);
		search->slot[used] = '\0';
	}
	if (dir)
		closedir(dir);
}

/* The same below all hosts whose name is @host, or a pattern that @host fits. */
static void search_hosts(struct search *search, const char *host)
{
	DIR *dir = open_directory(HOSTS);
	const char *place;

	while (dir && (place = next_name(dir))) {
		search->any_name = is_pattern(place);
		if (search->any_name ? !name_fits(place, host) : strcmp(place, host))
			continue;
		strcpy(search->slot, HOSTS);
		search->place_end = append(search, strlen(HOSTS), place);
		if (search->place_end)
			search_below(search, search->place_end);
	}
	if (dir)
		closedir(dir);
}

/* Set the slot's name if there is such a slot, which a pattern is part of. */
static bool find_pattern(const char *directory, const char *place, const char *name,
			 struct remote *remote)
{
	struct search search = { .name = name, .remote = remote };

	if (!strcmp(directory, HOSTS)) {
		search_hosts(&search, place);
		return search.found;
	}
	strcpy(search.slot, directory);
	search.place_end = strlen(directory);
	if (*place)
		search.place_end = append(&search, search.place_end, place);
	search_below(&search, search.place_end);
	return search.found;
}

/* The possible meanings of an address, in the order in which a slot is looked for. */
static const struct {
	const char *directory;
	unsigned int form;	/* 0: all hosts */
	bool (*find)(const char *directory, const char *place, const char *name,
		     struct remote *remote);
} ways[] = {
	{ HOSTS, REMOTE_HOST, find_plain },
	{ DOMAINS, REMOTE_DOMAIN, find_plain },
	{ EVERYWHERE, 0, find_plain },
	{ HOSTS, REMOTE_HOST, find_pattern },
	{ DOMAINS, REMOTE_DOMAIN, find_pattern },
	{ EVERYWHERE, 0, find_pattern },
};

static void set_address(struct remote *remote, const char *host, const char *name)
{
	int length = snprintf(remote->address, sizeof(remote->address), "\\\\%s\\mailslot\\%s",
			      host, name);

	remote->address_size = (size_t)length + 1;
}

/**
 * remote_find() - find the relay's slot for an address
 * @host: the folded name of a host or a domain, or "*": all hosts of the own domain
 * @name: the folded name of the slot there
 * @forms: whether @host may be a host's name, or a domain's: REMOTE_*
 * @remote: set to the slot
 *
 * A slot for the address alone comes before a pattern, a host before a domain.  Of several patterns
 * the one is taken that leaves less open in the first character in which two of them differ: it
 * stands for itself, or is [, ? or *.
 *
 * Return: 0; 3025: there is no relay; 5: its configuration does not let messages go there.
 */
DWORD remote_find(const char *host, const char *name, unsigned int forms, struct remote *remote)
{
	char own[MAILSLOT_HOST_SIZE], domain[MAILSLOT_HOST_SIZE];
	bool all = !strcmp(host, "*");

	memset(remote, 0, sizeof(*remote));
	if (!remote_names(own, domain))
		return ERROR_REMOTE_MAILSLOTS_DEPRECATED;
	if (!all && !is_place(host))
		return ERROR_ACCESS_DENIED;
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		if (all ? ways[i].form : !(ways[i].form & forms))
			continue;
		if (!ways[i].find(ways[i].directory, all ? "" : host, name, remote))
			continue;
		remote->to_many = ways[i].form != REMOTE_HOST;
		remote->frame = ways[i].find == find_pattern;
		if (remote->frame)
			set_address(remote, host, name);
		return ERROR_SUCCESS;
	}
	return ERROR_ACCESS_DENIED;
}

/* Find out whether a slot is one of the relay's, and what its name tells. */
static bool recognize(const char *slot, struct remote *remote)
{
	static const char *const directories[] = { HOSTS "/", DOMAINS "/", EVERYWHERE "/" };
	size_t i = 0;

	while (i < ARRAY_SIZE(directories) &&
	       strncmp(slot, directories[i], strlen(directories[i])))
		i++;
	if (i == ARRAY_SIZE(directories) || strlen(slot) >= sizeof(remote->slot))
		return false;
	memset(remote, 0, sizeof(*remote));
	strcpy(remote->slot, slot);
	remote->to_many = i > 0;
	remote->frame = is_pattern(slot);
	return true;
}

/*
 * The name of the slot that a descriptor was opened by, if the slot is in the home.  The kernel
 * tells a path without links, and the home may be behind some.
 */
static const char *slot_of(int fd, char path[LOOKUP_PATH_SIZE])
{
	char *home = realpath(home_directory(), NULL);
	size_t length = home ? strlen(home) : 0;
	bool in_home = home && descriptor_target(fd, path, LOOKUP_PATH_SIZE) &&
		       !strncmp(path, home, length) && path[length] == '/';

	free(home);
	return in_home ? path + length + 1 : NULL;
}

/**
 * remote_recover() - find out whether a descriptor that was inherited is a slot of the relay's
 * @fd: a client end
 * @remote: set to what is known of it, allocated, or to NULL
 *
 * Which of the addresses that a slot serves was opened is not known.
 */
DWORD remote_recover(int fd, struct remote **remote)
{
	char path[LOOKUP_PATH_SIZE];
	const char *slot = slot_of(fd, path);
	struct remote found;

	*remote = NULL;
	if (!slot || !recognize(slot, &found))
		return ERROR_SUCCESS;
	*remote = malloc(sizeof(**remote));
	if (!*remote)
		return ERROR_NOT_ENOUGH_MEMORY;
	**remote = found;
	return ERROR_SUCCESS;
}
