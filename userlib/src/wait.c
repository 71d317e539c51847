// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Waits.  A thread sleeps in ppoll(2) on the descriptors of the objects it waits for and on
 * one of its own.  Others in the process end the sleep by the thread's own descriptor when
 * the wait is satisfied, an event pulsed, a routine due or a handle closed.
 *
 * Whoever signals an object satisfies the waits for it before the lock is dropped, in
 * the order in which they began: wait_serve() takes the objects for the threads that
 * wait.  A thread that is woken by a descriptor alone does the same for all who wait,
 * not just for itself.
 */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <time.h>

#include "door.h"
#include "handle.h"
#include "thread.h"
#include "wait.h"

struct thread *wait_taker;

static enum acquired take(const struct wait_for *what, struct wait *wait, unsigned int i)
{
	uint64_t bit = (uint64_t)1 << i;

	if (wait->pulsed & bit) {
		wait->pulsed &= ~bit;
		return ACQUIRED;
	}
	named_place = wait->waiters ? &wait->waiters[i].place : NULL;
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
	return WAIT_NOT_YET;
}

/* Whether take() may succeed, without taking anything. */
static bool might_take(const struct wait_for *what, struct wait *wait, unsigned int i)
{
	struct object *object = what->objects[i];

	named_place = wait->waiters ? &wait->waiters[i].place : NULL;
	return wait->pulsed & (uint64_t)1 << i || !object->class->test ||
	       object->class->test(object);
}

/* Give back what a wait for all has taken in vain. */
static void give_back(const struct wait_for *what, struct wait *wait, uint64_t taken)
{
	for (unsigned int i = what->count; i--;) {
		struct object *object = what->objects[i];

		named_place = wait->waiters ? &wait->waiters[i].place : NULL;
		if (taken & (uint64_t)1 << i && object->class->release)
			object->class->release(object);
	}
}

/*
 * Do other processes see the object being taken and given back?  A wait for all takes such
 * objects last, when little can fail.
 */
static bool is_shared(struct object *object)
{
	struct mailslot_named *named = object_named(object);

	return named && !named_is_owned(named);
}

/*
 * Take the objects that are shared, or those that are not.  Return false if one of them was not
 * signalled after all.
 */
static bool take_these(const struct wait_for *what, struct wait *wait, bool shared,
		       uint64_t *taken, bool *abandoned)
{
	for (unsigned int i = 0; i < what->count; i++) {
		enum acquired acquired;

		if (is_shared(what->objects[i]) != shared || *taken & (uint64_t)1 << i)
			continue;
		acquired = take(what, wait, i);
		if (!acquired) {
			wait->missing = i;
			return false;
		}
		*taken |= (uint64_t)1 << i;
		*abandoned |= acquired == ACQUIRED_ABANDONED;
	}
	return true;
}

/* Take all objects or none: if one object is not signalled, give back the objects taken before. */
static DWORD take_all(const struct wait_for *what, struct wait *wait)
{
	bool abandoned = false;
	uint64_t taken = 0;
	DWORD result = WAIT_NOT_YET;
	unsigned int i;

	for (i = 0; i < what->count && might_take(what, wait, i); i++)
		;
	wait->missing = i;
	if (i == what->count) {
		if (take_these(what, wait, false, &taken, &abandoned) &&
		    take_these(what, wait, true, &taken, &abandoned))
			result = abandoned ? WAIT_ABANDONED_0 : WAIT_OBJECT_0;
		else
			give_back(what, wait, taken);
	}
	wait->pulsed = 0;
	return result;
}

static DWORD take_objects(struct wait *wait)
{
	const struct wait_for *what = wait->what;
	DWORD result;

	wait_taker = wait->thread;
	result = what->all ? take_all(what, wait) : take_any(what, wait);
	named_place = NULL;
	return result;
}

/* The result that the wait could return now; its objects are then taken for its thread. */
static DWORD look(struct wait *wait)
{
	const struct wait_for *what = wait->what;
	DWORD result = WAIT_NOT_YET;

	if (what->done)
		result = what->done(what->arg) ? WAIT_OBJECT_0 : WAIT_NOT_YET;
	else if (what->count)
		result = take_objects(wait);
	if (result != WAIT_NOT_YET)
		return result;
	if (wait->thread->ending)
		return WAIT_TIMEOUT;	/* the thread ends and sees no result */
	if (what->alertable && !list_empty(&wait->thread->routines))
		return WAIT_IO_COMPLETION;
	return WAIT_NOT_YET;
}

/* The wait is over: leave the lines of the names, so that the next wait gets what was granted. */
static void leave_lines(struct wait *wait)
{
	for (unsigned int i = 0; wait->waiters && i < wait->what->count; i++)
		if (wait->waiters[i].place.ticket)
			named_leave(object_named(wait->what->objects[i]), &wait->waiters[i].place);
}

/*
 * Satisfy the waits for @object that can be satisfied, in the order in which they began.  A
 * wait for all may get further without being satisfied, and must poll another object then.
 */
void wait_serve(struct object *object)
{
	struct list *pos, *next;

	list_for_each(pos, next, &object->waiters) {
		struct wait *wait = container_of(pos, struct waiter, link)->wait;
		unsigned int missing = wait->missing;

		if (wait->result != WAIT_NOT_YET)
			continue;
		wait->result = look(wait);
		if (wait->result != WAIT_NOT_YET)
			leave_lines(wait);
		if (wait->result != WAIT_NOT_YET || wait->missing != missing)
			thread_wake(wait->thread);
	}
}

/* Serve those who wait longer first, also when only a descriptor has woken this thread. */
static void serve_all(const struct wait_for *what)
{
	for (unsigned int i = 0; i < what->count; i++)
		if (!list_empty(&what->objects[i]->waiters))
			wait_serve(what->objects[i]);
}

/*
 * A wait in the line of a name looks now and then whether those before it are still alive,
 * and seldom whether it should have been told something and was not.
 */
#define LOOK_BEHIND_NS	1000000000u
#define LOOK_FIRST_NS	10000000000u

/* Does a sleep poll the object's descriptor? */
static bool is_polled(const struct wait_for *what, struct wait *wait, unsigned int i)
{
	if (what->done || !what->objects[i]->class->polled || what->objects[i]->fd < 0)
		return false;
	/*
	 * A wait for all polls only one object, because objects that are signalled would end its
	 * sleep at once.
	 */
	return !what->all || i == wait->missing;
}

static struct pollfd poll_of(struct wait *wait, unsigned int i, uint64_t *until)
{
	const struct named_place *place = &wait->waiters[i].place;
	struct pollfd pollfd = { .fd = wait->what->objects[i]->fd, .events = POLLIN };
	uint64_t look;

	if (place->ticket) {
		look = clock_deadline_ns(place->head ? LOOK_FIRST_NS : LOOK_BEHIND_NS);
		if (look < *until)
			*until = look;
		/*
		 * The FIFO of a mutex hangs up when the owner ends.  Everything else is reported
		 * through the door.
		 */
		pollfd.events = 0;
		if (!place->watches)
			pollfd.fd = -1;
	}
	return pollfd;
}

/* Sleep until there is a reason to look again.  Drops the lock meanwhile. */
static bool sleep_once(const struct wait_for *what, struct wait *wait)
{
	struct pollfd fds[MAXIMUM_WAIT_OBJECTS + 2];
	uint64_t until = what->deadline;
	bool invalid = false;
	unsigned int n = 0;

	fds[n++] = (struct pollfd){ .fd = wait->thread->wake_fd, .events = POLLIN };
	fds[n++] = (struct pollfd){ .fd = wait->thread->door_fd, .events = POLLIN };
	for (unsigned int i = 0; i < what->count; i++)
		if (is_polled(what, wait, i))
			fds[n++] = poll_of(wait, i, &until);
	lib_lock_pause();
	clock_poll(fds, n, until);
	lib_lock_resume();
	thread_clear(wait->thread);
	door_drain(wait->thread);
	while (n--)
		invalid |= fds[n].revents & POLLNVAL;
	/* An object whose handle was closed has another descriptor by now, or none for good. */
	for (unsigned int i = 0; invalid && i < what->count; i++)
		if (is_polled(what, wait, i) && fcntl(what->objects[i]->fd, F_GETFD) < 0)
			return false;
	return true;
}

/* Return false and set errno if there is no place in the line of a name. */
static bool enqueue(struct wait *wait, struct waiter *waiters)
{
	const struct wait_for *what = wait->what;
	bool done = true;

	for (unsigned int i = 0; i < what->count; i++) {
		struct object *object = what->objects[i];

		waiters[i].wait = wait;
		waiters[i].index = i;
		waiters[i].place.ticket = 0;
		object_get(object);
		list_append(&object->waiters, &waiters[i].link);
	}
	wait->waiters = waiters;
	for (unsigned int i = 0; i < what->count && done && !what->done; i++) {
		struct mailslot_named *named = object_named(what->objects[i]);

		/* A wait without a place in line polls the FIFO, and takes what is left over. */
		if (named)
			done = named_enter(named, wait->thread, what->all, &waiters[i].place) ||
			       named_is_polled(named);
	}
	return done;
}

static void dequeue(struct wait *wait, struct waiter *waiters)
{
	leave_lines(wait);
	for (unsigned int i = 0; i < wait->what->count; i++) {
		list_remove(&waiters[i].link);
		object_put(wait->what->objects[i]);
	}
	door_drain(wait->thread);
}

static void prepare(const struct wait_for *what)
{
	for (unsigned int i = 0; i < what->count; i++)
		if (what->objects[i]->class->prepare)
			what->objects[i]->class->prepare(what->objects[i]);
}

static DWORD wait_locked(const struct wait_for *what, struct thread *self)
{
	struct wait wait = { .thread = self, .what = what, .result = WAIT_NOT_YET };
	struct waiter waiters[MAXIMUM_WAIT_OBJECTS];
	bool expired = !what->deadline;
	DWORD result;

	prepare(what);
	serve_all(what);
	result = look(&wait);
	if (result != WAIT_NOT_YET)
		return result;
	if (expired)
		return WAIT_TIMEOUT;
	if (!thread_can_wait(self)) {
		lib_fail(ERROR_NO_SYSTEM_RESOURCES);
		return WAIT_FAILED;
	}
	if (!enqueue(&wait, waiters)) {
		lib_fail(error_from_errno(errno));
		wait.result = WAIT_FAILED;
	}
	while (wait.result == WAIT_NOT_YET && !expired) {
		if (!sleep_once(what, &wait)) {
			/* A result that came before the object disappeared counts. */
			if (wait.result == WAIT_NOT_YET) {
				lib_fail(ERROR_INVALID_HANDLE);
				wait.result = WAIT_FAILED;
			}
			break;
		}
		/*
		 * Read the clock before looking at the objects, so that an object signalled in time
		 * counts.
		 */
		expired = what->deadline != NEVER && clock_now() >= what->deadline;
		serve_all(what);
		if (wait.result == WAIT_NOT_YET)
			wait.result = look(&wait);
	}
	dequeue(&wait, waiters);
	return wait.result == WAIT_NOT_YET ? WAIT_TIMEOUT : wait.result;
}

/*
 * Wait.  lib_lock is held on entry and dropped on return.  The objects must be there
 * on entry; the wait holds references to them while the thread sleeps.
 */
DWORD wait_for(const struct wait_for *what, struct thread *self)
{
	DWORD result = wait_locked(what, self);

	lib_lock_drop();
	thread_end_if_asked(self);
	if (result == WAIT_IO_COMPLETION)
		thread_run_routines(self);
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
