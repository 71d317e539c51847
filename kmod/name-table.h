/* SPDX-License-Identifier: GPL-2.0-only */
/* The names that are in use.  name.h has the rules for names; node.h has the nodes in /dev. */
#ifndef MAILSLOT_NAME_TABLE_H
#define MAILSLOT_NAME_TABLE_H

#include <linux/rbtree.h>

struct mailslot_name {
	struct rb_node link;	/* under names_lock */
	const char *text;	/* constant while reserved */
};

int mailslot_name_reserve(struct mailslot_name *name);
void mailslot_name_release(struct mailslot_name *name);

#endif
