/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The work that the end of a thread has to do for the mutexes that the thread owns. */
#ifndef MAILSLOT_WIN32_MUTEX_H
#define MAILSLOT_WIN32_MUTEX_H

/* Free all mutexes that the calling thread owns. */
void mutex_abandon_all(void);

#endif /* MAILSLOT_WIN32_MUTEX_H */
