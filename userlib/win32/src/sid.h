/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the makers of access control lists share.
 */
#ifndef MAILSLOT_WIN32_SID_H
#define MAILSLOT_WIN32_SID_H

#include "internal.h"

/* The bytes of a SID with so many sub-authorities. */
#define SID_SIZE(count)	(offsetof(SID, SubAuthority) + (count) * sizeof(DWORD))

/* Append an entry; FALSE and the last error on failure. */
BOOL acl_append(PACL acl, BYTE type, BYTE flags, ACCESS_MASK mask, PSID sid);

#endif /* MAILSLOT_WIN32_SID_H */
