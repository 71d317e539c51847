/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the library knows of a thread that uses it.
 */
#ifndef THREAD_H
#define THREAD_H

#include <sys/types.h>

#include "lib.h"
#include "list.h"

/**
 * struct thread - under lib_lock
 * @link: on the list of all threads
 * @id: gettid()
 * @operations: what it issued and is pended, oldest first
 * @routines: completed operations whose routine has not run, oldest first
 * @wake_fd: an eventfd that ends its waits; -1 until it waits for the first time
 * @woken: @wake_fd is readable
 * @door_fd: a FIFO by which other processes end its waits; -1 until it waits for a named
 *	object for the first time
 * @door_uid: in whose directory the FIFO is
 * @door: the FIFO's name
 * @number: unlike any other thread's before and after
 * @ending: it was cancelled: its waits end
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
	char door[40];
	uint64_t number;
	bool ending;
};

struct thread *thread_self(void);

bool thread_is_self(const struct thread *thread);
void thread_end_if_asked(const struct thread *thread);

/* With lib_lock held. */
bool thread_can_wait(struct thread *thread);
void thread_wake(struct thread *thread);
void thread_clear(struct thread *thread);
struct thread *thread_find(uint64_t number);

#endif /* THREAD_H */
