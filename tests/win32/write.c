// SPDX-License-Identifier: GPL-2.0-only
/*
 * WriteFile.
 */
#include <sys/mman.h>

#include "win32.h"

SLOT_FIXTURE(write, 100, 0)

TEST_F(write, one_message_after_the_earlier)
{
	DWORD n = POISON;

	EXPECT_TRUE(WriteFile(self->client, "first", 5, &n, NULL));
	EXPECT_EQ(5, n);
	EXPECT_TRUE(WriteFile(self->client, "second", 6, &n, NULL));
	EXPECT_EQ(6, n);
	EXPECT_EQ(2, messages_in(self->server));
	EXPECT_TRUE(next_is(self->server, "first"));
	EXPECT_TRUE(next_is(self->server, "second"));
}

TEST_F(write, count_may_be_null)
{
	EXPECT_TRUE(WriteFile(self->client, "x", 1, NULL, NULL));
	EXPECT_EQ(1, messages_in(self->server));
}

TEST_F(write, zero_bytes_is_a_message)
{
	DWORD n = POISON, next = POISON;

	EXPECT_TRUE(WriteFile(self->client, "", 0, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_TRUE(WriteFile(self->client, NULL, 0, &n, NULL));
	EXPECT_EQ(2, messages_in(self->server));
	EXPECT_TRUE(GetMailslotInfo(self->server, NULL, &next, NULL, NULL));
	EXPECT_EQ(0, next);
}

TEST_F(write, maximum_size)
{
	char message[101] = { 0 };
	DWORD n = POISON;

	EXPECT_TRUE(WriteFile(self->client, message, 100, &n, NULL));
	EXPECT_EQ(100, n);
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, WriteFile(self->client, message, 101, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_EQ(1, messages_in(self->server));
}

TEST_F(write, enormous_is_87)
{
	HANDLE server = make_slot(SLOT "unlimited", 0, 0);
	HANDLE client = open_client(SLOT "unlimited");
	static const DWORD sizes[] = { 0x7ffff000, 0x7ffff001, 0x80000000, 0xFFFFFFFF };
	void *pages = mmap(NULL, 1ul << 32, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			   -1, 0);
	DWORD n;

	ASSERT_NE(MAP_FAILED, pages);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		n = POISON;
		EXPECT_FAILS(ERROR_INVALID_PARAMETER, WriteFile(client, pages, sizes[i], &n, NULL));
		EXPECT_EQ(0, n);
	}
	EXPECT_EQ(0, messages_in(server));
}

/* Fill the queue with large messages, then with empty ones, so that it is full. */
static void fill(HANDLE client)
{
	static char message[60000];
	DWORD n, size = sizeof(message);

	for (;;) {
		while (WriteFile(client, message, size, &n, NULL))
			;
		if (!size)
			return;
		size /= 2;
	}
}

TEST_F(write, full_queue_is_1450)
{
	HANDLE server = make_slot(SLOT "full", 0, 0);
	HANDLE client = open_client(SLOT "full");
	OVERLAPPED overlapped = { .hEvent = NULL };
	static char message[60000];
	DWORD n = POISON, count;

	fill(client);
	EXPECT_EQ(ERROR_NO_SYSTEM_RESOURCES, GetLastError());
	count = messages_in(server);
	EXPECT_FAILS(ERROR_NO_SYSTEM_RESOURCES, WriteFile(client, "x", 1, &n, NULL));
	EXPECT_EQ(0, n);
	/* The handle is not FILE_FLAG_OVERLAPPED. */
	EXPECT_FAILS(ERROR_NO_SYSTEM_RESOURCES, WriteFile(client, "x", 1, &n, &overlapped));
	EXPECT_EQ(count, messages_in(server));
	EXPECT_TRUE(ReadFile(server, message, sizeof(message), &n, NULL));
	EXPECT_TRUE(WriteFile(client, "x", 1, &n, NULL));
}

TEST_F(write, server_handle_is_5)
{
	DWORD n = POISON;

	EXPECT_FAILS(ERROR_ACCESS_DENIED, WriteFile(self->server, "x", 1, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_FAILS(ERROR_ACCESS_DENIED, WriteFile(self->server, "", 0, &n, NULL));
	EXPECT_EQ(0, messages_in(self->server));
}

TEST_F(write, client_without_write_right_is_5)
{
	HANDLE client = open_with(NAME, GENERIC_READ, 0), none = open_with(NAME, 0, 0);
	DWORD n = POISON;

	EXPECT_FAILS(ERROR_ACCESS_DENIED, WriteFile(client, "x", 1, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_FAILS(ERROR_ACCESS_DENIED, WriteFile(none, "x", 1, &n, NULL));
	EXPECT_EQ(0, messages_in(self->server));
}

TEST_F(write, server_closed_is_38_always)
{
	HANDLE full = make_slot(SLOT "full", 1, 0), client = open_client(SLOT "full");
	static const DWORD sizes[] = { 1, 0, 100, 101 };
	char message[101] = { 0 };
	DWORD n;

	ASSERT_TRUE(send_text(self->client, "unread"));
	ASSERT_TRUE(CloseHandle(self->server));
	ASSERT_TRUE(CloseHandle(full));
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		n = POISON;
		EXPECT_FAILS(ERROR_HANDLE_EOF,
			     WriteFile(self->client, message, sizes[i], &n, NULL));
		EXPECT_EQ(0, n);
		EXPECT_FAILS(ERROR_HANDLE_EOF, WriteFile(client, message, sizes[i], &n, NULL));
	}
}

TEST_F(write, unreadable_buffer_is_998)
{
	DWORD n = POISON;

	EXPECT_FAILS(ERROR_NOACCESS, WriteFile(self->client, (void *)8, 50, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_EQ(0, messages_in(self->server));
}

TEST_F(write, half_unreadable_buffer_is_998)
{
	long page = sysconf(_SC_PAGESIZE);
	char *pages = mmap(NULL, 2 * (size_t)page, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	DWORD n = POISON;

	ASSERT_EQ(0, munmap(pages + page, (size_t)page));
	EXPECT_FAILS(ERROR_NOACCESS, WriteFile(self->client, pages + page - 20, 50, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_EQ(0, messages_in(self->server));
}

TEST_F(write, bad_handles_are_6)
{
	HANDLE closed = open_client(NAME);
	DWORD n = POISON;

	ASSERT_TRUE(CloseHandle(closed));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, WriteFile(INVALID_HANDLE_VALUE, "x", 1, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_FAILS(ERROR_INVALID_HANDLE, WriteFile(NULL, "x", 1, &n, NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, WriteFile(closed, "x", 1, &n, NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, WriteFile((HANDLE)1, "x", 1, &n, NULL));
	EXPECT_EQ(0, messages_in(self->server));
}

TEST_F(write, never_waits_on_descriptor_that_would)
{
	struct mailslot_create create = { .mode = 0666, .queue_bytes = 1000, .name = "tiny" };
	HANDLE client;
	DWORD n = POISON;
	int fd;

	ASSERT_LE(0, native_create(&create));
	fd = open(node_path("tiny"), O_WRONLY);
	ASSERT_LE(0, fd);
	client = (HANDLE)(intptr_t)fd;
	EXPECT_TRUE(WriteFile(client, "", 0, &n, NULL));
	fill(client);
	EXPECT_EQ(ERROR_NO_SYSTEM_RESOURCES, GetLastError());
	EXPECT_EQ(0, fcntl(fd, F_GETFL) & O_NONBLOCK);
}

TEST_HARNESS_MAIN
