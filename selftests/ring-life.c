// SPDX-License-Identifier: GPL-2.0-only
/*
 * A ring's mappings and its life: what may be mapped how, fork, exec, death of either side, rings
 * that are left and found again, who pays, and that no byte is seen which is nobody's business.
 */
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "ring.h"

#define ALICE	1001

static size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

static long map(const struct ring *ring, size_t size, int prot, int flags, off_t offset)
{
	void *p = mmap(NULL, size, prot, flags, ring->fd, offset);

	if (p == MAP_FAILED)
		return -errno;
	munmap(p, size);
	return 0;
}

TEST_F(ring, maps)
{
	size_t page = page_size(), all = 2 * page + 2 * RING_BYTES;
	struct ring *ring = &self->ring;
	int rw = PROT_READ | PROT_WRITE;

	EXPECT_EQ(0, map(ring, page, rw, MAP_SHARED, 0));
	EXPECT_EQ(0, map(ring, all, PROT_READ, MAP_SHARED, 0));
	EXPECT_EQ(0, map(ring, page, PROT_READ, MAP_SHARED, all - page));
	EXPECT_EQ(-EACCES, map(ring, 2 * page, rw, MAP_SHARED, 0));
	EXPECT_EQ(-EACCES, map(ring, page, rw, MAP_SHARED, page));
	EXPECT_EQ(-EACCES, map(ring, page, PROT_WRITE, MAP_SHARED, page));
	EXPECT_EQ(-EACCES, map(ring, RING_BYTES, rw, MAP_SHARED, 2 * page));
	EXPECT_EQ(-EINVAL, map(ring, page, PROT_READ, MAP_PRIVATE, 0));
	EXPECT_EQ(-EINVAL, map(ring, RING_BYTES, rw, MAP_PRIVATE, 2 * page));
	EXPECT_EQ(-EPERM, map(ring, page, PROT_READ | PROT_EXEC, MAP_SHARED, 2 * page));
	EXPECT_EQ(-EINVAL, map(ring, all + page, PROT_READ, MAP_SHARED, 0));
	EXPECT_EQ(-EINVAL, map(ring, page, PROT_READ, MAP_SHARED, all));
	EXPECT_EQ(-ENODEV, R((long)mmap(NULL, page, PROT_READ, MAP_SHARED, self->server, 0)));
}

TEST_F(ring, stays_as_it_was_mapped)
{
	size_t page = page_size();
	char *data = (char *)self->ring.data;
	char byte = 'x';
	int mem;

	EXPECT_EQ(-EACCES, R(mprotect(data, page, PROT_READ | PROT_WRITE)));
	EXPECT_EQ(-EACCES, R(mprotect(data, page, PROT_READ | PROT_EXEC)));
	EXPECT_EQ(-EACCES, R(mprotect((void *)self->ring.status, page, PROT_READ | PROT_WRITE)));
	EXPECT_EQ(-EACCES, R(mprotect(self->ring.reader, page, PROT_READ | PROT_EXEC)));
	EXPECT_EQ(-EFAULT, R((long)mremap(self->ring.reader, page, 2 * page, MREMAP_MAYMOVE)));
	EXPECT_EQ(-EFAULT, R((long)mremap(data, 2 * RING_BYTES, 2 * RING_BYTES + page,
					  MREMAP_MAYMOVE)));
	mem = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, mem);
	EXPECT_NE(1, R(pwrite(mem, &byte, 1, (uintptr_t)data)));
	close(mem);
	EXPECT_EQ(0, data[0]);
	/* A move is harmless. */
	data = mremap(data, 2 * RING_BYTES, RING_BYTES, MREMAP_MAYMOVE);
	ASSERT_TRUE(data != MAP_FAILED);
	self->ring.data = mmap(NULL, 2 * RING_BYTES, PROT_READ, MAP_SHARED, self->ring.fd,
			       2 * page);
	ASSERT_EQ(3, R(write(self->client, "abc", 3)));
	EXPECT_EQ(0, memcmp("abc", data + sizeof(struct mailslot_ring_message), 3));
	EXPECT_EQ(0, memcmp("abc", self->ring.data + RING_BYTES +
				   sizeof(struct mailslot_ring_message), 3));
	munmap(data, RING_BYTES);
}

/* Pages that a reader drops are gone for that reader, and for nobody else. */
TEST_F(ring, dropped_pages)
{
	pid_t pid = fork();

	if (!pid) {
		if (madvise((void *)self->ring.data, page_size(), MADV_DONTNEED))
			_exit(1);
		_exit(self->ring.data[0]);
	}
	EXPECT_EQ(128 + SIGBUS, child_status(pid));
	ASSERT_EQ(3, R(write(self->client, "abc", 3)));
	EXPECT_EQ(3, ring_next(&self->ring)->length);
}

/* One head: what a child has read and given back is read for the parent. */
TEST_F(ring, fork_inherits)
{
	pid_t pid;

	ASSERT_EQ(3, R(write(self->client, "one", 3)));
	ASSERT_EQ(4, R(write(self->client, "more", 4)));
	pid = fork();
	if (!pid) {
		if (ring_next(&self->ring)->length != 3)
			_exit(1);
		ring_release(&self->ring);
		_exit(0);
	}
	ASSERT_EQ(0, child_status(pid));
	EXPECT_EQ(1, message_count(self->server));
	self->ring.head = self->ring.reader->head;
	EXPECT_EQ(4, ring_next(&self->ring)->length);
}

/* Another program has no descriptor of the ring, nor does its coming disturb this one. */
TEST_F(ring, exec_leaves_it)
{
	const char *look = "! ls -l /proc/$$/fd | grep -F '[mailslot]'";
	pid_t pid = fork();

	if (!pid) {
		execl("/bin/sh", "sh", "-c", look, NULL);
		_exit(127);
	}
	EXPECT_EQ(0, child_status(pid));
	ASSERT_EQ(3, R(write(self->client, "one", 3)));
	EXPECT_EQ(3, ring_next(&self->ring)->length);
}

/* The ring of a slot is found again, with what is in it, at the place where reading stopped. */
TEST_F(ring, found_again)
{
	ASSERT_EQ(3, R(write(self->client, "one", 3)));
	ASSERT_EQ(4, R(write(self->client, "more", 4)));
	ASSERT_TRUE(!!ring_next(&self->ring));
	ring_release(&self->ring);
	ring_close(&self->ring);
	ASSERT_EQ(5, R(write(self->client, "other", 5)));
	EXPECT_EQ(2, message_count(self->server));
	ASSERT_TRUE(ring_open(&self->ring, self->server));
	EXPECT_EQ(4, ring_next(&self->ring)->length);
	EXPECT_EQ(5, ring_next(&self->ring)->length);
	EXPECT_TRUE(!ring_next(&self->ring));
}

static long wait_call(struct call *call)
{
	struct mailslot_ring_wait args = { .deadline_ns = MAILSLOT_WAIT_FOREVER_NS };

	return R(ioctl(call->fd, MAILSLOT_IOC_RING_WAIT, &args));
}

static long poll_call(struct call *call)
{
	struct pollfd p = { .fd = call->fd, .events = call->size };

	return poll(&p, 1, -1) == 1 ? p.revents : -errno;
}

/* The server end's close ends the slot, mapped or not; what is in the ring may still be read. */
TEST_F(ring, dies_with_the_server_end)
{
	struct call waiters[20], poller = { .function = poll_call, .fd = self->ring.fd };
	struct call writer = { .function = call_write, .fd = self->client };
	unsigned int i;

	for (i = 0; i < 20; i++) {
		waiters[i] = (struct call) { .function = wait_call, .fd = self->ring.fd };
		ASSERT_TRUE(call_start(&waiters[i]));
		ASSERT_TRUE(call_asleep(&waiters[i], SYS_ioctl));
	}
	ASSERT_TRUE(call_start(&poller));
	ASSERT_TRUE(call_asleep(&poller, SYS_poll));
	close(self->server);
	for (i = 0; i < 20; i++)
		EXPECT_EQ(-EPIPE, call_join(&waiters[i]));
	EXPECT_EQ(POLLHUP | POLLERR, call_join(&poller));
	EXPECT_EQ(MAILSLOT_RING_GONE, self->ring.status->flags);
	EXPECT_EQ(-EPIPE, R(write(self->client, "x", 1)));
	EXPECT_EQ(-EPIPE, ring_wait(&self->ring, MAILSLOT_RING_DONTWAIT, 0));
	EXPECT_EQ(-ENOENT, client_open(self->name, O_WRONLY));
	EXPECT_EQ(MAILSLOT_INFO_GONE | MAILSLOT_INFO_RING, info_of(self->client).flags);
	EXPECT_EQ(0, info_of(self->client).message_count);

	self->server = create_ring(self->name, RING_BYTES);
	close(self->client);
	self->client = client_open(self->name, O_WRONLY);
	ring_close(&self->ring);
	ASSERT_TRUE(ring_open(&self->ring, self->server));
	writer.fd = self->client;
	writer.size = RING_BYTES - COST;
	writer.buffer = calloc(1, writer.size);
	ASSERT_EQ(3, R(write(self->client, "one", 3)));
	ASSERT_TRUE(call_start(&writer));
	ASSERT_TRUE(call_asleep(&writer, SYS_write));
	close(self->server);
	EXPECT_EQ(-EPIPE, call_join(&writer));
	EXPECT_EQ(0, ring_wait(&self->ring, MAILSLOT_RING_DONTWAIT, 0));
	EXPECT_EQ(POLLIN | POLLHUP | POLLERR, poll_now(self->ring.fd, POLLIN));
	EXPECT_EQ(0, memcmp("one", ring_bytes(&self->ring, ring_next(&self->ring)), 3));
	EXPECT_TRUE(!ring_next(&self->ring));
	ring_release(&self->ring);
	EXPECT_EQ(-EPIPE, ring_wait(&self->ring, MAILSLOT_RING_DONTWAIT, 0));
	free(writer.buffer);
	self->server = -1;
}

/* Whoever is killed with everything open leaves nothing. */
TEST(reader_is_killed)
{
	char name[MAILSLOT_NAME_SIZE];
	struct ring ring;
	int server, client, link[2];
	pid_t pid;

	if (!has_rings())
		SKIP(return, NO_RINGS);
	ASSERT_EQ(0, pipe(link));
	pid = fork();
	if (!pid) {
		server = create_ring(name, RING_BYTES);
		if (server < 0 || !ring_open(&ring, server))
			_exit(1);
		write(link[1], name, sizeof(name));
		while (ring_take(&ring))
			ring_release(&ring);
		_exit(2);
	}
	ASSERT_EQ(sizeof(name), read(link[0], name, sizeof(name)));
	client = client_open(name, O_WRONLY);
	ASSERT_LE(0, client);
	ASSERT_EQ(1, R(write(client, "x", 1)));
	kill(pid, SIGKILL);
	EXPECT_EQ(128 + SIGKILL, child_status(pid));
	EXPECT_EQ(-EPIPE, R(write(client, "x", 1)));
	close(client);
	close(link[0]);
	close(link[1]);
}

/* In a child, as another user: the limit is for rings too, and ends with the last mapping. */
static int pays_for_rings(void)
{
	char name[MAILSLOT_NAME_SIZE];
	int servers[4], more;
	struct ring ring;
	unsigned int i;

	if (become(ALICE, ALICE))
		return 1;
	for (i = 0; i < 3; i++) {
		servers[i] = create_ring(name, RING_BYTES);
		if (servers[i] < 0)
			return 2;
	}
	if (create_ring(name, RING_BYTES) != -EDQUOT || !ring_open(&ring, servers[0]))
		return 3;
	close(servers[0]);
	if (create_ring(name, RING_BYTES) != -EDQUOT)
		return 4;
	close(ring.fd);
	if (create_ring(name, RING_BYTES) != -EDQUOT)
		return 5;
	ring_unmap(&ring);
	more = create_ring(name, RING_BYTES);
	return more < 0 ? 6 : 0;
}

TEST(owner_pays)
{
	unsigned long long most = parameter_get("max_user_bytes");
	pid_t pid;

	if (!has_rings())
		SKIP(return, NO_RINGS);
	ASSERT_EQ(0, parameter_set("max_user_bytes", 3 * (RING_BYTES + 2 * page_size())));
	pid = fork();
	if (!pid)
		_exit(pays_for_rings());
	EXPECT_EQ(0, child_status(pid));
	ASSERT_EQ(0, parameter_set("max_user_bytes", most));
}

/*
 * Every byte that is mapped, after messages of all kinds: each is of a message, of its header, or
 * zero. The bytes are such that no pointer and no text of the kernel's looks like them.
 */
static bool only_ours(const char *p, size_t size, size_t *where)
{
	for (*where = 0; *where < size; ++*where)
		if (p[*where] && p[*where] != 0x55)
			return false;
	return true;
}

TEST_F(ring, nothing_stale)
{
	const struct mailslot_ring_message *message;
	char *buffer = malloc(RING_BYTES), *copy = malloc(RING_BYTES);
	size_t page = page_size(), where = 0;
	struct iovec parts[3];
	unsigned int i;

	memset(buffer, 0x55, RING_BYTES);
	for (i = 0; i < 3000; i++) {
		__u32 length = i * 37 % 3000;

		if (i % 100 == 7)
			length = 20000 + i;
		parts[0] = (struct iovec) { buffer, length / 3 };
		parts[1] = (struct iovec) { buffer, length / 3 };
		parts[2] = (struct iovec) { buffer, length - 2 * (length / 3) };
		ASSERT_EQ(length, i % 5 || !length ? R(write(self->client, buffer, length)) :
						     R(writev(self->client, parts, 3)));
		ASSERT_EQ(-EFAULT, R(write(self->client, before_hole(0), 100)));
		message = ring_next(&self->ring);
		ASSERT_EQ(length, message->length);
		ring_release(&self->ring);
	}
	/* One message over all of the ring, so that no old header is left but at its start. */
	ASSERT_EQ(RING_BYTES - COST, R(write(self->client, buffer, RING_BYTES - COST)));
	message = ring_next(&self->ring);
	memcpy(copy, message, RING_BYTES);
	EXPECT_TRUE(only_ours(copy + sizeof(*message), RING_BYTES - COST, &where));
	EXPECT_TRUE(all_bytes((char *)self->ring.reader + sizeof(*self->ring.reader),
			      page - sizeof(*self->ring.reader), 0));
	EXPECT_TRUE(all_bytes((char *)self->ring.status + sizeof(*self->ring.status),
			      page - sizeof(*self->ring.status), 0));
	free(buffer);
	free(copy);
}
