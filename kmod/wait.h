/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who waits for what in a slot: readers asleep for a message, writers asleep for room, pollers for
 * either. Sleepers stand on lists under the slot's lock and are woken one by one, in order.
 */
#ifndef MAILSLOT_WAIT_H
#define MAILSLOT_WAIT_H

#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "slot.h"

/* A reader asleep, on its stack. */
struct mailslot_reader {
	struct list_head link;		/* under slot->lock */
	struct task_struct *task;	/* constant */
};

/* A writer's place in line, on its stack. */
struct mailslot_waiter {
	struct list_head link;		/* under slot->lock */
	struct task_struct *task;	/* constant */
	int (*queue)(struct mailslot_waiter *self);	/* constant; queues its message */
	u64 need;			/* constant; the room it takes */
	bool granted;			/* under slot->lock; the room is charged */
	bool done;			/* under slot->lock; another task has queued it */
	struct hrtimer_sleeper timer;	/* ends its time on slot->served */
};

/* Whom mailslot_room_changed() wants woken once the lock is dropped, or woke already. */
#define MAILSLOT_WAKE_CLIENTS	BIT(0)	/* pollers of client ends: there is room */
#define MAILSLOT_WAKE_SERVERS	BIT(1)	/* readers, pollers of the server: there are messages */
#define MAILSLOT_WOKE_WRITERS	BIT(2)	/* writers that had been served */

ktime_t mailslot_deadline(u64 timeout_ns);
ktime_t mailslot_deadline_here(u64 deadline_ns);
int mailslot_await_message(struct mailslot_slot *slot, ktime_t deadline);
int mailslot_await_room(struct mailslot_slot *slot, struct mailslot_waiter *self);
unsigned int mailslot_leave_line(struct mailslot_slot *slot, struct mailslot_waiter *self);
void mailslot_end_wait(struct mailslot_waiter *self);
unsigned int mailslot_room_changed(struct mailslot_slot *slot);
bool mailslot_release_line(struct mailslot_slot *slot);
struct task_struct *__mailslot_next_reader(struct mailslot_slot *slot);

/**
 * mailslot_next_reader() - whom to wake for a message
 * @slot: the slot, locked
 *
 * Called by whoever leaves the lock with a message waiting: it queued one, took one of several,
 * gave up a claim. The sleeper leaves the list here, so a message wakes one reader at most, and it
 * looks again under the lock before it sleeps again, so none is left asleep beside a message.
 *
 * Context: any, the slot locked.
 * Return: a task with a reference, for mailslot_wake_reader() after unlocking; or NULL.
 */
static inline struct task_struct *mailslot_next_reader(struct mailslot_slot *slot)
{
	if (likely(list_empty(&slot->readers)))
		return NULL;
	return __mailslot_next_reader(slot);
}

static inline void mailslot_wake_reader(struct task_struct *reader)
{
	if (reader) {
		wake_up_process(reader);
		put_task_struct(reader);
	}
}

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
		wake_up_interruptible_poll(&slot->read_poll, EPOLLIN | EPOLLRDNORM);
}

/**
 * mailslot_wake_clients() - wake those who poll client ends, after the lock is dropped
 * @slot: the slot
 * @events: what happened
 *
 * All of them, those that asked to be woken one at a time (EPOLLEXCLUSIVE) too: that is a promise
 * about one file, and this queue is shared by the files of all clients.
 *
 * Context: any but hard interrupt.
 */
static inline void mailslot_wake_clients(struct mailslot_slot *slot, __poll_t events)
{
	/* As mailslot_wake_servers(). */
	if (unlikely(waitqueue_active(&slot->write_poll)))
		__wake_up(&slot->write_poll, TASK_INTERRUPTIBLE, 0, poll_to_key(events));
}

#endif
