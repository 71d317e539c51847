// SPDX-License-Identifier: GPL-2.0-only
/*
 * The inode that all server ends share: what fstat() says of them, and that nobody can open it.
 * One for each slot would cost an idle slot 600 bytes.
 *
 * anon_inode_getfile() has one too, but that has no file type, and programs that look for one do
 * not know what to do with such a file. This one is a character device's, as the slot's node is.
 *
 * It lies in the kernel's own file system of anonymous inodes. A path may outlive its file (by
 * O_PATH of /proc/PID/fd/N) and so the module: nothing that can be reached by it is the module's,
 * and all operations of the inode are the kernel's defaults. Opening is refused by them (ENXIO).
 */
#include <linux/anon_inodes.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/sizes.h>
#include <linux/stat.h>
#include <linux/uidgid.h>

#include "inode.h"
#include "slot.h"

#define FILE_NAME	"[mailslot]"

static struct vfsmount *inode_mnt;
static struct inode *shared_inode;

/**
 * mailslot_inode_file() - make a file on the shared inode
 * @operations: what it does; their owner is this module
 * @data: the file's private data
 * @flags: as open(2) has them
 *
 * Context: process context, may sleep; the module is held by the caller.
 * Return: the file or an error.
 */
struct file *mailslot_inode_file(const struct file_operations *operations, void *data,
				 unsigned int flags)
{
	struct file *file;

	/* Opening by path would take these two references, and the last fput() drops both. */
	__module_get(operations->owner);
	ihold(shared_inode);
	file = alloc_file_pseudo(shared_inode, inode_mnt, FILE_NAME, flags, operations);
	if (IS_ERR(file)) {
		iput(shared_inode);
		module_put(operations->owner);
		return file;
	}
	file->private_data = data;
	return file;
}

/*
 * Its owner is root, and not even root may change it: it would change for all slots. Programs that
 * take the size of their buffer from the file get one that most messages fit into.
 */
static void inode_fill(struct inode *inode)
{
	inode->i_mode = S_IFCHR | 0400;
	inode->i_rdev = mailslot_slots_devt(MAILSLOT_LAST_MINOR + 1);
	inode->i_uid = GLOBAL_ROOT_UID;
	inode->i_gid = GLOBAL_ROOT_GID;
	inode->i_flags |= S_IMMUTABLE;
	/* The kernel's anonymous inodes are hidden from security modules; this one is not. */
	inode->i_flags &= ~S_PRIVATE;
	inode->i_blkbits = ilog2(SZ_64K);
}

/**
 * mailslot_inode_init() - make the shared inode
 *
 * The mount is known by its files only, so one is made, with no operation of the module's.
 *
 * Context: process context, may sleep.
 * Return: 0 or an error, with nothing left to undo.
 */
int mailslot_inode_init(void)
{
	struct file *file = anon_inode_getfile(FILE_NAME, &generic_ro_fops, NULL, O_RDONLY);
	struct inode *inode;
	int err = 0;

	if (IS_ERR(file))
		return PTR_ERR(file);
	inode = alloc_anon_inode(file->f_path.mnt->mnt_sb);
	if (IS_ERR(inode)) {
		err = PTR_ERR(inode);
		goto out;
	}
	inode_fill(inode);
	shared_inode = inode;
	inode_mnt = mntget(file->f_path.mnt);
out:
	fput(file);
	return err;
}

/**
 * mailslot_inode_exit() - give it up; a path may hold it for longer
 *
 * Context: process context, may sleep.
 */
void mailslot_inode_exit(void)
{
	iput(shared_inode);
	mntput(inode_mnt);
}
