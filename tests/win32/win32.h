/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the Win32 contract share: slots, clients, and calls that must fail
 * with one certain error.
 */
#ifndef SELFTESTS_WIN32_H
#define SELFTESTS_WIN32_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <libmailslot.h>
#include <linux/mailslot.h>

#include "../../selftests/harness.h"

#undef TEST_HARNESS_MAIN
#define TEST_HARNESS_MAIN \
	int main(int argc, char **argv) \
	{ \
		return harness_run(argc, argv); \
	}

#define SLOT	"\\\\.\\mailslot\\"
#define WSLOT	L"\\\\.\\mailslot\\"
#define NAME	SLOT "test"
#define NODE	node_path("test")

#define FOREVER	MAILSLOT_WAIT_FOREVER

/* What no call stores, so that what is not stored shows. */
#define POISON	0xDEADBEEFU

/* The call must return FALSE (or 0, or NULL) and leave this error. */
#define EXPECT_FAILS(error, call) do { \
	SetLastError(POISON); \
	EXPECT_FALSE(call); \
	EXPECT_EQ(error, GetLastError()); \
} while (0)

/* Likewise for those that return a handle. */
#define EXPECT_NO_HANDLE(error, call) do { \
	SetLastError(POISON); \
	EXPECT_EQ(INVALID_HANDLE_VALUE, call); \
	EXPECT_EQ(error, GetLastError()); \
} while (0)

/* Where the library is to make and find slots, by the rule of libmailslot(7). */
static inline const char *slot_directory(void)
{
	const char *named = getenv("MAILSLOT_DIR");

	return named && *named ? named : MAILSLOT_DIR;
}

/* Is this path in an instance? */
static inline bool is_instance(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && fs.f_type == MAILSLOT_SUPER_MAGIC;
}

static inline bool in_instance(void)
{
	return is_instance(slot_directory());
}

/* The path of a slot's node, until the next call. */
static inline const char *node_path(const char *name)
{
	static __thread char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", slot_directory(), name);
	return path;
}

static inline HANDLE make_slot(const char *name, DWORD max, DWORD timeout)
{
	return CreateMailslotA(name, max, timeout, NULL);
}

static inline HANDLE open_with(const char *name, DWORD access, DWORD flags)
{
	return CreateFileA(name, access, FILE_SHARE_READ | FILE_SHARE_WRITE, NULL, OPEN_EXISTING,
			   FILE_ATTRIBUTE_NORMAL | flags, NULL);
}

static inline HANDLE open_client(const char *name)
{
	return open_with(name, GENERIC_WRITE, 0);
}

static inline bool is_handle(HANDLE handle)
{
	return handle && handle != INVALID_HANDLE_VALUE;
}

static inline bool send_text(HANDLE client, const char *text)
{
	DWORD written = POISON;

	return WriteFile(client, text, (DWORD)strlen(text), &written, NULL) &&
	       written == strlen(text);
}

/* Is the next message this text? */
static inline bool next_is(HANDLE server, const char *text)
{
	char buffer[64];
	DWORD read = POISON;

	return ReadFile(server, buffer, sizeof(buffer), &read, NULL) && read == strlen(text) &&
	       !memcmp(buffer, text, read);
}

static inline DWORD messages_in(HANDLE slot)
{
	DWORD count = POISON;

	return GetMailslotInfo(slot, NULL, NULL, &count, NULL) ? count : POISON;
}

static inline uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static inline void sleep_ms(unsigned int milliseconds)
{
	struct timespec left = { milliseconds / 1000, milliseconds % 1000 * 1000000L };

	while (nanosleep(&left, &left) && errno == EINTR)
		;
}

/*
 * The processor time of @clock that @wait takes, in nanoseconds: the least of some tries, as
 * one that spins takes it each time, but a machine that is stopped for a while charges that to
 * whoever happens to run.
 */
static inline uint64_t cpu_time_of(clockid_t clock, void (*wait)(void *), void *arg)
{
	struct timespec before, after;
	uint64_t least = UINT64_MAX, taken;

	for (int i = 0; i < 5 && least > 10000000; i++) {
		clock_gettime(clock, &before);
		wait(arg);
		clock_gettime(clock, &after);
		taken = (uint64_t)(after.tv_sec - before.tv_sec) * 1000000000 +
			(uint64_t)after.tv_nsec - (uint64_t)before.tv_nsec;
		if (taken < least)
			least = taken;
	}
	return least;
}

/* Does any other thread of the process run? */
static inline bool others_run(void)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *task;
	bool run = false;
	char path[300], line[256], *state;

	while ((task = readdir(tasks))) {
		if (task->d_name[0] == '.' || atoi(task->d_name) == gettid())
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%s/stat", task->d_name);
		FILE *file = fopen(path, "r");

		if (!file)
			continue;
		if (fgets(line, sizeof(line), file)) {
			state = strrchr(line, ')');
			run |= state && state[2] != 'S';
		}
		fclose(file);
	}
	closedir(tasks);
	return run;
}

/* Return when the other threads have gone to sleep, however slow the machine is. */
static inline void until_others_sleep(void)
{
	for (int calm = 0; calm < 5; calm++) {
		sleep_ms(20);
		if (others_run())
			calm = -1;
	}
}

/*
 * fork() of a process with threads. The allocator of AddressSanitizer is not told of a fork (gcc
 * 14.2): if another thread is in the allocator, the child waits for that thread, which it lacks.
 */
static inline pid_t fork_with_threads(void)
{
#ifdef __SANITIZE_ADDRESS__
	until_others_sleep();
#endif
	return fork();
}

/* A slot made without the library, as a native program would. */
static inline int native_create(struct mailslot_create *create)
{
	int at, fd;

	if (in_instance())
		at = open(slot_directory(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	else
		at = open(MAILSLOT_CONTROL, O_RDWR | O_CLOEXEC);
	fd = ioctl(at, MAILSLOT_IOC_CREATE, create);
	close(at);
	return fd;
}

static inline int native_slot(const char *name)
{
	struct mailslot_create create = { .mode = 0666 };

	snprintf(create.name, sizeof(create.name), "%s", name);
	return native_create(&create);
}

static inline bool have_module(void)
{
	return !access(MAILSLOT_CONTROL, F_OK);
}

/* A slot and a client of it, which most tests begin with. */
#define SLOT_FIXTURE(fixture, max, timeout) \
	FIXTURE(fixture) { \
		HANDLE server; \
		HANDLE client; \
	}; \
	FIXTURE_SETUP(fixture) \
	{ \
		if (!have_module()) \
			SKIP(return, "no mailslot module"); \
		self->server = make_slot(NAME, max, timeout); \
		ASSERT_TRUE(is_handle(self->server)); \
		self->client = open_client(NAME); \
		ASSERT_TRUE(is_handle(self->client)); \
	} \
	FIXTURE_TEARDOWN(fixture) \
	{ \
		CloseHandle(self->client); \
		CloseHandle(self->server); \
	}

#endif /* SELFTESTS_WIN32_H */
