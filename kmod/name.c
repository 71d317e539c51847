// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules for the names of slots: UTF-8 of 1 to 255 bytes, components separated by '/', none of
 * them empty, "." or "..", no control characters. This file works on bytes alone, and needs nothing
 * of the kernel but types.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "name.h"

/*
 * The forms of a character, by its length: the pattern of the lead byte, and the smallest code
 * point that needs this length.
 */
static const struct {
	u8 mask;
	u8 lead;
	u32 least;
} utf8_forms[] = {
	{ 0x80, 0x00, 0x00 },
	{ 0xe0, 0xc0, 0x80 },
	{ 0xf0, 0xe0, 0x800 },
	{ 0xf8, 0xf0, 0x10000 },
};

/*
 * Return the length of the character; 0 if it is not UTF-8: cut short, overlong, a surrogate, or
 * too large.
 */
static size_t utf8_decode(const char *text, u32 *character)
{
	const u8 *s = (const u8 *)text;
	size_t length, i;
	u32 c;

	for (length = 1; length <= 4; length++)
		if ((s[0] & utf8_forms[length - 1].mask) == utf8_forms[length - 1].lead)
			break;
	if (length > 4)
		return 0;

	c = s[0] & (u8)~utf8_forms[length - 1].mask;
	for (i = 1; i < length; i++) {
		/* A NUL ends the loop here, too, because it is not a continuation byte. */
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < utf8_forms[length - 1].least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;

	*character = c;
	return length;
}

/* C0, DEL and C1. */
static bool is_control(u32 c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

static bool text_ok(const char *name)
{
	u32 c;

	while (*name) {
		size_t length = utf8_decode(name, &c);

		if (!length || is_control(c))
			return false;
		name += length;
	}
	return true;
}

static bool component_ok(const char *text, size_t length)
{
	if (length == 0)
		return false;
	if (length == 1 && text[0] == '.')
		return false;
	return !(length == 2 && text[0] == '.' && text[1] == '.');
}

static bool components_ok(const char *name)
{
	for (;;) {
		size_t length = strcspn(name, "/");

		if (!component_ok(name, length))
			return false;
		if (!name[length])
			return true;
		name += length + 1;
	}
}

/**
 * mailslot_name_check() - is this a name that a slot may have?
 * @name: the bytes
 * @size: how many there are, the terminating NUL included
 *
 * Context: any.
 * Return: 0; -ENAMETOOLONG without a NUL in @size bytes; -EINVAL for a name against the rules.
 */
int mailslot_name_check(const char *name, size_t size)
{
	if (strnlen(name, size) == size)
		return -ENAMETOOLONG;
	return text_ok(name) && components_ok(name) ? 0 : -EINVAL;
}

/**
 * mailslot_name_check_depth() - does this name stay within the limit of directories?
 * @name: mailslot_name_check() accepted it
 *
 * Context: any.
 * Return: 0; -ENAMETOOLONG for more than MAILSLOT_COMPONENTS components.
 */
int mailslot_name_check_depth(const char *name)
{
	unsigned int components = 1;

	for (; *name; name++)
		components += *name == '/';
	return components > MAILSLOT_COMPONENTS ? -ENAMETOOLONG : 0;
}

/* '/' sorts before all other characters, so that the names below a name follow it directly. */
static int rank(char c)
{
	if (c == '/')
		return 1;
	return c ? (u8)c + 1 : 0;
}

/**
 * mailslot_name_compare() - the order of names
 * @a: a name
 * @b: another
 *
 * In this order all names below a name follow directly behind it.
 *
 * Context: any.
 * Return: less than, equal to or greater than 0, as @a is before, the same as or after @b.
 */
int mailslot_name_compare(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return rank(*a) - rank(*b);
}

/**
 * mailslot_name_below() - does a name lie below another?
 * @name: the longer name
 * @directory: the shorter
 *
 * Context: any.
 * Return: true for "a/b" and "a"; false for "ab" and "a", and for "a" and "a".
 */
bool mailslot_name_below(const char *name, const char *directory)
{
	size_t length = strlen(directory);

	return !strncmp(name, directory, length) && name[length] == '/';
}
