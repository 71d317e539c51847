// SPDX-License-Identifier: GPL-2.0-only
/*
 * A slot's entry in an instance. The VFS finds the slot by its dentry, which is pinned from its
 * making to its removal; docs/instances.rst says who holds which reference.
 *
 * A slot's name disappears when the slot dies, in close(2), or when its owner unlinks the name; one
 * bit decides which of the two removes it. Nothing is ever renamed, so an entry's name and
 * directory are constant.
 */
#include <linux/bitops.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/fsnotify.h>
#include <linux/lockref.h>
#include <linux/log2.h>
#include <linux/mailslot.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/stat.h>
#include <linux/xarray.h>

#include "acl.h"
#include "attr.h"
#include "client.h"
#include "compat-vfs.h"
#include "creation.h"
#include "entry.h"
#include "instance.h"
#include "passing.h"
#include "slot.h"
#include "slot-table.h"

/* A slot in an instance. */
struct mailslot_entry {
	struct mailslot_slot slot;	/* the first: mailslot_slot_free() frees it all */
	struct dentry *dentry;		/* constant; the server end holds it */
	unsigned long state;		/* the bits below */
};

/* Bits of a state. */
#define NAMELESS	0		/* set once, atomically */
#define COPIED		1		/* constant: the slot's name is a copy of its own */

static struct mailslot_entry *to_entry(struct mailslot_slot *slot)
{
	return container_of(slot, struct mailslot_entry, slot);
}

/* The slot died: remove its name, unless its owner has already unlinked the name. */
static void entry_remove(struct mailslot_slot *slot)
{
	struct mailslot_entry *entry = to_entry(slot);
	struct dentry *dentry = entry->dentry;
	struct inode *dir = d_inode(dentry->d_parent), *inode = d_inode(dentry);

	if (test_and_set_bit(NAMELESS, &entry->state)) {
		/* unlink(2), which was first, may be stopped before the VFS takes the name away. */
		d_drop(dentry);
		return;
	}
	mailslot_attr_unlinked(inode);
	/*
	 * Do not take the directory's lock: a task that lists the directory may hold it for any
	 * length of time.
	 */
	d_invalidate(dentry);
	mailslot_attr_changed(dir);
	fsnotify_delete(dir, inode, dentry);
	mailslot_dir_left(dir);
	d_make_discardable(dentry);
}

static void entry_release(struct mailslot_slot *slot)
{
	if (test_bit(COPIED, &to_entry(slot)->state))
		kfree(slot->name);
	mailslot_slot_free(slot);
}

static struct mailslot_home entry_home = {
	.remove = entry_remove,
	.release = entry_release,
};

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

	/* stat(2) takes no lock on any file system: it may return part of a change in progress. */
	data_race(({ mailslot_fillattr(idmap, request_mask, inode, stat); 0; }));
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
	int err = mailslot_attr_set(idmap, dentry, attr);

	if (!err)
		slot_set_times(d_inode(dentry)->i_private, attr);
	return err;
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

/* A program that chooses its buffer by st_blksize gets a buffer that most messages fit into. */
static void slot_inode(struct inode *inode, struct mailslot_slot *slot)
{
	inode->i_rdev = slot->devt;
	inode->i_blkbits = ilog2(SZ_64K);
	inode->i_op = &slot_iops;
	inode->i_fop = &slot_fops;
	mailslot_slot_get(slot);
	inode->i_private = slot;
}

/* The properties of the new slot: those that CREATE asked for, or the defaults for open(2). */
static int params_of(struct mailslot_params *params, struct mailslot_instance *instance,
		     const char *path)
{
	const struct mailslot_params *asked = mailslot_creation_params();
	int err = mailslot_params_default(params, path);

	if (err)
		return err;
	if (asked)
		*params = *asked;
	params->name = path;
	params->quota = &instance->quota;
	return 0;
}

/*
 * A slot in the root directory has its dentry's name, which is constant. Its ends hold the dentry,
 * and without an end nobody reads the name.
 */
static bool has_own_path(const struct dentry *dentry)
{
	return IS_ROOT(dentry->d_parent);
}

static const char *path_of(struct dentry *dentry, char *buffer)
{
	return has_own_path(dentry) ? (const char *)dentry->d_name.name :
				      mailslot_attr_path(dentry, buffer);
}

static struct mailslot_slot *slot_of(const struct mailslot_params *params, struct dentry *dentry)
{
	bool copied = !has_own_path(dentry);
	struct mailslot_slot *slot;
	const char *name = params->name;

	if (copied) {
		name = kstrdup(name, GFP_KERNEL_ACCOUNT);
		if (!name)
			return ERR_PTR(-ENOMEM);
	}
	slot = mailslot_slot_create(params, &entry_home);
	if (IS_ERR(slot)) {
		if (copied)
			kfree(name);
		return slot;
	}
	slot->name = name;
	to_entry(slot)->dentry = dentry;
	__assign_bit(COPIED, &to_entry(slot)->state, copied);
	return slot;
}

/**
 * mailslot_entry_make() - make a slot and its entry
 * @dir: the directory, locked
 * @dentry: the entry's, of which there is nothing yet
 * @mode: permissions, as open(2) was given them
 *
 * Context: process context, may sleep.
 * Return: the slot, which mailslot_slot_kill() ends; or an error.
 */
struct mailslot_slot *mailslot_entry_make(struct inode *dir, struct dentry *dentry, umode_t mode)
{
	char buffer[MAILSLOT_PATH_SIZE];
	const char *path = path_of(dentry, buffer);
	struct mailslot_params params;
	struct mailslot_slot *slot;
	struct inode *inode;
	int err;

	if (IS_ERR(path))
		return ERR_CAST(path);
	err = params_of(&params, mailslot_instance_of(dir->i_sb), path);
	if (err)
		return ERR_PTR(err);
	inode = mailslot_attr_inode(dir, S_IFCHR | (mode & 0777));
	if (IS_ERR(inode))
		return ERR_CAST(inode);
	params.mode = inode->i_mode & 0777;
	slot = slot_of(&params, dentry);
	if (IS_ERR(slot)) {
		iput(inode);
		return slot;
	}
	slot_inode(inode, slot);
	mailslot_slot_publish(slot);
	d_make_persistent(dentry, inode);
	mailslot_attr_added(dir);
	return slot;
}

/**
 * mailslot_entry_unlink() - remove a slot's name; the slot lives on without a name
 * @dir: the directory, locked
 * @dentry: the entry's, locked
 *
 * Context: process context.
 * Return: 0; -EPERM; -ENOENT when the slot has died meanwhile.
 */
int mailslot_entry_unlink(struct inode *dir, struct dentry *dentry)
{
	struct inode *inode = d_inode(dentry);

	if (!mailslot_attr_may_remove(dir, inode))
		return -EPERM;
	if (test_and_set_bit(NAMELESS, &to_entry(inode->i_private)->state))
		return -ENOENT;
	mailslot_attr_unlinked(inode);
	inode_set_ctime_current(inode);
	mailslot_attr_changed(dir);
	mailslot_dir_left(dir);
	d_make_discardable(dentry);
	return 0;
}

/*
 * The caller holds RCU. A live slot has a server end, which holds the dentry. The dentry of a slot
 * that dies now is not freed before RCU is released, and either has a reference left or is marked
 * dead.
 */
static struct dentry *entry_get(struct mailslot_slot *slot, const struct super_block *sb)
{
	struct dentry *dentry;

	if (slot->home != &entry_home)
		return NULL;
	dentry = to_entry(slot)->dentry;
	if (dentry->d_sb != sb || !lockref_get_not_dead(&dentry->d_lockref))
		return NULL;
	return dentry;
}

/**
 * mailslot_entry_next() - find the next entry of an instance, by minor
 * @sb: the instance, which the caller holds
 * @minor: where to begin; set to the minor of what is returned
 *
 * The entry may have lost its name meanwhile, or have no inode yet.
 *
 * Context: process context, may sleep.
 * Return: the entry's dentry with a reference; or NULL: there is none, or the caller is killed.
 */
struct dentry *mailslot_entry_next(const struct super_block *sb, u64 *minor)
{
	struct dentry *dentry = NULL;
	struct mailslot_slot *slot;
	unsigned long at;

	for (; *minor <= MAILSLOT_LAST_MINOR; ++*minor) {
		cond_resched();
		if (fatal_signal_pending(current))
			return NULL;
		at = *minor;
		rcu_read_lock();
		slot = xa_find(&mailslot_slots, &at, MAILSLOT_LAST_MINOR, XA_PRESENT);
		if (slot)
			dentry = entry_get(slot, sb);
		rcu_read_unlock();
		if (!slot)
			return NULL;
		*minor = at;
		if (dentry)
			return dentry;
	}
	return NULL;
}

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
 * mailslot_entries_exit() - undo mailslot_entries_init(), once no slot is left
 *
 * Context: process context, may sleep.
 */
void mailslot_entries_exit(void)
{
	kmem_cache_destroy(entry_home.cache);
}
