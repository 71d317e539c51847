/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages into a ring. */
#ifndef MAILSLOT_RING_SEND_H
#define MAILSLOT_RING_SEND_H

#include "client.h"
#include "ring.h"
#include "usercopy.h"

/* The most bytes of a message that are copied into a ring in one section of the lock. */
#define MAILSLOT_RING_COPY_MAX	MAILSLOT_BATCH_LOCKED_MAX

struct mailslot_client *mailslot_ring_client_alloc(void);
void mailslot_ring_client_free(struct mailslot_client *client);

int mailslot_ring_send_locked(struct mailslot_client *client, const void __user *from, u32 length);
int mailslot_ring_send(struct mailslot_client *client, const void __user *from, size_t length);

int mailslot_ring_queue(struct mailslot_outgoing *out);
void mailslot_ring_forget(struct mailslot_slot *slot, const struct mailslot_ring_part *part);

#endif
