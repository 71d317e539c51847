// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Files: reading and writing.
 *
 * ReadFile and WriteFile have a straight path, for calls without an OVERLAPPED while nothing
 * is pended and the message or the room is there.  The straight path reads one word of the
 * handle table and makes the system call.  All else, errors included, takes the lock and the
 * long way.
 */
#include <stdlib.h>
#include <unistd.h>

#include "end-object.h"
#include "event.h"
#include "extension.h"
#include "operation.h"
#include "port.h"
#include "slot.h"

/* read(2) and write(2) move no more than this at once. */
#define SIZE_LIMIT	0x7ffff000U

/* The arguments of ReadFile, WriteFile and their kin. */
struct transfer {
	struct thread *self;
	void *buffer;
	DWORD size;
	LPDWORD done;
	LPOVERLAPPED overlapped;
	bool ex;
	LPOVERLAPPED_COMPLETION_ROUTINE routine;
	struct mailslot_sender *sender;
};

/* The operation was done at once: report it like one that was pended. */
static void finish(struct operation *operation, DWORD bytes)
{
	object_get(&operation->end->base);
	if (operation->event)
		object_get(operation->event);
	operation_complete(operation, ERROR_SUCCESS, bytes);
}

static DWORD pend(struct operation *operation)
{
	DWORD error;

	object_get(&operation->end->base);
	if (operation->event)
		object_get(operation->event);
	error = operation_pend(operation);
	if (!error)
		return ERROR_SUCCESS;
	if (operation->event)
		object_put(operation->event);
	object_put(&operation->end->base);
	return error;
}

/*
 * Find out when an operation that cannot be done now must give up: a read by the timeout that
 * the slot has now, a write never.  A write that may not wait fails.
 */
static DWORD find_deadline(struct end *end, struct operation *operation)
{
	struct mailslot_info info;
	DWORD error;

	if (!end->server)
		return operation->overlapped && end->overlapped ? ERROR_SUCCESS :
								  ERROR_NO_SYSTEM_RESOURCES;
	error = slot_info(end, &info);
	if (error)
		return error;
	if (!info.read_timeout_ns)
		return ERROR_SEM_TIMEOUT;
	operation->timer.deadline = clock_deadline_ns(info.read_timeout_ns);
	return ERROR_SUCCESS;
}

/*
 * The operation cannot be done now: put it in line, and wait for it there unless it is
 * overlapped.  An operation with a routine is allocated already.
 */
static DWORD pend_or_wait(struct transfer *transfer, struct operation *operation)
{
	bool own = false;
	DWORD error;

	error = find_deadline(operation->end, operation);
	if (error)
		return error;
	if (transfer->overlapped && !operation->allocated) {
		operation = operation_copy(operation);
		if (!operation)
			return ERROR_NOT_ENOUGH_MEMORY;
		own = true;
	}
	error = pend(operation);
	if (error) {
		if (own)
			operation_free(operation);
		return error;
	}
	if (transfer->overlapped)
		return transfer->ex ? ERROR_SUCCESS : ERROR_IO_PENDING;
	error = operation_wait(operation);
	if (!error && transfer->done)
		*transfer->done = operation->bytes;
	return error;
}

/* Move the message now, or put the operation in line, or fail. */
static DWORD start(struct transfer *transfer, struct end *end, struct object *event)
{
	struct operation on_stack = {
		.end = end,
		.thread = transfer->self,
		.overlapped = transfer->overlapped,
		.routine = transfer->ex ? transfer->routine : NULL,
		.event = event,
		.buffer = transfer->buffer,
		.size = transfer->size,
		.sender = transfer->sender,
	};
	struct operation *operation = &on_stack;
	ssize_t moved = -EAGAIN;
	DWORD error;

	operation_init(operation);
	if (transfer->ex) {
		/* Allocate before the message is taken: the routine must be sure to run. */
		operation = operation_copy(operation);
		if (!operation)
			return ERROR_NOT_ENOUGH_MEMORY;
	}
	/* The packet must be sure to come, too. */
	if (end->port && operation->overlapped) {
		operation->packet = port_packet();
		if (!operation->packet)
			return ERROR_NOT_ENOUGH_MEMORY;
	}
	if (event)
		event_reset(event);
	end_set_signalled(end, false);
	if (!list_empty(&end->operations))
		operation_drive(end);
	if (list_empty(&end->operations))
		moved = operation_move(end, transfer->buffer, transfer->size, transfer->sender);
	if (moved >= 0) {
		if (transfer->done)
			*transfer->done = (DWORD)moved;
		finish(operation, (DWORD)moved);
		return ERROR_SUCCESS;
	}
	if (moved == -EAGAIN)
		error = pend_or_wait(transfer, operation);
	else
		error = operation_error(end, moved);
	if (error && error != ERROR_IO_PENDING) {
		free(operation->packet);
		operation_free(operation);
	}
	return error;
}

/* Find the caller's event.  Return false if the handle does not belong to an event. */
static bool find_event(const struct transfer *transfer, struct object **event)
{
	*event = NULL;
	if (!transfer->overlapped || transfer->ex || !transfer->overlapped->hEvent)
		return true;
	*event = event_find(transfer->overlapped->hEvent);
	return *event;
}

static DWORD transfer_locked(HANDLE file, struct transfer *transfer, bool reading)
{
	uint32_t right = reading ? HANDLE_READ : HANDLE_WRITE;
	struct handle *handle = handle_find(file);
	struct object *event;
	DWORD done, error;
	struct end *end;

	if (!handle)
		return ERROR_INVALID_HANDLE;
	if (handle->object->class->kind == OBJECT_OTHER && !transfer->ex && !transfer->sender) {
		error = reading ? extension_read(handle->object, transfer->buffer,
						 transfer->size, &done) :
				  extension_write(handle->object, transfer->buffer,
						  transfer->size, &done);
		if (!error && transfer->done)
			*transfer->done = done;
		return error;
	}
	end = end_find(file, &handle);
	if (!end)
		return ERROR_INVALID_HANDLE;
	if (!(handle_state(handle) & right))
		return ERROR_ACCESS_DENIED;
	if (reading != end->server)
		return ERROR_INVALID_PARAMETER;
	/* Routines and packets exclude each other. */
	if (transfer->ex && (!transfer->overlapped || !transfer->routine || end->port))
		return ERROR_INVALID_PARAMETER;
	if (transfer->size > SIZE_LIMIT) {
		if (!reading)
			return ERROR_INVALID_PARAMETER;
		transfer->size = SIZE_LIMIT;
	}
	if (!find_event(transfer, &event))
		return ERROR_INVALID_HANDLE;
	return start(transfer, end, event);
}

static BOOL transfer(HANDLE file, struct transfer *transfer, bool reading)
{
	DWORD error;

	transfer->self = thread_self();
	if (!transfer->self)
		return lib_fail(ERROR_NOT_ENOUGH_MEMORY);
	lib_lock_take();
	error = transfer_locked(file, transfer, reading);
	lib_lock_drop();
	thread_end_if_asked(transfer->self);
	return lib_result(error);
}

static BOOL read_slow(HANDLE file, LPVOID buffer, DWORD size, LPDWORD read,
		      LPOVERLAPPED overlapped)
{
	struct transfer what = {
		.buffer = buffer,
		.size = size,
		.done = read,
		.overlapped = overlapped,
	};

	return transfer(file, &what, true);
}

static BOOL write_slow(HANDLE file, LPCVOID buffer, DWORD size, LPDWORD written,
		       LPOVERLAPPED overlapped)
{
	struct transfer what = {
		.buffer = (void *)(uintptr_t)buffer,
		.size = size,
		.done = written,
		.overlapped = overlapped,
	};

	return transfer(file, &what, false);
}

/* Does all hold that the straight path requires?  One word says so. */
#define STRAIGHT(state, role, right) \
	(((state) & ((role) | (right) | HANDLE_OPEN | HANDLE_NONBLOCK | HANDLE_SIGNALLED | \
		     HANDLE_BUSY)) == \
	 ((role) | (right) | HANDLE_OPEN | HANDLE_NONBLOCK | HANDLE_SIGNALLED))

LIB_EXPORT BOOL WINAPI ReadFile(HANDLE file, LPVOID buffer, DWORD size, LPDWORD done,
				LPOVERLAPPED overlapped)
{
	struct handle *handle = handle_entry(file);
	ssize_t n;

	if (done)
		*done = 0;
	if (likely(handle && !overlapped &&
		   STRAIGHT(handle_state(handle), HANDLE_SERVER, HANDLE_READ))) {
		n = read((int)(uintptr_t)file, buffer, size);
		if (likely(n >= 0)) {
			if (done)
				*done = (DWORD)n;
			return TRUE;
		}
	}
	return read_slow(file, buffer, size, done, overlapped);
}

LIB_EXPORT BOOL WINAPI WriteFile(HANDLE file, LPCVOID buffer, DWORD size, LPDWORD done,
				 LPOVERLAPPED overlapped)
{
	struct handle *handle = handle_entry(file);

	if (done)
		*done = 0;
	if (likely(handle && !overlapped && size <= SIZE_LIMIT &&
		   STRAIGHT(handle_state(handle), HANDLE_CLIENT, HANDLE_WRITE))) {
		if (likely(write((int)(uintptr_t)file, buffer, size) >= 0)) {
			if (done)
				*done = size;
			return TRUE;
		}
	}
	return write_slow(file, buffer, size, done, overlapped);
}

/* An operation that is accepted, whether done or pended, is TRUE and sets last error 0. */
static BOOL transfer_ex(HANDLE file, struct transfer *what, bool reading)
{
	if (!transfer(file, what, reading))
		return FALSE;
	lib_last_error = ERROR_SUCCESS;
	return TRUE;
}

LIB_EXPORT BOOL WINAPI ReadFileEx(HANDLE file, LPVOID buffer, DWORD size, LPOVERLAPPED overlapped,
				  LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
	struct transfer what = {
		.buffer = buffer,
		.size = size,
		.overlapped = overlapped,
		.ex = true,
		.routine = routine,
	};

	return transfer_ex(file, &what, true);
}

LIB_EXPORT BOOL WINAPI WriteFileEx(HANDLE file, LPCVOID buffer, DWORD size,
				   LPOVERLAPPED overlapped,
				   LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
	struct transfer what = {
		.buffer = (void *)(uintptr_t)buffer,
		.size = size,
		.overlapped = overlapped,
		.ex = true,
		.routine = routine,
	};

	return transfer_ex(file, &what, false);
}

LIB_EXPORT BOOL mailslot_read_from(HANDLE server, LPVOID buffer, DWORD size, LPDWORD read,
				   struct mailslot_sender *sender)
{
	struct transfer what = {
		.buffer = buffer,
		.size = size,
		.done = read,
		.sender = sender,
	};

	if (read)
		*read = 0;
	if (!sender)
		return lib_fail(ERROR_INVALID_PARAMETER);
	return transfer(server, &what, true);
}
