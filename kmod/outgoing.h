/* SPDX-License-Identifier: GPL-2.0-only */
/* A message on the slow way: it is copied into blocks of its own before it enters the queue. */
#ifndef MAILSLOT_OUTGOING_H
#define MAILSLOT_OUTGOING_H

#include "client.h"
#include "queue.h"
#include "ring.h"
#include "wait.h"

struct mailslot_outgoing {
	struct mailslot_client *client;
	struct pid *sender;		/* the writing process; whoever made this holds it */
	size_t length;
	bool nonblock;
	unsigned long pages;		/* number of blocks that the message takes */
	struct mailslot_user *user;	/* the writer, charged for the pages; or NULL */
	struct mailslot_block *blocks;	/* hold the message; NULL once the queue owns them */
	struct mailslot_place end;	/* the end of the message in the blocks */
	struct mailslot_ring_part part;	/* the part of the message that is in a ring already */
	struct mailslot_waiter waiter;	/* the place in line, once the message had to wait */
};

/* The place of the message's record. */
static inline struct mailslot_place mailslot_outgoing_start(const struct mailslot_outgoing *out)
{
	return (struct mailslot_place){ out->blocks, MAILSLOT_BLOCK_START };
}

int mailslot_outgoing_send(struct mailslot_outgoing *out);
bool mailslot_outgoing_post(struct mailslot_outgoing *out);
void mailslot_outgoing_follow(struct mailslot_outgoing *out);
void mailslot_outgoing_end(struct mailslot_outgoing *out);

#endif
