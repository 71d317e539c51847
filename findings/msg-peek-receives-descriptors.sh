#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# recvmsg(2) with MSG_PEEK on a Unix socket receives the descriptors that a message brings (SCM_RIGHTS), new ones with each look, and the
# message keeps the descriptors for the next call: two looks and a receive leave three descriptors of one file open. A receiver that looks
# at the header with room for control data, and closes what came with the message itself, runs out of descriptors. recv(2) says that
# MSG_PEEK removes nothing, and unix(7) says nothing of MSG_PEEK. Guessed before: a look gives the data and no descriptor.
# Seen on Linux 6.1, 6.12 and 6.18.
set -eu

command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > peek.c <<'C'
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

static int pair[2];

/* Receives a message with descriptors, or looks at it; returns the descriptor, -1 if none came. */
static int receive(int flags)
{
	union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(int))]; } control;
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	int descriptor = -1;

	if (recvmsg(pair[1], &message, flags) != 1)
		err(2, "recvmsg");
	if (CMSG_FIRSTHDR(&message))
		memcpy(&descriptor, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(descriptor));
	printf("%s: %s\n", flags ? "a look (MSG_PEEK)" : "the message", descriptor < 0 ? "no descriptor" : "a descriptor");
	return descriptor;
}

static void send_descriptor(int descriptor)
{
	union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(int))]; } control = {
		.header = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int)) }
	};
	struct iovec data = { "x", 1 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };

	memcpy(CMSG_DATA(&control.header), &descriptor, sizeof(descriptor));
	if (sendmsg(pair[0], &message, 0) != 1)
		err(2, "sendmsg");
}

int main(void)
{
	int got[3], i, same = 0;
	struct stat file, other;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair))
		err(2, "socketpair");
	send_descriptor(open("/dev/null", O_RDONLY));
	got[0] = receive(MSG_PEEK);
	got[1] = receive(MSG_PEEK);
	got[2] = receive(0);
	if (stat("/dev/null", &file))
		err(2, "stat");
	for (i = 0; i < 3; i++)
		same += got[i] >= 0 && !fstat(got[i], &other) && other.st_ino == file.st_ino && other.st_dev == file.st_dev;
	printf("%d open descriptors of the file\n", same);
	return same == 3 && got[0] != got[1] && got[1] != got[2] && got[0] != got[2] ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 peek.c -o peek
uname -sr
./peek
