#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A flock(2) on an eventfd locks all eventfds of the whole system, and the timerfds and epoll descriptors with them: the kernel gives one and
# the same inode to all of these, and flock locks belong to the inode. Two processes that have nothing in common exclude one another, and
# a second eventfd of the same process is refused with EWOULDBLOCK (EAGAIN). flock(2) speaks of the descriptors of one file, and eventfd(2)
# says that each call makes a new object. Each pipe has an inode of its own. Guessed before: two eventfds are as independent as two
# files are, or flock is refused.
# Seen on Linux 6.1, 6.12 and 6.18.
set -eu

command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > lock.c <<'C'
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static bool locked(const char *title, int descriptor)
{
	int result = flock(descriptor, LOCK_EX | LOCK_NB) ? errno : 0;

	printf("  %-32s %s\n", title, result ? strerrorname_np(result) : "succeeds");
	fflush(stdout);
	return result == EWOULDBLOCK;
}

int main(void)
{
	bool held = true;
	int status, first[2], second[2];
	pid_t child;

	if (flock(eventfd(0, 0), LOCK_EX | LOCK_NB))
		err(4, "somebody else's lock");
	if (pipe(first) || pipe(second))
		err(2, "pipe");
	puts("one eventfd is locked; flock(LOCK_EX | LOCK_NB) of");
	held &= locked("another eventfd", eventfd(0, 0));
	held &= locked("a timerfd", timerfd_create(CLOCK_MONOTONIC, 0));
	held &= locked("an epoll descriptor", epoll_create1(0));
	child = fork();
	if (!child)
		_exit(!locked("another process' own eventfd", eventfd(0, 0)));
	waitpid(child, &status, 0);
	held &= !status;
	held &= !locked("a pipe", first[0]);
	held &= !locked("another pipe", second[0]);
	return held ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 lock.c -o lock
uname -sr
./lock
