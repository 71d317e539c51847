// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Events, mutexes and semaphores made with flags and with an access of their own, and
 * signalling one object to wait for another.
 */
#include "internal.h"

/* Flags that are none make no object. */
static bool check_flags(DWORD flags, DWORD known)
{
	if (flags & ~known) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return false;
	}
	return true;
}

/* A handle that may set its event is what CreateEvent makes; others lose the right. */
static HANDLE narrow_access(HANDLE event, LPSECURITY_ATTRIBUTES attributes, DWORD access)
{
	BOOL inherit = attributes && attributes->bInheritHandle;
	DWORD error = GetLastError();
	HANDLE narrowed;

	if (!event || access & (EVENT_MODIFY_STATE | GENERIC_WRITE | GENERIC_ALL))
		return event;
	if (!DuplicateHandle(GetCurrentProcess(), event, GetCurrentProcess(), &narrowed,
			     access | GENERIC_READ, inherit, DUPLICATE_CLOSE_SOURCE))
		return NULL;
	SetLastError(error);
	return narrowed;
}

HANDLE WINAPI CreateEventExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name, DWORD flags,
			     DWORD access)
{
	BOOL manual = !!(flags & CREATE_EVENT_MANUAL_RESET);
	BOOL initial = !!(flags & CREATE_EVENT_INITIAL_SET);

	if (!check_flags(flags, CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET))
		return NULL;
	return narrow_access(CreateEventA(attributes, manual, initial, name), attributes, access);
}

HANDLE WINAPI CreateEventExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name, DWORD flags,
			     DWORD access)
{
	BOOL manual = !!(flags & CREATE_EVENT_MANUAL_RESET);
	BOOL initial = !!(flags & CREATE_EVENT_INITIAL_SET);

	if (!check_flags(flags, CREATE_EVENT_MANUAL_RESET | CREATE_EVENT_INITIAL_SET))
		return NULL;
	return narrow_access(CreateEventW(attributes, manual, initial, name), attributes, access);
}

HANDLE WINAPI CreateMutexExA(LPSECURITY_ATTRIBUTES attributes, LPCSTR name, DWORD flags,
			     DWORD access)
{
	(void)access;
	if (!check_flags(flags, CREATE_MUTEX_INITIAL_OWNER))
		return NULL;
	return CreateMutexA(attributes, !!(flags & CREATE_MUTEX_INITIAL_OWNER), name);
}

HANDLE WINAPI CreateMutexExW(LPSECURITY_ATTRIBUTES attributes, LPCWSTR name, DWORD flags,
			     DWORD access)
{
	(void)access;
	if (!check_flags(flags, CREATE_MUTEX_INITIAL_OWNER))
		return NULL;
	return CreateMutexW(attributes, !!(flags & CREATE_MUTEX_INITIAL_OWNER), name);
}

HANDLE WINAPI CreateSemaphoreExA(LPSECURITY_ATTRIBUTES attributes, LONG count, LONG maximum,
				 LPCSTR name, DWORD flags, DWORD access)
{
	(void)access;
	if (!check_flags(flags, 0))
		return NULL;
	return CreateSemaphoreA(attributes, count, maximum, name);
}

HANDLE WINAPI CreateSemaphoreExW(LPSECURITY_ATTRIBUTES attributes, LONG count, LONG maximum,
				 LPCWSTR name, DWORD flags, DWORD access)
{
	(void)access;
	if (!check_flags(flags, 0))
		return NULL;
	return CreateSemaphoreW(attributes, count, maximum, name);
}

/* The handle says what kind it is by the function that takes it. */
static BOOL signal_object(HANDLE object)
{
	if (SetEvent(object))
		return TRUE;
	if (GetLastError() != ERROR_INVALID_HANDLE)
		return FALSE;
	if (ReleaseSemaphore(object, 1, NULL))
		return TRUE;
	return GetLastError() == ERROR_INVALID_HANDLE && ReleaseMutex(object);
}

/* Two steps, as on Windows: others can run between them. */
DWORD WINAPI SignalObjectAndWait(HANDLE signal, HANDLE wait, DWORD milliseconds, BOOL alertable)
{
	DWORD flags, error = GetLastError();

	/* if the second object cannot be waited for, do not change the first */
	if (!GetHandleInformation(wait, &flags) || !signal_object(signal))
		return WAIT_FAILED;
	SetLastError(error);
	return WaitForSingleObjectEx(wait, milliseconds, alertable);
}
