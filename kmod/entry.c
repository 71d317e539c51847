// SPDX-License-Identifier: GPL-2.0-only
/*
 * An entry of an instance: a slot's node or a directory. The VFS finds it by its dentry, which is
 * pinned from its making to its removal; docs/instances.rst tells who holds what.
 *
 * A slot's name goes when the slot dies, in close(2), or when its owner unlinks it; one bit decides
 * which of both does it. Nothing is ever renamed, so an entry's name and directory are constant.
 */
#include <linux/bitops.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/fsnotify.h>
#include <linux/log2.h>
#include <linux/mailslot.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/stat.h>

#include "acl.h"
#include "client.h"
#include "compat.h"
#include "creation.h"
#include "entry.h"
#include "info.h"
#include "instance.h"
#include "name.h"
#include "server.h"
#include "slot.h"
#include "user.h"

/* A slot in this place. */
struct mailslot_entry {
	struct mailslot_slot slot;	/* the first: mailslot_slot_free() frees it all */
	struct dentry *dentry;		/* constant; the server end holds it */
	unsigned long state;		/* NAMELESS, set once, atomically */
};

#define NAMELESS	0

static struct mailslot_entry *to_entry(struct mailslot_slot *slot)
{
	return container_of(slot, struct mailslot_entry, slot);
}

/* Entries come and go under the directory's lock, but a slot's death takes none. */
static void dir_changed(struct inode *dir)
{
	spin_lock(&dir->i_lock);
	inode_set_mtime_to_ts(dir, inode_set_ctime_current(dir));
	spin_unlock(&dir->i_lock);
}

/* The slot died: its name goes, unless its owner has taken it away. */
static void entry_remove(struct mailslot_slot *slot)
{
	struct mailslot_entry *entry = to_entry(slot);
	struct dentry *dentry = entry->dentry;
	struct inode *dir = d_inode(dentry->d_parent), *inode = d_inode(dentry);

	if (test_and_set_bit(NAMELESS, &entry->state))
		return;
	clear_nlink(inode);
	/* Without the lock of the directory, which somebody who lists it holds as long as he likes. */
	d_invalidate(dentry);
	dir_changed(dir);
	fsnotify_delete(dir, inode, dentry);
	d_make_discardable(dentry);
}

static struct mailslot_home entry_home = {
	.remove = entry_remove,
	.release = mailslot_slot_free,
};

/**
 * mailslot_entry_evict() - an inode goes
 * @inode: the inode; it gives back what it counted for
 *
 * Context: process context, may sleep.
 */
void mailslot_entry_evict(struct inode *inode)
{
	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	if (!inode->i_private)
		return;
	if (S_ISDIR(inode->i_mode)) {
		mailslot_user_del_slot(inode->i_private);
		mailslot_user_put(inode->i_private);
		mailslot_quota_del(&mailslot_instance_of(inode->i_sb)->quota);
	} else {
		mailslot_slot_put(inode->i_private);
	}
}

static struct inode *entry_inode(struct inode *dir, umode_t mode)
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

/* Room for the longest name, a slash before and a NUL behind it. */
#define PATH_SIZE	(MAILSLOT_NAME_SIZE + 1)

/* The path of an entry within its instance, which is its slot's name. */
static const char *entry_path(const struct dentry *dentry, char *buffer)
{
	const char *path = dentry_path_raw((struct dentry *)dentry, buffer, PATH_SIZE);

	return IS_ERR(path) ? path : path + 1;
}

static void slot_times(struct mailslot_slot *slot, struct kstat *stat)
{
	spin_lock(&slot->lock);
	stat->atime = ns_to_timespec64(slot->last_read_time);
	stat->mtime = ns_to_timespec64(slot->last_write_time);
	stat->btime = ns_to_timespec64(slot->creation_time);
	spin_unlock(&slot->lock);
	stat->result_mask |= STATX_BTIME;
}

static int entry_getattr(struct mnt_idmap *idmap, const struct path *path, struct kstat *stat,
			 u32 request_mask, unsigned int flags)
{
	struct inode *inode = d_inode(path->dentry);

	mailslot_fillattr(idmap, request_mask, inode, stat);
	if (!S_ISDIR(inode->i_mode))
		slot_times(inode->i_private, stat);
	return 0;
}

static void slot_set_times(struct mailslot_slot *slot, const struct iattr *attr)
{
	spin_lock(&slot->lock);
	if (attr->ia_valid & ATTR_ATIME)
		slot->last_read_time = timespec64_to_ns(&attr->ia_atime);
	if (attr->ia_valid & ATTR_MTIME)
		slot->last_write_time = timespec64_to_ns(&attr->ia_mtime);
	spin_unlock(&slot->lock);
}

static int entry_setattr(struct mnt_idmap *idmap, struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = d_inode(dentry);
	int err;

	err = setattr_prepare(idmap, dentry, attr);
	if (err)
		return err;
	setattr_copy(idmap, inode, attr);
	if (!S_ISDIR(inode->i_mode))
		slot_set_times(inode->i_private, attr);
	return attr->ia_valid & ATTR_MODE ? mailslot_acl_chmod(idmap, dentry, inode->i_mode) : 0;
}

static const struct inode_operations slot_iops = {
	.getattr = entry_getattr,
	.setattr = entry_setattr,
	.set_acl = mailslot_acl_set,
};

static int slot_open(struct inode *inode, struct file *file)
{
	struct mailslot_slot *slot = inode->i_private;

	mailslot_slot_get(slot);
	return mailslot_client_begin(slot, inode, file);
}

static const struct file_operations slot_fops = {
	.owner = THIS_MODULE,
	.open = slot_open,
};

/* Programs that take the size of their buffer from the file get one that most messages fit into. */
static void slot_inode(struct inode *inode, struct mailslot_slot *slot)
{
	inode->i_rdev = slot->devt;
	inode->i_blkbits = ilog2(SZ_64K);
	inode->i_op = &slot_iops;
	inode->i_fop = &slot_fops;
	mailslot_slot_get(slot);
	inode->i_private = slot;
}

/* What shall be made: what CREATE asked for, or, for open(2), what there is no word about. */
static int recipe_of(struct mailslot_recipe *recipe, struct mailslot_instance *instance,
		     const char *path)
{
	const struct mailslot_recipe *asked = mailslot_creation_recipe(instance);
	int err = mailslot_recipe_default(recipe, path);

	if (err)
		return err;
	if (asked)
		*recipe = *asked;
	recipe->name = path;
	recipe->quota = &instance->quota;
	return 0;
}

/* Make a slot and its entry, in a directory that the caller has locked. */
static struct mailslot_slot *slot_make(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	char buffer[PATH_SIZE];
	const char *path = entry_path(dentry, buffer);
	struct mailslot_recipe recipe;
	struct mailslot_slot *slot;
	struct inode *inode;
	int err;

	if (IS_ERR(path))
		return ERR_CAST(path);
	err = recipe_of(&recipe, mailslot_instance_of(dir->i_sb), path);
	if (err)
		return ERR_PTR(err);
	inode = entry_inode(dir, S_IFCHR | (mode & 0777));
	if (IS_ERR(inode))
		return ERR_CAST(inode);
	recipe.mode = inode->i_mode & 0777;
	slot = mailslot_slot_create(&recipe, &entry_home);
	if (IS_ERR(slot)) {
		iput(inode);
		return slot;
	}
	slot_inode(inode, slot);
	to_entry(slot)->dentry = dentry;
	mailslot_slot_publish(slot);
	d_make_persistent(dentry, inode);
	dir_changed(dir);
	return slot;
}

static int server_opened(struct inode *inode, struct file *file)
{
	return mailslot_server_begin(inode->i_private, inode, file);
}

/* What do_dentry_open() and may_open() would refuse only when the slot is there already. */
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
	slot = slot_make(dir, dentry, mode);
	if (IS_ERR(slot))
		return PTR_ERR(slot);
	file->f_mode |= FMODE_CREATED;
	err = finish_open(file, dentry, server_opened);
	/* An open file kills its slot itself. */
	if (err && !(file->f_mode & FMODE_OPENED))
		mailslot_slot_kill(slot);
	return err;
}

/* A file that is none of open(2)'s: mknod(2) of a regular one. */
static int dir_create(struct mnt_idmap *idmap, struct inode *dir, struct dentry *dentry,
		      umode_t mode MAILSLOT_CREATE_EXCLUSIVE)
{
	return -EPERM;
}

/* Count a directory as the slots that its maker could have instead. */
static int dir_count(struct inode *inode)
{
	struct mailslot_quota *quota = &mailslot_instance_of(inode->i_sb)->quota;
	struct mailslot_user *user;
	int err = mailslot_quota_add(quota);

	if (err)
		return err;
	user = mailslot_user_add_slot(mailslot_user_payer(current_fsuid()),
				      mailslot_user_exempt());
	if (!IS_ERR(user)) {
		inode->i_private = user;
		return 0;
	}
	mailslot_quota_del(quota);
	return PTR_ERR(user);
}

static int make_dir(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	char buffer[PATH_SIZE];
	const char *path = entry_path(dentry, buffer);
	struct inode *inode;
	int err;

	if (IS_ERR(path))
		return PTR_ERR(path);
	err = mailslot_name_check(path, MAILSLOT_NAME_SIZE);
	if (err)
		return err;
	inode = entry_inode(dir, S_IFDIR | mode);
	if (IS_ERR(inode))
		return PTR_ERR(inode);
	err = dir_count(inode);
	if (err) {
		iput(inode);
		return err;
	}
	inode->i_op = &mailslot_dir_iops;
	inode->i_fop = &mailslot_dir_fops;
	/* One for its name, one for its ".". */
	inc_nlink(inode);
	inc_nlink(dir);
	d_make_persistent(dentry, inode);
	dir_changed(dir);
	return 0;
}

static MAILSLOT_MKDIR dir_mkdir(struct mnt_idmap *idmap, struct inode *dir, struct dentry *dentry,
				umode_t mode)
{
	return mailslot_mkdir_result(make_dir(dir, dentry, mode));
}

/* In a directory that all may write to, only owners take names away. */
static bool may_remove(const struct inode *dir, const struct inode *inode)
{
	return uid_eq(current_fsuid(), dir->i_uid) ||
	       inode_owner_or_capable(&nop_mnt_idmap, inode);
}

static int dir_unlink(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = d_inode(dentry);

	if (!may_remove(dir, inode))
		return -EPERM;
	/* Its slot has died meanwhile. */
	if (test_and_set_bit(NAMELESS, &to_entry(inode->i_private)->state))
		return -ENOENT;
	clear_nlink(inode);
	inode_set_ctime_current(inode);
	dir_changed(dir);
	d_make_discardable(dentry);
	return 0;
}

static int dir_rmdir(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = d_inode(dentry);

	if (!may_remove(dir, inode))
		return -EPERM;
	if (!simple_empty(dentry))
		return -ENOTEMPTY;
	clear_nlink(inode);
	drop_nlink(dir);
	inode_set_ctime_current(inode);
	dir_changed(dir);
	d_make_discardable(dentry);
	return 0;
}

const struct inode_operations mailslot_dir_iops = {
	.lookup = simple_lookup,
	.atomic_open = dir_atomic_open,
	.create = dir_create,
	.mkdir = dir_mkdir,
	.rmdir = dir_rmdir,
	.unlink = dir_unlink,
	.getattr = entry_getattr,
	.setattr = entry_setattr,
	.set_acl = mailslot_acl_set,
};

static long dir_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	if (MAILSLOT_IOC_ID(cmd) != MAILSLOT_IOC_ID(MAILSLOT_IOC_CREATE))
		return -ENOTTY;
	return mailslot_creation_ioctl(file, (void __user *)arg, _IOC_SIZE(cmd));
}

const struct file_operations mailslot_dir_fops = {
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
 * mailslot_entries_init() - make ready for slots in instances
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int mailslot_entries_init(void)
{
	entry_home.cache = kmem_cache_create("mailslot_entry", sizeof(struct mailslot_entry), 0,
					     SLAB_ACCOUNT, NULL);
	return entry_home.cache ? 0 : -ENOMEM;
}

/**
 * mailslot_entries_exit() - undo that, once no slot is left
 *
 * Context: process context, may sleep.
 */
void mailslot_entries_exit(void)
{
	kmem_cache_destroy(entry_home.cache);
}
