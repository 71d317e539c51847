/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening a slot's client end.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include "cli.h"

int client_open(const char *name, int flags, struct mailslot_info *info);
int client_wait(const char *name, int flags, struct mailslot_info *info, uint64_t timeout_ns);
int client_try(const char *name, int flags, struct mailslot_info *info, bool *foreign);

#endif /* CLIENT_H */
