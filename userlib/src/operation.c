// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Operations: how pended reads and writes wait their turn, end, and are reported.
 *
 * An end's operations stand in one line, and only the first moves data: that is the
 * order promised.  Anyone with the lock may drive the line.  Who makes sure that
 * someone does is decided by the first in line: its own thread when that waits in the
 * call, the engine otherwise.  Data moves under the lock and never waits, so that an
 * operation is either pended or over, and what was read always belongs to a read.
 */
#include <poll.h>
#include <stdlib.h>
#include <time.h>

#include "engine.h"
#include "event.h"
#include "operation.h"
#include "port.h"
#include "wait.h"

/* Whose operations are that a completion port is told of and whose thread has ended. */
static struct thread nobody = {
	.operations = { &nobody.operations, &nobody.operations },
	.routines = { &nobody.routines, &nobody.routines },
	.wake_fd = -1,
};

/* One on the stack of the call; the caller has filled in what it is to do. */
void operation_init(struct operation *operation)
{
	list_init(&operation->link);
	list_init(&operation->thread_link);
	operation->deadline = NEVER;
	operation->timer = OPERATION_NO_TIMER;
	operation->allocated = false;
	operation->done = false;
}

/* One that outlives the call, in the place of one on its stack. */
struct operation *operation_copy(const struct operation *on_stack)
{
	struct operation *operation = malloc(sizeof(*operation));
	uint64_t deadline = on_stack->deadline;

	if (!operation)
		return NULL;
	*operation = *on_stack;
	operation_init(operation);
	operation->deadline = deadline;
	operation->allocated = true;
	return operation;
}

void operation_free(struct operation *operation)
{
	if (operation->allocated)
		free(operation);
}

struct operation *operation_first(struct end *end)
{
	if (list_empty(&end->operations))
		return NULL;
	return container_of(end->operations.next, struct operation, link);
}

/* What a result of operation_move() is in Win32. */
DWORD operation_error(struct end *end, ssize_t moved)
{
	if (moved >= 0)
		return ERROR_SUCCESS;
	if (moved == -EMSGSIZE)
		return end->server ? ERROR_INSUFFICIENT_BUFFER : ERROR_INVALID_PARAMETER;
	return error_from_errno((int)-moved);
}

ssize_t operation_move(struct end *end, void *buffer, DWORD size, struct mailslot_sender *sender)
{
	return end->server ? end_receive(end, buffer, size, sender) :
			     end_send(end, buffer, size);
}

static void set_status(LPOVERLAPPED overlapped, DWORD error, DWORD bytes)
{
	__atomic_store_n(&overlapped->InternalHigh, bytes, __ATOMIC_RELAXED);
	/* Last: a program that polls it may free the block at once. */
	__atomic_store_n(&overlapped->Internal, error_to_status(error), __ATOMIC_RELEASE);
}

static bool is_pending(void *arg)
{
	LPOVERLAPPED overlapped = arg;

	return __atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE) == STATUS_PENDING;
}

/* Packets for what is pended on @end, unless a routine reports it.  False: no memory. */
bool operation_add_packets(struct end *end)
{
	struct list *pos, *next;

	list_for_each(pos, next, &end->operations) {
		struct operation *operation = container_of(pos, struct operation, link);

		if (!operation->overlapped || operation->routine || operation->packet)
			continue;
		operation->packet = port_packet();
		if (!operation->packet)
			return false;
	}
	return true;
}

static void deliver(struct operation *operation)
{
	struct packet *packet = operation->packet;

	operation->packet = NULL;
	packet->overlapped = operation->overlapped;
	packet->bytes = operation->bytes;
	packet->error = operation->error;
	port_deliver(operation->end, packet);
}

/*
 * An operation is over: tell whoever waits for it.  Also for one that never was in
 * line, having been done at once.  Frees it, unless its thread or routine does.
 */
void operation_complete(struct operation *operation, DWORD error, DWORD bytes)
{
	struct end *end = operation->end;

	list_remove(&operation->link);
	list_remove(&operation->thread_link);
	engine_timer_remove(operation);
	operation->done = true;
	operation->error = error;
	operation->bytes = bytes;
	if (operation->overlapped)
		set_status(operation->overlapped, error, bytes);
	if (operation->event)
		event_set(operation->event);
	else
		end_set_signalled(end, true);
	object_serve(&end->base);	/* for GetOverlappedResult */
	if (operation->event)
		object_put(operation->event);
	if (operation->packet)
		deliver(operation);
	object_put(&end->base);
	if (operation->routine)
		list_append(&operation->thread->routines, &operation->thread_link);
	if (operation->routine || !operation->overlapped)
		thread_wake(operation->thread);
	else
		operation_free(operation);
}

/*
 * See that the first in line is driven.  A thread that waits and is not this one may
 * just have become the first; this one knows.
 */
void operation_arm(struct end *end)
{
	struct operation *first = operation_first(end);

	handle_mark(&end->base, HANDLE_BUSY, !!first);
	if (!first)
		engine_ignore(end);
	else if (first->overlapped)
		engine_watch(end);
	else if (!thread_is_self(first->thread))
		thread_wake(first->thread);
}

/* Serve the line as far as messages or room go. */
void operation_drive(struct end *end)
{
	struct operation *first;

	object_get(&end->base);
	while ((first = operation_first(end))) {
		ssize_t moved = operation_move(end, first->buffer, first->size, first->sender);

		if (moved == -EAGAIN)
			break;
		operation_complete(first, operation_error(end, moved),
				   moved < 0 ? 0 : (DWORD)moved);
	}
	operation_arm(end);
	object_put(&end->base);
}

/*
 * Put an operation, which holds its end and event, in line.  Returns an error code
 * when nobody could be found to drive it.
 */
DWORD operation_pend(struct operation *operation)
{
	struct end *end = operation->end;

	if (operation->overlapped && !engine_start())
		return ERROR_NO_SYSTEM_RESOURCES;
	if (!operation->overlapped && !thread_can_wait(operation->thread))
		return ERROR_NO_SYSTEM_RESOURCES;
	if (operation->overlapped && !engine_timer_add(operation))
		return ERROR_NOT_ENOUGH_MEMORY;
	if (operation->overlapped) {
		operation->overlapped->InternalHigh = 0;
		__atomic_store_n(&operation->overlapped->Internal, STATUS_PENDING,
				 __ATOMIC_RELEASE);
	}
	list_append(&end->operations, &operation->link);
	list_append(&operation->thread->operations, &operation->thread_link);
	if (operation_first(end) == operation)
		operation_arm(end);
	return ERROR_SUCCESS;
}

/* Wait in the call for a read in line; returns its error. */
DWORD operation_wait(struct operation *operation)
{
	struct end *end = operation->end;
	struct thread *self = operation->thread;

	object_get(&end->base);
	while (!operation->done) {
		struct pollfd fds[2] = {
			{ .fd = self->wake_fd, .events = POLLIN },
			{ .fd = end->base.fd, .events = POLLIN },
		};
		bool first = operation_first(end) == operation;
		bool expired;

		/* Asked to end before it came here, when there was no sleep to end. */
		if (self->ending) {
			operation_cancel_synchronous(self);
			break;
		}
		end->sleepers += first;
		lib_lock_pause();
		clock_poll(fds, first ? 2 : 1, operation->deadline);
		lib_lock_resume();
		thread_clear(self);
		if (first)
			end_sleeper_left(end);
		if (operation->done)
			break;
		expired = operation->deadline != NEVER && clock_now() >= operation->deadline;
		operation_drive(end);
		if (expired && !operation->done) {
			operation_complete(operation, ERROR_SEM_TIMEOUT, 0);
			operation_arm(end);
		}
	}
	object_put(&end->base);
	return operation->error;
}

/*
 * Cancel what is pended on @end, by @thread unless NULL, with @overlapped unless NULL.
 * Returns how many.
 */
unsigned int operation_cancel(struct end *end, struct thread *thread, LPOVERLAPPED overlapped)
{
	struct list *pos, *next;
	unsigned int n = 0;

	object_get(&end->base);
	list_for_each(pos, next, &end->operations) {
		struct operation *operation = container_of(pos, struct operation, link);

		if ((thread && operation->thread != thread) ||
		    (overlapped && operation->overlapped != overlapped))
			continue;
		operation_complete(operation, ERROR_OPERATION_ABORTED, 0);
		n++;
	}
	if (n)
		operation_arm(end);
	object_put(&end->base);
	return n;
}

/* Cancel what @thread waits for in its call.  False: nothing. */
bool operation_cancel_synchronous(struct thread *thread)
{
	struct list *pos, *next;

	list_for_each(pos, next, &thread->operations) {
		struct operation *operation = container_of(pos, struct operation, thread_link);
		struct end *end = operation->end;

		if (operation->overlapped)
			continue;
		object_get(&end->base);
		operation_complete(operation, ERROR_OPERATION_ABORTED, 0);
		operation_arm(end);
		object_put(&end->base);
		return true;
	}
	return false;
}

static void drop_routines(struct thread *thread)
{
	struct list *pos, *next;

	list_for_each(pos, next, &thread->routines) {
		list_remove(pos);
		operation_free(container_of(pos, struct operation, thread_link));
	}
}

/*
 * The thread ends: so does what it issued, and nobody is left to run its routines.  What a
 * completion port is told of goes on, as on Windows.
 */
void operation_cancel_thread(struct thread *thread)
{
	struct list *pos, *next;

	list_for_each(pos, next, &thread->operations) {
		struct operation *operation = container_of(pos, struct operation, thread_link);

		if (!operation->packet)
			continue;
		list_remove(&operation->thread_link);
		list_append(&nobody.operations, &operation->thread_link);
		operation->thread = &nobody;
	}
	while (!list_empty(&thread->operations)) {
		struct operation *operation = container_of(thread->operations.next,
							   struct operation, thread_link);

		operation_cancel(operation->end, thread, NULL);
	}
	drop_routines(thread);
}

/*
 * In a fork's child: the operations are the parent's.  Those who wait for them here
 * are told so, but events are not set, for they are the parent's as well.
 */
void operation_fork_child(struct thread *thread)
{
	struct list *pos, *next;

	list_for_each(pos, next, &thread->operations) {
		struct operation *operation = container_of(pos, struct operation, thread_link);
		struct end *end = operation->end;

		list_remove(&operation->link);
		list_remove(&operation->thread_link);
		if (operation->overlapped)
			set_status(operation->overlapped, ERROR_OPERATION_ABORTED, 0);
		if (operation->event)
			object_put(operation->event);
		free(operation->packet);
		operation_free(operation);
		object_put(&end->base);
	}
	drop_routines(thread);
}

/* Likewise what threads left behind that ended before. */
void operation_fork_orphans(void)
{
	operation_fork_child(&nobody);
}

/* Run the routines that are due, and those that come due by running them. */
void operation_run_routines(struct thread *thread)
{
	struct operation *operation;

	lib_lock_take();
	while (!list_empty(&thread->routines)) {
		operation = container_of(thread->routines.next, struct operation, thread_link);
		list_remove(&operation->thread_link);
		lib_lock_drop();
		operation->routine(operation->error, operation->bytes, operation->overlapped);
		operation_free(operation);
		lib_lock_take();
	}
	lib_lock_drop();
}

static BOOL cancel(HANDLE file, struct thread *thread, LPOVERLAPPED overlapped, DWORD none)
{
	DWORD error = ERROR_INVALID_HANDLE;
	struct handle *handle;
	struct end *end;

	lib_lock_take();
	end = end_find(file, &handle);
	if (end)
		error = operation_cancel(end, thread, overlapped) ? ERROR_SUCCESS : none;
	lib_lock_drop();
	return lib_result(error);
}

LIB_EXPORT BOOL WINAPI CancelIo(HANDLE file)
{
	struct thread *self = thread_self();

	if (!self)
		return lib_fail(ERROR_NOT_ENOUGH_MEMORY);
	return cancel(file, self, NULL, ERROR_SUCCESS);
}

LIB_EXPORT BOOL WINAPI CancelIoEx(HANDLE file, LPOVERLAPPED overlapped)
{
	return cancel(file, NULL, overlapped, ERROR_NOT_FOUND);
}

static bool is_over(void *arg)
{
	return !is_pending(arg);
}

/* Wait until the operation is over; on Windows this waits for the event, if any. */
static DWORD wait_over(HANDLE file, LPOVERLAPPED overlapped, DWORD milliseconds, bool alertable)
{
	struct object *objects[1];
	struct wait_for what = {
		.objects = objects,
		.count = 1,
		.alertable = alertable,
		.deadline = clock_deadline_ms(milliseconds),
		.done = is_over,
		.arg = overlapped,
	};
	struct thread *self = thread_self();
	struct handle *handle;
	struct end *end;
	DWORD result;

	if (!self)
		return ERROR_NOT_ENOUGH_MEMORY;
	lib_lock_take();
	end = end_find(file, &handle);
	if (!end) {
		lib_lock_drop();
		return ERROR_INVALID_HANDLE;
	}
	objects[0] = &end->base;
	result = wait_for(&what, self);
	if (result == WAIT_FAILED)
		return lib_last_error;
	if (result == WAIT_OBJECT_0)
		event_consume(overlapped->hEvent);
	return result;
}

LIB_EXPORT BOOL WINAPI GetOverlappedResultEx(HANDLE file, LPOVERLAPPED overlapped, LPDWORD bytes,
					     DWORD milliseconds, BOOL alertable)
{
	DWORD error;

	if (!overlapped)
		return lib_fail(ERROR_INVALID_PARAMETER);
	if (is_pending(overlapped)) {
		if (!milliseconds)
			return lib_fail(ERROR_IO_INCOMPLETE);
		error = wait_over(file, overlapped, milliseconds, alertable);
		if (error)
			return lib_fail(error);
	}
	if (bytes)
		*bytes = (DWORD)__atomic_load_n(&overlapped->InternalHigh, __ATOMIC_RELAXED);
	return lib_result(error_from_status((DWORD)overlapped->Internal));
}

LIB_EXPORT BOOL WINAPI GetOverlappedResult(HANDLE file, LPOVERLAPPED overlapped, LPDWORD bytes,
					   BOOL wait)
{
	return GetOverlappedResultEx(file, overlapped, bytes, wait ? INFINITE : 0, FALSE);
}
