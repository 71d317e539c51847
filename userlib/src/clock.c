// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Deadlines: points of CLOCK_MONOTONIC in nanoseconds, so that a wait resumed after
 * a signal or a spurious wake-up ends when it should and never early.
 */
#include <poll.h>
#include <time.h>

#include "lib.h"

uint64_t clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

uint64_t clock_deadline_ns(uint64_t ns)
{
	uint64_t now;

	if (ns == NEVER)
		return NEVER;
	now = clock_now();
	return ns < NEVER - now ? now + ns : NEVER;
}

/* INFINITE is NEVER; 0 is a deadline that has passed, without asking the clock. */
uint64_t clock_deadline_ms(DWORD milliseconds)
{
	if (milliseconds == INFINITE)
		return NEVER;
	return milliseconds ? clock_deadline_ns((uint64_t)milliseconds * 1000000) : 0;
}

/* The time left for ppoll and its kind: NULL means for ever. */
struct timespec *clock_left(uint64_t deadline, struct timespec *left)
{
	uint64_t now, ns;

	if (deadline == NEVER)
		return NULL;
	now = clock_now();
	ns = deadline > now ? deadline - now : 0;
	left->tv_sec = (time_t)(ns / 1000000000);
	left->tv_nsec = (long)(ns % 1000000000);
	return left;
}

/*
 * Sleep for a moment. A wait does this if its system call failed for no reason that the library
 * knows (a filter of system calls, a limit, no memory), so that repeated tries use no processor
 * time.
 */
void clock_pause(uint64_t deadline)
{
	uint64_t end = clock_deadline_ns(10000000);
	struct timespec left;

	clock_left(deadline < end ? deadline : end, &left);
	nanosleep(&left, NULL);
}

/* Sleep until a descriptor is ready, the deadline has come, or a signal was handled. */
void clock_poll(struct pollfd *fds, unsigned int count, uint64_t deadline)
{
	struct timespec left;

	if (ppoll(fds, count, clock_left(deadline, &left), NULL) < 0) {
		for (unsigned int i = 0; i < count; i++)
			fds[i].revents = 0;
		if (errno != EINTR)
			clock_pause(deadline);
	}
}
