/* SPDX-License-Identifier: GPL-2.0-only */
/* The limits of one instance of the file system: entries, and pages of all queues in it. */
#ifndef MAILSLOT_QUOTA_H
#define MAILSLOT_QUOTA_H

#include <linux/atomic.h>
#include <linux/limits.h>

struct mailslot_quota {
	unsigned int max_entries;	/* slots and directories; a remount changes both limits, */
	unsigned long max_pages;	/* which are read without a lock */
	atomic_t entries;		/* changed without a lock, as the next */
	atomic_long_t pages;
};

int mailslot_quota_add(struct mailslot_quota *quota);
void mailslot_quota_del(struct mailslot_quota *quota);
int mailslot_quota_charge(struct mailslot_quota *quota, unsigned long pages);
void mailslot_quota_uncharge(struct mailslot_quota *quota, unsigned long pages);

#endif
