// SPDX-License-Identifier: GPL-2.0-only
/* Waiting in a slot: how readers and writers sleep, and which of them are woken. */
#include <linux/hrtimer.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/time_namespace.h>

#include "compat.h"
#include "ring.h"
#include "trace.h"
#include "wait.h"

/*
 * Suspend freezes a reader with a finite wait in its sleep, so that the wait does not end in
 * -EINTR. Other waits are restarted, and should not be frozen: a frozen sleeper blocks the line
 * behind it.
 */
static unsigned int sleep_state(ktime_t deadline)
{
	return deadline == KTIME_MAX ? TASK_INTERRUPTIBLE : TASK_INTERRUPTIBLE | TASK_FREEZABLE;
}

/**
 * mailslot_deadline() - convert a timeout, which starts now, to a deadline
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

/* The offset of the caller's CLOCK_MONOTONIC from the kernel's. */
static ktime_t clock_offset(void)
{
#ifdef CONFIG_TIME_NS
	return timespec64_to_ktime(current->nsproxy->time_ns->offsets.monotonic);
#else
	return 0;
#endif
}

/**
 * mailslot_deadline_here() - convert a deadline of the caller's time namespace
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
	return signal_pending(current) ? -ERESTARTNOHAND : 0;
}

/**
 * mailslot_await_message() - wait until there is a message to take
 * @slot: the slot, locked; unlocked while asleep
 * @deadline: CLOCK_MONOTONIC time; 0: do not wait; KTIME_MAX: for ever
 *
 * The task's state is set before the lock is dropped and the waker takes the waiter off the list
 * before it wakes, so a message that comes between unlock and schedule() wakes the reader. A reader
 * that finds a message when its time is up or a signal came takes it, so no wake-up that was meant
 * for it is lost. A reader that was woken for a message that a running reader took meanwhile is the
 * first in line again, so that it gets the next one.
 *
 * Context: process context, sleeps.
 * Return: 0, also when a slot with a ring has died; -ETIMEDOUT, -ERESTARTNOHAND (finite wait) or
 * -ERESTARTSYS (endless).
 */
int mailslot_await_message(struct mailslot_slot *slot, ktime_t deadline)
{
	struct mailslot_reader self;
	bool woken;
	int err;

	lockdep_assert_held(&slot->lock);
	if (mailslot_slot_ready(slot))
		return 0;
	if (!deadline)
		return -ETIMEDOUT;
	trace_mailslot_wait(slot, false);
	self.task = current;
	list_add_tail(&self.link, &slot->readers);
	for (;;) {
		set_current_state(sleep_state(deadline));
		spin_unlock(&slot->lock);
		err = sleep_until(deadline);
		spin_lock(&slot->lock);
		woken = list_empty(&self.link);
		if (err || mailslot_slot_ready(slot) || slot->dead)
			break;
		if (woken)
			list_add(&self.link, &slot->readers);
	}
	list_del_init(&self.link);
	return mailslot_slot_ready(slot) ? 0 : err;
}

/**
 * __mailslot_wake_reader() - mailslot_wake_reader() where there are readers asleep
 * @slot: the slot, locked
 *
 * Context: any, the slot locked.
 */
void __mailslot_wake_reader(struct mailslot_slot *slot)
{
	struct mailslot_reader *reader;

	if (!mailslot_slot_ready(slot))
		return;
	reader = list_first_entry(&slot->readers, struct mailslot_reader, link);
	list_del_init(&reader->link);
	wake_up_process(reader->task);
}

/* Maximum of writers in line that are served, or woken, in one section of the lock. */
#define LINE_BATCH	16

/* The longest time that a writer whose message was queued sleeps on. */
#define HOLD_NS		NSEC_PER_MSEC

/*
 * Return the room at which a deferred writer is woken before its time is up. One writer alone fills
 * the queue again while the reader reads the other half; several writers need less time for that,
 * and should be woken less often.
 */
static u64 room_to_wake(const struct mailslot_slot *slot)
{
	return slot->queue_bytes / 4 * (list_is_singular(&slot->deferred) ? 2 : 3);
}

static struct mailslot_waiter *first_writer(struct mailslot_slot *slot)
{
	return list_first_entry_or_null(&slot->writers, struct mailslot_waiter, link);
}

/* The writer's message has been queued; let the writer sleep on for a short time. */
static void defer_wakeup(struct mailslot_slot *slot, struct mailslot_waiter *writer)
{
	list_move_tail(&writer->link, &slot->deferred);
	hrtimer_set_expires(&writer->timer.timer, ns_to_ktime(HOLD_NS));
	hrtimer_sleeper_start_expires(&writer->timer, HRTIMER_MODE_REL);
}

/*
 * Take a waiter out of the line. The caller holds the lock. A waiter is on the stack of its task,
 * and the task returns only after it has taken the lock. A waiter without a task may be freed as
 * soon as its leave() is called.
 */
static void dismiss(struct mailslot_waiter *waiter)
{
	list_del_init(&waiter->link);
	if (waiter->task)
		wake_up_process(waiter->task);
	else
		waiter->leave(waiter);
}

/*
 * The message of the first writer in line was queued, or refused with @err. The message is complete
 * in the writer's memory, so only a limit of the owner or of the slot can refuse it; wake the
 * writer at once in that case.
 */
static bool serve_first(struct mailslot_slot *slot, struct mailslot_waiter *first, int err)
{
	bool queued = !err;

	first->err = err;
	first->done = true;
	if (queued && first->task)
		defer_wakeup(slot, first);
	else
		dismiss(first);
	if (queued)
		mailslot_wake_reader(slot);
	return queued;
}

/*
 * Queue the messages in line that are due, in order. Return whether any was queued. A long message
 * enters a ring in several sections of the lock, and stays the first in line until all of it is in
 * the ring.
 */
static bool serve_line(struct mailslot_slot *slot)
{
	unsigned int count = 0;
	bool queued = false;

	while (count++ < LINE_BATCH && mailslot_line_due(slot)) {
		struct mailslot_waiter *first = first_writer(slot);
		int err = first->queue(first);

		if (unlikely(err == -EINPROGRESS))
			break;
		queued |= serve_first(slot, first, err);
	}
	return queued;
}

/*
 * Wake the first writers whose wake-up is deferred. After the slot's death these are all writers
 * that stood in line.
 */
static void release_deferred(struct mailslot_slot *slot)
{
	struct mailslot_waiter *waiter, *next;
	unsigned int count = 0;

	list_for_each_entry_safe(waiter, next, &slot->deferred, link) {
		dismiss(waiter);
		if (++count == LINE_BATCH)
			break;
	}
}

/* Return the least room that helps anybody: the first in line, or a poller if there is no line. */
static u64 room_wanted(struct mailslot_slot *slot)
{
	struct mailslot_waiter *first = first_writer(slot);
	u64 wanted = first ? first->need : mailslot_pollers_least(slot);

	if (!list_empty(&slot->deferred))
		wanted = min(wanted, room_to_wake(slot));
	return wanted;
}

/**
 * mailslot_room_changed() - give room to those who wait for it
 * @slot: the slot, locked, with more room than before, a changed line of writers or other limits
 *
 * Messages enter in the order of the line. As long as there is a line, every other message joins it
 * or is refused, so that small messages do not overtake and starve a large one.
 *
 * The messages are queued by the caller of this function, so a writer in line that does not get a
 * processor does not delay the others. If there is room for more of the line than one section of
 * the lock may queue, the caller calls again (MAILSLOT_SERVE_MORE). Nobody has to wait for that
 * caller either: room_wanted makes the next reader that takes a message call this function, and a
 * writer that meets the line serves it first.
 *
 * A writer whose message was queued is not woken at once: it would find the queue still full and
 * stand in line again, which costs a switch of tasks for every message. The writer sleeps on until
 * much of the queue is free, and then has room to write more. A timer of its own wakes the writer
 * after HOLD_NS at the latest, whatever the reader and the other writers do meanwhile.
 *
 * Context: any that may take the lock.
 * Return: the wake-ups that are left to mailslot_room_follow(), after unlocking. Unless the value
 * is 0, the caller unlocks before it makes more room, so that the work in one section of the lock
 * is bounded.
 */
unsigned int mailslot_room_changed(struct mailslot_slot *slot)
{
	unsigned int wake = 0;

	lockdep_assert_held(&slot->lock);
	/*
	 * Only the task that kills the slot uses its queue; all writers in line are woken and
	 * leave.
	 */
	if (slot->dead)
		return 0;
	if (serve_line(slot))
		wake |= MAILSLOT_WAKE_SERVER_POLLERS;
	if (mailslot_line_due(slot))
		wake |= MAILSLOT_SERVE_MORE;
	if (!list_empty(&slot->deferred) && mailslot_slot_fits(slot, room_to_wake(slot))) {
		release_deferred(slot);
		wake |= MAILSLOT_WOKE_WRITERS;
	}
	if (mailslot_pollers_wait(slot))
		wake |= MAILSLOT_WAKE_CLIENT_POLLERS;
	slot->room_wanted = room_wanted(slot);
	mailslot_ring_want(slot);
	return wake;
}

/**
 * __mailslot_room_follow() - mailslot_room_follow() where there is something to be done
 * @slot: the slot
 * @wake: what mailslot_room_changed() returned
 *
 * Context: process context, nothing held.
 */
void __mailslot_room_follow(struct mailslot_slot *slot, unsigned int wake)
{
	for (;;) {
		if (wake & MAILSLOT_WAKE_CLIENT_POLLERS)
			mailslot_wake_client_pollers(slot);
		if (wake & MAILSLOT_WAKE_SERVER_POLLERS)
			mailslot_wake_server_pollers(slot);
		if (!(wake & MAILSLOT_SERVE_MORE))
			return;
		cond_resched();
		spin_lock(&slot->lock);
		wake = mailslot_room_changed(slot);
		spin_unlock(&slot->lock);
	}
}

/**
 * mailslot_release_line() - wake the writers in line of a slot that died
 * @slot: the slot, locked, dead
 *
 * Context: any that may take the lock.
 * Return: whether there are more to be woken, in another section of the lock.
 */
bool mailslot_release_line(struct mailslot_slot *slot)
{
	lockdep_assert_held(&slot->lock);
	list_splice_tail_init(&slot->writers, &slot->deferred);
	release_deferred(slot);
	return !list_empty(&slot->deferred);
}

/**
 * mailslot_join_line() - put a message at the end of the line
 * @slot: the slot, locked, alive
 * @self: its place, with queue, need and task set
 *
 * If @self has no task, @self->leave is called under the lock when the message is queued or
 * refused, or when the slot has died. This may happen as soon as the caller unlocks.
 *
 * Context: any, the slot locked.
 */
void mailslot_join_line(struct mailslot_slot *slot, struct mailslot_waiter *self)
{
	lockdep_assert_held(&slot->lock);
	list_add_tail(&self->link, &slot->writers);
	if (first_writer(slot) == self) {
		slot->room_wanted = min(slot->room_wanted, self->need);
		mailslot_ring_want(slot);
	}
	/*
	 * The reader that was woken for a queued message may get no processor; another reader may.
	 */
	mailslot_wake_reader(slot);
}

/**
 * mailslot_begin_wait() - stand in line for room
 * @slot: the slot, locked, alive
 * @self: the caller's place in line, with queue and need set, until mailslot_leave_line()
 *
 * Context: process context, the slot locked.
 */
void mailslot_begin_wait(struct mailslot_slot *slot, struct mailslot_waiter *self)
{
	lockdep_assert_held(&slot->lock);
	trace_mailslot_wait(slot, true);
	self->task = current;
	hrtimer_setup_sleeper_on_stack(&self->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	mailslot_join_line(slot, self);
}

/**
 * mailslot_await_room() - sleep until the message of a place in line is queued
 * @slot: the slot, locked; unlocked while asleep
 * @self: the caller's place in line, after mailslot_begin_wait()
 *
 * Context: process context, sleeps.
 * Return: 0 with the message queued; the error of @self->queue; -EPIPE; -ERESTARTSYS.
 */
int mailslot_await_room(struct mailslot_slot *slot, struct mailslot_waiter *self)
{
	lockdep_assert_held(&slot->lock);
	while (!self->done && !slot->dead && !signal_pending(current)) {
		set_current_state(TASK_INTERRUPTIBLE);
		spin_unlock(&slot->lock);
		schedule();
		spin_lock(&slot->lock);
	}
	if (self->done)
		return self->err;
	return slot->dead ? -EPIPE : -ERESTARTSYS;
}

/**
 * mailslot_leave_line() - leave the line, with the message queued or given up
 * @slot: the slot, locked
 * @self: the caller's place in line; mailslot_end_wait() is due after unlocking
 *
 * Context: any that may take the lock.
 * Return: as mailslot_room_changed().
 */
unsigned int mailslot_leave_line(struct mailslot_slot *slot, struct mailslot_waiter *self)
{
	list_del_init(&self->link);
	/*
	 * The task that kills the slot may be preempted before all are woken, so each task wakes
	 * more.
	 */
	if (slot->dead)
		mailslot_release_line(slot);
	return mailslot_room_changed(slot);
}

/**
 * mailslot_end_wait() - undo mailslot_begin_wait(), after mailslot_leave_line()
 * @self: the caller's place in line, which nobody else knows any more
 *
 * Context: process context, nothing held.
 */
void mailslot_end_wait(struct mailslot_waiter *self)
{
	hrtimer_cancel(&self->timer.timer);
	destroy_hrtimer_on_stack(&self->timer.timer);
}
