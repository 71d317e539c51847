// SPDX-License-Identifier: GPL-2.0-only
/*
 * Has the module do as much in one section of a slot's lock as it ever does
 * (docs/security.rst says how much that may be), for `record.sh` to measure: a
 * long line of writers that is served at once, batches, many pollers, and the
 * death of a slot with all of these.  That each call did its work is tested.
 */
#include <poll.h>
#include <sys/syscall.h>
#include "../../selftests/mailslot_test.h"

enum {
	CROWD = 64,
	MESSAGE = 4096,
	FULL = CROWD * (MESSAGE + COST) - COST,
};

static char message[FULL + COST];
static size_t written;		/* by each writer in line */

FIXTURE(crowd)
{
	char name[MAILSLOT_NAME_SIZE];
	pid_t pids[CROWD];
	int server;
};

FIXTURE_SETUP(crowd)
{
	struct mailslot_create args = create_args(NULL);

	args.queue_bytes = sizeof(message);
	memcpy(self->name, args.name, sizeof(self->name));
	self->server = create_slot(&args);
	ASSERT_LE(0, self->server);
}

FIXTURE_TEARDOWN(crowd)
{
	close(self->server);
}

/* A message that leaves no room for another one. */
static int fill_queue(const char *name)
{
	int client = client_open(name, O_WRONLY);
	ssize_t ret = write(client, message, FULL);

	close(client);
	return ret == FULL ? 0 : -1;
}

/*
 * Children that do what @work does with a client end each, and sleep in the
 * system call @nr; the result of @work is their exit status.
 */
static int crowd_start(const char *name, pid_t *pids, int server, int (*work)(int client), long nr)
{
	int i, client;

	for (i = 0; i < CROWD; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			return -1;
		if (pids[i])
			continue;
		close(server);
		client = client_open(name, O_WRONLY);
		_exit(client < 0 ? 99 : work(client));
	}
	for (i = 0; i < CROWD; i++)
		if (!wait_asleep(pids[i], pids[i], nr))
			return -1;
	return 0;
}

static int crowd_end(const pid_t *pids, int expected)
{
	int i, others = 0;

	for (i = 0; i < CROWD; i++)
		others += child_status(pids[i]) != expected;
	return others;
}

static int writes(int client)
{
	ssize_t ret = write(client, message, written);

	return ret == (ssize_t)written ? 0 : errno == EPIPE ? 1 : 2;
}

static int polls(int client)
{
	struct pollfd pollfd = { .fd = client, .events = POLLOUT };

	poll(&pollfd, 1, -1);
	return pollfd.revents & POLLOUT ? 0 : pollfd.revents & (POLLERR | POLLHUP) ? 1 : 2;
}

/* One read makes room for all of them. */
TEST_F_TIMEOUT(crowd, line_is_served, 300)
{
	static const size_t lengths[] = { 64, 512, 1024, 2048, 3072, 3584, 4000, MESSAGE };
	size_t i;
	int j;

	for (i = 0; i < ARRAY_SIZE(lengths); i++) {
		written = lengths[i];
		ASSERT_EQ(0, fill_queue(self->name));
		ASSERT_EQ(0, crowd_start(self->name, self->pids, self->server, writes, SYS_write));
		EXPECT_EQ(FULL, read(self->server, message, sizeof(message)));
		for (j = 0; j < CROWD; j++)
			EXPECT_EQ((ssize_t)written, read(self->server, message, MESSAGE));
		EXPECT_EQ(0, crowd_end(self->pids, 0));
	}
}

TEST_F(crowd, line_is_told_of_death)
{
	written = MESSAGE;
	ASSERT_EQ(0, fill_queue(self->name));
	ASSERT_EQ(0, crowd_start(self->name, self->pids, self->server, writes, SYS_write));
	close(self->server);
	EXPECT_EQ(0, crowd_end(self->pids, 1));
}

TEST_F(crowd, pollers_hear_of_room)
{
	ASSERT_EQ(0, fill_queue(self->name));
	ASSERT_EQ(0, crowd_start(self->name, self->pids, self->server, polls, SYS_poll));
	EXPECT_EQ(FULL, read(self->server, message, sizeof(message)));
	EXPECT_EQ(0, crowd_end(self->pids, 0));
}

TEST_F(crowd, pollers_hear_of_death)
{
	ASSERT_EQ(0, fill_queue(self->name));
	ASSERT_EQ(0, crowd_start(self->name, self->pids, self->server, polls, SYS_poll));
	close(self->server);
	EXPECT_EQ(0, crowd_end(self->pids, 1));
}

/* SEND and RECEIVE of many messages of one length. */
static void batches(struct __test_metadata *_metadata, const char *name, int server,
		    size_t length, __u32 count)
{
	struct mailslot_send_msg *from = calloc(count, sizeof(*from));
	struct mailslot_recv_msg *to = calloc(count, sizeof(*to));
	int client = client_open(name, O_WRONLY);
	__u32 i;

	ASSERT_LE(0, client);
	for (i = 0; i < count; i++) {
		from[i] = send_slot(message + i * length, length);
		to[i] = recv_slot(message + i * length, length);
	}
	/* The second time, memory is there. */
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(count, send_batch(client, from, count, 0));
		EXPECT_EQ(count, receive(server, to, count, 0));
	}
	close(client);
	free(from);
	free(to);
}

TEST_F(crowd, batches_of_all_lengths)
{
	size_t length;

	for (length = 0; length <= 16384; length = length ? 4 * length : 1)
		batches(_metadata, self->name, self->server, length, length > 1024 ? 12 : 128);
}

TEST_F(crowd, messages_of_all_lengths)
{
	int client = client_open(self->name, O_WRONLY);
	size_t length;
	int i;

	ASSERT_LE(0, client);
	for (length = 1; length <= 128 * 1024; length *= 2)
		for (i = 0; i < 4; i++) {
			EXPECT_EQ((ssize_t)length, write(client, message, length));
			EXPECT_EQ((ssize_t)length, read(self->server, message, sizeof(message)));
		}
	close(client);
}
