/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Conversions between wide strings and strings in a code page.  The "ANSI" and
 * "OEM" code pages of this machine are UTF-8; others are iconv(3)'s.
 */
#ifndef MAILSLOT_WIN32_WINNLS_H
#define MAILSLOT_WIN32_WINNLS_H

#include "windef.h"

#define CP_ACP		0
#define CP_OEMCP	1
#define CP_MACCP	2
#define CP_THREAD_ACP	3
#define CP_UTF7		65000
#define CP_UTF8		65001
#define MB_PRECOMPOSED		0x00000001
#define MB_COMPOSITE		0x00000002
#define MB_USEGLYPHCHARS	0x00000004
#define MB_ERR_INVALID_CHARS	0x00000008
#define WC_COMPOSITECHECK	0x00000200
#define WC_ERR_INVALID_CHARS	0x00000080
#define WC_NO_BEST_FIT_CHARS	0x00000400

MAILSLOT_WIN32_BEGIN

MAILSLOT_WIN32_API int WINAPI MultiByteToWideChar(UINT code_page, DWORD flags, LPCCH text,
						  int length, LPWSTR wide, int size);
MAILSLOT_WIN32_API int WINAPI WideCharToMultiByte(UINT code_page, DWORD flags, LPCWCH wide,
						  int length, LPSTR text, int size,
						  LPCCH substitute, LPBOOL substituted);
MAILSLOT_WIN32_API UINT WINAPI GetACP(void);
MAILSLOT_WIN32_API UINT WINAPI GetOEMCP(void);

MAILSLOT_WIN32_END

#endif /* MAILSLOT_WIN32_WINNLS_H */
