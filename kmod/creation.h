/* SPDX-License-Identifier: GPL-2.0-only */
/* A CREATE in progress: the properties of the slot that its open(2) will make. */
#ifndef MAILSLOT_CREATION_H
#define MAILSLOT_CREATION_H

#include <linux/fs.h>

#include "params.h"

const struct mailslot_params *mailslot_creation_params(void);
long mailslot_creation_ioctl(struct file *dir, const void __user *from, size_t size);

#endif
