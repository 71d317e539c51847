/* SPDX-License-Identifier: GPL-2.0-only */
/* The descriptor of a ring: what MAILSLOT_IOC_RING returns. */
#ifndef MAILSLOT_RING_FILE_H
#define MAILSLOT_RING_FILE_H

#include <linux/poll.h>

#include "slot.h"

long mailslot_ring_ioctl(struct mailslot_slot *slot, void __user *user, size_t size);
__poll_t mailslot_ring_poll(struct mailslot_slot *slot, struct file *file,
			    struct poll_table_struct *table);

#endif
