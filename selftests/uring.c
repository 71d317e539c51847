// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots through io_uring: requests that wait do so without a thread, complete when
 * there is something to do, and can be cancelled without a message going astray.
 */
#include <dirent.h>
#include <liburing.h>
#include "mailslot_test.h"

#define DEPTH		64
#define LENGTH		100
#define ROOM		4	/* messages of LENGTH the queue has room for */

FIXTURE(uring)
{
	struct io_uring ring;
	char name[MAILSLOT_NAME_SIZE];
	int server;
	int client;
	char buffer[LENGTH];
};

FIXTURE_SETUP(uring)
{
	struct mailslot_create args = create_args(NULL);

	if (io_uring_queue_init(DEPTH * 2, &self->ring, 0))
		SKIP(return, "no io_uring");
	args.read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS;
	args.queue_bytes = ROOM * (LENGTH + COST);
	self->server = create_slot(&args);
	ASSERT_LE(0, self->server);
	strcpy(self->name, args.name);
	self->client = client_open(args.name, O_WRONLY);
	ASSERT_LE(0, self->client);
}

FIXTURE_TEARDOWN(uring)
{
	io_uring_queue_exit(&self->ring);
	close(self->client);
	close(self->server);
}

static void submit_read(FIXTURE_DATA(uring) * self, void *buffer, size_t size, __u64 data)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&self->ring);

	io_uring_prep_read(sqe, self->server, buffer, size, -1);
	sqe->user_data = data;
	io_uring_submit(&self->ring);
}

static void submit_write(FIXTURE_DATA(uring) * self, const void *buffer, size_t size, __u64 data)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&self->ring);

	io_uring_prep_write(sqe, self->client, buffer, size, -1);
	sqe->user_data = data;
	io_uring_submit(&self->ring);
}

static void submit_cancel(FIXTURE_DATA(uring) * self, __u64 target, __u64 data)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&self->ring);

	io_uring_prep_cancel64(sqe, target, 0);
	sqe->user_data = data;
	io_uring_submit(&self->ring);
}

#define NOTHING_CAME	(-12345)

/* The next completion's result and whose it is; NOTHING_CAME after the time. */
static int completion_in(FIXTURE_DATA(uring) * self, __u64 *data, __u64 ns)
{
	struct __kernel_timespec ts = { ns / NSEC_PER_SEC, ns % NSEC_PER_SEC };
	struct io_uring_cqe *cqe;
	int ret;

	if (io_uring_wait_cqe_timeout(&self->ring, &cqe, &ts))
		return NOTHING_CAME;
	ret = cqe->res;
	if (data)
		*data = cqe->user_data;
	io_uring_cqe_seen(&self->ring, cqe);
	return ret;
}

static int completion(FIXTURE_DATA(uring) * self, __u64 *data)
{
	return completion_in(self, data, PATIENCE_NS);
}

static bool nothing_completes(FIXTURE_DATA(uring) * self)
{
	return completion_in(self, NULL, 30 * NSEC_PER_MSEC) == NOTHING_CAME;
}

/* Threads that io_uring made for this process to block in. */
static int workers(void)
{
	DIR *dir = opendir("/proc/self/task");
	char path[300], comm[32];
	struct dirent *entry;
	int count = 0;
	FILE *file;

	while (dir && (entry = readdir(dir))) {
		snprintf(path, sizeof(path), "/proc/self/task/%s/comm", entry->d_name);
		file = fopen(path, "r");
		if (!file)
			continue;
		if (fgets(comm, sizeof(comm), file) && !strncmp(comm, "iou-wrk", 7))
			count++;
		fclose(file);
	}
	if (dir)
		closedir(dir);
	return count;
}

TEST_F(uring, at_once)
{
	__u64 data = 0;

	submit_write(self, "hello", 5, 1);
	EXPECT_EQ(5, completion(self, &data));
	EXPECT_EQ(1, data);
	submit_read(self, self->buffer, sizeof(self->buffer), 2);
	EXPECT_EQ(5, completion(self, &data));
	EXPECT_EQ(2, data);
	EXPECT_EQ(0, memcmp(self->buffer, "hello", 5));
	EXPECT_EQ(0, workers());
}

TEST_F(uring, errors)
{
	submit_write(self, "hello", 5, 1);
	EXPECT_EQ(5, completion(self, NULL));
	submit_read(self, self->buffer, 4, 2);
	EXPECT_EQ(-EMSGSIZE, completion(self, NULL));
	submit_read(self, nowhere(), 5, 2);
	EXPECT_EQ(-EFAULT, completion(self, NULL));
	submit_write(self, nowhere(), 5, 2);
	EXPECT_EQ(-EFAULT, completion(self, NULL));
	submit_write(self, self->buffer, 100000, 2);
	EXPECT_EQ(-EMSGSIZE, completion(self, NULL));
	EXPECT_EQ(1, message_count(self->server));
	EXPECT_EQ(0, close(self->server));
	submit_write(self, "hello", 5, 1);
	EXPECT_EQ(-EPIPE, completion(self, NULL));
}

/* What can never be read is not waited for. */
TEST_F(uring, client_reads_nothing)
{
	struct iovec iov = { self->buffer, LENGTH };
	int client = client_open(self->name, O_RDWR);
	struct io_uring_sqe *sqe;

	ASSERT_LE(0, client);
	sqe = io_uring_get_sqe(&self->ring);
	io_uring_prep_read(sqe, client, self->buffer, LENGTH, -1);
	io_uring_submit(&self->ring);
	EXPECT_EQ(-EINVAL, completion(self, NULL));
	EXPECT_EQ(-EINVAL, R(preadv2(client, &iov, 1, -1, RWF_NOWAIT)));
	close(client);
}

TEST_F(uring, read_waits)
{
	submit_read(self, self->buffer, sizeof(self->buffer), 1);
	EXPECT_TRUE(nothing_completes(self));
	EXPECT_EQ(0, workers());
	EXPECT_EQ(5, write(self->client, "hello", 5));
	EXPECT_EQ(5, completion(self, NULL));
	EXPECT_EQ(0, memcmp(self->buffer, "hello", 5));
	EXPECT_EQ(0, message_count(self->server));
}

TEST_F(uring, write_waits)
{
	int i;

	for (i = 0; i < ROOM; i++)
		EXPECT_EQ(LENGTH, write(self->client, self->buffer, LENGTH));
	submit_write(self, self->buffer, LENGTH, 1);
	EXPECT_TRUE(nothing_completes(self));
	EXPECT_EQ(0, workers());
	EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
	EXPECT_EQ(LENGTH, completion(self, NULL));
	EXPECT_EQ(ROOM, message_count(self->server));
}

/* Too large for the room that comes first: it waits on, and not in a loop. */
TEST_F(uring, write_waits_for_enough)
{
	static char big[2 * LENGTH];
	int i;

	for (i = 0; i < ROOM; i++)
		EXPECT_EQ(LENGTH, write(self->client, self->buffer, LENGTH));
	submit_write(self, big, sizeof(big), 1);
	EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
	EXPECT_TRUE(nothing_completes(self));
	EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
	EXPECT_EQ(sizeof(big), completion(self, NULL));
}

/* Many of each: all complete, each message once, no thread for any of them. */
TEST_F(uring, many_readers)
{
	static char buffers[DEPTH][LENGTH];
	char seen[DEPTH] = { 0 };
	__u64 data;
	int i;

	for (i = 0; i < DEPTH; i++)
		submit_read(self, buffers[i], LENGTH, i);
	EXPECT_TRUE(nothing_completes(self));
	EXPECT_EQ(0, workers());
	for (i = 0; i < DEPTH; i++) {
		char byte = i;

		ASSERT_EQ(1, write(self->client, &byte, 1));
		ASSERT_EQ(1, completion(self, &data));
		ASSERT_LT(data, DEPTH);
		EXPECT_EQ(i, buffers[data][0]);
		EXPECT_EQ(0, seen[data]++);
	}
	EXPECT_EQ(0, message_count(self->server));
}

TEST_F(uring, many_writers)
{
	static char bytes[DEPTH];
	char seen[DEPTH] = { 0 }, byte[LENGTH];
	__u64 data;
	int i;

	for (i = 0; i < ROOM; i++)
		EXPECT_EQ(LENGTH, write(self->client, self->buffer, LENGTH));
	for (i = 0; i < DEPTH; i++) {
		bytes[i] = i;
		submit_write(self, &bytes[i], 1, i);
	}
	EXPECT_TRUE(nothing_completes(self));
	EXPECT_EQ(0, workers());
	for (i = 0; i < ROOM; i++)
		EXPECT_EQ(LENGTH, read(self->server, byte, sizeof(byte)));
	for (i = 0; i < DEPTH; i++) {
		ASSERT_EQ(1, read(self->server, byte, sizeof(byte)));
		ASSERT_LT(byte[0], DEPTH);
		EXPECT_EQ(0, seen[(int)byte[0]]++);
		ASSERT_EQ(1, completion(self, &data));
	}
	EXPECT_EQ(0, message_count(self->server));
}

TEST_F(uring, poll)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&self->ring);

	io_uring_prep_poll_add(sqe, self->server, POLLIN);
	io_uring_submit(&self->ring);
	EXPECT_TRUE(nothing_completes(self));
	EXPECT_EQ(1, write(self->client, "x", 1));
	EXPECT_EQ(POLLIN, completion(self, NULL));
	EXPECT_EQ(1, message_count(self->server));

	sqe = io_uring_get_sqe(&self->ring);
	io_uring_prep_poll_add(sqe, self->client, 0);
	io_uring_submit(&self->ring);
	EXPECT_TRUE(nothing_completes(self));
	EXPECT_EQ(0, close(self->server));
	EXPECT_EQ(POLLHUP | POLLERR, completion(self, NULL));
}

/* A cancelled read takes no message: the next reader has it. */
TEST_F(uring, cancel_read)
{
	__u64 data = 0;
	int ret;

	submit_read(self, self->buffer, sizeof(self->buffer), 1);
	EXPECT_TRUE(nothing_completes(self));
	submit_cancel(self, 1, 2);
	ret = completion(self, &data);
	EXPECT_EQ(data == 1 ? -ECANCELED : 0, ret);
	ret = completion(self, &data);
	EXPECT_EQ(data == 1 ? -ECANCELED : 0, ret);
	EXPECT_EQ(5, write(self->client, "hello", 5));
	EXPECT_TRUE(nothing_completes(self));
	EXPECT_EQ(1, message_count(self->server));
	EXPECT_EQ(5, read(self->server, self->buffer, sizeof(self->buffer)));
}

TEST_F(uring, cancel_write)
{
	__u64 data = 0;
	int i, ret;

	for (i = 0; i < ROOM; i++)
		EXPECT_EQ(LENGTH, write(self->client, self->buffer, LENGTH));
	submit_write(self, "x", 1, 1);
	EXPECT_TRUE(nothing_completes(self));
	submit_cancel(self, 1, 2);
	ret = completion(self, &data);
	EXPECT_EQ(data == 1 ? -ECANCELED : 0, ret);
	ret = completion(self, &data);
	EXPECT_EQ(data == 1 ? -ECANCELED : 0, ret);
	for (i = 0; i < ROOM; i++)
		EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
	EXPECT_EQ(0, message_count(self->server));
}

TEST_F(uring, linked_timeout)
{
	struct __kernel_timespec ts = { 0, 20 * NSEC_PER_MSEC };
	__u64 begin = now_ns(CLOCK_MONOTONIC), data = 0;
	struct io_uring_sqe *sqe = io_uring_get_sqe(&self->ring);
	int i, ret;

	io_uring_prep_read(sqe, self->server, self->buffer, sizeof(self->buffer), -1);
	sqe->user_data = 1;
	sqe->flags |= IOSQE_IO_LINK;
	sqe = io_uring_get_sqe(&self->ring);
	io_uring_prep_link_timeout(sqe, &ts, 0);
	sqe->user_data = 2;
	io_uring_submit(&self->ring);
	for (i = 0; i < 2; i++) {
		ret = completion(self, &data);
		EXPECT_EQ(data == 1 ? -ECANCELED : -ETIME, ret);
	}
	EXPECT_LE(begin + 20 * NSEC_PER_MSEC, now_ns(CLOCK_MONOTONIC));
	EXPECT_EQ(5, write(self->client, "hello", 5));
	EXPECT_EQ(1, message_count(self->server));
}

TEST_F(uring, death_completes_writes)
{
	int i;

	for (i = 0; i < ROOM; i++)
		EXPECT_EQ(LENGTH, write(self->client, self->buffer, LENGTH));
	for (i = 0; i < 8; i++)
		submit_write(self, self->buffer, LENGTH, i);
	EXPECT_TRUE(nothing_completes(self));
	EXPECT_EQ(0, close(self->server));
	for (i = 0; i < 8; i++)
		EXPECT_EQ(-EPIPE, completion(self, NULL));
}

/* A read that waits is a use of the server end: the slot lives until it is cancelled. */
TEST_F(uring, waiting_read_keeps_the_slot)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;

	submit_read(self, self->buffer, sizeof(self->buffer), 1);
	EXPECT_TRUE(nothing_completes(self));
	EXPECT_EQ(0, close(self->server));
	EXPECT_EQ(5, write(self->client, "hello", 5));
	EXPECT_EQ(5, completion(self, NULL));
	/* The ring lets go of the file in its own time. */
	while (!(info_of(self->client).flags & MAILSLOT_INFO_GONE) &&
	       now_ns(CLOCK_MONOTONIC) < end)
		sleep_ns(NSEC_PER_MSEC);
	EXPECT_EQ(-EPIPE, R(write(self->client, "hello", 5)));
}

/* A ring that goes with requests in it takes them along, and its hold on the slot. */
TEST_F(uring, ring_goes_first)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
	int i, fd;

	for (i = 0; i < 16; i++)
		submit_read(self, self->buffer, sizeof(self->buffer), i);
	EXPECT_EQ(0, close(self->server));
	io_uring_queue_exit(&self->ring);
	do {
		fd = create_named(self->name);
		sleep_ns(NSEC_PER_MSEC);
	} while (fd == -EEXIST && now_ns(CLOCK_MONOTONIC) < end);
	EXPECT_LE(0, fd);
	EXPECT_EQ(MAILSLOT_INFO_GONE, info_of(self->client).flags);
	EXPECT_EQ(0, io_uring_queue_init(8, &self->ring, 0));
}

/* Requests and ordinary calls on one slot: no wake-up is swallowed by either. */
TEST_F(uring, beside_a_sleeping_reader)
{
	char byte[2];
	struct call reader = {
		.function = call_read, .fd = self->server, .buffer = byte, .size = 1,
	};
	int i;

	for (i = 0; i < 50; i++) {
		submit_read(self, byte + 1, 1, 1);
		ASSERT_TRUE(call_start(&reader));
		ASSERT_TRUE(call_asleep(&reader, SYS_read));
		ASSERT_EQ(1, write(self->client, "x", 1));
		ASSERT_EQ(1, write(self->client, "y", 1));
		ASSERT_EQ(1, call_join(&reader));
		ASSERT_EQ(1, completion(self, NULL));
		EXPECT_NE(byte[0], byte[1]);
	}
	EXPECT_EQ(0, message_count(self->server));
}
