/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages into a slot: from a client end's write, writev or SEND. */
#ifndef MAILSLOT_SEND_H
#define MAILSLOT_SEND_H

#include <linux/mailslot.h>
#include <linux/uio.h>

#include "slot.h"

/* A client end: the private data of its file. */
struct mailslot_client {
	struct mailslot_slot *slot;	/* constant; a reference */
	kuid_t uid;			/* constant; of the opener, as the next */
	kgid_t gid;
	bool exempt;			/* constant; the opener, from his limits */
	struct mailslot_user *user;	/* the opener, from the first long message on; set once */
	u64 need;			/* under slot->lock: the room that was last refused */
};

ssize_t mailslot_send(struct mailslot_client *client, const void __user *from, size_t length,
		      bool nonblock);
ssize_t mailslot_send_iter(struct mailslot_client *client, struct iov_iter *from, bool nonblock);
long mailslot_send_batch(struct mailslot_client *client,
			 const struct mailslot_send_msg __user *from, unsigned int count,
			 bool nonblock);

#endif
