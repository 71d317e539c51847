/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The threads that use the library, as far as the library knows them.
 */
#ifndef THREAD_H
#define THREAD_H

#include <sys/types.h>

#include "lib.h"
#include "list.h"

#define THREAD_DOOR_SIZE 40

/**
 * struct thread - under lib_lock
 * @link: on the list of all threads
 * @id: gettid()
 * @operations: the operations that it issued and that are pended, oldest first
 * @routines: struct routine that are due, oldest first
 * @wake_fd: an eventfd that ends its waits; -1 until it waits for the first time
 * @woken: @wake_fd is readable
 * @door_fd: a FIFO by which other processes end its waits; -1 until it waits for a named
 *	object for the first time
 * @door_uid: in whose directory the FIFO is
 * @door: the FIFO's name
 * @number: unlike any other thread's before and after
 * @ending: the thread was cancelled, and its waits end
 */
struct thread {
	struct list link;
	pid_t id;
	struct list operations;
	struct list routines;
	int wake_fd;
	bool woken;
	int door_fd;
	uid_t door_uid;
	char door[THREAD_DOOR_SIZE];
	uint64_t number;
	bool ending;
};

/**
 * struct routine - what a thread runs in its next alertable wait
 * @link: on thread->routines once it is due
 * @run: runs it and frees it; without the lock
 * @drop: frees it: the thread has ended
 */
struct routine {
	struct list link;
	void (*run)(struct routine *routine);
	void (*drop)(struct routine *routine);
};

/* All threads; a fork's child and the end of the process have to visit each of them. */
extern struct list thread_all;

bool thread_init(void (*end)(void *thread));
struct thread *thread_self(void);
struct thread *thread_known(void);
void thread_free(struct thread *thread);

bool thread_is_self(const struct thread *thread);
void thread_end_if_asked(const struct thread *thread);
void thread_run_routines(struct thread *thread);

/* With lib_lock held. */
bool thread_can_wait(struct thread *thread);
void thread_wake(struct thread *thread);
void thread_clear(struct thread *thread);
struct thread *thread_find(uint64_t number);
void thread_add_routine(struct thread *thread, struct routine *routine);
void thread_drop_routines(struct thread *thread);
void thread_fork_child(struct thread *thread);

#endif /* THREAD_H */
