// SPDX-License-Identifier: GPL-2.0-only
/*
 * GetMailslotInfo and SetMailslotInfo.
 */
#include "win32.h"

SLOT_FIXTURE(info, 1000, 0)

TEST_F(info, any_pointer_may_be_null)
{
	DWORD max = POISON, next = POISON, count = POISON, timeout = POISON;

	EXPECT_TRUE(GetMailslotInfo(self->server, NULL, NULL, NULL, NULL));
	EXPECT_TRUE(GetMailslotInfo(self->server, &max, NULL, NULL, NULL));
	EXPECT_TRUE(GetMailslotInfo(self->server, NULL, &next, NULL, NULL));
	EXPECT_TRUE(GetMailslotInfo(self->server, NULL, NULL, &count, NULL));
	EXPECT_TRUE(GetMailslotInfo(self->server, NULL, NULL, NULL, &timeout));
	EXPECT_EQ(1000, max);
	EXPECT_EQ(MAILSLOT_NO_MESSAGE, next);
	EXPECT_EQ(0, count);
	EXPECT_EQ(0, timeout);
}

TEST_F(info, next_and_count)
{
	DWORD next = POISON, count = POISON;

	ASSERT_TRUE(send_text(self->client, "one"));
	ASSERT_TRUE(send_text(self->client, "seven77"));
	EXPECT_TRUE(GetMailslotInfo(self->server, NULL, &next, &count, NULL));
	EXPECT_EQ(3, next);
	EXPECT_EQ(2, count);
	EXPECT_TRUE(next_is(self->server, "one"));
	EXPECT_TRUE(GetMailslotInfo(self->server, NULL, &next, &count, NULL));
	EXPECT_EQ(7, next);
	EXPECT_EQ(1, count);
	EXPECT_TRUE(next_is(self->server, "seven77"));
	EXPECT_TRUE(GetMailslotInfo(self->server, NULL, &next, &count, NULL));
	EXPECT_EQ(MAILSLOT_NO_MESSAGE, next);
	EXPECT_EQ(0, count);
}

TEST_F(info, empty_message_is_a_message)
{
	DWORD next = POISON, count = POISON;

	ASSERT_TRUE(send_text(self->client, ""));
	EXPECT_TRUE(GetMailslotInfo(self->server, NULL, &next, &count, NULL));
	EXPECT_EQ(0, next);
	EXPECT_EQ(1, count);
}

TEST_F(info, client_sees_all)
{
	DWORD max = POISON, next = POISON, count = POISON, timeout = POISON;

	ASSERT_TRUE(SetMailslotInfo(self->server, 4321));
	ASSERT_TRUE(send_text(self->client, "hello"));
	EXPECT_TRUE(GetMailslotInfo(self->client, &max, &next, &count, &timeout));
	EXPECT_EQ(1000, max);
	EXPECT_EQ(5, next);
	EXPECT_EQ(1, count);
	EXPECT_EQ(4321, timeout);
}

TEST_F(info, bad_handles_are_6)
{
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
	HANDLE closed = make_slot(SLOT "closed", 0, 0);
	int file = open("/dev/null", O_RDWR);
	DWORD max = POISON;

	ASSERT_TRUE(CloseHandle(closed));
	EXPECT_FAILS(ERROR_INVALID_HANDLE,
		     GetMailslotInfo(INVALID_HANDLE_VALUE, &max, NULL, NULL, NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, GetMailslotInfo(closed, &max, NULL, NULL, NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, GetMailslotInfo(NULL, &max, NULL, NULL, NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, GetMailslotInfo(event, &max, NULL, NULL, NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE,
		     GetMailslotInfo((HANDLE)(intptr_t)file, &max, NULL, NULL, NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE,
		     GetMailslotInfo((HANDLE)0x7ffff123456789, &max, NULL, NULL, NULL));
	EXPECT_EQ(POISON, max);
}

TEST_F(info, set_timeout)
{
	static const DWORD timeouts[] = { 1, 5000, FOREVER, 0 };
	DWORD timeout;

	for (size_t i = 0; i < ARRAY_SIZE(timeouts); i++) {
		timeout = POISON;
		EXPECT_TRUE(SetMailslotInfo(self->server, timeouts[i]));
		EXPECT_TRUE(GetMailslotInfo(self->server, NULL, NULL, NULL, &timeout));
		EXPECT_EQ(timeouts[i], timeout);
	}
}

TEST_F(info, timeout_is_the_slots)
{
	HANDLE copy;
	DWORD timeout = POISON;

	ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), self->server, GetCurrentProcess(), &copy,
				    0, FALSE, DUPLICATE_SAME_ACCESS));
	EXPECT_TRUE(SetMailslotInfo(copy, 77));
	EXPECT_TRUE(GetMailslotInfo(self->server, NULL, NULL, NULL, &timeout));
	EXPECT_EQ(77, timeout);
}

TEST_F(info, set_applies_to_later_reads)
{
	char buffer[8];
	OVERLAPPED pending = { .hEvent = NULL };
	DWORD n = POISON;

	ASSERT_TRUE(SetMailslotInfo(self->server, FOREVER));
	EXPECT_FAILS(ERROR_IO_PENDING, ReadFile(self->server, buffer, 8, &n, &pending));
	ASSERT_TRUE(SetMailslotInfo(self->server, 1));
	sleep_ms(100);
	EXPECT_FAILS(ERROR_IO_INCOMPLETE, GetOverlappedResult(self->server, &pending, &n, FALSE));
	EXPECT_TRUE(CancelIo(self->server));
	EXPECT_FAILS(ERROR_SEM_TIMEOUT, ReadFile(self->server, buffer, 8, &n, NULL));
}

TEST_F(info, set_on_bad_handle_is_6)
{
	EXPECT_FAILS(ERROR_INVALID_HANDLE, SetMailslotInfo(INVALID_HANDLE_VALUE, 0));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, SetMailslotInfo(NULL, 0));
}

TEST_F(info, set_on_client_is_5)
{
	DWORD timeout = POISON;

	EXPECT_FAILS(ERROR_ACCESS_DENIED, SetMailslotInfo(self->client, 99));
	EXPECT_TRUE(GetMailslotInfo(self->server, NULL, NULL, NULL, &timeout));
	EXPECT_EQ(0, timeout);
}

TEST_HARNESS_MAIN
