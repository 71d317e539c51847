/* SPDX-License-Identifier: GPL-2.0-only */
/* What userspace sees of slots in the file system: nodes in /dev/mailslot, directories in sysfs. */
#ifndef MAILSLOT_NODE_H
#define MAILSLOT_NODE_H

#include <linux/device.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>

/* Minors of slots; the one behind is no slot's ever. */
#define MAILSLOT_LAST_MINOR	(MINORMASK - 1)

void mailslot_node_init(struct device *dev, unsigned int minor,
			void (*release)(struct device *dev));
int mailslot_node_check(const char *name);
int mailslot_node_add(struct device *dev);
void mailslot_node_del(struct device *dev);
dev_t mailslot_node_no_slot(void);
int mailslot_node_add_control(const struct file_operations *operations);
void mailslot_node_del_control(void);

int mailslot_nodes_init(void);
void mailslot_nodes_exit(void);

#endif
