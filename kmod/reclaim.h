/* SPDX-License-Identifier: GPL-2.0-only */
/* Spare blocks go back to the system when memory is short, or their owner has too many. */
#ifndef MAILSLOT_RECLAIM_H
#define MAILSLOT_RECLAIM_H

struct mailslot_slot;

void mailslot_reclaim_for(const struct mailslot_slot *slot);

int mailslot_reclaim_init(void);
void mailslot_reclaim_exit(void);

#endif
