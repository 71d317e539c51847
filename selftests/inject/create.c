// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every call that makes, finds or ends a slot, with its first, second, third...
 * allocation or user copy failing until it runs through untouched.  A call that failed
 * has left nothing: no node, no name taken, no slot counted.  One that did not fail
 * has done all of its work.  messages.c has the calls in between.
 */
#include "nth.h"
#include "scene.h"

#define TREE_NODE	64	/* places of one node of the kernel's trees */

FIXTURE(life)
{
	int nth;
	unsigned long long user_slots;	/* the module's parameter as it was */
};

FIXTURE_SETUP(life)
{
	if (!nth_ready())
		SKIP(return, "this kernel injects no faults");
	self->nth = nth_open();
	ASSERT_LE(0, self->nth);
	self->user_slots = parameter_get("max_user_slots");
	ASSERT_EQ(0, parameter_set("max_user_slots", 4));
	ASSERT_EQ(0, be_limited());
}

FIXTURE_TEARDOWN_PARENT(life)
{
	if (self->user_slots)
		parameter_set("max_user_slots", self->user_slots);
}

static bool may_fail(long ret)
{
	return ret == -ENOMEM || ret == -EFAULT;
}

/* Is the node that of this slot, and does it lead there? */
static bool whole(int server, const char *name)
{
	struct mailslot_info info = info_of(server);
	struct stat node;
	char byte = 0;
	int client;
	bool works;

	if (stat(node_path(name), &node) || !S_ISCHR(node.st_mode) ||
	    node.st_rdev != makedev(info.dev_major, info.dev_minor))
		return false;
	client = client_open(name, O_WRONLY);
	works = client >= 0 && R(write(client, "w", 1)) == 1 && R(read(server, &byte, 1)) == 1 &&
		byte == 'w';
	close(client);
	return works;
}

static bool gone(const char *name)
{
	struct stat node;

	return stat(node_path(name), &node) && errno == ENOENT;
}

static void create_sites(struct __test_metadata *_metadata, FIXTURE_DATA(life) * self,
			 const char *name, __u32 flags)
{
	unsigned int slots = slots_left(), seen = slots_seen();
	struct mailslot_create args = create_args(name);
	int control = control_open(), fds, server;
	unsigned long nth;
	bool came = true;
	long ret;

	ASSERT_EQ(4, slots);
	args.flags = flags;
	fds = dup(control);
	close(fds);
	nth_tally->calls++;
	for (nth = 1; came; nth++) {
		nth_arm(self->nth, nth);
		ret = R(ioctl(control, MAILSLOT_IOC_CREATE, &args));
		came = nth_disarm(self->nth);
		nth_tally->reached += came;
		if (ret < 0) {
			ASSERT_TRUE(came && may_fail(ret))
				TH_LOG("site %lu: %ld", nth, ret);
			ASSERT_TRUE(gone(name))
				TH_LOG("site %lu: the node stayed", nth);
			ASSERT_EQ(seen, slots_seen());
			/* No descriptor was taken for nothing, and the name is free. */
			server = R(ioctl(control, MAILSLOT_IOC_CREATE, &args));
			ASSERT_EQ(fds, server)
				TH_LOG("site %lu: the next CREATE", nth);
		} else {
			ASSERT_EQ(fds, ret);
			server = ret;
		}
		EXPECT_TRUE(whole(server, name))
			TH_LOG("site %lu, which returned %ld: the slot is not whole", nth, ret);
		ASSERT_EQ(0, close(server));
		ASSERT_TRUE(gone(name));
		nth_tally->survived += came;
	}
	EXPECT_EQ(slots, slots_left());
	EXPECT_EQ(seen, slots_seen());
	ksft_print_msg("%lu sites\n", nth - 2);
}

TEST_F(life, create)
{
	create_sites(_metadata, self, "inject-create", 0);
}

TEST_F(life, create_in_directories)
{
	create_sites(_metadata, self, "inject/in/directories", MAILSLOT_CREATE_NONBLOCK);
	EXPECT_TRUE(gone("inject"));
}

TEST_F(life, create_long_name)
{
	char name[MAILSLOT_NAME_SIZE];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	create_sites(_metadata, self, name, MAILSLOT_CREATE_INHERIT);
}

/* A longer structure than the kernel knows is looked through by another copy. */
TEST_F(life, create_by_longer_structure)
{
	struct { struct mailslot_create args; __u64 more; } longer = {
		.args = create_args("inject-longer"),
	};
	int control = control_open(), server;
	unsigned long nth;
	bool came = true;

	nth_tally->calls++;
	for (nth = 1; came; nth++) {
		nth_arm(self->nth, nth);
		server = R(ioctl(control, _IOW(MAILSLOT_IOC_MAGIC, 0, longer), &longer));
		came = nth_disarm(self->nth);
		nth_tally->reached += came;
		if (server < 0) {
			ASSERT_TRUE(came && may_fail(server));
		} else {
			EXPECT_TRUE(whole(server, longer.args.name));
			close(server);
		}
		ASSERT_TRUE(gone(longer.args.name));
		nth_tally->survived += came;
	}
	EXPECT_EQ(4, slots_left());
	ksft_print_msg("%lu sites\n", nth - 2);
}

/* A CREATE that is bound to fail fails the same with what it had to undo. */
TEST_F(life, create_taken_name)
{
	struct mailslot_create args = create_args("inject-taken");
	int control = control_open(), server = create_slot(&args);
	unsigned int seen = slots_seen();
	unsigned long nth;
	bool came = true;
	long ret;

	ASSERT_LE(0, server);
	nth_tally->calls++;
	for (nth = 1; came; nth++) {
		nth_arm(self->nth, nth);
		ret = R(ioctl(control, MAILSLOT_IOC_CREATE, &args));
		came = nth_disarm(self->nth);
		nth_tally->reached += came;
		ASSERT_TRUE(ret == -EEXIST || (came && may_fail(ret)));
		EXPECT_TRUE(whole(server, args.name));
		EXPECT_EQ(seen, slots_seen());
		nth_tally->survived += came;
	}
	close(server);
	EXPECT_TRUE(gone(args.name));
	EXPECT_EQ(4, slots_left());
	ksft_print_msg("%lu sites\n", nth - 2);
}

/* May this task's allocations fail? */
static bool make_it_fail(const char *yes)
{
	int fd = open("/proc/self/make-it-fail", O_WRONLY | O_CLOEXEC);
	bool set = fd >= 0 && write(fd, yes, 1) == 1;

	close(fd);
	return set;
}

/* This task gets no more nodes of trees like that of the slots, and all else that it asks for. */
static bool fail_tree_nodes(void)
{
	return nth_knob("../slab/radix_tree_node/failslab", "1") &&
	       nth_knob("failslab/cache-filter", "Y") && nth_knob("failslab/task-filter", "Y") &&
	       make_it_fail("1") && nth_knob("failslab/times", "-1") &&
	       nth_knob("failslab/probability", "100");
}

/* The filters last: without them the whole machine would fail. */
static bool fail_no_nodes(void)
{
	return nth_knob("failslab/probability", "0") & nth_knob("failslab/times", "1") &
	       make_it_fail("0") & nth_knob("failslab/task-filter", "N") &
	       nth_knob("failslab/cache-filter", "N") &
	       nth_knob("../slab/radix_tree_node/failslab", "0");
}

/*
 * The next minor, and minor 0, where the kernel looks when the next minor fails, both need a node
 * of the tree: the minor that stays reserved is the last one of a node that is not the first.
 */
static bool next_place_needs_node(struct mailslot_create *args)
{
	int tries, server, minor = 0;

	for (tries = 0; tries < 3 * TREE_NODE; tries++) {
		server = create_slot(args);
		if (server < 0)
			return false;
		minor = info_of(server).dev_minor;
		close(server);
		if (minor > TREE_NODE && minor % TREE_NODE == TREE_NODE - 1)
			return true;
	}
	return false;
}

/* The kernel asks for a node twice, so one fault alone never shows. For the privileged. */
TEST(create_without_a_place)
{
	struct mailslot_create args = create_args("inject-place");
	int control = control_open(), fds, server;
	unsigned int seen;
	bool armed, disarmed;
	long ret;

	if (!nth_ready())
		SKIP(return, "this kernel injects no faults");
	ASSERT_TRUE(next_place_needs_node(&args));
	fds = dup(control);
	close(fds);
	seen = slots_seen();
	armed = fail_tree_nodes();
	ret = R(ioctl(control, MAILSLOT_IOC_CREATE, &args));
	disarmed = fail_no_nodes();
	ASSERT_TRUE(armed && disarmed);
	EXPECT_EQ(-ENOMEM, ret);
	EXPECT_TRUE(gone(args.name));
	EXPECT_EQ(seen, slots_seen());
	server = R(ioctl(control, MAILSLOT_IOC_CREATE, &args));
	EXPECT_EQ(fds, server);
	EXPECT_TRUE(whole(server, args.name));
	close(server);
	EXPECT_TRUE(gone(args.name));
}

TEST_F(life, open_control)
{
	unsigned long nth;
	bool came = true;
	int fd;

	nth_tally->calls++;
	for (nth = 1; came; nth++) {
		nth_arm(self->nth, nth);
		fd = control_open();
		came = nth_disarm(self->nth);
		nth_tally->reached += came;
		if (fd < 0)
			ASSERT_TRUE(came && may_fail(fd));
		close(fd);
		nth_tally->survived += came;
	}
	ksft_print_msg("%lu sites\n", nth - 2);
}

static void open_sites(struct __test_metadata *_metadata, FIXTURE_DATA(life) * self, int flags)
{
	struct mailslot_create args = create_args("inject-open");
	int server = create_slot(&args), client;
	unsigned long nth;
	bool came = true;

	ASSERT_LE(0, server);
	nth_tally->calls++;
	for (nth = 1; came; nth++) {
		nth_arm(self->nth, nth);
		client = client_open(args.name, flags);
		came = nth_disarm(self->nth);
		nth_tally->reached += came;
		EXPECT_EQ(client >= 0, info_of(server).clients);
		if (client < 0) {
			ASSERT_TRUE(came && may_fail(client))
				TH_LOG("site %lu: %d", nth, client);
		} else {
			ASSERT_EQ(0, close(client));
		}
		EXPECT_EQ(0, info_of(server).clients);
		EXPECT_TRUE(whole(server, args.name));
		nth_tally->survived += came;
	}
	close(server);
	EXPECT_TRUE(gone(args.name));
	ksft_print_msg("%lu sites\n", nth - 2);
}

TEST_F(life, open_client)
{
	open_sites(_metadata, self, O_WRONLY);
}

TEST_F(life, open_client_for_both)
{
	open_sites(_metadata, self, O_RDWR | O_NONBLOCK);
}

/* Closing cannot fail, whatever it finds in the slot; nor may it leave anything. */
enum burden {
	IDLE,
	MESSAGES,	/* unread */
	LINE,		/* writers wait for room */
	BURDENS,
};

static void close_sites(struct __test_metadata *_metadata, FIXTURE_DATA(life) * self,
			enum burden burden)
{
	struct mailslot_create args = create_args("inject-close");
	static char message[3000];
	struct call writer = {
		.function = call_write, .buffer = message, .size = sizeof(message),
	};
	unsigned int slots = slots_left(), seen = slots_seen();
	int server, client, i;
	unsigned long nth;
	bool came = true;

	ASSERT_EQ(4, slots);
	args.queue_bytes = 2 * (sizeof(message) + COST);
	nth_tally->calls++;
	for (nth = 1; came; nth++) {
		server = create_slot(&args);
		ASSERT_LE(0, server)
			TH_LOG("after site %lu", nth - 1);
		client = client_open(args.name, O_WRONLY);
		ASSERT_LE(0, client);
		for (i = 0; i < 2 && burden != IDLE; i++)
			ASSERT_EQ(sizeof(message), R(write(client, message, sizeof(message))));
		if (burden == LINE) {
			writer.fd = client;
			ASSERT_TRUE(call_start(&writer));
			ASSERT_TRUE(call_asleep(&writer, SYS_write));
		}
		nth_arm(self->nth, nth);
		EXPECT_EQ(0, R(close(server)));
		came = nth_disarm(self->nth);
		nth_tally->reached += came;
		ASSERT_TRUE(gone(args.name))
			TH_LOG("site %lu: the node stayed", nth);
		EXPECT_EQ(seen, slots_seen());
		if (burden == LINE)
			EXPECT_EQ(-EPIPE, call_join(&writer));
		EXPECT_EQ(-EPIPE, R(write(client, "x", 1)));
		EXPECT_EQ(MAILSLOT_INFO_GONE, info_of(client).flags);
		close(client);
		nth_tally->survived += came;
	}
	EXPECT_EQ(slots, slots_left());
	ksft_print_msg("%lu sites\n", nth - 2);
}

TEST_F(life, close_idle_slot)
{
	close_sites(_metadata, self, IDLE);
}

TEST_F(life, close_full_slot)
{
	close_sites(_metadata, self, MESSAGES);
}

TEST_F(life, close_with_line)
{
	close_sites(_metadata, self, LINE);
}

TEST_F(life, close_client)
{
	struct mailslot_create args = create_args("inject-close-client");
	int server = create_slot(&args), client;
	unsigned long nth;
	bool came = true;

	ASSERT_LE(0, server);
	nth_tally->calls++;
	for (nth = 1; came; nth++) {
		client = client_open(args.name, O_WRONLY);
		ASSERT_LE(0, client);
		nth_arm(self->nth, nth);
		EXPECT_EQ(0, R(close(client)));
		came = nth_disarm(self->nth);
		nth_tally->reached += came;
		EXPECT_EQ(0, info_of(server).clients);
		EXPECT_TRUE(whole(server, args.name));
		nth_tally->survived += came;
	}
	close(server);
	ksft_print_msg("%lu sites\n", nth - 2);
}
