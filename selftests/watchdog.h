/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tells where everybody is when a test takes so long that it is surely stuck: the stack,
 * the system call and what is waited for, of every task of the test.  It ends nothing:
 * a little later the harness kills the test and counts it as failed.
 */
#ifndef MAILSLOT_WATCHDOG_H
#define MAILSLOT_WATCHDOG_H

#include <dirent.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Seconds between two looks. */
#define WATCHDOG_STEP	3

/* What /proc/PID/stat says of a process; false when there is none. */
static inline bool watchdog_stat(pid_t pid, pid_t *parent, pid_t *group)
{
	char path[64], text[512], *end;
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return false;
	/* The name may have anything in it, closing brackets too. */
	if (fgets(text, sizeof(text), file)) {
		end = strrchr(text, ')');
		found = end && sscanf(end + 1, " %*c %d %d", parent, group) == 2;
	}
	fclose(file);
	return found;
}

static inline void watchdog_print_file(pid_t pid, pid_t tid, const char *name)
{
	char path[64], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", pid, tid, name);
	file = fopen(path, "r");
	if (!file)
		return;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		printf("#   %s: %s\n", name, line);
	}
	fclose(file);
}

static inline void watchdog_print_process(pid_t pid)
{
	static const char * const files[] = { "comm", "wchan", "syscall", "stack" };
	struct dirent *entry;
	char path[64];
	DIR *tasks;
	size_t i;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	tasks = opendir(path);
	if (!tasks)
		return;
	while ((entry = readdir(tasks))) {
		pid_t tid = atoi(entry->d_name);

		if (!tid)
			continue;
		printf("# process %d, task %d\n", pid, tid);
		for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
			watchdog_print_file(pid, tid, files[i]);
	}
	closedir(tasks);
}

/* Visits every process: the test that @harness runs, or, with @group, whoever is in it. */
static inline pid_t watchdog_scan(pid_t harness, pid_t group)
{
	DIR *proc = opendir("/proc");
	pid_t pid, parent, theirs, test = 0;
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		pid = atoi(entry->d_name);
		if (!pid || !watchdog_stat(pid, &parent, &theirs))
			continue;
		if (group && theirs == group)
			watchdog_print_process(pid);
		if (!group && parent == harness && theirs == pid)
			test = pid;
	}
	if (proc)
		closedir(proc);
	return test;
}

static inline void watchdog_run(pid_t harness, unsigned int patience)
{
	pid_t test, last = 0;
	unsigned int age = 0;

	for (;;) {
		sleep(WATCHDOG_STEP);
		test = watchdog_scan(harness, 0);
		age = test && test == last ? age + WATCHDOG_STEP : 0;
		last = test;
		if (age < patience || age >= patience + WATCHDOG_STEP)
			continue;
		printf("# watchdog: a test runs for %u seconds; its tasks are\n", patience);
		watchdog_scan(harness, test);
		fflush(stdout);
	}
}

/*
 * Watches the tests that this process runs from now on, as the harness does: each a
 * child that leads a process group.  The watchdog dies with this process.
 */
static inline void watchdog_start(unsigned int patience)
{
	pid_t harness = getpid();

	fflush(stdout);
	if (fork())
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_NAME, "watchdog");
	if (getppid() != harness)
		_exit(0);
	watchdog_run(harness, patience);
}

#endif /* MAILSLOT_WATCHDOG_H */
