#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A message that waits at a Unix socket when SO_PASSCRED is set there has the credentials of nobody: process 0, user 65534. The kernel notes
# the sender when a message is sent, and only if one of the two sockets has the option at that time; the receiver gets an SCM_CREDENTIALS
# message all the same. unix(7) promises the sender's process and user in each message that is received after the option was set. A server
# that sets the option after bind() takes its first messages for those of an unknown sender. Guessed before: the sender's credentials,
# or none.
# Seen on Linux 6.1, 6.12 and 6.18.
set -eu

command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > sender.c <<'C'
#define _GNU_SOURCE
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static bool from(const char *title, int socket, pid_t process, uid_t user)
{
	union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(struct ucred))]; } control;
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct ucred sender;

	if (recvmsg(socket, &message, 0) != 1)
		err(2, "recvmsg");
	if (!CMSG_FIRSTHDR(&message)) {
		printf("  %s: no credentials\n", title);
		return false;
	}
	memcpy(&sender, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(sender));
	printf("  %s: %s, user %d\n", title, sender.pid == getpid() ? "the sender's process" : sender.pid ? "another process" : "process 0",
	       (int)sender.uid);
	return sender.pid == process && sender.uid == user;
}

static bool kind(const char *title, int type)
{
	int pair[2], on = 1;
	bool held;

	if (socketpair(AF_UNIX, type, 0, pair))
		err(2, "socketpair");
	puts(title);
	send(pair[0], "1", 1, 0);
	if (setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)))
		err(2, "SO_PASSCRED");
	send(pair[0], "2", 1, 0);
	held = from("sent before SO_PASSCRED, received after", pair[1], 0, 65534);
	held &= from("sent after SO_PASSCRED", pair[1], getpid(), getuid());
	return held;
}

int main(void)
{
	bool held = kind("SOCK_DGRAM", SOCK_DGRAM) & kind("SOCK_SEQPACKET", SOCK_SEQPACKET) & kind("SOCK_STREAM", SOCK_STREAM);

	return held ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 sender.c -o sender
uname -sr
echo "this is user $(id -u)"
./sender
