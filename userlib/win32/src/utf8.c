// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Text between UTF-8 and wide characters, whatever locale the program has set.
 * Nothing is ever lost to a bad character: it becomes U+FFFD and the text goes on.
 */
#include "../../src/utf8.h"
#include "internal.h"

#define REPLACEMENT	0xfffd

static bool is_scalar(uint32_t c)
{
	return c < 0x110000 && (c < 0xd800 || c > 0xdfff);
}

/* Programs written for 16-bit characters may hold surrogate pairs. */
static size_t take_wide(const wchar_t *wide, size_t n, uint32_t *c, bool *invalid)
{
	*c = (uint32_t)wide[0];
	if (n > 1 && *c >= 0xd800 && *c < 0xdc00 && (uint32_t)wide[1] >= 0xdc00 &&
	    (uint32_t)wide[1] < 0xe000) {
		*c = 0x10000 + ((*c - 0xd800) << 10) + ((uint32_t)wide[1] - 0xdc00);
		return 2;
	}
	if (!is_scalar(*c)) {
		*c = REPLACEMENT;
		if (invalid)
			*invalid = true;
	}
	return 1;
}

size_t utf8_from_wide(char *out, size_t size, const wchar_t *wide, size_t n, bool *invalid)
{
	size_t used = 0, stored = 0;

	while (n) {
		char one[4];
		uint32_t c;
		size_t taken = take_wide(wide, n, &c, invalid);
		size_t length = utf8_put(one, c);

		if (stored == used && length <= size - stored) {
			memcpy(out + stored, one, length);
			stored += length;
		}
		used += length;
		wide += taken;
		n -= taken;
	}
	return used;
}

/* Return how many bytes a sequence has that starts with this byte; 0 if none does. */
size_t utf8_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2)
		return 0;
	if (first < 0xe0)
		return 2;
	if (first < 0xf0)
		return 3;
	return first < 0xf5 ? 4 : 0;
}

/* The character at the start of text and the bytes it takes. */
static size_t take_utf8(const char *text, size_t n, uint32_t *c, bool *invalid)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)text;
	size_t length = utf8_length(s[0]);
	size_t i;

	if (length == 1) {
		*c = s[0];
		return 1;
	}
	if (length) {
		*c = s[0] & (0x7f >> length);
		for (i = 1; i < length && i < n && (s[i] & 0xc0) == 0x80; i++)
			*c = *c << 6 | (s[i] & 0x3f);
		if (i == length && *c >= least[length] && is_scalar(*c))
			return length;
	}
	*c = REPLACEMENT;
	if (invalid)
		*invalid = true;
	return 1;
}

size_t wide_from_utf8(wchar_t *out, size_t size, const char *text, size_t n, bool *invalid)
{
	size_t used = 0;

	while (n) {
		uint32_t c;
		size_t taken = take_utf8(text, n, &c, invalid);

		if (used < size)
			out[used] = (wchar_t)c;
		used++;
		text += taken;
		n -= taken;
	}
	return used;
}

char *utf8_dup(const wchar_t *wide)
{
	size_t n, size;
	char *text;

	if (!wide)
		return NULL;
	n = wcslen(wide);
	size = utf8_from_wide(NULL, 0, wide, n, NULL);
	text = malloc(size + 1);
	if (text) {
		utf8_from_wide(text, size, wide, n, NULL);
		text[size] = '\0';
	}
	return text;
}

BOOL utf8_dup_or_fail(const wchar_t *wide, char **text)
{
	*text = utf8_dup(wide);
	return wide && !*text ? fail(ERROR_NOT_ENOUGH_MEMORY) : TRUE;
}

wchar_t *wide_dup(const char *text)
{
	size_t n, size;
	wchar_t *wide;

	if (!text)
		return NULL;
	n = strlen(text);
	size = wide_from_utf8(NULL, 0, text, n, NULL);
	wide = calloc(size + 1, sizeof(*wide));
	if (wide)
		wide_from_utf8(wide, size, text, n, NULL);
	return wide;
}

wint_t utf8_getc(FILE *stream)
{
	char bytes[4];
	size_t length, n;
	uint32_t c;
	int byte = getc(stream);

	if (byte == EOF)
		return WEOF;
	bytes[0] = (char)byte;
	length = utf8_length((unsigned char)byte);
	for (n = 1; n < length; n++) {
		byte = getc(stream);
		if (byte == EOF)
			break;
		if ((byte & 0xc0) != 0x80) {
			ungetc(byte, stream);
			break;
		}
		bytes[n] = (char)byte;
	}
	take_utf8(bytes, n, &c, NULL);
	return (wint_t)c;
}

void utf8_locale_enter(struct utf8_locale *l)
{
	locale_t base = duplocale(uselocale((locale_t)0));

	l->old = (locale_t)0;
	l->mine = newlocale(LC_CTYPE_MASK, "C.UTF-8", base);
	if (l->mine)
		l->old = uselocale(l->mine);
	else if (base)
		freelocale(base);
}

void utf8_locale_leave(struct utf8_locale *l)
{
	if (!l->mine)
		return;
	uselocale(l->old);
	freelocale(l->mine);
}
