/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The records of stored messages that came in, which must outlive the relay: which of the messages
 * are in their slots. A record is a mapped file, so that its contents survive a relay that is
 * killed.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <linux/mailslot.h>
#include <stdbool.h>

#include "wire.h"

/* Sending slots whose last number is kept, the youngest ones. */
#define JOURNAL_EPOCHS	16

/* Of one sending host. */
struct journal_host {
	uint64_t created;	/* when its stream was made; tells streams apart */
	uint64_t floor;		/* numbers in the stream up to this one are settled */
};

/* The record of one slot here and one sending host. */
struct journal_slot {
	uint64_t last;		/* the last number in the stream that has entered the slot */
	struct {
		uint64_t epoch, sequence;
	} entered[JOURNAL_EPOCHS];	/* the last message of each sending slot that has */
	/* The write that may be under way. */
	struct {
		uint64_t number;	/* in the stream; 0: none */
		struct wire wire;
		int64_t slot;		/* creation time of the slot */
		uint64_t written;	/* messages ever written to it, before */
		uint64_t alone;		/* nobody else could write to it */
	} intent;
};

/* Map the record of that name, made if need be, of @size bytes; NULL and errno. */
void *journal_open(const char *directory, const char *name, size_t size);
void journal_close(void *record, size_t size);

/* Has the message entered the slot before? */
bool journal_has(const struct journal_slot *slot, uint64_t number, const struct wire *wire);
/* The message is about to be written to the slot, of which @info tells. */
void journal_intend(struct journal_slot *slot, uint64_t number, const struct wire *wire,
		    const struct mailslot_info *info);
/* The write is over; the message has entered the slot or not. */
void journal_settle(struct journal_slot *slot, bool entered);
/*
 * The relay was killed: has the write that was under way been done? @info tells of the slot as it
 * is now; NULL: there is none. If nobody can tell, the message is taken for one that has not
 * entered.
 */
void journal_recover(struct journal_slot *slot, const struct mailslot_info *info);

#endif /* JOURNAL_H */
