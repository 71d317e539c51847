/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Declarations for the files that make access control lists. */
#ifndef MAILSLOT_WIN32_SID_H
#define MAILSLOT_WIN32_SID_H

#include "internal.h"

/* The bytes of a SID with so many sub-authorities. */
#define SID_SIZE(count)	(offsetof(SID, SubAuthority) + (count) * sizeof(DWORD))

/* An account that every machine has: its letters in SDDL, if any, its names, its SID. */
struct account {
	char letters[3];
	WELL_KNOWN_SID_TYPE type;
	SID_NAME_USE use;
	BYTE authority;
	BYTE count;
	DWORD sub[2];
	const char *domain;
	const char *name;
};

/* The account whose two letters a text begins with, or NULL. */
const struct account *account_by_letters(const char *letters);
void account_sid(const struct account *account, PSID sid);

void account_current_user(PSID sid);

/* The SID of a name, at most SECURITY_MAX_SID_SIZE bytes; 0, or 8 or 1332. */
DWORD account_sid_of(const char *name, PSID sid);

/* Return entry @number of a list, or the place for the next one; NULL if the list is broken. */
BYTE *acl_entry(PACL acl, WORD number);
/* Cut the list to the length of its entries. */
void acl_shrink(PACL acl);

/* Append an entry; FALSE and the last error on failure. */
BOOL acl_append(PACL acl, BYTE type, BYTE flags, ACCESS_MASK mask, PSID sid);

#endif /* MAILSLOT_WIN32_SID_H */
