// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * More functions that tchar.h has names for: strings filled and changed in place, texts of errors
 * and times, numbers, each in the kind of characters that the C library lacks.
 */
#include "internal.h"
#include <conio.h>
#include <win32/crt.h>

/* Texts that the next call of the same thread replaces, as those of ctime(3). */
static __thread wchar_t kept_time[32];
static __thread wchar_t kept_error[256];
static __thread wchar_t *kept_token;

wchar_t *win32_wcstok(wchar_t *text, const wchar_t *delimiters)
{
	return wcstok(text, delimiters, &kept_token);
}

char *_strnset(char *s, int c, size_t count)
{
	memset(s, c, strnlen(s, count));
	return s;
}

char *_strset(char *s, int c)
{
	return _strnset(s, c, strlen(s));
}

wchar_t *_wcsnset(wchar_t *s, wchar_t c, size_t count)
{
	wmemset(s, c, wcsnlen(s, count));
	return s;
}

wchar_t *_wcsset(wchar_t *s, wchar_t c)
{
	return _wcsnset(s, c, wcslen(s));
}

/* Is there a string of less than so many characters? If not, make it empty. */
static bool check_narrow(char *s, size_t size)
{
	if (s && strnlen(s, size) < size)
		return true;
	if (s && size)
		*s = '\0';
	return false;
}

static bool check_wide(wchar_t *s, size_t size)
{
	if (s && wcsnlen(s, size) < size)
		return true;
	if (s && size)
		*s = L'\0';
	return false;
}

errno_t _strlwr_s(char *s, size_t size)
{
	if (!check_narrow(s, size))
		return EINVAL;
	_strlwr(s);
	return 0;
}

errno_t _strupr_s(char *s, size_t size)
{
	if (!check_narrow(s, size))
		return EINVAL;
	_strupr(s);
	return 0;
}

errno_t _wcslwr_s(wchar_t *s, size_t size)
{
	if (!check_wide(s, size))
		return EINVAL;
	_wcslwr(s);
	return 0;
}

errno_t _wcsupr_s(wchar_t *s, size_t size)
{
	if (!check_wide(s, size))
		return EINVAL;
	_wcsupr(s);
	return 0;
}

/* A text into a buffer of so many characters: cut if @cut, else an error. */
static errno_t store_text(const char *text, wchar_t *buffer, size_t size, bool cut)
{
	size_t n = strlen(text);

	if (!buffer || !size)
		return EINVAL;
	if (wide_from_utf8(NULL, 0, text, n, NULL) >= size && !cut) {
		buffer[0] = L'\0';
		return ERANGE;
	}
	n = min(wide_from_utf8(buffer, size - 1, text, n, NULL), size - 1);
	buffer[n] = L'\0';
	return 0;
}

errno_t _wcserror_s(wchar_t *buffer, size_t size, int error)
{
	return store_text(strerror(error), buffer, size, true);
}

wchar_t *_wcserror(int error)
{
	_wcserror_s(kept_error, ARRAYSIZE(kept_error), error);
	return kept_error;
}

errno_t _wasctime_s(wchar_t *buffer, size_t size, const struct tm *tm)
{
	char text[32];
	errno_t error = asctime_s(text, sizeof(text), tm);

	return error ? error : store_text(text, buffer, size, false);
}

errno_t _wctime_s(wchar_t *buffer, size_t size, const time_t *time)
{
	char text[32];
	errno_t error = ctime_s(text, sizeof(text), time);

	return error ? error : store_text(text, buffer, size, false);
}

wchar_t *_wasctime(const struct tm *tm)
{
	return _wasctime_s(kept_time, ARRAYSIZE(kept_time), tm) ? NULL : kept_time;
}

wchar_t *_wctime(const time_t *time)
{
	return _wctime_s(kept_time, ARRAYSIZE(kept_time), time) ? NULL : kept_time;
}

/* Digits are the same in both kinds. */
static wchar_t *widen(const char *digits, wchar_t *buffer)
{
	size_t i = 0;

	do
		buffer[i] = (wchar_t)digits[i];
	while (digits[i++]);
	return buffer;
}

wchar_t *_i64tow(long long value, wchar_t *buffer, int radix)
{
	char digits[72];

	return widen(_i64toa(value, digits, radix), buffer);
}

wchar_t *_ui64tow(unsigned long long value, wchar_t *buffer, int radix)
{
	char digits[72];

	return widen(_ui64toa(value, digits, radix), buffer);
}

wint_t _putwch(wchar_t c)
{
	wchar_t text[] = { c, L'\0' };

	return _cputws(text) ? WEOF : (wint_t)c;
}
