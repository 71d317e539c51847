// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The engine: one thread, started by the first operation that pends, that watches the
 * ends with overlapped operations in line and the operations' deadlines.  What it does
 * with them is operation.c's.  docs/design-userlib.rst says why it is not io_uring.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/time_types.h>

#include "engine.h"
#include "operation.h"

#define NEVENTS	64

/**
 * struct engine - under lib_lock
 * @running: the thread runs
 * @epoll_fd: what it sleeps on
 * @kick_fd: an eventfd that ends its sleep
 * @asleep_until: when it will look at @heap by itself; 0 while it is awake
 * @heap: operations with a deadline, a binary heap by deadline
 * @count: how many
 * @room: for how many
 */
static struct engine {
	bool running;
	int epoll_fd;
	int kick_fd;
	uint64_t asleep_until;
	struct operation **heap;
	size_t count;
	size_t room;
} engine = { .epoll_fd = -1, .kick_fd = -1 };

static void heap_put(size_t i, struct operation *operation)
{
	engine.heap[i] = operation;
	operation->timer = i;
}

static void heap_up(size_t i, struct operation *operation)
{
	while (i && engine.heap[(i - 1) / 2]->deadline > operation->deadline) {
		heap_put(i, engine.heap[(i - 1) / 2]);
		i = (i - 1) / 2;
	}
	heap_put(i, operation);
}

static void heap_down(size_t i, struct operation *operation)
{
	size_t child;

	while ((child = 2 * i + 1) < engine.count) {
		if (child + 1 < engine.count &&
		    engine.heap[child + 1]->deadline < engine.heap[child]->deadline)
			child++;
		if (engine.heap[child]->deadline >= operation->deadline)
			break;
		heap_put(i, engine.heap[child]);
		i = child;
	}
	heap_put(i, operation);
}

/* Watch an operation's deadline, if it has one.  False: no memory. */
bool engine_timer_add(struct operation *operation)
{
	struct operation **heap;
	size_t room;

	if (operation->deadline == NEVER)
		return true;
	if (engine.count == engine.room) {
		room = engine.room ? 2 * engine.room : 64;
		heap = realloc(engine.heap, room * sizeof(struct operation *));
		if (!heap)
			return false;
		engine.heap = heap;
		engine.room = room;
	}
	heap_up(engine.count++, operation);
	if (operation->deadline < engine.asleep_until) {
		engine.asleep_until = 0;
		(void)!eventfd_write(engine.kick_fd, 1);
	}
	return true;
}

void engine_timer_remove(struct operation *operation)
{
	size_t i = operation->timer;
	struct operation *last;

	if (i == OPERATION_NO_TIMER)
		return;
	operation->timer = OPERATION_NO_TIMER;
	last = engine.heap[--engine.count];
	if (last == operation)
		return;
	if (i && engine.heap[(i - 1) / 2]->deadline > last->deadline)
		heap_up(i, last);
	else
		heap_down(i, last);
}

/* A message that is there when the time is up still counts: drive first. */
static void expire(void)
{
	while (engine.count && engine.heap[0]->deadline <= clock_now()) {
		struct operation *operation = engine.heap[0];
		struct end *end = operation->end;

		object_get(&end->base);
		operation_drive(end);
		if (engine.count && engine.heap[0] == operation) {
			operation_complete(operation, ERROR_SEM_TIMEOUT, 0);
			operation_arm(end);
		}
		object_put(&end->base);
	}
}

/* The end may have gone, and its number become another's, since epoll reported it. */
static void drive_number(int fd)
{
	struct handle *handle = handle_entry((HANDLE)(uintptr_t)fd);
	struct end *end;

	if (!handle || !(handle_state(handle) & (HANDLE_SERVER | HANDLE_CLIENT)))
		return;
	end = to_end(handle->object);
	if (end->server)
		end->armed = false;	/* one shot */
	operation_drive(end);
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

/* In milliseconds, rounded up: never early.  The longest sleep is an hour. */
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

/* Sleep until a descriptor is ready or the time has come; never fails without sleeping. */
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
				drive_number(events[i].data.fd);
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

/*
 * Drive @end when its descriptor says that it can move.  A server's says so until its
 * messages are taken, which is over by the time it is armed again: one shot.  A
 * client's may have room, yet not enough for the message in line, and would say so
 * without end: edges.
 */
void engine_watch(struct end *end)
{
	struct epoll_event event = {
		.events = end->server ? EPOLLIN | EPOLLONESHOT : EPOLLOUT | EPOLLET,
		.data.fd = end->base.fd,
	};
	int operation = end->watched < 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;

	if (end->armed || end->base.fd < 0)
		return;
	/* Without it nothing would end the operations: then better now, with an error. */
	if (epoll_ctl(engine.epoll_fd, operation, end->base.fd, &event)) {
		while (operation_first(end))
			operation_complete(operation_first(end), ERROR_NO_SYSTEM_RESOURCES, 0);
		handle_mark(&end->base, HANDLE_BUSY, false);
		return;
	}
	end->watched = end->base.fd;
	end->armed = true;
}

/* Nothing is in line.  One shot that is left fires once, and finds nothing. */
void engine_ignore(struct end *end)
{
	if (!end->server)
		engine_forget(end);
}

/* The descriptor is about to close, or need not be watched any more. */
void engine_forget(struct end *end)
{
	if (end->watched < 0)
		return;
	epoll_ctl(engine.epoll_fd, EPOLL_CTL_DEL, end->watched, NULL);
	end->watched = -1;
	end->armed = false;
}

/*
 * The descriptors are shared with the parent, whose epoll set must not change: let go
 * of them, and start anew when need be.
 */
void engine_fork_child(void)
{
	if (!engine.running)
		return;
	close(engine.epoll_fd);
	close(engine.kick_fd);
	engine.running = false;
	engine.count = 0;
}
