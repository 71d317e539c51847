/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages of the network into one local slot, with the origin before each where their export says
 * so.
 */
#ifndef DELIVER_H
#define DELIVER_H

#include "config.h"
#include "target.h"
#include "wire.h"

/* The most messages of one payload that are written in one call. */
#define DELIVER_BATCH	64

/* Messages that are to be written together; empty when all is zero. */
struct delivery_batch {
	struct mailslot_send_msg messages[DELIVER_BATCH];
	unsigned int count;
};

/*
 * Add a message of the payload, whose header is @wire, to the batch. The bytes are not copied,
 * unless the message has an origin: then they are copied, and deliver() frees the copy. Return
 * false if there is no memory, or no room.
 */
bool deliver_add(struct delivery_batch *batch, const struct config_export *export,
		 const char *sender, const struct wire *wire, const void *message);

/*
 * Write the batch to the slot and count what was written. Messages that are too long for the slot
 * are dropped and counted. The batch is empty after that; *left is how many messages of it are
 * neither, for the reason that is returned. *written: how many were written.
 */
enum target_result deliver(struct targets *targets, const struct config_export *export,
			   const char *name, struct delivery_batch *batch, unsigned int *written,
			   unsigned int *left);

/* Count messages that are dropped for this reason. */
void deliver_drop(enum target_result reason, unsigned int messages);

#endif /* DELIVER_H */
