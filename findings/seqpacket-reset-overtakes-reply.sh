#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# recv(2) on a Unix socket gives ECONNRESET when the peer has closed with a message of ours unread, and on SOCK_SEQPACKET the error comes before
# the messages that the peer sent: recv fails, the next recv gives the reply, and then comes 0. On SOCK_STREAM the reply comes first, then
# ECONNRESET where the end was due, then 0. A client that sends two requests and closes at the first error loses a reply that is in the
# queue. unix(7) says of ECONNRESET only that the remote socket was closed unexpectedly. Guessed before: the reply, then 0, on both.
# Seen on Linux 6.1, 6.12 and 6.18.
set -eu

command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > reset.c <<'C'
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ONE = 3, REPLY = 5 };

/* The peer reads one request of two, replies and closes: what three calls of recv() give, and whether that is what was expected. */
static bool client(const char *title, int type, int first, int second)
{
	int pair[2], i, given[3];
	char text[20];

	if (socketpair(AF_UNIX, type, 0, pair))
		err(2, "socketpair");
	send(pair[0], "one", ONE, 0);
	send(pair[0], "two", ONE, 0);
	if (recv(pair[1], text, ONE, 0) != ONE || send(pair[1], "reply", REPLY, 0) != REPLY)
		err(2, "the peer");
	close(pair[1]);
	printf("%-15s", title);
	for (i = 0; i < 3; i++) {
		given[i] = recv(pair[0], text, sizeof(text), 0);
		if (given[i] < 0)
			given[i] = -errno;
		if (given[i] < 0)
			printf(" %s", strerrorname_np(-given[i]));
		else
			printf(" \"%.*s\"", given[i], text);
	}
	putchar('\n');
	return given[0] == first && given[1] == second && !given[2];
}

int main(void)
{
	bool held = client("SOCK_STREAM", SOCK_STREAM, REPLY, -ECONNRESET) & client("SOCK_SEQPACKET", SOCK_SEQPACKET, -ECONNRESET, REPLY);

	return held ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 reset.c -o reset
uname -sr
./reset
