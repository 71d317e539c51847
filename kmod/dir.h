/* SPDX-License-Identifier: GPL-2.0-only */
/* The directories of an instance: what may be made in them, and how. */
#ifndef MAILSLOT_DIR_H
#define MAILSLOT_DIR_H

#include <linux/fs.h>

void mailslot_dir_inode(struct inode *inode);

#endif
