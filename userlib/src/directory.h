/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The directory of a user's named objects, and the files in it.
 */
#ifndef DIRECTORY_H
#define DIRECTORY_H

#include <sys/types.h>

#include "lib.h"

#define DIRECTORY_PATH_SIZE	64

void directory_path(char path[DIRECTORY_PATH_SIZE], uid_t uid);
int directory_open(uid_t uid);
int directory_lock(uid_t uid);
int directory_open_file(int directory, const char *file, int flags);

/* Take the exclusive lock of a file in it. */
int directory_lock_file(int fd);

#endif /* DIRECTORY_H */
