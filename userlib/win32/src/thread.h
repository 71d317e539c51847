/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Declarations of thread.c for other files. */
#ifndef MAILSLOT_WIN32_THREAD_H
#define MAILSLOT_WIN32_THREAD_H

#include "internal.h"

/*
 * libmailslot's number of a thread; 0 and the last error for a handle of none.  @queue: a
 * routine will be queued, which a thread that has not begun has to run first.
 */
uint64_t thread_number(HANDLE thread, bool queue);

/* The nice value of a thread of normal priority. */
extern int thread_nice;

#endif /* MAILSLOT_WIN32_THREAD_H */
