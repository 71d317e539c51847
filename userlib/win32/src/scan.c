// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The scanf family as Windows programs call it.  The format is put into the C
 * library's language and the arguments into an array, because the _s functions
 * have sizes among them that the C library does not expect.
 */
#include "internal.h"
#include <win32/stdio.h>

#define MOST	16

struct scan {
	unsigned int longs;	/* bit n: argument n is the address of a long */
	unsigned int next;	/* number of the argument that comes next */
	bool wide;		/* a wide function: %s is a wide string */
	bool sizes;		/* an _s function: sizes follow strings */
	void *target[MOST];
	unsigned int targets;
	char format[1024];
	size_t length;
	bool failed;
};

/* va_list as a member, so that it can be passed on by address. */
struct list {
	va_list arguments;
};

static void put(struct scan *s, const char *text, size_t n)
{
	if (s->length + n + 1 > sizeof(s->format)) {
		s->failed = true;
		return;
	}
	memcpy(s->format + s->length, text, n);
	s->length += n;
	s->format[s->length] = '\0';
}

/* The end of a %[ set, past its bracket. */
static const char *set_end(const char *p)
{
	if (*p == '^')
		p++;
	if (*p == ']')
		p++;
	while (*p && *p != ']')
		p++;
	return *p ? p + 1 : p;
}

static void integer(struct scan *s, const char *size, size_t length, bool is_long, char letter)
{
	if (length == 3 && !memcmp(size, "I64", 3))
		put(s, "ll", 2);
	else if (length == 1 && *size == 'I')
		put(s, "z", 1);
	else if (length == 1 && *size == 'l' && is_long)
		put(s, "l", 1);
	else if (length && *size != 'I' && !(length == 1 && *size == 'l'))
		put(s, size, length);
	put(s, &letter, 1);
}

static void string(struct scan *s, struct list *list, unsigned long width, const char *size,
		   size_t length, char letter, const char *set, bool stored)
{
	bool wide = s->wide == (letter != 'S' && letter != 'C');
	char kind = letter == 'S' ? 's' : letter == 'C' ? 'c' : letter;
	char number[24];

	if (length && *size == 'h')
		wide = false;
	else if (length && (*size == 'l' || *size == 'w'))
		wide = true;
	if (s->sizes && stored) {
		unsigned int room = va_arg(list->arguments, unsigned int);

		s->next++;
		if (kind != 'c')
			room = room ? room - 1 : 0;
		if (!width && kind == 'c')
			width = 1;
		/*
		 * text that does not fit fails the conversion on Windows: there is never an
		 * overflow
		 */
		if (!room || (kind == 'c' && width > room)) {
			s->failed = true;
			return;
		}
		if (!width || width > room)
			width = room;
	}
	if (width) {
		snprintf(number, sizeof(number), "%lu", width);
		put(s, number, strlen(number));
	}
	if (wide)
		put(s, "l", 1);
	if (kind == '[')
		put(s, set, (size_t)(set_end(set + 1) - set));
	else
		put(s, &kind, 1);
}

static void translate(struct scan *s, const char *format, struct list *list)
{
	const char *p = format;

	s->format[0] = '\0';
	while (*p && !s->failed) {
		const char *start = p, *size, *letter;
		unsigned long width;
		bool stored, is_long;
		size_t length;
		char *end;

		p += strcspn(p, "%");
		put(s, start, (size_t)(p - start));
		if (!*p)
			break;
		if (p[1] == '%') {
			put(s, "%%", 2);
			p += 2;
			continue;
		}
		put(s, "%", 1);
		p++;
		stored = *p != '*';
		if (!stored) {
			put(s, "*", 1);
			p++;
		}
		width = strtoul(p, &end, 10);
		size = end;
		length = strspn(size, "hlLjztwI");
		if (!strncmp(size, "I64", 3) || !strncmp(size, "I32", 3))
			length = 3;
		letter = size + length;
		p = *letter == '[' ? set_end(letter + 1) : letter + !!*letter;
		is_long = s->longs >> s->next & 1;
		if (stored) {
			if (s->targets == MOST) {
				s->failed = true;
				return;
			}
			s->target[s->targets++] = va_arg(list->arguments, void *);
			s->next++;
		}
		if (*letter && strchr("sScC[", *letter)) {
			string(s, list, width, size, length, *letter, letter, stored);
			continue;
		}
		if (width) {
			char number[24];

			snprintf(number, sizeof(number), "%lu", width);
			put(s, number, strlen(number));
		}
		if (*letter && strchr("diouxXn", *letter)) {
			integer(s, size, length, is_long, *letter);
		} else {
			put(s, size, length);
			put(s, letter, !!*letter);
		}
	}
}

/* Scan @text if it is given, else @stream. */
static int scan(struct scan *s, FILE *stream, const char *text, const char *format,
		struct list *list)
{
	struct utf8_locale locale;
	void **t = s->target;
	int n = EOF;

	translate(s, format, list);
	if (s->failed) {
		errno = EINVAL;
		return EOF;
	}
	utf8_locale_enter(&locale);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (text)
		n = sscanf(text, s->format, t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8],
			   t[9], t[10], t[11], t[12], t[13], t[14], t[15]);
	else if (stream)
		n = fscanf(stream, s->format, t[0], t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8],
			   t[9], t[10], t[11], t[12], t[13], t[14], t[15]);
#pragma GCC diagnostic pop
	utf8_locale_leave(&locale);
	return n;
}

static int scan_wide(struct scan *s, FILE *stream, const wchar_t *text, const wchar_t *format,
		     struct list *list)
{
	char *narrow_text = utf8_dup(text);
	char *narrow_format = utf8_dup(format);
	int n = EOF;

	s->wide = true;
	if (narrow_format && (narrow_text || !text))
		n = scan(s, stream, narrow_text, narrow_format, list);
	free(narrow_text);
	free(narrow_format);
	return n;
}

/* @before: arguments before the first that is stored into. */
#define SCAN(before, secure, call) \
	do { \
		struct scan s = { .longs = longs, .next = (before), .sizes = (secure) }; \
		struct list list; \
		int n; \
		va_start(list.arguments, format); \
		n = call; \
		va_end(list.arguments); \
		return n; \
	} while (0)

int win32_scanf(unsigned int longs, const char *format, ...)
{
	SCAN(1, false, scan(&s, stdin, NULL, format, &list));
}

int win32_fscanf(unsigned int longs, FILE *stream, const char *format, ...)
{
	SCAN(2, false, scan(&s, stream, NULL, format, &list));
}

int win32_sscanf(unsigned int longs, const char *text, const char *format, ...)
{
	SCAN(2, false, scan(&s, NULL, text, format, &list));
}

int win32_wscanf(unsigned int longs, const wchar_t *format, ...)
{
	SCAN(1, false, scan_wide(&s, stdin, NULL, format, &list));
}

int win32_fwscanf(unsigned int longs, FILE *stream, const wchar_t *format, ...)
{
	SCAN(2, false, scan_wide(&s, stream, NULL, format, &list));
}

int win32_swscanf(unsigned int longs, const wchar_t *text, const wchar_t *format, ...)
{
	SCAN(2, false, scan_wide(&s, NULL, text, format, &list));
}

int win32_scanf_s(unsigned int longs, const char *format, ...)
{
	SCAN(1, true, scan(&s, stdin, NULL, format, &list));
}

int win32_fscanf_s(unsigned int longs, FILE *stream, const char *format, ...)
{
	SCAN(2, true, scan(&s, stream, NULL, format, &list));
}

int win32_sscanf_s(unsigned int longs, const char *text, const char *format, ...)
{
	SCAN(2, true, scan(&s, NULL, text, format, &list));
}

int win32_wscanf_s(unsigned int longs, const wchar_t *format, ...)
{
	SCAN(1, true, scan_wide(&s, stdin, NULL, format, &list));
}

int win32_fwscanf_s(unsigned int longs, FILE *stream, const wchar_t *format, ...)
{
	SCAN(2, true, scan_wide(&s, stream, NULL, format, &list));
}

int win32_swscanf_s(unsigned int longs, const wchar_t *text, const wchar_t *format, ...)
{
	SCAN(2, true, scan_wide(&s, NULL, text, format, &list));
}
