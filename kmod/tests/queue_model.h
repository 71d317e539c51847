/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A plain model of a queue beside the real one: what was appended must come out, in order and
 * unchanged, and every block must be accounted for. KUnit and the fuzzer drive the same steps.
 */
#ifndef MAILSLOT_QUEUE_MODEL_H
#define MAILSLOT_QUEUE_MODEL_H

#include <linux/sizes.h>

#include "../queue.h"

/* Messages and bytes of them that the model holds at most; it refuses to append beyond. */
#define QUEUE_MODEL_MESSAGES	256
#define QUEUE_MODEL_BYTES	(4 * SZ_1M)

struct queue_model {
	struct mailslot_queue queue;
	u64 written;			/* the messages are numbered from 0 */
	u64 read;
	u64 bytes_written;
	u64 bytes_read;
	u32 lengths[QUEUE_MODEL_MESSAGES];	/* of message N at N modulo its size */
	unsigned long blocks;		/* that the queue has */
	struct mailslot_block *taken;	/* spares that were taken and not brought back */
	unsigned long taken_count;
	u32 payer;			/* who pays for new blocks, and asks for spares */
};

enum queue_step {
	QUEUE_STEP_APPEND,	/* pack a message of ARGUMENT bytes behind the others */
	QUEUE_STEP_LINK,	/* append one in blocks of its own */
	QUEUE_STEP_CONSUME,	/* take the first message off */
	QUEUE_STEP_DRAIN,	/* take ARGUMENT messages off */
	QUEUE_STEP_WALK,	/* look at all messages */
	QUEUE_STEP_TAKE,	/* take up to ARGUMENT spare blocks of the payer's */
	QUEUE_STEP_DONATE,	/* bring back what was taken */
	QUEUE_STEP_TRIM,	/* take all blocks that hold no message */
	QUEUE_STEP_SETTLE,	/* take the spare blocks of busy times */
	QUEUE_STEP_PAYER,	/* from here on ARGUMENT, modulo 3, pays and asks for spares */
	QUEUE_STEPS
};

void queue_model_init(struct queue_model *model);
const char *queue_model_step(struct queue_model *model, enum queue_step step, u32 argument);
const char *queue_model_end(struct queue_model *model);

#endif
