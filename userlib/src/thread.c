// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Threads: their beginning, when they first need the library to remember them, their
 * end, which cancels what they issued, and what fork does to them and to all else.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <libmailslot-object.h>

#include "engine.h"
#include "named.h"
#include "object.h"
#include "operation.h"
#include "thread.h"

static struct list threads = { &threads, &threads };
static uint64_t last_number;	/* under lib_lock */
static pthread_key_t thread_key;
static __thread struct thread *self;

/* The calling thread; NULL: no memory for it. */
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
	list_append(&threads, &thread->link);
	lib_lock_drop();
	self = thread;
	return thread;
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

	list_for_each(pos, next, &threads) {
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

LIB_EXPORT void mailslot_thread_exit(void)
{
	if (!self)
		return;
	lib_lock_take();
	operation_cancel_thread(self);
	/* Whoever sees the thread's handle signalled finds no thread. */
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
	if (thread->wake_fd >= 0)
		close(thread->wake_fd);
	free(thread);
	self = NULL;
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
 * The child has the handles, and nothing of what was under way: operations stay the
 * parent's, and so do all threads but this one.
 */
static void fork_child(void)
{
	struct list *pos, *next;

	object_fork_child();
	list_for_each(pos, next, &threads) {
		struct thread *thread = container_of(pos, struct thread, link);

		operation_fork_child(thread);
		if (thread->wake_fd >= 0)
			close(thread->wake_fd);
		thread->wake_fd = -1;
		thread->woken = false;
		door_close(thread, true);
		if (thread != self) {
			list_remove(&thread->link);
			free(thread);
		} else {
			thread->id = gettid();
		}
	}
	end_fork_child();
	named_fork_child();
	engine_fork_child();
	lib_lock_drop_forked();
}

__attribute__((constructor)) static void thread_init(void)
{
	if (pthread_key_create(&thread_key, thread_end) ||
	    pthread_atfork(fork_prepare, fork_parent, fork_child))
		abort();
}

/* The doors of threads that the end of the process ends: a killed one's are swept later. */
__attribute__((destructor)) static void thread_fini(void)
{
	struct list *pos, *next;

	/* A signal's handler that ends the program may have interrupted who has the lock. */
	if (pthread_mutex_trylock(&lib_lock))
		return;
	list_for_each(pos, next, &threads)
		door_forget(container_of(pos, struct thread, link));
	pthread_mutex_unlock(&lib_lock);
}
