// SPDX-License-Identifier: GPL-2.0-only
/* The parts that all entries of an instance share: an inode, its attributes, a path. */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>

#include "acl.h"
#include "attr.h"

/**
 * mailslot_attr_inode() - make an inode
 * @dir: the directory that it will be in
 * @mode: type and permissions that its maker asked for; the umask and default ACLs are applied here
 *
 * Context: process context, may sleep.
 * Return: the inode or -ENOMEM.
 */
struct inode *mailslot_attr_inode(struct inode *dir, umode_t mode)
{
	struct inode *inode = new_inode(dir->i_sb);
	int err;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_ino = get_next_ino();
	inode_init_owner(&nop_mnt_idmap, inode, dir, mode);
	simple_inode_init_ts(inode);
	err = mailslot_acl_inherit(dir, inode);
	if (!err)
		return inode;
	iput(inode);
	return ERR_PTR(err);
}

/**
 * mailslot_attr_path() - the path of an entry within its instance, which is its slot's name
 * @dentry: the entry's
 * @buffer: of MAILSLOT_PATH_SIZE bytes
 *
 * Context: any.
 * Return: the path, without a slash at its start; or -ENAMETOOLONG.
 */
const char *mailslot_attr_path(struct dentry *dentry, char *buffer)
{
	const char *path = dentry_path_raw(dentry, buffer, MAILSLOT_PATH_SIZE);

	return IS_ERR(path) ? path : path + 1;
}

static void set_changed(struct inode *inode)
{
	inode_set_mtime_to_ts(inode, inode_set_ctime_current(inode));
}

/**
 * mailslot_attr_changed() - an entry came to a directory, or left it; or the directory itself goes
 * @dir: the directory
 *
 * Most callers hold the directory's lock, but a dying slot does not take it, so i_lock serializes
 * two callers of this function. The VFS does not take i_lock: stat(2) reads the times with no lock,
 * a listing reads them under the directory's lock, and chmod(2) sets one of them. A reader may
 * therefore see the seconds of one change and the nanoseconds of another; the two changes are only
 * a moment apart, so this is harmless.
 *
 * Context: process context.
 */
void mailslot_attr_changed(struct inode *dir)
{
	spin_lock(&dir->i_lock);
	/* stat(2) reads these times without the lock, as explained above. */
	data_race(({ set_changed(dir); 0; }));
	spin_unlock(&dir->i_lock);
}

/**
 * mailslot_attr_added() - an entry came to a directory
 * @dir: the directory, locked
 *
 * A directory's size is how many entries it has ever had. A program that has read all names of the
 * directory, and finds the same size again, knows that no other name has come.
 *
 * Context: process context, the entry in its place.
 */
void mailslot_attr_added(struct inode *dir)
{
	i_size_write(dir, i_size_read(dir) + 1);
	mailslot_attr_changed(dir);
}

/**
 * mailslot_attr_unlinked() - an entry has no name any more
 * @inode: the entry's
 *
 * The caller makes sure that nobody else does this at the same time; stat(2) reads the count of
 * links without a lock.
 *
 * Context: process context.
 */
void mailslot_attr_unlinked(struct inode *inode)
{
	/* stat(2) returns the count from before or from after this change. */
	data_race(({ clear_nlink(inode); 0; }));
}

/**
 * mailslot_attr_may_remove() - may the caller take an entry away?
 * @dir: the directory, which the caller may write to
 * @inode: the entry's
 *
 * In a directory that all may write to, only the owners of entry and directory may.
 *
 * Context: process context.
 * Return: whether it may.
 */
bool mailslot_attr_may_remove(const struct inode *dir, struct inode *inode)
{
	return uid_eq(current_fsuid(), dir->i_uid) ||
	       inode_owner_or_capable(&nop_mnt_idmap, inode);
}

/**
 * mailslot_attr_set() - the setattr() of all entries
 * @idmap: of the mount
 * @dentry: the entry
 * @attr: what to set
 *
 * Context: process context, the inode locked.
 * Return: 0 or an error.
 */
int mailslot_attr_set(struct mnt_idmap *idmap, struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = d_inode(dentry);
	int err;

	err = setattr_prepare(idmap, dentry, attr);
	if (err)
		return err;
	setattr_copy(idmap, inode, attr);
	return attr->ia_valid & ATTR_MODE ? mailslot_acl_chmod(idmap, dentry, inode->i_mode) : 0;
}
