// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots in a mounted instance: how open(2) makes them and what it refuses, and what both ends do.
 * instance-*.c have the rest.
 */
#include "instance.h"

/*
 * A server by open(2).
 */

TEST_F(instance, open_makes_a_slot)
{
	static const int flags[] = { O_RDONLY, O_RDWR };
	int server, client;
	char text[8];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		server = make_slot(in("slot"), flags[i], 0600);
		ASSERT_LE(0, server);
		EXPECT_TRUE(is_node(in("slot")));
		EXPECT_EQ(MAILSLOT_INFO_SERVER, info_of(server).flags);
		client = open_client(in("slot"), O_WRONLY);
		ASSERT_LE(0, client);
		EXPECT_EQ(0, info_of(client).flags);
		EXPECT_EQ(1, info_of(server).clients);
		EXPECT_EQ(5, write(client, "hello", 5));
		EXPECT_EQ(5, read(server, text, sizeof(text)));
		EXPECT_EQ(0, memcmp(text, "hello", 5));
		close(client);
		EXPECT_EQ(0, close(server));
		EXPECT_FALSE(exists(in("slot")));
	}
}

TEST_F(instance, open_has_the_defaults_of_create)
{
	int server = make_slot(in("slot"), O_RDONLY, 0600);
	struct mailslot_info info = info_of(server);

	ASSERT_LE(0, server);
	EXPECT_EQ(parameter_get("default_queue_bytes"), info.queue_bytes);
	EXPECT_EQ(0, info.max_message_size);
	EXPECT_EQ(MAILSLOT_NO_NEXT_MESSAGE, info.next_message_size);
	EXPECT_EQ(0, info.message_count);
	EXPECT_EQ(0, info.clients);
	EXPECT_EQ(MAILSLOT_WAIT_FOREVER_NS, info.read_timeout_ns);
}

TEST_F(instance, read_waits_for_ever)
{
	int server = make_slot(in("slot"), O_RDONLY, 0600), client;
	char text[8];
	struct call call = {
		.function = call_read, .fd = server, .buffer = text, .size = sizeof(text),
	};

	ASSERT_LE(0, server);
	ASSERT_TRUE(call_start(&call));
	ASSERT_TRUE(call_asleep(&call, SYS_read));
	client = open_client(in("slot"), O_WRONLY);
	EXPECT_EQ(3, write(client, "abc", 3));
	EXPECT_EQ(3, call_join(&call));
	EXPECT_EQ(0, memcmp(text, "abc", 3));
}

TEST_F(instance, read_timeout_is_set_afterwards)
{
	struct mailslot_set_info set = { .mask = MAILSLOT_SET_READ_TIMEOUT };
	int server = make_slot(in("slot"), O_RDONLY, 0600);
	char byte;

	ASSERT_LE(0, server);
	EXPECT_EQ(0, R(ioctl(server, MAILSLOT_IOC_SET_INFO, &set)));
	EXPECT_EQ(0, info_of(server).read_timeout_ns);
	EXPECT_EQ(-ETIMEDOUT, R(read(server, &byte, 1)));
}

TEST_F(instance, nonblock_is_kept)
{
	static const int flags[] = { O_RDONLY, O_RDWR };
	int server;
	char byte;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		server = make_slot(in("slot"), flags[i] | O_NONBLOCK, 0600);
		ASSERT_LE(0, server);
		EXPECT_EQ(flags[i] | O_NONBLOCK,
			  fcntl(server, F_GETFL) & (O_NONBLOCK | O_ACCMODE));
		EXPECT_EQ(-EAGAIN, R(read(server, &byte, 1)));
		close(server);
	}
}

TEST_F(instance, cloexec_is_as_asked)
{
	int server = open(in("slot"), O_CREAT | O_EXCL | O_RDONLY, 0600);

	ASSERT_LE(0, server);
	EXPECT_EQ(0, fcntl(server, F_GETFD));
	close(server);
	server = open(in("slot"), O_CREAT | O_EXCL | O_RDONLY | O_CLOEXEC, 0600);
	ASSERT_LE(0, server);
	EXPECT_EQ(FD_CLOEXEC, fcntl(server, F_GETFD));
}

/* The mode is for those who open the node, not for the server: it has its end with any mode. */
TEST_F(instance, mode_and_umask)
{
	static const mode_t modes[] = { 0, 0200, 0222, 0600, 0622, 0644, 0666, 0777, 0111 };
	static const mode_t masks[] = { 0, 022, 027, 077, 0777 };
	struct stat st;
	size_t i, j;
	int server;

	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		for (j = 0; j < ARRAY_SIZE(masks); j++) {
			umask(masks[j]);
			act_as(ALICE, FRIENDS);
			server = make_slot(in("slot"), O_RDONLY, modes[i]);
			act_as(0, 0);
			ASSERT_LE(0, server);
			ASSERT_EQ(0, stat(in("slot"), &st));
			EXPECT_EQ(S_IFCHR | (modes[i] & ~masks[j]), st.st_mode);
			close(server);
		}
	}
}

TEST_F(instance, openat_makes_a_slot)
{
	int directory = open_directory(in("")), place, server;

	ASSERT_LE(0, directory);
	server = openat(directory, "slot", O_CREAT | O_EXCL | O_RDONLY | O_CLOEXEC, 0600);
	EXPECT_LE(0, server);
	EXPECT_TRUE(is_node(in("slot")));
	close(server);
	/* A descriptor that only stands for the directory is enough. */
	place = open(in(""), O_PATH | O_CLOEXEC);
	ASSERT_LE(0, place);
	server = openat(place, "slot", O_CREAT | O_EXCL | O_RDONLY | O_CLOEXEC, 0600);
	EXPECT_LE(0, server);
	EXPECT_TRUE(is_node(in("slot")));
}

TEST_F(instance, name_in_use_is_eexist)
{
	static const int flags[] = { O_RDONLY, O_RDWR };
	int server = make_public(in("slot")), client = open_client(in("slot"), O_WRONLY);
	size_t i;

	ASSERT_LE(0, client);
	ASSERT_EQ(0, mkdir(in("directory"), 0777));
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		EXPECT_EQ(-EEXIST, make_slot(in("slot"), flags[i], 0600));
		EXPECT_EQ(-EEXIST, make_slot(in("directory"), flags[i], 0600));
		act_as(ALICE, FRIENDS);
		EXPECT_EQ(-EEXIST, make_slot(in("slot"), flags[i], 0600));
		act_as(0, 0);
	}
	EXPECT_TRUE(carries(client, server));
}

TEST_F(instance, exclusive_write_only_is_einval)
{
	long before = slots_free();

	EXPECT_EQ(-EINVAL, make_slot(in("slot"), O_WRONLY, 0600));
	EXPECT_FALSE(exists(in("slot")));
	EXPECT_EQ(before, slots_free());
}

static const int creating[] = {
	O_WRONLY | O_CREAT, O_WRONLY | O_CREAT | O_TRUNC, O_WRONLY | O_CREAT | O_APPEND,
	O_RDWR | O_CREAT, O_RDWR | O_CREAT | O_TRUNC, O_RDONLY | O_CREAT,
};

TEST_F(instance, creat_of_a_missing_name_is_enoent)
{
	long before = slots_free();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(creating); i++) {
		EXPECT_EQ(-ENOENT, R(open(in("slot"), creating[i], 0666)));
		act_as(ALICE, FRIENDS);
		EXPECT_EQ(-ENOENT, R(open(in("slot"), creating[i], 0666)));
		act_as(0, 0);
	}
	EXPECT_EQ(0, count_entries(in("")));
	EXPECT_EQ(before, slots_free());
}

/* What the shell does for ">" and ">>", and libraries for "w" and "a", by any user. */
TEST_F(instance, creat_of_a_slot_is_a_client)
{
	static const uid_t users[] = { 0, ALICE, BOB };
	int server, client;
	size_t i, j;

	act_as(ALICE, FRIENDS);
	server = make_public(in("slot"));
	act_as(0, 0);
	ASSERT_LE(0, server);
	for (i = 0; i < ARRAY_SIZE(users); i++) {
		for (j = 0; j < ARRAY_SIZE(creating); j++) {
			act_as(users[i], users[i]);
			client = open_client(in("slot"), creating[j]);
			act_as(0, 0);
			ASSERT_LE(0, client)
				TH_LOG("user %u, flags 0%o", users[i], creating[j]);
			EXPECT_EQ(0, info_of(client).flags);
			if ((creating[j] & O_ACCMODE) != O_RDONLY)
				EXPECT_TRUE(carries(client, server));
			close(client);
		}
	}
}

TEST_F(instance, clients_need_the_modes_bits)
{
	static const struct {
		mode_t mode;
		int flags;
		int owner;
		int other;
	} cases[] = {
		{ 0600, O_WRONLY, 0, -EACCES }, { 0600, O_RDWR, 0, -EACCES },
		{ 0622, O_WRONLY, 0, 0 }, { 0622, O_RDWR, 0, -EACCES },
		{ 0622, O_RDONLY, 0, -EACCES }, { 0666, O_RDWR, 0, 0 },
		{ 0444, O_WRONLY, -EACCES, -EACCES }, { 0444, O_RDONLY, 0, 0 },
		{ 0200, O_RDWR, -EACCES, -EACCES },
		{ 0600, O_WRONLY | O_CREAT, 0, -EACCES }, { 0622, O_WRONLY | O_CREAT, 0, 0 },
	};
	int server, owner, other, owner_result, other_result;
	size_t i;

	umask(0);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		act_as(ALICE, FRIENDS);
		server = make_slot(in("slot"), O_RDONLY, cases[i].mode);
		owner = open_client(in("slot"), cases[i].flags);
		act_as(BOB, BOB);
		other = open_client(in("slot"), cases[i].flags);
		act_as(0, 0);
		ASSERT_LE(0, server);
		owner_result = owner < 0 ? owner : 0;
		other_result = other < 0 ? other : 0;
		EXPECT_EQ(cases[i].owner, owner_result)
			TH_LOG("case %zu", i);
		EXPECT_EQ(cases[i].other, other_result)
			TH_LOG("case %zu", i);
		close(owner);
		close(other);
		close(server);
	}
}

/* do_dentry_open() refuses O_DIRECT late, when the slot may have been made. */
TEST_F(instance, direct_is_einval_and_leaves_nothing)
{
	static const int flags[] = { O_RDONLY, O_RDWR };
	long before = slots_free();
	int server;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		EXPECT_EQ(-EINVAL, make_slot(in("slot"), flags[i] | O_DIRECT, 0600));
		EXPECT_FALSE(exists(in("slot")));
		EXPECT_EQ(before, slots_free());
	}
	server = make_public(in("slot"));
	ASSERT_LE(0, server);
	EXPECT_EQ(-EINVAL, open_client(in("slot"), O_WRONLY | O_DIRECT));
	EXPECT_EQ(0, info_of(server).clients);
	EXPECT_EQ(before - 1, slots_free());
	close(server);
	EXPECT_EQ(before, slots_free());
}

/* What the kernel answers has changed with its version. */
TEST_F(instance, making_a_directory_by_open_leaves_nothing)
{
	long before = slots_free();

	EXPECT_GT(0, make_slot(in("slot"), O_RDONLY | O_DIRECTORY, 0600));
	EXPECT_GT(0, open_client(in("slot"), O_RDONLY | O_CREAT | O_DIRECTORY));
	EXPECT_FALSE(exists(in("slot")));
	EXPECT_EQ(before, slots_free());
}

TEST_F(instance, tmpfile_is_eopnotsupp)
{
	EXPECT_EQ(-EOPNOTSUPP, R(open(in(""), O_TMPFILE | O_RDWR, 0600)));
	EXPECT_EQ(-EOPNOTSUPP, R(open(in(""), O_TMPFILE | O_WRONLY, 0600)));
}

TEST_F(instance, no_descriptor_left_makes_nothing)
{
	struct rlimit old, tight;
	long before = slots_free();
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC), directory = open_directory(in(""));
	struct mailslot_create args = create_args("slot");

	ASSERT_LE(0, directory);
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &old));
	tight = old;
	tight.rlim_cur = directory + 1;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &tight));
	while (dup(fd) >= 0)
		;
	EXPECT_EQ(-EMFILE, make_slot(in("slot"), O_RDONLY, 0600));
	EXPECT_EQ(-EMFILE, R(ioctl(directory, MAILSLOT_IOC_CREATE, &args)));
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &old));
	EXPECT_FALSE(exists(in("slot")));
	EXPECT_EQ(before, slots_free());
}

/*
 * Both ends.
 */

TEST_F(instance, server_end_is_not_written)
{
	static const int flags[] = { O_RDONLY, O_RDWR };
	struct mailslot_send_msg out = send_slot("x", 1);
	int server;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		server = make_slot(in("slot"), flags[i], 0600);
		ASSERT_LE(0, server);
		EXPECT_EQ(-EBADF, R(write(server, "x", 1)));
		EXPECT_EQ(-EBADF, send_batch(server, &out, 1, 0));
		EXPECT_EQ(0, message_count(server));
		close(server);
	}
}

TEST_F(instance, client_end_is_not_read)
{
	struct mailslot_set_info set = { .mask = MAILSLOT_SET_READ_TIMEOUT };
	static const int flags[] = { O_RDONLY, O_RDWR };
	struct mailslot_recv_msg msg;
	int server = make_public(in("slot")), client, size;
	char byte;
	size_t i;

	ASSERT_LE(0, server);
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		client = open_client(in("slot"), flags[i]);
		ASSERT_LE(0, client);
		msg = recv_slot(&byte, 1);
		EXPECT_EQ(-EINVAL, R(read(client, &byte, 1)));
		EXPECT_EQ(-EINVAL, receive(client, &msg, 1, 0));
		EXPECT_EQ(-EINVAL, R(ioctl(client, FIONREAD, &size)));
		EXPECT_EQ(-EINVAL, R(ioctl(client, MAILSLOT_IOC_SET_INFO, &set)));
		EXPECT_EQ(flags[i] == O_RDWR ? 1 : -EBADF, R(write(client, "x", 1)));
		close(client);
	}
	EXPECT_EQ(1, message_count(server));
}

TEST_F(instance, ends_do_not_create)
{
	struct mailslot_create args = create_args("other");
	int server = make_public(in("slot")), client = open_client(in("slot"), O_WRONLY);

	ASSERT_LE(0, client);
	EXPECT_EQ(-ENOTTY, R(ioctl(server, MAILSLOT_IOC_CREATE, &args)));
	EXPECT_EQ(-ENOTTY, R(ioctl(client, MAILSLOT_IOC_CREATE, &args)));
	EXPECT_FALSE(exists(in("other")));
}

TEST_F(instance, messages_are_sent_and_received_in_batches)
{
	struct mailslot_send_msg out[] = { send_slot("one", 3), send_slot("", 0) };
	struct mailslot_recv_msg msgs[3];
	int server = make_public(in("slot")), client, size = -1;
	char buffers[3][8];
	size_t i;

	act_as(BOB, FRIENDS);
	client = open_client(in("slot"), O_WRONLY);
	act_as(0, 0);
	ASSERT_LE(0, client);
	EXPECT_EQ(2, send_batch(client, out, 2, 0));
	EXPECT_EQ(0, ioctl(server, FIONREAD, &size));
	EXPECT_EQ(3, size);
	EXPECT_EQ(2 * COST + 3, info_of(server).queued_bytes);
	for (i = 0; i < ARRAY_SIZE(msgs); i++)
		msgs[i] = recv_slot(buffers[i], sizeof(buffers[i]));
	EXPECT_EQ(2, receive(server, msgs, 3, 0));
	EXPECT_EQ(3, msgs[0].length);
	EXPECT_EQ(0, memcmp(buffers[0], "one", 3));
	EXPECT_EQ(0, msgs[1].length);
	for (i = 0; i < 2; i++) {
		EXPECT_EQ(i + 1, msgs[i].sequence);
		EXPECT_EQ(getpid(), msgs[i].pid);
		EXPECT_EQ(BOB, msgs[i].uid);
		EXPECT_EQ(FRIENDS, msgs[i].gid);
	}
	EXPECT_EQ(2, info_of(server).messages_read);
}

TEST_F(instance, poll)
{
	int server = make_public(in("slot")), client = open_client(in("slot"), O_WRONLY);
	char byte;

	ASSERT_LE(0, client);
	EXPECT_EQ(0, poll_now(server, POLLIN | POLLOUT));
	EXPECT_EQ(POLLOUT, poll_now(client, POLLIN | POLLOUT));
	EXPECT_EQ(1, write(client, "x", 1));
	EXPECT_EQ(POLLIN, poll_now(server, POLLIN | POLLOUT));
	EXPECT_EQ(1, read(server, &byte, 1));
	EXPECT_EQ(0, poll_now(server, POLLIN));
	EXPECT_EQ(0, close(server));
	EXPECT_EQ(POLLHUP | POLLERR, poll_now(client, POLLOUT) & ~POLLOUT);
}

static bool fdinfo_has(int fd, const char *text)
{
	char path[64], all[4096];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	return slurp(path, all, sizeof(all)) > 0 && strstr(all, text);
}

/* The name is the one within the instance. */
TEST_F(instance, fdinfo)
{
	int server, client;

	ASSERT_EQ(0, mkdir(in("d"), 0777));
	server = make_public(in("d/slot"));
	client = open_client(in("d/slot"), O_WRONLY);
	ASSERT_LE(0, client);
	EXPECT_EQ(3, write(client, "abc", 3));
	EXPECT_TRUE(fdinfo_has(server, "\nmailslot-name:\td/slot\n"));
	EXPECT_TRUE(fdinfo_has(server, "\nmailslot-end:\tserver\n"));
	EXPECT_TRUE(fdinfo_has(server, "\nmailslot-messages:\t1\n"));
	EXPECT_TRUE(fdinfo_has(client, "\nmailslot-name:\td/slot\n"));
	EXPECT_TRUE(fdinfo_has(client, "\nmailslot-end:\tclient\n"));
	EXPECT_EQ(0, close(server));
	EXPECT_TRUE(fdinfo_has(client, "\nmailslot-end:\tclient-gone\n"));
}

/* Server ends are copied, never opened: what the link of one opens is no server end. */
TEST_F(instance, reopened_server_is_no_server)
{
	int server = make_public(in("slot")), copy, other;
	char path[64], byte;

	ASSERT_LE(0, server);
	other = open_client(in("slot"), O_WRONLY);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", server);
	copy = R(open(path, O_RDWR | O_CLOEXEC));
	if (copy >= 0) {
		EXPECT_EQ(0, info_of(copy).flags & MAILSLOT_INFO_SERVER);
		EXPECT_EQ(-EINVAL, R(read(copy, &byte, 1)));
	}
	EXPECT_EQ(0, close(server));
	EXPECT_TRUE(is_dead(other));
	EXPECT_FALSE(exists(in("slot")));
}
