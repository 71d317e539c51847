#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# recvmsg(2) on a Unix socket of the type SOCK_SEQPACKET never returns MSG_EOR, whether the sender set the flag or not, though each message
# ends a record. The page of recv(2) says that MSG_EOR is generally used with this type, and POSIX that it marks the end of a record: a
# receiver that collects pieces until MSG_EOR comes joins all messages. A message that is longer than the buffer is cut (MSG_TRUNC), and the
# next call gives the next message, not the rest. Guessed before: MSG_EOR comes with each message that fits.
# Seen on Linux 6.1, 6.12 and 6.18.
set -eu

command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > record.c <<'C'
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static int pair[2];

static bool receives(size_t size, const char *expected, int flags)
{
	char text[20] = "";
	struct iovec buffer = { text, size };
	struct msghdr header = { .msg_iov = &buffer, .msg_iovlen = 1 };

	if (recvmsg(pair[1], &header, 0) < 0)
		err(2, "recvmsg");
	printf("recvmsg of %2zu bytes: \"%s\"%s%s\n", size, text, header.msg_flags & MSG_EOR ? ", MSG_EOR" : ", no MSG_EOR",
	       header.msg_flags & MSG_TRUNC ? ", MSG_TRUNC" : "");
	return !strcmp(text, expected) && header.msg_flags == flags;
}

int main(void)
{
	bool held = true;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair))
		err(2, "socketpair");
	send(pair[0], "plain", 5, 0);
	send(pair[0], "with MSG_EOR", 12, MSG_EOR);
	send(pair[0], "longer", 6, MSG_EOR);
	send(pair[0], "last", 4, MSG_EOR);
	held &= receives(16, "plain", 0);
	held &= receives(16, "with MSG_EOR", 0);
	held &= receives(3, "lon", MSG_TRUNC);
	held &= receives(16, "last", 0);
	return held ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 record.c -o record
uname -sr
./record
