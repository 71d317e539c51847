/* SPDX-License-Identifier: GPL-2.0-only */
/* The rules for the names of slots.  name-table.h says which names are in use. */
#ifndef MAILSLOT_NAME_H
#define MAILSLOT_NAME_H

#include <linux/types.h>

/* A file keeps the directories above it in memory, so their number is limited. */
#define MAILSLOT_COMPONENTS	8

int mailslot_name_check(const char *name, size_t size);
int mailslot_name_check_depth(const char *name);
int mailslot_name_compare(const char *a, const char *b);
bool mailslot_name_below(const char *name, const char *directory);

#endif
