// SPDX-License-Identifier: GPL-2.0-only
/*
 * Completion ports on slot ends, and what one thread does to another: routines queued for
 * it, its read cancelled, its end.
 */
#include <libmailslot-object.h>

#include "win32.h"

#define KEY	((ULONG_PTR)0x1234567890abcdefULL)
#define READS	8

struct pending {
	OVERLAPPED o;
	char buffer[16];
};

FIXTURE(port) {
	HANDLE server;
	HANDLE client;
	HANDLE port;
};

FIXTURE_SETUP(port)
{
	if (!have_module())
		SKIP(return, "no mailslot module");
	self->server = make_slot(NAME, 0, FOREVER);
	ASSERT_TRUE(is_handle(self->server));
	self->client = open_client(NAME);
	ASSERT_TRUE(is_handle(self->client));
	self->port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
	ASSERT_TRUE(self->port);
}

FIXTURE_TEARDOWN(port)
{
	CloseHandle(self->port);
	CloseHandle(self->client);
	CloseHandle(self->server);
}

/* What a call stores, from what no call stores. */
struct taken {
	BOOL result;
	DWORD error;
	DWORD bytes;
	ULONG_PTR key;
	LPOVERLAPPED overlapped;
};

static struct taken take(HANDLE port, DWORD milliseconds)
{
	struct taken taken = {
		.bytes = POISON,
		.key = POISON,
		.overlapped = (LPOVERLAPPED)(uintptr_t)POISON,
	};

	SetLastError(ERROR_SUCCESS);
	taken.result = GetQueuedCompletionStatus(port, &taken.bytes, &taken.key,
						 &taken.overlapped, milliseconds);
	taken.error = GetLastError();
	return taken;
}

/* No packet was taken: only the OVERLAPPED is stored, as NULL. */
static bool took_none(HANDLE port, DWORD milliseconds, DWORD error)
{
	struct taken taken = take(port, milliseconds);

	return !taken.result && taken.error == error && taken.bytes == POISON &&
	       taken.key == POISON && !taken.overlapped;
}

static bool took(HANDLE port, ULONG_PTR key, struct pending *p, DWORD error, DWORD bytes)
{
	struct taken taken = take(port, 20000);

	return taken.result == !error && taken.error == error && taken.bytes == bytes &&
	       taken.key == key && taken.overlapped == &p->o;
}

static bool join(HANDLE port, HANDLE file, ULONG_PTR key)
{
	return CreateIoCompletionPort(file, port, key, 0) == port;
}

static bool pend(HANDLE server, struct pending *p)
{
	DWORD n = POISON;

	memset(p, 0, sizeof(*p));
	SetLastError(POISON);
	return !ReadFile(server, p->buffer, sizeof(p->buffer), &n, &p->o) &&
	       GetLastError() == ERROR_IO_PENDING && !n;
}

TEST_F(port, create)
{
	HANDLE port = CreateIoCompletionPort(self->server, NULL, KEY, 4);

	ASSERT_TRUE(port);
	EXPECT_NE(INVALID_HANDLE_VALUE, port);
	EXPECT_FAILS(ERROR_INVALID_PARAMETER,
		     CreateIoCompletionPort(INVALID_HANDLE_VALUE, port, 0, 0));
	/* One file has one port, and for good. */
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, CreateIoCompletionPort(self->server, port, 0, 0));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER,
		     CreateIoCompletionPort(self->server, self->port, 0, 0));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, CreateIoCompletionPort(self->server, NULL, 0, 0));
	/* The client was not opened for overlapped operations. */
	EXPECT_FAILS(ERROR_INVALID_PARAMETER,
		     CreateIoCompletionPort(self->client, self->port, 0, 0));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, CreateIoCompletionPort(self->port, self->port, 0, 0));
	EXPECT_FAILS(ERROR_INVALID_HANDLE,
		     CreateIoCompletionPort(self->server, self->client, 0, 0));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, CreateIoCompletionPort(NULL, self->port, 0, 0));
	EXPECT_TRUE(CloseHandle(port));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, CreateIoCompletionPort(self->server, port, 0, 0));
}

TEST_F(port, failure_leaves_no_port)
{
	HANDLE first, second;

	first = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
	ASSERT_TRUE(CloseHandle(first));
	for (int i = 0; i < 1000; i++)
		EXPECT_FAILS(ERROR_INVALID_PARAMETER,
			     CreateIoCompletionPort(self->client, NULL, 0, 0));
	second = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
	ASSERT_TRUE(CloseHandle(second));
	/* Numbers are used in a cycle; of those that were left open each would be another. */
	EXPECT_EQ(1001, (uintptr_t)second - (uintptr_t)first);
	for (uintptr_t n = (uintptr_t)first; n <= (uintptr_t)second; n++)
		EXPECT_FAILS(ERROR_INVALID_HANDLE, CloseHandle((HANDLE)n));
}

TEST_F(port, bad_arguments)
{
	OVERLAPPED_ENTRY entry;
	LPOVERLAPPED overlapped;
	ULONG_PTR key;
	DWORD n;

	EXPECT_TRUE(took_none(self->server, 0, ERROR_INVALID_HANDLE));
	EXPECT_TRUE(took_none(NULL, 0, ERROR_INVALID_HANDLE));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER,
		     GetQueuedCompletionStatus(self->port, NULL, &key, &overlapped, 0));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER,
		     GetQueuedCompletionStatus(self->port, &n, NULL, &overlapped, 0));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER,
		     GetQueuedCompletionStatus(self->port, &n, &key, NULL, 0));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER,
		     GetQueuedCompletionStatusEx(self->port, &entry, 0, &n, 0, FALSE));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER,
		     GetQueuedCompletionStatusEx(self->port, NULL, 1, &n, 0, FALSE));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER,
		     GetQueuedCompletionStatusEx(self->port, &entry, 1, NULL, 0, FALSE));
	EXPECT_FAILS(ERROR_INVALID_HANDLE,
		     GetQueuedCompletionStatusEx(self->client, &entry, 1, &n, 0, FALSE));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, PostQueuedCompletionStatus(self->client, 0, 0, NULL));
}

TEST_F(port, timeout)
{
	uint64_t began = now_ns();

	EXPECT_TRUE(took_none(self->port, 0, WAIT_TIMEOUT));
	EXPECT_TRUE(took_none(self->port, 100, WAIT_TIMEOUT));
	EXPECT_LE(100000000, now_ns() - began);
}

TEST_F(port, posted_first_in_first_out)
{
	OVERLAPPED o;
	struct taken taken;

	for (ULONG_PTR i = 0; i < 100; i++)
		ASSERT_TRUE(PostQueuedCompletionStatus(self->port, (DWORD)i, KEY + i,
						       i % 2 ? &o : NULL));
	for (ULONG_PTR i = 0; i < 100; i++) {
		taken = take(self->port, 0);
		EXPECT_TRUE(taken.result);
		EXPECT_EQ(i, taken.bytes);
		EXPECT_EQ(KEY + i, taken.key);
		EXPECT_EQ(i % 2 ? &o : NULL, taken.overlapped);
	}
	EXPECT_TRUE(took_none(self->port, 0, WAIT_TIMEOUT));
}

TEST_F(port, pended_read)
{
	struct pending p;

	ASSERT_TRUE(join(self->port, self->server, KEY));
	ASSERT_TRUE(pend(self->server, &p));
	EXPECT_TRUE(took_none(self->port, 0, WAIT_TIMEOUT));
	ASSERT_TRUE(send_text(self->client, "later"));
	EXPECT_TRUE(took(self->port, KEY, &p, 0, 5));
	EXPECT_EQ(0, memcmp(p.buffer, "later", 5));
	EXPECT_TRUE(took_none(self->port, 0, WAIT_TIMEOUT));
}

TEST_F(port, read_done_at_once_has_a_packet)
{
	struct pending p = { 0 };
	DWORD n = POISON;

	ASSERT_TRUE(join(self->port, self->server, KEY));
	ASSERT_TRUE(send_text(self->client, "there"));
	EXPECT_TRUE(ReadFile(self->server, p.buffer, 16, &n, &p.o));
	EXPECT_EQ(5, n);
	EXPECT_TRUE(took(self->port, KEY, &p, 0, 5));
	EXPECT_TRUE(took_none(self->port, 0, WAIT_TIMEOUT));
}

TEST_F(port, event_is_set_as_well)
{
	HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
	struct pending p = { .o.hEvent = event };

	ASSERT_TRUE(join(self->port, self->server, KEY));
	EXPECT_FAILS(ERROR_IO_PENDING, ReadFile(self->server, p.buffer, 16, NULL, &p.o));
	ASSERT_TRUE(send_text(self->client, "both"));
	EXPECT_EQ(WAIT_OBJECT_0, WaitForSingleObject(event, 20000));
	EXPECT_TRUE(took(self->port, KEY, &p, 0, 4));
	CloseHandle(event);
}

TEST_F(port, no_packet_without_an_operation)
{
	struct pending p = { 0 };
	DWORD n;

	ASSERT_TRUE(join(self->port, self->server, KEY));
	/* Failed at once, with and without an OVERLAPPED. */
	ASSERT_TRUE(send_text(self->client, "too long"));
	EXPECT_FAILS(ERROR_INSUFFICIENT_BUFFER, ReadFile(self->server, p.buffer, 2, NULL, &p.o));
	/* Done in the call. */
	EXPECT_TRUE(ReadFile(self->server, p.buffer, 16, &n, NULL));
	ASSERT_TRUE(SetMailslotInfo(self->server, 0));
	EXPECT_FAILS(ERROR_SEM_TIMEOUT, ReadFile(self->server, p.buffer, 16, NULL, &p.o));
	EXPECT_TRUE(took_none(self->port, 0, WAIT_TIMEOUT));
}

static void no_routine(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
	(void)error;
	(void)bytes;
	overlapped->Offset = POISON;
}

TEST_F(port, no_routines_besides)
{
	struct pending before = { 0 }, after = { 0 };

	ASSERT_TRUE(ReadFileEx(self->server, before.buffer, 16, &before.o, no_routine));
	ASSERT_TRUE(join(self->port, self->server, KEY));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER,
		     ReadFileEx(self->server, after.buffer, 16, &after.o, no_routine));
	/* One from before has its routine, and no packet. */
	ASSERT_TRUE(send_text(self->client, "before"));
	EXPECT_EQ(WAIT_IO_COMPLETION, SleepEx(20000, TRUE));
	EXPECT_EQ(POISON, before.o.Offset);
	EXPECT_TRUE(took_none(self->port, 0, WAIT_TIMEOUT));
}

TEST_F(port, joined_after_the_read)
{
	struct pending p;

	ASSERT_TRUE(pend(self->server, &p));
	ASSERT_TRUE(join(self->port, self->server, KEY));
	ASSERT_TRUE(send_text(self->client, "joined"));
	EXPECT_TRUE(took(self->port, KEY, &p, 0, 6));
}

TEST_F(port, timed_out_read)
{
	struct pending p;

	ASSERT_TRUE(SetMailslotInfo(self->server, 100));
	ASSERT_TRUE(join(self->port, self->server, KEY));
	ASSERT_TRUE(pend(self->server, &p));
	EXPECT_TRUE(took(self->port, KEY, &p, ERROR_SEM_TIMEOUT, 0));
	EXPECT_TRUE(took_none(self->port, 0, WAIT_TIMEOUT));
}

TEST_F(port, cancelled_reads)
{
	struct pending p[3];

	ASSERT_TRUE(join(self->port, self->server, KEY));
	for (int i = 0; i < 3; i++)
		ASSERT_TRUE(pend(self->server, &p[i]));
	EXPECT_TRUE(CancelIoEx(self->server, &p[1].o));
	EXPECT_TRUE(took(self->port, KEY, &p[1], ERROR_OPERATION_ABORTED, 0));
	EXPECT_TRUE(took_none(self->port, 0, WAIT_TIMEOUT));
	EXPECT_TRUE(CancelIo(self->server));
	EXPECT_TRUE(took(self->port, KEY, &p[0], ERROR_OPERATION_ABORTED, 0));
	EXPECT_TRUE(took(self->port, KEY, &p[2], ERROR_OPERATION_ABORTED, 0));
}

TEST_F(port, message_too_long_for_a_pended_read)
{
	struct pending p = { 0 };

	ASSERT_TRUE(join(self->port, self->server, KEY));
	EXPECT_FAILS(ERROR_IO_PENDING, ReadFile(self->server, p.buffer, 2, NULL, &p.o));
	ASSERT_TRUE(send_text(self->client, "longer"));
	EXPECT_TRUE(took(self->port, KEY, &p, ERROR_INSUFFICIENT_BUFFER, 0));
	EXPECT_TRUE(next_is(self->server, "longer"));
}

TEST_F(port, server_closed)
{
	struct pending p;

	ASSERT_TRUE(join(self->port, self->server, KEY));
	ASSERT_TRUE(pend(self->server, &p));
	ASSERT_TRUE(CloseHandle(self->server));
	EXPECT_TRUE(took(self->port, KEY, &p, ERROR_OPERATION_ABORTED, 0));
	EXPECT_TRUE(took_none(self->port, 0, WAIT_TIMEOUT));
	self->server = NULL;
}

TEST_F(port, duplicates_report_too)
{
	HANDLE twin, other_port;
	struct pending p;

	ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), self->server, GetCurrentProcess(), &twin,
				    0, FALSE, DUPLICATE_SAME_ACCESS));
	ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), self->port, GetCurrentProcess(),
				    &other_port, 0, FALSE, DUPLICATE_SAME_ACCESS));
	ASSERT_TRUE(join(self->port, self->server, KEY));
	ASSERT_TRUE(pend(twin, &p));
	ASSERT_TRUE(send_text(self->client, "twin"));
	EXPECT_TRUE(took(other_port, KEY, &p, 0, 4));
	CloseHandle(other_port);
	EXPECT_TRUE(took_none(self->port, 0, WAIT_TIMEOUT));
	CloseHandle(twin);
}

/* Messages are as many as fit, until a write must wait for room. */
TEST_F(port, pended_write)
{
	static char block[1 << 20];
	struct pending p[64] = { 0 };
	HANDLE client = open_with(NAME, GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
	struct taken taken;
	DWORD n;
	int i;

	ASSERT_TRUE(is_handle(client));
	ASSERT_TRUE(join(self->port, client, KEY));
	for (i = 0; i < 64; i++)
		if (!WriteFile(client, block, sizeof(block), &n, &p[i].o))
			break;
	ASSERT_LT(i, 64);
	EXPECT_EQ(ERROR_IO_PENDING, GetLastError());
	for (int j = 0; j < i; j++)
		EXPECT_TRUE(took(self->port, KEY, &p[j], 0, sizeof(block)));
	EXPECT_TRUE(took_none(self->port, 0, WAIT_TIMEOUT));
	EXPECT_TRUE(ReadFile(self->server, block, sizeof(block), &n, NULL));
	taken = take(self->port, 20000);
	EXPECT_TRUE(taken.result);
	EXPECT_EQ(sizeof(block), taken.bytes);
	EXPECT_EQ(&p[i].o, taken.overlapped);
	CloseHandle(client);
}

TEST_F(port, several_at_once)
{
	OVERLAPPED_ENTRY entries[READS];
	struct pending p[READS];
	DWORD n = POISON;

	ASSERT_TRUE(join(self->port, self->server, KEY));
	for (int i = 0; i < READS; i++)
		ASSERT_TRUE(pend(self->server, &p[i]));
	EXPECT_FAILS(WAIT_TIMEOUT,
		     GetQueuedCompletionStatusEx(self->port, entries, READS, &n, 10, FALSE));
	EXPECT_EQ(0, n);
	ASSERT_TRUE(CancelIoEx(self->server, &p[READS - 1].o));
	for (int i = 0; i < READS - 1; i++)
		ASSERT_TRUE(send_text(self->client, "one of many"));
	/* All have completed when the slot is empty. */
	while (messages_in(self->server))
		sleep_ms(10);
	ASSERT_TRUE(GetQueuedCompletionStatusEx(self->port, entries, 3, &n, 0, FALSE));
	EXPECT_EQ(3, n);
	/* One that failed is taken like the others. */
	EXPECT_EQ(0xC0000120, entries[0].Internal);
	EXPECT_EQ(0, entries[0].dwNumberOfBytesTransferred);
	EXPECT_EQ(&p[READS - 1].o, entries[0].lpOverlapped);
	for (int i = 1; i < 3; i++) {
		EXPECT_EQ(0, entries[i].Internal);
		EXPECT_EQ(11, entries[i].dwNumberOfBytesTransferred);
		EXPECT_EQ(KEY, entries[i].lpCompletionKey);
		EXPECT_EQ(&p[i - 1].o, entries[i].lpOverlapped);
	}
	ASSERT_TRUE(GetQueuedCompletionStatusEx(self->port, entries, READS, &n, INFINITE, FALSE));
	EXPECT_EQ(READS - 3, n);
}

static void count_up(ULONG_PTR argument)
{
	++*(int *)argument;
}

TEST_F(port, alertable)
{
	OVERLAPPED_ENTRY entry;
	int calls = 0;
	DWORD n;

	EXPECT_EQ(0, mailslot_thread_queue(mailslot_thread_number(), count_up, (ULONG_PTR)&calls));
	EXPECT_FAILS(WAIT_TIMEOUT,
		     GetQueuedCompletionStatusEx(self->port, &entry, 1, &n, 0, FALSE));
	EXPECT_EQ(0, calls);
	EXPECT_FAILS(WAIT_IO_COMPLETION,
		     GetQueuedCompletionStatusEx(self->port, &entry, 1, &n, 10000, TRUE));
	EXPECT_EQ(1, calls);
}

static void *wait_until_closed(void *port)
{
	return took_none(port, INFINITE, ERROR_ABANDONED_WAIT_0) ? port : NULL;
}

TEST_F(port, closing_wakes_those_who_wait)
{
	struct pending p;
	pthread_t threads[3];
	HANDLE twin;
	void *result;

	ASSERT_TRUE(join(self->port, self->server, KEY));
	ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), self->port, GetCurrentProcess(), &twin,
				    0, FALSE, DUPLICATE_SAME_ACCESS));
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, wait_until_closed, self->port);
	until_others_sleep();
	/* Another handle keeps it open. */
	ASSERT_TRUE(CloseHandle(self->port));
	until_others_sleep();
	EXPECT_TRUE(took_none(twin, 0, WAIT_TIMEOUT));
	ASSERT_TRUE(CloseHandle(twin));
	for (int i = 0; i < 3; i++) {
		pthread_join(threads[i], &result);
		EXPECT_EQ(self->port, result);
	}
	/* Operations on its ends go on, and nobody hears of their end. */
	ASSERT_TRUE(pend(self->server, &p));
	ASSERT_TRUE(send_text(self->client, "still"));
	EXPECT_EQ(WAIT_OBJECT_0, WaitForSingleObject(self->server, 20000));
	EXPECT_EQ(0, p.o.Internal);
	self->port = NULL;
}

static void *issue_and_end(void *arg)
{
	struct pending *p = arg;

	return pend(p->o.hEvent, p) ? p : NULL;
}

TEST_F(port, read_outlives_its_thread)
{
	struct pending p = { .o.hEvent = self->server };
	pthread_t thread;
	void *result;

	ASSERT_TRUE(join(self->port, self->server, KEY));
	pthread_create(&thread, NULL, issue_and_end, &p);
	pthread_join(thread, &result);
	ASSERT_EQ(&p, result);
	EXPECT_TRUE(took_none(self->port, 0, WAIT_TIMEOUT));
	ASSERT_TRUE(send_text(self->client, "outlived"));
	EXPECT_TRUE(took(self->port, KEY, &p, 0, 8));
	/* As does what is cancelled afterwards. */
	p.o.hEvent = self->server;
	pthread_create(&thread, NULL, issue_and_end, &p);
	pthread_join(thread, &result);
	ASSERT_EQ(&p, result);
	EXPECT_TRUE(CancelIoEx(self->server, NULL));
	EXPECT_TRUE(took(self->port, KEY, &p, ERROR_OPERATION_ABORTED, 0));
}

TEST_F(port, fork_leaves_all_to_the_parent)
{
	struct pending p = { .o.hEvent = self->server };
	pthread_t thread;
	int status;
	pid_t child;

	ASSERT_TRUE(join(self->port, self->server, KEY));
	pthread_create(&thread, NULL, issue_and_end, &p);
	pthread_join(thread, NULL);
	ASSERT_TRUE(PostQueuedCompletionStatus(self->port, 1, 2, NULL));
	child = fork_with_threads();
	if (!child)
		_exit(!took_none(self->port, 0, WAIT_TIMEOUT) ||
		      !PostQueuedCompletionStatus(self->port, 3, 4, &p.o) ||
		      !took(self->port, 4, &p, 0, 3));
	waitpid(child, &status, 0);
	EXPECT_EQ(0, status);
	EXPECT_EQ(2, take(self->port, 0).key);
	ASSERT_TRUE(send_text(self->client, "parent"));
	EXPECT_TRUE(took(self->port, KEY, &p, 0, 6));
}

/* Some threads serve eight reads under way, as many programs do. */
struct service {
	HANDLE server;
	HANDLE port;
	struct pending reads[READS];
	unsigned char seen[2000];
	int wrong;
};

#define STOP	((ULONG_PTR)0)

static void *serve(void *arg)
{
	struct service *service = arg;

	for (;;) {
		struct taken taken = take(service->port, INFINITE);
		struct pending *p = (struct pending *)taken.overlapped;
		int number = -1;

		if (taken.result && taken.key == STOP)
			return NULL;
		if (taken.result && taken.key == KEY && taken.bytes == sizeof(number))
			memcpy(&number, p->buffer, sizeof(number));
		if (number < 0 || number >= 2000)
			__atomic_add_fetch(&service->wrong, 1, __ATOMIC_RELAXED);
		else
			__atomic_add_fetch(&service->seen[number], 1, __ATOMIC_RELAXED);
		memset(p, 0, sizeof(*p));
		if (!ReadFile(service->server, p->buffer, sizeof(p->buffer), NULL, &p->o) &&
		    GetLastError() != ERROR_IO_PENDING)
			__atomic_add_fetch(&service->wrong, 1, __ATOMIC_RELAXED);
	}
}

TEST_F(port, eight_reads_four_threads)
{
	static struct service service;
	pthread_t threads[4];
	int total = 0;

	service.server = self->server;
	service.port = self->port;
	ASSERT_TRUE(join(self->port, self->server, KEY));
	for (int i = 0; i < READS; i++)
		ASSERT_TRUE(pend(self->server, &service.reads[i]));
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, serve, &service);
	for (int i = 0; i < 2000; i++) {
		DWORD n;

		while (!WriteFile(self->client, &i, sizeof(i), &n, NULL))
			sleep_ms(1);
	}
	for (int tries = 0; tries < 3000 && total < 2000; tries++) {
		total = 0;
		for (int i = 0; i < 2000; i++)
			total += __atomic_load_n(&service.seen[i], __ATOMIC_RELAXED);
		if (total < 2000)
			sleep_ms(10);
	}
	for (int i = 0; i < 4; i++)
		PostQueuedCompletionStatus(self->port, 0, STOP, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	EXPECT_EQ(0, service.wrong);
	for (int i = 0; i < 2000; i++)
		EXPECT_EQ(1, service.seen[i]);
	EXPECT_TRUE(took_none(self->port, 0, WAIT_TIMEOUT));
	/* All eight are under way again. */
	EXPECT_TRUE(CancelIoEx(self->server, NULL));
	for (int i = 0; i < READS; i++)
		EXPECT_EQ(ERROR_OPERATION_ABORTED, take(self->port, 0).error);
	EXPECT_TRUE(took_none(self->port, 0, WAIT_TIMEOUT));
}

/* What one thread does to another */

struct other {
	HANDLE server;
	uint64_t number;
	DWORD result;
	DWORD error;
	int calls;
	bool came_back;
};

static void *read_and_tell(void *arg)
{
	struct other *other = arg;
	char buffer[16];

	__atomic_store_n(&other->number, mailslot_thread_number(), __ATOMIC_RELEASE);
	other->result = ReadFile(other->server, buffer, sizeof(buffer), NULL, NULL);
	other->error = GetLastError();
	other->came_back = true;
	return NULL;
}

static void *wait_alertably(void *arg)
{
	struct other *other = arg;

	__atomic_store_n(&other->number, mailslot_thread_number(), __ATOMIC_RELEASE);
	other->result = SleepEx(20000, TRUE);
	return NULL;
}

static void *wait_forever(void *arg)
{
	struct other *other = arg;

	__atomic_store_n(&other->number, mailslot_thread_number(), __ATOMIC_RELEASE);
	SleepEx(INFINITE, FALSE);
	other->came_back = true;
	return NULL;
}

static pthread_t begin(struct other *other, void *(*routine)(void *))
{
	pthread_t thread;

	pthread_create(&thread, NULL, routine, other);
	while (!__atomic_load_n(&other->number, __ATOMIC_ACQUIRE))
		sleep_ms(1);
	until_others_sleep();
	return thread;
}

TEST_F(port, cancel_the_read_of_a_thread)
{
	struct other other = { .server = self->server };
	pthread_t thread = begin(&other, read_and_tell);

	EXPECT_EQ(ERROR_NOT_FOUND, mailslot_thread_cancel(mailslot_thread_number()));
	EXPECT_EQ(0, mailslot_thread_cancel(other.number));
	pthread_join(thread, NULL);
	EXPECT_EQ(FALSE, other.result);
	EXPECT_EQ(ERROR_OPERATION_ABORTED, other.error);
	EXPECT_EQ(ERROR_NOT_FOUND, mailslot_thread_cancel(other.number));
}

TEST_F(port, queue_a_routine)
{
	struct other other = { .server = self->server };
	pthread_t thread = begin(&other, wait_alertably);

	EXPECT_EQ(0, mailslot_thread_queue(other.number, count_up, (ULONG_PTR)&other.calls));
	pthread_join(thread, NULL);
	EXPECT_EQ(WAIT_IO_COMPLETION, other.result);
	EXPECT_EQ(1, other.calls);
	EXPECT_EQ(ERROR_GEN_FAILURE,
		  mailslot_thread_queue(other.number, count_up, (ULONG_PTR)&other.calls));
	EXPECT_EQ(ERROR_GEN_FAILURE, mailslot_thread_queue(0, count_up, 0));
}

TEST_F(port, end_a_thread_in_a_wait)
{
	struct other other = { .server = self->server };
	pthread_t thread = begin(&other, wait_forever);
	void *result = NULL;

	pthread_cancel(thread);
	mailslot_thread_end(other.number);
	pthread_join(thread, &result);
	EXPECT_EQ(PTHREAD_CANCELED, result);
	EXPECT_FALSE(other.came_back);
}

TEST_F(port, end_a_thread_in_a_read)
{
	struct other other = { .server = self->server };
	pthread_t thread = begin(&other, read_and_tell);
	void *result = NULL;

	pthread_cancel(thread);
	mailslot_thread_end(other.number);
	pthread_join(thread, &result);
	EXPECT_EQ(PTHREAD_CANCELED, result);
	EXPECT_FALSE(other.came_back);
	/* No message goes to a read that is no more. */
	ASSERT_TRUE(send_text(self->client, "kept"));
	EXPECT_TRUE(next_is(self->server, "kept"));
}

static void *read_when_told(void *arg)
{
	struct other *other = arg;

	__atomic_store_n(&other->number, mailslot_thread_number(), __ATOMIC_RELEASE);
	/* No call in which the thread could end. */
	while (!__atomic_load_n(&other->calls, __ATOMIC_ACQUIRE))
		;
	return read_and_tell(other);
}

TEST_F(port, end_a_thread_before_its_read)
{
	struct other other = { .server = self->server };
	void *result = NULL;
	pthread_t thread;

	pthread_create(&thread, NULL, read_when_told, &other);
	while (!__atomic_load_n(&other.number, __ATOMIC_ACQUIRE))
		sleep_ms(1);
	pthread_cancel(thread);
	mailslot_thread_end(other.number);
	__atomic_store_n(&other.calls, 1, __ATOMIC_RELEASE);
	pthread_join(thread, &result);
	EXPECT_EQ(PTHREAD_CANCELED, result);
	EXPECT_FALSE(other.came_back);
}

/* What kind of file a handle is */

TEST_F(port, file_type)
{
	HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);

	SetLastError(POISON);
	EXPECT_EQ(FILE_TYPE_UNKNOWN, GetFileType(self->server));
	EXPECT_EQ(ERROR_SUCCESS, GetLastError());
	SetLastError(POISON);
	EXPECT_EQ(FILE_TYPE_UNKNOWN, GetFileType(self->client));
	EXPECT_EQ(ERROR_SUCCESS, GetLastError());
	EXPECT_FAILS(ERROR_INVALID_HANDLE, GetFileType(event));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, GetFileType(self->port));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, GetFileType(NULL));
	CloseHandle(event);
}

TEST_F(port, flush)
{
	HANDLE reader = open_with(NAME, GENERIC_READ, 0);

	EXPECT_TRUE(FlushFileBuffers(self->client));
	ASSERT_TRUE(send_text(self->client, "flushed"));
	EXPECT_TRUE(FlushFileBuffers(self->client));
	EXPECT_EQ(1, messages_in(self->server));
	EXPECT_FAILS(ERROR_ACCESS_DENIED, FlushFileBuffers(self->server));
	EXPECT_FAILS(ERROR_ACCESS_DENIED, FlushFileBuffers(reader));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, FlushFileBuffers(self->port));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, FlushFileBuffers(INVALID_HANDLE_VALUE));
	CloseHandle(reader);
}

TEST_HARNESS_MAIN
