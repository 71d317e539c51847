// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rings for the random caller (abi.c).  Some have a reader that keeps to the protocol of
 * docs/ring.rst, and gets each message once, whole, in order, whatever others call meanwhile.  The
 * others are mapped for anybody: every thread stores heads and uses their memory as its own, and
 * what may not be mapped or changed is tried.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "abi.h"

#define RINGS		2
#define HEADER		sizeof(struct mailslot_ring_message)

/* A ring whose messages are checked. Whoever reads or changes it has the lock, or goes away. */
struct ring {
	pthread_mutex_t lock;
	int server, fd;
	int clients[2];			/* one of them O_NONBLOCK */
	uint32_t size;
	unsigned char *reader;		/* mapped, as the next two; NULL: there is no ring */
	const struct mailslot_ring_status *status;
	const unsigned char *data;
	uint32_t stored;		/* the head */
	uint32_t head;			/* up to where messages have been looked at */
	uint64_t released, looked;	/* numbers of the last messages before these */
	bool gone;			/* the slot is dead, and this is the tail: */
	uint32_t tail;
};

static struct ring rings[RINGS];

/* A ring that anybody uses, at an address of its own, where otherwise no memory is. */
struct window {
	pthread_mutex_t lock;		/* of whoever changes what is mapped, or touches it */
	int server, fd;			/* -1: there is no ring */
	unsigned long pages;
};

#define WINDOW_BASE	0x300000000UL
#define WINDOW_SIZE	(1UL << 20)

static struct window windows[RINGS];

static unsigned char *window_at(const struct window *window)
{
	return (unsigned char *)WINDOW_BASE + (window - windows) * WINDOW_SIZE;
}

void ring_name(char *name, bool checked)
{
	snprintf(name, MAILSLOT_NAME_SIZE, "fuzz-abi/%sr%u", checked ? "C" : "w", below(RINGS));
}

uint64_t ring_address(void)
{
	return (uintptr_t)window_at(&windows[below(RINGS)]) +
	       (chance(50) ? below(64) : below(40 * PAGE));
}

/* LONGEST bytes, and behind them a page that cannot be touched. */
unsigned char *ring_edge(void)
{
	size_t size = (LONGEST + PAGE - 1) / PAGE * PAGE;
	unsigned char *at = mmap(NULL, size + PAGE, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (at == MAP_FAILED || mprotect(at + size, PAGE, PROT_NONE))
		return NULL;
	return at + size;
}

static bool window_clear(const struct window *window)
{
	return mmap(window_at(window), WINDOW_SIZE, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) != MAP_FAILED;
}

bool ring_init(void)
{
	unsigned int i;

	for (i = 0; i < RINGS; i++) {
		pthread_mutex_init(&rings[i].lock, NULL);
		pthread_mutex_init(&windows[i].lock, NULL);
		windows[i].server = -1;
		windows[i].fd = -1;
		if (!window_clear(&windows[i]))
			return false;
	}
	return true;
}

static int make_slot(int where, const char *name, unsigned long queue_bytes)
{
	struct mailslot_create args = { .mode = 0666, .flags = MAILSLOT_CREATE_RING };

	strcpy(args.name, name);
	args.queue_bytes = queue_bytes;
	args.read_timeout_ns = below(200000);
	return ioctl(where, MAILSLOT_IOC_CREATE, &args);
}

/* The descriptor, and how many pages it has. */
static int make_ring(int server, unsigned long *pages)
{
	struct mailslot_ring_layout layout = {};
	int fd = ioctl(server, MAILSLOT_IOC_RING, &layout);

	if (fd < 0)
		return fd;
	if (layout.version != 1 || layout.header_size != HEADER || layout.reader_offset ||
	    layout.status_offset != PAGE || layout.data_offset != 2 * PAGE ||
	    layout.flags || layout.reserved || layout.data_size & (layout.data_size - 1) ||
	    layout.data_size < PAGE)
		failed("RING tells of a layout that cannot be");
	*pages = 2 + 2 * layout.data_size / PAGE;
	return fd;
}

/* The page of the reader has what it stores there, and nothing that anybody else does. */
static unsigned char reader_byte(size_t i)
{
	return i * 5 + 1;
}

static bool ring_map(struct ring *ring, unsigned long pages)
{
	unsigned char *base = mmap(NULL, pages * PAGE, PROT_READ, MAP_SHARED, ring->fd, 0);
	size_t i;

	if (base == MAP_FAILED)
		return false;
	if (mmap(base, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, ring->fd, 0) ==
	    MAP_FAILED) {
		munmap(base, pages * PAGE);
		return false;
	}
	for (i = sizeof(struct mailslot_ring_reader); i < PAGE; i++)
		base[i] = reader_byte(i);
	ring->status = (const void *)(base + PAGE);
	ring->data = base + 2 * PAGE;
	ring->size = (pages - 2) / 2 * PAGE;
	ring->reader = base;
	return true;
}

static void ring_unmap(struct ring *ring)
{
	munmap(ring->reader, 2 * PAGE + 2UL * ring->size);
	ring->reader = NULL;
}

/* All that is left of a ring. */
static void ring_end(struct ring *ring)
{
	unsigned int i;

	if (ring->reader)
		ring_unmap(ring);
	close(ring->fd);
	close(ring->server);
	for (i = 0; i < ARRAY_SIZE(ring->clients); i++)
		close(ring->clients[i]);
}

static int open_client(bool inside, const char *name, int flags)
{
	char path[sizeof(MAILSLOT_DIR) + MAILSLOT_NAME_SIZE + 1];

	snprintf(path, sizeof(path), "%s/%s", MAILSLOT_DIR, name);
	return openat(directory, inside ? name : path, O_WRONLY | O_CLOEXEC | flags);
}

static bool ring_begin(struct ring *ring)
{
	bool inside = chance(50);
	unsigned long pages = 0;
	char name[32];

	snprintf(name, sizeof(name), "fuzz-abi/Cr%u", (unsigned int)(ring - rings));
	ring->server = make_slot(inside ? directory : control, name,
				 64 + below(chance(50) ? 3000 : 100000));
	if (ring->server < 0)
		return false;
	ring->fd = make_ring(ring->server, &pages);
	ring->clients[0] = open_client(inside, name, O_NONBLOCK);
	ring->clients[1] = open_client(inside, name, 0);
	if (ring->fd < 0 || !ring_map(ring, pages)) {
		ring_end(ring);
		return false;
	}
	ring->stored = 0;
	ring->head = 0;
	ring->released = 0;
	ring->looked = 0;
	ring->gone = false;
	if (chance(30))
		give_file(dup(ring->server));
	return true;
}

/* What the kernel tells in its page; returns the tail. */
static uint32_t ring_look(struct ring *ring)
{
	static const unsigned char zeroes[PAGE];
	const struct mailslot_ring_status *status = ring->status;
	uint32_t flags = __atomic_load_n(&status->flags, __ATOMIC_ACQUIRE);
	uint32_t tail = __atomic_load_n(&status->tail, __ATOMIC_ACQUIRE);
	size_t i;

	if (status->version != 1 || status->header_size != HEADER ||
	    status->data_size != ring->size || flags & ~MAILSLOT_RING_GONE ||
	    memcmp(status->unused, zeroes, sizeof(status->unused)) ||
	    memcmp(status + 1, zeroes, PAGE - sizeof(*status)))
		failed("the status page of a ring has changed");
	for (i = sizeof(struct mailslot_ring_reader); i < PAGE; i++)
		if (ring->reader[i] != reader_byte(i))
			failed("somebody has written to the reader's page");
	if (tail - ring->stored > ring->size || tail - ring->stored < ring->head - ring->stored)
		failed("the tail has left the ring");
	if (ring->gone && (tail != ring->tail || !flags))
		failed("something came after a ring's end");
	ring->gone = flags;
	ring->tail = tail;
	return tail;
}

static const struct mailslot_ring_message *message_at(const struct ring *ring, uint32_t at)
{
	return (const void *)(ring->data + (at & (ring->size - 1)));
}

static uint32_t footprint(const struct mailslot_ring_message *message)
{
	return (HEADER + message->length + MAILSLOT_RING_ALIGN - 1) & -MAILSLOT_RING_ALIGN;
}

/* Is it the message that it should be? Returns how many bytes it takes. */
static uint32_t ring_check(const struct ring *ring, uint32_t at, uint64_t sequence)
{
	const struct mailslot_ring_message *message = message_at(ring, at);
	const unsigned char *bytes = (const unsigned char *)(message + 1);
	uint32_t size = footprint(message), i;

	if (message->length > ring->size || size > ring->tail - at) {
		failed("a message in a ring ends behind the tail");
		return 0;
	}
	if (message->sequence != sequence)
		failed("message %llu stands in a ring in the place of %llu",
		       (unsigned long long)message->sequence, (unsigned long long)sequence);
	if (!message->pid || message->uid != 65534 || message->gid != 65534 ||
	    message->time_ns <= 0)
		failed("the header of a message in a ring makes no sense");
	for (i = message->length; i < size - HEADER; i++)
		if (bytes[i])
			failed("there is something between two messages of a ring");
	message_check(bytes, message->length);
	return size;
}

static int ring_wait(const struct ring *ring, uint32_t flags, uint64_t deadline_ns)
{
	struct mailslot_ring_wait args = { .flags = flags, .deadline_ns = deadline_ns };

	return ioctl(ring->fd, MAILSLOT_IOC_RING_WAIT, &args) ? errno : 0;
}

/* Give back what has been looked at, and call if that is asked for. */
static void ring_release(struct ring *ring)
{
	uint32_t kick;

	__atomic_store_n((uint32_t *)ring->reader, ring->head, __ATOMIC_RELEASE);
	ring->stored = ring->head;
	ring->released = ring->looked;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	kick = __atomic_load_n(&ring->status->kick, __ATOMIC_RELAXED);
	if (kick && kick % MAILSLOT_RING_ALIGN != MAILSLOT_RING_KICK)
		failed("a kick is no position");
	if (kick && (int32_t)(ring->head - (kick & -MAILSLOT_RING_ALIGN)) >= 0)
		ring_wait(ring, MAILSLOT_RING_DONTWAIT, 0);
}

/* What is not given back is as it was. */
static void ring_check_held(const struct ring *ring)
{
	uint64_t sequence = ring->released;
	uint32_t at = ring->stored, size;

	for (; at != ring->head; at += size) {
		size = ring_check(ring, at, ++sequence);
		if (!size)
			return;
	}
}

static void ring_read(struct ring *ring, unsigned int most)
{
	uint32_t tail = ring_look(ring), size;

	while (most-- && ring->head != tail) {
		size = ring_check(ring, ring->head, ++ring->looked);
		if (!size)
			break;
		ring->head += size;
		__atomic_add_fetch(&shared->ringed, 1, __ATOMIC_RELAXED);
	}
	if (chance(20))
		ring_check_held(ring);
	if (chance(70))
		ring_release(ring);
}

/* The calls that tell whether there is a message; all that one reader alone may know. */
static void ring_ask(struct ring *ring)
{
	bool there = ring_look(ring) != ring->stored;
	uint64_t deadlines[] = { 0, 1, any() >> below(64), MAILSLOT_WAIT_FOREVER_NS };
	struct pollfd polled = { .fd = chance(50) ? ring->fd : ring->server, .events = POLLIN };
	uint32_t flags = chance(70), length = message_at(ring, ring->stored)->length;
	int err, next = 0;

	switch (below(3)) {
	case 0:
		err = ring_wait(ring, flags, deadlines[below(ARRAY_SIZE(deadlines))]);
		if (err && there)
			failed("RING_WAIT finds no message where there is one: %d", err);
		if (err == EPIPE && (ring_look(ring) != ring->stored || !ring->gone))
			failed("RING_WAIT says that a slot is dead, and it is not");
		if (err && err != EPIPE && err != (flags ? EAGAIN : ETIMEDOUT) && err != EINTR)
			failed("RING_WAIT fails with %d", err);
		break;
	case 1:
		if (poll(&polled, 1, 0) >= 0 && there && !(polled.revents & POLLIN))
			failed("poll finds no message in a ring where there is one");
		break;
	default:
		if (!ioctl(ring->server, FIONREAD, &next) && there && !ring->gone &&
		    next != (int)length)
			failed("FIONREAD tells of %d bytes for %u", next, length);
		break;
	}
}

/* The one reader knows what has been read. */
static void ring_count(struct ring *ring)
{
	struct mailslot_info info;

	if (ioctl(chance(50) ? ring->fd : ring->server, MAILSLOT_IOC_GET_INFO, &info))
		return;
	if (info.flags & MAILSLOT_INFO_GONE) {
		if (!(ring->status->flags & MAILSLOT_RING_GONE))
			failed("the ring of a dead slot does not tell its end");
		return;
	}
	if (info.messages_read != ring->released || info.messages_written < ring->looked ||
	    info.message_count != info.messages_written - info.messages_read ||
	    info.queued_bytes != info.message_count * MAILSLOT_MESSAGE_COST +
				 info.bytes_written - info.bytes_read ||
	    !(info.flags & MAILSLOT_INFO_RING))
		failed("GET_INFO counts what a ring's reader has not read: %llu, not %llu",
		       (unsigned long long)info.messages_read,
		       (unsigned long long)ring->released);
}

/* No message comes out of the server end. */
static void ring_be_refused(const struct ring *ring)
{
	struct mailslot_recv_msg msg = { .buffer = (uintptr_t)self->own, .capacity = LONGEST };
	struct mailslot_receive args = {
		.messages = (uintptr_t)&msg, .count = 1, .message_size = sizeof(msg),
		.flags = below(4), .deadline_ns = chance(50) ? MAILSLOT_WAIT_FOREVER_NS : 0,
	};
	struct iovec part = { self->own, LONGEST };
	long n;

	errno = 0;
	switch (below(3)) {
	case 0:
		n = read(ring->server, self->own, 1 + below(LONGEST));
		break;
	case 1:
		n = readv(ring->server, &part, 1);
		break;
	default:
		n = ioctl(ring->server, MAILSLOT_IOC_RECEIVE, &args);
		break;
	}
	if (n >= 0 || errno != EBUSY)
		failed("a message is read beside its ring: %ld, %d", n, errno);
}

/* A message whose end cannot be read. */
static void send_cut(int fd)
{
	size_t length = message_make(self->own, below(LONGEST)), there = below(length);
	unsigned char *at = self->edge - there;
	struct mailslot_send_msg msg = { .buffer = (uintptr_t)at, .length = length };
	struct mailslot_send args = {
		.messages = (uintptr_t)&msg, .count = 1, .message_size = sizeof(msg),
	};
	struct iovec parts[2] = { { at, there / 2 }, { at + there / 2, length - there / 2 } };
	long n;

	memcpy(at, self->own, there);
	switch (below(3)) {
	case 0:
		n = write(fd, at, length);
		break;
	case 1:
		n = writev(fd, parts, 2);
		break;
	default:
		n = ioctl(fd, MAILSLOT_IOC_SEND, &args);
		break;
	}
	if (n >= 0)
		failed("a message was taken whose end cannot be read");
}

static void send_whole(int fd)
{
	size_t most = chance(50) ? 200 : LONGEST, length = message_make(self->own, below(most));
	ssize_t n = write(fd, self->own, length);

	if (n >= 0 && n != (ssize_t)length)
		failed("a message was written to a ring in part");
}

/* With the lock held, which is dropped: many may send at once. */
static void ring_send(struct ring *ring)
{
	int fd = dup(ring->clients[chance(30)]);
	unsigned int i;

	pthread_mutex_unlock(&ring->lock);
	if (fd < 0)
		return;
	for (i = 1 + below(6); i; i--) {
		if (chance(20))
			send_cut(fd);
		else
			send_whole(fd);
	}
	close(fd);
}

/* The server end goes, though others may hold it; what is in the ring is read to the end. */
static void ring_leave(struct ring *ring)
{
	close(ring->server);
	ring->server = -1;
	usleep(chance(20) ? below(1000) : 0);
	ring_read(ring, ~0U);
	if (ring_look(ring) == ring->head && ring->gone) {
		ring_release(ring);
		if (ring_wait(ring, MAILSLOT_RING_DONTWAIT, 0) != EPIPE)
			failed("RING_WAIT waits for a dead slot");
	}
	ring_count(ring);
	ring_end(ring);
}

/* Another descriptor of the same ring: reading goes on where the head says. */
static void ring_again(struct ring *ring)
{
	unsigned long pages = 0;
	uint32_t size = ring->size;
	int fd = make_ring(ring->server, &pages);

	if (fd < 0)
		return;
	ring_release(ring);
	ring_unmap(ring);
	close(ring->fd);
	ring->fd = fd;
	if (!ring_map(ring, pages)) {
		ring_end(ring);
		return;
	}
	if (ring->size != size ||
	    __atomic_load_n((uint32_t *)ring->reader, __ATOMIC_RELAXED) != ring->stored)
		failed("a ring that was left is another one");
}

void ring_call(void)
{
	struct ring *ring = &rings[below(RINGS)];

	if (pthread_mutex_trylock(&ring->lock))
		return;
	if (ring->reader || ring_begin(ring)) {
		switch (below(32)) {
		case 0 ... 9:
			ring_send(ring);
			return;
		case 10 ... 21:
			ring_read(ring, below(20));
			break;
		case 22 ... 25:
			ring_ask(ring);
			break;
		case 26 ... 27:
			ring_count(ring);
			break;
		case 28 ... 29:
			ring_be_refused(ring);
			break;
		case 30:
			ring_again(ring);
			break;
		default:
			ring_leave(ring);
			break;
		}
	}
	pthread_mutex_unlock(&ring->lock);
}

static void window_close(struct window *window)
{
	if (window->fd < 0)
		return;
	window_clear(window);
	close(window->fd);
	close(window->server);
	window->fd = -1;
}

static void window_open(struct window *window)
{
	unsigned char *at = window_at(window);
	char name[32];

	if (window->fd >= 0)
		return;
	snprintf(name, sizeof(name), "fuzz-abi/wr%u", (unsigned int)(window - windows));
	window->server = make_slot(chance(50) ? directory : control, name, 64 + below(100000));
	if (window->server < 0)
		return;
	window->fd = make_ring(window->server, &window->pages);
	if (window->fd < 0) {
		close(window->server);
		return;
	}
	if (mmap(at, window->pages * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, window->fd, 0) ==
	    MAP_FAILED ||
	    mmap(at, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, window->fd, 0) ==
	    MAP_FAILED) {
		window_close(window);
		return;
	}
	if (chance(70))
		give_file(dup(window->server));
	if (chance(70))
		give_file(dup(window->fd));
}

/* With the lock held: what an attacker would store. */
static void window_store(const struct window *window)
{
	unsigned char *at = window_at(window);
	const volatile struct mailslot_ring_status *status = (void *)(at + PAGE);
	volatile uint32_t *words = (void *)at;
	uint32_t tail, size;

	if (window->fd < 0)
		return;
	tail = status->tail;
	size = status->data_size;
	uint32_t heads[] = {
		any(), any() & -MAILSLOT_RING_ALIGN, 0, tail, tail + 1, tail - 1, tail + 8,
		tail - 8, tail + size, tail - size, tail - below(size), tail - below(size) / 8 * 8,
		tail - 8 * below(100), words[0] + 8 * below(100),
	};
	words[chance(90) ? 0 : below(PAGE / sizeof(*words))] = heads[below(ARRAY_SIZE(heads))];
}

/* May a mapping of @count pages from @first on be of that kind? */
static bool allowed(int protection, unsigned long first, unsigned long count)
{
	if (protection & PROT_EXEC)
		return false;
	return !(protection & PROT_WRITE) || (!first && count == 1);
}

static int some_protection(void)
{
	return chance(50) ? PROT_READ | (chance(40) ? PROT_WRITE : 0) : (int)below(8);
}

/* The kernel reads and writes there, and says so instead of killing us. */
static void touch(unsigned char *at, size_t size, bool writable)
{
	unsigned char bytes[64] = {};
	struct iovec own = { bytes, sizeof(bytes) }, there = { at + below(size - 63), 64 };

	process_vm_readv(getpid(), &own, 1, &there, 1, 0);
	if (process_vm_writev(getpid(), &own, 1, &there, 1, 0) > 0 && !writable)
		failed("pages of a ring are written that are mapped for reading");
}

/* Change a mapping: what it may not be, it does not become. Is there other memory in it then? */
static bool change_mapping(unsigned char *at, unsigned long first, unsigned long count)
{
	static const int advice[] = {
		MADV_DONTNEED, MADV_WILLNEED, MADV_DONTFORK, MADV_DOFORK, MADV_REMOVE, MADV_FREE,
		MADV_COLD, MADV_PAGEOUT, MADV_MERGEABLE, MADV_HUGEPAGE, MADV_DONTDUMP,
	};
	int protection = some_protection();
	unsigned char *moved;

	switch (below(5)) {
	case 0:
		if (!mprotect(at, count * PAGE, protection) && !allowed(protection, first, count))
			failed("pages of a ring become what they may not be: %d", protection);
		break;
	case 1:
		madvise(at + below(count) * PAGE, PAGE, advice[below(ARRAY_SIZE(advice))]);
		break;
	case 2:
		moved = mremap(at, count * PAGE, (count + 1 + below(4)) * PAGE, MREMAP_MAYMOVE);
		if (moved != MAP_FAILED)
			failed("a mapping of a ring grows");
		break;
	case 3:
		msync(at, count * PAGE, MS_SYNC);
		mlock(at, PAGE);
		break;
	default:
		/* Nobody else's memory may come there. */
		mmap(at + below(count) * PAGE, PAGE, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		return true;
	}
	return false;
}

/* To another address, which the caller gets. */
static unsigned char *move_mapping(unsigned char *at, size_t size)
{
	unsigned char *to = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (to == MAP_FAILED)
		return at;
	if (mremap(at, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, to) != MAP_FAILED)
		return to;
	munmap(to, size);
	return at;
}

/* Any mapping, which nobody else uses. */
static void try_mapping(int fd, unsigned long pages)
{
	static const int kinds[] = { MAP_SHARED, MAP_SHARED, MAP_SHARED, MAP_SHARED_VALIDATE,
				     MAP_PRIVATE };
	unsigned long first = chance(30) ? 0 : below(pages + 2);
	unsigned long count = 1 + (chance(50) ? 0 : below(pages + 1));
	int protection = some_protection(), kind = kinds[below(ARRAY_SIZE(kinds))];
	unsigned char *at;
	unsigned int i;

	at = mmap(NULL, count * PAGE, protection, kind | (chance(20) ? MAP_POPULATE : 0), fd,
		  first * PAGE);
	if (at == MAP_FAILED)
		return;
	if (kind == MAP_PRIVATE || first + count > pages || !allowed(protection, first, count))
		failed("what may not be mapped of a ring is: %lu pages at %lu, %d",
		       count, first, protection);
	if (chance(50))
		at = move_mapping(at, count * PAGE);
	for (i = below(4); i; i--) {
		bool other = change_mapping(at, first, count);

		touch(at, count * PAGE, !first && count == 1);
		if (other)
			break;
	}
	munmap(at, count * PAGE);
}

/* RING with what may be refused: it writes no more than it was given room for. */
static void try_layout(int server)
{
	unsigned char bytes[256];
	struct mailslot_ring_layout *layout = (void *)bytes;
	size_t size = chance(50) ? sizeof(*layout) : below(sizeof(bytes)), i;
	bool wrong = chance(50);
	int fd;

	memset(bytes, 0, size);
	memset(bytes + size, POISON, sizeof(bytes) - size);
	if (wrong)
		bytes[below(8)] = 1 + below(255);
	fd = ioctl(server, _IOC(_IOC_READ | _IOC_WRITE, MAILSLOT_IOC_MAGIC, 6, size), bytes);
	if (fd >= 0 && wrong && size >= 8)
		failed("RING takes flags that mean nothing");
	for (i = size; i < sizeof(bytes); i++)
		if (bytes[i] != POISON && !(wrong && i < 8))
			failed("RING wrote more than it was given room for");
	for (i = sizeof(*layout); fd >= 0 && i < size; i++)
		if (bytes[i])
			failed("RING fills up with what is not zero");
	if (fd >= 0)
		close(fd);
}

static void try_wait(int fd)
{
	struct mailslot_ring_wait args = {
		.flags = chance(60) ? MAILSLOT_RING_DONTWAIT : chance(50) ? 0 : any(),
		.reserved = chance(95) ? 0 : any(),
		.deadline_ns = chance(70) ? below(3) : any() >> below(64),
	};
	bool wrong = args.flags & ~MAILSLOT_RING_WAIT_FLAGS || args.reserved;

	if (!ioctl(fd, MAILSLOT_IOC_RING_WAIT, &args) && wrong)
		failed("RING_WAIT takes flags that mean nothing");
}

/* Calls on a ring that others use, change and close meanwhile. */
static void window_try(struct window *window)
{
	int server = dup(window->server), fd = dup(window->fd);
	unsigned long pages = window->pages;

	pthread_mutex_unlock(&window->lock);
	if (server >= 0 && fd >= 0) {
		switch (below(4)) {
		case 0 ... 1:
			try_mapping(fd, pages);
			break;
		case 2:
			try_layout(server);
			break;
		default:
			try_wait(fd);
			break;
		}
	}
	close(server);
	close(fd);
}

void ring_call_wild(void)
{
	struct window *window = &windows[below(RINGS)];

	if (pthread_mutex_trylock(&window->lock))
		return;
	switch (below(16)) {
	case 0:
		window_close(window);
		break;
	case 1 ... 3:
		window_open(window);
		break;
	case 4:
		window_store(window);
		break;
	default:
		window_try(window);
		return;
	}
	pthread_mutex_unlock(&window->lock);
}

/* While others call. */
void ring_disturb(void)
{
	struct window *window = &windows[below(RINGS)];

	if (pthread_mutex_trylock(&window->lock))
		return;
	window_store(window);
	pthread_mutex_unlock(&window->lock);
}
