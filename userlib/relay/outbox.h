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
#include "wire.h"

struct outbox;

/* Start the thread; NULL for lack of memory. The link stays the caller's. */
struct outbox *outbox_start(struct link *link);
/* End the thread. What is still queued is dropped, and counted. */
void outbox_stop(struct outbox *outbox);

/* Queue a message, or drop it and count that. The message is copied. */
void outbox_add(struct outbox *outbox, const char *subject, const struct wire *wire,
		const void *message, size_t length);
/* Have the thread look at what was queued; after one outbox_add() or many. */
void outbox_wake(struct outbox *outbox);

/* Messages in the queue. */
uint64_t outbox_waiting(struct outbox *outbox);

#endif /* OUTBOX_H */
