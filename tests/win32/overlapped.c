// SPDX-License-Identifier: GPL-2.0-only
/*
 * Overlapped reads and writes: OVERLAPPED, GetOverlappedResult, CancelIo and its kin.
 */
#include <libmailslot-object.h>

#include "win32.h"

SLOT_FIXTURE(overlapped, 0, FOREVER)

struct pending {
	OVERLAPPED o;
	char buffer[16];
};

static void clear(struct pending *p, HANDLE event)
{
	memset(p, 0, sizeof(*p));
	/* Never trusted on entry. */
	p->o.Internal = STATUS_PENDING;
	p->o.InternalHigh = POISON;
	p->o.Offset = 12345;
	p->o.OffsetHigh = 678;
	p->o.hEvent = event;
}

static HANDLE make_event(void)
{
	return CreateEventA(NULL, TRUE, FALSE, NULL);
}

static bool is_set(HANDLE event)
{
	return WaitForSingleObject(event, 0) == WAIT_OBJECT_0;
}

/* Begin a read that must pend. */
static bool pend(HANDLE server, struct pending *p)
{
	DWORD n = POISON;

	SetLastError(POISON);
	return !ReadFile(server, p->buffer, sizeof(p->buffer), &n, &p->o) &&
	       GetLastError() == ERROR_IO_PENDING && !n;
}

static bool finished(HANDLE file, struct pending *p, DWORD error, const char *text)
{
	DWORD n = POISON;

	SetLastError(ERROR_SUCCESS);
	if (GetOverlappedResult(file, &p->o, &n, TRUE) != !error || GetLastError() != error)
		return false;
	return error ? !n : n == strlen(text) && !memcmp(p->buffer, text, n);
}

TEST_F(overlapped, message_there)
{
	struct pending p;
	HANDLE event = make_event();
	DWORD n = POISON;

	clear(&p, event);
	ASSERT_TRUE(send_text(self->client, "there"));
	EXPECT_TRUE(ReadFile(self->server, p.buffer, 16, &n, &p.o));
	EXPECT_EQ(5, n);
	EXPECT_EQ(0, p.o.Internal);
	EXPECT_EQ(5, p.o.InternalHigh);
	EXPECT_TRUE(is_set(event));
	EXPECT_TRUE(finished(self->server, &p, 0, "there"));
}

TEST_F(overlapped, message_there_takes_no_thread)
{
	struct pending p;
	struct stat st;
	DWORD n;

	for (int i = 0; i < 10; i++) {
		clear(&p, NULL);
		ASSERT_TRUE(send_text(self->client, "there"));
		EXPECT_TRUE(ReadFile(self->server, p.buffer, 16, &n, &p.o));
	}
	/* A link for itself, its parent, and each thread: there is one. */
	ASSERT_EQ(0, stat("/proc/self/task", &st));
#ifndef __SANITIZE_THREAD__
	EXPECT_EQ(3, st.st_nlink);
#endif
}

TEST_F(overlapped, empty_pends_until_a_write)
{
	struct pending p;
	HANDLE event = make_event();

	clear(&p, event);
	SetEvent(event);
	ASSERT_TRUE(pend(self->server, &p));
	EXPECT_EQ(STATUS_PENDING, p.o.Internal);
	EXPECT_FALSE(is_set(event));
	ASSERT_TRUE(send_text(self->client, "later"));
	EXPECT_EQ(WAIT_OBJECT_0, WaitForSingleObject(event, 10000));
	EXPECT_TRUE(finished(self->server, &p, 0, "later"));
	EXPECT_EQ(0, messages_in(self->server));
}

TEST_F(overlapped, completes_whatever_the_thread_does)
{
	struct pending p;

	clear(&p, NULL);
	ASSERT_TRUE(pend(self->server, &p));
	ASSERT_TRUE(send_text(self->client, "busy"));
	/* No call into the library. */
	for (int i = 0; i < 1000 && __atomic_load_n(&p.o.Internal, __ATOMIC_ACQUIRE); i++)
		sleep_ms(10);
	EXPECT_EQ(0, __atomic_load_n(&p.o.Internal, __ATOMIC_ACQUIRE));
	EXPECT_TRUE(finished(self->server, &p, 0, "busy"));
}

TEST_F(overlapped, finite_timeout_is_121)
{
	struct pending p;
	HANDLE event = make_event();
	uint64_t began;

	ASSERT_TRUE(SetMailslotInfo(self->server, 100));
	clear(&p, event);
	began = now_ns();
	ASSERT_TRUE(pend(self->server, &p));
	EXPECT_EQ(WAIT_OBJECT_0, WaitForSingleObject(event, 10000));
	EXPECT_LE(100000000, now_ns() - began);
	EXPECT_TRUE(finished(self->server, &p, ERROR_SEM_TIMEOUT, NULL));
	ASSERT_TRUE(send_text(self->client, "kept"));
	EXPECT_TRUE(next_is(self->server, "kept"));
}

/* Pends reads that shall end in the order of @events; false if held up over that. */
static bool pend_in_order(const HANDLE *slots, const HANDLE *events, struct pending *p)
{
	static const DWORD timeouts[] = { 400, 100, 300, 200 };
	static const int places[] = { 3, 0, 2, 1 };
	uint64_t first[4], last[4];
	bool ordered = true;

	for (int i = 0; i < 4; i++) {
		int place = places[i];

		clear(&p[i], events[place]);
		first[place] = now_ns() + timeouts[i] * 1000000ULL;
		ordered = SetMailslotInfo(slots[i], timeouts[i]) &&
			  pend(slots[i], &p[i]) && ordered;
		last[place] = now_ns() + timeouts[i] * 1000000ULL;
	}
	for (int i = 1; i < 4; i++)
		ordered = ordered && last[i - 1] < first[i];
	return ordered;
}

TEST_F(overlapped, timeouts_end_in_their_own_order)
{
	struct pending p[4];
	HANDLE events[4];
	HANDLE slots[4];
	bool ordered;
	char name[64];

	for (int i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), SLOT "timeout%d", i);
		slots[i] = make_slot(name, 0, 0);
		events[i] = make_event();
	}
	for (int tries = 0; tries < 20; tries++) {
		ordered = pend_in_order(slots, events, p);
		if (ordered)
			break;
		EXPECT_EQ(WAIT_OBJECT_0, WaitForMultipleObjects(4, events, TRUE, 10000));
		for (int i = 0; i < 4; i++)
			ResetEvent(events[i]);
	}
	ASSERT_TRUE(ordered);
	/* However late this thread looks: what should end first is first among the ended. */
	for (DWORD i = 0; i < 4; i++) {
		EXPECT_EQ(WAIT_OBJECT_0 + i, WaitForMultipleObjects(4, events, FALSE, 10000));
		ResetEvent(events[i]);
	}
}

TEST_F(overlapped, timeout_zero_is_121_at_once)
{
	struct pending p;
	HANDLE event = make_event();
	DWORD n = POISON;

	ASSERT_TRUE(SetMailslotInfo(self->server, 0));
	clear(&p, event);
	EXPECT_FAILS(ERROR_SEM_TIMEOUT, ReadFile(self->server, p.buffer, 16, &n, &p.o));
	EXPECT_EQ(0, n);
	/* The status block is not written. */
	EXPECT_EQ(STATUS_PENDING, p.o.Internal);
	EXPECT_EQ(POISON, p.o.InternalHigh);
	EXPECT_FALSE(is_set(event));
}

TEST_F(overlapped, too_large_for_pending_read_is_122)
{
	struct pending p, q;

	clear(&p, NULL);
	clear(&q, NULL);
	ASSERT_TRUE(pend(self->server, &p));
	ASSERT_TRUE(send_text(self->client, "longer than sixteen"));
	EXPECT_TRUE(finished(self->server, &p, ERROR_INSUFFICIENT_BUFFER, NULL));
	EXPECT_TRUE(next_is(self->server, "longer than sixteen"));
}

TEST_F(overlapped, too_large_is_kept_for_the_next_read)
{
	char large[64];
	OVERLAPPED second = { .hEvent = NULL };
	struct pending first;
	DWORD n = POISON;

	clear(&first, NULL);
	ASSERT_TRUE(pend(self->server, &first));
	EXPECT_FAILS(ERROR_IO_PENDING, ReadFile(self->server, large, 64, &n, &second));
	ASSERT_TRUE(send_text(self->client, "longer than sixteen"));
	EXPECT_TRUE(finished(self->server, &first, ERROR_INSUFFICIENT_BUFFER, NULL));
	EXPECT_TRUE(GetOverlappedResult(self->server, &second, &n, TRUE));
	EXPECT_EQ(19, n);
	EXPECT_EQ(0, memcmp(large, "longer than sixteen", 19));
}

TEST_F(overlapped, served_in_the_order_issued)
{
	enum { COUNT = 50 };
	static struct pending p[COUNT];
	char text[16];

	for (int i = 0; i < COUNT; i++) {
		clear(&p[i], NULL);
		ASSERT_TRUE(pend(self->server, &p[i]));
	}
	for (int i = 0; i < COUNT; i++) {
		snprintf(text, sizeof(text), "%d", i);
		ASSERT_TRUE(send_text(self->client, text));
	}
	for (int i = 0; i < COUNT; i++) {
		snprintf(text, sizeof(text), "%d", i);
		EXPECT_TRUE(finished(self->server, &p[i], 0, text));
	}
}

TEST_F(overlapped, duplicates_share_the_line)
{
	struct pending p[2];
	HANDLE copy;

	ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), self->server, GetCurrentProcess(), &copy,
				    0, FALSE, DUPLICATE_SAME_ACCESS));
	clear(&p[0], NULL);
	clear(&p[1], NULL);
	ASSERT_TRUE(pend(copy, &p[0]));
	ASSERT_TRUE(pend(self->server, &p[1]));
	ASSERT_TRUE(send_text(self->client, "first"));
	ASSERT_TRUE(send_text(self->client, "second"));
	EXPECT_TRUE(finished(self->server, &p[0], 0, "first"));
	EXPECT_TRUE(finished(copy, &p[1], 0, "second"));
}

TEST_F(overlapped, synchronous_read_waits_its_turn)
{
	struct pending p;

	clear(&p, NULL);
	ASSERT_TRUE(pend(self->server, &p));
	ASSERT_TRUE(send_text(self->client, "first"));
	ASSERT_TRUE(send_text(self->client, "second"));
	EXPECT_TRUE(next_is(self->server, "second"));
	EXPECT_TRUE(finished(self->server, &p, 0, "first"));
}

TEST_F(overlapped, cancel_io_is_995)
{
	struct pending p[2];
	HANDLE events[2] = { make_event(), make_event() };

	EXPECT_TRUE(CancelIo(self->server));
	for (int i = 0; i < 2; i++) {
		clear(&p[i], events[i]);
		ASSERT_TRUE(pend(self->server, &p[i]));
	}
	EXPECT_TRUE(CancelIo(self->server));
	EXPECT_EQ(WAIT_OBJECT_0, WaitForMultipleObjects(2, events, TRUE, 0));
	EXPECT_TRUE(finished(self->server, &p[0], ERROR_OPERATION_ABORTED, NULL));
	EXPECT_TRUE(finished(self->server, &p[1], ERROR_OPERATION_ABORTED, NULL));
	ASSERT_TRUE(send_text(self->client, "kept"));
	EXPECT_TRUE(next_is(self->server, "kept"));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, CancelIo(NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, CancelIo(events[0]));
}

TEST_F(overlapped, cancel_io_ex_takes_the_one_asked_for)
{
	struct pending p[3];

	for (int i = 0; i < 3; i++) {
		clear(&p[i], NULL);
		ASSERT_TRUE(pend(self->server, &p[i]));
	}
	EXPECT_TRUE(CancelIoEx(self->server, &p[1].o));
	EXPECT_TRUE(finished(self->server, &p[1], ERROR_OPERATION_ABORTED, NULL));
	ASSERT_TRUE(send_text(self->client, "0"));
	ASSERT_TRUE(send_text(self->client, "2"));
	EXPECT_TRUE(finished(self->server, &p[0], 0, "0"));
	EXPECT_TRUE(finished(self->server, &p[2], 0, "2"));
	EXPECT_FAILS(ERROR_NOT_FOUND, CancelIoEx(self->server, &p[1].o));
	EXPECT_FAILS(ERROR_NOT_FOUND, CancelIoEx(self->server, NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, CancelIoEx(INVALID_HANDLE_VALUE, NULL));
}

struct issuer {
	HANDLE server;
	struct pending p;
	bool pended;
	HANDLE go;
	pthread_t thread;
};

static void *issue(void *arg)
{
	struct issuer *issuer = arg;

	issuer->pended = pend(issuer->server, &issuer->p);
	return NULL;
}

TEST_F(overlapped, end_of_the_issuing_thread_is_995)
{
	HANDLE event = make_event();
	struct issuer issuer = { .server = self->server };

	clear(&issuer.p, event);
	ASSERT_EQ(0, pthread_create(&issuer.thread, NULL, issue, &issuer));
	pthread_join(issuer.thread, NULL);
	EXPECT_TRUE(issuer.pended);
	EXPECT_TRUE(is_set(event));
	EXPECT_TRUE(finished(self->server, &issuer.p, ERROR_OPERATION_ABORTED, NULL));
	ASSERT_TRUE(send_text(self->client, "kept"));
	EXPECT_TRUE(next_is(self->server, "kept"));
}

static void *issue_and_say_so(void *arg)
{
	struct issuer *issuer = arg;

	issuer->pended = pend(issuer->server, &issuer->p);
	mailslot_thread_exit();
	SetEvent(issuer->p.o.hEvent);
	WaitForSingleObject(issuer->go, INFINITE);
	return NULL;
}

/* As ExitThread() has it: before the thread's own clean-up runs, which may take its time. */
TEST_F(overlapped, thread_that_says_it_ends_is_995)
{
	struct issuer issuer = { .server = self->server, .go = make_event() };
	HANDLE event = make_event();

	/* Of a thread that has nothing under way it does nothing. */
	mailslot_thread_exit();
	clear(&issuer.p, event);
	ASSERT_EQ(0, pthread_create(&issuer.thread, NULL, issue_and_say_so, &issuer));
	ASSERT_EQ(WAIT_OBJECT_0, WaitForSingleObject(event, 60000));
	EXPECT_TRUE(finished(self->server, &issuer.p, ERROR_OPERATION_ABORTED, NULL));
	EXPECT_TRUE(issuer.pended);
	ASSERT_TRUE(send_text(self->client, "kept"));
	EXPECT_TRUE(next_is(self->server, "kept"));
	SetEvent(issuer.go);
	pthread_join(issuer.thread, NULL);
}

static void *issue_until_told(void *arg)
{
	struct issuer *issuer = arg;

	issuer->pended = pend(issuer->server, &issuer->p);
	WaitForSingleObject(issuer->go, INFINITE);
	return NULL;
}

TEST_F(overlapped, cancel_io_is_this_threads_cancel_io_ex_anyones)
{
	struct issuer issuer = { .server = self->server, .go = make_event() };

	clear(&issuer.p, NULL);
	ASSERT_EQ(0, pthread_create(&issuer.thread, NULL, issue_until_told, &issuer));
	until_others_sleep();
	EXPECT_TRUE(CancelIo(self->server));
	EXPECT_FAILS(ERROR_IO_INCOMPLETE,
		     GetOverlappedResult(self->server, &issuer.p.o, NULL, FALSE));
	EXPECT_TRUE(CancelIoEx(self->server, &issuer.p.o));
	EXPECT_TRUE(finished(self->server, &issuer.p, ERROR_OPERATION_ABORTED, NULL));
	SetEvent(issuer.go);
	pthread_join(issuer.thread, NULL);
	EXPECT_TRUE(issuer.pended);
}

TEST_F(overlapped, close_of_the_last_handle_is_995)
{
	HANDLE event = make_event(), copy;
	struct pending p;
	DWORD n;

	clear(&p, event);
	ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), self->server, GetCurrentProcess(), &copy,
				    0, FALSE, DUPLICATE_SAME_ACCESS));
	ASSERT_TRUE(pend(self->server, &p));
	EXPECT_TRUE(CloseHandle(self->server));
	/* The duplicate keeps it, and it still works. */
	EXPECT_FALSE(is_set(event));
	ASSERT_TRUE(send_text(self->client, "moved"));
	EXPECT_TRUE(finished(copy, &p, 0, "moved"));
	clear(&p, event);
	ASSERT_TRUE(pend(copy, &p));
	EXPECT_TRUE(CloseHandle(copy));
	EXPECT_TRUE(is_set(event));
	EXPECT_FAILS(ERROR_OPERATION_ABORTED, GetOverlappedResult(copy, &p.o, &n, TRUE));
	EXPECT_FAILS(ERROR_HANDLE_EOF, send_text(self->client, "dead"));
}

TEST_F(overlapped, closing_the_event_while_pending)
{
	HANDLE event = make_event();
	struct pending p;

	clear(&p, event);
	ASSERT_TRUE(pend(self->server, &p));
	EXPECT_TRUE(CloseHandle(event));
	ASSERT_TRUE(send_text(self->client, "fine"));
	for (int i = 0; i < 1000 && __atomic_load_n(&p.o.Internal, __ATOMIC_ACQUIRE); i++)
		sleep_ms(10);
	EXPECT_EQ(4, p.o.InternalHigh);
}

TEST_F(overlapped, bad_event_is_6)
{
	struct pending p;
	DWORD n;

	clear(&p, (HANDLE)0x6666);
	EXPECT_FAILS(ERROR_INVALID_HANDLE, ReadFile(self->server, p.buffer, 16, &n, &p.o));
	p.o.hEvent = self->server;
	EXPECT_FAILS(ERROR_INVALID_HANDLE, ReadFile(self->server, p.buffer, 16, &n, &p.o));
}

TEST_F(overlapped, errors_at_once)
{
	HANDLE reader = open_with(NAME, GENERIC_READ, 0);
	struct pending p;
	DWORD n = POISON;

	clear(&p, NULL);
	EXPECT_FAILS(ERROR_INVALID_HANDLE, ReadFile(NULL, p.buffer, 16, &n, &p.o));
	EXPECT_FAILS(ERROR_ACCESS_DENIED, ReadFile(self->client, p.buffer, 16, &n, &p.o));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, ReadFile(reader, p.buffer, 16, &n, &p.o));
	ASSERT_TRUE(send_text(self->client, "12345"));
	EXPECT_FAILS(ERROR_INSUFFICIENT_BUFFER, ReadFile(self->server, p.buffer, 4, &n, &p.o));
	EXPECT_EQ(0, n);
	EXPECT_TRUE(next_is(self->server, "12345"));
}

TEST_F(overlapped, bad_buffer_of_a_pending_read_is_998)
{
	OVERLAPPED o = { .hEvent = NULL };
	DWORD n = POISON;

	EXPECT_FAILS(ERROR_IO_PENDING, ReadFile(self->server, (void *)8, 16, &n, &o));
	ASSERT_TRUE(send_text(self->client, "kept"));
	EXPECT_FAILS(ERROR_NOACCESS, GetOverlappedResult(self->server, &o, &n, TRUE));
	EXPECT_TRUE(next_is(self->server, "kept"));
}

TEST_F(overlapped, result_not_waited_for_is_996)
{
	struct pending p;
	DWORD n = POISON;

	clear(&p, NULL);
	ASSERT_TRUE(pend(self->server, &p));
	EXPECT_FAILS(ERROR_IO_INCOMPLETE, GetOverlappedResult(self->server, &p.o, &n, FALSE));
	EXPECT_FAILS(ERROR_IO_INCOMPLETE, GetOverlappedResultEx(self->server, &p.o, &n, 0, FALSE));
	EXPECT_FAILS(WAIT_TIMEOUT, GetOverlappedResultEx(self->server, &p.o, &n, 20, FALSE));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, GetOverlappedResult(NULL, &p.o, &n, TRUE));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, GetOverlappedResult(self->server, NULL, &n, TRUE));
	ASSERT_TRUE(send_text(self->client, "result"));
	EXPECT_TRUE(finished(self->server, &p, 0, "result"));
}

TEST_F(overlapped, result_waited_for_takes_an_automatic_event)
{
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
	struct pending p;

	clear(&p, event);
	ASSERT_TRUE(SetMailslotInfo(self->server, 50));
	ASSERT_TRUE(pend(self->server, &p));
	EXPECT_TRUE(finished(self->server, &p, ERROR_SEM_TIMEOUT, NULL));
	EXPECT_FALSE(is_set(event));
}

TEST_F(overlapped, handle_is_signalled_by_completion_only)
{
	struct pending p;

	EXPECT_FALSE(is_set(self->server));
	ASSERT_TRUE(send_text(self->client, "message"));
	EXPECT_FALSE(is_set(self->server));
	EXPECT_TRUE(next_is(self->server, "message"));
	EXPECT_TRUE(is_set(self->server));
	clear(&p, NULL);
	ASSERT_TRUE(pend(self->server, &p));
	EXPECT_FALSE(is_set(self->server));
	ASSERT_TRUE(send_text(self->client, "again"));
	EXPECT_EQ(WAIT_OBJECT_0, WaitForSingleObject(self->server, 10000));
	EXPECT_TRUE(finished(self->server, &p, 0, "again"));
}

TEST_F(overlapped, write_completes_at_once)
{
	HANDLE client = open_with(NAME, GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
	HANDLE event = make_event();
	OVERLAPPED o = { .hEvent = event, .Offset = 99 };
	DWORD n = POISON;

	EXPECT_TRUE(WriteFile(client, "abc", 3, &n, &o));
	EXPECT_EQ(3, n);
	EXPECT_TRUE(is_set(event));
	EXPECT_EQ(0, o.Internal);
	EXPECT_EQ(3, o.InternalHigh);
	EXPECT_TRUE(WriteFile(client, "", 0, &n, &o));
	EXPECT_EQ(0, n);
	/* Also on a handle that was not opened for it. */
	EXPECT_TRUE(WriteFile(self->client, "d", 1, &n, &o));
	EXPECT_TRUE(next_is(self->server, "abc"));
	EXPECT_TRUE(next_is(self->server, ""));
	EXPECT_TRUE(next_is(self->server, "d"));
}

#define BIG 60000

static DWORD fill(HANDLE client)
{
	static char message[BIG];
	DWORD n, count = 0;

	while (WriteFile(client, message, BIG, &n, NULL))
		count++;
	return GetLastError() == ERROR_NO_SYSTEM_RESOURCES ? count : 0;
}

TEST_F(overlapped, write_pends_until_there_is_room)
{
	HANDLE client = open_with(NAME, GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
	static char message[BIG], read[BIG];
	HANDLE events[2] = { make_event(), make_event() };
	OVERLAPPED o[2] = { { .hEvent = events[0] }, { .hEvent = events[1] } };
	DWORD n = POISON, count = fill(client);

	ASSERT_NE(0, count);
	EXPECT_FAILS(ERROR_IO_PENDING, WriteFile(client, message, BIG, &n, &o[0]));
	EXPECT_EQ(0, n);
	EXPECT_EQ(STATUS_PENDING, o[0].Internal);
	/* What follows may not overtake: neither a pending one nor one that waits for nothing. */
	EXPECT_FAILS(ERROR_IO_PENDING, WriteFile(client, "last", 4, &n, &o[1]));
	EXPECT_FAILS(ERROR_NO_SYSTEM_RESOURCES, WriteFile(client, "", 0, &n, NULL));
	EXPECT_EQ(count, messages_in(self->server));
	for (DWORD i = 0; i < count; i++) {
		ASSERT_TRUE(ReadFile(self->server, read, BIG, &n, NULL));
		ASSERT_EQ(BIG, n);
	}
	EXPECT_EQ(WAIT_OBJECT_0, WaitForMultipleObjects(2, events, TRUE, 20000));
	EXPECT_TRUE(GetOverlappedResult(client, &o[0], &n, TRUE));
	EXPECT_EQ(BIG, n);
	EXPECT_TRUE(ReadFile(self->server, read, BIG, &n, NULL));
	EXPECT_EQ(BIG, n);
	EXPECT_TRUE(next_is(self->server, "last"));
}

static void wait_a_while(void *event)
{
	WaitForSingleObject(event, 300);
}

TEST_F(overlapped, pending_write_and_room_that_is_too_little)
{
	HANDLE client = open_with(NAME, GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
	HANDLE small = open_client(NAME);
	static char message[4 * BIG], read[BIG];
	OVERLAPPED o = { .hEvent = make_event() };
	DWORD n = POISON, count;

	fill(client);
	EXPECT_FAILS(ERROR_IO_PENDING, WriteFile(client, message, 4 * BIG, &n, &o));
	ASSERT_TRUE(ReadFile(self->server, read, BIG, &n, NULL));
	/* Waiting for more room must not take the processor. */
	EXPECT_GT(100000000, cpu_time_of(CLOCK_PROCESS_CPUTIME_ID, wait_a_while, o.hEvent));
	EXPECT_EQ(WAIT_TIMEOUT, WaitForSingleObject(o.hEvent, 0));
	for (count = messages_in(self->server); count; count--)
		ASSERT_TRUE(ReadFile(self->server, read, BIG, &n, NULL));
	EXPECT_EQ(WAIT_OBJECT_0, WaitForSingleObject(o.hEvent, 20000));
	EXPECT_TRUE(GetOverlappedResult(client, &o, &n, TRUE));
	EXPECT_EQ(4 * BIG, n);
	CloseHandle(small);
}

TEST_F(overlapped, pending_write_when_the_server_closes_is_38)
{
	HANDLE client = open_with(NAME, GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
	static char message[BIG];
	OVERLAPPED o = { .hEvent = make_event() };
	DWORD n = POISON;

	fill(client);
	EXPECT_FAILS(ERROR_IO_PENDING, WriteFile(client, message, BIG, &n, &o));
	EXPECT_TRUE(CloseHandle(self->server));
	EXPECT_EQ(WAIT_OBJECT_0, WaitForSingleObject(o.hEvent, 20000));
	EXPECT_FAILS(ERROR_HANDLE_EOF, GetOverlappedResult(client, &o, &n, TRUE));
}

TEST_F(overlapped, pending_write_cancelled_or_closed_is_995)
{
	HANDLE client = open_with(NAME, GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
	static char message[BIG];
	OVERLAPPED o = { .hEvent = make_event() };
	DWORD n = POISON, count = fill(client);

	EXPECT_FAILS(ERROR_IO_PENDING, WriteFile(client, message, BIG, &n, &o));
	EXPECT_TRUE(CancelIoEx(client, &o));
	EXPECT_FAILS(ERROR_OPERATION_ABORTED, GetOverlappedResult(client, &o, &n, TRUE));
	EXPECT_FAILS(ERROR_IO_PENDING, WriteFile(client, message, BIG, &n, &o));
	EXPECT_TRUE(CloseHandle(client));
	EXPECT_FAILS(ERROR_OPERATION_ABORTED, GetOverlappedResult(client, &o, &n, TRUE));
	EXPECT_EQ(count, messages_in(self->server));
}

TEST_F(overlapped, fork_leaves_pending_reads_to_the_parent)
{
	HANDLE event = make_event();
	struct pending p, q;
	int status;
	pid_t child;

	clear(&p, event);
	ASSERT_TRUE(pend(self->server, &p));
	child = fork_with_threads();
	if (!child) {
		DWORD n;

		if (GetOverlappedResult(self->server, &p.o, &n, FALSE) ||
		    GetLastError() != ERROR_OPERATION_ABORTED || is_set(event))
			_exit(1);
		/* And the child can pend its own, but for ThreadSanitizer: it allows no threads. */
#ifdef __SANITIZE_THREAD__
		_exit(0);
#endif
		clear(&q, make_event());
		if (!pend(self->server, &q) || !CancelIo(self->server) ||
		    !finished(self->server, &q, ERROR_OPERATION_ABORTED, NULL))
			_exit(2);
		_exit(0);
	}
	waitpid(child, &status, 0);
	EXPECT_EQ(0, status);
	EXPECT_FALSE(is_set(event));
	ASSERT_TRUE(send_text(self->client, "parent"));
	EXPECT_TRUE(finished(self->server, &p, 0, "parent"));
}

TEST_F(overlapped, event_set_from_another_thread_is_just_set)
{
	HANDLE event = make_event();
	struct pending p;

	clear(&p, event);
	ASSERT_TRUE(pend(self->server, &p));
	EXPECT_TRUE(SetEvent(event));
	EXPECT_TRUE(is_set(event));
	EXPECT_FAILS(ERROR_IO_INCOMPLETE, GetOverlappedResult(self->server, &p.o, NULL, FALSE));
	ASSERT_TRUE(send_text(self->client, "real"));
	EXPECT_TRUE(finished(self->server, &p, 0, "real"));
}

TEST_F_TIMEOUT(overlapped, thousands_of_pending_reads, 120)
{
	enum { COUNT = 2000 };
	struct pending *p = calloc(COUNT, sizeof(*p));
	char text[16];
	int wrong = 0;

	for (int i = 0; i < COUNT; i++) {
		clear(&p[i], NULL);
		ASSERT_TRUE(pend(self->server, &p[i]));
	}
	for (int i = 0; i < COUNT; i++) {
		snprintf(text, sizeof(text), "%d", i);
		ASSERT_TRUE(send_text(self->client, text));
	}
	for (int i = 0; i < COUNT; i++) {
		snprintf(text, sizeof(text), "%d", i);
		wrong += !finished(self->server, &p[i], 0, text);
	}
	EXPECT_EQ(0, wrong);
	free(p);
}

TEST_F_TIMEOUT(overlapped, hundreds_of_slots_with_pending_reads, 120)
{
	enum { COUNT = 500 };
	struct pending *p = calloc(COUNT, sizeof(*p));
	HANDLE *slots = calloc(COUNT, sizeof(*slots));
	char name[64], text[16];
	int wrong = 0;

	for (int i = 0; i < COUNT; i++) {
		snprintf(name, sizeof(name), SLOT "many%d", i);
		slots[i] = make_slot(name, 0, i % 2 ? FOREVER : 600000);
		clear(&p[i], NULL);
		ASSERT_TRUE(pend(slots[i], &p[i]));
	}
	for (int i = COUNT - 1; i >= 0; i--) {
		snprintf(name, sizeof(name), SLOT "many%d", i);
		snprintf(text, sizeof(text), "%d", i);
		HANDLE client = open_client(name);

		ASSERT_TRUE(send_text(client, text));
		CloseHandle(client);
	}
	for (int i = 0; i < COUNT; i++) {
		snprintf(text, sizeof(text), "%d", i);
		wrong += !finished(slots[i], &p[i], 0, text);
		CloseHandle(slots[i]);
	}
	EXPECT_EQ(0, wrong);
	free(slots);
	free(p);
}

TEST_HARNESS_MAIN
