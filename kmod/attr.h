/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts that all entries of an instance share: an inode, its attributes, a path. */
#ifndef MAILSLOT_ATTR_H
#define MAILSLOT_ATTR_H

#include <linux/fs.h>
#include <linux/mailslot.h>

#include "compat-vfs.h"

/* Room for the longest name of a slot, a slash before and a NUL behind it. */
#define MAILSLOT_PATH_SIZE	(MAILSLOT_NAME_SIZE + 1)

struct inode *mailslot_attr_inode(struct inode *dir, umode_t mode);
const char *mailslot_attr_path(struct dentry *dentry, char *buffer);
void mailslot_attr_added(struct inode *dir);
void mailslot_attr_changed(struct inode *dir);
void mailslot_attr_unlinked(struct inode *inode);
bool mailslot_attr_may_remove(const struct inode *dir, struct inode *inode);
int mailslot_attr_set(struct mnt_idmap *idmap, struct dentry *dentry, struct iattr *attr);

#endif
