// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be seen of a slot: each field of GET_INFO and what changes it, SET_INFO,
 * sysfs, /proc/PID/fdinfo and the tracepoints.
 */
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "slot_fixture.h"

TEST(new_slot)
{
	struct mailslot_create args = create_args(NULL);
	__s64 before = now_ns(CLOCK_REALTIME) - NSEC_PER_SEC, after;
	struct mailslot_info info;
	struct stat st;
	int server;

	args.max_message_size = 1000;
	args.queue_bytes = 5000;
	args.read_timeout_ns = 123456789;
	server = create_slot(&args);
	ASSERT_LE(0, server);
	after = now_ns(CLOCK_REALTIME) + NSEC_PER_SEC;
	ASSERT_EQ(0, stat(node_path(args.name), &st));
	memset(&info, POISON, sizeof(info));
	ASSERT_EQ(0, R(ioctl(server, MAILSLOT_IOC_GET_INFO, &info)));
	EXPECT_EQ(1000, info.max_message_size);
	EXPECT_EQ(MAILSLOT_NO_NEXT_MESSAGE, info.next_message_size);
	EXPECT_EQ(0, info.message_count);
	EXPECT_EQ(0, info.queued_bytes);
	EXPECT_EQ(5000, info.queue_bytes);
	EXPECT_EQ(123456789, info.read_timeout_ns);
	EXPECT_LE(before, info.creation_time_ns);
	EXPECT_GE(after, info.creation_time_ns);
	EXPECT_EQ(info.creation_time_ns, info.last_read_time_ns);
	EXPECT_EQ(info.creation_time_ns, info.last_write_time_ns);
	EXPECT_EQ(0, info.messages_written);
	EXPECT_EQ(0, info.messages_read);
	EXPECT_EQ(0, info.bytes_written);
	EXPECT_EQ(0, info.bytes_read);
	EXPECT_EQ(0, info.clients);
	EXPECT_EQ(MAILSLOT_INFO_SERVER, info.flags);
	EXPECT_EQ(major(st.st_rdev), info.dev_major);
	EXPECT_EQ(minor(st.st_rdev), info.dev_minor);
}

TEST(extremes)
{
	struct mailslot_create args = create_args(NULL);
	struct mailslot_info info;

	args.max_message_size = ~0U;
	args.read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS;
	info = info_of(create_slot(&args));
	EXPECT_EQ(~0U, info.max_message_size);
	EXPECT_EQ(MAILSLOT_WAIT_FOREVER_NS, info.read_timeout_ns);
	EXPECT_EQ(parameter_get("default_queue_bytes"), info.queue_bytes);
}

/* The same seen from both ends, but for whose end it is. */
TEST_F(slot, both_ends)
{
	struct mailslot_info server, client;

	EXPECT_EQ(5, write(self->client, "hello", 5));
	server = info_of(self->server);
	client = info_of(self->client);
	EXPECT_EQ(MAILSLOT_INFO_SERVER, server.flags);
	EXPECT_EQ(0, client.flags);
	client.flags = server.flags;
	EXPECT_EQ(0, memcmp(&server, &client, sizeof(server)));
}

TEST_F(slot, counts)
{
	struct mailslot_info info, last;
	char buffer[16];

	EXPECT_EQ(5, write(self->client, "hello", 5));
	sleep_ns(20 * NSEC_PER_MSEC);
	EXPECT_EQ(2, write(self->client, "ho", 2));
	info = info_of(self->server);
	EXPECT_EQ(5, info.next_message_size);
	EXPECT_EQ(2, info.message_count);
	EXPECT_EQ(7 + 2 * COST, info.queued_bytes);
	EXPECT_EQ(2, info.messages_written);
	EXPECT_EQ(0, info.messages_read);
	EXPECT_EQ(7, info.bytes_written);
	EXPECT_EQ(0, info.bytes_read);
	EXPECT_LT(info.creation_time_ns, info.last_write_time_ns);
	EXPECT_EQ(info.creation_time_ns, info.last_read_time_ns);

	last = info;
	sleep_ns(20 * NSEC_PER_MSEC);
	EXPECT_EQ(5, read(self->server, buffer, sizeof(buffer)));
	info = info_of(self->server);
	EXPECT_EQ(2, info.next_message_size);
	EXPECT_EQ(1, info.message_count);
	EXPECT_EQ(2 + COST, info.queued_bytes);
	EXPECT_EQ(2, info.messages_written);
	EXPECT_EQ(1, info.messages_read);
	EXPECT_EQ(7, info.bytes_written);
	EXPECT_EQ(5, info.bytes_read);
	EXPECT_EQ(last.last_write_time_ns, info.last_write_time_ns);
	EXPECT_LT(last.last_write_time_ns, info.last_read_time_ns);

	EXPECT_EQ(2, read(self->server, buffer, sizeof(buffer)));
	EXPECT_EQ(0, R(write(self->client, "", 0)));
	info = info_of(self->server);
	EXPECT_EQ(0, info.next_message_size);
	EXPECT_EQ(COST, info.queued_bytes);
	EXPECT_EQ(3, info.messages_written);
	EXPECT_EQ(7, info.bytes_written);
	EXPECT_EQ(0, R(read(self->server, buffer, sizeof(buffer))));
	info = info_of(self->server);
	EXPECT_EQ(MAILSLOT_NO_NEXT_MESSAGE, info.next_message_size);
	EXPECT_EQ(0, info.queued_bytes);
	EXPECT_EQ(3, info.messages_read);
	EXPECT_EQ(7, info.bytes_read);
}

/* Failures leave no trace. */
TEST_F(slot, failures)
{
	struct mailslot_info before, after;
	char buffer[16];

	EXPECT_EQ(5, write(self->client, "hello", 5));
	before = info_of(self->server);
	sleep_ns(20 * NSEC_PER_MSEC);
	EXPECT_EQ(-EFAULT, R(write(self->client, nowhere(), 5)));
	/* On 32-bit kernels, 1 GiB from there on would reach beyond what a program may have. */
	EXPECT_EQ(-EMSGSIZE, R(write(self->client, nowhere(), 1 << 26)));
	EXPECT_EQ(-EMSGSIZE, R(read(self->server, buffer, 4)));
	EXPECT_EQ(-EFAULT, R(read(self->server, nowhere(), 5)));
	after = info_of(self->server);
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));
}

TEST_F(slot, clients)
{
	int other = client_open(self->name, O_RDONLY), third;
	pid_t pid;

	EXPECT_EQ(2, info_of(self->server).clients);
	third = dup(other);
	EXPECT_EQ(2, info_of(self->server).clients);
	close(other);
	EXPECT_EQ(2, info_of(self->server).clients);
	close(third);
	EXPECT_EQ(1, info_of(self->server).clients);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		EXPECT_EQ(1, info_of(self->server).clients);
		close(self->client);
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));
	EXPECT_EQ(1, info_of(self->server).clients);
	close(self->client);
	EXPECT_EQ(0, info_of(self->server).clients);
}

TEST_F(slot, gone)
{
	struct mailslot_info before, after;

	EXPECT_EQ(5, write(self->client, "hello", 5));
	before = info_of(self->client);
	EXPECT_EQ(0, close(self->server));
	after = info_of(self->client);
	EXPECT_EQ(MAILSLOT_INFO_GONE, after.flags);
	EXPECT_EQ(0, after.message_count);
	EXPECT_EQ(0, after.queued_bytes);
	EXPECT_EQ(MAILSLOT_NO_NEXT_MESSAGE, after.next_message_size);
	EXPECT_EQ(before.max_message_size, after.max_message_size);
	EXPECT_EQ(before.queue_bytes, after.queue_bytes);
	EXPECT_EQ(before.creation_time_ns, after.creation_time_ns);
	EXPECT_EQ(1, after.messages_written);
	EXPECT_EQ(0, after.messages_read);
	EXPECT_EQ(5, after.bytes_written);
	EXPECT_EQ(0, after.bytes_read);
	EXPECT_EQ(1, after.clients);
	EXPECT_EQ(before.dev_major, after.dev_major);
	EXPECT_EQ(before.dev_minor, after.dev_minor);
}

/* A field set is set for every holder, and no other field moves. */
TEST_F(slot, set)
{
	struct mailslot_info before = info_of(self->server), after;
	struct mailslot_set_info set = {
		.mask = MAILSLOT_SET_READ_TIMEOUT, .read_timeout_ns = 7,
	};

	EXPECT_EQ(0, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, &set)));
	after = info_of(self->client);
	EXPECT_EQ(7, after.read_timeout_ns);
	after = info_of(self->server);
	after.read_timeout_ns = before.read_timeout_ns;
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));

	set = (struct mailslot_set_info) {
		.mask = MAILSLOT_SET_CREATION_TIME, .creation_time_ns = 1234567890123456789LL,
	};
	EXPECT_EQ(0, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, &set)));
	after = info_of(self->client);
	EXPECT_EQ(1234567890123456789LL, after.creation_time_ns);
	EXPECT_EQ(7, after.read_timeout_ns);

	/* Before 1970 there was time, too. */
	set.creation_time_ns = -1234567890123456789LL;
	EXPECT_EQ(0, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, &set)));
	EXPECT_EQ(-1234567890123456789LL, info_of(self->server).creation_time_ns);

	set = (struct mailslot_set_info) {
		.mask = MAILSLOT_SET_MASK, .read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS,
		.creation_time_ns = 5, .flags = MAILSLOT_INFO_KEEP_WRITE_TIME,
		.last_read_time_ns = -6, .last_write_time_ns = 7,
	};
	EXPECT_EQ(0, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, &set)));
	after = info_of(self->server);
	EXPECT_EQ(MAILSLOT_WAIT_FOREVER_NS, after.read_timeout_ns);
	EXPECT_EQ(5, after.creation_time_ns);
	EXPECT_EQ(-6, after.last_read_time_ns);
	EXPECT_EQ(7, after.last_write_time_ns);
	EXPECT_EQ(MAILSLOT_INFO_SERVER | MAILSLOT_INFO_KEEP_WRITE_TIME, after.flags);
	EXPECT_EQ(MAILSLOT_INFO_KEEP_WRITE_TIME, info_of(self->client).flags);
}

/* Times that are to be kept stay; all else counts on. */
TEST_F(slot, kept_times)
{
	static const __u32 flags[] = {
		MAILSLOT_INFO_KEEP_READ_TIME, MAILSLOT_INFO_KEEP_WRITE_TIME,
		MAILSLOT_INFO_KEEP_READ_TIME | MAILSLOT_INFO_KEEP_WRITE_TIME, 0,
	};
	struct mailslot_set_info set = { .mask = MAILSLOT_SET_FLAGS };
	struct mailslot_info before, after;
	struct mailslot_send_msg out = send_slot("x", 1);
	struct mailslot_recv_msg in;
	char byte;
	size_t i;

	for (i = 0; i < 2 * ARRAY_SIZE(flags); i++) {
		set.flags = flags[i / 2];
		EXPECT_EQ(0, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, &set)));
		before = info_of(self->server);
		EXPECT_EQ(MAILSLOT_INFO_SERVER | set.flags, before.flags);
		sleep_ns(20 * NSEC_PER_MSEC);
		in = recv_slot(&byte, 1);
		EXPECT_EQ(1, i % 2 ? write(self->client, "x", 1) :
				     send_batch(self->client, &out, 1, 0));
		EXPECT_EQ(1, i % 2 ? read(self->server, &byte, 1) :
				     receive(self->server, &in, 1, 0));
		after = info_of(self->server);
		EXPECT_EQ(before.messages_read + 1, after.messages_read);
		EXPECT_EQ(!(set.flags & MAILSLOT_INFO_KEEP_READ_TIME),
			  before.last_read_time_ns < after.last_read_time_ns);
		EXPECT_EQ(!(set.flags & MAILSLOT_INFO_KEEP_WRITE_TIME),
			  before.last_write_time_ns < after.last_write_time_ns);
		EXPECT_LE(before.last_read_time_ns, after.last_read_time_ns);
		EXPECT_LE(before.last_write_time_ns, after.last_write_time_ns);
	}
}

/* All fields are of one moment: counts that belong together never disagree. */
static void *write_and_read(void *argument)
{
	int *fds = argument;
	char byte;
	long i;

	for (i = 0; !__atomic_load_n(&fds[2], __ATOMIC_RELAXED); i++) {
		if (write(fds[1], "x", 1) != 1)
			return (void *)1;
		if (i % 3 && read(fds[0], &byte, 1) != 1)
			return (void *)2;
		while (i % 50 == 49 && message_count(fds[0]))
			if (read(fds[0], &byte, 1) != 1)
				return (void *)3;
	}
	return NULL;
}

TEST_F(slot, one_moment)
{
	int fds[3] = { self->server, self->client, 0 };
	struct mailslot_info info;
	pthread_t thread;
	void *result;
	int i;

	ASSERT_EQ(0, pthread_create(&thread, NULL, write_and_read, fds));
	for (i = 0; i < 3000; i++) {
		info = info_of(self->client);
		EXPECT_EQ(info.messages_written - info.messages_read, info.message_count);
		EXPECT_EQ(info.bytes_written - info.bytes_read, info.message_count);
		EXPECT_EQ(info.message_count * (1 + COST), info.queued_bytes);
		EXPECT_EQ(info.message_count ? 1 : MAILSLOT_NO_NEXT_MESSAGE,
			  info.next_message_size);
	}
	__atomic_store_n(&fds[2], 1, __ATOMIC_RELAXED);
	pthread_join(thread, &result);
	EXPECT_TRUE(!result);
}

/* The text of a sysfs attribute of the slot, or what came instead. */
static const char *attribute(int fd, const char *name)
{
	static char text[1024];
	char path[128];
	ssize_t length;
	int file;

	snprintf(path, sizeof(path), "/sys/class/mailslot/mailslot%u/%s",
		 info_of(fd).dev_minor, name);
	file = open(path, O_RDONLY);
	if (file < 0)
		return "(not there)";
	length = read(file, text, sizeof(text) - 1);
	text[length > 0 ? length : 0] = 0;
	close(file);
	return text;
}

/* What the uevent attribute says of the key, or what came instead. */
static const char *uevent_of(int fd, const char *key)
{
	static char line[1024];
	const char *text = attribute(fd, "uevent");
	size_t length = strlen(key);

	while (*text) {
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\n"), text);
		if (!strncmp(line, key, length) && line[length] == '=')
			return line + length + 1;
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return "(no line)";
}

TEST(sysfs)
{
	struct mailslot_create args = create_args(NULL);
	char text[512], path[128];
	int server, client;

	if (instance_place())
		SKIP(return, "sysfs has nothing of its slots; LIST tells of them (instance-list)");
	strcat(args.name, "/\xe9\x83\xb5");
	args.max_message_size = 777;
	args.queue_bytes = 9999;
	server = create_slot(&args);
	ASSERT_LE(0, server);
	client = client_open(args.name, O_WRONLY);
	ASSERT_LE(0, client);
	EXPECT_EQ(3, write(client, "abc", 3));
	EXPECT_EQ(3, write(client, "def", 3));
	EXPECT_STREQ("2\n", attribute(server, "message_count"));
	snprintf(text, sizeof(text), "%u:%u\n", info_of(server).dev_major,
		 info_of(server).dev_minor);
	EXPECT_STREQ(text, attribute(server, "dev"));
	snprintf(text, sizeof(text), "mailslot/%s", args.name);
	EXPECT_STREQ(text, uevent_of(server, "DEVNAME"));
	EXPECT_STREQ("2", uevent_of(server, "MAILSLOT_MESSAGE_COUNT"));
	EXPECT_STREQ("134", uevent_of(server, "MAILSLOT_QUEUED_BYTES"));
	EXPECT_STREQ("9999", uevent_of(server, "MAILSLOT_QUEUE_BYTES"));
	EXPECT_STREQ("777", uevent_of(server, "MAILSLOT_MAX_MESSAGE_SIZE"));
	EXPECT_STREQ("1", uevent_of(server, "MAILSLOT_CLIENTS"));
	EXPECT_STREQ("2", uevent_of(server, "MAILSLOT_MESSAGES_WRITTEN"));
	EXPECT_STREQ("0", uevent_of(server, "MAILSLOT_MESSAGES_READ"));
	EXPECT_STREQ("6", uevent_of(server, "MAILSLOT_BYTES_WRITTEN"));
	EXPECT_STREQ("0", uevent_of(server, "MAILSLOT_BYTES_READ"));
	EXPECT_EQ(3, read(server, text, sizeof(text)));
	EXPECT_STREQ("1", uevent_of(server, "MAILSLOT_MESSAGES_READ"));
	EXPECT_STREQ("3", uevent_of(server, "MAILSLOT_BYTES_READ"));

	snprintf(path, sizeof(path), "/sys/class/mailslot/mailslot%u", info_of(server).dev_minor);
	EXPECT_EQ(0, access(path, F_OK));
	EXPECT_EQ(0, close(server));
	EXPECT_EQ(-1, access(path, F_OK));
}

#define ALICE		12345
#define BOB		12346

/* What somebody sees of the slot's traffic: bit 0 in message_count, bit 1 in uevent. */
static int seen_by(uid_t uid, int server)
{
	pid_t pid = fork();
	int seen;

	if (!pid) {
		if (become(uid, uid))
			_exit(4);
		seen = !strcmp(attribute(server, "message_count"), "1\n");
		seen |= !strcmp(uevent_of(server, "MAILSLOT_MESSAGES_WRITTEN"), "1") << 1;
		if (strcmp(uevent_of(server, "MAILSLOT_QUEUE_BYTES"), "9999"))
			_exit(5);
		_exit(seen);
	}
	return child_status(pid);
}

/* As GET_INFO: whoever may open the node, for writing or reading, and the owner. */
TEST(traffic_is_told_to_who_may_open)
{
	struct mailslot_create args = create_args(NULL);
	int server, client;
	pid_t pid;

	if (instance_place())
		SKIP(return, "sysfs has nothing of its slots; LIST tells of them (instance-list)");
	if (geteuid())
		SKIP(return, "only root can be others");
	args.queue_bytes = 9999;
	args.mode = 0600;
	server = create_slot(&args);
	ASSERT_LE(0, server);
	client = client_open(args.name, O_WRONLY);
	ASSERT_EQ(1, write(client, "x", 1));
	EXPECT_EQ(3, seen_by(0, server));
	EXPECT_EQ(0, seen_by(ALICE, server));
	ASSERT_EQ(0, chmod(node_path(args.name), 0602));
	EXPECT_EQ(3, seen_by(ALICE, server));
	ASSERT_EQ(0, chmod(node_path(args.name), 0604));
	EXPECT_EQ(3, seen_by(ALICE, server));
	ASSERT_EQ(0, chmod(node_path(args.name), 0601));
	EXPECT_EQ(0, seen_by(ALICE, server));
	ASSERT_EQ(0, chown(node_path(args.name), ALICE, 0));
	EXPECT_EQ(0, chmod(node_path(args.name), 0600));
	EXPECT_EQ(3, seen_by(ALICE, server));
	EXPECT_EQ(0, seen_by(BOB, server));
	/* A node in another place is nobody's, but root sees all the same. */
	ASSERT_EQ(0, chmod(node_path(args.name), 0666));
	ASSERT_EQ(0, rename(node_path(args.name), MAILSLOT_DIR "/elsewhere"));
	EXPECT_EQ(0, seen_by(BOB, server));
	EXPECT_EQ(3, seen_by(0, server));
	ASSERT_EQ(0, unlink(MAILSLOT_DIR "/elsewhere"));
	close(client);
	close(server);

	/* The one who made the slot, whatever became of the node. */
	pid = fork();
	if (!pid) {
		if (become(ALICE, ALICE))
			_exit(4);
		args = create_args(NULL);
		args.queue_bytes = 9999;
		args.mode = 0;
		server = create_slot(&args);
		_exit(server < 0 || strcmp(attribute(server, "message_count"), "0\n"));
	}
	EXPECT_EQ(0, child_status(pid));
}

/* Of the message that is next, not of the last; 0 when there is none, at first and at the end. */
TEST_F(slot, sysfs_oldest_time)
{
	struct mailslot_recv_msg message[2];
	struct mailslot_receive receive = {
		.messages = (uintptr_t)message,
		.count = ARRAY_SIZE(message),
		.message_size = sizeof(message[0]),
		.flags = MAILSLOT_RECEIVE_PEEK,
	};
	char buffer[2][16];
	size_t i;

	if (instance_place())
		SKIP(return, "sysfs has nothing of its slots; LIST tells of them (instance-list)");
	EXPECT_STREQ("0", uevent_of(self->server, "MAILSLOT_OLDEST_TIME"));
	EXPECT_EQ(3, write(self->client, "abc", 3));
	sleep_ns(20 * NSEC_PER_MSEC);
	EXPECT_EQ(3, write(self->client, "def", 3));
	for (i = 0; i < ARRAY_SIZE(message); i++)
		message[i] = (struct mailslot_recv_msg){
			.buffer = (uintptr_t)buffer[i],
			.capacity = sizeof(buffer[i]),
		};
	ASSERT_EQ(2, R(ioctl(self->server, MAILSLOT_IOC_RECEIVE, &receive)));
	EXPECT_LT(message[0].time_ns, message[1].time_ns);
	for (i = 0; i < ARRAY_SIZE(message); i++) {
		EXPECT_EQ(message[i].time_ns,
			  atoll(uevent_of(self->server, "MAILSLOT_OLDEST_TIME")));
		EXPECT_EQ(3, read(self->server, buffer[i], sizeof(buffer[i])));
	}
	EXPECT_STREQ("0", uevent_of(self->server, "MAILSLOT_OLDEST_TIME"));
}

/* An attribute that is open when the slot dies is of no slot, and of no other one. */
TEST_F(slot, sysfs_held_open)
{
	char path[128], text[64];
	int file;

	if (instance_place())
		SKIP(return, "sysfs has nothing of its slots; LIST tells of them (instance-list)");
	snprintf(path, sizeof(path), "/sys/class/mailslot/mailslot%u/message_count",
		 info_of(self->server).dev_minor);
	file = open(path, O_RDONLY);
	ASSERT_LE(0, file);
	EXPECT_EQ(0, close(self->server));
	EXPECT_EQ(-ENODEV, R(read(file, text, sizeof(text))));
	close(file);
}

/* The value behind the key in the file's fdinfo, or what came instead. */
static const char *fdinfo_of(int fd, const char *key)
{
	static char line[512];
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "r");
	if (!file)
		return "(no file)";
	while (fgets(line, sizeof(line), file)) {
		size_t length = strlen(key);

		line[strcspn(line, "\n")] = 0;
		if (!strncmp(line, key, length) && line[length] == ':') {
			fclose(file);
			return line + length + 1 + strspn(line + length + 1, " \t");
		}
	}
	fclose(file);
	return "(no line)";
}

TEST_F(slot, fdinfo)
{
	EXPECT_EQ(3, write(self->client, "abc", 3));
	EXPECT_STREQ(self->name, fdinfo_of(self->server, "mailslot-name"));
	EXPECT_STREQ("server", fdinfo_of(self->server, "mailslot-end"));
	EXPECT_STREQ("1", fdinfo_of(self->server, "mailslot-messages"));
	EXPECT_STREQ("67", fdinfo_of(self->server, "mailslot-bytes"));
	EXPECT_STREQ(self->name, fdinfo_of(self->client, "mailslot-name"));
	EXPECT_STREQ("client", fdinfo_of(self->client, "mailslot-end"));
	EXPECT_STREQ("1", fdinfo_of(self->client, "mailslot-messages"));
	EXPECT_STREQ("67", fdinfo_of(self->client, "mailslot-bytes"));
	EXPECT_EQ(0, close(self->server));
	EXPECT_STREQ(self->name, fdinfo_of(self->client, "mailslot-name"));
	EXPECT_STREQ("client-gone", fdinfo_of(self->client, "mailslot-end"));
	EXPECT_STREQ("0", fdinfo_of(self->client, "mailslot-messages"));
	EXPECT_STREQ("0", fdinfo_of(self->client, "mailslot-bytes"));
}

/* Tracepoints, in an instance of their own so that nobody else's tracing is disturbed. */
#define TRACING	"/sys/kernel/tracing"

FIXTURE(trace)
{
	char instance[64];
};

static int instance_write(const char *instance, const char *file, const char *text)
{
	char path[160];
	int fd, ret;

	snprintf(path, sizeof(path), "%s/%s", instance, file);
	fd = R(open(path, O_WRONLY));
	if (fd < 0)
		return fd;
	ret = R(write(fd, text, strlen(text)));
	close(fd);
	return ret < 0 ? ret : 0;
}

FIXTURE_SETUP(trace)
{
	if (access(TRACING "/events", F_OK))
		mount("tracefs", TRACING, "tracefs", 0, NULL);
	snprintf(self->instance, sizeof(self->instance), TRACING "/instances/mailslot-%d",
		 getpid());
	if (mkdir(self->instance, 0700))
		SKIP(return, "no tracing instance can be made");
}

FIXTURE_TEARDOWN_PARENT(trace)
{
	instance_write(self->instance, "events/mailslot/enable", "0");
	rmdir(self->instance);
}

/* How many lines of the trace have the event, for this slot where the line names one. */
static int traced(const char *instance, const char *event)
{
	char path[160], line[1024], word[64];
	FILE *file;
	int count = 0;

	snprintf(path, sizeof(path), "%s/trace", instance);
	snprintf(word, sizeof(word), " %s: ", event);
	file = fopen(path, "r");
	if (!file)
		return -1;
	while (fgets(line, sizeof(line), file))
		count += !!strstr(line, word);
	fclose(file);
	return count;
}

TEST_F(trace, events)
{
	struct mailslot_create args = create_args(NULL);
	struct mailslot_send_msg out[2] = { send_slot("a", 1), send_slot("b", 1) };
	struct mailslot_recv_msg in[2];
	char bytes[2];
	int server, client;

	ASSERT_EQ(0, instance_write(self->instance, "events/mailslot/enable", "1"));
	args.queue_bytes = 2 * (1 + COST);
	args.read_timeout_ns = NSEC_PER_MSEC;
	server = create_slot(&args);
	ASSERT_LE(0, server);
	client = client_open(args.name, O_WRONLY | O_NONBLOCK);
	EXPECT_EQ(1, traced(self->instance, "mailslot_create"));
	EXPECT_EQ(0, traced(self->instance, "mailslot_send"));
	EXPECT_EQ(1, write(client, "x", 1));
	EXPECT_EQ(1, traced(self->instance, "mailslot_send"));
	EXPECT_EQ(0, traced(self->instance, "mailslot_receive"));
	EXPECT_EQ(1, read(server, bytes, 1));
	EXPECT_EQ(1, traced(self->instance, "mailslot_receive"));

	/* Each message of a batch is one. */
	EXPECT_EQ(2, send_batch(client, out, 2, 0));
	EXPECT_EQ(3, traced(self->instance, "mailslot_send"));
	EXPECT_EQ(0, traced(self->instance, "mailslot_full"));
	EXPECT_EQ(-EAGAIN, R(write(client, "x", 1)));
	EXPECT_LE(1, traced(self->instance, "mailslot_full"));
	EXPECT_EQ(3, traced(self->instance, "mailslot_send"));
	in[0] = recv_slot(bytes, 1);
	in[1] = recv_slot(bytes + 1, 1);
	EXPECT_EQ(2, receive(server, in, 2, 0));
	EXPECT_EQ(3, traced(self->instance, "mailslot_receive"));
	EXPECT_EQ(0, traced(self->instance, "mailslot_wait"));
	EXPECT_EQ(-ETIMEDOUT, R(read(server, bytes, 1)));
	EXPECT_LE(1, traced(self->instance, "mailslot_wait"));
	EXPECT_EQ(0, traced(self->instance, "mailslot_destroy"));
	EXPECT_EQ(0, close(server));
	EXPECT_EQ(1, traced(self->instance, "mailslot_destroy"));
	close(client);
	EXPECT_EQ(1, traced(self->instance, "mailslot_destroy"));
}
