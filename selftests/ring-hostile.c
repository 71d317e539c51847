// SPDX-License-Identifier: GPL-2.0-only
/*
 * Readers of a ring that do not keep to the protocol: they store what they like in the page that is
 * theirs, while writers send and are waited for. Writers get what a full queue or a dead server
 * gives, the slot's accounts stay right, and nothing is ever said in the kernel's log.
 */
#include <sys/mman.h>
#include <sys/wait.h>
#include "ring.h"

#define WRITERS	16
#define TIME_NS	(3 * NSEC_PER_SEC)

static bool stop;	/* __atomic_* */

static bool stopped(void)
{
	return __atomic_load_n(&stop, __ATOMIC_RELAXED);
}

/* Messages of many lengths. Anything but success, a full queue and death is a fault. */
static long write_on(struct call *call)
{
	char *bytes = malloc(40000);
	unsigned int seed = call->size;
	long n;

	memset(bytes, call->size, 40000);
	while (!stopped()) {
		__u32 length = rand_r(&seed) % (rand_r(&seed) % 16 ? 300 : 40000);

		n = R(write(call->fd, bytes, length));
		if (n != length && n != -EAGAIN && n != -EPIPE)
			return n ?: -1;
		if (n == -EAGAIN)
			poll(&(struct pollfd) { .fd = call->fd, .events = POLLOUT }, 1, 1);
		if (n == -EPIPE)
			break;
	}
	free(bytes);
	return 0;
}

/* Every word of the page that is the reader's, and the values that an attacker would try. */
static long store_anything(struct call *call)
{
	struct ring *ring = call->buffer;
	__u32 words = sysconf(_SC_PAGESIZE) / sizeof(__u32), n = 0;
	volatile __u32 *page = (void *)ring->reader;
	unsigned int seed = call->size;

	while (!stopped()) {
		__u32 tail = ring->status->tail, values[] = {
			0, 1, 7, 8, tail, tail + 1, tail - 1, tail + 8, tail - 8, ~0U, 1U << 31,
			tail + ring->layout.data_size, tail - ring->layout.data_size, n,
			rand_r(&seed) * 8, tail - 8 * (rand_r(&seed) % 1000),
		};

		page[n % 8 ? 0 : n / 8 % words] = values[rand_r(&seed) % 16];
		n++;
	}
	return 0;
}

static long ask_on(struct call *call)
{
	struct ring *ring = call->buffer;
	struct mailslot_info info;

	while (!stopped()) {
		poll_now(ring->fd, POLLIN);
		ring_wait(ring, MAILSLOT_RING_DONTWAIT, 0);
		info = info_of(ring->fd);
		/* What is queued counts for its bytes and its number, whatever the head says. */
		if (info.queued_bytes > info.queue_bytes ||
		    info.messages_read > info.messages_written ||
		    info.message_count != info.messages_written - info.messages_read ||
		    info.queued_bytes != info.message_count * COST + info.bytes_written -
					 info.bytes_read)
			return -1;
	}
	return 0;
}

/* After all that, one who keeps to the protocol gets on with what the kernel knows. */
static long drain(struct ring *ring, int server)
{
	struct mailslot_info info;

	__atomic_store_n(&ring->reader->head, ring->status->tail, __ATOMIC_RELEASE);
	ring->head = ring->reader->head;
	ring_wait(ring, MAILSLOT_RING_DONTWAIT, 0);
	info = info_of(server);
	return info.message_count || info.queued_bytes ? -1 : 0;
}

TEST_F(ring, stores_anything)
{
	struct call writers[WRITERS], others[4];
	unsigned int i;
	int client;

	for (i = 0; i < WRITERS; i++) {
		client = client_open(self->name, O_WRONLY | (i % 2 ? O_NONBLOCK : 0));
		ASSERT_LE(0, client);
		writers[i] = (struct call) { .function = write_on, .fd = client, .size = i };
		ASSERT_TRUE(call_start(&writers[i]));
	}
	for (i = 0; i < 4; i++) {
		others[i] = (struct call) { .function = i == 3 ? ask_on : store_anything,
					    .buffer = &self->ring, .size = i };
		ASSERT_TRUE(call_start(&others[i]));
	}
	sleep_ns(TIME_NS);
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < 4; i++)
		EXPECT_EQ(0, call_join(&others[i]));
	/* Writers may stand in line: make room for them until they are through. */
	for (i = 0; i < WRITERS; i++) {
		while (!call_done(&writers[i])) {
			drain(&self->ring, self->server);
			sleep_ns(NSEC_PER_MSEC);
		}
		EXPECT_EQ(0, call_join(&writers[i]));
		close(writers[i].fd);
	}
	EXPECT_EQ(0, drain(&self->ring, self->server));
	ASSERT_EQ(5, R(write(self->client, "after", 5)));
	EXPECT_EQ(0, memcmp("after", ring_bytes(&self->ring, ring_next(&self->ring)), 5));
	EXPECT_LT(WRITERS, info_of(self->server).messages_written);
}

/* The reader maps, unmaps, forks and dies, over and over, while writers send. */
static void reader_for_a_while(int server, unsigned int round)
{
	struct ring ring;
	unsigned int i;

	if (!ring_open(&ring, server))
		_exit(1);
	for (i = 0; i < 200; i++)
		if (ring_next(&ring))
			ring_release(&ring);
	switch (round % 4) {
	case 0:
		ring_close(&ring);
		break;
	case 1:
		munmap((void *)ring.data, ring.layout.data_size);
		kill(getpid(), SIGKILL);
		break;
	case 2:
		if (!fork())
			_exit(0);
		execl("/bin/true", "true", NULL);
		break;
	case 3:
		mremap((void *)ring.data, 2 * ring.layout.data_size, sysconf(_SC_PAGESIZE), 0);
		close(ring.fd);
	}
	_exit(0);
}

TEST_F(ring, comes_and_goes)
{
	struct call writers[4];
	unsigned int i;
	int status;
	pid_t pid;

	for (i = 0; i < 4; i++) {
		writers[i] = (struct call) { .function = write_on, .fd = self->client, .size = i };
		ASSERT_TRUE(call_start(&writers[i]));
	}
	for (i = 0; i < 40; i++) {
		pid = fork();
		if (!pid)
			reader_for_a_while(self->server, i);
		status = child_status(pid);
		EXPECT_TRUE(status == 0 || status == 128 + SIGKILL);
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < 4; i++) {
		while (!call_done(&writers[i])) {
			drain(&self->ring, self->server);
			sleep_ns(NSEC_PER_MSEC);
		}
		EXPECT_EQ(0, call_join(&writers[i]));
	}
	EXPECT_EQ(0, drain(&self->ring, self->server));
}

/* The server end is closed while writers are anywhere. */
TEST_F(ring, dies_under_writers)
{
	struct call writers[WRITERS];
	unsigned int i, round;

	for (round = 0; round < 20; round++) {
		for (i = 0; i < WRITERS; i++) {
			writers[i] = (struct call) { .function = write_on, .fd = self->client,
						     .size = i };
			ASSERT_TRUE(call_start(&writers[i]));
		}
		sleep_ns(round * NSEC_PER_MSEC);
		close(self->server);
		for (i = 0; i < WRITERS; i++)
			EXPECT_EQ(0, call_join(&writers[i]));
		close(self->client);
		ring_close(&self->ring);
		self->server = create_ring(self->name, RING_BYTES);
		self->client = client_open(self->name, O_WRONLY);
		ASSERT_TRUE(ring_open(&self->ring, self->server));
	}
}
