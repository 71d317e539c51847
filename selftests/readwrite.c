// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages through write(2), writev(2), read(2) and readv(2): whole, in order, kept
 * when they do not fit; sizes and the queue's limit; writers that wait.  How long
 * readers wait is timeouts.c's, bad memory is fault.c's.
 */
#include <limits.h>
#include "slot_fixture.h"

TEST_F(slot, order)
{
	char in[16], out[16];
	int i;

	for (i = 0; i < 1000; i++) {
		snprintf(out, sizeof(out), "message %d", i);
		ASSERT_EQ(strlen(out), write(self->client, out, strlen(out)));
	}
	for (i = 0; i < 1000; i++) {
		memset(in, 0, sizeof(in));
		snprintf(out, sizeof(out), "message %d", i);
		ASSERT_EQ(strlen(out), read(self->server, in, sizeof(in)));
		ASSERT_STREQ(out, in);
	}
	EXPECT_EQ(-ETIMEDOUT, R(read(self->server, in, sizeof(in))));
}

/* Over all clients: in the order of the writes. */
TEST_F(slot, order_of_several_clients)
{
	int other = client_open(self->name, O_WRONLY);
	unsigned char byte, i;

	ASSERT_LE(0, other);
	for (i = 0; i < 100; i++)
		ASSERT_EQ(1, write(i % 3 ? other : self->client, &i, 1));
	close(other);
	for (i = 0; i < 100; i++) {
		ASSERT_EQ(1, read(self->server, &byte, 1));
		ASSERT_EQ(i, byte);
	}
}

TEST_F(slot, nothing_there)
{
	char byte = POISON;

	EXPECT_EQ(-ETIMEDOUT, R(read(self->server, &byte, 1)));
	EXPECT_EQ(-ETIMEDOUT, R(read(self->server, NULL, 0)));
	EXPECT_EQ(0, fcntl(self->server, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, R(read(self->server, &byte, 1)));
	EXPECT_EQ(-EAGAIN, R(read(self->server, NULL, 0)));
	EXPECT_EQ((char)POISON, byte);
}

TEST_F(slot, empty_messages)
{
	char in[8];

	EXPECT_EQ(0, write(self->client, "", 0));
	EXPECT_EQ(0, write(self->client, NULL, 0));
	EXPECT_EQ(3, write(self->client, "abc", 3));
	EXPECT_EQ(0, write(self->client, "", 0));
	EXPECT_EQ(4, message_count(self->server));
	EXPECT_EQ(0, info_of(self->server).next_message_size);
	memset(in, POISON, sizeof(in));
	EXPECT_EQ(0, R(read(self->server, in, sizeof(in))));
	EXPECT_TRUE(all_bytes(in, sizeof(in), POISON));
	EXPECT_EQ(3, message_count(self->server));
	EXPECT_EQ(0, R(read(self->server, NULL, 0)));
	EXPECT_EQ(3, R(read(self->server, in, sizeof(in))));
	EXPECT_EQ(0, R(read(self->server, in, 1)));
	EXPECT_EQ(0, message_count(self->server));
	EXPECT_EQ(-ETIMEDOUT, R(read(self->server, in, sizeof(in))));
}

/* The bytes of the message, all of them, and not one byte more. */
static long write_and_read(FIXTURE_DATA(slot) * self, size_t size)
{
	char *out = malloc(size + 1), *in = malloc(size + 16);
	long ret = 0;

	fill(out, size, size);
	memset(in, POISON, size + 16);
	if (write(self->client, out, size) != size)
		ret = -1;
	else if (info_of(self->server).next_message_size != size)
		ret = -2;
	else if (size && R(read(self->server, in, size - 1)) != -EMSGSIZE)
		ret = -3;
	else if (!all_bytes(in, size + 16, POISON))
		ret = -4;
	else if (read(self->server, in, size + 16) != size)
		ret = -5;
	else if (!filled(in, size, size) || !all_bytes(in + size, 16, POISON))
		ret = -6;
	free(out);
	free(in);
	return ret;
}

TEST_F(slot, small_sizes)
{
	size_t size;

	for (size = 0; size <= 520; size++)
		ASSERT_EQ(0, write_and_read(self, size))
			TH_LOG("size %zu", size);
}

TEST_F(slot, sizes_around_powers_of_two)
{
	size_t power, size;

	for (power = 512; power <= 1 << 20; power *= 2)
		for (size = power - 2 * COST; size <= power + COST; size += power > 8192 ? 16 : 4)
			ASSERT_EQ(0, write_and_read(self, size))
				TH_LOG("size %zu", size);
}

/* Sizes mixed, many waiting at once. */
TEST_F(slot, mixed_sizes)
{
	static char out[20000], in[20000];
	unsigned int state, i;
	size_t size;

	for (state = 1, i = 0; i < 500; i++) {
		state = state * 1103515245 + 12345;
		size = (state >> 8) % (i % 8 ? 300 : sizeof(out));
		fill(out, size, i);
		ASSERT_EQ(size, write(self->client, out, size));
	}
	for (state = 1, i = 0; i < 500; i++) {
		state = state * 1103515245 + 12345;
		size = (state >> 8) % (i % 8 ? 300 : sizeof(out));
		ASSERT_EQ(size, read(self->server, in, sizeof(in)));
		ASSERT_TRUE(filled(in, size, i));
	}
	EXPECT_EQ(0, info_of(self->server).queued_bytes);
}

TEST_F(slot, buffer_too_small)
{
	char in[8];

	EXPECT_EQ(6, write(self->client, "first!", 6));
	EXPECT_EQ(6, write(self->client, "second", 6));
	memset(in, POISON, sizeof(in));
	EXPECT_EQ(-EMSGSIZE, R(read(self->server, in, 5)));
	EXPECT_EQ(-EMSGSIZE, R(read(self->server, in, 1)));
	EXPECT_EQ(-EMSGSIZE, R(read(self->server, in, 0)));
	EXPECT_TRUE(all_bytes(in, sizeof(in), POISON));
	EXPECT_EQ(2, message_count(self->server));
	EXPECT_EQ(0, info_of(self->server).messages_read);
	EXPECT_EQ(6, read(self->server, in, 6));
	EXPECT_EQ(0, memcmp(in, "first!", 6));
	EXPECT_EQ(6, read(self->server, in, 6));
	EXPECT_EQ(0, memcmp(in, "second", 6));
}

TEST_F(slot, writev)
{
	struct iovec out[] = {
		{ "one", 3 }, { NULL, 0 }, { " ", 1 }, { "message", 7 }, { "", 0 },
	};
	char in[32];

	EXPECT_EQ(11, writev(self->client, out, ARRAY_SIZE(out)));
	EXPECT_EQ(1, message_count(self->server));
	EXPECT_EQ(11, read(self->server, in, sizeof(in)));
	EXPECT_EQ(0, memcmp(in, "one message", 11));
}

TEST_F(slot, readv)
{
	char a[4], b[3], c[16];
	struct iovec in[] = { { a, sizeof(a) }, { NULL, 0 }, { b, sizeof(b) }, { c, sizeof(c) } };

	memset(c, POISON, sizeof(c));
	EXPECT_EQ(9, write(self->client, "onetwothr", 9));
	EXPECT_EQ(6, write(self->client, "second", 6));
	EXPECT_EQ(-EMSGSIZE, R(readv(self->server, in, 3)));
	EXPECT_EQ(2, message_count(self->server));
	EXPECT_EQ(9, readv(self->server, in, ARRAY_SIZE(in)));
	EXPECT_EQ(0, memcmp(a, "onet", 4));
	EXPECT_EQ(0, memcmp(b, "wot", 3));
	EXPECT_EQ(0, memcmp(c, "hr", 2));
	EXPECT_TRUE(all_bytes(c + 2, sizeof(c) - 2, POISON));
	EXPECT_EQ(6, readv(self->server, in, ARRAY_SIZE(in)));
}

TEST_F(slot, most_iovecs)
{
	struct iovec out[IOV_MAX], in[IOV_MAX];
	char text[IOV_MAX * 10], back[IOV_MAX * 10];
	int i;

	fill(text, sizeof(text), 1);
	for (i = 0; i < IOV_MAX; i++) {
		out[i] = (struct iovec) { text + i * 10, 10 };
		in[i] = (struct iovec) { back + (i ? i * 10 - 5 : 0), i ? 10 : 5 };
	}
	ASSERT_EQ(sizeof(text), writev(self->client, out, IOV_MAX));
	EXPECT_EQ(-EMSGSIZE, R(readv(self->server, in, IOV_MAX)));
	in[IOV_MAX - 1].iov_len += 5;
	EXPECT_EQ(sizeof(text), readv(self->server, in, IOV_MAX));
	EXPECT_TRUE(filled(back, sizeof(back), 1));
}

/* read(2) takes one path in a driver and readv(2) another: they must meet. */
TEST_F(slot, mixed_calls)
{
	char text[9000], in[9000];
	struct iovec iov = { text, 0 }, iiov = { in, sizeof(in) };
	int i;

	for (i = 0; i < 200; i++) {
		iov.iov_len = 1 + i * 44;
		fill(text, iov.iov_len, i);
		ASSERT_EQ(iov.iov_len, i % 2 ? writev(self->client, &iov, 1) :
					       write(self->client, text, iov.iov_len));
	}
	for (i = 0; i < 200; i++) {
		iov.iov_len = 1 + i * 44;
		ASSERT_EQ(iov.iov_len, i % 3 ? readv(self->server, &iiov, 1) :
					       read(self->server, in, sizeof(in)));
		ASSERT_TRUE(filled(in, iov.iov_len, i));
	}
}

/* The kernel cuts a call to MAX_RW_COUNT bytes; a message must not be cut. */
TEST_F(slot, longer_than_a_call)
{
#if LONG_MAX > 0x7fffffff
	size_t size = 0x7ffff000UL + 8192;
	struct iovec iov[2];
	char *out = mmap(NULL, size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	ASSERT_TRUE(out != MAP_FAILED);
	EXPECT_EQ(-EMSGSIZE, R(write(self->client, out, size)));
	iov[0] = (struct iovec) { out, size / 2 };
	iov[1] = (struct iovec) { out + size / 2, size / 2 };
	EXPECT_EQ(-EMSGSIZE, R(writev(self->client, iov, 2)));
	EXPECT_EQ(0, message_count(self->server));

	/* As a buffer it may be as long as it likes. */
	EXPECT_EQ(3, write(self->client, "abc", 3));
	EXPECT_EQ(3, read(self->server, out, size));
	EXPECT_EQ(3, write(self->client, "def", 3));
	EXPECT_EQ(3, readv(self->server, iov, 2));
	EXPECT_EQ(0, memcmp(out, "def", 3));
#else
	SKIP(return, "no room for 2 GiB");
#endif
}

TEST(max_message_size)
{
	struct mailslot_create args = create_args(NULL);
	struct iovec iov[2] = { { "12345678", 8 }, { "9", 1 } };
	char in[16];
	int server, client;

	args.max_message_size = 8;
	server = create_slot(&args);
	ASSERT_LE(0, server);
	client = client_open(args.name, O_WRONLY);
	EXPECT_EQ(8, info_of(client).max_message_size);
	EXPECT_EQ(-EMSGSIZE, R(write(client, "123456789", 9)));
	EXPECT_EQ(-EMSGSIZE, R(writev(client, iov, 2)));
	EXPECT_EQ(0, message_count(server));
	EXPECT_EQ(8, R(write(client, "12345678", 8)));
	EXPECT_EQ(8, R(writev(client, iov, 1)));
	EXPECT_EQ(0, R(write(client, "", 0)));
	EXPECT_EQ(8, read(server, in, sizeof(in)));
	EXPECT_EQ(8, read(server, in, sizeof(in)));
	EXPECT_EQ(0, read(server, in, sizeof(in)));
}

/* 0 and all ones: only the queue limits a message. */
TEST(max_message_size_unlimited)
{
	static const __u32 values[] = { 0, ~0U };
	static char out[100000];
	struct mailslot_create args;
	int server, client;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(values); i++) {
		args = create_args(NULL);
		args.max_message_size = values[i];
		args.queue_bytes = sizeof(out) - 1 + COST;
		server = create_slot(&args);
		ASSERT_LE(0, server);
		client = client_open(args.name, O_WRONLY);
		EXPECT_EQ(values[i], info_of(server).max_message_size);
		EXPECT_EQ(-EMSGSIZE, R(write(client, out, sizeof(out))));
		EXPECT_EQ(0, message_count(server));
		EXPECT_EQ(sizeof(out) - 1, R(write(client, out, sizeof(out) - 1)));
		close(client);
		close(server);
	}
}

/* A limit of one byte tells a limit from none. */
TEST(max_message_size_of_one)
{
	struct mailslot_create args = create_args(NULL);
	int server, client;

	args.max_message_size = 1;
	server = create_slot(&args);
	ASSERT_LE(0, server);
	client = client_open(args.name, O_WRONLY);
	EXPECT_EQ(-EMSGSIZE, R(write(client, "ab", 2)));
	EXPECT_EQ(1, R(write(client, "a", 1)));
}

/* A slot for ten messages of a hundred bytes, and its nonblocking client. */
#define SMALL_LENGTH	100
#define SMALL_COUNT	10

FIXTURE(small)
{
	char name[MAILSLOT_NAME_SIZE];
	char buffer[SMALL_LENGTH + 1];
	int server;
	int client;
	int blocking;
};

FIXTURE_SETUP(small)
{
	struct mailslot_create args = create_args(NULL);

	args.queue_bytes = SMALL_COUNT * (SMALL_LENGTH + COST);
	self->server = create_slot(&args);
	ASSERT_LE(0, self->server);
	strcpy(self->name, args.name);
	self->client = client_open(args.name, O_WRONLY | O_NONBLOCK);
	ASSERT_LE(0, self->client);
	self->blocking = client_open(args.name, O_WRONLY);
	ASSERT_LE(0, self->blocking);
}

FIXTURE_TEARDOWN(small)
{
	close(self->blocking);
	close(self->client);
	close(self->server);
}

static int fill_up(FIXTURE_DATA(small) * self, size_t length)
{
	int count;
	long ret;

	for (count = 0; ; count++) {
		ret = R(write(self->client, self->buffer, length));
		if (ret != (long)length)
			return ret == -EAGAIN ? count : (int)ret;
	}
}

TEST_F(small, full)
{
	struct mailslot_info info;

	EXPECT_EQ(SMALL_COUNT, fill_up(self, SMALL_LENGTH));
	info = info_of(self->server);
	EXPECT_EQ(SMALL_COUNT, info.message_count);
	EXPECT_EQ(info.queue_bytes, info.queued_bytes);
	EXPECT_EQ(-EAGAIN, R(write(self->client, "", 0)));
	EXPECT_EQ(SMALL_LENGTH, read(self->server, self->buffer, SMALL_LENGTH));
	EXPECT_EQ(1, fill_up(self, SMALL_LENGTH));
}

/* Empty messages cost too, or they would be without end. */
TEST_F(small, full_of_nothing)
{
	int most = SMALL_COUNT * (SMALL_LENGTH + COST) / COST;

	EXPECT_EQ(most, fill_up(self, 0));
	EXPECT_EQ(most, message_count(self->server));
	EXPECT_EQ(0, R(read(self->server, self->buffer, 1)));
	EXPECT_EQ(1, fill_up(self, 0));
}

/* What never fits is told at once, to those who would wait as well. */
TEST_F(small, never_fits)
{
	size_t most = SMALL_COUNT * (SMALL_LENGTH + COST) - COST;
	char *out = calloc(1, most + 1);

	EXPECT_EQ(-EMSGSIZE, R(write(self->client, out, most + 1)));
	EXPECT_EQ(-EMSGSIZE, R(write(self->blocking, out, most + 1)));
	EXPECT_EQ(most, R(write(self->blocking, out, most)));
	EXPECT_EQ(-EMSGSIZE, R(write(self->blocking, out, most + 1)));
	EXPECT_EQ(-EAGAIN, R(write(self->client, out, most)));
	EXPECT_EQ(1, message_count(self->server));
}

TEST_F(small, writer_waits_for_room)
{
	struct call writer = {
		.function = call_write, .fd = self->blocking, .buffer = "late", .size = 4,
	};
	char in[SMALL_LENGTH];
	int i;

	EXPECT_EQ(SMALL_COUNT, fill_up(self, SMALL_LENGTH));
	ASSERT_TRUE(call_start(&writer));
	ASSERT_TRUE(call_asleep(&writer, SYS_write));
	EXPECT_EQ(SMALL_COUNT, message_count(self->server));
	for (i = 0; i < SMALL_COUNT; i++)
		EXPECT_EQ(SMALL_LENGTH, read(self->server, in, sizeof(in)));
	EXPECT_EQ(4, call_join(&writer));
	EXPECT_EQ(4, read(self->server, in, sizeof(in)));
	EXPECT_EQ(0, memcmp(in, "late", 4));
}

/* Writers that wait are served in the order they came, however little the later want. */
TEST_F(small, waiting_writers_in_order)
{
	enum { WRITERS = 5 };
	static const size_t sizes[WRITERS] = { 800, 1, 300, 0, 100 };
	struct call writers[WRITERS];
	char in[1024], out[1024];
	int i;

	memset(out, 'x', sizeof(out));
	EXPECT_EQ(SMALL_COUNT, fill_up(self, SMALL_LENGTH));
	for (i = 0; i < WRITERS; i++) {
		writers[i] = (struct call) {
			.function = call_write, .fd = self->blocking,
			.buffer = out, .size = sizes[i],
		};
		ASSERT_TRUE(call_start(&writers[i]));
		ASSERT_TRUE(call_asleep(&writers[i], SYS_write));
	}
	/* There is room for the small ones now, but not their turn. */
	EXPECT_EQ(SMALL_LENGTH, read(self->server, in, sizeof(in)));
	sleep_ns(50 * NSEC_PER_MSEC);
	EXPECT_EQ(SMALL_COUNT - 1, message_count(self->server));
	EXPECT_EQ(-EAGAIN, R(write(self->client, "", 0)));
	for (i = 1; i < SMALL_COUNT; i++)
		EXPECT_EQ(SMALL_LENGTH, read(self->server, in, sizeof(in)));
	for (i = 0; i < WRITERS; i++)
		EXPECT_EQ(sizes[i], call_join(&writers[i]));
	for (i = 0; i < WRITERS; i++)
		EXPECT_EQ(sizes[i], read(self->server, in, sizeof(in)));
	EXPECT_EQ(1, R(write(self->client, "x", 1)));
}

static void on_signal(int signal)
{
}

static void catch_signal(int signal, int flags)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };

	sigaction(signal, &action, NULL);
}

/* The first in the row gives up: the next has its turn, without anything being read. */
TEST_F(small, waiting_writer_gives_up)
{
	char out[1024] = "", in[1024];
	struct call big = {
		.function = call_write, .fd = self->blocking, .buffer = out, .size = 1000,
	};
	struct call tiny = big;

	catch_signal(SIGUSR1, 0);
	tiny.size = 1;
	EXPECT_EQ(SMALL_COUNT, fill_up(self, SMALL_LENGTH));
	ASSERT_TRUE(call_start(&big));
	ASSERT_TRUE(call_asleep(&big, SYS_write));
	ASSERT_TRUE(call_start(&tiny));
	ASSERT_TRUE(call_asleep(&tiny, SYS_write));
	EXPECT_EQ(SMALL_LENGTH, read(self->server, in, sizeof(in)));
	ASSERT_TRUE(call_asleep(&tiny, SYS_write));
	pthread_kill(big.thread, SIGUSR1);
	EXPECT_EQ(-EINTR, call_join(&big));
	EXPECT_EQ(1, call_join(&tiny));
	EXPECT_EQ(SMALL_COUNT, message_count(self->server));
}

TEST_F(small, waiting_writer_restarts)
{
	struct call writer = {
		.function = call_write, .fd = self->blocking, .buffer = "late", .size = 4,
	};
	char in[SMALL_LENGTH];
	int i;

	catch_signal(SIGUSR1, SA_RESTART);
	EXPECT_EQ(SMALL_COUNT, fill_up(self, SMALL_LENGTH));
	ASSERT_TRUE(call_start(&writer));
	for (i = 0; i < 5; i++) {
		ASSERT_TRUE(call_asleep(&writer, SYS_write));
		pthread_kill(writer.thread, SIGUSR1);
	}
	ASSERT_TRUE(call_asleep(&writer, SYS_write));
	EXPECT_FALSE(call_done(&writer));
	EXPECT_EQ(SMALL_COUNT, message_count(self->server));
	EXPECT_EQ(SMALL_LENGTH, read(self->server, in, sizeof(in)));
	EXPECT_EQ(4, call_join(&writer));
	EXPECT_EQ(SMALL_COUNT, message_count(self->server));
}

TEST_F(small, waiting_writer_outlives_the_slot)
{
	struct call writer = {
		.function = call_write, .fd = self->blocking, .buffer = "late", .size = 4,
	};

	EXPECT_EQ(SMALL_COUNT, fill_up(self, SMALL_LENGTH));
	ASSERT_TRUE(call_start(&writer));
	ASSERT_TRUE(call_asleep(&writer, SYS_write));
	EXPECT_EQ(0, close(self->server));
	EXPECT_EQ(-EPIPE, call_join(&writer));
}

/* A large message waits, and behind it small ones that would fit: none enters the dead slot. */
TEST_F(small, line_behind_a_large_message_outlives_the_slot)
{
	static char large[SMALL_COUNT * (SMALL_LENGTH + COST) - COST];
	struct call writers[6];
	unsigned int i;

	EXPECT_EQ(1, write(self->client, "x", 1));
	for (i = 0; i < 6; i++) {
		writers[i] = (struct call) {
			.function = call_write, .fd = self->blocking, .buffer = large,
			.size = i ? 1 : sizeof(large),
		};
		ASSERT_TRUE(call_start(&writers[i]));
		ASSERT_TRUE(call_asleep(&writers[i], SYS_write));
	}
	EXPECT_EQ(1, message_count(self->server));
	EXPECT_EQ(0, close(self->server));
	for (i = 0; i < 6; i++)
		EXPECT_EQ(-EPIPE, call_join(&writers[i]));
	EXPECT_EQ(1, info_of(self->client).messages_written);
}

#define CROWD	40

/* More writers in line than are served, or woken, at once, behind one that fills the queue. */
static bool crowd_waits(struct call *writers, int blocking, char *bytes)
{
	int i;

	for (i = 0; i < CROWD; i++) {
		bytes[i] = i;
		writers[i] = (struct call) {
			.function = call_write, .fd = blocking, .buffer = &bytes[i], .size = 1,
		};
		if (!call_start(&writers[i]) || !call_asleep(&writers[i], SYS_write))
			return false;
	}
	return true;
}

static struct mailslot_create crowd_args(void)
{
	struct mailslot_create args = create_args(NULL);

	args.queue_bytes = CROWD * (1 + COST);
	return args;
}

/* One read makes room for all: they enter in the order they came, and none sleeps on. */
TEST(crowd_of_waiting_writers)
{
	struct mailslot_create args = crowd_args();
	static char large[CROWD * (1 + COST) - COST];
	char bytes[CROWD], in[sizeof(large)];
	struct call writers[CROWD];
	int server, blocking, i;

	server = create_slot(&args);
	ASSERT_LE(0, server);
	blocking = client_open(args.name, O_WRONLY);
	ASSERT_LE(0, blocking);
	EXPECT_EQ(sizeof(large), R(write(blocking, large, sizeof(large))));
	ASSERT_TRUE(crowd_waits(writers, blocking, bytes));
	EXPECT_EQ(sizeof(large), R(read(server, in, sizeof(in))));
	for (i = 0; i < CROWD; i++)
		EXPECT_EQ(1, call_join(&writers[i]));
	for (i = 0; i < CROWD; i++) {
		EXPECT_EQ(1, R(read(server, in, sizeof(in))));
		EXPECT_EQ(i, in[0]);
	}
}

/* The reader goes on as they enter: whoever has been served returns, however much is left. */
TEST(crowd_of_waiting_writers_one_by_one)
{
	struct mailslot_create args = crowd_args();
	char bytes[CROWD], in;
	struct call writers[CROWD];
	int server, blocking, i;

	server = create_slot(&args);
	ASSERT_LE(0, server);
	blocking = client_open(args.name, O_WRONLY);
	ASSERT_LE(0, blocking);
	for (i = 0; i < CROWD; i++)
		EXPECT_EQ(1, R(write(blocking, "x", 1)));
	ASSERT_TRUE(crowd_waits(writers, blocking, bytes));
	for (i = 0; i < CROWD; i++)
		EXPECT_EQ(1, R(read(server, &in, 1)));
	EXPECT_EQ(CROWD, message_count(server));
	for (i = 0; i < CROWD; i++)
		EXPECT_EQ(1, call_join(&writers[i]));
	for (i = 0; i < CROWD; i++) {
		EXPECT_EQ(1, R(read(server, &in, 1)));
		EXPECT_EQ(i, in);
	}
}

TEST(crowd_of_waiting_writers_outlives_the_slot)
{
	struct mailslot_create args = crowd_args();
	static char large[CROWD * (1 + COST) - COST];
	struct call writers[CROWD];
	int server, blocking, i;
	char bytes[CROWD];

	server = create_slot(&args);
	ASSERT_LE(0, server);
	blocking = client_open(args.name, O_WRONLY);
	ASSERT_LE(0, blocking);
	EXPECT_EQ(sizeof(large), R(write(blocking, large, sizeof(large))));
	ASSERT_TRUE(crowd_waits(writers, blocking, bytes));
	EXPECT_EQ(0, close(server));
	for (i = 0; i < CROWD; i++)
		EXPECT_EQ(-EPIPE, call_join(&writers[i]));
}

/* SIGPIPE is at its default here: it would end the test. */
TEST_F(slot, server_gone)
{
	struct iovec iov = { "x", 1 };

	signal(SIGPIPE, SIG_DFL);
	EXPECT_EQ(1, write(self->client, "x", 1));
	EXPECT_EQ(0, close(self->server));
	EXPECT_EQ(-EPIPE, R(write(self->client, "x", 1)));
	EXPECT_EQ(-EPIPE, R(write(self->client, "", 0)));
	EXPECT_EQ(-EPIPE, R(writev(self->client, &iov, 1)));
}

/* Messages that nobody reads, of the size of a whole queue, again and again: no leak of room. */
TEST(room_is_given_back)
{
	struct mailslot_create args = create_args(NULL);
	int server, client, i;
	char *buffer;

	args.queue_bytes = 300000;
	server = create_slot(&args);
	ASSERT_LE(0, server);
	client = client_open(args.name, O_WRONLY | O_NONBLOCK);
	buffer = calloc(1, 300000);
	for (i = 0; i < 200; i++) {
		size_t size = 300000 - COST - i * 7;

		ASSERT_EQ(size, R(write(client, buffer, size)));
		EXPECT_EQ(size + COST, info_of(server).queued_bytes);
		ASSERT_EQ(size, R(read(server, buffer, 300000)));
		EXPECT_EQ(0, info_of(server).queued_bytes);
	}
}
