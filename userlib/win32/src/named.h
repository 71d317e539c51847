/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of semaphores and mutexes, shared by all processes of a user.
 */
#ifndef MAILSLOT_WIN32_NAMED_H
#define MAILSLOT_WIN32_NAMED_H

#include "internal.h"

/**
 * struct named - an open name
 * @fifo: read end of the name's FIFO: what waits poll
 * @state: the name's file: locks and the object's lasting numbers
 * @path: of the FIFO; @state's has ".state" behind it
 * @existed: somebody had it open before
 */
struct named {
	int fifo;
	int state;
	char path[320];
	bool existed;
};

/*
 * Open a name of a kind ("mutex", "semaphore"), making it if @create.  @init, with
 * the names locked, sets up a new one.  FALSE and the last error on failure.
 */
BOOL named_open(struct named *n, const char *kind, const char *name, bool create,
		int (*init)(struct named *n, void *arg), void *arg);

/* Let go of it: the last one to do so removes the name. */
void named_close(struct named *n);

#endif /* MAILSLOT_WIN32_NAMED_H */
