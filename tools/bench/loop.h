/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The loop that is measured, inlined into a function for each peer so that the
 * compiler sees which calls it makes: calls through pointers would be counted as
 * the peer's.  It times nothing.
 */
#ifndef BENCH_LOOP_H
#define BENCH_LOOP_H

#include "peer.h"

static inline __attribute__((always_inline))
int stream_loop(int (*send)(int tx, const void *buf, size_t len),
		ssize_t (*recv)(int rx, void *buf, size_t size),
		const struct channel *c, char *buf, unsigned int rounds)
{
	const unsigned int depth = c->depth;
	const size_t size = c->size;
	const int rx = c->rx, tx = c->tx;
	unsigned int i, j;

	for (i = 0; i < rounds; i++) {
		for (j = 0; j < depth; j++)
			if (send(tx, buf, size))
				return -1;
		for (j = 0; j < depth; j++)
			if (recv(rx, buf, size) != (ssize_t)size)
				return -1;
	}
	return 0;
}

#endif /* BENCH_LOOP_H */
