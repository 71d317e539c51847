/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Where a message goes to: a host, a domain or the sender's own domain, and the slot's name there.
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/mailslot.h>

/* Room for the name of a host or a domain with its NUL: 1 to 63 of a-z, 0-9, '-', '_' and '.'. */
#define ADDRESS_PLACE_SIZE 64

enum address_form {
	ADDRESS_HOST,	/* \\HOST\mailslot\NAME */
	ADDRESS_DOMAIN,	/* \\DOMAIN\mailslot\NAME */
	ADDRESS_ALL,	/* \\*\mailslot\NAME: the sender's own domain */
};

struct address {
	enum address_form form;
	char place[ADDRESS_PLACE_SIZE];		/* folded; empty with ADDRESS_ALL */
	char name[MAILSLOT_NAME_SIZE];		/* folded, components separated by '/' */
};

/* Copy a host's or domain's name, folded; false when it is none. */
bool address_place(char place[ADDRESS_PLACE_SIZE], const char *text);

/* Is the text, folded already, what the pattern, folded already, means? (fnmatch(3), no flags) */
bool address_matches(const char *pattern, const char *text);
bool address_is_pattern(const char *text);

#endif /* ADDRESS_H */
