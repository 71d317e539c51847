// SPDX-License-Identifier: GPL-2.0-only
/*
 * Slots whose messages lie in a ring: how a ring is asked for, what stands in it, order, limits,
 * back-pressure, waiting and polling, what read(2) and RECEIVE say. ring-life.c has mappings,
 * processes and death, ring-hostile.c readers that do not keep to the protocol.
 */
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include "ring.h"

/* So that a kernel that should have rings is not skipped. A 32-bit program is told the kernel's. */
TEST(kernels_that_have_it)
{
	struct utsname kernel;

	ASSERT_EQ(0, uname(&kernel));
	if (!strcmp(kernel.machine, "i686")) {
		EXPECT_FALSE(has_rings());
		return;
	}
	if (!strstr("x86_64 aarch64 s390x", kernel.machine))
		SKIP(return, "a machine of which nothing is known here");
	EXPECT_TRUE(has_rings());
}

TEST(is_asked_for)
{
	struct mailslot_create args = create_args(NULL);
	struct mailslot_ring_layout layout;
	unsigned long long most = parameter_get("max_queue_bytes");
	int server, plain;

	if (!has_rings())
		SKIP(return, NO_RINGS);
	args.flags = MAILSLOT_CREATE_RING | MAILSLOT_CREATE_WHOLE;
	EXPECT_EQ(-EINVAL, create_slot(&args));
	ASSERT_EQ(0, parameter_set("max_queue_bytes", 4ULL << 30));
	args.flags = MAILSLOT_CREATE_RING;
	args.queue_bytes = (1ULL << 30) + 1;
	EXPECT_EQ(-ERANGE, create_slot(&args));
	ASSERT_EQ(0, parameter_set("max_queue_bytes", most));
	args.queue_bytes = COST;
	server = create_slot(&args);
	ASSERT_LE(0, server);
	EXPECT_EQ(MAILSLOT_INFO_RING | MAILSLOT_INFO_SERVER, info_of(server).flags);
	plain = create_named(NULL);
	ASSERT_LE(0, plain);
	EXPECT_EQ(MAILSLOT_INFO_SERVER, info_of(plain).flags);
	EXPECT_EQ(-EINVAL, ring_fd(plain, &layout));
	close(plain);
	close(server);
}

TEST_F(ring, layout)
{
	struct {
		struct mailslot_ring_layout known;
		__u64 more;
	} longer = {};
	__u32 page = sysconf(_SC_PAGESIZE);
	struct mailslot_ring_layout layout, expected = {
		.version = MAILSLOT_RING_VERSION,
		.header_size = sizeof(struct mailslot_ring_message),
		.data_size = RING_BYTES,
		.reader_offset = 0,
		.status_offset = page,
		.data_offset = 2 * page,
	};
	unsigned int i;
	int fd;

	EXPECT_EQ(0, memcmp(&expected, &self->ring.layout, sizeof(expected)));
	EXPECT_EQ(FD_CLOEXEC, fcntl(self->ring.fd, F_GETFD));
	EXPECT_EQ(O_RDWR, fcntl(self->ring.fd, F_GETFL) & O_ACCMODE);
	EXPECT_EQ(-EINVAL, ring_fd(self->client, &layout));
	EXPECT_EQ(-ENOTTY, ring_fd(self->ring.fd, &layout));
	layout.flags = 1;
	layout.reserved = 0;
	EXPECT_EQ(-EINVAL, R(ioctl(self->server, MAILSLOT_IOC_RING, &layout)));
	layout.flags = 0;
	layout.reserved = 1;
	EXPECT_EQ(-EINVAL, R(ioctl(self->server, MAILSLOT_IOC_RING, &layout)));
	EXPECT_EQ(-EFAULT, R(ioctl(self->server, MAILSLOT_IOC_RING, nowhere())));
	longer.more = 1;
	EXPECT_EQ(-E2BIG, R(ioctl(self->server, _IOWR(MAILSLOT_IOC_MAGIC, 6, longer), &longer)));
	longer.more = 0;
	fd = R(ioctl(self->server, _IOWR(MAILSLOT_IOC_MAGIC, 6, longer), &longer));
	ASSERT_LE(0, fd);
	EXPECT_EQ(0, memcmp(&expected, &longer.known, sizeof(expected)));
	EXPECT_EQ(0, longer.more);
	close(fd);
	EXPECT_EQ(MAILSLOT_RING_VERSION, self->ring.status->version);
	EXPECT_EQ(sizeof(struct mailslot_ring_message), self->ring.status->header_size);
	EXPECT_EQ(RING_BYTES, self->ring.status->data_size);
	EXPECT_EQ(0, self->ring.status->flags);
	for (i = 0; i < 12; i++)
		EXPECT_EQ(0, self->ring.status->unused[i]);
	EXPECT_EQ(0, self->ring.status->kick);
	EXPECT_TRUE(all_bytes(self->ring.data, 2 * RING_BYTES, 0));
}

TEST(size_is_rounded_up)
{
	__u32 page = sysconf(_SC_PAGESIZE);
	struct { __u64 asked, given; } sizes[] = {
		{ COST, page }, { page, page }, { page + 1, 2 * page }, { 3 * page, 4 * page },
	};
	struct mailslot_ring_layout layout;
	char name[MAILSLOT_NAME_SIZE];
	unsigned int i;
	int server, fd;

	if (!has_rings())
		SKIP(return, NO_RINGS);
	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		server = create_ring(name, sizes[i].asked);
		ASSERT_LE(0, server);
		fd = ring_fd(server, &layout);
		ASSERT_LE(0, fd);
		EXPECT_EQ(sizes[i].given, layout.data_size);
		EXPECT_EQ(sizes[i].asked, info_of(server).queue_bytes);
		close(fd);
		close(server);
	}
}

static const __u32 lengths[] = {
	0, 1, 7, 8, 9, 31, 32, 33, 64, 424, 511, 512, 513, 4095, 4096, 4097, 16383, 16384, 16385,
	32768, 65536, 100001, RING_BYTES - COST,
};

#define LENGTHS	(sizeof(lengths) / sizeof(*lengths))

/* Is the message as it was written, and all that stands before and behind it as it must be? */
static bool is_message(const struct ring *ring, const struct mailslot_ring_message *message,
		       __u32 length, __u64 sequence, unsigned int seed)
{
	const char *bytes = ring_bytes(ring, message);
	__u32 end = -length & (MAILSLOT_RING_ALIGN - 1);

	return message->length == length && message->pid == (__u32)getpid() &&
	       message->uid == geteuid() && message->gid == getegid() &&
	       message->sequence == sequence && filled(bytes, length, seed) &&
	       all_bytes(bytes + length, end, 0);
}

/* Many times round, so that messages of each length lie over the end, too. */
TEST_F(ring, carries_every_length)
{
	char *buffer = malloc(RING_BYTES);
	const struct mailslot_ring_message *message;
	unsigned int i, n = 0;
	__s64 before, last = 0;

	ASSERT_TRUE(!!buffer);
	for (i = 0; i < 5 * LENGTHS; i++) {
		__u32 length = lengths[(i * 7) % LENGTHS];

		fill(buffer, length, i);
		before = now_ns(CLOCK_REALTIME);
		ASSERT_EQ(length, R(write(self->client, buffer, length)));
		message = ring_next(&self->ring);
		ASSERT_TRUE(!!message);
		ASSERT_TRUE(is_message(&self->ring, message, length, ++n, i));
		ASSERT_LE(before, message->time_ns);
		ASSERT_LE(last, message->time_ns);
		last = message->time_ns;
		ASSERT_TRUE(!ring_next(&self->ring));
		ring_release(&self->ring);
	}
	free(buffer);
}

/* The only calls left are read and write, which a ring refuses, and exit. */
static int read_without_calls(struct ring *ring, unsigned int count)
{
	const struct mailslot_ring_message *message;
	unsigned int i;

	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT))
		return errno;
	for (i = 0; i < count; i++) {
		while (!(message = ring_next(ring)))
			;
		if (message->length != i % COST || message->sequence != i + 1 ||
		    !filled(ring_bytes(ring, message), message->length, i))
			break;
		ring_release(ring);
	}
	syscall(SYS_exit, i < count ? 1 : 0);
	return -1;
}

/* Before the reader looks, and while it does. */
TEST_F(ring, reading_takes_no_call)
{
	unsigned int i, count = RING_BYTES / COST / 2;
	char buffer[COST];
	int status;
	pid_t pid;

	for (i = 0; i < count / 2; i++) {
		fill(buffer, i % COST, i);
		ASSERT_EQ(i % COST, R(write(self->client, buffer, i % COST)));
	}
	pid = fork();
	if (!pid) {
		alarm(60);
		_exit(read_without_calls(&self->ring, count));
	}
	for (; i < count; i++) {
		fill(buffer, i % COST, i);
		ASSERT_EQ(i % COST, R(write(self->client, buffer, i % COST)));
	}
	status = child_status(pid);
	if (status == EINVAL)
		SKIP(return, "a kernel without seccomp");
	EXPECT_EQ(0, status);
	EXPECT_EQ(0, message_count(self->server));
}

/* The same by each way in: SEND, writev, and pages that are not there yet. */
TEST_F(ring, other_ways_in)
{
	struct mailslot_send_msg msgs[LENGTHS];
	const struct mailslot_ring_message *message;
	char *buffer = malloc(RING_BYTES), *fresh;
	struct iovec parts[2];
	__u64 sequence = 0;
	unsigned int i;

	ASSERT_TRUE(!!buffer);
	fill(buffer, RING_BYTES, 1);
	for (i = 0; i < LENGTHS - 2; i++)
		msgs[i] = send_slot(buffer, lengths[i]);
	ASSERT_EQ(LENGTHS - 2, send_batch(self->client, msgs, LENGTHS - 2, 0));
	for (i = 0; i < LENGTHS - 2; i++) {
		message = ring_next(&self->ring);
		ASSERT_TRUE(!!message);
		ASSERT_TRUE(is_message(&self->ring, message, lengths[i], ++sequence, 1));
	}
	ring_release(&self->ring);
	for (i = 0; i < LENGTHS; i++) {
		parts[0] = (struct iovec) { buffer, lengths[i] / 2 };
		parts[1] = (struct iovec) { buffer + lengths[i] / 2, lengths[i] - lengths[i] / 2 };
		if (!lengths[i])
			continue;
		ASSERT_EQ(lengths[i], R(writev(self->client, parts, 2)));
		message = ring_next(&self->ring);
		ASSERT_TRUE(!!message);
		ASSERT_TRUE(is_message(&self->ring, message, lengths[i], ++sequence, 1));
		ring_release(&self->ring);
	}
	for (i = 0; i < LENGTHS; i++) {
		fresh = mmap(NULL, RING_BYTES, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		ASSERT_TRUE(fresh != MAP_FAILED);
		ASSERT_EQ(lengths[i], R(write(self->client, fresh, lengths[i])));
		message = ring_next(&self->ring);
		ASSERT_TRUE(!!message);
		ASSERT_EQ(lengths[i], message->length);
		ASSERT_EQ(++sequence, message->sequence);
		ASSERT_TRUE(all_bytes(ring_bytes(&self->ring, message), lengths[i], 0));
		ring_release(&self->ring);
		munmap(fresh, RING_BYTES);
	}
	free(buffer);
}

/* Bad memory in the middle of a message: nothing is queued, and nothing can be seen of it. */
TEST_F(ring, fault_leaves_nothing)
{
	__u32 sizes[] = { 8, 100, 5000, 16384, 40000, 200000 };
	__u32 page = sysconf(_SC_PAGESIZE);
	unsigned int i;
	char *p;

	for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		p = before_hole(sizes[i]);
		memset(p, 0x77, sizes[i]);
		EXPECT_EQ(-EFAULT, R(write(self->client, p, sizes[i] + 1)));
		EXPECT_EQ(-EFAULT, R(write(self->client, p, sizes[i] + 3 * page)));
		EXPECT_TRUE(!ring_next(&self->ring));
		EXPECT_TRUE(all_bytes(self->ring.data, 2 * RING_BYTES, 0));
	}
	EXPECT_EQ(0, info_of(self->server).messages_written);
	EXPECT_EQ(3, R(write(self->client, "abc", 3)));
	EXPECT_TRUE(!!ring_next(&self->ring));
}

/* Short messages that run into bad memory, until the long ones are through. */
static long write_into_hole(struct call *call)
{
	char *p = before_hole(100);
	long result = 0;

	while (!result && __atomic_load_n(&call->size, __ATOMIC_RELAXED))
		if (R(write(call->fd, p, 101)) != -EFAULT)
			result = 1;
	return result;
}

/* What a fault clears is not part of a long message that another writer has begun meanwhile. */
TEST_F(ring, fault_spares_the_begun)
{
	struct call faults = { .function = write_into_hole, .fd = self->client, .size = 1 };
	__u32 length = RING_BYTES - COST;
	char *buffer = malloc(length);
	__u64 i;

	ASSERT_TRUE(call_start(&faults));
	for (i = 1; i <= 300; i++) {
		fill(buffer, length, i);
		ASSERT_EQ(length, R(write(self->client, buffer, length)));
		ASSERT_TRUE(is_message(&self->ring, ring_take(&self->ring), length, i, i));
		ring_release(&self->ring);
	}
	__atomic_store_n(&faults.size, 0, __ATOMIC_RELAXED);
	EXPECT_EQ(0, call_join(&faults));
	free(buffer);
}

TEST_F(ring, read_is_busy)
{
	struct mailslot_recv_msg msg;
	char buffer[16];
	int size = -1;

	EXPECT_EQ(-EBUSY, R(read(self->server, buffer, sizeof(buffer))));
	ASSERT_EQ(5, R(write(self->client, "hello", 5)));
	msg = recv_slot(buffer, sizeof(buffer));
	EXPECT_EQ(-EBUSY, R(read(self->server, buffer, sizeof(buffer))));
	EXPECT_EQ(-EBUSY, receive(self->server, &msg, 1, 0));
	EXPECT_EQ(-EBUSY, receive(self->server, &msg, 1, MAILSLOT_RECEIVE_PEEK));
	EXPECT_EQ(-EBADF, R(write(self->server, "x", 1)));
	EXPECT_EQ(-EINVAL, R(read(self->ring.fd, buffer, 1)));
	EXPECT_EQ(-EINVAL, R(write(self->ring.fd, buffer, 1)));
	EXPECT_EQ(0, R(ioctl(self->server, FIONREAD, &size)));
	EXPECT_EQ(5, size);
	EXPECT_EQ(5, ring_next(&self->ring)->length);
	ring_release(&self->ring);
	EXPECT_EQ(0, R(ioctl(self->server, FIONREAD, &size)));
	EXPECT_EQ(0, size);
}

TEST_F(ring, info_counts)
{
	struct mailslot_info info;
	unsigned int i;

	for (i = 0; i < 1000; i++)
		ASSERT_EQ(10, R(write(self->client, "0123456789", 10)));
	for (i = 0; i < 600; i++)
		ASSERT_TRUE(!!ring_next(&self->ring));
	EXPECT_EQ(1000, info_of(self->server).message_count);
	ring_release(&self->ring);
	info = info_of(self->client);
	EXPECT_EQ(400, info.message_count);
	EXPECT_EQ(400 * (10 + COST), info.queued_bytes);
	EXPECT_EQ(1000, info.messages_written);
	EXPECT_EQ(600, info.messages_read);
	EXPECT_EQ(10000, info.bytes_written);
	EXPECT_EQ(6000, info.bytes_read);
	EXPECT_EQ(10, info.next_message_size);
	EXPECT_LT(info.creation_time_ns, info.last_read_time_ns);
	EXPECT_LT(info.creation_time_ns, info.last_write_time_ns);
	for (i = 0; i < 400; i++)
		ASSERT_TRUE(!!ring_next(&self->ring));
	ring_release(&self->ring);
	info = info_of(self->ring.fd);
	EXPECT_EQ(0, info.message_count);
	EXPECT_EQ(0, info.queued_bytes);
	EXPECT_EQ(MAILSLOT_NO_NEXT_MESSAGE, info.next_message_size);
}

static unsigned int fill_up(int client, size_t length)
{
	char bytes[4096] = {};
	unsigned int count = 0;

	while (R(write(client, bytes, length)) == (long)length)
		count++;
	return count;
}

/* What the queue may hold is what it may hold without a ring. */
TEST_F(ring, holds_its_bytes)
{
	size_t sizes[] = { 0, 1, 9, 64, 1000, 4096 };
	unsigned int i, round, count;
	char bytes[4096] = {}, *big;

	ASSERT_EQ(0, R(fcntl(self->client, F_SETFL, O_WRONLY | O_NONBLOCK)));
	for (round = 0; round < 3; round++) {
		for (i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			count = fill_up(self->client, sizes[i]);
			EXPECT_EQ(RING_BYTES / (sizes[i] + COST), count);
			EXPECT_EQ(-EAGAIN, R(write(self->client, bytes, sizes[i])));
			while (ring_next(&self->ring))
				count--;
			EXPECT_EQ(0, count);
			ring_release(&self->ring);
		}
	}
	big = calloc(1, RING_BYTES);
	EXPECT_EQ(-EMSGSIZE, R(write(self->client, big, RING_BYTES - COST + 1)));
	EXPECT_EQ(RING_BYTES - COST, R(write(self->client, big, RING_BYTES - COST)));
	EXPECT_EQ(-EAGAIN, R(write(self->client, "", 0)));
	free(big);
}

/* Room is noticed by the writer itself; a kick is asked for, and lets a poller know. */
TEST_F(ring, client_polls_for_room)
{
	unsigned int count;

	ASSERT_EQ(0, R(fcntl(self->client, F_SETFL, O_WRONLY | O_NONBLOCK)));
	EXPECT_EQ(POLLOUT, poll_now(self->client, POLLOUT));
	EXPECT_EQ(0, self->ring.status->kick);
	count = fill_up(self->client, 1000);
	EXPECT_EQ(0, poll_now(self->client, POLLOUT));
	EXPECT_NE(0, self->ring.status->kick);
	while (ring_next(&self->ring))
		count--;
	EXPECT_EQ(0, count);
	EXPECT_TRUE(ring_kicks(&self->ring));
	__atomic_store_n(&self->ring.reader->head, self->ring.head, __ATOMIC_RELEASE);
	/* Not kicked: poll itself looks. */
	EXPECT_EQ(POLLOUT, poll_now(self->client, POLLOUT));
	EXPECT_LT(0, fill_up(self->client, 1000));
}

static long poll_for_room(struct call *call)
{
	struct pollfd p = { .fd = call->fd, .events = POLLOUT };

	return poll(&p, 1, -1) == 1 ? p.revents : -errno;
}

TEST_F(ring, kick_wakes_pollers_and_line)
{
	struct call poller = { .function = poll_for_room }, line[3];
	char bytes[1000] = {};
	unsigned int i;
	int other;

	other = client_open(self->name, O_WRONLY | O_NONBLOCK);
	ASSERT_LE(0, other);
	fill_up(other, sizeof(bytes));
	poller.fd = other;
	ASSERT_TRUE(call_start(&poller));
	ASSERT_TRUE(call_asleep(&poller, SYS_poll));
	while (!ring_kicks(&self->ring))
		ASSERT_TRUE(!!ring_next(&self->ring));
	EXPECT_FALSE(call_done(&poller));
	ring_release(&self->ring);
	EXPECT_EQ(POLLOUT, call_join(&poller));
	EXPECT_EQ(0, self->ring.status->kick);

	fill_up(other, sizeof(bytes));
	for (i = 0; i < 3; i++) {
		line[i] = (struct call) { .function = call_write, .fd = self->client,
					  .buffer = bytes, .size = sizeof(bytes) };
		ASSERT_TRUE(call_start(&line[i]));
		ASSERT_TRUE(call_asleep(&line[i], SYS_write));
	}
	EXPECT_EQ(-EAGAIN, R(write(other, "x", 1)));
	while (!ring_kicks(&self->ring))
		ASSERT_TRUE(!!ring_next(&self->ring));
	ring_release(&self->ring);
	for (i = 0; i < 3; i++)
		EXPECT_EQ(sizeof(bytes), call_join(&line[i]));
	close(other);
}

/* The last message of the line is as long as the ring: the kick comes when it is empty. */
TEST_F(ring, longest_waits_for_an_empty_ring)
{
	struct call writer = { .function = call_write, .fd = self->client };
	const struct mailslot_ring_message *message;

	writer.size = RING_BYTES - COST;
	writer.buffer = malloc(writer.size);
	fill(writer.buffer, writer.size, 9);
	ASSERT_EQ(3, R(write(self->client, "one", 3)));
	ASSERT_EQ(3, R(write(self->client, "two", 3)));
	ASSERT_TRUE(call_start(&writer));
	ASSERT_TRUE(call_asleep(&writer, SYS_write));
	ASSERT_TRUE(!!ring_next(&self->ring));
	ring_release(&self->ring);
	ASSERT_TRUE(call_asleep(&writer, SYS_write));
	ASSERT_TRUE(!!ring_next(&self->ring));
	EXPECT_TRUE(ring_kicks(&self->ring));
	ring_release(&self->ring);
	message = ring_take(&self->ring);
	ASSERT_TRUE(!!message);
	EXPECT_TRUE(is_message(&self->ring, message, writer.size, 3, 9));
	EXPECT_EQ(writer.size, call_join(&writer));
	free(writer.buffer);
}

/* A limit that SET_INFO changes counts at once, and the memory of the ring bounds it. */
TEST_F(ring, limits_change)
{
	struct mailslot_set_info set = { .mask = MAILSLOT_SET_QUEUE_BYTES };
	struct call writer = { .function = call_write, .fd = self->client };
	char bytes[1000] = {};
	int other, i;

	other = client_open(self->name, O_WRONLY | O_NONBLOCK);
	ASSERT_LE(0, other);
	set.queue_bytes = self->ring.layout.data_size + 1;
	EXPECT_EQ(-ERANGE, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, &set)));
	EXPECT_EQ(RING_BYTES, info_of(self->server).queue_bytes);

	for (i = 0; i < 4; i++)
		ASSERT_EQ(sizeof(bytes), R(write(other, bytes, sizeof(bytes))));
	set.queue_bytes = 3 * (sizeof(bytes) + COST);
	ASSERT_EQ(0, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, &set)));
	EXPECT_EQ(-EAGAIN, R(write(other, "", 0)));
	ASSERT_TRUE(!!ring_next(&self->ring));
	ring_release(&self->ring);
	EXPECT_EQ(-EAGAIN, R(write(other, "", 0)));
	ASSERT_TRUE(!!ring_next(&self->ring));
	ring_release(&self->ring);
	EXPECT_EQ(sizeof(bytes), R(write(other, bytes, sizeof(bytes))));

	/* What grows lets in who stands in line. */
	writer.buffer = bytes;
	writer.size = sizeof(bytes);
	ASSERT_TRUE(call_start(&writer));
	ASSERT_TRUE(call_asleep(&writer, SYS_write));
	set.queue_bytes = self->ring.layout.data_size;
	ASSERT_EQ(0, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, &set)));
	EXPECT_EQ(sizeof(bytes), call_join(&writer));
	set = (struct mailslot_set_info){
		.mask = MAILSLOT_SET_MAX_MESSAGE_SIZE, .max_message_size = 999,
	};
	ASSERT_EQ(0, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, &set)));
	EXPECT_EQ(-EMSGSIZE, R(write(other, bytes, sizeof(bytes))));
	EXPECT_EQ(999, R(write(other, bytes, 999)));
	close(other);
}

/* No byte behind the messages of a ring that has not gone round yet, all of which are looked at. */
static bool nothing_behind(const struct ring *ring)
{
	return all_bytes(ring->data + ring->head, ring->layout.data_size - ring->head, 0);
}

/* A long message that stands in line, some of it in the ring perhaps, is refused by a new limit. */
TEST_F(ring, limit_refuses_the_line)
{
	struct mailslot_set_info set = {
		.mask = MAILSLOT_SET_MAX_MESSAGE_SIZE, .max_message_size = 100,
	};
	struct call writer = { .function = call_write, .fd = self->client };

	writer.size = RING_BYTES - COST;
	writer.buffer = malloc(writer.size);
	memset(writer.buffer, 0x5a, writer.size);
	ASSERT_EQ(3, R(write(self->client, "one", 3)));
	ASSERT_TRUE(call_start(&writer));
	ASSERT_TRUE(call_asleep(&writer, SYS_write));
	ASSERT_EQ(0, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, &set)));
	EXPECT_EQ(-EMSGSIZE, call_join(&writer));
	EXPECT_EQ(3, R(write(self->client, "two", 3)));
	ASSERT_TRUE(!!ring_next(&self->ring));
	ASSERT_TRUE(!!ring_next(&self->ring));
	EXPECT_TRUE(!ring_next(&self->ring));
	EXPECT_TRUE(nothing_behind(&self->ring));
	free(writer.buffer);
}

/* Whose message is given up in line leaves nothing, and holds up nobody. */
TEST_F(ring, interrupted_in_line)
{
	char *bytes = malloc(RING_BYTES);
	unsigned int count = 0;
	pid_t pid;

	memset(bytes, 0x5a, RING_BYTES);
	ASSERT_EQ(0, R(write(self->client, "", 0)));
	pid = fork();
	if (!pid) {
		alarm(60);
		write(self->client, bytes, RING_BYTES - COST);
		_exit(1);
	}
	ASSERT_TRUE(wait_asleep(pid, pid, SYS_write));
	kill(pid, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, child_status(pid));
	EXPECT_EQ(1, message_count(self->server));
	while (ring_next(&self->ring))
		count++;
	EXPECT_EQ(1, count);
	ring_release(&self->ring);
	EXPECT_TRUE(nothing_behind(&self->ring));
	EXPECT_EQ(RING_BYTES - COST, R(write(self->client, bytes, RING_BYTES - COST)));
	free(bytes);
}

static long help_line(struct call *call)
{
	return ring_wait(call->buffer, MAILSLOT_RING_DONTWAIT, 0);
}

#define LONG_BYTES	(1U << 24)

/* Kills a writer when some of its message is in the ring. -1: it was queued before. */
static int kill_half_way(struct ring *ring, int client, const char *bytes)
{
	struct call helper = { .function = help_line, .buffer = ring };
	const volatile char *first;
	pid_t pid = fork();
	int status;

	if (!pid) {
		alarm(60);
		_exit(write(client, bytes, LONG_BYTES - COST) != LONG_BYTES - COST);
	}
	if (!wait_asleep(pid, pid, SYS_write) || !ring_next(ring))
		return 1;
	first = ring->data + ring->head + ring->layout.header_size;
	__atomic_store_n(&ring->reader->head, ring->head, __ATOMIC_RELEASE);
	if (!call_start(&helper))
		return 1;
	while (!*first)
		;
	kill(pid, SIGKILL);
	status = child_status(pid);
	call_join(&helper);
	return ring_next(ring) ? -1 : status != 128 + SIGKILL;
}

/* What is given up after some of it was copied from the line leaves nothing either. */
TEST(interrupted_half_way)
{
	char name[MAILSLOT_NAME_SIZE], *bytes = malloc(LONG_BYTES);
	int server, client, round, result = -1;
	struct ring ring;

	if (!has_rings())
		SKIP(return, NO_RINGS);
	memset(bytes, 0x5a, LONG_BYTES);
	for (round = 0; result < 0 && round < 20; round++) {
		server = create_ring(name, LONG_BYTES);
		client = client_open(name, O_WRONLY);
		ASSERT_TRUE(ring_open(&ring, server));
		ASSERT_EQ(0, R(write(client, "", 0)));
		result = kill_half_way(&ring, client, bytes);
		if (!result) {
			EXPECT_EQ(0, message_count(server));
			EXPECT_TRUE(nothing_behind(&ring));
			EXPECT_EQ(3, R(write(client, "abc", 3)));
			EXPECT_EQ(3, ring_next(&ring)->length);
		}
		ring_close(&ring);
		close(client);
		close(server);
	}
	free(bytes);
	if (result < 0)
		SKIP(return, "each message was queued before its writer was killed");
	EXPECT_EQ(0, result);
}

static long wait_call(struct call *call)
{
	struct mailslot_ring_wait args = { .deadline_ns = call->deadline_ns };

	return R(ioctl(call->fd, MAILSLOT_IOC_RING_WAIT, &args));
}

TEST_F(ring, waits)
{
	struct call waiter = { .function = wait_call, .fd = self->ring.fd };
	struct mailslot_ring_wait args = {};
	__u64 begin;

	args.flags = 2;
	EXPECT_EQ(-EINVAL, R(ioctl(self->ring.fd, MAILSLOT_IOC_RING_WAIT, &args)));
	args.flags = 0;
	args.reserved = 1;
	EXPECT_EQ(-EINVAL, R(ioctl(self->ring.fd, MAILSLOT_IOC_RING_WAIT, &args)));
	EXPECT_EQ(-EFAULT, R(ioctl(self->ring.fd, MAILSLOT_IOC_RING_WAIT, nowhere())));
	EXPECT_EQ(-ENOTTY, R(ioctl(self->server, MAILSLOT_IOC_RING_WAIT, &args)));
	EXPECT_EQ(-EAGAIN, ring_wait(&self->ring, MAILSLOT_RING_DONTWAIT, 0));
	begin = now_ns(CLOCK_MONOTONIC);
	EXPECT_EQ(-ETIMEDOUT, ring_wait(&self->ring, 0, begin + 5 * NSEC_PER_MSEC));
	EXPECT_LE(begin + 5 * NSEC_PER_MSEC, now_ns(CLOCK_MONOTONIC));
	EXPECT_EQ(-ETIMEDOUT, ring_wait(&self->ring, 0, 1));
	waiter.deadline_ns = MAILSLOT_WAIT_FOREVER_NS;
	ASSERT_TRUE(call_start(&waiter));
	ASSERT_TRUE(call_asleep(&waiter, SYS_ioctl));
	ASSERT_EQ(1, R(write(self->client, "x", 1)));
	EXPECT_EQ(0, call_join(&waiter));
	EXPECT_EQ(0, ring_wait(&self->ring, 0, 1));
	ASSERT_TRUE(!!ring_next(&self->ring));
	ring_release(&self->ring);
	EXPECT_EQ(-EAGAIN, ring_wait(&self->ring, MAILSLOT_RING_DONTWAIT, 0));
	ASSERT_EQ(0, R(fcntl(self->ring.fd, F_SETFL, O_RDWR | O_NONBLOCK)));
	EXPECT_EQ(-EAGAIN, ring_wait(&self->ring, 0, 0));
}

TEST_F(ring, polls)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET }, found;
	int fds[2] = { self->server, self->ring.fd }, i, ep = epoll_create1(EPOLL_CLOEXEC);

	ASSERT_LE(0, ep);
	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, self->ring.fd, &event));
	for (i = 0; i < 2; i++)
		EXPECT_EQ(0, poll_now(fds[i], POLLIN));
	EXPECT_EQ(0, epoll_wait(ep, &found, 1, 0));
	ASSERT_EQ(1, R(write(self->client, "x", 1)));
	for (i = 0; i < 2; i++)
		EXPECT_EQ(POLLIN, poll_now(fds[i], POLLIN));
	EXPECT_EQ(1, epoll_wait(ep, &found, 1, 0));
	EXPECT_EQ(0, epoll_wait(ep, &found, 1, 0));
	ASSERT_EQ(1, R(write(self->client, "x", 1)));
	EXPECT_EQ(1, epoll_wait(ep, &found, 1, 0));
	ASSERT_TRUE(!!ring_next(&self->ring));
	ring_release(&self->ring);
	for (i = 0; i < 2; i++)
		EXPECT_EQ(POLLIN, poll_now(fds[i], POLLIN));
	ASSERT_TRUE(!!ring_next(&self->ring));
	ring_release(&self->ring);
	for (i = 0; i < 2; i++)
		EXPECT_EQ(0, poll_now(fds[i], POLLIN));
	close(ep);
}

/* The sender is told as the maker of the slot sees it, for each process that writes. */
TEST_F(ring, each_sender)
{
	const struct mailslot_ring_message *message;
	pid_t pid, round;

	for (round = 0; round < 3; round++) {
		pid = fork();
		if (!pid)
			_exit(write(self->client, "x", 1) != 1);
		ASSERT_EQ(0, child_status(pid));
		message = ring_next(&self->ring);
		ASSERT_TRUE(!!message);
		EXPECT_EQ(pid, message->pid);
		EXPECT_EQ(geteuid(), message->uid);
		ASSERT_EQ(1, R(write(self->client, "y", 1)));
		EXPECT_EQ(getpid(), ring_next(&self->ring)->pid);
		pid = fork();
		if (!pid) {
			int fd;

			if (chmod(node_path(self->name), 0666) || become(1001, 1002))
				_exit(2);
			fd = client_open(self->name, O_WRONLY);
			_exit(write(fd, "z", 1) != 1);
		}
		ASSERT_EQ(0, child_status(pid));
		message = ring_next(&self->ring);
		ASSERT_TRUE(!!message);
		EXPECT_EQ(pid, message->pid);
		EXPECT_EQ(1001, message->uid);
		EXPECT_EQ(1002, message->gid);
		ring_release(&self->ring);
	}
}

/* A message that the reader's call queues is still its writer's. */
TEST_F(ring, sender_from_the_line)
{
	const struct mailslot_ring_message *message;
	char *bytes = calloc(1, RING_BYTES);
	pid_t pid;

	ASSERT_EQ(1, R(write(self->client, "x", 1)));
	pid = fork();
	if (!pid)
		_exit(write(self->client, bytes, RING_BYTES - COST) != RING_BYTES - COST);
	ASSERT_TRUE(wait_asleep(pid, pid, SYS_write));
	EXPECT_EQ(getpid(), ring_next(&self->ring)->pid);
	ring_release(&self->ring);
	message = ring_take(&self->ring);
	ASSERT_TRUE(!!message);
	EXPECT_EQ(pid, message->pid);
	EXPECT_EQ(0, child_status(pid));
	free(bytes);
}

static bool put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool done = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	close(fd);
	return done;
}

static bool sender_is(struct ring *ring, __u32 pid, __u32 uid, __u32 gid)
{
	const struct mailslot_ring_message *message = ring_next(ring);

	return message && message->pid == pid && message->uid == uid && message->gid == gid;
}

/* Process 1 of its pid namespace, user 7 and group 8 of its user namespace. */
static int reads_in_namespaces(int told, int asked)
{
	char name[MAILSLOT_NAME_SIZE];
	int server = create_ring(name, RING_BYTES), client = client_open(name, O_WRONLY);
	struct ring ring;

	if (server < 0 || !ring_open(&ring, server) || write(client, "", 0))
		return 2;
	if (!sender_is(&ring, 1, 7, 8))
		return 3;
	if (write(told, name, sizeof(name)) != sizeof(name) || read(asked, name, 1) != 1)
		return 5;
	return sender_is(&ring, 0, 7, 8) ? 0 : 6;
}

/* Senders are told in the namespaces of the maker, wherever they are themselves. */
TEST(sender_in_the_makers_namespaces)
{
	char name[MAILSLOT_NAME_SIZE];
	int there[2], back[2], client, status;
	pid_t pid;

	if (!has_rings())
		SKIP(return, NO_RINGS);
	ASSERT_EQ(0, pipe(there) | pipe(back));
	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWUSER | CLONE_NEWPID))
			_exit(KSFT_SKIP);
		if (!put("/proc/self/setgroups", "deny") || !put("/proc/self/uid_map", "7 0 1") ||
		    !put("/proc/self/gid_map", "8 0 1"))
			_exit(1);
		close(there[0]);
		pid = fork();
		_exit(pid ? child_status(pid) : reads_in_namespaces(there[1], back[0]));
	}
	close(there[1]);
	if (read(there[0], name, sizeof(name)) == sizeof(name)) {
		client = client_open(name, O_WRONLY);
		EXPECT_EQ(0, R(write(client, "", 0)));
		EXPECT_EQ(1, write(back[1], "", 1));
		close(client);
	}
	status = child_status(pid);
	if (status == KSFT_SKIP)
		SKIP(return, "no user and pid namespaces");
	EXPECT_EQ(0, status);
}

#define WRITERS	4
#define ROUNDS	400

struct note {
	__u32 writer, number;
	__u32 length;
};

/* Messages of all lengths, long ones among short ones, so that long ones are overtaken. */
static long write_notes(struct call *call)
{
	struct note note = { .writer = call->size };
	char *buffer = malloc(RING_BYTES);
	unsigned int seed = call->size;
	long result = 0;

	for (note.number = 0; !result && note.number < ROUNDS; note.number++) {
		note.length = sizeof(note) + 1 + rand_r(&seed) % 200;
		if (note.number % 16 == call->size)
			note.length = 17000 + rand_r(&seed) % 100000;
		fill(buffer, note.length, note.number);
		memcpy(buffer, &note, sizeof(note));
		if (R(write(call->fd, buffer, note.length)) != note.length)
			result = 1;
		if (note.number % 64 == call->size)
			sched_yield();
	}
	free(buffer);
	return result;
}

static bool note_is_good(const struct ring *ring, const struct mailslot_ring_message *message,
			 __u32 *next)
{
	const char *bytes = ring_bytes(ring, message);
	struct note note;

	memcpy(&note, bytes, sizeof(note));
	if (message->length <= sizeof(note) || note.writer >= WRITERS ||
	    note.number != next[note.writer]++ || note.length != message->length)
		return false;
	/* Its number, then bytes that tell their place. */
	bytes += sizeof(note);
	return (unsigned char)bytes[0] == (unsigned char)(note.number + sizeof(note)) &&
	       (unsigned char)bytes[note.length - sizeof(note) - 1] ==
	       (unsigned char)(note.number + (note.length - 1) + ((note.length - 1) >> 8) * 7 +
			       ((note.length - 1) >> 16) * 13);
}

TEST_F(ring, many_writers)
{
	const struct mailslot_ring_message *message;
	struct call writers[WRITERS];
	__u32 next[WRITERS] = {};
	__u64 sequence = 0;
	unsigned int i;

	for (i = 0; i < WRITERS; i++) {
		writers[i] = (struct call) { .function = write_notes, .fd = self->client,
					     .size = i };
		ASSERT_TRUE(call_start(&writers[i]));
	}
	while (sequence < WRITERS * ROUNDS) {
		message = ring_take(&self->ring);
		ASSERT_TRUE(!!message);
		ASSERT_EQ(++sequence, message->sequence);
		ASSERT_TRUE(note_is_good(&self->ring, message, next));
		if (sequence % 5 == 0)
			ring_release(&self->ring);
	}
	for (i = 0; i < WRITERS; i++)
		EXPECT_EQ(0, call_join(&writers[i]));
	ring_release(&self->ring);
	EXPECT_EQ(0, info_of(self->server).message_count);
	EXPECT_EQ(0, info_of(self->server).queued_bytes);
}
