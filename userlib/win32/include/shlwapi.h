/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The comparisons of strings that shlwapi.dll has.
 */
#ifndef MAILSLOT_WIN32_SHLWAPI_H
#define MAILSLOT_WIN32_SHLWAPI_H

#include "winbase.h"

MAILSLOT_WIN32_BEGIN

MAILSLOT_WIN32_API int WINAPI StrCmpW(LPCWSTR a, LPCWSTR b);
MAILSLOT_WIN32_API int WINAPI StrCmpIW(LPCWSTR a, LPCWSTR b);
MAILSLOT_WIN32_API int WINAPI StrCmpNA(LPCSTR a, LPCSTR b, int count);
MAILSLOT_WIN32_API int WINAPI StrCmpNW(LPCWSTR a, LPCWSTR b, int count);
MAILSLOT_WIN32_API int WINAPI StrCmpNIA(LPCSTR a, LPCSTR b, int count);
MAILSLOT_WIN32_API int WINAPI StrCmpNIW(LPCWSTR a, LPCWSTR b, int count);

MAILSLOT_WIN32_END

#define StrCmpA		lstrcmpA
#define StrCmpIA	lstrcmpiA
#define StrCmp		MAILSLOT_WIN32_AW(StrCmp)
#define StrCmpI		MAILSLOT_WIN32_AW(StrCmpI)
#define StrCmpN		MAILSLOT_WIN32_AW(StrCmpN)
#define StrCmpNI	MAILSLOT_WIN32_AW(StrCmpNI)

#endif /* MAILSLOT_WIN32_SHLWAPI_H */
