// SPDX-License-Identifier: GPL-2.0-only
/*
 * SEND and RECEIVE: several messages a call, what ends a call early, what a message
 * tells of its sender, number and time, and looking without taking.  Refused
 * arguments are abi.c's, identities across namespaces perms.c's.
 */
#include "slot_fixture.h"

#define MANY	8

/* An array of message slots with a buffer of 16 bytes each, all poisoned. */
struct inbox {
	struct mailslot_recv_msg msgs[MANY];
	char buffers[MANY][16];
};

static void inbox_reset(struct inbox *inbox)
{
	int i;

	memset(inbox, POISON, sizeof(*inbox));
	for (i = 0; i < MANY; i++)
		inbox->msgs[i] = recv_slot(inbox->buffers[i], sizeof(inbox->buffers[i]));
}

/* No field of the slots from here on was touched, nor a byte of their buffers. */
static bool untouched_from(const struct inbox *inbox, int from)
{
	int i;

	for (i = from; i < MANY; i++) {
		const struct mailslot_recv_msg *msg = &inbox->msgs[i];

		if (msg->length != POISON32 || msg->pid != POISON32 || msg->uid != POISON32 ||
		    msg->gid != POISON32 || msg->sequence != POISON64 ||
		    (__u64)msg->time_ns != POISON64 ||
		    !all_bytes(inbox->buffers[i], sizeof(inbox->buffers[i]), POISON))
			return false;
	}
	return true;
}

/* Message i holds the text, of this process, with the number; all that was not asked for kept. */
static bool is_message(const struct inbox *inbox, int i, const char *text, __u64 sequence)
{
	const struct mailslot_recv_msg *msg = &inbox->msgs[i];
	size_t length = strlen(text);

	return msg->buffer == addr(inbox->buffers[i]) &&
	       msg->capacity == sizeof(inbox->buffers[i]) && !msg->reserved &&
	       msg->length == length && msg->pid == getpid() && msg->uid == getuid() &&
	       msg->gid == getgid() && msg->sequence == sequence &&
	       !memcmp(inbox->buffers[i], text, length) &&
	       all_bytes(inbox->buffers[i] + length, sizeof(inbox->buffers[i]) - length, POISON);
}

TEST_F(slot, one)
{
	struct mailslot_send_msg out = send_slot("hello", 5);
	struct inbox inbox;

	inbox_reset(&inbox);
	EXPECT_EQ(1, send_batch(self->client, &out, 1, 0));
	EXPECT_EQ(1, receive(self->server, inbox.msgs, 1, 0));
	EXPECT_TRUE(is_message(&inbox, 0, "hello", 1));
	EXPECT_TRUE(untouched_from(&inbox, 1));
	EXPECT_EQ(0, message_count(self->server));
}

TEST_F(slot, several)
{
	struct mailslot_send_msg out[] = {
		send_slot("a", 1), send_slot(NULL, 0), send_slot("ccc", 3), send_slot("dd", 2),
	};
	struct inbox inbox;

	inbox_reset(&inbox);
	EXPECT_EQ(4, send_batch(self->client, out, 4, 0));
	EXPECT_EQ(4, message_count(self->server));
	EXPECT_EQ(4, receive(self->server, inbox.msgs, MANY, 0));
	EXPECT_TRUE(is_message(&inbox, 0, "a", 1));
	EXPECT_TRUE(is_message(&inbox, 1, "", 2));
	EXPECT_TRUE(is_message(&inbox, 2, "ccc", 3));
	EXPECT_TRUE(is_message(&inbox, 3, "dd", 4));
	EXPECT_TRUE(untouched_from(&inbox, 4));
	EXPECT_EQ(4, info_of(self->server).messages_read);
	EXPECT_EQ(6, info_of(self->server).bytes_read);
	EXPECT_EQ(0, info_of(self->server).queued_bytes);
}

/* No more than asked for; the rest is the next call's. */
TEST_F(slot, part_of_what_waits)
{
	struct inbox inbox;

	inbox_reset(&inbox);
	EXPECT_EQ(1, write(self->client, "a", 1));
	EXPECT_EQ(1, write(self->client, "b", 1));
	EXPECT_EQ(1, write(self->client, "c", 1));
	EXPECT_EQ(2, receive(self->server, inbox.msgs, 2, 0));
	EXPECT_TRUE(is_message(&inbox, 0, "a", 1));
	EXPECT_TRUE(is_message(&inbox, 1, "b", 2));
	EXPECT_TRUE(untouched_from(&inbox, 2));
	inbox_reset(&inbox);
	EXPECT_EQ(1, receive(self->server, inbox.msgs, 2, 0));
	EXPECT_TRUE(is_message(&inbox, 0, "c", 3));
	EXPECT_TRUE(untouched_from(&inbox, 1));
}

TEST_F(slot, largest_batch)
{
	static struct mailslot_send_msg out[MAILSLOT_BATCH_MAX];
	static struct mailslot_recv_msg in[MAILSLOT_BATCH_MAX];
	static __u32 values[MAILSLOT_BATCH_MAX], back[MAILSLOT_BATCH_MAX];
	__u32 i;

	for (i = 0; i < MAILSLOT_BATCH_MAX; i++) {
		values[i] = i * 2654435761U;
		out[i] = send_slot(&values[i], sizeof(values[i]));
		in[i] = recv_slot(&back[i], sizeof(back[i]));
	}
	ASSERT_EQ(MAILSLOT_BATCH_MAX, send_batch(self->client, out, MAILSLOT_BATCH_MAX, 0));
	ASSERT_EQ(MAILSLOT_BATCH_MAX, receive(self->server, in, MAILSLOT_BATCH_MAX, 0));
	EXPECT_EQ(0, memcmp(values, back, sizeof(values)));
	for (i = 0; i < MAILSLOT_BATCH_MAX; i++) {
		ASSERT_EQ(sizeof(values[i]), in[i].length);
		ASSERT_EQ(i + 1, in[i].sequence);
	}
}

TEST_F(slot, batches_of_long_messages)
{
	static char out[MANY][70000], in[MANY][70000];
	struct mailslot_send_msg msgs[MANY];
	struct mailslot_recv_msg slots[MANY];
	int i;

	for (i = 0; i < MANY; i++) {
		fill(out[i], sizeof(out[i]), i);
		msgs[i] = send_slot(out[i], sizeof(out[i]) - i * 9973);
		slots[i] = recv_slot(in[i], sizeof(in[i]));
	}
	memset(in, POISON, sizeof(in));
	ASSERT_EQ(MANY, send_batch(self->client, msgs, MANY, 0));
	ASSERT_EQ(MANY, receive(self->server, slots, MANY, 0));
	for (i = 0; i < MANY; i++) {
		EXPECT_EQ(sizeof(in[i]) - i * 9973, slots[i].length);
		EXPECT_TRUE(filled(in[i], slots[i].length, i));
		EXPECT_TRUE(all_bytes(in[i] + slots[i].length, sizeof(in[i]) - slots[i].length,
				      POISON));
	}
}

TEST_F(slot, first_too_long)
{
	struct inbox inbox;

	inbox_reset(&inbox);
	inbox.msgs[0].capacity = 3;
	EXPECT_EQ(4, write(self->client, "long", 4));
	EXPECT_EQ(1, write(self->client, "b", 1));
	EXPECT_EQ(-EMSGSIZE, receive(self->server, inbox.msgs, 2, 0));
	EXPECT_EQ(4, inbox.msgs[0].length);
	EXPECT_EQ(3, inbox.msgs[0].capacity);
	EXPECT_EQ(addr(inbox.buffers[0]), inbox.msgs[0].buffer);
	EXPECT_TRUE(all_bytes(inbox.buffers, sizeof(inbox.buffers), POISON));
	EXPECT_TRUE(untouched_from(&inbox, 1));
	EXPECT_EQ(2, message_count(self->server));
	EXPECT_EQ(0, info_of(self->server).messages_read);

	inbox_reset(&inbox);
	EXPECT_EQ(2, receive(self->server, inbox.msgs, MANY, 0));
	EXPECT_TRUE(is_message(&inbox, 0, "long", 1));
	EXPECT_TRUE(is_message(&inbox, 1, "b", 2));
}

/* Length without content: a call with no room at all. */
TEST_F(slot, ask_for_the_length)
{
	struct mailslot_recv_msg msg = recv_slot(NULL, 0);
	static const char zeroes[1000];

	EXPECT_EQ(1000, write(self->client, zeroes, 1000));
	EXPECT_EQ(-EMSGSIZE, receive(self->server, &msg, 1, MAILSLOT_RECEIVE_PEEK));
	EXPECT_EQ(1000, msg.length);
	EXPECT_EQ(-EMSGSIZE, receive(self->server, &msg, 1, 0));
	EXPECT_EQ(1000, msg.length);
	EXPECT_EQ(1, message_count(self->server));
}

/* A later message that cannot be delivered ends the call without an error, and stays. */
TEST_F(slot, later_too_long)
{
	struct inbox inbox;

	EXPECT_EQ(1, write(self->client, "a", 1));
	EXPECT_EQ(4, write(self->client, "long", 4));
	EXPECT_EQ(1, write(self->client, "c", 1));
	inbox_reset(&inbox);
	inbox.msgs[1].capacity = 3;
	EXPECT_EQ(1, receive(self->server, inbox.msgs, MANY, 0));
	EXPECT_TRUE(is_message(&inbox, 0, "a", 1));
	EXPECT_TRUE(all_bytes(inbox.buffers[1], sizeof(inbox.buffers[1]), POISON));
	EXPECT_TRUE(untouched_from(&inbox, 2));
	EXPECT_EQ(2, message_count(self->server));
	inbox_reset(&inbox);
	EXPECT_EQ(2, receive(self->server, inbox.msgs, MANY, 0));
	EXPECT_TRUE(is_message(&inbox, 0, "long", 2));
	EXPECT_TRUE(is_message(&inbox, 1, "c", 3));
}

TEST_F(slot, later_bad_memory)
{
	struct inbox inbox;

	EXPECT_EQ(1, write(self->client, "a", 1));
	EXPECT_EQ(1, write(self->client, "b", 1));
	inbox_reset(&inbox);
	inbox.msgs[1].buffer = 0;
	EXPECT_EQ(1, receive(self->server, inbox.msgs, MANY, 0));
	EXPECT_TRUE(is_message(&inbox, 0, "a", 1));
	inbox_reset(&inbox);
	inbox.msgs[1].reserved = 1;
	EXPECT_EQ(1, receive(self->server, inbox.msgs, MANY, 0));
	EXPECT_TRUE(is_message(&inbox, 0, "b", 2));
}

/* The array runs into memory that is not there after its first element. */
TEST_F(slot, array_into_a_hole)
{
	struct mailslot_recv_msg *msgs = (void *)before_hole(sizeof(*msgs));
	struct mailslot_send_msg *out = (void *)before_hole(sizeof(*out));
	char byte = 0;

	*out = send_slot("a", 1);
	EXPECT_EQ(1, send_batch(self->client, out, 2, 0));
	EXPECT_EQ(1, message_count(self->server));
	EXPECT_EQ(1, write(self->client, "b", 1));
	*msgs = recv_slot(&byte, 1);
	EXPECT_EQ(1, receive(self->server, msgs, 2, 0));
	EXPECT_EQ('a', byte);
	EXPECT_EQ(1, message_count(self->server));
}

TEST_F(slot, later_send_fails)
{
	struct mailslot_send_msg out[3] = {
		send_slot("a", 1), send_slot("b", 1), send_slot("c", 1),
	};

	out[1].buffer = 8;
	EXPECT_EQ(1, send_batch(self->client, out, 3, 0));
	EXPECT_EQ(-EFAULT, send_batch(self->client, out + 1, 2, 0));
	out[1] = send_slot("b", ~0U);
	EXPECT_EQ(1, send_batch(self->client, out, 3, 0));
	EXPECT_EQ(-EMSGSIZE, send_batch(self->client, out + 1, 2, 0));
	out[1] = send_slot("b", 1);
	out[1].reserved = 1;
	EXPECT_EQ(1, send_batch(self->client, out, 3, 0));
	EXPECT_EQ(-EINVAL, send_batch(self->client, out + 1, 2, 0));
	EXPECT_EQ(3, message_count(self->server));
}

TEST_F(slot, peek)
{
	struct mailslot_send_msg out[] = {
		send_slot("a", 1), send_slot("bb", 2), send_slot("", 0),
	};
	struct mailslot_info before, after;
	struct inbox inbox;
	__s64 time_ns;
	int i;

	EXPECT_EQ(3, send_batch(self->client, out, 3, 0));
	before = info_of(self->server);
	for (i = 0; i < 3; i++) {
		inbox_reset(&inbox);
		EXPECT_EQ(3, receive(self->server, inbox.msgs, MANY, MAILSLOT_RECEIVE_PEEK));
		EXPECT_TRUE(is_message(&inbox, 0, "a", 1));
		EXPECT_TRUE(is_message(&inbox, 1, "bb", 2));
		EXPECT_TRUE(is_message(&inbox, 2, "", 3));
		EXPECT_TRUE(untouched_from(&inbox, 3));
	}
	time_ns = inbox.msgs[0].time_ns;
	inbox_reset(&inbox);
	EXPECT_EQ(1, receive(self->server, inbox.msgs, 1, MAILSLOT_RECEIVE_PEEK));
	EXPECT_TRUE(is_message(&inbox, 0, "a", 1));
	EXPECT_TRUE(untouched_from(&inbox, 1));
	after = info_of(self->server);
	EXPECT_EQ(0, memcmp(&before, &after, sizeof(before)));

	inbox_reset(&inbox);
	EXPECT_EQ(3, receive(self->server, inbox.msgs, MANY, 0));
	EXPECT_TRUE(is_message(&inbox, 0, "a", 1));
	EXPECT_TRUE(is_message(&inbox, 1, "bb", 2));
	EXPECT_EQ(time_ns, inbox.msgs[0].time_ns);
	EXPECT_EQ(-ETIMEDOUT, receive(self->server, inbox.msgs, 1, MAILSLOT_RECEIVE_PEEK));
}

TEST_F(slot, peek_stops_where_taking_would)
{
	struct inbox inbox;

	EXPECT_EQ(1, write(self->client, "a", 1));
	EXPECT_EQ(4, write(self->client, "long", 4));
	inbox_reset(&inbox);
	inbox.msgs[1].capacity = 3;
	EXPECT_EQ(1, receive(self->server, inbox.msgs, MANY, MAILSLOT_RECEIVE_PEEK));
	EXPECT_TRUE(is_message(&inbox, 0, "a", 1));
	inbox_reset(&inbox);
	inbox.msgs[0].buffer = 0;
	EXPECT_EQ(-EFAULT, receive(self->server, inbox.msgs, MANY, MAILSLOT_RECEIVE_PEEK));
	EXPECT_EQ(2, message_count(self->server));
}

/* Numbers count what was queued, from 1: neither failures nor looks nor reads make gaps. */
TEST_F(slot, sequence)
{
	struct inbox inbox;
	char byte;

	EXPECT_EQ(-EFAULT, R(write(self->client, nowhere(), 1)));
	EXPECT_EQ(1, write(self->client, "a", 1));
	EXPECT_EQ(-EFAULT, R(write(self->client, nowhere(), 1)));
	EXPECT_EQ(1, write(self->client, "b", 1));
	EXPECT_EQ(1, read(self->server, &byte, 1));
	EXPECT_EQ(1, write(self->client, "c", 1));
	EXPECT_EQ(-EMSGSIZE, R(read(self->server, &byte, 0)));
	inbox_reset(&inbox);
	EXPECT_EQ(2, receive(self->server, inbox.msgs, MANY, MAILSLOT_RECEIVE_PEEK));
	EXPECT_EQ(2, inbox.msgs[0].sequence);
	EXPECT_EQ(3, inbox.msgs[1].sequence);
	EXPECT_EQ(2, receive(self->server, inbox.msgs, MANY, 0));
	EXPECT_EQ(2, inbox.msgs[0].sequence);
	EXPECT_EQ(3, inbox.msgs[1].sequence);
}

/* The clock of the queue may be a coarse one: a second covers any. */
TEST_F(slot, time)
{
	__s64 before, after, last = 0;
	struct mailslot_recv_msg msg;
	char byte;
	int i;

	for (i = 0; i < 20; i++) {
		before = now_ns(CLOCK_REALTIME);
		EXPECT_EQ(1, write(self->client, "a", 1));
		after = now_ns(CLOCK_REALTIME);
		sleep_ns(5 * NSEC_PER_MSEC);
		msg = recv_slot(&byte, 1);
		EXPECT_EQ(1, receive(self->server, &msg, 1, 0));
		EXPECT_LE(before - (__s64)NSEC_PER_SEC, msg.time_ns);
		EXPECT_GE(after + (__s64)NSEC_PER_SEC, msg.time_ns);
		EXPECT_LE(last, msg.time_ns);
		EXPECT_EQ(msg.time_ns, info_of(self->server).last_write_time_ns);
		last = msg.time_ns;
	}
}

/* The process is the writer's, the user the opener's. */
TEST_F(slot, sender)
{
	struct inbox inbox;
	pid_t pid;

	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid) {
		int client;

		EXPECT_EQ(1, write(self->client, "a", 1));
		if (!become(12345, 54321)) {
			EXPECT_EQ(1, write(self->client, "b", 1));
			EXPECT_EQ(-EACCES, client_open(self->name, O_WRONLY));
		}
		client = dup(self->client);
		EXPECT_EQ(1, write(client, "c", 1));
		_exit(0);
	}
	EXPECT_EQ(0, child_status(pid));
	inbox_reset(&inbox);
	EXPECT_LE(2, receive(self->server, inbox.msgs, MANY, 0));
	EXPECT_EQ(pid, inbox.msgs[0].pid);
	EXPECT_EQ(pid, inbox.msgs[1].pid);
	EXPECT_EQ(getuid(), inbox.msgs[0].uid);
	EXPECT_EQ(getuid(), inbox.msgs[1].uid);
	EXPECT_EQ(getgid(), inbox.msgs[1].gid);
}

/* A thread's messages are its process's. */
TEST_F(slot, sender_thread)
{
	struct call writer = {
		.function = call_write, .fd = self->client, .buffer = "a", .size = 1,
	};
	struct inbox inbox;

	inbox_reset(&inbox);
	ASSERT_TRUE(call_start(&writer));
	EXPECT_EQ(1, call_join(&writer));
	EXPECT_NE(getpid(), writer.tid);
	EXPECT_EQ(1, receive(self->server, inbox.msgs, 1, 0));
	EXPECT_TRUE(is_message(&inbox, 0, "a", 1));
}

/* A queue for four empty messages, so that a fifth does not fit. */
FIXTURE(narrow)
{
	char name[MAILSLOT_NAME_SIZE];
	int server;
	int client;
	struct mailslot_send_msg out[MANY];
	struct inbox inbox;
};

FIXTURE_SETUP(narrow)
{
	struct mailslot_create args = create_args(NULL);
	int i;

	args.queue_bytes = 4 * COST;
	self->server = create_slot(&args);
	ASSERT_LE(0, self->server);
	strcpy(self->name, args.name);
	self->client = client_open(args.name, O_WRONLY);
	ASSERT_LE(0, self->client);
	for (i = 0; i < MANY; i++)
		self->out[i] = send_slot(NULL, 0);
	inbox_reset(&self->inbox);
}

FIXTURE_TEARDOWN(narrow)
{
	close(self->client);
	close(self->server);
}

TEST_F(narrow, send_without_waiting)
{
	EXPECT_EQ(4, send_batch(self->client, self->out, MANY, MAILSLOT_SEND_DONTWAIT));
	EXPECT_EQ(-EAGAIN, send_batch(self->client, self->out, MANY, MAILSLOT_SEND_DONTWAIT));
	EXPECT_EQ(2, receive(self->server, self->inbox.msgs, 2, 0));
	EXPECT_EQ(0, fcntl(self->client, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(2, send_batch(self->client, self->out, MANY, 0));
	EXPECT_EQ(-EAGAIN, send_batch(self->client, self->out, 1, 0));
	EXPECT_EQ(4, message_count(self->server));
}

static long call_send(struct call *call)
{
	return send_batch(call->fd, call->buffer, call->size, 0);
}

/* A blocking SEND ends when all is taken. */
TEST_F(narrow, send_waits_for_all)
{
	struct call sender = {
		.function = call_send, .fd = self->client, .buffer = self->out, .size = MANY,
	};
	int i;

	ASSERT_TRUE(call_start(&sender));
	ASSERT_TRUE(call_asleep(&sender, SYS_ioctl));
	EXPECT_EQ(4, message_count(self->server));
	for (i = 0; i < MANY - 5; i++) {
		EXPECT_EQ(1, receive(self->server, self->inbox.msgs, 1, 0));
		ASSERT_TRUE(call_asleep(&sender, SYS_ioctl));
	}
	EXPECT_FALSE(call_done(&sender));
	EXPECT_EQ(1, receive(self->server, self->inbox.msgs, 1, 0));
	EXPECT_EQ(1, receive(self->server, self->inbox.msgs, 1, 0));
	EXPECT_EQ(MANY, call_join(&sender));
	EXPECT_EQ(MANY, info_of(self->server).messages_written);
}

static void on_signal(int signal)
{
}

TEST_F(narrow, signal_shortens_send)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	struct call sender = {
		.function = call_send, .fd = self->client, .buffer = self->out, .size = MANY,
	};

	sigaction(SIGUSR1, &action, NULL);
	ASSERT_TRUE(call_start(&sender));
	ASSERT_TRUE(call_asleep(&sender, SYS_ioctl));
	pthread_kill(sender.thread, SIGUSR1);
	EXPECT_EQ(4, call_join(&sender));

	/* Nothing was taken yet: an error, or the call begins anew. */
	action.sa_flags = 0;
	sigaction(SIGUSR1, &action, NULL);
	ASSERT_TRUE(call_start(&sender));
	ASSERT_TRUE(call_asleep(&sender, SYS_ioctl));
	pthread_kill(sender.thread, SIGUSR1);
	EXPECT_EQ(-EINTR, call_join(&sender));

	action.sa_flags = SA_RESTART;
	sigaction(SIGUSR1, &action, NULL);
	sender.size = 1;
	ASSERT_TRUE(call_start(&sender));
	ASSERT_TRUE(call_asleep(&sender, SYS_ioctl));
	pthread_kill(sender.thread, SIGUSR1);
	ASSERT_TRUE(call_asleep(&sender, SYS_ioctl));
	EXPECT_EQ(1, receive(self->server, self->inbox.msgs, 1, 0));
	EXPECT_EQ(1, call_join(&sender));
}

TEST_F(narrow, death_shortens_send)
{
	struct call sender = {
		.function = call_send, .fd = self->client, .buffer = self->out, .size = MANY,
	};

	ASSERT_TRUE(call_start(&sender));
	ASSERT_TRUE(call_asleep(&sender, SYS_ioctl));
	EXPECT_EQ(0, close(self->server));
	EXPECT_EQ(4, call_join(&sender));
	EXPECT_EQ(-EPIPE, send_batch(self->client, self->out, MANY, 0));
}

/* Waiting with RECEIVE: only for the first, then whatever is there. */
TEST_F(narrow, receive_waits_for_the_first_only)
{
	struct mailslot_receive args = receive_args(self->inbox.msgs, MANY);
	struct call reader = {
		.function = call_receive, .fd = self->server, .buffer = self->inbox.buffers[0],
		.size = 1, .deadline_ns = MAILSLOT_WAIT_FOREVER_NS,
	};

	ASSERT_TRUE(call_start(&reader));
	ASSERT_TRUE(call_asleep(&reader, SYS_ioctl));
	EXPECT_EQ(2, send_batch(self->client, self->out, 2, 0));
	EXPECT_EQ(1, call_join(&reader));
	EXPECT_EQ(1, message_count(self->server));
	args.deadline_ns = MAILSLOT_WAIT_FOREVER_NS;
	EXPECT_EQ(1, R(ioctl(self->server, MAILSLOT_IOC_RECEIVE, &args)));
}

TEST_F(narrow, receive_without_waiting)
{
	struct mailslot_receive args = receive_args(self->inbox.msgs, MANY);

	args.deadline_ns = MAILSLOT_WAIT_FOREVER_NS;
	args.flags = MAILSLOT_RECEIVE_DONTWAIT;
	EXPECT_EQ(-EAGAIN, R(ioctl(self->server, MAILSLOT_IOC_RECEIVE, &args)));
	args.flags |= MAILSLOT_RECEIVE_PEEK;
	EXPECT_EQ(-EAGAIN, R(ioctl(self->server, MAILSLOT_IOC_RECEIVE, &args)));
	args.flags = 0;
	EXPECT_EQ(0, fcntl(self->server, F_SETFL, O_NONBLOCK));
	EXPECT_EQ(-EAGAIN, R(ioctl(self->server, MAILSLOT_IOC_RECEIVE, &args)));
	EXPECT_TRUE(untouched_from(&self->inbox, 0));
	EXPECT_EQ(2, send_batch(self->client, self->out, 2, 0));
	EXPECT_EQ(2, R(ioctl(self->server, MAILSLOT_IOC_RECEIVE, &args)));
}

/* A look wakes nobody up for good: who waits in PEEK leaves the message to who takes it. */
TEST_F(narrow, peek_hands_on)
{
	struct mailslot_recv_msg msg = recv_slot(NULL, 0);
	struct mailslot_receive args = receive_args(&msg, 1);
	struct call taker = {
		.function = call_receive, .fd = self->server,
		.deadline_ns = MAILSLOT_WAIT_FOREVER_NS,
	};
	pid_t pid;

	/* The first in the row only looks. */
	args.deadline_ns = MAILSLOT_WAIT_FOREVER_NS;
	args.flags = MAILSLOT_RECEIVE_PEEK;
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(ioctl(self->server, MAILSLOT_IOC_RECEIVE, &args) == 1 ? 0 : 1);
	ASSERT_TRUE(wait_asleep(pid, pid, SYS_ioctl));
	ASSERT_TRUE(call_start(&taker));
	ASSERT_TRUE(call_asleep(&taker, SYS_ioctl));
	EXPECT_EQ(0, R(write(self->client, "", 0)));
	EXPECT_EQ(1, call_join(&taker));
	/* The taker may have been quicker; then a second message is the look's. */
	EXPECT_EQ(0, R(write(self->client, "", 0)));
	EXPECT_EQ(0, child_status(pid));
}

/* A SEND wakes as many readers as it has messages, though each takes but one and comes no more. */
TEST(as_many_readers_as_messages)
{
	enum { READERS = 4 };
	struct mailslot_create args = create_args(NULL);
	struct mailslot_send_msg msgs[READERS];
	struct call calls[READERS];
	char bytes[READERS];
	int server, client, i;

	/* For ever: a timeout would find the message, too. */
	args.read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS;
	server = create_slot(&args);
	ASSERT_LE(0, server);
	client = client_open(args.name, O_WRONLY);
	ASSERT_LE(0, client);
	for (i = 0; i < READERS; i++) {
		calls[i] = (struct call) {
			.function = call_read, .fd = server, .buffer = &bytes[i], .size = 1,
		};
		ASSERT_TRUE(call_start(&calls[i]));
		ASSERT_TRUE(call_asleep(&calls[i], SYS_read));
		msgs[i] = send_slot("x", 1);
	}
	EXPECT_EQ(READERS, send_batch(client, msgs, READERS, 0));
	for (i = 0; i < READERS; i++)
		EXPECT_EQ(1, call_join(&calls[i]));
	close(client);
	close(server);
}
