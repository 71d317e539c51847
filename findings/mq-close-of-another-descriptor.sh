#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A process that registered with mq_notify() loses the registration, without an error, when the process closes any descriptor of that
# queue, and not only the descriptor that it registered with: a library in the same process that opens the queue, sends and closes is
# enough. POSIX and mq_close(3) say that the registration goes with the descriptor through which it was made. (POSIX locks of fcntl(2)
# disappear in the same way, but there the documentation says so.) Guessed before: the registration stays until its own descriptor
# is closed.
# Seen on Linux 6.1, 6.12 and 6.18.
set -eu

command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > notify.c <<'C'
#include <err.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static char name[40];
static mqd_t queue;

/* Registers through "queue"; opens the queue once more, and may close what was opened; sends. Returns whether the notice comes. */
static bool notice(bool closes)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct timespec second = { 1, 0 };
	char message[16];
	sigset_t signals;
	bool comes;
	mqd_t another;

	sigemptyset(&signals);
	sigaddset(&signals, SIGUSR1);
	sigprocmask(SIG_BLOCK, &signals, NULL);

	if (mq_notify(queue, &event))
		err(2, "mq_notify");
	another = mq_open(name, O_WRONLY);
	if (another == (mqd_t)-1)
		err(2, "mq_open");
	if (closes)
		mq_close(another);
	if (mq_send(queue, "message", 7, 0))
		err(2, "mq_send");
	comes = sigtimedwait(&signals, NULL, &second) == SIGUSR1;
	if (mq_receive(queue, message, sizeof(message), NULL) != 7)
		err(2, "mq_receive");
	if (!closes)
		mq_close(another);
	return comes;
}

int main(void)
{
	struct mq_attr attributes = { .mq_maxmsg = 4, .mq_msgsize = 16 };
	bool open, closed;

	snprintf(name, sizeof(name), "/finding-%d", getpid());
	queue = mq_open(name, O_CREAT | O_EXCL | O_RDWR | O_NONBLOCK, 0600, &attributes);
	if (queue == (mqd_t)-1)
		err(4, "mq_open");
	open = notice(false);
	closed = notice(true);
	mq_unlink(name);
	printf("another descriptor of the queue is opened: the notice %s\n", open ? "comes" : "does not come");
	printf("another descriptor of the queue is opened and closed: the notice %s\n", closed ? "comes" : "does not come");
	return open && !closed ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 notify.c -o notify
uname -sr
./notify
