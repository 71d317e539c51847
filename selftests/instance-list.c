// SPDX-License-Identifier: GPL-2.0-only
/*
 * LIST: what it tells of the slots of an instance, to whom, in how many calls, and what it refuses.
 */
#include <pthread.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include "instance.h"

#define ENTRY		((__u32)sizeof(struct mailslot_list_entry))
#define SLOTS		300

/* One call; how many entries it filled, or -errno. */
static int list_once(int directory, struct mailslot_list_entry *entries, __u32 count, __u64 *cursor)
{
	struct mailslot_list args = {
		.entries = (uintptr_t)entries, .count = count, .entry_size = ENTRY,
		.cursor = *cursor,
	};
	int told = R(ioctl(directory, MAILSLOT_IOC_LIST, &args));

	*cursor = args.cursor;
	return told;
}

/* All that there is below a directory, by calls for so many at a time; or -errno. */
static int list_all(const char *path, struct mailslot_list_entry *entries, int room, __u32 step)
{
	int directory = open_directory(path), told = directory, sum = 0;
	__u64 cursor = 0;

	if (directory < 0)
		return directory;
	do {
		told = list_once(directory, entries + sum, step, &cursor);
		sum += told > 0 ? told : 0;
	} while (told == (int)step && sum + (int)step <= room);
	close(directory);
	return told < 0 ? told : sum;
}

static const struct mailslot_list_entry *entry_of(const struct mailslot_list_entry *entries,
						  int count, const char *name)
{
	int i;

	for (i = 0; i < count; i++)
		if (!strcmp(entries[i].name, name))
			return &entries[i];
	return NULL;
}

static bool is_listed(const char *directory, const char *name)
{
	struct mailslot_list_entry entries[16];
	int count = list_all(directory, entries, ARRAY_SIZE(entries), 8);

	return count > 0 && entry_of(entries, count, name);
}

TEST_F(instance, list_tells_what_a_slot_is)
{
	struct mailslot_create args = create_args("slot");
	struct mailslot_list_entry entry, two[2];
	struct mailslot_info info;
	int server, client;
	struct stat st;

	args.queue_bytes = 4096;
	args.max_message_size = 100;
	args.mode = 0640;
	server = create_at(in(""), &args);
	ASSERT_LE(0, server);
	ASSERT_EQ(0, chown(in("slot"), ALICE, FRIENDS));
	client = open_client(in("slot"), O_WRONLY);
	ASSERT_EQ(3, write(client, "one", 3));
	ASSERT_EQ(4, write(client, "four", 4));
	ASSERT_EQ(3, read(server, two, sizeof(two)));
	memset(two, POISON, sizeof(two));
	ASSERT_EQ(1, list_all(in(""), two, 2, 1));
	entry = two[0];
	info = info_of(server);
	ASSERT_EQ(0, stat(in("slot"), &st));
	EXPECT_STREQ("slot", entry.name);
	EXPECT_EQ(MAILSLOT_LIST_COUNTED, entry.flags);
	EXPECT_EQ(1, entry.message_count);
	EXPECT_EQ(4 + COST, entry.queued_bytes);
	EXPECT_EQ(4096, entry.queue_bytes);
	EXPECT_EQ(2, entry.messages_written);
	EXPECT_EQ(1, entry.messages_read);
	EXPECT_EQ(7, entry.bytes_written);
	EXPECT_EQ(3, entry.bytes_read);
	EXPECT_EQ(info.creation_time_ns, entry.creation_time_ns);
	EXPECT_EQ(info.last_write_time_ns, entry.oldest_time_ns);
	EXPECT_EQ(100, entry.max_message_size);
	EXPECT_EQ(1, entry.clients);
	EXPECT_EQ(st.st_rdev, makedev(entry.dev_major, entry.dev_minor));
	EXPECT_EQ(ALICE, entry.uid);
	EXPECT_EQ(FRIENDS, entry.gid);
	EXPECT_EQ(0640, entry.mode);
	/* All of the name is written: nothing of the kernel's memory is behind it. */
	EXPECT_TRUE(all_bytes(entry.name + 4, sizeof(entry.name) - 4, 0));
	EXPECT_TRUE(all_bytes(&two[1], sizeof(two[1]), POISON));
	ASSERT_EQ(4, read(server, two, sizeof(two)));
	ASSERT_EQ(1, list_all(in(""), &entry, 1, 1));
	EXPECT_EQ(0, entry.oldest_time_ns);
	EXPECT_EQ(0, entry.message_count);
}

/* Names start at the directory that is listed, and those beside it are not told. */
TEST_F(instance, list_of_a_directory)
{
	static const char * const names[] = { "x", "d", "dx", "d/y", "d/e/z", "de/z" };
	struct mailslot_list_entry entries[8];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (i != 1)
			ASSERT_LE(0, create_in(names[i]));
	ASSERT_EQ(5, list_all(in(""), entries, 8, 8));
	for (i = 0; i < ARRAY_SIZE(names); i++)
		EXPECT_EQ(i != 1, !!entry_of(entries, 5, names[i]))
			TH_LOG("name %zu", i);
	ASSERT_EQ(2, list_all(in("d"), entries, 8, 8));
	EXPECT_NE(NULL, entry_of(entries, 2, "y"));
	EXPECT_NE(NULL, entry_of(entries, 2, "e/z"));
	ASSERT_EQ(1, list_all(in("d/e"), entries, 8, 8));
	EXPECT_STREQ("z", entries[0].name);
}

/* Slots of another instance, and of /dev, are not told. */
TEST_F(instance, list_of_two_instances)
{
	struct mailslot_list_entry entries[4];
	int other = create_named("instance-list");

	ASSERT_LE(0, other);
	ASSERT_EQ(0, mount_instance("b", 0, NULL));
	ASSERT_LE(0, create_in("mine"));
	ASSERT_LE(0, create_named_at(in_b(""), "theirs"));
	ASSERT_EQ(1, list_all(in(""), entries, 4, 4));
	EXPECT_STREQ("mine", entries[0].name);
	ASSERT_EQ(1, list_all(in_b(""), entries, 4, 4));
	EXPECT_STREQ("theirs", entries[0].name);
}

/* A slot that stays is told once, however many calls it takes, and whatever comes and goes. */
TEST_F(instance, list_in_many_calls)
{
	static struct mailslot_list_entry entries[2 * SLOTS + 8];
	int directory = open_directory(in("")), servers[SLOTS], count = 0, told, i;
	bool seen[SLOTS] = {};
	char name[32];
	__u64 cursor = 0;

	ASSERT_LE(0, directory);
	for (i = 0; i < SLOTS; i++) {
		snprintf(name, sizeof(name), "%d", i);
		servers[i] = create_in(name);
		ASSERT_LE(0, servers[i]);
	}
	do {
		told = list_once(directory, entries + count, 7, &cursor);
		ASSERT_LE(0, told);
		count += told;
		/* Of the slots with odd numbers two go, and one of them comes again. */
		i = 2 * (count % (SLOTS / 2)) + 1;
		close(servers[i]);
		snprintf(name, sizeof(name), "%d", i);
		servers[i] = create_in(name);
		close(servers[SLOTS - i]);
		servers[SLOTS - i] = -1;
		ASSERT_GE(2 * SLOTS, count);
	} while (told == 7);
	for (i = 0; i < count; i++) {
		int number = atoi(entries[i].name);

		EXPECT_TRUE(number % 2 || !seen[number])
			TH_LOG("%d is told twice", number);
		seen[number] = true;
	}
	for (i = 0; i < SLOTS; i += 2)
		EXPECT_TRUE(seen[i])
			TH_LOG("%d is not told", i);
	while (list_once(directory, entries, 7, &cursor))
		;
	cursor = ~0ULL;
	EXPECT_EQ(0, list_once(directory, entries, 7, &cursor));
}

/* Names that are gone, though the slots live, and slots that are dead, though clients hold them. */
TEST_F(instance, list_has_names_only)
{
	int server = create_in("unlinked"), dead = create_in("dead"), client;
	struct mailslot_list_entry entries[4];

	ASSERT_LE(0, server);
	ASSERT_LE(0, dead);
	client = open_client(in("dead"), O_WRONLY);
	ASSERT_LE(0, client);
	ASSERT_EQ(2, list_all(in(""), entries, 4, 2));
	ASSERT_EQ(0, unlink(in("unlinked")));
	ASSERT_EQ(0, close(dead));
	EXPECT_EQ(0, list_all(in(""), entries, 4, 2));
}

/* Counts are for who could ask the slot: the rest is for all. */
TEST_F(instance, list_counts_for_some)
{
	static const struct {
		uid_t uid;
		gid_t gid;
		mode_t mode;
		bool counted;
	} cases[] = {
		{ BOB, BOB, 0600, false }, { BOB, BOB, 0000, false }, { BOB, BOB, 0602, true },
		{ BOB, BOB, 0604, true }, { BOB, FRIENDS, 0620, true },
		{ BOB, FRIENDS, 0604, false },
		{ ALICE, BOB, 0000, true }, { 0, 0, 0000, true },
	};
	struct mailslot_list_entry entries[2];
	int server, client;
	size_t i;

	act_as(ALICE, FRIENDS);
	server = create_in("slot");
	act_as(0, 0);
	ASSERT_LE(0, server);
	client = open_client(in("slot"), O_WRONLY);
	ASSERT_EQ(1, write(client, "x", 1));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		ASSERT_EQ(0, chmod(in("slot"), cases[i].mode));
		memset(entries, POISON, sizeof(entries));
		act_as(cases[i].uid, cases[i].gid);
		EXPECT_EQ(1, list_all(in(""), entries, 2, 1));
		act_as(0, 0);
		EXPECT_EQ((__u32)cases[i].counted * MAILSLOT_LIST_COUNTED, entries[0].flags)
			TH_LOG("case %zu", i);
		EXPECT_EQ(cases[i].counted, entries[0].message_count);
		EXPECT_EQ(cases[i].counted, entries[0].bytes_written);
		EXPECT_EQ(cases[i].counted, entries[0].clients);
		EXPECT_EQ(cases[i].counted, !!entries[0].oldest_time_ns);
		EXPECT_EQ(info_of(server).queue_bytes, entries[0].queue_bytes);
		EXPECT_EQ(ALICE, entries[0].uid);
		EXPECT_EQ(cases[i].mode, entries[0].mode);
	}
}

/* What the caller could not find by reading directories is not told. */
TEST_F(instance, list_goes_where_the_caller_may)
{
	int directory;
	struct mailslot_list_entry entries[4];
	__u64 cursor = 0;

	ASSERT_EQ(0, mkdir(in("d"), 0755));
	ASSERT_EQ(0, mkdir(in("d/e"), 0755));
	ASSERT_LE(0, create_in("d/e/slot"));
	act_as(ALICE, FRIENDS);
	EXPECT_TRUE(is_listed(in(""), "d/e/slot"));
	act_as(0, 0);
	ASSERT_EQ(0, chmod(in("d"), 0711));
	act_as(ALICE, FRIENDS);
	EXPECT_FALSE(is_listed(in(""), "d/e/slot"));
	EXPECT_TRUE(is_listed(in("d/e"), "slot"));
	act_as(0, 0);
	EXPECT_TRUE(is_listed(in(""), "d/e/slot"));
	ASSERT_EQ(0, chmod(in("d"), 0744));
	act_as(ALICE, FRIENDS);
	EXPECT_FALSE(is_listed(in(""), "d/e/slot"));
	directory = open_directory(in("d"));
	ASSERT_LE(0, directory);
	EXPECT_EQ(-EACCES, list_once(directory, entries, 4, &cursor));
	EXPECT_EQ(-EACCES, open_directory(in("d/e")));
	act_as(0, 0);
}

TEST_F(instance, list_refuses)
{
	struct mailslot_list_entry entries[2] = {};
	const struct mailslot_list good = {
		.entries = (uintptr_t)entries, .count = 2, .entry_size = ENTRY,
	};
	int directory = open_directory(in("")), server = create_in("slot"), control;
	struct mailslot_list args;
	struct {
		struct mailslot_list args;
		__u64 more;
	} longer = { .args = good };

	ASSERT_LE(0, directory);
	ASSERT_LE(0, server);
	args = good;
	args.count = 0;
	EXPECT_EQ(-EINVAL, R(ioctl(directory, MAILSLOT_IOC_LIST, &args)));
	args.count = MAILSLOT_BATCH_MAX + 1;
	EXPECT_EQ(-EINVAL, R(ioctl(directory, MAILSLOT_IOC_LIST, &args)));
	args = good;
	args.entry_size = ENTRY - 1;
	EXPECT_EQ(-EINVAL, R(ioctl(directory, MAILSLOT_IOC_LIST, &args)));
	args.entry_size = sysconf(_SC_PAGESIZE) + 1;
	EXPECT_EQ(-E2BIG, R(ioctl(directory, MAILSLOT_IOC_LIST, &args)));
	args = good;
	args.flags = 1;
	EXPECT_EQ(-EINVAL, R(ioctl(directory, MAILSLOT_IOC_LIST, &args)));
	args = good;
	args.reserved = 1;
	EXPECT_EQ(-EINVAL, R(ioctl(directory, MAILSLOT_IOC_LIST, &args)));
	args = good;
	args.entries = (uintptr_t)nowhere();
	EXPECT_EQ(-EFAULT, R(ioctl(directory, MAILSLOT_IOC_LIST, &args)));
	EXPECT_EQ(-EFAULT, R(ioctl(directory, MAILSLOT_IOC_LIST, nowhere())));
	longer.more = 1;
	EXPECT_EQ(-E2BIG, R(ioctl(directory, _IOC(_IOC_READ | _IOC_WRITE, MAILSLOT_IOC_MAGIC, 5,
						  sizeof(longer)), &longer)));
	longer.more = 0;
	EXPECT_EQ(1, R(ioctl(directory, _IOC(_IOC_READ | _IOC_WRITE, MAILSLOT_IOC_MAGIC, 5,
					     sizeof(longer)), &longer)));
	EXPECT_STREQ("slot", entries[0].name);
	/* Shorter than what says where to go on. */
	EXPECT_EQ(-EINVAL, R(ioctl(directory, _IOC(_IOC_READ | _IOC_WRITE, MAILSLOT_IOC_MAGIC, 5,
						   16), &longer)));
	args = good;
	EXPECT_EQ(-ENOTTY, R(ioctl(server, MAILSLOT_IOC_LIST, &args)));
	control = open(MAILSLOT_CONTROL, O_RDWR | O_CLOEXEC);
	EXPECT_EQ(-ENOTTY, R(ioctl(control, MAILSLOT_IOC_LIST, &args)));
	EXPECT_EQ(1, R(ioctl(directory, MAILSLOT_IOC_LIST, &args)));
}

/* Entries of a later version's size: what this one does not know is zero. */
TEST_F(instance, list_fills_longer_entries)
{
	struct {
		struct mailslot_list_entry entry;
		__u64 more;
	} entries[3];
	struct mailslot_list args = {
		.entries = (uintptr_t)entries, .count = 3, .entry_size = sizeof(entries[0]),
	};
	int directory = open_directory(in(""));

	memset(entries, POISON, sizeof(entries));
	ASSERT_LE(0, create_in("one"));
	ASSERT_LE(0, create_in("two"));
	ASSERT_EQ(2, R(ioctl(directory, MAILSLOT_IOC_LIST, &args)));
	EXPECT_STREQ("one", entries[0].entry.name);
	EXPECT_STREQ("two", entries[1].entry.name);
	EXPECT_EQ(0, entries[0].more);
	EXPECT_EQ(0, entries[1].more);
	EXPECT_TRUE(all_bytes(&entries[2], sizeof(entries[2]), POISON));
}

/* Memory that ends in the middle: what fits is told, and the next call goes on behind it. */
TEST_F(instance, list_into_memory_that_ends)
{
	size_t page = sysconf(_SC_PAGESIZE);
	struct mailslot_list_entry *entries, rest[2];
	int directory = open_directory(in(""));
	__u64 cursor = 0;
	char *memory;

	memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, memory);
	ASSERT_EQ(0, munmap(memory + page, page));
	entries = (void *)(memory + page - 2 * ENTRY + 8);
	ASSERT_LE(0, create_in("one"));
	ASSERT_LE(0, create_in("two"));
	ASSERT_EQ(1, list_once(directory, entries, 2, &cursor));
	EXPECT_STREQ("one", entries[0].name);
	EXPECT_EQ(-EFAULT, list_once(directory, entries + 1, 1, &cursor));
	ASSERT_EQ(1, list_once(directory, rest, 2, &cursor));
	EXPECT_STREQ("two", rest[0].name);
}

/* Owners that a user namespace does not know have the overflow ids there. */
TEST_F(instance, list_in_a_user_namespace)
{
	struct mailslot_list_entry entries[2];
	pid_t pid;

	ASSERT_LE(0, create_in("roots"));
	ASSERT_EQ(0, chmod(in("roots"), 0600));
	pid = fork_container(ALICE);
	if (!pid) {
		int told = list_all(in(""), entries, 2, 1);

		_exit(told == 1 && entries[0].uid == OVERFLOW_ID && !entries[0].flags ? 0 : 1);
	}
	switch (child_status(pid)) {
	case NO_NAMESPACES:
		SKIP(return, "no user namespaces");
	case 0:
		return;
	default:
		ASSERT_TRUE(false);
	}
}

static long call_list(struct call *call)
{
	__u64 cursor = 0;

	return list_once(call->fd, call->buffer, 1, &cursor);
}

/* A task that is stopped in a listing keeps nothing that counts: no slot, and no directory. */
TEST_F(instance, list_holds_nothing_while_it_copies)
{
	struct call list = { .function = call_list };
	int server = create_in("d/e/slot"), faults;
	char *page;

	ASSERT_LE(0, server);
	list.fd = open_directory(in(""));
	faults = pages_that_never_come(4096, &page);
	if (faults < 0)
		SKIP(return, "no userfaultfd");
	list.buffer = page;
	ASSERT_TRUE(call_start(&list));
	ASSERT_TRUE(fault_comes(faults));
	EXPECT_EQ(0, close(server));
	EXPECT_TRUE(disappears(in("d")));
	EXPECT_TRUE(slots_free_become("a", 1000));
	EXPECT_FALSE(call_done(&list));
	close(faults);
	EXPECT_EQ(1, call_join(&list));
	EXPECT_STREQ("d/e/slot", ((struct mailslot_list_entry *)page)->name);
}

static void *list_for_ever(void *stop)
{
	struct mailslot_list_entry entries[8];

	while (!__atomic_load_n((bool *)stop, __ATOMIC_RELAXED))
		list_all(in(""), entries, 8, 3);
	return NULL;
}

/* A listing holds nothing of an instance that is not listed: that one can be unmounted. */
TEST_F_TIMEOUT(instance, list_beside_unmounts, 60)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + 3 * NSEC_PER_SEC;
	pthread_t thread;
	bool stop = false;
	int server;

	ASSERT_LE(0, create_in("slot"));
	ASSERT_EQ(0, pthread_create(&thread, NULL, list_for_ever, &stop));
	while (now_ns(CLOCK_MONOTONIC) < end) {
		ASSERT_EQ(0, mount_instance("b", 0, NULL));
		server = create_named_at(in_b(""), "slot");
		ASSERT_LE(0, server);
		close(server);
		ASSERT_EQ(0, unmount("b", 0));
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	pthread_join(thread, NULL);
}

/* Slots come, die and lose their names while two threads list them. */
TEST_F_TIMEOUT(instance, list_races_with_death, 60)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + 3 * NSEC_PER_SEC;
	pthread_t threads[2];
	bool stop = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(threads); i++)
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, list_for_ever, &stop));
	while (now_ns(CLOCK_MONOTONIC) < end) {
		int one = create_in("one"), two = create_in("d/two");

		ASSERT_LE(0, one);
		ASSERT_LE(0, two);
		ASSERT_EQ(0, unlink(in("one")));
		close(two);
		close(one);
		ASSERT_EQ(0, chmod(in(""), 0777));
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		pthread_join(threads[i], NULL);
	EXPECT_TRUE(disappears(in("d")));
	EXPECT_EQ(0, count_entries(in("")));
	EXPECT_TRUE(slots_free_become("a", 1000));
}
