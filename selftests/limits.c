// SPDX-License-Identifier: GPL-2.0-only
/*
 * A slot's limits that change while it is used: what SET_INFO does with queue_bytes and
 * max_message_size to what is queued, to writers in line, to pollers, and to whole files.
 */
#include <sys/epoll.h>
#include <sys/wait.h>
#include "mailslot_test.h"

#define LENGTH	100
#define BYTES	(4 * (LENGTH + COST))

/* A queue for four messages of LENGTH bytes. */
FIXTURE(limits)
{
	char name[MAILSLOT_NAME_SIZE];
	int server;
	int client;	/* does not block */
	int blocking;
	char buffer[BYTES];
};

FIXTURE_SETUP(limits)
{
	struct mailslot_create args = create_args(NULL);

	args.queue_bytes = BYTES;
	strcpy(self->name, args.name);
	self->server = create_slot(&args);
	ASSERT_LE(0, self->server);
	self->client = client_open(self->name, O_WRONLY | O_NONBLOCK);
	self->blocking = client_open(self->name, O_WRONLY);
	ASSERT_LE(0, self->client);
	ASSERT_LE(0, self->blocking);
}

FIXTURE_TEARDOWN(limits)
{
	close(self->blocking);
	close(self->client);
	close(self->server);
}

static long set_queue(int server, __u64 bytes)
{
	struct mailslot_set_info set = {
		.mask = MAILSLOT_SET_QUEUE_BYTES, .queue_bytes = bytes,
	};

	return R(ioctl(server, MAILSLOT_IOC_SET_INFO, &set));
}

static long set_longest(int server, __u32 size)
{
	struct mailslot_set_info set = {
		.mask = MAILSLOT_SET_MAX_MESSAGE_SIZE, .max_message_size = size,
	};

	return R(ioctl(server, MAILSLOT_IOC_SET_INFO, &set));
}

/* How many messages of that length enter until there is no room. */
static int fill_up(int client, size_t length)
{
	static char bytes[BYTES];
	int count;

	for (count = 0; write(client, bytes, length) == (ssize_t)length; count++)
		;
	return errno == EAGAIN ? count : -errno;
}

static bool wait_until_done(struct call *call)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;

	while (!call_done(call)) {
		if (now_ns(CLOCK_MONOTONIC) > end)
			return false;
		sleep_ns(NSEC_PER_MSEC);
	}
	return true;
}

/* A writer that stands in line with a message of that length. */
static bool stand_in_line(struct call *call, int client, void *buffer, size_t length)
{
	*call = (struct call) {
		.function = call_write, .fd = client, .buffer = buffer, .size = length,
	};
	return call_start(call) && call_asleep(call, SYS_write);
}

/* Waits in poll(2) for room; gives the events that came. */
static long call_poll(struct call *call)
{
	struct pollfd p = { .fd = call->fd, .events = POLLOUT };
	long ret = R(poll(&p, 1, -1));

	return ret == 1 ? p.revents : ret;
}

/* Both ends are told of the limits, and no other field moves. */
TEST_F(limits, are_set)
{
	struct mailslot_info before = info_of(self->server), after;
	struct mailslot_set_info set = {
		.mask = MAILSLOT_SET_QUEUE_BYTES | MAILSLOT_SET_MAX_MESSAGE_SIZE,
		.queue_bytes = 70000, .max_message_size = 5000,
	};

	EXPECT_EQ(0, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, &set)));
	EXPECT_EQ(70000, info_of(self->client).queue_bytes);
	EXPECT_EQ(5000, info_of(self->client).max_message_size);
	after = info_of(self->server);
	after.queue_bytes = before.queue_bytes;
	after.max_message_size = before.max_message_size;
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));

	/* One alone leaves the other. */
	EXPECT_EQ(0, set_queue(self->server, 80000));
	EXPECT_EQ(5000, info_of(self->server).max_message_size);
	EXPECT_EQ(0, set_longest(self->server, 6000));
	EXPECT_EQ(80000, info_of(self->server).queue_bytes);
	EXPECT_EQ(6000, info_of(self->server).max_message_size);
}

TEST_F(limits, extremes)
{
	static char bytes[2 * BYTES];
	__u64 most = parameter_get("max_queue_bytes");

	EXPECT_EQ(0, set_queue(self->server, 0));
	EXPECT_EQ(parameter_get("default_queue_bytes"), info_of(self->server).queue_bytes);
	EXPECT_EQ(0, set_queue(self->server, most));
	EXPECT_EQ(most, info_of(self->server).queue_bytes);
	EXPECT_EQ(0, set_longest(self->server, ~0U));
	EXPECT_EQ(~0U, info_of(self->server).max_message_size);
	EXPECT_EQ(sizeof(bytes), R(write(self->client, bytes, sizeof(bytes))));
	EXPECT_EQ(0, set_longest(self->server, 0));
	EXPECT_EQ(0, info_of(self->server).max_message_size);
	EXPECT_EQ(sizeof(bytes), R(write(self->client, bytes, sizeof(bytes))));
}

/* What is out of range is refused, with all that was asked for beside it. */
TEST_F(limits, out_of_range)
{
	__u64 most = parameter_get("max_queue_bytes");
	const __u64 wrong[] = { 1, COST - 1, most + 1, ~0ULL, 1ULL << 63 };
	struct mailslot_info before = info_of(self->server), after;
	struct mailslot_set_info set = {
		.mask = MAILSLOT_SET_MASK, .read_timeout_ns = 5, .creation_time_ns = 6,
		.max_message_size = 7, .flags = MAILSLOT_INFO_KEEP_READ_TIME,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		set.queue_bytes = wrong[i];
		EXPECT_EQ(-ERANGE, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, &set)));
		after = info_of(self->server);
		EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));
	}
	/* What is no valid structure is so first. */
	set.reserved = 1;
	EXPECT_EQ(-EINVAL, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, &set)));
}

TEST_F(limits, are_not_a_clients)
{
	EXPECT_EQ(-EINVAL, set_queue(self->client, 70000));
	EXPECT_EQ(-EINVAL, set_longest(self->client, 50));
	EXPECT_EQ(BYTES, info_of(self->server).queue_bytes);
	EXPECT_EQ(0, info_of(self->server).max_message_size);
}

/* What is queued stays, and while it is more than the queue may hold, nothing enters. */
TEST_F(limits, smaller_than_what_is_queued)
{
	int i;

	for (i = 0; i < 4; i++) {
		self->buffer[0] = '0' + i;
		EXPECT_EQ(LENGTH, write(self->client, self->buffer, LENGTH));
	}
	EXPECT_EQ(0, set_queue(self->server, LENGTH + COST));
	EXPECT_EQ(BYTES, info_of(self->server).queued_bytes);
	EXPECT_EQ(4, message_count(self->server));
	for (i = 0; i < 4; i++) {
		EXPECT_EQ(-EAGAIN, R(write(self->client, "", 0)));
		EXPECT_EQ(0, poll_now(self->client, POLLOUT));
		EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
		EXPECT_EQ('0' + i, self->buffer[0]);
	}
	EXPECT_EQ(POLLOUT, poll_now(self->client, POLLOUT));
	EXPECT_EQ(-EMSGSIZE, R(write(self->client, self->buffer, LENGTH + 1)));
	EXPECT_EQ(1, fill_up(self->client, LENGTH));
}

/* The least queue holds one empty message. */
TEST_F(limits, least_queue)
{
	EXPECT_EQ(LENGTH, write(self->client, self->buffer, LENGTH));
	EXPECT_EQ(0, set_queue(self->server, COST));
	EXPECT_EQ(-EAGAIN, R(write(self->client, "", 0)));
	EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
	EXPECT_EQ(-EMSGSIZE, R(write(self->client, "x", 1)));
	EXPECT_EQ(0, R(write(self->client, "", 0)));
	EXPECT_EQ(-EAGAIN, R(write(self->client, "", 0)));
}

/* A message that is longer than what may enter now is read as it is. */
TEST_F(limits, longer_message_stays)
{
	EXPECT_EQ(LENGTH, write(self->client, self->buffer, LENGTH));
	EXPECT_EQ(0, set_longest(self->server, 10));
	EXPECT_EQ(LENGTH, info_of(self->server).next_message_size);
	EXPECT_EQ(-EMSGSIZE, R(write(self->client, self->buffer, 11)));
	EXPECT_EQ(10, write(self->client, self->buffer, 10));
	EXPECT_EQ(-EMSGSIZE, R(read(self->server, self->buffer, 10)));
	EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
	EXPECT_EQ(10, read(self->server, self->buffer, LENGTH));
}

TEST_F(limits, growth_lets_the_line_in)
{
	struct call writer;

	EXPECT_EQ(4, fill_up(self->client, LENGTH));
	ASSERT_TRUE(stand_in_line(&writer, self->blocking, self->buffer, LENGTH));
	EXPECT_EQ(0, set_queue(self->server, BYTES + LENGTH + COST - 1));
	EXPECT_EQ(4, message_count(self->server));
	EXPECT_FALSE(call_done(&writer));
	EXPECT_EQ(0, set_queue(self->server, BYTES + LENGTH + COST));
	EXPECT_EQ(5, message_count(self->server));
	EXPECT_EQ(LENGTH, call_join(&writer));
	EXPECT_EQ(0, fill_up(self->client, LENGTH));
}

/* A reader asleep gets the message that growth lets in: none is queued beside it before. */
TEST_F(limits, growth_wakes_the_servers_pollers)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	struct call writer;

	EXPECT_EQ(4, fill_up(self->client, LENGTH));
	ASSERT_TRUE(stand_in_line(&writer, self->blocking, self->buffer, LENGTH));
	ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, self->server, &event));
	EXPECT_EQ(1, epoll_wait(epoll, &event, 1, 0));
	EXPECT_EQ(0, epoll_wait(epoll, &event, 1, 0));
	EXPECT_EQ(0, set_queue(self->server, 2 * BYTES));
	EXPECT_EQ(1, epoll_wait(epoll, &event, 1, 10000));
	EXPECT_EQ(LENGTH, call_join(&writer));
	close(epoll);
}

TEST_F(limits, growth_wakes_pollers)
{
	struct call poller = { .function = call_poll, .fd = self->client };

	EXPECT_EQ(4, fill_up(self->client, LENGTH));
	ASSERT_TRUE(call_start(&poller));
	ASSERT_TRUE(call_asleep(&poller, SYS_poll));
	EXPECT_EQ(0, set_queue(self->server, BYTES + LENGTH + COST));
	EXPECT_EQ(POLLOUT, call_join(&poller));
	EXPECT_EQ(1, fill_up(self->client, LENGTH));
}

/* Each of a long line is let in, though one section of the lock lets in a few. */
#define MANY	40

TEST_F(limits, growth_lets_in_a_long_line)
{
	struct call writers[MANY];
	int i;

	EXPECT_EQ(4, fill_up(self->client, LENGTH));
	for (i = 0; i < MANY; i++)
		ASSERT_TRUE(stand_in_line(&writers[i], self->blocking, self->buffer, LENGTH));
	EXPECT_EQ(0, set_queue(self->server, BYTES + MANY * (LENGTH + COST)));
	EXPECT_EQ(4 + MANY, message_count(self->server));
	for (i = 0; i < MANY; i++)
		EXPECT_EQ(LENGTH, call_join(&writers[i]));
}

/* And each is refused that can never enter, by a queue or by a message that may be less. */
static void refuse_long_line(struct __test_metadata *_metadata, int server, int client,
			     void *buffer, bool by_queue)
{
	struct call writers[MANY];
	int i;

	for (i = 0; i < MANY; i++)
		ASSERT_TRUE(stand_in_line(&writers[i], client, buffer, LENGTH));
	EXPECT_EQ(0, by_queue ? set_queue(server, LENGTH - 1 + COST) :
				set_longest(server, LENGTH - 1));
	for (i = 0; i < MANY; i++) {
		ASSERT_TRUE(wait_until_done(&writers[i]));
		EXPECT_EQ(-EMSGSIZE, call_join(&writers[i]));
	}
	EXPECT_EQ(4, message_count(server));
}

TEST_F(limits, shorter_messages_refuse_the_line)
{
	EXPECT_EQ(4, fill_up(self->client, LENGTH));
	refuse_long_line(_metadata, self->server, self->blocking, self->buffer, false);
}

TEST_F(limits, smaller_queue_refuses_the_line)
{
	EXPECT_EQ(4, fill_up(self->client, LENGTH));
	refuse_long_line(_metadata, self->server, self->blocking, self->buffer, true);
}

/* Who stands behind others is judged when its turn comes. */
TEST_F(limits, refused_in_turn)
{
	struct call small, large, last;

	EXPECT_EQ(4, fill_up(self->client, LENGTH));
	ASSERT_TRUE(stand_in_line(&small, self->blocking, self->buffer, 10));
	ASSERT_TRUE(stand_in_line(&large, self->blocking, self->buffer, LENGTH));
	ASSERT_TRUE(stand_in_line(&last, self->blocking, self->buffer, 11));
	EXPECT_EQ(0, set_longest(self->server, 11));
	sleep_ns(20 * NSEC_PER_MSEC);
	EXPECT_FALSE(call_done(&small));
	EXPECT_FALSE(call_done(&large));
	EXPECT_FALSE(call_done(&last));
	EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
	EXPECT_EQ(10, call_join(&small));
	EXPECT_EQ(-EMSGSIZE, call_join(&large));
	/* It stood behind a message that takes no room now. */
	EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
	EXPECT_EQ(11, call_join(&last));
	EXPECT_EQ(4, message_count(self->server));
}

/* A limit that was lifted before its turn is as if it had not been. */
TEST_F(limits, lifted_in_time)
{
	struct call small, large;

	EXPECT_EQ(4, fill_up(self->client, LENGTH));
	ASSERT_TRUE(stand_in_line(&small, self->blocking, self->buffer, 10));
	ASSERT_TRUE(stand_in_line(&large, self->blocking, self->buffer, LENGTH));
	EXPECT_EQ(0, set_longest(self->server, 10));
	EXPECT_EQ(0, set_longest(self->server, 0));
	EXPECT_EQ(0, set_queue(self->server, 2 * BYTES));
	EXPECT_EQ(10, call_join(&small));
	EXPECT_EQ(LENGTH, call_join(&large));
	EXPECT_EQ(6, message_count(self->server));
}

/* Three messages are queued, so there is room for one more, but not for two in one. */
static long refuse_big(int client, void *buffer)
{
	int i;

	for (i = 0; i < 3; i++)
		if (write(client, buffer, LENGTH) != LENGTH)
			return -errno;
	return R(write(client, buffer, 2 * LENGTH));
}

/* A poller whose message was refused for lack of room, and is too long now, waits no longer. */
TEST_F(limits, poller_of_what_is_too_long)
{
	struct call poller = { .function = call_poll, .fd = self->client };

	EXPECT_EQ(-EAGAIN, refuse_big(self->client, self->buffer));
	EXPECT_EQ(0, poll_now(self->client, POLLOUT));
	ASSERT_TRUE(call_start(&poller));
	ASSERT_TRUE(call_asleep(&poller, SYS_poll));
	EXPECT_EQ(0, set_longest(self->server, LENGTH + 1));
	sleep_ns(20 * NSEC_PER_MSEC);
	EXPECT_FALSE(call_done(&poller));
	EXPECT_EQ(0, set_longest(self->server, LENGTH));
	EXPECT_EQ(POLLOUT, call_join(&poller));
	EXPECT_EQ(POLLOUT, poll_now(self->client, POLLOUT));
	EXPECT_EQ(-EMSGSIZE, R(write(self->client, self->buffer, 2 * LENGTH)));
	EXPECT_EQ(LENGTH, R(write(self->client, self->buffer, LENGTH)));
}

/* The same where the queue is what shrinks, and a read makes the room. */
TEST_F(limits, poller_of_what_no_queue_holds)
{
	struct call poller = { .function = call_poll, .fd = self->client };
	int i;

	EXPECT_EQ(-EAGAIN, refuse_big(self->client, self->buffer));
	EXPECT_EQ(0, set_queue(self->server, LENGTH + COST));
	ASSERT_TRUE(call_start(&poller));
	for (i = 0; i < 3; i++) {
		ASSERT_TRUE(call_asleep(&poller, SYS_poll));
		EXPECT_EQ(LENGTH, read(self->server, self->buffer, LENGTH));
	}
	EXPECT_EQ(POLLOUT, call_join(&poller));
}

FIXTURE(whole_limits)
{
	char name[MAILSLOT_NAME_SIZE];
	int server;
	int client;
	char buffer[BYTES];
};

FIXTURE_SETUP(whole_limits)
{
	struct mailslot_create args = create_args(NULL);

	args.flags = MAILSLOT_CREATE_WHOLE;
	args.queue_bytes = BYTES;
	strcpy(self->name, args.name);
	self->server = create_slot(&args);
	ASSERT_LE(0, self->server);
	self->client = client_open(self->name, O_WRONLY);
	ASSERT_LE(0, self->client);
	EXPECT_EQ(LENGTH, write(self->client, self->buffer, LENGTH));
}

FIXTURE_TEARDOWN(whole_limits)
{
	close(self->client);
	close(self->server);
}

/* A file that is longer already cannot grow, and comes to nothing. */
TEST_F(whole_limits, next_write)
{
	EXPECT_EQ(0, set_longest(self->server, LENGTH - 1));
	EXPECT_EQ(-EMSGSIZE, R(write(self->client, "", 0)));
	EXPECT_EQ(-EMSGSIZE, R(close(self->client)));
	EXPECT_EQ(0, message_count(self->server));
}

TEST_F(whole_limits, up_to_the_limit)
{
	EXPECT_EQ(0, set_longest(self->server, LENGTH + 10));
	EXPECT_EQ(10, write(self->client, self->buffer, 10));
	EXPECT_EQ(0, R(write(self->client, "", 0)));
	EXPECT_EQ(0, fsync(self->client));
	EXPECT_EQ(LENGTH + 10, read(self->server, self->buffer, sizeof(self->buffer)));
}

TEST_F(whole_limits, at_the_end)
{
	EXPECT_EQ(0, set_longest(self->server, LENGTH - 1));
	EXPECT_EQ(-EMSGSIZE, R(fsync(self->client)));
	EXPECT_EQ(0, message_count(self->server));
	EXPECT_EQ(5, write(self->client, self->buffer, 5));
	EXPECT_EQ(0, close(self->client));
	EXPECT_EQ(1, message_count(self->server));
}

static bool wait_for_clients(int server, __u32 count)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;

	while (info_of(server).clients != count) {
		if (now_ns(CLOCK_MONOTONIC) > end)
			return false;
		sleep_ns(NSEC_PER_MSEC);
	}
	return true;
}

/* A message that was left in line by a process that ended is refused, and nothing of it stays. */
TEST_F(whole_limits, left_in_line)
{
	int filler = client_open(self->name, O_WRONLY);
	pid_t pid;

	ASSERT_LE(0, filler);
	ASSERT_EQ(BYTES - COST, write(filler, self->buffer, BYTES - COST));
	ASSERT_EQ(0, fsync(filler));
	pid = fork();
	if (!pid) {
		int client = client_open(self->name, O_WRONLY);

		if (write(client, self->buffer, LENGTH) != LENGTH)
			_exit(1);
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));
	EXPECT_TRUE(wait_for_clients(self->server, 2));
	EXPECT_EQ(0, set_longest(self->server, LENGTH - 1));
	EXPECT_EQ(BYTES - COST, read(self->server, self->buffer, sizeof(self->buffer)));
	sleep_ns(20 * NSEC_PER_MSEC);
	EXPECT_EQ(0, message_count(self->server));
	EXPECT_EQ(1, info_of(self->server).messages_written);
	close(filler);
}

/* Limits that change all the time: what was accepted arrives, in order, and nobody is forgotten. */
#define WRITERS		4
#define MESSAGES	300

struct changer {
	int server;
	int client;
	__u64 sent;	/* __atomic_* */
	bool stop;	/* __atomic_* */
};

static void *change_limits(void *argument)
{
	static const __u64 bytes[] = { BYTES, COST, 2 * BYTES, LENGTH + COST, 70000 };
	static const __u32 longest[] = { 0, LENGTH - 1, ~0U, 5, LENGTH };
	struct changer *changer = argument;
	unsigned int i;

	for (i = 0; !__atomic_load_n(&changer->stop, __ATOMIC_ACQUIRE); i++) {
		if (set_queue(changer->server, bytes[i % ARRAY_SIZE(bytes)]) ||
		    set_longest(changer->server, longest[i / 2 % ARRAY_SIZE(longest)]))
			return (void *)1;
		if (i % 16 == 15)
			sleep_ns(NSEC_PER_MSEC / 2);
	}
	return NULL;
}

static void *write_many(void *argument)
{
	struct changer *changer = argument;
	char bytes[LENGTH] = "";
	unsigned int i;
	ssize_t n;

	for (i = 0; i < MESSAGES; i++) {
		n = write(changer->client, bytes, i % 3 ? LENGTH : 5);
		if (n > 0)
			__atomic_add_fetch(&changer->sent, 1, __ATOMIC_RELAXED);
		else if (errno != EMSGSIZE)
			return (void *)1;
	}
	return NULL;
}

TEST_F(limits, change_all_the_time)
{
	struct changer changer = { .server = self->server, .client = self->blocking };
	pthread_t threads[WRITERS + 1];
	__u64 taken = 0, end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
	void *failed;
	int i, left = WRITERS;

	ASSERT_EQ(0, pthread_create(&threads[WRITERS], NULL, change_limits, &changer));
	for (i = 0; i < WRITERS; i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, write_many, &changer));
	for (i = 0; left && now_ns(CLOCK_MONOTONIC) < end; ) {
		ssize_t n = read(self->server, self->buffer, sizeof(self->buffer));

		if (n >= 0) {
			ASSERT_TRUE(n == LENGTH || n == 5);
			taken++;
			continue;
		}
		ASSERT_EQ(ETIMEDOUT, errno);
		while (i < WRITERS && !pthread_tryjoin_np(threads[i], &failed)) {
			EXPECT_EQ(NULL, failed);
			left--;
			i++;
		}
		sleep_ns(NSEC_PER_MSEC / 10);
	}
	EXPECT_EQ(0, left);
	__atomic_store_n(&changer.stop, true, __ATOMIC_RELEASE);
	pthread_join(threads[WRITERS], &failed);
	EXPECT_EQ(NULL, failed);
	while (read(self->server, self->buffer, sizeof(self->buffer)) >= 0)
		taken++;
	EXPECT_EQ(changer.sent, taken);
	EXPECT_EQ(0, info_of(self->server).queued_bytes);
}
