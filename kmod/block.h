/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pages that queues are made of.  A block is one page: this header, then records and message
 * bytes.  What is where in it is the queue's business (queue.h).
 */
#ifndef MAILSLOT_BLOCK_H
#define MAILSLOT_BLOCK_H

#include <linux/types.h>

struct mailslot_user;

struct mailslot_block {
	struct mailslot_block *next;
	u32 last;	/* the last offset at which a record may start */
};

struct mailslot_block *mailslot_blocks_alloc(unsigned long count);
void mailslot_blocks_free(struct mailslot_user *user, struct mailslot_block *first);

#endif
