/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A reader of a slot's ring, as plain as it can be: what docs/ring.rst asks of a reader, and no
 * call of the library. Positions are taken modulo 2^32.
 */
#ifndef MAILSLOT_RING_READER_H
#define MAILSLOT_RING_READER_H

#include <sys/mman.h>
#include "mailslot_test.h"

struct ring {
	int fd;
	struct mailslot_ring_layout layout;
	struct mailslot_ring_reader *reader;
	const struct mailslot_ring_status *status;
	const char *data;
	__u32 head;	/* up to where messages have been looked at */
};

static inline int create_ring(char *name, __u64 queue_bytes)
{
	struct mailslot_create args = create_args(NULL);

	args.flags = MAILSLOT_CREATE_RING;
	args.queue_bytes = queue_bytes;
	args.read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS;
	strcpy(name, args.name);
	return create_slot(&args);
}

#define NO_RINGS	"no rings on a 32-bit kernel"

static inline bool has_rings(void)
{
	char name[MAILSLOT_NAME_SIZE];
	int server = create_ring(name, COST);

	if (server >= 0)
		close(server);
	return server != -EOPNOTSUPP;
}

/* The descriptor, or -errno. */
static inline int ring_fd(int server, struct mailslot_ring_layout *layout)
{
	memset(layout, POISON, sizeof(*layout));
	layout->flags = 0;
	layout->reserved = 0;
	return R(ioctl(server, MAILSLOT_IOC_RING, layout));
}

static inline bool ring_open(struct ring *ring, int server)
{
	size_t page = sysconf(_SC_PAGESIZE);

	ring->fd = ring_fd(server, &ring->layout);
	if (ring->fd < 0)
		return false;
	ring->reader = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd,
			    ring->layout.reader_offset);
	ring->status = mmap(NULL, page, PROT_READ, MAP_SHARED, ring->fd,
			    ring->layout.status_offset);
	ring->data = mmap(NULL, 2 * ring->layout.data_size, PROT_READ, MAP_SHARED, ring->fd,
			  ring->layout.data_offset);
	if (ring->reader == MAP_FAILED || ring->status == MAP_FAILED || ring->data == MAP_FAILED)
		return false;
	ring->head = __atomic_load_n(&ring->reader->head, __ATOMIC_RELAXED);
	return true;
}

static inline void ring_unmap(struct ring *ring)
{
	size_t page = sysconf(_SC_PAGESIZE);

	munmap((void *)ring->reader, page);
	munmap((void *)ring->status, page);
	munmap((void *)ring->data, 2 * ring->layout.data_size);
}

static inline void ring_close(struct ring *ring)
{
	ring_unmap(ring);
	close(ring->fd);
}

static inline const char *ring_bytes(const struct ring *ring,
				     const struct mailslot_ring_message *message)
{
	return (const char *)message + ring->layout.header_size;
}

/* The message at the head, which moves behind it; or NULL. */
static inline const struct mailslot_ring_message *ring_next(struct ring *ring)
{
	__u32 tail = __atomic_load_n(&ring->status->tail, __ATOMIC_ACQUIRE);
	const struct mailslot_ring_message *message;
	__u32 mask = ring->layout.data_size - 1;

	if (ring->head == tail)
		return NULL;
	message = (const void *)(ring->data + (ring->head & mask));
	ring->head += (ring->layout.header_size + message->length + MAILSLOT_RING_ALIGN - 1) &
		      -MAILSLOT_RING_ALIGN;
	return message;
}

static inline long ring_wait(struct ring *ring, __u32 flags, __u64 deadline_ns)
{
	struct mailslot_ring_wait args = { .flags = flags, .deadline_ns = deadline_ns };

	return R(ioctl(ring->fd, MAILSLOT_IOC_RING_WAIT, &args));
}

static inline bool ring_kicks(struct ring *ring)
{
	__u32 kick = __atomic_load_n(&ring->status->kick, __ATOMIC_RELAXED);

	return kick && (__s32)(ring->head - (kick & -MAILSLOT_RING_ALIGN)) >= 0;
}

/* Give back all that has been looked at. */
static inline void ring_release(struct ring *ring)
{
	__atomic_store_n(&ring->reader->head, ring->head, __ATOMIC_RELEASE);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (ring_kicks(ring))
		ring_wait(ring, MAILSLOT_RING_DONTWAIT, 0);
}

/* The next message, waited for; NULL when the slot is dead. */
static inline const struct mailslot_ring_message *ring_take(struct ring *ring)
{
	const struct mailslot_ring_message *message;

	while (!(message = ring_next(ring))) {
		ring_release(ring);
		if (ring_wait(ring, 0, MAILSLOT_WAIT_FOREVER_NS) == -EPIPE)
			return NULL;
	}
	return message;
}

FIXTURE(ring)
{
	char name[MAILSLOT_NAME_SIZE];
	int server;
	int client;
	struct ring ring;
};

#define RING_BYTES	(1U << 18)

FIXTURE_SETUP(ring)
{
	self->server = create_ring(self->name, RING_BYTES);
	if (self->server == -EOPNOTSUPP)
		SKIP(return, NO_RINGS);
	ASSERT_LE(0, self->server);
	self->client = client_open(self->name, O_WRONLY);
	ASSERT_LE(0, self->client);
	ASSERT_TRUE(ring_open(&self->ring, self->server));
}

FIXTURE_TEARDOWN(ring)
{
	ring_close(&self->ring);
	close(self->client);
	close(self->server);
}

#endif
