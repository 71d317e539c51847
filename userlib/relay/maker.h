/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Consumers of other hosts' streams, made on the server in a thread of its own: a stream that
 * nobody tells of, or that this host may not ask for, takes seconds to give up, and senders whose
 * consumer is there must not wait for that. One consumer is made at a time.
 */
#ifndef MAKER_H
#define MAKER_H

#include "link.h"

struct order {
	struct peer *peer;		/* whose it is */
	const char *sender;		/* the host whose stream it is */
	/*
	 * The same as in struct journal_host: first what was known, and what is true once the order
	 * is done.
	 */
	uint64_t created, floor;
	bool other;			/* another stream, or this one has lost its end */
	natsStatus status;
	char reason[128];		/* why it could not be made, in words */
};

struct maker;

/*
 * Start the thread, which calls @done when an order is done. Return NULL if it cannot be started.
 */
struct maker *maker_start(const struct config *config, struct link *link, void (*done)(void *data),
			  void *data);
void maker_stop(struct maker *maker);

/*
 * Make a consumer that begins behind the floor. Return false if an order is in progress, or was not
 * taken yet.
 */
bool maker_order(struct maker *maker, const struct order *order);
/* Take the order that is done. Return false if there is none. */
bool maker_take(struct maker *maker, struct order *order);

#endif /* MAKER_H */
