/* SPDX-License-Identifier: GPL-2.0-only */
/* POSIX ACLs of an instance's entries. Each ACL is stored only in the cache of its inode. */
#ifndef MAILSLOT_ACL_H
#define MAILSLOT_ACL_H

#include <linux/fs.h>

#include "compat-vfs.h"

#ifdef CONFIG_FS_POSIX_ACL
int mailslot_acl_inherit(struct inode *dir, struct inode *inode);
bool mailslot_acl_has_default(struct inode *dir);
int mailslot_acl_set(struct mnt_idmap *idmap, MAILSLOT_ACL_OF of, struct posix_acl *acl, int type);
#else
static inline int mailslot_acl_inherit(struct inode *dir, struct inode *inode)
{
	return 0;
}

static inline bool mailslot_acl_has_default(struct inode *dir)
{
	return false;
}

#define mailslot_acl_set NULL
#endif

void mailslot_acl_super(struct super_block *sb);

#endif
