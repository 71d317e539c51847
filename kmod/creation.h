/* SPDX-License-Identifier: GPL-2.0-only */
/* A CREATE under way: what the open(2) that it does shall make. */
#ifndef MAILSLOT_CREATION_H
#define MAILSLOT_CREATION_H

#include <linux/fs.h>

#include "recipe.h"

const struct mailslot_recipe *mailslot_creation_recipe(void);
long mailslot_creation_ioctl(struct file *dir, const void __user *from, size_t size);

#endif
