/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Declarations for the files of libmailslot-win32.  The porting headers are included with the C
 * library's own stdio, from which the new stdio is made.
 */
#ifndef MAILSLOT_WIN32_INTERNAL_H
#define MAILSLOT_WIN32_INTERNAL_H

#define MAILSLOT_WIN32_PLAIN_STDIO
#include <windows.h>
#include <locale.h>
#include <stdbool.h>

/* utf8.c: text between UTF-8 and wide characters. */

/*
 * Convert @n characters; returns what the whole takes, of which the whole
 * characters that fit into @size are stored.  @invalid, unless NULL, is set when
 * something was no character and became U+FFFD.
 */
size_t utf8_from_wide(char *out, size_t size, const wchar_t *wide, size_t n, bool *invalid);
size_t wide_from_utf8(wchar_t *out, size_t size, const char *text, size_t n, bool *invalid);

/* The same into new, terminated memory; NULL without memory or for NULL. */
char *utf8_dup(const wchar_t *wide);
wchar_t *wide_dup(const char *text);
/*
 * A copy for functions to which NULL means something: return FALSE and last error 8 without memory.
 */
BOOL utf8_dup_or_fail(const wchar_t *wide, char **text);

/* Return how many bytes a character has that starts with this byte; 0 if none does. */
size_t utf8_length(unsigned char first);

/* Read one character of a stream; WEOF at the end. */
wint_t utf8_getc(FILE *stream);

/* Make the C library's own conversions UTF-8 for the calling thread, and undo it. */
struct utf8_locale {
	locale_t old;
	locale_t mine;
};

void utf8_locale_enter(struct utf8_locale *l);
void utf8_locale_leave(struct utf8_locale *l);

/* format.c: formats as Windows reads them. */

/*
 * @format in the C library's language, in new memory.  @wide: it is a wide
 * function's, converted to UTF-8 beforehand.  @text: stores whether an argument is
 * of the other kind than the output, so that a locale matters.
 */
char *format_translate(const char *format, bool wide, bool *text);

/* The formatted text in new memory and its length; NULL and -1 on failure. */
char *format_narrow(const char *format, va_list arguments, int *length);
wchar_t *format_wide(const wchar_t *format, va_list arguments, int *length);

/* results.c */

/* Set the last error; FALSE. */
static inline BOOL fail(DWORD error)
{
	SetLastError(error);
	return FALSE;
}

/* The last error for the errno of an ordinary system call. */
DWORD error_from_errno(int error);

/*
 * Store a string as the functions do that take a buffer's size and return a
 * length: the length without NUL, or the size it needs with it.
 */
DWORD store_a(const char *text, char *buffer, DWORD size);
DWORD store_w(const char *text, wchar_t *buffer, DWORD size);

/*
 * Store a string, narrow or wide, by the other convention: *@size goes in with NUL and comes out
 * without, or with it and FALSE and last error @error if there is no room.
 */
BOOL store_sized(const char *text, char *narrow, wchar_t *wide, LPDWORD size, DWORD error);

/* system.c: the computer's name, in capitals and without a domain, as a NetBIOS name is. */
void system_computer_name(char name[HOST_NAME_MAX + 1]);

#endif /* MAILSLOT_WIN32_INTERNAL_H */
