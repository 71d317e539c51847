// SPDX-License-Identifier: GPL-2.0-only
/*
 * The names that are in use: a tree in the order of mailslot_name_compare(). The tree rules out
 * every collision among slots before devtmpfs sees the name, since devtmpfs does not report when it
 * fails to make a node.
 */
#include <linux/errno.h>
#include <linux/spinlock.h>

#include "name.h"
#include "name-table.h"

static DEFINE_SPINLOCK(names_lock);
static struct rb_root names = RB_ROOT;	/* under names_lock */

static bool collide(const char *a, const char *b)
{
	return mailslot_name_below(a, b) || mailslot_name_below(b, a);
}

/**
 * mailslot_name_reserve() - take a name
 * @name: the name, whose text is set and was accepted by mailslot_name_check()
 *
 * It is enough to look at the names on the way down. The names below a name follow it directly in
 * the tree's order. Therefore all names between a colliding name and the place of the new name
 * collide, too; and the neighbours of that place are on the way down.
 *
 * Context: process context.
 * Return: 0; -EEXIST when the name is in use, is a directory of names in use, or lies below one.
 */
int mailslot_name_reserve(struct mailslot_name *name)
{
	struct rb_node **link = &names.rb_node, *parent = NULL;
	int err = 0;

	spin_lock(&names_lock);
	while (*link) {
		struct mailslot_name *other = rb_entry(*link, struct mailslot_name, link);
		int order = mailslot_name_compare(name->text, other->text);

		if (!order || collide(name->text, other->text)) {
			err = -EEXIST;
			goto out_unlock;
		}
		parent = *link;
		link = order < 0 ? &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&name->link, parent, link);
	rb_insert_color(&name->link, &names);
out_unlock:
	spin_unlock(&names_lock);
	return err;
}

/**
 * mailslot_name_release() - give a name back
 * @name: a reserved one
 *
 * Context: process context.
 */
void mailslot_name_release(struct mailslot_name *name)
{
	spin_lock(&names_lock);
	rb_erase(&name->link, &names);
	spin_unlock(&names_lock);
}
