/* SPDX-License-Identifier: GPL-2.0-only */
/* LIST: report many slots of an instance at once. */
#ifndef MAILSLOT_LISTING_H
#define MAILSLOT_LISTING_H

#include <linux/fs.h>

long mailslot_listing_ioctl(struct file *dir, void __user *arg, size_t size);

#endif
