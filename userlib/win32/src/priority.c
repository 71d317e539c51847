// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Priority classes: the nice value of a process's threads.  On Linux each thread has its
 * own, so that all of them are visited.
 */
#include "thread.h"
#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct {
	DWORD priority;
	int nice;
} classes[] = {
	{ REALTIME_PRIORITY_CLASS, -20 },
	{ HIGH_PRIORITY_CLASS, -10 },
	{ ABOVE_NORMAL_PRIORITY_CLASS, -5 },
	{ NORMAL_PRIORITY_CLASS, 0 },
	{ BELOW_NORMAL_PRIORITY_CLASS, 10 },
	{ IDLE_PRIORITY_CLASS, 19 },
};

/* Get the nice value of a process's first thread, without what SetThreadPriority added. */
static bool nice_of(DWORD id, int *nice)
{
	if (id == GetCurrentProcessId()) {
		*nice = thread_nice;
		return true;
	}
	errno = 0;
	*nice = getpriority(PRIO_PROCESS, id);
	return !errno;
}

DWORD WINAPI GetPriorityClass(HANDLE process)
{
	DWORD id = GetProcessId(process);
	size_t nearest = 0;
	int nice;

	if (!id)
		return 0;
	if (!nice_of(id, &nice))
		return (DWORD)fail(error_from_errno(errno));
	for (size_t i = 1; i < ARRAYSIZE(classes); i++)
		if (abs(nice - classes[i].nice) < abs(nice - classes[nearest].nice))
			nearest = i;
	return classes[nearest].priority;
}

/* Threads that end meanwhile need none. */
static DWORD move_threads(DWORD id, int by)
{
	DWORD error = ERROR_SUCCESS;
	struct dirent *entry;
	char path[32];
	DIR *tasks;

	snprintf(path, sizeof(path), "/proc/%u/task", (unsigned int)id);
	tasks = opendir(path);
	if (!tasks)
		return error_from_errno(errno);
	while (!error && (entry = readdir(tasks)) != NULL) {
		id_t thread = (id_t)atoi(entry->d_name);
		int nice;

		errno = 0;
		nice = thread ? getpriority(PRIO_PROCESS, thread) : 0;
		if (!thread || errno)
			continue;
		if (setpriority(PRIO_PROCESS, thread, nice + by) && errno != ESRCH)
			error = error_from_errno(errno);
	}
	closedir(tasks);
	return error;
}

BOOL WINAPI SetPriorityClass(HANDLE process, DWORD priority)
{
	DWORD id = GetProcessId(process), error;
	size_t i = 0;
	int nice;

	if (!id)
		return FALSE;
	while (i < ARRAYSIZE(classes) && classes[i].priority != priority)
		i++;
	if (i == ARRAYSIZE(classes))
		return fail(ERROR_INVALID_PARAMETER);
	if (!nice_of(id, &nice))
		return fail(error_from_errno(errno));
	error = move_threads(id, classes[i].nice - nice);
	if (error)
		return fail(error);
	if (id == GetCurrentProcessId())
		thread_nice = classes[i].nice;
	return TRUE;
}
