// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Datagrams on their way to NATS.
 *
 * `lock` covers the list of those that wait, its figures and `stop`; it is held for a few
 * instructions, and over no call of libnats.
 *
 * A source may use as much of the queue as is free: alone half of it, two of them a third each. So
 * whoever writes faster than a server takes it leaves room for the others.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "outbox.h"

/*
 * The most bytes that may wait for a server, including the cost of each payload beside its bytes.
 */
#define WAITING_BYTES_MAX	((size_t)16 << 20)

struct letter {
	struct letter *next;
	size_t source;
	unsigned int messages;
	size_t length;			/* of the payload */
	char *payload;			/* behind the subject */
	char subject[];
};

struct outbox {
	struct link *link;
	pthread_t thread;

	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct letter *first, *last;	/* under lock */
	uint64_t waiting;		/* under lock */
	size_t bytes;			/* under lock */
	bool stop;			/* under lock */
	size_t bytes_of[];		/* under lock: of each source */
};

static size_t cost(const struct letter *letter)
{
	return sizeof(*letter) + (size_t)(letter->payload - letter->subject) + letter->length;
}

static struct letter *letter_make(size_t source, const char *subject, unsigned int messages,
				  size_t length)
{
	size_t room = strlen(subject) + 1;
	struct letter *letter = malloc(sizeof(*letter) + room + length);

	if (!letter)
		return NULL;
	memcpy(letter->subject, subject, room);
	letter->payload = letter->subject + room;
	letter->source = source;
	letter->length = length;
	letter->messages = messages;
	letter->next = NULL;
	return letter;
}

static bool enqueue(struct outbox *outbox, struct letter *letter)
{
	size_t *share = &outbox->bytes_of[letter->source];
	bool fits;

	pthread_mutex_lock(&outbox->lock);
	fits = outbox->bytes + *share + cost(letter) <= WAITING_BYTES_MAX;
	if (fits) {
		if (outbox->first)
			outbox->last->next = letter;
		else
			outbox->first = letter;
		outbox->last = letter;
		outbox->bytes += cost(letter);
		*share += cost(letter);
		outbox->waiting += letter->messages;
		pthread_cond_signal(&outbox->filled);
	}
	pthread_mutex_unlock(&outbox->lock);
	return fits;
}

/* The letter is the queue's, or dropped. NULL: there was no memory for so many messages. */
static void post(struct outbox *outbox, struct letter *letter, unsigned int messages)
{
	if (!letter) {
		count(DROPPED_OWN_ERROR, messages);
	} else if (!link_is_up(outbox->link) || !enqueue(outbox, letter)) {
		/* A message that waited for a server would come when nobody expects it any more. */
		count(DROPPED_DISCONNECTED, messages);
		free(letter);
	}
}

void outbox_flush(struct outbox *outbox, struct pack *pack)
{
	struct letter *letter;

	if (!pack->messages)
		return;
	letter = letter_make(pack->source, pack->subject, pack->messages, pack->used);
	if (letter)
		memcpy(letter->payload, pack->bytes, pack->used);
	post(outbox, letter, pack->messages);
	pack->messages = 0;
	pack->used = 0;
}

/* Send a message alone that is too large for any pack. */
static void post_large(struct outbox *outbox, size_t source, const char *subject,
		       const struct wire *wire, const void *message)
{
	struct letter *letter = letter_make(source, subject, 1, WIRE_SIZE + (size_t)wire->length);

	if (letter) {
		wire_put((unsigned char *)letter->payload, wire);
		memcpy(letter->payload + WIRE_SIZE, message, wire->length);
	}
	post(outbox, letter, 1);
}

/* How much a pack may hold: a server may take less than others do. */
static size_t pack_room(struct outbox *outbox)
{
	size_t most = link_max_payload(outbox->link);

	return most < PACK_SIZE ? most : PACK_SIZE;
}

void outbox_add(struct outbox *outbox, struct pack *pack, const char *subject,
		const struct wire *wire, const void *message)
{
	size_t size = WIRE_SIZE + (size_t)wire->length;
	size_t room = pack_room(outbox);

	if (pack->messages && (pack->used + size > room || strcmp(pack->subject, subject)))
		outbox_flush(outbox, pack);
	if (size > room) {
		post_large(outbox, pack->source, subject, wire, message);
		return;
	}
	if (!pack->messages)
		strcpy(pack->subject, subject);
	wire_put(pack->bytes + pack->used, wire);
	if (wire->length)
		memcpy(pack->bytes + pack->used + WIRE_SIZE, message, wire->length);
	pack->used += size;
	pack->messages++;
}

uint64_t outbox_waiting(struct outbox *outbox)
{
	uint64_t waiting;

	pthread_mutex_lock(&outbox->lock);
	waiting = outbox->waiting;
	pthread_mutex_unlock(&outbox->lock);
	return waiting;
}

static void take_off(struct outbox *outbox, const struct letter *letter)
{
	pthread_mutex_lock(&outbox->lock);
	outbox->waiting -= letter->messages;
	outbox->bytes -= cost(letter);
	outbox->bytes_of[letter->source] -= cost(letter);
	pthread_mutex_unlock(&outbox->lock);
}

static void publish(natsConnection *connection, const struct letter *letter)
{
	natsStatus status = NATS_NOT_YET_CONNECTED;

	if (connection)
		status = natsConnection_Publish(connection, letter->subject, letter->payload,
						(int)letter->length);
	switch (status) {
	case NATS_OK:
		count(SENT, letter->messages);
		count(SENT_BYTES, letter->length - letter->messages * (size_t)WIRE_SIZE);
		break;
	case NATS_MAX_PAYLOAD:
		count(DROPPED_TOO_LONG, letter->messages);
		break;
	case NATS_NO_MEMORY:
		count(DROPPED_OWN_ERROR, letter->messages);
		break;
	default:
		count(DROPPED_DISCONNECTED, letter->messages);
	}
}

/* Take all letters that wait. Return NULL if it is time to stop. */
static struct letter *take_all(struct outbox *outbox)
{
	struct letter *first;

	pthread_mutex_lock(&outbox->lock);
	while (!outbox->first && !outbox->stop)
		pthread_cond_wait(&outbox->filled, &outbox->lock);
	first = outbox->stop ? NULL : outbox->first;
	if (first)
		outbox->first = NULL;
	pthread_mutex_unlock(&outbox->lock);
	return first;
}

static void free_letters(struct letter *letter)
{
	struct letter *next;

	for (; letter; letter = next) {
		next = letter->next;
		free(letter);
	}
}

static void *outbox_thread(void *data)
{
	struct outbox *outbox = data;
	struct letter *first, *letter;

	while ((first = take_all(outbox))) {
		natsConnection *connection = link_hold(outbox->link);

		for (letter = first; letter; letter = letter->next) {
			publish(connection, letter);
			take_off(outbox, letter);
		}
		if (connection)
			link_release(outbox->link);
		free_letters(first);
	}
	nats_ReleaseThreadMemory();
	return NULL;
}

struct outbox *outbox_start(struct link *link, size_t sources)
{
	struct outbox *outbox = calloc(1, sizeof(*outbox) + sources * sizeof(outbox->bytes_of[0]));

	if (!outbox)
		return NULL;
	outbox->link = link;
	pthread_mutex_init(&outbox->lock, NULL);
	pthread_cond_init(&outbox->filled, NULL);
	if (!pthread_create(&outbox->thread, NULL, outbox_thread, outbox))
		return outbox;
	free(outbox);
	return NULL;
}

void outbox_stop(struct outbox *outbox)
{
	pthread_mutex_lock(&outbox->lock);
	outbox->stop = true;
	pthread_cond_signal(&outbox->filled);
	pthread_mutex_unlock(&outbox->lock);
	pthread_join(outbox->thread, NULL);
	count(DROPPED_DISCONNECTED, outbox->waiting);
	free_letters(outbox->first);
	pthread_cond_destroy(&outbox->filled);
	pthread_mutex_destroy(&outbox->lock);
	free(outbox);
}
