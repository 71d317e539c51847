/* SPDX-License-Identifier: GPL-2.0-only */
/* A CREATE under way: what the open(2) that it does shall make. */
#ifndef MAILSLOT_CREATION_H
#define MAILSLOT_CREATION_H

#include <linux/list.h>
#include <linux/sched.h>

#include "instance.h"
#include "recipe.h"

struct mailslot_creation {
	struct list_head link;		/* under the instance's lock */
	struct task_struct *task;	/* constant: the caller */
	struct mailslot_recipe recipe;	/* constant */
};

const struct mailslot_recipe *mailslot_creation_recipe(struct mailslot_instance *instance);
long mailslot_creation_ioctl(struct file *dir, const void __user *from, size_t size);

#endif
