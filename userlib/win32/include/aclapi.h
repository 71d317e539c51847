/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Making access control lists of entries.  Functions that ask or change the security of an object
 * that is there are not here.
 */
#ifndef MAILSLOT_WIN32_ACLAPI_H
#define MAILSLOT_WIN32_ACLAPI_H

#include "windows.h"
#include "accctrl.h"

MAILSLOT_WIN32_BEGIN

MAILSLOT_WIN32_API DWORD WINAPI SetEntriesInAclA(ULONG n, PEXPLICIT_ACCESSA entries, PACL old,
						 PACL *list);
MAILSLOT_WIN32_API DWORD WINAPI SetEntriesInAclW(ULONG n, PEXPLICIT_ACCESSW entries, PACL old,
						 PACL *list);
MAILSLOT_WIN32_API VOID WINAPI BuildTrusteeWithSidA(PTRUSTEEA trustee, PSID sid);
MAILSLOT_WIN32_API VOID WINAPI BuildTrusteeWithSidW(PTRUSTEEW trustee, PSID sid);
MAILSLOT_WIN32_API VOID WINAPI BuildTrusteeWithNameA(PTRUSTEEA trustee, LPSTR name);
MAILSLOT_WIN32_API VOID WINAPI BuildTrusteeWithNameW(PTRUSTEEW trustee, LPWSTR name);
MAILSLOT_WIN32_API VOID WINAPI BuildExplicitAccessWithNameA(PEXPLICIT_ACCESSA entry, LPSTR name,
							    DWORD mask, ACCESS_MODE mode,
							    DWORD inheritance);
MAILSLOT_WIN32_API VOID WINAPI BuildExplicitAccessWithNameW(PEXPLICIT_ACCESSW entry, LPWSTR name,
							    DWORD mask, ACCESS_MODE mode,
							    DWORD inheritance);

MAILSLOT_WIN32_END

#define SetEntriesInAcl			MAILSLOT_WIN32_AW(SetEntriesInAcl)
#define BuildTrusteeWithSid		MAILSLOT_WIN32_AW(BuildTrusteeWithSid)
#define BuildTrusteeWithName		MAILSLOT_WIN32_AW(BuildTrusteeWithName)
#define BuildExplicitAccessWithName	MAILSLOT_WIN32_AW(BuildExplicitAccessWithName)

#endif /* MAILSLOT_WIN32_ACLAPI_H */
