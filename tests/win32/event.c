// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events.  These tests need no module.
 */
#include <sys/file.h>

#include "win32.h"

static HANDLE make(BOOL manual, BOOL initial)
{
	return CreateEventA(NULL, manual, initial, NULL);
}

static DWORD wait_now(HANDLE event)
{
	return WaitForSingleObject(event, 0);
}

TEST(automatic_reset)
{
	HANDLE event = make(FALSE, FALSE);

	EXPECT_EQ(WAIT_TIMEOUT, wait_now(event));
	EXPECT_TRUE(SetEvent(event));
	EXPECT_TRUE(SetEvent(event));
	EXPECT_EQ(WAIT_OBJECT_0, wait_now(event));
	EXPECT_EQ(WAIT_TIMEOUT, wait_now(event));
	EXPECT_TRUE(SetEvent(event));
	EXPECT_TRUE(ResetEvent(event));
	EXPECT_EQ(WAIT_TIMEOUT, wait_now(event));
	EXPECT_EQ(WAIT_OBJECT_0, wait_now(make(FALSE, TRUE)));
}

TEST(manual_reset)
{
	HANDLE event = make(TRUE, FALSE);

	EXPECT_EQ(WAIT_TIMEOUT, wait_now(event));
	EXPECT_TRUE(SetEvent(event));
	EXPECT_EQ(WAIT_OBJECT_0, wait_now(event));
	EXPECT_EQ(WAIT_OBJECT_0, wait_now(event));
	EXPECT_TRUE(ResetEvent(event));
	EXPECT_TRUE(ResetEvent(event));
	EXPECT_EQ(WAIT_TIMEOUT, wait_now(event));
	EXPECT_EQ(WAIT_OBJECT_0, wait_now(make(TRUE, TRUE)));
}

TEST(create_clears_the_last_error)
{
	SetLastError(POISON);
	EXPECT_TRUE(is_handle(make(FALSE, FALSE)));
	EXPECT_EQ(ERROR_SUCCESS, GetLastError());
	SetLastError(POISON);
	EXPECT_TRUE(is_handle(CreateEventA(NULL, FALSE, FALSE, "fresh")));
	EXPECT_EQ(ERROR_SUCCESS, GetLastError());
}

TEST(bad_handles_are_6)
{
	HANDLE closed = make(FALSE, FALSE);
	int file = open("/dev/null", O_RDWR);

	ASSERT_TRUE(CloseHandle(closed));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, SetEvent(closed));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, ResetEvent(NULL));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, PulseEvent(INVALID_HANDLE_VALUE));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, SetEvent((HANDLE)(intptr_t)file));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, SetEvent((HANDLE)(1 << 23)));
}

TEST(named_again_is_183_and_the_same)
{
	HANDLE first = CreateEventA(NULL, TRUE, FALSE, "again"), second, wide;

	ASSERT_TRUE(is_handle(first));
	SetLastError(POISON);
	second = CreateEventA(NULL, FALSE, TRUE, "again");
	EXPECT_EQ(ERROR_ALREADY_EXISTS, GetLastError());
	ASSERT_TRUE(is_handle(second));
	EXPECT_NE(first, second);
	/* What the second asked for does not count. */
	EXPECT_EQ(WAIT_TIMEOUT, wait_now(second));
	wide = CreateEventW(NULL, TRUE, FALSE, L"again");
	EXPECT_EQ(ERROR_ALREADY_EXISTS, GetLastError());
	EXPECT_TRUE(SetEvent(wide));
	EXPECT_EQ(WAIT_OBJECT_0, wait_now(first));
	EXPECT_EQ(WAIT_OBJECT_0, wait_now(second));
}

TEST(names_are_case_sensitive)
{
	ASSERT_TRUE(is_handle(CreateEventA(NULL, TRUE, FALSE, "Case")));
	SetLastError(POISON);
	EXPECT_TRUE(is_handle(CreateEventA(NULL, TRUE, FALSE, "case")));
	EXPECT_EQ(ERROR_SUCCESS, GetLastError());
	EXPECT_FAILS(ERROR_FILE_NOT_FOUND, OpenEventA(EVENT_ALL_ACCESS, FALSE, "CASE"));
}

TEST(names_of_all_kinds)
{
	static const char *const names[] = {
		"a/b", "..", ".", "100%", "a b", "\xc3\xa4", "Local\\one", "Global\\two",
	};
	char name[300];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		SetLastError(POISON);
		EXPECT_TRUE(is_handle(CreateEventA(NULL, TRUE, FALSE, names[i])));
		EXPECT_EQ(ERROR_SUCCESS, GetLastError());
		EXPECT_TRUE(is_handle(OpenEventA(EVENT_ALL_ACCESS, FALSE, names[i])));
	}
	EXPECT_FAILS(ERROR_PATH_NOT_FOUND, CreateEventA(NULL, TRUE, FALSE, "a\\b"));
	EXPECT_FAILS(ERROR_INVALID_NAME, CreateEventA(NULL, TRUE, FALSE, "\xff"));
	memset(name, 'n', sizeof(name));
	name[299] = '\0';
	EXPECT_FAILS(ERROR_FILENAME_EXCED_RANGE, CreateEventA(NULL, TRUE, FALSE, name));
}

TEST(open_event)
{
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, "open"), waiter;

	EXPECT_FAILS(ERROR_FILE_NOT_FOUND, OpenEventA(EVENT_ALL_ACCESS, FALSE, "absent"));
	EXPECT_FAILS(ERROR_FILE_NOT_FOUND, OpenEventW(EVENT_ALL_ACCESS, FALSE, L"absent"));
	EXPECT_FAILS(ERROR_INVALID_PARAMETER, OpenEventA(EVENT_ALL_ACCESS, FALSE, NULL));
	waiter = OpenEventW(SYNCHRONIZE, FALSE, L"open");
	ASSERT_TRUE(is_handle(waiter));
	EXPECT_FAILS(ERROR_ACCESS_DENIED, SetEvent(waiter));
	EXPECT_TRUE(SetEvent(event));
	EXPECT_EQ(WAIT_OBJECT_0, wait_now(waiter));
}

TEST(named_lives_as_long_as_a_handle)
{
	HANDLE first = CreateEventA(NULL, TRUE, TRUE, "life");
	HANDLE second = CreateEventA(NULL, TRUE, FALSE, "life"), third;

	EXPECT_TRUE(CloseHandle(first));
	EXPECT_EQ(WAIT_OBJECT_0, wait_now(second));
	third = OpenEventA(EVENT_ALL_ACCESS, FALSE, "life");
	EXPECT_TRUE(is_handle(third));
	EXPECT_TRUE(CloseHandle(second));
	EXPECT_TRUE(ResetEvent(third));
	EXPECT_TRUE(SetEvent(third));
	EXPECT_TRUE(CloseHandle(third));
	EXPECT_FAILS(ERROR_FILE_NOT_FOUND, OpenEventA(EVENT_ALL_ACCESS, FALSE, "life"));
	SetLastError(POISON);
	EXPECT_TRUE(is_handle(CreateEventA(NULL, TRUE, FALSE, "life")));
	EXPECT_EQ(ERROR_SUCCESS, GetLastError());
}

TEST(named_for_ever_without_closing)
{
	HANDLE last = NULL;

	/* Far more than there are descriptors by default, or by the kernel's hard limit. */
	for (int i = 0; i < 200000; i++) {
		last = CreateEventA(NULL, FALSE, FALSE, "polled");
		ASSERT_TRUE(is_handle(last));
		ASSERT_EQ(i ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS, GetLastError());
	}
	EXPECT_TRUE(SetEvent(last));
	EXPECT_EQ(WAIT_OBJECT_0, wait_now(CreateEventA(NULL, FALSE, FALSE, "polled")));
}

TEST(named_across_processes)
{
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, "processes"), gate = make(FALSE, FALSE);
	int status;
	pid_t child = fork();

	if (!child) {
		/* Not by inheritance: anew, by name. */
		HANDLE mine;

		CloseHandle(event);
		mine = CreateEventA(NULL, TRUE, TRUE, "processes");
		if (GetLastError() != ERROR_ALREADY_EXISTS || wait_now(mine) != WAIT_TIMEOUT)
			_exit(1);
		SetEvent(gate);
		_exit(WaitForSingleObject(mine, 10000) != WAIT_OBJECT_0);
	}
	EXPECT_EQ(WAIT_OBJECT_0, WaitForSingleObject(gate, 10000));
	EXPECT_TRUE(SetEvent(event));
	waitpid(child, &status, 0);
	EXPECT_EQ(0, status);
	EXPECT_EQ(WAIT_TIMEOUT, wait_now(event));
}

TEST(named_event_of_a_dead_process_is_gone)
{
	int status;

	if (!fork()) {
		CreateEventA(NULL, TRUE, TRUE, "dead");
		_exit(0);
	}
	wait(&status);
	EXPECT_FAILS(ERROR_FILE_NOT_FOUND, OpenEventA(EVENT_ALL_ACCESS, FALSE, "dead"));
	SetLastError(POISON);
	HANDLE event = CreateEventA(NULL, TRUE, FALSE, "dead");

	EXPECT_EQ(ERROR_SUCCESS, GetLastError());
	EXPECT_EQ(WAIT_TIMEOUT, wait_now(event));
}

/* Somebody who is not root. */
#define USER	4343

struct directory {
	const char *what;
	mode_t type;
	mode_t mode;
	uid_t owner;
	DWORD error;
};

/* Where the user's named events are; nobody else may have a say there. */
static void directory_of_user(char path[64])
{
	bool shared;

	(void)!seteuid(USER);
	shared = !faccessat(AT_FDCWD, "/dev/shm", W_OK, AT_EACCESS);
	(void)!seteuid(0);
	snprintf(path, 64, "%s/mailslot-objects-%u", shared ? "/dev/shm" : "/tmp", USER);
}

static bool make_directory(const char *path, const struct directory *directory)
{
	switch (directory->type) {
	case S_IFDIR:
		return !mkdir(path, 0700) && !chown(path, directory->owner, USER) &&
		       !chmod(path, directory->mode);
	case S_IFLNK:
		return !symlink("/tmp", path) && !lchown(path, directory->owner, USER);
	default:
		return !mknod(path, directory->type | 0700, 0) &&
		       !chown(path, directory->owner, USER);
	}
}

/* A live event of that name, laid out for everybody. */
static int lay_bait(const char *directory, char bait[80])
{
	int fd;

	snprintf(bait, 80, "%s/event-mine", directory);
	if (mkfifo(bait, 0666) || chmod(bait, 0666))
		return -1;
	fd = open(bait, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	return flock(fd, LOCK_SH) ? -1 : fd;
}

static DWORD error_of_user(void)
{
	int status = -1, error;
	pid_t child = fork();
	HANDLE event;

	if (!child) {
		if (setgid(USER) || setuid(USER))
			_exit(254);
		SetLastError(253);
		event = CreateEventA(NULL, TRUE, FALSE, "mine");
		error = (int)GetLastError();
		CloseHandle(event);
		_exit(error);
	}
	waitpid(child, &status, 0);
	return WIFEXITED(status) ? (DWORD)WEXITSTATUS(status) : POISON;
}

TEST(directory_of_names_that_is_not_ones_own_is_5)
{
	static const struct directory directories[] = {
		{ "one's own", S_IFDIR, 0700, USER, ERROR_SUCCESS },
		{ "others may look", S_IFDIR, 0755, USER, ERROR_SUCCESS },
		{ "somebody else's", S_IFDIR, 0755, 0, ERROR_ACCESS_DENIED },
		{ "the group may write", S_IFDIR, 0720, USER, ERROR_ACCESS_DENIED },
		{ "others may write", S_IFDIR, 0702, USER, ERROR_ACCESS_DENIED },
		{ "a link", S_IFLNK, 0, USER, ERROR_ACCESS_DENIED },
		{ "a file", S_IFREG, 0, USER, ERROR_ACCESS_DENIED },
	};
	char path[64], bait[80];
	int fd = -1;

	if (geteuid())
		SKIP(return, "this takes root");
	directory_of_user(path);
	for (size_t i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		ASSERT_TRUE(make_directory(path, &directories[i]));
		if (directories[i].owner != USER) {
			fd = lay_bait(path, bait);
			ASSERT_LE(0, fd);
		}
		EXPECT_EQ(directories[i].error, error_of_user()) {
			TH_LOG("%s", directories[i].what);
		}
		if (directories[i].owner != USER) {
			close(fd);
			ASSERT_EQ(0, unlink(bait));
		}
		ASSERT_EQ(0, remove(path));
	}
}

TEST(duplicates)
{
	HANDLE event = make(FALSE, FALSE), copy, weak;

	ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &copy, 0,
				    FALSE, DUPLICATE_SAME_ACCESS));
	ASSERT_TRUE(DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &weak,
				    SYNCHRONIZE, FALSE, 0));
	EXPECT_TRUE(CloseHandle(event));
	EXPECT_TRUE(SetEvent(copy));
	EXPECT_FAILS(ERROR_ACCESS_DENIED, SetEvent(weak));
	EXPECT_TRUE(CloseHandle(copy));
	EXPECT_EQ(WAIT_OBJECT_0, wait_now(weak));
	EXPECT_TRUE(CloseHandle(weak));
	EXPECT_FAILS(ERROR_INVALID_HANDLE, CloseHandle(weak));
}

struct waiting {
	HANDLE event;
	DWORD result;
	bool released;		/* __atomic_* */
	pthread_t thread;
};

static void *waiting(void *arg)
{
	struct waiting *w = arg;

	w->result = WaitForSingleObject(w->event, INFINITE);
	__atomic_store_n(&w->released, true, __ATOMIC_RELEASE);
	return NULL;
}

/* Threads that wait for the event, and are asleep. */
static void begin(HANDLE event, struct waiting *w, int count)
{
	for (int i = 0; i < count; i++) {
		w[i] = (struct waiting) { .event = event };
		pthread_create(&w[i].thread, NULL, waiting, &w[i]);
	}
	until_others_sleep();
}

/* How many have been released by now? The others are, and all come to an end. */
static int end(HANDLE event, struct waiting *w, int count)
{
	int released = 0;

	until_others_sleep();
	for (int i = 0; i < count; i++)
		released += __atomic_load_n(&w[i].released, __ATOMIC_ACQUIRE);
	for (int i = 0; i < count; i++) {
		while (!__atomic_load_n(&w[i].released, __ATOMIC_ACQUIRE)) {
			SetEvent(event);
			sleep_ms(1);
		}
		pthread_join(w[i].thread, NULL);
		if (w[i].result != WAIT_OBJECT_0)
			return -1;
	}
	ResetEvent(event);
	return released;
}

static int pulsed(HANDLE event, struct waiting *w, int count)
{
	begin(event, w, count);
	PulseEvent(event);
	return end(event, w, count);
}

TEST(pulse)
{
	HANDLE manual = make(TRUE, FALSE), automatic = make(FALSE, FALSE);
	struct waiting w[3];

	EXPECT_EQ(3, pulsed(manual, w, 3));
	EXPECT_EQ(WAIT_TIMEOUT, wait_now(manual));
	EXPECT_EQ(1, pulsed(automatic, w, 3));
	EXPECT_EQ(WAIT_TIMEOUT, wait_now(automatic));
	EXPECT_TRUE(PulseEvent(automatic));
	EXPECT_EQ(WAIT_TIMEOUT, wait_now(automatic));
}

TEST(set_releases_one_of_automatic_all_of_manual)
{
	HANDLE manual = make(TRUE, FALSE), automatic = make(FALSE, FALSE);
	struct waiting w[6];

	begin(manual, w, 3);
	begin(automatic, w + 3, 3);
	EXPECT_TRUE(SetEvent(manual));
	EXPECT_TRUE(SetEvent(automatic));
	EXPECT_EQ(3, end(manual, w, 3));
	EXPECT_EQ(1, end(automatic, w + 3, 3));
}

TEST_HARNESS_MAIN
