// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Reading the ring of a slot without system calls: the reader's side of docs/ring.rst. A ring is
 * one reader's: its caller sees to it that no two threads are in here for one ring at once. There
 * is no handle and no lock: a message costs a few loads and one store.
 */
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/mailslot.h>

#include "lib.h"

struct mailslot_ring {
	struct mailslot_ring_reader *reader;
	const struct mailslot_ring_status *status;
	const char *data;	/* twice, one behind the other */
	uint32_t mask;
	uint32_t header;	/* bytes of it before a message */
	uint32_t head;		/* behind what was looked at */
	uint32_t tail;		/* as it was seen last */
	size_t page;
	int fd;
};

static void *map(const struct mailslot_ring *ring, size_t size, int protection, uint64_t offset)
{
	void *p = mmap(NULL, size, protection, MAP_SHARED, ring->fd, (off_t)offset);

	return p == MAP_FAILED ? NULL : p;
}

static void unmap(void *p, size_t size)
{
	if (p)
		munmap(p, size);
}

static void ring_free(struct mailslot_ring *ring)
{
	unmap(ring->reader, ring->page);
	unmap((void *)ring->status, ring->page);
	unmap((void *)ring->data, 2 * ((size_t)ring->mask + 1));
	if (ring->fd >= 0)
		close(ring->fd);
	free(ring);
}

/* Maps all there is. An error code. */
static DWORD ring_map(struct mailslot_ring *ring, int server)
{
	struct mailslot_ring_layout layout = { .flags = 0 };

	ring->fd = ioctl(server, MAILSLOT_IOC_RING, &layout);
	if (ring->fd < 0)
		return error_from_errno(errno);
	if (layout.version != MAILSLOT_RING_VERSION)
		return ERROR_NOT_SUPPORTED;
	ring->mask = (uint32_t)layout.data_size - 1;
	ring->header = layout.header_size;
	ring->reader = map(ring, ring->page, PROT_READ | PROT_WRITE, layout.reader_offset);
	ring->status = map(ring, ring->page, PROT_READ, layout.status_offset);
	ring->data = map(ring, 2 * layout.data_size, PROT_READ, layout.data_offset);
	if (!ring->reader || !ring->status || !ring->data)
		return ERROR_NOT_ENOUGH_MEMORY;
	return ERROR_SUCCESS;
}

LIB_EXPORT struct mailslot_ring *mailslot_ring_open(int server)
{
	struct mailslot_ring *ring = calloc(1, sizeof(*ring));
	DWORD error;

	if (!ring) {
		lib_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	ring->page = (size_t)sysconf(_SC_PAGESIZE);
	error = ring_map(ring, server);
	if (error) {
		ring_free(ring);
		lib_fail(error);
		return NULL;
	}
	/* Continue where reading ended, if somebody has read before. */
	ring->head = __atomic_load_n(&ring->reader->head, __ATOMIC_RELAXED);
	ring->tail = ring->head;
	return ring;
}

LIB_EXPORT void mailslot_ring_close(struct mailslot_ring *ring)
{
	if (ring)
		ring_free(ring);
}

LIB_EXPORT int mailslot_ring_fd(const struct mailslot_ring *ring)
{
	return ring->fd;
}

LIB_EXPORT const void *mailslot_ring_next(struct mailslot_ring *ring, LPDWORD length,
					  struct mailslot_sender *sender)
{
	const struct mailslot_ring_message *message;

	if (ring->head == ring->tail) {
		/* Pairs with the kernel's release: the messages before the tail are whole. */
		ring->tail = __atomic_load_n(&ring->status->tail, __ATOMIC_ACQUIRE);
		if (ring->head == ring->tail)
			return NULL;
	}
	message = (const void *)(ring->data + (ring->head & ring->mask));
	ring->head += (ring->header + message->length + MAILSLOT_RING_ALIGN - 1) &
		      -(uint32_t)MAILSLOT_RING_ALIGN;
	*length = message->length;
	if (sender) {
		sender->sequence = message->sequence;
		sender->time_ns = message->time_ns;
		sender->pid = message->pid;
		sender->uid = message->uid;
		sender->gid = message->gid;
	}
	return (const char *)message + ring->header;
}

/* Does somebody wait for the room that has been given back by now? */
static bool is_kicked(const struct mailslot_ring *ring)
{
	uint32_t kick = __atomic_load_n(&ring->status->kick, __ATOMIC_RELAXED);

	return unlikely(kick) &&
	       (int32_t)(ring->head - (kick & -(uint32_t)MAILSLOT_RING_ALIGN)) >= 0;
}

static int ring_wait(const struct mailslot_ring *ring, uint32_t flags, uint64_t deadline)
{
	struct mailslot_ring_wait wait = { .flags = flags, .deadline_ns = deadline };

	return ioctl(ring->fd, MAILSLOT_IOC_RING_WAIT, &wait) ? errno : 0;
}

/*
 * The kick may be seen late: the next release, or the wait, looks again, so that no barrier has to
 * stand here.
 */
LIB_EXPORT void mailslot_ring_release(struct mailslot_ring *ring)
{
	int saved = errno;

	/* Pairs with the kernel's acquire: a message is read before it is overwritten. */
	__atomic_store_n(&ring->reader->head, ring->head, __ATOMIC_RELEASE);
	if (is_kicked(ring)) {
		ring_wait(ring, MAILSLOT_RING_DONTWAIT, 0);
		errno = saved;
	}
}

/*
 * The kernel looks at the head before it sleeps, so that a call of it is all the barrier there has
 * to be. A wait of no time is such a call, too: whoever waits for edges makes it first.
 */
LIB_EXPORT BOOL mailslot_ring_wait(struct mailslot_ring *ring, DWORD milliseconds)
{
	uint64_t deadline = clock_deadline_ms(milliseconds);
	int err;

	__atomic_store_n(&ring->reader->head, ring->head, __ATOMIC_RELEASE);
	do {
		if (deadline)
			err = ring_wait(ring, 0, deadline == NEVER ? MAILSLOT_WAIT_FOREVER_NS :
								     deadline);
		else
			err = ring_wait(ring, MAILSLOT_RING_DONTWAIT, 0);
	} while (err == EINTR);
	if (err == EAGAIN)
		err = ETIMEDOUT;
	return err ? lib_fail(error_from_errno(err)) : TRUE;
}
