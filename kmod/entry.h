/* SPDX-License-Identifier: GPL-2.0-only */
/* A slot's entry in an instance. */
#ifndef MAILSLOT_ENTRY_H
#define MAILSLOT_ENTRY_H

#include <linux/fs.h>

#include "slot.h"

struct mailslot_slot *mailslot_entry_make(struct inode *dir, struct dentry *dentry, umode_t mode);
int mailslot_entry_unlink(struct inode *dir, struct dentry *dentry);
struct dentry *mailslot_entry_next(const struct super_block *sb, u64 *minor);

int mailslot_entries_init(void);
void mailslot_entries_exit(void);

#endif
