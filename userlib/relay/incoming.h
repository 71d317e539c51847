/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Datagrams from the network into local slots.
 */
#ifndef INCOMING_H
#define INCOMING_H

#include <nats/nats.h>
#include <stdbool.h>

#include "config.h"

struct incoming;

struct incoming *incoming_make(const struct config *config);
/* Call this after incoming_unsubscribe() and the end of the connection. */
void incoming_free(struct incoming *incoming);

/*
 * Subscribe to messages for this host and for its domain. On false, the error is NATS' last error.
 */
bool incoming_subscribe(struct incoming *incoming, natsConnection *connection);
void incoming_unsubscribe(struct incoming *incoming);

/*
 * Messages that came faster than slots took them, since the subscriptions were made; while the
 * connection is held. Those of subscriptions that are gone are in the counter DROPPED_SLOW.
 */
uint64_t incoming_dropped(const struct incoming *incoming);

#endif /* INCOMING_H */
