/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The destination of a message: a host, a domain or the sender's own domain, and the slot's name
 * there.
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/mailslot.h>

/* Room for the name of a host or a domain with its NUL: 1 to 63 of a-z, 0-9, '-', '_' and '.'. */
#define ADDRESS_PLACE_SIZE 64

/* A slot's name has at most so many components, as the module counts them. */
#define ADDRESS_COMPONENTS 8

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

/* Copy the name of a host or a domain, folded.  Return false if the text is no such name. */
bool address_place(char place[ADDRESS_PLACE_SIZE], const char *text);

/*
 * Copy the name of a slot, folded: components separated by '/' or '\', of which the copy has '/'.
 * Return NULL, or the reason, in words for a log, why the text is no such name.
 */
const char *address_name(char name[MAILSLOT_NAME_SIZE], const char *text);

/*
 * Does the text match the pattern?  Both are folded already.  The rules are those of fnmatch(3)
 * without flags, so '*' also stands for '/'.  A '?' stands for a character of UTF-8, or, as glibc
 * compares bytes when characters have not matched, for each byte of one.
 */
bool address_matches(const char *pattern, const char *text);
/* Does the text hold '*', '?' or '['? */
bool address_is_pattern(const char *text);

/* A number that stands for the text where the text itself is too long: FNV-1a. */
uint64_t address_hash(const char *text);

#endif /* ADDRESS_H */
