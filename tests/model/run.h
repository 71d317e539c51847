/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A sequence of operations carried out and compared with the model, as they are
 * generated or as they were written down, in a process of its own that may hang.
 */
#ifndef MODEL_RUN_H
#define MODEL_RUN_H

#include <errno.h>

#include "generate.h"
#include "world.h"

#define MOST_OPS	4096	/* of a sequence */
#define ERRNOS		134	/* column 0 is success */

/* In memory that runner and parent share. */
struct run {
	struct op ops[MOST_OPS];
	unsigned int count;
	unsigned int at;		/* __atomic_*: the operation under way */
	bool different;			/* that operation is, and this is how: */
	char why[256];
	char who[1024];			/* the processes then, a line each */
	unsigned long compared;
	unsigned long seen[OP_KINDS][ERRNOS];
};

struct plan {
	enum style style;
	__u64 seed;		/* of generated operations */
	unsigned int wrong;	/* rule of the model */
	bool hasty;		/* a difference is expected: it is soon taken for one */
};

/* The parameters as they were before, and what they were put back to after each run. */
void run_init(void);
void run_end(void);

/* Generates run->count operations and runs them. True if there was no difference. */
bool run_new(struct run *run, const struct plan *plan);

/* Runs those that are there. */
bool run_again(struct run *run, const struct plan *plan);

/* Leaves out of run->ops what is not needed for a difference. */
void run_shrink(struct run *run, const struct plan *plan);

#endif
