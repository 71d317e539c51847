// SPDX-License-Identifier: GPL-2.0-only
/*
 * CREATE on a directory of an instance: what it makes and refuses, the directories that it makes
 * for a name with slashes and what becomes of them, and names that collide.
 */
#include <sys/resource.h>
#include "instance.h"

TEST_F(instance, create_makes_a_slot)
{
	struct mailslot_create args = create_args("slot");
	struct mailslot_info info;
	int server, client;
	struct stat st;
	char byte;

	args.mode = 0622;
	args.flags = MAILSLOT_CREATE_NONBLOCK;
	args.queue_bytes = 4096;
	args.max_message_size = 100;
	args.read_timeout_ns = 5 * NSEC_PER_MSEC;
	act_as(ALICE, FRIENDS);
	umask(02);
	server = create_at(in(""), &args);
	act_as(0, 0);
	ASSERT_LE(0, server);
	info = info_of(server);
	EXPECT_EQ(MAILSLOT_INFO_SERVER, info.flags);
	EXPECT_EQ(4096, info.queue_bytes);
	EXPECT_EQ(100, info.max_message_size);
	EXPECT_EQ(5 * NSEC_PER_MSEC, info.read_timeout_ns);
	ASSERT_EQ(0, stat(in("slot"), &st));
	EXPECT_EQ(S_IFCHR | 0620, st.st_mode);
	EXPECT_EQ(ALICE, st.st_uid);
	EXPECT_EQ(FRIENDS, st.st_gid);
	EXPECT_EQ(-EAGAIN, R(read(server, &byte, 1)));
	client = open_client(in("slot"), O_WRONLY);
	ASSERT_LE(0, client);
	EXPECT_EQ(-EMSGSIZE, R(write(client, &info, 101)));
	EXPECT_TRUE(carries(client, server));
	EXPECT_EQ(-EBADF, R(write(server, "x", 1)));
	EXPECT_EQ(0, close(server));
	EXPECT_FALSE(exists(in("slot")));
	EXPECT_TRUE(is_dead(client));
}

TEST_F(instance, create_with_flags)
{
	const __u32 either = MAILSLOT_CREATE_WHOLE | MAILSLOT_CREATE_RING;
	struct mailslot_create args = create_args("slot");
	__u32 flags;
	int server;

	args.queue_bytes = 4096;
	for (flags = 0; flags <= MAILSLOT_CREATE_FLAGS; flags++) {
		args.flags = flags;
		server = create_at(in(""), &args);
		if ((flags & either) == either) {
			EXPECT_EQ(-EINVAL, server);
			continue;
		}
		ASSERT_LE(0, server);
		EXPECT_EQ(flags & MAILSLOT_CREATE_INHERIT ? 0 : FD_CLOEXEC, fcntl(server, F_GETFD));
		EXPECT_EQ(flags & MAILSLOT_CREATE_NONBLOCK ? O_NONBLOCK : 0,
			  fcntl(server, F_GETFL) & (O_NONBLOCK | O_ACCMODE));
		EXPECT_EQ(flags & MAILSLOT_CREATE_WHOLE ? MAILSLOT_INFO_WHOLE : 0,
			  info_of(server).flags & MAILSLOT_INFO_WHOLE);
		close(server);
	}
}

TEST_F(instance, create_of_whole_files)
{
	struct mailslot_create args = create_args("slot");
	int server, client;
	char text[8];

	args.flags = MAILSLOT_CREATE_WHOLE;
	server = create_at(in(""), &args);
	client = open_client(in("slot"), O_WRONLY | O_CREAT | O_TRUNC);
	ASSERT_LE(0, client);
	EXPECT_EQ(2, write(client, "ab", 2));
	EXPECT_EQ(1, write(client, "c", 1));
	EXPECT_EQ(0, message_count(server));
	EXPECT_EQ(0, close(client));
	EXPECT_EQ(3, read(server, text, sizeof(text)));
	EXPECT_EQ(0, memcmp(text, "abc", 3));
}

TEST_F(instance, create_refuses_what_it_refuses_elsewhere)
{
	struct mailslot_create good = create_args("x/slot"), args;
	int directory = open_directory(in(""));
	struct {
		struct mailslot_create args;
		__u64 more;
	} longer = { .args = good };
	int server;

	ASSERT_LE(0, directory);
	args = good;
	args.flags = MAILSLOT_CREATE_FLAGS + 1;
	EXPECT_EQ(-EINVAL, R(ioctl(directory, MAILSLOT_IOC_CREATE, &args)));
	args = good;
	args.mode = 01000;
	EXPECT_EQ(-EINVAL, R(ioctl(directory, MAILSLOT_IOC_CREATE, &args)));
	args = good;
	args.reserved = 1;
	EXPECT_EQ(-EINVAL, R(ioctl(directory, MAILSLOT_IOC_CREATE, &args)));
	args = good;
	args.queue_bytes = COST - 1;
	EXPECT_EQ(-ERANGE, R(ioctl(directory, MAILSLOT_IOC_CREATE, &args)));
	args.queue_bytes = ~0ULL;
	EXPECT_EQ(-ERANGE, R(ioctl(directory, MAILSLOT_IOC_CREATE, &args)));
	EXPECT_EQ(-EFAULT, R(ioctl(directory, MAILSLOT_IOC_CREATE, nowhere())));
	longer.more = 1;
	EXPECT_EQ(-E2BIG, R(ioctl(directory, _IOC(_IOC_WRITE, MAILSLOT_IOC_MAGIC, 0,
						  sizeof(longer)), &longer)));
	EXPECT_EQ(0, count_entries(in("")));
	longer.more = 0;
	server = R(ioctl(directory, _IOC(_IOC_WRITE, MAILSLOT_IOC_MAGIC, 0, sizeof(longer)),
			 &longer));
	EXPECT_LE(0, server);
	EXPECT_TRUE(is_node(in("x/slot")));
}

/* What is wrong with the request is said first; and nothing is made for a caller without room. */
TEST_F(instance, create_without_a_descriptor)
{
	struct mailslot_create good = create_args("x/slot"), wrong = create_args("x//slot");
	int directory = open_directory(in("")), fd;
	struct rlimit old, tight;

	ASSERT_LE(0, directory);
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
	tight = old;
	tight.rlim_cur = directory + 1;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &tight));
	for (fd = 0; fd >= 0 ;)
		fd = dup(directory);
	EXPECT_EQ(-EMFILE, R(ioctl(directory, MAILSLOT_IOC_CREATE, &good)));
	EXPECT_EQ(-EINVAL, R(ioctl(directory, MAILSLOT_IOC_CREATE, &wrong)));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
	EXPECT_FALSE(exists(in("x")));
	EXPECT_LE(0, R(ioctl(directory, MAILSLOT_IOC_CREATE, &good)));
}

/* Which directory does not matter; the name is relative to it. */
TEST_F(instance, create_is_relative_to_its_directory)
{
	int one, two, client;

	ASSERT_EQ(0, mkdir(in("d"), 0755));
	one = create_named_at(in("d"), "slot");
	two = create_named_at(in("d"), "e/slot");
	ASSERT_LE(0, one);
	ASSERT_LE(0, two);
	EXPECT_TRUE(is_node(in("d/slot")));
	EXPECT_TRUE(is_node(in("d/e/slot")));
	EXPECT_FALSE(exists(in("slot")));
	client = open_client(in("d/e/slot"), O_WRONLY);
	EXPECT_EQ(1, write(client, "x", 1));
	EXPECT_EQ(1, message_count(two));
	EXPECT_EQ(0, message_count(one));
}

TEST_F(instance, create_needs_the_right_to_write)
{
	struct mailslot_create args = create_args("slot");
	int place;

	ASSERT_EQ(0, mkdir(in("d"), 0755));
	act_as(ALICE, FRIENDS);
	EXPECT_EQ(-EACCES, create_named_at(in("d"), "slot"));
	EXPECT_EQ(-EACCES, create_named_at(in("d"), "x/slot"));
	EXPECT_EQ(-EACCES, create_in("d/slot"));
	EXPECT_EQ(-EACCES, create_in("d/x/slot"));
	EXPECT_EQ(-EACCES, make_slot(in("d/slot"), O_RDONLY, 0600));
	EXPECT_EQ(-EACCES, R(mkdir(in("d/x"), 0755)));
	act_as(0, 0);
	EXPECT_EQ(0, count_entries(in("d")));
	place = open(in("d"), O_PATH | O_CLOEXEC);
	EXPECT_EQ(-EBADF, R(ioctl(place, MAILSLOT_IOC_CREATE, &args)));
}

TEST_F(instance, directories_know_no_other_ioctl)
{
	struct mailslot_receive receive = {};
	struct mailslot_set_info set = {};
	struct mailslot_send send = {};
	struct mailslot_info info;
	int directory = open_directory(in("")), size;

	ASSERT_LE(0, directory);
	EXPECT_EQ(-ENOTTY, R(ioctl(directory, MAILSLOT_IOC_GET_INFO, &info)));
	EXPECT_EQ(-ENOTTY, R(ioctl(directory, MAILSLOT_IOC_SET_INFO, &set)));
	EXPECT_EQ(-ENOTTY, R(ioctl(directory, MAILSLOT_IOC_RECEIVE, &receive)));
	EXPECT_EQ(-ENOTTY, R(ioctl(directory, MAILSLOT_IOC_SEND, &send)));
	EXPECT_EQ(-ENOTTY, R(ioctl(directory, FIONREAD, &size)));
	EXPECT_EQ(-ENOTTY, R(ioctl(directory, TCGETS, &size)));
	EXPECT_EQ(-ENOTTY, R(ioctl(directory, _IO(MAILSLOT_IOC_MAGIC, 0x7f), NULL)));
	EXPECT_EQ(-ENOTTY, R(ioctl(directory, _IO(MAILSLOT_IOC_MAGIC, 0), NULL)));
	/* And other file systems do not know CREATE. */
	EXPECT_EQ(-ENOTTY, create_named_at(path_of("tmp"), "slot"));
	EXPECT_EQ(-ENOTTY, create_named_at("/proc", "slot"));
}

TEST_F(instance, made_directories_go_with_their_last_slot)
{
	long before = slots_free();
	int one = create_in("x/y/one"), two = create_in("x/y/two"), three = create_in("x/three");

	ASSERT_LE(0, one);
	ASSERT_LE(0, two);
	ASSERT_LE(0, three);
	EXPECT_TRUE(is_directory(in("x")));
	EXPECT_TRUE(is_directory(in("x/y")));
	EXPECT_EQ(before - 5, slots_free());
	EXPECT_EQ(0, close(one));
	sleep_ns(NSEC_PER_SEC / 2);
	EXPECT_TRUE(is_node(in("x/y/two")));
	EXPECT_EQ(0, close(two));
	EXPECT_TRUE(disappears(in("x/y")));
	EXPECT_TRUE(is_node(in("x/three")));
	/* The name is free again. */
	one = create_in("x/y");
	EXPECT_LE(0, one);
	EXPECT_EQ(0, close(three));
	EXPECT_EQ(0, close(one));
	EXPECT_TRUE(disappears(in("x")));
	EXPECT_TRUE(slots_free_become("a", before));
}

/* However its last slot was made, and whoever has the directory open. */
TEST_F(instance, made_directories_go_while_they_are_open)
{
	int server = create_in("x/slot"), other = make_public(in("x/other"));
	int directory = open_directory(in("x"));

	ASSERT_LE(0, server);
	ASSERT_LE(0, other);
	ASSERT_LE(0, directory);
	EXPECT_EQ(0, close(server));
	sleep_ns(NSEC_PER_SEC / 2);
	EXPECT_TRUE(is_node(in("x/other")));
	EXPECT_EQ(0, close(other));
	EXPECT_TRUE(disappears(in("x")));
	EXPECT_EQ(-ENOENT, R(openat(directory, "new", O_CREAT | O_EXCL | O_RDONLY, 0600)));
	server = create_in("x/slot");
	EXPECT_LE(0, server);
	EXPECT_TRUE(is_node(in("x/slot")));
}

TEST_F(instance, directories_of_mkdir_stay_among_made_ones)
{
	int server;

	ASSERT_EQ(0, mkdir(in("d"), 0755));
	server = create_in("d/x/slot");
	ASSERT_LE(0, server);
	EXPECT_EQ(0, close(server));
	EXPECT_TRUE(disappears(in("d/x")));
	EXPECT_TRUE(is_directory(in("d")));
	/* One inside of what CREATE made. */
	server = create_in("x/slot");
	ASSERT_LE(0, server);
	ASSERT_EQ(0, mkdir(in("x/d"), 0755));
	EXPECT_EQ(0, close(server));
	sleep_ns(NSEC_PER_SEC);
	EXPECT_TRUE(is_directory(in("x/d")));
}

TEST_F(instance, a_failed_create_leaves_no_directory)
{
	long before = slots_free();
	int server;

	ASSERT_EQ(0, mkdir(in("d"), 0777));
	server = make_public(in("d/slot"));
	ASSERT_LE(0, server);
	EXPECT_EQ(-EEXIST, create_in("d/slot"));
	EXPECT_EQ(-EEXIST, create_in("d/slot/x/y"));
	EXPECT_EQ(-EINVAL, create_in("x/y/\xff"));
	EXPECT_EQ(-ENAMETOOLONG, create_in("x/2/3/4/5/6/7/8/9"));
	EXPECT_FALSE(exists(in("x")));
	EXPECT_EQ(1, count_entries(in("d")));
	EXPECT_EQ(before - 2, slots_free());
}

struct name_pair {
	const char *first;
	const char *second;
};

/* Of two such names only one can be, whichever comes first. */
TEST_F(instance, collisions)
{
	static const struct name_pair pairs[] = {
		{ "st", "st" }, { "st/b", "st/b" }, { "st", "st/b" }, { "st", "st/b/c" },
		{ "st/b", "st/b/c" }, { "st/b", "st/b/c/d/e" }, { "\xc3\xa9", "\xc3\xa9/x" },
	};
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		fd = create_in(pairs[i].first);
		ASSERT_LE(0, fd);
		EXPECT_EQ(-EEXIST, create_in(pairs[i].second));
		EXPECT_TRUE(is_node(in(pairs[i].first)));
		close(fd);
		fd = create_in(pairs[i].second);
		ASSERT_LE(0, fd);
		EXPECT_EQ(-EEXIST, create_in(pairs[i].first));
		EXPECT_TRUE(is_node(in(pairs[i].second)));
		close(fd);
	}
	ASSERT_TRUE(disappears(in("st")));
	ASSERT_EQ(0, mkdir(in("st"), 0755));
	EXPECT_EQ(-EEXIST, create_in("st"));
}

TEST_F(instance, no_collisions)
{
	static const struct name_pair pairs[] = {
		{ "st", "ST" }, { "st", "stu" }, { "st/b", "st/c" }, { "st/b", "st/bc" },
		{ "st/b", "st/bc/d" }, { "st", "st.b" }, { "st/b/c", "st/d" }, { "s", "st/b" },
		{ "\xc3\xa9", "\xc3\xa8" }, { "e\xcc\x81", "\xc3\xa9" },
	};
	size_t i;
	int a, b;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		a = create_in(pairs[i].first);
		b = create_in(pairs[i].second);
		EXPECT_LE(0, a)
			TH_LOG("pair %zu", i);
		EXPECT_LE(0, b)
			TH_LOG("pair %zu", i);
		EXPECT_TRUE(is_node(in(pairs[i].first)));
		close(a);
		EXPECT_TRUE(is_node(in(pairs[i].second)));
		close(b);
	}
}

/* A name is free for CREATE as soon as the last slot below it is gone. */
TEST_F(instance, names_of_directories_that_go)
{
	static const char * const names[] = { "1/2/3/4/5/6/7/8", "1/2/3/4", "1/2", "1" };
	const struct sched_param first = { .sched_priority = 1 };
	size_t i, j;
	int server;

	/* So that on one processor the kernel's worker does not run unless CREATE waits for it. */
	EXPECT_EQ(0, sched_setscheduler(0, SCHED_FIFO, &first));
	for (i = 0; i < 50; i++) {
		for (j = 0; j < ARRAY_SIZE(names); j++) {
			server = create_in(names[j]);
			ASSERT_LE(0, server)
				TH_LOG("round %zu, name %zu", i, j);
			close(server);
		}
	}
	/* Not so what holds a slot, or a directory that stays. */
	server = create_in("1/2/3");
	ASSERT_LE(0, server);
	EXPECT_EQ(-EEXIST, create_in("1"));
	EXPECT_EQ(-EEXIST, create_in("1/2"));
	ASSERT_EQ(0, mkdir(in("1/d"), 0755));
	close(server);
	EXPECT_EQ(-EEXIST, create_in("1"));
	EXPECT_EQ(-EEXIST, create_in("1/d"));
	EXPECT_TRUE(is_directory(in("1/d")));
}
