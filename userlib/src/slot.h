/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Slots, for those who need to know about one.
 */
#ifndef SLOT_H
#define SLOT_H

#include "end.h"

DWORD slot_info(struct end *end, struct mailslot_info *info);

#endif /* SLOT_H */
