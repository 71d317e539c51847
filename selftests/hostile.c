// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attacks of one user on all others, each in a bounded form: somebody takes what is not
 * his, and the test asks what the others still have.  Attacks by tasks that get no
 * processor are starved.c's.
 */
#include <linux/netlink.h>
#include <sys/socket.h>
#include "adversary.h"

#define USER_SLOTS	8

static const char * const parameters[] = {
	"max_slots", "max_user_slots", "max_user_bytes", "uevents",
};

FIXTURE(hostile)
{
	char parameters[ARRAY_SIZE(parameters)][32];
};

FIXTURE_SETUP(hostile)
{
	char path[128];
	size_t i;

	if (geteuid())
		SKIP(return, "only root can be others");
	for (i = 0; i < ARRAY_SIZE(parameters); i++) {
		snprintf(path, sizeof(path), PARAMETERS "%s", parameters[i]);
		slurp(path, self->parameters[i], sizeof(self->parameters[i]));
	}
}

FIXTURE_TEARDOWN_PARENT(hostile)
{
	char path[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parameters); i++) {
		snprintf(path, sizeof(path), PARAMETERS "%s", parameters[i]);
		write_text(path, self->parameters[i]);
	}
}

/*
 * Slots and names.
 */

/* A name of that many components, none of them another slot's. */
static void deep_name(char *name, unsigned int components)
{
	unique_name(name);
	while (--components)
		strcat(name, "/d");
}

/* Each directory is an inode of devtmpfs that is charged to nobody. */
TEST_F(hostile, names_have_eight_components_at_most)
{
	static const unsigned int refused[] = { 9, 10, 100 };
	char name[MAILSLOT_NAME_SIZE];
	struct stat st;
	int server;
	size_t i;

	deep_name(name, 8);
	server = create_named(name);
	EXPECT_LE(0, server);
	EXPECT_EQ(0, stat(node_path(name), &st));
	close(server);
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		deep_name(name, refused[i]);
		EXPECT_EQ(-ENAMETOOLONG, create_named(name))
			TH_LOG("%u components", refused[i]);
	}
}

/* A slot without a node serves nobody: its maker is told, and may try again. */
TEST_F(hostile, no_slot_without_a_node)
{
	struct mailslot_create args = create_args(NULL);
	char path[MAILSLOT_NAME_SIZE * 2];
	int other, server;

	/* Another slot keeps the directory there. */
	other = create_named(NULL);
	ASSERT_LE(0, other);
	strcpy(path, node_path(args.name));
	server = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
	if (server < 0)
		SKIP(return, "no file can be made in %s", MAILSLOT_DIR);
	close(server);
	server = create_slot(&args);
	EXPECT_GT(0, server);
	if (server >= 0)
		close(server);
	EXPECT_EQ(0, access(path, F_OK));
	unlink(path);
	server = create_slot(&args);
	EXPECT_LE(0, server);
	EXPECT_EQ(0, access(path, F_OK));
	close(server);
	close(other);
}

/* Who has given all client ends back is not over his limit for long. */
static int create_soon(uid_t uid)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
	int server;

	while (server = slot_of(uid, 0, NULL), server == -EDQUOT) {
		if (now_ns(CLOCK_MONOTONIC) > end)
			break;
		sleep_ns(NSEC_PER_MSEC);
	}
	return server;
}

/* The memory of a dead slot that a client end keeps is still somebody's. */
TEST_F(hostile, dead_slots_are_counted)
{
	enum { TRIES = 4 * USER_SLOTS };
	int kept[TRIES], count, server, ret = 0;
	char name[MAILSLOT_NAME_SIZE];

	ASSERT_EQ(0, parameter_set("max_user_slots", USER_SLOTS));
	for (count = 0; count < TRIES; count++) {
		server = slot_of(ALICE, 0, name);
		ret = server;
		if (server < 0)
			break;
		act_as(ALICE, FRIENDS);
		ret = client_open(name, O_WRONLY);
		act_as(0, 0);
		close(server);
		if (ret < 0)
			break;
		kept[count] = ret;
	}
	EXPECT_EQ(-EDQUOT, ret);
	EXPECT_LE(USER_SLOTS - 1, count);
	EXPECT_GE(USER_SLOTS, count);
	server = slot_of(BOB, 0, NULL);
	EXPECT_LE(0, server);
	close(server);
	while (count)
		close(kept[--count]);
	server = create_soon(ALICE);
	EXPECT_LE(0, server);
	close(server);
}

/* A stranger who keeps the dead slots of another uses up what is his own. */
TEST_F(hostile, dead_slots_are_their_keepers)
{
	enum { TRIES = 4 * USER_SLOTS };
	int kept[TRIES], count = 0, server, client, i;
	char name[MAILSLOT_NAME_SIZE];

	ASSERT_EQ(0, parameter_set("max_user_slots", USER_SLOTS));
	for (i = 0; i < TRIES; i++) {
		server = slot_of(ALICE, 0, name);
		ASSERT_LE(0, server)
			TH_LOG("refused with %d after %d slots", server, i);
		act_as(BOB, BOB);
		client = client_open(name, O_WRONLY);
		act_as(0, 0);
		if (client >= 0)
			kept[count++] = client;
		else
			EXPECT_EQ(-EDQUOT, client);
		close(server);
	}
	EXPECT_LE(USER_SLOTS - 1, count);
	EXPECT_GE(USER_SLOTS, count);
	while (count)
		close(kept[--count]);
}

/* Makes slots until it is refused, 100 at the most; says why, and how many there were. */
static int fill_up(uid_t uid, int *servers, int *count)
{
	int server = 0;

	while (*count < 100) {
		server = slot_of(uid, 0, NULL);
		if (server < 0)
			break;
		servers[(*count)++] = server;
	}
	return server;
}

/* When strangers have taken all slots, root still makes some. */
TEST_F(hostile, last_slots_are_roots)
{
	enum { SLOTS = 32, RESERVE = SLOTS / 16 };
	int servers[100], count = 0, server, i;

	ASSERT_EQ(0, parameter_set("max_slots", SLOTS));
	EXPECT_EQ(-ENOSPC, fill_up(ALICE, servers, &count));
	EXPECT_GE(SLOTS - RESERVE, count);
	EXPECT_LE(SLOTS - 2 * RESERVE - 2, count);
	EXPECT_EQ(-ENOSPC, slot_of(BOB, 0, NULL));
	for (i = 0; i < RESERVE; i++) {
		server = create_named(NULL);
		EXPECT_LE(0, server);
		if (server >= 0)
			servers[count++] = server;
	}
	while (count)
		close(servers[--count]);
}

/*
 * Subordinate ids.
 */

#define IDS		6

/* With its ids mapped: the first of them is its owner outside, those that follow are strangers. */
static int map_ids(pid_t pid, uid_t owner)
{
	char path[64], map[64];

	snprintf(map, sizeof(map), "0 %u 1\n1 200000 100", owner);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	if (write_text(path, map))
		return -1;
	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	return write_text(path, map);
}

/* Makes slots as each of the namespace's ids, and in a namespace below; says how many. */
static int slots_of_all_ids(void)
{
	int id, i, count = 0, servers = 0;
	pid_t pid;

	for (id = 0; id < IDS; id++) {
		if (setresuid(0, id, 0))
			return 101;
		for (i = 0; i < USER_SLOTS; i++) {
			if (create_named(NULL) < 0)
				break;
			count++;
		}
		if (setresuid(0, 0, 0))
			return 102;
	}
	pid = fork();
	if (!pid) {
		if (setresuid(IDS, IDS, IDS) || unshare(CLONE_NEWUSER))
			_exit(0);
		while (servers < USER_SLOTS && create_named(NULL) >= 0)
			servers++;
		_exit(servers);
	}
	return count + child_status(pid);
}

/* How many slots the owner of a user namespace gets by means of its ids; 77 if there is none. */
static int slots_of_a_namespace(uid_t owner)
{
	int ready[2], mapped[2], ret;
	char byte;
	pid_t pid;

	if (pipe(ready) || pipe(mapped))
		return -1;
	pid = fork();
	if (!pid) {
		if (become(owner, owner))
			_exit(103);
		/* Without this its files in /proc would be root's. */
		prctl(PR_SET_DUMPABLE, 1);
		if (unshare(CLONE_NEWUSER))
			_exit(77);
		if (write(ready[1], "", 1) != 1 || read(mapped[0], &byte, 1) != 1)
			_exit(104);
		_exit(slots_of_all_ids());
	}
	close(ready[1]);
	if (read(ready[0], &byte, 1) == 1 && (map_ids(pid, owner) || write(mapped[1], "", 1) != 1))
		kill(pid, SIGKILL);
	ret = child_status(pid);
	close(ready[0]);
	close(mapped[0]);
	close(mapped[1]);
	return ret;
}

/* Ids that a user has for containers are no more users than he is. */
TEST_F(hostile, subordinate_ids_are_their_owner)
{
	int count;

	ASSERT_EQ(0, parameter_set("max_user_slots", USER_SLOTS));
	count = slots_of_a_namespace(ALICE);
	if (count == 77)
		SKIP(return, "no user namespaces");
	EXPECT_EQ(USER_SLOTS, count);
}

/* Root's containers hold users of their own. */
TEST_F(hostile, ids_of_roots_containers_are_themselves)
{
	int count;

	ASSERT_EQ(0, parameter_set("max_user_slots", USER_SLOTS));
	count = slots_of_a_namespace(0);
	if (count == 77)
		SKIP(return, "no user namespaces");
	EXPECT_LE((IDS - 1) * USER_SLOTS, count);
}

/*
 * Memory.
 */

#define LONG		65536

/* Many long writes of one client end that all wait in line. */
static int fill_the_line(int client, struct call *calls, int most)
{
	static char message[LONG];
	int i;

	for (i = 0; i < most; i++) {
		calls[i] = (struct call) {
			.function = call_write, .fd = client, .buffer = message, .size = LONG,
		};
		if (!call_start(&calls[i]) || !call_asleep(&calls[i], SYS_write))
			break;
	}
	return i;
}

/* Who was handed a client end writes on his own account. */
TEST_F(hostile, handed_on_client_end_charges_its_user)
{
	enum { LIMIT = 1 << 20, MOST = 2 * LIMIT / LONG };
	char name[MAILSLOT_NAME_SIZE], byte;
	int server, client, full[2];
	struct call calls[MOST];
	pid_t bob;

	ASSERT_EQ(0, parameter_set("max_user_bytes", LIMIT));
	server = slot_of(0, LONG + COST, name);
	ASSERT_LE(0, server);
	ASSERT_EQ(0, pipe(full));
	act_as(ALICE, FRIENDS);
	client = client_open(name, O_WRONLY);
	act_as(0, 0);
	ASSERT_LE(0, client);
	ASSERT_EQ(1, write(client, "", 1));
	bob = fork();
	if (!bob) {
		int count;

		ASSERT_EQ(0, become(BOB, BOB));
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* Without this its files in /proc would be root's. */
		prctl(PR_SET_DUMPABLE, 1);
		count = fill_the_line(client, calls, MOST);
		EXPECT_LT(LIMIT / LONG / 2, count);
		ASSERT_GT(MOST, count);
		EXPECT_EQ(-EDQUOT, calls[count].result);
		if (write(full[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(full[1]);
	EXPECT_EQ(1, read(full[0], &byte, 1));
	act_as(ALICE, FRIENDS);
	prctl(PR_SET_DUMPABLE, 1);
	/* ALICE's writer waits in line, as there is no room for it, and is not refused. */
	EXPECT_EQ(1, fill_the_line(client, calls, 1))
		TH_LOG("the opener's write was refused with %ld", calls[0].result);
	act_as(0, 0);
	kill(bob, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, child_status(bob));
	close(server);
	call_join(&calls[0]);
	close(client);
}

/* Sends one empty message each from new processes; says how many were taken. */
static int send_from_processes(int client, int processes)
{
	int i, taken = 0, status;
	pid_t pid;

	for (i = 0; i < processes; i++) {
		pid = fork();
		if (!pid)
			_exit(write(client, "", 0) ? errno : 0);
		status = child_status(pid);
		if (status == EDQUOT)
			break;
		taken += !status;
	}
	return taken;
}

/* Each message of another process keeps a struct pid, which is no page of the queue. */
TEST_F(hostile, senders_that_are_remembered_count)
{
	enum { PAGES = 6, PIDS_A_PAGE = 32, PROCESSES = PAGES * PIDS_A_PAGE + 100 };
	char name[MAILSLOT_NAME_SIZE];
	int server, client, i;

	/* All those messages by themselves need fewer pages than that. */
	ASSERT_EQ(0, parameter_set("max_user_bytes", PAGES * sysconf(_SC_PAGESIZE)));
	server = slot_of(ALICE, 0, name);
	ASSERT_LE(0, server);
	act_as(BOB, BOB);
	client = client_open(name, O_WRONLY | O_NONBLOCK);
	ASSERT_LE(0, client);
	/* Those of one process are one sender. */
	for (i = 0; i < PROCESSES; i++)
		ASSERT_EQ(0, R(write(client, "", 0)))
			TH_LOG("message %d", i);
	while (!R(read(server, name, sizeof(name))))
		i--;
	EXPECT_EQ(0, i);
	i = send_from_processes(client, PROCESSES);
	EXPECT_GE(PAGES * PIDS_A_PAGE, i);
	EXPECT_LE(PIDS_A_PAGE, i);
	/* What was counted comes back. */
	while (!R(read(server, name, sizeof(name))))
		i--;
	EXPECT_EQ(0, i);
	EXPECT_LE(PIDS_A_PAGE, send_from_processes(client, PIDS_A_PAGE));
	act_as(0, 0);
	close(client);
	close(server);
}

/* What GROUP's processes hold of the kernel's memory, in bytes, or -1. */
static long kernel_memory(const char *group)
{
	char path[160], text[8192], *at;

	snprintf(path, sizeof(path), "%s/memory.stat", group);
	if (slurp(path, text, sizeof(text)) < 0)
		return -1;
	at = strstr(text, "\nkernel ");
	return at ? atol(at + 8) : -1;
}

static bool group_make(char *group, size_t size, const char *name)
{
	snprintf(group, size, "/sys/fs/cgroup/hostile-%s-%d", name, getpid());
	return !mkdir(group, 0755) && kernel_memory(group) >= 0;
}

static void group_enter(const char *group)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/cgroup.procs", group);
	if (write_text(path, "0"))
		abort();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

#define STUCK		24

/* Writes long messages from memory that never comes. */
static void stuck_writers(const char *name, int told)
{
	static struct call calls[STUCK];
	char *pages = NULL;
	int faults, client, i;

	faults = pages_that_never_come(STUCK * LONG, &pages);
	if (become(BOB, BOB))
		_exit(1);
	client = client_open(name, O_WRONLY);
	for (i = 0; i < STUCK && faults >= 0; i++) {
		calls[i] = (struct call) {
			.function = call_write, .fd = client, .size = LONG,
			.buffer = pages + (size_t)i * LONG,
		};
		if (!call_start(&calls[i]) || !fault_comes(faults))
			_exit(2);
	}
	if (write(told, faults < 0 ? "-" : "+", 1) != 1)
		_exit(3);
	for (;;)
		pause();
}

/* Fills the slot, on the account of its own cgroup. */
static void victim_writes(const char *name, int messages, int told, int go)
{
	static char message[LONG];
	int client = client_open(name, O_WRONLY), i;
	char byte;

	memset(message, 'v', sizeof(message));
	if (write(told, "", 1) != 1 || read(go, &byte, 1) != 1)
		_exit(1);
	for (i = 0; i < messages; i++)
		if (write(client, message, LONG) != LONG)
			_exit(2);
	if (write(told, "", 1) != 1)
		_exit(3);
	for (;;)
		pause();
}

/* Pages that were charged to one cgroup do not hold the messages of another. */
TEST_F(hostile, pages_are_their_writers)
{
	enum { MESSAGES = 34, SLACK = 512 << 10 };
	char victims[64], strangers[64], name[MAILSLOT_NAME_SIZE], byte = '-';
	static char message[LONG];
	int server, told[2], go[2], i;
	pid_t victim, stranger;
	long idle, after = 0;
	__u64 end;

	server = slot_of(ALICE, 0, name);
	ASSERT_LE(0, server);
	if (!group_make(victims, sizeof(victims), "victim") ||
	    !group_make(strangers, sizeof(strangers), "stranger"))
		SKIP(return, "no memory cgroups");
	ASSERT_EQ(0, pipe(told) | pipe(go));
	victim = fork();
	if (!victim) {
		close(server);
		group_enter(victims);
		victim_writes(name, MESSAGES, told[1], go[0]);
	}
	ASSERT_EQ(1, read(told[0], &byte, 1));
	idle = kernel_memory(victims);
	ASSERT_EQ(1, write(go[1], "", 1));
	ASSERT_EQ(1, read(told[0], &byte, 1));
	/* One stays, so that the pages of the others stay with the slot. */
	for (i = 1; i < MESSAGES; i++)
		ASSERT_EQ(LONG, R(read(server, message, LONG)));
	stranger = fork();
	if (!stranger) {
		close(server);
		group_enter(strangers);
		stuck_writers(name, told[1]);
	}
	ASSERT_EQ(1, read(told[0], &byte, 1));
	/* The slot's end frees all pages but those that the stranger holds. */
	close(server);
	end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS / 2;
	do {
		sleep_ns(100 * NSEC_PER_MSEC);
		after = kernel_memory(victims);
	} while (after > idle + SLACK && now_ns(CLOCK_MONOTONIC) < end);
	kill(stranger, SIGKILL);
	kill(victim, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, child_status(stranger));
	EXPECT_EQ(128 + SIGKILL, child_status(victim));
	rmdir(victims);
	rmdir(strangers);
	if (byte == '-')
		SKIP(return, "no userfaultfd");
	EXPECT_GE(idle + SLACK, after)
		TH_LOG("a stranger holds %ld KiB of the victim's", (after - idle) >> 10);
}

/*
 * What udev is told.
 */

static int uevent_socket(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	return fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof(address)) ? fd : -1;
}

/* Does an event, or a uevent file, name this variable? */
static bool has_variable(const char *text, size_t size, const char *key)
{
	size_t i;

	for (i = 0; i < size; i++)
		if ((!i || !text[i - 1] || text[i - 1] == '\n') &&
		    !strncmp(text + i, key, strlen(key)))
			return true;
	return false;
}

/* Does it tell udev what a node shall be like? */
static bool has_mode(const char *text, size_t size)
{
	return has_variable(text, size, "DEVMODE=") || has_variable(text, size, "DEVUID=") ||
	       has_variable(text, size, "DEVGID=");
}

/* The next event of a slot, or 0. */
static ssize_t slot_event(int events, char *text, size_t size)
{
	struct pollfd p = { .fd = events, .events = POLLIN };
	ssize_t length;

	while (poll(&p, 1, 200) == 1) {
		length = recv(events, text, size - 1, MSG_DONTWAIT);
		if (length <= 0)
			continue;
		text[length] = '\0';
		if (has_variable(text, length, "SUBSYSTEM=mailslot"))
			return length;
	}
	return 0;
}

/* Each event costs everybody a fork of udev's. */
TEST_F(hostile, no_events_unless_asked_for)
{
	int events = uevent_socket(), server;
	char text[8192];

	if (events < 0)
		SKIP(return, "no uevents here");
	server = create_named(NULL);
	ASSERT_LE(0, server);
	close(server);
	EXPECT_EQ(0, slot_event(events, text, sizeof(text)))
		TH_LOG("%s", text);
	close(events);
}

/* What udev is told to set, udev sets, after the owner has changed it and at every trigger. */
TEST_F(hostile, events_carry_no_mode)
{
	int events = uevent_socket(), server, count = 0;
	char text[8192], path[128];
	ssize_t length;

	if (events < 0)
		SKIP(return, "no uevents here");
	EXPECT_EQ(0, write_text(PARAMETERS "uevents", "1"));
	server = slot_of(ALICE, 0, NULL);
	ASSERT_LE(0, server);
	snprintf(path, sizeof(path), "/sys/class/mailslot/mailslot%u/uevent",
		 info_of(server).dev_minor);
	length = slurp(path, text, sizeof(text));
	EXPECT_TRUE(has_variable(text, length, "DEVNAME="));
	EXPECT_FALSE(has_mode(text, length));
	ASSERT_EQ(0, write_text(path, "change"));
	close(server);
	for (; length = slot_event(events, text, sizeof(text)), length > 0; count++) {
		EXPECT_TRUE(has_variable(text, length, "DEVNAME="));
		EXPECT_FALSE(has_mode(text, length))
			TH_LOG("%s", text);
	}
	/* Made, changed, gone. */
	EXPECT_EQ(3, count);
	close(events);
}

/*
 * The time of others.
 */

struct crowd {
	unsigned long rounds;	/* __atomic_*: how often a poll came back */
};

#define ENTRIES		2000

static void poll_many_times(const char *name, struct crowd *crowd)
{
	static struct pollfd fds[ENTRIES];
	int client = client_open(name, O_WRONLY), i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < ENTRIES; i++)
		fds[i] = (struct pollfd) { .fd = client, .events = POLLOUT };
	for (;;) {
		if (poll(fds, ENTRIES, -1) < 0)
			_exit(1);
		__atomic_fetch_add(&crowd->rounds, 1, __ATOMIC_RELAXED);
		sleep_ns(NSEC_PER_MSEC);
	}
}

static int compare_times(const void *a, const void *b)
{
	__u64 x = *(const __u64 *)a, y = *(const __u64 *)b;

	return x < y ? -1 : x > y;
}

/*
 * The processor time of a read that makes room in a full queue: the lower quartile, as a busy
 * machine's interrupts count for who they come to.
 */
static __u64 cost_of_a_read(int server, int client)
{
	enum { ROUNDS = 15 };
	__u64 costs[ROUNDS];
	char message[1000] = "";
	int i;

	for (i = 0; i < ROUNDS; i++) {
		/* Those that were woken in the last round go back to sleep. */
		sleep_ns(30 * NSEC_PER_MSEC);
		costs[i] = now_ns(CLOCK_THREAD_CPUTIME_ID);
		if (read(server, message, sizeof(message)) != sizeof(message))
			return 0;
		costs[i] = now_ns(CLOCK_THREAD_CPUTIME_ID) - costs[i];
		if (write(client, message, sizeof(message)) != sizeof(message))
			return 0;
	}
	qsort(costs, ROUNDS, sizeof(costs[0]), compare_times);
	return costs[ROUNDS / 4];
}

/* A server pays for what it reads, not for who looks on. */
TEST_F(hostile, pollers_cost_a_reader_nothing)
{
	enum { CROWD = 4, MESSAGES = 4 };
	struct rlimit many = { ENTRIES + 64, ENTRIES + 64 };
	struct crowd *crowds = shared_memory(CROWD * sizeof(*crowds));
	char name[MAILSLOT_NAME_SIZE], message[1000] = "";
	__u64 alone, watched, end;
	int server, client, i;
	pid_t pids[CROWD];

	server = slot_of(ALICE, MESSAGES * (sizeof(message) + COST), name);
	ASSERT_LE(0, server);
	client = client_open(name, O_WRONLY | O_NONBLOCK);
	for (i = 0; i < MESSAGES; i++)
		ASSERT_EQ(sizeof(message), write(client, message, sizeof(message)));
	alone = cost_of_a_read(server, client);
	ASSERT_NE(0, alone);

	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &many));
	for (i = 0; i < CROWD; i++) {
		pids[i] = fork();
		if (!pids[i]) {
			if (become(BOB, BOB))
				_exit(1);
			poll_many_times(name, &crowds[i]);
		}
	}
	for (i = 0; i < CROWD; i++)
		ASSERT_TRUE(wait_asleep(pids[i], pids[i], SYS_poll));
	watched = cost_of_a_read(server, client);
	EXPECT_GE(5 * harness_slowness() * alone, watched);
	TH_LOG("a read costs %llu ns, before %d poll entries %llu ns", alone, CROWD * ENTRIES,
	       watched);

	/* And yet everybody is told when there is room to stay. */
	for (i = 0; i < CROWD; i++)
		ASSERT_TRUE(wait_asleep(pids[i], pids[i], SYS_poll));
	for (i = 0; i < CROWD; i++)
		__atomic_store_n(&crowds[i].rounds, 0, __ATOMIC_RELAXED);
	ASSERT_EQ(sizeof(message), read(server, message, sizeof(message)));
	end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
	for (i = 0; i < CROWD; i++) {
		while (!__atomic_load_n(&crowds[i].rounds, __ATOMIC_RELAXED) &&
		       now_ns(CLOCK_MONOTONIC) < end)
			sleep_ns(NSEC_PER_MSEC);
		EXPECT_NE(0, __atomic_load_n(&crowds[i].rounds, __ATOMIC_RELAXED));
		kill(pids[i], SIGKILL);
		EXPECT_EQ(128 + SIGKILL, child_status(pids[i]));
	}
	close(client);
	close(server);
}

struct storm {
	bool stop;		/* __atomic_* */
	unsigned long calls;	/* __atomic_*: CREATEs and last closes that came to their end */
};

static void *create_and_close(void *argument)
{
	struct storm *storm = argument;
	int server;

	while (!__atomic_load_n(&storm->stop, __ATOMIC_RELAXED)) {
		struct mailslot_create args = { .mode = 0600 };

		snprintf(args.name, sizeof(args.name), "storm-%d", (int)syscall(SYS_gettid));
		server = create_slot(&args);
		__atomic_fetch_add(&storm->calls, 1, __ATOMIC_RELAXED);
		if (server < 0)
			abort();
		close(server);
		__atomic_fetch_add(&storm->calls, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* One process of another user's, however many threads he has. */
static void storm_run(struct storm *storm, unsigned int threads)
{
	pthread_t thread;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (become(ALICE, FRIENDS))
		_exit(1);
	while (--threads)
		if (pthread_create(&thread, NULL, create_and_close, storm))
			_exit(2);
	create_and_close(storm);
	_exit(0);
}

/* How many calls of the storm come to their end during one of this task's, on average. */
static unsigned long calls_during_one(struct storm *storm)
{
	enum { ROUNDS = 8 };
	unsigned long before = __atomic_load_n(&storm->calls, __ATOMIC_RELAXED);
	int server, i;

	for (i = 0; i < ROUNDS; i++) {
		server = create_named(NULL);
		if (server < 0)
			abort();
		close(server);
	}
	return (__atomic_load_n(&storm->calls, __ATOMIC_RELAXED) - before) / (2 * ROUNDS);
}

/*
 * Of two users who make slots, each has his turn. Without turns, a call waits for one of each
 * thread of the other user's. On a busy host it waits for a processor as well, so the least of
 * several counts is what the module lets happen.
 */
TEST_F(hostile, users_make_slots_in_turn)
{
	enum { THREADS = 32, TRIES = 12, ENOUGH = THREADS / 4 };
	struct storm *storm = shared_memory(sizeof(*storm));
	unsigned long least = -1UL, during;
	pid_t pid;
	int i;

	pid = fork();
	if (!pid)
		storm_run(storm, THREADS);
	while (__atomic_load_n(&storm->calls, __ATOMIC_RELAXED) < 2 * THREADS)
		sleep_ns(NSEC_PER_MSEC);
	/* What is counted is whose turn it is, and not which of the threads gets a processor. */
	EXPECT_EQ(0, setpriority(PRIO_PROCESS, 0, -20));
	act_as(BOB, BOB);
	for (i = 0; i < TRIES && least > ENOUGH; i++) {
		during = calls_during_one(storm);
		least = during < least ? during : least;
	}
	act_as(0, 0);
	EXPECT_EQ(0, setpriority(PRIO_PROCESS, 0, 0));
	__atomic_store_n(&storm->stop, true, __ATOMIC_RELAXED);
	EXPECT_EQ(0, child_status(pid));
	EXPECT_GE(ENOUGH, least);
	TH_LOG("%lu calls of another user during each call of this one", least);
}
