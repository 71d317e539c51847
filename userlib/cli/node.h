/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Nodes in /dev/mailslot: whether they are slots', and whether there is a module.
 */
#ifndef NODE_H
#define NODE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "cli.h"

bool node_module_loaded(void);
const char *node_kind(const struct stat *st);
_Noreturn void node_no_module(void);

#endif /* NODE_H */
