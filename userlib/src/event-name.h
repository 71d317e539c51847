/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of events, semaphores and mutexes, and the file names that stand for them.
 */
#ifndef EVENT_NAME_H
#define EVENT_NAME_H

#include <limits.h>

#include "name.h"

/* Leaves room in a file name for the kind before it and for a suffix. */
#define EVENT_NAME_SIZE (NAME_MAX + 1 - 16)

DWORD event_name_encode(struct text text, char file[EVENT_NAME_SIZE]);

#endif /* EVENT_NAME_H */
