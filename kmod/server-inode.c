// SPDX-License-Identifier: GPL-2.0-only
/*
 * The inode that all server ends share: it determines what fstat() returns for a server end, and
 * that nobody can open a server end by path. An inode for each slot would cost an idle slot 600
 * bytes.
 *
 * The inode of anon_inode_getfile() would not do, because it has no file type, and programs that
 * check the type cannot handle such a file. The shared inode is a character device, as the slot's
 * node is.
 *
 * The shared inode is in the kernel's own file system of anonymous inodes. A path may outlive its
 * file (by O_PATH of /proc/PID/fd/N), and so outlive the module. Therefore nothing that can be
 * reached by a path belongs to the module, and all operations of the inode are the kernel's
 * defaults, which refuse to open it (ENXIO).
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

#include "server-inode.h"
#include "slot.h"
#include "slot-table.h"

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

	/* Opening by path would take these two references; the last fput() drops both. */
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
 * Root owns the inode, and not even root may change it, because a change would affect all slots. A
 * program that chooses its buffer by st_blksize gets a buffer that most messages fit into.
 */
static void inode_fill(struct inode *inode)
{
	inode->i_mode = S_IFCHR | 0400;
	inode->i_rdev = mailslot_slots_devt(MAILSLOT_LAST_MINOR + 1);
	inode->i_uid = GLOBAL_ROOT_UID;
	inode->i_gid = GLOBAL_ROOT_GID;
	inode->i_flags |= S_IMMUTABLE;
	/* The kernel hides its anonymous inodes from security modules; do not hide this inode. */
	inode->i_flags &= ~S_PRIVATE;
	inode->i_blkbits = ilog2(SZ_64K);
}

/**
 * mailslot_inode_init() - make the shared inode
 *
 * The kernel's mount can be found only through one of its files, so this function makes a file,
 * without any operation of the module.
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
 * mailslot_inode_exit() - drop the shared inode; a path may hold it for longer
 *
 * Context: process context, may sleep.
 */
void mailslot_inode_exit(void)
{
	iput(shared_inode);
	mntput(inode_mnt);
}
