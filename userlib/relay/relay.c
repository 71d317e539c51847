// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The relay: its parts in the order in which they start.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "counters.h"
#include "fetch.h"
#include "incoming.h"
#include "link.h"
#include "log.h"
#include "outbox.h"
#include "reader.h"
#include "relay.h"
#include "source.h"
#include "status.h"
#include "store.h"

struct relay {
	sd_event *event;
	struct config *config;
	struct sources sources;
	struct status *status;
	int64_t since_ns;
	/* The parts that a change of the configuration stops and starts again; NULL in between. */
	struct incoming *incoming;
	struct store *store;
	struct fetch *fetch;
	struct link *link;
	struct outbox *outbox;
	struct reader *reader;
};

static bool on_made(natsConnection *connection, void *data)
{
	struct relay *relay = data;

	fetch_made(relay->fetch);
	return store_made(relay->store, connection) &&
	       incoming_subscribe(relay->incoming, connection);
}

static void on_up(natsConnection *connection, void *data)
{
	struct relay *relay = data;

	sources_limit(&relay->sources, natsConnection_GetMaxPayload(connection));
	store_up(relay->store);
	fetch_up(relay->fetch);
}

static void on_lost(void *data)
{
	struct relay *relay = data;

	incoming_unsubscribe(relay->incoming);
	fetch_lost(relay->fetch);
	store_lost(relay->store);
}

/* The connection ends first, so that nobody waits for an answer any more. */
static void stop_network(struct relay *relay)
{
	if (relay->link)
		link_stop(relay->link);
	if (relay->reader)
		reader_stop(relay->reader);
	relay->reader = NULL;
	if (relay->outbox)
		outbox_stop(relay->outbox);
	relay->outbox = NULL;
	if (relay->store)
		store_stop(relay->store);
	if (relay->fetch)
		fetch_stop(relay->fetch);
	if (relay->link)
		link_free(relay->link);
	relay->link = NULL;
	if (relay->fetch)
		fetch_free(relay->fetch);
	relay->fetch = NULL;
	if (relay->store)
		store_free(relay->store);
	relay->store = NULL;
	if (relay->incoming)
		incoming_free(relay->incoming);
	relay->incoming = NULL;
}

static bool start_network(struct relay *relay)
{
	const struct link_users users = {
		.made = on_made,
		.up = on_up,
		.lost = on_lost,
		.data = relay,
	};

	relay->incoming = incoming_make(relay->config);
	relay->store = store_make(relay->config, &relay->sources);
	relay->fetch = fetch_make(relay->config);
	if (relay->incoming && relay->store && relay->fetch)
		relay->link = link_start(relay->config, &users);
	if (relay->link)
		relay->outbox = outbox_start(relay->link, relay->sources.count);
	if (relay->outbox)
		relay->reader = reader_start(relay->event, relay->config, &relay->sources,
					     relay->outbox);
	if (relay->reader && store_start(relay->store, relay->link) &&
	    fetch_start(relay->fetch, relay->link))
		return true;
	log_line(SD_ERR, "cannot start: no memory, or no more threads, if nothing else was said");
	stop_network(relay);
	return false;
}

static void put_server(json_t *object, struct relay *relay)
{
	bool up = link_is_up(relay->link) && link_hold(relay->link);
	json_t *dropped = json_object_get(object, "dropped");
	uint64_t slow = counters[DROPPED_SLOW];
	char url[LINK_URL_SIZE] = "";

	if (up) {
		link_server(relay->link, url);
		slow += incoming_dropped(relay->incoming);
		link_release(relay->link);
	}
	json_object_set_new(object, "connected", json_boolean(up));
	json_object_set_new(object, "server", up ? json_string(url) : json_null());
	json_object_set_new(dropped, "slow", json_integer((json_int_t)slow));
}

static json_t *tell(void *data)
{
	struct relay *relay = data;
	json_t *object = json_object();

	if (!object)
		return NULL;
	json_object_set_new(object, "version", json_string(VERSION));
	json_object_set_new(object, "host", json_string(relay->config->host));
	json_object_set_new(object, "domain", json_string(relay->config->domain));
	json_object_set_new(object, "since_ns", json_integer(relay->since_ns));
	json_object_set_new(object, "queued",
			    json_integer((json_int_t)outbox_waiting(relay->outbox)));
	counters_put(object);
	put_server(object, relay);
	json_object_set_new(json_object_get(object, "stored"), "waiting",
			    json_integer((json_int_t)fetch_waiting(relay->fetch)));
	return object;
}

struct relay *relay_start(sd_event *event, struct config *config)
{
	struct relay *relay = calloc(1, sizeof(*relay));
	struct timespec now;

	if (!relay)
		return NULL;
	clock_gettime(CLOCK_REALTIME, &now);
	relay->since_ns = now.tv_sec * 1000000000LL + now.tv_nsec;
	relay->event = event;
	relay->config = config;
	relay->status = status_open(event, config->socket, tell, relay);
	if (relay->status && sources_open(&relay->sources, config) && start_network(relay))
		return relay;
	relay_stop(relay);
	return NULL;
}

/* Find a setting that cannot change while the relay runs: the places of slots, socket and state. */
static const char *what_stays(const struct config *old, const struct config *new)
{
	if (strcmp(old->directory, new->directory))
		return "directory";
	if (strcmp(old->socket, new->socket))
		return "socket";
	return strcmp(old->state, new->state) ? "state" : NULL;
}

bool relay_change(struct relay *relay, struct config *config)
{
	const char *stays = what_stays(relay->config, config);
	struct config *old = relay->config;
	bool done;

	if (stays) {
		log_line(SD_ERR, "%s cannot change while the relay runs", stays);
		return false;
	}
	stop_network(relay);
	done = sources_change(&relay->sources, config);
	if (done) {
		relay->config = config;
		config_free(old);
	}
	if (!start_network(relay))
		exit(EXIT_FAILURE);
	return done;
}

void relay_stop(struct relay *relay)
{
	stop_network(relay);
	sources_close(&relay->sources);
	if (relay->status)
		status_close(relay->status);
	config_free(relay->config);
	free(relay);
}
