// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Memory, without which the program ends.
 */
#include <stdlib.h>

#include "cli.h"

void *must_allocate(void *old, size_t size)
{
	void *new = realloc(old, size);

	if (!new)
		fail(EXIT_FAILED, "no memory for %zu bytes", size);
	return new;
}
