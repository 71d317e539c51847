// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Escaping.  What the locale calls printable goes through; everything else becomes \n,
 * \r, \t or \xNN byte by byte, and a backslash is doubled, so that what is printed can be
 * told apart from what it stands for and one message is one line.
 *
 * The locale decides because the terminal does: the bytes of a UTF-8 letter may hold 0x9b,
 * which is a control sequence to a terminal of eight bits.
 */
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "escape.h"

/* Does the character, which the locale calls printable, reorder what stands around it? */
static bool is_direction(wchar_t c)
{
	return (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
	       c == 0x200f || c == 0x061c;
}

static bool is_plain(char c)
{
	return c >= ' ' && c < 0x7f && c != '\\';
}

/* The most that a byte becomes, or a character that is shown as it is. */
#define PIECE_SIZE	8

/* Escape what @bytes begin with: its bytes, and in @out, terminated, what they become. */
static size_t escape_one(const char *bytes, size_t length, char out[PIECE_SIZE])
{
	static const char known[] = "\\\\\nn\rr\tt";
	mbstate_t state = { 0 };
	wchar_t c;
	size_t n;

	for (size_t i = 0; i < sizeof(known) - 1; i += 2) {
		if (*bytes == known[i]) {
			snprintf(out, PIECE_SIZE, "\\%c", known[i + 1]);
			return 1;
		}
	}
	n = mbrtowc(&c, bytes, length, &state);
	if (n && n <= length && n < PIECE_SIZE && iswprint((wint_t)c) && !is_direction(c)) {
		memcpy(out, bytes, n);
		out[n] = '\0';
		return n;
	}
	snprintf(out, PIECE_SIZE, "\\x%02x", (unsigned char)*bytes);
	return 1;
}

static size_t plain_length(const char *bytes, size_t length)
{
	size_t n = 0;

	while (n < length && is_plain(bytes[n]))
		n++;
	return n;
}

void escape_print(FILE *to, const char *bytes, size_t length)
{
	char piece[PIECE_SIZE];

	while (length) {
		size_t n = plain_length(bytes, length);

		if (n) {
			fwrite(bytes, 1, n, to);
		} else {
			n = escape_one(bytes, length, piece);
			fputs(piece, to);
		}
		bytes += n;
		length -= n;
	}
}

/* How much room escape_store() needs: nothing grows more than a byte that becomes four. */
size_t escape_size(size_t length)
{
	return 4 * length + PIECE_SIZE;
}

/* Escape the bytes into @text, terminated. */
void escape_store(char *text, const char *bytes, size_t length)
{
	char *end = text;

	while (length) {
		size_t n = plain_length(bytes, length);

		if (n) {
			end = mempcpy(end, bytes, n);
		} else {
			n = escape_one(bytes, length, end);
			end += strlen(end);
		}
		bytes += n;
		length -= n;
	}
	*end = '\0';
}

/* Go through escaped text to its end or until a column more is too many: bytes, and their width. */
static size_t measure(const char *text, int most, int *width)
{
	size_t length = strlen(text), done = plain_length(text, length);

	if (done > (size_t)most)
		done = (size_t)most;
	*width = (int)done;
	while (done < length) {
		mbstate_t state = { 0 };
		wchar_t c;
		size_t n = mbrtowc(&c, text + done, length - done, &state);
		int columns = 1;

		if (!n || n > length - done)
			n = 1;
		else
			columns = wcwidth(c) > 0 ? wcwidth(c) : 0;
		if (columns > most - *width)
			break;
		*width += columns;
		done += n;
	}
	return done;
}

/* Columns that escaped text takes. */
int escape_width(const char *text)
{
	int width;

	measure(text, INT_MAX, &width);
	return width;
}

/* How many bytes of escaped text fit into so many columns. */
int escape_fit(const char *text, int columns)
{
	int width;

	return columns > 0 ? (int)measure(text, columns, &width) : 0;
}
