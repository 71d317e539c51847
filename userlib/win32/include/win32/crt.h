/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The names that Windows' C library has and the C library here has not, or spells
 * differently: the _s functions, the ones with an underscore, the wide ones.
 *
 * Where Windows ends the program because of an invalid parameter, these functions
 * return the error they document for it and leave an empty string.
 */
#ifndef MAILSLOT_WIN32_CRT_H
#define MAILSLOT_WIN32_CRT_H

#include "win32/stdio.h"
#include "win32/iostream.h"

#ifndef _countof
#define _countof(a)	(sizeof(a) / sizeof((a)[0]))
#endif

#ifndef STRUNCATE
#define STRUNCATE	80
#endif

/* On Windows these two are one. */
#undef CLK_TCK
#define CLK_TCK		CLOCKS_PER_SEC

/* The same function under another name */
#define _stricmp	strcasecmp
#define stricmp		strcasecmp
#define _strcmpi	strcasecmp
#define strcmpi		strcasecmp
#define _strnicmp	strncasecmp
#define strnicmp	strncasecmp
#define _wcsicmp	wcscasecmp
#define wcsicmp		wcscasecmp
#define _wcsnicmp	wcsncasecmp
#define wcsnicmp	wcsncasecmp
#define _strdup		strdup
#define _wcsdup		wcsdup
#define _atoi64		atoll
#define _strtoi64	strtoll
#define _strtoui64	strtoull
#define _wcstoi64	wcstoll
#define _wcstoui64	wcstoull
#define strtok_s	strtok_r
#define wcstok_s	wcstok
#define strnlen_s(s, n)	((s) ? strnlen((s), (n)) : 0)
#define wcsnlen_s(s, n)	((s) ? wcsnlen((s), (n)) : 0)
#define _fileno		fileno
#define _unlink		unlink
#define _tzset		tzset
#define _flushall()	fflush(NULL)

/* Old spellings; with parameters, as programs have members of such names. */
#define itoa(value, buffer, radix)	_itoa(value, buffer, radix)
#define ltoa(value, buffer, radix)	_ltoa(value, buffer, radix)
#define ultoa(value, buffer, radix)	_ultoa(value, buffer, radix)
#define strlwr(s)	_strlwr(s)
#define strupr(s)	_strupr(s)
#define strrev(s)	_strrev(s)
#define wcslwr(s)	_wcslwr(s)
#define wcsupr(s)	_wcsupr(s)
#define wcsrev(s)	_wcsrev(s)

MAILSLOT_WIN32_BEGIN

/* Return the milliseconds since the program started: elapsed time, not processor time. */
MAILSLOT_WIN32_API clock_t clock(void) __asm__("mailslot_win32_clock");
#undef CLOCKS_PER_SEC
#define CLOCKS_PER_SEC	((clock_t)1000)

MAILSLOT_WIN32_API errno_t strcpy_s(char *d, size_t size, const char *s);
MAILSLOT_WIN32_API errno_t strcat_s(char *d, size_t size, const char *s);
MAILSLOT_WIN32_API errno_t strncpy_s(char *d, size_t size, const char *s, size_t count);
MAILSLOT_WIN32_API errno_t strncat_s(char *d, size_t size, const char *s, size_t count);
MAILSLOT_WIN32_API errno_t wcscpy_s(wchar_t *d, size_t size, const wchar_t *s);
MAILSLOT_WIN32_API errno_t wcscat_s(wchar_t *d, size_t size, const wchar_t *s);
MAILSLOT_WIN32_API errno_t wcsncpy_s(wchar_t *d, size_t size, const wchar_t *s, size_t count);
MAILSLOT_WIN32_API errno_t wcsncat_s(wchar_t *d, size_t size, const wchar_t *s, size_t count);
MAILSLOT_WIN32_API errno_t memcpy_s(void *d, size_t size, const void *s, size_t count);
MAILSLOT_WIN32_API errno_t memmove_s(void *d, size_t size, const void *s, size_t count);
MAILSLOT_WIN32_API char *_strlwr(char *s);
MAILSLOT_WIN32_API char *_strupr(char *s);
MAILSLOT_WIN32_API wchar_t *_wcslwr(wchar_t *s);
MAILSLOT_WIN32_API wchar_t *_wcsupr(wchar_t *s);
MAILSLOT_WIN32_API char *_strrev(char *s);
MAILSLOT_WIN32_API wchar_t *_wcsrev(wchar_t *s);

MAILSLOT_WIN32_API int _wtoi(const wchar_t *s);
MAILSLOT_WIN32_API long _wtol(const wchar_t *s);
MAILSLOT_WIN32_API long long _wtoi64(const wchar_t *s);
MAILSLOT_WIN32_API double _wtof(const wchar_t *s);
MAILSLOT_WIN32_API char *_itoa(int value, char *buffer, int radix);
MAILSLOT_WIN32_API char *_ltoa(long value, char *buffer, int radix);
MAILSLOT_WIN32_API char *_ultoa(unsigned long value, char *buffer, int radix);
MAILSLOT_WIN32_API char *_i64toa(long long value, char *buffer, int radix);
MAILSLOT_WIN32_API char *_ui64toa(unsigned long long value, char *buffer, int radix);
MAILSLOT_WIN32_API wchar_t *_itow(int value, wchar_t *buffer, int radix);
MAILSLOT_WIN32_API wchar_t *_ltow(long value, wchar_t *buffer, int radix);
MAILSLOT_WIN32_API wchar_t *_ultow(unsigned long value, wchar_t *buffer, int radix);
MAILSLOT_WIN32_API errno_t _itoa_s(int value, char *buffer, size_t size, int radix);
MAILSLOT_WIN32_API errno_t _ltoa_s(long value, char *buffer, size_t size, int radix);
MAILSLOT_WIN32_API errno_t _ultoa_s(unsigned long value, char *buffer, size_t size, int radix);
MAILSLOT_WIN32_API errno_t _itow_s(int value, wchar_t *buffer, size_t size, int radix);
MAILSLOT_WIN32_API errno_t _ltow_s(long value, wchar_t *buffer, size_t size, int radix);
MAILSLOT_WIN32_API errno_t _ultow_s(unsigned long value, wchar_t *buffer, size_t size, int radix);

MAILSLOT_WIN32_API errno_t localtime_s(struct tm *tm, const time_t *time);
MAILSLOT_WIN32_API errno_t gmtime_s(struct tm *tm, const time_t *time);
MAILSLOT_WIN32_API errno_t ctime_s(char *buffer, size_t size, const time_t *time);
MAILSLOT_WIN32_API errno_t asctime_s(char *buffer, size_t size, const struct tm *tm);
MAILSLOT_WIN32_API char *_strdate(char *buffer);
MAILSLOT_WIN32_API char *_strtime(char *buffer);
MAILSLOT_WIN32_API wchar_t *_wstrdate(wchar_t *buffer);
MAILSLOT_WIN32_API wchar_t *_wstrtime(wchar_t *buffer);
MAILSLOT_WIN32_API errno_t strerror_s(char *buffer, size_t size, int error);
MAILSLOT_WIN32_API errno_t getenv_s(size_t *length, char *buffer, size_t size, const char *name);
MAILSLOT_WIN32_API errno_t _dupenv_s(char **buffer, size_t *length, const char *name);
MAILSLOT_WIN32_API wchar_t *_wsetlocale(int category, const wchar_t *locale);
MAILSLOT_WIN32_API wchar_t *_wgetenv(const wchar_t *name);
MAILSLOT_WIN32_API errno_t rand_s(unsigned int *value);
MAILSLOT_WIN32_API int _wsystem(const wchar_t *command);
MAILSLOT_WIN32_API int win32_system(const char *command);

MAILSLOT_WIN32_END

#ifdef __cplusplus
/* Windows' templates: the size is that of the array. */
extern "C++" {
template<size_t N> inline errno_t strcpy_s(char (&d)[N], const char *s)
{
	return ::strcpy_s(d, N, s);
}
template<size_t N> inline errno_t strcat_s(char (&d)[N], const char *s)
{
	return ::strcat_s(d, N, s);
}
template<size_t N> inline errno_t strncpy_s(char (&d)[N], const char *s, size_t count)
{
	return ::strncpy_s(d, N, s, count);
}
template<size_t N> inline errno_t strncat_s(char (&d)[N], const char *s, size_t count)
{
	return ::strncat_s(d, N, s, count);
}
template<size_t N> inline errno_t wcscpy_s(wchar_t (&d)[N], const wchar_t *s)
{
	return ::wcscpy_s(d, N, s);
}
template<size_t N> inline errno_t wcscat_s(wchar_t (&d)[N], const wchar_t *s)
{
	return ::wcscat_s(d, N, s);
}
template<size_t N> inline errno_t wcsncpy_s(wchar_t (&d)[N], const wchar_t *s, size_t count)
{
	return ::wcsncpy_s(d, N, s, count);
}
template<size_t N> inline errno_t wcsncat_s(wchar_t (&d)[N], const wchar_t *s, size_t count)
{
	return ::wcsncat_s(d, N, s, count);
}
template<size_t N> inline errno_t _itoa_s(int value, char (&d)[N], int radix)
{
	return ::_itoa_s(value, d, N, radix);
}
template<size_t N> inline errno_t _itow_s(int value, wchar_t (&d)[N], int radix)
{
	return ::_itow_s(value, d, N, radix);
}
template<size_t N> inline errno_t ctime_s(char (&d)[N], const time_t *time)
{
	return ::ctime_s(d, N, time);
}
template<size_t N> inline errno_t asctime_s(char (&d)[N], const struct tm *tm)
{
	return ::asctime_s(d, N, tm);
}
template<size_t N> inline errno_t strerror_s(char (&d)[N], int error)
{
	return ::strerror_s(d, N, error);
}
namespace std {
using ::win32_system;
}
}
#endif

/* system("pause") and system("cls") are the shell's own there, and not here. */
#ifndef MAILSLOT_WIN32_PLAIN_STDIO
#define system(command)	win32_system(command)
#endif

#include "win32/files.h"

#endif /* MAILSLOT_WIN32_CRT_H */
