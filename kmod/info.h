/* SPDX-License-Identifier: GPL-2.0-only */
/* The state of a slot: GET_INFO, SET_INFO, fdinfo. */
#ifndef MAILSLOT_INFO_H
#define MAILSLOT_INFO_H

#include <linux/seq_file.h>
#include <linux/mailslot.h>

#include "slot.h"

/* The number of an ioctl command without the size of its structure, which may grow. */
#define MAILSLOT_IOC_ID(cmd)	((cmd) & ~(_IOC_SIZEMASK << _IOC_SIZESHIFT))

s64 mailslot_info_get(struct mailslot_slot *slot, struct mailslot_info *info);
long mailslot_info_ioctl(struct mailslot_slot *slot, u32 end, void __user *to, size_t size);
long mailslot_set_info_ioctl(struct mailslot_slot *slot, const void __user *from, size_t size);
void mailslot_info_show(struct mailslot_slot *slot, bool server, struct seq_file *m);

#endif
