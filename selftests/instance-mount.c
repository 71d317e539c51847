// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options of an instance, what mountinfo and statfs(2) tell, and limits: those of an instance, and
 * those of a user in all places.
 */
#include "instance.h"

/* Module parameters, put back whatever happens to the test. */
FIXTURE(limits)
{
	char base[sizeof(instance_base)];
	unsigned long long max_user_slots;
};

FIXTURE_SETUP(limits)
{
	if (geteuid())
		SKIP(return, "only root sets module parameters");
	self->max_user_slots = parameter_get("max_user_slots");
	strcpy(instance_base, "/tmp/mailslot-XXXXXX");
	ASSERT_NE(NULL, mkdtemp(instance_base));
	strcpy(self->base, instance_base);
	ASSERT_EQ(0, make_tree());
	ASSERT_EQ(0, mount_instance("a", 0, NULL));
	ASSERT_EQ(0, mount_instance("b", 0, NULL));
}

FIXTURE_TEARDOWN_PARENT(limits)
{
	if (!self->base[0])
		return;
	rmdir(self->base);
	parameter_set("max_user_slots", self->max_user_slots);
}

/*
 * Options.
 */

TEST_F(instance, root_directory_is_everybodys)
{
	struct stat st;
	int server;

	ASSERT_EQ(0, mount_instance("b", 0, NULL));
	ASSERT_EQ(0, stat(in_b(""), &st));
	EXPECT_EQ(S_IFDIR | 0777, st.st_mode);
	EXPECT_EQ(0, st.st_uid);
	EXPECT_EQ(0, st.st_gid);
	EXPECT_EQ(0, count_entries(in_b("")));
	act_as(ALICE, FRIENDS);
	server = make_public(in_b("slot"));
	act_as(0, 0);
	EXPECT_LE(0, server);
}

TEST_F(instance, each_mount_is_new)
{
	int a = make_public(in("slot")), b, client;

	ASSERT_LE(0, a);
	ASSERT_EQ(0, mount_instance("b", 0, NULL));
	EXPECT_EQ(0, count_entries(in_b("")));
	EXPECT_EQ(-ENOENT, open_client(in_b("slot"), O_WRONLY));
	b = make_public(in_b("slot"));
	ASSERT_LE(0, b);
	client = open_client(in_b("slot"), O_WRONLY);
	EXPECT_EQ(1, write(client, "b", 1));
	EXPECT_EQ(0, message_count(a));
	EXPECT_EQ(1, message_count(b));
	EXPECT_EQ(0, close(b));
	EXPECT_TRUE(is_dead(client));
	client = open_client(in("slot"), O_WRONLY);
	EXPECT_TRUE(carries(client, a));
}

/* And the slots of /dev/mailslot are another place still. */
TEST_F(instance, classic_slots_are_elsewhere)
{
	struct mailslot_create args = create_args(NULL);
	int classic = create_slot(&args), server;

	ASSERT_LE(0, classic);
	EXPECT_EQ(-ENOENT, open_client(in(args.name), O_WRONLY));
	server = make_public(in(args.name));
	ASSERT_LE(0, server);
	EXPECT_EQ(0, close(classic));
	EXPECT_EQ(-ENOENT, client_open(args.name, O_WRONLY));
	EXPECT_TRUE(is_node(in(args.name)));
}

TEST_F(instance, options_of_the_root_directory)
{
	struct stat st;
	int server;

	ASSERT_EQ(0, mount_instance("b", 0, "uid=12345,gid=54321,mode=0750"));
	ASSERT_EQ(0, stat(in_b(""), &st));
	EXPECT_EQ(S_IFDIR | 0750, st.st_mode);
	EXPECT_EQ(12345, st.st_uid);
	EXPECT_EQ(54321, st.st_gid);
	act_as(BOB, BOB);
	EXPECT_EQ(-EACCES, make_public(in_b("slot")));
	act_as(BOB, 54321);
	EXPECT_EQ(-EACCES, make_public(in_b("slot")));
	act_as(12345, FRIENDS);
	server = make_public(in_b("slot"));
	act_as(0, 0);
	EXPECT_LE(0, server);
}

TEST_F(instance, bad_options_are_einval)
{
	static const char * const bad[] = {
		"unknown", "unknown=1", "uid", "uid=", "uid=alice", "uid=-1", "uid=4294967295",
		"gid=", "gid=x", "gid=4294967295", "mode=", "mode=8", "mode=rwx", "mode=77777",
		"max_slots", "max_slots=", "max_slots=-1", "max_slots=many", "max_slots=1x",
		"max_bytes", "max_bytes=", "max_bytes=-1", "max_bytes=x",
		"max_bytes=1M1", "max_bytes=1MM", "max_bytes=M", "max_bytes=18014398509481984K",
		"max_bytes=99999999999999999999999", "max_slots=5,unknown",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(-EINVAL, mount_instance("b", 0, bad[i]))
			TH_LOG("option %zu", i);
	EXPECT_EQ(0, mount_instance("b", 0, "max_slots=5"));
}

/* The options that follow the file system's type and source in mountinfo, or NULL. */
static const char *told_options(const char *place)
{
	static char line[1024];
	char *at;

	if (!mount_line(path_of("%s", place), line, sizeof(line)))
		return NULL;
	at = strstr(line, " - mailslot ");
	if (!at)
		return NULL;
	at = strchr(at + strlen(" - mailslot "), ' ');
	if (!at)
		return NULL;
	at[strcspn(at, "\n")] = ',';
	*at = ',';
	return at;
}

/* The value of an option, or -1 if it is not told. */
static long long told(const char *options, const char *name, int base)
{
	char wanted[32];
	const char *at;

	snprintf(wanted, sizeof(wanted), ",%s=", name);
	at = strstr(options, wanted);
	return at ? strtoll(at + strlen(wanted), NULL, base) : -1;
}

TEST_F(instance, mountinfo_tells_what_is_not_default)
{
	const char *options;

	ASSERT_EQ(0, mount_instance("b", 0, NULL));
	options = told_options("b");
	ASSERT_NE(NULL, options);
	EXPECT_EQ(-1, told(options, "uid", 10));
	EXPECT_EQ(-1, told(options, "gid", 10));
	EXPECT_EQ(-1, told(options, "mode", 8));
	EXPECT_EQ(-1, told(options, "max_slots", 10));
	EXPECT_EQ(-1, told(options, "max_bytes", 10));
	ASSERT_EQ(0, mount_instance("c", 0,
				    "uid=12345,gid=54321,mode=750,max_slots=7,max_bytes=1048576"));
	options = told_options("c");
	ASSERT_NE(NULL, options);
	EXPECT_EQ(12345, told(options, "uid", 10));
	EXPECT_EQ(54321, told(options, "gid", 10));
	EXPECT_EQ(0750, told(options, "mode", 8));
	EXPECT_EQ(7, told(options, "max_slots", 10));
	EXPECT_EQ(1048576, told(options, "max_bytes", 10));
}

/* Part of a page counts as a page; 0 is no limit, and what is no limit is not told. */
TEST_F(instance, sizes_of_each_form)
{
	static const struct {
		const char *option;
		long long bytes;	/* 0: no limit */
	} good[] = {
		{ "max_bytes=1", 1 }, { "max_bytes=65536", 65536 }, { "max_bytes=65537", 65537 },
		{ "max_bytes=64K", 65536 }, { "max_bytes=64k", 65536 },
		{ "max_bytes=2G", 2LL << 30 }, { "max_bytes=1g", 1LL << 30 },
		{ "max_bytes=0", 0 }, { "max_slots=0", 0 },
	};
	long page = sysconf(_SC_PAGESIZE);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		ASSERT_EQ(0, mount_instance("b", 0, good[i].option));
		EXPECT_EQ(good[i].bytes ? (good[i].bytes + page - 1) / page * page : -1,
			  told(told_options("b"), "max_bytes", 10))
			TH_LOG("%s", good[i].option);
		EXPECT_EQ(-1, told(told_options("b"), "max_slots", 10));
		ASSERT_EQ(0, unmount("b", 0));
	}
	/* The largest ones: 64 bits have room for no more of them. */
	EXPECT_EQ(0, mount_instance("b", 0, "max_bytes=18446744073709551615"));
	EXPECT_EQ(0, mount_instance("c", 0, "max_bytes=18014398509481983K"));
}

TEST_F(instance, remount_changes_limits)
{
	int first, second;
	struct stat st;

	ASSERT_EQ(0, mount_instance("b", 0, "uid=12345,mode=0770,max_slots=1,max_bytes=1048576"));
	first = make_public(in_b("first"));
	ASSERT_LE(0, first);
	EXPECT_EQ(-ENOSPC, make_public(in_b("second")));
	ASSERT_EQ(0, remount("b", "max_slots=2"));
	EXPECT_EQ(2, stats_of("b").f_files);
	EXPECT_EQ(2, told(told_options("b"), "max_slots", 10));
	second = make_public(in_b("second"));
	EXPECT_LE(0, second);
	/* What was not named stays. */
	EXPECT_EQ(1048576, told(told_options("b"), "max_bytes", 10));
	ASSERT_EQ(0, stat(in_b(""), &st));
	EXPECT_EQ(12345, st.st_uid);
	EXPECT_EQ(S_IFDIR | 0770, st.st_mode);
	ASSERT_EQ(0, remount("b", "max_bytes=2M"));
	EXPECT_EQ(2097152, told(told_options("b"), "max_bytes", 10));
	EXPECT_EQ(2, told(told_options("b"), "max_slots", 10));
	EXPECT_TRUE(is_node(in_b("first")));
}

/* Those that are there stay, and nothing wraps. */
TEST_F(instance, remount_below_what_is_there)
{
	int servers[3], i;
	char name[8];

	for (i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%d", i);
		servers[i] = make_public(in(name));
		ASSERT_LE(0, servers[i]);
	}
	ASSERT_EQ(0, remount("a", "max_slots=1"));
	EXPECT_EQ(1, stats_of("a").f_files);
	EXPECT_EQ(0, stats_of("a").f_ffree);
	EXPECT_EQ(3, count_entries(in("")));
	EXPECT_EQ(-ENOSPC, make_public(in("more")));
	close(servers[0]);
	close(servers[1]);
	EXPECT_EQ(-ENOSPC, make_public(in("more")));
	close(servers[2]);
	servers[0] = make_public(in("more"));
	EXPECT_LE(0, servers[0]);
}

TEST_F(instance, remount_with_bad_options_changes_nothing)
{
	EXPECT_EQ(-EINVAL, remount("a", "max_slots=7,unknown"));
	EXPECT_EQ(-EINVAL, remount("a", "max_slots=x"));
	EXPECT_EQ(-EINVAL, remount("a", "max_slots=7,max_bytes=-5"));
	EXPECT_EQ(1000, stats_of("a").f_files);
}

/* Nobody but the mount's owner lifts limits. */
TEST_F(instance, remount_is_not_for_users)
{
	act_as(ALICE, FRIENDS);
	EXPECT_EQ(-EPERM, remount("a", "max_slots=2000"));
	act_as(0, 0);
	EXPECT_EQ(1000, stats_of("a").f_files);
}

/*
 * Limits.
 */

TEST_F(instance, statfs_counts_slots)
{
	struct statfs a = stats_of("a"), b;
	int server;

	ASSERT_EQ(0, mount_instance("b", 0, NULL));
	b = stats_of("b");
	EXPECT_EQ(a.f_type, b.f_type);
	EXPECT_EQ(MAILSLOT_SUPER_MAGIC, a.f_type);
	EXPECT_EQ(255, a.f_namelen);
	EXPECT_EQ(sysconf(_SC_PAGESIZE), a.f_bsize);
	EXPECT_EQ(1000, a.f_files);
	EXPECT_EQ(0, b.f_files);
	EXPECT_EQ(0, b.f_ffree);
	EXPECT_LE(999, a.f_ffree);
	server = make_public(in("slot"));
	ASSERT_LE(0, server);
	EXPECT_EQ(a.f_ffree - 1, slots_free());
	ASSERT_EQ(0, mkdir(in("d"), 0755));
	EXPECT_EQ(a.f_ffree - 2, slots_free());
	ASSERT_EQ(0, rmdir(in("d")));
	EXPECT_EQ(0, close(server));
	EXPECT_EQ(a.f_ffree, slots_free());
	EXPECT_EQ(1000, stats_of("a").f_files);
}

TEST_F(instance, max_slots_is_enospc)
{
	int first, second;

	ASSERT_EQ(0, mount_instance("b", 0, "max_slots=3"));
	ASSERT_EQ(0, mkdir(in_b("d"), 0777));
	first = make_public(in_b("first"));
	second = make_public(in_b("d/second"));
	ASSERT_LE(0, first);
	ASSERT_LE(0, second);
	EXPECT_EQ(0, stats_of("b").f_ffree);
	EXPECT_EQ(-ENOSPC, make_public(in_b("third")));
	EXPECT_EQ(-ENOSPC, make_public(in_b("d/third")));
	EXPECT_EQ(-ENOSPC, R(mkdir(in_b("e"), 0777)));
	EXPECT_EQ(-ENOSPC, create_named_at(in_b(""), "third"));
	act_as(ALICE, FRIENDS);
	EXPECT_EQ(-ENOSPC, make_public(in_b("third")));
	EXPECT_EQ(-ENOSPC, R(mkdir(in_b("e"), 0777)));
	act_as(0, 0);
	EXPECT_EQ(2, count_entries(in_b("")));
	/* Another instance has its own. */
	EXPECT_LE(0, make_public(in("third")));
	EXPECT_EQ(0, close(first));
	first = make_public(in_b("third"));
	EXPECT_LE(0, first);
	EXPECT_EQ(-ENOSPC, make_public(in_b("fourth")));
}

/* Of the missing directories, none stays when the slot finds no room. */
TEST_F(instance, max_slots_counts_made_directories)
{
	struct mailslot_create args = create_args("x/y/slot");
	unsigned long before;
	int server;

	ASSERT_EQ(0, mount_instance("b", 0, "max_slots=2"));
	before = stats_of("b").f_ffree;
	EXPECT_EQ(-ENOSPC, create_at(in_b(""), &args));
	EXPECT_TRUE(disappears(in_b("x")));
	EXPECT_TRUE(slots_free_become("b", before));
	ASSERT_EQ(0, remount("b", "max_slots=3"));
	server = create_at(in_b(""), &args);
	ASSERT_LE(0, server);
	EXPECT_EQ(0, stats_of("b").f_ffree);
	EXPECT_EQ(0, close(server));
	EXPECT_TRUE(disappears(in_b("x")));
	EXPECT_TRUE(slots_free_become("b", 3));
}

/* The slot of a name that was taken away counts until it dies. */
TEST_F(instance, max_slots_counts_slots_without_a_name)
{
	int server;

	ASSERT_EQ(0, mount_instance("b", 0, "max_slots=1"));
	server = make_public(in_b("slot"));
	ASSERT_LE(0, server);
	ASSERT_EQ(0, unlink(in_b("slot")));
	EXPECT_EQ(-ENOSPC, make_public(in_b("slot")));
	EXPECT_EQ(0, close(server));
	EXPECT_EQ(1, stats_of("b").f_ffree);
	EXPECT_LE(0, make_public(in_b("slot")));
}

#define PIECE	65536

/* How many messages go in until one is refused, and with what. */
static int fill_up(int client, long *error)
{
	static char message[PIECE];
	int count = 0;

	while ((*error = R(write(client, message, PIECE))) == PIECE)
		count++;
	return count;
}

static int drain(int server)
{
	static char message[PIECE];
	int count = 0;

	while (read(server, message, PIECE) >= 0)
		count++;
	return count;
}

TEST_F(instance, max_bytes_is_edquot)
{
	enum { MOST = (4 << 20) / PIECE };
	int servers[2], clients[2], first, second, other;
	long error;

	ASSERT_EQ(0, mount_instance("b", 0, "max_bytes=4194304"));
	servers[0] = make_public(in_b("first"));
	act_as(ALICE, FRIENDS);
	servers[1] = make_public(in_b("second"));
	act_as(0, 0);
	clients[0] = open_client(in_b("first"), O_WRONLY | O_NONBLOCK);
	clients[1] = open_client(in_b("second"), O_WRONLY | O_NONBLOCK);
	ASSERT_LE(0, clients[0]);
	ASSERT_LE(0, clients[1]);
	first = fill_up(clients[0], &error);
	EXPECT_EQ(-EDQUOT, error);
	EXPECT_GE(MOST, first);
	EXPECT_LE(MOST / 2, first);
	EXPECT_EQ(first, message_count(servers[0]));
	/* All slots of the instance share it, whosever they are; and no other instance does. */
	second = fill_up(clients[1], &error);
	EXPECT_EQ(-EDQUOT, error);
	EXPECT_EQ(0, second);
	other = make_public(in("other"));
	EXPECT_LE(0, other);
	EXPECT_EQ(1, write(open_client(in("other"), O_WRONLY), "x", 1));
	/* What is read is given back, but for what is kept for the next message. */
	EXPECT_EQ(first, drain(servers[0]));
	second = fill_up(clients[1], &error);
	EXPECT_EQ(-EDQUOT, error);
	EXPECT_LE(MOST * 3 / 4, second);
	EXPECT_GE(MOST, second);
	/* Death gives back all. */
	EXPECT_EQ(0, close(servers[1]));
	EXPECT_LE(MOST * 3 / 4, fill_up(clients[0], &error));
	EXPECT_EQ(-EDQUOT, error);
}

TEST_F(instance, max_bytes_of_small_messages)
{
	int server, client, count;
	long ret = 0;

	ASSERT_EQ(0, mount_instance("b", 0, "max_bytes=1048576"));
	server = make_public(in_b("slot"));
	client = open_client(in_b("slot"), O_WRONLY | O_NONBLOCK);
	ASSERT_LE(0, client);
	for (count = 0; !ret; count++)
		ret = R(write(client, "", 0));
	EXPECT_EQ(-EDQUOT, ret);
	EXPECT_GE(1 << 18, count);
	EXPECT_LE(1 << 10, count);
	EXPECT_EQ(count - 1, drain(server));
	EXPECT_EQ(0, R(write(client, "", 0)));
}

TEST_F(instance, max_bytes_is_changed_by_remount)
{
	int server, client, first;
	long error;

	ASSERT_EQ(0, mount_instance("b", 0, "max_bytes=1048576"));
	server = make_public(in_b("slot"));
	client = open_client(in_b("slot"), O_WRONLY | O_NONBLOCK);
	ASSERT_LE(0, client);
	first = fill_up(client, &error);
	EXPECT_EQ(-EDQUOT, error);
	ASSERT_EQ(0, remount("b", "max_bytes=2097152"));
	EXPECT_LT(0, fill_up(client, &error));
	EXPECT_EQ(-EDQUOT, error);
	ASSERT_EQ(0, remount("b", "max_bytes=1048576"));
	EXPECT_EQ(0, fill_up(client, &error));
	EXPECT_LT(first, drain(server));
	EXPECT_LT(0, fill_up(client, &error));
	EXPECT_EQ(-EDQUOT, error);
}

TEST_F(instance, statfs_counts_bytes)
{
	long page = sysconf(_SC_PAGESIZE);
	struct statfs before, after;
	static char message[PIECE];
	int server, client;

	ASSERT_EQ(0, mount_instance("b", 0, "max_bytes=1048576"));
	before = stats_of("b");
	EXPECT_EQ(1048576 / page, before.f_blocks);
	EXPECT_EQ(before.f_blocks, before.f_bfree);
	EXPECT_EQ(before.f_bfree, before.f_bavail);
	server = make_public(in_b("slot"));
	client = open_client(in_b("slot"), O_WRONLY);
	EXPECT_EQ(PIECE, write(client, message, PIECE));
	after = stats_of("b");
	EXPECT_EQ(before.f_blocks, after.f_blocks);
	EXPECT_LE(PIECE / page, before.f_bfree - after.f_bfree);
	EXPECT_GE(2 * PIECE / page + 1, before.f_bfree - after.f_bfree);
	close(server);
	EXPECT_EQ(before.f_bfree, stats_of("b").f_bfree);
}

/* A user has as many in all places together. */
TEST_F(limits, slots_of_a_user_count_across_places)
{
	int classic, a, b;

	ASSERT_EQ(0, parameter_set("max_user_slots", 3));
	act_as(ALICE, FRIENDS);
	classic = create_named(NULL);
	a = make_public(in("slot"));
	b = make_public(in_b("slot"));
	EXPECT_LE(0, classic);
	EXPECT_LE(0, a);
	EXPECT_LE(0, b);
	EXPECT_EQ(-EDQUOT, make_public(in("other")));
	EXPECT_EQ(-EDQUOT, make_public(in_b("other")));
	EXPECT_EQ(-EDQUOT, create_in("other"));
	EXPECT_EQ(-EDQUOT, create_named(NULL));
	EXPECT_FALSE(exists(in("other")));
	act_as(BOB, BOB);
	EXPECT_LE(0, make_public(in("bobs")));
	act_as(ALICE, FRIENDS);
	close(classic);
	classic = make_public(in("other"));
	EXPECT_LE(0, classic);
	EXPECT_EQ(-EDQUOT, create_named(NULL));
	close(a);
	a = create_named(NULL);
	EXPECT_LE(0, a);
	act_as(0, 0);
	/* CAP_SYS_RESOURCE exempts. */
	for (b = 0; b < 5; b++)
		EXPECT_LE(0, make_public(path_of("b/%d", b)));
}

TEST_F(limits, slots_of_a_containers_root_are_the_users)
{
	int first, second, status;
	pid_t pid;

	ASSERT_EQ(0, parameter_set("max_user_slots", 3));
	act_as(ALICE, FRIENDS);
	first = make_public(in("slot"));
	act_as(0, 0);
	ASSERT_LE(0, first);
	pid = fork_container(ALICE);
	ASSERT_LE(0, pid);
	if (!pid) {
		ASSERT_EQ(0, mount_instance("c", 0, NULL));
		second = make_public(path_of("c/1"));
		EXPECT_LE(0, second);
		EXPECT_LE(0, make_public(path_of("c/2")));
		EXPECT_EQ(-EDQUOT, make_public(path_of("c/3")));
		close(second);
		EXPECT_LE(0, make_public(path_of("c/3")));
		EXPECT_EQ(-EDQUOT, create_named(NULL));
		_exit(0);
	}
	status = child_status(pid);
	if (status == NO_NAMESPACES)
		SKIP(return, "no user namespaces");
	EXPECT_EQ(0, status);
}

/* Memory of the kernel that no shrinker gives back, in KiB. */
static long kernel_memory(void)
{
	char line[128];
	long size = -1;
	FILE *file;

	file = fopen("/proc/meminfo", "re");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		sscanf(line, "SUnreclaim: %ld", &size);
	fclose(file);
	return size;
}

/* A mount with a server, a client and directories of both kinds, ended in one of three ways. */
static bool mount_and_unmount(unsigned long number)
{
	int server, other, client;
	bool lazy = number % 3;

	if (mount_instance("b", 0, number % 2 ? "max_slots=9,max_bytes=1M" : NULL))
		return false;
	server = make_public(in_b("slot"));
	other = create_named_at(in_b(""), "x/y/slot");
	client = open_client(in_b("slot"), O_WRONLY);
	if (mkdir(in_b("d"), 0755) || other < 0 || !carries(client, server))
		return false;
	if (lazy && unmount("b", MNT_DETACH))
		return false;
	if (number % 3 == 1 && !carries(client, server))
		return false;
	close(server);
	close(other);
	if (write(client, "x", 1) != -1 || errno != EPIPE)
		return false;
	close(client);
	return lazy || !unmount("b", 0);
}

/* INSTANCE_MOUNTS=100000 in the environment makes a long run of it. */
TEST_F_TIMEOUT(instance, mounts_and_unmounts, 3600)
{
	const char *text = getenv("INSTANCE_MOUNTS");
	unsigned long count = text ? strtoul(text, NULL, 0) : 300, i;
	long users = module_users(), before;

	/* What the kernel and this process keep for the next time is there after some. */
	for (i = 0; i < count / 10; i++)
		ASSERT_TRUE(mount_and_unmount(i));
	EXPECT_TRUE(module_users_become(users));
	before = kernel_memory();
	for (i = 0; i < count; i++)
		ASSERT_TRUE(mount_and_unmount(i))
			TH_LOG("mount %lu", i);
	EXPECT_TRUE(module_users_become(users));
	TH_LOG("%lu mounts, %ld KiB more", count, kernel_memory() - before);
	/* Less than the smallest thing that a mount could leave; and what others take meanwhile. */
	EXPECT_GE((long)count * 64 / 1024 + 1024, kernel_memory() - before);
}
