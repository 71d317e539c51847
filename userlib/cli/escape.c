// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Escaping.  What the locale calls printable goes through; everything else becomes \n,
 * \r, \t or \xNN byte by byte, and a backslash is doubled, so that what is printed can be
 * told apart from what it stands for and one message is one line.
 *
 * The locale decides because the terminal does: the bytes of a UTF-8 letter may hold 0x9b,
 * which is a control sequence to a terminal of eight bits.
 */
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "cli.h"
#include "escape.h"

/* Printable to the locale, but they reorder what stands around them. */
static bool is_direction(wchar_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
	       c == 0x200f || c == 0x061c;
}

/* How many bytes the harmless character at @bytes has; 0 if it is none. */
static size_t harmless(const char *bytes, size_t length)
{
	mbstate_t state = { 0 };
	wchar_t c;
	size_t n;

	if (*bytes >= ' ' && *bytes < 0x7f)
		return 1;
	n = mbrtowc(&c, bytes, length, &state);
	if (n > length || !n || !iswprint((wint_t)c) || is_direction(c))
		return 0;
	return n;
}

static void escape_byte(FILE *to, unsigned char byte)
{
	switch (byte) {
	case '\n':
		fputs("\\n", to);
		break;
	case '\r':
		fputs("\\r", to);
		break;
	case '\t':
		fputs("\\t", to);
		break;
	default:
		fprintf(to, "\\x%02x", byte);
	}
}

void escape_print(FILE *to, const char *bytes, size_t length)
{
	while (length) {
		size_t n = harmless(bytes, length);

		if (*bytes == '\\')
			fputs("\\\\", to);
		else if (n)
			fwrite(bytes, 1, n, to);
		else
			escape_byte(to, (unsigned char)*bytes);
		n += !n;
		bytes += n;
		length -= n;
	}
}

/* The same as a string of its own. */
char *escape_text(const char *bytes, size_t length)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		fail(EXIT_FAILED, "no memory");
	escape_print(to, bytes, length);
	if (fclose(to))
		fail(EXIT_FAILED, "no memory");
	return text;
}

/* Columns that escaped text takes. */
int escape_width(const char *text)
{
	size_t left = strlen(text);
	mbstate_t state = { 0 };
	int width = 0;

	while (left) {
		wchar_t c;
		size_t n = mbrtowc(&c, text, left, &state);
		int columns;

		if (n > left || !n)
			return width + (int)left;
		columns = wcwidth(c);
		width += columns > 0 ? columns : 0;
		text += n;
		left -= n;
	}
	return width;
}
