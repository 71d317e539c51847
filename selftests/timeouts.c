// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long a read waits: the slot's timeout, a RECEIVE's deadline, and what a signal
 * does to either.  Never early is asserted to the nanosecond; late only as far as a
 * slow machine may be, so that nothing here depends on its speed.
 */
#include <sched.h>
#include <sys/wait.h>
#include "mailslot_test.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME	0x80
#endif

/* A slot with the timeout: what it reads is the test's. */
static int slot_with_timeout(__u64 timeout_ns, int *client)
{
	struct mailslot_create args = create_args(NULL);
	int server;

	args.read_timeout_ns = timeout_ns;
	server = create_slot(&args);
	if (server >= 0 && client)
		*client = client_open(args.name, O_WRONLY);
	return server;
}

static const __u64 finite[] = {
	1, 1000, 100 * 1000, NSEC_PER_MSEC, 3 * NSEC_PER_MSEC + 1, 10 * NSEC_PER_MSEC,
	50 * NSEC_PER_MSEC, 200 * NSEC_PER_MSEC,
};

/* So long that they must not end: the largest that could overflow a sum or a sign. */
static const __u64 without_end[] = {
	MAILSLOT_WAIT_FOREVER_NS, MAILSLOT_WAIT_FOREVER_NS - 1, 1ULL << 63, (1ULL << 63) - 1,
	(1ULL << 63) - NSEC_PER_SEC, 3600 * NSEC_PER_SEC,
};

TEST(zero)
{
	int server = slot_with_timeout(0, NULL);
	__u64 begin = now_ns(CLOCK_MONOTONIC);
	char byte;

	ASSERT_LE(0, server);
	EXPECT_EQ(-ETIMEDOUT, R(read(server, &byte, 1)));
	EXPECT_GT(begin + PATIENCE_NS, now_ns(CLOCK_MONOTONIC));
}

TEST(never_early)
{
	struct iovec iov;
	__u64 begin;
	char byte;
	size_t i;
	int try, server;

	iov = (struct iovec) { &byte, 1 };
	for (i = 0; i < ARRAY_SIZE(finite); i++) {
		server = slot_with_timeout(finite[i], NULL);
		ASSERT_LE(0, server);
		for (try = 0; try < 4; try++) {
			begin = now_ns(CLOCK_MONOTONIC);
			EXPECT_EQ(-ETIMEDOUT, R(try % 2 ? read(server, &byte, 1) :
							  readv(server, &iov, 1)));
			EXPECT_LE(begin + finite[i], now_ns(CLOCK_MONOTONIC));
			EXPECT_GT(begin + finite[i] + PATIENCE_NS, now_ns(CLOCK_MONOTONIC));
		}
		close(server);
	}
}

TEST(endless)
{
	struct call reader = { .function = call_read };
	char byte;
	size_t i;
	int client;

	for (i = 0; i < ARRAY_SIZE(without_end); i++) {
		reader.fd = slot_with_timeout(without_end[i], &client);
		ASSERT_LE(0, reader.fd);
		reader.buffer = &byte;
		reader.size = 1;
		ASSERT_TRUE(call_start(&reader));
		ASSERT_TRUE(call_asleep(&reader, SYS_read));
		sleep_ns(30 * NSEC_PER_MSEC);
		EXPECT_FALSE(call_done(&reader))
			TH_LOG("timeout %llu ended: %ld", without_end[i], reader.result);
		EXPECT_EQ(1, write(client, "x", 1));
		EXPECT_EQ(1, call_join(&reader));
		EXPECT_EQ('x', byte);
		close(client);
		close(reader.fd);
	}
}

/* A message ends the wait; what then waits is the message, not the rest of the time. */
TEST(message_in_time)
{
	struct call reader = { .function = call_read };
	char byte;
	int client;

	reader.fd = slot_with_timeout(3600 * NSEC_PER_SEC, &client);
	ASSERT_LE(0, reader.fd);
	reader.buffer = &byte;
	reader.size = 1;
	ASSERT_TRUE(call_start(&reader));
	ASSERT_TRUE(call_asleep(&reader, SYS_read));
	EXPECT_EQ(1, write(client, "x", 1));
	EXPECT_EQ(1, call_join(&reader));
	EXPECT_EQ('x', byte);
}

/* A message too long for who waits for it ends the wait, and stays. */
TEST(message_too_long)
{
	struct call reader = { .function = call_read };
	char buffer[4];
	int client;

	reader.fd = slot_with_timeout(MAILSLOT_WAIT_FOREVER_NS, &client);
	ASSERT_LE(0, reader.fd);
	reader.buffer = buffer;
	reader.size = 3;
	ASSERT_TRUE(call_start(&reader));
	ASSERT_TRUE(call_asleep(&reader, SYS_read));
	EXPECT_EQ(4, write(client, "long", 4));
	EXPECT_EQ(-EMSGSIZE, call_join(&reader));
	EXPECT_EQ(1, message_count(client));
	EXPECT_EQ(4, read(reader.fd, buffer, 4));
}

/* The next in the row takes what the first found too long. */
TEST(message_too_long_for_the_first)
{
	char small[3], large[4];
	struct call first = { .function = call_read, .buffer = small, .size = 3 };
	struct call second = { .function = call_read, .buffer = large, .size = 4 };
	int client;

	first.fd = slot_with_timeout(MAILSLOT_WAIT_FOREVER_NS, &client);
	ASSERT_LE(0, first.fd);
	second.fd = first.fd;
	ASSERT_TRUE(call_start(&first));
	ASSERT_TRUE(call_asleep(&first, SYS_read));
	ASSERT_TRUE(call_start(&second));
	ASSERT_TRUE(call_asleep(&second, SYS_read));
	EXPECT_EQ(4, write(client, "long", 4));
	EXPECT_EQ(4, call_join(&second));
	/* The first was woken for it, or sleeps on: another message tells. */
	EXPECT_EQ(1, write(client, "s", 1));
	if (call_join(&first) == -EMSGSIZE)
		EXPECT_EQ(1, read(first.fd, small, 3));
	EXPECT_EQ(0, message_count(client));
}

static int set_timeout(int server, __u64 timeout_ns)
{
	struct mailslot_set_info set = {
		.mask = MAILSLOT_SET_READ_TIMEOUT, .read_timeout_ns = timeout_ns,
	};

	return R(ioctl(server, MAILSLOT_IOC_SET_INFO, &set));
}

TEST(timeout_set_later)
{
	int server = slot_with_timeout(MAILSLOT_WAIT_FOREVER_NS, NULL);
	__u64 begin;
	char byte;

	ASSERT_LE(0, server);
	EXPECT_EQ(0, set_timeout(server, 0));
	EXPECT_EQ(-ETIMEDOUT, R(read(server, &byte, 1)));
	EXPECT_EQ(0, set_timeout(server, 20 * NSEC_PER_MSEC));
	begin = now_ns(CLOCK_MONOTONIC);
	EXPECT_EQ(-ETIMEDOUT, R(read(server, &byte, 1)));
	EXPECT_LE(begin + 20 * NSEC_PER_MSEC, now_ns(CLOCK_MONOTONIC));
}

/* Who waits keeps the timeout that was there when it began. */
TEST(pending_read_keeps_its_timeout)
{
	char byte;
	struct call ever = { .function = call_read, .buffer = &byte, .size = 1 };
	struct call once = ever;
	int client;

	ever.fd = slot_with_timeout(MAILSLOT_WAIT_FOREVER_NS, &client);
	ASSERT_LE(0, ever.fd);
	once.fd = ever.fd;
	ASSERT_TRUE(call_start(&ever));
	ASSERT_TRUE(call_asleep(&ever, SYS_read));
	EXPECT_EQ(0, set_timeout(ever.fd, 2 * NSEC_PER_SEC));
	ASSERT_TRUE(call_start(&once));
	/* Where the machine stops for so long, it has ended already. */
	ASSERT_TRUE(call_asleep(&once, SYS_read) || call_done(&once));
	EXPECT_EQ(0, set_timeout(ever.fd, MAILSLOT_WAIT_FOREVER_NS));
	EXPECT_EQ(-ETIMEDOUT, call_join(&once));
	EXPECT_LE(once.begin_ns + 2 * NSEC_PER_SEC, once.end_ns);
	EXPECT_FALSE(call_done(&ever));
	EXPECT_EQ(0, set_timeout(ever.fd, 0));
	EXPECT_EQ(1, write(client, "x", 1));
	EXPECT_EQ(1, call_join(&ever));
}

/* One that times out takes nobody's message and nobody's wake-up with it. */
TEST(timeout_beside_a_waiter)
{
	char byte;
	struct call ever = { .function = call_receive, .buffer = &byte, .size = 1 };
	struct call once = ever;
	int client, i;

	ever.fd = slot_with_timeout(0, &client);
	ASSERT_LE(0, ever.fd);
	once.fd = ever.fd;
	ever.deadline_ns = MAILSLOT_WAIT_FOREVER_NS;
	for (i = 0; i < 20; i++) {
		/* The one with the deadline is the first in the row. */
		once.deadline_ns = now_ns(CLOCK_MONOTONIC) + 20 * NSEC_PER_MSEC;
		ASSERT_TRUE(call_start(&once));
		sleep_ns(2 * NSEC_PER_MSEC);
		ASSERT_TRUE(call_start(&ever));
		while (now_ns(CLOCK_MONOTONIC) < once.deadline_ns)
			;
		EXPECT_EQ(1, write(client, "x", 1));
		EXPECT_EQ(call_join(&once) == 1 ? 1 : -ETIMEDOUT, once.result);
		if (once.result == 1)
			EXPECT_EQ(1, write(client, "x", 1));
		EXPECT_EQ(1, call_join(&ever));
		EXPECT_EQ(0, message_count(client));
	}
}

TEST(nonblocking)
{
	int server = slot_with_timeout(MAILSLOT_WAIT_FOREVER_NS, NULL);
	char byte;

	ASSERT_LE(0, server);
	EXPECT_EQ(0, fcntl(server, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, R(read(server, &byte, 1)));
	EXPECT_EQ(0, set_timeout(server, 3600 * NSEC_PER_SEC));
	EXPECT_EQ(-EAGAIN, R(read(server, &byte, 1)));
}

/* RECEIVE with a deadline of its own, whatever the slot's timeout. */
static long receive_until(int server, __u64 deadline_ns)
{
	struct mailslot_recv_msg msg = recv_slot(NULL, 0);
	struct mailslot_receive args = receive_args(&msg, 1);

	args.deadline_ns = deadline_ns;
	return R(ioctl(server, MAILSLOT_IOC_RECEIVE, &args));
}

TEST(deadline_never_early)
{
	int server = slot_with_timeout(MAILSLOT_WAIT_FOREVER_NS, NULL);
	__u64 deadline;
	size_t i;

	ASSERT_LE(0, server);
	for (i = 0; i < ARRAY_SIZE(finite); i++) {
		deadline = now_ns(CLOCK_MONOTONIC) + finite[i];
		EXPECT_EQ(-ETIMEDOUT, receive_until(server, deadline));
		EXPECT_LE(deadline, now_ns(CLOCK_MONOTONIC));
		EXPECT_GT(deadline + PATIENCE_NS, now_ns(CLOCK_MONOTONIC));
	}
}

TEST(deadline_past)
{
	int client, server = slot_with_timeout(MAILSLOT_WAIT_FOREVER_NS, &client);

	ASSERT_LE(0, server);
	EXPECT_EQ(-ETIMEDOUT, receive_until(server, 1));
	EXPECT_EQ(-ETIMEDOUT, receive_until(server, now_ns(CLOCK_MONOTONIC)));
	EXPECT_EQ(0, R(write(client, "", 0)));
	EXPECT_EQ(1, receive_until(server, 1));
}

/* 0 is the slot's own timeout, here and now. */
TEST(deadline_none)
{
	int server = slot_with_timeout(0, NULL);
	__u64 begin;

	ASSERT_LE(0, server);
	EXPECT_EQ(-ETIMEDOUT, receive_until(server, 0));
	EXPECT_EQ(0, set_timeout(server, 30 * NSEC_PER_MSEC));
	begin = now_ns(CLOCK_MONOTONIC);
	EXPECT_EQ(-ETIMEDOUT, receive_until(server, 0));
	EXPECT_LE(begin + 30 * NSEC_PER_MSEC, now_ns(CLOCK_MONOTONIC));
}

TEST(deadline_endless)
{
	struct call reader = { .function = call_receive };
	int client;
	size_t i;

	reader.fd = slot_with_timeout(0, &client);
	ASSERT_LE(0, reader.fd);
	for (i = 0; i < ARRAY_SIZE(without_end); i++) {
		reader.deadline_ns = without_end[i];
		ASSERT_TRUE(call_start(&reader));
		ASSERT_TRUE(call_asleep(&reader, SYS_ioctl));
		sleep_ns(30 * NSEC_PER_MSEC);
		EXPECT_FALSE(call_done(&reader))
			TH_LOG("deadline %llu ended: %ld", without_end[i], reader.result);
		EXPECT_EQ(0, R(write(client, "", 0)));
		EXPECT_EQ(1, call_join(&reader));
	}
}

/* In a child whose clock is ahead of this one's: 0, or what went wrong. */
static int deadlines_on_another_clock(long long ahead_seconds)
{
	int offsets, server;
	__u64 deadline;
	size_t i;

	if (unshare(CLONE_NEWTIME))
		return KSFT_SKIP;
	offsets = open("/proc/self/timens_offsets", O_WRONLY);
	if (dprintf(offsets, "monotonic %lld 0\n", ahead_seconds) < 0)
		return 1;
	/* Children live by the new clock, the caller does not. */
	if (fork()) {
		int status;

		wait(&status);
		return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
	}
	server = slot_with_timeout(MAILSLOT_WAIT_FOREVER_NS, NULL);
	for (i = 0; i < ARRAY_SIZE(finite); i++) {
		deadline = now_ns(CLOCK_MONOTONIC) + finite[i];
		if (receive_until(server, deadline) != -ETIMEDOUT)
			_exit(3);
		if (now_ns(CLOCK_MONOTONIC) < deadline)
			_exit(4);
		if (now_ns(CLOCK_MONOTONIC) > deadline + PATIENCE_NS)
			_exit(5);
	}
	_exit(receive_until(server, 1) == -ETIMEDOUT ? 0 : 6);
}

TEST(deadline_in_a_time_namespace)
{
	long long up = now_ns(CLOCK_MONOTONIC) / NSEC_PER_SEC, ahead[] = { 3600, -up / 2, -up };
	int status;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ahead); i++) {
		pid_t pid = fork();

		ASSERT_LE(0, pid);
		if (!pid)
			_exit(deadlines_on_another_clock(ahead[i]));
		status = child_status(pid);
		if (status == KSFT_SKIP)
			SKIP(return, "no time namespaces, or not root");
		EXPECT_EQ(0, status)
			TH_LOG("%lld seconds ahead", ahead[i]);
	}
}

static unsigned int signals;

static void on_signal(int signal)
{
	__atomic_add_fetch(&signals, 1, __ATOMIC_SEQ_CST);
}

/* What a signal makes of a wait depends on whether that has an end, as with sockets. */
FIXTURE(interrupted)
{
	struct call call;
	char byte;
	int server;
	int client;
};

FIXTURE_VARIANT(interrupted)
{
	long (*function)(struct call *call);
	long nr;
	__u64 timeout_ns;
	int sa_flags;
	bool restarts;
};

#define HOUR_NS		(3600 * NSEC_PER_SEC)

FIXTURE_VARIANT_ADD(interrupted, read_for_ever) {
	call_read, SYS_read, MAILSLOT_WAIT_FOREVER_NS, 0, false
};

FIXTURE_VARIANT_ADD(interrupted, read_for_ever_restart) {
	call_read, SYS_read, MAILSLOT_WAIT_FOREVER_NS, SA_RESTART, true
};

FIXTURE_VARIANT_ADD(interrupted, read_finite) {
	call_read, SYS_read, HOUR_NS, 0, false
};

FIXTURE_VARIANT_ADD(interrupted, read_finite_restart) {
	call_read, SYS_read, HOUR_NS, SA_RESTART, false
};

FIXTURE_VARIANT_ADD(interrupted, receive_for_ever) {
	call_receive, SYS_ioctl, MAILSLOT_WAIT_FOREVER_NS, 0, false
};

FIXTURE_VARIANT_ADD(interrupted, receive_for_ever_restart) {
	call_receive, SYS_ioctl, MAILSLOT_WAIT_FOREVER_NS, SA_RESTART, true
};

FIXTURE_VARIANT_ADD(interrupted, receive_finite) {
	call_receive, SYS_ioctl, HOUR_NS, 0, false
};

FIXTURE_VARIANT_ADD(interrupted, receive_finite_restart) {
	call_receive, SYS_ioctl, HOUR_NS, SA_RESTART, false
};

FIXTURE_SETUP(interrupted)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = variant->sa_flags };

	self->server = slot_with_timeout(variant->timeout_ns, &self->client);
	ASSERT_LE(0, self->server);
	self->call = (struct call) {
		.function = variant->function, .fd = self->server,
		.buffer = &self->byte, .size = 1,
	};
	ASSERT_EQ(0, sigaction(SIGUSR1, &action, NULL));
}

FIXTURE_TEARDOWN(interrupted)
{
	close(self->client);
	close(self->server);
}

TEST_F(interrupted, signal)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;

	ASSERT_TRUE(call_start(&self->call));
	ASSERT_TRUE(call_asleep(&self->call, variant->nr));
	pthread_kill(self->call.thread, SIGUSR1);
	if (!variant->restarts) {
		EXPECT_EQ(-EINTR, call_join(&self->call));
		EXPECT_EQ(1, write(self->client, "x", 1));
		EXPECT_EQ(1, read(self->server, &self->byte, 1));
		return;
	}
	while (!__atomic_load_n(&signals, __ATOMIC_SEQ_CST) && now_ns(CLOCK_MONOTONIC) < end)
		sleep_ns(NSEC_PER_MSEC);
	EXPECT_EQ(1, signals);
	ASSERT_TRUE(call_asleep(&self->call, variant->nr));
	EXPECT_FALSE(call_done(&self->call));
	EXPECT_EQ(1, write(self->client, "x", 1));
	EXPECT_EQ(1, call_join(&self->call));
	EXPECT_EQ('x', self->byte);
}

/* A child that waits in one call and is stopped there. It exits with the call's error, or 0. */
static pid_t stopped_child(int server, long (*wait_once)(int server), long nr)
{
	pid_t pid = fork();

	if (!pid) {
		long ret = wait_once(server);

		_exit(ret < 0 ? -ret : 0);
	}
	if (pid < 0 || !wait_asleep(pid, pid, nr) || kill(pid, SIGSTOP) ||
	    waitpid(pid, NULL, WUNTRACED) != pid)
		return -1;
	return pid;
}

static long read_once(int server)
{
	char byte;

	return R(read(server, &byte, 1));
}

static long receive_within_an_hour(int server)
{
	return receive_until(server, now_ns(CLOCK_MONOTONIC) + HOUR_NS);
}

#define SOON_NS		(5 * NSEC_PER_SEC)

static long receive_soon(int server)
{
	return receive_until(server, now_ns(CLOCK_MONOTONIC) + SOON_NS);
}

FIXTURE(stopped)
{
	int server;
	int client;
};

FIXTURE_VARIANT(stopped)
{
	long (*wait_once)(int server);
	long nr;
	__u64 timeout_ns;
	int err;		/* that the stop ends the call with; 0: the call goes on */
};

FIXTURE_VARIANT_ADD(stopped, read_for_ever) {
	read_once, SYS_read, MAILSLOT_WAIT_FOREVER_NS, 0
};

/* As it is with SO_RCVTIMEO. */
FIXTURE_VARIANT_ADD(stopped, read_finite) {
	read_once, SYS_read, HOUR_NS, EINTR
};

FIXTURE_VARIANT_ADD(stopped, receive_deadline) {
	receive_within_an_hour, SYS_ioctl, 0, 0
};

FIXTURE_SETUP(stopped)
{
	self->server = slot_with_timeout(variant->timeout_ns, &self->client);
	ASSERT_LE(0, self->server);
}

FIXTURE_TEARDOWN(stopped)
{
	close(self->client);
	close(self->server);
}

TEST_F(stopped, and_continued)
{
	pid_t pid = stopped_child(self->server, variant->wait_once, variant->nr);

	ASSERT_LT(0, pid);
	ASSERT_EQ(0, kill(pid, SIGCONT));
	if (!variant->err) {
		ASSERT_TRUE(wait_asleep(pid, pid, variant->nr));
		EXPECT_EQ(0, write(self->client, "", 0));
	}
	EXPECT_EQ(variant->err, child_status(pid));
}

/* A deadline that passes while the reader is stopped is over when the reader goes on. */
TEST(deadline_in_a_stop)
{
	int server = slot_with_timeout(MAILSLOT_WAIT_FOREVER_NS, NULL);
	pid_t pid;

	ASSERT_LE(0, server);
	pid = stopped_child(server, receive_soon, SYS_ioctl);
	ASSERT_LT(0, pid);
	sleep_ns(SOON_NS + NSEC_PER_SEC);
	ASSERT_EQ(0, kill(pid, SIGCONT));
	EXPECT_EQ(ETIMEDOUT, child_status(pid));
	close(server);
}
