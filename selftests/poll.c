// SPDX-License-Identifier: GPL-2.0-only
/*
 * Readiness: poll, epoll by level and by edge, FIONREAD, calls that must not wait, and
 * wake-ups of exactly those who have something to do.  io_uring is uring.c's.
 */
#include <sys/epoll.h>
#include "slot_fixture.h"

#define READABLE	(POLLIN | POLLRDNORM)
#define WRITABLE	(POLLOUT | POLLWRNORM)
#define ALL_EVENTS	(READABLE | WRITABLE | POLLPRI | POLLRDBAND | POLLWRBAND)

TEST_F(slot, server)
{
	char byte;

	EXPECT_EQ(0, poll_now(self->server, ALL_EVENTS));
	EXPECT_EQ(1, write(self->client, "x", 1));
	EXPECT_EQ(READABLE, poll_now(self->server, ALL_EVENTS));
	EXPECT_EQ(POLLIN, poll_now(self->server, POLLIN));
	EXPECT_EQ(-EMSGSIZE, R(read(self->server, &byte, 0)));
	EXPECT_EQ(POLLIN, poll_now(self->server, POLLIN));
	EXPECT_EQ(1, read(self->server, &byte, 1));
	EXPECT_EQ(0, poll_now(self->server, ALL_EVENTS));
	EXPECT_EQ(0, R(write(self->client, "", 0)));
	EXPECT_EQ(POLLIN, poll_now(self->server, POLLIN));
}

/* A server does not hang up for lack of clients: the next may come. */
TEST_F(slot, server_without_clients)
{
	EXPECT_EQ(0, close(self->client));
	EXPECT_EQ(0, poll_now(self->server, ALL_EVENTS));
}

TEST_F(slot, client)
{
	EXPECT_EQ(WRITABLE, poll_now(self->client, ALL_EVENTS));
	EXPECT_EQ(1, write(self->client, "x", 1));
	EXPECT_EQ(WRITABLE, poll_now(self->client, ALL_EVENTS));
	EXPECT_EQ(0, close(self->server));
	EXPECT_EQ(POLLHUP | POLLERR, poll_now(self->client, ALL_EVENTS) & (POLLHUP | POLLERR));
	EXPECT_EQ(POLLHUP | POLLERR, poll_now(self->client, 0));
	EXPECT_EQ(0, poll_now(self->client, READABLE) & READABLE);
}

TEST_F(slot, fionread)
{
	int size = POISON;
	char buffer[8];

	EXPECT_EQ(0, R(ioctl(self->server, FIONREAD, &size)));
	EXPECT_EQ(0, size);
	EXPECT_EQ(5, write(self->client, "12345", 5));
	EXPECT_EQ(0, R(write(self->client, "", 0)));
	EXPECT_EQ(2, write(self->client, "12", 2));
	size = POISON;
	EXPECT_EQ(0, R(ioctl(self->server, FIONREAD, &size)));
	EXPECT_EQ(5, size);
	EXPECT_EQ(5, read(self->server, buffer, sizeof(buffer)));
	size = POISON;
	EXPECT_EQ(0, R(ioctl(self->server, FIONREAD, &size)));
	EXPECT_EQ(0, size);
	EXPECT_EQ(0, read(self->server, buffer, sizeof(buffer)));
	size = POISON;
	EXPECT_EQ(0, R(ioctl(self->server, FIONREAD, &size)));
	EXPECT_EQ(2, size);
	EXPECT_EQ(-EFAULT, R(ioctl(self->server, FIONREAD, NULL)));
}

/* Waits in poll(2) for the events in size; gives those that came. */
static long call_poll(struct call *call)
{
	struct pollfd p = { .fd = call->fd, .events = call->size };
	long ret = R(poll(&p, 1, -1));

	return ret == 1 ? p.revents : ret;
}

TEST_F(slot, wakes_reader)
{
	struct call waiter = { .function = call_poll, .fd = self->server, .size = POLLIN };
	int i;

	for (i = 0; i < 50; i++) {
		char byte;

		ASSERT_TRUE(call_start(&waiter));
		if (i % 2)
			ASSERT_TRUE(call_asleep(&waiter, SYS_poll));
		EXPECT_EQ(1, write(self->client, "x", 1));
		EXPECT_EQ(POLLIN, call_join(&waiter));
		EXPECT_EQ(1, read(self->server, &byte, 1));
	}
}

TEST_F(slot, wakes_at_death)
{
	struct call waiter = { .function = call_poll, .fd = self->client };

	ASSERT_TRUE(call_start(&waiter));
	ASSERT_TRUE(call_asleep(&waiter, SYS_poll));
	EXPECT_EQ(0, close(self->server));
	EXPECT_EQ(POLLHUP | POLLERR, call_join(&waiter));
}

/* A slot with room for four messages of 100 bytes, and two nonblocking clients. */
#define LENGTH	100

FIXTURE(tight)
{
	char name[MAILSLOT_NAME_SIZE];
	int server;
	int client;
	int other;
	int blocking;
	char buffer[4 * (LENGTH + COST)];
};

FIXTURE_SETUP(tight)
{
	struct mailslot_create args = create_args(NULL);

	args.queue_bytes = 4 * (LENGTH + COST);
	self->server = create_slot(&args);
	ASSERT_LE(0, self->server);
	strcpy(self->name, args.name);
	self->client = client_open(args.name, O_WRONLY | O_NONBLOCK);
	self->other = client_open(args.name, O_WRONLY | O_NONBLOCK);
	self->blocking = client_open(args.name, O_WRONLY);
	ASSERT_LE(0, self->client);
	ASSERT_LE(0, self->other);
	ASSERT_LE(0, self->blocking);
}

FIXTURE_TEARDOWN(tight)
{
	close(self->blocking);
	close(self->client);
	close(self->other);
	close(self->server);
}

static int fill_up(int client, size_t length)
{
	static char zeroes[4096];
	int count;

	for (count = 0; write(client, zeroes, length) == (ssize_t)length; count++)
		;
	return errno == EAGAIN ? count : -errno;
}

TEST_F(tight, full)
{
	EXPECT_EQ(4, fill_up(self->client, LENGTH));
	EXPECT_EQ(0, poll_now(self->client, ALL_EVENTS));
	EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
	EXPECT_EQ(WRITABLE, poll_now(self->client, ALL_EVENTS));
	EXPECT_EQ(LENGTH, write(self->client, self->buffer, LENGTH));
}

/* Told writable means written: room for less than was refused is none. */
TEST_F(tight, room_for_what_was_refused)
{
	size_t big = 2 * LENGTH + COST;
	int reads;

	EXPECT_EQ(4, fill_up(self->client, LENGTH));
	EXPECT_EQ(-EAGAIN, R(write(self->client, self->buffer, big)));
	for (reads = 0; !poll_now(self->client, POLLOUT) && reads < 4; reads++) {
		EXPECT_EQ(-EAGAIN, R(write(self->client, self->buffer, big)));
		EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
	}
	EXPECT_EQ(2, reads);
	EXPECT_EQ(big, R(write(self->client, self->buffer, big)));
}

/* What one end was refused is nothing to another. */
TEST_F(tight, room_for_another)
{
	EXPECT_EQ(4, fill_up(self->client, LENGTH));
	EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
	EXPECT_EQ(-EAGAIN, R(write(self->client, self->buffer, 2 * LENGTH)));
	EXPECT_EQ(0, poll_now(self->client, POLLOUT));
	EXPECT_EQ(POLLOUT, poll_now(self->other, POLLOUT));
	EXPECT_EQ(LENGTH, R(write(self->other, self->buffer, LENGTH)));
}

/* After a write that was taken the big one refused before is forgotten. */
TEST_F(tight, refusal_is_forgotten)
{
	char byte;

	EXPECT_EQ(4, fill_up(self->client, LENGTH));
	EXPECT_EQ(-EAGAIN, R(write(self->client, self->buffer, 4 * LENGTH)));
	EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
	EXPECT_EQ(1, write(self->client, "x", 1));
	EXPECT_EQ(POLLOUT, poll_now(self->client, POLLOUT));
	EXPECT_EQ(-EMSGSIZE, R(read(self->server, &byte, 1)));
	EXPECT_EQ(0, R(write(self->client, "", 0)));
}

/* Those who wait in write(2) go first, so there is no room for who does not wait. */
TEST_F(tight, room_behind_waiting_writers)
{
	struct call writer = {
		.function = call_write, .fd = self->blocking,
		.buffer = self->buffer, .size = 4 * LENGTH,
	};
	char in[4 * LENGTH];
	int i;

	EXPECT_EQ(4, fill_up(self->client, LENGTH));
	ASSERT_TRUE(call_start(&writer));
	ASSERT_TRUE(call_asleep(&writer, SYS_write));
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(LENGTH, read(self->server, in, LENGTH));
		EXPECT_EQ(-EAGAIN, R(write(self->client, "", 0)));
		EXPECT_EQ(0, poll_now(self->client, POLLOUT));
	}
	EXPECT_EQ(LENGTH, read(self->server, in, LENGTH));
	EXPECT_EQ(4 * LENGTH, call_join(&writer));
	EXPECT_EQ(LENGTH, read(self->server, in, LENGTH));
	EXPECT_EQ(POLLOUT, poll_now(self->client, POLLOUT));
	EXPECT_EQ(0, R(write(self->client, "", 0)));
}

TEST_F(tight, wakes_writer)
{
	struct call waiter = { .function = call_poll, .fd = self->client, .size = POLLOUT };
	int i;

	EXPECT_EQ(4, fill_up(self->client, LENGTH));
	for (i = 0; i < 50; i++) {
		ASSERT_TRUE(call_start(&waiter));
		if (i % 2)
			ASSERT_TRUE(call_asleep(&waiter, SYS_poll));
		EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
		EXPECT_EQ(POLLOUT, call_join(&waiter));
		EXPECT_EQ(1, fill_up(self->client, LENGTH));
	}
}

/* A poller that needs more room than there is sleeps on, and wakes when there is. */
TEST_F(tight, wakes_writer_for_enough)
{
	struct call waiter = { .function = call_poll, .fd = self->client, .size = POLLOUT };
	size_t big = 3 * LENGTH + 2 * COST;
	int i;

	EXPECT_EQ(4, fill_up(self->client, LENGTH));
	EXPECT_EQ(-EAGAIN, R(write(self->client, self->buffer, big)));
	ASSERT_TRUE(call_start(&waiter));
	ASSERT_TRUE(call_asleep(&waiter, SYS_poll));
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
		ASSERT_TRUE(call_asleep(&waiter, SYS_poll));
	}
	EXPECT_FALSE(call_done(&waiter));
	EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
	EXPECT_EQ(POLLOUT, call_join(&waiter));
	EXPECT_EQ(big, R(write(self->client, self->buffer, big)));
}

TEST_F(tight, nowait)
{
	struct iovec iov = { self->buffer, LENGTH };
	struct mailslot_set_info set = {
		.mask = MAILSLOT_SET_READ_TIMEOUT, .read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS,
	};
	int i;

	EXPECT_EQ(0, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, &set)));
	EXPECT_EQ(-EAGAIN, R(preadv2(self->server, &iov, 1, -1, RWF_NOWAIT)));
	for (i = 0; i < 4; i++)
		EXPECT_EQ(LENGTH, R(pwritev2(self->blocking, &iov, 1, -1, RWF_NOWAIT)));
	EXPECT_EQ(-EAGAIN, R(pwritev2(self->blocking, &iov, 1, -1, RWF_NOWAIT)));
	iov.iov_len--;
	EXPECT_EQ(-EMSGSIZE, R(preadv2(self->server, &iov, 1, -1, RWF_NOWAIT)));
	iov.iov_len++;
	for (i = 0; i < 4; i++)
		EXPECT_EQ(LENGTH, R(preadv2(self->server, &iov, 1, -1, RWF_NOWAIT)));
	EXPECT_EQ(-EAGAIN, R(preadv2(self->server, &iov, 1, -1, RWF_NOWAIT)));
}

/* The events an epoll instance tells of now, for its one file; 0 for none. */
static __u32 epoll_now(int ep)
{
	struct epoll_event event;

	return epoll_wait(ep, &event, 1, 0) == 1 ? event.events : 0;
}

static int epoll_on(int fd, __u32 events)
{
	struct epoll_event event = { .events = events };
	int ep = epoll_create1(EPOLL_CLOEXEC);

	return epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event) ? -1 : ep;
}

TEST_F(tight, epoll_level)
{
	int in = epoll_on(self->server, EPOLLIN), out = epoll_on(self->client, EPOLLOUT);

	ASSERT_LE(0, in);
	ASSERT_LE(0, out);
	EXPECT_EQ(0, epoll_now(in));
	EXPECT_EQ(EPOLLOUT, epoll_now(out));
	EXPECT_EQ(EPOLLOUT, epoll_now(out));
	EXPECT_EQ(4, fill_up(self->client, LENGTH));
	EXPECT_EQ(0, epoll_now(out));
	EXPECT_EQ(EPOLLIN, epoll_now(in));
	EXPECT_EQ(EPOLLIN, epoll_now(in));
	EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
	EXPECT_EQ(EPOLLIN, epoll_now(in));
	EXPECT_EQ(EPOLLOUT, epoll_now(out));
	while (read(self->server, self->buffer, LENGTH) == LENGTH)
		;
	EXPECT_EQ(0, epoll_now(in));
	EXPECT_EQ(0, close(in));
	EXPECT_EQ(0, close(self->server));
	EXPECT_EQ(EPOLLHUP | EPOLLERR, epoll_now(out) & ~EPOLLOUT);
	EXPECT_EQ(EPOLLHUP | EPOLLERR, epoll_now(out) & ~EPOLLOUT);
}

/* By edge each change is told once: none may be missing, and none repeated. */
TEST_F(tight, epoll_edge_in)
{
	int ep = epoll_on(self->server, EPOLLIN | EPOLLET);
	int i;

	ASSERT_LE(0, ep);
	for (i = 0; i < 20; i++) {
		EXPECT_EQ(0, epoll_now(ep));
		EXPECT_EQ(LENGTH, R(write(self->client, self->buffer, LENGTH)));
		EXPECT_EQ(EPOLLIN, epoll_now(ep));
		EXPECT_EQ(0, epoll_now(ep));
		EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
		EXPECT_EQ(-ETIMEDOUT, R(read(self->server, self->buffer, LENGTH)));
	}
}

TEST_F(tight, epoll_edge_out)
{
	int ep = epoll_on(self->client, EPOLLOUT | EPOLLET);
	int i;

	ASSERT_LE(0, ep);
	EXPECT_EQ(EPOLLOUT, epoll_now(ep));
	for (i = 0; i < 20; i++) {
		fill_up(self->client, LENGTH);
		EXPECT_EQ(0, epoll_now(ep));
		EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
		EXPECT_EQ(EPOLLOUT, epoll_now(ep));
		EXPECT_EQ(0, epoll_now(ep));
	}
	EXPECT_EQ(0, close(self->server));
	EXPECT_EQ(EPOLLHUP | EPOLLERR, epoll_now(ep) & ~EPOLLOUT);
	EXPECT_EQ(0, epoll_now(ep));
}

TEST_F(tight, epoll_oneshot)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLONESHOT };
	int ep = epoll_on(self->server, EPOLLIN | EPOLLONESHOT);

	ASSERT_LE(0, ep);
	EXPECT_EQ(1, write(self->client, "x", 1));
	EXPECT_EQ(EPOLLIN, epoll_now(ep));
	EXPECT_EQ(1, write(self->client, "x", 1));
	EXPECT_EQ(0, epoll_now(ep));
	EXPECT_EQ(0, epoll_ctl(ep, EPOLL_CTL_MOD, self->server, &event));
	EXPECT_EQ(EPOLLIN, epoll_now(ep));
}

/* How often a thread went to sleep of its own: more than before means that it was woken. */
static long sleeps_of(pid_t tid)
{
	char path[64], line[128];
	long count = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", tid);
	file = fopen(path, "r");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		sscanf(line, "voluntary_ctxt_switches: %ld", &count);
	fclose(file);
	return count;
}

#define SLEEPERS	6

/* One message wakes one reader, the first that came; the others sleep on undisturbed. */
TEST_F(slot, one_message_wakes_one_reader)
{
	struct mailslot_set_info set = {
		.mask = MAILSLOT_SET_READ_TIMEOUT, .read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS,
	};
	struct call readers[SLEEPERS];
	long before[SLEEPERS];
	char bytes[SLEEPERS];
	int i, j;

	EXPECT_EQ(0, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, &set)));
	for (i = 0; i < SLEEPERS; i++) {
		readers[i] = (struct call) {
			.function = call_read, .fd = self->server, .buffer = &bytes[i], .size = 1,
		};
		ASSERT_TRUE(call_start(&readers[i]));
		ASSERT_TRUE(call_asleep(&readers[i], SYS_read));
		before[i] = sleeps_of(readers[i].tid);
	}
	for (i = 0; i < SLEEPERS; i++) {
		EXPECT_EQ(1, write(self->client, "x", 1));
		EXPECT_EQ(1, call_join(&readers[i]));
		for (j = i + 1; j < SLEEPERS; j++) {
			EXPECT_FALSE(call_done(&readers[j]));
			EXPECT_EQ(before[j], sleeps_of(readers[j].tid));
		}
	}
}

/* A read that makes room for one writer wakes one writer. */
TEST_F(tight, one_read_wakes_one_writer)
{
	struct call writers[SLEEPERS];
	long before[SLEEPERS];
	int i, j;

	EXPECT_EQ(4, fill_up(self->client, LENGTH));
	for (i = 0; i < SLEEPERS; i++) {
		writers[i] = (struct call) {
			.function = call_write, .fd = self->blocking,
			.buffer = self->buffer, .size = LENGTH,
		};
		ASSERT_TRUE(call_start(&writers[i]));
		ASSERT_TRUE(call_asleep(&writers[i], SYS_write));
		before[i] = sleeps_of(writers[i].tid);
	}
	for (i = 0; i < SLEEPERS; i++) {
		char in[LENGTH];

		EXPECT_EQ(LENGTH, read(self->server, in, LENGTH));
		EXPECT_EQ(LENGTH, call_join(&writers[i]));
		for (j = i + 1; j < SLEEPERS; j++) {
			EXPECT_FALSE(call_done(&writers[j]));
			EXPECT_EQ(before[j], sleeps_of(writers[j].tid));
		}
	}
}

/* Readers waiting in read(2) and in poll(2) are both told. */
TEST_F(slot, reader_and_poller)
{
	struct call poller = { .function = call_poll, .fd = self->server, .size = POLLIN };
	char byte;
	struct call reader = {
		.function = call_receive, .fd = self->server, .buffer = &byte, .size = 1,
		.deadline_ns = MAILSLOT_WAIT_FOREVER_NS,
	};

	ASSERT_TRUE(call_start(&reader));
	ASSERT_TRUE(call_asleep(&reader, SYS_ioctl));
	ASSERT_TRUE(call_start(&poller));
	ASSERT_TRUE(call_asleep(&poller, SYS_poll));
	EXPECT_EQ(1, write(self->client, "x", 1));
	EXPECT_EQ(1, call_join(&reader));
	EXPECT_EQ(1, write(self->client, "y", 1));
	EXPECT_EQ(POLLIN, call_join(&poller));
}

static int exclusive_epoll(int fd)
{
	struct epoll_event event = { .events = EPOLLOUT | EPOLLEXCLUSIVE };
	int epoll = epoll_create1(0);

	return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) ? -1 : epoll;
}

static long call_epoll(struct call *call)
{
	struct epoll_event event;

	return R(epoll_wait(call->fd, &event, 1, 30000));
}

/*
 * Each client's epoll waits for its own file, however exclusively: room and death are news
 * for all of them.
 */
TEST_F(tight, exclusive_pollers_of_many_clients)
{
	int clients[4], epolls[4], round, i;

	for (i = 0; i < 4; i++) {
		clients[i] = client_open(self->name, O_WRONLY | O_NONBLOCK);
		ASSERT_LE(0, clients[i]);
		epolls[i] = exclusive_epoll(clients[i]);
		ASSERT_LE(0, epolls[i]);
	}
	for (round = 0; round < 2; round++) {
		struct call calls[4];

		EXPECT_LE(1, fill_up(self->other, 1));
		for (i = 0; i < 4; i++) {
			calls[i] = (struct call) { .function = call_epoll, .fd = epolls[i] };
			ASSERT_TRUE(call_start(&calls[i]));
			ASSERT_TRUE(call_asleep(&calls[i], SYS_epoll_wait));
		}
		if (round)
			close(self->server);
		while (!round && read(self->server, self->buffer, sizeof(self->buffer)) > 0)
			;
		for (i = 0; i < 4; i++)
			EXPECT_EQ(1, call_join(&calls[i]));
	}
}

/* To look at a message, or to fail to take it, is no news of it. */
TEST_F(slot, looking_is_no_edge)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int epoll = epoll_create1(0);
	struct mailslot_recv_msg msg;
	char buffer[8];

	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, self->server, &event));
	EXPECT_EQ(3, write(self->client, "one", 3));
	EXPECT_EQ(1, epoll_wait(epoll, &event, 1, 10000));
	msg = recv_slot(buffer, sizeof(buffer));
	EXPECT_EQ(1, receive(self->server, &msg, 1, MAILSLOT_RECEIVE_PEEK));
	EXPECT_EQ(0, epoll_wait(epoll, &event, 1, 0));
	EXPECT_EQ(-EFAULT, R(read(self->server, nowhere(), 8)));
	EXPECT_EQ(0, epoll_wait(epoll, &event, 1, 0));
	EXPECT_EQ(3, write(self->client, "two", 3));
	EXPECT_EQ(1, epoll_wait(epoll, &event, 1, 10000));
}

/* A SEND that queues nothing tells the server nothing. */
TEST_F(tight, refused_send_is_no_edge)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	struct mailslot_send_msg msg = send_slot("x", 1);
	int epoll = epoll_create1(0);

	EXPECT_LE(1, fill_up(self->client, 1));
	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, self->server, &event));
	EXPECT_EQ(1, epoll_wait(epoll, &event, 1, 10000));
	EXPECT_EQ(-EAGAIN, send_batch(self->client, &msg, 1, MAILSLOT_SEND_DONTWAIT));
	EXPECT_EQ(0, epoll_wait(epoll, &event, 1, 0));
}
