/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Waiting for objects, for routines to run, and for operations to end.
 */
#ifndef WAIT_H
#define WAIT_H

#include "named.h"
#include "object.h"

/* A wait's place in an object's queue, and in the line of the object's name. */
struct waiter {
	struct list link;
	struct wait *wait;
	unsigned int index;
	struct named_place place;
};

struct wait_for {
	struct object **objects;
	unsigned int count;
	bool all;
	bool alertable;
	uint64_t deadline;
	/* Ends the wait instead of the objects' being signalled; under lib_lock. */
	bool (*done)(void *arg);
	void *arg;
};

/**
 * struct wait - a thread's wait; under lib_lock
 * @thread: who waits
 * @what: for what
 * @result: what the wait returns, or WAIT_NOT_YET; set by whoever satisfies the wait,
 *	which takes the objects for @thread at the same time
 * @pulsed: bit i: object i was pulsed since somebody looked last
 * @missing: of a wait for all, the first that was not signalled
 * @waiters: its places in the objects' queues; NULL: it has none yet
 */
struct wait {
	struct thread *thread;
	const struct wait_for *what;
	DWORD result;
	uint64_t pulsed;
	unsigned int missing;
	struct waiter *waiters;
};

#define WAIT_NOT_YET	((DWORD)-2)

/* The thread for which acquire takes and release gives back: not always the calling one. */
extern struct thread *wait_taker;

/* With lib_lock held. */
void wait_serve(struct object *object);
DWORD wait_for(const struct wait_for *what, struct thread *self);

#endif /* WAIT_H */
