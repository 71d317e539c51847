// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every call that makes or ends an instance, or something in one, with its first, second, third...
 * allocation or user copy failing until it runs through untouched. A call that failed has left
 * nothing, and what it was to make can be made; one that did not fail has done all of its work.
 */
#include "nth.h"
#include "../instance.h"

/* A call with one fault after the other. */
struct sites {
	int fd;
	unsigned long nth;
	bool came;	/* the last fault */
};

static bool sites_begin(struct sites *sites)
{
	memset(sites, 0, sizeof(*sites));
	if (!nth_ready())
		return false;
	sites->fd = nth_open();
	if (sites->fd < 0)
		return false;
	nth_tally->calls++;
	return true;
}

/* Is there another site? The last call that came through without a fault was the last. */
static bool sites_next(struct sites *sites)
{
	if (sites->nth && sites->came) {
		nth_tally->survived++;
	} else if (sites->nth) {
		ksft_print_msg("%lu sites\n", sites->nth - 1);
		return false;
	}
	sites->nth++;
	return true;
}

static void sites_arm(const struct sites *sites)
{
	nth_arm(sites->fd, sites->nth);
}

static void sites_disarm(struct sites *sites)
{
	sites->came = nth_disarm(sites->fd);
	nth_tally->reached += sites->came;
}

/* Nothing but a fault that came is a reason to fail. */
static bool sites_allow(const struct sites *sites, long ret)
{
	if (ret >= 0 || (sites->came && (ret == -ENOMEM || ret == -EFAULT)))
		return true;
	ksft_print_msg("site %lu: %ld\n", sites->nth, ret);
	return false;
}

/* The slot is there, works, and goes with its server end. */
static bool works(int server, const char *path)
{
	int client = open_client(path, O_WRONLY);
	bool ok = client >= 0 && carries(client, server) && !close(server) && is_dead(client) &&
		  !exists(path);

	close(client);
	return ok;
}

TEST_F(instance, mounts)
{
	long users = module_users();
	struct sites sites;
	long ret;

	if (!sites_begin(&sites))
		SKIP(return, "this kernel injects no faults");
	while (sites_next(&sites)) {
		sites_arm(&sites);
		ret = mount_instance("b", 0, "uid=3,gid=4,mode=0755,max_slots=5,max_bytes=64K");
		sites_disarm(&sites);
		ASSERT_TRUE(sites_allow(&sites, ret));
		EXPECT_EQ(!ret, stats_of("b").f_type == MAILSLOT_SUPER_MAGIC);
		if (ret)
			continue;
		EXPECT_EQ(5, stats_of("b").f_files);
		EXPECT_TRUE(works(create_named_at(in_b(""), "slot"), in_b("slot")));
		ASSERT_EQ(0, unmount("b", 0));
	}
	EXPECT_TRUE(module_users_become(users));
}

/* Options that are refused, by name or by value, and the last of them after all others. */
TEST_F(instance, mounts_that_are_refused)
{
	static const char * const options[] = { "max_slots=5,nonsense", "max_bytes=5X", "uid=x" };
	long users = module_users();
	struct sites sites;
	size_t i;
	long ret;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (!sites_begin(&sites))
			SKIP(return, "this kernel injects no faults");
		while (sites_next(&sites)) {
			sites_arm(&sites);
			ret = mount_instance("b", 0, options[i]);
			sites_disarm(&sites);
			ASSERT_TRUE(ret == -EINVAL || (ret && sites_allow(&sites, ret)));
		}
		close(sites.fd);
	}
	EXPECT_TRUE(module_users_become(users));
}

/* A remount changes all that it names, or nothing. */
TEST_F(instance, remounts)
{
	struct sites sites;
	long ret;

	if (!sites_begin(&sites))
		SKIP(return, "this kernel injects no faults");
	while (sites_next(&sites)) {
		ASSERT_EQ(0, remount("a", "max_slots=1000,max_bytes=0"));
		sites_arm(&sites);
		ret = remount("a", "max_slots=50,max_bytes=64K");
		sites_disarm(&sites);
		ASSERT_TRUE(sites_allow(&sites, ret));
		EXPECT_EQ(ret ? 1000 : 50, stats_of("a").f_files);
		EXPECT_EQ(ret ? 0 : (64 << 10) / stats_of("a").f_bsize, stats_of("a").f_blocks);
	}
}

TEST_F(instance, unmounts)
{
	long users = module_users();
	struct sites sites;
	long ret;

	if (!sites_begin(&sites))
		SKIP(return, "this kernel injects no faults");
	while (sites_next(&sites)) {
		ASSERT_EQ(0, mount_instance("b", 0, NULL));
		EXPECT_EQ(0, close(create_named_at(in_b(""), "x/y/slot")));
		ASSERT_EQ(0, mkdir(in_b("d"), 0755));
		sites_arm(&sites);
		ret = unmount("b", 0);
		sites_disarm(&sites);
		ASSERT_TRUE(sites_allow(&sites, ret));
		if (ret)
			ASSERT_EQ(0, unmount("b", 0));
	}
	EXPECT_TRUE(module_users_become(users));
}

TEST_F(instance, opens_that_make)
{
	long before = slots_free();
	struct sites sites;
	int server;

	if (!sites_begin(&sites))
		SKIP(return, "this kernel injects no faults");
	while (sites_next(&sites)) {
		sites_arm(&sites);
		server = make_slot(in("slot"), O_RDWR | O_NONBLOCK, 0600);
		sites_disarm(&sites);
		ASSERT_TRUE(sites_allow(&sites, server));
		if (server < 0) {
			EXPECT_FALSE(exists(in("slot")));
			EXPECT_TRUE(slots_free_become("a", before));
			server = make_slot(in("slot"), O_RDWR | O_NONBLOCK, 0600);
		}
		ASSERT_TRUE(works(server, in("slot")));
	}
	EXPECT_TRUE(slots_free_become("a", before));
}

/*
 * CREATE on the directory, of a name that it makes directories for or that a directory has which is
 * about to go: @before is made and ended first, unless NULL.
 */
static void create_sites(struct __test_metadata *_metadata, const char *before, const char *name,
			 const char *top)
{
	struct mailslot_create args = create_args(name);
	int directory = open_directory(in("")), server, fds;
	long free = slots_free();
	struct sites sites;

	if (!sites_begin(&sites))
		SKIP(return, "this kernel injects no faults");
	fds = dup(directory);
	close(fds);
	while (sites_next(&sites)) {
		if (before)
			ASSERT_EQ(0, close(create_in(before)));
		sites_arm(&sites);
		server = R(ioctl(directory, MAILSLOT_IOC_CREATE, &args));
		sites_disarm(&sites);
		ASSERT_TRUE(sites_allow(&sites, server));
		if (server < 0) {
			EXPECT_TRUE(disappears(in(top)));
			EXPECT_TRUE(slots_free_become("a", free));
			/* No descriptor was taken for nothing. */
			server = R(ioctl(directory, MAILSLOT_IOC_CREATE, &args));
		}
		ASSERT_EQ(fds, server);
		ASSERT_TRUE(works(server, in(name)));
		EXPECT_TRUE(disappears(in(top)));
	}
	EXPECT_TRUE(slots_free_become("a", free));
}

TEST_F(instance, creates)
{
	create_sites(_metadata, NULL, "slot", "slot");
}

TEST_F(instance, creates_with_directories)
{
	create_sites(_metadata, NULL, "x/y/slot", "x");
}

TEST_F(instance, creates_where_a_directory_goes)
{
	create_sites(_metadata, "x/y/z/slot", "x/y", "x");
}

/* A name that is in use stays, and the slot lives. */
TEST_F(instance, creates_that_are_refused)
{
	struct mailslot_create args = create_args("d/slot");
	int directory = open_directory(in("")), server;
	long before, ret;
	struct sites sites;

	ASSERT_EQ(0, mkdir(in("d"), 0755));
	server = make_public(in("d/slot"));
	ASSERT_LE(0, server);
	before = slots_free();
	if (!sites_begin(&sites))
		SKIP(return, "this kernel injects no faults");
	while (sites_next(&sites)) {
		sites_arm(&sites);
		ret = R(ioctl(directory, MAILSLOT_IOC_CREATE, &args));
		sites_disarm(&sites);
		ASSERT_TRUE(ret == -EEXIST || (ret < 0 && sites_allow(&sites, ret)));
		EXPECT_TRUE(is_node(in("d/slot")));
	}
	EXPECT_TRUE(slots_free_become("a", before));
	EXPECT_TRUE(works(server, in("d/slot")));
}

TEST_F(instance, opens_of_clients)
{
	int server = make_public(in("slot")), client;
	struct sites sites;

	ASSERT_LE(0, server);
	if (!sites_begin(&sites))
		SKIP(return, "this kernel injects no faults");
	while (sites_next(&sites)) {
		sites_arm(&sites);
		client = open_client(in("slot"), O_WRONLY | O_CREAT);
		sites_disarm(&sites);
		ASSERT_TRUE(sites_allow(&sites, client));
		EXPECT_EQ(client >= 0, info_of(server).clients);
		if (client >= 0) {
			EXPECT_TRUE(carries(client, server));
			ASSERT_EQ(0, close(client));
		}
	}
	EXPECT_EQ(0, info_of(server).clients);
}

/* The name goes or stays; the slot lives. */
TEST_F(instance, unlinks)
{
	long before = slots_free();
	struct sites sites;
	int server;
	long ret;

	if (!sites_begin(&sites))
		SKIP(return, "this kernel injects no faults");
	while (sites_next(&sites)) {
		server = make_public(in("slot"));
		ASSERT_LE(0, server);
		sites_arm(&sites);
		ret = R(unlink(in("slot")));
		sites_disarm(&sites);
		ASSERT_TRUE(sites_allow(&sites, ret));
		EXPECT_EQ(ret < 0, exists(in("slot")));
		EXPECT_EQ(MAILSLOT_INFO_SERVER, info_of(server).flags);
		ASSERT_EQ(0, close(server));
		EXPECT_FALSE(exists(in("slot")));
		ASSERT_TRUE(slots_free_become("a", before));
	}
}

TEST_F(instance, directories)
{
	long before = slots_free();
	struct sites sites;
	long ret;

	if (!sites_begin(&sites))
		SKIP(return, "this kernel injects no faults");
	while (sites_next(&sites)) {
		sites_arm(&sites);
		ret = R(mkdir(in("d"), 0755));
		sites_disarm(&sites);
		ASSERT_TRUE(sites_allow(&sites, ret));
		EXPECT_EQ(!ret, is_directory(in("d")));
		if (!ret)
			ASSERT_EQ(0, rmdir(in("d")));
		ASSERT_TRUE(slots_free_become("a", before));
	}
	sites_begin(&sites);
	while (sites_next(&sites)) {
		ASSERT_EQ(0, mkdir(in("d"), 0755));
		sites_arm(&sites);
		ret = R(rmdir(in("d")));
		sites_disarm(&sites);
		ASSERT_TRUE(sites_allow(&sites, ret));
		EXPECT_EQ(ret < 0, exists(in("d")));
		if (ret)
			ASSERT_EQ(0, rmdir(in("d")));
		ASSERT_TRUE(slots_free_become("a", before));
	}
}

/* What was told is right, and what was not is told by the next call. */
TEST_F(instance, lists)
{
	static struct mailslot_list_entry entries[4];
	int directory = open_directory(in("")), one = make_public(in("one"));
	int two = create_in("x/two");
	struct sites sites;
	long ret;

	ASSERT_LE(0, one);
	ASSERT_LE(0, two);
	if (!sites_begin(&sites))
		SKIP(return, "this kernel injects no faults");
	while (sites_next(&sites)) {
		struct mailslot_list list = {
			.entries = addr(entries), .count = 4, .entry_size = sizeof(entries[0]),
		};

		memset(entries, 0, sizeof(entries));
		sites_arm(&sites);
		ret = R(ioctl(directory, MAILSLOT_IOC_LIST, &list));
		sites_disarm(&sites);
		ASSERT_TRUE(sites_allow(&sites, ret));
		ASSERT_GE(2, ret);
		if (ret > 0)
			EXPECT_STREQ("one", entries[0].name);
		if (ret > 1)
			EXPECT_STREQ("x/two", entries[1].name);
		if (!sites.came)
			EXPECT_EQ(2, ret);
	}
	EXPECT_TRUE(works(one, in("one")));
	EXPECT_TRUE(works(two, in("x/two")));
}
