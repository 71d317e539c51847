/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions and types of file systems whose names differ between 6.1 and today's kernel. */
#ifndef MAILSLOT_COMPAT_VFS_H
#define MAILSLOT_COMPAT_VFS_H

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/posix_acl.h>

#include "compat.h"

/* Mounts map ids by a structure of its own since 6.3. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define mnt_idmap user_namespace
#endif

/* File systems set the ACL of a dentry since 6.2, of an inode before. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define MAILSLOT_ACL_OF struct inode *
#define mailslot_acl_inode(of) (of)
#define mailslot_acl_chmod(idmap, dentry, mode) posix_acl_chmod(idmap, d_inode(dentry), mode)
#else
#define MAILSLOT_ACL_OF struct dentry *
#define mailslot_acl_inode(of) d_inode(of)
#define mailslot_acl_chmod(idmap, dentry, mode) posix_acl_chmod(idmap, dentry, mode)
#endif

/* The VFS handles the attributes of ACLs itself since 6.2, if there is a list at all. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define MAILSLOT_ACL_HANDLERS &posix_acl_access_xattr_handler, &posix_acl_default_xattr_handler,
#else
#define MAILSLOT_ACL_HANDLERS
#endif

/* The list of xattr handlers is constant since 6.6. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define MAILSLOT_XATTR_HANDLER const struct xattr_handler *
#else
#define MAILSLOT_XATTR_HANDLER const struct xattr_handler *const
#endif

/* The ACLs of an inode have another name since 6.2. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define get_inode_acl get_acl
#endif

/* The caller says what it will look at since 6.6. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define mailslot_fillattr(idmap, mask, inode, stat) generic_fillattr(idmap, inode, stat)
#else
#define mailslot_fillattr(idmap, mask, inode, stat) generic_fillattr(idmap, mask, inode, stat)
#endif

/* The times of an inode are hidden behind functions since 6.7. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline void inode_set_mtime_to_ts(struct inode *inode, struct timespec64 time)
{
	inode->i_mtime = time;
}

static inline void simple_inode_init_ts(struct inode *inode)
{
	inode->i_ctime = current_time(inode);
	inode->i_mtime = inode->i_ctime;
	inode->i_atime = inode->i_ctime;
}
#endif

/* mkdir() returns the dentry that the directory has in the end since 6.15, or NULL. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 15, 0)
#define MAILSLOT_MKDIR int
#define mailslot_mkdir_result(err) (err)
#else
#define MAILSLOT_MKDIR struct dentry *
#define mailslot_mkdir_result(err) ERR_PTR(err)
#endif

/* Inodes that are not kept have another name for it since 6.18. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 18, 0)
#define inode_just_drop generic_delete_inode
#endif

/* A file system marks a dentry that it keeps without a file since 6.19. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 19, 0)
static inline void d_make_persistent(struct dentry *dentry, struct inode *inode)
{
	d_instantiate(dentry, inode);
	dget(dentry);
}

static inline void d_make_discardable(struct dentry *dentry)
{
	dput(dentry);
}

#define mailslot_kill_super kill_litter_super

static inline struct dentry *start_creating(struct mnt_idmap *idmap, struct dentry *parent,
					    struct qstr *name)
{
	struct dentry *child;

	inode_lock_nested(d_inode(parent), I_MUTEX_PARENT);
	child = lookup_one_len(name->name, parent, name->len);
	if (IS_ERR(child))
		inode_unlock(d_inode(parent));
	return child;
}

static inline void end_creating(struct dentry *child)
{
	inode_unlock(d_inode(child->d_parent));
	dput(child);
}

/* If vfs_mkdir() fails, end what start_creating() began, as today's vfs_mkdir() does. */
static inline struct dentry *mailslot_vfs_mkdir(struct mnt_idmap *idmap, struct inode *dir,
						struct dentry *dentry, umode_t mode)
{
	int err = vfs_mkdir(idmap, dir, dentry, mode);

	if (!err)
		return dentry;
	end_creating(dentry);
	return ERR_PTR(err);
}
#else
#define mailslot_kill_super kill_anon_super
#define mailslot_vfs_mkdir(idmap, dir, dentry, mode) vfs_mkdir(idmap, dir, dentry, mode, NULL)
#endif

/* create() is told whether the open was exclusive until 7.3. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(7, 3, 0)
#define MAILSLOT_CREATE(name) \
	int name(struct mnt_idmap *idmap, struct inode *dir, struct dentry *dentry, umode_t mode, \
		 bool exclusive)
#else
#define MAILSLOT_CREATE(name) \
	int name(struct mnt_idmap *idmap, struct inode *dir, struct dentry *dentry, umode_t mode)
#endif

#endif
