/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lines of the benchmark: what is measured, for every peer that can do it.  How
 * a line is run is in run-line.c; what a result is worth is not decided here.
 */
#ifndef BENCH_LINE_H
#define BENCH_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include "peer.h"

/**
 * enum kind - what one line does
 * @STREAM: queue n messages, then take n, in one process.
 * @BATCH: the same with one call for the n, where there is such a call.
 * @PINGPONG: two processes, one message there and one back.
 * @WRITERS: n processes send to one that receives.
 * @MAKE: make a queue that others can find, and remove it.
 * @VISIT: open and close a sending end while n such queues are alive.
 * @AMONG: queue a message and take it while n other queues are alive.
 * @IDLE: bytes of kernel memory that an idle queue takes, of n.
 * @QUEUED: bytes of kernel memory that a queued message takes, of n.
 * @FILL: cost of queueing the last of n messages, none taken meanwhile.
 * @DRAIN: cost of taking the first of n messages.
 */
enum kind { STREAM, BATCH, PINGPONG, WRITERS, MAKE, VISIT, AMONG, IDLE, QUEUED, FILL, DRAIN };

struct line {
	const char *id;
	enum kind kind;
	size_t size;
	unsigned int n;
	bool budget;
};

extern const struct line lines[];
extern const size_t line_count;

/* Whether this peer can do this at all. */
bool line_fits(const struct line *l, const struct peer *p);

/**
 * line_measure() - run one line on one peer
 * @target: nanoseconds that a measurement should take, about.
 * Return: cost per message, round trip, queue or visit in nanoseconds (which are
 * instructions where the clock counts them) or in bytes; less than 0 with errno.
 */
double line_measure(const struct line *l, const struct peer *p, double target);

/* The other process of a line, and what its reader does. They return when something fails. */
int line_echo(const struct peer *p, const struct channel *in, const struct channel *out);
int line_writer(const struct peer *p, struct channel *c);
int line_take(const struct peer *p, const struct channel *c, unsigned int count);

/**
 * line_trace() - run a stream line for the profile, once the host has its log open
 * Return: 0, or -1 with errno.
 */
int line_trace(const struct line *l, const struct peer *p, unsigned int rounds);

#endif /* BENCH_LINE_H */
