// SPDX-License-Identifier: GPL-2.0-only
/*
 * Counts what the random caller's calls reach: KCOV tells a thread which blocks of kmod/ its call
 * ran through, and two blocks in a row are an edge.  The module is built with KCOV_INSTRUMENT=y.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/kcov.h>

#include "abi.h"
#include "abi-cover.h"

#define KCOV		"/sys/kernel/debug/kcov"
#define TRACE		(1UL << 16)	/* blocks of one call that are told */
#define PLACES		18		/* 2 to the power of that for edges; two may share one */

/* Shared by all processes and rounds. */
static struct memory {
	unsigned int edges;			/* __atomic_* */
	unsigned char seen[1 << PLACES];	/* __atomic_* */
} *memory;

/* Of the round: a trace for each caller. */
static int traces[CALLERS];

/* Of a caller's thread: the number of blocks, and the blocks. */
static __thread unsigned long *trace;

bool cover_start(void)
{
	if (access(KCOV, R_OK | W_OK))
		return false;
	memory = mmap(NULL, sizeof(*memory), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (memory == MAP_FAILED)
		memory = NULL;
	return memory;
}

unsigned int cover_edges(void)
{
	return __atomic_load_n(&memory->edges, __ATOMIC_RELAXED);
}

bool cover_round(void)
{
	unsigned int i;

	for (i = 0; memory && i < CALLERS; i++) {
		traces[i] = open(KCOV, O_RDWR | O_CLOEXEC);
		if (traces[i] < 0 || ioctl(traces[i], KCOV_INIT_TRACE, TRACE))
			return false;
	}
	return true;
}

static void empty(void)
{
	__atomic_store_n(&trace[0], 0, __ATOMIC_RELAXED);
}

void cover_begin(void)
{
	int fd = traces[self->number];

	if (!memory)
		return;
	trace = mmap(NULL, TRACE * sizeof(*trace), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (trace == MAP_FAILED || ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC))
		_exit(7);
	empty();
}

void cover_called(void)
{
	unsigned long count, before = 0, i;

	if (!memory)
		return;
	count = __atomic_load_n(&trace[0], __ATOMIC_RELAXED);
	for (i = 1; i <= count && i < TRACE; i++) {
		unsigned long here = trace[i] * 0x9e3779b97f4a7c15;
		unsigned char *seen = &memory->seen[(here ^ before) >> (64 - PLACES)];

		before = here >> 1;
		if (!__atomic_load_n(seen, __ATOMIC_RELAXED) &&
		    !__atomic_exchange_n(seen, 1, __ATOMIC_RELAXED))
			__atomic_add_fetch(&memory->edges, 1, __ATOMIC_RELAXED);
	}
	empty();
}
