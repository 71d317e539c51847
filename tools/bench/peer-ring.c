// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mailslots whose reader maps the ring, as the benchmark drives them: the bare system calls of the
 * writer, the bare protocol of docs/ring.rst, without the library. Each message's header is read,
 * its length compared, and its number followed.
 */
#include <fcntl.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "batch.h"
#include "loop.h"

/*
 * Room for one message is full at once, which no server's ring is. Where many write, the room is
 * that of all peers.
 */
#define RING_BYTES	(1UL << 18)

/* Descriptors of rings, which the process has few of. */
#define RINGS		64

struct ring {
	struct mailslot_ring_reader *reader;
	const struct mailslot_ring_status *status;
	const char *data;
	uint32_t mask;
	uint32_t head;
	uint64_t sequence;
	int server;
};

static struct ring rings[RINGS];

static int ring_create(unsigned int serial, size_t queue_bytes)
{
	struct mailslot_create create = {
		.flags = MAILSLOT_CREATE_RING,
		.mode = 0600,
		.queue_bytes = queue_bytes,
		.read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS,
	};
	int control, server;

	snprintf(create.name, sizeof(create.name), "bench-ring-%u", serial);
	control = open(MAILSLOT_CONTROL, O_RDWR | O_CLOEXEC);
	if (control < 0)
		return -1;
	server = ioctl(control, MAILSLOT_IOC_CREATE, &create);
	close(control);
	return server;
}

static int ring_attach(struct channel *c)
{
	char path[64];

	snprintf(path, sizeof(path), MAILSLOT_DIR "/bench-ring-%u", c->serial);
	return open(path, O_WRONLY | O_CLOEXEC);
}

static void ring_detach(int tx)
{
	close(tx);
}

static int ring_map(struct channel *c, int server)
{
	struct mailslot_ring_layout layout = {};
	long page = sysconf(_SC_PAGESIZE);
	struct ring *ring;

	c->rx = ioctl(server, MAILSLOT_IOC_RING, &layout);
	if (c->rx < 0 || c->rx >= RINGS)
		return -1;
	ring = &rings[c->rx];
	*ring = (struct ring){ .mask = layout.data_size - 1, .server = server };
	ring->reader = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, c->rx,
			    layout.reader_offset);
	ring->status = mmap(NULL, page, PROT_READ, MAP_SHARED, c->rx, layout.status_offset);
	ring->data = mmap(NULL, 2 * layout.data_size, PROT_READ, MAP_SHARED, c->rx,
			  layout.data_offset);
	if (ring->reader == MAP_FAILED || ring->status == MAP_FAILED || ring->data == MAP_FAILED)
		return -1;
	return 0;
}

static int ring_open(struct channel *c)
{
	size_t bytes = c->depth * (c->size + MAILSLOT_MESSAGE_COST);
	bool small = bytes < RING_BYTES && c->depth < WRITERS_DEPTH;
	int server = ring_create(c->serial, small ? RING_BYTES : bytes);

	if (server < 0)
		return -1;
	if (ring_map(c, server))
		goto fail;
	c->tx = ring_attach(c);
	if (c->tx >= 0)
		return 0;
	close(c->rx);
fail:
	close(server);
	return -1;
}

static void ring_close(struct channel *c)
{
	struct ring *ring = &rings[c->rx];
	long page = sysconf(_SC_PAGESIZE);

	close(c->tx);
	munmap(ring->reader, page);
	munmap((void *)ring->status, page);
	munmap((void *)ring->data, 2 * (ring->mask + 1UL));
	close(c->rx);
	close(ring->server);
}

static int ring_send(int tx, const void *buf, size_t len)
{
	return write(tx, buf, len) < 0 ? -1 : 0;
}

static int ring_wait(int rx, unsigned int flags)
{
	struct mailslot_ring_wait wait = {
		.flags = flags,
		.deadline_ns = MAILSLOT_WAIT_FOREVER_NS,
	};

	return ioctl(rx, MAILSLOT_IOC_RING_WAIT, &wait);
}

/* The next message, or NULL. */
static inline __attribute__((always_inline))
const struct mailslot_ring_message *ring_next(struct ring *ring)
{
	const struct mailslot_ring_message *message;
	uint32_t tail = __atomic_load_n(&ring->status->tail, __ATOMIC_ACQUIRE);

	if (tail == ring->head)
		return NULL;
	message = (const void *)(ring->data + (ring->head & ring->mask));
	ring->head += (sizeof(*message) + message->length + MAILSLOT_RING_ALIGN - 1) &
		      -MAILSLOT_RING_ALIGN;
	return message;
}

static inline __attribute__((always_inline))
void ring_look_at_kick(struct ring *ring, int rx)
{
	uint32_t kick = __atomic_load_n(&ring->status->kick, __ATOMIC_RELAXED);

	if (__builtin_expect(kick && (int32_t)(ring->head - (kick & -MAILSLOT_RING_ALIGN)) >= 0, 0))
		ring_wait(rx, MAILSLOT_RING_DONTWAIT);
}

static inline __attribute__((always_inline))
void ring_release(struct ring *ring, int rx)
{
	__atomic_store_n(&ring->reader->head, ring->head, __ATOMIC_RELEASE);
	ring_look_at_kick(ring, rx);
}

static ssize_t ring_take(struct ring *ring, int rx, const struct mailslot_ring_message *message,
			 void *buf, size_t size)
{
	if (message->length > size || message->sequence != ++ring->sequence)
		return -1;
	/* What the others copy is looked at where it is: the first byte, which tells the end. */
	if (message->length)
		*(char *)buf = *(const char *)(message + 1);
	ring_release(ring, rx);
	return message->length;
}

static ssize_t ring_recv(int rx, void *buf, size_t size)
{
	struct ring *ring = &rings[rx];
	const struct mailslot_ring_message *message;

	while (!(message = ring_next(ring)))
		if (ring_wait(rx, 0))
			return -1;
	return ring_take(ring, rx, message, buf, size);
}

/* A reader with a processor of its own does not sleep: LOOK and EMPTY of docs/ring.rst. */
static ssize_t ring_recv_polling(int rx, void *buf, size_t size)
{
	struct ring *ring = &rings[rx];
	const struct mailslot_ring_message *message;

	while (!(message = ring_next(ring))) {
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
		ring_look_at_kick(ring, rx);
		if (__atomic_load_n(&ring->status->flags, __ATOMIC_RELAXED) & MAILSLOT_RING_GONE)
			return -1;
	}
	return ring_take(ring, rx, message, buf, size);
}

static int ring_stream(const struct channel *c, char *buf, unsigned int rounds)
{
	const struct mailslot_ring_message *message;
	struct ring ring = rings[c->rx];
	unsigned int i, j;

	for (i = 0; i < rounds; i++) {
		for (j = 0; j < c->depth; j++)
			if (ring_send(c->tx, buf, c->size))
				return -1;
		for (j = 0; j < c->depth; j++) {
			message = ring_next(&ring);
			if (!message || message->length != c->size ||
			    message->sequence != ++ring.sequence)
				return -1;
		}
		ring_release(&ring, c->rx);
	}
	rings[c->rx] = ring;
	return 0;
}

static int ring_send_batch(int tx, struct batch *b, unsigned int n)
{
	struct mailslot_send send = {
		.messages = (uintptr_t)b->send,
		.count = n,
		.message_size = sizeof(b->send[0]),
	};

	return ioctl(tx, MAILSLOT_IOC_SEND, &send);
}

static int ring_recv_batch(int rx, struct batch *b, unsigned int n)
{
	struct ring *ring = &rings[rx];
	const struct mailslot_ring_message *message;
	unsigned int i;

	for (i = 0; i < n; i++) {
		message = ring_next(ring);
		if (!message || message->length != b->send[0].length ||
		    message->sequence != ++ring->sequence)
			return -1;
	}
	ring_release(ring, rx);
	return n;
}

const struct peer ring_peer = {
	.name = "ring",
	.max = 1 << 20,
	.empty = true,
	.open = ring_open,
	.close = ring_close,
	.send = ring_send,
	.recv = ring_recv,
	.stream = ring_stream,
	.send_batch = ring_send_batch,
	.recv_batch = ring_recv_batch,
	.attach = ring_attach,
	.detach = ring_detach,
};

const struct peer ring_poll_peer = {
	.name = "ring-poll",
	.max = 1 << 20,
	.empty = true,
	.open = ring_open,
	.close = ring_close,
	.send = ring_send,
	.recv = ring_recv_polling,
	.attach = ring_attach,
	.detach = ring_detach,
};
