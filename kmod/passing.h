/* SPDX-License-Identifier: GPL-2.0-only */
/* The life of a directory of an instance: whose limits it counts for, and its automatic removal. */
#ifndef MAILSLOT_PASSING_H
#define MAILSLOT_PASSING_H

#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/workqueue.h>

/* The i_private of a directory's inode; NULL for the root directory. */
struct mailslot_dir {
	struct mailslot_user *user;	/* constant: for whom the directory counts as a slot */
	struct dentry *dentry;		/* constant */
	bool passing;			/* constant: whether it is removed after its last entry */
	bool gone;			/* set once, under the parent's lock; read without it */
	atomic_t holds;			/* number of CREATEs that are about to make an entry here */
	struct delayed_work work;	/* a look: removes the directory; holds dentry and sb */
	unsigned long wait;		/* only for the work: jiffies until the next look */
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
