/* SPDX-License-Identifier: GPL-2.0-only */
/* A message on its slow way: made whole in blocks of its own before it enters the queue. */
#ifndef MAILSLOT_OUTGOING_H
#define MAILSLOT_OUTGOING_H

#include "client.h"
#include "queue.h"
#include "ring.h"
#include "wait.h"

struct mailslot_outgoing {
	struct mailslot_client *client;
	struct pid *sender;		/* of the writing task; whoever made this holds it */
	size_t length;
	bool nonblock;
	unsigned long pages;		/* that the message takes in blocks of its own */
	struct mailslot_user *user;	/* the writer, charged for them until the end; or NULL */
	struct mailslot_block *blocks;	/* bytes in place; NULL once they are the queue's */
	struct mailslot_place end;	/* of the bytes in them */
	struct mailslot_ring_part part;	/* what of the message has been copied into a ring */
	struct mailslot_waiter waiter;	/* its place in line, once it had to wait */
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
