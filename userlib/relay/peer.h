/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Another host whose stored messages this host takes: its stream, this host's consumer of the
 * stream, and the inboxes of the slots that the messages are for.
 *
 * The consumer is made anew, from the first message on that is not settled, whenever a message is
 * missing or was left in the stream for lack of room here: records tell which messages have been
 * delivered. So nothing depends on what a server remembers of deliveries.
 */
#ifndef PEER_H
#define PEER_H

#include "inbox.h"
#include "maker.h"

#define PEER_SUBJECT_SIZE	(SUBJECT_TOKEN_SIZE + 48)
#define PEER_REPLY_SIZE		1024

struct peer {
	const struct config *config;
	void *owner;			/* for the handler of its subscription */
	const char *sender;		/* its name */
	struct journal_host *journal;
	struct inbox *inboxes;
	size_t inbox_count;
	bool ready;			/* the consumer is there */
	bool ordered;			/* it is being made */
	bool waits;			/* to be made after another consumer was made */
	uint64_t again_ns, pause_ns;	/* time of the next try to make the consumer */
	bool connected;			/* when peer_run() was called last */
	uint64_t asked_until_ns;	/* a request is under way until then; 0: none */
	unsigned int asked;		/* messages of it that have not come yet */
	char reply[PEER_REPLY_SIZE];	/* to acknowledge the last that has come; empty: it is */
	/* The present consumer; used while the connection is held, and the consumer's number. */
	natsSubscription *subscription;
	int64_t id;
	char subject[PEER_SUBJECT_SIZE];
	uint64_t delivery;		/* the number of the consumer's last delivery */
	uint64_t seen;			/* the number in the stream of the last message that came */
};

/*
 * With the inboxes of all stored exports that take messages of this host; false after a log line.
 */
bool peer_open(struct peer *peer, const struct config *config, const char *sender,
	       struct targets *targets);
void peer_close(struct peer *peer);

/* The connection has changed or is lost: forget what was in progress. */
void peer_reset(struct peer *peer);

/*
 * Have the consumer made if it is time to, deliver what can be, and ask for more if there is room.
 * Without a connection: deliver only.
 */
void peer_run(struct peer *peer, natsConnection *connection, struct maker *maker,
	      struct targets *targets, uint64_t now_ns);

/* The order is done: go on, or try again later. The handler gets the peer as its data. */
void peer_made(struct peer *peer, natsConnection *connection, natsMsgHandler handler,
	       const struct order *order);

/*
 * A message of the consumer, or a word of the server about a request, that came to the subscription
 * of that number. The message is the peer's.
 */
void peer_take(struct peer *peer, natsMsg *msg, int64_t id);

/* Return when peer_run() is due, if nothing happens before. */
uint64_t peer_next_ns(const struct peer *peer);
uint64_t peer_waiting(const struct peer *peer);

#endif /* PEER_H */
