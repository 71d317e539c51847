#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# After shutdown(SHUT_RD) on a Unix datagram socket, a receive that may wait returns 0 at once, poll() says that the socket is readable, and
# a receive that may not wait (MSG_DONTWAIT, O_NONBLOCK) fails with EAGAIN. An event loop that takes 0 for the end and EAGAIN for "later" turns
# round for ever. On a SOCK_SEQPACKET socket both receives return 0. A message that waited before is still received. shutdown(2) says nothing
# of the difference, and recv(2) tells of 0 for stream sockets. Guessed before: both receives return 0.
# Seen on Linux 6.1, 6.12 and 6.18.
set -eu

command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > shut.c <<'C'
#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const char *receive(int socket, int flags)
{
	char message[8];
	ssize_t size = recv(socket, message, sizeof(message), flags);

	return size > 0 ? "a message" : size == 0 ? "0" : strerrorname_np(errno);
}

static void shut(const char *title, int type)
{
	struct pollfd poller = { .events = POLLIN };
	int pair[2];

	if (socketpair(AF_UNIX, type, 0, pair) || send(pair[0], "x", 1, 0) != 1 || shutdown(pair[1], SHUT_RD))
		err(1, "%s", title);
	printf("%s: %s", title, receive(pair[1], MSG_DONTWAIT));
	poller.fd = pair[1];
	if (poll(&poller, 1, 0) < 0)
		err(1, "poll");
	printf(", %s", poller.revents & POLLIN ? "readable" : "not readable");
	printf(", without waiting %s", receive(pair[1], MSG_DONTWAIT));
	printf(", waiting %s\n", receive(pair[1], 0));
}

int main(void)
{
	shut("SOCK_DGRAM", SOCK_DGRAM);
	shut("SOCK_SEQPACKET", SOCK_SEQPACKET);
	return 0;
}
C
gcc -D_GNU_SOURCE -Wall -o shut shut.c
timeout 10 ./shut | tee output
uname -r
grep -q -x 'SOCK_DGRAM: a message, readable, without waiting EAGAIN, waiting 0' output
grep -q -x 'SOCK_SEQPACKET: a message, readable, without waiting 0, waiting 0' output
