// SPDX-License-Identifier: GPL-2.0-only
/*
 * A sequence that ends in a difference, cut down: operations are left out, in
 * halves, quarters and at last one by one, and numbers made smaller, as long as
 * what is left still ends in one.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "run.h"

/* What is not cut down by then stays. */
#define LIMIT_S	240

static time_t began;

static bool differs(struct run *run, const struct op *ops, unsigned int count,
		    const struct plan *plan)
{
	memcpy(run->ops, ops, count * sizeof(*ops));
	run->count = count;
	if (time(NULL) - began > LIMIT_S)
		return false;
	return !run_again(run, plan);
}

/* Leaves out stretches of @size. Returns how many are left. */
static unsigned int leave_out(struct run *run, struct op *ops, unsigned int count,
			      unsigned int size, const struct plan *plan)
{
	struct op *less = malloc(MOST_OPS * sizeof(*less));
	unsigned int at = 0;

	while (less && at < count) {
		unsigned int left = count - at < size ? count - at : size;

		memcpy(less, ops, at * sizeof(*ops));
		memcpy(less + at, ops + at + left, (count - at - left) * sizeof(*ops));
		if (count > left && differs(run, less, count - left, plan)) {
			/* What came behind the difference went as well. */
			count = run->count;
			memcpy(ops, less, count * sizeof(*ops));
		} else {
			at += left;
		}
	}
	free(less);
	return count;
}

/* Each number of each operation: 0, or half. */
static void make_smaller(struct run *run, struct op *ops, unsigned int *count,
			 const struct plan *plan)
{
	/* Not its kind, and not who does it on what. */
	const unsigned int first = offsetof(struct op, how) / sizeof(__u32);
	const unsigned int end = offsetof(struct op, value) / sizeof(__u32);
	unsigned int i, field;

	for (i = 0; i < *count; i++) {
		for (field = first; i < *count && field < end; field++) {
			__u32 *number = (__u32 *)&ops[i] + field, was = *number;

			if (!was)
				continue;
			*number = 0;
			if (differs(run, ops, *count, plan)) {
				*count = run->count;
				continue;
			}
			*number = was / 2;
			if (was < 16 || !differs(run, ops, *count, plan))
				*number = was;
			else
				*count = run->count;
		}
	}
}

void run_shrink(struct run *run, const struct plan *found)
{
	unsigned int count = run->count, size, before;
	struct op *ops = malloc(MOST_OPS * sizeof(*ops));
	struct plan hasty = *found;
	const struct plan *plan = &hasty;

	hasty.hasty = true;
	began = time(NULL);

	if (!ops)
		return;
	memcpy(ops, run->ops, count * sizeof(*ops));
	do {
		before = count;
		for (size = (count + 1) / 2; size; size /= 2)
			count = leave_out(run, ops, count, size, plan);
	} while (count < before);
	/* A test of the cutting needs that once. */
	if (found->wrong < 2)
		make_smaller(run, ops, &count, plan);
	/* Once more, to say how it differs. */
	began = time(NULL);
	differs(run, ops, count, found);
	free(ops);
}
