// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a directory of an instance: whose limits it counts for, and whether it is removed
 * automatically.
 *
 * A directory that CREATE made for a name with slashes is removed soon after its last entry. A work
 * item removes it, because the removal takes the locks of two directories. A task that lists a
 * directory may hold its lock for any length of time, and close(2) must not wait for that. The work
 * item does not wait either, because other removals would wait behind it: it tries again later.
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/fsnotify.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/stringhash.h>

#include "attr.h"
#include "compat-vfs.h"
#include "instance.h"
#include "passing.h"
#include "user.h"

/* The delay before the next look if a look found a lock taken; the delay doubles each time. */
#define AGAIN_FIRST	1
#define AGAIN_MOST	(HZ / 4)

static struct workqueue_struct *removals;

/* Drop the references that a look at a directory holds, from its queueing to its end. */
static void put_look(struct dentry *dentry)
{
	struct super_block *sb = dentry->d_sb;

	dput(dentry);
	deactivate_super(sb);
}

/*
 * If a look is already queued, it has not begun yet, so it sees the current state. With a @delay of
 * 0 also a look that was put off comes at once: who closes a slot may next ask CREATE for the name
 * of the slot's directory, and CREATE waits for the looks that are due.
 */
static void queue_look(struct mailslot_dir *dir, unsigned long delay)
{
	struct dentry *dentry = dir->dentry;
	bool queued;

	dget(dentry);
	atomic_inc(&dentry->d_sb->s_active);
	queued = delay ? !queue_delayed_work(removals, &dir->work, delay) :
			 mod_delayed_work(removals, &dir->work, 0);
	/* The look that was queued before keeps references of its own. */
	if (queued)
		put_look(dentry);
}

static void forget_look(struct mailslot_dir *dir)
{
	if (cancel_delayed_work(&dir->work))
		put_look(dir->dentry);
}

/**
 * mailslot_dir_gone() - a directory is removed
 * @inode: the directory's, whose parent is locked
 *
 * A look that is queued for later is of no use any more, and would keep the directory counted until
 * then.
 *
 * Context: process context; the caller holds a reference that keeps the dentry.
 */
void mailslot_dir_gone(struct inode *inode)
{
	struct mailslot_dir *dir = inode->i_private;

	WRITE_ONCE(dir->gone, true);
	/* Pairs with the barrier of look_again(). */
	smp_mb();
	forget_look(dir);
}

/*
 * The caller holds both locks. Is the directory still there and empty, and is nobody about to make
 * an entry in it?
 */
static bool dir_ends(const struct mailslot_dir *dir)
{
	return !d_unhashed(dir->dentry) && !atomic_read(&dir->holds) && simple_empty(dir->dentry);
}

/* Do the steps of rmdir(2), without its check of permissions. */
static void remove_dir(struct inode *parent, struct dentry *dentry)
{
	struct inode *inode = d_inode(dentry);

	mailslot_dir_gone(inode);
	mailslot_attr_unlinked(inode);
	d_invalidate(dentry);
	/*
	 * Drop the link last: otherwise may_go() would see a parent with an entry that is no
	 * directory.
	 */
	drop_nlink(parent);
	mailslot_attr_changed(parent);
	fsnotify_delete(parent, inode, dentry);
	d_make_discardable(dentry);
}

/* The caller holds the lock of the parent. Return false if somebody holds the directory's lock. */
static bool try_end(struct mailslot_dir *dir, struct inode *parent, bool *ended)
{
	struct inode *inode = d_inode(dir->dentry);

	if (!inode_trylock(inode))
		return false;
	*ended = dir_ends(dir);
	/* S_DEAD prevents new entries in the directory. */
	if (*ended)
		inode->i_flags |= S_DEAD;
	inode_unlock(inode);
	if (*ended)
		remove_dir(parent, dir->dentry);
	return true;
}

static void look_again(struct mailslot_dir *dir)
{
	queue_look(dir, dir->wait);
	dir->wait = min_t(unsigned long, 2 * dir->wait, AGAIN_MOST);
	/*
	 * Pairs with the barrier of mailslot_dir_gone(): either this function sees dir->gone, or
	 * mailslot_dir_gone() sees the look that was queued.
	 */
	smp_mb();
	if (READ_ONCE(dir->gone))
		forget_look(dir);
}

static void dir_work(struct work_struct *work)
{
	struct mailslot_dir *dir = container_of(work, struct mailslot_dir, work.work);
	struct dentry *dentry = dir->dentry;
	struct inode *parent = d_inode(dentry->d_parent);
	bool done = READ_ONCE(dir->gone), ended = false;

	if (!done && inode_trylock(parent)) {
		done = try_end(dir, parent, &ended);
		inode_unlock(parent);
	}
	/*
	 * Queue the parent's look after unlocking: otherwise another worker would find the lock
	 * taken and look later.
	 */
	if (ended)
		mailslot_dir_left(parent);
	if (done)
		dir->wait = AGAIN_FIRST;
	else
		look_again(dir);
	put_look(dentry);
}

/**
 * mailslot_dir_left() - an entry has left a directory
 * @inode: the directory's
 *
 * Context: process context; the caller holds a reference that keeps the super block.
 */
void mailslot_dir_left(struct inode *inode)
{
	struct mailslot_dir *dir = inode->i_private;

	if (dir && dir->passing)
		queue_look(dir, 0);
}

/**
 * mailslot_dir_hold() - keep a directory from being removed automatically
 * @inode: the directory's; its parent is locked, so that it is not being removed
 *
 * Context: process context.
 */
void mailslot_dir_hold(struct inode *inode)
{
	struct mailslot_dir *dir = inode->i_private;

	if (dir)
		atomic_inc(&dir->holds);
}

/**
 * mailslot_dir_held() - is something about to be made in a directory?
 * @inode: the directory's, whose parent is locked
 *
 * Context: any.
 * Return: whether it is.
 */
bool mailslot_dir_held(const struct inode *inode)
{
	const struct mailslot_dir *dir = inode->i_private;

	return dir && atomic_read(&dir->holds);
}

/**
 * mailslot_dir_unhold() - allow a directory to be removed automatically again
 * @inode: the directory's
 *
 * The task that drops the last hold queues a look, so that no empty directory stays.
 *
 * Context: process context; the caller holds a reference that keeps the super block.
 */
void mailslot_dir_unhold(struct inode *inode)
{
	struct mailslot_dir *dir = inode->i_private;

	if (dir && atomic_dec_and_test(&dir->holds) && simple_empty(dir->dentry))
		mailslot_dir_left(inode);
}

/*
 * May the directory be about to be removed automatically? It may if it is empty, or if it has
 * directories in it, which may all be empty.
 */
static bool may_go(struct dentry *dentry)
{
	const struct mailslot_dir *dir = d_inode(dentry)->i_private;

	/* This is a guess, without the lock: two links are the directory's name and its own "." */
	return dir->passing && (data_race(d_inode(dentry)->i_nlink) > 2 || simple_empty(dentry));
}

/*
 * Wait until each look that is due has been tried, and one look at this directory. A look takes the
 * locks that it finds free and waits for none, so this function waits for nobody else. The caller's
 * own open(2) may have delayed the last look at the directory, which is queued for later then.
 */
static void settle(struct dentry *dentry)
{
	struct mailslot_dir *dir = d_inode(dentry)->i_private;

	flush_workqueue(removals);
	flush_delayed_work(&dir->work);
}

/**
 * mailslot_dir_settle() - wait for the automatic removal of a directory
 * @parent: the directory that it is in, which the caller holds
 * @name: its name, without slashes
 *
 * A directory inside another directory takes two calls, one after the other.
 *
 * Context: process context, may sleep, no directory locked.
 * Return: whether the caller should try again: there was such a directory, or nothing is there now.
 */
bool mailslot_dir_settle(struct dentry *parent, const char *name)
{
	struct qstr component = QSTR_INIT(name, strlen(name));
	struct dentry *dentry;
	bool again;

	component.hash = full_name_hash(parent, name, component.len);
	dentry = d_lookup(parent, &component);
	/* What the caller found in the way may have gone since. */
	if (!dentry)
		return true;
	again = d_is_negative(dentry);
	if (d_is_dir(dentry) && may_go(dentry)) {
		settle(dentry);
		again = true;
	}
	dput(dentry);
	return again;
}

/**
 * mailslot_dir_alloc() - allocate a directory's data, and count the directory as a slot of its
 * maker
 * @dentry: the directory's
 * @passing: whether the directory is removed automatically after its last entry
 *
 * Context: process context, may sleep.
 * Return: the value for the inode's i_private, or -ENOMEM, -ENOSPC, -EDQUOT.
 */
struct mailslot_dir *mailslot_dir_alloc(struct dentry *dentry, bool passing)
{
	struct mailslot_quota *quota = &mailslot_instance_of(dentry->d_sb)->quota;
	struct mailslot_dir *dir = kzalloc_obj(*dir, GFP_KERNEL_ACCOUNT);
	int err;

	if (!dir)
		return ERR_PTR(-ENOMEM);
	err = mailslot_quota_add(quota);
	if (err)
		goto err_free;
	dir->user = mailslot_user_add_slot(mailslot_user_payer(current_fsuid()),
					   mailslot_user_exempt());
	if (IS_ERR(dir->user)) {
		err = PTR_ERR(dir->user);
		goto err_quota;
	}
	dir->dentry = dentry;
	dir->passing = passing;
	dir->wait = AGAIN_FIRST;
	INIT_DELAYED_WORK(&dir->work, dir_work);
	return dir;

err_quota:
	mailslot_quota_del(quota);
err_free:
	kfree(dir);
	return ERR_PTR(err);
}

/**
 * mailslot_dir_free() - the directory's inode is freed: uncount the directory
 * @dir: the inode's i_private
 * @sb: the super block
 *
 * Context: process context.
 */
void mailslot_dir_free(struct mailslot_dir *dir, struct super_block *sb)
{
	mailslot_user_del_slot(dir->user);
	mailslot_user_put(dir->user);
	mailslot_quota_del(&mailslot_instance_of(sb)->quota);
	kfree(dir);
}

/**
 * mailslot_dirs_init() - make ready for directories
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int mailslot_dirs_init(void)
{
	/*
	 * Run one look at a time, because a look at a directory and one at its parent need the same
	 * lock.
	 */
	removals = alloc_workqueue("mailslot_dirs", WQ_UNBOUND, 1);
	return removals ? 0 : -ENOMEM;
}

/**
 * mailslot_dirs_exit() - undo mailslot_dirs_init(), once no instance is left
 *
 * Context: process context, may sleep.
 */
void mailslot_dirs_exit(void)
{
	destroy_workqueue(removals);
}
