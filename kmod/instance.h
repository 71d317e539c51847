/* SPDX-License-Identifier: GPL-2.0-only */
/* An instance: slots in a file system of their own, one for each mount of type "mailslot". */
#ifndef MAILSLOT_INSTANCE_H
#define MAILSLOT_INSTANCE_H

#include <linux/fs.h>

#include "quota.h"

struct mailslot_instance {
	struct mailslot_quota quota;
};

static inline struct mailslot_instance *mailslot_instance_of(const struct super_block *sb)
{
	return sb->s_fs_info;
}

int mailslot_instances_init(void);
void mailslot_instances_exit(void);

#endif
