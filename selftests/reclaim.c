// SPDX-License-Identifier: GPL-2.0-only
/*
 * What slots keep for messages to come goes back when the kernel is short of memory, and
 * messages stay. Being short is played by drop_caches, which asks all who keep memory.
 * What a user's limit takes from his slots is perms.c's.
 */
#include <sys/stat.h>
#include "mailslot_test.h"

#define PAGE		sysconf(_SC_PAGESIZE)
#define LONG		65536

FIXTURE(reclaim)
{
	int drop;
};

FIXTURE_SETUP(reclaim)
{
	self->drop = R(open("/proc/sys/vm/drop_caches", O_WRONLY | O_CLOEXEC));
	if (self->drop < 0)
		SKIP(return, "drop_caches is not ours to write");
}

FIXTURE_TEARDOWN(reclaim)
{
	if (self->drop >= 0)
		close(self->drop);
}

/* 2: objects, not files; whatever keeps them is asked until it gives next to nothing. */
static bool run_short(int drop)
{
	return pwrite(drop, "2", 1, 0) == 1;
}

/* A slot whose queue keeps the pages of two long messages, and no message. */
static bool quiet_slot(int *server, int *client)
{
	struct mailslot_create args = create_args(NULL);
	static char message[LONG];
	char byte;
	int i;

	*server = create_slot(&args);
	*client = client_open(args.name, O_WRONLY);
	for (i = 0; i < 2; i++)
		if (R(write(*client, message, LONG)) != LONG)
			return false;
	for (i = 0; i < 2; i++)
		if (R(read(*server, message, LONG)) != LONG)
			return false;
	/* A reader that finds nothing ends the busy time, for which more is kept. */
	return R(read(*server, &byte, 1)) == -ETIMEDOUT;
}

/* Pages of kernel memory that GROUP is charged for, less slab and what else has a count; or -1. */
static long pages(const char *group)
{
	static const char * const others[] = {
		"kernel_stack", "pagetables", "sec_pagetables", "percpu", "slab",
	};
	char path[160], name[64];
	long sum = -1, value;
	FILE *file;
	size_t i;

	snprintf(path, sizeof(path), "%s/memory.stat", group);
	file = fopen(path, "re");
	if (!file)
		return -1;
	while (fscanf(file, "%63s %ld", name, &value) == 2) {
		if (!strcmp(name, "kernel"))
			sum = value;
		for (i = 0; i < ARRAY_SIZE(others); i++)
			if (!strcmp(name, others[i]))
				sum -= value;
	}
	fclose(file);
	return sum < 0 ? -1 : sum / PAGE;
}

static bool join(const char *group)
{
	char path[160];
	bool joined;
	int fd;

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	joined = fd >= 0 && write(fd, "0", 1) == 1;
	close(fd);
	return joined;
}

/* Counted by the memory cgroup of who wrote. */
TEST_F(reclaim, what_quiet_slots_keep_goes_back)
{
	enum { SLOTS = 64, SLACK = 256 };
	long most = SLOTS * 2 * LONG / PAGE, full, left;
	int go[2], servers[SLOTS], clients[SLOTS], i;
	char group[64], byte = 0;
	__u64 end;
	pid_t pid;

	snprintf(group, sizeof(group), "/sys/fs/cgroup/reclaim-%d", getpid());
	if (mkdir(group, 0755))
		SKIP(return, "no cgroups");
	if (pages(group) < 0) {
		rmdir(group);
		SKIP(return, "no memory cgroups");
	}
	ASSERT_EQ(0, pipe(go));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		ASSERT_TRUE(join(group));
		for (i = 0; i < SLOTS; i++)
			ASSERT_TRUE(quiet_slot(&servers[i], &clients[i]));
		/* Counts come late, and in lots. */
		end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
		while ((full = pages(group)) < most - SLACK && now_ns(CLOCK_MONOTONIC) < end)
			sleep_ns(100 * NSEC_PER_MSEC);
		EXPECT_LE(most - SLACK, full);
		EXPECT_TRUE(run_short(self->drop));
		end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
		while ((left = pages(group)) > SLACK && now_ns(CLOCK_MONOTONIC) < end)
			sleep_ns(100 * NSEC_PER_MSEC);
		EXPECT_GE(SLACK, left)
			TH_LOG("%ld pages of %ld are still kept", left, full);
		/* They begin again with nothing. */
		for (i = 0; i < SLOTS; i++) {
			EXPECT_EQ(1, R(write(clients[i], "n", 1)));
			EXPECT_EQ(1, R(read(servers[i], &byte, 1)));
			EXPECT_EQ('n', byte);
		}
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));
	rmdir(group);
}

/* With what is kept around them taken away, messages are as they were, and more follow. */
TEST_F(reclaim, messages_stay)
{
	static const size_t lengths[] = { 0, 1, 600, 4096, 20000, LONG };
	struct mailslot_create args = create_args(NULL);
	static char message[LONG];
	int server, client;
	size_t round, i;

	server = create_slot(&args);
	client = client_open(args.name, O_WRONLY);
	ASSERT_LE(0, client);
	for (round = 0; round < ARRAY_SIZE(lengths); round++) {
		/* Pages to spare behind them, and in the first block room before them. */
		for (i = 0; i < 2; i++)
			ASSERT_EQ(LONG, R(write(client, message, LONG)));
		for (i = 0; i < 2; i++)
			ASSERT_EQ(LONG, R(read(server, message, LONG)));
		for (i = 0; i <= round; i++) {
			fill(message, lengths[i], i);
			ASSERT_EQ(lengths[i], R(write(client, message, lengths[i])));
		}
		ASSERT_TRUE(run_short(self->drop));
		fill(message, lengths[round], round + 1);
		EXPECT_EQ(lengths[round], R(write(client, message, lengths[round])));
		for (i = 0; i <= round; i++) {
			EXPECT_EQ(lengths[i], R(read(server, message, LONG)));
			EXPECT_TRUE(filled(message, lengths[i], i));
		}
		EXPECT_EQ(lengths[round], R(read(server, message, LONG)));
		EXPECT_TRUE(filled(message, lengths[round], round + 1));
		EXPECT_EQ(0, message_count(server));
	}
}
