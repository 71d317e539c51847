// SPDX-License-Identifier: GPL-2.0-only
/* The limits of one instance of the file system: entries, and pages of all queues in it. */
#include <linux/compiler.h>
#include <linux/errno.h>

#include "quota.h"

/**
 * mailslot_quota_add() - count one more slot or directory
 * @quota: of the instance
 *
 * Context: any.
 * Return: 0 or -ENOSPC.
 */
int mailslot_quota_add(struct mailslot_quota *quota)
{
	unsigned int most = READ_ONCE(quota->max_entries);
	int old = atomic_read(&quota->entries);

	do {
		if ((unsigned int)old >= most)
			return -ENOSPC;
	} while (!atomic_try_cmpxchg(&quota->entries, &old, old + 1));
	return 0;
}

/**
 * mailslot_quota_del() - uncount a slot or directory that is gone
 * @quota: of the instance
 *
 * Context: any.
 */
void mailslot_quota_del(struct mailslot_quota *quota)
{
	atomic_dec(&quota->entries);
}

/**
 * mailslot_quota_charge() - count pages that enter a queue
 * @quota: of the instance
 * @pages: how many
 *
 * Context: any.
 * Return: 0 or -EDQUOT.
 */
int mailslot_quota_charge(struct mailslot_quota *quota, unsigned long pages)
{
	unsigned long most = READ_ONCE(quota->max_pages);
	long old = atomic_long_read(&quota->pages);

	do {
		if (old + pages > most)
			return -EDQUOT;
	} while (!atomic_long_try_cmpxchg(&quota->pages, &old, old + pages));
	return 0;
}

/**
 * mailslot_quota_uncharge() - count pages that a queue has given back
 * @quota: of the instance
 * @pages: how many
 *
 * Context: any.
 */
void mailslot_quota_uncharge(struct mailslot_quota *quota, unsigned long pages)
{
	atomic_long_sub(pages, &quota->pages);
}
