// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes kmod/queue.c: an input is a sequence of steps, each done to the queue and to the plain
 * model that KUnit uses too (kmod/tests/queue_model.h).  Blocks are heap pages: a byte read behind
 * a block's end or after it was freed is the sanitizer's to see.
 */
#include <stdio.h>

#include "tests/queue_model.h"

void shim_fail(const char *what)
{
	__builtin_trap();
}

unsigned long __get_free_page(gfp_t gfp)
{
	return (unsigned long)aligned_alloc(PAGE_SIZE, PAGE_SIZE);
}

void free_page(unsigned long page)
{
	free((void *)page);
}

/* Two bytes of length: about the ends of blocks as often as anywhere. */
static u32 length_of(u8 low, u8 high)
{
	u32 fits = MAILSLOT_BLOCK_ROOM - MAILSLOT_RECORD_SIZE;

	switch (high >> 5) {
	case 0:
	case 1:
		return low;
	case 2:
		return fits - 16 + low % 32;
	case 3:
		return fits - 16 + low % 32 + (high & 0x1f) * MAILSLOT_BLOCK_ROOM;
	default:
		return (high & 0x3f) << 8 | low;
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct queue_model model;
	const char *wrong = NULL;
	size_t i;

	queue_model_init(&model);
	for (i = 0; i + 2 < size && !wrong; i += 3) {
		u32 argument = length_of(data[i + 1], data[i + 2]);
		enum queue_step step = data[i] % QUEUE_STEPS;

		if (step == QUEUE_STEP_TAKE || step == QUEUE_STEP_DRAIN)
			argument %= 16;
		wrong = queue_model_step(&model, step, argument);
	}
	if (!wrong)
		wrong = queue_model_end(&model);
	if (wrong) {
		fprintf(stderr, "FAILED: %s\n", wrong);
		abort();
	}
	return 0;
}
