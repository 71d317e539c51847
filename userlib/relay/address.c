// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Names of hosts, domains and slots as the relay compares them, and patterns of such names.  Which
 * Win32 name means what is the library's, in name.c.
 */
#include <fnmatch.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "address.h"
#include "name.h"

static bool in_place(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

bool address_place(char place[ADDRESS_PLACE_SIZE], const char *text)
{
	size_t i;

	for (i = 0; text[i]; i++) {
		char c = (char)name_fold((unsigned char)text[i]);

		if (i == ADDRESS_PLACE_SIZE - 1 || !in_place(c))
			return false;
		place[i] = c;
	}
	place[i] = '\0';
	/* A place is a component of a local slot's name, which can be neither of the two. */
	return i && strcmp(place, ".") && strcmp(place, "..");
}

static unsigned int count_components(const char *name)
{
	unsigned int count = 1;

	for (; *name; name++)
		count += *name == '/';
	return count;
}

const char *address_name(char name[MAILSLOT_NAME_SIZE], const char *text)
{
	/* A character has at most four times as many bytes as its folded form. */
	char whole[sizeof("\\\\.\\mailslot\\") + 4 * MAILSLOT_NAME_SIZE], host[NAME_HOST_SIZE];
	enum name_place place;
	DWORD error;

	if ((size_t)snprintf(whole, sizeof(whole), "\\\\.\\mailslot\\%s", text) >= sizeof(whole))
		return "the name is longer than 255 bytes";
	error = name_parse(TEXT_A(whole), &place, host, name);
	if (error == ERROR_FILENAME_EXCED_RANGE)
		return "the name is longer than 255 bytes";
	if (error)
		return "no slot can have that name";
	if (count_components(name) > ADDRESS_COMPONENTS)
		return "the name has more than 8 components";
	return NULL;
}

static pthread_once_t utf8_once = PTHREAD_ONCE_INIT;
static locale_t utf8;

static void utf8_init(void)
{
	utf8 = newlocale(LC_CTYPE_MASK | LC_COLLATE_MASK, "C.UTF-8", NULL);
}

static bool is_ascii(const char *text)
{
	while (*text)
		if (*text++ & 0x80)
			return false;
	return true;
}

/* fnmatch() reads characters as the thread's locale has them.  ASCII is the same in each locale. */
bool address_matches(const char *pattern, const char *text)
{
	locale_t before;
	bool matches;

	if (is_ascii(pattern) && is_ascii(text))
		return !fnmatch(pattern, text, 0);
	pthread_once(&utf8_once, utf8_init);
	before = utf8 ? uselocale(utf8) : (locale_t)0;
	matches = !fnmatch(pattern, text, 0);
	if (utf8)
		uselocale(before);
	return matches;
}

bool address_is_pattern(const char *text)
{
	return strpbrk(text, "*?[");
}

uint64_t address_hash(const char *text)
{
	uint64_t hash = 14695981039346656037ULL;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211ULL;
	return hash;
}
