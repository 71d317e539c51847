/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Doors: the FIFOs by which other processes end a thread's wait.
 */
#ifndef DOOR_H
#define DOOR_H

#include "thread.h"

/* With lib_lock held. */
bool door_open(struct thread *thread, uid_t uid);
void door_drain(struct thread *thread);
void door_forget(struct thread *thread);
void door_close(struct thread *thread, bool forked);

/*
 * The functions below find the door of any process of the user by the door's name in the user's
 * directory.
 */
bool door_ring(uid_t uid, const char *door);
bool door_is_open(uid_t uid, const char *door);

#endif /* DOOR_H */
