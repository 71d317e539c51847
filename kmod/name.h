/* SPDX-License-Identifier: GPL-2.0-only */
/* What a slot may be called.  Pure rules on bytes: which names are in use is names.h. */
#ifndef MAILSLOT_NAME_H
#define MAILSLOT_NAME_H

#include <linux/types.h>

/* More directories above an entry would cost the machine much, for each file that keeps one. */
#define MAILSLOT_COMPONENTS	8

int mailslot_name_check(const char *name, size_t size);
int mailslot_name_check_depth(const char *name);
int mailslot_name_compare(const char *a, const char *b);
bool mailslot_name_below(const char *name, const char *directory);

#endif
