// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the profile: runs a few rounds of one line between two marks that the host
 * finds in QEMU's log of executed instructions, once the host says so.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "line.h"

/* Their addresses are what the host looks for; they must be reached and be two. */
void __attribute__((noinline)) trace_begin(void)
{
	asm volatile("");
}

void __attribute__((noinline)) trace_end(void)
{
	asm volatile("nop");
}

/* The host switches its log on, or off, between the write and the read. */
static int wait_for_host(int gate)
{
	char byte;

	return write(gate, "r", 1) == 1 && read(gate, &byte, 1) == 1 ? 0 : -1;
}

/* A serial line of its own, without echo. */
static int open_gate(void)
{
	struct termios raw;
	int gate = open("/dev/ttyS2", O_RDWR | O_NOCTTY);

	if (gate < 0 || tcgetattr(gate, &raw))
		return -1;
	cfmakeraw(&raw);
	return tcsetattr(gate, TCSANOW, &raw) ? -1 : gate;
}

/* Messages of a round where another process writes: the two processes take turns several times. */
#define ROUND	256
/* Rounds before the first that counts: the scheduler has settled then (run-line.c). */
#define WARM_UP		64
#define SETTLED		20000

/* What the other process of a line needs: it answers, or it writes. */
static struct channel back;
static pid_t partner;

/* Some lines have another process; it ends with this one at the latest. */
static int start_partner(const struct line *l, const struct peer *p, struct channel *c)
{
	if (l->kind != PINGPONG && l->kind != WRITERS)
		return 0;
	back = (struct channel){ .size = l->size, .depth = 1, .serial = c->serial + 1 };
	if (l->kind == PINGPONG && p->open(&back))
		return -1;
	partner = fork();
	if (partner)
		return partner < 0 ? -1 : 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	_exit(l->kind == PINGPONG ? line_echo(p, c, &back) : line_writer(p, c));
}

static void stop_partner(const struct line *l, const struct peer *p)
{
	if (!partner)
		return;
	kill(partner, SIGKILL);
	waitpid(partner, NULL, 0);
	if (l->kind == PINGPONG)
		p->close(&back);
}

/* One round of what the line measures. */
static int once(const struct line *l, const struct peer *p, struct channel *c, char *buffer)
{
	switch (l->kind) {
	case PINGPONG:
		return p->send(c->tx, buffer, c->size) || p->recv(back.rx, buffer, c->size) < 0;
	case WRITERS:
		return line_take(p, c, ROUND);
	case MAKE: {
		int handle = p->park(1);

		p->unpark(1, handle);
		return handle < 0;
	}
	case VISIT:
		return p->visit(c->serial, c->rx);
	default:
		return p->stream(c, buffer, 1);
	}
}

int line_trace(const struct line *l, const struct peer *p, unsigned int rounds)
{
	static char memory[BUFFER_HEAD + (1 << 20)] __attribute__((aligned(4096)));
	struct channel c = { .size = l->size, .depth = l->n, .serial = 2 };
	bool parked = l->kind == VISIT || l->kind == MAKE;
	char *buffer = memory + BUFFER_HEAD;
	int gate = open_gate();
	unsigned int i;
	int failed;

	memset(memory, 'x', sizeof(memory));
	if (gate < 0)
		return -1;
	if (parked)
		c.rx = p->park(c.serial);
	if (l->kind == WRITERS)
		c.depth = WRITERS_DEPTH;
	if (parked ? c.rx < 0 : p->open(&c))
		return -1;
	if (start_partner(l, p, &c))
		return -1;
	for (i = 0, failed = 0; i < (l->kind == PINGPONG ? SETTLED : WARM_UP) && !failed; i++)
		failed = once(l, p, &c, buffer);
	failed = failed || wait_for_host(gate);
	for (i = 0; i < 16 && !failed; i++)
		failed = once(l, p, &c, buffer);
	for (i = 0; i < rounds && !failed; i++) {
		trace_begin();
		failed = once(l, p, &c, buffer);
		trace_end();
	}
	failed = failed || wait_for_host(gate);
	stop_partner(l, p);
	if (parked)
		p->unpark(c.serial, c.rx);
	else
		p->close(&c);
	close(gate);
	return failed ? -1 : 0;
}
