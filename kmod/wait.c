// SPDX-License-Identifier: GPL-2.0-only
/* Who waits for what in a slot: how they sleep and how they are chosen. */
#include <linux/hrtimer.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/time_namespace.h>

#include "compat.h"
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
 * Context: any.
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

/* What the caller's CLOCK_MONOTONIC is ahead of the kernel's. */
static ktime_t clock_offset(void)
{
#ifdef CONFIG_TIME_NS
	return timespec64_to_ktime(current->nsproxy->time_ns->offsets.monotonic);
#else
	return 0;
#endif
}

/**
 * mailslot_deadline_here() - a deadline that the caller gave
 * @deadline_ns: its CLOCK_MONOTONIC time; MAILSLOT_WAIT_FOREVER_NS
 *
 * Context: process context.
 * Return: as mailslot_deadline().
 */
ktime_t mailslot_deadline_here(u64 deadline_ns)
{
	ktime_t offset = clock_offset();

	if (deadline_ns >= KTIME_MAX)
		return KTIME_MAX;
	if ((ktime_t)deadline_ns < offset)
		return 0;
	return min_t(u64, deadline_ns - offset, KTIME_MAX);
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
	struct mailslot_reader self;
	int err = 0;

	lockdep_assert_held(&slot->lock);
	if (mailslot_slot_ready(slot))
		return 0;
	if (!deadline)
		return -ETIMEDOUT;
	trace_mailslot_wait(slot, false);
	self.task = current;
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

/**
 * __mailslot_next_reader() - mailslot_next_reader() where there are readers asleep
 * @slot: the slot, locked
 *
 * Context: any, the slot locked.
 * Return: the first of them with a reference; or NULL when there is no message to be taken.
 */
struct task_struct *__mailslot_next_reader(struct mailslot_slot *slot)
{
	struct mailslot_reader *reader;

	if (!mailslot_slot_ready(slot))
		return NULL;
	reader = list_first_entry(&slot->readers, struct mailslot_reader, link);
	list_del_init(&reader->link);
	return get_task_struct(reader->task);
}

/* Writers in line that are served, and that are woken, in one section of the lock. */
#define LINE_BATCH	16

/* How long a writer that has been served sleeps on at the most. */
#define HOLD_NS		NSEC_PER_MSEC

/*
 * Room at which it is woken before. One alone fills the queue again while the reader reads the
 * other half; several do so in less time, and their wake-ups are better rare.
 */
static u64 room_to_wake(const struct mailslot_slot *slot)
{
	return slot->queue_bytes / 4 * (list_is_singular(&slot->served) ? 2 : 3);
}

static struct mailslot_waiter *first_writer(struct mailslot_slot *slot)
{
	return list_first_entry_or_null(&slot->writers, struct mailslot_waiter, link);
}

/* Its message has been queued for it: it sleeps on, but not for long. */
static void hold_writer(struct mailslot_slot *slot, struct mailslot_waiter *writer)
{
	list_move_tail(&writer->link, &slot->served);
	writer->done = true;
	hrtimer_set_expires(&writer->timer.timer, ns_to_ktime(HOLD_NS));
	hrtimer_sleeper_start_expires(&writer->timer, HRTIMER_MODE_REL);
}

/*
 * The writers in line that fit, the first first: their room is charged and their messages are
 * queued for them. The first one for whom that does not work stays at the head and is woken,
 * granted, to do it itself. Returns whether a message was queued.
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
			hold_writer(slot, first);
			served++;
		} else {
			wake_up_process(first->task);
		}
	}
	return served;
}

/*
 * Wake the first writers that were served. Under the lock, as a waiter is on its task's stack and
 * the task returns only after it has had the lock.
 */
static void release_served(struct mailslot_slot *slot)
{
	struct mailslot_waiter *waiter, *next;
	unsigned int count = 0;

	list_for_each_entry_safe(waiter, next, &slot->served, link) {
		list_del_init(&waiter->link);
		wake_up_process(waiter->task);
		if (++count == LINE_BATCH)
			break;
	}
}

/**
 * mailslot_room_changed() - hand out room
 * @slot: the slot, locked, with more room than before or a changed line of writers
 *
 * Messages enter in the order of the line, and as long as there is a line everybody else joins it
 * or is refused: nobody overtakes, and a large message is not starved by small ones.
 *
 * A writer whose message was queued for it is not woken for each: it would find the queue as full
 * as it left it and stand in line again, a switch of tasks for every message. It sleeps on until
 * much of the queue is free, and then has room to write more; but HOLD_NS at the most, by a timer
 * of its own, whatever the reader and the other writers do meanwhile.
 *
 * Context: any that may take the lock.
 * Return: MAILSLOT_WAKE_*, for after unlocking. Unless it is 0, the caller unlocks before it makes
 * more room, so that what is done in one section of the lock has a bound.
 */
unsigned int mailslot_room_changed(struct mailslot_slot *slot)
{
	struct mailslot_waiter *first;
	unsigned int wake = 0;
	u64 wanted;

	lockdep_assert_held(&slot->lock);
	/* The queue is the killer's alone; who stands in line has been woken and leaves. */
	if (slot->dead)
		return 0;
	if (serve_line(slot))
		wake |= MAILSLOT_WAKE_SERVERS;
	if (!list_empty(&slot->served) && mailslot_slot_room(slot) >= room_to_wake(slot)) {
		release_served(slot);
		wake |= MAILSLOT_WOKE_WRITERS;
	}
	first = first_writer(slot);
	if (first) {
		wanted = first->granted ? U64_MAX : first->need;
	} else {
		if (slot->poll_wanted <= mailslot_slot_room(slot)) {
			slot->poll_wanted = U64_MAX;
			wake |= MAILSLOT_WAKE_CLIENTS;
		}
		wanted = slot->poll_wanted;
	}
	if (!list_empty(&slot->served))
		wanted = min(wanted, room_to_wake(slot));
	slot->room_wanted = wanted;
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
	hrtimer_setup_sleeper_on_stack(&self->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
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
 * @self: the caller's place in line; mailslot_end_wait() is due after unlocking
 *
 * Context: any that may take the lock.
 * Return: as mailslot_room_changed().
 */
unsigned int mailslot_leave_line(struct mailslot_slot *slot, struct mailslot_waiter *self)
{
	list_del_init(&self->link);
	return mailslot_room_changed(slot);
}

/**
 * mailslot_end_wait() - undo mailslot_await_room(), after mailslot_leave_line()
 * @self: the caller's place in line, which nobody else knows any more
 *
 * Context: process context, nothing held.
 */
void mailslot_end_wait(struct mailslot_waiter *self)
{
	hrtimer_cancel(&self->timer.timer);
	destroy_hrtimer_on_stack(&self->timer.timer);
}

/**
 * mailslot_release_line() - the slot died: nobody need stand in line
 * @slot: the slot, locked, dead
 *
 * Context: any that may take the lock.
 * Return: whether there are more to be woken, in another section of the lock.
 */
bool mailslot_release_line(struct mailslot_slot *slot)
{
	lockdep_assert_held(&slot->lock);
	list_splice_tail_init(&slot->writers, &slot->served);
	release_served(slot);
	return !list_empty(&slot->served);
}
