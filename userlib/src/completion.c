// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The functions that programs call on completion ports.  A thread that waits for packets
 * waits as for any object.
 *
 * Every thread that waits is woken by a packet, and the first to look takes it.  The
 * number of threads that a port is made for limits nothing: Linux' scheduler is told
 * nothing of the threads that a port serves.
 */
#include <stdlib.h>

#include "end-object.h"
#include "operation.h"
#include "port.h"
#include "wait.h"

/* Let the end's operations report to the port from now on, even those that were pended before. */
static DWORD join(struct port *port, struct end *end, ULONG_PTR key)
{
	if (!end->overlapped || end->port)
		return ERROR_INVALID_PARAMETER;
	if (!operation_add_packets(end))
		return ERROR_NOT_ENOUGH_MEMORY;
	end_set_port(end, &port->base, key);
	return ERROR_SUCCESS;
}

static DWORD join_file(HANDLE port, HANDLE file, ULONG_PTR key)
{
	struct port *existing = port_find(port);
	struct handle *handle;
	struct end *end;

	if (!existing)
		return ERROR_INVALID_HANDLE;
	end = end_find(file, &handle);
	return end ? join(existing, end, key) : ERROR_INVALID_HANDLE;
}

/**
 * CreateIoCompletionPort() - make a port, give it a slot end, or both
 * @file: the end, or INVALID_HANDLE_VALUE for none
 * @port: the port that is there already, or NULL to make one
 * @key: what the packets of @file's operations carry
 * @threads: accepted; it limits nothing (ours)
 *
 * Return: the port's handle, which is @port if that was given; NULL and the last error: 6 for
 * a bad handle, 87 when the end is not for overlapped operations or has a port, or when neither
 * an end nor NULL for a new port was given.
 */
LIB_EXPORT HANDLE WINAPI CreateIoCompletionPort(HANDLE file, HANDLE port, ULONG_PTR key,
						DWORD threads)
{
	HANDLE result = port;
	DWORD error = ERROR_SUCCESS;

	(void)threads;
	if (file == INVALID_HANDLE_VALUE && port) {
		lib_fail(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	lib_lock_take();
	if (!port) {
		result = port_create();
		error = result ? ERROR_SUCCESS : lib_last_error;
	}
	if (result && file != INVALID_HANDLE_VALUE)
		error = join_file(result, file, key);
	lib_lock_drop();
	if (!error)
		return result;
	if (!port && result)
		CloseHandle(result);
	lib_fail(error);
	return NULL;
}

/* The packets that a thread takes which waits for them. */
struct reap {
	struct port *port;
	LPOVERLAPPED_ENTRY entries;
	DWORD room;
	DWORD taken;
	DWORD error;		/* of the last packet */
};

static bool reap(void *arg)
{
	struct reap *what = arg;

	while (what->taken < what->room && !list_empty(&what->port->packets)) {
		struct packet *packet = container_of(what->port->packets.next, struct packet, link);
		LPOVERLAPPED_ENTRY entry = &what->entries[what->taken++];

		list_remove(&packet->link);
		entry->lpCompletionKey = packet->key;
		entry->lpOverlapped = packet->overlapped;
		entry->Internal = error_to_status(packet->error);
		entry->dwNumberOfBytesTransferred = packet->bytes;
		what->error = packet->error;
		free(packet);
	}
	return what->taken || port_is_closed(what->port);
}

/* Wait for packets.  If an error is returned, no packets were taken. */
static DWORD wait_for_packets(HANDLE port, struct reap *what, DWORD milliseconds, bool alertable)
{
	struct object *objects[1];
	struct wait_for wait = {
		.objects = objects,
		.count = 1,
		.alertable = alertable,
		.deadline = clock_deadline_ms(milliseconds),
		.done = reap,
		.arg = what,
	};
	struct thread *self = thread_self();
	DWORD result;

	if (!self)
		return ERROR_NOT_ENOUGH_MEMORY;
	lib_lock_take();
	what->port = port_find(port);
	if (!what->port) {
		lib_lock_drop();
		return ERROR_INVALID_HANDLE;
	}
	objects[0] = &what->port->base;
	result = wait_for(&wait, self);
	if (result == WAIT_FAILED)
		return lib_last_error;
	if (result == WAIT_OBJECT_0 && !what->taken)
		return ERROR_ABANDONED_WAIT_0;
	return result;
}

/**
 * GetQueuedCompletionStatus() - take the next packet
 * @port: the port
 * @bytes: where the number of bytes goes
 * @key: where the key goes
 * @overlapped: where the operation's OVERLAPPED goes; NULL is stored when no packet was taken,
 *	and then nothing in @bytes and @key
 * @milliseconds: how long to wait; INFINITE
 *
 * Return: TRUE; FALSE and the operation's error for one that failed; FALSE and the last error
 * when no packet was taken: 258 none in time, 735 the port was closed meanwhile, 6.
 */
LIB_EXPORT BOOL WINAPI GetQueuedCompletionStatus(HANDLE port, LPDWORD bytes, ULONG_PTR *key,
						 LPOVERLAPPED *overlapped, DWORD milliseconds)
{
	OVERLAPPED_ENTRY entry;
	struct reap what = { .entries = &entry, .room = 1 };
	DWORD error;

	if (!bytes || !key || !overlapped)
		return lib_fail(ERROR_INVALID_PARAMETER);
	*overlapped = NULL;
	error = wait_for_packets(port, &what, milliseconds, false);
	if (error)
		return lib_fail(error);
	*bytes = entry.dwNumberOfBytesTransferred;
	*key = entry.lpCompletionKey;
	*overlapped = entry.lpOverlapped;
	return lib_result(what.error);
}

/**
 * GetQueuedCompletionStatusEx() - take as many packets as there are, and wait for one
 * @port: the port
 * @entries: where they go
 * @count: how many have room there
 * @removed: where the number that were taken goes
 * @milliseconds: how long to wait; INFINITE
 * @alertable: run the thread's completion routines meanwhile
 *
 * Return: TRUE, also for operations that failed: their status is in the entry; FALSE and the
 * last error when no packet was taken: 258 none in time, 192 routines were run, 735 the port was
 * closed meanwhile, 87 no room, 6.
 */
LIB_EXPORT BOOL WINAPI GetQueuedCompletionStatusEx(HANDLE port, LPOVERLAPPED_ENTRY entries,
						   DWORD count, LPDWORD removed,
						   DWORD milliseconds, BOOL alertable)
{
	struct reap what = { .entries = entries, .room = count };
	DWORD error;

	if (!entries || !count || !removed)
		return lib_fail(ERROR_INVALID_PARAMETER);
	error = wait_for_packets(port, &what, milliseconds, alertable);
	*removed = what.taken;
	return lib_result(error);
}

/**
 * PostQueuedCompletionStatus() - queue a packet of the caller's own
 * @port: the port
 * @bytes: what the packet says
 * @key: what the packet says
 * @overlapped: what the packet says; never looked at
 *
 * Return: TRUE, or FALSE and the last error.
 */
LIB_EXPORT BOOL WINAPI PostQueuedCompletionStatus(HANDLE port, DWORD bytes, ULONG_PTR key,
						  LPOVERLAPPED overlapped)
{
	struct packet *packet = port_packet();
	struct port *found;

	if (!packet)
		return lib_fail(ERROR_NOT_ENOUGH_MEMORY);
	packet->bytes = bytes;
	packet->key = key;
	packet->overlapped = overlapped;
	lib_lock_take();
	found = port_find(port);
	if (found)
		port_post(found, packet);
	lib_lock_drop();
	if (found)
		return TRUE;
	free(packet);
	return lib_fail(ERROR_INVALID_HANDLE);
}
