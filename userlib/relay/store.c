// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Stored messages that local users write.
 *
 * A batch is looked at in its slot and published, each message with an id that is the same when it
 * is published again: host, creation time of the slot, number in the slot, and how often an id was
 * spent. What the stream has acknowledged is taken from the slot. A relay that is killed in between
 * publishes the rest of the batch once more, and the ids tell.
 *
 * Several messages are under way at once. Each expects that the one before is the last in the
 * stream: when one is lost, none behind it is taken, and the order stays.
 *
 * `lock` covers the answers of a batch; a callback of libnats takes it and nothing else.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "batch.h"
#include "counters.h"
#include "log.h"
#include "store.h"

#define ID_SIZE		(ADDRESS_PLACE_SIZE + 64)
#define ANSWER_MS	5000
#define PAUSE_MS	500
/*
 * JetStream recognizes an id that comes again within that time. Receivers recognize it later, too.
 */
#define WINDOW_NS	(600 * 1000000000LL)

enum answer {
	ANSWER_NONE,	/* not published, or under way */
	ANSWER_STORED,
	ANSWER_FAILED,	/* not this time */
	ANSWER_SPENT,	/* the server keeps this id without the message */
	ANSWER_NEVER,	/* the stream will not take it, however often */
	ANSWER_NOWHERE,	/* must not be published at all, for a reason */
};

struct letter {
	natsMsg *msg;			/* under lock while it is under way */
	enum answer answer;		/* under lock */
	enum counter reason;
	size_t length;
	char id[ID_SIZE];
};

struct store {
	const struct config *config;
	const struct sources *sources;
	struct link *link;
	pthread_t thread;
	bool running;
	int wake;			/* eventfd: the end, or there is a server again */
	atomic_bool stop;
	atomic_bool ready;		/* the stream is known to be there */
	natsStatus refusal;		/* why it is not, which was said */
	jsErrCode refusal_code;

	jsCtx *jetstream;		/* the link's connection; valid while it is held */
	struct batch *batch;
	struct letter letters[BATCH_MESSAGES];
	char last[ID_SIZE];		/* the id of the last in the stream; empty: not known */
	unsigned int spent;		/* how often an id was spent; part of each id */

	pthread_mutex_t lock;
	pthread_cond_t answered;
	int under_way;			/* under lock */
};

void store_stream_name(char name[STREAM_NAME_SIZE], const char *host)
{
	char token[SUBJECT_TOKEN_SIZE];

	subject_token(token, host);
	snprintf(name, STREAM_NAME_SIZE, "MAILSLOT_%s", token);
}

/* Would the same message be refused again, however often? */
static bool is_final(const jsPubAckErr *error)
{
	switch ((int)error->ErrCode) {
	case 10054:	/* message size exceeds maximum allowed */
	case 10097:	/* header size exceeds maximum allowed */
		return true;
	default:
		return error->Err == NATS_MAX_PAYLOAD;
	}
}

/*
 * A replicated stream of NATS 2.10 keeps the id of a message that it has refused, and answers as
 * for a duplicate, of number 0, when the message comes again.
 */
static enum answer judge(const jsPubAck *ack, const jsPubAckErr *error)
{
	if (ack)
		return ack->Sequence ? ANSWER_STORED : ANSWER_SPENT;
	return error && is_final(error) ? ANSWER_NEVER : ANSWER_FAILED;
}

static void on_answer(jsCtx *jetstream, natsMsg *msg, jsPubAck *ack, jsPubAckErr *error, void *data)
{
	struct store *store = data;
	int i;

	(void)jetstream;
	pthread_mutex_lock(&store->lock);
	for (i = 0; i < BATCH_MESSAGES; i++) {
		struct letter *letter = &store->letters[i];

		if (letter->msg != msg)
			continue;
		letter->msg = NULL;
		letter->answer = judge(ack, error);
		store->under_way--;
		break;
	}
	pthread_cond_signal(&store->answered);
	pthread_mutex_unlock(&store->lock);
	natsMsg_Destroy(msg);
}

bool store_made(struct store *store, natsConnection *connection)
{
	jsOptions options;

	jsOptions_Init(&options);
	options.Wait = ANSWER_MS;
	options.PublishAsync.MaxPending = BATCH_MESSAGES;
	options.PublishAsync.AckHandler = on_answer;
	options.PublishAsync.AckHandlerClosure = store;
	return !natsConnection_JetStream(&store->jetstream, connection, &options);
}

static void wake(struct store *store)
{
	uint64_t one = 1;
	ssize_t n;

	n = write(store->wake, &one, sizeof(one));
	(void)n;
}

void store_up(struct store *store)
{
	atomic_store(&store->ready, false);
	wake(store);
}

void store_lost(struct store *store)
{
	jsCtx_Destroy(store->jetstream);
	store->jetstream = NULL;
	atomic_store(&store->ready, false);
}

static void set_stream(jsStreamConfig *stream, const struct config *config, const char *name,
		       const char **subject)
{
	jsStreamConfig_Init(stream);
	stream->Name = name;
	stream->Subjects = subject;
	stream->SubjectsLen = 1;
	stream->Retention = js_LimitsPolicy;
	stream->Discard = js_DiscardOld;
	stream->Storage = config->in_memory ? js_MemoryStorage : js_FileStorage;
	stream->Replicas = config->replicas;
	stream->MaxMsgs = config->stream_messages;
	stream->MaxBytes = config->stream_bytes;
	stream->MaxAge = config->stream_age_s * 1000000000LL;
	stream->Duplicates = stream->MaxAge && stream->MaxAge < WINDOW_NS ? stream->MaxAge :
									     WINDOW_NS;
}

/*
 * Look for the stream, and make it when there is none; false: no server can now. A stream that is
 * there is the administrator's to change: whoever may change one can have it copy the messages of
 * all hosts, so that a host has no permission for that once it is set up.
 */
static bool ensure_stream(struct store *store)
{
	char name[STREAM_NAME_SIZE], token[SUBJECT_TOKEN_SIZE], subject[SUBJECT_TOKEN_SIZE + 32];
	const char *subjects = subject;
	jsStreamInfo *info = NULL;
	jsStreamConfig stream;
	jsErrCode error = 0;
	natsStatus status;

	if (atomic_load(&store->ready))
		return true;
	subject_token(token, store->config->host);
	store_stream_name(name, store->config->host);
	snprintf(subject, sizeof(subject), "mailslot.stored.%s.>", token);
	status = js_GetStreamInfo(&info, store->jetstream, name, NULL, &error);
	jsStreamInfo_Destroy(info);
	if (status == NATS_NOT_FOUND) {
		set_stream(&stream, store->config, name, &subjects);
		status = js_AddStream(NULL, store->jetstream, &stream, NULL, &error);
	}
	if (status && (status != store->refusal || error != store->refusal_code))
		log_line(SD_WARNING, "stream %s: %s; trying again", name,
			 link_reason(status));
	store->refusal = status;
	store->refusal_code = error;
	atomic_store(&store->ready, !status);
	return !status;
}

static natsMsg *make_message(struct store *store, const struct source *source, int i,
			     struct letter *letter)
{
	const struct mailslot_recv_msg *entry = &store->batch->entries[i];
	struct wire wire = {
		.uid = entry->uid,
		.time_ns = entry->time_ns,
		.epoch = source->epoch,
		.sequence = entry->sequence,
	};
	const void *message = batch_message(store->batch, i);
	size_t length = entry->length;
	char room[SUBJECT_SIZE];
	const char *subject;
	natsMsg *msg = NULL;
	unsigned char *payload;

	if (!source_resolve(source, store->config, &message, &length, room, &subject,
			    &letter->reason)) {
		letter->answer = ANSWER_NOWHERE;
		return NULL;
	}
	payload = malloc(WIRE_SIZE + length);
	if (!payload)
		return NULL;
	wire.length = (uint32_t)length;
	wire_put(payload, &wire);
	memcpy(payload + WIRE_SIZE, message, length);
	if (natsMsg_Create(&msg, subject, NULL, (char *)payload, (int)(WIRE_SIZE + length)))
		msg = NULL;
	free(payload);
	letter->length = length;
	snprintf(letter->id, sizeof(letter->id), "%s.%llu.%llu.%u", store->config->host,
		 (unsigned long long)wire.epoch, (unsigned long long)wire.sequence, store->spent);
	return msg;
}

/* Publish one letter. Return false if it could not be sent. */
static bool publish(struct store *store, struct letter *letter, natsMsg **msg, const char *before)
{
	jsPubOptions options;
	natsStatus status;

	jsPubOptions_Init(&options);
	options.MaxWait = ANSWER_MS;
	options.MsgId = letter->id;
	options.ExpectLastMsgId = *before ? before : NULL;
	pthread_mutex_lock(&store->lock);
	letter->msg = *msg;
	letter->answer = ANSWER_NONE;
	store->under_way++;
	pthread_mutex_unlock(&store->lock);
	status = js_PublishMsgAsync(store->jetstream, msg, &options);
	if (!status)
		return true;
	pthread_mutex_lock(&store->lock);
	/* libnats has not taken the message, and nobody answers. */
	letter->msg = NULL;
	letter->answer = status == NATS_MAX_PAYLOAD ? ANSWER_NEVER : ANSWER_FAILED;
	store->under_way--;
	pthread_mutex_unlock(&store->lock);
	return false;
}

/*
 * Wait until each message in progress is answered; libnats itself answers a message whose time is
 * over. A message that the end of the connection leaves without an answer has failed.
 */
static void wait_for_answers(struct store *store)
{
	struct timespec until;
	int i;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += 2 * ANSWER_MS / 1000;
	pthread_mutex_lock(&store->lock);
	while (store->under_way)
		if (pthread_cond_timedwait(&store->answered, &store->lock, &until))
			break;
	for (i = 0; i < BATCH_MESSAGES; i++)
		store->letters[i].msg = NULL;
	store->under_way = 0;
	pthread_mutex_unlock(&store->lock);
}

/*
 * Publish letters in order. If the id of the last message in the stream is not known, the first
 * letter goes alone, so that none can overtake it.
 */
static void publish_letters(struct store *store, natsMsg **msgs, int n)
{
	const char *before = store->last;
	int i;

	for (i = 0; i < n; i++) {
		struct letter *letter = &store->letters[i];

		if (!msgs[i])
			continue;
		if (!publish(store, letter, &msgs[i], before))
			break;
		if (!*before)
			wait_for_answers(store);
		if (!*before && letter->answer != ANSWER_STORED)
			break;
		before = letter->id;
	}
	wait_for_answers(store);
}

/* How many of the letters, from the first on, are settled; they are counted. */
static int settle(struct store *store, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		const struct letter *letter = &store->letters[i];

		switch (letter->answer) {
		case ANSWER_STORED:
			strcpy(store->last, letter->id);
			count(STORED_SENT, 1);
			count(SENT, 1);
			count(SENT_BYTES, letter->length);
			break;
		case ANSWER_NEVER:
			count(DROPPED_TOO_LONG, 1);
			break;
		case ANSWER_NOWHERE:
			count(letter->reason, 1);
			break;
		default:
			if (letter->answer == ANSWER_SPENT)
				store->spent++;
			/* Nobody knows what is last in the stream, nor if there is one. */
			store->last[0] = '\0';
			atomic_store(&store->ready, false);
			return i;
		}
	}
	return n;
}

/*
 * Publish what was looked at; how many messages, from the first on, have left the source for good.
 */
static int publish_batch(struct store *store, const struct source *source, int n)
{
	natsMsg *msgs[BATCH_MESSAGES];
	int i;

	for (i = 0; i < n; i++) {
		store->letters[i].answer = ANSWER_NONE;
		msgs[i] = make_message(store, source, i, &store->letters[i]);
		/* For lack of memory: later. */
		if (!msgs[i] && store->letters[i].answer == ANSWER_NONE)
			n = i;
	}
	publish_letters(store, msgs, n);
	for (i = 0; i < n; i++)
		natsMsg_Destroy(msgs[i]);
	return settle(store, n);
}

/* Take messages that have left for good from the slot. Nobody but the relay reads it. */
static void take(struct store *store, const struct source *source, int n)
{
	int taken;

	while (n > 0) {
		taken = batch_receive(store->batch, source->fd, (unsigned int)n, 0);
		if (taken <= 0) {
			log_line(SD_ERR, "%s: %s", source->slot, strerror(errno));
			return;
		}
		n -= taken;
	}
}

/*
 * Forward one batch of a source. Return false if not all of it was forwarded, so that a pause is
 * due.
 */
static bool forward(struct store *store, const struct source *source)
{
	int n = batch_receive(store->batch, source->fd, BATCH_MESSAGES, MAILSLOT_RECEIVE_PEEK);
	int done;

	if (n < 0 && errno == EAGAIN)
		return true;
	if (n < 0) {
		log_line(SD_ERR, "%s: %s", source->slot, strerror(errno));
		return false;
	}
	if (!link_is_up(store->link) || !link_hold(store->link))
		return false;
	done = ensure_stream(store) ? publish_batch(store, source, n) : 0;
	link_release(store->link);
	take(store, source, done);
	return done == n;
}

static bool is_stored(const struct source *source)
{
	return source->remote && source->remote->delivery == DELIVERY_STORED;
}

/* A pause that ends early when it is time to stop, or when there is a server again. */
static void wait_for(struct store *store, struct pollfd *polls, nfds_t n, int timeout)
{
	uint64_t wakes;
	ssize_t length;

	if (poll(polls, n, timeout) > 0 && polls[0].revents) {
		length = read(store->wake, &wakes, sizeof(wakes));
		(void)length;
	}
}

static void *store_thread(void *data)
{
	struct store *store = data;
	const struct sources *sources = store->sources;
	struct pollfd *polls = calloc(sources->count + 1, sizeof(*polls));
	bool all = true;
	size_t i;

	if (!polls)
		log_line(SD_ERR, "no memory");
	while (polls && !atomic_load(&store->stop)) {
		polls[0].fd = store->wake;
		polls[0].events = POLLIN;
		for (i = 0; i < sources->count; i++) {
			polls[i + 1].fd = is_stored(&sources->list[i]) ? sources->list[i].fd : -1;
			polls[i + 1].events = POLLIN;
			polls[i + 1].revents = 0;
		}
		wait_for(store, polls, all ? sources->count + 1 : 1, all ? -1 : PAUSE_MS);
		all = true;
		for (i = 0; i < sources->count && !atomic_load(&store->stop); i++)
			if (is_stored(&sources->list[i]) && !forward(store, &sources->list[i]))
				all = false;
	}
	free(polls);
	nats_ReleaseThreadMemory();
	return NULL;
}

void store_free(struct store *store)
{
	if (store->wake >= 0)
		close(store->wake);
	batch_free(store->batch);
	pthread_cond_destroy(&store->answered);
	pthread_mutex_destroy(&store->lock);
	free(store);
}

struct store *store_make(const struct config *config, const struct sources *sources)
{
	struct store *store = calloc(1, sizeof(*store));
	pthread_condattr_t attributes;

	if (!store)
		return NULL;
	store->config = config;
	store->sources = sources;
	pthread_mutex_init(&store->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&store->answered, &attributes);
	pthread_condattr_destroy(&attributes);
	store->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	store->batch = batch_make();
	if (store->wake >= 0 && store->batch)
		return store;
	store_free(store);
	return NULL;
}

bool store_start(struct store *store, struct link *link)
{
	store->link = link;
	store->running = !pthread_create(&store->thread, NULL, store_thread, store);
	return store->running;
}

void store_stop(struct store *store)
{
	if (!store->running)
		return;
	atomic_store(&store->stop, true);
	wake(store);
	pthread_join(store->thread, NULL);
	store->running = false;
}
