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

/**
 * mailslot_room_changed() - hand out room
 * @slot: the slot, locked, with more room than before or a changed line of writers
 *
 * Grants room to the first writer in line once it fits. It stays at the head of the line until it
 * has queued its message, and everybody else behind it: so messages enter in the order of the line,
 * nobody overtakes, and a large message is not starved by small ones. It is woken under the lock,
 * as its waiter is on its stack and it leaves the line only under the lock.
 *
 * Return: whether pollers of client ends are to be woken after unlocking.
 */
bool mailslot_room_changed(struct mailslot_slot *slot)
{
	struct mailslot_waiter *first;

	lockdep_assert_held(&slot->lock);
	first = list_first_entry_or_null(&slot->writers, struct mailslot_waiter, link);
	if (!first) {
		bool wake = slot->poll_wanted <= mailslot_slot_room(slot);

		if (wake)
			slot->poll_wanted = U64_MAX;
		slot->room_wanted = slot->poll_wanted;
		return wake;
	}
	if (!first->granted && first->need <= mailslot_slot_room(slot)) {
		slot->charged += first->need;
		first->granted = true;
		wake_up_process(first->task);
	}
	slot->room_wanted = first->granted ? U64_MAX : first->need;
	return false;
}

/**
 * mailslot_await_room() - stand in line for room
 * @slot: the slot, locked; unlocked while asleep
 * @self: the caller's place in line, from here until mailslot_leave_line()
 * @need: how much room
 *
 * Context: process context, sleeps.
 * Return: 0 with the room charged to the slot; -EPIPE; -ERESTARTSYS.
 */
int mailslot_await_room(struct mailslot_slot *slot, struct mailslot_waiter *self, u64 need)
{
	lockdep_assert_held(&slot->lock);
	trace_mailslot_wait(slot, true);
	*self = (struct mailslot_waiter){ .task = current, .need = need };
	list_add_tail(&self->link, &slot->writers);
	mailslot_room_changed(slot);
	while (!self->granted && !slot->dead && !signal_pending(current)) {
		set_current_state(TASK_INTERRUPTIBLE);
		spin_unlock(&slot->lock);
		schedule();
		spin_lock(&slot->lock);
	}
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
bool mailslot_leave_line(struct mailslot_slot *slot, struct mailslot_waiter *self)
{
	list_del(&self->link);
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
