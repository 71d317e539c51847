// SPDX-License-Identifier: GPL-2.0-only
/*
 * What happens to the machine while slots are in use: its clock leaps, a processor goes, a cgroup
 * is frozen, the machine goes to sleep, the module's limits are changed.  Messages stay whole, in
 * order, and are read once; whoever waits goes on waiting, by a clock that does not leap.
 */
#include <sys/mman.h>
#include "adversary.h"

#define CPU1	"/sys/devices/system/cpu/cpu1/online"
#define PM_TEST	"/sys/power/pm_test"
#define GROUP	"/sys/fs/cgroup/mailslot-machine"
#define DAY_NS	(86400 * NSEC_PER_SEC)

static const char *const limits[] = { "max_user_bytes", "max_slots", "max_user_slots" };

static bool file_has(const char *path, const char *text)
{
	char all[4096];

	return slurp(path, all, sizeof(all)) >= 0 && strstr(all, text);
}

/* How long a read of an empty slot waits. */
static bool reads_wait(int server, __u64 timeout_ns)
{
	struct mailslot_set_info set = {
		.mask = MAILSLOT_SET_READ_TIMEOUT, .read_timeout_ns = timeout_ns,
	};

	return !ioctl(server, MAILSLOT_IOC_SET_INFO, &set);
}

/* The distance of the clock that can be set from the one that cannot. */
static __u64 clock_offset(void)
{
	return now_ns(CLOCK_REALTIME) - now_ns(CLOCK_MONOTONIC);
}

static bool clock_set_offset(__u64 offset)
{
	__u64 now = now_ns(CLOCK_MONOTONIC) + offset;
	struct timespec time = {
		.tv_sec = now / NSEC_PER_SEC, .tv_nsec = now % NSEC_PER_SEC,
	};

	return !clock_settime(CLOCK_REALTIME, &time);
}

/* A slot, and the machine as it was, which the parent restores however a test ends. */
FIXTURE(machine)
{
	char name[MAILSLOT_NAME_SIZE];
	int server;
	int client;
	pid_t child;		/* in the cgroup, or 0 */
	__u64 clock_offset;
	unsigned long long limits[ARRAY_SIZE(limits)];
};

FIXTURE_SETUP(machine)
{
	unsigned int i;

	if (geteuid())
		SKIP(return, "not root");
	self->child = 0;
	self->clock_offset = clock_offset();
	for (i = 0; i < ARRAY_SIZE(limits); i++)
		self->limits[i] = parameter_get(limits[i]);
	/* Of a user who is not exempt from limits, with room for two messages of a byte. */
	self->server = slot_of(ALICE, 2 * (1 + COST), self->name);
	ASSERT_LE(0, self->server);
	self->client = client_open(self->name, O_WRONLY);
	ASSERT_LE(0, self->client);
}

FIXTURE_TEARDOWN_PARENT(machine)
{
	unsigned int i;

	if (geteuid())
		return;
	for (i = 0; i < ARRAY_SIZE(limits); i++)
		parameter_set(limits[i], self->limits[i]);
	if (llabs((long long)(clock_offset() - self->clock_offset)) > (long long)NSEC_PER_SEC)
		clock_set_offset(self->clock_offset);
	write_text(CPU1, "1");
	write_text(PM_TEST, "none");
	if (self->child > 0)
		kill(self->child, SIGKILL);
	write_text(GROUP "/cgroup.freeze", "0");
	/* A child that was killed leaves soon. */
	for (i = 0; i < 1000 && rmdir(GROUP) && errno == EBUSY; i++)
		sleep_ns(NSEC_PER_MSEC);
}

/* A reader that waits for @timeout_ns does so, whatever the clock does meanwhile. */
static void wait_while_clock_leaps(struct __test_metadata *_metadata, FIXTURE_DATA(machine) * self,
				   __u64 leap_ns)
{
	const __u64 timeout_ns = NSEC_PER_SEC / 2;
	char byte;
	struct call reader = {
		.function = call_read, .fd = self->server, .buffer = &byte, .size = 1,
	};

	ASSERT_TRUE(reads_wait(self->server, timeout_ns));
	ASSERT_TRUE(call_start(&reader));
	ASSERT_TRUE(call_asleep(&reader, SYS_read));
	ASSERT_TRUE(clock_set_offset(self->clock_offset + leap_ns));
	EXPECT_EQ(-ETIMEDOUT, call_join(&reader));
	EXPECT_LE(timeout_ns, reader.end_ns - reader.begin_ns);
	EXPECT_GT(PATIENCE_NS, reader.end_ns - reader.begin_ns);
}

TEST_F(machine, clock_leaps_forward)
{
	if (!clock_set_offset(self->clock_offset))
		SKIP(return, "the clock cannot be set");
	wait_while_clock_leaps(_metadata, self, DAY_NS);
}

TEST_F(machine, clock_leaps_back)
{
	if (!clock_set_offset(self->clock_offset))
		SKIP(return, "the clock cannot be set");
	wait_while_clock_leaps(_metadata, self, -DAY_NS);
}

/* A slot's times are CLOCK_REALTIME: a message may be older than its slot after a leap back. */
TEST_F(machine, times_follow_the_clock)
{
	struct mailslot_info before = info_of(self->server), after;
	char byte;

	if (!clock_set_offset(self->clock_offset - DAY_NS))
		SKIP(return, "the clock cannot be set");
	EXPECT_EQ(1, R(write(self->client, "x", 1)));
	EXPECT_EQ(1, R(read(self->server, &byte, 1)));
	after = info_of(self->server);
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
	struct traffic *traffic = shared_memory(sizeof(*traffic));
	struct mailslot_set_info set = {
		.mask = MAILSLOT_SET_QUEUE_BYTES, .queue_bytes = 1 << 20,
	};

	unsigned int i;
	pid_t pid;

	if (ioctl(server, MAILSLOT_IOC_SET_INFO, &set) ||
	    !reads_wait(server, 10 * NSEC_PER_MSEC))
		return NULL;
	for (i = 0; i < 2; i++) {
		pid = fork();
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (become(BOB, BOB))
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
			good &= message.writer < 4 &&
				message.number + 1 == traffic->next[message.writer & 1];
			lasts++;
		}
	}
	for (i = 0; i < 2; i++)
		good &= !child_status(traffic->writers[i]);
	munmap(traffic, sizeof(*traffic));
	return good && !message_count(server);
}

TEST_F(machine, a_processor_goes)
{
	struct traffic *traffic;
	bool good = true;
	int i;

	if (access(CPU1, W_OK))
		SKIP(return, "no second processor that can go");
	traffic = traffic_start(self->name, self->server);
	ASSERT_NE(NULL, traffic);
	for (i = 0; i < 6 && good; i++) {
		EXPECT_EQ(0, write_text(CPU1, i % 2 ? "1" : "0"));
		good = traffic_read(traffic, self->server, NSEC_PER_SEC / 4);
	}
	EXPECT_TRUE(good);
	EXPECT_TRUE(traffic_end(traffic, self->server));
}

/* Writers are told EDQUOT while the limit of the slot's owner is low, and lose nothing. */
TEST_F(machine, limits_change)
{
	struct traffic *traffic = traffic_start(self->name, self->server);
	bool good = true;
	unsigned int i;

	ASSERT_NE(NULL, traffic);
	for (i = 0; i < 12 && good; i++) {
		EXPECT_EQ(0, parameter_set(limits[i % 3], i / 3 % 2 ? self->limits[i % 3] : 1));
		/* The writers fill the queue, for which more memory is needed. */
		sleep_ns(NSEC_PER_SEC / 50);
		good = traffic_read(traffic, self->server, NSEC_PER_SEC / 20);
	}
	EXPECT_TRUE(good);
	EXPECT_LT(0, __atomic_load_n(&traffic->refused, __ATOMIC_RELAXED));
	EXPECT_TRUE(traffic_end(traffic, self->server));
}

static bool group_freeze(bool yes)
{
	const char *state = yes ? "frozen 1" : "frozen 0";
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;

	if (write_text(GROUP "/cgroup.freeze", yes ? "1" : "0"))
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
	if (write_text(GROUP "/cgroup.procs", "0"))
		_exit(255);
	if ((reads ? R(read(fd, &byte, 1)) : R(write(fd, &byte, 1))) != 1)
		_exit(254);
	_exit(reads ? byte : 0);
}

/* A frozen reader does not keep a message from another reader, and reads on when it is thawed. */
TEST_F(machine, reader_is_frozen)
{
	char byte = 0;

	if (access("/sys/fs/cgroup/cgroup.controllers", R_OK))
		SKIP(return, "no cgroups of version 2");
	ASSERT_EQ(0, mkdir(GROUP, 0755));
	ASSERT_TRUE(reads_wait(self->server, MAILSLOT_WAIT_FOREVER_NS));
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
TEST_F(machine, writer_is_frozen)
{
	char byte = 0;
	int i;

	if (access("/sys/fs/cgroup/cgroup.controllers", R_OK))
		SKIP(return, "no cgroups of version 2");
	ASSERT_EQ(0, mkdir(GROUP, 0755));
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
TEST_F(machine, suspend)
{
	char bytes[2];
	struct call calls[2] = {
		{ .function = call_read, .fd = self->server, .buffer = bytes, .size = 1 },
		{ .function = call_receive, .fd = self->server, .buffer = bytes + 1, .size = 1 },
	};
	int i;

	if (write_text(PM_TEST, "freezer"))
		SKIP(return, "this kernel tries no suspend");
	/* The wait of a read by the slot's timeout cannot be restarted: a signal ends it. */
	ASSERT_TRUE(reads_wait(self->server, PATIENCE_NS));
	calls[1].deadline_ns = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
	for (i = 0; i < 2; i++) {
		ASSERT_TRUE(call_start(&calls[i]));
		ASSERT_TRUE(call_asleep(&calls[i], i ? SYS_ioctl : SYS_read));
	}
	EXPECT_EQ(0, write_text("/sys/power/state", "freeze"));
	for (i = 0; i < 2; i++)
		EXPECT_FALSE(call_done(&calls[i]));
	for (i = 0; i < 2; i++)
		EXPECT_EQ(1, R(write(self->client, "x", 1)));
	EXPECT_EQ(1, call_join(&calls[0]));
	EXPECT_LE(0, call_join(&calls[1]));
}
