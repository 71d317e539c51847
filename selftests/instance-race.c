// SPDX-License-Identifier: GPL-2.0-only
/*
 * Races in an instance: creation, opening, death, unlink, directories, listing and unmounting, each
 * at the same time as the others. Two processors show more of them.
 *
 * INSTANCE_SECONDS and INSTANCE_SEED in the environment: how long, and which dice.
 */
#include <glob.h>
#include <sys/inotify.h>
#include <sys/param.h>
#include "instance.h"

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

/* Objects in the slab caches of the module that are its own, or -1 where nothing is told. */
static long module_objects(void)
{
	char path[512], text[64];
	long sum = -1;
	glob_t caches;
	struct stat st;
	size_t i;

	if (glob("/sys/kernel/slab/mailslot_*", 0, NULL, &caches))
		return -1;
	for (i = 0; i < caches.gl_pathc; i++) {
		/* A link is another cache that SLUB merged ours into. */
		if (lstat(caches.gl_pathv[i], &st) || !S_ISDIR(st.st_mode))
			continue;
		/* Only then the count is exact. */
		snprintf(path, sizeof(path), "%s/shrink", caches.gl_pathv[i]);
		write_text(path, "1");
		snprintf(path, sizeof(path), "%s/objects", caches.gl_pathv[i]);
		if (slurp(path, text, sizeof(text)) > 0)
			sum = (sum < 0 ? 0 : sum) + atol(text);
	}
	globfree(&caches);
	return sum;
}

/* Inodes and slots are freed by RCU. */
static bool module_objects_become(long count)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;

	while (module_objects() > count) {
		if (now_ns(CLOCK_MONOTONIC) > end)
			return false;
		sleep_ns(100 * NSEC_PER_MSEC);
	}
	return true;
}

/* What processes of a race share. */
struct race {
	__u64 end;
	int directory;		/* the root directory of the instance */
	unsigned long created;	/* __atomic_*, as the rest */
	unsigned long opened;
	unsigned long arrived;
	unsigned long listed;
	char wrong[200];
};

static void wrong(struct race *race, const char *what, long a, long b)
{
	if (!race->wrong[0])
		snprintf(race->wrong, sizeof(race->wrong), "%s: %ld, %ld", what, a, b);
}

static bool go_on(const struct race *race)
{
	return !race->wrong[0] && now_ns(CLOCK_MONOTONIC) < race->end;
}

static void count(unsigned long *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

static struct race *race_for(unsigned int seconds)
{
	struct race *race = shared_memory(sizeof(*race));

	race->end = now_ns(CLOCK_MONOTONIC) + seconds * NSEC_PER_SEC;
	race->directory = open_directory(in(""));
	if (race->directory < 0)
		abort();
	return race;
}

/*
 * Everything at random.
 */

/* Some of them collide: a directory is no slot. */
static const char * const names[] = { "a", "b", "d", "d/a", "d/b", "d/e", "d/e/a", "d/e/f/g" };

#define KEPT	6

struct worker {
	struct race *race;
	__u64 random;
	int servers[KEPT];
	int clients[KEPT];
};

static bool one_of(long ret, const int *errors)
{
	if (ret >= 0)
		return true;
	for (; *errors; errors++)
		if (ret == -*errors)
			return true;
	return false;
}

#define AMONG(ret, ...)	one_of(ret, (const int []) { __VA_ARGS__, 0 })

static const char *some_name(struct worker *worker)
{
	return names[roll(&worker->random, ARRAY_SIZE(names))];
}

static void keep(struct worker *worker, int *kept, int fd)
{
	int *place = &kept[roll(&worker->random, KEPT)];

	if (*place >= 0)
		close(*place);
	*place = fd;
}

static void do_open_server(struct worker *worker)
{
	int fd = R(openat(worker->race->directory, some_name(worker),
			  O_CREAT | O_EXCL | O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0666));

	if (!AMONG(fd, EEXIST, ENOENT, ENOTDIR))
		wrong(worker->race, "a server by open", fd, 0);
	if (fd < 0)
		return;
	if (info_of(fd).flags != MAILSLOT_INFO_SERVER)
		wrong(worker->race, "no server by open", info_of(fd).flags, 0);
	count(&worker->race->created);
	keep(worker, worker->servers, fd);
}

/* CREATE makes what is missing, so a name is there or taken. */
static void do_create(struct worker *worker)
{
	struct mailslot_create args = create_args(some_name(worker));
	int fd;

	args.mode = 0666;
	args.flags = MAILSLOT_CREATE_NONBLOCK;
	args.queue_bytes = 20000;
	fd = R(ioctl(worker->race->directory, MAILSLOT_IOC_CREATE, &args));
	if (!AMONG(fd, EEXIST))
		wrong(worker->race, "CREATE", fd, 0);
	if (fd < 0)
		return;
	count(&worker->race->created);
	keep(worker, worker->servers, fd);
}

static void do_open_client(struct worker *worker)
{
	int flags = O_WRONLY | O_NONBLOCK | O_CLOEXEC | (roll(&worker->random, 2) ? O_CREAT : 0);
	int fd = R(openat(worker->race->directory, some_name(worker), flags, 0666));

	if (!AMONG(fd, ENOENT, ENOTDIR, EISDIR, ENXIO))
		wrong(worker->race, "a client", fd, flags);
	if (fd < 0)
		return;
	if (info_of(fd).flags & MAILSLOT_INFO_SERVER)
		wrong(worker->race, "a server instead of a client", fd, 0);
	count(&worker->race->opened);
	keep(worker, worker->clients, fd);
}

/* A message tells which slot it was meant for. */
static void do_write(struct worker *worker)
{
	int client = worker->clients[roll(&worker->random, KEPT)];
	struct stat st;
	__u64 inode;
	long ret;

	if (client < 0)
		return;
	if (fstat(client, &st))
		wrong(worker->race, "fstat of a client", errno, 0);
	inode = st.st_ino;
	ret = R(write(client, &inode, sizeof(inode)));
	if (!AMONG(ret, EPIPE, EAGAIN, EDQUOT))
		wrong(worker->race, "write", ret, 0);
}

static void do_read(struct worker *worker)
{
	int server = worker->servers[roll(&worker->random, KEPT)];
	struct stat st;
	__u64 inode;
	long ret;

	if (server < 0)
		return;
	if (fstat(server, &st))
		wrong(worker->race, "fstat of a server", errno, 0);
	while ((ret = R(read(server, &inode, sizeof(inode)))) == sizeof(inode)) {
		if (inode != st.st_ino)
			wrong(worker->race, "a message for another", inode, st.st_ino);
		count(&worker->race->arrived);
	}
	if (ret != -EAGAIN)
		wrong(worker->race, "read", ret, 0);
}

static void do_unlink(struct worker *worker)
{
	long ret = R(unlinkat(worker->race->directory, some_name(worker), 0));

	if (!AMONG(ret, ENOENT, ENOTDIR, EISDIR))
		wrong(worker->race, "unlink", ret, 0);
}

static void do_mkdir(struct worker *worker)
{
	long ret = R(mkdirat(worker->race->directory, some_name(worker), 0777));

	if (!AMONG(ret, EEXIST, ENOENT, ENOTDIR))
		wrong(worker->race, "mkdir", ret, 0);
}

static void do_rmdir(struct worker *worker)
{
	long ret = R(unlinkat(worker->race->directory, some_name(worker), AT_REMOVEDIR));

	if (!AMONG(ret, ENOENT, ENOTDIR, ENOTEMPTY))
		wrong(worker->race, "rmdir", ret, 0);
}

static void do_list(struct worker *worker)
{
	int fd = R(openat(worker->race->directory, roll(&worker->random, 2) ? "." : "d",
			  O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	struct dirent *entry;
	DIR *directory;

	if (!AMONG(fd, ENOENT, ENOTDIR, ENXIO))
		wrong(worker->race, "opening a directory", fd, 0);
	directory = fd < 0 ? NULL : fdopendir(fd);
	if (!directory)
		return;
	while ((entry = readdir(directory)))
		if (entry->d_type != DT_CHR && entry->d_type != DT_DIR)
			wrong(worker->race, "a type in the list", entry->d_type, 0);
	closedir(directory);
	count(&worker->race->listed);
}

/* A path descriptor outlives what it stands for. */
static void do_reopen(struct worker *worker)
{
	int place = openat(worker->race->directory, some_name(worker), O_PATH | O_CLOEXEC), fd;
	char path[64];

	if (place < 0)
		return;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", place);
	if (roll(&worker->random, 2))
		sched_yield();
	fd = open_client(path, O_WRONLY | O_NONBLOCK);
	if (!AMONG(fd, ENXIO, EISDIR))
		wrong(worker->race, "a client by its path", fd, 0);
	if (fd >= 0)
		keep(worker, worker->clients, fd);
	close(place);
}

static void do_look(struct worker *worker)
{
	int server = worker->servers[roll(&worker->random, KEPT)];
	int client = worker->clients[roll(&worker->random, KEPT)];
	struct stat st;
	long ret = R(fstatat(worker->race->directory, some_name(worker), &st, 0));

	if (!AMONG(ret, ENOENT, ENOTDIR))
		wrong(worker->race, "stat", ret, 0);
	ret = R(fchmodat(worker->race->directory, some_name(worker), 0770, 0));
	if (!AMONG(ret, ENOENT, ENOTDIR))
		wrong(worker->race, "chmod", ret, 0);
	if (server >= 0 && info_of(server).flags & MAILSLOT_INFO_GONE)
		wrong(worker->race, "a dead server", 0, 0);
	if (client >= 0)
		poll_now(client, POLLOUT);
}

static void do_close(struct worker *worker)
{
	keep(worker, roll(&worker->random, 3) ? worker->servers : worker->clients, -1);
}

static void work(struct race *race, __u64 seed)
{
	static void (* const acts[])(struct worker *worker) = {
		do_open_server, do_open_server, do_create, do_create, do_open_client,
		do_open_client, do_write, do_write, do_read, do_read, do_unlink, do_mkdir, do_rmdir,
		do_list, do_reopen, do_look, do_close, do_close,
	};
	struct worker worker = { .race = race, .random = seed };
	int i;

	for (i = 0; i < KEPT; i++) {
		worker.servers[i] = -1;
		worker.clients[i] = -1;
	}
	while (go_on(race))
		acts[roll(&worker.random, ARRAY_SIZE(acts))](&worker);
}

#define WORKERS	6

static void start_workers(struct race *race, pid_t pids[WORKERS], __u64 seed)
{
	int i;

	for (i = 0; i < WORKERS; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			abort();
		if (!pids[i]) {
			work(race, seed + i);
			_exit(0);
		}
	}
}

TEST_F_TIMEOUT(instance, everything_at_once, 120)
{
	__u64 seed = from_environment("INSTANCE_SEED", now_ns(CLOCK_REALTIME));
	long free = slots_free();
	pid_t pids[WORKERS];
	struct race *race;
	int i;

	race = race_for(from_environment("INSTANCE_SECONDS", 5 * harness_slowness()));
	start_workers(race, pids, seed);
	for (i = 0; i < WORKERS; i++)
		EXPECT_EQ(0, child_status(pids[i]));
	EXPECT_STREQ("", race->wrong)
		TH_LOG("INSTANCE_SEED=%llu", seed);
	EXPECT_LT(0, race->created);
	EXPECT_LT(0, race->opened);
	EXPECT_LT(0, race->arrived);
	EXPECT_LT(0, race->listed);
	TH_LOG("%lu created, %lu opened, %lu arrived", race->created, race->opened, race->arrived);
	/* Only directories are left. */
	for (i = ARRAY_SIZE(names) - 1; i >= 0; i--)
		if (is_directory(in(names[i])))
			rmdir(in(names[i]));
	rmdir(in("d/e/f"));
	rmdir(in("d/e"));
	rmdir(in("d"));
	EXPECT_TRUE(disappears(in("d")));
	EXPECT_EQ(0, count_entries(in("")));
	EXPECT_TRUE(slots_free_become("a", free));
	close(race->directory);
	EXPECT_EQ(0, unmount("a", 0));
}

/* The instance loses its mount and its processes while they are at it; nothing of it is left. */
TEST_F_TIMEOUT(instance, unmounted_and_killed_at_once, 240)
{
	__u64 seed = from_environment("INSTANCE_SEED", now_ns(CLOCK_REALTIME));
	long users, objects;
	pid_t pids[WORKERS];
	struct race *race;
	int round, killed, i;

	ASSERT_EQ(0, unmount("a", 0));
	users = module_users();
	objects = module_objects();
	for (round = 0; round < 5; round++) {
		ASSERT_EQ(0, mount_instance("a", 0, "max_slots=200,max_bytes=1048576"));
		race = race_for(60);
		start_workers(race, pids, seed + round * WORKERS);
		sleep_ns((300 + 100 * round) * NSEC_PER_MSEC * harness_slowness());
		close(race->directory);
		EXPECT_EQ(0, unmount("a", MNT_DETACH));
		sleep_ns(200 * NSEC_PER_MSEC);
		for (i = 0; i < WORKERS; i++)
			kill(pids[i], SIGKILL);
		for (killed = i = 0; i < WORKERS; i++)
			killed += child_status(pids[i]) == 128 + SIGKILL;
		ASSERT_STREQ("", race->wrong)
			TH_LOG("INSTANCE_SEED=%llu, round %d", seed, round);
		EXPECT_EQ(WORKERS, killed);
		EXPECT_LT(0, race->created);
		munmap(race, sizeof(*race));
	}
	EXPECT_TRUE(module_users_become(users));
	EXPECT_TRUE(module_objects_become(objects))
		TH_LOG("%ld objects instead of %ld", module_objects(), objects);
}

/*
 * One thing against another.
 */

#define RACERS	4
#define ROUNDS	100

struct racer {
	pthread_t thread;
	pthread_barrier_t *barrier;
	const char *name;
	bool by_open;
	int result[ROUNDS];
};

static void *race_for_a_name(void *argument)
{
	struct racer *racer = argument;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		pthread_barrier_wait(racer->barrier);
		racer->result[round] = racer->by_open ? make_slot(in(racer->name), O_RDONLY, 0600) :
							create_in(racer->name);
		pthread_barrier_wait(racer->barrier);
		if (racer->result[round] >= 0)
			close(racer->result[round]);
		pthread_barrier_wait(racer->barrier);
	}
	return NULL;
}

static void run_race(struct __test_metadata *_metadata, const char * const names[RACERS],
		     bool by_open)
{
	struct racer racers[RACERS];
	pthread_barrier_t barrier;
	int i, round, winners;

	pthread_barrier_init(&barrier, NULL, RACERS);
	for (i = 0; i < RACERS; i++) {
		racers[i].barrier = &barrier;
		racers[i].name = names[i];
		racers[i].by_open = by_open && i % 2;
		ASSERT_EQ(0, pthread_create(&racers[i].thread, NULL, race_for_a_name, &racers[i]));
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

TEST_F(instance, creators_race_for_a_name)
{
	static const char * const names[RACERS] = { "race", "race", "race", "race" };

	run_race(_metadata, names, true);
	EXPECT_EQ(0, count_entries(in("")));
}

/*
 * Of names that collide, one at most is made; and all of them may fail: a directory that one of
 * them has made, or that goes, is in another's way.
 */
static void *create_for_a_while(void *argument)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + 2 * NSEC_PER_SEC;
	int fd;

	while (now_ns(CLOCK_MONOTONIC) < end) {
		fd = create_in(argument);
		if (fd >= 0)
			close(fd);
		else if (fd != -EEXIST)
			return (void *)(long)fd;
	}
	return NULL;
}

TEST_F(instance, creators_race_with_death)
{
	static const char * const names[] = { "death", "death", "death/x", "death/y", "death/x/z" };
	pthread_t threads[ARRAY_SIZE(names)];
	void *error;
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, create_for_a_while,
					    (void *)names[i]));
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		pthread_join(threads[i], &error);
		EXPECT_EQ(0, (long)error);
	}
	EXPECT_TRUE(disappears(in("death")));
	fd = create_in("death");
	EXPECT_LE(0, fd);
}

struct maker {
	pthread_t thread;
	const char *name;
	unsigned long made;
	long error;
};

static void *make_for_a_while(void *argument)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + 2 * NSEC_PER_SEC;
	struct maker *maker = argument;
	int fd;

	while (now_ns(CLOCK_MONOTONIC) < end) {
		fd = create_in(maker->name);
		if (fd < 0 || !is_node(in(maker->name))) {
			maker->error = fd < 0 ? fd : -ENOENT;
			break;
		}
		close(fd);
		maker->made++;
	}
	return NULL;
}

/* Each has a name of its own in directories that come and go: nobody is ever refused. */
TEST_F(instance, creation_races_with_the_end_of_made_directories)
{
	struct maker makers[] = { { .name = "m/x" }, { .name = "m/y" }, { .name = "m/n/z" } };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(makers); i++)
		ASSERT_EQ(0, pthread_create(&makers[i].thread, NULL, make_for_a_while, &makers[i]));
	for (i = 0; i < ARRAY_SIZE(makers); i++) {
		pthread_join(makers[i].thread, NULL);
		EXPECT_EQ(0, makers[i].error)
			TH_LOG("%s, after %lu times", makers[i].name, makers[i].made);
		EXPECT_LT(0, makers[i].made);
	}
	EXPECT_TRUE(disappears(in("m")));
	EXPECT_EQ(0, count_entries(in("")));
}

static void *toggle_directory(void *argument)
{
	struct race *race = argument;
	long ret;

	while (go_on(race)) {
		ret = R(mkdir(in("d"), 0777));
		if (!AMONG(ret, EEXIST))
			wrong(race, "mkdir", ret, 0);
		ret = R(rmdir(in("d")));
		if (!AMONG(ret, ENOTEMPTY, ENOENT))
			wrong(race, "rmdir", ret, 0);
		count(&race->listed);
	}
	return NULL;
}

/* A directory with a slot in it is not removed; one without may be, under the maker's hands. */
TEST_F(instance, creation_races_with_rmdir)
{
	struct race *race = race_for(2);
	pthread_t thread;
	int server;

	ASSERT_EQ(0, pthread_create(&thread, NULL, toggle_directory, race));
	while (go_on(race)) {
		server = make_slot(in("d/slot"), O_RDONLY, 0600);
		if (!AMONG(server, ENOENT))
			wrong(race, "a server", server, 0);
		if (server < 0)
			continue;
		if (!is_node(in("d/slot")))
			wrong(race, "no node of a slot that lives", 0, 0);
		close(server);
		count(&race->created);
	}
	pthread_join(thread, NULL);
	EXPECT_STREQ("", race->wrong);
	EXPECT_LT(0, race->created);
	rmdir(in("d"));
	EXPECT_EQ(0, count_entries(in("")));
}

static void *remove_for_a_while(void *argument)
{
	struct race *race = argument;
	long ret;

	while (go_on(race)) {
		ret = R(rmdir(in("m")));
		if (!AMONG(ret, ENOTEMPTY, ENOENT))
			wrong(race, "rmdir", ret, 0);
	}
	return NULL;
}

/*
 * CREATE makes what is missing, whoever takes it away meanwhile; and what was taken away counts no
 * longer, though others wanted to look whether it may go.
 */
TEST_F(instance, create_races_with_rmdir)
{
	struct race *race = race_for(3);
	long least = slots_free();
	pthread_t thread;
	int server;

	ASSERT_EQ(0, pthread_create(&thread, NULL, remove_for_a_while, race));
	while (go_on(race)) {
		server = create_in("m/slot");
		if (server < 0)
			wrong(race, "CREATE", server, race->created);
		close(server);
		count(&race->created);
		least = MIN(least, slots_free());
	}
	pthread_join(thread, NULL);
	EXPECT_STREQ("", race->wrong);
	EXPECT_LT(0, race->created);
	EXPECT_LT(500, least);
	TH_LOG("%lu created, %ld of 1000 left", race->created, least);
	EXPECT_TRUE(disappears(in("m")));
}

struct removal {
	pthread_barrier_t barrier;
	bool over;
	long wrong;
};

static void *unlink_at_each_barrier(void *argument)
{
	struct removal *removal = argument;
	long ret;

	for (;;) {
		pthread_barrier_wait(&removal->barrier);
		if (removal->over)
			return NULL;
		ret = R(unlink(in("slot")));
		if (!AMONG(ret, ENOENT))
			removal->wrong = ret;
		pthread_barrier_wait(&removal->barrier);
	}
}

static void count_events(int watcher, unsigned int *created, unsigned int *deleted)
{
	char events[16384] __attribute__((aligned(__alignof__(struct inotify_event))));
	struct inotify_event *event;
	ssize_t size, at;

	while ((size = read(watcher, events, sizeof(events))) > 0) {
		for (at = 0; at < size; at += sizeof(*event) + event->len) {
			event = (struct inotify_event *)(events + at);
			*created += !!(event->mask & IN_CREATE);
			*deleted += !!(event->mask & IN_DELETE);
		}
	}
}

/* Whichever is first takes the name away, and tells so; the other does nothing. */
TEST_F(instance, death_races_with_unlink)
{
	enum { TIMES = 500 };
	int watcher = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), server, client, i;
	unsigned int created = 0, deleted = 0;
	struct removal removal = {};
	long before = slots_free();
	pthread_t thread;

	ASSERT_LE(0, inotify_add_watch(watcher, in(""), IN_CREATE | IN_DELETE));
	pthread_barrier_init(&removal.barrier, NULL, 2);
	ASSERT_EQ(0, pthread_create(&thread, NULL, unlink_at_each_barrier, &removal));
	for (i = 0; i < TIMES; i++) {
		server = make_public(in("slot"));
		client = open_client(in("slot"), O_WRONLY);
		ASSERT_LE(0, client);
		pthread_barrier_wait(&removal.barrier);
		EXPECT_EQ(0, close(server));
		pthread_barrier_wait(&removal.barrier);
		EXPECT_FALSE(exists(in("slot")));
		EXPECT_TRUE(is_dead(client));
		close(client);
		count_events(watcher, &created, &deleted);
		ASSERT_EQ(i + 1, created);
		ASSERT_EQ(i + 1, deleted);
	}
	removal.over = true;
	pthread_barrier_wait(&removal.barrier);
	pthread_join(thread, NULL);
	EXPECT_EQ(0, removal.wrong);
	EXPECT_EQ(before, slots_free());
}

static void *come_and_go(void *argument)
{
	struct race *race = argument;
	unsigned int number = 0;
	char name[32];
	int fd;

	while (go_on(race)) {
		snprintf(name, sizeof(name), "other-%u", number++ % 7);
		fd = make_public(in(name));
		if (fd < 0)
			wrong(race, "a server", fd, 0);
		close(fd);
		count(&race->created);
	}
	return NULL;
}

/* Who stays is listed, each time and once. */
TEST_F(instance, listing_races_with_others)
{
	enum { STABLE = 300 };
	int servers[STABLE], seen[STABLE], i, lists = 0;
	struct dirent *entry;
	struct race *race;
	pthread_t thread;
	char name[32];
	DIR *list;

	for (i = 0; i < STABLE; i++) {
		snprintf(name, sizeof(name), "stable-%d", i);
		servers[i] = make_public(in(name));
		ASSERT_LE(0, servers[i]);
	}
	race = race_for(3);
	ASSERT_EQ(0, pthread_create(&thread, NULL, come_and_go, race));
	while (go_on(race)) {
		memset(seen, 0, sizeof(seen));
		list = opendir(in(""));
		ASSERT_NE(NULL, list);
		while ((entry = readdir(list)))
			if (sscanf(entry->d_name, "stable-%d", &i) == 1)
				seen[i]++;
		closedir(list);
		for (i = 0; i < STABLE; i++)
			if (seen[i] != 1)
				wrong(race, "times that one is listed", seen[i], i);
		lists++;
	}
	pthread_join(thread, NULL);
	EXPECT_STREQ("", race->wrong);
	EXPECT_LT(0, lists);
	EXPECT_LT(0, race->created);
}

static void *live_and_die(void *argument)
{
	struct race *race = argument;
	int fd;

	while (go_on(race)) {
		fd = make_public(in("slot"));
		if (fd < 0) {
			wrong(race, "a server", fd, 0);
			continue;
		}
		if (info_of(fd).flags != MAILSLOT_INFO_SERVER)
			wrong(race, "no server", info_of(fd).flags, 0);
		sched_yield();
		close(fd);
		count(&race->created);
	}
	return NULL;
}

/* Clients meet the slot or nothing, and are never servers, whatever their flags. */
TEST_F(instance, opening_races_with_death)
{
	static const int flags[] = { O_WRONLY, O_WRONLY | O_CREAT, O_RDWR | O_CREAT | O_TRUNC };
	struct race *race = race_for(3);
	unsigned int round = 0;
	pthread_t thread;
	int client;
	long ret;

	ASSERT_EQ(0, pthread_create(&thread, NULL, live_and_die, race));
	while (go_on(race)) {
		client = open_client(in("slot"), flags[round++ % ARRAY_SIZE(flags)]);
		if (!AMONG(client, ENOENT, ENXIO))
			wrong(race, "a client", client, 0);
		if (client < 0)
			continue;
		count(&race->opened);
		if (info_of(client).flags & MAILSLOT_INFO_SERVER)
			wrong(race, "a second server", client, 0);
		ret = R(write(client, "x", 1));
		if (!AMONG(ret, EPIPE))
			wrong(race, "write", ret, 0);
		close(client);
	}
	pthread_join(thread, NULL);
	EXPECT_STREQ("", race->wrong);
	EXPECT_LT(0, race->created);
	EXPECT_LT(0, race->opened);
	EXPECT_EQ(0, count_entries(in("")));
}

/* Each process has a directory of its own to mount on; ends outlive some of the mounts. */
static void mount_for_a_while(struct race *race, const char *place)
{
	int server, made;
	long ret;

	while (go_on(race)) {
		ret = mount_instance(place, 0, "max_slots=5");
		if (ret) {
			wrong(race, "mount", ret, 0);
			break;
		}
		server = make_public(path_of("%s/slot", place));
		made = create_named_at(path_of("%s", place), "x/y");
		if (server < 0 || made < 0)
			wrong(race, "a server", server, made);
		close(made);
		ret = unmount(place, 0);
		if (ret != -EBUSY)
			wrong(race, "umount of a busy mount", ret, 0);
		ret = unmount(place, MNT_DETACH);
		if (ret)
			wrong(race, "umount -l", ret, 0);
		close(server);
		count(&race->created);
	}
}

TEST_F(instance, mounts_race_with_mounts)
{
	static const char * const places[] = { "b", "c", "tmp" };
	pid_t pids[ARRAY_SIZE(places)];
	long users, objects;
	struct race *race;
	size_t i;

	ASSERT_EQ(0, unmount("a", 0));
	users = module_users();
	objects = module_objects();
	race = race_for(3);
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		pids[i] = fork();
		ASSERT_LE(0, pids[i]);
		if (!pids[i]) {
			mount_for_a_while(race, places[i]);
			_exit(0);
		}
	}
	for (i = 0; i < ARRAY_SIZE(places); i++)
		EXPECT_EQ(0, child_status(pids[i]));
	EXPECT_STREQ("", race->wrong);
	EXPECT_LT(0, race->created);
	EXPECT_TRUE(module_users_become(users));
	EXPECT_TRUE(module_objects_become(objects))
		TH_LOG("%ld objects instead of %ld", module_objects(), objects);
}
