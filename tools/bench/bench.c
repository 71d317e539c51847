// SPDX-License-Identifier: GPL-2.0-only
/*
 * The benchmark program: runs lines on peers and prints one JSON object for each
 * measurement.  It compares nothing and judges nothing; the report does.
 *
 * usage: bench [-b] [-l LINE]... [-p PEER]... [-r ROUNDS] [-t NANOSECONDS] [-T ROUNDS]
 *	-b	the budget lines only
 *	-r	rounds, interleaved over the peers (1: enough where the clock counts
 *		instructions)
 *	-T	trace this many rounds of a stream line for the profile
 *	-t	how long one measurement should take
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "line.h"

static const struct peer *const peers[] = {
	&mailslot_peer, &mq_peer, &sysv_peer, &dgram_peer, &seqpacket_peer, &pipe_peer,
	&ring_peer, &ring_poll_peer, &instance_peer, &mqueue_peer, &null_peer, &copy_peer,
	&zeromq_peer, &boost_peer,
};

#define PEERS	(sizeof(peers) / sizeof(peers[0]))
#define CHOICES	64

struct choice {
	const char *names[CHOICES];
	unsigned int count;
};

static bool chosen(const struct choice *c, const char *name)
{
	unsigned int i;

	for (i = 0; i < c->count; i++)
		if (!strcmp(c->names[i], name))
			return true;
	return !c->count;
}

static void raise_limit(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, value, strlen(value)) < 0)
		fprintf(stderr, "bench: %s stays as it is: %s\n", path, strerror(errno));
	close(fd);
}

/* What root may raise without a new kernel is no reason for a peer to lose a line. */
static void raise_limits(void)
{
	static const int resources[] = { RLIMIT_NOFILE, RLIMIT_MSGQUEUE };
	struct rlimit limit;
	unsigned int i;

	raise_limit("/proc/sys/fs/nr_open", "1048576");
	for (i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
		limit.rlim_cur = resources[i] == RLIMIT_NOFILE ? 1048576 : RLIM_INFINITY;
		limit.rlim_max = limit.rlim_cur;
		if (setrlimit(resources[i], &limit))
			perror("bench: setrlimit");
	}
	raise_limit("/proc/sys/kernel/msgmax", "1048576");
	raise_limit("/proc/sys/kernel/msgmni", "32000");
	raise_limit("/proc/sys/fs/mqueue/msgsize_max", "1048576");
	raise_limit("/proc/sys/fs/mqueue/msg_max", "65536");
	raise_limit("/proc/sys/fs/mqueue/queues_max", "20000");
	raise_limit("/proc/sys/fs/pipe-max-size", "1073741824");
	raise_limit("/sys/module/mailslot/parameters/max_slots", "20000");
	raise_limit("/sys/module/mailslot/parameters/max_user_slots", "20000");
	raise_limit("/sys/module/mailslot/parameters/max_queue_bytes", "268435456");
	raise_limit("/sys/module/mailslot/parameters/max_user_bytes", "536870912");
}

static int measure(const struct line *l, const struct peer *p, unsigned int round, double target)
{
	double cost = line_measure(l, p, target);

	if (cost < 0) {
		fprintf(stderr, "bench: %s on %s: %s\n", l->id, p->name, strerror(errno));
		return -1;
	}
	printf("{\"line\":\"%s\",\"peer\":\"%s\",\"round\":%u,\"cost\":%.1f}\n",
	       l->id, p->name, round, cost);
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	struct choice line_choice = { 0 }, peer_choice = { 0 };
	unsigned int rounds = 1, traced = 0, round, i;
	bool budget = false, failed = false;
	double target = 20e6;
	size_t n;
	int opt;

	while ((opt = getopt(argc, argv, "bl:p:r:t:T:")) != -1) {
		switch (opt) {
		case 'b':
			budget = true;
			break;
		case 'l':
			if (line_choice.count < CHOICES)
				line_choice.names[line_choice.count++] = optarg;
			break;
		case 'p':
			if (peer_choice.count < CHOICES)
				peer_choice.names[peer_choice.count++] = optarg;
			break;
		case 'r':
			rounds = strtoul(optarg, NULL, 0);
			break;
		case 't':
			target = strtod(optarg, NULL);
			break;
		case 'T':
			traced = strtoul(optarg, NULL, 0);
			break;
		default:
			return 2;
		}
	}
	raise_limits();
	for (n = 0; n < line_count; n++) {
		const struct line *l = &lines[n];

		if ((budget && !l->budget) || !chosen(&line_choice, l->id))
			continue;
		for (round = 0; round < rounds; round++)
			for (i = 0; i < PEERS; i++)
				if (line_fits(l, peers[i]) && chosen(&peer_choice, peers[i]->name))
					failed |= traced ? line_trace(l, peers[i], traced) < 0 :
						  measure(l, peers[i], round, target) < 0;
	}
	return failed;
}
