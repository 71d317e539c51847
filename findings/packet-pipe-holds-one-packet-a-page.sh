#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A pipe in packet mode (O_DIRECT) of 65536 bytes is full with 16 packets even if each has one byte: every packet occupies a page. F_GETPIPE_SZ
# says 65536 and FIONREAD says 16, while poll(2) has no POLLOUT and the next write fails with EAGAIN. A plain pipe of the same size holds
# 65536 single bytes. pipe(7) gives the capacity in bytes; pipe(2), where packet mode is explained, names no other limit. Guessed before:
# some thousand packets of one byte.
# Seen on Linux 6.1, 6.12 and 6.18, with pages of 4096 bytes.
set -eu

command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > full.c <<'C'
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* How many writes of one byte a pipe of 65536 bytes accepts. */
static int accepts(const char *title, int flags)
{
	struct pollfd writable = { .events = POLLOUT };
	int ends[2], writes = 0, waiting;

	if (pipe2(ends, flags | O_NONBLOCK) || fcntl(ends[1], F_SETPIPE_SZ, 65536) != 65536)
		err(4, "pipe");
	while (write(ends[1], "x", 1) == 1)
		writes++;
	ioctl(ends[0], FIONREAD, &waiting);
	writable.fd = ends[1];
	poll(&writable, 1, 0);
	printf("%-11s F_GETPIPE_SZ %d: full after %d writes of 1 byte; FIONREAD %d, %s\n", title, fcntl(ends[1], F_GETPIPE_SZ), writes,
	       waiting, writable.revents & POLLOUT ? "POLLOUT" : "no POLLOUT");
	return writes;
}

int main(void)
{
	int plain = accepts("plain", 0), packets = accepts("packet mode", O_DIRECT);

	return plain == 65536 && packets == 65536 / sysconf(_SC_PAGESIZE) ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 full.c -o full
uname -sr
./full
