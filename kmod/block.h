/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pages that queues are made of.  A block is one page: this header, then records and message
 * bytes.  The layout behind the header is described in queue.h.
 */
#ifndef MAILSLOT_BLOCK_H
#define MAILSLOT_BLOCK_H

#include <linux/types.h>

struct mailslot_slot;

/* Aligned for the records behind it on 32-bit machines, too. */
struct mailslot_block {
	struct mailslot_block *next;
	u32 last;	/* the last offset at which a record may start */
	u32 payer;	/* names the memory cgroup that pays: mailslot_blocks_payer() */
} __aligned(8);

u32 mailslot_blocks_payer(void);
struct mailslot_block *mailslot_blocks_alloc(unsigned long count);
void mailslot_blocks_free(struct mailslot_slot *slot, struct mailslot_block *first);
void mailslot_blocks_free_later(struct mailslot_block *first);
void mailslot_blocks_exit(void);

#endif
