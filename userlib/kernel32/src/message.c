// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The last error and its text, and text between code pages and 16-bit units.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "kernel32.h"

/* The value is libmailslot's, not errno: run-time systems change errno between calls. */
EXPORTS(uintptr_t, GetLastError, (void))
{
	return real_GetLastError();
}

/* A caller that reads errno only is to find the error there. */
EXPORTS(void, SetLastError, (DWORD error))
{
	real_SetLastError(error);
	errno = (int)error;
}

IMPORT(MultiByteToWideChar, WIN32);
IMPORT(WideCharToMultiByte, WIN32);
IMPORT(LocalAlloc, WIN32);
IMPORT(LocalFree, WIN32);

/* The text in new memory as characters of 32 bits, and how many; NULL and the last error. */
static wchar_t *widen(UINT code_page, DWORD flags, const char *text, int length, int *count)
{
	wchar_t *wide;

	*count = real_MultiByteToWideChar(code_page, flags, text, length, NULL, 0);
	if (!*count)
		return NULL;
	wide = calloc((size_t)*count, sizeof(*wide));
	if (!wide) {
		real_SetLastError(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	*count = real_MultiByteToWideChar(code_page, flags, text, length, wide, *count);
	return wide;
}

static DWORD multi_byte_to_units(UINT code_page, DWORD flags, const char *text, int length,
				 uint16_t *units, int room)
{
	size_t used;
	wchar_t *wide;
	int count;

	if (room < 0 || (room && !units)) {
		real_SetLastError(ERROR_INVALID_PARAMETER);
		return 0;
	}
	wide = widen(code_page, flags, text, length, &count);
	if (!wide)
		return 0;
	used = text_units(units, (size_t)room, wide, (size_t)count);
	free(wide);
	if (used > INT_MAX || (room && used > (size_t)room)) {
		real_SetLastError(ERROR_INSUFFICIENT_BUFFER);
		return 0;
	}
	return (DWORD)used;
}

EXPORTS(uintptr_t, MultiByteToWideChar,
	(UINT code_page, DWORD flags, LPCSTR text, int length, uint16_t *units, int room))
{
	int saved = errno;

	return end_bool(multi_byte_to_units(code_page, flags, text, length, units, room), saved);
}

EXPORTS(uintptr_t, WideCharToMultiByte,
	(UINT code_page, DWORD flags, const void *units, int length, LPSTR narrow, int room,
	 LPCSTR substitute, LPBOOL substituted))
{
	int saved = errno, used = 0;
	struct text text;
	bool taken;

	taken = length < 0 || !units ? text_take(&text, units) :
				       text_take_units(&text, units, (size_t)length);
	if (taken)
		used = real_WideCharToMultiByte(code_page, flags, text.wide, length, narrow, room,
						substitute, substituted);
	text_drop(&text);
	return end_bool((uint32_t)used, saved);
}

FORWARD(end_value, GetACP, WIN32, (void), ())
FORWARD(end_value, GetOEMCP, WIN32, (void), ())

/* Strings without a failure: NULL has the length 0. */
FORWARD(end_value, lstrlenA, WIN32, (LPCSTR text), (text))

EXPORTS(uintptr_t, lstrlenW, (const void *text))
{
	int saved = errno;
	size_t length = text ? text_length(text) : 0;

	errno = saved;
	return length;
}

FORWARD(end_bool, FormatMessageA, WIN32,
	(DWORD flags, LPCVOID source, DWORD id, DWORD language, LPSTR buffer, DWORD size,
	 va_list * arguments),
	(flags, source, id, language, buffer, size, arguments))

/* The message in UTF-8, to be freed by LocalFree; NULL and the last error. */
static char *format_narrow(DWORD flags, const void *source, DWORD id, DWORD language)
{
	char *from = NULL, *message = NULL;
	struct text text;
	size_t size;

	if (!text_take(&text, flags & FORMAT_MESSAGE_FROM_STRING ? source : NULL))
		return NULL;
	if (text.wide) {
		size = 4 * wcslen(text.wide) + 1;
		from = calloc(size, 1);
		if (!from) {
			real_SetLastError(ERROR_NOT_ENOUGH_MEMORY);
			goto out;
		}
		real_WideCharToMultiByte(CP_UTF8, 0, text.wide, -1, from, (int)size, NULL, NULL);
		source = from;
	}
	real_FormatMessageA(flags | FORMAT_MESSAGE_ALLOCATE_BUFFER, source, id, language,
			    (LPSTR)&message, 0, NULL);
out:
	free(from);
	text_drop(&text);
	return message;
}

/* The message as a string of 16-bit units, where the caller wants it. */
static DWORD format_store(DWORD flags, const char *message, void *buffer, DWORD size)
{
	DWORD length = multi_byte_to_units(CP_UTF8, 0, message, -1, NULL, 0);
	uint16_t *units = buffer;

	if (!length)
		return 0;
	if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
		if (size < length)
			size = length;
		units = real_LocalAlloc(LMEM_FIXED, size * sizeof(*units));
		*(uint16_t **)buffer = units;
		if (!units)
			return 0;
	} else if (size < length) {
		real_SetLastError(ERROR_INSUFFICIENT_BUFFER);
		return 0;
	}
	multi_byte_to_units(CP_UTF8, 0, message, -1, units, (int)length);
	return length - 1;
}

/*
 * Arguments could be strings of either width, which nothing tells apart in the middle of
 * a sentence, so a caller that brings any is refused.
 */
EXPORTS(uintptr_t, FormatMessageW,
	(DWORD flags, const void *source, DWORD id, DWORD language, void *buffer, DWORD size,
	 const void *arguments))
{
	int saved = errno;
	DWORD length = 0;
	char *message;

	if (flags & FORMAT_MESSAGE_ALLOCATE_BUFFER)
		*(uint16_t **)buffer = NULL;
	if (arguments && !(flags & FORMAT_MESSAGE_IGNORE_INSERTS)) {
		real_SetLastError(ERROR_NOT_SUPPORTED);
		return end_bool(0, saved);
	}
	message = format_narrow(flags, source, id, language);
	if (message)
		length = format_store(flags, message, buffer, size);
	real_LocalFree(message);
	return end_bool(length, saved);
}
