/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The owners of mutexes with names.
 */
#ifndef OWNER_H
#define OWNER_H

#include "named.h"
#include "record.h"

/* All but owner_drop() are called with the record of @named begun. */
bool owner_become(struct mailslot_named *named, struct record *record);
void owner_find_dead(struct mailslot_named *named, struct record *record);
void owner_drop(struct mailslot_named *named);

#endif /* OWNER_H */
