// SPDX-License-Identifier: GPL-2.0-only
/*
 * GetFileTime and SetFileTime.
 */
#include "win32.h"

SLOT_FIXTURE(filetime, 0, 0)

#define UNITS_TO_1970	116444736000000000ULL

static uint64_t units(FILETIME time)
{
	return (uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

static FILETIME filetime(uint64_t units)
{
	return (FILETIME){ (DWORD)units, (DWORD)(units >> 32) };
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_REALTIME, &time);
	return (uint64_t)time.tv_sec * 10000000 + (uint64_t)time.tv_nsec / 100 + UNITS_TO_1970;
}

TEST_F(filetime, creation_access_write)
{
	FILETIME creation, read, written, after;
	uint64_t made = now();

	ASSERT_TRUE(GetFileTime(self->server, &creation, &read, &written));
	EXPECT_GE(made, units(creation));
	EXPECT_LT(made - 600000000, units(creation));
	sleep_ms(20);
	ASSERT_TRUE(send_text(self->client, "x"));
	EXPECT_TRUE(GetFileTime(self->server, &after, &read, &written));
	EXPECT_EQ(units(creation), units(after));
	EXPECT_LT(units(creation), units(written));
	EXPECT_GE(now(), units(written));
	sleep_ms(20);
	ASSERT_TRUE(next_is(self->server, "x"));
	EXPECT_TRUE(GetFileTime(self->server, NULL, &read, &after));
	EXPECT_EQ(units(written), units(after));
	EXPECT_LT(units(written), units(read));
	EXPECT_GE(now(), units(read));
}

TEST_F(filetime, any_pointer_may_be_null)
{
	FILETIME time;

	EXPECT_TRUE(GetFileTime(self->server, NULL, NULL, NULL));
	EXPECT_TRUE(GetFileTime(self->server, &time, NULL, NULL));
	EXPECT_TRUE(GetFileTime(self->server, NULL, &time, NULL));
	EXPECT_TRUE(GetFileTime(self->server, NULL, NULL, &time));
	EXPECT_TRUE(SetFileTime(self->server, NULL, NULL, NULL));
}

TEST_F(filetime, set_creation_without_loss)
{
	static const uint64_t times[] = {
		UNITS_TO_1970 + 1, 133000000000000007ULL, UNITS_TO_1970 - 1, UNITS_TO_1970,
		UNITS_TO_1970 - 315360000000000003ULL / 10,
	};
	FILETIME set, got;

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		set = filetime(times[i]);
		EXPECT_TRUE(SetFileTime(self->server, &set, NULL, NULL));
		EXPECT_TRUE(GetFileTime(self->server, &got, NULL, NULL));
		EXPECT_EQ(times[i], units(got));
	}
}

TEST_F(filetime, zero_leaves_it_unchanged)
{
	FILETIME zero = { 0, 0 }, before, after, read, written;

	ASSERT_TRUE(GetFileTime(self->server, &before, &read, &written));
	EXPECT_TRUE(SetFileTime(self->server, &zero, &zero, &zero));
	EXPECT_TRUE(GetFileTime(self->server, &after, NULL, NULL));
	EXPECT_EQ(units(before), units(after));
}

TEST_F(filetime, all_ones_stop_updates)
{
	FILETIME stop = { 0xFFFFFFFF, 0xFFFFFFFF }, go_on = { 0xFFFFFFFE, 0xFFFFFFFF };
	FILETIME read[2], written[2];

	ASSERT_TRUE(GetFileTime(self->server, NULL, &read[0], &written[0]));
	EXPECT_TRUE(SetFileTime(self->server, NULL, &stop, NULL));
	sleep_ms(20);
	ASSERT_TRUE(send_text(self->client, "x"));
	ASSERT_TRUE(next_is(self->server, "x"));
	EXPECT_TRUE(GetFileTime(self->server, NULL, &read[1], &written[1]));
	EXPECT_EQ(units(read[0]), units(read[1]));
	EXPECT_LT(units(written[0]), units(written[1]));
	EXPECT_TRUE(SetFileTime(self->server, NULL, &go_on, &stop));
	sleep_ms(20);
	ASSERT_TRUE(send_text(self->client, "y"));
	ASSERT_TRUE(next_is(self->server, "y"));
	EXPECT_TRUE(GetFileTime(self->server, NULL, &read[0], &written[0]));
	EXPECT_LT(units(read[1]), units(read[0]));
	EXPECT_EQ(units(written[1]), units(written[0]));
}

/* Access and write stay as set until the next read and write. */
TEST_F(filetime, sets_access_and_write)
{
	FILETIME read = filetime(133000000000000001ULL), written = filetime(123456789012345678ULL);
	FILETIME creation[2], got[2];

	ASSERT_TRUE(GetFileTime(self->server, &creation[0], NULL, NULL));
	EXPECT_TRUE(SetFileTime(self->server, NULL, &read, &written));
	EXPECT_TRUE(GetFileTime(self->server, &creation[1], &got[0], &got[1]));
	EXPECT_EQ(units(creation[0]), units(creation[1]));
	EXPECT_EQ(units(read), units(got[0]));
	EXPECT_EQ(units(written), units(got[1]));

	ASSERT_TRUE(send_text(self->client, "x"));
	EXPECT_TRUE(GetFileTime(self->server, NULL, &got[0], &got[1]));
	EXPECT_EQ(units(read), units(got[0]));
	EXPECT_LT(units(written), units(got[1]));
	ASSERT_TRUE(next_is(self->server, "x"));
	EXPECT_TRUE(GetFileTime(self->server, NULL, &got[0], NULL));
	EXPECT_NE(units(read), units(got[0]));
}

TEST_F(filetime, beyond_the_clock_is_87)
{
	FILETIME far = filetime(0x7FFFFFFFFFFFFFFFULL), early = filetime(1);

	EXPECT_FAILS(ERROR_INVALID_PARAMETER, SetFileTime(self->server, &far, NULL, NULL));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, SetFileTime(self->server, &early, NULL, NULL));
}

TEST_F(filetime, clients_read_but_do_not_set)
{
	FILETIME time, theirs;

	EXPECT_TRUE(GetFileTime(self->server, &time, NULL, NULL));
	EXPECT_TRUE(GetFileTime(self->client, &theirs, NULL, NULL));
	EXPECT_EQ(units(time), units(theirs));
	EXPECT_FAILS(ERROR_ACCESS_DENIED, SetFileTime(self->client, &time, NULL, NULL));
}

TEST_F(filetime, bad_handles_are_6)
{
	FILETIME time = { POISON, POISON };

	EXPECT_FAILS(ERROR_INVALID_HANDLE, GetFileTime(INVALID_HANDLE_VALUE, &time, NULL, NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, GetFileTime(NULL, &time, NULL, NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, SetFileTime(NULL, &time, NULL, NULL));
	EXPECT_EQ(POISON, time.dwLowDateTime);
}

TEST_HARNESS_MAIN
