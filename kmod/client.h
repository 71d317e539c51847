/* SPDX-License-Identifier: GPL-2.0-only */
/* The client end of a slot: the file that opening its node gives. */
#ifndef MAILSLOT_CLIENT_H
#define MAILSLOT_CLIENT_H

#include <linux/fs.h>
#include <linux/rcupdate.h>
#include <linux/uidgid.h>

#include "poller.h"

/* The private data of the file. */
struct mailslot_client {
	struct mailslot_slot *slot;	/* constant; a reference */
	kuid_t uid;			/* constant; of the opener, as the next */
	kgid_t gid;
	kuid_t payer;			/* constant; pays for the slot if only this keeps it */
	bool exempt;			/* constant; whether the payer is exempt from the limits */
	struct mailslot_poller poller;
	u64 need;			/* under slot->lock: the room that was last refused */
	struct rcu_head rcu;
};

int mailslot_client_begin(struct mailslot_slot *slot, struct inode *inode, struct file *file);

extern const struct file_operations mailslot_client_fops;

#endif
