// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Slot ends: the state of an open mailslot file, and functions that move one message without
 * waiting.  operation.c has the operations that are pended on an end, end-object.c the handles of
 * an end.
 */
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#include "end.h"
#include "wait.h"

/* A thread has left a descriptor that another waits to close. */
static pthread_cond_t sleeper_left = PTHREAD_COND_INITIALIZER;

/* The end reports to the port for as long as the end lives. */
void end_set_port(struct end *end, struct object *port, ULONG_PTR key)
{
	object_get(port);
	end->port = port;
	end->port_key = key;
}

/* The end is gone. */
void end_leave_port(struct end *end)
{
	if (end->port)
		object_put(end->port);
	end->port = NULL;
}

void end_set_signalled(struct end *end, bool signalled)
{
	if (end->signalled == signalled)
		return;
	end->signalled = signalled;
	handle_mark(&end->base, HANDLE_SIGNALLED, signalled);
	if (signalled)
		wait_serve(&end->base);
}

/* A thread does not poll the descriptor any more. */
void end_sleeper_left(struct end *end)
{
	if (!--end->sleepers)
		pthread_cond_broadcast(&sleeper_left);
}

/* Wait until no thread polls the descriptor.  Drops the lock meanwhile. */
void end_wait_for_sleepers(struct end *end)
{
	while (end->sleepers)
		pthread_cond_wait(&sleeper_left, &lib_lock);
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
 * Take the next message.  Return its length or a negative errno, -EAGAIN when there is none.
 * RECEIVE is used where the sender is asked for, and for a descriptor without O_NONBLOCK, on which
 * RECEIVE does not wait.
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

/* Queue a message for the relay, behind its address. */
static ssize_t send_framed(struct end *end, const void *buffer, size_t size)
{
	const struct remote *remote = end->remote;
	struct iovec parts[] = {
		{ (void *)(uintptr_t)remote->address, remote->address_size },
		{ (void *)(uintptr_t)buffer, size },
	};

	if (!remote->address_size) {
		errno = EOPNOTSUPP;
		return -1;
	}
	if (remote->to_many && size > REMOTE_LONGEST_TO_MANY) {
		errno = EMSGSIZE;
		return -1;
	}
	return writev(end->base.fd, parts, ARRAY_SIZE(parts));
}

/* Queue a message.  Return its length or a negative errno, -EAGAIN when there is no room. */
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
		if (end->remote && end->remote->frame)
			n = send_framed(end, buffer, size);
		else if (end->nonblock)
			n = write(end->base.fd, buffer, size);
		else
			n = ioctl(end->base.fd, MAILSLOT_IOC_SEND, &send);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : (ssize_t)size;
}
