/* SPDX-License-Identifier: GPL-2.0-only */
/* An entry of an instance: a slot's node or a directory, and what may be done with it. */
#ifndef MAILSLOT_ENTRY_H
#define MAILSLOT_ENTRY_H

#include <linux/fs.h>

extern const struct inode_operations mailslot_dir_iops;
extern const struct file_operations mailslot_dir_fops;

void mailslot_entry_evict(struct inode *inode);

int mailslot_entries_init(void);
void mailslot_entries_exit(void);

#endif
