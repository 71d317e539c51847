// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots where one message is what a client end writes until its last close, or fsync: where it
 * begins and ends, by dup, fork, exec, descriptor passing and death; what spoils it; what becomes
 * of it at a full slot, where its writer waits, is interrupted, or has ended; who pays for it.
 */
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "mailslot_test.h"

#define ALICE	1001
#define LONGEST	(1U << 20)

FIXTURE(whole)
{
	char name[MAILSLOT_NAME_SIZE];
	int server;
	int client;
	char *buffer;
};

static int make_whole(char *name, __u64 queue_bytes, __u32 longest)
{
	struct mailslot_create args = create_args(NULL);

	args.flags = MAILSLOT_CREATE_WHOLE;
	args.mode = 0666;
	args.queue_bytes = queue_bytes;
	args.max_message_size = longest;
	umask(0);
	strcpy(name, args.name);
	return create_slot(&args);
}

FIXTURE_SETUP(whole)
{
	self->buffer = malloc(LONGEST + 1);
	ASSERT_NE(NULL, self->buffer);
	self->server = make_whole(self->name, 2 * LONGEST, LONGEST);
	ASSERT_LE(0, self->server);
	self->client = client_open(self->name, O_WRONLY);
	ASSERT_LE(0, self->client);
}

FIXTURE_TEARDOWN(whole)
{
	close(self->client);
	close(self->server);
}

/* The next message, which has to be this text. */
static bool next_is(int server, const char *text)
{
	char buffer[256];
	long n = R(read(server, buffer, sizeof(buffer)));

	return n == (long)strlen(text) && !memcmp(buffer, text, n);
}

static long put(int client, const char *text)
{
	return R(write(client, text, strlen(text)));
}

static bool nothing_came(int server)
{
	char byte;

	return message_count(server) == 0 && R(read(server, &byte, 1)) == -ETIMEDOUT;
}

static bool wait_for_messages(int server, __u64 count)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;

	while (message_count(server) != count) {
		if (now_ns(CLOCK_MONOTONIC) > end)
			return false;
		sleep_ns(NSEC_PER_MSEC);
	}
	return true;
}

TEST_F(whole, writes_are_one_message)
{
	struct mailslot_recv_msg msg = recv_slot(self->buffer, 100);

	EXPECT_EQ(3, put(self->client, "abc"));
	EXPECT_EQ(2, put(self->client, "de"));
	EXPECT_TRUE(nothing_came(self->server));
	EXPECT_EQ(0, close(self->client));
	EXPECT_EQ(1, receive(self->server, &msg, 1, 0));
	EXPECT_EQ(5, msg.length);
	EXPECT_EQ(0, memcmp(self->buffer, "abcde", 5));
	EXPECT_EQ(getpid(), msg.pid);
	EXPECT_EQ(geteuid(), msg.uid);
	EXPECT_EQ(1, msg.sequence);
	EXPECT_TRUE(nothing_came(self->server));
}

TEST_F(whole, is_told)
{
	int plain = create_named(NULL);

	ASSERT_LE(0, plain);
	EXPECT_EQ(MAILSLOT_INFO_WHOLE | MAILSLOT_INFO_SERVER, info_of(self->server).flags);
	EXPECT_EQ(MAILSLOT_INFO_WHOLE, info_of(self->client).flags);
	EXPECT_EQ(MAILSLOT_INFO_SERVER, info_of(plain).flags);
	close(plain);
}

TEST_F(whole, cannot_be_set)
{
	struct mailslot_set_info set = {
		.mask = MAILSLOT_SET_FLAGS, .flags = MAILSLOT_INFO_WHOLE,
	};

	EXPECT_EQ(-EINVAL, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, &set)));
	set.flags = MAILSLOT_INFO_KEEP_READ_TIME;
	EXPECT_EQ(0, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, &set)));
	EXPECT_TRUE(info_of(self->server).flags & MAILSLOT_INFO_WHOLE);
}

TEST_F(whole, nothing_written_sends_nothing)
{
	EXPECT_EQ(0, fsync(self->client));
	EXPECT_EQ(0, close(self->client));
	EXPECT_TRUE(nothing_came(self->server));
}

TEST_F(whole, empty_write_is_an_empty_message)
{
	EXPECT_EQ(0, R(write(self->client, NULL, 0)));
	EXPECT_TRUE(nothing_came(self->server));
	EXPECT_EQ(0, close(self->client));
	EXPECT_EQ(1, message_count(self->server));
	EXPECT_TRUE(next_is(self->server, ""));
}

TEST_F(whole, empty_write_adds_nothing)
{
	EXPECT_EQ(0, R(write(self->client, NULL, 0)));
	EXPECT_EQ(1, put(self->client, "x"));
	EXPECT_EQ(0, R(write(self->client, NULL, 0)));
	EXPECT_EQ(0, close(self->client));
	EXPECT_TRUE(next_is(self->server, "x"));
	EXPECT_TRUE(nothing_came(self->server));
}

TEST_F(whole, clients_do_not_mix)
{
	int other = client_open(self->name, O_WRONLY);

	EXPECT_EQ(1, put(self->client, "a"));
	EXPECT_EQ(1, put(other, "1"));
	EXPECT_EQ(1, put(self->client, "b"));
	EXPECT_EQ(1, put(other, "2"));
	EXPECT_EQ(0, close(other));
	EXPECT_EQ(0, close(self->client));
	EXPECT_TRUE(next_is(self->server, "12"));
	EXPECT_TRUE(next_is(self->server, "ab"));
}

TEST_F(whole, pieces)
{
	struct iovec parts[] = { { "ab", 2 }, { "", 0 }, { "cde", 3 } };

	EXPECT_EQ(5, R(writev(self->client, parts, 3)));
	EXPECT_EQ(1, put(self->client, "f"));
	EXPECT_EQ(0, close(self->client));
	EXPECT_TRUE(next_is(self->server, "abcdef"));
}

/* All sizes around the ends of pages, in pieces that do not fit them. */
TEST_F(whole, pages)
{
	size_t page = sysconf(_SC_PAGESIZE), base, size, piece, done;

	for (base = page; base <= 4 * page; base += page) {
		for (size = base - 80; size <= base + 40; size += 8) {
			fill(self->buffer, size, size);
			for (done = 0; done < size; done += piece) {
				piece = 1 + done * 7 % 1300;
				if (piece > size - done)
					piece = size - done;
				ASSERT_EQ(piece, write(self->client, self->buffer + done, piece));
			}
			ASSERT_EQ(0, fsync(self->client));
			memset(self->buffer, POISON, size + 1);
			ASSERT_EQ(size, read(self->server, self->buffer, LONGEST));
			ASSERT_TRUE(filled(self->buffer, size, size));
		}
	}
}

TEST_F(whole, fsync_ends_a_message)
{
	EXPECT_EQ(1, put(self->client, "a"));
	EXPECT_EQ(0, fsync(self->client));
	EXPECT_TRUE(next_is(self->server, "a"));
	EXPECT_EQ(1, put(self->client, "b"));
	EXPECT_EQ(1, put(self->client, "c"));
	EXPECT_EQ(0, fdatasync(self->client));
	EXPECT_TRUE(next_is(self->server, "bc"));
	EXPECT_EQ(0, fsync(self->client));
	EXPECT_EQ(0, close(self->client));
	EXPECT_TRUE(nothing_came(self->server));
}

/* Each message of a batch is its own, and goes at once. */
TEST_F(whole, send_is_apart)
{
	struct mailslot_send_msg out[] = { send_slot("1", 1), send_slot("2", 1) };

	EXPECT_EQ(1, put(self->client, "a"));
	EXPECT_EQ(2, send_batch(self->client, out, 2, 0));
	EXPECT_EQ(1, put(self->client, "b"));
	EXPECT_TRUE(next_is(self->server, "1"));
	EXPECT_TRUE(next_is(self->server, "2"));
	EXPECT_TRUE(nothing_came(self->server));
	EXPECT_EQ(0, close(self->client));
	EXPECT_TRUE(next_is(self->server, "ab"));
}

TEST_F(whole, sendfile)
{
	int file = memfd_create("whole", MFD_CLOEXEC);
	size_t size = 300001;
	off_t at = 0;

	ASSERT_LE(0, file);
	fill(self->buffer, size, 3);
	ASSERT_EQ(size, write(file, self->buffer, size));
	while (at < (off_t)size)
		ASSERT_LT(0, R(sendfile(self->client, file, &at, size - at)));
	close(file);
	EXPECT_EQ(0, close(self->client));
	EXPECT_EQ(1, message_count(self->server));
	memset(self->buffer, POISON, size);
	EXPECT_EQ(size, read(self->server, self->buffer, LONGEST));
	EXPECT_TRUE(filled(self->buffer, size, 3));
}

static long call_pieces(struct call *call)
{
	unsigned int i;
	long n;

	for (i = 0; i < 1000; i++) {
		n = R(write(call->fd, call->buffer, call->size));
		if (n != (long)call->size)
			return n;
	}
	return 0;
}

/* Each write stays in one piece. */
TEST_F(whole, several_threads)
{
	struct call calls[3];
	char texts[3][8];
	unsigned int counts[3] = { 0 };
	size_t i;

	for (i = 0; i < 3; i++) {
		memset(texts[i], 'a' + i, sizeof(texts[i]));
		calls[i] = (struct call) {
			.function = call_pieces, .fd = self->client,
			.buffer = texts[i], .size = sizeof(texts[i]),
		};
		ASSERT_TRUE(call_start(&calls[i]));
	}
	for (i = 0; i < 3; i++)
		EXPECT_EQ(0, call_join(&calls[i]));
	EXPECT_EQ(0, close(self->client));
	ASSERT_EQ(24000, read(self->server, self->buffer, LONGEST));
	for (i = 0; i < 24000; i += 8) {
		ASSERT_TRUE(all_bytes(self->buffer + i, 8, self->buffer[i]));
		counts[self->buffer[i] - 'a']++;
	}
	for (i = 0; i < 3; i++)
		EXPECT_EQ(1000, counts[i]);
}

TEST_F_TIMEOUT(whole, sixteen_mebibytes_byte_by_byte, 300)
{
	/* Where all is checked, each write takes too long for as many. */
	size_t size = (16U << 20) / (harness_slowness() > 1 ? 64 : 1), i;
	char *message = malloc(size), name[MAILSLOT_NAME_SIZE];
	int server, client;

	ASSERT_NE(NULL, message);
	server = make_whole(name, size + COST, 0);
	ASSERT_LE(0, server);
	client = client_open(name, O_WRONLY);
	ASSERT_LE(0, client);
	fill(message, size, 5);
	for (i = 0; i < size; i++)
		if (write(client, message + i, 1) != 1)
			break;
	ASSERT_EQ(size, i);
	EXPECT_EQ(0, close(client));
	memset(message, POISON, size);
	EXPECT_EQ(size, read(server, message, size));
	EXPECT_TRUE(filled(message, size, 5));
	/* And not one more. */
	client = client_open(name, O_WRONLY);
	EXPECT_EQ(size, write(client, message, size));
	EXPECT_EQ(-EMSGSIZE, R(write(client, "x", 1)));
	EXPECT_EQ(-EMSGSIZE, R(close(client)));
	EXPECT_TRUE(nothing_came(server));
	close(server);
	free(message);
}

/* What is too long is not cut. */
TEST_F(whole, too_long)
{
	fill(self->buffer, LONGEST, 1);
	EXPECT_EQ(LONGEST, write(self->client, self->buffer, LONGEST));
	EXPECT_EQ(0, R(write(self->client, "", 0)));
	EXPECT_EQ(0, fsync(self->client));
	EXPECT_EQ(LONGEST, read(self->server, self->buffer, LONGEST));
	EXPECT_EQ(LONGEST - 1, write(self->client, self->buffer, LONGEST - 1));
	EXPECT_EQ(-EMSGSIZE, put(self->client, "ab"));
	EXPECT_EQ(-EMSGSIZE, put(self->client, "a"));
	EXPECT_EQ(-EMSGSIZE, R(write(self->client, "", 0)));
	/* The error is told once more at the end of the message, and ends with it. */
	EXPECT_EQ(-EMSGSIZE, R(fsync(self->client)));
	EXPECT_EQ(0, R(fsync(self->client)));
	EXPECT_EQ(1, put(self->client, "z"));
	EXPECT_EQ(0, R(fsync(self->client)));
	EXPECT_EQ(-EMSGSIZE, R(write(self->client, self->buffer, LONGEST + 1)));
	EXPECT_EQ(-EMSGSIZE, R(close(self->client)));
	EXPECT_TRUE(next_is(self->server, "z"));
	EXPECT_TRUE(nothing_came(self->server));
}

TEST_F(whole, bad_memory)
{
	char *half = before_hole(2);

	memcpy(half, "cd", 2);
	EXPECT_EQ(2, put(self->client, "ab"));
	EXPECT_EQ(-EFAULT, R(write(self->client, half, 4)));
	EXPECT_EQ(-EFAULT, put(self->client, "cd"));
	EXPECT_EQ(-EFAULT, R(close(self->client)));
	EXPECT_TRUE(nothing_came(self->server));
}

TEST_F(whole, poll)
{
	EXPECT_EQ(POLLOUT, poll_now(self->client, POLLOUT | POLLIN));
	EXPECT_EQ(LONGEST, write(self->client, self->buffer, LONGEST));
	EXPECT_EQ(0, fsync(self->client));
	EXPECT_EQ(LONGEST, write(self->client, self->buffer, LONGEST));
	/* The slot is full, and a write does not wait. */
	EXPECT_EQ(POLLOUT, poll_now(self->client, POLLOUT));
	EXPECT_EQ(0, close(self->server));
	EXPECT_EQ(POLLHUP | POLLERR, poll_now(self->client, POLLOUT));
}

TEST_F(whole, reads_nothing)
{
	char byte;
	int client = client_open(self->name, O_RDWR);

	ASSERT_LE(0, client);
	EXPECT_EQ(-EINVAL, R(read(client, &byte, 1)));
	close(client);
}

/* The last of all copies ends it. */
TEST_F(whole, dup)
{
	int copy = dup(self->client);

	EXPECT_EQ(1, put(self->client, "a"));
	EXPECT_EQ(0, close(self->client));
	EXPECT_TRUE(nothing_came(self->server));
	EXPECT_EQ(1, put(copy, "b"));
	/* And one that is replaced is closed. */
	EXPECT_EQ(copy, dup2(self->server, copy));
	EXPECT_TRUE(next_is(self->server, "ab"));
	close(copy);
}

TEST_F(whole, fork)
{
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		put(self->client, "child ");
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));
	EXPECT_TRUE(nothing_came(self->server));
	EXPECT_EQ(6, put(self->client, "parent"));
	EXPECT_EQ(0, close(self->client));
	EXPECT_TRUE(next_is(self->server, "child parent"));
}

/* Whoever began the message is its sender, and need not live to see its end. */
TEST_F(whole, sender_began_it)
{
	struct mailslot_recv_msg msg = recv_slot(self->buffer, 100);
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		put(self->client, "a");
		raise(SIGKILL);
	}
	EXPECT_EQ(128 + SIGKILL, child_status(pid));
	EXPECT_TRUE(nothing_came(self->server));
	EXPECT_EQ(1, put(self->client, "b"));
	EXPECT_EQ(0, close(self->client));
	EXPECT_EQ(1, receive(self->server, &msg, 1, 0));
	EXPECT_EQ(2, msg.length);
	EXPECT_EQ(pid, msg.pid);
}

TEST_F(whole, exec_goes_on)
{
	char command[64];
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		dup2(self->client, STDOUT_FILENO);
		put(self->client, "before ");
		snprintf(command, sizeof(command), "printf be; printf hind");
		execl("/bin/sh", "sh", "-c", command, NULL);
		_exit(1);
	}
	EXPECT_EQ(0, close(self->client));
	EXPECT_EQ(0, child_status(pid));
	EXPECT_TRUE(next_is(self->server, "before behind"));
	EXPECT_TRUE(nothing_came(self->server));
}

/* A descriptor that exec closes ends the message, and exec does not wait for room. */
TEST_F(whole, exec_closes)
{
	char name[MAILSLOT_NAME_SIZE];
	int server = make_whole(name, COST + 1, 0), client = client_open(name, O_WRONLY);
	pid_t pid;

	ASSERT_LE(0, client);
	EXPECT_EQ(1, put(client, "1"));
	EXPECT_EQ(0, close(client));
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		client = client_open(name, O_WRONLY);
		put(client, "2");
		execl("/bin/sh", "sh", "-c", "exit 7", NULL);
		_exit(1);
	}
	EXPECT_EQ(7, child_status(pid));
	EXPECT_EQ(1, message_count(server));
	EXPECT_TRUE(next_is(server, "1"));
	EXPECT_TRUE(next_is(server, "2"));
	close(server);
}

static int send_descriptor(int to, int fd)
{
	char space[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 0;
	struct iovec part = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &part, .msg_iovlen = 1,
		.msg_control = space, .msg_controllen = sizeof(space),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &fd, sizeof(int));
	return R(sendmsg(to, &message, 0));
}

/* One in flight is open, and goes with the socket. */
TEST_F(whole, passed_descriptor)
{
	int sockets[2];

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets));
	EXPECT_EQ(1, put(self->client, "a"));
	EXPECT_EQ(1, send_descriptor(sockets[0], self->client));
	EXPECT_EQ(0, close(self->client));
	EXPECT_TRUE(nothing_came(self->server));
	close(sockets[0]);
	close(sockets[1]);
	EXPECT_TRUE(wait_for_messages(self->server, 1));
	EXPECT_TRUE(next_is(self->server, "a"));
}

enum end { EXIT, FAIL, THREAD_EXITS, KILLED, CRASHED, TERMINATED };

static void *exit_all(void *code)
{
	exit((intptr_t)code);
}

static pid_t start_writer(const char *name, enum end end)
{
	struct rlimit none = { 0, 0 };
	pthread_t thread;
	pid_t pid = fork();
	int client;

	if (pid)
		return pid;
	client = client_open(name, O_WRONLY);
	put(client, "half");
	setrlimit(RLIMIT_CORE, &none);
	switch (end) {
	case EXIT:
		_exit(0);
	case FAIL:
		_exit(3);
	case THREAD_EXITS:
		pthread_create(&thread, NULL, exit_all, (void *)5);
		break;
	case KILLED:
		kill(getpid(), SIGKILL);
		break;
	case CRASHED:
		signal(SIGSEGV, SIG_DFL);
		raise(SIGSEGV);
		break;
	case TERMINATED:
		signal(SIGTERM, SIG_DFL);
		raise(SIGTERM);
		break;
	}
	for (;;)
		pause();
}

/* Who ends by itself has said all, whatever its status; who is killed has not. */
TEST_F(whole, ends)
{
	EXPECT_EQ(0, child_status(start_writer(self->name, EXIT)));
	EXPECT_TRUE(next_is(self->server, "half"));
	EXPECT_EQ(3, child_status(start_writer(self->name, FAIL)));
	EXPECT_TRUE(next_is(self->server, "half"));
	EXPECT_EQ(5, child_status(start_writer(self->name, THREAD_EXITS)));
	EXPECT_TRUE(next_is(self->server, "half"));
	EXPECT_EQ(128 + SIGKILL, child_status(start_writer(self->name, KILLED)));
	EXPECT_TRUE(nothing_came(self->server));
	EXPECT_EQ(128 + SIGSEGV, child_status(start_writer(self->name, CRASHED)));
	EXPECT_TRUE(nothing_came(self->server));
	EXPECT_EQ(128 + SIGTERM, child_status(start_writer(self->name, TERMINATED)));
	EXPECT_TRUE(nothing_came(self->server));
}

/* A slot that one message of one byte fills. */
FIXTURE(full)
{
	char name[MAILSLOT_NAME_SIZE];
	int server;
	int client;
};

FIXTURE_SETUP(full)
{
	int first;

	self->server = make_whole(self->name, COST + 1, 0);
	ASSERT_LE(0, self->server);
	first = client_open(self->name, O_WRONLY);
	ASSERT_EQ(1, put(first, "0"));
	ASSERT_EQ(0, close(first));
	self->client = client_open(self->name, O_WRONLY);
	ASSERT_LE(0, self->client);
	ASSERT_EQ(1, put(self->client, "1"));
}

FIXTURE_TEARDOWN(full)
{
	close(self->server);
}

static long call_close(struct call *call)
{
	return R(close(call->fd));
}

static long call_fsync(struct call *call)
{
	return R(fsync(call->fd));
}

static bool start_asleep(struct call *call, int fd, long (*function)(struct call *call), long nr)
{
	*call = (struct call) { .function = function, .fd = fd };
	return call_start(call) && call_asleep(call, nr);
}

TEST_F(full, close_waits)
{
	struct call call;

	ASSERT_TRUE(start_asleep(&call, self->client, call_close, SYS_close));
	EXPECT_EQ(1, message_count(self->server));
	EXPECT_TRUE(next_is(self->server, "0"));
	EXPECT_EQ(0, call_join(&call));
	EXPECT_TRUE(next_is(self->server, "1"));
}

TEST_F(full, fsync_waits)
{
	struct call call;

	ASSERT_TRUE(start_asleep(&call, self->client, call_fsync, SYS_fsync));
	EXPECT_TRUE(next_is(self->server, "0"));
	EXPECT_EQ(0, call_join(&call));
	EXPECT_EQ(1, put(self->client, "2"));
	EXPECT_TRUE(next_is(self->server, "1"));
	EXPECT_EQ(0, close(self->client));
	EXPECT_TRUE(next_is(self->server, "2"));
}

static void on_signal(int number)
{
}

static void catch(int number, int flags)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };

	sigaction(number, &action, NULL);
}

/* The wait ends, and not the message. */
TEST_F(full, fsync_interrupted)
{
	struct call call;

	catch(SIGUSR1, 0);
	ASSERT_TRUE(start_asleep(&call, self->client, call_fsync, SYS_fsync));
	pthread_kill(call.thread, SIGUSR1);
	EXPECT_EQ(-EINTR, call_join(&call));
	EXPECT_TRUE(next_is(self->server, "0"));
	EXPECT_TRUE(nothing_came(self->server));
	/* Nor is it too late for more of it. */
	EXPECT_EQ(0, R(write(self->client, "", 0)));
	EXPECT_EQ(0, close(self->client));
	EXPECT_TRUE(next_is(self->server, "1"));
}

TEST_F(full, fsync_restarted)
{
	struct call call;

	catch(SIGUSR1, SA_RESTART);
	ASSERT_TRUE(start_asleep(&call, self->client, call_fsync, SYS_fsync));
	pthread_kill(call.thread, SIGUSR1);
	ASSERT_TRUE(call_asleep(&call, SYS_fsync));
	EXPECT_TRUE(next_is(self->server, "0"));
	EXPECT_EQ(0, call_join(&call));
	EXPECT_TRUE(next_is(self->server, "1"));
	close(self->client);
}

TEST_F(full, fsync_without_waiting)
{
	EXPECT_EQ(0, fcntl(self->client, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(POLLOUT, poll_now(self->client, POLLOUT));
	EXPECT_EQ(-EAGAIN, R(fsync(self->client)));
	EXPECT_EQ(-EAGAIN, R(fsync(self->client)));
	/* A loop of poll and fsync does not spin. */
	EXPECT_EQ(0, poll_now(self->client, POLLOUT));
	EXPECT_TRUE(next_is(self->server, "0"));
	EXPECT_EQ(POLLOUT, poll_now(self->client, POLLOUT));
	EXPECT_EQ(0, fsync(self->client));
	EXPECT_TRUE(next_is(self->server, "1"));
	close(self->client);
}

/* A close has closed, whatever comes: the message waits alone. */
TEST_F(full, close_interrupted)
{
	struct call call;

	catch(SIGUSR1, 0);
	ASSERT_TRUE(start_asleep(&call, self->client, call_close, SYS_close));
	pthread_kill(call.thread, SIGUSR1);
	EXPECT_EQ(0, call_join(&call));
	EXPECT_EQ(-EBADF, R(close(self->client)));
	EXPECT_EQ(1, message_count(self->server));
	EXPECT_TRUE(next_is(self->server, "0"));
	EXPECT_TRUE(next_is(self->server, "1"));
}

/* Nor does one of poll and SEND; the end of the wait is told. */
TEST_F(full, send_without_waiting)
{
	struct mailslot_send_msg out = send_slot("2", 1);
	struct pollfd p = { .fd = self->client, .events = POLLOUT };

	EXPECT_EQ(-EAGAIN, send_batch(self->client, &out, 1, MAILSLOT_SEND_DONTWAIT));
	EXPECT_EQ(0, poll(&p, 1, 50));
	EXPECT_TRUE(next_is(self->server, "0"));
	EXPECT_EQ(1, poll(&p, 1, -1));
	EXPECT_EQ(1, send_batch(self->client, &out, 1, MAILSLOT_SEND_DONTWAIT));
	EXPECT_EQ(POLLOUT, poll_now(self->client, POLLOUT));
	EXPECT_TRUE(next_is(self->server, "2"));
	EXPECT_EQ(0, close(self->client));
	EXPECT_TRUE(next_is(self->server, "1"));
}

TEST_F(full, close_without_waiting)
{
	EXPECT_EQ(0, fcntl(self->client, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(0, close(self->client));
	EXPECT_EQ(1, message_count(self->server));
	EXPECT_TRUE(next_is(self->server, "0"));
	EXPECT_TRUE(next_is(self->server, "1"));
}

/* What was left in line is before who comes later. */
TEST_F(full, nobody_overtakes_what_is_left)
{
	struct mailslot_send_msg out = send_slot("2", 1);

	EXPECT_EQ(0, fcntl(self->client, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(0, close(self->client));
	self->client = client_open(self->name, O_WRONLY);
	EXPECT_EQ(-EAGAIN, send_batch(self->client, &out, 1, MAILSLOT_SEND_DONTWAIT));
	EXPECT_TRUE(next_is(self->server, "0"));
	/* It has taken the room at once. */
	EXPECT_EQ(-EAGAIN, send_batch(self->client, &out, 1, MAILSLOT_SEND_DONTWAIT));
	EXPECT_TRUE(next_is(self->server, "1"));
	EXPECT_EQ(1, send_batch(self->client, &out, 1, MAILSLOT_SEND_DONTWAIT));
	EXPECT_TRUE(next_is(self->server, "2"));
	close(self->client);
}

/* More than are served, or freed, at a time. */
#define MANY	100

static int leave_many(const char *name)
{
	int i, client;
	pid_t pid;

	for (i = 0; i < MANY; i++) {
		pid = fork();
		if (!pid) {
			client = client_open(name, O_WRONLY);
			_exit(R(write(client, &(char){ i }, 1)) != 1);
		}
		if (child_status(pid))
			return -1;
	}
	return 0;
}

TEST_F(full, many_are_left)
{
	char byte;
	int i;

	EXPECT_EQ(0, fcntl(self->client, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(0, close(self->client));
	EXPECT_EQ(0, leave_many(self->name));
	EXPECT_EQ(0, info_of(self->server).clients);
	EXPECT_TRUE(next_is(self->server, "0"));
	EXPECT_TRUE(next_is(self->server, "1"));
	for (i = 0; i < MANY; i++) {
		ASSERT_EQ(1, read(self->server, &byte, 1));
		ASSERT_EQ(i, byte);
	}
	EXPECT_TRUE(nothing_came(self->server));
}

/* Many small ones behind one that needs all: they come in when it is read, in several sections. */
TEST_F(full, many_fit_at_once)
{
	char name[MAILSLOT_NAME_SIZE], byte, *big = calloc(1, 64 << 10);
	int server = make_whole(name, 64 << 10, 0), client = client_open(name, O_WRONLY), i;

	ASSERT_LE(0, client);
	ASSERT_EQ((64 << 10) - COST, write(client, big, (64 << 10) - COST));
	ASSERT_EQ(0, close(client));
	EXPECT_EQ(0, leave_many(name));
	EXPECT_EQ((64 << 10) - COST, read(server, big, 64 << 10));
	EXPECT_EQ(MANY, message_count(server));
	for (i = 0; i < MANY; i++) {
		ASSERT_EQ(1, read(server, &byte, 1));
		ASSERT_EQ(i, byte);
	}
	close(server);
}

TEST_F(full, killed_while_it_waits)
{
	int client;
	pid_t pid = fork();

	ASSERT_LE(0, pid);
	if (!pid) {
		close(self->client);
		client = client_open(self->name, O_WRONLY);
		put(client, "2");
		close(client);
		_exit(0);
	}
	ASSERT_TRUE(wait_asleep(pid, pid, SYS_close));
	kill(pid, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, child_status(pid));
	EXPECT_TRUE(next_is(self->server, "0"));
	EXPECT_TRUE(nothing_came(self->server));
	EXPECT_EQ(0, close(self->client));
	EXPECT_TRUE(next_is(self->server, "1"));
	EXPECT_TRUE(nothing_came(self->server));
}

TEST_F(full, death_ends_waits)
{
	struct call close_call, fsync_call;
	int other = client_open(self->name, O_WRONLY);

	EXPECT_EQ(1, put(other, "2"));
	ASSERT_TRUE(start_asleep(&close_call, self->client, call_close, SYS_close));
	ASSERT_TRUE(start_asleep(&fsync_call, other, call_fsync, SYS_fsync));
	EXPECT_EQ(0, close(self->server));
	EXPECT_EQ(-EPIPE, call_join(&close_call));
	EXPECT_EQ(-EPIPE, call_join(&fsync_call));
	/* There was nothing else to be told. */
	EXPECT_EQ(0, R(close(other)));
}

TEST_F(full, death_frees_what_is_left)
{
	EXPECT_EQ(0, leave_many(self->name));
	EXPECT_EQ(0, close(self->server));
	EXPECT_EQ(-EPIPE, put(self->client, "2"));
	EXPECT_EQ(-EPIPE, R(close(self->client)));
}

TEST_F(full, death_before_the_end)
{
	EXPECT_EQ(0, close(self->server));
	EXPECT_EQ(-EPIPE, R(fsync(self->client)));
	EXPECT_EQ(0, R(close(self->client)));
}

/* Messages of many sizes, from processes that wait for room, do not, or end without a close. */
#define STORM_WRITERS	6
#define STORM_MESSAGES	40

static size_t storm_size(unsigned int seed)
{
	return 1 + seed * 7919 % 9000;
}

static void storm_writer(const char *name, unsigned int writer)
{
	unsigned int i, seed;
	char message[9001];
	size_t size, done, piece;
	int client = -1;

	for (i = 0; i < STORM_MESSAGES; i++) {
		seed = writer * STORM_MESSAGES + i;
		size = storm_size(seed);
		fill(message, size, seed);
		client = client_open(name, i % 3 ? O_WRONLY : O_WRONLY | O_NONBLOCK);
		for (done = 0; done < size; done += piece) {
			piece = size - done < 1000 ? size - done : 1000;
			if (R(write(client, message + done, piece)) != (long)piece)
				_exit(1);
		}
		/* The last one is left to exit. */
		if (i + 1 < STORM_MESSAGES && R(close(client)))
			_exit(2);
	}
	_exit(0);
}

static void storm_start(const char *name, int server, pid_t *writers)
{
	unsigned int i;

	for (i = 0; i < STORM_WRITERS; i++) {
		writers[i] = fork();
		if (!writers[i]) {
			close(server);
			storm_writer(name, i);
		}
	}
}

/* Which message it is, of those not seen yet; or -1. */
static int storm_find(const char *message, size_t size, const bool *seen)
{
	int i;

	for (i = 0; i < STORM_WRITERS * STORM_MESSAGES; i++)
		if (!seen[i] && storm_size(i) == size && filled(message, size, i))
			return i;
	return -1;
}

TEST(storm)
{
	bool seen[STORM_WRITERS * STORM_MESSAGES] = { false };
	char name[MAILSLOT_NAME_SIZE], message[9001];
	struct mailslot_set_info set = {
		.mask = MAILSLOT_SET_READ_TIMEOUT, .read_timeout_ns = PATIENCE_NS,
	};
	pid_t writers[STORM_WRITERS];
	int server = make_whole(name, 10000, 0), i, which;
	long n;

	ASSERT_LE(0, server);
	ASSERT_EQ(0, R(ioctl(server, MAILSLOT_IOC_SET_INFO, &set)));
	storm_start(name, server, writers);
	for (i = 0; i < STORM_WRITERS * STORM_MESSAGES; i++) {
		n = R(read(server, message, sizeof(message)));
		ASSERT_LT(0, n);
		which = storm_find(message, n, seen);
		ASSERT_LE(0, which);
		seen[which] = true;
	}
	for (i = 0; i < STORM_WRITERS; i++)
		EXPECT_EQ(0, child_status(writers[i]));
	EXPECT_EQ(0, message_count(server));
	close(server);
}

/* The server goes in the middle of it. What is in line goes with the slot, and nobody is stuck. */
TEST(storm_and_death)
{
	char name[MAILSLOT_NAME_SIZE], message[9001];
	pid_t writers[STORM_WRITERS];
	int server, round, i;

	for (round = 0; round < 5; round++) {
		server = make_whole(name, 10000, 0);
		ASSERT_LE(0, server);
		storm_start(name, server, writers);
		for (i = 0; i < round * 10; i++)
			if (R(read(server, message, sizeof(message))) < 0)
				sleep_ns(NSEC_PER_MSEC);
		close(server);
		for (i = 0; i < STORM_WRITERS; i++)
			EXPECT_NE(0, child_status(writers[i]));
	}
}

/* What users may take, set by the tests. */
FIXTURE(limits)
{
	char name[MAILSLOT_NAME_SIZE];
	int server;
	char *buffer;
	unsigned long long max_user_bytes;
};

FIXTURE_SETUP(limits)
{
	if (geteuid())
		SKIP(return, "only root can be others");
	self->max_user_bytes = parameter_get("max_user_bytes");
	self->buffer = calloc(1, LONGEST);
	ASSERT_NE(NULL, self->buffer);
}

FIXTURE_TEARDOWN_PARENT(limits)
{
	parameter_set("max_user_bytes", self->max_user_bytes);
}

/* Run as another user in a process of its own. */
static int status_as(uid_t uid, int (*function)(const char *name, char *buffer), const char *name,
		     char *buffer)
{
	pid_t pid = fork();

	if (!pid)
		_exit(become(uid, uid) ? 99 : function(name, buffer));
	return child_status(pid);
}

#define SIZE	600000

static int leave_one(const char *name, char *buffer)
{
	return R(write(client_open(name, O_WRONLY), buffer, SIZE)) != SIZE;
}

static int spoil_one(const char *name, char *buffer)
{
	int client = client_open(name, O_WRONLY);

	if (put(client, "a") != 1 || R(write(client, buffer, SIZE)) != -EDQUOT)
		return 1;
	return R(close(client)) == -EDQUOT ? 0 : 2;
}

/* Half of the limit in two client ends, neither of which is ended. */
static int gather_and_be_killed(const char *name, char *buffer)
{
	int client = client_open(name, O_WRONLY), other = client_open(name, O_WRONLY);

	if (R(write(client, buffer, SIZE / 2)) != SIZE / 2 ||
	    R(write(other, buffer, SIZE / 2)) != SIZE / 2 ||
	    R(write(other, buffer, SIZE)) != -EDQUOT)
		return 1;
	/* What was spoilt is given back at once. */
	other = client_open(name, O_WRONLY);
	if (R(write(other, buffer, SIZE)) != SIZE)
		return 2;
	raise(SIGKILL);
	return 3;
}

/* What gathers, and what is left in line, counts for who wrote it, and for nobody in the end. */
TEST_F(limits, bytes_under_way)
{
	int client, round;

	ASSERT_EQ(0, parameter_set("max_user_bytes", 1 << 20));
	self->server = make_whole(self->name, LONGEST + COST, 0);
	for (round = 0; round < 3; round++) {
		client = client_open(self->name, O_WRONLY);
		EXPECT_EQ(LONGEST, write(client, self->buffer, LONGEST));
		EXPECT_EQ(0, close(client));
		EXPECT_EQ(0, status_as(ALICE, leave_one, self->name, self->buffer));
		EXPECT_EQ(0, status_as(ALICE, spoil_one, self->name, self->buffer));
		EXPECT_EQ(LONGEST, read(self->server, self->buffer, LONGEST));
		EXPECT_EQ(SIZE, read(self->server, self->buffer, LONGEST));
		EXPECT_EQ(128 + SIGKILL,
			  status_as(ALICE, gather_and_be_killed, self->name, self->buffer));
		EXPECT_TRUE(nothing_came(self->server));
	}
	/* Death gives back what is in line. */
	client = client_open(self->name, O_WRONLY);
	EXPECT_EQ(LONGEST, write(client, self->buffer, LONGEST));
	EXPECT_EQ(0, close(client));
	EXPECT_EQ(0, status_as(ALICE, leave_one, self->name, self->buffer));
	EXPECT_EQ(0, close(self->server));
	self->server = make_whole(self->name, LONGEST + COST, 0);
	EXPECT_EQ(0, status_as(ALICE, leave_one, self->name, self->buffer));
	EXPECT_EQ(SIZE, read(self->server, self->buffer, LONGEST));
	close(self->server);
}

static int take_client(const char *name, char *buffer)
{
	int client = atoi(name);

	if (R(write(client, buffer, SIZE)) != SIZE)
		return 1;
	if (R(write(client, buffer, SIZE)) != -EDQUOT)
		return 2;
	return 0;
}

/* Root's exemption is not handed on with the descriptor, nor is what another user has written. */
TEST_F(limits, handed_on)
{
	char number[16];
	int client;

	ASSERT_EQ(0, parameter_set("max_user_bytes", 1 << 20));
	self->server = make_whole(self->name, 4 * LONGEST, 0);
	client = client_open(self->name, O_WRONLY);
	snprintf(number, sizeof(number), "%d", client);
	EXPECT_EQ(1, put(client, "r"));
	EXPECT_EQ(0, status_as(ALICE, take_client, number, self->buffer));
	EXPECT_EQ(-EDQUOT, R(fsync(client)));
	EXPECT_EQ(LONGEST, write(client, self->buffer, LONGEST));
	EXPECT_EQ(LONGEST, write(client, self->buffer, LONGEST));
	/* All of it is alice's, and too much, when she goes on. */
	EXPECT_EQ(1, status_as(ALICE, take_client, number, self->buffer));
	EXPECT_EQ(-EDQUOT, R(close(client)));
	EXPECT_TRUE(nothing_came(self->server));
	close(self->server);
}

static int leave_one_of(const char *name, char *buffer, size_t size)
{
	pid_t pid = fork();

	if (!pid)
		_exit(R(write(client_open(name, O_WRONLY), buffer, size)) != (long)size);
	return child_status(pid);
}

/* The owner's limit refuses a message that is whole, too; and one that was left is lost. */
TEST_F(limits, of_the_owner)
{
	struct mailslot_create args = create_args(NULL);
	int client;

	ASSERT_EQ(0, parameter_set("max_user_bytes", 64 << 10));
	args.flags = MAILSLOT_CREATE_WHOLE;
	ASSERT_EQ(0, setresuid(-1, ALICE, -1));
	self->server = create_slot(&args);
	ASSERT_EQ(0, setresuid(-1, 0, -1));
	ASSERT_LE(0, self->server);
	client = client_open(args.name, O_WRONLY);
	EXPECT_EQ(50000, write(client, self->buffer, 50000));
	EXPECT_EQ(0, fsync(client));
	EXPECT_EQ(50000, write(client, self->buffer, 50000));
	EXPECT_EQ(-EDQUOT, R(fsync(client)));
	EXPECT_EQ(50000, write(client, self->buffer, 50000));
	EXPECT_EQ(-EDQUOT, R(close(client)));
	EXPECT_EQ(0, leave_one_of(args.name, self->buffer, 50000));
	EXPECT_EQ(1, message_count(self->server));
	close(self->server);
}
