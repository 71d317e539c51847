// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waits whose system call fails: one that the kernel does not know has a replacement, and
 * after an error that nobody expects a wait sleeps and tries again, so that it ends when it
 * should and takes next to no processor time meanwhile.
 */
#include <poll.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

#include "win32.h"

/* What the calls of the library's waits fail with; 0: they do what they do. */
static volatile int pwait2_error, epoll_error, ppoll_error;
static volatile unsigned int pwait2_calls, epoll_calls, ppoll_calls;

/* In the place of the C library's own, for all numbers that the tests and the library use. */
long syscall(long number, ...)
{
	long a[6];
	va_list arguments;

	va_start(arguments, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(arguments, long);
	va_end(arguments);
	if (number == SYS_epoll_pwait2) {
		pwait2_calls++;
		if (pwait2_error) {
			errno = pwait2_error;
			return -1;
		}
		/* A cancellation point that is none, which the engine does not need. */
		return epoll_pwait2((int)a[0], (struct epoll_event *)a[1], (int)a[2],
				    (const struct timespec *)a[3], NULL);
	}
	errno = ENOSYS;
	return -1;
}

int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout)
{
	epoll_calls++;
	if (epoll_error) {
		errno = epoll_error;
		return -1;
	}
	return epoll_pwait(epfd, events, maxevents, timeout, NULL);
}

int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
	int milliseconds = -1;

	(void)mask;
	ppoll_calls++;
	if (ppoll_error) {
		errno = ppoll_error;
		return -1;
	}
	if (timeout)
		milliseconds = (int)(timeout->tv_sec * 1000 +
				     (timeout->tv_nsec + 999999) / 1000000);
	return poll(fds, n, milliseconds);
}

SLOT_FIXTURE(faults, 0, 300)

/* A read that pends and ends by its timeout; true: with the right error, not early. */
static void read_and_expire(void *arg)
{
	OVERLAPPED overlapped = { 0 };
	uint64_t began = now_ns();
	char buffer[8];
	DWORD n;

	if (ReadFile(((HANDLE *)arg)[0], buffer, sizeof(buffer), &n, &overlapped) ||
	    GetLastError() != ERROR_IO_PENDING)
		return;
	if (!GetOverlappedResult(((HANDLE *)arg)[0], &overlapped, &n, TRUE) &&
	    GetLastError() == ERROR_SEM_TIMEOUT && now_ns() - began >= 300000000)
		((HANDLE *)arg)[1] = (HANDLE)1;
}

/* A read that pends and gets its message. */
static bool read_and_get(HANDLE server, HANDLE client)
{
	OVERLAPPED overlapped = { 0 };
	char buffer[8] = "";
	DWORD n = 0;

	if (ReadFile(server, buffer, sizeof(buffer), NULL, &overlapped) ||
	    GetLastError() != ERROR_IO_PENDING || !send_text(client, "late"))
		return false;
	return GetOverlappedResult(server, &overlapped, &n, TRUE) && n == 4 &&
	       !memcmp(buffer, "late", 4);
}

TEST_F(faults, engine_without_epoll_pwait2)
{
	HANDLE arg[2] = { self->server };

	pwait2_error = ENOSYS;
	EXPECT_GT(50000000, cpu_time_of(CLOCK_PROCESS_CPUTIME_ID, read_and_expire, arg));
	EXPECT_NE(NULL, arg[1]);
	EXPECT_TRUE(read_and_get(self->server, self->client));
	EXPECT_EQ(1, pwait2_calls);
	EXPECT_NE(0, epoll_calls);
	EXPECT_GT(50, epoll_calls);
}

TEST_F(faults, engine_uses_epoll_pwait2)
{
	EXPECT_TRUE(read_and_get(self->server, self->client));
	EXPECT_NE(0, pwait2_calls);
	EXPECT_EQ(0, epoll_calls);
}

TEST_F(faults, engine_whose_wait_always_fails)
{
	HANDLE arg[2] = { self->server };

	pwait2_error = EPERM;
	epoll_error = ENOMEM;
	EXPECT_GT(50000000, cpu_time_of(CLOCK_PROCESS_CPUTIME_ID, read_and_expire, arg));
	EXPECT_NE(NULL, arg[1]);
	EXPECT_NE(0, epoll_calls);
	EXPECT_GT(500, epoll_calls);
	epoll_error = 0;
	EXPECT_TRUE(read_and_get(self->server, self->client));
}

static void wait_and_expire(void *arg)
{
	uint64_t began = now_ns();

	if (WaitForSingleObject(((HANDLE *)arg)[0], 200) == WAIT_TIMEOUT &&
	    now_ns() - began >= 200000000)
		((HANDLE *)arg)[1] = (HANDLE)1;
}

TEST(wait_whose_poll_always_fails)
{
	HANDLE arg[2] = { CreateEventA(NULL, FALSE, FALSE, NULL) };

	ppoll_error = ENOMEM;
	EXPECT_GT(50000000, cpu_time_of(CLOCK_PROCESS_CPUTIME_ID, wait_and_expire, arg));
	EXPECT_NE(NULL, arg[1]);
	EXPECT_NE(0, ppoll_calls);
	EXPECT_GT(500, ppoll_calls);
}

static void *set_later(void *arg)
{
	sleep_ms(100);
	SetEvent(arg);
	return NULL;
}

TEST(wait_whose_poll_fails_is_satisfied)
{
	HANDLE event = CreateEventA(NULL, FALSE, FALSE, NULL);
	pthread_t thread;

	ppoll_error = EINVAL;
	ASSERT_EQ(0, pthread_create(&thread, NULL, set_later, event));
	EXPECT_EQ(WAIT_OBJECT_0, WaitForSingleObject(event, 20000));
	pthread_join(thread, NULL);
	EXPECT_GT(500, ppoll_calls);
}

TEST_F(faults, read_whose_poll_fails)
{
	uint64_t began = now_ns();
	char buffer[8];
	DWORD n = POISON;

	ppoll_error = ENOMEM;
	EXPECT_FAILS(ERROR_SEM_TIMEOUT, ReadFile(self->server, buffer, sizeof(buffer), &n, NULL));
	EXPECT_LE(300000000, now_ns() - began);
	EXPECT_NE(0, ppoll_calls);
	EXPECT_GT(500, ppoll_calls);
}

TEST_HARNESS_MAIN
