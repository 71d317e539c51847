// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The functions that programs call on pended operations: to cancel them, and to ask how they
 * ended.
 */
#include "end-object.h"
#include "event.h"
#include "operation.h"
#include "wait.h"

static BOOL cancel(HANDLE file, struct thread *thread, LPOVERLAPPED overlapped, DWORD none)
{
	DWORD error = ERROR_INVALID_HANDLE;
	struct handle *handle;
	struct end *end;

	lib_lock_take();
	end = end_find(file, &handle);
	if (end)
		error = operation_cancel(end, thread, overlapped) ? ERROR_SUCCESS : none;
	lib_lock_drop();
	return lib_result(error);
}

LIB_EXPORT BOOL WINAPI CancelIo(HANDLE file)
{
	struct thread *self = thread_self();

	if (!self)
		return lib_fail(ERROR_NOT_ENOUGH_MEMORY);
	return cancel(file, self, NULL, ERROR_SUCCESS);
}

LIB_EXPORT BOOL WINAPI CancelIoEx(HANDLE file, LPOVERLAPPED overlapped)
{
	return cancel(file, NULL, overlapped, ERROR_NOT_FOUND);
}

static bool is_pending(const OVERLAPPED *overlapped)
{
	return __atomic_load_n(&overlapped->Internal, __ATOMIC_ACQUIRE) == STATUS_PENDING;
}

static bool is_over(void *arg)
{
	return !is_pending(arg);
}

/* Wait until the operation is over; on Windows this waits for the event, if any. */
static DWORD wait_over(HANDLE file, LPOVERLAPPED overlapped, DWORD milliseconds, bool alertable)
{
	struct object *objects[1];
	struct wait_for what = {
		.objects = objects,
		.count = 1,
		.alertable = alertable,
		.deadline = clock_deadline_ms(milliseconds),
		.done = is_over,
		.arg = overlapped,
	};
	struct thread *self = thread_self();
	struct handle *handle;
	struct end *end;
	DWORD result;

	if (!self)
		return ERROR_NOT_ENOUGH_MEMORY;
	lib_lock_take();
	end = end_find(file, &handle);
	if (!end) {
		lib_lock_drop();
		return ERROR_INVALID_HANDLE;
	}
	objects[0] = &end->base;
	result = wait_for(&what, self);
	if (result == WAIT_FAILED)
		return lib_last_error;
	if (result == WAIT_OBJECT_0)
		event_consume(overlapped->hEvent);
	return result;
}

LIB_EXPORT BOOL WINAPI GetOverlappedResultEx(HANDLE file, LPOVERLAPPED overlapped, LPDWORD bytes,
					     DWORD milliseconds, BOOL alertable)
{
	DWORD error;

	if (!overlapped)
		return lib_fail(ERROR_INVALID_PARAMETER);
	if (is_pending(overlapped)) {
		if (!milliseconds)
			return lib_fail(ERROR_IO_INCOMPLETE);
		error = wait_over(file, overlapped, milliseconds, alertable);
		if (error)
			return lib_fail(error);
	}
	if (bytes)
		*bytes = (DWORD)__atomic_load_n(&overlapped->InternalHigh, __ATOMIC_RELAXED);
	return lib_result(error_from_status((DWORD)overlapped->Internal));
}

LIB_EXPORT BOOL WINAPI GetOverlappedResult(HANDLE file, LPOVERLAPPED overlapped, LPDWORD bytes,
					   BOOL wait)
{
	return GetOverlappedResultEx(file, overlapped, bytes, wait ? INFINITE : 0, FALSE);
}
