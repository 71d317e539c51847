/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The home of slots: the one directory in which the process makes and finds them.
 */
#ifndef HOME_H
#define HOME_H

#include <limits.h>

#include <linux/mailslot.h>

#include "lib.h"

/* The longest home, in bytes: with a slash, any name and a NUL it fits in PATH_MAX. */
#define HOME_MAX	(PATH_MAX - 1 - MAILSLOT_NAME_SIZE)

/* This is called when the library is loaded, before everything else. */
void home_begin(void);

const char *home_directory(void);
DWORD home_find(bool *instance);
DWORD home_error(void);

#endif /* HOME_H */
