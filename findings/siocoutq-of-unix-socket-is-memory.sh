#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# ioctl(SIOCOUTQ), also called TIOCOUTQ, on a Unix socket gives the memory that the sent messages occupy in the kernel, and not the bytes that
# the receiver has not read: hundreds for one byte, and twice as much for two messages of one byte. tcp(7) and udp(7) describe SIOCOUTQ
# in bytes of data, SIOCINQ of the same Unix socket is in bytes of data, and unix(7) does not mention SIOCOUTQ. A sender that waits by this
# number until few bytes are unread waits far too often. Guessed before: the number of SIOCINQ at the other end.
# Seen on Linux 6.1, 6.12 and 6.18.
set -eu

command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > unread.c <<'C'
#include <err.h>
#include <linux/sockios.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static bool memory(const char *title, int type)
{
	int pair[2], unsent[2], unread, empty;
	char text[2];

	if (socketpair(AF_UNIX, type, 0, pair))
		err(2, "socketpair");
	send(pair[0], "x", 1, 0);
	ioctl(pair[0], SIOCOUTQ, &unsent[0]);
	ioctl(pair[1], SIOCINQ, &unread);
	send(pair[0], "x", 1, 0);
	ioctl(pair[0], SIOCOUTQ, &unsent[1]);
	recv(pair[1], text, 1, 0);
	recv(pair[1], text, 1, 0);
	ioctl(pair[0], SIOCOUTQ, &empty);
	printf("%-15s 1 byte: SIOCOUTQ %d, SIOCINQ %d; 1 byte more: SIOCOUTQ %d; both read: %d\n", title, unsent[0], unread, unsent[1], empty);
	return unsent[0] > 100 && unread == 1 && unsent[1] == 2 * unsent[0] && !empty;
}

int main(void)
{
	bool held = memory("SOCK_STREAM", SOCK_STREAM) & memory("SOCK_SEQPACKET", SOCK_SEQPACKET) & memory("SOCK_DGRAM", SOCK_DGRAM);

	return held ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 unread.c -o unread
uname -sr
./unread
