/* SPDX-License-Identifier: GPL-2.0-only */
/* The inode that all server ends share. */
#ifndef MAILSLOT_SERVER_INODE_H
#define MAILSLOT_SERVER_INODE_H

#include <linux/fs.h>

struct file *mailslot_inode_file(const struct file_operations *operations, void *data,
				 unsigned int flags);

int mailslot_inode_init(void);
void mailslot_inode_exit(void);

#endif
