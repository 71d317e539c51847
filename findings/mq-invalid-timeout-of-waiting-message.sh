#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# mq_timedreceive() and mq_timedsend() with an invalid timeout (1000000000 nanoseconds) fail with EINVAL on Linux even if they need not
# wait: the message that is there stays, nothing is sent though there is room, and O_NONBLOCK changes nothing. The manual pages name EINVAL
# for a call that would have blocked, and POSIX says that the timeout need not be looked at when the call can go on at once. (A valid
# timeout that is over does no harm.) A deadline that was computed without the carry from the nanoseconds loses calls while the queue is busy,
# and not just when the queue is empty. glibc's pthread_mutex_timedlock() of a free mutex ignores the timeout. Guessed before: the
# message is received.
# Seen on Linux 6.1, 6.12 and 6.18, glibc 2.36.
set -eu

command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > timeout.c <<'C'
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static bool result(const char *call, long returned, bool fails)
{
	int error = errno;

	printf("%-38s %s\n", call, returned < 0 ? strerrorname_np(error) : "succeeds");
	return fails ? returned < 0 && error == EINVAL : returned >= 0;
}

int main(void)
{
	struct mq_attr attributes = { .mq_maxmsg = 4, .mq_msgsize = 16 };
	const struct timespec invalid = { 1, 1000000000 }, over = { 1, 0 };
	bool held = true;
	char name[40], message[16];
	mqd_t queue;
	pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

	snprintf(name, sizeof(name), "/finding-%d", getpid());
	queue = mq_open(name, O_CREAT | O_EXCL | O_RDWR | O_NONBLOCK, 0600, &attributes);
	if (queue == (mqd_t)-1)
		err(4, "mq_open");
	mq_unlink(name);
	held &= result("room; mq_timedsend, invalid", mq_timedsend(queue, "one", 3, 0, &invalid), true);
	held &= result("room; mq_timedsend, over", mq_timedsend(queue, "one", 3, 0, &over), false);
	held &= result("a message; mq_timedreceive, invalid", mq_timedreceive(queue, message, sizeof(message), NULL, &invalid), true);
	held &= result("a message; mq_timedreceive, over", mq_timedreceive(queue, message, sizeof(message), NULL, &over), false);
	held &= result("free; pthread_mutex_timedlock, invalid", -pthread_mutex_timedlock(&mutex, &invalid), false);
	return held ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 timeout.c -o timeout
uname -sr
ldd --version | head -n 1
./timeout
