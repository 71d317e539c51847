/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the end of a thread has to do about the mutexes it owns.
 */
#ifndef MAILSLOT_WIN32_MUTEX_H
#define MAILSLOT_WIN32_MUTEX_H

/* Free all mutexes that the calling thread owns. */
void mutex_abandon_all(void);

#endif /* MAILSLOT_WIN32_MUTEX_H */
