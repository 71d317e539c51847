// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots that come and go while others open, write to, poll and ask about them; slots by
 * the thousand; and writers for whom there is no memory.  Each message tells which slot
 * it was meant for, so that one which reaches another is found out.
 *
 * CHURN_SECONDS, CHURN_SLOTS and CHURN_SEED in the environment: how long, how many, and
 * which dice.
 */
#include <dirent.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#ifdef HAVE_URING
#include <liburing.h>
#endif
#include "mailslot_test.h"

static __u64 from_environment(const char *name, __u64 otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

static unsigned int roll(__u64 *random, unsigned int sides)
{
	*random = *random * 6364136223846793005ULL + 1442695040888963407ULL;
	return (*random >> 33) % sides;
}

/* Some of them collide: a directory is no slot. */
static const char * const names[] = {
	"churn-a", "churn-b", "churn-c/x", "churn-c", "churn-c/x/y", "churn-d/e/f", "churn-d/e/g",
};

struct churn {
	__u64 end;			/* of the time */
	__u64 last;			/* and of waiting for one of each to have come to pass */
	__u64 seed;
	int owners[ARRAY_SIZE(names)];	/* __atomic_*: how many have the name now */
	unsigned long created;		/* __atomic_*, as the rest */
	unsigned long opened;
	unsigned long arrived;
	char wrong[200];
};

static bool go_on(const struct churn *churn)
{
	__u64 now = now_ns(CLOCK_MONOTONIC);

	if (churn->wrong[0] || now >= churn->last)
		return false;
	return now < churn->end || !__atomic_load_n(&churn->created, __ATOMIC_RELAXED) ||
	       !__atomic_load_n(&churn->opened, __ATOMIC_RELAXED) ||
	       !__atomic_load_n(&churn->arrived, __ATOMIC_RELAXED);
}

static void wrong(struct churn *churn, const char *what, long a, long b)
{
	if (!churn->wrong[0])
		snprintf(churn->wrong, sizeof(churn->wrong), "%s: %ld, %ld", what, a, b);
}

struct letter {
	__u32 minor;
	__u32 number;
	char bytes[4000];
};

/* Reads what there is: all of it meant for this slot. */
static void read_letters(struct churn *churn, int server)
{
	struct mailslot_info info = info_of(server);
	struct letter letter;
	long ret;

	while ((ret = R(read(server, &letter, sizeof(letter)))) >= 0) {
		if (ret < 8 || letter.minor != info.dev_minor ||
		    !filled(letter.bytes, ret - 8, letter.number))
			wrong(churn, "a letter for another", letter.minor, info.dev_minor);
		__atomic_fetch_add(&churn->arrived, 1, __ATOMIC_RELAXED);
	}
	if (ret != -ETIMEDOUT)
		wrong(churn, "read", ret, 0);
}

/* Of a name's collisions only one lives at a time: 2, 3 and 4 are in each other's way. */
static bool collides(size_t a, size_t b)
{
	return a == b || (a >= 2 && a <= 4 && b >= 2 && b <= 4);
}

static void create_and_close(struct churn *churn, __u64 random)
{
	while (go_on(churn)) {
		size_t name = roll(&random, ARRAY_SIZE(names)), i;
		struct mailslot_create args = create_args(names[name]);
		int server, owners;

		args.queue_bytes = 20000;
		args.mode = 0666;
		server = create_slot(&args);
		if (server == -EEXIST)
			continue;
		if (server < 0) {
			wrong(churn, "create", server, name);
			return;
		}
		__atomic_fetch_add(&churn->owners[name], 1, __ATOMIC_SEQ_CST);
		for (i = 0; i < ARRAY_SIZE(names); i++) {
			owners = __atomic_load_n(&churn->owners[i], __ATOMIC_SEQ_CST);
			if (collides(i, name) && owners > (i == name ? 1 : 0))
				wrong(churn, "two slots have one name", i, name);
		}
		__atomic_fetch_add(&churn->created, 1, __ATOMIC_RELAXED);
		if (roll(&random, 2))
			sleep_ns(roll(&random, 5) * NSEC_PER_MSEC);
		if (roll(&random, 4))
			read_letters(churn, server);
		__atomic_fetch_sub(&churn->owners[name], 1, __ATOMIC_SEQ_CST);
		close(server);
	}
}

static void slurp(const char *path)
{
	static char text[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	while (read(fd, text, sizeof(text)) > 0)
		;
	close(fd);
}

#ifdef HAVE_URING
#define RING_WRITES	6

enum {
	RING_POLL = RING_WRITES,
	RING_CANCEL,
	RING_REQUESTS,
};

static void ring_result(struct churn *churn, unsigned int request, int ret, size_t size)
{
	switch (request) {
	case RING_POLL:
		if (ret != (POLLHUP | POLLERR) && ret != -ECANCELED)
			wrong(churn, "poll by a ring", ret, 0);
		break;
	case RING_CANCEL:
		if (ret < 0 && ret != -ENOENT && ret != -EALREADY)
			wrong(churn, "cancel", ret, 0);
		break;
	default:
		if (ret != (int)size && ret != -EPIPE && ret != -ECANCELED && ret != -EAGAIN)
			wrong(churn, "write by a ring", ret, size);
	}
}

/* Requests that wait when the slot dies, for room and for that very death; or are taken back. */
static void use_ring(struct churn *churn, int client, struct letter *letter, size_t size,
		     bool cancel)
{
	unsigned int count = cancel ? RING_REQUESTS : RING_REQUESTS - 1, i;
	struct __kernel_timespec patience = { PATIENCE_NS / NSEC_PER_SEC, 0 };
	struct io_uring_cqe *cqe;
	struct io_uring_sqe *sqe;
	struct io_uring ring;

	if (io_uring_queue_init(RING_REQUESTS, &ring, 0))
		return;
	for (i = 0; i < count; i++) {
		sqe = io_uring_get_sqe(&ring);
		if (i == RING_POLL)
			io_uring_prep_poll_add(sqe, client, 0);
		else if (i == RING_CANCEL)
			io_uring_prep_cancel(sqe, NULL,
					     IORING_ASYNC_CANCEL_ANY | IORING_ASYNC_CANCEL_ALL);
		else
			io_uring_prep_write(sqe, client, letter, size, -1);
		sqe->user_data = i;
	}
	io_uring_submit(&ring);
	/* The slot does not live long, so all of them end. */
	for (i = 0; i < count; i++) {
		if (io_uring_wait_cqe_timeout(&ring, &cqe, &patience)) {
			wrong(churn, "requests that do not end", count - i, cancel);
			break;
		}
		ring_result(churn, cqe->user_data, cqe->res, size);
		io_uring_cqe_seen(&ring, cqe);
	}
	io_uring_queue_exit(&ring);
}
#else
static void use_ring(struct churn *churn, int client, struct letter *letter, size_t size,
		     bool cancel)
{
}
#endif

/* Everything that a client may do; EPIPE at any point is fine. */
static void use(struct churn *churn, int client, __u64 *random)
{
	struct epoll_event event = { .events = EPOLLOUT | EPOLLET };
	struct mailslot_info info = info_of(client);
	struct mailslot_send_msg msgs[3];
	struct letter letter = { .minor = info.dev_minor };
	unsigned int i, times = roll(random, 5);
	char path[96];
	int epoll;
	long ret;

	for (i = 0; i < times; i++) {
		size_t size = roll(random, sizeof(letter.bytes));

		letter.number = i;
		fill(letter.bytes, size, i);
		msgs[0] = send_slot(&letter, 8 + size);
		msgs[1] = msgs[0];
		msgs[2] = msgs[0];
		ret = roll(random, 2) ? R(write(client, &letter, 8 + size)) :
					send_batch(client, msgs, 3, 0);
		if (ret <= 0 && ret != -EPIPE && ret != -EAGAIN)
			wrong(churn, "write", ret, size);
	}
	switch (roll(random, 5)) {
	case 4:
		letter.number = 0;
		fill(letter.bytes, sizeof(letter.bytes), 0);
		use_ring(churn, client, &letter, sizeof(letter), roll(random, 2));
		break;
	case 0:
		epoll = epoll_create1(EPOLL_CLOEXEC);
		if (R(epoll_ctl(epoll, EPOLL_CTL_ADD, client, &event)))
			wrong(churn, "epoll_ctl", errno, 0);
		epoll_wait(epoll, &event, 1, roll(random, 3));
		close(epoll);
		break;
	case 1:
		snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", client);
		slurp(path);
		break;
	case 2:
		snprintf(path, sizeof(path), "/sys/class/mailslot/mailslot%u/uevent",
			 info.dev_minor);
		slurp(path);
		break;
	default:
		snprintf(path, sizeof(path), "/sys/class/mailslot/mailslot%u/message_count",
			 info.dev_minor);
		slurp(path);
	}
	if (info_of(client).dev_minor != info.dev_minor)
		wrong(churn, "the slot is another", info.dev_minor, 0);
}

static void open_and_use(struct churn *churn, __u64 random)
{
	int client;

	while (go_on(churn)) {
		size_t name = roll(&random, ARRAY_SIZE(names));

		client = client_open(names[name], O_WRONLY | (roll(&random, 2) ? O_NONBLOCK : 0));
		if (client >= 0) {
			__atomic_fetch_add(&churn->opened, 1, __ATOMIC_RELAXED);
			use(churn, client, &random);
			close(client);
		} else if (client != -ENOENT && client != -ENXIO && client != -EISDIR &&
			   client != -ENOTDIR) {
			wrong(churn, "open", client, name);
		}
	}
}

TEST(slots_come_and_go)
{
	void (*const jobs[])(struct churn *, __u64) = {
		create_and_close, create_and_close, create_and_close,
		open_and_use, open_and_use, open_and_use, open_and_use,
	};
	pid_t pids[ARRAY_SIZE(jobs)];
	struct churn *churn;
	size_t i;
	int fd;

	churn = mmap(NULL, sizeof(*churn), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		     -1, 0);
	ASSERT_TRUE(churn != MAP_FAILED);
	churn->seed = from_environment("CHURN_SEED", now_ns(CLOCK_REALTIME));
	churn->end = now_ns(CLOCK_MONOTONIC) + from_environment("CHURN_SECONDS", 6) * NSEC_PER_SEC;
	churn->last = churn->end + PATIENCE_NS;
	ksft_print_msg("CHURN_SEED=%llu\n", churn->seed);
	for (i = 0; i < ARRAY_SIZE(jobs); i++) {
		pids[i] = fork();
		ASSERT_LE(0, pids[i]);
		if (!pids[i]) {
			jobs[i](churn, churn->seed + i * 0x9e3779b97f4a7c15ULL);
			_exit(0);
		}
	}
	for (i = 0; i < ARRAY_SIZE(jobs); i++)
		EXPECT_EQ(0, child_status(pids[i]));
	EXPECT_STREQ("", churn->wrong);
	EXPECT_LT(0, churn->created);
	EXPECT_LT(0, churn->opened);
	EXPECT_LT(0, churn->arrived);
	TH_LOG("%lu slots, %lu opens, %lu letters", churn->created, churn->opened, churn->arrived);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		EXPECT_EQ(-1, access(node_path(names[i]), F_OK));
		fd = create_named(names[i]);
		EXPECT_LE(0, fd);
		EXPECT_EQ(0, message_count(fd));
		close(fd);
	}
}

/* More of everything than a table that was made for few would hold. */
TEST(thousands)
{
	struct rlimit files = { 200000, 200000 };
	__u64 seconds, begin = now_ns(CLOCK_MONOTONIC);
	int *servers, *clients, epoll, server;
	struct mailslot_create args;
	struct epoll_event event;
	char name[64];
	__u32 i, j, count;

	count = from_environment("CHURN_SLOTS", harness_slowness() > 1 ? 300 : 2000);
	if (setrlimit(RLIMIT_NOFILE, &files))
		SKIP(return, "so many files may not be opened");
	servers = calloc(count, sizeof(*servers));
	clients = calloc(count, sizeof(*clients));
	epoll = epoll_create1(EPOLL_CLOEXEC);
	for (i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "churn-many/%u/%u", i % 50, i);
		args = create_args(name);
		servers[i] = create_slot(&args);
		ASSERT_LE(0, servers[i])
			TH_LOG("slot %u", i);
		event = (struct epoll_event) { .events = EPOLLIN, .data.u32 = i };
		ASSERT_EQ(0, epoll_ctl(epoll, EPOLL_CTL_ADD, servers[i], &event));
	}
	for (i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "churn-many/%u/%u", i % 50, i);
		clients[i] = client_open(name, O_WRONLY);
		ASSERT_LE(0, clients[i]);
		ASSERT_EQ(sizeof(i), write(clients[i], &i, sizeof(i)));
	}
	for (i = 0; i < count; i++) {
		ASSERT_EQ(1, epoll_wait(epoll, &event, 1, PATIENCE_NS / NSEC_PER_MSEC));
		ASSERT_EQ(sizeof(j), R(read(servers[event.data.u32], &j, sizeof(j))));
		ASSERT_EQ(event.data.u32, j);
	}
	EXPECT_EQ(0, epoll_wait(epoll, &event, 1, 0));
	for (i = 0; i < count; i++) {
		close(servers[i]);
		if (i % 7 == 0)
			EXPECT_EQ(-EPIPE, R(write(clients[i], "x", 1)));
		close(clients[i]);
	}
	EXPECT_TRUE(directory_gone("churn-many"));
	server = create_named("churn-many");
	EXPECT_LE(0, server);
	close(server);
	seconds = (now_ns(CLOCK_MONOTONIC) - begin) / NSEC_PER_SEC;
	TH_LOG("%u slots, %llu s", count, seconds);
}

/* All slots of a process die with it. */
TEST(thousands_killed)
{
	struct rlimit files = { 200000, 200000 };
	__u32 i, count = from_environment("CHURN_SLOTS", 1000);
	struct mailslot_create args;
	char name[64], byte;
	int told[2];
	pid_t pid;

	if (harness_slowness() > 1)
		count = 200;
	if (setrlimit(RLIMIT_NOFILE, &files))
		SKIP(return, "so many files may not be opened");
	ASSERT_EQ(0, pipe(told));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		for (i = 0; i < count; i++) {
			snprintf(name, sizeof(name), "churn-killed/%u", i);
			args = create_args(name);
			if (create_slot(&args) < 0)
				_exit(1);
			if (i % 3 && write(client_open(name, O_WRONLY), name, 64) != 64)
				_exit(2);
		}
		if (write(told[1], "x", 1) == 1)
			pause();
		_exit(3);
	}
	close(told[1]);
	ASSERT_EQ(1, read(told[0], &byte, 1));
	EXPECT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, child_status(pid));
	EXPECT_TRUE(directory_gone("churn-killed"));
}

/* A memory cgroup of our own below the root; false when there is none to be had. */
#define CGROUP	"/sys/fs/cgroup/mailslot-selftest"

static bool cgroup_set(const char *file, const char *value)
{
	char path[128];
	bool set;
	int fd;

	snprintf(path, sizeof(path), CGROUP "/%s", file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	set = fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);
	close(fd);
	return set;
}

static bool cgroup_begin(const char *most)
{
	rmdir(CGROUP);
	return !mkdir(CGROUP, 0755) && cgroup_set("memory.max", most);
}

FIXTURE(scarce)
{
	struct mailslot_create args;
	int server;
	int client;
};

FIXTURE_SETUP(scarce)
{
	if (geteuid() || !cgroup_begin("4M"))
		SKIP(return, "no memory cgroup");
	self->args = create_args(NULL);
	self->args.queue_bytes = 64 << 20;
	self->server = create_slot(&self->args);
	ASSERT_LE(0, self->server);
	self->client = client_open(self->args.name, O_WRONLY);
	ASSERT_LE(0, self->client);
}

FIXTURE_TEARDOWN(scarce)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;

	close(self->client);
	close(self->server);
	while (rmdir(CGROUP) && errno == EBUSY && now_ns(CLOCK_MONOTONIC) < end)
		sleep_ns(NSEC_PER_MSEC);
	EXPECT_EQ(-1, access(CGROUP, F_OK));
}

#define HEAVY	65536

/* Writes until it may not; exits with 0 if that was for lack of memory. */
static void write_till_end(int client, int told)
{
	static char message[HEAVY];
	__u32 i;
	long ret;

	for (i = 0; ; i++) {
		fill(message, sizeof(message), i);
		ret = R(write(client, message, i % 4 ? sizeof(message) : 3000));
		if (ret < 0)
			break;
	}
	if (write(told, &i, sizeof(i)) != sizeof(i))
		_exit(3);
	_exit(ret == -ENOMEM ? 0 : 1);
}

/* All that came is whole, in order, and as much as was accepted. */
static __u32 read_all(struct __test_metadata *_metadata, int server)
{
	static char message[HEAVY];
	__u32 i;
	long ret;

	for (i = 0; (ret = R(read(server, message, sizeof(message)))) >= 0; i++) {
		EXPECT_EQ(i % 4 ? HEAVY : 3000, ret);
		EXPECT_TRUE(filled(message, ret, i));
	}
	EXPECT_EQ(-ETIMEDOUT, ret);
	return i;
}

/* Nobody there may be killed, so allocations fail: ENOMEM, and for nobody else. */
TEST_F(scarce, writer_gets_ENOMEM)
{
	__u32 accepted = 0, round;
	int told[2], fd;
	char text[8];
	pid_t pid;

	for (round = 0; round < 3; round++) {
		ASSERT_EQ(0, pipe(told));
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid) {
			fd = open("/proc/self/oom_score_adj", O_WRONLY);
			/*
			 * In a full cgroup this process would repeat a page fault for ever: all
			 * pages that it writes are its own before it enters the cgroup.
			 */
			if (write(fd, "-1000", 5) != 5 || mlockall(MCL_CURRENT) ||
			    !cgroup_set("cgroup.procs", "0"))
				_exit(2);
			write_till_end(self->client, told[1]);
		}
		close(told[1]);
		EXPECT_EQ(0, child_status(pid));
		ASSERT_EQ(sizeof(accepted), read(told[0], &accepted, sizeof(accepted)));
		close(told[0]);
		EXPECT_LT(10, accepted);
		EXPECT_EQ(accepted, message_count(self->server));
		/* Outside there is memory. */
		EXPECT_EQ(POLLOUT, poll_now(self->client, POLLOUT));
		EXPECT_EQ(accepted, read_all(_metadata, self->server));
		EXPECT_EQ(5, R(write(self->client, "hello", 5)));
		EXPECT_EQ(1, message_count(self->server));
		EXPECT_EQ(5, R(read(self->server, text, sizeof(text))));
	}
	EXPECT_EQ(0, info_of(self->server).queued_bytes);
}

/* The writer is killed for the memory that its messages take: those that are whole stay. */
TEST_F(scarce, writer_is_killed)
{
	int told[2], fd;
	__u32 accepted;
	pid_t pid;

	ASSERT_EQ(0, pipe(told));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		fd = open("/proc/self/oom_score_adj", O_WRONLY);
		if (write(fd, "1000", 4) != 4 || !cgroup_set("cgroup.procs", "0"))
			_exit(2);
		write_till_end(self->client, told[1]);
	}
	EXPECT_EQ(128 + SIGKILL, child_status(pid));
	accepted = message_count(self->server);
	EXPECT_LT(10, accepted);
	EXPECT_EQ(accepted, read_all(_metadata, self->server));
	EXPECT_EQ(5, R(write(self->client, "hello", 5)));
	EXPECT_EQ(1, message_count(self->server));
}

/* In the cgroup, makes a slot whose ring has so many bytes; returns the end of who did. */
static int make_ring(unsigned long bytes, const char *oom_score_adj)
{
	struct mailslot_create args = create_args(NULL);
	pid_t pid = fork();
	long server;
	int fd;

	if (pid)
		return child_status(pid);
	args.flags = MAILSLOT_CREATE_RING;
	args.queue_bytes = bytes;
	fd = open("/proc/self/oom_score_adj", O_WRONLY);
	/* As above: no page faults in a full cgroup. */
	if (write(fd, oom_score_adj, strlen(oom_score_adj)) < 0 || mlockall(MCL_CURRENT) ||
	    !cgroup_set("cgroup.procs", "0"))
		_exit(255);
	server = R(create_slot(&args));
	_exit(server < 0 ? -server : 0);
}

/* A ring is its maker's memory, and what was taken for one that cannot be is given back. */
TEST_F(scarce, ring_gets_ENOMEM)
{
	int round;

	if (make_ring(1 << 20, "-1000") == EOPNOTSUPP)
		SKIP(return, "no rings on this kernel");
	for (round = 0; round < 3; round++) {
		EXPECT_EQ(0, make_ring(1 << 20, "-1000"));
		EXPECT_EQ(ENOMEM, make_ring(16 << 20, "-1000"));
	}
}

TEST_F(scarce, ring_maker_is_killed)
{
	if (make_ring(1 << 20, "1000") == EOPNOTSUPP)
		SKIP(return, "no rings on this kernel");
	EXPECT_EQ(128 + SIGKILL, make_ring(16 << 20, "1000"));
	EXPECT_EQ(0, make_ring(1 << 20, "1000"));
}
