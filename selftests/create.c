// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names, nodes and limits of creation: which names are slots, which collide, what
 * node comes of it and whose it is, and what happens when there are too many.  The
 * shape of the CREATE command itself is abi.c's.
 */
#include <dirent.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "mailslot_test.h"

#define NAME_MOST	(MAILSLOT_NAME_SIZE - 1)

/* Names with no room to be made unique: too special to be anybody else's. */
static const char * const accepted[] = {
	"x", "x/y", "x/y/z", "...", "..x", "x..", ".x", "x.", "x/...", "x/.y", "-", "x y", " ",
	"x\\y", "x!y", "x:y", "x*?y", "x%sy", "\"'$`", "~",
	"\xc2\xa0", "\xc3\xa9", "\xdf\xbf",			/* two bytes */
	"\xe0\xa0\x80", "\xe2\x82\xac", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd",
	"\xf0\x90\x80\x80", "\xf0\x9f\x93\xac", "\xf4\x8f\xbf\xbd",
	"\xe9\x83\xb5/\xe7\xae\xb1",
};

static const char * const refused[] = {
	"", "/", "//", "/x", "x/", "x//y", "x/y/", "x/y//",
	".", "..", "./x", "../x", "x/.", "x/..", "x/./y", "x/../y",
	"\x7f", "x\x7f", "x\ny", "x/\t", "\x1bx", "\xc2\x80", "x\xc2\x85", "\xc2\x9f",
	"\x80", "\xbf", "x\x80y",				/* tails without a head */
	"\xc0\x80", "\xc1\xbf", "\xc0\xaf",			/* overlong */
	"\xe0\x80\x80", "\xe0\x9f\xbf", "\xf0\x80\x80\x80", "\xf0\x8f\xbf\xbf",
	"\xed\xa0\x80", "\xed\xad\xbf", "\xed\xbf\xbf",		/* surrogates */
	"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf8\x88\x80\x80\x80",	/* beyond U+10FFFF */
	"\xfe", "\xff",
	"\xc3", "\xe2\x82", "\xe2", "\xf0\x9f\x93", "\xf0\x9f", "\xf0",	/* cut short */
	"\xc3x", "\xe2\x82x", "\xe2x", "\xf0\x9f\x93x", "\xc3\xc3\xa9", "\xc3/x",
};

/* The node has the device number the slot tells, and names nothing else. */
static bool node_is_slot(const char *name, int server)
{
	struct mailslot_info info = info_of(server);
	struct stat st;

	return !stat(node_path(name), &st) && S_ISCHR(st.st_mode) &&
	       major(st.st_rdev) == info.dev_major && minor(st.st_rdev) == info.dev_minor;
}

TEST(good_names)
{
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(accepted); i++) {
		fd = create_named(accepted[i]);
		EXPECT_LE(0, fd)
			TH_LOG("name %zu, %s", i, accepted[i]);
		EXPECT_TRUE(node_is_slot(accepted[i], fd))
			TH_LOG("name %zu, %s", i, accepted[i]);
		close(fd);
		EXPECT_EQ(-ENOENT, client_open(accepted[i], O_WRONLY));
	}
}

TEST(bad_names)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refused); i++)
		EXPECT_EQ(-EINVAL, create_named(refused[i]))
			TH_LOG("name %zu", i);
}

TEST(control_characters)
{
	char name[] = "x?y";

	for (name[1] = 1; name[1] < ' '; name[1]++)
		EXPECT_EQ(-EINVAL, create_named(name))
			TH_LOG("character %d", name[1]);
}

TEST(longest_names)
{
	char name[MAILSLOT_NAME_SIZE + 1];
	struct mailslot_create args;
	int fd, i;

	memset(name, 'x', NAME_MOST);
	name[NAME_MOST] = 0;
	fd = create_named(name);
	ASSERT_LE(0, fd);
	EXPECT_TRUE(node_is_slot(name, fd));
	close(fd);

	/* As deep as it gets: 8 components. */
	for (i = 1; i < 2 * 7; i += 2)
		name[i] = '/';
	fd = create_named(name);
	ASSERT_LE(0, fd);
	EXPECT_TRUE(node_is_slot(name, fd));
	close(fd);
	EXPECT_TRUE(directory_gone("x"));
	name[i] = '/';
	EXPECT_EQ(-ENAMETOOLONG, create_named(name));
	EXPECT_EQ(-1, access(node_path("x"), F_OK));
	for (; i < NAME_MOST; i += 2)
		name[i] = '/';
	EXPECT_EQ(-ENAMETOOLONG, create_named(name));

	/* A character that the last byte cuts. */
	memset(name, 'x', NAME_MOST);
	name[NAME_MOST - 1] = '\xc3';
	EXPECT_EQ(-EINVAL, create_named(name));

	args = create_args(NULL);
	memset(args.name, 'x', sizeof(args.name));
	EXPECT_EQ(-ENAMETOOLONG, create_slot(&args));
}

/* Two names of which only one can be, whichever comes first; and who only look alike. */
struct name_pair {
	const char *first;
	const char *second;
};

TEST(collisions)
{
	static const struct name_pair pairs[] = {
		{ "st", "st" }, { "st/b", "st/b" }, { "st", "st/b" }, { "st", "st/b/c" },
		{ "st/b", "st/b/c" }, { "st/b", "st/b/c/d/e" }, { "\xc3\xa9", "\xc3\xa9/x" },
	};
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		fd = create_named(pairs[i].first);
		ASSERT_LE(0, fd);
		EXPECT_EQ(-EEXIST, create_named(pairs[i].second));
		EXPECT_TRUE(node_is_slot(pairs[i].first, fd));
		close(fd);
		fd = create_named(pairs[i].second);
		ASSERT_LE(0, fd);
		EXPECT_EQ(-EEXIST, create_named(pairs[i].first));
		EXPECT_TRUE(node_is_slot(pairs[i].second, fd));
		close(fd);
	}
}

TEST(no_collisions)
{
	static const struct name_pair pairs[] = {
		{ "st", "ST" }, { "st", "stu" }, { "st/b", "st/c" }, { "st/b", "st/bc" },
		{ "st/b", "st/bc/d" }, { "st", "st.b" }, { "st", "st0" }, { "st/b", "st!b" },
		{ "st/b/c", "st/d" }, { "st/b/c", "st/bb" }, { "st-", "st/b" }, { "s", "st/b" },
		{ "\xc3\xa9", "\xc3\xa8" }, { "e\xcc\x81", "\xc3\xa9" },
	};
	size_t i;
	int a, b;

	for (i = 0; i < ARRAY_SIZE(pairs); i++) {
		a = create_named(pairs[i].first);
		b = create_named(pairs[i].second);
		EXPECT_LE(0, a)
			TH_LOG("pair %zu", i);
		EXPECT_LE(0, b)
			TH_LOG("pair %zu", i);
		EXPECT_TRUE(node_is_slot(pairs[i].first, a));
		EXPECT_TRUE(node_is_slot(pairs[i].second, b));
		close(a);
		EXPECT_TRUE(node_is_slot(pairs[i].second, b));
		close(b);
	}
}

/* A directory is in use as long as one slot is in it, not longer. */
TEST(directory_lives_with_its_slots)
{
	int a = create_named("st/deep/a");
	int b = create_named("st/deep/b");
	int fd;

	ASSERT_LE(0, a);
	ASSERT_LE(0, b);
	EXPECT_EQ(-EEXIST, create_named("st"));
	EXPECT_EQ(-EEXIST, create_named("st/deep"));
	close(a);
	EXPECT_EQ(-EEXIST, create_named("st"));
	EXPECT_EQ(-EEXIST, create_named("st/deep"));
	EXPECT_TRUE(node_is_slot("st/deep/b", b));
	close(b);
	EXPECT_TRUE(directory_gone("st"));
	fd = create_named("st/deep");
	ASSERT_LE(0, fd);
	EXPECT_TRUE(node_is_slot("st/deep", fd));
	close(fd);
	fd = create_named("st");
	ASSERT_LE(0, fd);
	EXPECT_TRUE(node_is_slot("st", fd));
	close(fd);
}

TEST(mode_and_umask)
{
	static const mode_t modes[] = { 0, 0200, 0222, 0600, 0622, 0644, 0666, 0777, 0111 };
	static const mode_t masks[] = { 0, 022, 027, 077, 0777 };
	struct mailslot_create args;
	struct stat st;
	size_t i, j;
	int fd;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		for (j = 0; j < ARRAY_SIZE(masks); j++) {
			umask(masks[j]);
			args = create_args(NULL);
			args.mode = modes[i];
			fd = create_slot(&args);
			ASSERT_LE(0, fd);
			ASSERT_EQ(0, stat(node_path(args.name), &st));
			EXPECT_EQ(S_IFCHR | (modes[i] & ~masks[j]), st.st_mode);
			EXPECT_EQ(geteuid(), st.st_uid);
			EXPECT_EQ(getegid(), st.st_gid);
			close(fd);
		}
	}
}

TEST(flags)
{
	const __u32 either = MAILSLOT_CREATE_WHOLE | MAILSLOT_CREATE_RING;
	struct mailslot_create args;
	__u32 flags;
	int fd;

	for (flags = 0; flags <= MAILSLOT_CREATE_FLAGS; flags++) {
		args = create_args(NULL);
		args.flags = flags;
		args.queue_bytes = 4096;
		fd = create_slot(&args);
		if ((flags & either) == either) {
			EXPECT_EQ(-EINVAL, fd);
			continue;
		}
		ASSERT_LE(0, fd);
		EXPECT_EQ(flags & MAILSLOT_CREATE_INHERIT ? 0 : FD_CLOEXEC, fcntl(fd, F_GETFD));
		EXPECT_EQ(flags & MAILSLOT_CREATE_NONBLOCK ? O_NONBLOCK : 0,
			  fcntl(fd, F_GETFL) & (O_NONBLOCK | O_ACCMODE));
		close(fd);
	}
}

/* A file that somebody left where the node would be stays as it is. */
TEST(foreign_file)
{
	struct mailslot_create args = create_args(NULL);
	char path[MAILSLOT_NAME_SIZE * 2], text[8];
	int fd, server;

	if (instance_place())
		SKIP(return, "nothing but slots and directories is in there");
	/* Another slot, so that the directory is there. */
	fd = create_named(NULL);
	ASSERT_LE(0, fd);
	strcpy(path, node_path(args.name));
	server = open(path, O_CREAT | O_EXCL | O_RDWR, 0600);
	if (server < 0)
		SKIP(return, "no file can be made in %s", MAILSLOT_DIR);
	EXPECT_EQ(4, write(server, "mine", 4));
	close(server);

	EXPECT_EQ(-EEXIST, create_slot(&args));
	server = open(path, O_RDONLY);
	EXPECT_LE(0, server);
	EXPECT_EQ(4, read(server, text, sizeof(text)));
	EXPECT_EQ(0, memcmp(text, "mine", 4));
	close(server);
	unlink(path);
	/* Nothing of the refused slot is left. */
	server = create_slot(&args);
	EXPECT_LE(0, server);
	EXPECT_TRUE(node_is_slot(args.name, server));
	close(server);
	close(fd);
}

TEST(no_descriptor_left)
{
	struct mailslot_create args = create_args(NULL);
	struct rlimit old, tight;
	int control = control_open();
	int fd;

	ASSERT_LE(0, control);
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
	tight = old;
	tight.rlim_cur = control + 1;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &tight));
	for (fd = 0; fd >= 0 ;)
		fd = dup(control);
	EXPECT_EQ(-EMFILE, R(ioctl(control, MAILSLOT_IOC_CREATE, &args)));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
	EXPECT_EQ(-1, access(node_path(args.name), F_OK));
	fd = R(ioctl(control, MAILSLOT_IOC_CREATE, &args));
	EXPECT_LE(0, fd);
	close(fd);
}

/* Creators that meet at a barrier, each with a name of its own choice. */
#define RACERS	4
#define ROUNDS	100

struct racer {
	pthread_t thread;
	pthread_barrier_t *barrier;
	const char *name;
	int result[ROUNDS];
};

static void *race(void *argument)
{
	struct racer *racer = argument;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		pthread_barrier_wait(racer->barrier);
		racer->result[round] = create_named(racer->name);
		pthread_barrier_wait(racer->barrier);
		if (racer->result[round] >= 0)
			close(racer->result[round]);
		pthread_barrier_wait(racer->barrier);
	}
	return NULL;
}

static void run_race(struct __test_metadata *_metadata, const char * const names[RACERS])
{
	struct racer racers[RACERS];
	pthread_barrier_t barrier;
	int i, round, winners;

	pthread_barrier_init(&barrier, NULL, RACERS);
	for (i = 0; i < RACERS; i++) {
		racers[i].barrier = &barrier;
		racers[i].name = names[i];
		ASSERT_EQ(0, pthread_create(&racers[i].thread, NULL, race, &racers[i]));
	}
	for (i = 0; i < RACERS; i++)
		pthread_join(racers[i].thread, NULL);
	for (round = 0; round < ROUNDS; round++) {
		winners = 0;
		for (i = 0; i < RACERS; i++) {
			winners += racers[i].result[round] >= 0;
			if (racers[i].result[round] < 0)
				EXPECT_EQ(-EEXIST, racers[i].result[round]);
		}
		EXPECT_EQ(1, winners);
	}
}

TEST(creators_race_for_a_name)
{
	static const char * const names[RACERS] = { "st-race", "st-race", "st-race", "st-race" };

	run_race(_metadata, names);
}

TEST(creators_race_for_a_path)
{
	static const char * const names[RACERS] = { "st-r", "st-r/x", "st-r/x/y", "st-r/x/y/z" };

	run_race(_metadata, names);
}

/* Creator and dying slot race for one name: the creator gets it, or EEXIST; never less. */
static void *create_and_close(void *argument)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + 2 * NSEC_PER_SEC;
	int fd;

	while (now_ns(CLOCK_MONOTONIC) < end) {
		fd = create_named(argument);
		if (fd >= 0)
			close(fd);
		else if (fd != -EEXIST)
			return (void *)(long)fd;
	}
	return NULL;
}

TEST(creators_race_with_death)
{
	static const char * const names[] = {
		"st-death", "st-death", "st-death/x", "st-death/y",
	};
	pthread_t threads[ARRAY_SIZE(names)];
	void *error;
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, create_and_close, (void *)names[i]));
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		pthread_join(threads[i], &error);
		EXPECT_EQ(0, (long)error);
	}
	fd = create_named(names[0]);
	ASSERT_LE(0, fd);
	EXPECT_TRUE(node_is_slot(names[0], fd));
	close(fd);
}

TEST(many_slots)
{
	enum { COUNT = 500 };
	struct rlimit limit = { COUNT + 64, COUNT + 64 };
	static int fds[COUNT];
	struct dirent *entry;
	char name[32];
	int i, found;
	DIR *dir;

	if (setrlimit(RLIMIT_NOFILE, &limit))
		SKIP(return, "no %d descriptors", COUNT);
	for (i = 0; i < COUNT; i++) {
		snprintf(name, sizeof(name), "st-many/%d", i);
		fds[i] = create_named(name);
		ASSERT_LE(0, fds[i]);
	}
	dir = opendir(node_path("st-many"));
	ASSERT_FALSE(!dir);
	for (found = 0; (entry = readdir(dir)); )
		found += entry->d_type == DT_CHR;
	EXPECT_EQ(COUNT, found);
	closedir(dir);
	for (i = 0; i < COUNT; i++)
		close(fds[i]);
	EXPECT_TRUE(directory_gone("st-many"));
}

/* Module parameters, put back whatever happens to the test. */
FIXTURE(limits)
{
	unsigned long long max_slots;
	unsigned long long max_user_slots;
	unsigned long long max_queue_bytes;
	unsigned long long default_queue_bytes;
};

FIXTURE_SETUP(limits)
{
	self->max_slots = parameter_get("max_slots");
	self->max_user_slots = parameter_get("max_user_slots");
	self->max_queue_bytes = parameter_get("max_queue_bytes");
	self->default_queue_bytes = parameter_get("default_queue_bytes");
	if (parameter_set("max_slots", self->max_slots) < 0)
		SKIP(return, "no right to set module parameters");
}

FIXTURE_TEARDOWN_PARENT(limits)
{
	parameter_set("max_slots", self->max_slots);
	parameter_set("max_user_slots", self->max_user_slots);
	parameter_set("max_queue_bytes", self->max_queue_bytes);
	parameter_set("default_queue_bytes", self->default_queue_bytes);
}

TEST_F(limits, defaults)
{
	EXPECT_EQ(65536, self->max_slots);
	EXPECT_EQ(1024, self->max_user_slots);
	EXPECT_EQ(268435456, self->max_queue_bytes);
	EXPECT_EQ(16777216, self->default_queue_bytes);
	EXPECT_EQ(268435456, parameter_get("max_user_bytes"));
}

TEST_F(limits, slots_of_the_module)
{
	int a, b;

	ASSERT_EQ(0, parameter_set("max_slots", 1));
	a = create_named(NULL);
	ASSERT_LE(0, a);
	EXPECT_EQ(-ENOSPC, create_named(NULL));
	close(a);
	b = create_named(NULL);
	EXPECT_LE(0, b);
	ASSERT_EQ(0, parameter_set("max_slots", 2));
	a = create_named(NULL);
	EXPECT_LE(0, a);
	EXPECT_EQ(-ENOSPC, create_named(NULL));
	close(a);
	close(b);
}

TEST_F(limits, slots_of_a_user)
{
	int fds[3];
	pid_t pid;
	size_t i;

	ASSERT_EQ(0, parameter_set("max_user_slots", ARRAY_SIZE(fds)));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		ASSERT_EQ(0, become(12345, 54321));
		for (i = 0; i < ARRAY_SIZE(fds); i++) {
			fds[i] = create_named(NULL);
			EXPECT_LE(0, fds[i]);
		}
		EXPECT_EQ(-EDQUOT, create_named(NULL));
		close(fds[0]);
		fds[0] = create_named(NULL);
		EXPECT_LE(0, fds[0]);
		EXPECT_EQ(-EDQUOT, create_named(NULL));

		/* A failure for another reason costs nothing. */
		close(fds[0]);
		EXPECT_EQ(-EINVAL, create_named("/"));
		fds[0] = create_named("st-user");
		EXPECT_LE(0, fds[0]);
		close(fds[1]);
		EXPECT_EQ(-EEXIST, create_named("st-user"));
		fds[1] = create_named(NULL);
		EXPECT_LE(0, fds[1]);
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));

	/* Who may exceed resource limits may exceed this one. */
	for (i = 0; i <= ARRAY_SIZE(fds); i++)
		EXPECT_LE(0, create_named(NULL));
}

TEST_F(limits, slots_of_another_user)
{
	uid_t uid;
	pid_t pid;

	ASSERT_EQ(0, parameter_set("max_user_slots", 1));
	for (uid = 12345; uid < 12348; uid++) {
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid) {
			ASSERT_EQ(0, become(uid, 54321));
			EXPECT_LE(0, create_named(NULL));
			EXPECT_EQ(-EDQUOT, create_named(NULL));
			_exit(0);
		}
		EXPECT_EQ(0, child_status(pid));
	}
}

TEST_F(limits, queue_bytes)
{
	struct mailslot_create args = create_args(NULL);
	int fd;

	ASSERT_EQ(0, parameter_set("default_queue_bytes", 8192));
	fd = create_slot(&args);
	ASSERT_LE(0, fd);
	EXPECT_EQ(8192, info_of(fd).queue_bytes);
	close(fd);

	ASSERT_EQ(0, parameter_set("max_queue_bytes", 10000));
	args.queue_bytes = 10001;
	EXPECT_EQ(-ERANGE, create_slot(&args));
	args.queue_bytes = 10000;
	fd = create_slot(&args);
	EXPECT_LE(0, fd);
	close(fd);
}

/* A queue that no message fits into: who sets that is told, rather than all who create. */
TEST_F(limits, queue_bytes_of_no_message)
{
	static const char * const names[] = { "default_queue_bytes", "max_queue_bytes" };
	struct mailslot_create args = create_args(NULL);
	unsigned long long was;
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		was = parameter_get(names[i]);
		EXPECT_EQ(-EINVAL, parameter_set(names[i], 0));
		EXPECT_EQ(-EINVAL, parameter_set(names[i], COST - 1));
		EXPECT_EQ(was, parameter_get(names[i]));
		ASSERT_EQ(0, parameter_set(names[i], COST));
		EXPECT_EQ(COST, parameter_get(names[i]));
		fd = create_slot(&args);
		ASSERT_LE(0, fd);
		EXPECT_EQ(COST, info_of(fd).queue_bytes);
		close(fd);
	}
}
