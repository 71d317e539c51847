/* SPDX-License-Identifier: GPL-2.0-only */
/* The entries of slots in the file system: nodes in /dev/mailslot, directories in sysfs. */
#ifndef MAILSLOT_NODE_H
#define MAILSLOT_NODE_H

#include <linux/fs.h>

#include "slot.h"

struct mailslot_slot *mailslot_node_create(const struct mailslot_params *params);
void mailslot_node_abandon(struct mailslot_slot *slot);
int mailslot_node_publish(struct mailslot_slot *slot);
struct mailslot_slot *mailslot_node_slot(const struct inode *inode);

int mailslot_nodes_init(const struct file_operations *operations);
void mailslot_nodes_exit(void);

#endif
