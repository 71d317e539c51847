// SPDX-License-Identifier: GPL-2.0-only
/*
 * mailslot_wait(): that it waits, for how long, and that no slot appears unseen however
 * directories and permissions come and go meanwhile.
 */
#include <grp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>

#include "win32.h"

#define USER	4242
#define LONG	60000
#define ROUNDS	100

/* Run @act in a child; the child is to be ended. */
static pid_t child_of(void (*act)(const char *name), const char *name)
{
	pid_t pid = fork();

	if (!pid) {
		act(name);
		_exit(0);
	}
	return pid;
}

static int end_of(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void kill_child(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static bool write_number(const char *path, int number, int *before)
{
	FILE *file = fopen(path, "r+");
	bool done;

	if (!file)
		return false;
	done = fscanf(file, "%d", before) == 1;
	rewind(file);
	done = fprintf(file, "%d\n", number) > 0 && done;
	return !fclose(file) && done;
}

TEST(slot_that_is_there)
{
	if (!have_module())
		SKIP(return, "no mailslot module");
	ASSERT_TRUE(is_handle(make_slot(NAME, 0, 0)));
	EXPECT_TRUE(mailslot_wait(NAME, 0));
	EXPECT_TRUE(mailslot_wait(NAME, INFINITE));
	EXPECT_TRUE(mailslot_wait("//./MAILSLOT/test", 0));
	ASSERT_LE(0, native_slot("Native/Slot"));
	EXPECT_TRUE(mailslot_wait(SLOT "native\\slot", 0));
	EXPECT_FAILS(ERROR_SEM_TIMEOUT, mailslot_wait(SLOT "native", 0));
}

TEST(names_that_are_none)
{
	EXPECT_FAILS(ERROR_PATH_NOT_FOUND, mailslot_wait(NULL, INFINITE));
	EXPECT_FAILS(ERROR_PATH_NOT_FOUND, mailslot_wait("", INFINITE));
	EXPECT_FAILS(ERROR_NOT_SUPPORTED, mailslot_wait("blah", INFINITE));
	EXPECT_FAILS(ERROR_INVALID_NAME, mailslot_wait(SLOT "a\\", INFINITE));
	EXPECT_FAILS(ERROR_INVALID_NAME, mailslot_wait(SLOT "\xc2\x80", INFINITE));
	EXPECT_FAILS(ERROR_REMOTE_MAILSLOTS_DEPRECATED,
		     mailslot_wait("\\\\other\\mailslot\\x", INFINITE));
}

TEST(timeout_is_never_early)
{
	static const DWORD times[] = { 0, 1, 50, 200 };

	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		uint64_t before = now_ns();

		EXPECT_FAILS(ERROR_SEM_TIMEOUT, mailslot_wait(SLOT "never\\ever", times[i]));
		EXPECT_LE(times[i] * 1000000ULL, now_ns() - before);
	}
}

static void on_alarm(int number)
{
	(void)number;
}

TEST(signals_do_not_end_it)
{
	struct sigaction action = { .sa_handler = on_alarm };
	struct itimerval often = { { 0, 5000 }, { 0, 5000 } }, never = { { 0, 0 }, { 0, 0 } };
	uint64_t before = now_ns();

	ASSERT_EQ(0, sigaction(SIGALRM, &action, NULL));
	ASSERT_EQ(0, setitimer(ITIMER_REAL, &often, NULL));
	EXPECT_FAILS(ERROR_SEM_TIMEOUT, mailslot_wait(SLOT "never", 300));
	EXPECT_LE(300000000ULL, now_ns() - before);
	setitimer(ITIMER_REAL, &never, NULL);
}

static void make_late(const char *name)
{
	sleep_ms(300);
	if (!is_handle(make_slot(name, 0, 0)))
		_exit(1);
	pause();
}

TEST(slot_that_comes)
{
	static const char *const names[] = { NAME, SLOT "a\\b\\c" };

	if (!have_module())
		SKIP(return, "no mailslot module");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		pid_t pid = child_of(make_late, names[i]);

		EXPECT_TRUE(mailslot_wait(names[i], INFINITE));
		EXPECT_TRUE(is_handle(open_client(names[i])));
		kill_child(pid);
	}
}

static void make_late_in_other_case(const char *name)
{
	sleep_ms(300);
	if (native_slot(name) < 0)
		_exit(1);
	pause();
}

TEST(native_slot_that_comes)
{
	pid_t pid;

	if (!have_module())
		SKIP(return, "no mailslot module");
	pid = child_of(make_late_in_other_case, "Some/Where");
	EXPECT_TRUE(mailslot_wait(SLOT "sOME\\wHERE", LONG));
	kill_child(pid);
}

/* Status: 0 it could be opened; else the last error. */
static void wait_as_user(const char *name)
{
	DWORD milliseconds = name[0] == '!' ? 200 : LONG;

	if (setgroups(0, NULL) || setgid(USER) || setuid(USER))
		_exit(255);
	_exit(mailslot_wait(name + (name[0] == '!'), milliseconds) ? 0 : (int)GetLastError());
}

TEST(permission_that_comes)
{
	pid_t pid;

	if (!have_module())
		SKIP(return, "no mailslot module");
	ASSERT_TRUE(is_handle(make_slot(NAME, 0, 0)));
	ASSERT_EQ(0, chmod(NODE, 0600));
	EXPECT_EQ(ERROR_ACCESS_DENIED, end_of(child_of(wait_as_user, "!" NAME)));
	pid = child_of(wait_as_user, NAME);
	sleep_ms(300);
	EXPECT_EQ(0, waitpid(pid, NULL, WNOHANG));
	EXPECT_EQ(0, chmod(NODE, 0602));
	EXPECT_EQ(0, end_of(pid));
}

TEST(other_files_are_no_slots)
{
	int fd;

	if (!have_module())
		SKIP(return, "no mailslot module");
	ASSERT_TRUE(is_handle(make_slot(SLOT "directory\\slot", 0, 0)));
	EXPECT_FAILS(ERROR_SEM_TIMEOUT, mailslot_wait(SLOT "directory", 50));
	EXPECT_FAILS(ERROR_SEM_TIMEOUT, mailslot_wait(SLOT "directory\\slot\\below", 50));
	if (in_instance())
		return;
	fd = open(node_path("file"), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
	ASSERT_LE(0, fd);
	EXPECT_FAILS(ERROR_SEM_TIMEOUT, mailslot_wait(SLOT "file", 50));
	close(fd);
	unlink(node_path("file"));
}

/* Messages received, seen by all processes of the test. */
static unsigned int *received;

/* A server that is there until it got a message, again and again, after pauses of all lengths. */
static void serve_now_and_then(const char *name)
{
	unsigned int seed = 1;
	char buffer[16];
	DWORD n;

	while (true) {
		HANDLE server;

		usleep((useconds_t)(rand_r(&seed) % 3000));
		server = make_slot(name, 0, FOREVER);
		if (!is_handle(server) || !ReadFile(server, buffer, sizeof(buffer), &n, NULL))
			_exit(1);
		CloseHandle(server);
		__atomic_add_fetch(received, 1, __ATOMIC_SEQ_CST);
	}
}

/* Takes the directories away and brings them back, meanwhile. */
static void disturb(const char *name)
{
	unsigned int seed = 2;

	while (true) {
		HANDLE server = make_slot(name, 0, 0);

		usleep((useconds_t)(rand_r(&seed) % 500));
		CloseHandle(server);
	}
}

/* A wait that misses the slot lasts until its end, for the server waits as well. */
static bool meet_every_time(const char *name, const char *beside)
{
	pid_t disturber, server;
	bool met = true;

	received = mmap(NULL, sizeof(*received), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (received == MAP_FAILED)
		return false;
	/* A directory of an instance keeps its name for a moment after its last slot. */
	while (!access(node_path("x"), F_OK))
		sleep_ms(20);
	disturber = beside ? child_of(disturb, beside) : 0;
	server = child_of(serve_now_and_then, name);
	while (met && __atomic_load_n(received, __ATOMIC_SEQ_CST) < ROUNDS) {
		HANDLE client;

		met = mailslot_wait(name, LONG);
		client = open_client(name);
		if (is_handle(client)) {
			send_text(client, "x");
			CloseHandle(client);
		}
	}
	/* Else the server has failed. */
	met = met && !waitpid(server, NULL, WNOHANG);
	kill_child(server);
	if (disturber)
		kill_child(disturber);
	munmap(received, sizeof(*received));
	return met;
}

/* Many rounds, which take their time on a debug kernel. */
#define ROUNDS_SECONDS	300

FIXTURE(meeting) {
};

FIXTURE_SETUP(meeting)
{
	if (!have_module())
		SKIP(return, "no mailslot module");
}

FIXTURE_TEARDOWN(meeting)
{
}

TEST_F_TIMEOUT(meeting, races, ROUNDS_SECONDS)
{
	/* Alone, for what somebody else does may wake who has missed the slot. */
	EXPECT_TRUE(meet_every_time(SLOT "alone", NULL));
	EXPECT_TRUE(meet_every_time(SLOT "all\\alone", NULL));
	EXPECT_TRUE(meet_every_time(SLOT "top", SLOT "beside"));
	EXPECT_TRUE(meet_every_time(SLOT "x\\y\\z", SLOT "x\\beside"));
	EXPECT_TRUE(meet_every_time(SLOT "x\\y", SLOT "x\\beside\\below"));
}

#define INOTIFY "/proc/sys/fs/inotify/"

TEST_F_TIMEOUT(meeting, races_with_events_lost, ROUNDS_SECONDS)
{
	int before;

	if (!write_number(INOTIFY "max_queued_events", 1, &before))
		SKIP(return, "only root may set fs.inotify");
	EXPECT_TRUE(meet_every_time(SLOT "x\\y", SLOT "x\\beside"));
	EXPECT_TRUE(write_number(INOTIFY "max_queued_events", before, &before));
}

TEST_F_TIMEOUT(meeting, races_without_inotify, ROUNDS_SECONDS)
{
	uint64_t began = now_ns();
	int before;

	if (!write_number(INOTIFY "max_user_instances", 0, &before))
		SKIP(return, "only root may set fs.inotify");
	EXPECT_TRUE(meet_every_time(SLOT "x\\y", SLOT "x\\beside"));
	EXPECT_FAILS(ERROR_SEM_TIMEOUT, mailslot_wait(SLOT "never", 50));
	EXPECT_LE(50000000ULL, now_ns() - began);
	EXPECT_TRUE(write_number(INOTIFY "max_user_instances", before, &before));
}

TEST_HARNESS_MAIN
