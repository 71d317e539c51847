/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Counters of what the relay has done since its start. Any thread may count, and `mailslot relay
 * status` shows the counters.
 */
#ifndef COUNTERS_H
#define COUNTERS_H

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum counter {
	SENT,			/* messages given to NATS, of both classes */
	SENT_BYTES,
	RECEIVED,		/* messages that are in a local slot */
	RECEIVED_BYTES,
	RECONNECTS,
	STORED_SENT,		/* messages that JetStream has acknowledged */
	STORED_RECEIVED,
	STORED_DUPLICATES,	/* messages that came again, and were left out */
	DROPPED_NO_SLOT,	/* the local slot is not there, or is not the relay's to write to */
	DROPPED_FULL,		/* the local slot is full */
	DROPPED_TOO_LONG,	/* for the local slot, or for the network */
	DROPPED_NOT_EXPORTED,	/* from the network, for a slot that no export names */
	DROPPED_GARBAGE,	/* no message of a relay */
	DROPPED_NOT_ALLOWED,	/* a frame of a local user that the configuration does not allow */
	DROPPED_DISCONNECTED,	/* no connection with a server, or more waits for one than may */
	DROPPED_SLOW,		/* came faster from the network than slots take them */
	DROPPED_OWN_ERROR,	/* what is not foreseen: no memory, an error of libnats */
	COUNTERS,
};

extern _Atomic uint64_t counters[COUNTERS];

static inline void count(enum counter which, uint64_t n)
{
	atomic_fetch_add_explicit(&counters[which], n, memory_order_relaxed);
}

/* Put all counters into the object; false for lack of memory. */
bool counters_put(json_t *object);

#endif /* COUNTERS_H */
