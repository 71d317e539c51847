/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The loop that is measured, made once for every peer so that the compiler sees
 * which calls it makes: calls through pointers would add a fifth of what a message
 * costs a user to the floor, and the same to every peer.
 */
#ifndef BENCH_LOOP_H
#define BENCH_LOOP_H

#include "peer.h"

#define STREAM_LOOP(NAME, SEND, RECV)							\
static int NAME(const struct channel *c, char *buf, unsigned int rounds)		\
{											\
	const unsigned int depth = c->depth;						\
	const size_t size = c->size;							\
	const int rx = c->rx, tx = c->tx;						\
	unsigned int i, j;								\
											\
	for (i = 0; i < rounds; i++) {							\
		for (j = 0; j < depth; j++)						\
			if (SEND(tx, buf, size))					\
				return -1;						\
		for (j = 0; j < depth; j++)						\
			if (RECV(rx, buf, size) != (ssize_t)size)			\
				return -1;						\
	}										\
	return 0;									\
}

#endif /* BENCH_LOOP_H */
