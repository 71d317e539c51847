// SPDX-License-Identifier: GPL-2.0-only
/*
 * mailslot_name_compare() is an order, in which all names below a name follow directly behind the
 * name: for every three texts of up to BYTES bytes.
 */
#include "shim.h"
#include "proof.h"
#include "proof-string.h"
#include "name.c"

static char *text(void)
{
	size_t size;
	char *name;

	assume(size >= 1 && size <= BYTES + 1);
	name = malloc(size);
	assume(name && !name[size - 1]);
	return name;
}

int main(void)
{
	const char *a = text(), *b = text(), *c = text();
	int ab = mailslot_name_compare(a, b), bc = mailslot_name_compare(b, c);
	int ac = mailslot_name_compare(a, c);

	prove((ab < 0) == (mailslot_name_compare(b, a) > 0));
	prove(!ab == !strcmp(a, b));
	if (ab <= 0 && bc <= 0)
		prove(ac <= 0);
	if (mailslot_name_below(c, a)) {
		prove(ac < 0);
		if (ab < 0 && bc < 0)
			prove(mailslot_name_below(b, a));
	}
	prove(!(mailslot_name_below(a, b) && mailslot_name_below(b, a)));
	return 0;
}
