// SPDX-License-Identifier: GPL-2.0-only
/* The directories of an instance: what may be made in them, and how. */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mailslot.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/stat.h>

#include "acl.h"
#include "attr.h"
#include "compat-vfs.h"
#include "creation.h"
#include "dir.h"
#include "entry.h"
#include "info.h"
#include "instance.h"
#include "listing.h"
#include "name.h"
#include "passing.h"
#include "server.h"
#include "slot.h"

static int server_opened(struct inode *inode, struct file *file)
{
	return mailslot_server_begin(inode->i_private, inode, file);
}

/* do_dentry_open() and may_open() would refuse these flags too, but after the slot is made. */
static int server_check(const struct file *file, unsigned int flags)
{
	if ((flags & O_ACCMODE) == O_WRONLY || flags & O_DIRECT)
		return -EINVAL;
	return file->f_path.mnt->mnt_flags & MNT_NODEV ? -EACCES : 0;
}

/*
 * Only an exclusive open makes a slot: a program that opens for writing, and does not care whether
 * the file is there, would be the server of a slot that nobody reads.
 */
static int dir_atomic_open(struct inode *dir, struct dentry *dentry, struct file *file,
			   unsigned int flags, umode_t mode)
{
	struct mailslot_slot *slot;
	int err;

	if (d_in_lookup(dentry)) {
		struct dentry *found = simple_lookup(dir, dentry, 0);

		if (IS_ERR(found))
			return PTR_ERR(found);
	}
	if (!(flags & O_CREAT) || d_really_is_positive(dentry))
		return finish_no_open(file, NULL);
	if (!(flags & O_EXCL))
		return -ENOENT;
	err = server_check(file, flags);
	if (err)
		return err;
	slot = mailslot_entry_make(dir, dentry, mode);
	if (IS_ERR(slot))
		return PTR_ERR(slot);
	file->f_mode |= FMODE_CREATED;
	err = finish_open(file, dentry, server_opened);
	/* An open file kills its slot itself. */
	if (err && !(file->f_mode & FMODE_OPENED))
		mailslot_slot_kill(slot);
	return err;
}

/* Refuse a regular file that mknod(2) would make: files are made by open(2) only. */
static MAILSLOT_CREATE(dir_create)
{
	return -EPERM;
}

static int make_dir(struct inode *parent, struct dentry *dentry, umode_t mode)
{
	bool passing = mailslot_creation_params();
	char buffer[MAILSLOT_PATH_SIZE];
	const char *path = mailslot_attr_path(dentry, buffer);
	struct mailslot_dir *dir;
	struct inode *inode;
	int err;

	if (IS_ERR(path))
		return PTR_ERR(path);
	err = mailslot_name_check(path, MAILSLOT_NAME_SIZE) ?: mailslot_name_check_depth(path);
	if (err)
		return err;
	inode = mailslot_attr_inode(parent, S_IFDIR | mode);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	dir = mailslot_dir_alloc(dentry, passing);
	if (IS_ERR(dir)) {
		iput(inode);
		return PTR_ERR(dir);
	}
	inode->i_private = dir;
	mailslot_dir_inode(inode);
	/*
	 * A directory that CREATE makes gets the rights of its parent, because other users have
	 * slots, too.
	 */
	if (passing && !mailslot_acl_has_default(parent))
		inode->i_mode |= parent->i_mode & 0777;
	inc_nlink(parent);
	d_make_persistent(dentry, inode);
	mailslot_attr_added(parent);
	return 0;
}

static MAILSLOT_MKDIR dir_mkdir(struct mnt_idmap *idmap, struct inode *dir, struct dentry *dentry,
				umode_t mode)
{
	return mailslot_mkdir_result(make_dir(dir, dentry, mode));
}

static int dir_rmdir(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = d_inode(dentry);

	if (!mailslot_attr_may_remove(dir, inode))
		return -EPERM;
	if (mailslot_dir_held(inode) || !simple_empty(dentry))
		return -ENOTEMPTY;
	mailslot_dir_gone(inode);
	mailslot_attr_unlinked(inode);
	drop_nlink(dir);
	mailslot_attr_changed(inode);
	mailslot_attr_changed(dir);
	mailslot_dir_left(dir);
	d_make_discardable(dentry);
	return 0;
}

static const struct inode_operations dir_iops = {
	.lookup = simple_lookup,
	.atomic_open = dir_atomic_open,
	.create = dir_create,
	.mkdir = dir_mkdir,
	.rmdir = dir_rmdir,
	.unlink = mailslot_entry_unlink,
	.setattr = mailslot_attr_set,
	.set_acl = mailslot_acl_set,
};

static long dir_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *argp = (void __user *)arg;

	switch (MAILSLOT_IOC_ID(cmd)) {
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_CREATE):
		return mailslot_creation_ioctl(file, argp, _IOC_SIZE(cmd));
	case MAILSLOT_IOC_ID(MAILSLOT_IOC_LIST):
		return mailslot_listing_ioctl(file, argp, _IOC_SIZE(cmd));
	default:
		return -ENOTTY;
	}
}

static const struct file_operations dir_fops = {
	.owner = THIS_MODULE,
	.open = dcache_dir_open,
	.release = dcache_dir_close,
	.llseek = dcache_dir_lseek,
	.read = generic_read_dir,
	.iterate_shared = dcache_readdir,
	.fsync = noop_fsync,
	.unlocked_ioctl = dir_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/**
 * mailslot_dir_inode() - make an inode a directory's
 * @inode: the inode, new
 *
 * Context: any.
 */
void mailslot_dir_inode(struct inode *inode)
{
	inode->i_op = &dir_iops;
	inode->i_fop = &dir_fops;
	/* Count two links: one for the directory's name, one for its ".". */
	inc_nlink(inode);
}
