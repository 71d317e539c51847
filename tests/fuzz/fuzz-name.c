// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes kmod/name.c: the rules on names against the C library's UTF-8 decoder and the text of the
 * ABI; the order of names by what an order is.  An input is two names, separated by a NUL.
 */
#include <locale.h>
#include <stdio.h>
#include <wchar.h>

#include "name.h"

void shim_fail(const char *what)
{
	fprintf(stderr, "FAILED: %s\n", what);
	abort();
}

/* As uapi/linux/mailslot.h says it, with somebody else's decoder. */
static int expected(const char *name, size_t size)
{
	const char *end = memchr(name, 0, size), *at = name;
	size_t component = 0, dots = 0;
	mbstate_t state = {};

	if (!end)
		return -ENAMETOOLONG;
	while (at < end) {
		wchar_t c;
		size_t length = mbrtowc(&c, at, end - at, &state);

		if (length == (size_t)-1 || length == (size_t)-2)
			return -EINVAL;
		/* The C library's decoder knows no such bounds. */
		if (c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
			return -EINVAL;
		if (c < 0x20 || (c >= 0x7f && c <= 0x9f))
			return -EINVAL;
		if (c == '/') {
			if (component == 0 || (component == dots && dots <= 2))
				return -EINVAL;
			component = 0;
			dots = 0;
		} else {
			component++;
			dots += c == '.';
		}
		at += length;
	}
	return component == 0 || (component == dots && dots <= 2) ? -EINVAL : 0;
}

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

/* Names end in the last byte of their heap blocks. */
static char *exactly(const u8 *data, size_t size, bool end)
{
	char *copy = malloc(size + end);

	memcpy(copy, data, size);
	if (end)
		copy[size] = '\0';
	return copy;
}

static void check(const char *name, size_t size)
{
	if (mailslot_name_check(name, size) != expected(name, size))
		shim_fail("the rules on names are not those of the ABI");
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		shim_fail("there is no C.UTF-8 locale");
	return 0;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	const u8 *middle = memchr(data, 0, size);
	char *whole = exactly(data, size, false), *a, *b, *directory;

	check(whole, size);
	free(whole);
	a = exactly(data, middle ? middle - data : size, true);
	b = middle ? exactly(middle + 1, data + size - middle - 1, true) : strdup("");
	check(a, strlen(a) + 1);

	shim_check(sign(mailslot_name_compare(a, b)) == -sign(mailslot_name_compare(b, a)));
	shim_check(!mailslot_name_compare(a, b) == !strcmp(a, b));
	shim_check(!(mailslot_name_below(a, b) && mailslot_name_below(b, a)));
	/* What is below a name comes behind it; what is between them is below it too. */
	directory = malloc(strlen(a) + strlen(b) + 2);
	sprintf(directory, "%s/%s", a, b);
	shim_check(mailslot_name_below(directory, a));
	shim_check(mailslot_name_compare(a, directory) < 0);
	if (mailslot_name_compare(a, b) < 0 && mailslot_name_compare(b, directory) < 0)
		shim_check(mailslot_name_below(b, a));
	free(directory);
	free(a);
	free(b);
	return 0;
}
