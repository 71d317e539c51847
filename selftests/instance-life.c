// SPDX-License-Identifier: GPL-2.0-only
/*
 * How a slot of an instance ends, whoever holds what of it; what stat(2) tells of a node; and what
 * inotify tells of a directory.
 */
#include <sys/fsuid.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/sysmacros.h>
#include "instance.h"

/*
 * Death.
 */

TEST_F(instance, death_with_the_last_copy)
{
	int server = make_public(in("slot")), copy = dup(server);
	int client = open_client(in("slot"), O_WRONLY);
	pid_t pid;

	ASSERT_LE(0, client);
	ASSERT_LE(0, copy);
	EXPECT_EQ(0, close(server));
	EXPECT_TRUE(is_node(in("slot")));
	EXPECT_TRUE(carries(client, copy));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		for (;;)
			pause();
	EXPECT_EQ(0, close(copy));
	/* The child's copy keeps it. */
	EXPECT_TRUE(is_node(in("slot")));
	EXPECT_EQ(1, write(client, "x", 1));
	EXPECT_EQ(0, kill(pid, SIGKILL));
	EXPECT_EQ(128 + SIGKILL, child_status(pid));
	EXPECT_FALSE(exists(in("slot")));
	EXPECT_TRUE(is_dead(client));
}

TEST_F(instance, name_is_free_at_once)
{
	int i, server, client, last = -1;
	long before = slots_free();

	for (i = 0; i < 300; i++) {
		server = make_public(in("slot"));
		ASSERT_LE(0, server);
		client = open_client(in("slot"), O_WRONLY);
		ASSERT_LE(0, client);
		ASSERT_TRUE(carries(client, server));
		if (last >= 0) {
			EXPECT_TRUE(is_dead(last));
			close(last);
		}
		last = client;
		EXPECT_EQ(0, close(server));
		EXPECT_EQ(-ENOENT, open_client(in("slot"), O_WRONLY));
		EXPECT_EQ(before, slots_free());
	}
}

TEST_F(instance, death_frees_the_name_under_open_ends)
{
	int server = make_public(in("slot")), client = open_client(in("slot"), O_WRONLY);
	int place = open(in("slot"), O_PATH | O_CLOEXEC), again, other;

	ASSERT_LE(0, client);
	ASSERT_LE(0, place);
	EXPECT_EQ(0, close(server));
	EXPECT_FALSE(exists(in("slot")));
	EXPECT_EQ(0, count_entries(in("")));
	again = make_public(in("slot"));
	ASSERT_LE(0, again);
	other = open_client(in("slot"), O_WRONLY);
	EXPECT_TRUE(carries(other, again));
	EXPECT_TRUE(is_dead(client));
	EXPECT_EQ(1, count_entries(in("")));
}

TEST_F(instance, dead_node_is_enxio)
{
	static const int flags[] = { O_RDONLY, O_WRONLY, O_RDWR, O_WRONLY | O_CREAT };
	int server = make_public(in("slot")), place, again;
	char path[64];
	struct stat st;
	size_t i;

	place = open(in("slot"), O_PATH | O_CLOEXEC);
	ASSERT_LE(0, place);
	EXPECT_EQ(0, close(server));
	/* Nor does it lead to another slot of that name. */
	again = make_public(in("slot"));
	ASSERT_LE(0, again);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", place);
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		EXPECT_EQ(-ENXIO, open_client(path, flags[i]));
	EXPECT_EQ(0, info_of(again).clients);
	EXPECT_EQ(0, fstat(place, &st));
	EXPECT_EQ(0, st.st_nlink);
}

static long call_list(struct call *call)
{
	return R(syscall(SYS_getdents64, call->fd, call->buffer, call->size));
}

static long call_close(struct call *call)
{
	return R(close(call->fd));
}

/* Whoever lists the directory holds its lock, for as long as a page of the buffer takes to come. */
TEST_F(instance, death_waits_for_no_lister)
{
	int server = make_public(in("slot")), client = open_client(in("slot"), O_WRONLY), faults;
	struct call list = { .function = call_list, .size = 4096 };
	struct call closer = { .function = call_close, .fd = server };
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS / 2;
	char *page;

	ASSERT_LE(0, client);
	list.fd = open_directory(in(""));
	ASSERT_LE(0, list.fd);
	faults = pages_that_never_come(4096, &page);
	if (faults < 0)
		SKIP(return, "no userfaultfd");
	list.buffer = page;
	ASSERT_TRUE(call_start(&list));
	ASSERT_TRUE(fault_comes(faults));
	ASSERT_TRUE(call_start(&closer));
	while (!call_done(&closer) && now_ns(CLOCK_MONOTONIC) < end)
		sleep_ns(NSEC_PER_MSEC);
	EXPECT_TRUE(call_done(&closer));
	EXPECT_FALSE(call_done(&list));
	if (call_done(&closer)) {
		EXPECT_FALSE(exists(in("slot")));
		EXPECT_TRUE(is_dead(client));
	}
	/* Without the descriptor the page comes. */
	close(faults);
	EXPECT_EQ(0, call_join(&closer));
	EXPECT_LT(0, call_join(&list));
	EXPECT_EQ(0, count_entries(in("")));
}

/* More than a work queue runs at a time. */
#define DIRECTORIES	600

/*
 * The directories that CREATE made in one instance cannot go while somebody lists their parent.
 * Those of another instance go all the same.
 */
TEST_F(instance, removals_wait_for_no_lister)
{
	static int servers[DIRECTORIES];
	const struct rlimit files = { DIRECTORIES + 100, DIRECTORIES + 100 };
	struct call list = { .function = call_list, .size = 4096 };
	char name[32], *page;
	int other, faults, i;

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &files));
	ASSERT_EQ(0, remount("a", "max_slots=0"));
	ASSERT_EQ(0, mount_instance("b", 0, NULL));
	other = create_named_at(in_b(""), "x/slot");
	ASSERT_LE(0, other);
	for (i = 0; i < DIRECTORIES; i++) {
		snprintf(name, sizeof(name), "d%d/slot", i);
		servers[i] = create_in(name);
		ASSERT_LE(0, servers[i]);
	}
	list.fd = open_directory(in(""));
	ASSERT_LE(0, list.fd);
	faults = pages_that_never_come(4096, &page);
	if (faults < 0)
		SKIP(return, "no userfaultfd");
	list.buffer = page;
	ASSERT_TRUE(call_start(&list));
	ASSERT_TRUE(fault_comes(faults));
	for (i = 0; i < DIRECTORIES; i++)
		EXPECT_EQ(0, close(servers[i]));
	EXPECT_EQ(0, close(other));
	EXPECT_TRUE(disappears(in_b("x")));
	EXPECT_FALSE(call_done(&list));
	EXPECT_TRUE(exists(in("d0")));
	close(faults);
	EXPECT_LT(0, call_join(&list));
	for (i = 0; i < DIRECTORIES; i++) {
		snprintf(name, sizeof(name), "d%d", i);
		ASSERT_TRUE(disappears(in(name)));
	}
}

static bool make_file(const char *path)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

	return fd >= 0 && !close(fd);
}

/* A mount on the node is no reason to stay, and does not keep the instance. */
TEST_F(instance, death_takes_a_mount_off_the_node)
{
	int server = make_public(in("slot"));
	char line[1024];

	ASSERT_LE(0, server);
	ASSERT_TRUE(make_file(path_of("tmp/file")));
	ASSERT_EQ(0, R(mount(path_of("tmp/file"), in("slot"), NULL, MS_BIND, NULL)));
	EXPECT_FALSE(is_node(in("slot")));
	EXPECT_TRUE(mount_line(in("slot"), line, sizeof(line)));
	EXPECT_EQ(0, close(server));
	EXPECT_FALSE(exists(in("slot")));
	EXPECT_FALSE(mount_line(in("slot"), line, sizeof(line)));
	server = make_public(in("slot"));
	EXPECT_LE(0, server);
	EXPECT_TRUE(is_node(in("slot")));
	close(server);
	EXPECT_EQ(0, unmount("a", 0));
}

TEST_F(instance, node_mounted_elsewhere_is_enxio_after_death)
{
	int server = make_public(in("slot")), client;

	ASSERT_LE(0, server);
	ASSERT_TRUE(make_file(path_of("tmp/file")));
	ASSERT_EQ(0, R(mount(in("slot"), path_of("tmp/file"), NULL, MS_BIND, NULL)));
	client = open_client(path_of("tmp/file"), O_WRONLY);
	ASSERT_LE(0, client);
	EXPECT_TRUE(carries(client, server));
	EXPECT_EQ(0, close(server));
	EXPECT_FALSE(exists(in("slot")));
	EXPECT_TRUE(is_dead(client));
	EXPECT_EQ(-ENXIO, open_client(path_of("tmp/file"), O_WRONLY));
	close(client);
	EXPECT_EQ(0, unmount("tmp/file", 0));
}

TEST_F(instance, names_of_the_dead_are_not_listed)
{
	enum { COUNT = 200 };
	int servers[COUNT], i;
	char name[16];

	for (i = 0; i < COUNT; i++) {
		snprintf(name, sizeof(name), "%d", i);
		servers[i] = make_slot(in(name), O_RDONLY, 0600);
		ASSERT_LE(0, servers[i]);
	}
	EXPECT_EQ(COUNT, count_entries(in("")));
	for (i = 0; i < COUNT; i += 2)
		close(servers[i]);
	EXPECT_EQ(COUNT / 2, count_entries(in("")));
	for (i = 1; i < COUNT; i += 2)
		close(servers[i]);
	EXPECT_EQ(0, count_entries(in("")));
}

TEST_F(instance, listing_tells_the_type)
{
	int server = make_public(in("slot"));
	struct dirent *entry;
	int slots = 0, directories = 0;
	DIR *list;

	ASSERT_LE(0, server);
	ASSERT_EQ(0, mkdir(in("d"), 0777));
	list = opendir(in(""));
	ASSERT_NE(NULL, list);
	while ((entry = readdir(list))) {
		slots += entry->d_type == DT_CHR && !strcmp(entry->d_name, "slot");
		directories += entry->d_type == DT_DIR && !strcmp(entry->d_name, "d");
	}
	closedir(list);
	EXPECT_EQ(1, slots);
	EXPECT_EQ(1, directories);
}

/*
 * What stat(2) tells.
 */

TEST_F(instance, stat_of_a_node)
{
	struct stat st, server_st, client_st;
	int server, other, client;
	struct mailslot_info info;

	act_as(ALICE, FRIENDS);
	server = make_slot(in("slot"), O_RDONLY, 0640);
	other = make_slot(in("other"), O_RDONLY, 0640);
	act_as(0, 0);
	client = open_client(in("slot"), O_WRONLY);
	ASSERT_LE(0, client);
	EXPECT_EQ(7, write(client, "content", 7));
	ASSERT_EQ(0, stat(in("slot"), &st));
	info = info_of(server);
	EXPECT_EQ(S_IFCHR | 0640, st.st_mode);
	EXPECT_EQ(ALICE, st.st_uid);
	EXPECT_EQ(FRIENDS, st.st_gid);
	EXPECT_EQ(0, st.st_size);
	EXPECT_EQ(1, st.st_nlink);
	EXPECT_EQ(info.dev_major, major(st.st_rdev));
	EXPECT_EQ(info.dev_minor, minor(st.st_rdev));
	ASSERT_EQ(0, fstat(server, &server_st));
	ASSERT_EQ(0, fstat(client, &client_st));
	EXPECT_EQ(st.st_ino, server_st.st_ino);
	EXPECT_EQ(st.st_ino, client_st.st_ino);
	EXPECT_EQ(st.st_dev, server_st.st_dev);
	EXPECT_EQ(st.st_mode, server_st.st_mode);
	ASSERT_EQ(0, fstat(other, &server_st));
	EXPECT_NE(st.st_ino, server_st.st_ino);
}

/* The same major number as that of the nodes in /dev/mailslot. */
TEST_F(instance, stat_has_the_modules_major)
{
	int server = make_public(in("slot")), classic = create_named(NULL);
	struct stat st;

	ASSERT_LE(0, classic);
	ASSERT_EQ(0, stat(in("slot"), &st));
	EXPECT_EQ(info_of(classic).dev_major, major(st.st_rdev));
	close(server);
}

TEST_F(instance, owner_is_the_file_system_user)
{
	struct stat st;
	int server;

	setfsgid(FRIENDS);
	setfsuid(ALICE);
	server = make_slot(in("slot"), O_RDONLY, 0600);
	setfsuid(0);
	setfsgid(0);
	ASSERT_LE(0, server);
	ASSERT_EQ(0, stat(in("slot"), &st));
	EXPECT_EQ(ALICE, st.st_uid);
	EXPECT_EQ(FRIENDS, st.st_gid);
}

static __s64 time_of(const struct timespec *time)
{
	return time->tv_sec * (__s64)NSEC_PER_SEC + time->tv_nsec;
}

TEST_F(instance, times_are_those_of_messages)
{
	int server = make_public(in("slot")), client = open_client(in("slot"), O_WRONLY);
	struct mailslot_info info = info_of(server);
	struct statx stx;
	struct stat st;
	char byte;

	ASSERT_LE(0, client);
	ASSERT_EQ(0, stat(in("slot"), &st));
	EXPECT_EQ(info.creation_time_ns, time_of(&st.st_atim));
	EXPECT_EQ(info.creation_time_ns, time_of(&st.st_mtim));
	sleep_ns(20 * NSEC_PER_MSEC);
	EXPECT_EQ(1, write(client, "x", 1));
	sleep_ns(20 * NSEC_PER_MSEC);
	EXPECT_EQ(1, read(server, &byte, 1));
	info = info_of(server);
	EXPECT_LT(info.creation_time_ns, info.last_write_time_ns);
	EXPECT_LT(info.last_write_time_ns, info.last_read_time_ns);
	ASSERT_EQ(0, stat(in("slot"), &st));
	EXPECT_EQ(info.last_read_time_ns, time_of(&st.st_atim));
	EXPECT_EQ(info.last_write_time_ns, time_of(&st.st_mtim));
	ASSERT_EQ(0, fstat(client, &st));
	EXPECT_EQ(info.last_write_time_ns, time_of(&st.st_mtim));
	ASSERT_EQ(0, statx(AT_FDCWD, in("slot"), 0, STATX_BASIC_STATS | STATX_BTIME, &stx));
	ASSERT_TRUE(stx.stx_mask & STATX_BTIME);
	EXPECT_EQ(info.creation_time_ns,
		  stx.stx_btime.tv_sec * (__s64)NSEC_PER_SEC + stx.stx_btime.tv_nsec);
}

TEST_F(instance, same_number_elsewhere_is_enxio)
{
	static const int flags[] = { O_RDONLY, O_WRONLY, O_RDWR };
	int server = make_public(in("slot"));
	struct stat st;
	size_t i;

	ASSERT_LE(0, server);
	ASSERT_EQ(0, stat(in("slot"), &st));
	ASSERT_EQ(0, R(mknod(path_of("tmp/node"), S_IFCHR | 0666, st.st_rdev)));
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		EXPECT_EQ(-ENXIO, open_client(path_of("tmp/node"), flags[i]));
	EXPECT_EQ(0, info_of(server).clients);
}

/*
 * What inotify tells.
 */

struct told {
	unsigned int created;
	unsigned int deleted;
	unsigned int other;
	unsigned int directories;
	char last[NAME_MAX + 1];
};

/* What has happened in a watched directory since the last look. */
static struct told told(int watcher)
{
	char events[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
	struct inotify_event *event;
	struct told told = {};
	ssize_t size, at;

	while ((size = read(watcher, events, sizeof(events))) > 0) {
		for (at = 0; at < size; at += sizeof(*event) + event->len) {
			event = (struct inotify_event *)(events + at);
			told.created += !!(event->mask & IN_CREATE);
			told.deleted += !!(event->mask & IN_DELETE);
			told.directories += !!(event->mask & IN_ISDIR);
			told.other += !(event->mask & (IN_CREATE | IN_DELETE));
			if (event->len)
				strcpy(told.last, event->name);
		}
	}
	return told;
}

static int watch(const char *path)
{
	int watcher = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (inotify_add_watch(watcher, path, IN_CREATE | IN_DELETE | IN_MOVE) < 0)
		return -errno;
	return watcher;
}

/* So many creations and removals, the last of NAME, and nothing else. */
static bool tells(int watcher, unsigned int created, unsigned int deleted, const char *name)
{
	struct told t = told(watcher);

	if (t.created == created && t.deleted == deleted && !t.other && !strcmp(t.last, name))
		return true;
	printf("# told: %u created, %u deleted, %u other, last %s\n", t.created, t.deleted,
	       t.other, t.last);
	return false;
}

TEST_F(instance, inotify_tells_of_creation_and_death)
{
	int watcher = watch(in("")), server, client;

	ASSERT_LE(0, watcher);
	server = make_public(in("slot"));
	ASSERT_LE(0, server);
	EXPECT_TRUE(tells(watcher, 1, 0, "slot"));
	client = open_client(in("slot"), O_WRONLY | O_CREAT);
	ASSERT_LE(0, client);
	EXPECT_TRUE(carries(client, server));
	EXPECT_TRUE(tells(watcher, 0, 0, ""));
	EXPECT_EQ(0, close(server));
	EXPECT_TRUE(tells(watcher, 0, 1, "slot"));
	EXPECT_EQ(0, close(client));
	EXPECT_TRUE(tells(watcher, 0, 0, ""));
}

TEST_F(instance, inotify_tells_of_unlink_once)
{
	int watcher = watch(in("")), server, client;

	ASSERT_LE(0, watcher);
	server = make_public(in("slot"));
	client = open_client(in("slot"), O_WRONLY);
	ASSERT_LE(0, client);
	EXPECT_TRUE(tells(watcher, 1, 0, "slot"));
	EXPECT_EQ(0, R(unlink(in("slot"))));
	EXPECT_TRUE(tells(watcher, 0, 1, "slot"));
	EXPECT_EQ(0, close(server));
	EXPECT_EQ(0, close(client));
	EXPECT_TRUE(tells(watcher, 0, 0, ""));
}

TEST_F(instance, inotify_tells_of_create)
{
	int watcher = watch(in("")), server;

	ASSERT_LE(0, watcher);
	server = create_in("slot");
	ASSERT_LE(0, server);
	EXPECT_TRUE(tells(watcher, 1, 0, "slot"));
	EXPECT_EQ(0, close(server));
	EXPECT_TRUE(tells(watcher, 0, 1, "slot"));
}

TEST_F(instance, inotify_tells_of_slots_in_directories)
{
	int watcher, server;

	ASSERT_EQ(0, mkdir(in("d"), 0755));
	watcher = watch(in("d"));
	ASSERT_LE(0, watcher);
	server = create_in("d/slot");
	ASSERT_LE(0, server);
	EXPECT_TRUE(tells(watcher, 1, 0, "slot"));
	EXPECT_EQ(0, close(server));
	EXPECT_TRUE(tells(watcher, 0, 1, "slot"));
	server = make_public(in("d/other"));
	ASSERT_LE(0, server);
	EXPECT_TRUE(tells(watcher, 1, 0, "other"));
	EXPECT_EQ(0, close(server));
	EXPECT_TRUE(tells(watcher, 0, 1, "other"));
}

TEST_F(instance, inotify_tells_of_directories)
{
	int watcher = watch(in("")), server;
	struct told t;

	ASSERT_LE(0, watcher);
	ASSERT_EQ(0, mkdir(in("d"), 0755));
	EXPECT_TRUE(tells(watcher, 1, 0, "d"));
	ASSERT_EQ(0, rmdir(in("d")));
	EXPECT_TRUE(tells(watcher, 0, 1, "d"));
	/* Those of CREATE, too. */
	server = create_in("x/slot");
	ASSERT_LE(0, server);
	t = told(watcher);
	EXPECT_EQ(1, t.created);
	EXPECT_EQ(1, t.directories);
	EXPECT_STREQ("x", t.last);
	EXPECT_EQ(0, close(server));
	ASSERT_TRUE(disappears(in("x")));
	/* The event may come a moment after the name has gone. */
	sleep_ns(50 * NSEC_PER_MSEC);
	t = told(watcher);
	EXPECT_EQ(1, t.deleted);
	EXPECT_EQ(1, t.directories);
}

TEST_F(instance, inotify_is_silent_about_what_fails)
{
	int watcher = watch(in("")), server = make_public(in("slot"));

	ASSERT_LE(0, watcher);
	EXPECT_TRUE(tells(watcher, 1, 0, "slot"));
	EXPECT_EQ(-EEXIST, make_slot(in("slot"), O_RDONLY, 0600));
	EXPECT_EQ(-EEXIST, create_in("slot"));
	EXPECT_EQ(-EINVAL, make_slot(in("new"), O_WRONLY, 0600));
	EXPECT_EQ(-EINVAL, make_slot(in("\xff"), O_RDONLY, 0600));
	EXPECT_EQ(-ENOENT, open_client(in("new"), O_WRONLY | O_CREAT));
	EXPECT_EQ(-EPERM, R(mknod(in("new"), S_IFIFO | 0666, 0)));
	EXPECT_EQ(-EPERM, R(rename(in("slot"), in("new"))));
	act_as(BOB, BOB);
	EXPECT_EQ(-EPERM, R(unlink(in("slot"))));
	act_as(0, 0);
	EXPECT_TRUE(tells(watcher, 0, 0, ""));
	close(server);
}
