/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's fault injection, aimed at one call of this thread: its nth allocation or
 * copy of user memory fails (Documentation/fault-injection).  What a fault must
 * not do is not said here.
 */
#ifndef INJECT_NTH_H
#define INJECT_NTH_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NTH_KNOBS	"/sys/kernel/debug/"

static inline bool nth_knob(const char *name, const char *value)
{
	char path[128];
	bool set;
	int fd;

	snprintf(path, sizeof(path), NTH_KNOBS "%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	set = fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);
	close(fd);
	return set;
}

/* Is every kind of fault there, and every allocation of a task within its reach? */
static inline bool nth_ready(void)
{
	return !access("/proc/self/fail-nth", W_OK) &&
	       nth_knob("failslab/ignore-gfp-wait", "N") &&
	       nth_knob("failslab/verbose", "0") &&
	       nth_knob("fail_page_alloc/ignore-gfp-wait", "N") &&
	       nth_knob("fail_page_alloc/ignore-gfp-highmem", "N") &&
	       nth_knob("fail_page_alloc/min-order", "0") &&
	       nth_knob("fail_page_alloc/verbose", "0") &&
	       nth_knob("fail_usercopy/verbose", "0");
}

/* Sets where all kinds of faults are bound to be: "require", or not to be: "reject". */
static inline bool nth_bound(const char *how, unsigned long start, unsigned long end)
{
	static const char * const kinds[] = { "failslab", "fail_page_alloc", "fail_usercopy" };
	char name[64], value[32];
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		snprintf(name, sizeof(name), "%s/%s-start", kinds[i], how);
		snprintf(value, sizeof(value), "%#lx", start);
		if (!nth_knob(name, value))
			return false;
		snprintf(name, sizeof(name), "%s/%s-end", kinds[i], how);
		snprintf(value, sizeof(value), "%#lx", end);
		if (!nth_knob(name, value))
			return false;
	}
	return true;
}

/* Only what happens below the functions in this stretch of the kernel counts. */
static inline bool nth_only_below(unsigned long start, unsigned long end)
{
	return nth_bound("require", start, end);
}

static inline bool nth_not_below(unsigned long start, unsigned long end)
{
	return nth_bound("reject", start, end);
}

static inline bool nth_everywhere(void)
{
	return nth_only_below(0, ~0UL) && nth_not_below(0, 0);
}

/* The file by which this thread is armed; opened before, as opening it is a call too. */
static inline int nth_open(void)
{
	return open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
}

static inline void nth_arm(int fd, unsigned int nth)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(fd, text, length, 0) != length)
		abort();
}

/* Did the fault come?  Reading the answer copies to user memory, and may be what fails. */
static inline bool nth_disarm(int fd)
{
	char text[16] = "1";
	bool came;

	came = pread(fd, text, sizeof(text) - 1, 0) > 0 && !strtoul(text, NULL, 10);
	while (pwrite(fd, "0", 1, 0) != 1)
		if (errno != EFAULT)
			abort();
	return came;
}

/* What all tests of a program came to; the harness runs each in a process of its own. */
struct nth_tally {
	unsigned long calls;		/* kinds of calls */
	unsigned long reached;		/* faults that came */
	unsigned long survived;		/* those after which all was as it must be */
	pid_t owner;
};

static struct nth_tally *nth_tally;

static void __attribute__((constructor)) nth_begin(void)
{
	nth_tally = mmap(NULL, sizeof(*nth_tally), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (nth_tally == MAP_FAILED)
		abort();
	nth_tally->owner = getpid();
}

static void __attribute__((destructor)) nth_end(void)
{
	if (getpid() == nth_tally->owner && nth_tally->calls)
		printf("# fault sites: %lu calls, %lu sites reached, %lu survived\n",
		       nth_tally->calls, nth_tally->reached, nth_tally->survived);
}

#endif /* INJECT_NTH_H */
