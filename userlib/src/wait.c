// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Waits.  A thread sleeps in ppoll(2) on the descriptors of what it waits for and on
 * one of its own, by which others in the process end its sleep: a slot end is
 * signalled, an event pulsed, a routine ready, a handle closed.
 */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <time.h>

#include "event.h"
#include "handle.h"
#include "operation.h"
#include "thread.h"
#include "wait.h"

#define NOT_YET		((DWORD)-2)

static enum acquired take(const struct wait_for *what, struct wait *wait, unsigned int i)
{
	uint64_t bit = (uint64_t)1 << i;

	if (wait->pulsed & bit) {
		wait->pulsed &= ~bit;
		return ACQUIRED;
	}
	return what->objects[i]->class->acquire(what->objects[i]);
}

static DWORD take_any(const struct wait_for *what, struct wait *wait)
{
	for (unsigned int i = 0; i < what->count; i++) {
		switch (take(what, wait, i)) {
		case ACQUIRED:
			return WAIT_OBJECT_0 + i;
		case ACQUIRED_ABANDONED:
			return WAIT_ABANDONED_0 + i;
		default:
			break;
		}
	}
	return NOT_YET;
}

/* All or none: what was taken before one that is not signalled is given back. */
static DWORD take_all(const struct wait_for *what, struct wait *wait)
{
	enum acquired acquired;
	bool abandoned = false;
	unsigned int i;

	for (i = 0; i < what->count; i++) {
		acquired = take(what, wait, i);
		if (!acquired)
			break;
		abandoned |= acquired == ACQUIRED_ABANDONED;
	}
	wait->missing = i;
	wait->pulsed = 0;
	if (i == what->count)
		return abandoned ? WAIT_ABANDONED_0 : WAIT_OBJECT_0;
	while (i--)
		if (what->objects[i]->class->release)
			what->objects[i]->class->release(what->objects[i]);
	return NOT_YET;
}

static DWORD look(const struct wait_for *what, struct wait *wait)
{
	if (what->done) {
		if (what->done(what->arg))
			return WAIT_OBJECT_0;
	} else if (what->count) {
		DWORD result = what->all ? take_all(what, wait) : take_any(what, wait);

		if (result != NOT_YET)
			return result;
	}
	if (what->alertable && !list_empty(&wait->thread->routines))
		return WAIT_IO_COMPLETION;
	return NOT_YET;
}

/* Does a sleep poll the object's descriptor? */
static bool is_polled(const struct wait_for *what, struct wait *wait, unsigned int i)
{
	if (what->done || !what->objects[i]->class->polled || what->objects[i]->fd < 0)
		return false;
	/* Those of a wait for all that are signalled already would end it at once. */
	return !what->all || i == wait->missing;
}

/* Sleep until there is a reason to look again.  Drops the lock meanwhile. */
static bool sleep_once(const struct wait_for *what, struct wait *wait)
{
	struct pollfd fds[MAXIMUM_WAIT_OBJECTS + 1];
	struct timespec left;
	bool invalid = false;
	unsigned int n = 0;

	fds[n++] = (struct pollfd){ .fd = wait->thread->wake_fd, .events = POLLIN };
	for (unsigned int i = 0; i < what->count; i++)
		if (is_polled(what, wait, i))
			fds[n++] = (struct pollfd){ .fd = what->objects[i]->fd, .events = POLLIN };
	lib_lock_pause();
	ppoll(fds, n, clock_left(what->deadline, &left), NULL);
	lib_lock_resume();
	thread_clear(wait->thread);
	while (n--)
		invalid |= fds[n].revents & POLLNVAL;
	/* Closed through its handle, the object has another; else it has none, for good. */
	for (unsigned int i = 0; invalid && i < what->count; i++)
		if (is_polled(what, wait, i) && fcntl(what->objects[i]->fd, F_GETFD) < 0)
			return false;
	return true;
}

static DWORD wait_locked(const struct wait_for *what, struct thread *self)
{
	struct wait wait = { .thread = self };
	struct waiter waiters[MAXIMUM_WAIT_OBJECTS];
	DWORD result = look(what, &wait);
	bool expired = !what->deadline;

	if (result != NOT_YET)
		return result;
	if (expired)
		return WAIT_TIMEOUT;
	if (!thread_can_wait(self)) {
		lib_fail(ERROR_NO_SYSTEM_RESOURCES);
		return WAIT_FAILED;
	}
	for (unsigned int i = 0; i < what->count; i++) {
		waiters[i].wait = &wait;
		waiters[i].index = i;
		object_get(what->objects[i]);
		list_append(&what->objects[i]->waiters, &waiters[i].link);
	}
	do {
		if (!sleep_once(what, &wait)) {
			lib_fail(ERROR_INVALID_HANDLE);
			result = WAIT_FAILED;
			break;
		}
		/* Asked before looking: what came in time counts. */
		expired = what->deadline != NEVER && clock_now() >= what->deadline;
		result = look(what, &wait);
	} while (result == NOT_YET && !expired);
	for (unsigned int i = 0; i < what->count; i++) {
		list_remove(&waiters[i].link);
		object_put(what->objects[i]);
	}
	return result == NOT_YET ? WAIT_TIMEOUT : result;
}

/*
 * Wait.  lib_lock is held on entry and dropped on return.  The objects must be there
 * on entry; the wait holds them while it sleeps.
 */
DWORD wait_for(const struct wait_for *what, struct thread *self)
{
	DWORD result = wait_locked(what, self);

	lib_lock_drop();
	if (result == WAIT_IO_COMPLETION)
		operation_run_routines(self);
	return result;
}

static DWORD failed(DWORD error)
{
	lib_fail(error);
	return WAIT_FAILED;
}

LIB_EXPORT DWORD WINAPI WaitForMultipleObjectsEx(DWORD count, const HANDLE *handles, BOOL all,
						 DWORD milliseconds, BOOL alertable)
{
	struct object *objects[MAXIMUM_WAIT_OBJECTS];
	struct wait_for what = {
		.objects = objects,
		.count = count,
		.all = all && count > 1,
		.alertable = alertable,
		.deadline = clock_deadline_ms(milliseconds),
	};
	struct thread *self = thread_self();
	struct handle *handle;

	if (!count || count > MAXIMUM_WAIT_OBJECTS || !handles)
		return failed(ERROR_INVALID_PARAMETER);
	if (!self)
		return failed(ERROR_NOT_ENOUGH_MEMORY);
	lib_lock_take();
	for (DWORD i = 0; i < count; i++) {
		handle = handle_find(handles[i]);
		if (!handle) {
			lib_lock_drop();
			return failed(ERROR_INVALID_HANDLE);
		}
		objects[i] = handle->object;
		for (DWORD j = 0; what.all && j < i; j++)
			if (objects[j] == objects[i]) {
				lib_lock_drop();
				return failed(ERROR_INVALID_PARAMETER);
			}
	}
	return wait_for(&what, self);
}

LIB_EXPORT DWORD WINAPI WaitForMultipleObjects(DWORD count, const HANDLE *handles, BOOL all,
					       DWORD milliseconds)
{
	return WaitForMultipleObjectsEx(count, handles, all, milliseconds, FALSE);
}

LIB_EXPORT DWORD WINAPI WaitForSingleObjectEx(HANDLE handle, DWORD milliseconds, BOOL alertable)
{
	return WaitForMultipleObjectsEx(1, &handle, FALSE, milliseconds, alertable);
}

LIB_EXPORT DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds)
{
	return WaitForMultipleObjectsEx(1, &handle, FALSE, milliseconds, FALSE);
}

LIB_EXPORT DWORD WINAPI SleepEx(DWORD milliseconds, BOOL alertable)
{
	struct wait_for what = {
		.alertable = alertable,
		.deadline = clock_deadline_ms(milliseconds),
	};
	struct thread *self = thread_self();
	DWORD result;

	if (!milliseconds)
		sched_yield();
	if (!self)
		return 0;
	lib_lock_take();
	result = wait_for(&what, self);
	return result == WAIT_IO_COMPLETION ? result : 0;
}
