// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long a slot lives and what of it outlives what: every order of closing, copies
 * by dup, fork and descriptor passing, processes killed in the middle, names reused at
 * once, and clients that open while the slot dies.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include "slot_fixture.h"

static bool slot_is_gone(const char *name, int client)
{
	struct mailslot_send_msg out = send_slot("x", 1);

	return client_open(name, O_WRONLY) == -ENOENT && access(node_path(name), F_OK) &&
	       R(write(client, "x", 1)) == -EPIPE && send_batch(client, &out, 1, 0) == -EPIPE &&
	       (poll_now(client, 0) & (POLLHUP | POLLERR)) == (POLLHUP | POLLERR) &&
	       info_of(client).flags & MAILSLOT_INFO_GONE;
}

static bool slot_lives(int server, int client)
{
	char byte;

	return R(write(client, "l", 1)) == 1 && R(read(server, &byte, 1)) == 1 && byte == 'l' &&
	       !(info_of(client).flags & MAILSLOT_INFO_GONE);
}

TEST_F(slot, server_closes_first)
{
	EXPECT_EQ(1, write(self->client, "x", 1));
	EXPECT_EQ(0, close(self->server));
	EXPECT_TRUE(slot_is_gone(self->name, self->client));
	EXPECT_EQ(0, close(self->client));
	EXPECT_EQ(-ENOENT, client_open(self->name, O_WRONLY));
}

/* Messages outlive their writer. */
TEST_F(slot, client_closes_first)
{
	char buffer[8];

	EXPECT_EQ(5, write(self->client, "hello", 5));
	EXPECT_EQ(0, close(self->client));
	EXPECT_EQ(1, message_count(self->server));
	EXPECT_EQ(5, read(self->server, buffer, sizeof(buffer)));
	EXPECT_EQ(0, memcmp(buffer, "hello", 5));
	self->client = client_open(self->name, O_WRONLY);
	EXPECT_TRUE(slot_lives(self->server, self->client));
}

TEST_F(slot, dup)
{
	int copy = dup(self->server);

	ASSERT_LE(0, copy);
	EXPECT_EQ(0, close(self->server));
	EXPECT_TRUE(slot_lives(copy, self->client));
	EXPECT_EQ(0, close(copy));
	EXPECT_TRUE(slot_is_gone(self->name, self->client));
}

TEST_F(slot, fork)
{
	int go[2];
	char byte;
	pid_t pid;

	ASSERT_EQ(0, pipe(go));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		EXPECT_EQ(1, read(go[0], &byte, 1));
		EXPECT_TRUE(slot_lives(self->server, self->client));
		EXPECT_EQ(1, read(go[0], &byte, 1));
		_exit(0);
	}
	EXPECT_EQ(0, close(self->server));
	EXPECT_EQ(0, message_count(self->client));
	EXPECT_EQ(0, info_of(self->client).flags);
	EXPECT_EQ(1, write(go[1], "1", 1));
	EXPECT_EQ(1, write(go[1], "2", 1));
	EXPECT_EQ(0, child_status(pid));
	EXPECT_TRUE(slot_is_gone(self->name, self->client));
}

static int send_fd(int socket, int fd)
{
	char byte = 0;
	struct iovec iov = { &byte, 1 };
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	memset(&control, 0, sizeof(control));
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	return sendmsg(socket, &msg, 0) == 1 ? 0 : -errno;
}

static int receive_fd(int socket)
{
	char byte;
	struct iovec iov = { &byte, 1 };
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	int fd;

	if (recvmsg(socket, &msg, MSG_CMSG_CLOEXEC) != 1 || !CMSG_FIRSTHDR(&msg))
		return -1;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&msg)), sizeof(int));
	return fd;
}

TEST_F(slot, passed_server)
{
	int ends[2], fd;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	EXPECT_EQ(5, write(self->client, "hello", 5));
	ASSERT_EQ(0, send_fd(ends[0], self->server));
	EXPECT_EQ(0, close(self->server));

	/* In nobody's hands but the socket's. */
	EXPECT_EQ(1, message_count(self->client));
	EXPECT_EQ(1, write(self->client, "x", 1));
	fd = receive_fd(ends[1]);
	ASSERT_LE(0, fd);
	EXPECT_EQ(2, message_count(fd));
	ASSERT_EQ(0, send_fd(ends[0], fd));
	EXPECT_EQ(0, close(fd));
	EXPECT_EQ(2, message_count(self->client));

	/* And with the socket it dies. */
	EXPECT_EQ(0, close(ends[0]));
	EXPECT_EQ(0, close(ends[1]));
	EXPECT_TRUE(slot_is_gone(self->name, self->client));
}

TEST_F(slot, passed_client)
{
	int ends[2], fd;
	pid_t pid;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
	ASSERT_EQ(0, send_fd(ends[0], self->client));
	EXPECT_EQ(0, close(self->client));
	EXPECT_EQ(1, info_of(self->server).clients);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		close(self->server);
		fd = receive_fd(ends[1]);
		ASSERT_LE(0, fd);
		EXPECT_EQ(1, write(fd, "x", 1));
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));
	EXPECT_EQ(0, info_of(self->server).clients);
	EXPECT_EQ(1, message_count(self->server));
}

/* Whichever way it is tried, opening what a descriptor stands for fails. */
static bool cannot_be_opened(int fd)
{
	static const int flags[] = {
		O_RDONLY, O_RDONLY | O_NONBLOCK, O_WRONLY, O_WRONLY | O_TRUNC, O_RDWR,
		O_RDWR | O_CREAT,
	};
	char path[64];
	bool ok = true;
	size_t i;
	int ret;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		ret = R(open(path, flags[i], 0600));
		/* Since 6.15.4 anonymous inodes lie where nobody opens devices, root included. */
		if (ret == -EACCES)
			continue;
		/* To root, that nothing is there to be opened; that it may not be written. */
		if (ret == (flags[i] & O_ACCMODE ? -EPERM : -ENXIO))
			continue;
		printf("# open with flags 0%o: %d\n", flags[i], ret);
		ok = false;
	}
	return ok;
}

/* A server end is copied, never opened again: not as another server end, not as a client's. */
TEST_F(slot, reopened_server)
{
	struct stat st, was;
	int place, size;
	char path[64];

	if (instance_place())
		SKIP(return, "its server ends are nodes, opened as client ends (instance-life)");
	EXPECT_TRUE(cannot_be_opened(self->server));
	EXPECT_TRUE(slot_lives(self->server, self->client));

	/* O_PATH opens nothing: what it gives tells what the file is, and does nothing else. */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", self->server);
	place = open(path, O_PATH | O_CLOEXEC);
	ASSERT_LE(0, place);
	EXPECT_EQ(-EBADF, R(read(place, path, 1)));
	EXPECT_EQ(-EBADF, R(write(place, "x", 1)));
	EXPECT_EQ(-EBADF, R(ioctl(place, FIONREAD, &size)));
	EXPECT_TRUE(cannot_be_opened(place));
	ASSERT_EQ(0, fstat(self->server, &was));
	EXPECT_EQ(1, info_of(self->server).clients);

	/* Nor does it keep the slot. */
	EXPECT_EQ(0, close(self->server));
	EXPECT_TRUE(slot_is_gone(self->name, self->client));
	EXPECT_TRUE(cannot_be_opened(place));
	ASSERT_EQ(0, fstat(place, &st));
	EXPECT_EQ(was.st_ino, st.st_ino);
	EXPECT_EQ(was.st_mode, st.st_mode);
	EXPECT_EQ(0, close(place));
}

/* What programs see that ask what they were handed: a device to read from, and no slot's node. */
TEST_F(slot, server_is_a_device)
{
	struct stat st, node;
	struct mailslot_info info = info_of(self->server);

	if (instance_place())
		SKIP(return, "a server end is its node (instance-names)");
	ASSERT_EQ(0, fstat(self->server, &st));
	EXPECT_EQ(S_IFCHR | 0400, st.st_mode);
	EXPECT_EQ(0, st.st_uid);
	EXPECT_EQ(0, st.st_gid);
	EXPECT_EQ(0, st.st_size);
	EXPECT_EQ(65536, st.st_blksize);
	EXPECT_EQ(info.dev_major, major(st.st_rdev));
	EXPECT_EQ((1 << 20) - 1, minor(st.st_rdev));
	ASSERT_EQ(0, fstat(self->client, &node));
	EXPECT_NE(node.st_rdev, st.st_rdev);
	EXPECT_NE(node.st_dev, st.st_dev);
	EXPECT_EQ(0, isatty(self->server));
	EXPECT_EQ(-ESPIPE, R(lseek(self->server, 0, SEEK_CUR)));
}

/* The shell sees the descriptor, or does not. */
static int exec_sees(int fd)
{
	char number[16];
	pid_t pid;

	snprintf(number, sizeof(number), "%d", fd);
	pid = fork();
	if (!pid) {
		execl("/bin/sh", "sh", "-c", "[ -e /proc/self/fd/$0 ]", number, NULL);
		_exit(2);
	}
	return child_status(pid);
}

TEST_F(slot, exec)
{
	struct mailslot_create args = create_args(NULL);
	int inherited;

	args.flags = MAILSLOT_CREATE_INHERIT;
	inherited = create_slot(&args);
	ASSERT_LE(0, inherited);
	EXPECT_EQ(1, exec_sees(self->server));
	EXPECT_EQ(0, exec_sees(inherited));
}

TEST(name_is_free_at_once)
{
	struct mailslot_create args = create_args(NULL);
	int i, server, client = -1, last = -1;
	char byte;

	for (i = 0; i < 300; i++) {
		server = create_slot(&args);
		ASSERT_LE(0, server);
		client = client_open(args.name, O_WRONLY);
		ASSERT_LE(0, client);
		ASSERT_EQ(1, write(client, "x", 1));

		/* Who knew the last slot of this name does not know this one. */
		if (last >= 0) {
			EXPECT_EQ(-EPIPE, R(write(last, "old", 3)));
			EXPECT_EQ(MAILSLOT_INFO_GONE, info_of(last).flags);
			EXPECT_EQ(0, message_count(last));
			EXPECT_EQ(1, info_of(server).clients);
			close(last);
		}
		EXPECT_EQ(1, info_of(server).messages_written);
		if (i % 2)
			EXPECT_EQ(1, read(server, &byte, 1));
		last = client;
		ASSERT_EQ(0, close(server));
	}
}

/* The same when the old clients stay by the hundred. */
TEST(old_clients_stay)
{
	enum { GENERATIONS = 200 };
	struct mailslot_create args = create_args(NULL);
	int clients[GENERATIONS], servers[2] = { -1, -1 }, i, j;

	for (i = 0; i < GENERATIONS; i++) {
		close(servers[0]);
		servers[0] = create_slot(&args);
		ASSERT_LE(0, servers[0]);
		clients[i] = client_open(args.name, O_WRONLY);
		ASSERT_LE(0, clients[i]);
	}
	for (j = 0; j < GENERATIONS - 1; j++)
		EXPECT_EQ(-EPIPE, R(write(clients[j], "old", 3)));
	EXPECT_EQ(3, R(write(clients[GENERATIONS - 1], "new", 3)));
	EXPECT_EQ(1, message_count(servers[0]));
	EXPECT_EQ(1, info_of(servers[0]).clients);
}

/* Whoever opens while the slot dies and is born again gets a slot, dead or alive, or a clear no. */
struct opener {
	const char *name;
	bool stop;	/* __atomic_* */
	long wrong;
	unsigned long opened;
	unsigned long written;
};

static void *open_and_write(void *argument)
{
	struct opener *opener = argument;
	const char *path = node_path(opener->name);
	long ret;
	int fd;

	while (!__atomic_load_n(&opener->stop, __ATOMIC_RELAXED)) {
		fd = R(open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC));
		if (fd < 0) {
			if (fd != -ENOENT && fd != -ENXIO)
				opener->wrong = fd;
			continue;
		}
		opener->opened++;
		ret = R(write(fd, "x", 1));
		if (ret == 1)
			opener->written++;
		else if (ret != -EPIPE)
			opener->wrong = ret;
		close(fd);
	}
	return NULL;
}

TEST(open_races_with_last_close)
{
	struct mailslot_create args = create_args(NULL);
	struct opener openers[3];
	pthread_t threads[ARRAY_SIZE(openers)];
	__u64 end = now_ns(CLOCK_MONOTONIC) + 4 * NSEC_PER_SEC;
	unsigned long opened = 0;
	size_t i;
	int server;

	for (i = 0; i < ARRAY_SIZE(openers); i++) {
		openers[i] = (struct opener) { .name = args.name };
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, open_and_write, &openers[i]));
	}
	while (now_ns(CLOCK_MONOTONIC) < end) {
		server = create_slot(&args);
		ASSERT_LE(0, server);
		if (now_ns(CLOCK_MONOTONIC) % 3)
			sched_yield();
		ASSERT_EQ(0, close(server));
	}
	for (i = 0; i < ARRAY_SIZE(openers); i++) {
		__atomic_store_n(&openers[i].stop, true, __ATOMIC_RELAXED);
		pthread_join(threads[i], NULL);
		EXPECT_EQ(0, openers[i].wrong);
		opened += openers[i].opened;
	}
	server = create_slot(&args);
	ASSERT_LE(0, server);
	EXPECT_EQ(0, info_of(server).clients);
	EXPECT_EQ(0, message_count(server));
	TH_LOG("%lu opened", opened);
}

/* Has seen through one client end that the slot is dead, and tries for another. */
struct late {
	char name[MAILSLOT_NAME_SIZE];
	int client;
	long result;
};

static void *open_when_told(void *argument)
{
	struct late *late = argument;
	struct pollfd p = { .fd = late->client };

	while (poll(&p, 1, -1) != 1)
		;
	late->result = client_open(late->name, O_WRONLY);
	return NULL;
}

/* The slot can be found until its node is gone, which takes a while; dead, it lets nobody in. */
TEST(no_open_after_the_last_close)
{
	enum { MESSAGES = 8 * MAILSLOT_BATCH_MAX, ROUNDS = 20 };
	static struct mailslot_send_msg empty[MAILSLOT_BATCH_MAX];
	struct mailslot_create args = create_args(NULL);
	pthread_t thread;
	struct late late;
	int server, i;

	for (i = 0; i < ROUNDS; i++) {
		server = create_slot(&args);
		ASSERT_LE(0, server);
		strcpy(late.name, args.name);
		late.client = client_open(args.name, O_WRONLY);
		ASSERT_LE(0, late.client);
		while (message_count(server) < MESSAGES)
			ASSERT_EQ(MAILSLOT_BATCH_MAX,
				  send_batch(late.client, empty, MAILSLOT_BATCH_MAX, 0));
		ASSERT_EQ(0, pthread_create(&thread, NULL, open_when_told, &late));
		/* It need not sleep in poll() yet, but mostly will. */
		sleep_ns(NSEC_PER_MSEC);
		ASSERT_EQ(0, close(server));
		pthread_join(thread, NULL);
		EXPECT_TRUE(late.result == -ENXIO || late.result == -ENOENT)
			TH_LOG("round %d: %ld", i, late.result);
		if (late.result >= 0)
			close(late.result);
		close(late.client);
	}
}

/* Last close while others are in poll, GET_INFO, SEND and fdinfo of the client end. */
static void *ask(void *argument)
{
	int client = *(int *)argument;
	struct mailslot_send_msg out = send_slot("x", 1);
	char path[64], text[256];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", client);
	while (send_batch(client, &out, 1, MAILSLOT_SEND_DONTWAIT) != -EPIPE) {
		poll_now(client, POLLOUT);
		info_of(client);
		fd = open(path, O_RDONLY);
		while (read(fd, text, sizeof(text)) > 0)
			;
		close(fd);
	}
	return NULL;
}

TEST(calls_race_with_last_close)
{
	struct mailslot_create args = create_args(NULL);
	pthread_t threads[2];
	int server, client;
	size_t i, round;

	args.queue_bytes = 10 * COST;
	for (round = 0; round < 100; round++) {
		server = create_slot(&args);
		ASSERT_LE(0, server);
		client = client_open(args.name, O_WRONLY);
		ASSERT_LE(0, client);
		for (i = 0; i < ARRAY_SIZE(threads); i++)
			ASSERT_EQ(0, pthread_create(&threads[i], NULL, ask, &client));
		sleep_ns(round % 10 * NSEC_PER_MSEC / 2);
		ASSERT_EQ(0, close(server));
		for (i = 0; i < ARRAY_SIZE(threads); i++)
			pthread_join(threads[i], NULL);
		EXPECT_TRUE(slot_is_gone(args.name, client));
		close(client);
	}
}

/* What a child does until it is killed; it never returns. */
static void serve(int server)
{
	static char buffer[100000];

	for (;;)
		if (read(server, buffer, sizeof(buffer)) < 0)
			_exit(1);
}

static void pester(int client)
{
	static char buffer[70000];
	unsigned int i;

	for (i = 0; ; i++) {
		size_t size = i % 5 ? i % 300 : i % sizeof(buffer);

		memset(buffer, size, size);
		if (write(client, buffer, size) != (ssize_t)size)
			_exit(1);
	}
}

TEST(server_killed)
{
	struct mailslot_create args = create_args(NULL);
	static char buffer[70000];
	int round, client, server;
	long ret;
	pid_t pid;

	args.read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS;
	args.queue_bytes = 200000;
	for (round = 0; round < 40; round++) {
		/* The name is free as soon as the last one is dead, and waited for. */
		server = create_slot(&args);
		ASSERT_LE(0, server);
		client = client_open(args.name, O_WRONLY);
		ASSERT_LE(0, client);
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid) {
			close(client);
			serve(server);
		}
		close(server);
		if (round % 4) {
			__u64 end = now_ns(CLOCK_MONOTONIC) + round * NSEC_PER_MSEC / 2;

			do
				ret = R(write(client, buffer, round * 997 % sizeof(buffer)));
			while (ret >= 0 && now_ns(CLOCK_MONOTONIC) < end);
			EXPECT_LE(0, ret);
		} else {
			ASSERT_TRUE(wait_asleep(pid, pid, SYS_read));
		}
		ASSERT_EQ(0, kill(pid, SIGKILL));
		EXPECT_EQ(128 + SIGKILL, child_status(pid));
		EXPECT_TRUE(slot_is_gone(args.name, client));
		close(client);
	}
}

/* A writer that is killed leaves whole messages, or none: never a part, never a lock. */
TEST(client_killed)
{
	struct mailslot_create args = create_args(NULL);
	static char buffer[70000];
	int round, client, server;
	long ret;
	pid_t pid;

	args.queue_bytes = 150000;
	server = create_slot(&args);
	ASSERT_LE(0, server);
	for (round = 0; round < 40; round++) {
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid) {
			client = client_open(args.name, O_WRONLY);
			close(server);
			pester(client);
		}
		if (round % 4 == 0)
			ASSERT_TRUE(wait_asleep(pid, pid, SYS_write));
		sleep_ns(round * NSEC_PER_MSEC / 2);
		ASSERT_EQ(0, kill(pid, SIGKILL));
		EXPECT_EQ(128 + SIGKILL, child_status(pid));
		EXPECT_EQ(0, info_of(server).clients);
		for (;;) {
			ret = R(read(server, buffer, sizeof(buffer)));
			if (ret < 0)
				break;
			EXPECT_TRUE(all_bytes(buffer, ret, ret));
		}
		EXPECT_EQ(-ETIMEDOUT, ret);
		EXPECT_EQ(0, info_of(server).queued_bytes);
	}
	client = client_open(args.name, O_WRONLY);
	EXPECT_TRUE(slot_lives(server, client));
}

/*
 * The reader's exit status.  A reader killed before it may have had the message all
 * the same: when none is left and this one still sleeps, it is sent another.  A message
 * that lies there while it sleeps is a wake-up lost, and -1.
 */
static int reader_status(pid_t pid, int server, int client)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
	int status;

	while (now_ns(CLOCK_MONOTONIC) < end) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (!message_count(server) && sleeping_in(pid, pid) == SYS_read &&
		    write(client, "y", 1) != 1)
			return -1;
		sleep_ns(NSEC_PER_MSEC);
	}
	return -1;
}

/* The first of two waiting readers is killed as its message comes: the other has it. */
TEST(waiting_reader_killed)
{
	struct mailslot_create args = create_args(NULL);
	int round, client, server;
	pid_t pids[2];
	char byte;
	int i;

	args.read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS;
	for (round = 0; round < 40; round++) {
		server = create_slot(&args);
		ASSERT_LE(0, server);
		client = client_open(args.name, O_WRONLY);
		ASSERT_LE(0, client);
		for (i = 0; i < 2; i++) {
			pids[i] = fork();
			ASSERT_LE(0, pids[i]);
			if (!pids[i])
				_exit(read(server, &byte, 1) == 1 ? 0 : 1);
			ASSERT_TRUE(wait_asleep(pids[i], pids[i], SYS_read));
		}
		if (round % 2) {
			EXPECT_EQ(1, write(client, "x", 1));
			EXPECT_EQ(0, kill(pids[0], SIGKILL));
		} else {
			EXPECT_EQ(0, kill(pids[0], SIGKILL));
			EXPECT_EQ(1, write(client, "x", 1));
		}
		child_status(pids[0]);
		EXPECT_EQ(0, reader_status(pids[1], server, client));
		close(client);
		close(server);
	}
}

/* A message of one byte, or what came in a minute instead. */
static long receive_byte(int server, char *byte)
{
	struct mailslot_recv_msg msg = recv_slot(byte, 1);
	struct mailslot_receive args = receive_args(&msg, 1);

	args.deadline_ns = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;
	return R(ioctl(server, MAILSLOT_IOC_RECEIVE, &args));
}

/* The first of two waiting writers is killed: the other goes on. */
TEST(waiting_writer_killed)
{
	struct mailslot_create args = create_args(NULL);
	int round, client, server, i;
	char byte;
	pid_t pids[2];

	args.queue_bytes = 1 + COST;
	server = create_slot(&args);
	ASSERT_LE(0, server);
	client = client_open(args.name, O_WRONLY);
	ASSERT_LE(0, client);
	for (round = 0; round < 40; round++) {
		EXPECT_EQ(1, write(client, "0", 1));
		for (i = 0; i < 2; i++) {
			pids[i] = fork();
			ASSERT_LE(0, pids[i]);
			if (!pids[i])
				_exit(write(client, i ? "2" : "1", 1) == 1 ? 0 : 1);
			ASSERT_TRUE(wait_asleep(pids[i], pids[i], SYS_write));
		}
		if (round % 2) {
			EXPECT_EQ(1, read(server, &byte, 1));
			EXPECT_EQ(0, kill(pids[0], SIGKILL));
		} else {
			EXPECT_EQ(0, kill(pids[0], SIGKILL));
			EXPECT_EQ(1, read(server, &byte, 1));
		}
		EXPECT_EQ('0', byte);
		child_status(pids[0]);
		/* The first may have been quick enough to have written. */
		do {
			ASSERT_EQ(1, receive_byte(server, &byte));
		} while (byte == '1');
		EXPECT_EQ(0, child_status(pids[1]));
		EXPECT_EQ('2', byte);
		EXPECT_EQ(0, message_count(server));
	}
}

/* All of a slot's users at once, and none of them says goodbye. */
TEST(everybody_killed)
{
	struct mailslot_create args = create_args(NULL);
	int round, client, server;
	pid_t pids[6];
	size_t i;

	args.read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS;
	args.queue_bytes = 100000;
	for (round = 0; round < 15; round++) {
		server = create_slot(&args);
		ASSERT_LE(0, server);
		client = client_open(args.name, O_WRONLY);
		ASSERT_LE(0, client);
		for (i = 0; i < ARRAY_SIZE(pids); i++) {
			pids[i] = fork();
			ASSERT_LE(0, pids[i]);
			if (!pids[i] && i % 2)
				serve(server);
			if (!pids[i])
				pester(client);
		}
		close(server);
		sleep_ns(round * 2 * NSEC_PER_MSEC);
		for (i = 0; i < ARRAY_SIZE(pids); i++)
			kill(pids[(i + round) % ARRAY_SIZE(pids)], SIGKILL);
		for (i = 0; i < ARRAY_SIZE(pids); i++)
			EXPECT_EQ(128 + SIGKILL, child_status(pids[i]));
		EXPECT_TRUE(slot_is_gone(args.name, client));
		close(client);
	}
}
