// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who may do what, and as whom one is seen: modes of the node as other users meet
 * them, the sender's identity across user and pid namespaces, and the memory one
 * user's slots may hold.  How many slots a user may have is create.c's.
 */
#include <sched.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include "mailslot_test.h"

/* Users nobody has an account for. */
#define ALICE		12345
#define BOB		12346
#define FRIENDS		54321
#define OVERFLOW_ID	65534

/* A slot of ALICE and FRIENDS with the mode; its server end is this process's. */
static int slot_of_alice(mode_t mode, char *name)
{
	struct mailslot_create args = create_args(NULL);
	int server;

	args.mode = mode;
	umask(0);
	/* Only the effective ids, to come back as root. */
	if (setresgid(-1, FRIENDS, -1) || setresuid(-1, ALICE, -1))
		return -errno;
	server = create_slot(&args);
	if (setresuid(-1, 0, -1) || setresgid(-1, 0, -1))
		abort();
	strcpy(name, args.name);
	return server;
}

/* What open(2) says to the user: 0, or its error. */
static int open_as(uid_t uid, gid_t gid, const char *name, int flags)
{
	int ret, status;
	pid_t pid;

	pid = fork();
	if (!pid) {
		ret = become(uid, gid);
		if (!ret)
			ret = client_open(name, flags);
		_exit(ret < 0 ? -ret : 0);
	}
	status = child_status(pid);
	return -status;
}

FIXTURE(users)
{
	char name[MAILSLOT_NAME_SIZE];
	int server;
	unsigned long long max_user_bytes;
};

FIXTURE_SETUP(users)
{
	if (geteuid())
		SKIP(return, "only root can be others");
	self->max_user_bytes = parameter_get("max_user_bytes");
	self->server = -1;
}

FIXTURE_TEARDOWN_PARENT(users)
{
	parameter_set("max_user_bytes", self->max_user_bytes);
}

TEST_F(users, node_is_the_creators)
{
	struct stat st;

	self->server = slot_of_alice(0640, self->name);
	ASSERT_LE(0, self->server);
	ASSERT_EQ(0, stat(node_path(self->name), &st));
	EXPECT_EQ(ALICE, st.st_uid);
	EXPECT_EQ(FRIENDS, st.st_gid);
	EXPECT_EQ(S_IFCHR | 0640, st.st_mode);
}

struct access_case {
	mode_t mode;
	int flags;
	int alice;
	int friend;
	int other;
};

TEST_F(users, modes)
{
	static const struct access_case cases[] = {
		{ 0600, O_WRONLY, 0, -EACCES, -EACCES },
		{ 0600, O_RDWR, 0, -EACCES, -EACCES },
		{ 0200, O_WRONLY, 0, -EACCES, -EACCES },
		{ 0200, O_RDWR, -EACCES, -EACCES, -EACCES },
		{ 0620, O_WRONLY, 0, 0, -EACCES },
		{ 0620, O_RDWR, 0, -EACCES, -EACCES },
		{ 0622, O_WRONLY, 0, 0, 0 },
		{ 0622, O_RDONLY, 0, -EACCES, -EACCES },
		{ 0666, O_RDWR, 0, 0, 0 },
		{ 0444, O_WRONLY, -EACCES, -EACCES, -EACCES },
		{ 0444, O_RDONLY, 0, 0, 0 },
		{ 0066, O_WRONLY, -EACCES, 0, 0 },
		{ 0000, O_WRONLY, -EACCES, -EACCES, -EACCES },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct access_case *c = &cases[i];

		self->server = slot_of_alice(c->mode, self->name);
		ASSERT_LE(0, self->server);
		EXPECT_EQ(c->alice, open_as(ALICE, 1, self->name, c->flags))
			TH_LOG("case %zu", i);
		EXPECT_EQ(c->friend, open_as(BOB, FRIENDS, self->name, c->flags))
			TH_LOG("case %zu", i);
		EXPECT_EQ(c->other, open_as(BOB, 1, self->name, c->flags))
			TH_LOG("case %zu", i);
		EXPECT_EQ(0, open_as(0, 0, self->name, c->flags))
			TH_LOG("case %zu", i);
		close(self->server);
	}
}

/* Everybody may make slots: the control node says so. */
TEST_F(users, control)
{
	struct stat st;
	pid_t pid;

	ASSERT_EQ(0, stat(MAILSLOT_CONTROL, &st));
	EXPECT_EQ(S_IFCHR | 0666, st.st_mode);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		ASSERT_EQ(0, become(ALICE, FRIENDS));
		self->server = create_named(NULL);
		EXPECT_LE(0, self->server);
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));
}

/* Tries to change whose a file is and what others may do with it. */
static int change(int fd)
{
	static const struct timespec times[2] = { { 1, 0 }, { 1, 0 } };
	const long results[] = {
		R(fchmod(fd, 0777)), R(fchown(fd, ALICE, -1)), R(fchown(fd, -1, FRIENDS)),
		R(futimens(fd, times)), R(futimens(fd, NULL)),
		R(fsetxattr(fd, "user.x", "1", 1, 0)), R(fsetxattr(fd, "security.x", "1", 1, 0)),
		R(fsetxattr(fd, "trusted.x", "1", 1, 0)),
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(results); i++)
		if (results[i] != -EPERM)
			return i + 1;
	return 0;
}

/* All slots' server ends have one inode: nobody, not even root, changes it for the others. */
TEST_F(users, server_end_does_not_change)
{
	struct stat was, st;
	int other;
	pid_t pid;

	if (instance_place())
		SKIP(return, "a server end is its node, which the owner changes (instance-perms)");
	memset(&was, 0, sizeof(was));
	memset(&st, 0, sizeof(st));
	self->server = slot_of_alice(0622, self->name);
	ASSERT_LE(0, self->server);
	other = create_named(NULL);
	ASSERT_LE(0, other);
	ASSERT_EQ(0, fstat(other, &was));
	EXPECT_EQ(0, change(self->server));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		if (become(ALICE, FRIENDS))
			_exit(100);
		_exit(change(self->server));
	}
	EXPECT_EQ(0, child_status(pid));
	ASSERT_EQ(0, fstat(other, &st));
	EXPECT_EQ(0, memcmp(&was, &st, sizeof(st)));
}

/* Nor does anybody lock it: the lock would be on the slots of all others, too. */
TEST_F(users, server_end_is_not_locked)
{
	static const int commands[] = { F_SETLK, F_SETLKW, F_GETLK, F_OFD_SETLK, F_OFD_SETLKW };
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	size_t i;

	self->server = slot_of_alice(0622, self->name);
	ASSERT_LE(0, self->server);
	EXPECT_EQ(-EINVAL, R(flock(self->server, LOCK_EX | LOCK_NB)));
	EXPECT_EQ(-EINVAL, R(flock(self->server, LOCK_SH)));
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		EXPECT_EQ(-EINVAL, R(fcntl(self->server, commands[i], &lock)));
}

/* The next message's sender as this process sees it. */
static struct mailslot_recv_msg sender(int server)
{
	struct mailslot_recv_msg msg = recv_slot(NULL, 0);

	if (receive(server, &msg, 1, 0) != 1)
		memset(&msg, POISON, sizeof(msg));
	return msg;
}

TEST_F(users, sender_is_the_opener)
{
	struct mailslot_recv_msg msg;
	int client, ret;
	pid_t pid;

	self->server = slot_of_alice(0666, self->name);
	ASSERT_LE(0, self->server);

	/* Opened as root, written as another: root's word is not lent, nor taken. */
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		client = client_open(self->name, O_WRONLY);
		EXPECT_EQ(0, become(ALICE, FRIENDS));
		EXPECT_EQ(0, R(write(client, "", 0)));
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));
	msg = sender(self->server);
	EXPECT_EQ(pid, msg.pid);
	EXPECT_EQ(0, msg.uid);
	EXPECT_EQ(0, msg.gid);

	/* Opened as another, written as root: the trick of an inherited descriptor. */
	ASSERT_EQ(0, setresgid(-1, FRIENDS, -1));
	ASSERT_EQ(0, setresuid(-1, BOB, -1));
	client = client_open(self->name, O_WRONLY);
	ret = setresuid(-1, 0, -1) | setresgid(-1, 0, -1);
	ASSERT_EQ(0, ret);
	ASSERT_LE(0, client);
	EXPECT_EQ(0, R(write(client, "", 0)));
	msg = sender(self->server);
	EXPECT_EQ(getpid(), msg.pid);
	EXPECT_EQ(BOB, msg.uid);
	EXPECT_EQ(FRIENDS, msg.gid);
}

static int map_ids(pid_t pid, const char *file, int inside, int outside)
{
	char path[64], text[64];
	int fd, ret, length;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	length = snprintf(text, sizeof(text), "%d %d 1\n", inside, outside);
	fd = R(open(path, O_WRONLY));
	if (fd < 0)
		return fd;
	ret = R(write(fd, text, length));
	close(fd);
	return ret == length ? 0 : ret;
}

/* A child in a user namespace where the ids outside are the ones inside; 0 in the child. */
static pid_t fork_in_user_namespace(int inside, int outside_uid, int outside_gid)
{
	int ready[2], go[2];
	char byte = 0;
	pid_t pid;

	if (pipe(ready) || pipe(go))
		return -1;
	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWUSER))
			_exit(77);
		if (write(ready[1], &byte, 1) != 1 || read(go[0], &byte, 1) != 1)
			_exit(78);
		return 0;
	}
	close(ready[1]);
	if (pid > 0 && read(ready[0], &byte, 1) == 1)
		if (map_ids(pid, "uid_map", inside, outside_uid) ||
		    map_ids(pid, "gid_map", inside, outside_gid) ||
		    write(go[1], &byte, 1) != 1)
			return -1;
	close(ready[0]);
	close(go[0]);
	close(go[1]);
	return pid;
}

/* Seen from outside, who is root inside is who he is outside. */
TEST_F(users, sender_in_a_user_namespace)
{
	struct mailslot_recv_msg msg;
	int client;
	pid_t pid;

	self->server = slot_of_alice(0666, self->name);
	ASSERT_LE(0, self->server);
	pid = fork_in_user_namespace(0, BOB, FRIENDS);
	ASSERT_LE(0, pid);
	if (!pid) {
		ASSERT_EQ(0, R(setresgid(0, 0, 0)));
		ASSERT_EQ(0, R(setresuid(0, 0, 0)));
		client = client_open(self->name, O_WRONLY);
		ASSERT_LE(0, client);
		EXPECT_EQ(0, R(write(client, "", 0)));
		_exit(0);
	}
	if (child_status(pid) == 77)
		SKIP(return, "no user namespaces");
	msg = sender(self->server);
	EXPECT_EQ(pid, msg.pid);
	EXPECT_EQ(BOB, msg.uid);
	EXPECT_EQ(FRIENDS, msg.gid);
}

/* Seen from inside: ids that are mapped, mapped; and the overflow ids for all others. */
TEST_F(users, receiver_in_a_user_namespace)
{
	struct mailslot_recv_msg msg;
	int client, status;
	pid_t pid;

	self->server = slot_of_alice(0666, self->name);
	ASSERT_LE(0, self->server);
	client = client_open(self->name, O_WRONLY);
	EXPECT_EQ(0, R(write(client, "", 0)));
	ASSERT_EQ(0, setresuid(-1, BOB, -1));
	client = client_open(self->name, O_WRONLY);
	ASSERT_EQ(0, setresuid(-1, 0, -1));
	EXPECT_EQ(0, R(write(client, "", 0)));

	pid = fork_in_user_namespace(1000, 0, 0);
	ASSERT_LE(0, pid);
	if (!pid) {
		msg = sender(self->server);
		EXPECT_EQ(getppid(), msg.pid);
		EXPECT_EQ(1000, msg.uid);
		EXPECT_EQ(1000, msg.gid);
		msg = sender(self->server);
		EXPECT_EQ(OVERFLOW_ID, msg.uid);
		EXPECT_EQ(1000, msg.gid);
		_exit(0);
	}
	status = child_status(pid);
	if (status == 77)
		SKIP(return, "no user namespaces");
	EXPECT_EQ(0, status);
}

TEST_F(users, sender_in_a_pid_namespace)
{
	struct mailslot_recv_msg msg;
	int client;
	pid_t pid;

	self->server = slot_of_alice(0666, self->name);
	ASSERT_LE(0, self->server);
	client = client_open(self->name, O_WRONLY);
	if (unshare(CLONE_NEWPID))
		SKIP(return, "no pid namespaces");
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		EXPECT_EQ(1, getpid());
		EXPECT_EQ(0, R(write(client, "", 0)));
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));
	msg = sender(self->server);
	EXPECT_EQ(pid, msg.pid);
}

TEST_F(users, receiver_in_a_pid_namespace)
{
	struct mailslot_recv_msg msg;
	int client;
	pid_t pid, inner;

	self->server = slot_of_alice(0666, self->name);
	ASSERT_LE(0, self->server);
	client = client_open(self->name, O_WRONLY);
	EXPECT_EQ(0, R(write(client, "", 0)));
	if (unshare(CLONE_NEWPID))
		SKIP(return, "no pid namespaces");
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		/* From outside: nobody there is. */
		msg = sender(self->server);
		EXPECT_EQ(0, msg.pid);
		EXPECT_EQ(0, R(write(client, "", 0)));
		msg = sender(self->server);
		EXPECT_EQ(1, msg.pid);
		inner = fork();
		if (!inner)
			_exit(write(client, "", 0) ? 1 : 0);
		EXPECT_EQ(0, child_status(inner));
		msg = sender(self->server);
		EXPECT_EQ(inner, msg.pid);
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));
}

/* Messages of 64 KiB until one is refused: how many went in, and the refusal. */
static int write_until_refused(int client, long *error)
{
	static char message[65536];
	int count = 0;

	for (;;) {
		*error = R(write(client, message, sizeof(message)));
		if (*error != sizeof(message))
			return count;
		count++;
	}
}

static long drain(int server)
{
	static char message[65536];
	long count;

	for (count = 0; read(server, message, sizeof(message)) >= 0; count++)
		;
	return count;
}

/* All slots of a user together hold so much; more is refused, not waited for. */
TEST_F(users, bytes_of_a_user)
{
	enum { LIMIT = 4 << 20 };
	pid_t pid;

	ASSERT_EQ(0, parameter_set("max_user_bytes", LIMIT));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		struct mailslot_create a = create_args(NULL), b = create_args(NULL);
		int servers[2], clients[2], first, second;
		long error;

		ASSERT_EQ(0, become(ALICE, FRIENDS));
		servers[0] = create_slot(&a);
		servers[1] = create_slot(&b);
		clients[0] = client_open(a.name, O_WRONLY);
		clients[1] = client_open(b.name, O_WRONLY);
		ASSERT_LE(0, clients[1]);

		first = write_until_refused(clients[0], &error);
		EXPECT_EQ(-EDQUOT, error);
		EXPECT_LE(LIMIT / 65536 / 2, first);
		EXPECT_GE(LIMIT / 65536, first);
		EXPECT_EQ(first, message_count(servers[0]));
		second = write_until_refused(clients[1], &error);
		EXPECT_EQ(-EDQUOT, error);
		EXPECT_EQ(0, second);

		/* What is read is given back, to either slot, but for what is kept for the next. */
		EXPECT_EQ(first, drain(servers[0]));
		second = write_until_refused(clients[1], &error);
		EXPECT_EQ(-EDQUOT, error);
		EXPECT_LE(first * 3 / 4, second);
		close(servers[1]);
		EXPECT_LE(first * 3 / 4, write_until_refused(clients[0], &error));
		EXPECT_EQ(-EDQUOT, error);
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));
}

/* The memory is the slot's owner's, whoever writes; and no other user's. */
TEST_F(users, bytes_are_the_owners)
{
	struct mailslot_create own = create_args(NULL);
	int server, client, count;
	long error;
	pid_t pid;

	ASSERT_EQ(0, parameter_set("max_user_bytes", 4 << 20));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		struct mailslot_create args = create_args(NULL);

		args.mode = 0666;
		umask(0);
		/* Real and effective, but root can come back: the slot is an ordinary user's. */
		ASSERT_EQ(0, setresuid(ALICE, ALICE, 0));
		server = create_slot(&args);
		ASSERT_LE(0, server);
		ASSERT_EQ(0, setresuid(0, 0, 0));
		client = client_open(args.name, O_WRONLY);
		count = write_until_refused(client, &error);
		EXPECT_EQ(-EDQUOT, error);
		EXPECT_GE((4 << 20) / 65536, count);

		/* Another user's slot has all its room. */
		ASSERT_EQ(0, setresuid(BOB, BOB, BOB));
		args = create_args(NULL);
		server = create_slot(&args);
		client = client_open(args.name, O_WRONLY);
		EXPECT_EQ(count, write_until_refused(client, &error));
		EXPECT_EQ(-EDQUOT, error);
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));

	/* Who may exceed resource limits is not asked: his queue's own limit holds. */
	server = create_slot(&own);
	client = client_open(own.name, O_WRONLY | O_NONBLOCK);
	EXPECT_EQ((16 << 20) / (65536 + COST), write_until_refused(client, &error));
	EXPECT_EQ(-EAGAIN, error);
}

/* Small messages hold pages too: a limit in bytes cannot be slipped under. */
TEST_F(users, bytes_of_small_messages)
{
	pid_t pid;

	ASSERT_EQ(0, parameter_set("max_user_bytes", 1 << 20));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		struct mailslot_create args = create_args(NULL);
		int server, client, count;
		long ret = 0;

		ASSERT_EQ(0, become(ALICE, FRIENDS));
		server = create_slot(&args);
		client = client_open(args.name, O_WRONLY | O_NONBLOCK);
		for (count = 0; !ret; count++)
			ret = R(write(client, "", 0));
		EXPECT_EQ(-EDQUOT, ret);
		EXPECT_GE(1 << 18, count);
		EXPECT_LE(1 << 10, count);
		EXPECT_EQ(count - 1, drain(server));
		EXPECT_EQ(0, R(write(client, "", 0)));
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));
}

#define WRITERS	8

static long call_blocked_write(struct call *call)
{
	return R(write(call->fd, call->buffer, call->size));
}

/* What strangers' writers hold while they stand in line is no charge on the slot's owner. */
TEST_F(users, bytes_of_waiting_writers)
{
	struct mailslot_create full = create_args(NULL), empty = create_args(NULL);
	size_t size = (1 << 20) - MAILSLOT_MESSAGE_COST;
	struct call calls[WRITERS];
	int servers[2], i;
	char *message;

	message = calloc(1, size);
	ASSERT_TRUE(!!message);
	ASSERT_EQ(0, parameter_set("max_user_bytes", 3 << 20));
	full.mode = 0666;
	full.queue_bytes = 1 << 20;
	full.read_timeout_ns = 30 * NSEC_PER_SEC;
	umask(0);
	ASSERT_EQ(0, setresuid(ALICE, ALICE, 0));
	servers[0] = create_slot(&full);
	servers[1] = create_slot(&empty);
	ASSERT_LE(0, servers[0]);
	ASSERT_LE(0, servers[1]);
	ASSERT_EQ(0, setresuid(0, 0, 0));
	for (i = 0; i < WRITERS; i++) {
		calls[i] = (struct call) {
			.function = call_blocked_write, .fd = client_open(full.name, O_WRONLY),
			.buffer = message, .size = size,
		};
		ASSERT_TRUE(call_start(&calls[i]));
		if (i)
			ASSERT_TRUE(call_asleep(&calls[i], SYS_write));
		while (!i && message_count(servers[0]) < 1)
			sleep_ns(NSEC_PER_MSEC);
	}
	EXPECT_EQ(65536, write(client_open(empty.name, O_WRONLY), message, 65536));
	for (i = 0; i < WRITERS; i++)
		EXPECT_EQ(size, read(servers[0], message, size));
	for (i = 0; i < WRITERS; i++)
		EXPECT_EQ(size, call_join(&calls[i]));
}

/* The thread's own effective id: those of the others stay, and nobody is sent a signal. */
static int act_alone_as(uid_t uid)
{
	return syscall(SYS_setresuid, -1, uid, -1);
}

static long call_blocked_write_as_alice(struct call *call)
{
	return act_alone_as(ALICE) ? -errno : call_blocked_write(call);
}

static long call_blocked_write_as_bob(struct call *call)
{
	return act_alone_as(BOB) ? -errno : call_blocked_write(call);
}

/* But it is charged to who writes: nobody holds any amount of memory that way. */
TEST_F(users, bytes_under_way)
{
	struct mailslot_create full = create_args(NULL);
	size_t size = 400000, i;
	char *message = calloc(1, 1 << 20);
	struct call calls[3];
	int server, alice, bob, round;

	ASSERT_TRUE(!!message);
	ASSERT_EQ(0, parameter_set("max_user_bytes", 1 << 20));
	full.mode = 0622;
	full.queue_bytes = 1 << 20;
	full.read_timeout_ns = 30 * NSEC_PER_SEC;
	umask(0);
	server = create_slot(&full);
	ASSERT_LE(0, server);
	ASSERT_EQ(0, setresuid(-1, ALICE, -1));
	alice = client_open(full.name, O_WRONLY);
	ASSERT_EQ(0, setresuid(-1, 0, -1));
	ASSERT_EQ(0, setresuid(-1, BOB, -1));
	bob = client_open(full.name, O_WRONLY);
	ASSERT_EQ(0, setresuid(-1, 0, -1));
	ASSERT_LE(0, alice);
	ASSERT_LE(0, bob);

	/* Twice: what was under way is given back when it is queued, and when it is not. */
	for (round = 0; round < 2; round++) {
		EXPECT_EQ(1 << 19, write(client_open(full.name, O_WRONLY), message, 1 << 19));
		EXPECT_EQ(size, write(bob, message, size));
		for (i = 0; i < 3; i++) {
			calls[i] = (struct call) {
				.function = i < 2 ? call_blocked_write_as_alice :
						    call_blocked_write_as_bob,
				.fd = alice, .buffer = message, .size = size,
			};
			ASSERT_TRUE(call_start(&calls[i]));
			ASSERT_TRUE(call_asleep(&calls[i], SYS_write));
		}
		/* Whoever opened it: alice is over her limit, and bob is not. */
		ASSERT_EQ(0, act_alone_as(ALICE));
		EXPECT_EQ(-EDQUOT, R(write(bob, message, size)));
		ASSERT_EQ(0, act_alone_as(0));
		ASSERT_EQ(0, act_alone_as(BOB));
		EXPECT_EQ(-EFAULT, R(write(alice, nowhere(), size)));
		EXPECT_EQ(-EFAULT, R(write(alice, nowhere(), size)));
		ASSERT_EQ(0, act_alone_as(0));
		EXPECT_EQ(1 << 19, read(server, message, 1 << 20));
		for (i = 0; i < 4; i++)
			EXPECT_EQ(size, read(server, message, 1 << 20));
		for (i = 0; i < 3; i++)
			EXPECT_EQ(size, call_join(&calls[i]));
	}
}

/*
 * The page that an empty queue keeps goes to make place for a message that needs one more than
 * there may be: that is refused, and does not go on for ever.
 */
TEST_F(users, bytes_of_one_page)
{
	size_t page = sysconf(_SC_PAGESIZE), size = (page < 4096 ? page : 4096) - 12;
	struct mailslot_create args = create_args(NULL);
	char *message = calloc(1, size);
	int server, client, pages;

	ASSERT_TRUE(!!message);
	ASSERT_EQ(0, setresuid(-1, ALICE, -1));
	server = create_slot(&args);
	ASSERT_LE(0, server);
	client = client_open(args.name, O_WRONLY);
	ASSERT_EQ(0, setresuid(-1, 0, -1));
	ASSERT_LE(0, client);
	for (pages = 1; pages < 3; pages++) {
		ASSERT_EQ(0, parameter_set("max_user_bytes", pages * page));
		EXPECT_EQ(1, R(write(client, message, 1)));
		EXPECT_EQ(1, R(read(server, message, size)));
		EXPECT_EQ(pages * page < size + 48 ? -EDQUOT : (long)size,
			  R(write(client, message, size)));
	}
}

/* Pages that the user's emptied slots keep do not stand in the way of a message. */
TEST_F(users, bytes_kept_by_empty_slots)
{
	static char message[150000];
	int i;

	ASSERT_EQ(0, parameter_set("max_user_bytes", 1 << 20));
	ASSERT_EQ(0, setresuid(ALICE, ALICE, 0));
	for (i = 0; i < 12; i++) {
		struct mailslot_create args = create_args(NULL);
		int server = create_slot(&args), client = client_open(args.name, O_WRONLY);
		char byte = 0;

		EXPECT_EQ(sizeof(message), R(write(client, message, sizeof(message))));
		EXPECT_EQ(sizeof(message), R(read(server, message, sizeof(message))));
		EXPECT_EQ(1, R(write(client, &byte, 1)));
	}
	ASSERT_EQ(0, setresuid(0, 0, 0));
}
