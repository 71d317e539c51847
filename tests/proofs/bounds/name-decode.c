// SPDX-License-Identifier: GPL-2.0-only
/*
 * utf8_decode() takes what begins with the UTF-8 of a code point, and nothing else: all code points
 * and all bytes. It looks at no byte behind the terminating NUL.
 */
#include "shim.h"
#include "proof.h"
#include "name.c"

static size_t encode(u32 c, u8 *to)
{
	if (c < 0x80) {
		to[0] = c;
		return 1;
	}
	if (c < 0x800) {
		to[0] = 0xc0 | c >> 6;
		to[1] = 0x80 | (c & 0x3f);
		return 2;
	}
	if (c < 0x10000) {
		to[0] = 0xe0 | c >> 12;
		to[1] = 0x80 | (c >> 6 & 0x3f);
		to[2] = 0x80 | (c & 0x3f);
		return 3;
	}
	to[0] = 0xf0 | c >> 18;
	to[1] = 0x80 | (c >> 12 & 0x3f);
	to[2] = 0x80 | (c >> 6 & 0x3f);
	to[3] = 0x80 | (c & 0x3f);
	return 4;
}

static bool begins(const char *text, const u8 *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if ((u8)text[i] != bytes[i])
			return false;
	return true;
}

int main(void)
{
	size_t size, i, length, expected;
	u32 point, decoded;
	u8 bytes[4];
	char *text;

	/* A text of up to 5 bytes that ends where the memory does. */
	assume(size >= 1 && size <= 6);
	text = malloc(size);
	assume(text && !text[size - 1]);
	for (i = 0; i + 1 < size; i++)
		assume(text[i]);
	assume(point <= 0x10ffff && (point < 0xd800 || point > 0xdfff));
	expected = encode(point, bytes);

	length = utf8_decode(text, &decoded);
	prove(length <= 4);
	if (begins(text, bytes, expected))
		prove(length == expected && decoded == point);
	if (length) {
		prove(decoded <= 0x10ffff && (decoded < 0xd800 || decoded > 0xdfff));
		prove(encode(decoded, bytes) == length && begins(text, bytes, length));
	}
	return 0;
}
