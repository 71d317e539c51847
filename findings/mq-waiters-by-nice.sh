#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# POSIX message queues on Linux serve those who wait by their nice value, also among ordinary processes: of two processes that wait in mq_receive(),
# the later one gets the message if the first is nicer; of two that wait in mq_send() at a full queue, the later one's message is queued
# first, though both messages have the same priority. POSIX says that the highest priority that has waited longest is served, and
# ordinary processes (SCHED_OTHER) all have the priority 0 (sched_get_priority_max()); mq_overview(7) and mq_receive(3) say nothing of it. System V
# message queues serve readers in the order in which they came. Guessed before: the same of POSIX queues.
# Seen on Linux 6.1, 6.12 and 6.18.
set -eu

command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > nicer.c <<'C'
#include <err.h>
#include <fcntl.h>
#include <mqueue.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/wait.h>
#include <unistd.h>

struct letter {
	long type;
	char text;
};

static mqd_t queue;
static int ipc;

static void take_posix(char who)
{
	char text;

	(void)who;
	if (mq_receive(queue, &text, 1, NULL) != 1)
		err(2, "mq_receive");
}

static void put_posix(char who)
{
	if (mq_send(queue, &who, 1, 0))
		err(2, "mq_send");
}

static void take_systemv(char who)
{
	struct letter letter;

	(void)who;
	if (msgrcv(ipc, &letter, 1, 0, 0) != 1)
		err(2, "msgrcv");
}

/* A process that waits in CALL; the next one comes when it does. */
static void wait_in(void (*call)(char who), char who, int niceness)
{
	if (!fork()) {
		if (nice(niceness) < 0)
			err(2, "nice");
		call(who);
		_exit(who);
	}
	usleep(500000);
}

/* Whose call ends first? */
static char ended(void)
{
	int status;

	if (wait(&status) < 0 || !WIFEXITED(status))
		err(2, "wait");
	return WEXITSTATUS(status);
}

static char readers(void (*take)(char who), void (*put)(char who))
{
	char first;

	wait_in(take, 'a', 10);
	wait_in(take, 'b', 0);
	put('x');
	first = ended();
	put('x');
	ended();
	return first;
}

static void put_systemv(char who)
{
	struct letter letter = { 1, who };

	if (msgsnd(ipc, &letter, 1, 0))
		err(2, "msgsnd");
}

/* Two writers wait at a full queue; whose message is the next behind the one that fills it? */
static char writers(void)
{
	char text;
	int i;

	put_posix('x');
	wait_in(put_posix, 'a', 10);
	wait_in(put_posix, 'b', 0);
	take_posix(0);
	usleep(500000);
	if (mq_receive(queue, &text, 1, NULL) != 1)
		err(2, "mq_receive");
	take_posix(0);
	for (i = 0; i < 2; i++)
		ended();
	return text;
}

int main(void)
{
	struct mq_attr attr = { .mq_maxmsg = 1, .mq_msgsize = 1 };
	char name[32], posix, systemv, writer;

	snprintf(name, sizeof(name), "/nice-%d", getpid());
	queue = mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &attr);
	ipc = msgget(IPC_PRIVATE, 0600);
	if (queue < 0 || mq_unlink(name) || ipc < 0)
		err(2, "a queue");
	puts("a came first and is nicer by 10 than b");
	posix = readers(take_posix, put_posix);
	printf("POSIX readers: %c is served first\n", posix);
	writer = writers();
	printf("POSIX writers: the message of %c is read first\n", writer);
	systemv = readers(take_systemv, put_systemv);
	printf("System V readers: %c is served first\n", systemv);
	msgctl(ipc, IPC_RMID, NULL);
	return posix == 'b' && writer == 'b' && systemv == 'a' ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 nicer.c -o nicer -lrt
uname -sr
./nicer
