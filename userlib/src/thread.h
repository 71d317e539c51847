/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the library knows of a thread that uses it.
 */
#ifndef THREAD_H
#define THREAD_H

#include "lib.h"
#include "list.h"

/**
 * struct thread - under lib_lock
 * @link: on the list of all threads
 * @operations: what it issued and is pended, oldest first
 * @routines: completed operations whose routine has not run, oldest first
 * @wake_fd: an eventfd that ends its waits; -1 until it waits for the first time
 * @woken: @wake_fd is readable
 */
struct thread {
	struct list link;
	struct list operations;
	struct list routines;
	int wake_fd;
	bool woken;
};

struct thread *thread_self(void);

bool thread_is_self(const struct thread *thread);

/* With lib_lock held. */
bool thread_can_wait(struct thread *thread);
void thread_wake(struct thread *thread);
void thread_clear(struct thread *thread);

#endif /* THREAD_H */
