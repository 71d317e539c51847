// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to the machine while slots are in use: its clock leaps, a processor goes, a cgroup
 * is frozen, the machine goes to sleep, the module's limits are changed.  Messages stay whole, in
 * order, and are read once; whoever waits goes on waiting, by a clock that does not leap.
 */
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "mailslot_test.h"

#define CPU1	"/sys/devices/system/cpu/cpu1/online"
#define GROUP	"/sys/fs/cgroup/mailslot-machine"
#define DAY	86400

static bool file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return written;
}

static bool file_has(const char *path, const char *text)
{
	char all[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd >= 0 ? read(fd, all, sizeof(all) - 1) : -1;

	if (fd >= 0)
		close(fd);
	if (size < 0)
		return false;
	all[size] = 0;
	return strstr(all, text);
}

/* How long a read of an empty slot waits. */
static bool reads_wait(int server, __u64 timeout_ns)
{
	struct mailslot_set_info set = {
		.mask = MAILSLOT_SET_READ_TIMEOUT, .read_timeout_ns = timeout_ns,
	};

	return !ioctl(server, MAILSLOT_IOC_SET_INFO, &set);
}

static bool clock_leap(long seconds)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	now.tv_sec += seconds;
	return !clock_settime(CLOCK_REALTIME, &now);
}

/* A reader that waits for @timeout_ns does so, whatever the clock does meanwhile. */
static void wait_while_clock_leaps(struct __test_metadata *_metadata, FIXTURE_DATA(slot) * self,
				   long seconds)
{
	const __u64 timeout_ns = NSEC_PER_SEC / 2;
	char byte;
	struct call reader = {
		.function = call_read, .fd = self->server, .buffer = &byte, .size = 1,
	};

	ASSERT_TRUE(reads_wait(self->server, timeout_ns));
	ASSERT_TRUE(call_start(&reader));
	ASSERT_TRUE(call_asleep(&reader, SYS_read));
	ASSERT_TRUE(clock_leap(seconds));
	EXPECT_EQ(-ETIMEDOUT, call_join(&reader));
	ASSERT_TRUE(clock_leap(-seconds));
	EXPECT_LE(timeout_ns, reader.end_ns - reader.begin_ns);
	EXPECT_GT(PATIENCE_NS, reader.end_ns - reader.begin_ns);
}

TEST_F(slot, clock_leaps_forward)
{
	if (!clock_leap(0))
		SKIP(return, "the clock cannot be set");
	wait_while_clock_leaps(_metadata, self, DAY);
}

TEST_F(slot, clock_leaps_back)
{
	if (!clock_leap(0))
		SKIP(return, "the clock cannot be set");
	wait_while_clock_leaps(_metadata, self, -DAY);
}

/* The times of a slot are the clock's: a message of after the leap may be older than the slot. */
TEST_F(slot, times_follow_the_clock)
{
	struct mailslot_info before = info_of(self->server), after;
	char byte;

	if (!clock_leap(-DAY))
		SKIP(return, "the clock cannot be set");
	EXPECT_EQ(1, R(write(self->client, "x", 1)));
	EXPECT_EQ(1, R(read(self->server, &byte, 1)));
	after = info_of(self->server);
	ASSERT_TRUE(clock_leap(DAY));
	EXPECT_EQ(before.creation_time_ns, after.creation_time_ns);
	EXPECT_GT(before.creation_time_ns, after.last_write_time_ns);
	EXPECT_GT(before.creation_time_ns, after.last_read_time_ns);
	EXPECT_LE(after.last_write_time_ns, after.last_read_time_ns);
}

/* Numbers, which two processes of a user without privileges write, and this one reads. */
struct traffic {
	pid_t writers[2];
	__u32 next[2];
	bool stop;		/* __atomic_*; shared with the writers */
	unsigned long refused;	/* __atomic_*; likewise */
};

struct number {
	__u32 writer, number;
};

/* Sends number after number; one that is refused with EDQUOT is sent again. */
static void traffic_write(struct traffic *traffic, const char *name, unsigned int writer)
{
	struct number message = { .writer = writer };
	int client = client_open(name, O_WRONLY);
	long ret;

	if (client < 0)
		_exit(1);
	while (!__atomic_load_n(&traffic->stop, __ATOMIC_RELAXED)) {
		ret = R(write(client, &message, sizeof(message)));
		if (ret == sizeof(message)) {
			message.number++;
		} else if (ret == -EDQUOT) {
			__atomic_add_fetch(&traffic->refused, 1, __ATOMIC_RELAXED);
			sched_yield();
		} else {
			_exit(2);
		}
	}
	message.number--;
	/* The last of all, which tells how many there were; it may be refused, too. */
	while ((ret = R(write(client, &(struct number){ writer + 2, message.number },
			      sizeof(message)))) == -EDQUOT)
		sched_yield();
	_exit(ret == sizeof(message) ? 0 : 3);
}

static struct traffic *traffic_start(const char *name, int server)
{
	struct traffic *traffic = mmap(NULL, sizeof(*traffic), PROT_READ | PROT_WRITE,
				       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned int i;
	pid_t pid;

	if (traffic == MAP_FAILED || chmod(node_path(name), 0666) ||
	    !reads_wait(server, 10 * NSEC_PER_MSEC))
		return NULL;
	for (i = 0; i < 2; i++) {
		pid = fork();
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (become(65534, 65534))
				_exit(4);
			traffic_write(traffic, name, i);
		}
		traffic->writers[i] = pid;
	}
	return traffic;
}

/* Read for so long; false if a number is missing, out of order or there twice. */
static bool traffic_read(struct traffic *traffic, int server, __u64 for_ns)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + for_ns;
	struct number message;
	long ret;

	while (now_ns(CLOCK_MONOTONIC) < end) {
		ret = R(read(server, &message, sizeof(message)));
		if (ret == -ETIMEDOUT)
			continue;
		if (ret != sizeof(message))
			return false;
		if (message.writer > 1 || message.number != traffic->next[message.writer]++)
			return false;
	}
	return true;
}

/* Read all that is left. The writers have ended well. */
static bool traffic_end(struct traffic *traffic, int server)
{
	unsigned int lasts = 0, i;
	struct number message;
	bool good = true;

	if (!reads_wait(server, MAILSLOT_WAIT_FOREVER_NS))
		return false;
	__atomic_store_n(&traffic->stop, true, __ATOMIC_RELAXED);
	while (lasts < 2) {
		if (R(read(server, &message, sizeof(message))) != sizeof(message))
			return false;
		if (message.writer < 2) {
			good &= message.number == traffic->next[message.writer]++;
		} else {
			good &= message.number + 1 == traffic->next[message.writer - 2];
			lasts++;
		}
	}
	for (i = 0; i < 2; i++)
		good &= !child_status(traffic->writers[i]);
	munmap(traffic, sizeof(*traffic));
	return good && !message_count(server);
}

TEST_F(slot, a_processor_goes)
{
	struct traffic *traffic;
	bool good = true;
	int i;

	if (access(CPU1, W_OK))
		SKIP(return, "no second processor that can go");
	traffic = traffic_start(self->name, self->server);
	ASSERT_NE(NULL, traffic);
	for (i = 0; i < 6 && good; i++) {
		EXPECT_TRUE(file_write(CPU1, i % 2 ? "1" : "0"));
		good = traffic_read(traffic, self->server, NSEC_PER_SEC / 4);
	}
	EXPECT_TRUE(file_write(CPU1, "1"));
	EXPECT_TRUE(good);
	EXPECT_TRUE(traffic_end(traffic, self->server));
}

/* A slot whose owner is not exempt from limits. */
static int slot_of_somebody(char *name)
{
	struct mailslot_create args = create_args(NULL);
	int server = -1;

	strcpy(name, args.name);
	if (!seteuid(65534))
		server = create_slot(&args);
	return seteuid(0) ? -1 : server;
}

/* Writers are told EDQUOT while the limit of the slot's owner is low, and lose nothing. */
TEST(limits_change)
{
	static const char *const names[] = { "max_user_bytes", "max_slots", "max_user_slots" };
	unsigned long long saved[ARRAY_SIZE(names)];
	char name[MAILSLOT_NAME_SIZE];
	struct traffic *traffic;
	bool good = true;
	unsigned int i;
	int server;

	if (geteuid())
		SKIP(return, "not root");
	for (i = 0; i < ARRAY_SIZE(names); i++)
		saved[i] = parameter_get(names[i]);
	server = slot_of_somebody(name);
	ASSERT_LE(0, server);
	traffic = traffic_start(name, server);
	ASSERT_NE(NULL, traffic);
	for (i = 0; i < 12 && good; i++) {
		EXPECT_EQ(0, parameter_set(names[i % 3], i / 3 % 2 ? saved[i % 3] : 1));
		/* The writers fill the queue, for which more memory is needed. */
		sleep_ns(NSEC_PER_SEC / 50);
		good = traffic_read(traffic, server, NSEC_PER_SEC / 20);
	}
	for (i = 0; i < ARRAY_SIZE(names); i++)
		EXPECT_EQ(0, parameter_set(names[i], saved[i]));
	EXPECT_TRUE(good);
	EXPECT_LT(0, __atomic_load_n(&traffic->refused, __ATOMIC_RELAXED));
	EXPECT_TRUE(traffic_end(traffic, server));
	close(server);
}

/* A process in a cgroup of its own, which freezes. */
FIXTURE(frozen)
{
	char name[MAILSLOT_NAME_SIZE];
	int server;
	int client;
	pid_t child;
};

FIXTURE_SETUP(frozen)
{
	struct mailslot_create args = create_args(NULL);

	self->child = 0;
	rmdir(GROUP);
	if (mkdir(GROUP, 0755) || access(GROUP "/cgroup.freeze", W_OK))
		SKIP(return, "no cgroup of version 2 that freezes");
	args.queue_bytes = 2 * (1 + COST);
	strcpy(self->name, args.name);
	self->server = create_slot(&args);
	ASSERT_LE(0, self->server);
	ASSERT_TRUE(reads_wait(self->server, MAILSLOT_WAIT_FOREVER_NS));
	self->client = client_open(self->name, O_WRONLY);
	ASSERT_LE(0, self->client);
}

FIXTURE_TEARDOWN(frozen)
{
	if (self->child > 0)
		kill(self->child, SIGKILL);
	file_write(GROUP "/cgroup.freeze", "0");
	if (self->child > 0)
		waitpid(self->child, NULL, 0);
	rmdir(GROUP);
}

static bool group_freeze(bool yes)
{
	const char *state = yes ? "frozen 1" : "frozen 0";
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;

	if (!file_write(GROUP "/cgroup.freeze", yes ? "1" : "0"))
		return false;
	while (!file_has(GROUP "/cgroup.events", state)) {
		if (now_ns(CLOCK_MONOTONIC) > end)
			return false;
		sleep_ns(NSEC_PER_MSEC);
	}
	return true;
}

/* A child in the cgroup that makes one call; its status is the byte that it read, or 0. */
static pid_t in_group(int fd, bool reads)
{
	pid_t pid = fork();
	char byte = 'w';

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (!file_write(GROUP "/cgroup.procs", "0"))
		_exit(255);
	if ((reads ? R(read(fd, &byte, 1)) : R(write(fd, &byte, 1))) != 1)
		_exit(254);
	_exit(reads ? byte : 0);
}

/* A frozen reader does not keep a message from another reader, and reads on when it is thawed. */
TEST_F(frozen, reader)
{
	char byte = 0;

	self->child = in_group(self->server, true);
	ASSERT_TRUE(wait_asleep(self->child, self->child, SYS_read));
	ASSERT_TRUE(group_freeze(true));
	EXPECT_EQ(1, R(write(self->client, "1", 1)));
	EXPECT_EQ(1, R(read(self->server, &byte, 1)));
	EXPECT_EQ('1', byte);
	ASSERT_TRUE(group_freeze(false));
	ASSERT_TRUE(wait_asleep(self->child, self->child, SYS_read));
	EXPECT_EQ(1, R(write(self->client, "2", 1)));
	EXPECT_EQ('2', child_status(self->child));
	self->child = 0;
}

/* A frozen writer keeps nobody from writing, and its message comes once it is thawed, once. */
TEST_F(frozen, writer)
{
	char byte = 0;
	int i;

	EXPECT_EQ(1, R(write(self->client, "1", 1)));
	EXPECT_EQ(1, R(write(self->client, "2", 1)));
	self->child = in_group(self->client, false);
	ASSERT_TRUE(wait_asleep(self->child, self->child, SYS_write));
	ASSERT_TRUE(group_freeze(true));
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(1, R(read(self->server, &byte, 1)));
		EXPECT_EQ('1' + i, byte);
	}
	EXPECT_EQ(1, R(write(self->client, "3", 1)));
	ASSERT_TRUE(group_freeze(false));
	EXPECT_EQ(0, child_status(self->child));
	self->child = 0;
	EXPECT_EQ(2, message_count(self->server));
	EXPECT_EQ(1, R(read(self->server, &byte, 1)));
	EXPECT_EQ('3', byte);
	EXPECT_EQ(1, R(read(self->server, &byte, 1)));
	EXPECT_EQ('w', byte);
}

/* All tasks are frozen as for suspend, and thawed; no wait ends in EINTR for that. */
TEST_F(slot, suspend)
{
	char bytes[2];
	struct call calls[2] = {
		{ .function = call_read, .fd = self->server, .buffer = bytes, .size = 1 },
		{ .function = call_receive, .fd = self->server, .buffer = bytes + 1, .size = 1 },
	};
	int i;

	if (!file_write("/sys/power/pm_test", "freezer"))
		SKIP(return, "this kernel tries no suspend");
	/* The wait of a read by the slot's timeout cannot be restarted: a signal ends it. */
	ASSERT_TRUE(reads_wait(self->server, PATIENCE_NS));
	calls[1].deadline_ns = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
	for (i = 0; i < 2; i++) {
		ASSERT_TRUE(call_start(&calls[i]));
		ASSERT_TRUE(call_asleep(&calls[i], i ? SYS_ioctl : SYS_read));
	}
	EXPECT_TRUE(file_write("/sys/power/state", "freeze"));
	EXPECT_TRUE(file_write("/sys/power/pm_test", "none"));
	for (i = 0; i < 2; i++)
		EXPECT_FALSE(call_done(&calls[i]));
	for (i = 0; i < 2; i++)
		EXPECT_EQ(1, R(write(self->client, "x", 1)));
	EXPECT_EQ(1, call_join(&calls[0]));
	EXPECT_LE(0, call_join(&calls[1]));
}
