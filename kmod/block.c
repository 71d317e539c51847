// SPDX-License-Identifier: GPL-2.0-only
/* The pages that queues are made of: how they are allocated, and who pays for them. */
#include <linux/cgroup.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/kmemleak.h>
#include <linux/llist.h>
#include <linux/sched/signal.h>
#include <linux/workqueue.h>

#include "block.h"
#include "queue.h"
#include "slot.h"

/**
 * mailslot_blocks_payer() - a name of the memory cgroup that pays for what the caller allocates
 *
 * The low half of the cgroup's serial number, which is never given twice, so that no reference is
 * needed. Two cgroups have one name only if four billion others were made between them.
 *
 * Context: process context.
 * Return: the name; 0 where there are no memory cgroups.
 */
u32 mailslot_blocks_payer(void)
{
	u32 payer = 0;

#ifdef CONFIG_MEMCG
	rcu_read_lock();
	payer = task_css(current, memory_cgrp_id)->serial_nr;
	rcu_read_unlock();
#endif
	return payer;
}

/*
 * kmemleak must be told of these pages, because it knows no pages by itself. A page can be lost
 * like any object, and it holds pointers to other objects (struct pid), which would seem lost if
 * kmemleak did not look into the page.
 */
static struct mailslot_block *block_alloc(void)
{
	struct mailslot_block *block;

	block = (void *)__get_free_page(GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (block)
		kmemleak_alloc(block, PAGE_SIZE, 1, GFP_KERNEL);
	return block;
}

static void block_free(struct mailslot_block *block)
{
	kmemleak_free(block);
	free_page((unsigned long)block);
}

/**
 * mailslot_blocks_free() - free a list of blocks
 * @slot: the slot whose queue had them, and for which they count; NULL: none had
 * @first: the list, or NULL
 *
 * Context: process context, may sleep.
 */
void mailslot_blocks_free(struct mailslot_slot *slot, struct mailslot_block *first)
{
	unsigned long count = 0;

	while (first) {
		struct mailslot_block *next = first->next;

		block_free(first);
		first = next;
		if (++count % 1024 == 0)
			cond_resched();
	}
	if (slot)
		mailslot_slot_uncharge(slot, count);
}

/* Lists of blocks to be freed; where a block's records begin, its first block has the link. */
static LLIST_HEAD(doomed);

static struct llist_node *doomed_link(struct mailslot_block *first)
{
	return (void *)first + MAILSLOT_BLOCK_START;
}

static void free_doomed(struct work_struct *work)
{
	struct llist_node *link = llist_del_all(&doomed);

	while (link) {
		struct mailslot_block *first = (void *)link - MAILSLOT_BLOCK_START;

		link = link->next;
		mailslot_blocks_free(NULL, first);
	}
}

static DECLARE_WORK(doomed_work, free_doomed);

/**
 * mailslot_blocks_free_later() - free a list of blocks that nobody is charged for any more
 * @first: the list, or NULL
 *
 * This function is for a task that holds a lock, or that may not run again for a long time: the
 * task keeps none of the blocks.
 *
 * Context: any.
 */
void mailslot_blocks_free_later(struct mailslot_block *first)
{
	if (first && llist_add(doomed_link(first), &doomed))
		schedule_work(&doomed_work);
}

/**
 * mailslot_blocks_exit() - wait until all blocks are freed
 *
 * Context: process context, may sleep.
 */
void mailslot_blocks_exit(void)
{
	flush_work(&doomed_work);
}

/**
 * mailslot_blocks_alloc() - make a list of blocks
 * @count: how many, at least one
 *
 * The memory cgroup of the caller pays, so a writer can only ever exhaust its own. The owner of the
 * slot is charged when the blocks enter its queue.
 *
 * Context: process context, may sleep.
 * Return: the list; or -ENOMEM; or -EINTR when the caller is being killed.
 */
struct mailslot_block *mailslot_blocks_alloc(unsigned long count)
{
	u32 payer = mailslot_blocks_payer();
	struct mailslot_block *first = NULL;
	unsigned long i;
	int err;

	for (i = 0; i < count; i++) {
		struct mailslot_block *block;

		err = -ENOMEM;
		block = block_alloc();
		if (!block)
			goto err_free;
		mailslot_block_init(block);
		block->payer = payer;
		block->next = first;
		first = block;
		if (i % 1024 != 1023)
			continue;
		cond_resched();
		err = -EINTR;
		if (fatal_signal_pending(current))
			goto err_free;
	}
	return first;

err_free:
	mailslot_blocks_free(NULL, first);
	return ERR_PTR(err);
}
