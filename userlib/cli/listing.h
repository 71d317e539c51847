/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The slots of an instance, read by MAILSLOT_IOC_LIST. For slots.c alone. */
#ifndef LISTING_H
#define LISTING_H

#include "slots.h"

void listing_read(struct slots *slots);
bool listing_find(const char *name, struct slot *slot);
bool listing_at(dev_t device, struct slot *slot);

#endif /* LISTING_H */
