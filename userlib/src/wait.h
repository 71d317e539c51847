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
	/* What to wait for instead of the objects' being signalled; under lib_lock. */
	bool (*done)(void *arg);
	void *arg;
};

DWORD wait_for(const struct wait_for *what, struct thread *self);

#endif /* WAIT_H */
