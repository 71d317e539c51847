// SPDX-License-Identifier: GPL-2.0-only
/*
 * The names that sequences use, valid ones and not, and the contract's rules for
 * them. The valid ones lie close to each other, so that they collide.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "world.h"

static char names[NNAMES][MAILSLOT_NAME_SIZE];
static int verdicts[NNAMES];

/* Valid ones first; all behind a directory that is this run's own. */
static const char * const tails[NNAMES] = {
	"", "/a", "/a/b", "/a/b/c", "/a/c", "/a-b", "/ab", "/b", "/B", "/..c/.d",
	"/\xc3\xa4",
	NULL,	/* 255 bytes */
	/* Not valid, or valid to the last byte. */
	"/", "//a", "/a/", "/.", "/..", "/./a", "/a/../b", "/a/.", "/a/..", "/a\n",
	"/\x01", "/\x7f",
	"/\xc2\x80", "/\xc2\x9f", "/\xc2\xa0", "/\xff", "/\xc0\xaf", "/\xe0\x80\xaf",
	"/\xed\xa0\x80", "/\xed\x9f\xbf", "/\xf4\x8f\xbf\xbf", "/\xf4\x90\x80\x80", "/\xe2\x82",
	"/\xf0\x80\x80\x80",
	NULL,	/* 256 bytes without a NUL */
	NULL,	/* the empty name */
	NULL,	/* a slash first */
	"/\x80",
	"/1/2/3/4/5/6/7",	/* as many components as there may be, and one more */
	"/1/2/3/4/5/6/7/8",
};

static bool continuation(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* Length of the character at @p, or 0: Unicode's table of well-formed sequences. */
static int well_formed(const unsigned char *p)
{
	if (p[0] < 0x80)
		return 1;
	if (p[0] >= 0xc2 && p[0] <= 0xdf)
		return continuation(p[1]) ? 2 : 0;
	if (p[0] >= 0xe0 && p[0] <= 0xef) {
		if (!continuation(p[1]) || !continuation(p[2]))
			return 0;
		if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f))
			return 0;
		return 3;
	}
	if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		if (!continuation(p[1]) || !continuation(p[2]) || !continuation(p[3]))
			return 0;
		if ((p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
			return 0;
		return 4;
	}
	return 0;
}

#define MOST_COMPONENTS	8

static bool control(const unsigned char *p)
{
	return p[0] < 0x20 || p[0] == 0x7f || (p[0] == 0xc2 && p[1] < 0xa0);
}

static int judge(const char *name)
{
	const unsigned char *p = (const unsigned char *)name;
	const char *part, *end;
	int length, parts = 0;

	if (!memchr(name, 0, MAILSLOT_NAME_SIZE))
		return -ENAMETOOLONG;
	for (; *p; p += length) {
		length = well_formed(p);
		if (!length || control(p))
			return -EINVAL;
	}
	for (part = name; part; part = *end ? end + 1 : NULL, parts++) {
		end = strchrnul(part, '/');
		if (end == part || !strncmp(part, ".", end - part) ||
		    (end - part == 2 && !strncmp(part, "..", 2)))
			return -EINVAL;
	}
	return parts > MOST_COMPONENTS ? -ENAMETOOLONG : 0;
}

void names_init(void)
{
	char base[32];
	unsigned int i, length;

	length = snprintf(base, sizeof(base), "model-%d", getpid());
	for (i = 0; i < NNAMES; i++) {
		memset(names[i], 0, sizeof(names[i]));
		if (tails[i]) {
			snprintf(names[i], sizeof(names[i]), "%s%s", base, tails[i]);
		} else if (i == BASE_NAMES - 1 || i == 36) {
			memset(names[i], 'x', MAILSLOT_NAME_SIZE - (i == 36 ? 0 : 1));
			memcpy(names[i], base, length);
			names[i][length] = '/';
		} else if (i == 38) {
			snprintf(names[i], sizeof(names[i]), "/%s", base);
		}
		verdicts[i] = judge(names[i]);
	}
}

const char *name_bytes(unsigned int name)
{
	return names[name % NNAMES];
}

int name_verdict(unsigned int name)
{
	return verdicts[name % NNAMES];
}

bool name_below(unsigned int name, unsigned int directory)
{
	size_t length = strlen(name_bytes(directory));

	return !strncmp(name_bytes(name), name_bytes(directory), length) &&
	       name_bytes(name)[length] == '/';
}

bool name_valid_path(unsigned int name)
{
	return !name_verdict(name);
}
