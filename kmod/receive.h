/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages out of a slot: to a server end's read, readv or RECEIVE. */
#ifndef MAILSLOT_RECEIVE_H
#define MAILSLOT_RECEIVE_H

#include <linux/mailslot.h>
#include <linux/uio.h>

#include "slot.h"

ssize_t mailslot_receive(struct mailslot_slot *slot, void __user *to, size_t capacity,
			 bool nonblock);
ssize_t mailslot_receive_iter(struct mailslot_slot *slot, struct iov_iter *to, bool nonblock);
void __mailslot_receive_none(struct mailslot_slot *slot);
long mailslot_receive_batch(struct mailslot_slot *slot, const struct mailslot_receive *request,
			    bool nonblock);

/**
 * mailslot_receive_none() - the flow of messages has paused: free the blocks that were kept for it
 * @slot: the slot, locked, with no message to be taken; unlocked for a while if there is anything
 *
 * Context: process context, may sleep.
 */
static inline void mailslot_receive_none(struct mailslot_slot *slot)
{
	if (unlikely(slot->queue.spares > MAILSLOT_SPARES))
		__mailslot_receive_none(slot);
}

#endif
