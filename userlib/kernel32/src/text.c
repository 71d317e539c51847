// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Wide strings of other languages.  Windows' have units of 16 bits.  Some run-time
 * systems hand over the C library's wide characters of 32 bits in the same place, so the
 * width of each string is told from the string.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "kernel32.h"

/* No page is smaller; a larger one is looked at more often than necessary. */
#define PAGE	4096

/* Can the byte be read?  A kernel that does not answer is taken to mean yes. */
static bool readable(const void *at)
{
	int saved = errno;
	char byte;
	struct iovec here = { &byte, 1 }, there = { (void *)(uintptr_t)at, 1 };
	bool can = process_vm_readv(getpid(), &here, 1, &there, 1, 0) == 1 || errno != EFAULT;

	errno = saved;
	return can;
}

/*
 * The length of a string of 32-bit characters, or -1 if this is none.
 *
 * The first character of a name is in the first 16-bit unit.  In a string of 32-bit
 * characters the other half of its word is 0, where a string of 16-bit units goes on.
 * An aligned word lies within a page, so this look is safe.
 *
 * A string of one 16-bit unit has its end there.  What follows may be anything, memory
 * that cannot be read included, so no page is entered that was not asked for, and one
 * word that is no character makes the string a 16-bit one.
 */
static ssize_t length_32(const void *given)
{
	const char *at = given;
	size_t length = 0;
	uint32_t c;

	if ((uintptr_t)at % sizeof(c))
		return -1;
	memcpy(&c, at, sizeof(c));
	if (!c || c > 0xffff)
		return -1;
	while (c) {
		if (c > 0x10ffff)
			return -1;
		at += sizeof(c);
		length++;
		if (!((uintptr_t)at % PAGE) && !readable(at))
			return -1;
		memcpy(&c, at, sizeof(c));
	}
	return (ssize_t)length;
}

static uint16_t unit_at(const void *units, size_t i)
{
	uint16_t unit;

	memcpy(&unit, (const char *)units + i * sizeof(unit), sizeof(unit));
	return unit;
}

static size_t length_16(const void *given)
{
	size_t length = 0;

	while (unit_at(given, length))
		length++;
	return length;
}

size_t text_length(const void *given)
{
	ssize_t length = length_32(given);

	return length < 0 ? length_16(given) : (size_t)length;
}

/* A pair of surrogates stays one: the libraries below know it. */
bool text_take_units(struct text *text, const void *units, size_t count)
{
	text->copy = calloc(count + 1, sizeof(*text->copy));
	text->wide = text->copy;
	if (!text->copy) {
		real_SetLastError(ERROR_NOT_ENOUGH_MEMORY);
		return false;
	}
	for (size_t i = 0; i < count; i++)
		text->copy[i] = unit_at(units, i);
	return true;
}

bool text_take(struct text *text, const void *given)
{
	text->wide = given;
	text->copy = NULL;
	if (!given || length_32(given) >= 0)
		return true;
	return text_take_units(text, given, length_16(given));
}

void text_drop(struct text *text)
{
	free(text->copy);
}

size_t text_units(uint16_t *units, size_t room, const wchar_t *wide, size_t length)
{
	size_t used = 0;

	for (size_t i = 0; i < length; i++) {
		uint32_t c = (uint32_t)wide[i];
		uint16_t pair[2] = { (uint16_t)c };
		size_t n = 1;

		if (c > 0xffff) {
			pair[0] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
			pair[1] = (uint16_t)(0xdc00 + (c & 0x3ff));
			n = 2;
		}
		for (size_t k = 0; k < n; k++, used++)
			if (used < room)
				units[used] = pair[k];
	}
	return used;
}
