/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of all live slots, and the device numbers of their nodes. */
#ifndef MAILSLOT_SLOT_TABLE_H
#define MAILSLOT_SLOT_TABLE_H

#include <linux/kdev_t.h>
#include <linux/types.h>
#include <linux/xarray.h>

struct mailslot_home;
struct mailslot_slot;

/* All live slots, by minor; protected by RCU. */
extern struct xarray mailslot_slots;

/* The last minor of a slot. The next minor is never used for a slot. */
#define MAILSLOT_LAST_MINOR	(MINORMASK - 1)

int mailslot_slots_reserve(struct mailslot_slot *slot);
void mailslot_slots_add(struct mailslot_slot *slot);
void mailslot_slots_remove(const struct mailslot_slot *slot);
struct mailslot_slot *mailslot_slot_find(unsigned int minor, const struct mailslot_home *home);
dev_t mailslot_slots_devt(unsigned int minor);
int mailslot_slots_init(void);
void mailslot_slots_exit(void);

#endif
