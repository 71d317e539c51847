// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Beginnings and ends: of the library in a process, of a thread, and what fork does to all
 * that the library knows.
 */
#include <stdlib.h>

#include <libmailslot-object.h>

#include "door.h"
#include "end-object.h"
#include "engine.h"
#include "event.h"
#include "home.h"
#include "lock.h"
#include "named-open.h"
#include "operation.h"

/* The kinds of objects that a descriptor which was inherited may be, in the order of asking. */
static const struct object_class *const kinds[] = { &end_class, &event_class, NULL };

LIB_EXPORT void mailslot_thread_exit(void)
{
	struct thread *self = thread_known();

	if (!self)
		return;
	lib_lock_take();
	operation_cancel_thread(self);
	/* Whoever sees the thread's handle signalled must not find the thread any more. */
	self->number = 0;
	lib_lock_drop();
}

static void thread_end(void *arg)
{
	struct thread *thread = arg;

	lib_lock_take();
	operation_cancel_thread(thread);
	list_remove(&thread->link);
	door_close(thread, false);
	lib_lock_drop();
	thread_free(thread);
}

static void fork_prepare(void)
{
	lib_lock_take();
}

static void fork_parent(void)
{
	lib_lock_drop_forked();
}

/*
 * The child has the handles, but nothing that was in progress: the operations and all threads
 * except the one that forks stay with the parent.
 */
static void fork_child(void)
{
	struct list *pos, *next;

	object_fork_child();
	list_for_each(pos, next, &thread_all) {
		struct thread *thread = container_of(pos, struct thread, link);

		operation_fork_child(thread);
		door_close(thread, true);
		thread_fork_child(thread);
	}
	operation_fork_orphans();
	named_fork_child();
	engine_fork_child();
	lib_lock_drop_forked();
}

__attribute__((constructor)) static void begin(void)
{
	home_begin();
	handle_recover_kinds(kinds);
	if (!thread_init(thread_end) || pthread_atfork(fork_prepare, fork_parent, fork_child))
		abort();
}

/* Remove the doors of the threads that end with the process; a killed one's are swept later. */
__attribute__((destructor)) static void end(void)
{
	struct list *pos, *next;

	/* A signal's handler that ends the program may have interrupted who has the lock. */
	if (pthread_mutex_trylock(&lib_lock))
		return;
	list_for_each(pos, next, &thread_all)
		door_forget(container_of(pos, struct thread, link));
	pthread_mutex_unlock(&lib_lock);
}
