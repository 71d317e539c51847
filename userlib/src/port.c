// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Completion ports.  A packet's memory is there before its operation begins, so that
 * no operation ends without one; who waits for packets waits as for any object.
 *
 * Every thread that waits is woken by a packet, and the first to look takes it.  The
 * number of threads that a port is made for limits nothing: Linux' scheduler is told
 * nothing of the threads that a port serves.
 */
#include <stdlib.h>

#include "operation.h"
#include "port.h"
#include "wait.h"

/**
 * struct port - under lib_lock
 * @base: the object; without a handle the port is closed, though ends may hold it
 * @packets: not taken yet, oldest first
 */
struct port {
	struct object base;
	struct list packets;
};

static struct port *to_port(struct object *object)
{
	return container_of(object, struct port, base);
}

static bool is_closed(const struct port *port)
{
	return list_empty(&port->base.handles);
}

static enum acquired port_acquire(struct object *object)
{
	return list_empty(&to_port(object)->packets) ? ACQUIRED_NOT : ACQUIRED;
}

static void drop_packets(struct port *port)
{
	struct list *pos, *next;

	list_for_each(pos, next, &port->packets) {
		list_remove(pos);
		free(container_of(pos, struct packet, link));
	}
}

static void port_destroy(struct object *object)
{
	drop_packets(to_port(object));
	free(to_port(object));
}

static const struct object_class port_class = {
	.kind = OBJECT_PORT,
	.acquire = port_acquire,
	.destroy = port_destroy,
};

static struct port *port_find(HANDLE value)
{
	struct handle *handle = handle_find(value);

	return handle && handle->object->class == &port_class ? to_port(handle->object) : NULL;
}

/* An empty packet; NULL: no memory. */
struct packet *port_packet(void)
{
	struct packet *packet = calloc(1, sizeof(*packet));

	if (packet)
		list_init(&packet->link);
	return packet;
}

/* Queue it.  Nobody can take a packet of a port that is closed. */
static void enqueue(struct port *port, struct packet *packet)
{
	if (is_closed(port)) {
		free(packet);
		return;
	}
	list_append(&port->packets, &packet->link);
	object_wake(&port->base);
}

/* An operation on @end is over, and its packet filled in but for the key. */
void port_deliver(struct end *end, struct packet *packet)
{
	if (!end->port) {
		free(packet);	/* the end could not be given its port after all */
		return;
	}
	packet->key = end->port_key;
	enqueue(to_port(end->port), packet);
}

/* The end is gone. */
void port_leave(struct end *end)
{
	if (end->port)
		object_put(end->port);
	end->port = NULL;
}

/* Packets in a fork's child would tell of operations that are the parent's. */
void port_fork_child(void)
{
	struct list *pos, *next;

	list_for_each(pos, next, &object_all) {
		struct object *object = container_of(pos, struct object, link);

		if (object->class == &port_class)
			drop_packets(to_port(object));
	}
}

/* The end's operations report to the port from now on, those that were pended before as well. */
static DWORD join(struct port *port, struct end *end, ULONG_PTR key)
{
	if (!end->overlapped || end->port)
		return ERROR_INVALID_PARAMETER;
	if (!operation_add_packets(end))
		return ERROR_NOT_ENOUGH_MEMORY;
	end_set_port(end, &port->base, key);
	return ERROR_SUCCESS;
}

/* A new port's handle, or NULL and the last error. */
static HANDLE create(void)
{
	struct port *port = malloc(sizeof(*port));
	struct handle *handle;

	if (!port) {
		lib_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	object_init(&port->base, &port_class);
	list_init(&port->packets);
	handle = handle_add(&port->base, -1, HANDLE_RIGHTS);
	object_put(&port->base);
	return handle ? handle_value(handle) : NULL;
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
		result = create();
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

/* What a thread that waits for packets takes. */
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
	return what->taken || is_closed(what->port);
}

/* Wait for packets: none were taken when an error is returned. */
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
		enqueue(found, packet);
	lib_lock_drop();
	if (found)
		return TRUE;
	free(packet);
	return lib_fail(ERROR_INVALID_HANDLE);
}
