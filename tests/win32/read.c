// SPDX-License-Identifier: GPL-2.0-only
/*
 * ReadFile without an OVERLAPPED.
 */
#include "win32.h"

SLOT_FIXTURE(read, 0, 0)

TEST_F(read, one_whole_message_in_order)
{
	HANDLE other = open_client(NAME);
	char text[16];

	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "message %d", i);
		ASSERT_TRUE(send_text(i % 3 ? self->client : other, text));
	}
	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "message %d", i);
		EXPECT_TRUE(next_is(self->server, text));
	}
	EXPECT_EQ(0, messages_in(self->server));
}

TEST_F(read, fits_exactly)
{
	char buffer[6] = "zzzzz";
	DWORD n = POISON;

	ASSERT_TRUE(send_text(self->client, "12345"));
	EXPECT_TRUE(ReadFile(self->server, buffer, 5, &n, NULL));
	EXPECT_EQ(5, n);
	EXPECT_STREQ("12345", buffer);
	EXPECT_EQ(0, messages_in(self->server));
}

TEST_F(read, zero_length_message)
{
	char buffer[4] = "abc";
	DWORD n = POISON;

	ASSERT_TRUE(send_text(self->client, ""));
	ASSERT_TRUE(send_text(self->client, ""));
	EXPECT_TRUE(ReadFile(self->server, buffer, 4, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_STREQ("abc", buffer);
	EXPECT_EQ(1, messages_in(self->server));
	n = POISON;
	EXPECT_TRUE(ReadFile(self->server, NULL, 0, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_EQ(0, messages_in(self->server));
}

TEST_F(read, small_buffer_is_122_and_keeps_message)
{
	char buffer[8] = "untouch";
	DWORD n = POISON;

	ASSERT_TRUE(send_text(self->client, "12345"));
	EXPECT_FAILS(ERROR_INSUFFICIENT_BUFFER, ReadFile(self->server, buffer, 4, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_STREQ("untouch", buffer);
	EXPECT_EQ(1, messages_in(self->server));
	EXPECT_TRUE(next_is(self->server, "12345"));
}

TEST_F(read, zero_byte_buffer_on_empty_slot_is_121)
{
	DWORD n = POISON;
	char buffer;

	EXPECT_FAILS(ERROR_SEM_TIMEOUT, ReadFile(self->server, &buffer, 0, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_FAILS(ERROR_SEM_TIMEOUT, ReadFile(self->server, NULL, 0, &n, NULL));
}

TEST_F(read, zero_byte_buffer_on_message_is_122)
{
	DWORD n = POISON;

	ASSERT_TRUE(send_text(self->client, "x"));
	EXPECT_FAILS(ERROR_INSUFFICIENT_BUFFER, ReadFile(self->server, NULL, 0, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_TRUE(next_is(self->server, "x"));
}

TEST_F(read, timeout_zero_is_121_at_once)
{
	char buffer[4];
	DWORD n = POISON;

	EXPECT_FAILS(ERROR_SEM_TIMEOUT, ReadFile(self->server, buffer, 4, &n, NULL));
	EXPECT_EQ(0, n);
}

TEST_F(read, finite_timeout_is_121_never_early)
{
	static const DWORD timeouts[] = { 1, 20, 150 };
	char buffer[4];
	DWORD n;

	for (size_t i = 0; i < ARRAY_SIZE(timeouts); i++) {
		uint64_t began;

		n = POISON;
		ASSERT_TRUE(SetMailslotInfo(self->server, timeouts[i]));
		began = now_ns();
		EXPECT_FAILS(ERROR_SEM_TIMEOUT, ReadFile(self->server, buffer, 4, &n, NULL));
		EXPECT_LE(timeouts[i] * 1000000ull, now_ns() - began);
		EXPECT_EQ(0, n);
	}
}

struct later {
	HANDLE client;
	const char *text;
	unsigned int delay;
};

static void *send_later(void *arg)
{
	struct later *later = arg;

	sleep_ms(later->delay);
	return (void *)(intptr_t)send_text(later->client, later->text);
}

TEST_F(read, waits_for_message)
{
	static const DWORD timeouts[] = { FOREVER, 60000 };
	struct later later = { self->client, "late", 50 };
	pthread_t thread;
	void *sent;

	for (size_t i = 0; i < ARRAY_SIZE(timeouts); i++) {
		ASSERT_TRUE(SetMailslotInfo(self->server, timeouts[i]));
		ASSERT_EQ(0, pthread_create(&thread, NULL, send_later, &later));
		EXPECT_TRUE(next_is(self->server, "late"));
		pthread_join(thread, &sent);
		EXPECT_TRUE(sent);
	}
}

TEST_F(read, wait_meets_message_too_large)
{
	struct later later = { self->client, "too large", 50 };
	pthread_t thread;
	char buffer[4];
	DWORD n = POISON;

	ASSERT_TRUE(SetMailslotInfo(self->server, FOREVER));
	ASSERT_EQ(0, pthread_create(&thread, NULL, send_later, &later));
	EXPECT_FAILS(ERROR_INSUFFICIENT_BUFFER, ReadFile(self->server, buffer, 4, &n, NULL));
	EXPECT_EQ(0, n);
	pthread_join(thread, NULL);
	EXPECT_TRUE(next_is(self->server, "too large"));
}

struct reader {
	HANDLE server;
	char text[8];
	DWORD n;
	BOOL result;
	DWORD error;
	pthread_t thread;
};

static void *reading(void *arg)
{
	struct reader *reader = arg;

	reader->n = POISON;
	reader->result = ReadFile(reader->server, reader->text, 8, &reader->n, NULL);
	reader->error = GetLastError();
	return NULL;
}

TEST_F(read, threads_that_wait_are_served_in_order)
{
	struct reader readers[4];

	ASSERT_TRUE(SetMailslotInfo(self->server, FOREVER));
	for (int i = 0; i < 4; i++) {
		readers[i].server = self->server;
		ASSERT_EQ(0, pthread_create(&readers[i].thread, NULL, reading, &readers[i]));
		until_others_sleep();
	}
	for (int i = 0; i < 4; i++)
		ASSERT_TRUE(WriteFile(self->client, &"0\0001\0002\0003"[2 * i], 2, NULL, NULL));
	for (int i = 0; i < 4; i++) {
		pthread_join(readers[i].thread, NULL);
		EXPECT_TRUE(readers[i].result);
		EXPECT_EQ(2, readers[i].n);
		EXPECT_EQ('0' + i, readers[i].text[0]);
	}
}

static void read_nothing(void *server)
{
	ReadFile(server, NULL, 0, NULL, NULL);
}

TEST_F(read, waiting_takes_no_processor_time)
{
	ASSERT_TRUE(SetMailslotInfo(self->server, 500));
	EXPECT_FAILS(ERROR_SEM_TIMEOUT, ReadFile(self->server, NULL, 0, NULL, NULL));
	EXPECT_GT(100000000, cpu_time_of(CLOCK_THREAD_CPUTIME_ID, read_nothing, self->server));
}

TEST_F(read, cancelled_by_other_thread_is_995)
{
	struct reader reader = { .server = self->server };

	ASSERT_TRUE(SetMailslotInfo(self->server, FOREVER));
	ASSERT_EQ(0, pthread_create(&reader.thread, NULL, reading, &reader));
	until_others_sleep();
	EXPECT_TRUE(CancelIoEx(self->server, NULL));
	pthread_join(reader.thread, NULL);
	EXPECT_FALSE(reader.result);
	EXPECT_EQ(ERROR_OPERATION_ABORTED, reader.error);
	EXPECT_EQ(0, reader.n);
	ASSERT_TRUE(send_text(self->client, "kept"));
	EXPECT_TRUE(next_is(self->server, "kept"));
}

TEST_F(read, closed_by_other_thread_is_995)
{
	struct reader reader = { .server = self->server };

	ASSERT_TRUE(SetMailslotInfo(self->server, FOREVER));
	ASSERT_EQ(0, pthread_create(&reader.thread, NULL, reading, &reader));
	until_others_sleep();
	EXPECT_TRUE(CloseHandle(self->server));
	/* The slot is gone by now, although the thread was inside it. */
	EXPECT_NE(0, access(NODE, F_OK));
	pthread_join(reader.thread, NULL);
	EXPECT_FALSE(reader.result);
	EXPECT_EQ(ERROR_OPERATION_ABORTED, reader.error);
}

TEST_F(read, count_may_be_null)
{
	char buffer[8];

	ASSERT_TRUE(send_text(self->client, "x"));
	EXPECT_TRUE(ReadFile(self->server, buffer, 8, NULL, NULL));
	EXPECT_EQ('x', buffer[0]);
	EXPECT_FAILS(ERROR_SEM_TIMEOUT, ReadFile(self->server, buffer, 8, NULL, NULL));
}

TEST_F(read, client_with_read_right_is_87)
{
	HANDLE client = open_with(NAME, GENERIC_READ, 0);
	HANDLE both = open_with(NAME, GENERIC_READ | GENERIC_WRITE, 0);
	char buffer[8];
	DWORD n = POISON;

	EXPECT_FAILS(ERROR_INVALID_PARAMETER, ReadFile(client, buffer, 8, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, ReadFile(both, buffer, 8, &n, NULL));
}

TEST_F(read, client_without_read_right_is_5)
{
	char buffer[8];
	DWORD n = POISON;

	EXPECT_FAILS(ERROR_ACCESS_DENIED, ReadFile(self->client, buffer, 8, &n, NULL));
	EXPECT_EQ(0, n);
}

TEST_F(read, bad_handles_are_6)
{
	HANDLE closed = make_slot(SLOT "closed", 0, 0);
	HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
	char buffer[8];
	DWORD n = POISON;

	ASSERT_TRUE(CloseHandle(closed));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, ReadFile(INVALID_HANDLE_VALUE, buffer, 8, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_FAILS(ERROR_INVALID_HANDLE, ReadFile(NULL, buffer, 8, &n, NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, ReadFile(closed, buffer, 8, &n, NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, ReadFile(event, buffer, 8, &n, NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, ReadFile((HANDLE)1, buffer, 8, &n, NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE,
		     ReadFile((HANDLE)0x123456789abcULL, buffer, 8, &n, NULL));
}

TEST_F(read, bad_buffer_is_998_and_keeps_message)
{
	DWORD n = POISON;

	ASSERT_TRUE(send_text(self->client, "kept"));
	EXPECT_FAILS(ERROR_NOACCESS, ReadFile(self->server, (void *)8, 100, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_TRUE(next_is(self->server, "kept"));
}

TEST_F(read, large_message)
{
	enum { SIZE = 1 << 20 };
	char *out = malloc(SIZE), *in = malloc(SIZE);
	DWORD n = POISON;

	for (int i = 0; i < SIZE; i++)
		out[i] = (char)(i * 2654435761u >> 13);
	ASSERT_TRUE(WriteFile(self->client, out, SIZE, &n, NULL));
	EXPECT_EQ(SIZE, n);
	n = POISON;
	EXPECT_FAILS(ERROR_INSUFFICIENT_BUFFER, ReadFile(self->server, in, SIZE - 1, &n, NULL));
	EXPECT_TRUE(ReadFile(self->server, in, 0xFFFFFFFF, &n, NULL));
	EXPECT_EQ(SIZE, n);
	EXPECT_EQ(0, memcmp(in, out, SIZE));
	free(in);
	free(out);
}

TEST_F(read, descriptor_that_others_opened)
{
	int server = native_slot("native");
	HANDLE client = open_client(SLOT "native");
	HANDLE native = (HANDLE)(intptr_t)server;
	char buffer[8];
	DWORD n = POISON;

	ASSERT_LE(0, server);
	EXPECT_FAILS(ERROR_SEM_TIMEOUT, ReadFile(native, buffer, 8, &n, NULL));
	ASSERT_TRUE(send_text(client, ""));
	ASSERT_TRUE(send_text(client, "four"));
	EXPECT_TRUE(ReadFile(native, NULL, 0, &n, NULL));
	EXPECT_FAILS(ERROR_INSUFFICIENT_BUFFER, ReadFile(native, buffer, 3, &n, NULL));
	EXPECT_TRUE(next_is(native, "four"));
	EXPECT_EQ(0, fcntl(server, F_GETFL) & O_NONBLOCK);
}

TEST_F(read, sender)
{
	struct mailslot_sender sender = { 0 };
	char buffer[8];
	DWORD n = POISON;

	ASSERT_TRUE(send_text(self->client, "a"));
	ASSERT_TRUE(send_text(self->client, "bc"));
	EXPECT_TRUE(mailslot_read_from(self->server, buffer, 8, &n, &sender));
	EXPECT_EQ(1, n);
	EXPECT_EQ(1, sender.sequence);
	EXPECT_EQ(getpid(), sender.pid);
	EXPECT_EQ(geteuid(), sender.uid);
	EXPECT_EQ(getegid(), sender.gid);
	EXPECT_LT(0, sender.time_ns);
	EXPECT_TRUE(mailslot_read_from(self->server, buffer, 8, &n, &sender));
	EXPECT_EQ(2, n);
	EXPECT_EQ(2, sender.sequence);
	EXPECT_FAILS(ERROR_SEM_TIMEOUT, mailslot_read_from(self->server, buffer, 8, &n, &sender));
	EXPECT_EQ(0, n);
	EXPECT_FAILS(ERROR_INVALID_PARAMETER,
		     mailslot_read_from(self->server, buffer, 8, &n, NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, mailslot_read_from(NULL, buffer, 8, &n, &sender));
}

TEST_HARNESS_MAIN
