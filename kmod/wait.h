/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sleepers in a slot: readers wait for a message, writers wait for room. They are on lists
 * under the slot's lock and are woken one by one, in order. poller.h has the pollers.
 */
#ifndef MAILSLOT_WAIT_H
#define MAILSLOT_WAIT_H

#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>

#include "poller.h"
#include "slot.h"

/* A reader that sleeps; this is on the reader's stack. */
struct mailslot_reader {
	struct list_head link;		/* under slot->lock */
	struct task_struct *task;	/* constant */
};

/* A message's place in line. It is on the stack of the writer that sleeps, if a writer sleeps. */
struct mailslot_waiter {
	struct list_head link;		/* under slot->lock */
	struct task_struct *task;	/* constant; NULL: nobody sleeps for it */
	int (*queue)(struct mailslot_waiter *self);	/* constant; queues its message, or some */
	void (*leave)(struct mailslot_waiter *self);	/* constant; called without a task */
	u64 need;			/* constant; the room that the message takes */
	bool done;			/* the message is queued or refused; under slot->lock */
	int err;			/* why it was refused, or 0; under slot->lock */
	struct hrtimer_sleeper timer;	/* ends the sleep on slot->deferred */
};

/* Wake-ups that mailslot_room_changed() leaves to mailslot_room_follow(), or has already done. */
#define MAILSLOT_WAKE_CLIENT_POLLERS	BIT(0)	/* there is room */
#define MAILSLOT_WAKE_SERVER_POLLERS	BIT(1)	/* there are messages */
#define MAILSLOT_WOKE_WRITERS		BIT(2)	/* writers whose wake-up was deferred */
#define MAILSLOT_SERVE_MORE		BIT(3)	/* there is room for more of the line */

ktime_t mailslot_deadline(u64 timeout_ns);
ktime_t mailslot_deadline_here(u64 deadline_ns);
int mailslot_await_message(struct mailslot_slot *slot, ktime_t deadline);
void mailslot_join_line(struct mailslot_slot *slot, struct mailslot_waiter *self);
void mailslot_begin_wait(struct mailslot_slot *slot, struct mailslot_waiter *self);
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
 * Every task that leaves the lock while a message waits calls this: after it queued a message, took
 * one of several, or gave up a claim. The sleeper is taken off the list here, so a message wakes
 * one reader at most. The sleeper looks again under the lock before it sleeps again, so no reader
 * sleeps while there is a message.
 *
 * The reader is woken under the lock. Otherwise the caller might be preempted after unlocking,
 * while the reader is off the list and nobody else can wake it.
 *
 * Context: any, the slot locked.
 */
static inline void mailslot_wake_reader(struct mailslot_slot *slot)
{
	if (unlikely(!list_empty(&slot->readers)))
		__mailslot_wake_reader(slot);
}

/*
 * Is the first message in line due: does it fit now, or has SET_INFO made it too long to ever fit?
 * A task that finds it due queues or refuses the message, whatever keeps other tasks from doing so.
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
 * mailslot_room_follow() - send the wake-ups that a change of room requires
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
