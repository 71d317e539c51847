// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that is bad, or not there yet, or not there for a long time: nothing half
 * written is queued, nothing is lost or overtaken by a reader's fault, and who is
 * stuck in a fault holds up nobody but himself.
 */
#include <linux/userfaultfd.h>
#include <sys/epoll.h>
#include "mailslot_test.h"

/* Sizes on both sides of whatever a slot keeps in one piece. */
static const size_t sizes[] = { 2, 64, 424, 2000, 4096, 5000, 65536, 200000 };

/* How the same bytes go in and out: each way has its own path to user memory. */
static long plain_write(int fd, const void *buffer, size_t size)
{
	return R(write(fd, buffer, size));
}

static long plain_read(int fd, void *buffer, size_t size)
{
	return R(read(fd, buffer, size));
}

static long vector_write(int fd, const void *buffer, size_t size)
{
	struct iovec iov[2] = { { (void *)buffer, 1 }, { (char *)buffer + 1, size - 1 } };

	return R(writev(fd, iov, 2));
}

static long vector_read(int fd, void *buffer, size_t size)
{
	struct iovec iov[2] = { { buffer, 1 }, { (char *)buffer + 1, size - 1 } };

	return R(readv(fd, iov, 2));
}

/* The message's size, as the others, or what SEND and RECEIVE said. */
static long batch_write(int fd, const void *buffer, size_t size)
{
	struct mailslot_send_msg msg = send_slot(buffer, size);
	long ret = send_batch(fd, &msg, 1, 0);

	return ret == 1 ? (long)size : ret;
}

static long batch_read(int fd, void *buffer, size_t size)
{
	struct mailslot_recv_msg msg = recv_slot(buffer, size);
	long ret = receive(fd, &msg, 1, 0);

	return ret == 1 ? (long)msg.length : ret;
}

FIXTURE(fault)
{
	char name[MAILSLOT_NAME_SIZE];
	int server;
	int client;
	char *buffer;
};

FIXTURE_VARIANT(fault)
{
	long (*write)(int fd, const void *buffer, size_t size);
	long (*read)(int fd, void *buffer, size_t size);
};

FIXTURE_VARIANT_ADD(fault, plain) { plain_write, plain_read };
FIXTURE_VARIANT_ADD(fault, vector) { vector_write, vector_read };
FIXTURE_VARIANT_ADD(fault, batch) { batch_write, batch_read };

FIXTURE_SETUP(fault)
{
	struct mailslot_create args = create_args(NULL);

	self->server = create_slot(&args);
	ASSERT_LE(0, self->server);
	strcpy(self->name, args.name);
	self->client = client_open(args.name, O_WRONLY);
	ASSERT_LE(0, self->client);
	self->buffer = malloc(sizes[ARRAY_SIZE(sizes) - 1]);
}

FIXTURE_TEARDOWN(fault)
{
	free(self->buffer);
	close(self->client);
	close(self->server);
}

/* The last byte, the last page, or all of it cannot be read. */
TEST_F(fault, write_from_a_hole)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		EXPECT_EQ(-EFAULT, variant->write(self->client, before_hole(sizes[i] - 1),
						  sizes[i]));
		EXPECT_EQ(-EFAULT, variant->write(self->client, before_hole(sizes[i] / 2),
						  sizes[i]));
		EXPECT_EQ(-EFAULT, variant->write(self->client, before_hole(1), sizes[i]));
		EXPECT_EQ(-EFAULT, variant->write(self->client, nowhere(), sizes[i]));
		EXPECT_EQ(0, message_count(self->server));
		EXPECT_EQ(0, info_of(self->server).queued_bytes);
		EXPECT_EQ(0, info_of(self->server).messages_written);
	}
	EXPECT_EQ(0, poll_now(self->server, POLLIN));
	EXPECT_EQ(2, variant->write(self->client, "ok", 2));
	EXPECT_EQ(1, info_of(self->server).messages_written);
}

/* A failed read changes nothing: the message is there, the first, and whole. */
TEST_F(fault, read_into_a_hole)
{
	struct mailslot_info before, after;
	char *constant = mmap(NULL, 1 << 18, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t i, size;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		size = sizes[i];
		fill(self->buffer, size, i);
		ASSERT_EQ(size, variant->write(self->client, self->buffer, size));
		ASSERT_EQ(6, variant->write(self->client, "second", 6));
		before = info_of(self->server);
		EXPECT_EQ(-EFAULT, variant->read(self->server, before_hole(size - 1), size));
		EXPECT_EQ(-EFAULT, variant->read(self->server, before_hole(size / 2), size));
		EXPECT_EQ(-EFAULT, variant->read(self->server, before_hole(1), size));
		EXPECT_EQ(-EFAULT, variant->read(self->server, nowhere(), size));
		EXPECT_EQ(-EFAULT, variant->read(self->server, constant, size));
		after = info_of(self->server);
		EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));
		EXPECT_EQ(POLLIN, poll_now(self->server, POLLIN));
		memset(self->buffer, 0, size);
		EXPECT_EQ(size, variant->read(self->server, self->buffer, size));
		EXPECT_TRUE(filled(self->buffer, size, i));
		EXPECT_EQ(6, variant->read(self->server, self->buffer, 6));
		EXPECT_EQ(0, memcmp(self->buffer, "second", 6));
	}
}

/* Pages that come when touched are as good as those that are there. */
TEST_F(fault, pages_not_there_yet)
{
	size_t i, size, room = 1 << 18;
	char *fresh;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		size = sizes[i];
		fill(self->buffer, size, i);
		ASSERT_EQ(size, variant->write(self->client, self->buffer, size));
		fresh = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			     -1, 0);
		ASSERT_TRUE(fresh != MAP_FAILED);
		EXPECT_EQ(size, variant->read(self->server, fresh + 4000, size));
		EXPECT_TRUE(filled(fresh + 4000, size, i));
		EXPECT_EQ(0, munmap(fresh, room));

		fresh = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			     -1, 0);
		ASSERT_TRUE(fresh != MAP_FAILED);
		EXPECT_EQ(size, variant->write(self->client, fresh + 4000, size));
		EXPECT_EQ(size, variant->read(self->server, self->buffer, size));
		EXPECT_TRUE(all_bytes(self->buffer, size, 0));
		EXPECT_EQ(0, munmap(fresh, room));
	}
}

/* Two pages of which the second is missing until the test says otherwise. */
#define WIDTH	4096
#define AHEAD	100		/* bytes of a message before the missing page */
#define STUCK	(AHEAD + 200)	/* bytes of a message that runs into it */

FIXTURE(stuck)
{
	char name[MAILSLOT_NAME_SIZE];
	int server;
	int client;
	int faults;
	char *pages;
	char *message;
};

/* Threads here share files; children do not hold the slot alive. */
FIXTURE_SETUP(stuck)
{
	struct mailslot_create args = create_args(NULL);
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	self->faults = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (self->faults < 0)
		SKIP(return, "no userfaultfd");
	ASSERT_EQ(0, ioctl(self->faults, UFFDIO_API, &api));
	self->pages = mmap(NULL, 2 * WIDTH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	ASSERT_TRUE(self->pages != MAP_FAILED);
	self->message = self->pages + WIDTH - AHEAD;
	fill(self->message, AHEAD, 7);
	reg.range.start = addr(self->pages + WIDTH);
	reg.range.len = WIDTH;
	ASSERT_EQ(0, ioctl(self->faults, UFFDIO_REGISTER, &reg));

	args.queue_bytes = 8192;
	self->server = create_slot(&args);
	ASSERT_LE(0, self->server);
	strcpy(self->name, args.name);
	self->client = client_open(args.name, O_WRONLY);
	ASSERT_LE(0, self->client);
}

FIXTURE_TEARDOWN(stuck)
{
	close(self->faults);
	close(self->client);
	close(self->server);
}

/* Somebody is in the fault now. */
static bool fault_came(int faults)
{
	struct pollfd p = { .fd = faults, .events = POLLIN };
	struct uffd_msg msg;

	return poll(&p, 1, PATIENCE_NS / NSEC_PER_MSEC) == 1 &&
	       read(faults, &msg, sizeof(msg)) == sizeof(msg) &&
	       msg.event == UFFD_EVENT_PAGEFAULT;
}

/* The page comes: filled on with the pattern of the message. */
static int resolve(FIXTURE_DATA(stuck) * self)
{
	char *source = mmap(NULL, 2 * WIDTH, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_copy copy = {
		.dst = addr(self->pages + WIDTH), .src = addr(source + WIDTH), .len = WIDTH,
	};

	fill(source + WIDTH - AHEAD, AHEAD + WIDTH, 7);
	return R(ioctl(self->faults, UFFDIO_COPY, &copy));
}

/* The page never comes: who waits for it finds bad memory. */
static int give_up(FIXTURE_DATA(stuck) * self)
{
	struct uffdio_range range = { .start = addr(self->pages + WIDTH), .len = WIDTH };

	if (munmap(self->pages + WIDTH, WIDTH))
		return -errno;
	return R(ioctl(self->faults, UFFDIO_WAKE, &range));
}

static long call_send_one(struct call *call)
{
	return batch_write(call->fd, call->buffer, call->size);
}

static long call_writev(struct call *call)
{
	return vector_write(call->fd, call->buffer, call->size);
}

static long call_readv(struct call *call)
{
	return vector_read(call->fd, call->buffer, call->size);
}

static void writer_stuck(struct __test_metadata *_metadata, FIXTURE_DATA(stuck) * self,
			 long (*function)(struct call *))
{
	struct call writer = {
		.function = function, .fd = self->client, .buffer = self->message, .size = STUCK,
	};
	struct mailslot_info info;
	char in[STUCK];
	int other, i;

	ASSERT_TRUE(call_start(&writer));
	ASSERT_TRUE(fault_came(self->faults));

	/* The slot goes on as if that writer were not there. */
	other = client_open(self->name, O_WRONLY);
	ASSERT_LE(0, other);
	EXPECT_EQ(0, poll_now(self->server, POLLIN));
	EXPECT_EQ(POLLOUT, poll_now(other, POLLOUT));
	EXPECT_EQ(-ETIMEDOUT, R(read(self->server, in, sizeof(in))));
	for (i = 0; i < 100; i++) {
		EXPECT_EQ(3, write(other, "one", 3));
		EXPECT_EQ(3, write(self->client, "two", 3));
		info = info_of(self->server);
		EXPECT_EQ(2, info.message_count);
		EXPECT_EQ(2 * (3 + COST), info.queued_bytes);
		EXPECT_EQ(3, read(self->server, in, sizeof(in)));
		EXPECT_EQ(3, read(self->server, in, sizeof(in)));
	}
	EXPECT_FALSE(call_done(&writer));

	EXPECT_EQ(0, resolve(self));
	EXPECT_EQ(STUCK, call_join(&writer));
	EXPECT_EQ(STUCK, read(self->server, in, sizeof(in)));
	EXPECT_TRUE(filled(in, STUCK, 7));
	close(other);
}

TEST_F(stuck, write)
{
	writer_stuck(_metadata, self, call_write);
}

TEST_F(stuck, writev)
{
	writer_stuck(_metadata, self, call_writev);
}

TEST_F(stuck, send)
{
	writer_stuck(_metadata, self, call_send_one);
}

/* A writer stuck in the SEND array itself. */
static long call_send_array(struct call *call)
{
	return send_batch(call->fd, call->buffer, call->size, 0);
}

TEST_F(stuck, send_array)
{
	struct call sender = {
		.function = call_send_array, .fd = self->client,
		.buffer = self->pages + WIDTH - sizeof(struct mailslot_send_msg), .size = 2,
	};
	char in[8];

	*(struct mailslot_send_msg *)sender.buffer = send_slot("one", 3);
	ASSERT_TRUE(call_start(&sender));
	ASSERT_TRUE(fault_came(self->faults));
	EXPECT_EQ(3, write(self->client, "two", 3));
	EXPECT_LE(1, message_count(self->server));
	EXPECT_EQ(3, read(self->server, in, sizeof(in)));
	/* The second element is garbage: it ends the call behind the first. */
	EXPECT_EQ(0, resolve(self));
	EXPECT_EQ(1, call_join(&sender));
	EXPECT_EQ(3, read(self->server, in, sizeof(in)));
	EXPECT_EQ(0, message_count(self->server));
}

/* Everything but reading goes on while a reader is stuck; its message stays the first. */
static void reader_stuck(struct __test_metadata *_metadata, FIXTURE_DATA(stuck) * self,
			 long (*function)(struct call *))
{
	struct call reader = {
		.function = function, .fd = self->server, .buffer = self->message, .size = STUCK,
	};
	char in[STUCK], out[STUCK];
	struct call timed = {
		.function = call_receive, .fd = self->server, .buffer = in, .size = STUCK,
	};
	struct mailslot_recv_msg msg = recv_slot(in, sizeof(in));
	struct call waiter = timed;
	int nonblocking, other, i;

	fill(out, sizeof(out), 7);
	EXPECT_EQ(STUCK, write(self->client, out, STUCK));
	EXPECT_EQ(6, write(self->client, "second", 6));
	ASSERT_TRUE(call_start(&reader));
	ASSERT_TRUE(fault_came(self->faults));

	EXPECT_EQ(2, message_count(self->server));
	EXPECT_EQ(0, info_of(self->server).messages_read);
	EXPECT_EQ(0, poll_now(self->server, POLLIN));
	EXPECT_EQ(-EAGAIN, receive(self->server, &msg, 1, MAILSLOT_RECEIVE_DONTWAIT));
	EXPECT_EQ(-ETIMEDOUT, R(read(self->server, in, sizeof(in))));
	nonblocking = fcntl(self->server, F_GETFL) | O_NONBLOCK;
	EXPECT_EQ(0, fcntl(self->server, F_SETFL, nonblocking));
	EXPECT_EQ(-EAGAIN, R(read(self->server, in, sizeof(in))));
	EXPECT_EQ(0, fcntl(self->server, F_SETFL, nonblocking & ~O_NONBLOCK));
	timed.deadline_ns = now_ns(CLOCK_MONOTONIC) + 20 * NSEC_PER_MSEC;
	EXPECT_EQ(-ETIMEDOUT, call_receive(&timed));
	EXPECT_LE(timed.deadline_ns, now_ns(CLOCK_MONOTONIC));

	/* Writers, pollers and askers notice nothing. */
	other = client_open(self->name, O_WRONLY | O_NONBLOCK);
	ASSERT_LE(0, other);
	for (i = 0; i < 20; i++) {
		EXPECT_EQ(POLLOUT, poll_now(other, POLLOUT));
		EXPECT_EQ(1, R(write(other, "x", 1)));
		EXPECT_EQ(3 + i, message_count(other));
	}
	close(other);

	/* Somebody who waits for ever gets the second when the first is through. */
	waiter.deadline_ns = MAILSLOT_WAIT_FOREVER_NS;
	ASSERT_TRUE(call_start(&waiter));
	ASSERT_TRUE(call_asleep(&waiter, SYS_ioctl));
	EXPECT_FALSE(call_done(&reader));
	EXPECT_EQ(0, resolve(self));
	EXPECT_EQ(STUCK, call_join(&reader));
	EXPECT_TRUE(filled(self->message, STUCK, 7));
	EXPECT_EQ(1, call_join(&waiter));
	EXPECT_EQ(0, memcmp(in, "second", 6));
	EXPECT_EQ(20, message_count(self->server));
	EXPECT_EQ(POLLIN, poll_now(self->server, POLLIN));
}

static long call_receive_one(struct call *call)
{
	return batch_read(call->fd, call->buffer, call->size);
}

TEST_F(stuck, read)
{
	reader_stuck(_metadata, self, call_read);
}

TEST_F(stuck, readv)
{
	reader_stuck(_metadata, self, call_readv);
}

TEST_F(stuck, receive)
{
	reader_stuck(_metadata, self, call_receive_one);
}

/* A reader that comes out of the fault without the page leaves the message to who waits. */
TEST_F(stuck, reader_fails)
{
	struct call reader = {
		.function = call_read, .fd = self->server, .buffer = self->message, .size = STUCK,
	};
	char in[STUCK], out[STUCK];
	struct call waiter = {
		.function = call_receive, .fd = self->server, .buffer = in, .size = STUCK,
		.deadline_ns = MAILSLOT_WAIT_FOREVER_NS,
	};

	fill(out, sizeof(out), 7);
	EXPECT_EQ(STUCK, write(self->client, out, STUCK));
	EXPECT_EQ(6, write(self->client, "second", 6));
	ASSERT_TRUE(call_start(&reader));
	ASSERT_TRUE(fault_came(self->faults));
	ASSERT_TRUE(call_start(&waiter));
	ASSERT_TRUE(call_asleep(&waiter, SYS_ioctl));
	EXPECT_EQ(0, give_up(self));
	EXPECT_EQ(-EFAULT, call_join(&reader));
	EXPECT_EQ(1, call_join(&waiter));
	EXPECT_TRUE(filled(in, STUCK, 7));
	EXPECT_EQ(6, read(self->server, in, sizeof(in)));
	EXPECT_EQ(0, memcmp(in, "second", 6));
	EXPECT_EQ(0, message_count(self->server));
}

/* A poller hears of a message again when the reader that had it fails. */
TEST_F(stuck, poller_hears_of_failure)
{
	struct call reader = {
		.function = call_read, .fd = self->server, .buffer = self->message, .size = STUCK,
	};
	struct pollfd p = { .fd = self->server, .events = POLLIN };
	static const char zeroes[STUCK];
	pid_t pid;

	EXPECT_EQ(STUCK, write(self->client, zeroes, STUCK));
	ASSERT_TRUE(call_start(&reader));
	ASSERT_TRUE(fault_came(self->faults));
	EXPECT_EQ(0, poll_now(self->server, POLLIN));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(poll(&p, 1, PATIENCE_NS / NSEC_PER_MSEC) == 1 ? 0 : 1);
	ASSERT_TRUE(wait_asleep(pid, pid, SYS_poll));
	EXPECT_EQ(0, give_up(self));
	EXPECT_EQ(-EFAULT, call_join(&reader));
	EXPECT_EQ(0, child_status(pid));
	EXPECT_EQ(1, message_count(self->server));
}

static bool look_not(int server)
{
	return true;
}

static bool look_by_poll(int server)
{
	return !poll_now(server, POLLIN);
}

static bool look_without_waiting(int server)
{
	struct mailslot_recv_msg msg = recv_slot(NULL, 0);

	return receive(server, &msg, 1, MAILSLOT_RECEIVE_DONTWAIT) == -EAGAIN;
}

static bool look_until_now(int server)
{
	return R(read(server, NULL, 0)) == -ETIMEDOUT;
}

/* An edge without a message: only for a message that was kept from who looked for it. */
static void edge_after_failure(struct __test_metadata *_metadata, FIXTURE_DATA(stuck) * self,
			       bool (*look)(int server), int edges)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	struct call reader = {
		.function = call_read, .fd = self->server, .buffer = self->message, .size = STUCK,
	};
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	static const char zeroes[STUCK];

	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, self->server, &event));
	EXPECT_EQ(STUCK, write(self->client, zeroes, STUCK));
	EXPECT_EQ(1, epoll_wait(epoll, &event, 1, 0));
	ASSERT_TRUE(call_start(&reader));
	ASSERT_TRUE(fault_came(self->faults));
	EXPECT_EQ(0, epoll_wait(epoll, &event, 1, 0));
	EXPECT_TRUE(look(self->server));
	EXPECT_EQ(0, give_up(self));
	EXPECT_EQ(-EFAULT, call_join(&reader));
	EXPECT_EQ(edges, epoll_wait(epoll, &event, 1, 0));
	EXPECT_EQ(0, epoll_wait(epoll, &event, 1, 0));
	EXPECT_EQ(POLLIN, poll_now(self->server, POLLIN));
	close(epoll);
}

TEST_F(stuck, no_edge_after_failure)
{
	edge_after_failure(_metadata, self, look_not, 0);
}

TEST_F(stuck, edge_after_failure_that_a_poller_saw)
{
	edge_after_failure(_metadata, self, look_by_poll, 1);
}

TEST_F(stuck, edge_after_failure_for_who_was_refused)
{
	edge_after_failure(_metadata, self, look_without_waiting, 1);
}

TEST_F(stuck, edge_after_failure_for_who_ran_out_of_time)
{
	edge_after_failure(_metadata, self, look_until_now, 1);
}

static long call_receive_two(struct call *call)
{
	return receive(call->fd, call->buffer, 2, 0);
}

static long call_poll_for_room(struct call *call)
{
	struct pollfd p = { .fd = call->fd, .events = POLLOUT };

	return R(poll(&p, 1, -1)) == 1 ? p.revents : 0;
}

/* A RECEIVE that is stuck with its second message owes nobody a wake-up for the first. */
TEST_F(stuck, receive_after_the_first)
{
	static char in[STUCK], zeroes[STUCK];
	struct mailslot_recv_msg msgs[] = { recv_slot(in, STUCK), recv_slot(self->message, STUCK) };
	struct call receiver = {
		.function = call_receive_two, .fd = self->server, .buffer = msgs,
	};
	struct call poller = { .function = call_poll_for_room };

	poller.fd = client_open(self->name, O_WRONLY | O_NONBLOCK);
	ASSERT_LE(0, poller.fd);
	while (write(poller.fd, zeroes, STUCK) == STUCK)
		;
	EXPECT_EQ(EAGAIN, errno);
	ASSERT_TRUE(call_start(&poller));
	ASSERT_TRUE(call_asleep(&poller, SYS_poll));
	ASSERT_TRUE(call_start(&receiver));
	ASSERT_TRUE(fault_came(self->faults));
	EXPECT_EQ(POLLOUT, call_join(&poller));
	EXPECT_FALSE(call_done(&receiver));
	EXPECT_EQ(0, give_up(self));
	EXPECT_EQ(1, call_join(&receiver));
	close(poller.fd);
}

/* A userfaultfd is of the memory that made it: a child to be killed makes its own. */
static void be_stuck(int fd, bool reading, int told)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	char *pages = mmap(NULL, 2 * WIDTH, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int faults = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	reg.range.start = addr(pages + WIDTH);
	reg.range.len = WIDTH;
	if (faults < 0 || ioctl(faults, UFFDIO_API, &api) ||
	    ioctl(faults, UFFDIO_REGISTER, &reg))
		_exit(1);
	memset(pages, 0, WIDTH);
	if (write(told, &faults, sizeof(faults)) != sizeof(faults))
		_exit(1);
	pages += WIDTH - AHEAD;
	_exit((reading ? read(fd, pages, STUCK) : write(fd, pages, STUCK)) == STUCK ? 0 : 2);
}

/* The child's pid, and its userfaultfd in *faults. */
static pid_t fork_stuck(int fd, bool reading, int *faults)
{
	int ends[2], theirs;
	pid_t pid;

	if (pipe(ends))
		return -1;
	pid = fork();
	if (!pid)
		be_stuck(fd, reading, ends[1]);
	if (read(ends[0], &theirs, sizeof(theirs)) != sizeof(theirs))
		return -1;
	close(ends[0]);
	close(ends[1]);
	*faults = syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, pid, 0), theirs, 0);
	return *faults < 0 ? -1 : pid;
}

TEST_F(stuck, reader_killed)
{
	char in[STUCK], out[STUCK];
	struct call waiter = {
		.function = call_receive, .fd = self->server, .buffer = in, .size = STUCK,
		.deadline_ns = MAILSLOT_WAIT_FOREVER_NS,
	};
	int faults;
	pid_t pid;

	fill(out, sizeof(out), 7);
	EXPECT_EQ(STUCK, write(self->client, out, STUCK));
	EXPECT_EQ(6, write(self->client, "second", 6));
	pid = fork_stuck(self->server, true, &faults);
	ASSERT_LT(0, pid);
	ASSERT_TRUE(fault_came(faults));
	ASSERT_TRUE(call_start(&waiter));
	ASSERT_TRUE(call_asleep(&waiter, SYS_ioctl));
	EXPECT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, child_status(pid));
	EXPECT_EQ(1, call_join(&waiter));
	EXPECT_TRUE(filled(in, STUCK, 7));
	EXPECT_EQ(6, read(self->server, in, sizeof(in)));
	close(faults);
}

TEST_F(stuck, writer_killed)
{
	char in[STUCK];
	int faults;
	pid_t pid;

	pid = fork_stuck(self->client, false, &faults);
	ASSERT_LT(0, pid);
	ASSERT_TRUE(fault_came(faults));
	EXPECT_EQ(1, write(self->client, "x", 1));
	EXPECT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, child_status(pid));
	EXPECT_EQ(1, read(self->server, in, sizeof(in)));
	EXPECT_EQ(0, info_of(self->server).queued_bytes);
	EXPECT_EQ(1, info_of(self->server).messages_written);
	close(faults);
}

/* The slot dies under a stuck writer: its message goes nowhere. */
TEST_F(stuck, writer_outlives_the_slot)
{
	struct call writer = {
		.function = call_write, .fd = self->client,
		.buffer = self->message, .size = STUCK,
	};

	ASSERT_TRUE(call_start(&writer));
	ASSERT_TRUE(fault_came(self->faults));
	EXPECT_EQ(0, close(self->server));
	EXPECT_EQ(-ENOENT, client_open(self->name, O_WRONLY));
	EXPECT_EQ(0, resolve(self));
	EXPECT_EQ(-EPIPE, call_join(&writer));
}
