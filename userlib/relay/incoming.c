// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Datagrams from the network into local slots.
 *
 * Everything runs in the one thread in which libnats delivers the messages of all subscriptions
 * (natsOptions_UseGlobalMessageDelivery, a pool of one), so nothing here needs a lock.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "deliver.h"
#include "incoming.h"
#include "link.h"

/*
 * A cache of subjects that were decoded, and of the exports that were found for them, so that a
 * message takes no longer for a thousand exports than for one. The size is a power of two.
 */
#define ROUTES	4096

struct route {
	char *text;			/* NULL: unused */
	struct subject subject;
	const struct config_export *export;
};

enum { FOR_HOST, FOR_DOMAIN, SUBSCRIPTIONS };

struct incoming {
	const struct config *config;
	natsSubscription *subscriptions[SUBSCRIPTIONS];
	struct targets *targets;
	struct route *routes[ROUTES];
};

static void route_free(struct route *route)
{
	if (route)
		free(route->text);
	free(route);
}

/* Decode the subject and look for its export; NULL, and counted, when there is nothing to route. */
static struct route *route_make(const struct config *config, const char *text)
{
	struct route *route = calloc(1, sizeof(*route));

	if (route && !subject_decode(text, &route->subject)) {
		count(DROPPED_GARBAGE, 1);
		free(route);
		return NULL;
	}
	if (route) {
		route->export = config_find_export(config, &route->subject);
		route->text = strdup(text);
	}
	if (route && route->text)
		return route;
	count(DROPPED_OWN_ERROR, 1);
	free(route);
	return NULL;
}

static const struct route *find_route(struct incoming *incoming, const char *text)
{
	struct route **slot = &incoming->routes[address_hash(text) % ROUTES], *route = *slot;

	if (route && !strcmp(route->text, text))
		return route;
	route = route_make(incoming->config, text);
	if (!route)
		return NULL;
	route_free(*slot);
	*slot = route;
	return route;
}

static bool has_header(natsMsg *msg)
{
	const char **keys = NULL;
	int count = 0;

	if (natsMsgHeader_Keys(msg, &keys, &count))
		return false;
	free(keys);
	return true;
}

/* Write the batch to its slot, and count what the slot does not take. */
static void flush(struct incoming *incoming, const struct route *route,
		  struct delivery_batch *batch)
{
	enum target_result result;
	unsigned int written, left;

	result = deliver(incoming->targets, route->export, route->subject.to.name, batch, &written,
			 &left);
	if (left)
		deliver_drop(result, left);
}

/* Deliver all messages of a payload; stop at bytes that are no message. */
static void unpack(struct incoming *incoming, const struct route *route, const char *payload,
		   size_t length)
{
	struct delivery_batch batch = { .count = 0 };
	struct wire wire;

	do {
		if (!wire_get(payload, length, &wire)) {
			count(DROPPED_GARBAGE, 1);
			break;
		}
		if (batch.count == DELIVER_BATCH)
			flush(incoming, route, &batch);
		if (!deliver_add(&batch, route->export, route->subject.sender, &wire,
				 payload + WIRE_SIZE))
			count(DROPPED_OWN_ERROR, 1);
		payload += WIRE_SIZE + wire.length;
		length -= WIRE_SIZE + wire.length;
	} while (length);
	flush(incoming, route, &batch);
}

static void take(struct incoming *incoming, natsMsg *msg)
{
	const struct route *route;

	/*
	 * A message of a relay has no header. A message that the server itself sends to a subject
	 * has one, whoever has told the server to send it and under whatever sender's name (a
	 * stream's "republish").
	 */
	if (has_header(msg)) {
		count(DROPPED_GARBAGE, 1);
		return;
	}
	route = find_route(incoming, natsMsg_GetSubject(msg));
	if (!route)
		return;
	if (!route->export || route->export->delivery != DELIVERY_DATAGRAM)
		count(DROPPED_NOT_EXPORTED, 1);
	else
		unpack(incoming, route, natsMsg_GetData(msg), (size_t)natsMsg_GetDataLength(msg));
}

static void on_message(natsConnection *connection, natsSubscription *subscription, natsMsg *msg,
		       void *data)
{
	(void)connection;
	(void)subscription;
	take(data, msg);
	natsMsg_Destroy(msg);
}

struct incoming *incoming_make(const struct config *config)
{
	struct incoming *incoming = calloc(1, sizeof(*incoming));

	if (!incoming)
		return NULL;
	incoming->config = config;
	incoming->targets = targets_make();
	if (incoming->targets)
		return incoming;
	free(incoming);
	return NULL;
}

void incoming_free(struct incoming *incoming)
{
	size_t i;

	for (i = 0; i < ROUTES; i++)
		route_free(incoming->routes[i]);
	targets_free(incoming->targets);
	free(incoming);
}

bool incoming_subscribe(struct incoming *incoming, natsConnection *connection)
{
	char token[SUBJECT_TOKEN_SIZE], text[SUBJECT_TOKEN_SIZE + 64];
	natsStatus status;

	subject_token(token, incoming->config->host);
	snprintf(text, sizeof(text), "mailslot.datagram.*.host.%s.>", token);
	status = link_subscribe(&incoming->subscriptions[FOR_HOST], connection, text, on_message,
				incoming);
	subject_token(token, incoming->config->domain);
	snprintf(text, sizeof(text), "mailslot.datagram.*.domain.%s.>", token);
	if (!status)
		status = link_subscribe(&incoming->subscriptions[FOR_DOMAIN], connection, text,
					on_message, incoming);
	return !status;
}

uint64_t incoming_dropped(const struct incoming *incoming)
{
	uint64_t all = 0;
	int64_t dropped;
	int i;

	for (i = 0; i < SUBSCRIPTIONS; i++)
		if (incoming->subscriptions[i] &&
		    !natsSubscription_GetDropped(incoming->subscriptions[i], &dropped))
			all += (uint64_t)dropped;
	return all;
}

void incoming_unsubscribe(struct incoming *incoming)
{
	int i;

	count(DROPPED_SLOW, incoming_dropped(incoming));

	for (i = 0; i < SUBSCRIPTIONS; i++) {
		natsSubscription_Destroy(incoming->subscriptions[i]);
		incoming->subscriptions[i] = NULL;
	}
}
