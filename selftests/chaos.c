// SPDX-License-Identifier: GPL-2.0-only
/*
 * Readers and writers that are processes and are killed at random, in whatever they
 * do, with small queues, signals and user memory that never comes.  A message that was
 * accepted arrives once, whole, in its place; one whose writer was killed in the call
 * arrives once or not at all.  stress.c has threads that live.
 *
 * CHAOS_SECONDS and CHAOS_SEED in the environment: how long each test runs, and which
 * dice it throws.
 */
#include <linux/userfaultfd.h>
#include <sys/time.h>
#ifdef HAVE_URING
#include <liburing.h>
#endif
#include "mailslot_test.h"

#define WRITERS		6
#define READERS		4
#define MOST_BYTES	9000
#define BATCH		8
#define NUMBERS		(1U << 20)	/* per writer; far more than the time allows */

/* What a message begins with; bytes of the writer's pattern follow. */
struct header {
	__u32 magic;
	__u32 writer;
	__u32 number;
	__u32 size;		/* of the bytes behind */
	__u64 checksum;		/* of the three before and the bytes */
};

#define MAGIC		0x6d61696c

/* How far a message has come: what its writer knows, and who has read it. */
enum {
	TRIED = 1,		/* its writer began to send it */
	ACCEPTED = 2,		/* the call said so */
	READ = 4,
};

/* What a reader is about, for who finds its tray. */
enum doing {
	TAKING_ONE,
	TAKING_MANY,
	LOOKING,
};

/* Where a reader gets its messages; shared, so that they outlive it. */
struct tray {
	enum doing doing;	/* __atomic_* */
	struct mailslot_recv_msg msgs[BATCH];
	char buffers[BATCH][sizeof(struct header) + MOST_BYTES];
};

/* All that must outlive who is killed. */
struct shared {
	__u32 next[WRITERS];			/* number of the next message */
	unsigned char state[WRITERS][NUMBERS];	/* TRIED... */
	__u64 sequence[WRITERS][NUMBERS];	/* once it is read by RECEIVE; 0 else */
	__u64 messages;				/* __atomic_*: read */
	char wrong[200];			/* the first that was */
	struct tray trays[READERS];
};

struct chaos {
	struct shared *shared;
	char name[MAILSLOT_NAME_SIZE];
	int server;
	unsigned int longest;
	__u64 random;
	pid_t writers[WRITERS];
	pid_t readers[READERS];
};

static void wrong(struct shared *shared, const char *what, long a, long b)
{
	if (!shared->wrong[0])
		snprintf(shared->wrong, sizeof(shared->wrong), "%s: %ld, %ld", what, a, b);
}

static unsigned int roll(struct chaos *chaos, unsigned int sides)
{
	chaos->random = chaos->random * 6364136223846793005ULL + 1442695040888963407ULL;
	return (chaos->random >> 33) % sides;
}

static __u64 checksum(const struct header *header, const void *bytes)
{
	__u64 sum = 0xcbf29ce484222325ULL ^ header->writer ^ ((__u64)header->number << 8) ^
		    ((__u64)header->size << 40);
	const unsigned char *p = bytes;
	size_t i;

	for (i = 0; i < header->size; i++)
		sum = (sum ^ p[i]) * 0x100000001b3ULL;
	return sum;
}

static size_t compose(struct chaos *chaos, unsigned int writer, __u32 number, char *buffer)
{
	struct header *header = (void *)buffer;

	header->magic = MAGIC;
	header->writer = writer;
	header->number = number;
	header->size = roll(chaos, 6) ? roll(chaos, 100) : roll(chaos, chaos->longest);
	if (header->size > chaos->longest)
		header->size = chaos->longest;
	fill(header + 1, header->size, writer + number);
	header->checksum = checksum(header, header + 1);
	return sizeof(*header) + header->size;
}

static bool valid(const char *buffer, long size)
{
	const struct header *header = (const void *)buffer;

	return header->magic == MAGIC && header->writer < WRITERS && header->number < NUMBERS &&
	       header->size <= MOST_BYTES && size == (long)(sizeof(*header) + header->size) &&
	       header->checksum == checksum(header, header + 1);
}

/* Notes that a message was read; the header goes, so that it is noted once. */
static void note(struct shared *shared, char *buffer, long size, __u64 sequence)
{
	struct header *header = (void *)buffer;
	unsigned char before;

	if (!valid(buffer, size)) {
		wrong(shared, "a message that nobody sent, of bytes", size, header->writer);
		return;
	}
	if (sequence)
		shared->sequence[header->writer][header->number] = sequence;
	before = __atomic_fetch_or(&shared->state[header->writer][header->number], READ,
				   __ATOMIC_SEQ_CST);
	if (!(before & TRIED) || before & READ)
		wrong(shared, "read twice, or too soon", header->writer, header->number);
	__atomic_fetch_add(&shared->messages, 1, __ATOMIC_RELAXED);
	header->magic = 0;
}

/* The border of two pages, of which the second never comes. Timers would make who waits spin. */
static char *never(void)
{
	struct itimerval timer = {};
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	long page = sysconf(_SC_PAGESIZE);
	char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
	int faults = syscall(SYS_userfaultfd, O_CLOEXEC);

	setitimer(ITIMER_REAL, &timer, NULL);
	memset(pages, 0, page);
	reg.range.start = addr(pages + page);
	reg.range.len = page;
	if (faults < 0 || ioctl(faults, UFFDIO_API, &api) || ioctl(faults, UFFDIO_REGISTER, &reg))
		return NULL;
	return pages + page;
}

static void on_signal(int signal)
{
}

/* Every call that sleeps is interrupted before long; half of the processes restart them. */
static void be_interrupted(struct chaos *chaos)
{
	struct sigaction action = {
		.sa_handler = on_signal, .sa_flags = roll(chaos, 2) ? SA_RESTART : 0,
	};
	struct itimerval timer = { { 0, 7000 }, { 0, 7000 } };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

enum how {
	PLAIN,
	VECTOR,
	BATCHES,
	NOWAIT,
	RING,		/* io_uring; PLAIN where there is none */
	HOWS,
};

/* Sends what is in the buffer; 1 if it was accepted, 0 if not, else -errno. */
static long put(enum how how, int client, char *buffer, size_t size)
{
	struct iovec iov[2] = { { buffer, size / 3 }, { buffer + size / 3, size - size / 3 } };
	struct pollfd p = { .fd = client, .events = POLLOUT };
	long ret;

	switch (how) {
	case VECTOR:
		ret = R(writev(client, iov, 2));
		break;
	case NOWAIT:
		ret = R(pwritev2(client, iov, 2, -1, RWF_NOWAIT));
		if (ret == -EAGAIN)
			poll(&p, 1, 50);
		break;
	default:
		ret = R(write(client, buffer, size));
	}
	if (ret == -EAGAIN || ret == -EINTR)
		return 0;
	return ret == (long)size ? 1 : ret < 0 ? ret : -EIO;
}

static void write_batch(struct chaos *chaos, unsigned int writer, int client)
{
	static char buffers[BATCH][sizeof(struct header) + MOST_BYTES];
	struct shared *shared = chaos->shared;
	unsigned int count = 1 + roll(chaos, BATCH), i;
	__u32 first = __atomic_fetch_add(&shared->next[writer], count, __ATOMIC_RELAXED);
	struct mailslot_send_msg msgs[BATCH];
	long done = 0, ret;

	for (i = 0; i < count; i++) {
		msgs[i] = send_slot(buffers[i], compose(chaos, writer, first + i, buffers[i]));
		shared->state[writer][first + i] = TRIED;
	}
	while (done < count) {
		ret = send_batch(client, msgs + done, count - done, 0);
		if (ret == -EINTR)
			continue;
		if (ret < 1 || ret > count - done) {
			wrong(shared, "SEND", ret, done);
			return;
		}
		for (i = 0; i < ret; i++, done++)
			__atomic_fetch_or(&shared->state[writer][first + done], ACCEPTED,
					  __ATOMIC_RELAXED);
	}
}

static void write_one(struct chaos *chaos, unsigned int writer, int client, enum how how)
{
	static char buffer[sizeof(struct header) + MOST_BYTES];
	struct shared *shared = chaos->shared;
	__u32 number = __atomic_fetch_add(&shared->next[writer], 1, __ATOMIC_RELAXED);
	size_t size = compose(chaos, writer, number, buffer);
	long ret;

	shared->state[writer][number] = TRIED;
	do
		ret = put(how, client, buffer, size);
	while (!ret);
	if (ret == 1)
		__atomic_fetch_or(&shared->state[writer][number], ACCEPTED, __ATOMIC_RELAXED);
	else
		wrong(shared, "write", ret, writer);
}

#ifdef HAVE_URING
/* Waits for @count requests; their results go to @results, by their numbers. */
static void ring_wait(struct io_uring *ring, unsigned int count, int *results)
{
	struct io_uring_cqe *cqe;

	while (count) {
		/* Signals end the wait; what is under way goes on. */
		if (io_uring_wait_cqe(ring, &cqe))
			continue;
		results[cqe->user_data] = cqe->res;
		io_uring_cqe_seen(ring, cqe);
		count--;
	}
}

static void ring_submit(struct io_uring *ring)
{
	while (io_uring_sq_ready(ring))
		io_uring_submit(ring);
}

/* One after the other, as each is linked to the one before; the kernel does the rest. */
static void write_chain(struct chaos *chaos, struct io_uring *ring, unsigned int writer,
			int client)
{
	static char buffers[BATCH][sizeof(struct header) + MOST_BYTES];
	struct shared *shared = chaos->shared;
	unsigned int count = 1 + roll(chaos, BATCH), done = 0, i;
	__u32 first = __atomic_fetch_add(&shared->next[writer], count, __ATOMIC_RELAXED);
	struct io_uring_sqe *sqe;
	size_t sizes[BATCH];
	int results[BATCH];

	for (i = 0; i < count; i++) {
		sizes[i] = compose(chaos, writer, first + i, buffers[i]);
		shared->state[writer][first + i] = TRIED;
	}
	while (done < count) {
		for (i = done; i < count; i++) {
			sqe = io_uring_get_sqe(ring);
			io_uring_prep_write(sqe, client, buffers[i], sizes[i], -1);
			sqe->user_data = i;
			if (i + 1 < count)
				sqe->flags |= IOSQE_IO_LINK;
		}
		ring_submit(ring);
		ring_wait(ring, count - done, results);
		for (i = done; i < count && results[i] == (int)sizes[i]; i++, done++)
			__atomic_fetch_or(&shared->state[writer][first + i], ACCEPTED,
					  __ATOMIC_RELAXED);
		/* Those behind the first that failed are cancelled, and all of them sent anew. */
		for (; i < count; i++) {
			if (results[i] != -EINTR && results[i] != -EAGAIN &&
			    results[i] != -ECANCELED) {
				wrong(shared, "write by a ring", results[i], i);
				return;
			}
		}
	}
}

/* Never returns. */
static void be_ring_writer(struct chaos *chaos, struct io_uring *ring, unsigned int number,
			   int client)
{
	while (chaos->shared->next[number] < NUMBERS - BATCH)
		write_chain(chaos, ring, number, client);
	_exit(0);
}

static void ring_read(struct io_uring *ring, int server, struct tray *tray, unsigned int i)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);

	io_uring_prep_read(sqe, server, tray->buffers[i], sizeof(tray->buffers[i]), -1);
	sqe->user_data = i;
	ring_submit(ring);
}

/* All of the tray's buffers wait for a message at once. Never returns. */
static void be_ring_reader(struct chaos *chaos, struct io_uring *ring, struct tray *tray)
{
	bool stuck = !roll(chaos, 4);
	struct io_uring_cqe *cqe;
	unsigned int i;
	char *bytes;
	int ret;

	for (i = 0; i < BATCH; i++)
		ring_read(ring, chaos->server, tray, i);
	for (;;) {
		if (io_uring_wait_cqe(ring, &cqe))
			continue;
		i = cqe->user_data;
		ret = cqe->res;
		io_uring_cqe_seen(ring, cqe);
		if (ret >= 0)
			note(chaos->shared, tray->buffers[i], ret, 0);
		/* A read woken for nothing 128 times is given a thread; a signal prevents it. */
		else if (ret != -EINTR && ret != -EAGAIN && ret != -ECANCELED)
			wrong(chaos->shared, "read by a ring", ret, i);
		if (stuck && !roll(chaos, 100)) {
			/* The ring's work is this task's: all requests are stuck with it. */
			bytes = never();
			if (bytes)
				R(read(chaos->server, bytes, 100000));
		}
		ring_read(ring, chaos->server, tray, i);
	}
}

static bool ring_begin(struct io_uring *ring)
{
	return !io_uring_queue_init(BATCH, ring, 0);
}
#endif

/* Never returns. */
static void be_writer(struct chaos *chaos, unsigned int number)
{
	int client = client_open(chaos->name, O_WRONLY);
	enum how how = roll(chaos, HOWS);
	bool stuck = !roll(chaos, 4);
	char *bytes;

	close(chaos->server);
	be_interrupted(chaos);
	if (client < 0)
		wrong(chaos->shared, "open", client, 0);
#ifdef HAVE_URING
	struct io_uring ring;

	if (client >= 0 && how == RING && ring_begin(&ring))
		be_ring_writer(chaos, &ring, number, client);
#endif
	while (client >= 0 && chaos->shared->next[number] < NUMBERS - BATCH) {
		if (how == BATCHES)
			write_batch(chaos, number, client);
		else
			write_one(chaos, number, client, how);
		/* Until it is killed; with nothing of the slot in its hands. */
		if (stuck && !roll(chaos, 50)) {
			bytes = never();
			if (bytes)
				R(write(client, bytes - 100, 200));
		}
	}
	_exit(0);
}

static void read_batch(struct chaos *chaos, struct tray *tray)
{
	struct mailslot_receive args = receive_args(tray->msgs, BATCH);
	long ret, i;

	for (i = 0; i < BATCH; i++) {
		tray->msgs[i] = recv_slot(tray->buffers[i], sizeof(tray->buffers[i]));
		tray->msgs[i].sequence = 0;
	}
	if (!roll(chaos, 3)) {
		/* What is looked at is not read: it must not be taken for it. */
		__atomic_store_n(&tray->doing, LOOKING, __ATOMIC_SEQ_CST);
		args.flags = MAILSLOT_RECEIVE_PEEK;
		args.count = 1 + roll(chaos, BATCH);
		ret = R(ioctl(chaos->server, MAILSLOT_IOC_RECEIVE, &args));
		for (i = 0; i < ret; i++)
			if (!valid(tray->buffers[i], tray->msgs[i].length))
				wrong(chaos->shared, "peek", i, tray->msgs[i].length);
		memset(tray->buffers, 0, sizeof(tray->buffers));
		return;
	}
	__atomic_store_n(&tray->doing, TAKING_MANY, __ATOMIC_SEQ_CST);
	ret = R(ioctl(chaos->server, MAILSLOT_IOC_RECEIVE, &args));
	for (i = 0; i < ret; i++)
		note(chaos->shared, tray->buffers[i], tray->msgs[i].length,
		     tray->msgs[i].sequence);
	if (ret != -EINTR && (ret < 1 || ret > BATCH))
		wrong(chaos->shared, "RECEIVE", ret, 0);
}

static void read_one(struct chaos *chaos, struct tray *tray, enum how how)
{
	size_t size = sizeof(tray->buffers[0]);
	struct iovec iov[2] = { { tray->buffers[0], 50 }, { tray->buffers[0] + 50, size - 50 } };
	struct pollfd p = { .fd = chaos->server, .events = POLLIN };
	long ret;

	switch (how) {
	case VECTOR:
		ret = R(readv(chaos->server, iov, 2));
		break;
	case NOWAIT:
		poll(&p, 1, 50);
		ret = R(preadv2(chaos->server, iov, 2, -1, RWF_NOWAIT));
		break;
	default:
		ret = R(read(chaos->server, tray->buffers[0], size));
	}
	if (ret >= 0)
		note(chaos->shared, tray->buffers[0], ret, 0);
	else if (ret != -EINTR && ret != -EAGAIN)
		wrong(chaos->shared, "read", ret, how);
}

/* Never returns. */
static void be_reader(struct chaos *chaos, struct tray *tray)
{
	enum how how = roll(chaos, HOWS);
	bool stuck = !roll(chaos, 4);
	char *bytes;

	be_interrupted(chaos);
	/* Every page is there: what is found in the tray after a kill was delivered whole. */
	memset(tray, 0, sizeof(*tray));
#ifdef HAVE_URING
	struct io_uring ring;

	if (how == RING && ring_begin(&ring))
		be_ring_reader(chaos, &ring, tray);
#endif
	for (;;) {
		if (how == BATCHES) {
			read_batch(chaos, tray);
			continue;
		}
		read_one(chaos, tray, how);
		/* With a message claimed, that is another's when it is killed. */
		if (stuck && !roll(chaos, 100)) {
			bytes = never();
			if (bytes)
				R(read(chaos->server, bytes, 100000));
		}
	}
}

static pid_t spawn(struct chaos *chaos, bool reader, unsigned int number)
{
	pid_t pid;

	roll(chaos, 2);
	pid = fork();
	if (pid)
		return pid;
	chaos->random += 0x9e3779b97f4a7c15ULL * (number + 1 + (reader ? 100 : 0));
	if (reader)
		be_reader(chaos, &chaos->shared->trays[number]);
	be_writer(chaos, number);
	_exit(1);
}

/*
 * What a killed reader had been given and did not note.  In a batch the kernel stores
 * the sequence number last, so a message without one was not taken.
 */
static void inherit(struct chaos *chaos, struct tray *tray)
{
	struct shared *shared = chaos->shared;
	bool many = tray->doing == TAKING_MANY;
	struct header *header;
	__u64 sequence;
	unsigned int i;

	for (i = 0; i < BATCH && tray->doing != LOOKING; i++) {
		header = (void *)tray->buffers[i];
		sequence = many ? tray->msgs[i].sequence : 0;
		if (!valid(tray->buffers[i], sizeof(*header) + header->size) || (many && !sequence))
			continue;
		/* It was killed between the note and taking the header away. */
		if (shared->state[header->writer][header->number] & READ &&
		    shared->sequence[header->writer][header->number] == sequence)
			continue;
		note(shared, tray->buffers[i], sizeof(*header) + header->size, sequence);
	}
	memset(tray, 0, sizeof(*tray));
}

static void kill_one(struct chaos *chaos, pid_t *pid)
{
	kill(*pid, SIGKILL);
	child_status(*pid);
	*pid = 0;
}

/* Nobody else is left: what is in the queue is read here, with all that is known of it. */
static void drain(struct chaos *chaos)
{
	struct tray *tray = &chaos->shared->trays[0];
	__u64 last = 0;
	long ret, i;

	do {
		for (i = 0; i < BATCH; i++)
			tray->msgs[i] = recv_slot(tray->buffers[i], sizeof(tray->buffers[i]));
		ret = receive(chaos->server, tray->msgs, BATCH, MAILSLOT_RECEIVE_DONTWAIT);
		for (i = 0; i < ret; i++) {
			if (last && tray->msgs[i].sequence != last + 1)
				wrong(chaos->shared, "sequence", tray->msgs[i].sequence, last);
			last = tray->msgs[i].sequence;
			note(chaos->shared, tray->buffers[i], tray->msgs[i].length, last);
		}
	} while (ret > 0);
	if (ret != -EAGAIN)
		wrong(chaos->shared, "drain", ret, 0);
}

/* Accepted and read, once each; numbers of the slot rise with those of the writer. */
static void audit(struct __test_metadata *_metadata, struct chaos *chaos)
{
	struct shared *shared = chaos->shared;
	struct mailslot_info info = info_of(chaos->server);
	unsigned long accepted = 0, tried = 0, read = 0;
	unsigned int writer, number;
	__u64 last;

	for (writer = 0; writer < WRITERS; writer++) {
		last = 0;
		for (number = 0; number < shared->next[writer] && number < NUMBERS; number++) {
			unsigned char state = shared->state[writer][number];
			__u64 sequence = shared->sequence[writer][number];

			tried += !!(state & TRIED);
			accepted += !!(state & ACCEPTED);
			read += !!(state & READ);
			ASSERT_FALSE(state & ACCEPTED && !(state & READ))
				TH_LOG("message %u of writer %u is lost", number, writer);
			if (!sequence)
				continue;
			ASSERT_LT(last, sequence)
				TH_LOG("message %u of writer %u is early", number, writer);
			last = sequence;
		}
	}
	EXPECT_EQ(read, info.messages_written);
	EXPECT_EQ(read, info.messages_read);
	EXPECT_EQ(info.bytes_written, info.bytes_read);
	EXPECT_EQ(0, info.queued_bytes);
	EXPECT_LT(0, accepted);
	EXPECT_GE(tried, read);
	TH_LOG("%lu messages tried, %lu accepted, %lu read", tried, accepted, read);
}

static __u64 from_environment(const char *name, __u64 otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

static void run(struct __test_metadata *_metadata, unsigned int longest, __u64 queue_bytes)
{
	struct mailslot_create args = create_args(NULL);
	__u64 seed = from_environment("CHAOS_SEED", now_ns(CLOCK_REALTIME));
	__u64 end = now_ns(CLOCK_MONOTONIC) +
		    from_environment("CHAOS_SECONDS", 4) * NSEC_PER_SEC;
	struct chaos chaos = { .longest = longest, .random = seed };
	unsigned int i, kills = 0;
	int client;
	__u64 last;
	char byte;

	ksft_print_msg("CHAOS_SEED=%llu\n", seed);
	args.queue_bytes = queue_bytes;
	args.read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS;
	chaos.shared = mmap(NULL, sizeof(*chaos.shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	ASSERT_TRUE(chaos.shared != MAP_FAILED);
	chaos.server = create_slot(&args);
	ASSERT_LE(0, chaos.server);
	strcpy(chaos.name, args.name);
	/* The machine may have been stopped for all of the time. */
	last = end + PATIENCE_NS;
	while ((now_ns(CLOCK_MONOTONIC) < end ||
		(!__atomic_load_n(&chaos.shared->messages, __ATOMIC_RELAXED) &&
		 now_ns(CLOCK_MONOTONIC) < last)) && !chaos.shared->wrong[0]) {
		for (i = 0; i < READERS; i++)
			if (!chaos.readers[i])
				chaos.readers[i] = spawn(&chaos, true, i);
		for (i = 0; i < WRITERS; i++)
			if (!chaos.writers[i])
				chaos.writers[i] = spawn(&chaos, false, i);
		sleep_ns(roll(&chaos, 20) * NSEC_PER_MSEC);
		if (roll(&chaos, 2)) {
			i = roll(&chaos, READERS);
			kill_one(&chaos, &chaos.readers[i]);
			inherit(&chaos, &chaos.shared->trays[i]);
		} else {
			kill_one(&chaos, &chaos.writers[roll(&chaos, WRITERS)]);
		}
		kills++;
	}
	/* Whoever is in a call now is killed in it. */
	for (i = 0; i < WRITERS; i++)
		if (chaos.writers[i])
			kill_one(&chaos, &chaos.writers[i]);
	for (i = 0; i < READERS; i++) {
		if (chaos.readers[i])
			kill_one(&chaos, &chaos.readers[i]);
		inherit(&chaos, &chaos.shared->trays[i]);
	}
	/* The rings of the dead let go of their files in their own time. */
	end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
	while (info_of(chaos.server).clients && now_ns(CLOCK_MONOTONIC) < end)
		sleep_ns(NSEC_PER_MSEC);
	EXPECT_EQ(0, info_of(chaos.server).clients);
	drain(&chaos);
	ASSERT_STREQ("", chaos.shared->wrong);
	audit(_metadata, &chaos);
	TH_LOG("%u killed", kills);

	/* The slot is as good as new. */
	client = client_open(chaos.name, O_WRONLY | O_NONBLOCK);
	EXPECT_EQ(POLLOUT, poll_now(client, POLLOUT));
	EXPECT_EQ(1, R(write(client, "x", 1)));
	EXPECT_EQ(1, R(read(chaos.server, &byte, 1)));
	close(client);
	close(chaos.server);
	munmap(chaos.shared, sizeof(*chaos.shared));
}

TEST(roomy_queue)
{
	run(_metadata, MOST_BYTES, 200000);
}

/* Nearly everybody stands in line nearly always. */
TEST(narrow_queue)
{
	run(_metadata, 300, 700);
}

TEST(narrow_queue_long_messages)
{
	run(_metadata, MOST_BYTES, 3 * MOST_BYTES);
}
