/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a ring must hold, told from what its reader can see: the judge has a copy of each message
 * since the moment in which the tail moved over it.  The ring's one reader is here, too, who keeps
 * to the protocol or does not.
 */
#ifndef RING_JUDGE_H
#define RING_JUDGE_H

#include "fuzz.h"
#include "ring.h"
#include "slot.h"

struct judge {
	struct mailslot_slot *slot;	/* NULL: no ring is mapped in this area */
	u8 *data;			/* what the data pages hold, each once */
	u32 tail;			/* as stored last */
	u64 sequence;			/* of the last message before it */

	/* The reader. */
	u32 head;			/* as stored last */
	u64 released;			/* number of the last message before it */
	u32 position;			/* up to where messages have been looked at */
	u64 looked;			/* number of the last of these */
	bool hostile;			/* it has stored what it liked: numbers are not known */
	u32 noise;			/* if not 0, the head is another after each look at it */
	bool owes;			/* it is to call, as it has seen a kick */
	unsigned int eager;		/* if not 0, it reads all at the how manieth look at it */
};

struct judge *judge_of(const struct mailslot_ring *ring);
void judge_begin(struct mailslot_slot *slot);
void judge_rings(bool rest);
/* May a line wait whose turn it is, as the reader is to call, or not yet, or does as it likes? */
bool judge_expects_call(const struct judge *j);
/* Behind @position: the message that the judge knows, of which what the ring shows is no more. */
bool judge_shows(const struct judge *j, u32 position, u32 size);

void reader_read(struct judge *j, unsigned int most);
void reader_release(struct judge *j);
void reader_store(struct judge *j, u8 how, u32 number);
void reader_resume(struct judge *j);

/* Of fuzz-module.c: a message has entered, and it was its turn. */
void shim_entered(struct mailslot_slot *slot, const u8 *bytes, u32 length);

#endif /* RING_JUDGE_H */
