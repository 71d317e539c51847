/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stored messages of one host for one local slot, which are here and wait for the slot, in order.
 */
#ifndef INBOX_H
#define INBOX_H

#include <nats/nats.h>
#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "journal.h"
#include "target.h"

/* The most that may wait here; more messages wait in the stream. */
#define INBOX_MESSAGES	1024
#define INBOX_BYTES	((size_t)4 << 20)

struct inbox {
	const struct config_export *export;
	struct journal_slot *journal;
	struct held *first, **last;
	size_t messages, bytes;
	/*
	 * The number in the stream of the first message that found no room here; 0 if there is
	 * none.
	 */
	uint64_t left;
	/* The time of the next try after a write that failed, and the pause after that try. */
	uint64_t again_ns, pause_ns;
};

/* Open the inbox of this export, with its record. Return false and set errno on failure. */
bool inbox_open(struct inbox *inbox, const struct config *config, const char *sender,
		const struct config_export *export, struct targets *targets);
void inbox_close(struct inbox *inbox);

/* Take the message, which is the inbox's or destroyed now. */
void inbox_add(struct inbox *inbox, natsMsg *msg, const struct subject *subject, uint64_t number);

/* Write to the slot what can be, unless a pause is on. */
void inbox_deliver(struct inbox *inbox, struct targets *targets, uint64_t now_ns);

/* Drop what waits here: it comes again from the stream. */
void inbox_drop(struct inbox *inbox);

/*
 * Return the number of the first message that has not entered the slot; UINT64_MAX if there is
 * none.
 */
uint64_t inbox_first(const struct inbox *inbox);

#endif /* INBOX_H */
