/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pollers of client ends. Each client end has a wait queue of its own. The pollers that found
 * no room are in a tree, the smallest need first, so that a task that makes room wakes the pollers
 * whose message fits. The task wakes a few of them, and leaves the rest to a work item of the
 * module.
 */
#ifndef MAILSLOT_POLLER_H
#define MAILSLOT_POLLER_H

#include <linux/list.h>
#include <linux/poll.h>
#include <linux/rbtree.h>
#include <linux/wait.h>

#include "slot.h"

/* Each client end has one of these. */
struct mailslot_poller {
	wait_queue_head_t queue;
	struct rb_node node;		/* under slot->lock: in slot->pollers, or empty */
	struct list_head link;		/* under slot->lock: in slot->clients */
	u64 need;			/* under slot->lock: the room that the poller waits for */
	bool told;			/* under slot->lock: has been told of the slot's death */
};

void mailslot_poller_join(struct mailslot_slot *slot, struct mailslot_poller *poller);
void mailslot_poller_leave(struct mailslot_slot *slot, struct mailslot_poller *poller);
void mailslot_poller_want(struct mailslot_slot *slot, struct mailslot_poller *poller, u64 need);
bool mailslot_pollers_wait(struct mailslot_slot *slot);
u64 mailslot_pollers_least(const struct mailslot_slot *slot);
void mailslot_wake_client_pollers(struct mailslot_slot *slot);
void __mailslot_wake_server_pollers(struct mailslot_slot *slot);
int mailslot_pollers_init(void);
void mailslot_pollers_exit(void);

/**
 * mailslot_wake_server_pollers() - wake the pollers of the server end, after the lock is dropped
 * @slot: the slot
 *
 * No barrier is needed for waitqueue_active(). A poller puts itself on the queue, then takes the
 * slot's lock and looks; the waker takes the lock, changes the state, and then calls this function.
 *
 *	poller				waker
 *	add to wait queue
 *	lock, look, unlock
 *					lock, change, unlock
 *					waitqueue_active()
 *
 * In this order the waker's lock pairs with the poller's unlock, and the waker sees the entry; in
 * the other order the poller sees the change. So it is impossible that the poller sees the old
 * state and the waker sees no entry.
 *
 * Context: any but hard interrupt.
 */
static inline void mailslot_wake_server_pollers(struct mailslot_slot *slot)
{
	/* See above for why this needs no barrier. */
	if (unlikely(waitqueue_active(&slot->read_poll)))
		__mailslot_wake_server_pollers(slot);
}

#endif
