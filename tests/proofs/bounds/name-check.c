// SPDX-License-Identifier: GPL-2.0-only
/*
 * mailslot_name_check() against the rules of the ABI, in one pass over the bytes, for every text of
 * up to BYTES bytes; it looks at no byte behind the NUL, nor behind the given size.
 */
#include "shim.h"
#include "proof.h"
#include "proof-string.h"
#include "name.c"

/* What is between two separators: not empty, "." or "..". */
static bool between_ok(size_t length, size_t dots)
{
	return length && (length != dots || dots > 2);
}

static bool expected(const char *name, size_t end)
{
	size_t i, step, length = 0, dots = 0;
	u32 c;

	for (i = 0; i < end; i += step) {
		step = utf8_decode(name + i, &c);
		if (!step || c < 0x20 || (c >= 0x7f && c <= 0x9f))
			return false;
		if (c == '/') {
			if (!between_ok(length, dots))
				return false;
			length = 0;
			dots = 0;
			continue;
		}
		length++;
		dots += c == '.';
	}
	return between_ok(length, dots);
}

int main(void)
{
	size_t size, end;
	char *name;
	int err;

	assume(size >= 1 && size <= BYTES + 1);
	name = malloc(size);
	assume(name);
	err = mailslot_name_check(name, size);
	for (end = 0; end < size && name[end]; end++)
		;
	if (end == size)
		prove(err == -ENAMETOOLONG);
	else
		prove(err == (expected(name, end) ? 0 : -EINVAL));
	return 0;
}
