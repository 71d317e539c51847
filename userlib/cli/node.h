/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Nodes in /dev/mailslot: whether they are slots', and opening them.
 */
#ifndef NODE_H
#define NODE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "cli.h"

bool node_module_loaded(void);
const char *node_kind(const struct stat *st);
_Noreturn void node_no_module(void);
int node_open(const char *name, int flags, struct mailslot_info *info);
int node_wait(const char *name, int flags, struct mailslot_info *info, uint64_t timeout_ns);
int node_try(const char *name, int flags, struct mailslot_info *info, bool *foreign);

#endif /* NODE_H */
