#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# msgrcv(2) with MSG_COPY and MSG_NOERROR does not truncate: the call refuses a message that is longer than the buffer, with EINVAL. Without
# MSG_COPY, MSG_NOERROR truncates; with MSG_COPY alone the error is E2BIG. The manual page says of MSG_NOERROR, without an exception,
# that the flag truncates, and gives other reasons for EINVAL (IPC_NOWAIT is missing, MSG_EXCEPT is there). A program that looks at the
# first bytes of each message therefore searches for a mistake in its flags. Guessed before: a truncated copy.
# Seen on Linux 6.1, 6.12 and 6.18.
set -eu

command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > copy.c <<'C'
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>

static int queue;

/* Receives the queue's first message into a buffer of "size" bytes; whether the length or the error is the one expected. */
static bool receives(const char *title, size_t size, int flags, int expected)
{
	struct { long type; char text[100]; } message;
	ssize_t length = msgrcv(queue, &message, size, 0, flags | IPC_NOWAIT);
	int result = length < 0 ? -errno : (int)length;

	if (result < 0)
		printf("%-26s %3zu bytes: %s\n", title, size, strerrorname_np(-result));
	else
		printf("%-26s %3zu bytes: %d bytes come\n", title, size, result);
	return result == expected;
}

int main(void)
{
	struct { long type; char text[11]; } message = { 1, "hello world" };
	bool held = true;

	queue = msgget(IPC_PRIVATE, 0600);
	if (queue < 0 || msgsnd(queue, &message, sizeof(message.text), 0))
		err(4, "message queue");
	puts("a message of 11 bytes");
	held &= receives("MSG_COPY", 100, MSG_COPY, 11);
	held &= receives("MSG_COPY", 5, MSG_COPY, -E2BIG);
	held &= receives("MSG_COPY | MSG_NOERROR", 100, MSG_COPY | MSG_NOERROR, 11);
	held &= receives("MSG_COPY | MSG_NOERROR", 5, MSG_COPY | MSG_NOERROR, -EINVAL);
	held &= receives("MSG_NOERROR", 5, MSG_NOERROR, 5);
	msgctl(queue, IPC_RMID, NULL);
	return held ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 copy.c -o copy
uname -sr
./copy
