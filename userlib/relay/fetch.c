// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Stored messages of other hosts: the thread that fetches them.
 *
 * `lock` covers the list of messages that have come and why the thread is to look. A callback of
 * libnats, and the maker's thread, take it and nothing else; no call of libnats is made under it.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "counters.h"
#include "fetch.h"
#include "lib.h"
#include "log.h"
#include "peer.h"

struct arrival {
	struct arrival *next;
	struct peer *peer;
	natsMsg *msg;
	int64_t id;			/* of the subscription */
};

struct fetch {
	const struct config *config;
	struct link *link;
	pthread_t thread;
	bool running;
	struct targets *targets;
	struct peer *peers;
	size_t peer_count;
	size_t turn;			/* of the peers, who may order first */
	struct maker *maker;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct arrival *first, **last;	/* under lock */
	bool fresh;			/* under lock: there is a server again */
	bool made;			/* under lock: the maker has done an order */
	bool stop;			/* under lock */
	_Atomic uint64_t waiting;
};

static void on_message(natsConnection *connection, natsSubscription *subscription, natsMsg *msg,
		       void *data)
{
	struct arrival *arrival = malloc(sizeof(*arrival));
	struct peer *peer = data;
	struct fetch *fetch = peer->owner;

	(void)connection;
	/* This message is lost for lack of memory; the next message shows the gap. */
	if (!arrival) {
		natsMsg_Destroy(msg);
		return;
	}
	arrival->next = NULL;
	arrival->peer = peer;
	arrival->msg = msg;
	arrival->id = natsSubscription_GetID(subscription);
	pthread_mutex_lock(&fetch->lock);
	*fetch->last = arrival;
	fetch->last = &arrival->next;
	pthread_cond_signal(&fetch->changed);
	pthread_mutex_unlock(&fetch->lock);
}

static void drop_arrivals(struct arrival *arrival)
{
	struct arrival *next;

	for (; arrival; arrival = next) {
		next = arrival->next;
		natsMsg_Destroy(arrival->msg);
		free(arrival);
	}
}

void fetch_made(struct fetch *fetch)
{
	struct arrival *old;

	/* Another connection gives its subscriptions the same numbers. */
	pthread_mutex_lock(&fetch->lock);
	old = fetch->first;
	fetch->first = NULL;
	fetch->last = &fetch->first;
	pthread_mutex_unlock(&fetch->lock);
	drop_arrivals(old);
}

void fetch_up(struct fetch *fetch)
{
	pthread_mutex_lock(&fetch->lock);
	fetch->fresh = true;
	pthread_cond_signal(&fetch->changed);
	pthread_mutex_unlock(&fetch->lock);
}

void fetch_lost(struct fetch *fetch)
{
	size_t i;

	for (i = 0; i < fetch->peer_count; i++) {
		natsSubscription_Destroy(fetch->peers[i].subscription);
		fetch->peers[i].subscription = NULL;
	}
}

static void on_order_done(void *data)
{
	struct fetch *fetch = data;

	pthread_mutex_lock(&fetch->lock);
	fetch->made = true;
	pthread_cond_signal(&fetch->changed);
	pthread_mutex_unlock(&fetch->lock);
}

uint64_t fetch_waiting(struct fetch *fetch)
{
	return atomic_load(&fetch->waiting);
}

static uint64_t next_ns(const struct fetch *fetch)
{
	uint64_t next = UINT64_MAX, one;
	size_t i;

	for (i = 0; i < fetch->peer_count; i++) {
		one = peer_next_ns(&fetch->peers[i]);
		if (one < next)
			next = one;
	}
	return next;
}

/* Wait until something has come or is due. Return false if it is time to stop. */
static bool wait_for_work(struct fetch *fetch, struct arrival **arrivals, bool *fresh)
{
	uint64_t next = next_ns(fetch);
	struct timespec until = {
		.tv_sec = (time_t)(next / 1000000000),
		.tv_nsec = (long)(next % 1000000000),
	};
	bool stop;

	pthread_mutex_lock(&fetch->lock);
	while (!fetch->first && !fetch->fresh && !fetch->made && !fetch->stop) {
		if (next == UINT64_MAX)
			pthread_cond_wait(&fetch->changed, &fetch->lock);
		else if (pthread_cond_timedwait(&fetch->changed, &fetch->lock, &until))
			break;
	}
	*arrivals = fetch->first;
	fetch->first = NULL;
	fetch->last = &fetch->first;
	*fresh = fetch->fresh;
	fetch->fresh = false;
	fetch->made = false;
	stop = fetch->stop;
	pthread_mutex_unlock(&fetch->lock);
	return !stop;
}

static void take_arrivals(struct arrival *arrival)
{
	struct arrival *next;

	for (; arrival; arrival = next) {
		next = arrival->next;
		peer_take(arrival->peer, arrival->msg, arrival->id);
		free(arrival);
	}
}

static void run_peers(struct fetch *fetch)
{
	natsConnection *connection = link_is_up(fetch->link) ? link_hold(fetch->link) : NULL;
	uint64_t waiting = 0;
	struct order order;
	size_t i;

	if (maker_take(fetch->maker, &order)) {
		peer_made(order.peer, connection, on_message, &order);
		/*
		 * Start with another peer each time, so that peers that fail again and again do not
		 * keep the maker from the others.
		 */
		fetch->turn = (size_t)(order.peer - fetch->peers) + 1;
	}
	for (i = 0; i < fetch->peer_count; i++) {
		struct peer *peer = &fetch->peers[(fetch->turn + i) % fetch->peer_count];

		peer_run(peer, connection, fetch->maker, fetch->targets, clock_now());
		waiting += peer_waiting(peer);
	}
	if (connection)
		link_release(fetch->link);
	atomic_store(&fetch->waiting, waiting);
}

static void *fetch_thread(void *data)
{
	struct fetch *fetch = data;
	struct arrival *arrivals;
	bool fresh;
	size_t i;

	while (wait_for_work(fetch, &arrivals, &fresh)) {
		take_arrivals(arrivals);
		for (i = 0; fresh && i < fetch->peer_count; i++)
			peer_reset(&fetch->peers[i]);
		run_peers(fetch);
	}
	drop_arrivals(arrivals);
	nats_ReleaseThreadMemory();
	return NULL;
}

static bool is_new(const struct fetch *fetch, const char *sender)
{
	size_t i;

	for (i = 0; i < fetch->peer_count; i++)
		if (!strcmp(fetch->peers[i].sender, sender))
			return false;
	return true;
}

static size_t count_senders(const struct config *config)
{
	size_t senders = 0, i;
	char **from;

	for (i = 0; i < config->export_count; i++)
		if (config->exports[i].delivery == DELIVERY_STORED)
			for (from = config->exports[i].from; *from; from++)
				senders++;
	return senders;
}

static bool open_peers(struct fetch *fetch)
{
	const struct config *config = fetch->config;
	char **from;
	size_t i;

	fetch->peers = calloc(count_senders(config) + 1, sizeof(*fetch->peers));
	if (!fetch->peers) {
		log_line(SD_ERR, "no memory");
		return false;
	}
	for (i = 0; i < config->export_count; i++) {
		if (config->exports[i].delivery != DELIVERY_STORED)
			continue;
		for (from = config->exports[i].from; *from; from++) {
			struct peer *peer = &fetch->peers[fetch->peer_count];

			if (!is_new(fetch, *from))
				continue;
			if (!peer_open(peer, config, *from, fetch->targets))
				return false;
			peer->owner = fetch;
			fetch->peer_count++;
		}
	}
	return true;
}

void fetch_free(struct fetch *fetch)
{
	size_t i;

	for (i = 0; i < fetch->peer_count; i++)
		peer_close(&fetch->peers[i]);
	free(fetch->peers);
	drop_arrivals(fetch->first);
	targets_free(fetch->targets);
	pthread_cond_destroy(&fetch->changed);
	pthread_mutex_destroy(&fetch->lock);
	free(fetch);
}

struct fetch *fetch_make(const struct config *config)
{
	struct fetch *fetch = calloc(1, sizeof(*fetch));
	pthread_condattr_t attributes;

	if (!fetch)
		return NULL;
	fetch->config = config;
	fetch->last = &fetch->first;
	pthread_mutex_init(&fetch->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&fetch->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	fetch->targets = targets_make();
	if (fetch->targets && open_peers(fetch))
		return fetch;
	fetch_free(fetch);
	return NULL;
}

bool fetch_start(struct fetch *fetch, struct link *link)
{
	fetch->link = link;
	fetch->maker = maker_start(fetch->config, link, on_order_done, fetch);
	fetch->running = fetch->maker &&
			 !pthread_create(&fetch->thread, NULL, fetch_thread, fetch);
	return fetch->running;
}

void fetch_stop(struct fetch *fetch)
{
	if (fetch->running) {
		pthread_mutex_lock(&fetch->lock);
		fetch->stop = true;
		pthread_cond_signal(&fetch->changed);
		pthread_mutex_unlock(&fetch->lock);
		pthread_join(fetch->thread, NULL);
		fetch->running = false;
	}
	if (fetch->maker)
		maker_stop(fetch->maker);
	fetch->maker = NULL;
}
