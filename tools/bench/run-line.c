// SPDX-License-Identifier: GPL-2.0-only
/*
 * How each kind of line is run.  The loops are the same for every peer, warmed up
 * on the queue that is measured, and every length is checked: a peer that dropped
 * or cut a message would fail rather than win.
 */
#include <errno.h>
#include <glob.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "line.h"

#define WARM_UP		64

static char memory[BUFFER_HEAD + (1 << 20)] __attribute__((aligned(4096)));
static char *const buffer = memory + BUFFER_HEAD;
static unsigned int serial;

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

bool line_fits(const struct line *l, const struct peer *p)
{
	bool floor = p == &null_peer || p == &copy_peer;

	/* A library that this program was not linked with. */
	if (!p)
		return false;
	/*
	 * Their queues are in the memory of who uses them. ZeroMQ's writers are left out: in two of
	 * three runs on 6.12 the line did not end.
	 */
	if (p == &zeromq_peer || p == &boost_peer)
		return l->kind == STREAM || l->kind == PINGPONG ||
		       (l->kind == WRITERS && p == &boost_peer);
	/* Its reader never gives its processor to a writer. */
	if (p == &ring_poll_peer)
		return (l->kind == PINGPONG || l->kind == WRITERS) &&
		       sysconf(_SC_NPROCESSORS_ONLN) > 1;
	if (l->size > p->max || (!l->size && l->kind <= WRITERS && !p->empty))
		return false;
	if (!p->open)
		return l->kind == MAKE || l->kind == VISIT || l->kind == IDLE;
	switch (l->kind) {
	case STREAM:
		return !floor || l->n == 1;
	case WRITERS:
		return p->attach;
	case MAKE:
	case VISIT:
		return p->park;
	case AMONG:
	case IDLE:
		return p->park;
	case QUEUED:
		return !floor;
	case FILL:
	case DRAIN:
		/* A POSIX queue ends at 65536 messages; a page for each would fill the machine. */
		return !floor && p != &mq_peer && p != &pipe_peer &&
		       p != &dgram_peer && p != &seqpacket_peer;
	default:
		return !floor;
	}
}

static int batches(const struct peer *p, const struct channel *c, unsigned int rounds,
		   struct batch *b)
{
	unsigned int i;

	if (!p->send_batch)
		return p->stream(c, buffer, rounds);
	for (i = 0; i < rounds; i++) {
		if (p->send_batch(c->tx, b, c->depth) != (int)c->depth)
			return -1;
		if (p->recv_batch(c->rx, b, c->depth) != (int)c->depth)
			return -1;
	}
	return 0;
}

/* As many rounds as the target time holds, from what the warm-up took. */
static unsigned int rounds_for(double took, unsigned int rounds, double target)
{
	double n = target / (took / rounds);

	if (n < 16)
		return 16;
	return n > 1e7 ? 1e7 : n;
}

static double measure_stream(const struct line *l, const struct peer *p, double target)
{
	struct channel c = { .size = l->size, .depth = l->n, .serial = serial++ };
	struct batch *b = batch_new(buffer, l->size);
	unsigned int rounds = WARM_UP / l->n + 2;
	double start, took = -1;

	if (!b)
		return -1;
	if (p->open(&c))
		goto out;
	start = now();
	if ((l->kind == BATCH ? batches(p, &c, rounds, b) : p->stream(&c, buffer, rounds)))
		goto out_close;
	rounds = rounds_for(now() - start, rounds, target);
	start = now();
	if ((l->kind == BATCH ? batches(p, &c, rounds, b) : p->stream(&c, buffer, rounds)))
		goto out_close;
	took = (now() - start) / rounds / l->n;
out_close:
	p->close(&c);
out:
	batch_free(b);
	return took;
}

/* A child must not outlive a parent that gave up. */
static pid_t child(void)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
	}
	return pid;
}

static int reap(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -1;
	errno = EPROTO;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : -1;
}

/* An empty message ends it, or a one-byte one where empty ones do not count. */
int line_echo(const struct peer *p, const struct channel *in, const struct channel *out)
{
	for (;;) {
		ssize_t len = p->recv(in->rx, buffer, in->size);

		if (len < 0)
			return 1;
		if (buffer[0] == 'q')
			return 0;
		if (p->send(out->tx, buffer, len))
			return 1;
	}
}

static int pingpong(const struct peer *p, const struct channel *there,
		    const struct channel *back, unsigned int rounds)
{
	unsigned int i;

	for (i = 0; i < rounds; i++) {
		if (p->send(there->tx, buffer, there->size))
			return -1;
		if (p->recv(back->rx, buffer, back->size) != (ssize_t)back->size)
			return -1;
	}
	return 0;
}

/*
 * A scheduler lets a process that is woken interrupt the other for a while, until both have had
 * their share. What comes then goes on for as long as the two do.
 */
#define SETTLED_NS	1e8

static int pingpong_settled(const struct peer *p, const struct channel *there,
			    const struct channel *back)
{
	double start = now();

	while (now() - start < SETTLED_NS)
		if (pingpong(p, there, back, WARM_UP))
			return -1;
	return 0;
}

static double measure_pingpong(const struct line *l, const struct peer *p, double target)
{
	struct channel there = { .size = l->size ? l->size : 1, .depth = 1, .serial = serial++ };
	struct channel back = { .size = there.size, .depth = 1, .serial = serial++ };
	unsigned int rounds = WARM_UP;
	double start, took = -1;
	pid_t pid;

	if (p->open(&there))
		return -1;
	if (p->open(&back))
		goto out_there;
	buffer[0] = 0;
	pid = child();
	if (!pid)
		_exit(line_echo(p, &there, &back));
	if (pid < 0)
		goto out_back;
	there.size = l->size;
	back.size = l->size;
	if (pingpong_settled(p, &there, &back))
		goto out_child;
	start = now();
	if (pingpong(p, &there, &back, rounds))
		goto out_child;
	rounds = rounds_for(now() - start, rounds, target);
	start = now();
	if (pingpong(p, &there, &back, rounds))
		goto out_child;
	took = (now() - start) / rounds;
	buffer[0] = 'q';
	if (!p->send(there.tx, buffer, 1) && !reap(pid))
		goto out_back;
	took = -1;
out_child:
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
out_back:
	p->close(&back);
out_there:
	p->close(&there);
	return took;
}

int line_writer(const struct peer *p, struct channel *c)
{
	int tx = p->attach(c);

	while (tx >= 0 && !p->send(tx, buffer, c->size))
		;
	return 1;
}

int line_take(const struct peer *p, const struct channel *c, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (p->recv(c->rx, buffer, c->size) != (ssize_t)c->size)
			return -1;
	return 0;
}

/* What the reader takes of writers that have settled. */
static double take_settled(const struct peer *p, struct channel *c, double target)
{
	double start = now();
	unsigned int rounds;

	while (now() - start < SETTLED_NS)
		if (line_take(p, c, WARM_UP))
			return -1;
	start = now();
	if (line_take(p, c, 16 * WARM_UP))
		return -1;
	rounds = rounds_for(now() - start, 16 * WARM_UP, target);
	start = now();
	if (line_take(p, c, rounds))
		return -1;
	return (now() - start) / rounds;
}

static double measure_writers(const struct line *l, const struct peer *p, double target)
{
	struct channel c = { .size = l->size, .depth = WRITERS_DEPTH, .serial = serial++ };
	unsigned int i, started;
	double took = -1;
	pid_t pids[16];

	if (p->open(&c))
		return -1;
	for (started = 0; started < l->n; started++) {
		pids[started] = child();
		if (pids[started] < 0)
			goto out;
		if (!pids[started])
			_exit(line_writer(p, &c));
	}
	took = take_settled(p, &c, target);
out:
	for (i = 0; i < started; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	p->close(&c);
	return took;
}

static double measure_make(const struct peer *p, double target)
{
	unsigned int rounds = 16;
	double start, took;
	unsigned int i;

	start = now();
	for (i = 0; i < rounds; i++, serial++) {
		int handle = p->park(serial);

		if (handle < 0)
			return -1;
		p->unpark(serial, handle);
	}
	rounds = rounds_for(now() - start, rounds, target);
	start = now();
	for (i = 0; i < rounds; i++, serial++) {
		int handle = p->park(serial);

		if (handle < 0)
			return -1;
		p->unpark(serial, handle);
	}
	took = now() - start;
	return took / rounds;
}

static double memory_used(void);

/* n queues alive, and what is to be known about them then. */
static double measure_parked(const struct line *l, const struct peer *p, double target)
{
	unsigned int first = serial, rounds = WARM_UP, i, parked;
	int *handles = calloc(l->n, sizeof(*handles));
	double start, took = -1;

	if (!handles)
		return -1;
	memset(handles, 1, l->n * sizeof(*handles));
	serial += l->n;
	start = l->kind == IDLE ? memory_used() : 0;
	for (parked = 0; parked < l->n; parked++) {
		handles[parked] = p->park(first + parked);
		if (handles[parked] < 0)
			goto out;
	}
	if (l->kind == IDLE) {
		took = (memory_used() - start) / l->n;
		goto out;
	}
	if (l->kind == AMONG) {
		const struct line alone = { l->id, STREAM, l->size, 1, false };

		took = measure_stream(&alone, p, target);
		goto out;
	}
	start = now();
	for (i = 0; i < rounds; i++)
		if (p->visit(first + l->n / 2, handles[l->n / 2]))
			goto out;
	rounds = rounds_for(now() - start, rounds, target);
	start = now();
	for (i = 0; i < rounds; i++)
		if (p->visit(first + l->n / 2, handles[l->n / 2]))
			goto out;
	took = (now() - start) / rounds;
out:
	for (i = 0; i < parked; i++)
		p->unpark(first + i, handles[i]);
	free(handles);
	return took;
}

static double memory_free(void)
{
	char text[64];
	double kib = 0;
	FILE *f = fopen("/proc/meminfo", "re");

	while (f && fgets(text, sizeof(text), f))
		if (sscanf(text, "MemFree: %lf", &kib) == 1)
			break;
	if (f)
		fclose(f);
	return kib * 1024;
}

static void tell(const char *path, const char *what)
{
	FILE *f = fopen(path, "we");

	if (!f)
		return;
	fputs(what, f);
	fclose(f);
}

/*
 * Every page that is not free, once what is only kept for reuse is given back: empty
 * slabs, cached names and the pages a CPU holds (which cannot be had below 1 MiB).
 * What waits for a grace period gets one; sleeping is free where the clock counts.
 */
static double memory_used(void)
{
	glob_t slabs;
	size_t i;

	tell("/proc/sys/vm/percpu_pagelist_high_fraction", "1000000\n");
	usleep(500000);
	tell("/proc/sys/vm/drop_caches", "3\n");
	usleep(500000);
	if (!glob("/sys/kernel/slab/*/shrink", 0, NULL, &slabs)) {
		for (i = 0; i < slabs.gl_pathc; i++)
			tell(slabs.gl_pathv[i], "1\n");
		globfree(&slabs);
	}
	usleep(500000);
	return -memory_free();
}

#define SAMPLE	10000

/* n messages queued and none taken: the cost of the last ones, or of taking the first. */
static double measure_long(const struct line *l, const struct peer *p)
{
	struct channel c = { .size = l->size, .depth = l->n, .serial = serial++ };
	double start = 0, took = -1;
	unsigned int i;

	if (p->open(&c))
		return -1;
	for (i = 0; i < l->n; i++) {
		if (i == l->n - SAMPLE)
			start = now();
		if (p->send(c.tx, buffer, c.size))
			goto out;
	}
	if (l->kind == FILL) {
		took = (now() - start) / SAMPLE;
		goto out;
	}
	start = now();
	for (i = 0; i < SAMPLE; i++)
		if (p->recv(c.rx, buffer, c.size) != (ssize_t)c.size)
			goto out;
	took = (now() - start) / SAMPLE;
out:
	p->close(&c);
	return took;
}

#define QUEUES	4

/* Several queues, because a POSIX queue ends at 65536 messages. */
static double measure_queued(const struct line *l, const struct peer *p)
{
	struct channel c[QUEUES];
	double used, took = -1;
	unsigned int i, j, opened;

	for (opened = 0; opened < QUEUES; opened++) {
		c[opened] = (struct channel) {
			.size = l->size, .depth = l->n / QUEUES, .serial = serial++,
		};
		if (p->open(&c[opened]))
			goto out;
	}
	used = memory_used();
	for (i = 0; i < QUEUES; i++)
		for (j = 0; j < c[i].depth; j++)
			if (p->send(c[i].tx, buffer, l->size))
				goto out;
	took = (memory_used() - used) / l->n;
out:
	for (i = 0; i < opened; i++)
		p->close(&c[i]);
	return took;
}

double line_measure(const struct line *l, const struct peer *p, double target)
{
	errno = 0;
	memset(memory, 'x', sizeof(memory));
	switch (l->kind) {
	case STREAM:
	case BATCH:
		return measure_stream(l, p, target);
	case PINGPONG:
		return measure_pingpong(l, p, target);
	case WRITERS:
		return measure_writers(l, p, target);
	case MAKE:
		return measure_make(p, target);
	case VISIT:
	case AMONG:
	case IDLE:
		return measure_parked(l, p, target);
	case QUEUED:
		return measure_queued(l, p);
	default:
		return measure_long(l, p);
	}
}
