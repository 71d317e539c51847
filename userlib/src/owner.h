/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Who owns a mutex with a name.
 */
#ifndef OWNER_H
#define OWNER_H

#include "named.h"
#include "record.h"

/* With the record of @named begun, but for owner_drop(). */
bool owner_become(struct mailslot_named *named, struct record *record);
void owner_find_dead(struct mailslot_named *named, struct record *record);
void owner_drop(struct mailslot_named *named);

#endif /* OWNER_H */
