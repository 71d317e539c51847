/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The directory of the slots: /dev/mailslot, or what MAILSLOT_DIR in the environment names.  It is
 * an instance (a file system of type mailslot), or it is /dev/mailslot with nodes of devtmpfs.
 */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>

#include "home.h"

/* Room for the path of any slot's node. */
#define NODE_PATH_SIZE	PATH_MAX

const char *place_directory(void);
bool place_is_there(void);
bool place_is_instance(void);
int place_open(const char *directory);
_Noreturn void place_no_permission(const char *what);

#endif /* PLACE_H */
