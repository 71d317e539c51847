// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Batches of messages.  They are looked at first and taken when they have been printed, so
 * that what could not be printed is still there to be counted.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "batch.h"

void batch_init(struct batch *batch, uint32_t room, uint32_t capacity)
{
	*batch = (struct batch){ .room = room };
	batch->messages = must_allocate(NULL, room * sizeof(*batch->messages));
	for (uint32_t i = 0; i < room; i++)
		batch->messages[i] = (struct mailslot_recv_msg){ 0 };
	batch_enlarge(batch, 0, room, capacity);
}

/* Give the messages from one to before another buffers of that size at the least. */
void batch_enlarge(struct batch *batch, uint32_t from, uint32_t to, uint32_t capacity)
{
	for (uint32_t i = from; i < to; i++) {
		struct mailslot_recv_msg *message = &batch->messages[i];

		if (message->buffer && message->capacity >= capacity)
			continue;
		free((void *)(uintptr_t)message->buffer);
		message->buffer = (uintptr_t)must_allocate(NULL, capacity ?: 1);
		message->capacity = capacity;
	}
}

static int receive(struct batch *batch, int fd, uint32_t count, uint32_t flags)
{
	struct mailslot_receive receive = {
		.messages = (uintptr_t)batch->messages,
		.count = count,
		.message_size = sizeof(*batch->messages),
		.flags = flags | MAILSLOT_RECEIVE_DONTWAIT,
	};
	int n;

	do {
		n = ioctl(fd, MAILSLOT_IOC_RECEIVE, &receive);
	} while (n < 0 && errno == EINTR);
	return n;
}

/**
 * batch_peek() - look at the messages that wait, as many as fit
 * @batch: what they are stored to
 * @fd: a server end
 *
 * While another looks at them, as `mailslot peek` does, there are none.
 *
 * The first one always fits; its buffer is made larger if need be.
 *
 * Return: how many; -1 and errno, EAGAIN if there is none.
 */
int batch_peek(struct batch *batch, int fd)
{
	int n;

	do {
		batch->messages[0].length = 0;
		n = receive(batch, fd, batch->room, MAILSLOT_RECEIVE_PEEK);
		if (n >= 0 || errno != EMSGSIZE)
			break;
		free((void *)(uintptr_t)batch->messages[0].buffer);
		batch->messages[0].capacity = batch->messages[0].length;
		batch->messages[0].buffer =
			(uintptr_t)must_allocate(NULL, batch->messages[0].length ?: 1);
	} while (true);
	batch->count = n < 0 ? 0 : (uint32_t)n;
	return n;
}

/*
 * Take the first messages off the queue; the batch keeps their contents. The messages are in the
 * queue, so if none can be taken now, another reader is looking at them and will finish soon.
 * Return -1 and set errno on failure; EINTR if a signal came meanwhile.
 */
int batch_take(struct batch *batch, int fd, uint32_t count)
{
	struct pollfd poll_in = { .fd = fd, .events = POLLIN };
	uint32_t taken = 0;

	while (taken < count) {
		int n = receive(batch, fd, count - taken, 0);

		if (n < 0 && (errno != EAGAIN || poll(&poll_in, 1, -1) < 0))
			return -1;
		if (n > 0)
			taken += (uint32_t)n;
	}
	return 0;
}

void batch_free(struct batch *batch)
{
	for (uint32_t i = 0; i < batch->room; i++)
		free((void *)(uintptr_t)batch->messages[i].buffer);
	free(batch->messages);
}
