// SPDX-License-Identifier: GPL-2.0-only
/*
 * ReadFileEx and WriteFileEx: completion routines and alertable waits.
 */
#include "win32.h"

SLOT_FIXTURE(alertable, 0, FOREVER)

struct read {
	OVERLAPPED o;			/* first: the routine finds the rest by it */
	HANDLE server;
	char buffer[16];
	DWORD error;
	DWORD bytes;
	int calls;
	int place;			/* in the order of calls */
	int again;			/* reads the routine still issues */
	pthread_t thread;
};

static int places;

static void routine(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
	struct read *read = (struct read *)overlapped;

	read->error = error;
	read->bytes = bytes;
	read->calls++;
	read->place = places++;
	read->thread = pthread_self();
	if (!error && read->again) {
		read->again--;
		ReadFileEx(read->server, read->buffer, sizeof(read->buffer), &read->o, routine);
	}
}

/* Issue a read that must be accepted. */
static bool issue(HANDLE server, struct read *read)
{
	memset(read, 0, sizeof(*read));
	read->server = server;
	read->o.hEvent = (HANDLE)0x5555;	/* the caller's own */
	SetLastError(POISON);
	return ReadFileEx(server, read->buffer, sizeof(read->buffer), &read->o, routine) &&
	       GetLastError() == ERROR_SUCCESS && !read->calls;
}

TEST_F(alertable, message_there)
{
	struct read read;

	ASSERT_TRUE(send_text(self->client, "there"));
	ASSERT_TRUE(issue(self->server, &read));
	EXPECT_EQ(0, read.calls);
	EXPECT_EQ(0, SleepEx(10, FALSE));
	EXPECT_EQ(0, read.calls);
	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(0, TRUE));
	EXPECT_EQ(1, read.calls);
	EXPECT_EQ(0, read.error);
	EXPECT_EQ(5, read.bytes);
	EXPECT_EQ(0, memcmp("there", read.buffer, 5));
	EXPECT_EQ((HANDLE)0x5555, read.o.hEvent);
	EXPECT_EQ(0, SleepEx(0, TRUE));
}

TEST_F(alertable, pending)
{
	struct read read;

	ASSERT_TRUE(issue(self->server, &read));
	EXPECT_EQ(STATUS_PENDING, read.o.Internal);
	EXPECT_EQ(0, SleepEx(20, TRUE));
	ASSERT_TRUE(send_text(self->client, "later"));
	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(10000, TRUE));
	EXPECT_EQ(1, read.calls);
	EXPECT_EQ(0, read.error);
	EXPECT_EQ(5, read.bytes);
	EXPECT_TRUE(pthread_equal(pthread_self(), read.thread));
}

TEST_F(alertable, message_is_taken_before_the_routine_runs)
{
	struct read read;

	ASSERT_TRUE(issue(self->server, &read));
	ASSERT_TRUE(send_text(self->client, "taken"));
	for (int i = 0; i < 1000 && messages_in(self->server); i++)
		SleepEx(10, FALSE);
	EXPECT_EQ(0, messages_in(self->server));
	EXPECT_EQ(0, read.calls);
	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(10000, TRUE));
	EXPECT_EQ(1, read.calls);
}

static void *sleep_alertably(void *arg)
{
	*(DWORD *)arg = SleepEx(200, TRUE);
	return NULL;
}

TEST_F(alertable, only_the_issuing_thread_runs_it)
{
	struct read read;
	pthread_t thread;
	DWORD result;

	ASSERT_TRUE(issue(self->server, &read));
	ASSERT_EQ(0, pthread_create(&thread, NULL, sleep_alertably, &result));
	ASSERT_TRUE(send_text(self->client, "mine"));
	pthread_join(thread, NULL);
	EXPECT_EQ(0, result);
	EXPECT_EQ(0, read.calls);
	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(10000, TRUE));
	EXPECT_EQ(1, read.calls);
}

TEST_F(alertable, waits_that_are_not_alertable_run_nothing)
{
	HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
	struct read read;

	ASSERT_TRUE(send_text(self->client, "x"));
	ASSERT_TRUE(issue(self->server, &read));
	EXPECT_EQ(WAIT_TIMEOUT, WaitForSingleObject(event, 20));
	EXPECT_EQ(WAIT_TIMEOUT, WaitForSingleObjectEx(event, 20, FALSE));
	EXPECT_EQ(WAIT_TIMEOUT, WaitForMultipleObjects(1, &event, TRUE, 20));
	EXPECT_EQ(0, read.calls);
	EXPECT_EQ(WAIT_IO_COMPLETION, WaitForSingleObjectEx(event, 10000, TRUE));
	EXPECT_EQ(1, read.calls);
}

TEST_F(alertable, every_alertable_wait_runs_it)
{
	HANDLE events[2] = {
		CreateEventA(NULL, TRUE, FALSE, NULL), CreateEventA(NULL, TRUE, FALSE, NULL),
	};
	HANDLE pending = make_slot(SLOT "pending", 0, FOREVER);
	OVERLAPPED o = { .hEvent = NULL };
	struct read read;
	char buffer[4];
	DWORD n;

	ASSERT_TRUE(send_text(self->client, "1"));
	ASSERT_TRUE(issue(self->server, &read));
	EXPECT_EQ(WAIT_IO_COMPLETION, WaitForSingleObjectEx(events[0], 10000, TRUE));
	EXPECT_EQ(1, read.calls);
	ASSERT_TRUE(send_text(self->client, "2"));
	ASSERT_TRUE(issue(self->server, &read));
	EXPECT_EQ(WAIT_IO_COMPLETION, WaitForMultipleObjectsEx(2, events, FALSE, 10000, TRUE));
	EXPECT_EQ(1, read.calls);
	ASSERT_TRUE(send_text(self->client, "3"));
	ASSERT_TRUE(issue(self->server, &read));
	EXPECT_EQ(WAIT_IO_COMPLETION, WaitForMultipleObjectsEx(2, events, TRUE, 10000, TRUE));
	EXPECT_EQ(1, read.calls);
	EXPECT_FAILS(ERROR_IO_PENDING, ReadFile(pending, buffer, 4, &n, &o));
	ASSERT_TRUE(send_text(self->client, "4"));
	ASSERT_TRUE(issue(self->server, &read));
	EXPECT_FAILS(WAIT_IO_COMPLETION, GetOverlappedResultEx(pending, &o, &n, 10000, TRUE));
	EXPECT_EQ(1, read.calls);
}

TEST_F(alertable, all_ready_routines_run_in_order)
{
	struct read reads[10];

	places = 0;
	for (int i = 0; i < 10; i++)
		ASSERT_TRUE(issue(self->server, &reads[i]));
	for (int i = 0; i < 10; i++)
		ASSERT_TRUE(send_text(self->client, "x"));
	for (int i = 0; i < 1000 && messages_in(self->server); i++)
		sleep_ms(10);
	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(10000, TRUE));
	for (int i = 0; i < 10; i++) {
		EXPECT_EQ(1, reads[i].calls);
		EXPECT_EQ(i, reads[i].place);
	}
	EXPECT_EQ(0, SleepEx(0, TRUE));
}

TEST_F(alertable, routine_issues_the_next_read)
{
	struct read read;

	ASSERT_TRUE(issue(self->server, &read));
	read.again = 4;
	for (int i = 0; i < 5; i++)
		ASSERT_TRUE(send_text(self->client, "xy"));
	for (int i = 0; i < 100 && read.calls < 5; i++)
		SleepEx(1000, TRUE);
	EXPECT_EQ(5, read.calls);
	EXPECT_EQ(2, read.bytes);
	EXPECT_EQ(0, messages_in(self->server));
}

static int freed;

static void freeing_routine(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
	(void)bytes;
	freed += !error;
	memset(overlapped, 0xee, sizeof(*overlapped));
	free(overlapped);
}

TEST_F(alertable, routine_frees_its_overlapped)
{
	static char buffers[20][8];

	for (int i = 0; i < 20; i++) {
		LPOVERLAPPED overlapped = calloc(1, sizeof(*overlapped));

		ASSERT_TRUE(ReadFileEx(self->server, buffers[i], 8, overlapped, freeing_routine));
	}
	for (int i = 0; i < 20; i++)
		ASSERT_TRUE(send_text(self->client, "x"));
	for (int i = 0; i < 100 && freed < 20; i++)
		SleepEx(1000, TRUE);
	EXPECT_EQ(20, freed);
}

static HANDLE to_close;

static void closing_routine(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
	routine(error, bytes, overlapped);
	if (to_close)
		CloseHandle(to_close);
	to_close = NULL;
}

TEST_F(alertable, routine_closes_the_handle)
{
	struct read first, second;

	ASSERT_TRUE(issue(self->server, &second));
	EXPECT_TRUE(CancelIo(self->server));
	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(0, TRUE));
	memset(&first, 0, sizeof(first));
	places = 0;
	ASSERT_TRUE(ReadFileEx(self->server, first.buffer, 16, &first.o, closing_routine));
	ASSERT_TRUE(issue(self->server, &second));
	to_close = self->server;
	ASSERT_TRUE(send_text(self->client, "close"));
	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(10000, TRUE));
	/* The close cancels the second, whose routine is ready and runs in the same wait. */
	EXPECT_EQ(1, first.calls);
	EXPECT_EQ(0, first.error);
	EXPECT_EQ(1, second.calls);
	EXPECT_EQ(ERROR_OPERATION_ABORTED, second.error);
	EXPECT_EQ(0, second.bytes);
}

TEST_F(alertable, finite_timeout_is_routine_121)
{
	struct read read;
	uint64_t began;

	ASSERT_TRUE(SetMailslotInfo(self->server, 50));
	began = now_ns();
	ASSERT_TRUE(issue(self->server, &read));
	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(INFINITE, TRUE));
	EXPECT_LE(50000000, now_ns() - began);
	EXPECT_EQ(1, read.calls);
	EXPECT_EQ(ERROR_SEM_TIMEOUT, read.error);
	EXPECT_EQ(0, read.bytes);
}

TEST_F(alertable, cancelled_is_routine_995)
{
	struct read reads[2];

	ASSERT_TRUE(issue(self->server, &reads[0]));
	ASSERT_TRUE(issue(self->server, &reads[1]));
	EXPECT_TRUE(CancelIoEx(self->server, &reads[1].o));
	EXPECT_TRUE(CancelIo(self->server));
	EXPECT_EQ(0, reads[0].calls);
	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(0, TRUE));
	for (int i = 0; i < 2; i++) {
		EXPECT_EQ(1, reads[i].calls);
		EXPECT_EQ(ERROR_OPERATION_ABORTED, reads[i].error);
		EXPECT_EQ(0, reads[i].bytes);
	}
}

TEST_F(alertable, too_large_for_pending_read_is_routine_122)
{
	struct read read;

	ASSERT_TRUE(issue(self->server, &read));
	ASSERT_TRUE(send_text(self->client, "longer than sixteen"));
	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(10000, TRUE));
	EXPECT_EQ(ERROR_INSUFFICIENT_BUFFER, read.error);
	EXPECT_EQ(0, read.bytes);
	EXPECT_TRUE(next_is(self->server, "longer than sixteen"));
}

TEST_F(alertable, immediate_failures_call_nothing)
{
	HANDLE reader = open_with(NAME, GENERIC_READ, 0);
	struct read read = { .calls = 0 };

	EXPECT_FAILS(ERROR_INVALID_HANDLE, ReadFileEx(NULL, read.buffer, 16, &read.o, routine));
	EXPECT_FAILS(ERROR_ACCESS_DENIED,
		     ReadFileEx(self->client, read.buffer, 16, &read.o, routine));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER,
		     ReadFileEx(reader, read.buffer, 16, &read.o, routine));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER,
		     ReadFileEx(self->server, read.buffer, 16, NULL, routine));
	ASSERT_TRUE(send_text(self->client, "12345"));
	EXPECT_FAILS(ERROR_INSUFFICIENT_BUFFER,
		     ReadFileEx(self->server, read.buffer, 4, &read.o, routine));
	EXPECT_TRUE(next_is(self->server, "12345"));
	ASSERT_TRUE(SetMailslotInfo(self->server, 0));
	EXPECT_FAILS(ERROR_SEM_TIMEOUT,
		     ReadFileEx(self->server, read.buffer, 16, &read.o, routine));
	EXPECT_EQ(0, SleepEx(20, TRUE));
	EXPECT_EQ(0, read.calls);
}

static void *issue_and_end(void *arg)
{
	struct read *read = arg;

	return (void *)(intptr_t)issue(read->server, read);
}

TEST_F(alertable, thread_that_ends_takes_its_routines_along)
{
	struct read read = { .server = self->server };
	pthread_t thread;
	void *issued;

	ASSERT_EQ(0, pthread_create(&thread, NULL, issue_and_end, &read));
	pthread_join(thread, &issued);
	EXPECT_TRUE(issued);
	EXPECT_EQ(0, SleepEx(20, TRUE));
	EXPECT_EQ(0, read.calls);
	EXPECT_NE(STATUS_PENDING, read.o.Internal);
	ASSERT_TRUE(send_text(self->client, "kept"));
	EXPECT_TRUE(next_is(self->server, "kept"));
}

TEST_F(alertable, write)
{
	struct read write;

	memset(&write, 0, sizeof(write));
	SetLastError(POISON);
	EXPECT_TRUE(WriteFileEx(self->client, "abc", 3, &write.o, routine));
	EXPECT_EQ(ERROR_SUCCESS, GetLastError());
	EXPECT_EQ(0, write.calls);
	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(0, TRUE));
	EXPECT_EQ(1, write.calls);
	EXPECT_EQ(0, write.error);
	EXPECT_EQ(3, write.bytes);
	EXPECT_TRUE(WriteFileEx(self->client, NULL, 0, &write.o, routine));
	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(0, TRUE));
	EXPECT_EQ(2, write.calls);
	EXPECT_EQ(0, write.bytes);
	EXPECT_TRUE(next_is(self->server, "abc"));
	EXPECT_TRUE(next_is(self->server, ""));
}

TEST_F(alertable, write_failures_call_nothing)
{
	HANDLE limited = make_slot(SLOT "limited", 2, 0), client = open_client(SLOT "limited");
	struct read write;

	memset(&write, 0, sizeof(write));
	EXPECT_FAILS(ERROR_ACCESS_DENIED, WriteFileEx(self->server, "x", 1, &write.o, routine));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, WriteFileEx(NULL, "x", 1, &write.o, routine));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, WriteFileEx(self->client, "x", 1, NULL, routine));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, WriteFileEx(client, "xyz", 3, &write.o, routine));
	EXPECT_TRUE(CloseHandle(limited));
	EXPECT_FAILS(ERROR_HANDLE_EOF, WriteFileEx(client, "x", 1, &write.o, routine));
	EXPECT_EQ(0, SleepEx(20, TRUE));
	EXPECT_EQ(0, write.calls);
}

TEST_F(alertable, write_pends)
{
	HANDLE client = open_with(NAME, GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
	static char message[60000], read[60000];
	struct read write;
	DWORD n;

	while (WriteFile(client, message, sizeof(message), &n, NULL))
		;
	memset(&write, 0, sizeof(write));
	EXPECT_TRUE(WriteFileEx(client, message, sizeof(message), &write.o, routine));
	EXPECT_EQ(0, SleepEx(20, TRUE));
	ASSERT_TRUE(ReadFile(self->server, read, sizeof(read), &n, NULL));
	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(10000, TRUE));
	EXPECT_EQ(1, write.calls);
	EXPECT_EQ(0, write.error);
	EXPECT_EQ(sizeof(message), write.bytes);
}

TEST_HARNESS_MAIN
