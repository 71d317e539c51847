// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guides the random caller by what its calls reach: KCOV tells a thread which blocks of kmod/ its
 * call ran through.  All that a caller does follows from the numbers it draws; an episode of calls
 * whose numbers reached a new edge (a pair of blocks) is kept, and later episodes change kept ones.
 * A kept episode reaches its edges again only if it meets what it met: other callers run, too.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/kcov.h>

#include "abi.h"
#include "abi-cover.h"

#define KCOV		"/sys/kernel/debug/kcov"
#define TRACE		(1UL << 16)	/* blocks of one call that are told */
#define EDGES		(1U << 18)	/* places for edges; two may share one */
#define EPISODE		24		/* calls */
#define DRAWS		1024		/* numbers of an episode that are kept */
#define KEPT		2048		/* episodes */

struct episode {
	uint32_t length;		/* 0: not written yet; published with release */
	uint64_t draws[DRAWS];
};

/* Shared by all processes and rounds. */
static struct memory {
	bool guided;
	unsigned int kept;		/* __atomic_*; more than KEPT once places are used again */
	unsigned int edges;		/* __atomic_* */
	unsigned char seen[EDGES];	/* __atomic_* */
	struct episode episodes[KEPT];
} *memory;

/* Of the round: a trace for each caller. */
static int traces[CALLERS];

/* Of a caller's thread. */
static __thread struct {
	unsigned long *trace;		/* the number of blocks, and the blocks */
	struct episode *now;
	unsigned int at;		/* draws of it that were used */
	unsigned int calls;
	bool found;			/* it reached a new edge */
} cover;

bool cover_start(bool guided)
{
	memory = mmap(NULL, sizeof(*memory), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (memory == MAP_FAILED)
		return false;
	memory->guided = guided;
	return !access(KCOV, R_OK | W_OK);
}

unsigned int cover_edges(void)
{
	return memory ? __atomic_load_n(&memory->edges, __ATOMIC_RELAXED) : 0;
}

unsigned int cover_kept(void)
{
	unsigned int kept = memory ? __atomic_load_n(&memory->kept, __ATOMIC_RELAXED) : 0;

	return kept < KEPT ? kept : KEPT;
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

/* Another number in some places, an end of its own, or the end of another episode. */
static void change(struct episode *episode)
{
	const struct episode *other = &memory->episodes[fresh() % cover_kept()];
	unsigned int cut = fresh() % episode->length, i;
	uint32_t length = __atomic_load_n(&other->length, __ATOMIC_ACQUIRE);

	switch (fresh() % 4) {
	case 0:
		episode->length = cut;
		break;
	case 1:
		for (i = cut; i < length; i++)
			episode->draws[i] = other->draws[i];
		if (cut < length)
			episode->length = length;
		break;
	default:
		for (i = fresh() % 4 + 1; i; i--)
			episode->draws[fresh() % episode->length] = fresh();
		break;
	}
}

/* A new episode, or a kept one that is changed. */
static void begin(void)
{
	const struct episode *chosen;
	uint32_t length;

	cover.at = 0;
	cover.calls = 0;
	cover.found = false;
	cover.now->length = 0;
	if (!memory->guided || !cover_kept() || fresh() % 2)
		return;
	chosen = &memory->episodes[fresh() % cover_kept()];
	length = __atomic_load_n(&chosen->length, __ATOMIC_ACQUIRE);
	if (!length)
		return;
	memcpy(cover.now->draws, chosen->draws, length * sizeof(*chosen->draws));
	cover.now->length = length;
	change(cover.now);
}

/* Two callers may write one place at a time; then it holds numbers of both, which are as good. */
static void keep(const struct episode *episode, unsigned int length)
{
	struct episode *to;
	unsigned int place;

	if (!length)
		return;
	place = __atomic_fetch_add(&memory->kept, 1, __ATOMIC_RELAXED);
	to = &memory->episodes[place < KEPT ? place : fresh() % KEPT];
	memcpy(to->draws, episode->draws, length * sizeof(*to->draws));
	__atomic_store_n(&to->length, length, __ATOMIC_RELEASE);
}

static void look(void)
{
	unsigned long count = __atomic_load_n(&cover.trace[0], __ATOMIC_RELAXED), before = 0, i;

	for (i = 1; i <= count && i < TRACE; i++) {
		unsigned long here = cover.trace[i] * 0x9e3779b97f4a7c15;
		unsigned char *seen = &memory->seen[(here ^ before) >> 46];

		before = here >> 1;
		if (__atomic_load_n(seen, __ATOMIC_RELAXED) ||
		    __atomic_exchange_n(seen, 1, __ATOMIC_RELAXED))
			continue;
		__atomic_add_fetch(&memory->edges, 1, __ATOMIC_RELAXED);
		cover.found = true;
	}
}

void cover_begin(void)
{
	unsigned char page = 0;
	size_t i;

	if (!memory)
		return;
	cover.trace = mmap(NULL, TRACE * sizeof(*cover.trace), PROT_READ | PROT_WRITE, MAP_SHARED,
			   traces[self->number], 0);
	cover.now = mmap(NULL, sizeof(*cover.now), PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (cover.trace == MAP_FAILED || cover.now == MAP_FAILED)
		_exit(7);
	/* Tables of pages now, not while memory is scarce. */
	for (i = 0; i < sizeof(*memory); i += PAGE)
		page |= ((volatile unsigned char *)memory)[i];
	(void)page;
	begin();
	if (ioctl(traces[self->number], KCOV_ENABLE, KCOV_TRACE_PC))
		_exit(7);
	__atomic_store_n(&cover.trace[0], 0, __ATOMIC_RELAXED);
}

void cover_called(void)
{
	if (!memory)
		return;
	look();
	if (++cover.calls == EPISODE) {
		if (cover.found && memory->guided)
			keep(cover.now, cover.at);
		begin();
	}
	__atomic_store_n(&cover.trace[0], 0, __ATOMIC_RELAXED);
}

uint64_t cover_draw(uint64_t drawn)
{
	if (!cover.now || cover.at == DRAWS)
		return drawn;
	if (cover.at < cover.now->length)
		return cover.now->draws[cover.at++];
	cover.now->draws[cover.at++] = drawn;
	return drawn;
}

bool cover_load(const char *path)
{
	FILE *file = fopen(path, "re");
	bool good = true;
	uint32_t length;

	if (!file)
		return false;
	while (memory->kept < KEPT && fread(&length, sizeof(length), 1, file) == 1) {
		struct episode *to = &memory->episodes[memory->kept];

		good = length && length <= DRAWS &&
		       fread(to->draws, sizeof(*to->draws), length, file) == length;
		if (!good)
			break;
		to->length = length;
		memory->kept++;
	}
	fclose(file);
	return good;
}

bool cover_save(const char *path)
{
	FILE *file = fopen(path, "we");
	unsigned int i;
	bool good = file;

	for (i = 0; good && i < cover_kept(); i++) {
		const struct episode *from = &memory->episodes[i];

		if (!from->length)
			continue;
		good = fwrite(&from->length, sizeof(from->length), 1, file) == 1 &&
		       fwrite(from->draws, sizeof(*from->draws), from->length, file) ==
		       from->length;
	}
	return file && !fclose(file) && good;
}
