// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What programs attach beside the mailslot functions, often without calling it: processes,
 * threads, time, the console, security descriptors.
 */
#include <limits.h>

#include <sddl.h>

#include "kernel32.h"

/* Processes and threads */

FORWARD(end_memory, GetCurrentProcess, MAILSLOT, (void), ())
FORWARD(end_value, GetCurrentProcessId, WIN32, (void), ())
FORWARD(end_bool, GetProcessId, WIN32, (HANDLE process), (process))
FORWARD(end_memory, OpenProcess, WIN32, (DWORD access, BOOL inherit, DWORD id),
	(access, inherit, id))
FORWARD(end_bool, GetExitCodeProcess, WIN32, (HANDLE process, LPDWORD code), (process, code))
FORWARD(end_bool, TerminateProcess, WIN32, (HANDLE process, UINT code), (process, code))
FORWARD_VOID(ExitProcess, WIN32, (UINT code), (code))

FORWARD(end_memory, CreateThread, WIN32,
	(LPSECURITY_ATTRIBUTES security, SIZE_T stack, LPTHREAD_START_ROUTINE routine,
	 LPVOID parameter, DWORD flags, LPDWORD id),
	(security, stack, routine, parameter, flags, id))
FORWARD_VOID(ExitThread, WIN32, (DWORD code), (code))
FORWARD(end_bool, GetExitCodeThread, WIN32, (HANDLE thread, LPDWORD code), (thread, code))
FORWARD(end_wait, ResumeThread, WIN32, (HANDLE thread), (thread))
FORWARD(end_bool, GetThreadId, WIN32, (HANDLE thread), (thread))
FORWARD(end_bool, TerminateThread, WIN32, (HANDLE thread, DWORD code), (thread, code))
FORWARD(end_bool, QueueUserAPC, WIN32, (PAPCFUNC routine, HANDLE thread, ULONG_PTR argument),
	(routine, thread, argument))
FORWARD(end_memory, GetCurrentThread, WIN32, (void), ())
FORWARD(end_value, GetCurrentThreadId, WIN32, (void), ())
FORWARD(end_value, SwitchToThread, WIN32, (void), ())

/* Time */

FORWARD(end_value, GetTickCount, WIN32, (void), ())

IMPORT(GetTickCount64, WIN32);
EXPORTS(uint64_t, GetTickCount64, (void))
{
	int saved = errno;
	uint64_t milliseconds = real_GetTickCount64();

	errno = saved;
	return milliseconds;
}

FORWARD(end_bool, QueryPerformanceCounter, WIN32, (LARGE_INTEGER *count), (count))
FORWARD(end_bool, QueryPerformanceFrequency, WIN32, (LARGE_INTEGER *frequency), (frequency))
FORWARD_VOID(GetSystemTime, WIN32, (LPSYSTEMTIME time), (time))
FORWARD_VOID(GetLocalTime, WIN32, (LPSYSTEMTIME time), (time))
FORWARD_VOID(GetSystemTimeAsFileTime, WIN32, (LPFILETIME time), (time))
FORWARD_VOID(GetSystemTimePreciseAsFileTime, WIN32, (LPFILETIME time), (time))
FORWARD(end_bool, FileTimeToSystemTime, WIN32, (const FILETIME *file, LPSYSTEMTIME system),
	(file, system))
FORWARD(end_bool, SystemTimeToFileTime, WIN32, (const SYSTEMTIME *system, LPFILETIME file),
	(system, file))
FORWARD(end_bool, FileTimeToLocalFileTime, WIN32, (const FILETIME *file, LPFILETIME local),
	(file, local))
FORWARD(end_bool, LocalFileTimeToFileTime, WIN32, (const FILETIME *local, LPFILETIME file),
	(local, file))

/* A LONG of -1, 0 or 1, in a whole register with its sign. */
IMPORT(CompareFileTime, WIN32);
EXPORTS(intptr_t, CompareFileTime, (const FILETIME *a, const FILETIME *b))
{
	int saved = errno;
	intptr_t order = real_CompareFileTime(a, b);

	errno = saved;
	return order;
}

/* The console */

FORWARD(end_bool, SetConsoleCtrlHandler, WIN32, (PHANDLER_ROUTINE routine, BOOL add),
	(routine, add))
FORWARD(end_bool, SetConsoleTitleA, WIN32, (LPCSTR title), (title))

IMPORT(SetConsoleTitleW, WIN32);
EXPORTS(uintptr_t, SetConsoleTitleW, (const void *title))
{
	int saved = errno;
	struct text text;
	BOOL done = FALSE;

	if (text_take(&text, title))
		done = real_SetConsoleTitleW(text.wide);
	text_drop(&text);
	return end_bool(done, saved);
}

FORWARD(end_value, GetConsoleCP, WIN32, (void), ())
FORWARD(end_value, GetConsoleOutputCP, WIN32, (void), ())
FORWARD(end_bool, SetConsoleCP, WIN32, (UINT code_page), (code_page))
FORWARD(end_bool, SetConsoleOutputCP, WIN32, (UINT code_page), (code_page))

FORWARD_VOID(OutputDebugStringA, WIN32, (LPCSTR string), (string))

IMPORT(OutputDebugStringW, WIN32);
EXPORTS(void, OutputDebugStringW, (const void *string))
{
	int saved = errno;
	struct text text;

	if (text_take(&text, string))
		real_OutputDebugStringW(text.wide);
	text_drop(&text);
	errno = saved;
}

/* Names */

FORWARD(end_bool, GetComputerNameA, WIN32, (LPSTR name, LPDWORD size), (name, size))

/* @size counts units of 16 bits here, as on Windows, and a name has no others. */
EXPORTS(uintptr_t, GetComputerNameW, (uint16_t *name, LPDWORD size))
{
	char narrow[HOST_NAME_MAX + 1];
	DWORD room = sizeof(narrow);
	int saved = errno;

	if (!real_GetComputerNameA(narrow, &room))
		return end_bool(FALSE, saved);
	if (!name || !size || *size <= room) {
		if (size)
			*size = room + 1;
		real_SetLastError(ERROR_BUFFER_OVERFLOW);
		return end_bool(FALSE, saved);
	}
	for (DWORD i = 0; i <= room; i++)
		name[i] = (unsigned char)narrow[i];
	*size = room;
	return end_bool(TRUE, saved);
}

FORWARD(end_bool, InitializeSecurityDescriptor, WIN32,
	(PSECURITY_DESCRIPTOR descriptor, DWORD revision), (descriptor, revision))
FORWARD(end_bool, SetSecurityDescriptorDacl, WIN32,
	(PSECURITY_DESCRIPTOR descriptor, BOOL present, PACL dacl, BOOL defaulted),
	(descriptor, present, dacl, defaulted))

IMPORT(ConvertStringSecurityDescriptorToSecurityDescriptorW, WIN32);
FORWARD(end_bool, ConvertStringSecurityDescriptorToSecurityDescriptorA, WIN32,
	(LPCSTR string, DWORD revision, PSECURITY_DESCRIPTOR *descriptor, PULONG size),
	(string, revision, descriptor, size))
EXPORTS(uintptr_t, ConvertStringSecurityDescriptorToSecurityDescriptorW,
	(const void *string, DWORD revision, PSECURITY_DESCRIPTOR *descriptor, PULONG size))
{
	BOOL done = FALSE;
	int saved = errno;
	struct text text;

	if (text_take(&text, string))
		done = real_ConvertStringSecurityDescriptorToSecurityDescriptorW(text.wide,
										 revision,
										 descriptor, size);
	text_drop(&text);
	return end_bool(done, saved);
}
