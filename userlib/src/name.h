/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Win32 names of mailslots and what they are on Linux.
 */
#ifndef NAME_H
#define NAME_H

#include <linux/mailslot.h>

#include "lib.h"

/* Text of either width: one of the two is set. */
struct text {
	const char *utf8;
	const WCHAR *wide;
};

#define TEXT_A(s) ((struct text){ .utf8 = (s) })
#define TEXT_W(s) ((struct text){ .wide = (s) })

static inline bool text_is_null(struct text text)
{
	return !text.utf8 && !text.wide;
}

#define TEXT_END	((int32_t)0)
#define TEXT_BAD	((int32_t)-1)

int32_t text_next(struct text *text);

enum name_place {
	NAME_NOT_MAILSLOT,	/* not of the form \\host\mailslot\... */
	NAME_LOCAL,		/* \\.\ or \\?\ */
	NAME_OWN_HOST,		/* this machine, by its name */
	NAME_REMOTE,		/* another machine, a domain, or all: \\*\ */
};

/* Room for the name of a host or domain with its NUL. */
#define NAME_HOST_SIZE	256

int32_t name_fold(int32_t c);
DWORD name_parse(struct text text, enum name_place *place, char host[NAME_HOST_SIZE],
		 char name[MAILSLOT_NAME_SIZE]);
bool name_matches(const char *node, const char *folded, size_t length);
bool name_fits(const char *pattern, const char *name);

#endif /* NAME_H */
