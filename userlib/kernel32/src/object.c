// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Events, mutexes, semaphores, timers, and waiting for them.
 */
#include "kernel32.h"

/*
 * A function that makes an object with a name in either width, or opens it.  The name is
 * the last parameter of each.
 */
#define CREATES(name, version, ...) \
	CREATE_A(name##A, version, __VA_ARGS__) \
	CREATE_W(name##W, version, __VA_ARGS__)

#define CREATE_A(function, version, parameters, arguments) \
	IMPORT(function, version); \
	EXPORTS(HANDLE, function, (PARAMETERS parameters, LPCSTR name)) \
	{ \
		int saved = errno; \
	\
		begin_created(); \
		return end_created(real_##function(PARAMETERS arguments, name), saved); \
	}

#define CREATE_W(function, version, parameters, arguments) \
	IMPORT(function, version); \
	EXPORTS(HANDLE, function, (PARAMETERS parameters, const void *name)) \
	{ \
		HANDLE object = NULL; \
		int saved = errno; \
		struct text text; \
	\
		begin_created(); \
		if (text_take(&text, name)) \
			object = real_##function(PARAMETERS arguments, text.wide); \
		text_drop(&text); \
		return end_created(object, saved); \
	}

#define PARAMETERS(...)	__VA_ARGS__

CREATES(CreateEvent, MAILSLOT, (LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL state),
	(security, manual, state))
CREATES(OpenEvent, MAILSLOT, (DWORD access, BOOL inherit), (access, inherit))
FORWARD(end_bool, SetEvent, MAILSLOT, (HANDLE event), (event))
FORWARD(end_bool, ResetEvent, MAILSLOT, (HANDLE event), (event))
FORWARD(end_bool, PulseEvent, MAILSLOT, (HANDLE event), (event))

CREATES(CreateMutex, WIN32, (LPSECURITY_ATTRIBUTES security, BOOL owned), (security, owned))
CREATES(OpenMutex, WIN32, (DWORD access, BOOL inherit), (access, inherit))
FORWARD(end_bool, ReleaseMutex, WIN32, (HANDLE mutex), (mutex))

CREATES(CreateSemaphore, WIN32, (LPSECURITY_ATTRIBUTES security, LONG count, LONG maximum),
	(security, count, maximum))
CREATES(OpenSemaphore, WIN32, (DWORD access, BOOL inherit), (access, inherit))
FORWARD(end_bool, ReleaseSemaphore, WIN32, (HANDLE semaphore, LONG count, LPLONG previous),
	(semaphore, count, previous))

CREATES(CreateWaitableTimer, WIN32, (LPSECURITY_ATTRIBUTES security, BOOL manual),
	(security, manual))
FORWARD(end_bool, SetWaitableTimer, WIN32,
	(HANDLE timer, const LARGE_INTEGER *due, LONG period, PTIMERAPCROUTINE routine,
	 LPVOID argument, BOOL resume),
	(timer, due, period, routine, argument, resume))
FORWARD(end_bool, CancelWaitableTimer, WIN32, (HANDLE timer), (timer))

/* The name is not the last parameter of these. */
#define CREATES_EX(name, parameters, arguments) \
	CREATES_EX_A(name##A, parameters, arguments) \
	CREATES_EX_W(name##W, parameters, arguments)

#define CREATES_EX_A(function, parameters, arguments) \
	IMPORT(function, WIN32); \
	EXPORTS(HANDLE, function, (PARAMETERS parameters, LPCSTR name, DWORD flags, DWORD access)) \
	{ \
		int saved = errno; \
	\
		begin_created(); \
		return end_created(real_##function(PARAMETERS arguments, name, flags, access), \
				   saved); \
	}

#define CREATES_EX_W(function, parameters, arguments) \
	IMPORT(function, WIN32); \
	EXPORTS(HANDLE, function, \
		(PARAMETERS parameters, const void *name, DWORD flags, DWORD access)) \
	{ \
		HANDLE object = NULL; \
		int saved = errno; \
		struct text text; \
	\
		begin_created(); \
		if (text_take(&text, name)) \
			object = real_##function(PARAMETERS arguments, text.wide, flags, access); \
		text_drop(&text); \
		return end_created(object, saved); \
	}

CREATES_EX(CreateEventEx, (LPSECURITY_ATTRIBUTES security), (security))
CREATES_EX(CreateMutexEx, (LPSECURITY_ATTRIBUTES security), (security))
CREATES_EX(CreateSemaphoreEx, (LPSECURITY_ATTRIBUTES security, LONG count, LONG maximum),
	   (security, count, maximum))

FORWARD(end_wait, SignalObjectAndWait, WIN32,
	(HANDLE signal, HANDLE wait, DWORD milliseconds, BOOL alertable),
	(signal, wait, milliseconds, alertable))
FORWARD(end_wait, WaitForSingleObject, MAILSLOT, (HANDLE handle, DWORD milliseconds),
	(handle, milliseconds))
FORWARD(end_wait, WaitForSingleObjectEx, MAILSLOT,
	(HANDLE handle, DWORD milliseconds, BOOL alertable), (handle, milliseconds, alertable))
FORWARD(end_wait, WaitForMultipleObjects, MAILSLOT,
	(DWORD count, const HANDLE *handles, BOOL all, DWORD milliseconds),
	(count, handles, all, milliseconds))
FORWARD(end_wait, WaitForMultipleObjectsEx, MAILSLOT,
	(DWORD count, const HANDLE *handles, BOOL all, DWORD milliseconds, BOOL alertable),
	(count, handles, all, milliseconds, alertable))
FORWARD_VOID(Sleep, WIN32, (DWORD milliseconds), (milliseconds))
FORWARD(end_value, SleepEx, MAILSLOT, (DWORD milliseconds, BOOL alertable),
	(milliseconds, alertable))
