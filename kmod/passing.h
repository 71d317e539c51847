/* SPDX-License-Identifier: GPL-2.0-only */
/* A directory of an instance, for its life: what it counts for, and whether it goes by itself. */
#ifndef MAILSLOT_PASSING_H
#define MAILSLOT_PASSING_H

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/workqueue.h>

/* The i_private of a directory's inode; NULL of the root's. */
struct mailslot_dir {
	struct mailslot_user *user;	/* constant: it counts as a slot of this user's */
	struct dentry *dentry;		/* constant */
	bool passing;			/* constant: it goes with its last entry */
	bool gone;			/* set once, under the parent's lock; read without */
	atomic_t holds;			/* CREATEs that are about to make an entry in it */
	struct delayed_work work;	/* removes it; when queued, holds dentry and sb */
	unsigned long wait;		/* the work's alone: jiffies until it looks again */
};

struct mailslot_dir *mailslot_dir_alloc(struct dentry *dentry, bool passing);
void mailslot_dir_free(struct mailslot_dir *dir, struct super_block *sb);
void mailslot_dir_hold(struct inode *inode);
void mailslot_dir_unhold(struct inode *inode);
bool mailslot_dir_held(const struct inode *inode);
void mailslot_dir_left(struct inode *inode);
void mailslot_dir_gone(struct inode *inode);
bool mailslot_dir_settle(struct dentry *parent, const char *name);

int mailslot_dirs_init(void);
void mailslot_dirs_exit(void);

#endif
