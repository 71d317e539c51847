/* SPDX-License-Identifier: GPL-2.0-only */
/* Spare blocks are freed when memory is short, or when their owner has reached a limit. */
#ifndef MAILSLOT_RECLAIM_H
#define MAILSLOT_RECLAIM_H

struct mailslot_slot;

void mailslot_reclaim_for(const struct mailslot_slot *slot);

int mailslot_reclaim_init(void);
void mailslot_reclaim_exit(void);

#endif
