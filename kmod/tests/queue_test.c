// SPDX-License-Identifier: GPL-2.0-only
/* KUnit: the queue against a plain model of it, at the ends of blocks above all. */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "../queue.c"
#include "queue_model.h"
#include "suites.h"

/* Lengths up to which a message fits one block alone, and beyond. */
#define FITS	((int)(MAILSLOT_BLOCK_ROOM - MAILSLOT_RECORD_SIZE))

static struct queue_model *model_new(struct kunit *test)
{
	struct queue_model *model = kunit_kzalloc(test, sizeof(*model), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, model);
	queue_model_init(model);
	return model;
}

static void do_step(struct kunit *test, struct queue_model *model, enum queue_step what,
		    u32 argument)
{
	const char *wrong = queue_model_step(model, what, argument);

	if (wrong)
		KUNIT_FAIL_AND_ABORT(test, "step %d of %u at %llu written, %llu read: %s",
				     what, argument, model->written, model->read, wrong);
}

static void finish(struct kunit *test, struct queue_model *model)
{
	const char *wrong = queue_model_end(model);

	if (wrong)
		KUNIT_FAIL_AND_ABORT(test, "at the end: %s", wrong);
}

static void starts_empty(struct kunit *test)
{
	struct queue_model *model = model_new(test);

	KUNIT_EXPECT_EQ(test, mailslot_queue_count(&model->queue), 0);
	KUNIT_EXPECT_NULL(test, mailslot_queue_blocks(&model->queue));
	KUNIT_EXPECT_FALSE(test, mailslot_queue_idle(&model->queue));
	do_step(test, model, QUEUE_STEP_TRIM, 0);
	do_step(test, model, QUEUE_STEP_TAKE, 10);
	finish(test, model);
}

static void small_messages_share_a_block(struct kunit *test)
{
	struct queue_model *model = model_new(test);
	unsigned int fit = MAILSLOT_BLOCK_ROOM / ALIGN(MAILSLOT_RECORD_SIZE + 8, 8), i;

	for (i = 0; i < fit; i++)
		do_step(test, model, QUEUE_STEP_APPEND, 8);
	KUNIT_EXPECT_EQ(test, model->blocks, 1);
	do_step(test, model, QUEUE_STEP_APPEND, FITS);
	KUNIT_EXPECT_EQ(test, model->blocks, 2);
	finish(test, model);
}

static void emptied_starts_again_at_the_top(struct kunit *test)
{
	struct queue_model *model = model_new(test);
	unsigned int i;

	for (i = 0; i < 1000; i++) {
		do_step(test, model, QUEUE_STEP_APPEND, 100);
		do_step(test, model, QUEUE_STEP_CONSUME, 0);
	}
	KUNIT_EXPECT_EQ(test, model->blocks, 1);
	KUNIT_EXPECT_TRUE(test, mailslot_queue_idle(&model->queue));
	do_step(test, model, QUEUE_STEP_TRIM, 0);
	KUNIT_EXPECT_EQ(test, model->blocks, 0);
	KUNIT_EXPECT_FALSE(test, mailslot_queue_idle(&model->queue));
	finish(test, model);
}

/* Two messages before and one behind, all ends of blocks met to the byte, packed and linked. */
static void ends_of_blocks(struct kunit *test)
{
	static const int seconds[] = {
		0, 8, FITS - 1, FITS, FITS + 1, MAILSLOT_BLOCK_ROOM + 1,
	};
	int first, blocks, how;
	size_t i;

	for (blocks = 0; blocks < 2; blocks++)
		for (first = FITS - 44; first < FITS + 12; first += 1 + blocks)
			for (i = 0; i < ARRAY_SIZE(seconds); i++)
				for (how = 0; how < 4; how++) {
					struct queue_model *model = model_new(test);

					do_step(test, model, how & 1, first +
						blocks * (int)MAILSLOT_BLOCK_ROOM);
					do_step(test, model, how >> 1, seconds[i]);
					do_step(test, model, QUEUE_STEP_APPEND, 24);
					do_step(test, model, QUEUE_STEP_WALK, 0);
					do_step(test, model, QUEUE_STEP_CONSUME, 0);
					do_step(test, model, QUEUE_STEP_APPEND, 5);
					do_step(test, model, QUEUE_STEP_DRAIN, 4);
					finish(test, model);
					kunit_kfree(test, model);
				}
}

static void spares_are_bounded(struct kunit *test)
{
	struct queue_model *model = model_new(test);
	int i;

	for (i = 0; i < 50; i++)
		do_step(test, model, QUEUE_STEP_LINK, 60 << 10);
	KUNIT_EXPECT_GT(test, model->blocks, MAILSLOT_SPARES_BUSY + 1);
	do_step(test, model, QUEUE_STEP_DRAIN, 50);
	KUNIT_EXPECT_EQ(test, model->queue.spares, MAILSLOT_SPARES_BUSY);
	KUNIT_EXPECT_EQ(test, model->blocks, MAILSLOT_SPARES_BUSY + 1);
	do_step(test, model, QUEUE_STEP_SETTLE, 0);
	KUNIT_EXPECT_EQ(test, model->queue.spares, MAILSLOT_SPARES);
	KUNIT_EXPECT_EQ(test, model->blocks, MAILSLOT_SPARES + 1);
	/* And they are used again. */
	do_step(test, model, QUEUE_STEP_APPEND, 100 << 10);
	KUNIT_EXPECT_EQ(test, model->blocks, MAILSLOT_SPARES + 1);
	finish(test, model);
}

static void take_and_donate(struct kunit *test)
{
	struct queue_model *model = model_new(test);

	do_step(test, model, QUEUE_STEP_APPEND, 20 << 10);
	do_step(test, model, QUEUE_STEP_APPEND, 20 << 10);
	do_step(test, model, QUEUE_STEP_CONSUME, 0);
	KUNIT_EXPECT_GE(test, model->queue.spares, 4);
	do_step(test, model, QUEUE_STEP_TAKE, 3);
	KUNIT_EXPECT_EQ(test, model->taken_count, 3);
	do_step(test, model, QUEUE_STEP_TAKE, 1000);
	KUNIT_EXPECT_EQ(test, model->queue.spares, 0);
	do_step(test, model, QUEUE_STEP_TAKE, 1);
	do_step(test, model, QUEUE_STEP_DONATE, 0);
	do_step(test, model, QUEUE_STEP_WALK, 0);
	do_step(test, model, QUEUE_STEP_TRIM, 0);
	do_step(test, model, QUEUE_STEP_WALK, 0);
	finish(test, model);
}

/* Spares are taken up to the first that another memory cgroup pays for, and no further. */
static void take_asks_who_pays(struct kunit *test)
{
	struct queue_model *model = model_new(test);

	do_step(test, model, QUEUE_STEP_APPEND, 20 << 10);
	do_step(test, model, QUEUE_STEP_PAYER, 1);
	do_step(test, model, QUEUE_STEP_LINK, 20 << 10);
	do_step(test, model, QUEUE_STEP_APPEND, 100);
	do_step(test, model, QUEUE_STEP_DRAIN, 2);
	KUNIT_EXPECT_GT(test, model->queue.spares, 8);
	do_step(test, model, QUEUE_STEP_TAKE, 1000);
	KUNIT_EXPECT_GE(test, model->taken_count, 4);
	KUNIT_EXPECT_GT(test, model->queue.spares, 0);
	/* Behind them are those of the first payer, which the second one does not get. */
	do_step(test, model, QUEUE_STEP_PAYER, 2);
	do_step(test, model, QUEUE_STEP_TAKE, 1000);
	KUNIT_EXPECT_GT(test, model->queue.spares, 0);
	do_step(test, model, QUEUE_STEP_PAYER, 0);
	do_step(test, model, QUEUE_STEP_TAKE, 1000);
	do_step(test, model, QUEUE_STEP_DONATE, 0);
	finish(test, model);
}

static void trim_keeps_messages(struct kunit *test)
{
	struct queue_model *model = model_new(test);
	int i;

	for (i = 0; i < 200; i++) {
		do_step(test, model, i % 3 ? QUEUE_STEP_APPEND : QUEUE_STEP_LINK, i * 37);
		do_step(test, model, QUEUE_STEP_TRIM, 0);
		if (i % 2)
			do_step(test, model, QUEUE_STEP_CONSUME, 0);
		do_step(test, model, QUEUE_STEP_TRIM, 0);
	}
	do_step(test, model, QUEUE_STEP_DRAIN, 1000);
	do_step(test, model, QUEUE_STEP_TRIM, 0);
	KUNIT_EXPECT_NULL(test, mailslot_queue_blocks(&model->queue));
	finish(test, model);
}

/* Lengths as they hurt: tiny, about a block, a few blocks. */
static u32 random_length(struct rnd_state *random)
{
	u32 near = prandom_u32_state(random) % 33;

	switch (prandom_u32_state(random) % 8) {
	case 0:
		return 0;
	case 1 ... 3:
		return prandom_u32_state(random) % 256;
	case 4:
		return FITS - 16 + near;
	case 5:
		return prandom_u32_state(random) % (2 * PAGE_SIZE);
	case 6:
		return FITS - 16 + near + prandom_u32_state(random) % 8 * MAILSLOT_BLOCK_ROOM;
	default:
		return prandom_u32_state(random) % (64 << 10);
	}
}

static void random_steps(struct kunit *test)
{
	/* What is done how often, appending and taking off in equal measure. */
	static const enum queue_step mix[] = {
		QUEUE_STEP_APPEND, QUEUE_STEP_APPEND, QUEUE_STEP_APPEND, QUEUE_STEP_APPEND,
		QUEUE_STEP_LINK, QUEUE_STEP_LINK, QUEUE_STEP_CONSUME, QUEUE_STEP_CONSUME,
		QUEUE_STEP_CONSUME, QUEUE_STEP_CONSUME, QUEUE_STEP_CONSUME, QUEUE_STEP_TAKE,
		QUEUE_STEP_DONATE, QUEUE_STEP_TRIM, QUEUE_STEP_WALK, QUEUE_STEP_DRAIN,
		QUEUE_STEP_PAYER,
	};
	const unsigned int *seed = test->param_value;
	struct queue_model *model = model_new(test);
	struct rnd_state random;
	int i;

	prandom_seed_state(&random, *seed);
	for (i = 0; i < 5000; i++) {
		enum queue_step what = mix[prandom_u32_state(&random) % ARRAY_SIZE(mix)];
		u32 argument = random_length(&random);

		if (what == QUEUE_STEP_TAKE || what == QUEUE_STEP_DRAIN)
			argument %= 8;
		do_step(test, model, what, argument);
	}
	KUNIT_EXPECT_GT(test, model->read, 500);
	finish(test, model);
}

static const unsigned int seeds[] = { 1, 2, 3, 5, 8, 13 };

static void seed_name(const unsigned int *seed, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "seed %u", *seed);
}

KUNIT_ARRAY_PARAM(seed, seeds, seed_name);

static struct kunit_case queue_cases[] = {
	KUNIT_CASE(starts_empty),
	KUNIT_CASE(small_messages_share_a_block),
	KUNIT_CASE(emptied_starts_again_at_the_top),
	KUNIT_CASE(ends_of_blocks),
	KUNIT_CASE(spares_are_bounded),
	KUNIT_CASE(take_and_donate),
	KUNIT_CASE(take_asks_who_pays),
	KUNIT_CASE(trim_keeps_messages),
	KUNIT_CASE_PARAM(random_steps, seed_gen_params),
	{}
};

struct kunit_suite mailslot_queue_suite = {
	.name = "mailslot-queue",
	.test_cases = queue_cases,
};
