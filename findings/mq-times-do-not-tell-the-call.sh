#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# fstat() of a POSIX message queue on Linux: mq_send() sets the access time as well as the modification time, and mq_receive() sets the
# modification time as well as the access time; mq_setattr() sets the access time alone. All are whole seconds. So no time tells when a message
# was last sent, or last received, and a watcher of the modification time takes a reader for a writer. A pipe, and a file, set the access time when
# they are read and the modification time when they are written. Guessed before: a queue does the same.
# Seen on Linux 6.1, 6.12 and 6.18.
set -eu

command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > times.c <<'C'
#include <err.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct stat before;

/* Which times has the call set? */
static int changed(const char *call, mqd_t queue)
{
	struct stat now;
	int which;

	if (fstat(queue, &now))
		err(2, "fstat");
	which = (now.st_atime != before.st_atime) | (now.st_mtime != before.st_mtime) << 1;
	printf("%-12s access time %s, modification time %s, nanoseconds %ld and %ld\n", call, which & 1 ? "set" : "left",
	       which & 2 ? "set" : "left", now.st_atim.tv_nsec, now.st_mtim.tv_nsec);
	if (now.st_atim.tv_nsec || now.st_mtim.tv_nsec)
		which |= 4;
	before = now;
	/* The times are seconds. */
	usleep(1100000);
	return which;
}

int main(void)
{
	struct mq_attr attr = { .mq_maxmsg = 2, .mq_msgsize = 8 }, nonblock = { .mq_flags = O_NONBLOCK };
	char name[32], message[8];
	mqd_t queue;
	bool held;

	snprintf(name, sizeof(name), "/times-%d", getpid());
	queue = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &attr);
	if (queue < 0 || mq_unlink(name))
		err(2, "mq_open");
	changed("mq_open", queue);
	if (mq_send(queue, "hello", 5, 0))
		err(2, "mq_send");
	held = changed("mq_send", queue) == 3;
	if (mq_receive(queue, message, sizeof(message), NULL) != 5)
		err(2, "mq_receive");
	held &= changed("mq_receive", queue) == 3;
	if (mq_setattr(queue, &nonblock, NULL))
		err(2, "mq_setattr");
	held &= changed("mq_setattr", queue) == 1;
	return held ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 times.c -o times -lrt
uname -sr
./times
