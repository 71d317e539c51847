// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Operations: how pended reads and writes wait their turn, end, and are reported.
 *
 * The operations of an end stand in one line, and only the first moves data, which is the
 * order promised.  Anyone with the lock may drive the line.  The first operation in line
 * decides who makes sure that someone does: its own thread if the thread waits in the
 * call, the engine otherwise.  Data moves under the lock and never waits, so that an
 * operation is either pended or over, and what was read always belongs to a read.
 */
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>

#include "engine.h"
#include "event.h"
#include "operation.h"
#include "port.h"
#include "wait.h"

/* This stands for the threads that have ended, whose operations are still reported to a port. */
static struct thread nobody = {
	.operations = { &nobody.operations, &nobody.operations },
	.routines = { &nobody.routines, &nobody.routines },
	.wake_fd = -1,
};

static struct operation *of_report(struct list *link)
{
	return container_of(link, struct operation, report.link);
}

void operation_free(struct operation *operation)
{
	if (operation->allocated)
		free(operation);
}

static void report_drop(struct routine *report)
{
	operation_free(container_of(report, struct operation, report));
}

/* Run the completion routine. */
static void report_run(struct routine *report)
{
	struct operation *operation = container_of(report, struct operation, report);

	operation->routine(operation->error, operation->bytes, operation->overlapped);
	operation_free(operation);
}

/* A message that is there when the time is up still counts: drive first. */
static void expired(struct timer *timer)
{
	struct operation *operation = container_of(timer, struct operation, timer);
	struct end *end = operation->end;

	object_get(&end->base);
	operation_drive(end);
	/* The operation may be over by now, and freed. */
	if (engine_timer_is_first(timer)) {
		operation_complete(operation, ERROR_SEM_TIMEOUT, 0);
		operation_arm(end);
	}
	object_put(&end->base);
}

/* Prepare an operation on the stack of a call; the caller has filled in what it is to do. */
void operation_init(struct operation *operation)
{
	list_init(&operation->link);
	list_init(&operation->report.link);
	operation->report.run = report_run;
	operation->report.drop = report_drop;
	operation->timer.deadline = NEVER;
	operation->timer.place = TIMER_NONE;
	operation->timer.expired = expired;
	operation->allocated = false;
	operation->done = false;
}

/* An operation that outlives the call, in the place of one on the stack of the call. */
struct operation *operation_copy(const struct operation *on_stack)
{
	struct operation *operation = malloc(sizeof(*operation));
	uint64_t deadline = on_stack->timer.deadline;

	if (!operation)
		return NULL;
	*operation = *on_stack;
	operation_init(operation);
	operation->timer.deadline = deadline;
	operation->allocated = true;
	return operation;
}

struct operation *operation_first(struct end *end)
{
	if (list_empty(&end->operations))
		return NULL;
	return container_of(end->operations.next, struct operation, link);
}

/* The Win32 error of a result of operation_move(). */
DWORD operation_error(struct end *end, ssize_t moved)
{
	if (moved >= 0)
		return ERROR_SUCCESS;
	if (moved == -EMSGSIZE && end->server)
		return ERROR_INSUFFICIENT_BUFFER;
	if (moved == -EMSGSIZE)
		return end->remote && end->remote->to_many ? ERROR_BAD_NETPATH :
							     ERROR_INVALID_PARAMETER;
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
	/* Store Internal last: a program that polls it may free the block at once. */
	__atomic_store_n(&overlapped->Internal, error_to_status(error), __ATOMIC_RELEASE);
}

/*
 * Allocate packets for the operations that are pended on @end, except for operations that report to
 * a routine.  Return false if there is no memory.
 */
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
 * An operation is over: tell whoever waits for it.  Also for an operation that never was in
 * line, having been done at once.  Frees the operation, unless its thread or routine does.
 */
void operation_complete(struct operation *operation, DWORD error, DWORD bytes)
{
	struct end *end = operation->end;

	list_remove(&operation->link);
	list_remove(&operation->report.link);
	engine_timer_remove(&operation->timer);
	operation->done = true;
	operation->error = error;
	operation->bytes = bytes;
	if (operation->overlapped)
		set_status(operation->overlapped, error, bytes);
	if (operation->event)
		event_set(operation->event);
	else
		end_set_signalled(end, true);
	wait_serve(&end->base);	/* for GetOverlappedResult */
	if (operation->event)
		object_put(operation->event);
	if (operation->packet)
		deliver(operation);
	object_put(&end->base);
	if (operation->routine)
		thread_add_routine(operation->thread, &operation->report);
	else if (!operation->overlapped)
		thread_wake(operation->thread);
	else
		operation_free(operation);
}

/*
 * Have the engine drive the line when the descriptor says that the first can move.  A
 * server's descriptor says so until its messages are taken, which is over by the time the
 * watcher is armed again: one shot.  A client's may have room, yet not enough for the
 * message in line, and would say so without end: edges.
 */
static void watch(struct end *end)
{
	if (engine_watch(&end->watcher, end->base.fd,
			 end->server ? EPOLLIN | EPOLLONESHOT : EPOLLOUT | EPOLLET))
		return;
	/* Nothing would end the operations any more: end them now, with an error. */
	while (operation_first(end))
		operation_complete(operation_first(end), ERROR_NO_SYSTEM_RESOURCES, 0);
	handle_mark(&end->base, HANDLE_BUSY, false);
}

/* The line is empty.  A server's shot that is left fires once, and finds nothing. */
static void ignore(struct end *end)
{
	if (!end->server)
		engine_forget(&end->watcher);
}

/*
 * See that the first in line is driven.  A thread that waits in its call may just have become
 * the first and is told so; the calling thread knows.
 */
void operation_arm(struct end *end)
{
	struct operation *first = operation_first(end);

	handle_mark(&end->base, HANDLE_BUSY, !!first);
	if (!first)
		ignore(end);
	else if (first->overlapped)
		watch(end);
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

/* The descriptor of an end may be ready. */
void operation_ready(struct watcher *watcher)
{
	operation_drive(container_of(watcher, struct end, watcher));
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
	if (operation->overlapped && !engine_timer_add(&operation->timer))
		return ERROR_NOT_ENOUGH_MEMORY;
	if (operation->overlapped) {
		operation->overlapped->InternalHigh = 0;
		__atomic_store_n(&operation->overlapped->Internal, STATUS_PENDING,
				 __ATOMIC_RELEASE);
	}
	list_append(&end->operations, &operation->link);
	list_append(&operation->thread->operations, &operation->report.link);
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
		bool late;

		/* The thread may have been asked to end before, when there was no sleep to end. */
		if (self->ending) {
			operation_cancel_synchronous(self);
			break;
		}
		end->sleepers += first;
		lib_lock_pause();
		clock_poll(fds, first ? 2 : 1, operation->timer.deadline);
		lib_lock_resume();
		thread_clear(self);
		if (first)
			end_sleeper_left(end);
		if (operation->done)
			break;
		late = operation->timer.deadline != NEVER &&
		       clock_now() >= operation->timer.deadline;
		operation_drive(end);
		if (late && !operation->done) {
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

/* Cancel the operation that @thread waits for in its call.  Return false if there is none. */
bool operation_cancel_synchronous(struct thread *thread)
{
	struct list *pos, *next;

	list_for_each(pos, next, &thread->operations) {
		struct operation *operation = of_report(pos);
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

/*
 * The thread ends: cancel the operations that it issued, because nobody is left to run its
 * routines.  Operations that report to a completion port go on, as on Windows.
 */
void operation_cancel_thread(struct thread *thread)
{
	struct list *pos, *next;

	list_for_each(pos, next, &thread->operations) {
		struct operation *operation = of_report(pos);

		if (!operation->packet)
			continue;
		list_remove(&operation->report.link);
		list_append(&nobody.operations, &operation->report.link);
		operation->thread = &nobody;
	}
	while (!list_empty(&thread->operations)) {
		struct operation *operation = of_report(thread->operations.next);

		operation_cancel(operation->end, thread, NULL);
	}
	thread_drop_routines(thread);
}

/*
 * The operations belong to the parent, not to the child of a fork.  Threads of the child that wait
 * for an operation are told so, but events are not set, because they belong to the parent, too.
 */
void operation_fork_child(struct thread *thread)
{
	struct list *pos, *next;

	list_for_each(pos, next, &thread->operations) {
		struct operation *operation = of_report(pos);
		struct end *end = operation->end;

		list_remove(&operation->link);
		list_remove(&operation->report.link);
		if (operation->overlapped)
			set_status(operation->overlapped, ERROR_OPERATION_ABORTED, 0);
		if (operation->event)
			object_put(operation->event);
		free(operation->packet);
		operation_free(operation);
		object_put(&end->base);
	}
	thread_drop_routines(thread);
}

/* Do the same to the operations of threads that had ended before the fork. */
void operation_fork_orphans(void)
{
	operation_fork_child(&nobody);
}
