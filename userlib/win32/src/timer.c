// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Waitable timers: each is a timerfd, and is signalled while that is readable.  Timers have no
 * names and call no routines: the thread that waits for a timer does what is due.
 */
#include "internal.h"
#include <libmailslot-object.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define TICKS_PER_SECOND	10000000LL
#define NS_PER_TICK		100
#define SECONDS_TO_1970		11644473600LL

struct timer {
	int fd;			/* of its own; the handles have duplicates */
	bool manual;
	pthread_mutex_t lock;	/* of those who set and cancel it */
};

static bool is_signalled_within(const struct timer *t, int milliseconds)
{
	struct pollfd poll_fd = { .fd = t->fd, .events = POLLIN };

	return poll(&poll_fd, 1, milliseconds) > 0;
}

static bool is_signalled(const struct timer *t)
{
	return is_signalled_within(t, 0);
}

static int timer_acquire(void *data)
{
	struct timer *t = data;
	uint64_t expirations;

	if (t->manual)
		return is_signalled(t);
	return read(t->fd, &expirations, sizeof(expirations)) == sizeof(expirations);
}

/*
 * The timer expires at once, before this function returns, and not again before its period is over.
 */
static int signal_now(struct timer *t, const struct timespec *period)
{
	struct itimerspec now = { .it_value = { .tv_nsec = 1 } };

	if (period)
		now.it_interval = *period;
	if (timerfd_settime(t->fd, 0, &now, NULL))
		return -1;
	/* The interrupt may come a moment later. */
	is_signalled_within(t, 1000);
	return 0;
}

static void timer_release(void *data)
{
	struct timer *t = data;
	struct itimerspec left;

	if (t->manual)
		return;
	/* signalled again; of a periodic one the period begins anew */
	if (!timerfd_gettime(t->fd, &left))
		signal_now(t, &left.it_interval);
}

static void timer_destroy(void *data)
{
	struct timer *t = data;

	close(t->fd);
	pthread_mutex_destroy(&t->lock);
	free(t);
}

static const struct mailslot_object_type timer_type = {
	.acquire = timer_acquire,
	.release = timer_release,
	.destroy = timer_destroy,
};

static HANDLE make(bool manual, bool inherit)
{
	struct timer *t = calloc(1, sizeof(*t));
	HANDLE handle = NULL;
	int fd = -1;

	if (!t) {
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	pthread_mutex_init(&t->lock, NULL);
	t->manual = manual;
	/* moments are set by this clock; it measures spans as the monotonic clock does */
	t->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (t->fd >= 0)
		fd = fcntl(t->fd, F_DUPFD_CLOEXEC, 3);
	if (fd < 0)
		SetLastError(error_from_errno(errno));
	else
		handle = mailslot_object_create(&timer_type, t, fd, inherit);
	if (handle) {
		SetLastError(ERROR_SUCCESS);
		return handle;
	}
	if (fd >= 0)
		close(fd);
	timer_destroy(t);
	return NULL;
}

static HANDLE create(LPSECURITY_ATTRIBUTES attributes, bool manual, bool named)
{
	if (named) {
		SetLastError(ERROR_NOT_SUPPORTED);
		return NULL;
	}
	return make(manual, attributes && attributes->bInheritHandle);
}

HANDLE WINAPI CreateWaitableTimerA(LPSECURITY_ATTRIBUTES attributes, BOOL manual, LPCSTR name)
{
	return create(attributes, manual, name && *name);
}

HANDLE WINAPI CreateWaitableTimerW(LPSECURITY_ATTRIBUTES attributes, BOOL manual, LPCWSTR name)
{
	return create(attributes, manual, name && *name);
}

/* Negative: so many ticks from now; else the moment, in ticks since 1601 UTC. */
static int set(struct timer *t, long long due, LONG milliseconds)
{
	struct itimerspec when = {
		.it_interval = {
			.tv_sec = milliseconds / 1000,
			.tv_nsec = milliseconds % 1000 * 1000000L,
		},
	};
	/* negate as unsigned, because the smallest number has no positive counterpart */
	unsigned long long ticks = due < 0 ? 0 - (unsigned long long)due : (unsigned long long)due;

	when.it_value.tv_sec = (time_t)(ticks / TICKS_PER_SECOND);
	when.it_value.tv_nsec = (long)(ticks % TICKS_PER_SECOND * NS_PER_TICK);
	if (due >= 0)
		when.it_value.tv_sec -= SECONDS_TO_1970;
	if (due >= 0 && when.it_value.tv_sec < 0)
		return signal_now(t, &when.it_interval);
	/* all zeroes would stop it */
	if (!when.it_value.tv_sec && !when.it_value.tv_nsec)
		when.it_value.tv_nsec = 1;
	return timerfd_settime(t->fd, due < 0 ? 0 : TFD_TIMER_ABSTIME, &when, NULL);
}

/*
 * Windows answers success with last error 50 if it cannot wake the machine for the timer (@resume);
 * this function does the same.
 */
BOOL WINAPI SetWaitableTimer(HANDLE timer, const LARGE_INTEGER *due, LONG period,
			     PTIMERAPCROUTINE routine, LPVOID argument, BOOL resume)
{
	struct mailslot_object *object;
	struct timer *t;
	int error;

	(void)argument;
	object = mailslot_object_get(timer, &timer_type);
	if (!object)
		return FALSE;
	if (!due || period < 0 || routine) {
		mailslot_object_put(object);
		return fail(routine ? ERROR_NOT_SUPPORTED : ERROR_INVALID_PARAMETER);
	}
	t = mailslot_object_data(object);
	pthread_mutex_lock(&t->lock);
	error = set(t, due->QuadPart, period) ? errno : 0;
	pthread_mutex_unlock(&t->lock);
	mailslot_object_put(object);
	if (error)
		return fail(error_from_errno(error));
	SetLastError(resume ? ERROR_NOT_SUPPORTED : ERROR_SUCCESS);
	return TRUE;
}

/* One that is signalled stays so. */
BOOL WINAPI CancelWaitableTimer(HANDLE timer)
{
	struct mailslot_object *object = mailslot_object_get(timer, &timer_type);
	struct itimerspec never = { 0 };
	struct timer *t;
	int error;

	if (!object)
		return FALSE;
	t = mailslot_object_data(object);
	pthread_mutex_lock(&t->lock);
	error = is_signalled(t) ? signal_now(t, NULL) : timerfd_settime(t->fd, 0, &never, NULL);
	error = error ? errno : 0;
	pthread_mutex_unlock(&t->lock);
	mailslot_object_put(object);
	return error ? fail(error_from_errno(error)) : TRUE;
}
