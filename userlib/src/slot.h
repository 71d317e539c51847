/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Functions that tell other files about a slot. */
#ifndef SLOT_H
#define SLOT_H

#include "end.h"

DWORD slot_info(struct end *end, struct mailslot_info *info);

#endif /* SLOT_H */
