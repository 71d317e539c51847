/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What console programs use of USER32: wsprintf and the case of strings.  There
 * are no windows here.
 */
#ifndef MAILSLOT_WIN32_WINUSER_H
#define MAILSLOT_WIN32_WINUSER_H

#include "windef.h"

MAILSLOT_WIN32_BEGIN

MAILSLOT_WIN32_API int WINAPIV wsprintfA(LPSTR buffer, LPCSTR format, ...);
MAILSLOT_WIN32_API int WINAPIV wsprintfW(LPWSTR buffer, LPCWSTR format, ...);
MAILSLOT_WIN32_API int WINAPI wvsprintfA(LPSTR buffer, LPCSTR format, va_list arguments);
MAILSLOT_WIN32_API int WINAPI wvsprintfW(LPWSTR buffer, LPCWSTR format, va_list arguments);
MAILSLOT_WIN32_API LPSTR WINAPI CharUpperA(LPSTR text);
MAILSLOT_WIN32_API LPWSTR WINAPI CharUpperW(LPWSTR text);
MAILSLOT_WIN32_API LPSTR WINAPI CharLowerA(LPSTR text);
MAILSLOT_WIN32_API LPWSTR WINAPI CharLowerW(LPWSTR text);
MAILSLOT_WIN32_API BOOL WINAPI CharToOemA(LPCSTR text, LPSTR oem);
MAILSLOT_WIN32_API BOOL WINAPI CharToOemW(LPCWSTR text, LPSTR oem);
MAILSLOT_WIN32_API BOOL WINAPI OemToCharA(LPCSTR oem, LPSTR text);
MAILSLOT_WIN32_API BOOL WINAPI OemToCharW(LPCSTR oem, LPWSTR text);

MAILSLOT_WIN32_END

#define wsprintf	MAILSLOT_WIN32_AW(wsprintf)
#define wvsprintf	MAILSLOT_WIN32_AW(wvsprintf)
#define CharUpper	MAILSLOT_WIN32_AW(CharUpper)
#define CharLower	MAILSLOT_WIN32_AW(CharLower)
#define CharToOem	MAILSLOT_WIN32_AW(CharToOem)
#define OemToChar	MAILSLOT_WIN32_AW(OemToChar)

#endif /* MAILSLOT_WIN32_WINUSER_H */
