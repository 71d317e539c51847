// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many writers and several readers at once, by every kind of call, with signals,
 * faults and full queues: each message arrives once, whole, and after those its
 * writer sent before.  How long each mix runs is in seconds, not in messages, so that
 * slow machines do less of the same.
 */
#include <sched.h>
#include <sys/epoll.h>
#include "mailslot_test.h"

#define MOST_WRITERS	8
#define MOST_READERS	4
#define MOST_BYTES	9000
#define BATCH		16

/* What a message begins with; bytes of the writer's pattern follow. */
struct header {
	__u32 writer;
	__u32 size;
	__u64 number;		/* per writer, from 0 */
	__u64 checksum;		/* of the three before and the bytes behind */
};

static __u64 checksum(const struct header *header, const void *bytes, size_t size)
{
	__u64 sum = 0xcbf29ce484222325ULL ^ header->writer ^ (header->number << 8) ^ header->size;
	const unsigned char *p = bytes;

	while (size--)
		sum = (sum ^ *p++) * 0x100000001b3ULL;
	return sum;
}

enum how {
	PLAIN,		/* read or write */
	VECTOR,		/* readv or writev */
	BATCHES,	/* RECEIVE or SEND */
	POLLED,		/* poll, then without waiting */
	KINDS,
};

struct mix {
	unsigned int writers;
	unsigned int readers;
	__u64 queue_bytes;
	unsigned int longest;	/* most bytes behind the header */
	bool faults;		/* some buffers are bad */
	bool signals;		/* everybody is interrupted all the time */
	bool one_kind;		/* all by plain calls, that sleep */
};

struct worker;

struct traffic {
	const struct mix *mix;
	int server;
	char name[MAILSLOT_NAME_SIZE];
	bool stop;			/* __atomic_*; no more is written */
	bool drained;			/* __atomic_*; what comes now is empty and only wakes */
	__u64 received;			/* __atomic_* */
};

struct worker {
	struct traffic *traffic;
	unsigned int number;
	enum how how;
	pthread_t thread;
	unsigned int random;
	__u64 count;			/* __atomic_* of others; messages written or read */
	__u64 next[MOST_WRITERS];	/* a reader's: least number that may come */
	unsigned char *seen[MOST_WRITERS];	/* a reader's: bit per number */
	__u64 room;			/* bits in each */
	bool wrong;			/* it said what, and stops */
	bool done;			/* __atomic_*; a reader has left */
};

static bool drained(struct worker *worker)
{
	return __atomic_load_n(&worker->traffic->drained, __ATOMIC_ACQUIRE);
}

static unsigned int roll(struct worker *worker, unsigned int sides)
{
	worker->random = worker->random * 1103515245 + 12345;
	return (worker->random >> 8) % sides;
}

static bool complain(struct worker *worker, const char *what, long error)
{
	if (!worker->wrong)
		ksft_print_msg("worker %u: %s: %ld\n", worker->number, what, error);
	worker->wrong = true;
	return false;
}

static size_t compose(struct worker *worker, char *buffer)
{
	const struct mix *mix = worker->traffic->mix;
	struct header *header = (void *)buffer;
	size_t size = roll(worker, roll(worker, 8) ? 100 : mix->longest + 1);

	if (size > mix->longest)
		size = mix->longest;
	fill(header + 1, size, worker->number + worker->count);
	header->writer = worker->number;
	header->size = size;
	header->number = worker->count;
	header->checksum = checksum(header, header + 1, size);
	return sizeof(*header) + size;
}

static bool interrupted(long ret)
{
	return ret == -EINTR;
}

/* One message, however it goes; the file is nonblocking only for POLLED. */
static long put(struct worker *worker, int client, char *buffer, size_t size)
{
	struct pollfd p = { .fd = client, .events = POLLOUT };
	size_t part = roll(worker, size + 1);
	struct iovec iov[2] = { { buffer, part }, { buffer + part, size - part } };
	long ret;

	switch (worker->how) {
	case VECTOR:
		return R(writev(client, iov, 2));
	case POLLED:
		for (;;) {
			ret = R(write(client, buffer, size));
			if (ret != -EAGAIN)
				return ret;
			ret = R(poll(&p, 1, -1));
			if (ret < 0)
				return ret;
		}
	default:
		return R(write(client, buffer, size));
	}
}

static void write_batches(struct worker *worker, int client)
{
	char buffers[BATCH][sizeof(struct header) + MOST_BYTES];
	struct mailslot_send_msg msgs[BATCH];
	unsigned int i, done, count;
	long ret;

	while (!worker->wrong &&
	       !__atomic_load_n(&worker->traffic->stop, __ATOMIC_RELAXED)) {
		__u64 first = worker->count;

		count = 1 + roll(worker, BATCH);
		for (i = 0; i < count; i++) {
			msgs[i] = send_slot(buffers[i], compose(worker, buffers[i]));
			worker->count++;
		}
		for (done = 0; done < count; done += ret) {
			ret = send_batch(client, msgs + done, count - done, 0);
			if (interrupted(ret))
				ret = 0;
			if (ret < 0) {
				worker->count = first + done;
				complain(worker, "SEND", ret);
				return;
			}
		}
	}
}

static void *writer(void *argument)
{
	struct worker *worker = argument;
	char buffer[sizeof(struct header) + MOST_BYTES], *hole;
	int client = client_open(worker->traffic->name,
				 O_WRONLY | (worker->how == POLLED ? O_NONBLOCK : 0));
	size_t size;
	long ret;

	hole = before_hole(64);
	if (client < 0)
		complain(worker, "open", client);
	else if (worker->how == BATCHES)
		write_batches(worker, client);
	else
		while (!worker->wrong &&
		       !__atomic_load_n(&worker->traffic->stop, __ATOMIC_RELAXED)) {
			if (worker->traffic->mix->faults && !roll(worker, 8)) {
				ret = R(write(client, hole, 65 + roll(worker, 5000)));
				if (ret != -EFAULT && ret != -EAGAIN && !interrupted(ret))
					complain(worker, "write from a hole", ret);
			}
			size = compose(worker, buffer);
			do
				ret = put(worker, client, buffer, size);
			while (interrupted(ret));
			if (ret == (long)size)
				worker->count++;
			else
				complain(worker, "write", ret);
		}
	close(client);
	return NULL;
}

/* Marks the message as seen: once, whole, and in its writer's order. */
static bool check(struct worker *worker, const char *buffer, long size)
{
	const struct header *header = (const void *)buffer;
	unsigned char *seen;

	if (size < (long)sizeof(*header) || size != (long)(sizeof(*header) + header->size))
		return complain(worker, "size", size);
	if (header->writer >= worker->traffic->mix->writers)
		return complain(worker, "writer", header->writer);
	if (header->checksum != checksum(header, header + 1, header->size))
		return complain(worker, "checksum", header->number);
	if (header->number < worker->next[header->writer])
		return complain(worker, "order", header->number);
	if (header->number >= worker->room)
		return complain(worker, "number", header->number);
	worker->next[header->writer] = header->number + 1;
	seen = &worker->seen[header->writer][header->number / 8];
	*seen |= 1 << header->number % 8;
	worker->count++;
	__atomic_add_fetch(&worker->traffic->received, 1, __ATOMIC_RELAXED);
	return true;
}

/* Nothing that counts: no message, or the empty one that says that there are no more. */
static bool nothing_came(struct worker *worker, long ret)
{
	return ret == -EAGAIN || interrupted(ret) || (!ret && drained(worker));
}

static void read_batches(struct worker *worker)
{
	char buffers[BATCH][sizeof(struct header) + MOST_BYTES];
	struct mailslot_recv_msg msgs[BATCH];
	struct mailslot_receive args;
	__u64 last = 0;
	long ret, i;

	while (!worker->wrong && !drained(worker)) {
		args = receive_args(msgs, 1 + roll(worker, BATCH));
		for (i = 0; i < args.count; i++)
			msgs[i] = recv_slot(buffers[i], sizeof(buffers[i]));
		/* The second is at times too short: it ends the batch and is the next's first. */
		if (!roll(worker, 4))
			msgs[1].capacity = 20;
		if (!roll(worker, 4))
			args.flags = MAILSLOT_RECEIVE_PEEK;
		ret = R(ioctl(worker->traffic->server, MAILSLOT_IOC_RECEIVE, &args));
		if (nothing_came(worker, ret) || drained(worker))
			continue;
		if (ret < 1 || ret > args.count) {
			complain(worker, "RECEIVE", ret);
			return;
		}
		for (i = 0; i < ret; i++) {
			/* Numbers of the slot rise, and within a batch without gaps. */
			if (msgs[i].sequence <= last && !(args.flags & MAILSLOT_RECEIVE_PEEK))
				complain(worker, "sequence", msgs[i].sequence);
			if (args.flags & MAILSLOT_RECEIVE_PEEK)
				continue;
			last = msgs[i].sequence;
			if (msgs[i].pid != getpid())
				complain(worker, "pid", msgs[i].pid);
			check(worker, buffers[i], msgs[i].length);
		}
	}
}

static long get(struct worker *worker, char *buffer, size_t size)
{
	int server = worker->traffic->server;
	size_t part = roll(worker, size);
	struct iovec iov[2] = { { buffer, part }, { buffer + part, size - part } };
	struct pollfd p = { .fd = server, .events = POLLIN };
	struct mailslot_recv_msg msg;

	switch (worker->how) {
	case VECTOR:
		return R(readv(server, iov, 2));
	case POLLED:
		if (poll(&p, 1, 20) != 1)
			return -EAGAIN;
		msg = recv_slot(buffer, size);
		return receive(server, &msg, 1, MAILSLOT_RECEIVE_DONTWAIT) == 1 ?
		       (long)msg.length : -EAGAIN;
	default:
		return R(read(server, buffer, size));
	}
}

static void *reader(void *argument)
{
	struct worker *worker = argument;
	char buffer[sizeof(struct header) + MOST_BYTES], *hole = before_hole(10);
	long ret;

	if (worker->how == BATCHES)
		read_batches(worker);
	while (!worker->wrong && !drained(worker)) {
		if (worker->traffic->mix->faults && !roll(worker, 4)) {
			ret = R(read(worker->traffic->server, hole, sizeof(buffer)));
			if (ret != -EFAULT && !nothing_came(worker, ret))
				complain(worker, "read into a hole", ret);
			ret = R(read(worker->traffic->server, buffer, 10));
			if (ret != -EMSGSIZE && !nothing_came(worker, ret))
				complain(worker, "short read", ret);
		}
		ret = get(worker, buffer, sizeof(buffer));
		if (!nothing_came(worker, ret))
			check(worker, buffer, ret);
	}
	__atomic_store_n(&worker->done, true, __ATOMIC_RELEASE);
	return NULL;
}

static void on_signal(int signal)
{
}

#define SECONDS		3
#define BITS		(1ULL << 24)

/* The machine may have been stopped for all of the time. */
static bool all_have_written(const struct mix *mix, const struct worker *writers)
{
	unsigned int i;

	for (i = 0; i < mix->writers; i++)
		if (!__atomic_load_n(&writers[i].count, __ATOMIC_RELAXED) && !writers[i].wrong)
			return false;
	return true;
}

/* As long as one more comes now and then. */
static void await_all(struct traffic *traffic, __u64 written)
{
	__u64 received, before = 0, end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;

	while (now_ns(CLOCK_MONOTONIC) < end) {
		received = __atomic_load_n(&traffic->received, __ATOMIC_RELAXED);
		if (received >= written)
			return;
		if (received > before)
			end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
		before = received;
		sleep_ns(NSEC_PER_MSEC);
	}
}

static void run(struct __test_metadata *_metadata, const struct mix *mix)
{
	struct mailslot_create args = create_args(NULL);
	static struct worker writers[MOST_WRITERS], readers[MOST_READERS];
	struct traffic traffic = { .mix = mix };
	struct sigaction action = { .sa_handler = on_signal };
	__u64 end, last, written = 0, number;
	struct mailslot_info info;
	unsigned int i, j, times;
	int client;
	long ret;

	sigaction(SIGUSR1, &action, NULL);
	args.queue_bytes = mix->queue_bytes;
	/* Nobody wakes but for a message: a wake-up that is lost is lost for good. */
	args.read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS;
	traffic.server = create_slot(&args);
	ASSERT_LE(0, traffic.server);
	strcpy(traffic.name, args.name);
	for (i = 0; i < mix->readers; i++) {
		readers[i] = (struct worker) {
			.traffic = &traffic, .number = i, .random = i * 77 + 1, .room = BITS,
			.how = mix->one_kind ? PLAIN : i % KINDS,
		};
		for (j = 0; j < mix->writers; j++) {
			readers[i].seen[j] = mmap(NULL, BITS / 8, PROT_READ | PROT_WRITE,
						  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
						  -1, 0);
			ASSERT_TRUE(readers[i].seen[j] != MAP_FAILED);
		}
		ASSERT_EQ(0, pthread_create(&readers[i].thread, NULL, reader, &readers[i]));
	}
	for (i = 0; i < mix->writers; i++) {
		writers[i] = (struct worker) {
			.traffic = &traffic, .number = i, .random = i * 99 + 5,
			.how = mix->one_kind ? PLAIN : i % KINDS,
		};
		ASSERT_EQ(0, pthread_create(&writers[i].thread, NULL, writer, &writers[i]));
	}

	end = now_ns(CLOCK_MONOTONIC) + SECONDS * NSEC_PER_SEC;
	last = end + PATIENCE_NS;
	for (i = 0; now_ns(CLOCK_MONOTONIC) < end ||
	     (!all_have_written(mix, writers) && now_ns(CLOCK_MONOTONIC) < last); i++) {
		if (mix->signals) {
			pthread_kill(writers[i % mix->writers].thread, SIGUSR1);
			pthread_kill(readers[i % mix->readers].thread, SIGUSR1);
		}
		info = info_of(traffic.server);
		EXPECT_GE(info.queue_bytes, info.queued_bytes);
		EXPECT_EQ(info.messages_written - info.messages_read, info.message_count);
		sleep_ns(NSEC_PER_MSEC);
	}
	__atomic_store_n(&traffic.stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < mix->writers; i++) {
		pthread_join(writers[i].thread, NULL);
		EXPECT_FALSE(writers[i].wrong);
		EXPECT_LT(0, writers[i].count);
		written += writers[i].count;
	}
	await_all(&traffic, written);
	info = info_of(traffic.server);
	__atomic_store_n(&traffic.drained, true, __ATOMIC_RELEASE);
	client = client_open(traffic.name, O_WRONLY | O_NONBLOCK);
	for (i = 0; i < mix->readers; i++) {
		while (!__atomic_load_n(&readers[i].done, __ATOMIC_ACQUIRE)) {
			ret = R(write(client, "", 0));
			EXPECT_EQ(ret ? -EAGAIN : 0, ret);
			sleep_ns(NSEC_PER_MSEC);
		}
		pthread_join(readers[i].thread, NULL);
		EXPECT_FALSE(readers[i].wrong);
	}
	EXPECT_EQ(written, traffic.received);
	EXPECT_EQ(written, info.messages_written);
	EXPECT_EQ(written, info.messages_read);
	EXPECT_EQ(info.bytes_written, info.bytes_read);
	EXPECT_EQ(0, info.queued_bytes);

	/* Each number of each writer was seen by one reader. */
	for (i = 0; i < mix->writers; i++) {
		for (number = 0; number < writers[i].count; number++) {
			times = 0;
			for (j = 0; j < mix->readers; j++)
				times += readers[j].seen[i][number / 8] >> number % 8 & 1;
			ASSERT_EQ(1, times)
				TH_LOG("message %llu of writer %u", number, i);
		}
	}
	TH_LOG("%llu messages", written);
}

TEST(one_to_one)
{
	run(_metadata, &(struct mix) { .writers = 1, .readers = 1, .longest = 200 });
}

TEST(many_to_one)
{
	run(_metadata, &(struct mix) { .writers = 8, .readers = 1, .longest = 200 });
}

TEST(many_to_many)
{
	run(_metadata, &(struct mix) { .writers = 8, .readers = 4, .longest = MOST_BYTES });
}

/* Everybody sleeps all the time: each wake-up that is lost is a hang. */
TEST(narrow_queue)
{
	run(_metadata, &(struct mix) {
		.writers = 4, .readers = 2, .longest = 100, .queue_bytes = 400, .one_kind = true,
	});
}

TEST(narrow_queue_all_kinds)
{
	run(_metadata, &(struct mix) {
		.writers = 8, .readers = 4, .longest = MOST_BYTES, .queue_bytes = 20000,
	});
}

TEST(faults)
{
	run(_metadata, &(struct mix) {
		.writers = 4, .readers = 4, .longest = MOST_BYTES, .queue_bytes = 40000,
		.faults = true,
	});
}

TEST(signals)
{
	run(_metadata, &(struct mix) {
		.writers = 8, .readers = 4, .longest = 1000, .queue_bytes = 4000,
		.signals = true,
	});
}

TEST(everything)
{
	run(_metadata, &(struct mix) {
		.writers = 8, .readers = 4, .longest = MOST_BYTES, .queue_bytes = 12000,
		.signals = true, .faults = true,
	});
}

/* Ping-pong over two slots, each side asleep when the other writes. */
static void *echo(void *argument)
{
	int *ends = argument;
	char byte;

	while (read(ends[0], &byte, 1) == 1 && byte)
		if (write(ends[1], &byte, 1) != 1)
			break;
	return NULL;
}

TEST(ping_pong)
{
	struct mailslot_create there = create_args(NULL), back = create_args(NULL);
	__u64 end = now_ns(CLOCK_MONOTONIC) + SECONDS * NSEC_PER_SEC;
	int servers[2], ends[2], client;
	pthread_t thread;
	char byte = 1;
	long count;

	there.read_timeout_ns = PATIENCE_NS;
	back.read_timeout_ns = PATIENCE_NS;
	servers[0] = create_slot(&there);
	servers[1] = create_slot(&back);
	ASSERT_LE(0, servers[1]);
	ends[0] = servers[0];
	ends[1] = client_open(back.name, O_WRONLY);
	client = client_open(there.name, O_WRONLY);
	ASSERT_EQ(0, pthread_create(&thread, NULL, echo, ends));
	for (count = 0; now_ns(CLOCK_MONOTONIC) < end; count++) {
		ASSERT_EQ(1, R(write(client, &byte, 1)));
		ASSERT_EQ(1, R(read(servers[1], &byte, 1)));
		byte = byte % 100 + 1;
	}
	byte = 0;
	EXPECT_EQ(1, write(client, &byte, 1));
	pthread_join(thread, NULL);
	TH_LOG("%ld rounds", count);
}

/* Readers whose timeout ends just as the message comes: it is theirs, or stays. */
TEST(timeouts_meet_messages)
{
	struct mailslot_create args = create_args(NULL);
	__u64 end = now_ns(CLOCK_MONOTONIC) + SECONDS * NSEC_PER_SEC;
	unsigned long sent = 0, taken = 0;
	int server, client;
	char byte;
	long ret;
	pid_t pid;

	args.read_timeout_ns = 300 * 1000;
	server = create_slot(&args);
	ASSERT_LE(0, server);
	client = client_open(args.name, O_WRONLY);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		for (; now_ns(CLOCK_MONOTONIC) < end; sent++) {
			sleep_ns(200 * 1000 + sent * 7919 % 200000);
			EXPECT_EQ(1, R(write(client, "x", 1)));
		}
		_exit(0);
	}
	while (now_ns(CLOCK_MONOTONIC) < end) {
		ret = R(read(server, &byte, 1));
		taken += ret == 1;
		if (ret != 1)
			ASSERT_EQ(-ETIMEDOUT, ret);
	}
	EXPECT_EQ(0, child_status(pid));
	while (read(server, &byte, 1) == 1)
		taken++;
	EXPECT_EQ(info_of(server).messages_written, taken);
	EXPECT_EQ(0, message_count(server));
}
