/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Datagrams on their way to NATS: a bounded queue, and the one thread that publishes. A server that
 * hangs keeps that thread waiting and nobody else.
 */
#ifndef OUTBOX_H
#define OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "link.h"
#include "subject.h"
#include "wire.h"

struct outbox;

/* Start the thread, for so many sources; NULL for lack of memory. The link stays the caller's. */
struct outbox *outbox_start(struct link *link, size_t sources);
/* End the thread. Letters that are still queued are dropped, and counted. */
void outbox_stop(struct outbox *outbox);

/* A payload that is being put together of one source's messages for one subject. */
#define PACK_SIZE	((size_t)32 << 10)

struct pack {
	size_t source;
	char subject[SUBJECT_SIZE];
	unsigned int messages;
	size_t used;
	unsigned char bytes[PACK_SIZE];
};

/*
 * Put a message into the pack. If the messages in the pack have another subject, or leave no room,
 * they are queued first, or dropped and counted.
 */
void outbox_add(struct outbox *outbox, struct pack *pack, const char *subject,
		const struct wire *wire, const void *message);
/* Queue what is in the pack. */
void outbox_flush(struct outbox *outbox, struct pack *pack);

/* Messages in the queue. */
uint64_t outbox_waiting(struct outbox *outbox);

#endif /* OUTBOX_H */
