/* SPDX-License-Identifier: GPL-2.0-only */
/* Spare blocks go back to the system when memory is short. */
#ifndef MAILSLOT_RECLAIM_H
#define MAILSLOT_RECLAIM_H

int mailslot_reclaim_init(void);
void mailslot_reclaim_exit(void);

#endif
