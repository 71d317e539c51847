// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Consumers of other hosts' streams.
 *
 * `lock` covers the order, its state and `stop`; no call of libnats is made under it. While an
 * order is under way, it is the thread's alone.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "maker.h"
#include "store.h"

/*
 * Servers that are busy take seconds to agree on a consumer, and who gives up too early begins from
 * the beginning each time.
 */
#define ANSWER_MS	15000
/* The server does not repeat deliveries: a new consumer asks for messages that are missing. */
#define ACK_WAIT_NS	(3600 * 1000000000LL)

struct maker {
	const struct config *config;
	struct link *link;
	pthread_t thread;
	void (*done)(void *data);
	void *data;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum { IDLE, ORDERED, UNDER_WAY, DONE } state;	/* under lock */
	struct order order;		/* under lock, but UNDER_WAY */
	bool stop;			/* under lock */
};

/* The consumer's name is this host's own: permissions can tell it from those of others. */
static natsStatus make(const struct maker *maker, jsCtx *jetstream, const char *stream)
{
	char me[SUBJECT_TOKEN_SIZE], sender[SUBJECT_TOKEN_SIZE];
	char filter[2 * SUBJECT_TOKEN_SIZE + 32];
	jsConsumerConfig consumer;
	natsStatus status;

	subject_token(me, maker->config->host);
	subject_token(sender, maker->order.sender);
	snprintf(filter, sizeof(filter), "mailslot.stored.%s.host.%s.>", sender, me);
	status = js_DeleteConsumer(jetstream, stream, me, NULL, NULL);
	if (status && status != NATS_NOT_FOUND)
		return status;
	jsConsumerConfig_Init(&consumer);
	/*
	 * libnats puts the filter into the subject of its request if Name is set. Permissions can
	 * then limit this host to messages that are for it: the server compares both.
	 */
	consumer.Name = me;
	consumer.Durable = me;
	consumer.DeliverPolicy = js_DeliverByStartSequence;
	consumer.OptStartSeq = maker->order.floor + 1;
	consumer.AckPolicy = js_AckAll;
	consumer.AckWait = ACK_WAIT_NS;
	consumer.MaxAckPending = -1;
	consumer.FilterSubject = filter;
	return js_AddConsumer(NULL, jetstream, stream, &consumer, NULL, NULL);
}

/* Another stream, or one that has lost its end: the old numbers mean nothing, so begin with 1. */
static natsStatus look_and_make(struct maker *maker, jsCtx *jetstream)
{
	struct order *order = &maker->order;
	char stream[STREAM_NAME_SIZE];
	jsStreamInfo *info = NULL;
	natsStatus status;

	store_stream_name(stream, order->sender);
	status = js_GetStreamInfo(&info, jetstream, stream, NULL, NULL);
	if (status)
		return status;
	order->other = order->created != (uint64_t)info->Created ||
		       order->floor > info->State.LastSeq;
	if (order->other)
		order->floor = 0;
	order->created = (uint64_t)info->Created;
	jsStreamInfo_Destroy(info);
	return make(maker, jetstream, stream);
}

static void fulfil(struct maker *maker)
{
	natsConnection *connection = link_hold(maker->link);
	natsStatus status = NATS_CONNECTION_CLOSED;
	jsCtx *jetstream = NULL;
	jsOptions options;

	if (connection) {
		jsOptions_Init(&options);
		options.Wait = ANSWER_MS;
		status = natsConnection_JetStream(&jetstream, connection, &options);
		if (!status)
			status = look_and_make(maker, jetstream);
		if (status)
			snprintf(maker->order.reason, sizeof(maker->order.reason), "%s",
				 link_reason(status));
		jsCtx_Destroy(jetstream);
		link_release(maker->link);
	}
	maker->order.status = status;
}

/* Wait for an order. Return false if it is time to stop. */
static bool begin(struct maker *maker)
{
	bool stop;

	pthread_mutex_lock(&maker->lock);
	while (maker->state != ORDERED && !maker->stop)
		pthread_cond_wait(&maker->changed, &maker->lock);
	maker->state = UNDER_WAY;
	stop = maker->stop;
	pthread_mutex_unlock(&maker->lock);
	return !stop;
}

static void *maker_thread(void *data)
{
	struct maker *maker = data;

	while (begin(maker)) {
		fulfil(maker);
		pthread_mutex_lock(&maker->lock);
		maker->state = DONE;
		pthread_mutex_unlock(&maker->lock);
		maker->done(maker->data);
	}
	nats_ReleaseThreadMemory();
	return NULL;
}

bool maker_order(struct maker *maker, const struct order *order)
{
	bool free;

	pthread_mutex_lock(&maker->lock);
	free = maker->state == IDLE;
	if (free) {
		maker->order = *order;
		maker->state = ORDERED;
		pthread_cond_signal(&maker->changed);
	}
	pthread_mutex_unlock(&maker->lock);
	return free;
}

bool maker_take(struct maker *maker, struct order *order)
{
	bool done;

	pthread_mutex_lock(&maker->lock);
	done = maker->state == DONE;
	if (done) {
		*order = maker->order;
		maker->state = IDLE;
	}
	pthread_mutex_unlock(&maker->lock);
	return done;
}

static void maker_free(struct maker *maker)
{
	pthread_cond_destroy(&maker->changed);
	pthread_mutex_destroy(&maker->lock);
	free(maker);
}

struct maker *maker_start(const struct config *config, struct link *link, void (*done)(void *data),
			  void *data)
{
	struct maker *maker = calloc(1, sizeof(*maker));

	if (!maker)
		return NULL;
	maker->config = config;
	maker->link = link;
	maker->done = done;
	maker->data = data;
	pthread_mutex_init(&maker->lock, NULL);
	pthread_cond_init(&maker->changed, NULL);
	if (!pthread_create(&maker->thread, NULL, maker_thread, maker))
		return maker;
	maker_free(maker);
	return NULL;
}

void maker_stop(struct maker *maker)
{
	pthread_mutex_lock(&maker->lock);
	maker->stop = true;
	pthread_cond_signal(&maker->changed);
	pthread_mutex_unlock(&maker->lock);
	pthread_join(maker->thread, NULL);
	maker_free(maker);
}
