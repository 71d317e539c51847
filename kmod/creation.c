// SPDX-License-Identifier: GPL-2.0-only
/*
 * A CREATE on a directory of an instance. CREATE opens the slot's name as open(2) does, so that
 * everything that watches or forbids opening and making files applies. The properties that open(2)
 * has no arguments for are kept in a table during the call, where the file system finds them.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/hashtable.h>
#include <linux/mailslot.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "compat-vfs.h"
#include "creation.h"
#include "name.h"
#include "passing.h"

/* A CREATE under way, on the stack of the task that makes the call. */
struct creation {
	struct hlist_node link;		/* under creations_lock */
	struct task_struct *task;	/* constant: the caller */
	struct mailslot_params params;	/* constant */
};

/*
 * The table is keyed by task, because many tasks may wait for the lock of a directory at the same
 * time. A task has one entry at most, because it opens nothing else while it makes a slot.
 */
static DEFINE_HASHTABLE(creations, 8);	/* under creations_lock */
static DEFINE_SPINLOCK(creations_lock);	/* a leaf */

/**
 * mailslot_creation_params() - what the calling task is making by CREATE
 *
 * Context: process context.
 * Return: the params, which are valid until the task's CREATE returns; or NULL if the task makes no
 * slot, or makes one by open(2).
 */
const struct mailslot_params *mailslot_creation_params(void)
{
	const struct mailslot_params *params = NULL;
	unsigned long key = (unsigned long)current;
	const struct creation *creation;

	/*
	 * Only this task adds its own entry, so a bucket that it sees empty does not hold the
	 * entry.
	 */
	if (hlist_empty(&creations[hash_min(key, HASH_BITS(creations))]))
		return NULL;
	spin_lock(&creations_lock);
	hash_for_each_possible(creations, creation, link, key) {
		if (creation->task == current) {
			params = &creation->params;
			break;
		}
	}
	spin_unlock(&creations_lock);
	return params;
}

/*
 * Return the directory of that name below @parent, with a reference and held; make the directory if
 * it is missing. The hold is taken while the parent is locked, so the directory is not removed
 * meanwhile.
 */
static struct dentry *enter(struct dentry *parent, const char *name, size_t length)
{
	struct qstr component = QSTR_INIT(name, length);
	struct inode *dir = d_inode(parent);
	struct dentry *dentry = start_creating(&nop_mnt_idmap, parent, &component);

	if (!IS_ERR(dentry) && d_is_negative(dentry))
		dentry = mailslot_vfs_mkdir(&nop_mnt_idmap, dir, dentry, dir->i_mode & 0777);
	if (IS_ERR(dentry))
		return dentry;
	dget(dentry);
	if (d_is_dir(dentry))
		mailslot_dir_hold(d_inode(dentry));
	end_creating(dentry);
	if (d_is_dir(dentry))
		return dentry;
	/* A slot is in the way. */
	dput(dentry);
	return ERR_PTR(-EEXIST);
}

static void leave(struct dentry *dir)
{
	mailslot_dir_unhold(d_inode(dir));
	dput(dir);
}

/*
 * Return the directory that a slot of this name is in, held; set *@name to the slot's name in that
 * directory. Each directory on the way is held until the next one has been made in it, so none of
 * them is removed meanwhile.
 */
static struct dentry *walk(struct dentry *start, const char **name)
{
	struct dentry *at = dget(start), *next;
	const char *slash;

	mailslot_dir_hold(d_inode(at));
	while ((slash = strchr(*name, '/'))) {
		next = enter(at, *name, slash - *name);
		leave(at);
		if (IS_ERR(next))
			return next;
		at = next;
		*name = slash + 1;
	}
	return at;
}

/*
 * Make the slot in its directory. The name may still belong to directories that earlier CREATEs
 * made and that are about to be removed, the deepest first. Wait until they are removed, and try
 * again.
 */
static struct file *open_at(const struct path *at, const char *name, int flags, umode_t mode)
{
	struct file *file = file_open_root(at, name, flags, mode);
	unsigned int depth;

	for (depth = 0; depth < MAILSLOT_COMPONENTS; depth++) {
		if (file != ERR_PTR(-EEXIST) || !mailslot_dir_settle(at->dentry, name))
			break;
		file = file_open_root(at, name, flags, mode);
	}
	return file;
}

static struct file *open_in(const struct path *start, const char *name, int flags, umode_t mode)
{
	struct path at = { .mnt = start->mnt };
	struct file *file;
	int err;

	/*
	 * Check this first: otherwise directories would be made and removed before the open is
	 * refused.
	 */
	if (at.mnt->mnt_flags & MNT_NODEV)
		return ERR_PTR(-EACCES);
	err = mnt_want_write(at.mnt);
	if (err)
		return ERR_PTR(err);
	at.dentry = walk(start->dentry, &name);
	mnt_drop_write(at.mnt);
	if (IS_ERR(at.dentry))
		return ERR_CAST(at.dentry);
	file = open_at(&at, name, flags, mode);
	leave(at.dentry);
	return file;
}

static struct file *create(struct creation *creation, const struct path *start, int flags,
			   umode_t mode)
{
	struct file *file;

	spin_lock(&creations_lock);
	hash_add(creations, &creation->link, (unsigned long)current);
	spin_unlock(&creations_lock);
	file = open_in(start, creation->params.name, flags, mode);
	spin_lock(&creations_lock);
	hash_del(&creation->link);
	spin_unlock(&creations_lock);
	return file;
}

/**
 * mailslot_creation_ioctl() - MAILSLOT_IOC_CREATE on a directory of an instance
 * @dir: the directory
 * @from: the caller's structure; its name starts at the directory
 * @size: its size
 *
 * Context: process context, may sleep.
 * Return: the descriptor of the server end, or an error.
 */
long mailslot_creation_ioctl(struct file *dir, const void __user *from, size_t size)
{
	struct creation creation = { .task = current };
	int flags = O_RDONLY | O_CREAT | O_EXCL;
	struct mailslot_create request;
	struct file *file;
	int err, fd;

	err = copy_struct_from_user(&request, sizeof(request), from, size) ?:
	      mailslot_params_fill(&creation.params, &request);
	if (err)
		return err;
	if (request.flags & MAILSLOT_CREATE_NONBLOCK)
		flags |= O_NONBLOCK;
	fd = get_unused_fd_flags(request.flags & MAILSLOT_CREATE_INHERIT ? 0 : O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = create(&creation, &dir->f_path, flags, request.mode);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		return PTR_ERR(file);
	}
	fd_install(fd, file);
	return fd;
}
