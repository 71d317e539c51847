// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Another host whose stored messages this host takes.
 *
 * All functions run in the thread of fetch.c.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "counters.h"
#include "lib.h"
#include "link.h"
#include "log.h"
#include "peer.h"
#include "store.h"

#define SECOND_NS	1000000000ULL
#define PAUSE_FIRST_NS	(SECOND_NS / 4)
#define PAUSE_LAST_NS	(5 * SECOND_NS)
#define BATCH		256
/* A request that a server has not answered so much later than it had to is lost. */
#define EXPIRES_NS	(20 * SECOND_NS)
#define LATE_NS		(5 * SECOND_NS)

static bool takes(const struct config_export *export, const char *sender)
{
	char **from;

	if (export->delivery != DELIVERY_STORED)
		return false;
	for (from = export->from; *from; from++)
		if (!strcmp(*from, sender))
			return true;
	return false;
}

static bool open_inboxes(struct peer *peer, struct targets *targets)
{
	const struct config *config = peer->config;
	size_t i;

	peer->inboxes = calloc(config->export_count + 1, sizeof(*peer->inboxes));
	for (i = 0; peer->inboxes && i < config->export_count; i++) {
		const struct config_export *export = &config->exports[i];

		if (!takes(export, peer->sender))
			continue;
		if (!inbox_open(&peer->inboxes[peer->inbox_count], config, peer->sender, export,
				targets))
			return false;
		peer->inbox_count++;
	}
	return peer->inboxes;
}

bool peer_open(struct peer *peer, const struct config *config, const char *sender,
	       struct targets *targets)
{
	char name[SUBJECT_TOKEN_SIZE + 8], token[SUBJECT_TOKEN_SIZE];

	memset(peer, 0, sizeof(*peer));
	peer->config = config;
	peer->sender = sender;
	subject_token(token, sender);
	snprintf(name, sizeof(name), "%s.host", token);
	peer->journal = journal_open(config->state, name, sizeof(*peer->journal));
	if (peer->journal && open_inboxes(peer, targets)) {
		peer->seen = peer->journal->floor;
		return true;
	}
	log_line(SD_ERR, "%s: no record of messages of %s there: %s", config->state, sender,
		 strerror(errno));
	peer_close(peer);
	return false;
}

void peer_close(struct peer *peer)
{
	size_t i;

	for (i = 0; i < peer->inbox_count; i++)
		inbox_close(&peer->inboxes[i]);
	free(peer->inboxes);
	journal_close(peer->journal, sizeof(*peer->journal));
}

void peer_reset(struct peer *peer)
{
	peer->ready = false;
	peer->asked_until_ns = 0;
	peer->again_ns = 0;
	peer->pause_ns = 0;
}

static uint64_t first_unsettled(const struct peer *peer)
{
	uint64_t first = UINT64_MAX;
	size_t i;

	for (i = 0; i < peer->inbox_count; i++)
		if (inbox_first(&peer->inboxes[i]) < first)
			first = inbox_first(&peer->inboxes[i]);
	return first;
}

/* Remember what is settled: each message before the first that is not. */
static void set_floor(struct peer *peer)
{
	uint64_t first = first_unsettled(peer);

	peer->journal->floor = first == UINT64_MAX ? peer->seen : first - 1;
}

/*
 * Each consumer has a subject of its own, so that nothing of an older one is taken for its own. The
 * subject cannot be guessed: a server sends an answer to whatever subject a host names for that.
 */
static natsStatus hear(struct peer *peer, natsConnection *connection, natsMsgHandler handler)
{
	char me[SUBJECT_TOKEN_SIZE];
	uint64_t secret[2];
	natsStatus status;

	if (getrandom(secret, sizeof(secret), 0) != sizeof(secret))
		return NATS_SYS_ERROR;
	natsSubscription_Destroy(peer->subscription);
	peer->subscription = NULL;
	subject_token(me, peer->config->host);
	snprintf(peer->subject, sizeof(peer->subject), "_INBOX_%s.stored.%016llx%016llx", me,
		 (unsigned long long)secret[0], (unsigned long long)secret[1]);
	status = link_subscribe(&peer->subscription, connection, peer->subject, handler, peer);
	peer->id = status ? -1 : natsSubscription_GetID(peer->subscription);
	return status;
}

/* Go on from where the new consumer begins: the messages that wait here will come again. */
static void follow(struct peer *peer, const struct order *order)
{
	size_t i;

	for (i = 0; i < peer->inbox_count; i++) {
		inbox_drop(&peer->inboxes[i]);
		if (order->other)
			peer->inboxes[i].journal->last = 0;
	}
	peer->journal->created = order->created;
	peer->journal->floor = order->floor;
	peer->seen = order->floor;
	peer->reply[0] = '\0';
	peer->delivery = 0;
	peer->asked_until_ns = 0;
}

/*
 * A host that has never sent has no stream yet. Look for the stream again, without a line in the
 * log.
 */
static void wait_longer(struct peer *peer, const struct order *order)
{
	if (order->status != NATS_NOT_FOUND && !peer->pause_ns)
		log_line(SD_WARNING, "stored messages of %s: %s; trying again", peer->sender,
			 order->reason);
	peer->pause_ns = peer->pause_ns ? peer->pause_ns * 2 : PAUSE_FIRST_NS;
	if (peer->pause_ns > PAUSE_LAST_NS)
		peer->pause_ns = PAUSE_LAST_NS;
	peer->again_ns = clock_deadline_ns(peer->pause_ns);
}

void peer_made(struct peer *peer, natsConnection *connection, natsMsgHandler handler,
	       const struct order *order)
{
	peer->ordered = false;
	/* Do nothing without a connection: peer_reset() is called when there is one. */
	if (!connection)
		return;
	if (order->status) {
		wait_longer(peer, order);
		return;
	}
	follow(peer, order);
	peer->ready = !hear(peer, connection, handler);
	if (peer->ready)
		peer->pause_ns = 0;
	else
		peer->again_ns = clock_deadline_ns(PAUSE_LAST_NS);
}

/* Have the consumer made; if another one is being made, peer_run() is called when that is done. */
static void try_to_order(struct peer *peer, struct maker *maker)
{
	const struct order order = {
		.peer = peer,
		.sender = peer->sender,
		.created = peer->journal->created,
		.floor = peer->journal->floor,
	};

	peer->ordered = maker_order(maker, &order);
	peer->waits = !peer->ordered;
}

/*
 * Begin again at the first message that is not settled, after a pause: however often a server says
 * that there is a reason to, consumers are not made one after the other.
 */
static void begin_again(struct peer *peer)
{
	set_floor(peer);
	peer->ready = false;
	peer->again_ns = clock_deadline_ns(PAUSE_FIRST_NS);
}

static void ask(struct peer *peer, natsConnection *connection, uint64_t now_ns)
{
	char me[SUBJECT_TOKEN_SIZE], stream[STREAM_NAME_SIZE];
	char subject[STREAM_NAME_SIZE + SUBJECT_TOKEN_SIZE + 64], text[96];

	subject_token(me, peer->config->host);
	store_stream_name(stream, peer->sender);
	snprintf(subject, sizeof(subject), "$JS.API.CONSUMER.MSG.NEXT.%s.%s", stream, me);
	snprintf(text, sizeof(text), "{\"batch\":%d,\"expires\":%llu}", BATCH,
		 (unsigned long long)EXPIRES_NS);
	if (!natsConnection_PublishRequestString(connection, subject, peer->subject, text))
		peer->asked_until_ns = now_ns + EXPIRES_NS + LATE_NS;
	peer->asked = BATCH;
}

/* Nothing that has come waits here: the server need not remember it for this consumer. */
static void acknowledge(struct peer *peer, natsConnection *connection)
{
	if (!*peer->reply || peer->journal->floor != peer->seen)
		return;
	natsConnection_PublishString(connection, peer->reply, "+ACK");
	peer->reply[0] = '\0';
}

/* Does any inbox still take messages? One that is full leaves the rest in the stream. */
static bool has_room(const struct peer *peer)
{
	size_t i;

	for (i = 0; i < peer->inbox_count; i++)
		if (!peer->inboxes[i].left)
			return true;
	return false;
}

/* An inbox that has been emptied, and had left messages in the stream: they can be fetched now. */
static bool can_catch_up(const struct peer *peer)
{
	size_t i;

	for (i = 0; i < peer->inbox_count; i++)
		if (peer->inboxes[i].left && !peer->inboxes[i].first)
			return true;
	return false;
}

void peer_run(struct peer *peer, natsConnection *connection, struct maker *maker,
	      struct targets *targets, uint64_t now_ns)
{
	size_t i;

	for (i = 0; i < peer->inbox_count; i++)
		inbox_deliver(&peer->inboxes[i], targets, now_ns);
	set_floor(peer);
	peer->connected = connection;
	if (!connection)
		return;
	acknowledge(peer, connection);
	if (peer->ready && can_catch_up(peer)) {
		begin_again(peer);
		peer->again_ns = now_ns;
	}
	peer->waits = false;
	if (!peer->ready && !peer->ordered && peer->again_ns <= now_ns)
		try_to_order(peer, maker);
	if (peer->asked_until_ns && peer->asked_until_ns <= now_ns)
		peer->asked_until_ns = 0;
	if (peer->ready && !peer->asked_until_ns && has_room(peer))
		ask(peer, connection, now_ns);
}

static struct inbox *inbox_of(struct peer *peer, const char *name)
{
	size_t i;

	for (i = 0; i < peer->inbox_count; i++)
		if (!strcmp(peer->inboxes[i].export->name, name))
			return &peer->inboxes[i];
	return NULL;
}

/* Put the message into the inbox of its slot, if an inbox can use it. */
static void sort(struct peer *peer, natsMsg *msg, uint64_t number)
{
	size_t length = (size_t)natsMsg_GetDataLength(msg);
	struct subject subject;
	struct inbox *inbox;
	struct wire wire;

	peer->seen = number;
	if (!subject_decode(natsMsg_GetSubject(msg), &subject) ||
	    !wire_get_one(natsMsg_GetData(msg), length, &wire) ||
	    strcmp(subject.sender, peer->sender) || subject.to.form != ADDRESS_HOST ||
	    strcmp(subject.to.place, peer->config->host)) {
		count(DROPPED_GARBAGE, 1);
		natsMsg_Destroy(msg);
		return;
	}
	inbox = inbox_of(peer, subject.to.name);
	if (!inbox) {
		count(DROPPED_NOT_EXPORTED, 1);
		natsMsg_Destroy(msg);
	} else if (number <= inbox->journal->last) {
		/* Drop the message: it was only read again because another slot needed it. */
		natsMsg_Destroy(msg);
	} else {
		inbox_add(inbox, msg, &subject, number);
	}
}

/*
 * The server's word about a request: 404 and 408 say that it is over, and so does anything else,
 * but then the consumer may be gone. 100 is a sign of life.
 */
static void take_word(struct peer *peer, natsMsg *msg)
{
	const char *word = NULL;

	if (natsMsg_GetDataLength(msg) || natsMsgHeader_Get(msg, "Status", &word)) {
		count(DROPPED_GARBAGE, 1);
		return;
	}
	if (!strcmp(word, "100"))
		return;
	peer->asked_until_ns = 0;
	if (strcmp(word, "404") && strcmp(word, "408"))
		begin_again(peer);
}

/* The consumer's next delivery, or one behind it when that one has got lost on its way. */
static void take_delivery(struct peer *peer, natsMsg *msg, const jsSequencePair *numbers)
{
	if (numbers->Consumer != peer->delivery + 1 || numbers->Stream <= peer->seen) {
		begin_again(peer);
		natsMsg_Destroy(msg);
		return;
	}
	peer->delivery++;
	peer->asked--;
	if (!peer->asked)
		peer->asked_until_ns = 0;
	snprintf(peer->reply, sizeof(peer->reply), "%s", natsMsg_GetReply(msg));
	sort(peer, msg, numbers->Stream);
}

/*
 * Does the message come from this host's own consumer? The owner of another consumer can choose any
 * subject for its deliveries.
 */
static bool is_own(const struct peer *peer, const jsMsgMetaData *data)
{
	char me[SUBJECT_TOKEN_SIZE], stream[STREAM_NAME_SIZE];

	subject_token(me, peer->config->host);
	store_stream_name(stream, peer->sender);
	return data->Stream && data->Consumer && !strcmp(data->Stream, stream) &&
	       !strcmp(data->Consumer, me);
}

/*
 * What a server delivers has a subject to acknowledge it by, which no sender can choose; a word of
 * the server has none.
 */
void peer_take(struct peer *peer, natsMsg *msg, int64_t id)
{
	const char *reply = natsMsg_GetReply(msg);
	jsMsgMetaData *data = NULL;

	if (id != peer->id || !peer->ready) {
		natsMsg_Destroy(msg);
	} else if (!reply || !*reply) {
		take_word(peer, msg);
		natsMsg_Destroy(msg);
	} else if (natsMsg_GetMetaData(&data, msg) || !is_own(peer, data)) {
		count(DROPPED_GARBAGE, 1);
		natsMsg_Destroy(msg);
	} else {
		take_delivery(peer, msg, &data->Sequence);
	}
	jsMsgMetaData_Destroy(data);
}

uint64_t peer_next_ns(const struct peer *peer)
{
	uint64_t next = peer->ready ? peer->asked_until_ns : peer->again_ns;
	size_t i;

	/* Nothing is due without a connection: peer_reset() is called when there is one. */
	if (!next || !peer->connected || (!peer->ready && (peer->ordered || peer->waits)))
		next = UINT64_MAX;
	for (i = 0; i < peer->inbox_count; i++)
		if (peer->inboxes[i].first && peer->inboxes[i].again_ns < next)
			next = peer->inboxes[i].again_ns;
	return next;
}

uint64_t peer_waiting(const struct peer *peer)
{
	uint64_t waiting = 0;
	size_t i;

	for (i = 0; i < peer->inbox_count; i++)
		waiting += peer->inboxes[i].messages;
	return waiting;
}
