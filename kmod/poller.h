/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who polls client ends. Each client end has a wait queue of its own. Those that were told that
 * there is no room stand in a tree, the smallest need first, so that whoever makes room wakes those
 * whose message fits, a few at a time, and what is left to a work item of the module.
 */
#ifndef MAILSLOT_POLLER_H
#define MAILSLOT_POLLER_H

#include <linux/list.h>
#include <linux/poll.h>
#include <linux/rbtree.h>
#include <linux/wait.h>

#include "slot.h"

/* One of each client end. */
struct mailslot_poller {
	wait_queue_head_t queue;
	struct rb_node node;		/* under slot->lock: in slot->pollers, or empty */
	struct list_head link;		/* under slot->lock: in slot->clients */
	u64 need;			/* under slot->lock: the room it waits for in the tree */
	bool told;			/* under slot->lock: that the slot is dead */
};

void mailslot_poller_join(struct mailslot_slot *slot, struct mailslot_poller *poller);
void mailslot_poller_leave(struct mailslot_slot *slot, struct mailslot_poller *poller);
void mailslot_poller_want(struct mailslot_slot *slot, struct mailslot_poller *poller, u64 need);
bool mailslot_pollers_wait(struct mailslot_slot *slot);
u64 mailslot_pollers_least(const struct mailslot_slot *slot);
void mailslot_wake_clients(struct mailslot_slot *slot);
void __mailslot_wake_servers(struct mailslot_slot *slot);
int mailslot_pollers_init(void);
void mailslot_pollers_exit(void);

/**
 * mailslot_wake_servers() - wake those who poll the server end, after the lock is dropped
 * @slot: the slot
 *
 * No barrier is needed for waitqueue_active(). A poller puts itself on the queue, then takes the
 * slot's lock and looks; the waker takes the lock and changes what is looked at, then comes here.
 *
 *	poller				waker
 *	add to wait queue
 *	lock, look, unlock
 *					lock, change, unlock
 *					waitqueue_active()
 *
 * In this order the waker's lock pairs with the poller's unlock and it sees the entry; in the other
 * the poller sees the change. It cannot be that the poller sees the old state and the waker none.
 *
 * Context: any but hard interrupt.
 */
static inline void mailslot_wake_servers(struct mailslot_slot *slot)
{
	/* See above for why this needs no barrier. */
	if (unlikely(waitqueue_active(&slot->read_poll)))
		__mailslot_wake_servers(slot);
}

#endif
