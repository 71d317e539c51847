#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# ioctl(FIONREAD) on a Unix socket of the type SOCK_SEQPACKET gives the bytes of all the messages that wait, as on SOCK_STREAM; on
# SOCK_DGRAM the number is the next message's length. A receiver that takes the number for the length of the next message, as on a datagram
# socket, believes a message longer than it is. unix(7) tells of streams and of datagrams, and not of the type that has messages and a
# connection. (recv with MSG_PEEK | MSG_TRUNC and no buffer tells the length of the next message on both.) Guessed before: the length of
# the next message wherever messages are kept.
# Seen on Linux 6.1, 6.12 and 6.18.
set -eu

command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > waiting.c <<'C'
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static bool waiting(const char *title, int type, int expected)
{
	int pair[2], bytes;
	long next;

	if (socketpair(AF_UNIX, type, 0, pair))
		err(2, "socketpair");
	send(pair[0], "one", 3, 0);
	send(pair[0], "three", 5, 0);
	if (ioctl(pair[1], FIONREAD, &bytes))
		err(2, "FIONREAD");
	next = recv(pair[1], NULL, 0, MSG_PEEK | MSG_TRUNC);
	printf("%-14s messages of 3 and 5 bytes: FIONREAD %d, MSG_PEEK | MSG_TRUNC %ld\n", title, bytes, next);
	return bytes == expected && next == 3;
}

int main(void)
{
	bool held = waiting("SOCK_DGRAM", SOCK_DGRAM, 3) & waiting("SOCK_SEQPACKET", SOCK_SEQPACKET, 8);

	return held ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 waiting.c -o waiting
uname -sr
./waiting
