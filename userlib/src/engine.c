// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The engine: one thread with an epoll set and a heap of deadlines, started by the first
 * operation that pends.  It calls the watchers whose descriptors are ready and the timers
 * whose time has come, and knows nothing of either.  docs/design-userlib.rst says why it is
 * not io_uring.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/time_types.h>

#include "engine.h"
#include "lock.h"

#define NEVENTS	64

/**
 * struct engine - under lib_lock
 * @running: the thread runs
 * @epoll_fd: what the thread sleeps on
 * @kick_fd: an eventfd that ends the thread's sleep
 * @asleep_until: when the thread will look at @heap by itself; 0 while it is awake
 * @heap: the timers, a binary heap by deadline
 * @count: how many timers there are
 * @room: how many have room in @heap
 * @watchers: by descriptor
 * @most: how many have room in @watchers
 */
static struct engine {
	bool running;
	int epoll_fd;
	int kick_fd;
	uint64_t asleep_until;
	struct timer **heap;
	size_t count;
	size_t room;
	struct watcher **watchers;
	size_t most;
} engine = { .epoll_fd = -1, .kick_fd = -1 };

static void heap_put(size_t i, struct timer *timer)
{
	engine.heap[i] = timer;
	timer->place = i;
}

static void heap_up(size_t i, struct timer *timer)
{
	while (i && engine.heap[(i - 1) / 2]->deadline > timer->deadline) {
		heap_put(i, engine.heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	heap_put(i, timer);
}

static void heap_down(size_t i, struct timer *timer)
{
	size_t child;

	while ((child = 2 * i + 1) < engine.count) {
		if (child + 1 < engine.count &&
		    engine.heap[child + 1]->deadline < engine.heap[child]->deadline)
			child++;
		if (engine.heap[child]->deadline >= timer->deadline)
			break;
		heap_put(i, engine.heap[child]);
		i = child;
	}
	heap_put(i, timer);
}

/* Watch the timer's deadline, if it has one.  Return false if there is no memory. */
bool engine_timer_add(struct timer *timer)
{
	struct timer **heap;
	size_t room;

	if (timer->deadline == NEVER)
		return true;
	if (engine.count == engine.room) {
		room = engine.room ? 2 * engine.room : 64;
		heap = realloc(engine.heap, room * sizeof(struct timer *));
		if (!heap)
			return false;
		engine.heap = heap;
		engine.room = room;
	}
	heap_up(engine.count++, timer);
	if (timer->deadline < engine.asleep_until) {
		engine.asleep_until = 0;
		(void)!eventfd_write(engine.kick_fd, 1);
	}
	return true;
}

void engine_timer_remove(struct timer *timer)
{
	size_t i = timer->place;
	struct timer *last;

	if (i == TIMER_NONE)
		return;
	timer->place = TIMER_NONE;
	last = engine.heap[--engine.count];
	if (last == timer)
		return;
	if (i && engine.heap[(i - 1) / 2]->deadline > last->deadline)
		heap_up(i, last);
	else
		heap_down(i, last);
}

/* Is the timer, which may have been removed and freed, the next one to expire? */
bool engine_timer_is_first(const struct timer *timer)
{
	return engine.count && engine.heap[0] == timer;
}

static void expire(void)
{
	while (engine.count && engine.heap[0]->deadline <= clock_now())
		engine.heap[0]->expired(engine.heap[0]);
}

/* The watcher may have gone, and its descriptor become another's, since epoll reported it. */
static void call_watcher(int fd)
{
	struct watcher *watcher = (size_t)fd < engine.most ? engine.watchers[fd] : NULL;

	if (!watcher)
		return;
	if (watcher->once)
		watcher->armed = false;
	watcher->ready(watcher);
}

/*
 * epoll_pwait2(2) by its number: C libraries have had a function for it only since glibc
 * 2.35.  Kernels before 5.11 and emulators do not know the call, and filters of system
 * calls forbid what they do not know.
 */
static int wait_exactly(int epoll_fd, struct epoll_event *events, uint64_t until)
{
#ifdef SYS_epoll_pwait2
	struct __kernel_timespec kernel_left, *timeout = NULL;
	struct timespec left;

	if (clock_left(until, &left)) {
		kernel_left.tv_sec = left.tv_sec;
		kernel_left.tv_nsec = left.tv_nsec;
		timeout = &kernel_left;
	}
	return (int)syscall(SYS_epoll_pwait2, epoll_fd, events, NEVENTS, timeout, NULL, 0);
#else
	(void)epoll_fd;
	(void)events;
	(void)until;
	errno = ENOSYS;
	return -1;
#endif
}

/* Sleep for milliseconds, rounded up so as not to be early, and for an hour at most. */
static int wait_coarsely(int epoll_fd, struct epoll_event *events, uint64_t until)
{
	const int longest = 3600 * 1000;
	struct timespec left;
	int timeout = -1;

	if (clock_left(until, &left))
		timeout = left.tv_sec >= longest / 1000 ? longest :
			  (int)(left.tv_sec * 1000 + (left.tv_nsec + 999999) / 1000000);
	return epoll_wait(epoll_fd, events, NEVENTS, timeout);
}

/* Sleep until a descriptor is ready or the time has come; a failure sleeps, too. */
static int engine_sleep(int epoll_fd, struct epoll_event *events, uint64_t until)
{
	static bool coarse;
	int n = -1;

	if (!coarse) {
		n = wait_exactly(epoll_fd, events, until);
		coarse = n < 0 && errno != EINTR;
	}
	if (coarse) {
		n = wait_coarsely(epoll_fd, events, until);
		if (n < 0 && errno != EINTR)
			clock_pause(until);
	}
	return n;
}

static void *engine_run(void *arg)
{
	struct epoll_event events[NEVENTS];
	int epoll_fd, n;
	eventfd_t kicks;
	uint64_t until;

	(void)arg;
	lib_lock_take();
	epoll_fd = engine.epoll_fd;
	for (;;) {
		expire();
		until = engine.count ? engine.heap[0]->deadline : NEVER;
		engine.asleep_until = until;
		lib_lock_drop();
		n = engine_sleep(epoll_fd, events, until);
		lib_lock_take();
		engine.asleep_until = 0;
		for (int i = 0; i < n; i++) {
			if (events[i].data.fd == engine.kick_fd)
				(void)!eventfd_read(engine.kick_fd, &kicks);
			else
				call_watcher(events[i].data.fd);
		}
	}
	return NULL;
}

static bool start_thread(void)
{
	sigset_t all, old;
	pthread_t thread;
	bool started;

	/* The program's signals are for its own threads. */
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	started = !pthread_create(&thread, NULL, engine_run, NULL);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (started)
		pthread_detach(thread);
	return started;
}

bool engine_start(void)
{
	struct epoll_event event = { .events = EPOLLIN };

	if (engine.running)
		return true;
	do {
		engine.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	} while (engine.epoll_fd < 0 && descriptor_make_room(errno));
	engine.kick_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	event.data.fd = engine.kick_fd;
	if (engine.epoll_fd >= 0 && engine.kick_fd >= 0 &&
	    !epoll_ctl(engine.epoll_fd, EPOLL_CTL_ADD, engine.kick_fd, &event))
		engine.running = start_thread();
	if (!engine.running) {
		if (engine.epoll_fd >= 0)
			close(engine.epoll_fd);
		if (engine.kick_fd >= 0)
			close(engine.kick_fd);
	}
	return engine.running;
}

void engine_watcher_init(struct watcher *watcher, void (*ready)(struct watcher *watcher))
{
	watcher->fd = -1;
	watcher->armed = false;
	watcher->once = false;
	watcher->ready = ready;
}

/* Make room for the watcher of a descriptor.  Return false if there is no memory. */
static bool make_room(size_t fd)
{
	size_t most = engine.most ? engine.most : 64;
	struct watcher **watchers;

	if (fd < engine.most)
		return true;
	while (most <= fd)
		most *= 2;
	watchers = realloc(engine.watchers, most * sizeof(struct watcher *));
	if (!watchers)
		return false;
	memset(watchers + engine.most, 0, (most - engine.most) * sizeof(struct watcher *));
	engine.watchers = watchers;
	engine.most = most;
	return true;
}

/*
 * Call the watcher when the descriptor is ready for epoll's @events.  A watcher that is armed stays
 * as it is.  Return false if the descriptor cannot be watched.
 */
bool engine_watch(struct watcher *watcher, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };
	int operation = watcher->fd < 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;

	if (watcher->armed || fd < 0)
		return true;
	if (!make_room((size_t)fd) || epoll_ctl(engine.epoll_fd, operation, fd, &event))
		return false;
	watcher->fd = fd;
	watcher->armed = true;
	watcher->once = events & EPOLLONESHOT;
	engine.watchers[fd] = watcher;
	return true;
}

/* The descriptor is about to close, or need not be watched any more. */
void engine_forget(struct watcher *watcher)
{
	if (watcher->fd < 0)
		return;
	epoll_ctl(engine.epoll_fd, EPOLL_CTL_DEL, watcher->fd, NULL);
	if (engine.watchers[watcher->fd] == watcher)
		engine.watchers[watcher->fd] = NULL;
	watcher->fd = -1;
	watcher->armed = false;
}

/*
 * The descriptors are shared with the parent, whose epoll set must not change: let go
 * of them, and start anew when need be.  Whose the watchers are initializes them.
 */
void engine_fork_child(void)
{
	if (!engine.running)
		return;
	close(engine.epoll_fd);
	close(engine.kick_fd);
	engine.running = false;
	engine.count = 0;
	free(engine.watchers);
	engine.watchers = NULL;
	engine.most = 0;
}
