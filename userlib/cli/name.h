/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of slots as they are given to the command.
 */
#ifndef CLI_NAME_H
#define CLI_NAME_H

#include "place.h"

const char *name_argument(const char *given);
void name_path(const char *name, char path[NODE_PATH_SIZE]);

#endif /* CLI_NAME_H */
