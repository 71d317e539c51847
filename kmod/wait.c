// SPDX-License-Identifier: GPL-2.0-only
/* Who waits for what in a slot: how they sleep and how they are chosen. */
#include <linux/hrtimer.h>
#include <linux/sched.h>

#include "trace.h"
#include "wait.h"

/*
 * Suspend freezes a reader whose wait has an end where it is, so that no -EINTR comes from it.
 * Other waits are restarted, and are better left: a frozen sleeper holds up the line behind it.
 */
static unsigned int sleep_state(ktime_t deadline)
{
	return deadline == KTIME_MAX ? TASK_INTERRUPTIBLE : TASK_INTERRUPTIBLE | TASK_FREEZABLE;
}

/**
 * mailslot_deadline() - when a timeout that starts now ends
 * @timeout_ns: nanoseconds; MAILSLOT_WAIT_FOREVER_NS
 *
 * Return: CLOCK_MONOTONIC time; 0 for do not wait; KTIME_MAX for never.
 */
ktime_t mailslot_deadline(u64 timeout_ns)
{
	if (!timeout_ns)
		return 0;
	if (timeout_ns >= KTIME_MAX)
		return KTIME_MAX;
	return ktime_add_safe(ktime_get(), ns_to_ktime(timeout_ns));
}

/* Returns 0 when woken, for whatever reason. */
static int sleep_until(ktime_t deadline)
{
	if (deadline == KTIME_MAX) {
		schedule();
		return signal_pending(current) ? -ERESTARTSYS : 0;
	}
	if (!schedule_hrtimeout_range(&deadline, current->timer_slack_ns, HRTIMER_MODE_ABS))
		return -ETIMEDOUT;
	return signal_pending(current) ? -EINTR : 0;
}

/**
 * mailslot_await_message() - wait until there is a message to take
 * @slot: the slot, locked; unlocked while asleep
 * @deadline: CLOCK_MONOTONIC time; 0: do not wait; KTIME_MAX: for ever
 *
 * The task's state is set before the lock is dropped and the waker takes the waiter off the list
 * before it wakes, so a message that comes between unlock and schedule() is not slept through. A
 * reader that finds a message when its time is up or a signal came takes it, so no wake-up that
 * was meant for it is lost.
 *
 * Context: process context, sleeps.
 * Return: 0, -ETIMEDOUT, -EINTR (finite wait) or -ERESTARTSYS (endless).
 */
int mailslot_await_message(struct mailslot_slot *slot, ktime_t deadline)
{
	struct mailslot_waiter self = { .task = current };
	int err = 0;

	lockdep_assert_held(&slot->lock);
	if (mailslot_slot_ready(slot))
		return 0;
	if (!deadline)
		return -ETIMEDOUT;
	trace_mailslot_wait(slot, false);
	do {
		list_add_tail(&self.link, &slot->readers);
		set_current_state(sleep_state(deadline));
		spin_unlock(&slot->lock);
		err = sleep_until(deadline);
		spin_lock(&slot->lock);
		list_del_init(&self.link);
	} while (!err && !mailslot_slot_ready(slot));
	return mailslot_slot_ready(slot) ? 0 : err;
}

struct task_struct *__mailslot_next_reader(struct mailslot_slot *slot)
{
	struct mailslot_waiter *waiter;

	if (!mailslot_slot_ready(slot))
		return NULL;
	waiter = list_first_entry(&slot->readers, struct mailslot_waiter, link);
	list_del_init(&waiter->link);
	return get_task_struct(waiter->task);
}

/* Messages that are queued for writers in line in one section of the lock. */
#define LINE_BATCH	16

static struct mailslot_waiter *first_writer(struct mailslot_slot *slot)
{
	return list_first_entry_or_null(&slot->writers, struct mailslot_waiter, link);
}

/*
 * The writers in line that fit, the first first: their room is charged and their messages are
 * queued for them. The first one for whom that does not work stays at the head, granted, to do it
 * itself. Returns whether a message was queued.
 */
static bool serve_line(struct mailslot_slot *slot)
{
	struct mailslot_waiter *first;
	unsigned int served = 0;

	while ((first = first_writer(slot)) && !first->granted &&
	       first->need <= mailslot_slot_room(slot)) {
		slot->charged += first->need;
		first->granted = true;
		if (served < LINE_BATCH && !first->queue(first)) {
			list_del_init(&first->link);
			first->done = true;
			served++;
		}
		wake_up_process(first->task);
	}
	return served;
}

/**
 * mailslot_room_changed() - hand out room
 * @slot: the slot, locked, with more room than before or a changed line of writers
 *
 * Messages enter in the order of the line, and as long as there is a line everybody else joins it
 * or is refused: nobody overtakes, and a large message is not starved by small ones. A served
 * writer is woken under the lock, as its waiter is on its stack and it returns only after it has
 * had the lock.
 *
 * Return: MAILSLOT_WAKE_*, for after unlocking.
 */
unsigned int mailslot_room_changed(struct mailslot_slot *slot)
{
	struct mailslot_waiter *first;
	unsigned int wake = 0;

	lockdep_assert_held(&slot->lock);
	/* The queue is the killer's alone; who stands in line has been woken and leaves. */
	if (slot->dead)
		return 0;
	if (serve_line(slot))
		wake |= MAILSLOT_WAKE_SERVERS;
	first = first_writer(slot);
	if (first) {
		slot->room_wanted = first->granted ? U64_MAX : first->need;
		return wake;
	}
	if (slot->poll_wanted <= mailslot_slot_room(slot)) {
		slot->poll_wanted = U64_MAX;
		wake |= MAILSLOT_WAKE_CLIENTS;
	}
	slot->room_wanted = slot->poll_wanted;
	return wake;
}

/**
 * mailslot_await_room() - stand in line for room
 * @slot: the slot, locked; unlocked while asleep
 * @self: the caller's place in line, with queue and need set, until mailslot_leave_line()
 *
 * Context: process context, sleeps.
 * Return: 0 with the message queued (done), or with its room charged (granted) and the message the
 * caller's to queue; -EPIPE; -ERESTARTSYS.
 */
int mailslot_await_room(struct mailslot_slot *slot, struct mailslot_waiter *self)
{
	lockdep_assert_held(&slot->lock);
	trace_mailslot_wait(slot, true);
	self->task = current;
	list_add_tail(&self->link, &slot->writers);
	if (first_writer(slot) == self)
		slot->room_wanted = min(slot->room_wanted, self->need);
	while (!self->granted && !slot->dead && !signal_pending(current)) {
		set_current_state(TASK_INTERRUPTIBLE);
		spin_unlock(&slot->lock);
		schedule();
		spin_lock(&slot->lock);
	}
	if (self->done)
		return 0;
	if (slot->dead)
		return -EPIPE;
	return self->granted ? 0 : -ERESTARTSYS;
}

/**
 * mailslot_leave_line() - the message is queued, or given up
 * @slot: the slot, locked
 * @self: the caller's place in line
 *
 * Return: as mailslot_room_changed().
 */
unsigned int mailslot_leave_line(struct mailslot_slot *slot, struct mailslot_waiter *self)
{
	list_del_init(&self->link);
	return mailslot_room_changed(slot);
}

/**
 * mailslot_wake_writers() - the slot died: nobody need stand in line
 * @slot: the slot, locked, dead
 *
 * The writers leave the line themselves.
 */
void mailslot_wake_writers(struct mailslot_slot *slot)
{
	struct mailslot_waiter *waiter;

	lockdep_assert_held(&slot->lock);
	list_for_each_entry(waiter, &slot->writers, link)
		wake_up_process(waiter->task);
}
