// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an unprivileged user can not do: the claims of docs/security.rst, a test
 * each.  Modes, sender identity and the bytes of a user are perms.c's; names and
 * the number of slots create.c's.
 */
#include <linux/netlink.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "mailslot_test.h"

/* Users nobody has an account for. */
#define ALICE		12345
#define BOB		12346
#define FRIENDS		54321

#define SYSFS		"/sys/class/mailslot/"

FIXTURE(security)
{
	unsigned long long max_user_slots;
	unsigned long long max_user_bytes;
};

FIXTURE_SETUP(security)
{
	if (geteuid())
		SKIP(return, "only root can be others");
	self->max_user_slots = parameter_get("max_user_slots");
	self->max_user_bytes = parameter_get("max_user_bytes");
}

FIXTURE_TEARDOWN_PARENT(security)
{
	parameter_set("max_user_slots", self->max_user_slots);
	parameter_set("max_user_bytes", self->max_user_bytes);
	parameter_set("uevents", 0);
}

/* Effective ids only, so that root comes back. */
static void act_as(uid_t uid, gid_t gid)
{
	if (setresuid(-1, 0, -1) || setresgid(-1, gid, -1) || setresuid(-1, uid, -1))
		abort();
}

static int slot_of(uid_t uid, mode_t mode, char *name)
{
	struct mailslot_create args = create_args(NULL);
	int server;

	args.mode = mode;
	umask(0);
	act_as(uid, FRIENDS);
	server = create_slot(&args);
	act_as(0, 0);
	strcpy(name, args.name);
	return server;
}

static ssize_t slurp(const char *path, char *text, size_t size)
{
	int fd = R(open(path, O_RDONLY | O_CLOEXEC));
	ssize_t length;

	if (fd < 0)
		return fd;
	length = R(read(fd, text, size - 1));
	close(fd);
	text[length < 0 ? 0 : length] = '\0';
	return length;
}

static void sysfs_path(int fd, const char *file, char *path, size_t size)
{
	snprintf(path, size, SYSFS "mailslot%u/%s", info_of(fd).dev_minor, file);
}

/*
 * Bytes that came out of the kernel: nothing of another's secret, no address.
 */

/* No four bytes of it occur in anything else that the tests write. */
#define SECRET		"\xe1\xe2\xe3\xe4\xe5\xe6\xe7\xe8"

static bool has_secret(const void *bytes, size_t size)
{
	char wanted[2 * sizeof(SECRET)] = SECRET SECRET;
	size_t i;

	for (i = 0; i < sizeof(SECRET) - 1; i++)
		if (memmem(bytes, size, wanted + i, 4))
			return true;
	return false;
}

/* In a structure: where kernels have their data, their stacks, their text and modules. */
static bool has_pointer(const void *bytes, size_t size)
{
	const __u64 *word = bytes;
	size_t i;

	for (i = 0; i < size / sizeof(*word); i++)
		if ((word[i] >= 0xffff800000000000ULL && word[i] < 0xffffffff00000000ULL) ||
		    (word[i] >= 0xffffffff80000000ULL && word[i] < 0xffffffffffff0000ULL))
			return true;
	return false;
}

/* In a text: twelve hexadecimal digits after ffff. */
static bool has_address(const char *text)
{
	const char *at = text;

	for (; (at = strstr(at, "ffff")); at++)
		if (strspn(at, "0123456789abcdefABCDEF") >= 16)
			return true;
	return false;
}

/* Fill many pages of kernel memory with the secret, in messages of all sizes, and free them. */
static int leave_secrets(void)
{
	static const size_t sizes[] = { 8, 40, 64, 200, 424, 1000, 2040, 4000, 4096, 5000, 65536 };
	static char message[65536];
	struct mailslot_create args = create_args(NULL);
	int server, client, messages = 0;
	size_t i;

	args.queue_bytes = 8 << 20;
	for (i = 0; i < sizeof(message); i++)
		message[i] = SECRET[i % (sizeof(SECRET) - 1)];
	server = create_slot(&args);
	client = client_open(args.name, O_WRONLY | O_NONBLOCK);
	if (server < 0 || client < 0)
		return -1;
	for (i = 0; write(client, message, sizes[i % ARRAY_SIZE(sizes)]) > 0; i++)
		messages++;
	/* Half of it read, half of it dropped. */
	for (i = 0; i < (size_t)messages / 2; i++)
		if (read(server, message, sizeof(message)) < 0)
			return -1;
	close(client);
	close(server);
	return messages;
}

struct harvest {
	bool secret;
	bool pointer;
};

static void search(struct harvest *harvest, const void *bytes, size_t size)
{
	harvest->secret |= has_secret(bytes, size);
	harvest->pointer |= has_pointer(bytes, size);
}

static void search_text(struct harvest *harvest, const char *path)
{
	static char text[8192];

	if (slurp(path, text, sizeof(text)) < 0)
		return;
	harvest->secret |= has_secret(text, strlen(text));
	harvest->pointer |= has_address(text);
}

/* Every call that gives bytes, with every byte around them looked at as well. */
static void search_calls(struct harvest *harvest, int server, int client, const char *message,
			 size_t length)
{
	static __u64 info[512], words[3 * 8192];
	char *buffer = (char *)words;
	struct mailslot_recv_msg msgs[4];
	unsigned int i;

	if (write(client, message, length) < 0 || write(client, message, length) < 0 ||
	    write(client, message, length) < 0 || write(client, message, length) < 0)
		abort();

	memset(buffer, POISON, sizeof(words));
	memset(msgs, POISON, sizeof(msgs));
	for (i = 0; i < ARRAY_SIZE(msgs); i++)
		msgs[i] = recv_slot(buffer + i * 40000, i == 3 ? 0 : 40000);
	receive(server, msgs, 4, MAILSLOT_RECEIVE_PEEK);
	search(harvest, msgs, sizeof(msgs));
	search(harvest, buffer, sizeof(words));

	memset(msgs, POISON, sizeof(msgs));
	msgs[0] = recv_slot(buffer + 1, 40000);
	receive(server, msgs, 1, 0);
	search(harvest, msgs, sizeof(msgs));
	search(harvest, buffer, sizeof(words));

	memset(buffer, POISON, sizeof(words));
	if (read(server, buffer, length ? length - 1 : 0) > 0)
		abort();
	search(harvest, buffer, sizeof(words));
	if (read(server, buffer, sizeof(words)) != (ssize_t)length)
		abort();
	search(harvest, buffer, sizeof(words));

	for (i = 0; i < 2; i++) {
		memset(info, POISON, sizeof(info));
		if (ioctl(i ? server : client, _IOC(_IOC_READ, MAILSLOT_IOC_MAGIC,
						    _IOC_NR(MAILSLOT_IOC_GET_INFO),
						    sizeof(info)), info))
			abort();
		search(harvest, info, sizeof(info));
	}
	while (read(server, buffer, sizeof(words)) >= 0)
		;
	search(harvest, buffer, sizeof(words));
}

static void search_texts(struct harvest *harvest, int server, int client)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", server);
	search_text(harvest, path);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", client);
	search_text(harvest, path);
	sysfs_path(server, "uevent", path, sizeof(path));
	search_text(harvest, path);
	sysfs_path(server, "message_count", path, sizeof(path));
	search_text(harvest, path);
}

TEST_F(security, no_stale_memory_and_no_addresses)
{
	static const size_t lengths[] = {
		0, 1, 7, 8, 9, 40, 63, 64, 65, 424, 1000, 2047, 4000, 4095, 4096, 4097, 5000, 8192,
		20000, 39999,
	};
	struct harvest harvest = {};
	static char message[40000];
	int server, client, round;
	pid_t pid;
	size_t i;

	memset(message, 'm', sizeof(message));
	for (round = 0; round < 3; round++) {
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid) {
			if (become(ALICE, FRIENDS))
				_exit(1);
			_exit(leave_secrets() < 1000 ? 2 : 0);
		}
		EXPECT_EQ(0, child_status(pid));

		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid) {
			ASSERT_EQ(0, become(BOB, BOB));
			for (i = 0; i < ARRAY_SIZE(lengths); i++) {
				struct mailslot_create args = create_args(NULL);

				server = create_slot(&args);
				client = client_open(args.name, O_WRONLY);
				ASSERT_LE(0, client);
				search_calls(&harvest, server, client, message, lengths[i]);
				search(&harvest, &args, sizeof(args));
				search_texts(&harvest, server, client);
				EXPECT_FALSE(harvest.secret)
					TH_LOG("stale bytes with messages of %zu", lengths[i]);
				EXPECT_FALSE(harvest.pointer)
					TH_LOG("an address with messages of %zu", lengths[i]);
				close(client);
				close(server);
			}
			_exit(0);
		}
		EXPECT_EQ(0, child_status(pid));
	}
}

/* The search finds what it shall find: else the test above could not fail. */
TEST(search_finds)
{
	struct harvest harvest = {};
	__u64 words[8] = { 0, ~0ULL, 0xffffffff00000000ULL, 0x5a5a5a5a };
	char bytes[64] = "abc";

	search(&harvest, words, sizeof(words));
	EXPECT_FALSE(harvest.secret || harvest.pointer);
	words[5] = 0xffff888004c0ffeeULL;
	search(&harvest, words, sizeof(words));
	EXPECT_TRUE(harvest.pointer);
	memcpy(bytes + 29, SECRET + 5, 3);
	memcpy(bytes + 32, SECRET, 1);
	search(&harvest, bytes, sizeof(bytes));
	EXPECT_TRUE(harvest.secret);
	EXPECT_TRUE(has_address("x=ffffffffc0401234"));
	EXPECT_FALSE(has_address("x=ffffffff\ny=18446744073709551615"));
}

/* The traces are root's, and go into logs. */
TEST_F(security, no_addresses_in_traces)
{
#define TRACING "/sys/kernel/tracing/"
	static char text[65536];
	int server, client, enable;
	char name[MAILSLOT_NAME_SIZE];
	bool address = false;
	size_t lines = 0;
	FILE *trace;

	enable = open(TRACING "events/mailslot/enable", O_WRONLY | O_CLOEXEC);
	if (enable < 0)
		SKIP(return, "no tracing here");
	ASSERT_EQ(1, write(enable, "1", 1));
	server = slot_of(ALICE, 0666, name);
	client = client_open(name, O_WRONLY | O_NONBLOCK);
	EXPECT_EQ(1, write(client, "x", 1));
	EXPECT_EQ(-EMSGSIZE, R(write(client, nowhere(), 64 << 20)));
	while (write(client, text, sizeof(text)) > 0)
		;
	EXPECT_EQ(1, read(server, text, sizeof(text)));
	close(client);
	close(server);
	ASSERT_EQ(1, write(enable, "0", 1));
	trace = fopen(TRACING "trace", "re");
	ASSERT_NE(NULL, trace);
	while (fgets(text, sizeof(text), trace)) {
		if (!strstr(text, " mailslot_"))
			continue;
		lines++;
		address |= has_address(text);
	}
	fclose(trace);
	/* Empties it for whoever looks next. */
	close(open(TRACING "trace", O_WRONLY | O_TRUNC));
	close(enable);
	EXPECT_LE(5, lines);
	EXPECT_FALSE(address);
}

/*
 * Reading is the server's alone.
 */

TEST_F(security, opening_never_reads)
{
	static const int flags[] = { O_RDONLY, O_WRONLY, O_RDWR };
	struct mailslot_set_info set = { .mask = MAILSLOT_SET_READ_TIMEOUT };
	struct mailslot_recv_msg msg;
	char name[MAILSLOT_NAME_SIZE], buffer[64];
	struct iovec iov = { buffer, sizeof(buffer) };
	int server, fd, next, ends[2];
	size_t i;

	server = slot_of(ALICE, 0666, name);
	ASSERT_LE(0, server);
	fd = client_open(name, O_WRONLY);
	EXPECT_EQ(6, write(fd, "secret", 6));
	close(fd);
	ASSERT_EQ(0, pipe(ends));
	/* Not even root. */
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		fd = client_open(name, flags[i] | O_NONBLOCK);
		ASSERT_LE(0, fd);
		memset(buffer, POISON, sizeof(buffer));
		/* The descriptor's own mode is looked at first. */
		EXPECT_EQ(flags[i] == O_WRONLY ? -EBADF : -EINVAL,
			  R(read(fd, buffer, sizeof(buffer))));
		EXPECT_GT(0, readv(fd, &iov, 1));
		EXPECT_GT(0, pread(fd, buffer, sizeof(buffer), 0));
		EXPECT_GT(0, splice(fd, NULL, ends[1], NULL, 64, SPLICE_F_NONBLOCK));
		EXPECT_GT(0, sendfile(ends[1], fd, NULL, 64));
		EXPECT_EQ(MAP_FAILED, mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0));
		msg = recv_slot(buffer, sizeof(buffer));
		EXPECT_EQ(-EINVAL, receive(fd, &msg, 1, MAILSLOT_RECEIVE_PEEK));
		EXPECT_EQ(-EINVAL, R(ioctl(fd, MAILSLOT_IOC_SET_INFO, &set)));
		EXPECT_EQ(-EINVAL, R(ioctl(fd, FIONREAD, &next)));
		EXPECT_TRUE(all_bytes(buffer, sizeof(buffer), POISON));
		EXPECT_EQ(POISON32, msg.length);
		close(fd);
	}
	EXPECT_EQ(1, message_count(server));
}

/* Nor does anybody get at the server's descriptor who may not trace its process. */
TEST_F(security, servers_descriptor_is_its_process)
{
	char path[64], byte;
	int ready[2], stop[2], fd, again;
	pid_t alice, bob;

	ASSERT_EQ(0, pipe(ready) | pipe(stop));
	alice = fork();
	ASSERT_LE(0, alice);
	if (!alice) {
		if (become(ALICE, FRIENDS) || prctl(PR_SET_DUMPABLE, 1) || create_named(NULL) < 0)
			_exit(1);
		fd = create_named(NULL);
		if (dup2(fd, 100) != 100 || write(ready[1], "", 1) != 1)
			_exit(1);
		close(stop[1]);
		_exit(read(stop[0], &byte, 1) ? 1 : 0);
	}
	ASSERT_EQ(1, read(ready[0], &byte, 1));
	bob = fork();
	ASSERT_LE(0, bob);
	if (!bob) {
		int pidfd = syscall(SYS_pidfd_open, alice, 0);

		ASSERT_EQ(0, become(BOB, BOB));
		snprintf(path, sizeof(path), "/proc/%d/fd/100", alice);
		EXPECT_EQ(-EACCES, R(open(path, O_RDONLY)));
		EXPECT_EQ(-EPERM, R(syscall(SYS_pidfd_getfd, pidfd, 100, 0)));
		_exit(0);
	}
	EXPECT_EQ(0, child_status(bob));
	/* And what root opens that way is no server end: in an instance, it is a client end. */
	snprintf(path, sizeof(path), "/proc/%d/fd/100", alice);
	again = R(open(path, O_RDONLY));
	EXPECT_TRUE(instance_place() ? R(read(again, &byte, 1)) == -EINVAL : never_opened(again));
	close(stop[1]);
	EXPECT_EQ(0, child_status(alice));
}

/* A server end is a key: whoever is handed it reads, whatever the node's mode says. */
TEST_F(security, server_end_is_a_key)
{
	char name[MAILSLOT_NAME_SIZE], text[8];
	int server, client;
	pid_t pid;

	server = slot_of(ALICE, 0600, name);
	client = client_open(name, O_WRONLY);
	ASSERT_LE(0, client);
	EXPECT_EQ(1, write(client, "x", 1));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		ASSERT_EQ(0, become(BOB, BOB));
		EXPECT_EQ(-EACCES, client_open(name, O_WRONLY));
		EXPECT_EQ(1, R(read(server, text, sizeof(text))));
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));
}

/*
 * The name space.
 */

TEST_F(security, squatter_shows)
{
	struct mailslot_create args;
	char name[MAILSLOT_NAME_SIZE];
	struct mailslot_info info;
	int server, client;
	struct stat st;

	server = slot_of(BOB, 0666, name);
	ASSERT_LE(0, server);
	args = create_args(name);
	act_as(ALICE, FRIENDS);
	EXPECT_EQ(-EEXIST, create_slot(&args));
	client = client_open(name, O_WRONLY);
	act_as(0, 0);
	ASSERT_LE(0, client);
	/* The client sees whose slot it is before it sends, on the descriptor itself. */
	ASSERT_EQ(0, fstat(client, &st));
	EXPECT_EQ(BOB, st.st_uid);
	info = info_of(client);
	EXPECT_EQ(major(st.st_rdev), info.dev_major);
	EXPECT_EQ(minor(st.st_rdev), info.dev_minor);
}

/* Its directory is root's: nobody puts a file where a slot is looked for, nor moves one. */
TEST_F(security, directory_is_roots)
{
	char name[MAILSLOT_NAME_SIZE], other[sizeof(MAILSLOT_DIR) + MAILSLOT_NAME_SIZE + 2];
	struct stat st;
	int server;

	if (instance_place())
		SKIP(return, "its root directory is open to all (instance-perms)");
	server = slot_of(ALICE, 0666, name);
	ASSERT_LE(0, server);
	ASSERT_EQ(0, stat(MAILSLOT_DIR, &st));
	EXPECT_EQ(0, st.st_uid);
	EXPECT_EQ(S_IFDIR | 0755, st.st_mode);
	snprintf(other, sizeof(other), "%s/%s-x", MAILSLOT_DIR, name);
	act_as(ALICE, FRIENDS);
	EXPECT_EQ(-EACCES, R(open(other, O_CREAT | O_WRONLY, 0666)));
	EXPECT_EQ(-EACCES, R(mkdir(other, 0777)));
	EXPECT_EQ(-EACCES, R(symlink(node_path(name), other)));
	EXPECT_EQ(-EACCES, R(mkfifo(other, 0666)));
	EXPECT_GT(0, mknod(other, S_IFCHR | 0666, makedev(1, 3)));
	EXPECT_EQ(-EACCES, R(rename(node_path(name), other)));
	EXPECT_EQ(-EACCES, R(unlink(node_path(name))));
	EXPECT_GT(0, link(node_path(name), other));
	act_as(0, 0);
	EXPECT_EQ(0, stat(node_path(name), &st));
}

/* Its owner changes the node's mode, nobody else does; who is in stays in. */
TEST_F(security, node_is_its_owners)
{
	char name[MAILSLOT_NAME_SIZE];
	int server, client;

	server = slot_of(ALICE, 0600, name);
	ASSERT_LE(0, server);
	act_as(BOB, BOB);
	EXPECT_EQ(-EACCES, client_open(name, O_WRONLY));
	EXPECT_EQ(-EPERM, R(chmod(node_path(name), 0666)));
	EXPECT_EQ(-EPERM, R(chown(node_path(name), BOB, -1)));
	act_as(ALICE, FRIENDS);
	EXPECT_EQ(-EPERM, R(chown(node_path(name), BOB, -1)));
	EXPECT_EQ(0, chmod(node_path(name), 0666));
	act_as(BOB, BOB);
	client = client_open(name, O_WRONLY);
	EXPECT_LE(0, client);
	act_as(ALICE, FRIENDS);
	EXPECT_EQ(0, chmod(node_path(name), 0600));
	act_as(BOB, BOB);
	EXPECT_EQ(1, write(client, "x", 1));
	EXPECT_EQ(-EACCES, client_open(name, O_WRONLY));
	act_as(0, 0);
}

/* A node of a slot that is dead leads to no other slot. */
TEST_F(security, stale_node_leads_nowhere)
{
	char name[MAILSLOT_NAME_SIZE], stale[] = "/tmp/mailslot-stale-XXXXXX";
	struct mailslot_info info;
	int server, i;

	ASSERT_NE(NULL, mkdtemp(stale));
	ASSERT_EQ(0, rmdir(stale));
	server = slot_of(ALICE, 0600, name);
	info = info_of(server);
	close(server);
	ASSERT_EQ(0, mknod(stale, S_IFCHR | 0666, makedev(info.dev_major, info.dev_minor)));
	for (i = 0; i < 64; i++) {
		server = slot_of(BOB, 0600, name);
		EXPECT_EQ(-ENXIO, R(open(stale, O_WRONLY)));
		EXPECT_NE(info.dev_minor, info_of(server).dev_minor);
		close(server);
	}
	unlink(stale);
}

/*
 * Limits. Root in a container is root there only.
 */

static int write_text(const char *path, const char *text)
{
	int fd = R(open(path, O_WRONLY | O_CLOEXEC)), ret;

	if (fd < 0)
		return fd;
	ret = R(write(fd, text, strlen(text)));
	close(fd);
	return ret < 0 ? ret : 0;
}

TEST_F(security, limits_hold_for_a_containers_root)
{
	static char message[65536];
	struct mailslot_create args;
	int slots, client, server = -1;
	long ret = 0;
	pid_t pid;

	ASSERT_EQ(0, parameter_set("max_user_slots", 5));
	ASSERT_EQ(0, parameter_set("max_user_bytes", 1 << 20));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		ASSERT_EQ(0, become(ALICE, FRIENDS));
		/* Else its own files in /proc are root's. */
		prctl(PR_SET_DUMPABLE, 1);
		if (unshare(CLONE_NEWUSER))
			_exit(77);
		if (write_text("/proc/self/setgroups", "deny") ||
		    write_text("/proc/self/uid_map", "0 12345 1") ||
		    write_text("/proc/self/gid_map", "0 54321 1"))
			_exit(78);
		ASSERT_EQ(0, getuid());
		for (slots = 0; slots < 10; slots++) {
			args = create_args(NULL);
			ret = create_slot(&args);
			if (ret < 0)
				break;
			server = ret;
		}
		EXPECT_EQ(-EDQUOT, ret);
		EXPECT_EQ(5, slots);
		args = create_args(NULL);
		close(server);
		server = create_slot(&args);
		client = client_open(args.name, O_WRONLY | O_NONBLOCK);
		ASSERT_LE(0, client);
		do
			ret = R(write(client, message, sizeof(message)));
		while (ret > 0);
		EXPECT_EQ(-EDQUOT, ret);
		_exit(0);
	}
	switch (child_status(pid)) {
	case 0:
		break;
	case 77:
		SKIP(break, "no user namespaces");
	default:
		EXPECT_TRUE(false);
	}
}

/* One user at all of his limits takes nothing from another. */
TEST_F(security, limits_are_each_users_own)
{
	static char message[65536];
	struct mailslot_create args;
	int server, client = -1;
	pid_t pid;

	ASSERT_EQ(0, parameter_set("max_user_slots", 5));
	ASSERT_EQ(0, parameter_set("max_user_bytes", 1 << 20));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		pid_t bob;

		ASSERT_EQ(0, setresuid(ALICE, ALICE, 0));
		while (args = create_args(NULL), server = create_slot(&args), server >= 0)
			if (client < 0)
				client = client_open(args.name, O_WRONLY | O_NONBLOCK);
		EXPECT_EQ(-EDQUOT, server);
		while (write(client, message, sizeof(message)) > 0)
			;
		EXPECT_EQ(EDQUOT, errno);
		ASSERT_EQ(0, setresuid(0, 0, 0));
		bob = fork();
		if (!bob) {
			ASSERT_EQ(0, become(BOB, BOB));
			args = create_args(NULL);
			server = create_slot(&args);
			EXPECT_LE(0, server);
			client = client_open(args.name, O_WRONLY | O_NONBLOCK);
			EXPECT_EQ(sizeof(message), R(write(client, message, sizeof(message))));
			_exit(0);
		}
		EXPECT_EQ(0, child_status(bob));
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));
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

/* The memory cgroup of who writes pays for a queue, not the server's; and gets it back. */
TEST_F(security, writer_pays)
{
	enum { MESSAGES = 64, SIZE = 65536, SLACK = 1 << 20 };
	static char message[SIZE];
	char group[64], procs[96], name[MAILSLOT_NAME_SIZE], byte;
	long idle, full, after = -1;
	int server, client, done[2], stop[2], i;
	__u64 end;
	pid_t pid;

	server = slot_of(ALICE, 0666, name);
	ASSERT_LE(0, server);
	ASSERT_EQ(0, pipe(done) | pipe(stop));
	snprintf(group, sizeof(group), "/sys/fs/cgroup/security-%d", getpid());
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", group);
	if (mkdir(group, 0755))
		SKIP(return, "no cgroups");
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(server);
		close(stop[1]);
		if (write_text(procs, "0") || write(done[1], "", 1) != 1 ||
		    read(stop[0], &byte, 1) != 1)
			_exit(1);
		client = client_open(name, O_WRONLY);
		for (i = 0; i < MESSAGES; i++)
			if (write(client, message, SIZE) != SIZE)
				_exit(2);
		if (write(done[1], "", 1) != 1)
			_exit(1);
		_exit(read(stop[0], &byte, 1) ? 1 : 0);
	}
	ASSERT_EQ(1, read(done[0], &byte, 1));
	idle = kernel_memory(group);
	ASSERT_EQ(1, write(stop[1], "", 1));
	ASSERT_EQ(1, read(done[0], &byte, 1));
	/* Counts of pages come late: up to some seconds, and in lots. */
	end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
	do {
		sleep_ns(100 * NSEC_PER_MSEC);
		full = kernel_memory(group);
	} while (full < idle + MESSAGES * SIZE - SLACK && now_ns(CLOCK_MONOTONIC) < end);
	if (idle >= 0)
		EXPECT_LE(idle + MESSAGES * SIZE - SLACK, full);
	close(server);
	end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
	do {
		sleep_ns(100 * NSEC_PER_MSEC);
		after = kernel_memory(group);
	} while (after > idle + SLACK && now_ns(CLOCK_MONOTONIC) < end);
	close(stop[1]);
	EXPECT_EQ(0, child_status(pid));
	rmdir(group);
	if (idle < 0)
		SKIP(return, "no memory cgroups");
	EXPECT_GE(idle + SLACK, after);
}

/* Whoever makes and drops slots without end uses up nothing: no minor, no name, no memory. */
TEST_F_TIMEOUT(security, minors_come_back, 300)
{
	int i, server;

	act_as(ALICE, FRIENDS);
	for (i = 0; i < 1100; i++) {
		server = create_named("security-again");
		ASSERT_LE(0, server);
		close(server);
	}
	act_as(0, 0);
}

TEST_F(security, settings_are_roots)
{
	static const char * const parameters[] = {
		"default_queue_bytes", "max_queue_bytes", "max_slots", "max_user_slots",
		"max_user_bytes",
	};
	char path[128], name[MAILSLOT_NAME_SIZE];
	struct stat st;
	int server;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parameters); i++) {
		snprintf(path, sizeof(path), PARAMETERS "%s", parameters[i]);
		ASSERT_EQ(0, stat(path, &st));
		EXPECT_EQ(0, st.st_uid);
		EXPECT_EQ(S_IFREG | 0644, st.st_mode);
		act_as(ALICE, FRIENDS);
		EXPECT_EQ(-EACCES, R(open(path, O_WRONLY)));
		act_as(0, 0);
	}
	/* A slot's owner does not own its directory in sysfs, where it has one. */
	if (instance_place())
		return;
	server = slot_of(ALICE, 0666, name);
	sysfs_path(server, "uevent", path, sizeof(path));
	act_as(ALICE, FRIENDS);
	EXPECT_EQ(-EACCES, R(open(path, O_WRONLY)));
	sysfs_path(server, "message_count", path, sizeof(path));
	EXPECT_EQ(-EACCES, R(open(path, O_WRONLY)));
	act_as(0, 0);
}

/*
 * The log, and the time of others.
 */

/* Calls that go wrong in all ways a user has, once round. */
static void misbehave(int server, int client, void *bad)
{
	static const char * const names[] = { "", "/", "a//b", "..", "a\nb", "\x1b[2J", "\xff" };
	struct mailslot_send_msg send = { .buffer = 8, .length = 0xffffffff };
	struct mailslot_recv_msg recv = { .buffer = 8, .capacity = 1 };
	int control = control_open();
	struct mailslot_create args;
	unsigned int i;
	__u64 word = ~0ULL;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		args = create_args(names[i]);
		ioctl(control, MAILSLOT_IOC_CREATE, &args);
		args.queue_bytes = ~0ULL;
		ioctl(control, MAILSLOT_IOC_CREATE, &args);
	}
	for (i = 0; i < 256; i++) {
		unsigned int command = _IOC(i >> 6, MAILSLOT_IOC_MAGIC, i & 7, i * 61);

		ioctl(control, command, 8);
		ioctl(server, command, 8);
		ioctl(client, command, &word);
	}
	send_batch(client, &send, 1, 0);
	send.length = 40000;
	send_batch(client, &send, 1, 0);
	receive(server, &recv, 1, MAILSLOT_RECEIVE_DONTWAIT);
	if (write(client, bad, 1 << 30) > 0 || write(client, bad, 10) > 0 ||
	    write(server, bad, 1) > 0 || read(client, &word, 8) > 0)
		abort();
	lseek(client, 1, SEEK_SET);
	mmap(NULL, 4096, PROT_READ, MAP_SHARED, server, 0);
	close(control);
}

TEST_F(security, log_stays_empty)
{
	char record[8192], name[MAILSLOT_NAME_SIZE];
	int log, server, client, i, records = 0;
	ssize_t length;
	pid_t pid;

	log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log < 0)
		SKIP(return, "no /dev/kmsg");
	/* Limits are reached, too. */
	ASSERT_EQ(0, parameter_set("max_user_slots", 5));
	ASSERT_EQ(0, parameter_set("max_user_bytes", 1 << 20));
	lseek(log, 0, SEEK_END);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		static char message[65536];

		server = slot_of(ALICE, 0600, name);
		ASSERT_EQ(0, become(ALICE, FRIENDS));
		client = client_open(name, O_WRONLY | O_NONBLOCK);
		ASSERT_LE(0, client);
		for (i = 0; i < 50; i++)
			misbehave(server, client, nowhere());
		for (i = 0; i < 20; i++)
			create_named(NULL);
		for (i = 0; i < 100; i++)
			if (write(client, message, sizeof(message)) < 0)
				continue;
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));
	while (length = read(log, record, sizeof(record) - 1), length > 0) {
		record[length] = '\0';
		records++;
		EXPECT_EQ(NULL, strstr(record, "mailslot"));
		EXPECT_EQ(NULL, strstr(record, "security"));
		TH_LOG("%s", record);
	}
	/* What the machine says by itself, of its clocks say, is no flood. */
	EXPECT_GT(4, records);
	close(log);
}

/* The longest calls there are, on the biggest queue there may be, end when they are killed. */
static void long_call(int kind, const char *name, int server, char *memory, size_t size)
{
	static struct mailslot_send_msg send[MAILSLOT_BATCH_MAX];
	static struct mailslot_recv_msg recv[MAILSLOT_BATCH_MAX];
	static struct iovec pieces[1024];
	int client = client_open(name, O_WRONLY), i;

	for (i = 0; i < MAILSLOT_BATCH_MAX; i++) {
		send[i] = send_slot(memory, 65536);
		recv[i] = recv_slot(memory, 65536);
		pieces[i] = (struct iovec) { memory + i, kind == 2 ? 1 : size / 1024 };
	}
	for (;;) {
		long ret;

		switch (kind) {
		case 0:
			ret = write(client, memory, size);
			break;
		case 1:
			ret = send_batch(client, send, MAILSLOT_BATCH_MAX, 0);
			break;
		case 2:
		case 3:
			ret = writev(client, pieces, 1024);
			break;
		default:
			ret = receive(server, recv, MAILSLOT_BATCH_MAX, MAILSLOT_RECEIVE_PEEK);
			break;
		}
		if (ret < 0 && errno != EAGAIN && errno != EDQUOT)
			_exit(1);
		if (kind < 4)
			while (read(server, memory, size) >= 0)
				;
	}
}

TEST_F(security, long_calls_can_be_killed)
{
	enum { KINDS = 5, SIZE = 24 << 20 };
	struct mailslot_create args;
	int kind, server, client, i;
	char *memory;
	__u64 begin;
	pid_t pid;

	memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, memory);
	memset(memory, 'x', SIZE);
	for (kind = 0; kind < KINDS; kind++) {
		args = create_args(NULL);
		args.queue_bytes = 64 << 20;
		server = create_slot(&args);
		ASSERT_LE(0, server);
		client = client_open(args.name, O_WRONLY);
		for (i = 0; kind == 4 && i < 300; i++)
			ASSERT_EQ(65536, write(client, memory, 65536));
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid)
			long_call(kind, args.name, server, memory, SIZE);
		sleep_ns((100 + 37 * kind) * NSEC_PER_MSEC);
		begin = now_ns(CLOCK_MONOTONIC);
		kill(pid, SIGKILL);
		EXPECT_EQ(128 + SIGKILL, child_status(pid));
		EXPECT_GT(PATIENCE_NS, now_ns(CLOCK_MONOTONIC) - begin);
		/* Whole messages only, and a queue that works. */
		if (kind == 4)
			EXPECT_EQ(300, message_count(server));
		while (i = R(read(server, memory, SIZE)), i >= 0)
			EXPECT_TRUE(i == SIZE || i == 65536 || i == 1024);
		EXPECT_EQ(-ETIMEDOUT, i);
		EXPECT_EQ(1, write(client, "x", 1));
		EXPECT_EQ(1, read(server, memory, SIZE));
		close(client);
		close(server);
	}
	munmap(memory, SIZE);
}

/*
 * Names, as tools meet them.
 */

/* Allowed: a name is a name. Nothing in it may become anything else. */
static const char * const hostile_names[] = {
	"a=b", "DEVNAME=sda", "SUBSYSTEM=block ACTION=remove", "-rf", "--help", "$(reboot)", "`id`",
	"a;b|c&d", "%s%n%p", "\\x0a\\n", "'\"", "*", "...", "~", "a b  c", "security/<&>",
	"\xe2\x80\xaetxt.exe",
};

/* Refused: what a terminal or a line-based format would act on. */
static const char * const refused_names[] = {
	"a\nSUBSYSTEM=block", "a\tb", "\x1b[2J", "a\x7f", "\xc2\x9b[2J", "\xff\xfe", "\xc0\xaf",
	"\xed\xa0\x80", "../sda", "/dev/sda", "a/../../sda", "a/./b",
};

/* How often a variable stands in a list of lines, or of strings; and what it holds. */
static int variable(const char *text, size_t size, const char *key, const char **value)
{
	size_t length = strlen(key), i;
	int count = 0;

	for (i = 0; i < size; i++) {
		if (i && text[i - 1] && text[i - 1] != '\n')
			continue;
		if (strncmp(text + i, key, length) || text[i + length] != '=')
			continue;
		*value = text + i + length + 1;
		count++;
	}
	return count;
}

static int uevent_socket(void)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);

	return fd >= 0 && !bind(fd, (struct sockaddr *)&address, sizeof(address)) ? fd : -1;
}

TEST_F(security, names_inject_nothing)
{
	static const char * const keys[] = { "DEVNAME", "SUBSYSTEM", "ACTION", "MAJOR", "DEVTYPE" };
	char text[8192], path[128], expected[MAILSLOT_NAME_SIZE + 16];
	int events = uevent_socket(), server, client;
	struct mailslot_create args;
	const char *value;
	ssize_t length;
	struct stat st;
	size_t i, k;

	if (instance_place())
		SKIP(return, "neither sysfs nor udev is told of its slots");
	ASSERT_EQ(0, parameter_set("uevents", 1));
	for (i = 0; i < ARRAY_SIZE(hostile_names); i++) {
		args = create_args(hostile_names[i]);
		server = create_slot(&args);
		ASSERT_LE(0, server)
			TH_LOG("name %zu", i);
		snprintf(expected, sizeof(expected), "mailslot/%s", hostile_names[i]);

		/* A node of that name, and the slot's. */
		ASSERT_EQ(0, stat(node_path(hostile_names[i]), &st));
		EXPECT_EQ(info_of(server).dev_minor, minor(st.st_rdev));

		/* What udev and the like are told. */
		length = events < 0 ? 0 : R(recv(events, text, sizeof(text) - 1, MSG_DONTWAIT));
		if (length > 0) {
			text[length] = '\0';
			for (k = 0; k < ARRAY_SIZE(keys); k++)
				EXPECT_EQ(1, variable(text, length, keys[k], &value))
					TH_LOG("name %zu, variable %zu", i, k);
			EXPECT_EQ(1, variable(text, length, "SUBSYSTEM", &value));
			EXPECT_STREQ("mailslot", value);
			EXPECT_EQ(1, variable(text, length, "DEVNAME", &value));
			EXPECT_STREQ(expected, value);
		} else {
			EXPECT_EQ(-1, events);
		}

		sysfs_path(server, "uevent", path, sizeof(path));
		length = slurp(path, text, sizeof(text));
		EXPECT_EQ(1, variable(text, length, "DEVNAME", &value));
		EXPECT_EQ(0, strncmp(expected, value, strlen(expected)));
		EXPECT_EQ('\n', value[strlen(expected)]);

		client = client_open(hostile_names[i], O_WRONLY);
		EXPECT_LE(0, client);
		snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", client);
		length = slurp(path, text, sizeof(text));
		snprintf(expected, sizeof(expected), ":\t%s\n", hostile_names[i]);
		EXPECT_NE(NULL, strstr(text, expected));
		close(client);
		close(server);
		if (events >= 0)
			EXPECT_LT(0, recv(events, text, sizeof(text), MSG_DONTWAIT));
	}
	for (i = 0; i < ARRAY_SIZE(refused_names); i++) {
		args = create_args(refused_names[i]);
		EXPECT_EQ(-EINVAL, create_slot(&args))
			TH_LOG("name %zu", i);
	}
	/* Nothing was told of those. */
	EXPECT_GE(0, events < 0 ? 0 : recv(events, text, sizeof(text), MSG_DONTWAIT));
}
