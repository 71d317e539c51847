// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything at once, from several threads: nothing may be lost, doubled or read after
 * it is gone.  The sanitizers' builds are what this is for.
 */
#include <stdatomic.h>

#include "win32.h"

SLOT_FIXTURE(stress, 0, FOREVER)

enum { WRITERS = 2, MESSAGES = 400, READERS = 3 };

struct shared {
	HANDLE server;
	atomic_int seen[WRITERS * MESSAGES];
	atomic_int got;
	atomic_bool stop;
};

struct writer {
	int number;
	pthread_t thread;
};

static void *writing(void *arg)
{
	struct writer *writer = arg;
	HANDLE client = open_client(NAME);
	DWORD n;

	for (int i = 0; i < MESSAGES; i++) {
		int message = writer->number * MESSAGES + i;

		while (!WriteFile(client, &message, sizeof(message), &n, NULL))
			sleep_ms(1);
	}
	CloseHandle(client);
	return NULL;
}

static void note(struct shared *shared, int message)
{
	atomic_fetch_add(&shared->seen[message], 1);
	atomic_fetch_add(&shared->got, 1);
}

static bool all_there(struct shared *shared)
{
	return atomic_load(&shared->got) >= WRITERS * MESSAGES;
}

/* Overlapped reads with an event, some of them cancelled before they have a message. */
static void *reading_overlapped(void *arg)
{
	HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
	struct shared *shared = arg;
	int message, round = 0;
	DWORD n;

	while (!all_there(shared)) {
		OVERLAPPED o = { .hEvent = event };

		if (!ReadFile(shared->server, &message, sizeof(message), &n, &o)) {
			if (GetLastError() != ERROR_IO_PENDING)
				break;
			if (++round % 3 == 0)
				CancelIoEx(shared->server, &o);
			else if (WaitForSingleObject(event, 20) == WAIT_TIMEOUT)
				CancelIo(shared->server);
			if (!GetOverlappedResult(shared->server, &o, &n, TRUE))
				continue;
		}
		note(shared, message);
	}
	CloseHandle(event);
	return NULL;
}

struct routine_read {
	OVERLAPPED o;
	struct shared *shared;
	int message;
	bool done;
};

static void routine(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
	struct routine_read *read = (struct routine_read *)overlapped;

	(void)bytes;
	read->done = true;
	if (!error)
		note(read->shared, read->message);
}

static void *reading_with_routines(void *arg)
{
	struct routine_read *reads;
	struct shared *shared = arg;

	while (!all_there(shared)) {
		reads = calloc(4, sizeof(*reads));
		for (int i = 0; i < 4; i++) {
			reads[i].shared = shared;
			if (!ReadFileEx(shared->server, &reads[i].message, sizeof(int), &reads[i].o,
					routine))
				reads[i].done = true;
		}
		SleepEx(10, TRUE);
		CancelIo(shared->server);
		for (int i = 0; i < 4; i++)
			while (!reads[i].done)
				SleepEx(10, TRUE);
		free(reads);
	}
	return NULL;
}

/* Threads that end with a read pending: the message, if any came, belongs to the read. */
static void *reading_and_dying(void *arg)
{
	struct routine_read *read = arg;
	DWORD n;

	if (ReadFile(read->shared->server, &read->message, sizeof(int), &n, &read->o))
		read->done = true;
	return NULL;
}

static void *making_dying_readers(void *arg)
{
	struct shared *shared = arg;

	while (!all_there(shared)) {
		struct routine_read read = { .shared = shared };
		pthread_t thread;

		pthread_create(&thread, NULL, reading_and_dying, &read);
		pthread_join(thread, NULL);
		if (read.done || !__atomic_load_n(&read.o.Internal, __ATOMIC_ACQUIRE))
			note(shared, read.message);
		sleep_ms(1);
	}
	return NULL;
}

TEST_F_TIMEOUT(stress, every_message_exactly_once, 300)
{
	static void *(*const kinds[])(void *) = {
		reading_overlapped, reading_with_routines, making_dying_readers,
	};
	struct shared *shared = calloc(1, sizeof(*shared));
	struct writer writers[WRITERS];
	pthread_t readers[READERS];
	int wrong = 0;

	shared->server = self->server;
	for (int i = 0; i < READERS; i++)
		ASSERT_EQ(0, pthread_create(&readers[i], NULL, kinds[i], shared));
	for (int i = 0; i < WRITERS; i++) {
		writers[i].number = i;
		ASSERT_EQ(0, pthread_create(&writers[i].thread, NULL, writing, &writers[i]));
	}
	for (int i = 0; i < WRITERS; i++)
		pthread_join(writers[i].thread, NULL);
	for (int i = 0; i < READERS; i++)
		pthread_join(readers[i], NULL);
	for (int i = 0; i < WRITERS * MESSAGES; i++)
		wrong += atomic_load(&shared->seen[i]) != 1;
	EXPECT_EQ(0, wrong);
	EXPECT_EQ(0, messages_in(self->server));
	free(shared);
}

static void *opening_and_closing(void *arg)
{
	struct shared *shared = arg;
	HANDLE server, client, copy;
	OVERLAPPED o;
	char buffer[8], name[64];
	DWORD n;

	snprintf(name, sizeof(name), SLOT "churn%lu", (unsigned long)pthread_self());
	for (int i = 0; i < 100; i++) {
		memset(&o, 0, sizeof(o));
		server = make_slot(name, 0, i % 2 ? FOREVER : 5);
		client = open_client(name);
		DuplicateHandle(GetCurrentProcess(), server, GetCurrentProcess(), &copy, 0, FALSE,
				DUPLICATE_SAME_ACCESS);
		ReadFile(server, buffer, 8, &n, &o);
		if (i % 3)
			send_text(client, "x");
		CloseHandle(server);
		CloseHandle(copy);
		if (__atomic_load_n(&o.Internal, __ATOMIC_ACQUIRE) == STATUS_PENDING)
			atomic_store(&shared->stop, true);
		CloseHandle(client);
	}
	return NULL;
}

static void *guessing_handles(void *arg)
{
	struct shared *shared = arg;
	unsigned int seed = 1;
	char buffer[8];
	DWORD n;

	/*
	 * Any number may be tried at any time; not reads, which would be served.  Numbers
	 * include those of descriptors that other threads are about to close, which is
	 * what ThreadSanitizer calls a race.
	 */
#ifdef __SANITIZE_THREAD__
	return NULL;
#endif
	while (!atomic_load(&shared->got)) {
		HANDLE guess = (HANDLE)(intptr_t)(rand_r(&seed) % 200);

		GetMailslotInfo(guess, &n, NULL, NULL, NULL);
		GetHandleInformation(guess, &n);
		CancelIoEx(guess, (LPOVERLAPPED)buffer);
	}
	return NULL;
}

TEST_F_TIMEOUT(stress, handles_opened_closed_and_guessed, 300)
{
	struct shared *shared = calloc(1, sizeof(*shared));
	pthread_t threads[4];

	ASSERT_EQ(0, pthread_create(&threads[3], NULL, guessing_handles, shared));
	for (int i = 0; i < 3; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, opening_and_closing, shared));
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	atomic_store(&shared->got, 1);
	pthread_join(threads[3], NULL);
	EXPECT_FALSE(atomic_load(&shared->stop));
	free(shared);
}

/* A server's handle, and threads that read by it and ask by another number while it closes. */
struct closing {
	HANDLE server;
	HANDLE asked;
	atomic_bool ready;
	atomic_bool now;
	atomic_bool ended;
};

static void *reading_once(void *arg)
{
	struct closing *closing = arg;
	char buffer[8];
	DWORD n;

	/* From its first wait on a thread has the descriptor it needs: none moves from here. */
	SleepEx(1, FALSE);
	atomic_store(&closing->ready, true);
	ReadFile(closing->server, buffer, sizeof(buffer), &n, NULL);
	atomic_store(&closing->ended, true);
	return NULL;
}

static void *asking_meanwhile(void *arg)
{
	struct closing *closing = arg;
	DWORD n;

	while (!atomic_load(&closing->now))
		sched_yield();
	GetMailslotInfo(closing->asked, &n, NULL, NULL, NULL);
	return NULL;
}

static void start_closing(struct closing *closing, pthread_t threads[2])
{
	pthread_create(&threads[0], NULL, reading_once, closing);
	pthread_create(&threads[1], NULL, asking_meanwhile, closing);
	while (!atomic_load(&closing->ready))
		sched_yield();
	sleep_ms(2);
	atomic_store(&closing->now, true);
}

/* CloseHandle waits for who reads; meanwhile the library may first hear of a dup(2). */
TEST_F_TIMEOUT(stress, descriptor_that_turns_up_while_its_slot_closes, 300)
{
	pthread_t threads[2];
	DWORD max;

	for (int i = 0; i < 100; i++) {
		struct closing closing = { .server = make_slot(SLOT "closing", 77, FOREVER) };
		int copy = fcntl((int)(intptr_t)closing.server, F_DUPFD_CLOEXEC, 3);

		closing.asked = (HANDLE)(intptr_t)copy;
		start_closing(&closing, threads);
		ASSERT_TRUE(CloseHandle(closing.server));
		pthread_join(threads[1], NULL);
		/* The reader goes on if the library heard of the copy first. */
		while (!atomic_load(&closing.ended)) {
			CancelIoEx(closing.asked, NULL);
			sleep_ms(1);
		}
		pthread_join(threads[0], NULL);
		ASSERT_TRUE(GetMailslotInfo(closing.asked, &max, NULL, NULL, NULL));
		ASSERT_EQ(77, max);
		ASSERT_TRUE(CloseHandle(closing.asked));
	}
}

/* The library learns that a descriptor was closed behind its back when the number comes again. */
TEST_F_TIMEOUT(stress, number_that_comes_again_while_its_slot_is_read, 300)
{
	pthread_t threads[2];

#ifdef __SANITIZE_THREAD__
	SKIP(return, "to ThreadSanitizer a number in use that is closed is a race");
#endif
	for (int i = 0; i < 100; i++) {
		struct closing closing = { .server = make_slot(SLOT "closing", 0, FOREVER) };
		HANDLE client, lower = NULL;

		closing.asked = closing.server;
		start_closing(&closing, threads);
		close((int)(intptr_t)closing.server);
		client = open_client(NAME);
		/* A lower number may have become free since the slot was made; it is taken then. */
		if (client != closing.server) {
			lower = client;
			client = open_client(NAME);
		}
		ASSERT_EQ(closing.server, client);
		pthread_join(threads[0], NULL);
		pthread_join(threads[1], NULL);
		ASSERT_TRUE(send_text(client, "well"));
		ASSERT_TRUE(next_is(self->server, "well"));
		ASSERT_TRUE(CloseHandle(client));
		if (lower)
			ASSERT_TRUE(CloseHandle(lower));
	}
}

static void *reading_until_cancelled(void *arg)
{
	struct shared *shared = arg;
	char buffer[8];
	DWORD n;

	for (;;) {
		ReadFile(shared->server, buffer, sizeof(buffer), &n, NULL);
		WaitForSingleObject(shared->server, 1);
		pthread_testcancel();
	}
	return NULL;
}

/* Wherever pthread_cancel() meets a thread, it leaves no lock behind and nothing in line. */
TEST_F_TIMEOUT(stress, threads_are_cancelled_at_any_moment, 300)
{
	struct shared *shared = calloc(1, sizeof(*shared));
	pthread_t thread;
	unsigned int seed = 1;
	void *result;

#ifdef __SANITIZE_ADDRESS__
	SKIP(return, "AddressSanitizer takes a stack that was unwound for one in use");
#endif
	shared->server = self->server;
	ASSERT_TRUE(SetMailslotInfo(self->server, 1));
	for (int i = 0; i < 100; i++) {
		ASSERT_EQ(0, pthread_create(&thread, NULL, reading_until_cancelled, shared));
		usleep((unsigned int)rand_r(&seed) % 5000);
		ASSERT_EQ(0, pthread_cancel(thread));
		ASSERT_EQ(0, pthread_join(thread, &result));
		ASSERT_EQ(PTHREAD_CANCELED, result);
		ASSERT_EQ(0, messages_in(self->server));
	}
	ASSERT_TRUE(send_text(self->client, "alone"));
	EXPECT_TRUE(next_is(self->server, "alone"));
	free(shared);
}

TEST_HARNESS_MAIN
