// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Names of slots.  The kernel's rules are checked here as well, since a client opens a
 * path: what is no name must not lead out of the slots' directory, and says why it is none.
 */
#include <stdbool.h>
#include <string.h>

#include "cli.h"
#include "name.h"

/* Length of the UTF-8 sequence at @s, or 0: overlong, surrogate, beyond Unicode, control. */
static size_t character(const unsigned char *s)
{
	uint32_t c = s[0], least;
	size_t n, i;

	if (c < 0x80)
		return c >= ' ' && c != 0x7f;
	if (c >= 0xc2 && c < 0xe0) {
		n = 2;
		least = 0xa0;	/* below are the C1 controls */
		c &= 0x1f;
	} else if (c >= 0xe0 && c < 0xf0) {
		n = 3;
		least = 0x800;
		c &= 0x0f;
	} else if (c >= 0xf0 && c < 0xf5) {
		n = 4;
		least = 0x10000;
		c &= 0x07;
	} else {
		return 0;
	}
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	return c >= least && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff) ? n : 0;
}

static bool is_component(const char *name, size_t length)
{
	return length && !(length == 1 && *name == '.') &&
	       !(length == 2 && !memcmp(name, "..", 2));
}

static const char *objection(const char *name)
{
	size_t n;

	if (strlen(name) >= MAILSLOT_NAME_SIZE)
		return "a name has 255 bytes at the most";
	for (const char *at = name; *at; at += n) {
		n = character((const unsigned char *)at);
		if (!n)
			return "names are UTF-8 without control characters";
	}
	for (const char *at = name;; at += n + 1) {
		n = strcspn(at, "/");
		if (!is_component(at, n))
			return "no part of a name between slashes is empty, '.' or '..'";
		if (!at[n])
			return NULL;
	}
}

/* The name in an argument: a name, or the path of its node.  Leaves if it is neither. */
const char *name_argument(const char *given)
{
	const char *name = given, *directory = place_directory(), *why;
	size_t length = strlen(directory);

	if (!strncmp(given, directory, length) && given[length] == '/')
		name += length + 1;
	why = objection(name);
	if (why)
		usage("'%s' is no name of a slot: %s", given, why);
	return name;
}

void name_path(const char *name, char path[NODE_PATH_SIZE])
{
	snprintf(path, NODE_PATH_SIZE, "%s/%s", place_directory(), name);
}
