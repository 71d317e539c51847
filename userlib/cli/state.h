/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The state of a slot's name and node, in the same words for every subcommand.
 */
#ifndef STATE_H
#define STATE_H

#include "cli.h"
#include "slots.h"

char *state_of_node(const struct slot *slot);
char *state_of_path(const char *path);
enum exit_code state_of_name(const char *name, char **text);

#endif /* STATE_H */
