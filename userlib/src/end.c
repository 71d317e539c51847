// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Slot ends: what is known of an open mailslot file, and moving one message without
 * ever waiting.  Waiting is operation.c's.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "end.h"
#include "engine.h"
#include "operation.h"
#include "port.h"

/* A sleeper has left a descriptor that its closer waits to close. */
static pthread_cond_t sleeper_left = PTHREAD_COND_INITIALIZER;

static enum acquired end_acquire(struct object *object)
{
	return to_end(object)->signalled ? ACQUIRED : ACQUIRED_NOT;
}

/*
 * With its last handle the end closes, which ends what is pended on it.  Threads that
 * still poll the descriptor hold the file: wait until they have gone, so that the slot
 * is gone when CloseHandle returns.
 */
static void end_moved(struct object *object, int fd)
{
	struct end *end = to_end(object);

	engine_forget(end);
	/* Before the wait: nobody shall find an end that has no handle any more. */
	object->fd = fd;
	if (fd < 0) {
		operation_cancel(end, NULL, NULL);
		while (end->sleepers)
			pthread_cond_wait(&sleeper_left, &lib_lock);
	}
	operation_arm(end);
}

static void end_unused(struct object *object)
{
	port_leave(to_end(object));
}

static void end_destroy(struct object *object)
{
	free(to_end(object));
}

static const struct object_class end_class = {
	.kind = OBJECT_END,
	.acquire = end_acquire,
	.moved = end_moved,
	.unused = end_unused,
	.destroy = end_destroy,
};

/* The slot end behind a handle, or NULL. */
struct end *end_find(HANDLE value, struct handle **handle)
{
	*handle = handle_find(value);
	if (!*handle || (*handle)->object->class != &end_class)
		return NULL;
	return to_end((*handle)->object);
}

/*
 * Make a handle of an open slot end.  The descriptor's flags say the rest, so that a
 * child program finds the same: O_NONBLOCK, which the library sets on all ends it
 * opens, and O_APPEND, which means nothing on a slot, for FILE_FLAG_OVERLAPPED.
 * NULL and the last error on failure; @fd stays the caller's.
 */
struct handle *end_add(int fd, const struct mailslot_info *info, uint32_t rights)
{
	int flags = fcntl(fd, F_GETFL);
	struct handle *handle;
	struct end *end;
	uint32_t state;

	end = malloc(sizeof(*end));
	if (!end) {
		lib_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	object_init(&end->base, &end_class);
	end->server = info->flags & MAILSLOT_INFO_SERVER;
	end->nonblock = flags & O_NONBLOCK;
	end->overlapped = end->server || flags & O_APPEND;
	end->signalled = false;
	end->device = makedev(info->dev_major, info->dev_minor);
	list_init(&end->operations);
	end->sleepers = 0;
	end->watched = -1;
	end->armed = false;
	end->port = NULL;
	end->port_key = 0;
	state = rights | (end->server ? HANDLE_SERVER : HANDLE_CLIENT) |
		(end->nonblock ? HANDLE_NONBLOCK : 0);
	handle = handle_add(&end->base, fd, state);
	object_put(&end->base);
	return handle;
}

/* A slot has one server file, so what was duplicated before it was inherited meets. */
static struct end *find_server(dev_t device)
{
	struct list *pos, *next;

	list_for_each(pos, next, &object_all) {
		struct object *object = container_of(pos, struct object, link);

		if (object->class == &end_class && object->fd >= 0 &&
		    to_end(object)->server && to_end(object)->device == device)
			return to_end(object);
	}
	return NULL;
}

/* Is this descriptor, which the table does not know, a slot end? */
struct handle *end_recover(int fd)
{
	uint32_t rights, state;
	struct mailslot_info info;
	struct end *end;
	int mode;

	if (ioctl(fd, MAILSLOT_IOC_GET_INFO, &info) < 0)
		return NULL;
	if (info.flags & MAILSLOT_INFO_SERVER) {
		end = find_server(makedev(info.dev_major, info.dev_minor));
		if (!end)
			return end_add(fd, &info, HANDLE_READ);
		state = handle_state(container_of(end->base.handles.next, struct handle, link));
		/* What is the other handle's own: its rights and its protection. */
		state &= ~(uint32_t)(HANDLE_RIGHTS | HANDLE_PROTECTED);
		return handle_add(&end->base, fd, state | HANDLE_READ);
	}
	mode = fcntl(fd, F_GETFL) & O_ACCMODE;
	rights = (mode == O_RDONLY || mode == O_RDWR ? HANDLE_READ : 0) |
		 (mode == O_WRONLY || mode == O_RDWR ? HANDLE_WRITE : 0);
	return end_add(fd, &info, rights);
}

/* The operations went with their threads, the epoll set is the parent's. */
void end_fork_child(void)
{
	struct list *pos, *next;

	list_for_each(pos, next, &object_all) {
		struct object *object = container_of(pos, struct object, link);
		struct end *end = to_end(object);

		if (object->class != &end_class)
			continue;
		end->sleepers = 0;
		end->watched = -1;
		end->armed = false;
		handle_mark(object, HANDLE_BUSY, false);
	}
	operation_fork_orphans();
	port_fork_child();
}

/* For as long as the end lives. */
void end_set_port(struct end *end, struct object *port, ULONG_PTR key)
{
	object_get(port);
	end->port = port;
	end->port_key = key;
}

void end_set_signalled(struct end *end, bool signalled)
{
	if (end->signalled == signalled)
		return;
	end->signalled = signalled;
	handle_mark(&end->base, HANDLE_SIGNALLED, signalled);
	if (signalled)
		object_serve(&end->base);
}

void end_sleeper_left(struct end *end)
{
	if (!--end->sleepers)
		pthread_cond_broadcast(&sleeper_left);
}

static ssize_t receive(int fd, void *buffer, size_t size, struct mailslot_sender *sender)
{
	struct mailslot_recv_msg message = {
		.buffer = (uintptr_t)buffer,
		.capacity = (__u32)size,
	};
	struct mailslot_receive receive = {
		.messages = (uintptr_t)&message,
		.count = 1,
		.message_size = sizeof(message),
		.flags = MAILSLOT_RECEIVE_DONTWAIT,
	};

	if (ioctl(fd, MAILSLOT_IOC_RECEIVE, &receive) < 0)
		return -1;
	if (sender) {
		sender->sequence = message.sequence;
		sender->time_ns = message.time_ns;
		sender->pid = message.pid;
		sender->uid = message.uid;
		sender->gid = message.gid;
	}
	return message.length;
}

/*
 * Take the next message: its length or a negative errno, -EAGAIN when there is none.
 * RECEIVE serves descriptors that others opened to wait, and who want the sender.
 */
ssize_t end_receive(struct end *end, void *buffer, size_t size, struct mailslot_sender *sender)
{
	ssize_t n;

	do {
		if (end->nonblock && !sender)
			n = read(end->base.fd, buffer, size);
		else
			n = receive(end->base.fd, buffer, size, sender);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* Queue a message: its length or a negative errno, -EAGAIN when there is no room. */
ssize_t end_send(struct end *end, const void *buffer, size_t size)
{
	struct mailslot_send_msg message = {
		.buffer = (uintptr_t)buffer,
		.length = (__u32)size,
	};
	struct mailslot_send send = {
		.messages = (uintptr_t)&message,
		.count = 1,
		.message_size = sizeof(message),
		.flags = MAILSLOT_SEND_DONTWAIT,
	};
	ssize_t n;

	do {
		if (end->nonblock)
			n = write(end->base.fd, buffer, size);
		else
			n = ioctl(end->base.fd, MAILSLOT_IOC_SEND, &send);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : (ssize_t)size;
}
