// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the library does when the process runs short: each call with its first, second,
 * third ... allocation failing, with no descriptor left, and without a thread to be had.
 * Every try is a process of its own, so that each starts where the library starts.
 */
#include <dlfcn.h>
#include <sys/resource.h>

#include "win32.h"

/* Allocations of this thread until one fails; 0: none does. */
static __thread unsigned int fail_at;
static __thread bool reached;
static bool no_threads;

static bool fails(void)
{
	if (!fail_at || --fail_at)
		return false;
	reached = true;
	errno = ENOMEM;
	return true;
}

/* In the place of the C library's own, which remain under these names. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	return fails() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	return fails() ? NULL : __libc_realloc(old, size);
}

static HANDLE server, client, event;
static OVERLAPPED overlapped;
static char buffer[16];

static void routine(DWORD error, DWORD bytes, LPOVERLAPPED o)
{
	(void)error;
	(void)bytes;
	(void)o;
}

static bool create(void)
{
	return is_handle(make_slot(SLOT "short\\of\\memory", 0, 0));
}

static bool create_wide(void)
{
	return is_handle(CreateMailslotW(WSLOT L"Wide", 0, 0, NULL));
}

static bool open_slot(void)
{
	return is_handle(open_client(NAME));
}

static bool make_event(void)
{
	return CreateEventA(NULL, TRUE, FALSE, NULL);
}

static bool make_named_event(void)
{
	return CreateEventA(NULL, TRUE, FALSE, "short of memory");
}

static bool duplicate(void)
{
	HANDLE copy;

	return DuplicateHandle(GetCurrentProcess(), server, GetCurrentProcess(), &copy, 0, FALSE,
			       DUPLICATE_SAME_ACCESS);
}

static bool info(void)
{
	DWORD count;

	return GetMailslotInfo(server, NULL, NULL, &count, NULL) && count == 1;
}

static bool write_one(void)
{
	return send_text(client, "second");
}

static bool wait_one(void)
{
	return WaitForSingleObject(event, 0) == WAIT_TIMEOUT;
}

/* Two messages are never there: the second read pends. */
static bool read_overlapped(void)
{
	DWORD n;

	return !ReadFile(server, buffer, sizeof(buffer), &n, &overlapped) &&
	       GetLastError() == ERROR_IO_PENDING;
}

static bool read_routine(void)
{
	return ReadFileEx(server, buffer, sizeof(buffer), &overlapped, routine);
}

static bool cancel(void)
{
	return CancelIo(server);
}

static const struct scenario {
	const char *name;
	bool (*call)(void);
	bool empty;		/* no message waits */
	bool threads;		/* needs one of the library's own */
	bool descriptors;	/* needs a new one */
} scenarios[] = {
	{ .name = "CreateMailslotA", .call = create, .descriptors = true },
	{ .name = "CreateMailslotW", .call = create_wide, .descriptors = true },
	{ .name = "CreateFile", .call = open_slot, .descriptors = true },
	{ .name = "CreateEvent", .call = make_event, .descriptors = true },
	{ .name = "CreateEvent, named", .call = make_named_event, .descriptors = true },
	{ .name = "DuplicateHandle", .call = duplicate, .descriptors = true },
	{ .name = "GetMailslotInfo", .call = info },
	{ .name = "WriteFile", .call = write_one },
	{ .name = "WaitForSingleObject", .call = wait_one },
	{ .name = "ReadFile, overlapped", .call = read_overlapped, .empty = true, .threads = true,
	  .descriptors = true },
	{ .name = "ReadFileEx", .call = read_routine, .empty = true, .threads = true,
	  .descriptors = true },
	{ .name = "CancelIo", .call = cancel },
};

enum outcome { RAN, FAILED, BAD };

#define DESCRIPTORS	64

/* What takes the place of descriptors. */
static int plug[DESCRIPTORS], plugs;

/*
 * One try, in a child: the call fails with one of the errors that mean want, leaves the
 * slot as it was, and works once there is enough.
 */
static int attempt(const struct scenario *scenario, DWORD error)
{
	bool worked;
	DWORD got;

	SetLastError(POISON);
	worked = scenario->call();
	got = GetLastError();
	fail_at = 0;
	no_threads = false;
	while (plugs)
		close(plug[--plugs]);
	if (worked)
		return RAN;
	if (got != error && got != ERROR_NO_SYSTEM_RESOURCES) {
		printf("# %s: error %u\n", scenario->name, got);
		return BAD;
	}
	if (messages_in(server) != (scenario->empty ? 0 : 1) || !scenario->call()) {
		printf("# %s: does not work afterwards, error %u\n", scenario->name,
		       GetLastError());
		return BAD;
	}
	return FAILED;
}

static bool prepare(const struct scenario *scenario)
{
	memset(&overlapped, 0, sizeof(overlapped));
	server = make_slot(NAME, 0, scenario->empty ? FOREVER : 0);
	client = open_client(NAME);
	event = CreateEventA(NULL, TRUE, FALSE, NULL);
	return is_handle(server) && is_handle(client) && event &&
	       (scenario->empty || send_text(client, "first"));
}

static int in_child(int (*body)(const struct scenario *scenario, unsigned int n),
		    const struct scenario *scenario, unsigned int n)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		int outcome = prepare(scenario) ? body(scenario, n) : BAD;

		fflush(stdout);
		_exit(outcome);
	}
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return BAD;
	return WEXITSTATUS(status);
}

static int without_allocation(const struct scenario *scenario, unsigned int n)
{
	int outcome;

	fail_at = n;
	outcome = attempt(scenario, ERROR_NOT_ENOUGH_MEMORY);
	/* A call may do without what it did not get, but must not have been spared it. */
	return outcome == RAN && reached ? FAILED : outcome;
}

static int with_descriptors(const struct scenario *scenario, unsigned int n)
{
	while ((plug[plugs] = dup(0)) >= 0)
		plugs++;
	while (n--)
		close(plug[--plugs]);
	return attempt(scenario, ERROR_TOO_MANY_OPEN_FILES);
}

/* In the place of the C library's own. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*start)(void *), void *arg)
{
	static int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

	if (!real)
		real = dlsym(RTLD_NEXT, "pthread_create");
	/* An errno, as this function returns them. */
	return no_threads ? EAGAIN : real(thread, attr, start, arg);
}

static int without_threads(const struct scenario *scenario, unsigned int n)
{
	(void)n;
	no_threads = true;
	return attempt(scenario, ERROR_NO_SYSTEM_RESOURCES);
}

FIXTURE(resources) {
};

FIXTURE_SETUP(resources)
{
	if (!have_module())
		SKIP(return, "no mailslot module");
	/* The hard limit as well, for the library raises the other. */
	setrlimit(RLIMIT_NOFILE, &(struct rlimit){ DESCRIPTORS, DESCRIPTORS });
}

FIXTURE_TEARDOWN(resources)
{
}

#define for_each_scenario(s) \
	for (s = scenarios; s < scenarios + sizeof(scenarios) / sizeof(*scenarios); s++)

TEST_F(resources, every_allocation_fails_once)
{
	const struct scenario *s;
	unsigned int failures = 0;

	for_each_scenario(s) {
		int outcome = FAILED;
		unsigned int n;

		for (n = 1; outcome == FAILED && n < 1000; n++)
			outcome = in_child(without_allocation, s, n);
		EXPECT_EQ(RAN, outcome) {
			TH_LOG("%s, allocation %u", s->name, n - 1);
		}
		failures += n - 2;
	}
	TH_LOG("%u allocations failed", failures);
	EXPECT_LT(10, failures);
}

TEST_F(resources, no_descriptor_left)
{
	const struct scenario *s;

	for_each_scenario(s) {
		int outcome = FAILED;
		unsigned int n;

		for (n = 0; outcome == FAILED && n < 20; n++)
			outcome = in_child(with_descriptors, s, n);
		EXPECT_EQ(RAN, outcome) {
			TH_LOG("%s, %u descriptors", s->name, n - 1);
		}
		EXPECT_EQ(s->descriptors, n > 1) {
			TH_LOG("%s took %u descriptors", s->name, n - 1);
		}
	}
}

TEST_F(resources, no_thread_to_be_had)
{
	const struct scenario *s;

	for_each_scenario(s) {
		int outcome = in_child(without_threads, s, 0);

		EXPECT_EQ(s->threads ? FAILED : RAN, outcome) {
			TH_LOG("%s", s->name);
		}
	}
}

TEST_HARNESS_MAIN
