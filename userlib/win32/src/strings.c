// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Windows' own string functions: lstr*, wsprintf, CharUpper and their kind.
 */
#include "internal.h"
#include <pthread.h>

/* wsprintf's documented limit, NUL included. */
#define WSPRINTF_SIZE	1024

/* Letters of every language, whatever locale the program has set. */
static locale_t letters;

static void open_letters(void)
{
	letters = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (!letters)
		letters = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

static locale_t all_letters(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, open_letters);
	return letters;
}

int WINAPI lstrlenA(LPCSTR s)
{
	return s ? (int)strlen(s) : 0;
}

int WINAPI lstrlenW(LPCWSTR s)
{
	return s ? (int)wcslen(s) : 0;
}

LPSTR WINAPI lstrcpyA(LPSTR d, LPCSTR s)
{
	return d && s ? strcpy(d, s) : NULL;
}

LPWSTR WINAPI lstrcpyW(LPWSTR d, LPCWSTR s)
{
	return d && s ? wcscpy(d, s) : NULL;
}

LPSTR WINAPI lstrcpynA(LPSTR d, LPCSTR s, int size)
{
	size_t n;

	if (!d || !s || size < 1)
		return NULL;
	n = strnlen(s, (size_t)size - 1);
	memcpy(d, s, n);
	d[n] = '\0';
	return d;
}

LPWSTR WINAPI lstrcpynW(LPWSTR d, LPCWSTR s, int size)
{
	size_t n;

	if (!d || !s || size < 1)
		return NULL;
	n = wcsnlen(s, (size_t)size - 1);
	wmemcpy(d, s, n);
	d[n] = L'\0';
	return d;
}

LPSTR WINAPI lstrcatA(LPSTR d, LPCSTR s)
{
	return d && s ? strcat(d, s) : NULL;
}

LPWSTR WINAPI lstrcatW(LPWSTR d, LPCWSTR s)
{
	return d && s ? wcscat(d, s) : NULL;
}

/* NULL comes before every string, and equals itself. */
int WINAPI lstrcmpA(LPCSTR a, LPCSTR b)
{
	return a && b ? strcoll(a, b) : !!a - !!b;
}

int WINAPI lstrcmpW(LPCWSTR a, LPCWSTR b)
{
	return a && b ? wcscoll(a, b) : !!a - !!b;
}

int WINAPI lstrcmpiW(LPCWSTR a, LPCWSTR b)
{
	return a && b ? wcscasecmp_l(a, b, all_letters()) : !!a - !!b;
}

int WINAPI lstrcmpiA(LPCSTR a, LPCSTR b)
{
	wchar_t *x = wide_dup(a), *y = wide_dup(b);
	int result = lstrcmpiW(x, y);

	free(x);
	free(y);
	return result;
}

int WINAPI wvsprintfA(LPSTR buffer, LPCSTR format, va_list arguments)
{
	int length;
	char *text = format_narrow(format, arguments, &length);

	if (!text)
		return 0;
	if (length > WSPRINTF_SIZE - 1)
		length = WSPRINTF_SIZE - 1;
	memcpy(buffer, text, (size_t)length);
	buffer[length] = '\0';
	free(text);
	return length;
}

int WINAPI wvsprintfW(LPWSTR buffer, LPCWSTR format, va_list arguments)
{
	int length;
	wchar_t *text = format_wide(format, arguments, &length);

	if (!text)
		return 0;
	if (length > WSPRINTF_SIZE - 1)
		length = WSPRINTF_SIZE - 1;
	wmemcpy(buffer, text, (size_t)length);
	buffer[length] = L'\0';
	free(text);
	return length;
}

int WINAPI wsprintfA(LPSTR buffer, LPCSTR format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = wvsprintfA(buffer, format, arguments);
	va_end(arguments);
	return length;
}

int WINAPI wsprintfW(LPWSTR buffer, LPCWSTR format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = wvsprintfW(buffer, format, arguments);
	va_end(arguments);
	return length;
}

/* Change the case in place: a character whose other case is longer or shorter stays as it is. */
static LPSTR change_case(LPSTR text, wint_t (*change)(wint_t c, locale_t locale))
{
	for (char *at = text; *at;) {
		bool invalid = false;
		wchar_t from, to;
		size_t n = 1;

		/* the bytes of the character here: its first and those that go on */
		while ((at[n] & 0xc0) == 0x80)
			n++;
		if (wide_from_utf8(&from, 1, at, n, &invalid) == 1 && !invalid) {
			to = (wchar_t)change((wint_t)from, all_letters());
			if (utf8_from_wide(NULL, 0, &to, 1, NULL) == n)
				utf8_from_wide(at, n, &to, 1, NULL);
		}
		at += n;
	}
	return text;
}

static LPWSTR change_case_wide(LPWSTR text, wint_t (*change)(wint_t c, locale_t locale))
{
	for (LPWSTR w = text; *w; w++)
		*w = (wchar_t)change((wint_t)*w, all_letters());
	return text;
}

/* A pointer that is a small number is one character, not a string. */
static bool is_character(const void *text)
{
	return (uintptr_t)text < 0x10000;
}

LPSTR WINAPI CharUpperA(LPSTR text)
{
	if (is_character(text))
		return (LPSTR)(uintptr_t)toupper((int)(uintptr_t)text & 0xff);
	return change_case(text, towupper_l);
}

LPSTR WINAPI CharLowerA(LPSTR text)
{
	if (is_character(text))
		return (LPSTR)(uintptr_t)tolower((int)(uintptr_t)text & 0xff);
	return change_case(text, towlower_l);
}

LPWSTR WINAPI CharUpperW(LPWSTR text)
{
	if (is_character(text))
		return (LPWSTR)(uintptr_t)towupper_l((wint_t)(uintptr_t)text, all_letters());
	return change_case_wide(text, towupper_l);
}

LPWSTR WINAPI CharLowerW(LPWSTR text)
{
	if (is_character(text))
		return (LPWSTR)(uintptr_t)towlower_l((wint_t)(uintptr_t)text, all_letters());
	return change_case_wide(text, towlower_l);
}

/* Both code pages are UTF-8 here. */
BOOL WINAPI CharToOemA(LPCSTR text, LPSTR oem)
{
	if (!text || !oem)
		return FALSE;
	memmove(oem, text, strlen(text) + 1);
	return TRUE;
}

BOOL WINAPI OemToCharA(LPCSTR oem, LPSTR text)
{
	return CharToOemA(oem, text);
}

BOOL WINAPI CharToOemW(LPCWSTR text, LPSTR oem)
{
	return text && oem && WideCharToMultiByte(CP_UTF8, 0, text, -1, oem, INT_MAX, NULL, NULL);
}

BOOL WINAPI OemToCharW(LPCSTR oem, LPWSTR text)
{
	return oem && text && MultiByteToWideChar(CP_UTF8, 0, oem, -1, text, INT_MAX);
}
