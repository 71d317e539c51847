// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Output and line input of Windows' C library on the C library's streams, which
 * stay narrow: see win32/stdio.h.  Formats are format.c's, scanf is scan.c's.
 */
#include "internal.h"
#include <win32/stdio.h>

/* Narrow output */

int win32_vfprintf(FILE *stream, const char *format, va_list arguments)
{
	struct utf8_locale locale;
	bool text;
	char *native = format_translate(format, false, &text);
	int n;

	if (!native)
		return -1;
	if (text)
		utf8_locale_enter(&locale);
	n = vfprintf(stream, native, arguments);
	if (text)
		utf8_locale_leave(&locale);
	free(native);
	return n;
}

int win32_vprintf(const char *format, va_list arguments)
{
	return win32_vfprintf(stdout, format, arguments);
}

/*
 * Print into @buffer, truncated and terminated at @size.  Return the length of the whole text, or
 * -1.
 */
int win32_vsnprintf(char *buffer, size_t size, const char *format, va_list arguments)
{
	int length;
	char *text = format_narrow(format, arguments, &length);

	if (!text)
		return -1;
	if (size) {
		size_t n = (size_t)length < size ? (size_t)length : size - 1;

		memcpy(buffer, text, n);
		buffer[n] = '\0';
	}
	free(text);
	return length;
}

int win32_vsprintf(char *buffer, const char *format, va_list arguments)
{
	return win32_vsnprintf(buffer, INT_MAX, format, arguments);
}

/* The old one: no NUL when the text fills the buffer, -1 when it does not fit. */
int _vsnprintf(char *buffer, size_t size, const char *format, va_list arguments)
{
	int length;
	char *text = format_narrow(format, arguments, &length);

	if (!text)
		return -1;
	if (buffer)
		memcpy(buffer, text, (size_t)length < size ? (size_t)length + 1 : size);
	free(text);
	return buffer && (size_t)length > size ? -1 : length;
}

int _vscprintf(const char *format, va_list arguments)
{
	return win32_vsnprintf(NULL, 0, format, arguments);
}

int _vsnprintf_s(char *buffer, size_t size, size_t count, const char *format, va_list arguments)
{
	size_t most = count == _TRUNCATE || count > size - 1 ? size - 1 : count;
	int length;

	if (!buffer || !size || !format) {
		errno = EINVAL;
		return -1;
	}
	length = win32_vsnprintf(buffer, most + 1, format, arguments);
	if (length >= 0 && (size_t)length <= most)
		return length;
	if (length < 0 || (count != _TRUNCATE && count >= size)) {
		buffer[0] = '\0';
		errno = ERANGE;
	}
	return -1;
}

int vsprintf_s(char *buffer, size_t size, const char *format, va_list arguments)
{
	return _vsnprintf_s(buffer, size, size, format, arguments);
}

#define FORWARD(type, last, call) \
	do { \
		va_list arguments; \
		type result; \
		va_start(arguments, last); \
		result = call; \
		va_end(arguments); \
		return result; \
	} while (0)

int win32_printf(const char *format, ...)
{
	FORWARD(int, format, win32_vfprintf(stdout, format, arguments));
}

int win32_fprintf(FILE *stream, const char *format, ...)
{
	FORWARD(int, format, win32_vfprintf(stream, format, arguments));
}

int win32_sprintf(char *buffer, const char *format, ...)
{
	FORWARD(int, format, win32_vsprintf(buffer, format, arguments));
}

int win32_snprintf(char *buffer, size_t size, const char *format, ...)
{
	FORWARD(int, format, win32_vsnprintf(buffer, size, format, arguments));
}

int _snprintf(char *buffer, size_t size, const char *format, ...)
{
	FORWARD(int, format, _vsnprintf(buffer, size, format, arguments));
}

int _scprintf(const char *format, ...)
{
	FORWARD(int, format, _vscprintf(format, arguments));
}

int sprintf_s(char *buffer, size_t size, const char *format, ...)
{
	FORWARD(int, format, vsprintf_s(buffer, size, format, arguments));
}

int _snprintf_s(char *buffer, size_t size, size_t count, const char *format, ...)
{
	FORWARD(int, format, _vsnprintf_s(buffer, size, count, format, arguments));
}

/* Wide output */

size_t win32_fwrite_wide(const wchar_t *text, size_t length, FILE *stream)
{
	char chunk[1024];
	size_t done = 0;

	/* a character takes at most four bytes; a pair is kept together */
	while (done < length) {
		size_t n = length - done < sizeof(chunk) / 4 ? length - done : sizeof(chunk) / 4;
		size_t bytes;

		if (n > 1 && n < length - done && (text[done + n - 1] & ~0x3ff) == 0xd800)
			n--;
		bytes = utf8_from_wide(chunk, sizeof(chunk), text + done, n, NULL);
		if (fwrite(chunk, 1, bytes, stream) != bytes)
			break;
		done += n;
	}
	return done;
}

int win32_vfwprintf(FILE *stream, const wchar_t *format, va_list arguments)
{
	int length;
	wchar_t *text = format_wide(format, arguments, &length);

	if (!text)
		return -1;
	if (win32_fwrite_wide(text, (size_t)length, stream) != (size_t)length)
		length = -1;
	free(text);
	return length;
}

int win32_vwprintf(const wchar_t *format, va_list arguments)
{
	return win32_vfwprintf(stdout, format, arguments);
}

/* Cut and terminated; -1 when it did not fit. */
int win32_vswprintf(wchar_t *buffer, size_t size, const wchar_t *format, va_list arguments)
{
	int length;
	wchar_t *text = format_wide(format, arguments, &length);

	if (!text)
		return -1;
	if (size) {
		size_t n = (size_t)length < size ? (size_t)length : size - 1;

		wmemcpy(buffer, text, n);
		buffer[n] = L'\0';
	}
	free(text);
	return (size_t)length < size ? length : -1;
}

int _vswprintf(wchar_t *buffer, const wchar_t *format, va_list arguments)
{
	return win32_vswprintf(buffer, INT_MAX, format, arguments);
}

int _vsnwprintf(wchar_t *buffer, size_t size, const wchar_t *format, va_list arguments)
{
	int length;
	wchar_t *text = format_wide(format, arguments, &length);

	if (!text)
		return -1;
	if (buffer)
		wmemcpy(buffer, text, (size_t)length < size ? (size_t)length + 1 : size);
	free(text);
	return buffer && (size_t)length > size ? -1 : length;
}

int _vscwprintf(const wchar_t *format, va_list arguments)
{
	return _vsnwprintf(NULL, 0, format, arguments);
}

int _vsnwprintf_s(wchar_t *buffer, size_t size, size_t count, const wchar_t *format,
		  va_list arguments)
{
	size_t most = count == _TRUNCATE || count > size - 1 ? size - 1 : count;
	int length;

	if (!buffer || !size || !format) {
		errno = EINVAL;
		return -1;
	}
	length = win32_vswprintf(buffer, most + 1, format, arguments);
	if (length >= 0)
		return length;
	if (count != _TRUNCATE && count >= size) {
		buffer[0] = L'\0';
		errno = ERANGE;
	}
	return -1;
}

int vswprintf_s(wchar_t *buffer, size_t size, const wchar_t *format, va_list arguments)
{
	return _vsnwprintf_s(buffer, size, size, format, arguments);
}

int win32_wprintf(const wchar_t *format, ...)
{
	FORWARD(int, format, win32_vfwprintf(stdout, format, arguments));
}

int win32_fwprintf(FILE *stream, const wchar_t *format, ...)
{
	FORWARD(int, format, win32_vfwprintf(stream, format, arguments));
}

int win32_swprintf(wchar_t *buffer, size_t size, const wchar_t *format, ...)
{
	FORWARD(int, format, win32_vswprintf(buffer, size, format, arguments));
}

int _swprintf(wchar_t *buffer, const wchar_t *format, ...)
{
	FORWARD(int, format, _vswprintf(buffer, format, arguments));
}

int _snwprintf(wchar_t *buffer, size_t size, const wchar_t *format, ...)
{
	FORWARD(int, format, _vsnwprintf(buffer, size, format, arguments));
}

int _scwprintf(const wchar_t *format, ...)
{
	FORWARD(int, format, _vscwprintf(format, arguments));
}

int swprintf_s(wchar_t *buffer, size_t size, const wchar_t *format, ...)
{
	FORWARD(int, format, vswprintf_s(buffer, size, format, arguments));
}

int _snwprintf_s(wchar_t *buffer, size_t size, size_t count, const wchar_t *format, ...)
{
	FORWARD(int, format, _vsnwprintf_s(buffer, size, count, format, arguments));
}

wint_t win32_fputwc(wchar_t c, FILE *stream)
{
	return win32_fwrite_wide(&c, 1, stream) == 1 ? (wint_t)c : WEOF;
}

int win32_fputws(const wchar_t *text, FILE *stream)
{
	size_t length = wcslen(text);

	return win32_fwrite_wide(text, length, stream) == length ? 0 : EOF;
}

int _putws(const wchar_t *text)
{
	return win32_fputws(text, stdout) || putchar('\n') == EOF ? EOF : 0;
}

void _wperror(const wchar_t *text)
{
	int error = errno;
	char *narrow = utf8_dup(text);

	errno = error;
	perror(narrow);
	free(narrow);
}

/* Input */

wint_t win32_fgetwc(FILE *stream)
{
	return utf8_getc(stream);
}

wint_t win32_ungetwc(wint_t c, FILE *stream)
{
	wchar_t wide = (wchar_t)c;
	char bytes[4];
	size_t n;

	if (c == WEOF)
		return WEOF;
	n = utf8_from_wide(bytes, sizeof(bytes), &wide, 1, NULL);
	while (n)
		if (ungetc((unsigned char)bytes[--n], stream) == EOF)
			return WEOF;
	return c;
}

wchar_t *win32_fgetws(wchar_t *buffer, int size, FILE *stream)
{
	int n = 0;

	while (n < size - 1) {
		wint_t c = utf8_getc(stream);

		if (c == WEOF)
			break;
		buffer[n++] = (wchar_t)c;
		if (c == L'\n')
			break;
	}
	if (size < 1 || (!n && size > 1))
		return NULL;
	buffer[n] = L'\0';
	return buffer;
}

/* A line without its end; NULL at the end of input, or when it is too long. */
char *gets_s(char *buffer, size_t size)
{
	size_t n = 0;
	int c;

	if (!buffer || !size) {
		errno = EINVAL;
		return NULL;
	}
	buffer[0] = '\0';
	while ((c = getchar()) != EOF && c != '\n')
		if (n < size)
			buffer[n++] = (char)c;
	if (n == size) {
		buffer[0] = '\0';
		errno = ERANGE;
		return NULL;
	}
	buffer[n] = '\0';
	return c == EOF && !n ? NULL : buffer;
}

wchar_t *_getws_s(wchar_t *buffer, size_t size)
{
	size_t n = 0;
	wint_t c;

	if (!buffer || !size) {
		errno = EINVAL;
		return NULL;
	}
	buffer[0] = L'\0';
	while ((c = utf8_getc(stdin)) != WEOF && c != L'\n')
		if (n < size)
			buffer[n++] = (wchar_t)c;
	if (n == size) {
		buffer[0] = L'\0';
		errno = ERANGE;
		return NULL;
	}
	buffer[n] = L'\0';
	return c == WEOF && !n ? NULL : buffer;
}

/* Files by name */

/* The letters of a mode that the C library knows: no "t", no ",ccs=". */
static FILE *open_with_mode(const char *name, const char *mode)
{
	char native[8];
	size_t n = 0;

	for (; *mode && *mode != ',' && n < sizeof(native) - 1; mode++)
		if (strchr("rwa+bx", *mode))
			native[n++] = *mode;
	native[n] = '\0';
	return fopen(name, native);
}

FILE *win32_fopen(const char *name, const char *mode)
{
	return open_with_mode(name, mode);
}

errno_t fopen_s(FILE **stream, const char *name, const char *mode)
{
	if (!stream)
		return EINVAL;
	*stream = NULL;
	if (!name || !mode)
		return EINVAL;
	*stream = open_with_mode(name, mode);
	return *stream ? 0 : errno;
}

FILE *_wfopen(const wchar_t *name, const wchar_t *mode)
{
	char *narrow_name = utf8_dup(name);
	char *narrow_mode = utf8_dup(mode);
	FILE *stream = NULL;

	if (narrow_name && narrow_mode)
		stream = open_with_mode(narrow_name, narrow_mode);
	free(narrow_name);
	free(narrow_mode);
	return stream;
}

errno_t _wfopen_s(FILE **stream, const wchar_t *name, const wchar_t *mode)
{
	if (!stream)
		return EINVAL;
	*stream = NULL;
	if (!name || !mode)
		return EINVAL;
	*stream = _wfopen(name, mode);
	return *stream ? 0 : errno;
}
