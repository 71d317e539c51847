/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * StringCch* (sizes in characters) and StringCb* (in bytes): string functions that
 * always terminate, and say when they had to cut.
 */
#ifndef MAILSLOT_WIN32_STRSAFE_H
#define MAILSLOT_WIN32_STRSAFE_H

#include "winnt.h"

#define STRSAFE_MAX_CCH		2147483647
#define STRSAFE_E_INSUFFICIENT_BUFFER	((HRESULT)0x8007007a)
#define STRSAFE_E_INVALID_PARAMETER	((HRESULT)0x80070057)
#define STRSAFE_E_END_OF_FILE		((HRESULT)0x80070026)

/* The flags of the Ex functions; the low byte is what STRSAFE_FILL_* fill with. */
#define STRSAFE_IGNORE_NULLS		0x00000100
#define STRSAFE_FILL_BEHIND_NULL	0x00000200
#define STRSAFE_FILL_ON_FAILURE		0x00000400
#define STRSAFE_NULL_ON_FAILURE		0x00000800
#define STRSAFE_NO_TRUNCATION		0x00001000

typedef char *STRSAFE_LPSTR;
typedef const char *STRSAFE_LPCSTR;
typedef wchar_t *STRSAFE_LPWSTR;
typedef const wchar_t *STRSAFE_LPCWSTR;

MAILSLOT_WIN32_BEGIN

MAILSLOT_WIN32_API HRESULT StringCchCopyA(char *buffer, size_t size, const char *text);
MAILSLOT_WIN32_API HRESULT StringCchCopyW(wchar_t *buffer, size_t size, const wchar_t *text);
MAILSLOT_WIN32_API HRESULT StringCchCopyNA(char *buffer, size_t size, const char *text,
					   size_t length);
MAILSLOT_WIN32_API HRESULT StringCchCopyNW(wchar_t *buffer, size_t size, const wchar_t *text,
					   size_t length);
MAILSLOT_WIN32_API HRESULT StringCchCatA(char *buffer, size_t size, const char *text);
MAILSLOT_WIN32_API HRESULT StringCchCatW(wchar_t *buffer, size_t size, const wchar_t *text);
MAILSLOT_WIN32_API HRESULT StringCchCatNA(char *buffer, size_t size, const char *text,
					  size_t length);
MAILSLOT_WIN32_API HRESULT StringCchCatNW(wchar_t *buffer, size_t size, const wchar_t *text,
					  size_t length);
MAILSLOT_WIN32_API HRESULT StringCchPrintfA(char *buffer, size_t size, const char *format, ...);
MAILSLOT_WIN32_API HRESULT StringCchPrintfW(wchar_t *buffer, size_t size, const wchar_t *format,
					    ...);
MAILSLOT_WIN32_API HRESULT StringCchVPrintfA(char *buffer, size_t size, const char *format,
					     va_list arguments);
MAILSLOT_WIN32_API HRESULT StringCchVPrintfW(wchar_t *buffer, size_t size, const wchar_t *format,
					     va_list arguments);
MAILSLOT_WIN32_API HRESULT StringCchLengthA(const char *text, size_t size, size_t *length);
MAILSLOT_WIN32_API HRESULT StringCchLengthW(const wchar_t *text, size_t size, size_t *length);
MAILSLOT_WIN32_API HRESULT StringCchGetsA(char *buffer, size_t size);
MAILSLOT_WIN32_API HRESULT StringCchGetsW(wchar_t *buffer, size_t size);
MAILSLOT_WIN32_API HRESULT StringCchCopyExA(char *buffer, size_t size, const char *text, char **end,
					    size_t *left, DWORD flags);
MAILSLOT_WIN32_API HRESULT StringCchCopyExW(wchar_t *buffer, size_t size, const wchar_t *text,
					    wchar_t **end, size_t *left, DWORD flags);
MAILSLOT_WIN32_API HRESULT StringCchCatExA(char *buffer, size_t size, const char *text, char **end,
					   size_t *left, DWORD flags);
MAILSLOT_WIN32_API HRESULT StringCchCatExW(wchar_t *buffer, size_t size, const wchar_t *text,
					   wchar_t **end, size_t *left, DWORD flags);
MAILSLOT_WIN32_API HRESULT StringCchPrintfExA(char *buffer, size_t size, char **end, size_t *left,
					      DWORD flags, const char *format, ...);
MAILSLOT_WIN32_API HRESULT StringCchPrintfExW(wchar_t *buffer, size_t size, wchar_t **end,
					      size_t *left, DWORD flags, const wchar_t *format,
					      ...);
MAILSLOT_WIN32_API HRESULT StringCbCopyA(char *buffer, size_t bytes, const char *text);
MAILSLOT_WIN32_API HRESULT StringCbCopyW(wchar_t *buffer, size_t bytes, const wchar_t *text);
MAILSLOT_WIN32_API HRESULT StringCbCopyNA(char *buffer, size_t bytes, const char *text,
					  size_t length);
MAILSLOT_WIN32_API HRESULT StringCbCopyNW(wchar_t *buffer, size_t bytes, const wchar_t *text,
					  size_t length);
MAILSLOT_WIN32_API HRESULT StringCbCatA(char *buffer, size_t bytes, const char *text);
MAILSLOT_WIN32_API HRESULT StringCbCatW(wchar_t *buffer, size_t bytes, const wchar_t *text);
MAILSLOT_WIN32_API HRESULT StringCbCatNA(char *buffer, size_t bytes, const char *text,
					 size_t length);
MAILSLOT_WIN32_API HRESULT StringCbCatNW(wchar_t *buffer, size_t bytes, const wchar_t *text,
					 size_t length);
MAILSLOT_WIN32_API HRESULT StringCbPrintfA(char *buffer, size_t bytes, const char *format, ...);
MAILSLOT_WIN32_API HRESULT StringCbPrintfW(wchar_t *buffer, size_t bytes, const wchar_t *format,
					   ...);
MAILSLOT_WIN32_API HRESULT StringCbVPrintfA(char *buffer, size_t bytes, const char *format,
					    va_list arguments);
MAILSLOT_WIN32_API HRESULT StringCbVPrintfW(wchar_t *buffer, size_t bytes, const wchar_t *format,
					    va_list arguments);
MAILSLOT_WIN32_API HRESULT StringCbLengthA(const char *text, size_t bytes, size_t *length);
MAILSLOT_WIN32_API HRESULT StringCbLengthW(const wchar_t *text, size_t bytes, size_t *length);
MAILSLOT_WIN32_API HRESULT StringCbGetsA(char *buffer, size_t bytes);
MAILSLOT_WIN32_API HRESULT StringCbGetsW(wchar_t *buffer, size_t bytes);
MAILSLOT_WIN32_API HRESULT StringCbCopyExA(char *buffer, size_t bytes, const char *text, char **end,
					   size_t *left, DWORD flags);
MAILSLOT_WIN32_API HRESULT StringCbCopyExW(wchar_t *buffer, size_t bytes, const wchar_t *text,
					   wchar_t **end, size_t *left, DWORD flags);
MAILSLOT_WIN32_API HRESULT StringCbCatExA(char *buffer, size_t bytes, const char *text, char **end,
					  size_t *left, DWORD flags);
MAILSLOT_WIN32_API HRESULT StringCbCatExW(wchar_t *buffer, size_t bytes, const wchar_t *text,
					  wchar_t **end, size_t *left, DWORD flags);
MAILSLOT_WIN32_API HRESULT StringCbPrintfExA(char *buffer, size_t bytes, char **end, size_t *left,
					     DWORD flags, const char *format, ...);
MAILSLOT_WIN32_API HRESULT StringCbPrintfExW(wchar_t *buffer, size_t bytes, wchar_t **end,
					     size_t *left, DWORD flags, const wchar_t *format, ...);

MAILSLOT_WIN32_END

#define StringCchCopy	MAILSLOT_WIN32_AW(StringCchCopy)
#define StringCchCopyN	MAILSLOT_WIN32_AW(StringCchCopyN)
#define StringCchCat	MAILSLOT_WIN32_AW(StringCchCat)
#define StringCchCatN	MAILSLOT_WIN32_AW(StringCchCatN)
#define StringCchPrintf	MAILSLOT_WIN32_AW(StringCchPrintf)
#define StringCchVPrintf	MAILSLOT_WIN32_AW(StringCchVPrintf)
#define StringCchLength	MAILSLOT_WIN32_AW(StringCchLength)
#define StringCchGets	MAILSLOT_WIN32_AW(StringCchGets)
#define StringCchCopyEx	MAILSLOT_WIN32_AW(StringCchCopyEx)
#define StringCchCatEx	MAILSLOT_WIN32_AW(StringCchCatEx)
#define StringCchPrintfEx	MAILSLOT_WIN32_AW(StringCchPrintfEx)
#define StringCbCopy	MAILSLOT_WIN32_AW(StringCbCopy)
#define StringCbCopyN	MAILSLOT_WIN32_AW(StringCbCopyN)
#define StringCbCat	MAILSLOT_WIN32_AW(StringCbCat)
#define StringCbCatN	MAILSLOT_WIN32_AW(StringCbCatN)
#define StringCbPrintf	MAILSLOT_WIN32_AW(StringCbPrintf)
#define StringCbVPrintf	MAILSLOT_WIN32_AW(StringCbVPrintf)
#define StringCbLength	MAILSLOT_WIN32_AW(StringCbLength)
#define StringCbGets	MAILSLOT_WIN32_AW(StringCbGets)
#define StringCbCopyEx	MAILSLOT_WIN32_AW(StringCbCopyEx)
#define StringCbCatEx	MAILSLOT_WIN32_AW(StringCbCatEx)
#define StringCbPrintfEx	MAILSLOT_WIN32_AW(StringCbPrintfEx)

#endif /* MAILSLOT_WIN32_STRSAFE_H */
