// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waits, and the last error.  These tests need no module.
 */
#include <libmailslot-object.h>

#include "win32.h"

static HANDLE make(BOOL manual, BOOL initial)
{
	return CreateEventA(NULL, manual, initial, NULL);
}

static DWORD wait_now(HANDLE event)
{
	return WaitForSingleObject(event, 0);
}

static void *look_and_set(void *arg)
{
	*(DWORD *)arg = GetLastError();
	SetLastError(1);
	return NULL;
}

TEST(last_error_is_per_thread)
{
	DWORD first = POISON;
	pthread_t thread;

	SetLastError(77);
	ASSERT_EQ(0, pthread_create(&thread, NULL, look_and_set, &first));
	pthread_join(thread, NULL);
	EXPECT_EQ(0, first);
	EXPECT_EQ(77, GetLastError());
}

TEST(timeouts_are_never_early)
{
	HANDLE event = make(TRUE, FALSE);
	static const DWORD timeouts[] = { 0, 1, 15, 120 };

	for (size_t i = 0; i < ARRAY_SIZE(timeouts); i++) {
		uint64_t began = now_ns();

		EXPECT_EQ(WAIT_TIMEOUT, WaitForSingleObject(event, timeouts[i]));
		EXPECT_LE(timeouts[i] * 1000000ull, now_ns() - began);
		began = now_ns();
		EXPECT_EQ(0, SleepEx(timeouts[i], i % 2));
		EXPECT_LE(timeouts[i] * 1000000ull, now_ns() - began);
	}
}

TEST(any_is_the_first_signalled)
{
	HANDLE events[64];

	for (int i = 0; i < 64; i++)
		events[i] = make(FALSE, i == 63 || i == 40);
	EXPECT_EQ(WAIT_OBJECT_0 + 40, WaitForMultipleObjects(64, events, FALSE, INFINITE));
	EXPECT_EQ(WAIT_OBJECT_0 + 63, WaitForMultipleObjects(64, events, FALSE, INFINITE));
	EXPECT_EQ(WAIT_TIMEOUT, WaitForMultipleObjects(64, events, FALSE, 10));
}

TEST(all_takes_all_or_none)
{
	HANDLE events[3] = { make(FALSE, TRUE), make(TRUE, TRUE), make(FALSE, FALSE) };

	EXPECT_EQ(WAIT_TIMEOUT, WaitForMultipleObjects(3, events, TRUE, 20));
	EXPECT_EQ(WAIT_OBJECT_0, wait_now(events[0]));
	EXPECT_TRUE(SetEvent(events[0]));
	EXPECT_TRUE(SetEvent(events[2]));
	EXPECT_EQ(WAIT_OBJECT_0, WaitForMultipleObjects(3, events, TRUE, 0));
	EXPECT_EQ(WAIT_TIMEOUT, wait_now(events[0]));
	EXPECT_EQ(WAIT_OBJECT_0, wait_now(events[1]));
	EXPECT_EQ(WAIT_TIMEOUT, wait_now(events[2]));
}

static void *set_later(void *arg)
{
	sleep_ms(100);
	SetEvent(arg);
	return NULL;
}

struct both {
	HANDLE events[2];
	int released;
};

static void wait_for_both(void *arg)
{
	struct both *both = arg;
	pthread_t thread;

	if (pthread_create(&thread, NULL, set_later, both->events[1]))
		return;
	if (WaitForMultipleObjects(2, both->events, TRUE, INFINITE) == WAIT_OBJECT_0)
		both->released++;
	pthread_join(thread, NULL);
}

TEST(all_waits_without_spinning)
{
	struct both both = { .events = { make(TRUE, TRUE), make(FALSE, FALSE) } };

	EXPECT_GT(50000000, cpu_time_of(CLOCK_THREAD_CPUTIME_ID, wait_for_both, &both));
	EXPECT_NE(0, both.released);
}

TEST(bad_counts_and_handles)
{
	HANDLE event = make(TRUE, TRUE), closed = make(TRUE, TRUE);
	HANDLE twice[2] = { event, event }, bad[2] = { event, NULL };
	HANDLE many[65];

	for (int i = 0; i < 65; i++)
		many[i] = event;
	CloseHandle(closed);
	SetLastError(POISON);
	EXPECT_EQ(WAIT_FAILED, WaitForMultipleObjects(0, &event, FALSE, 0));
	EXPECT_EQ(ERROR_INVALID_PARAMETER, GetLastError());
	SetLastError(POISON);
	EXPECT_EQ(WAIT_FAILED, WaitForMultipleObjects(65, many, FALSE, 0));
	EXPECT_EQ(ERROR_INVALID_PARAMETER, GetLastError());
	SetLastError(POISON);
	EXPECT_EQ(WAIT_FAILED, WaitForMultipleObjects(1, NULL, FALSE, 0));
	EXPECT_EQ(ERROR_INVALID_PARAMETER, GetLastError());
	SetLastError(POISON);
	EXPECT_EQ(WAIT_FAILED, WaitForMultipleObjects(2, twice, TRUE, 0));
	EXPECT_EQ(ERROR_INVALID_PARAMETER, GetLastError());
	EXPECT_EQ(WAIT_OBJECT_0, WaitForMultipleObjects(2, twice, FALSE, 0));
	SetLastError(POISON);
	EXPECT_EQ(WAIT_FAILED, WaitForMultipleObjects(2, bad, FALSE, 0));
	EXPECT_EQ(ERROR_INVALID_HANDLE, GetLastError());
	SetLastError(POISON);
	EXPECT_EQ(WAIT_FAILED, WaitForSingleObject(closed, INFINITE));
	EXPECT_EQ(ERROR_INVALID_HANDLE, GetLastError());
	SetLastError(POISON);
	EXPECT_EQ(WAIT_FAILED, WaitForSingleObject(INVALID_HANDLE_VALUE, INFINITE));
	EXPECT_EQ(ERROR_INVALID_HANDLE, GetLastError());
}

static void *wait_long(void *arg)
{
	return (void *)(intptr_t)WaitForSingleObject(arg, 2000);
}

TEST(closing_what_is_waited_for)
{
	HANDLE event = make(FALSE, FALSE);
	pthread_t thread;
	void *result;

	ASSERT_EQ(0, pthread_create(&thread, NULL, wait_long, event));
	until_others_sleep();
	EXPECT_TRUE(CloseHandle(event));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, SetEvent(event));
	/* The wait goes on with the object, which nobody can set any more. */
	pthread_join(thread, &result);
	EXPECT_EQ(WAIT_TIMEOUT, (DWORD)(intptr_t)result);
}

/* A semaphore, as a layer above the library would make one. */
struct semaphore {
	int count;
	int *destroyed;
};

static int semaphore_acquire(void *data)
{
	struct semaphore *semaphore = data;

	return semaphore->count ? semaphore->count-- : 0;
}

static void semaphore_release(void *data)
{
	((struct semaphore *)data)->count++;
}

static void semaphore_destroy(void *data)
{
	++*((struct semaphore *)data)->destroyed;
}

static DWORD semaphore_read(void *data, void *buffer, DWORD size, DWORD *done)
{
	(void)size;
	*(int *)buffer = ((struct semaphore *)data)->count;
	*done = sizeof(int);
	return 0;
}

static DWORD semaphore_write(void *data, const void *buffer, DWORD size, DWORD *done)
{
	if (size != sizeof(int))
		return ERROR_INVALID_PARAMETER;
	((struct semaphore *)data)->count = *(const int *)buffer;
	*done = sizeof(int);
	return 0;
}

static const struct mailslot_object_type semaphore_type = {
	.acquire = semaphore_acquire,
	.release = semaphore_release,
	.destroy = semaphore_destroy,
	.read = semaphore_read,
}, other_type;

static int semaphore_add(void *data, void *arg)
{
	return ((struct semaphore *)data)->count += *(int *)arg;
}

static void *add_later(void *arg)
{
	int one = 1;

	sleep_ms(50);
	return (void *)(intptr_t)mailslot_object_update(arg, semaphore_add, &one);
}

TEST(object_of_an_extension)
{
	int destroyed = 0, count;
	struct semaphore semaphore = { .count = 1, .destroyed = &destroyed };
	struct mailslot_object *object;
	HANDLE handle, copy, both[2];
	pthread_t thread;
	DWORD n;

	handle = mailslot_object_create(&semaphore_type, &semaphore, -1, FALSE);
	ASSERT_TRUE(is_handle(handle));
	EXPECT_EQ(WAIT_OBJECT_0, wait_now(handle));
	EXPECT_EQ(WAIT_TIMEOUT, wait_now(handle));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, mailslot_object_get(handle, &other_type));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, SetEvent(handle));
	object = mailslot_object_get(handle, &semaphore_type);
	ASSERT_NE(NULL, object);
	EXPECT_EQ(&semaphore, mailslot_object_data(object));
	ASSERT_EQ(0, pthread_create(&thread, NULL, add_later, object));
	EXPECT_EQ(WAIT_OBJECT_0, WaitForSingleObject(handle, 10000));
	pthread_join(thread, NULL);
	/* All or none, in memory as well. */
	semaphore.count = 1;
	both[0] = handle;
	both[1] = make(FALSE, FALSE);
	EXPECT_EQ(WAIT_TIMEOUT, WaitForMultipleObjects(2, both, TRUE, 20));
	EXPECT_EQ(1, semaphore.count);
	EXPECT_TRUE(ReadFile(handle, &count, sizeof(count), &n, NULL));
	EXPECT_EQ(1, count);
	EXPECT_EQ(sizeof(int), n);
	EXPECT_FAILS(ERROR_INVALID_HANDLE, WriteFile(handle, "x", 1, &n, NULL));
	ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), handle, GetCurrentProcess(), &copy, 0,
				    FALSE, DUPLICATE_SAME_ACCESS));
	EXPECT_TRUE(CloseHandle(handle));
	EXPECT_EQ(WAIT_OBJECT_0, wait_now(copy));
	EXPECT_TRUE(CloseHandle(copy));
	EXPECT_EQ(0, destroyed);
	mailslot_object_put(object);
	EXPECT_EQ(1, destroyed);
}

TEST(object_of_an_extension_has_further_handles)
{
	static const struct mailslot_object_type type = {
		.acquire = semaphore_acquire,
		.destroy = semaphore_destroy,
		.write = semaphore_write,
	};
	int destroyed = 0, two = 2;
	struct semaphore semaphore = { .destroyed = &destroyed };
	struct mailslot_object *object;
	HANDLE handle, further;
	DWORD n = POISON;

	handle = mailslot_object_create(&type, &semaphore, -1, FALSE);
	object = mailslot_object_get(handle, &type);
	ASSERT_NE(NULL, object);
	further = mailslot_object_handle(object, FALSE);
	ASSERT_TRUE(is_handle(further));
	EXPECT_NE(handle, further);
	mailslot_object_put(object);
	EXPECT_TRUE(CloseHandle(handle));
	EXPECT_TRUE(WriteFile(further, &two, sizeof(two), &n, NULL));
	EXPECT_EQ(sizeof(int), n);
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, WriteFile(further, &two, 1, &n, NULL));
	EXPECT_EQ(0, n);
	EXPECT_FAILS(ERROR_INVALID_HANDLE, ReadFile(further, &two, sizeof(two), &n, NULL));
	EXPECT_EQ(WAIT_OBJECT_0, wait_now(further));
	EXPECT_EQ(WAIT_OBJECT_0, wait_now(further));
	EXPECT_EQ(WAIT_TIMEOUT, wait_now(further));
	EXPECT_EQ(0, destroyed);
	EXPECT_TRUE(CloseHandle(further));
	EXPECT_EQ(1, destroyed);
}

/* What an owner left is taken once as abandoned; a wait that took nothing leaves it so. */
struct left {
	int acquired;
	int released;
};

static int left_acquire(void *data)
{
	struct left *left = data;

	left->acquired++;
	return MAILSLOT_OBJECT_ABANDONED;
}

static void left_release(void *data)
{
	struct left *left = data;

	left->released++;
}

TEST(object_of_an_extension_that_its_owner_left)
{
	static const struct mailslot_object_type type = {
		.acquire = left_acquire,
		.release = left_release,
	};
	HANDLE event = make(FALSE, FALSE), handles[2] = { event };
	struct left left = { 0 };

	handles[1] = mailslot_object_create(&type, &left, -1, FALSE);
	ASSERT_TRUE(is_handle(handles[1]));
	EXPECT_EQ(WAIT_ABANDONED, wait_now(handles[1]));
	EXPECT_EQ(WAIT_ABANDONED_0 + 1, WaitForMultipleObjects(2, handles, FALSE, 10000));
	EXPECT_EQ(2, left.acquired);
	EXPECT_TRUE(SetEvent(event));
	EXPECT_EQ(WAIT_OBJECT_0, WaitForMultipleObjects(2, handles, FALSE, 10000));
	EXPECT_EQ(2, left.acquired);
	handles[0] = handles[1];
	handles[1] = event;
	EXPECT_EQ(WAIT_TIMEOUT, WaitForMultipleObjects(2, handles, TRUE, 20));
	EXPECT_EQ(2, left.acquired - left.released);
	EXPECT_TRUE(SetEvent(event));
	EXPECT_EQ(WAIT_ABANDONED_0, WaitForMultipleObjects(2, handles, TRUE, 10000));
	EXPECT_EQ(3, left.acquired - left.released);
	EXPECT_TRUE(CloseHandle(handles[0]));
	EXPECT_TRUE(CloseHandle(event));
}

TEST(object_with_a_descriptor)
{
	static const struct mailslot_object_type type = { .acquire = NULL };
	HANDLE handle;
	int fds[2];

	ASSERT_EQ(0, pipe(fds));
	handle = mailslot_object_create(&type, NULL, fds[0], FALSE);
	EXPECT_EQ((HANDLE)(intptr_t)fds[0], handle);
	EXPECT_EQ(WAIT_TIMEOUT, WaitForSingleObject(handle, 20));
	ASSERT_EQ(1, write(fds[1], "x", 1));
	EXPECT_EQ(WAIT_OBJECT_0, WaitForSingleObject(handle, 10000));
	EXPECT_TRUE(CloseHandle(handle));
	EXPECT_EQ(-1, fcntl(fds[0], F_GETFD));
}

TEST_HARNESS_MAIN
