#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# On a socket that keeps messages (SOCK_SEQPACKET, SOCK_DGRAM), write(2) of 0 bytes sends an empty message, and so do send(2) and
# sendmsg(2) of 0 bytes. writev(2) of 0 bytes returns 0 as well, and sends nothing: the call ends before the socket is asked. The manual page
# of writev(2) says that writev works as write(2) does but for the number of buffers. A runtime that writes with writev therefore
# cannot send an empty message, and nothing fails. Guessed before: all four send an empty message.
# Seen on Linux 6.1, 6.12 and 6.18.
set -eu

command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > nothing.c <<'C'
#define _GNU_SOURCE
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Says what "way" to send 0 bytes returned and whether a message came; returns whether both are as expected. */
static bool came(const char *way, ssize_t result, int socket, bool expected)
{
	char byte;
	bool message = recv(socket, &byte, 1, MSG_DONTWAIT) == 0;

	printf("  %-18s returns %zd, %s\n", way, result, message ? "an empty message comes" : "nothing comes");
	return result == 0 && message == expected;
}

static bool kind(const char *title, int type)
{
	struct iovec none[2] = { { "", 0 }, { "", 0 } };
	struct msghdr header = { .msg_iov = none, .msg_iovlen = 1 };
	bool held = true;
	int pair[2];

	if (socketpair(AF_UNIX, type, 0, pair))
		err(2, "socketpair");
	printf("%s, 0 bytes:\n", title);
	held &= came("write", write(pair[0], "", 0), pair[1], true);
	held &= came("send", send(pair[0], "", 0, 0), pair[1], true);
	held &= came("sendmsg", sendmsg(pair[0], &header, 0), pair[1], true);
	held &= came("writev, 1 buffer", writev(pair[0], none, 1), pair[1], false);
	held &= came("writev, 2 buffers", writev(pair[0], none, 2), pair[1], false);
	return held;
}

int main(void)
{
	bool held = kind("SOCK_SEQPACKET", SOCK_SEQPACKET) & kind("SOCK_DGRAM", SOCK_DGRAM);

	return held ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 nothing.c -o nothing
uname -sr
./nothing
