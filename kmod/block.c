// SPDX-License-Identifier: GPL-2.0-only
/* The pages that queues are made of: where they come from, who pays for them. */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/sched.h>

#include "block.h"
#include "queue.h"
#include "user.h"

/**
 * mailslot_blocks_free() - free a list of blocks
 * @user: who was charged for them
 * @first: the list, or NULL
 *
 * Context: process context, may sleep.
 */
void mailslot_blocks_free(struct mailslot_user *user, struct mailslot_block *first)
{
	unsigned long count = 0;

	while (first) {
		struct mailslot_block *next = first->next;

		free_page((unsigned long)first);
		first = next;
		if (++count % 1024 == 0)
			cond_resched();
	}
	if (count)
		mailslot_user_uncharge(user, count);
}

/**
 * mailslot_blocks_alloc() - make a list of blocks
 * @user: the slot's owner, charged for them
 * @count: how many, at least one
 *
 * The memory cgroup of the caller pays, so a writer can only ever exhaust its own.
 *
 * Context: process context, may sleep.
 * Return: the list; or -EDQUOT, -ENOMEM.
 */
struct mailslot_block *mailslot_blocks_alloc(struct mailslot_user *user, unsigned long count)
{
	struct mailslot_block *first = NULL;
	unsigned long i;
	int err;

	err = mailslot_user_charge(user, count);
	if (err)
		return ERR_PTR(err);
	for (i = 0; i < count; i++) {
		struct mailslot_block *block;

		block = (void *)__get_free_page(GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
		if (!block)
			goto err_free;
		mailslot_block_init(block);
		block->next = first;
		first = block;
		if (i % 1024 == 1023)
			cond_resched();
	}
	return first;

err_free:
	mailslot_user_uncharge(user, count - i);
	mailslot_blocks_free(user, first);
	return ERR_PTR(-ENOMEM);
}
