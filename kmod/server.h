/* SPDX-License-Identifier: GPL-2.0-only */
/* The server end of a slot: the file that CREATE returns. */
#ifndef MAILSLOT_SERVER_H
#define MAILSLOT_SERVER_H

#include <linux/fs.h>

#include "slot.h"

struct file *mailslot_server_file(struct mailslot_slot *slot, unsigned int flags);
int mailslot_server_begin(struct mailslot_slot *slot, struct inode *inode, struct file *file);

#endif
