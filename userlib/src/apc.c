// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A thread acts on another one: it queues a routine for the other's next alertable wait,
 * cancels the read in which the other waits, or ends the other.  A thread is named by a
 * number that is never used again, so that the number of a thread that has ended names no
 * other.
 */
#include <stdlib.h>

#include <libmailslot-object.h>

#include "lock.h"
#include "operation.h"
#include "thread.h"

/* The routine of a caller; it runs in one order with those of completed operations. */
struct apc {
	struct routine base;
	void (*routine)(ULONG_PTR argument);
	ULONG_PTR argument;
};

/**
 * mailslot_thread_number() - the calling thread, for the functions below
 *
 * Return: the number; 0 without memory.
 */
LIB_EXPORT uint64_t mailslot_thread_number(void)
{
	struct thread *self = thread_self();

	return self ? self->number : 0;
}

static void apc_drop(struct routine *routine)
{
	free(container_of(routine, struct apc, base));
}

static void apc_run(struct routine *routine)
{
	struct apc *apc = container_of(routine, struct apc, base);

	apc->routine(apc->argument);
	apc_drop(routine);
}

/**
 * mailslot_thread_queue() - have a thread run a routine in its next alertable wait
 * @number: the thread
 * @routine: the routine
 * @argument: what the routine is called with
 *
 * Return: 0, or a Win32 error code: 31 when the thread has ended.
 */
LIB_EXPORT DWORD mailslot_thread_queue(uint64_t number, void (*routine)(ULONG_PTR argument),
				       ULONG_PTR argument)
{
	struct apc *apc = malloc(sizeof(*apc));
	struct thread *thread;

	if (!apc)
		return ERROR_NOT_ENOUGH_MEMORY;
	apc->base.run = apc_run;
	apc->base.drop = apc_drop;
	apc->routine = routine;
	apc->argument = argument;
	lib_lock_take();
	thread = thread_find(number);
	if (thread)
		thread_add_routine(thread, &apc->base);
	lib_lock_drop();
	if (thread)
		return ERROR_SUCCESS;
	free(apc);
	return ERROR_GEN_FAILURE;
}

/**
 * mailslot_thread_cancel() - end the read that a thread waits for in ReadFile()
 * @number: the thread
 *
 * The read ends with 995.
 *
 * Return: 0, or a Win32 error code: 1168 when the thread waits in no read.
 */
LIB_EXPORT DWORD mailslot_thread_cancel(uint64_t number)
{
	struct thread *thread;
	bool found;

	lib_lock_take();
	thread = thread_find(number);
	found = thread && operation_cancel_synchronous(thread);
	lib_lock_drop();
	return found ? ERROR_SUCCESS : ERROR_NOT_FOUND;
}

/**
 * mailslot_thread_end() - have a thread look whether it was cancelled
 * @number: the thread, for which pthread_cancel() was called before
 *
 * The library holds off the cancellation of a thread that waits in it; such a wait ends by
 * this call, and so does every later one.
 */
LIB_EXPORT void mailslot_thread_end(uint64_t number)
{
	struct thread *thread;

	lib_lock_take();
	thread = thread_find(number);
	if (thread) {
		__atomic_store_n(&thread->ending, true, __ATOMIC_RELAXED);
		operation_cancel_synchronous(thread);
		thread_wake(thread);
	}
	lib_lock_drop();
}
