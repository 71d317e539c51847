// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Exceptions.  There are no handlers here, so that one that is raised ends the program,
 * as one that nobody handles does on Windows; but for the one by which debuggers learn
 * the names of threads.
 */
#include "internal.h"
#include <pthread.h>

#define NAME_THREAD	0x406d1388
#define NAME_TYPE	0x1000

/* The arguments of that one, as Microsoft documents them. */
struct thread_name {
	DWORD type;
	LPCSTR name;
	DWORD thread;		/* -1: the one that raises it */
	DWORD flags;
};

static void name_thread(DWORD count, const ULONG_PTR *arguments)
{
	struct thread_name info;
	char name[16];		/* what Linux has room for */

	if (!arguments || count * sizeof(*arguments) < sizeof(info))
		return;
	memcpy(&info, arguments, sizeof(info));
	if (info.type != NAME_TYPE || !info.name)
		return;
	if (info.thread != (DWORD)-1 && info.thread != GetCurrentThreadId())
		return;
	snprintf(name, sizeof(name), "%s", info.name);
	pthread_setname_np(pthread_self(), name);
}

void WINAPI RaiseException(DWORD code, DWORD flags, DWORD count, const ULONG_PTR *arguments)
{
	(void)flags;
	if (code == NAME_THREAD) {
		name_thread(count, arguments);
		return;
	}
	fflush(NULL);
	/* Windows keeps this bit for itself */
	fprintf(stderr, "Unhandled exception 0x%08x\n", (unsigned int)(code & ~0x10000000U));
	abort();
}
