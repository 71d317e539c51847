// SPDX-License-Identifier: GPL-2.0-only
/*
 * mailslot_ring_*: the library's own reader of a slot's ring. What the kernel does is the business
 * of selftests/ring*.c.
 */
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/mailslot.h>
#include "win32.h"

#define QUEUE	65536

FIXTURE(own_ring)
{
	char path[64];
	int server;
	int client;
	struct mailslot_ring *ring;
};

static int make_native(char *path, unsigned int flags)
{
	struct mailslot_create create = {
		.flags = flags, .mode = 0600, .queue_bytes = QUEUE,
		.read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS,
	};
	static unsigned int count;
	int control, server;

	snprintf(create.name, sizeof(create.name), "win32-ring-%d-%u", getpid(), count++);
	sprintf(path, MAILSLOT_DIR "/%s", create.name);
	control = open(MAILSLOT_CONTROL, O_RDWR | O_CLOEXEC);
	server = ioctl(control, MAILSLOT_IOC_CREATE, &create);
	close(control);
	return server;
}

FIXTURE_SETUP(own_ring)
{
	self->server = make_native(self->path, MAILSLOT_CREATE_RING);
	ASSERT_LE(0, self->server);
	self->client = open(self->path, O_WRONLY | O_CLOEXEC);
	ASSERT_LE(0, self->client);
	self->ring = mailslot_ring_open(self->server);
	ASSERT_TRUE(!!self->ring);
}

FIXTURE_TEARDOWN(own_ring)
{
	mailslot_ring_close(self->ring);
	close(self->client);
	close(self->server);
}

TEST_F(own_ring, opens)
{
	char path[64];
	int plain = make_native(path, 0);

	ASSERT_LE(0, plain);
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, !!mailslot_ring_open(plain));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, !!mailslot_ring_open(self->client));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, !!mailslot_ring_open(-1));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, !!mailslot_ring_open(STDERR_FILENO));
	mailslot_ring_close(NULL);
	close(plain);
}

TEST_F(own_ring, reads)
{
	struct mailslot_sender sender;
	const char *message;
	DWORD length = 77;

	EXPECT_TRUE(!mailslot_ring_next(self->ring, &length, &sender));
	EXPECT_EQ(77, length);
	ASSERT_EQ(5, write(self->client, "hello", 5));
	ASSERT_EQ(0, write(self->client, "", 0));
	memset(&sender, 0xa5, sizeof(sender));
	message = mailslot_ring_next(self->ring, &length, &sender);
	ASSERT_TRUE(!!message);
	EXPECT_EQ(5, length);
	EXPECT_EQ(0, memcmp(message, "hello", 5));
	EXPECT_EQ(1, sender.sequence);
	EXPECT_EQ(getpid(), sender.pid);
	EXPECT_EQ(geteuid(), sender.uid);
	EXPECT_EQ(getegid(), sender.gid);
	EXPECT_LT(0, sender.time_ns);
	EXPECT_TRUE(!!mailslot_ring_next(self->ring, &length, NULL));
	EXPECT_EQ(0, length);
	EXPECT_TRUE(!mailslot_ring_next(self->ring, &length, NULL));
}

TEST_F(own_ring, polls)
{
	struct pollfd p = { .fd = mailslot_ring_fd(self->ring), .events = POLLIN };
	DWORD length;

	EXPECT_EQ(0, poll(&p, 1, 0));
	ASSERT_EQ(1, write(self->client, "x", 1));
	EXPECT_EQ(1, poll(&p, 1, 0));
	EXPECT_TRUE(!!mailslot_ring_next(self->ring, &length, NULL));
	EXPECT_EQ(1, poll(&p, 1, 0));
	mailslot_ring_release(self->ring);
	EXPECT_EQ(0, poll(&p, 1, 0));
}

TEST_F(own_ring, waits)
{
	DWORD length;

	EXPECT_FAILS(ERROR_SEM_TIMEOUT, mailslot_ring_wait(self->ring, 0));
	EXPECT_FAILS(ERROR_SEM_TIMEOUT, mailslot_ring_wait(self->ring, 20));
	ASSERT_EQ(1, write(self->client, "x", 1));
	EXPECT_TRUE(mailslot_ring_wait(self->ring, 0));
	EXPECT_TRUE(mailslot_ring_wait(self->ring, INFINITE));
	EXPECT_TRUE(!!mailslot_ring_next(self->ring, &length, NULL));
	/* What was returned is given back by the wait. */
	EXPECT_FAILS(ERROR_SEM_TIMEOUT, mailslot_ring_wait(self->ring, 0));
	ASSERT_EQ(1, write(self->client, "y", 1));
	close(self->server);
	EXPECT_TRUE(mailslot_ring_wait(self->ring, INFINITE));
	EXPECT_TRUE(!!mailslot_ring_next(self->ring, &length, NULL));
	EXPECT_FAILS(ERROR_HANDLE_EOF, mailslot_ring_wait(self->ring, INFINITE));
	self->server = -1;
}

static const char bytes[1000];
static int writes_left;

static void *write_many(void *client)
{
	for (writes_left = 2000; writes_left; writes_left--)
		if (write(*(int *)client, bytes, writes_left % 1000) != writes_left % 1000)
			break;
	return NULL;
}

/* A writer that waits for room goes on by what is released, though nobody waits for a message. */
TEST_F(own_ring, makes_room)
{
	struct mailslot_sender sender;
	unsigned int count = 0;
	pthread_t writer;
	DWORD length;

	ASSERT_EQ(0, pthread_create(&writer, NULL, write_many, &self->client));
	while (count < 2000) {
		while (mailslot_ring_next(self->ring, &length, &sender)) {
			ASSERT_EQ(++count, sender.sequence);
			ASSERT_EQ((2001 - count) % 1000, length);
			if (count % 50 == 0)
				mailslot_ring_release(self->ring);
		}
		mailslot_ring_release(self->ring);
	}
	pthread_join(writer, NULL);
	EXPECT_EQ(0, writes_left);
}

/* What was not released is there for the next one. */
TEST_F(own_ring, opens_again)
{
	DWORD length;

	ASSERT_EQ(1, write(self->client, "x", 1));
	ASSERT_EQ(2, write(self->client, "xy", 2));
	ASSERT_TRUE(!!mailslot_ring_next(self->ring, &length, NULL));
	mailslot_ring_release(self->ring);
	ASSERT_TRUE(!!mailslot_ring_next(self->ring, &length, NULL));
	mailslot_ring_close(self->ring);
	self->ring = mailslot_ring_open(self->server);
	ASSERT_TRUE(!!self->ring);
	ASSERT_TRUE(!!mailslot_ring_next(self->ring, &length, NULL));
	EXPECT_EQ(2, length);
}

TEST_HARNESS_MAIN
