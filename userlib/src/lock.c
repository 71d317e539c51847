// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The library's lock, and what waits for it to be dropped.
 */
#include "lock.h"

pthread_mutex_t lib_lock = PTHREAD_MUTEX_INITIALIZER;

static struct list all_deferred = { &all_deferred, &all_deferred };

/* True if the thread that has the lock may be cancelled after it has dropped the lock. */
static __thread int cancel_state __attribute__((tls_model("initial-exec")));

void lib_lock_take(void)
{
	int state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	pthread_mutex_lock(&lib_lock);
	cancel_state = state;
}

void lib_lock_resume(void)
{
	pthread_mutex_lock(&lib_lock);
}

void lib_lock_defer(struct deferred *deferred, void (*run)(struct deferred *deferred))
{
	deferred->run = run;
	list_append(&all_deferred, &deferred->link);
}

void lib_lock_pause(void)
{
	struct list due, *pos, *next;
	int state = cancel_state;

	if (likely(list_empty(&all_deferred))) {
		pthread_mutex_unlock(&lib_lock);
		return;
	}
	list_init(&due);
	list_for_each(pos, next, &all_deferred) {
		list_remove(pos);
		list_append(&due, pos);
	}
	pthread_mutex_unlock(&lib_lock);
	list_for_each(pos, next, &due) {
		struct deferred *deferred = container_of(pos, struct deferred, link);

		deferred->run(deferred);
	}
	/* An extension's function may have called the library, and taken the lock again. */
	cancel_state = state;
}

void lib_lock_drop(void)
{
	lib_lock_pause();
	pthread_setcancelstate(cancel_state, NULL);
}

void lib_lock_drop_forked(void)
{
	pthread_mutex_unlock(&lib_lock);
	pthread_setcancelstate(cancel_state, NULL);
}
