/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who sleeps in a slot: readers for a message, writers for room. They stand on lists under the
 * slot's lock and are woken one by one, in order. Pollers are poller.h's.
 */
#ifndef MAILSLOT_WAIT_H
#define MAILSLOT_WAIT_H

#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>

#include "poller.h"
#include "slot.h"

/* A reader asleep, on its stack. */
struct mailslot_reader {
	struct list_head link;		/* under slot->lock */
	struct task_struct *task;	/* constant */
};

/* A message's place in line: on the stack of the writer that sleeps for it, or nobody's. */
struct mailslot_waiter {
	struct list_head link;		/* under slot->lock */
	struct task_struct *task;	/* constant; NULL: nobody sleeps for it */
	int (*queue)(struct mailslot_waiter *self);	/* constant; queues its message, or some */
	void (*leave)(struct mailslot_waiter *self);	/* constant; its end, without a task */
	u64 need;			/* constant; the room it takes */
	bool done;			/* under slot->lock; its message is queued, or refused */
	int err;			/* under slot->lock; why it was refused, or 0 */
	struct hrtimer_sleeper timer;	/* ends its time on slot->served */
};

/* Wake-ups that mailslot_room_changed() leaves to mailslot_room_follow(), or did itself. */
#define MAILSLOT_WAKE_CLIENTS	BIT(0)	/* pollers of client ends: there is room */
#define MAILSLOT_WAKE_SERVERS	BIT(1)	/* pollers of the server: there are messages */
#define MAILSLOT_WOKE_WRITERS	BIT(2)	/* writers that had been served */
#define MAILSLOT_SERVE_MORE	BIT(3)	/* there is room for more of the line */

ktime_t mailslot_deadline(u64 timeout_ns);
ktime_t mailslot_deadline_here(u64 deadline_ns);
int mailslot_await_message(struct mailslot_slot *slot, ktime_t deadline);
void mailslot_join_line(struct mailslot_slot *slot, struct mailslot_waiter *self);
int mailslot_await_room(struct mailslot_slot *slot, struct mailslot_waiter *self);
unsigned int mailslot_leave_line(struct mailslot_slot *slot, struct mailslot_waiter *self);
void mailslot_end_wait(struct mailslot_waiter *self);
unsigned int mailslot_room_changed(struct mailslot_slot *slot);
void __mailslot_room_follow(struct mailslot_slot *slot, unsigned int wake);
bool mailslot_release_line(struct mailslot_slot *slot);
void __mailslot_wake_reader(struct mailslot_slot *slot);

/**
 * mailslot_wake_reader() - wake a reader for a message
 * @slot: the slot, locked
 *
 * Called by whoever leaves the lock with a message waiting: it queued one, took one of several,
 * gave up a claim. The sleeper leaves the list here, so a message wakes one reader at most, and it
 * looks again under the lock before it sleeps again, so none is left asleep beside a message.
 *
 * The reader is woken under the lock: a caller that was preempted behind it would keep a reader
 * that is on the list no longer, and that nobody else wakes.
 *
 * Context: any, the slot locked.
 */
static inline void mailslot_wake_reader(struct mailslot_slot *slot)
{
	if (unlikely(!list_empty(&slot->readers)))
		__mailslot_wake_reader(slot);
}

/*
 * Is it the first message's turn in the line, because it fits, or because SET_INFO made it too long
 * to ever fit? Whoever finds that queues or refuses the message, whatever keeps the others.
 */
static inline bool mailslot_line_due(const struct mailslot_slot *slot)
{
	u64 need;

	if (likely(list_empty(&slot->writers)))
		return false;
	need = list_first_entry(&slot->writers, struct mailslot_waiter, link)->need;
	return need > mailslot_slot_most(slot) || mailslot_slot_fits(slot, need);
}

/**
 * mailslot_room_follow() - do what a change of room left to be done
 * @slot: the slot
 * @wake: what mailslot_room_changed() returned
 *
 * Context: process context, nothing held.
 */
static inline void mailslot_room_follow(struct mailslot_slot *slot, unsigned int wake)
{
	if (unlikely(wake & ~MAILSLOT_WOKE_WRITERS))
		__mailslot_room_follow(slot, wake);
}

#endif
