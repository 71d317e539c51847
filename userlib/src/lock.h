/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The library's lock.
 */
#ifndef LOCK_H
#define LOCK_H

#include <pthread.h>

#include "lib.h"
#include "list.h"

/*
 * One lock protects everything that is shared: handles, objects, pended operations, waits.  The
 * lock is never held while waiting, and a read or write that finds its message or its room at once
 * does not take the lock.  So an operation that could contend for the lock also sleeps and wakes,
 * which costs far more than the lock.  In return, cancelling, closing, thread exit and fork never
 * meet an operation halfway.
 */
extern pthread_mutex_t lib_lock;

/*
 * A thread is not cancelled (pthread_cancel) from lib_lock_take() to lib_lock_drop():
 * it would leave the lock taken, or an operation of its stack in line.  A thread that sleeps
 * in between lets go of the lock only, by lib_lock_pause() and lib_lock_resume().
 */
void lib_lock_take(void);
/* lib_lock_drop() and lib_lock_pause() also do what was deferred meanwhile. */
void lib_lock_drop(void);
void lib_lock_pause(void);
void lib_lock_resume(void);
/* lib_lock_drop_forked() is for the two processes of a fork: deferred work stays deferred. */
void lib_lock_drop_forked(void);

/**
 * struct deferred - what is to be done when the lock has been dropped
 * @link: on the list of all that is deferred
 * @run: does it, without the lock
 */
struct deferred {
	struct list link;
	void (*run)(struct deferred *deferred);
};

/* With the lock held. */
void lib_lock_defer(struct deferred *deferred, void (*run)(struct deferred *deferred));

#endif /* LOCK_H */
