// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Threads: how the library remembers a thread when it first needs to, how threads are woken, and
 * the routines that they run.  life.c handles their end.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "lock.h"
#include "thread.h"

struct list thread_all = { &thread_all, &thread_all };

static uint64_t last_number;	/* under lib_lock */
static pthread_key_t thread_key;
static __thread struct thread *self;

/* @end is called by every thread that thread_self() has made known, when it ends. */
bool thread_init(void (*end)(void *thread))
{
	return !pthread_key_create(&thread_key, end);
}

/* Return the calling thread, or NULL if there is no memory for it. */
struct thread *thread_self(void)
{
	struct thread *thread = self;

	if (likely(thread))
		return thread;
	thread = malloc(sizeof(*thread));
	if (!thread)
		return NULL;
	thread->id = gettid();
	list_init(&thread->operations);
	list_init(&thread->routines);
	thread->wake_fd = -1;
	thread->woken = false;
	thread->door_fd = -1;
	memset(thread->door, 0, sizeof(thread->door));
	thread->ending = false;
	if (pthread_setspecific(thread_key, thread)) {
		free(thread);
		return NULL;
	}
	lib_lock_take();
	thread->number = ++last_number;
	list_append(&thread_all, &thread->link);
	lib_lock_drop();
	self = thread;
	return thread;
}

/* The calling thread, or NULL when the library does not know it. */
struct thread *thread_known(void)
{
	return self;
}

/* Free a thread that is on no list any more.  Without the lock. */
void thread_free(struct thread *thread)
{
	if (thread->wake_fd >= 0)
		close(thread->wake_fd);
	if (thread == self)
		self = NULL;
	free(thread);
}

/* Is it the calling thread? */
bool thread_is_self(const struct thread *thread)
{
	return thread == self;
}

/* The thread of a number, if it has not ended. */
struct thread *thread_find(uint64_t number)
{
	struct list *pos, *next;

	list_for_each(pos, next, &thread_all) {
		struct thread *thread = container_of(pos, struct thread, link);

		if (number && thread->number == number)
			return thread;
	}
	return NULL;
}

/* The calling thread's wait is over: does it end instead of returning?  Without the lock. */
void thread_end_if_asked(const struct thread *thread)
{
	if (unlikely(__atomic_load_n(&thread->ending, __ATOMIC_RELAXED)))
		pthread_testcancel();
}

bool thread_can_wait(struct thread *thread)
{
	while (thread->wake_fd < 0) {
		thread->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
		if (thread->wake_fd < 0 && !descriptor_make_room(errno))
			return false;
	}
	return true;
}

/* End the thread's present wait, or its next one. */
void thread_wake(struct thread *thread)
{
	if (thread->woken || thread->wake_fd < 0)
		return;
	thread->woken = true;
	(void)!eventfd_write(thread->wake_fd, 1);
}

void thread_clear(struct thread *thread)
{
	eventfd_t value;

	if (!thread->woken)
		return;
	thread->woken = false;
	(void)!eventfd_read(thread->wake_fd, &value);
}

/* Have the thread run a routine in its next alertable wait. */
void thread_add_routine(struct thread *thread, struct routine *routine)
{
	list_append(&thread->routines, &routine->link);
	thread_wake(thread);
}

/* Free the routines of a thread that will not run them. */
void thread_drop_routines(struct thread *thread)
{
	struct list *pos, *next;

	list_for_each(pos, next, &thread->routines) {
		struct routine *routine = container_of(pos, struct routine, link);

		list_remove(pos);
		routine->drop(routine);
	}
}

/* Run the routines that are due, and those that come due by running them. */
void thread_run_routines(struct thread *thread)
{
	struct routine *routine;

	lib_lock_take();
	while (!list_empty(&thread->routines)) {
		routine = container_of(thread->routines.next, struct routine, link);
		list_remove(&routine->link);
		lib_lock_drop();
		routine->run(routine);
		lib_lock_take();
	}
	lib_lock_drop();
}

/* Forget a thread in a fork's child, but for the calling one, which has another id there. */
void thread_fork_child(struct thread *thread)
{
	if (thread->wake_fd >= 0)
		close(thread->wake_fd);
	thread->wake_fd = -1;
	thread->woken = false;
	if (thread_is_self(thread)) {
		thread->id = gettid();
	} else {
		list_remove(&thread->link);
		free(thread);
	}
}
