// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Functions of Windows' C library beside its stdio: the _s ones, numbers as text,
 * wide environment.  See win32/crt.h.
 */
#include "internal.h"
#include <win32/crt.h>
#include <conio.h>
#include <sys/random.h>

/* @count characters of @s behind the first @at of @d. */
static errno_t put(char *d, size_t size, size_t at, const char *s, size_t count)
{
	size_t n, room = size - at;

	if (!s) {
		d[0] = '\0';
		return errno = EINVAL;
	}
	n = strnlen(s, count < room ? count : room);
	if (n >= room && count != _TRUNCATE) {
		d[0] = '\0';
		return errno = ERANGE;
	}
	if (n >= room) {
		memcpy(d + at, s, room - 1);
		d[size - 1] = '\0';
		return STRUNCATE;
	}
	memcpy(d + at, s, n);
	d[at + n] = '\0';
	return 0;
}

static errno_t put_wide(wchar_t *d, size_t size, size_t at, const wchar_t *s, size_t count)
{
	size_t n, room = size - at;

	if (!s) {
		d[0] = L'\0';
		return errno = EINVAL;
	}
	n = wcsnlen(s, count < room ? count : room);
	if (n >= room && count != _TRUNCATE) {
		d[0] = L'\0';
		return errno = ERANGE;
	}
	if (n >= room) {
		wmemcpy(d + at, s, room - 1);
		d[size - 1] = L'\0';
		return STRUNCATE;
	}
	wmemcpy(d + at, s, n);
	d[at + n] = L'\0';
	return 0;
}

errno_t strncpy_s(char *d, size_t size, const char *s, size_t count)
{
	if (!d || !size)
		return errno = EINVAL;
	return put(d, size, 0, s, count);
}

errno_t strncat_s(char *d, size_t size, const char *s, size_t count)
{
	size_t at = d ? strnlen(d, size) : size;

	if (at == size)
		return errno = EINVAL;
	return put(d, size, at, s, count);
}

errno_t strcpy_s(char *d, size_t size, const char *s)
{
	return strncpy_s(d, size, s, SIZE_MAX / 2);
}

errno_t strcat_s(char *d, size_t size, const char *s)
{
	return strncat_s(d, size, s, SIZE_MAX / 2);
}

errno_t wcsncpy_s(wchar_t *d, size_t size, const wchar_t *s, size_t count)
{
	if (!d || !size)
		return errno = EINVAL;
	return put_wide(d, size, 0, s, count);
}

errno_t wcsncat_s(wchar_t *d, size_t size, const wchar_t *s, size_t count)
{
	size_t at = d ? wcsnlen(d, size) : size;

	if (at == size)
		return errno = EINVAL;
	return put_wide(d, size, at, s, count);
}

errno_t wcscpy_s(wchar_t *d, size_t size, const wchar_t *s)
{
	return wcsncpy_s(d, size, s, SIZE_MAX / 2);
}

errno_t wcscat_s(wchar_t *d, size_t size, const wchar_t *s)
{
	return wcsncat_s(d, size, s, SIZE_MAX / 2);
}

errno_t memmove_s(void *d, size_t size, const void *s, size_t count)
{
	if (!count)
		return 0;
	if (!d || !s)
		return errno = EINVAL;
	if (count > size)
		return errno = ERANGE;
	memmove(d, s, count);
	return 0;
}

errno_t memcpy_s(void *d, size_t size, const void *s, size_t count)
{
	if (count && d && (!s || count > size))
		memset(d, 0, size);
	return memmove_s(d, size, s, count);
}

char *_strlwr(char *s)
{
	for (char *p = s; *p; p++)
		*p = (char)tolower((unsigned char)*p);
	return s;
}

char *_strupr(char *s)
{
	for (char *p = s; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return s;
}

wchar_t *_wcslwr(wchar_t *s)
{
	for (wchar_t *p = s; *p; p++)
		*p = (wchar_t)towlower((wint_t)*p);
	return s;
}

wchar_t *_wcsupr(wchar_t *s)
{
	for (wchar_t *p = s; *p; p++)
		*p = (wchar_t)towupper((wint_t)*p);
	return s;
}

char *_strrev(char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n / 2; i++) {
		char c = s[i];

		s[i] = s[n - 1 - i];
		s[n - 1 - i] = c;
	}
	return s;
}

wchar_t *_wcsrev(wchar_t *s)
{
	size_t n = wcslen(s);

	for (size_t i = 0; i < n / 2; i++) {
		wchar_t c = s[i];

		s[i] = s[n - 1 - i];
		s[n - 1 - i] = c;
	}
	return s;
}

/* Numbers */

int _wtoi(const wchar_t *s)
{
	return (int)wcstol(s, NULL, 10);
}

long _wtol(const wchar_t *s)
{
	return wcstol(s, NULL, 10);
}

long long _wtoi64(const wchar_t *s)
{
	return wcstoll(s, NULL, 10);
}

double _wtof(const wchar_t *s)
{
	return wcstod(s, NULL);
}

/* Base 2 of 64 bits, a sign and a NUL. */
#define DIGITS	66

/* Write the digits of a number at the end of @buffer.  Return NULL if the radix is not valid. */
static char *digits(unsigned long long value, bool negative, int radix, char buffer[DIGITS])
{
	char *p = buffer + DIGITS - 1;

	if (radix < 2 || radix > 36)
		return NULL;
	*p = '\0';
	do {
		*--p = "0123456789abcdefghijklmnopqrstuvwxyz"[value % (unsigned int)radix];
		value /= (unsigned int)radix;
	} while (value);
	if (negative)
		*--p = '-';
	return p;
}

static errno_t number(unsigned long long value, bool negative, char *d, size_t size, int radix)
{
	char buffer[DIGITS];

	if (!d || !size)
		return errno = EINVAL;
	return put(d, size, 0, digits(value, negative, radix, buffer), SIZE_MAX / 2);
}

static errno_t number_wide(unsigned long long value, bool negative, wchar_t *d, size_t size,
			   int radix)
{
	char buffer[DIGITS];
	char *text = digits(value, negative, radix, buffer);
	size_t n = text ? strlen(text) : 0;

	if (!d || !size)
		return errno = EINVAL;
	d[0] = L'\0';
	if (!text)
		return errno = EINVAL;
	if (n >= size)
		return errno = ERANGE;
	wide_from_utf8(d, size, text, n + 1, NULL);
	return 0;
}

/* A number has a sign in base 10 only; in other bases its bits are shown. */
static bool sign(long long value, int radix)
{
	return value < 0 && radix == 10;
}

static unsigned long long magnitude(long long value, int radix)
{
	return sign(value, radix) ? 0 - (unsigned long long)value : (unsigned long long)value;
}

/* Windows' long has 32 bits, and the digits of its bits are as many. */
static unsigned long long long_bits(long value, int radix)
{
	if (value < 0 && radix != 10 && value >= INT_MIN)
		return (unsigned int)value;
	return magnitude(value, radix);
}

errno_t _ltoa_s(long value, char *buffer, size_t size, int radix)
{
	return number(long_bits(value, radix), sign(value, radix), buffer, size, radix);
}

errno_t _itoa_s(int value, char *buffer, size_t size, int radix)
{
	return _ltoa_s(value, buffer, size, radix);
}

errno_t _ultoa_s(unsigned long value, char *buffer, size_t size, int radix)
{
	return number(value, false, buffer, size, radix);
}

errno_t _ltow_s(long value, wchar_t *buffer, size_t size, int radix)
{
	return number_wide(long_bits(value, radix), sign(value, radix), buffer, size, radix);
}

errno_t _itow_s(int value, wchar_t *buffer, size_t size, int radix)
{
	return _ltow_s(value, buffer, size, radix);
}

errno_t _ultow_s(unsigned long value, wchar_t *buffer, size_t size, int radix)
{
	return number_wide(value, false, buffer, size, radix);
}

char *_itoa(int value, char *buffer, int radix)
{
	_itoa_s(value, buffer, DIGITS, radix);
	return buffer;
}

char *_ltoa(long value, char *buffer, int radix)
{
	_ltoa_s(value, buffer, DIGITS, radix);
	return buffer;
}

char *_ultoa(unsigned long value, char *buffer, int radix)
{
	_ultoa_s(value, buffer, DIGITS, radix);
	return buffer;
}

char *_i64toa(long long value, char *buffer, int radix)
{
	number(magnitude(value, radix), sign(value, radix), buffer, DIGITS, radix);
	return buffer;
}

char *_ui64toa(unsigned long long value, char *buffer, int radix)
{
	number(value, false, buffer, DIGITS, radix);
	return buffer;
}

wchar_t *_itow(int value, wchar_t *buffer, int radix)
{
	_itow_s(value, buffer, DIGITS, radix);
	return buffer;
}

wchar_t *_ltow(long value, wchar_t *buffer, int radix)
{
	_ltow_s(value, buffer, DIGITS, radix);
	return buffer;
}

wchar_t *_ultow(unsigned long value, wchar_t *buffer, int radix)
{
	_ultow_s(value, buffer, DIGITS, radix);
	return buffer;
}

/* Time */

errno_t localtime_s(struct tm *tm, const time_t *time)
{
	if (!tm || !time)
		return errno = EINVAL;
	return localtime_r(time, tm) ? 0 : errno;
}

errno_t gmtime_s(struct tm *tm, const time_t *time)
{
	if (!tm || !time)
		return errno = EINVAL;
	return gmtime_r(time, tm) ? 0 : errno;
}

errno_t asctime_s(char *buffer, size_t size, const struct tm *tm)
{
	char text[64];

	if (!buffer || !size)
		return errno = EINVAL;
	buffer[0] = '\0';
	if (!tm || !asctime_r(tm, text))
		return errno = EINVAL;
	return put(buffer, size, 0, text, SIZE_MAX / 2);
}

errno_t ctime_s(char *buffer, size_t size, const time_t *time)
{
	struct tm tm;

	if (!time || !localtime_r(time, &tm))
		return errno = EINVAL;
	return asctime_s(buffer, size, &tm);
}

/* Now, as 09/30/26 and 23:59:59: room for 9 characters is the caller's affair. */
#define NOW_SIZE	9

static char *format_now(char *buffer, const char *format)
{
	time_t seconds = time(NULL);
	struct tm tm;

	localtime_r(&seconds, &tm);
	strftime(buffer, NOW_SIZE, format, &tm);
	return buffer;
}

char *_strdate(char *buffer)
{
	return format_now(buffer, "%m/%d/%y");
}

char *_strtime(char *buffer)
{
	return format_now(buffer, "%H:%M:%S");
}

wchar_t *_wstrdate(wchar_t *buffer)
{
	char text[NOW_SIZE];

	wide_from_utf8(buffer, NOW_SIZE, _strdate(text), NOW_SIZE, NULL);
	return buffer;
}

wchar_t *_wstrtime(wchar_t *buffer)
{
	char text[NOW_SIZE];

	wide_from_utf8(buffer, NOW_SIZE, _strtime(text), NOW_SIZE, NULL);
	return buffer;
}

/* The environment and the rest */

errno_t strerror_s(char *buffer, size_t size, int error)
{
	char text[256];

	if (!buffer || !size)
		return errno = EINVAL;
	put(buffer, size, 0, strerror_r(error, text, sizeof(text)), _TRUNCATE);
	return 0;
}

errno_t getenv_s(size_t *length, char *buffer, size_t size, const char *name)
{
	const char *value = name ? getenv(name) : NULL;

	if (!length || !name || (size && !buffer))
		return errno = EINVAL;
	if (size)
		buffer[0] = '\0';
	*length = value ? strlen(value) + 1 : 0;
	if (!value || !size)
		return 0;
	if (*length > size)
		return ERANGE;
	memcpy(buffer, value, *length);
	return 0;
}

errno_t _dupenv_s(char **buffer, size_t *length, const char *name)
{
	const char *value = name ? getenv(name) : NULL;

	if (!buffer || !name)
		return errno = EINVAL;
	*buffer = value ? strdup(value) : NULL;
	if (value && !*buffer)
		return errno = ENOMEM;
	if (length)
		*length = value ? strlen(value) + 1 : 0;
	return 0;
}

/* Kept, as getenv()'s strings are: a program asks for few names. */
wchar_t *_wgetenv(const wchar_t *name)
{
	static __thread wchar_t *kept;
	char *narrow = utf8_dup(name);
	const char *value = narrow ? getenv(narrow) : NULL;

	free(narrow);
	free(kept);
	kept = wide_dup(value);
	return kept;
}

wchar_t *_wsetlocale(int category, const wchar_t *locale)
{
	static __thread wchar_t *kept;
	char *narrow = utf8_dup(locale);
	const char *name = setlocale(category, narrow);

	free(narrow);
	free(kept);
	kept = wide_dup(name);
	return kept;
}

errno_t rand_s(unsigned int *value)
{
	if (!value)
		return errno = EINVAL;
	return getrandom(value, sizeof(*value), 0) == sizeof(*value) ? 0 : errno;
}

/* What Windows' shell has and this one has not, and every console program uses. */
int win32_system(const char *command)
{
	if (!command)
		return system(NULL);
	if (!strcasecmp(command, "pause")) {
		fputs("Press any key to continue . . . ", stdout);
		fflush(stdout);
		_getch();
		putchar('\n');
		return 0;
	}
	if (!strcasecmp(command, "cls")) {
		fputs("\033[H\033[2J", stdout);
		return 0;
	}
	fflush(stdout);
	return system(command);
}

int _wsystem(const wchar_t *command)
{
	char *narrow = utf8_dup(command);
	int status = win32_system(narrow);

	free(narrow);
	return status;
}
