// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the ABI refuses: each command with each wrong flag, pad, size, pointer and
 * file, everything else being right, and nothing done by a call that failed.  The
 * meaning of what is accepted is the other files' subject, the layout uapi/layout.c's.
 */
#include <stddef.h>
#include <termios.h>
#include "mailslot_test.h"

/* The longest structure a command number can tell of. */
#define HUGE_SIZE	((1 << _IOC_SIZEBITS) - 1)

/* The command with another size of structure. */
static unsigned long resized(unsigned long command, size_t size)
{
	return _IOC(_IOC_DIR(command), _IOC_TYPE(command), _IOC_NR(command), size);
}

/* An address that is no program's own, and one that lies above a 32-bit one. */
static __u64 kernel_address(void)
{
	return ~0ULL << 47;
}

static __u64 above_4g(const void *p)
{
	return addr(p) | (sizeof(void *) == 4 ? 1ULL << 32 : 1ULL << 63);
}

FIXTURE(abi)
{
	int control;
	int server;
	int client;
	char name[MAILSLOT_NAME_SIZE];
	struct mailslot_create create;	/* of another slot than server's; good as it is */
	char *page;			/* huge, writable, zero */
};

FIXTURE_SETUP(abi)
{
	struct mailslot_create args = create_args(NULL);

	self->control = control_open();
	ASSERT_LE(0, self->control);
	self->server = R(ioctl(self->control, MAILSLOT_IOC_CREATE, &args));
	ASSERT_LE(0, self->server);
	strcpy(self->name, args.name);
	self->client = client_open(args.name, O_RDWR);
	ASSERT_LE(0, self->client);
	self->create = create_args(NULL);
	self->page = before_hole(HUGE_SIZE + 1);
}

FIXTURE_TEARDOWN(abi)
{
	close(self->client);
	close(self->server);
	close(self->control);
}

/* CREATE must fail with the error and leave no slot of that name behind. */
static long refused_create(FIXTURE_DATA(abi) * self)
{
	struct mailslot_create good = self->create;
	long ret = R(ioctl(self->control, MAILSLOT_IOC_CREATE, &self->create));
	int fd;

	if (ret >= 0) {
		close(ret);
		return ret;
	}
	good.flags = 0;
	good.mode = 0600;
	good.reserved = 0;
	good.queue_bytes = 0;
	fd = R(ioctl(self->control, MAILSLOT_IOC_CREATE, &good));
	if (fd < 0)
		return fd;
	close(fd);
	return ret;
}

TEST_F(abi, create_good)
{
	int fd = R(ioctl(self->control, MAILSLOT_IOC_CREATE, &self->create));

	ASSERT_LE(0, fd);
	EXPECT_EQ(0, close(fd));
}

TEST_F(abi, create_flags)
{
	int bit;

	for (bit = 0; bit < 32; bit++) {
		if (MAILSLOT_CREATE_FLAGS & (1U << bit))
			continue;
		self->create.flags = 1U << bit;
		EXPECT_EQ(-EINVAL, refused_create(self));
	}
}

TEST_F(abi, create_mode)
{
	int bit;

	for (bit = 9; bit < 32; bit++) {
		self->create.mode = 0600 | 1U << bit;
		EXPECT_EQ(-EINVAL, refused_create(self));
	}
}

TEST_F(abi, create_reserved)
{
	int bit;

	for (bit = 0; bit < 32; bit++) {
		self->create.reserved = 1U << bit;
		EXPECT_EQ(-EINVAL, refused_create(self));
	}
}

TEST_F(abi, create_queue_bytes)
{
	unsigned long long most = parameter_get("max_queue_bytes");
	int fd;

	ASSERT_LT(COST, most);
	self->create.queue_bytes = 1;
	EXPECT_EQ(-ERANGE, refused_create(self));
	self->create.queue_bytes = COST - 1;
	EXPECT_EQ(-ERANGE, refused_create(self));
	self->create.queue_bytes = most + 1;
	EXPECT_EQ(-ERANGE, refused_create(self));
	self->create.queue_bytes = ~0ULL;
	EXPECT_EQ(-ERANGE, refused_create(self));

	self->create.queue_bytes = COST;
	fd = create_slot(&self->create);
	ASSERT_LE(0, fd);
	EXPECT_EQ(COST, info_of(fd).queue_bytes);
	close(fd);
	self->create.queue_bytes = most;
	fd = create_slot(&self->create);
	ASSERT_LE(0, fd);
	EXPECT_EQ(most, info_of(fd).queue_bytes);
	close(fd);
}

TEST_F(abi, create_unterminated_name)
{
	memset(self->create.name, 'x', sizeof(self->create.name));
	EXPECT_EQ(-ENAMETOOLONG, R(ioctl(self->control, MAILSLOT_IOC_CREATE, &self->create)));
}

TEST_F(abi, create_pointer)
{
	char *hole = before_hole(sizeof(self->create) - 1);

	memcpy(hole, &self->create, sizeof(self->create) - 1);
	EXPECT_EQ(-EFAULT, R(ioctl(self->control, MAILSLOT_IOC_CREATE, NULL)));
	EXPECT_EQ(-EFAULT, R(ioctl(self->control, MAILSLOT_IOC_CREATE, (void *)-1L)));
	EXPECT_EQ(-EFAULT, R(ioctl(self->control, MAILSLOT_IOC_CREATE, hole)));
}

/* What a shorter structure leaves out is zero, whatever lies behind it. */
TEST_F(abi, create_shorter)
{
	size_t start = offsetof(struct mailslot_create, name);
	size_t length = strlen(self->create.name);
	int fd;

	memset(self->create.name + length, 'x', sizeof(self->create.name) - length);
	fd = R(ioctl(self->control, resized(MAILSLOT_IOC_CREATE, start + length), &self->create));
	ASSERT_LE(0, fd);
	self->create.name[length] = 0;
	EXPECT_EQ(0, access(node_path(self->create.name), F_OK));
	close(fd);

	EXPECT_EQ(-EINVAL, R(ioctl(self->control, resized(MAILSLOT_IOC_CREATE, start),
				   &self->create)));
	EXPECT_EQ(-EINVAL, R(ioctl(self->control, resized(MAILSLOT_IOC_CREATE, 4),
				   &self->create)));
}

TEST_F(abi, create_longer)
{
	size_t size = sizeof(self->create);
	char *edge;
	int fd;

	memcpy(self->page, &self->create, size);
	fd = R(ioctl(self->control, resized(MAILSLOT_IOC_CREATE, size + 8), self->page));
	ASSERT_LE(0, fd);
	close(fd);
	fd = R(ioctl(self->control, resized(MAILSLOT_IOC_CREATE, HUGE_SIZE), self->page));
	ASSERT_LE(0, fd);
	close(fd);

	self->page[size] = 1;
	EXPECT_EQ(-E2BIG, R(ioctl(self->control, resized(MAILSLOT_IOC_CREATE, size + 1),
				  self->page)));
	self->page[size] = 0;
	self->page[HUGE_SIZE - 1] = 1;
	EXPECT_EQ(-E2BIG, R(ioctl(self->control, resized(MAILSLOT_IOC_CREATE, HUGE_SIZE),
				  self->page)));
	edge = self->page + HUGE_SIZE + 1 - size;
	memcpy(edge, &self->create, size);
	EXPECT_EQ(-EFAULT, R(ioctl(self->control, resized(MAILSLOT_IOC_CREATE, size + 8), edge)));
	EXPECT_EQ(-ENOENT, client_open(self->create.name, O_WRONLY));
}

/* Numbers nobody has, other letters, other directions; and commands of another file. */
TEST_F(abi, unknown_commands)
{
	const int fds[] = { self->control, self->server, self->client };
	const unsigned long commands[] = {
		MAILSLOT_IOC_CREATE, MAILSLOT_IOC_GET_INFO, MAILSLOT_IOC_SET_INFO,
		MAILSLOT_IOC_RECEIVE, MAILSLOT_IOC_SEND,
	};
	size_t i, j;
	int nr;

	for (i = 0; i < ARRAY_SIZE(fds); i++) {
		for (nr = ARRAY_SIZE(commands); nr < 256; nr++) {
			EXPECT_EQ(-ENOTTY, R(ioctl(fds[i], _IOW(MAILSLOT_IOC_MAGIC, nr, int),
						   self->page)));
			EXPECT_EQ(-ENOTTY, R(ioctl(fds[i], _IO(MAILSLOT_IOC_MAGIC, nr),
						   self->page)));
		}
		for (j = 0; j < ARRAY_SIZE(commands); j++) {
			EXPECT_EQ(-ENOTTY, R(ioctl(fds[i], _IOWR('t', j, struct mailslot_info),
						   self->page)));
			EXPECT_EQ(-ENOTTY, R(ioctl(fds[i], _IOC(_IOC_NONE, MAILSLOT_IOC_MAGIC, j,
								_IOC_SIZE(commands[j])),
						   self->page)));
			EXPECT_EQ(-ENOTTY, R(ioctl(fds[i], commands[j] ^ ((_IOC_READ | _IOC_WRITE)
									  << _IOC_DIRSHIFT),
						   self->page)));
		}
		EXPECT_EQ(-ENOTTY, R(ioctl(fds[i], TCGETS, self->page)));
	}
}

TEST_F(abi, commands_on_the_wrong_file)
{
	struct mailslot_set_info set = { 0 };
	struct mailslot_send_msg out = send_slot("x", 1);
	struct mailslot_send send = send_args(&out, 1);
	struct mailslot_recv_msg in;
	struct mailslot_receive receive = receive_args(&in, 1);
	int reader = client_open(self->name, O_RDONLY);
	char buffer[8];
	int size;

	in = recv_slot(buffer, sizeof(buffer));
	ASSERT_LE(0, reader);
	EXPECT_EQ(1, write(self->client, "x", 1));

	EXPECT_EQ(-ENOTTY, R(ioctl(self->server, MAILSLOT_IOC_CREATE, &self->create)));
	EXPECT_EQ(-ENOTTY, R(ioctl(self->client, MAILSLOT_IOC_CREATE, &self->create)));
	EXPECT_EQ(-ENOTTY, R(ioctl(self->control, MAILSLOT_IOC_GET_INFO, self->page)));
	EXPECT_EQ(-ENOTTY, R(ioctl(self->control, MAILSLOT_IOC_SET_INFO, &set)));
	EXPECT_EQ(-ENOTTY, R(ioctl(self->control, MAILSLOT_IOC_RECEIVE, &receive)));
	EXPECT_EQ(-ENOTTY, R(ioctl(self->control, MAILSLOT_IOC_SEND, &send)));
	EXPECT_EQ(-ENOTTY, R(ioctl(self->control, FIONREAD, &size)));

	EXPECT_EQ(-EINVAL, R(ioctl(self->client, MAILSLOT_IOC_SET_INFO, &set)));
	EXPECT_EQ(-EINVAL, R(ioctl(self->client, MAILSLOT_IOC_RECEIVE, &receive)));
	EXPECT_EQ(-EINVAL, R(ioctl(reader, MAILSLOT_IOC_RECEIVE, &receive)));
	size = POISON;
	EXPECT_EQ(-EINVAL, R(ioctl(self->client, FIONREAD, &size)));
	EXPECT_EQ(POISON, size);
	EXPECT_EQ(-EBADF, R(ioctl(self->server, MAILSLOT_IOC_SEND, &send)));
	EXPECT_EQ(-EBADF, R(ioctl(reader, MAILSLOT_IOC_SEND, &send)));

	EXPECT_EQ(-EINVAL, R(read(self->client, buffer, sizeof(buffer))));
	EXPECT_EQ(-EINVAL, R(read(reader, buffer, sizeof(buffer))));
	EXPECT_EQ(-EBADF, R(write(self->server, "x", 1)));
	EXPECT_EQ(-EBADF, R(write(reader, "x", 1)));
	EXPECT_EQ(1, message_count(self->server));
	close(reader);
}

/* Slots are streams: there is no place in them, and nothing to map. */
TEST_F(abi, no_offsets)
{
	char byte;

	EXPECT_EQ(1, write(self->client, "x", 1));
	EXPECT_EQ(-ESPIPE, R(lseek(self->server, 0, SEEK_SET)));
	EXPECT_EQ(-ESPIPE, R(lseek(self->client, 0, SEEK_CUR)));
	EXPECT_EQ(-ESPIPE, R(pread(self->server, &byte, 1, 0)));
	EXPECT_EQ(-ESPIPE, R(pwrite(self->client, &byte, 1, 0)));
	EXPECT_TRUE(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, self->server, 0) == MAP_FAILED);
	EXPECT_EQ(ENODEV, errno);
	EXPECT_EQ(1, message_count(self->server));
}

TEST_F(abi, info_pointer)
{
	void *hole = before_hole(sizeof(struct mailslot_info) - 1);
	void *constant = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	EXPECT_EQ(-EFAULT, R(ioctl(self->server, MAILSLOT_IOC_GET_INFO, NULL)));
	EXPECT_EQ(-EFAULT, R(ioctl(self->client, MAILSLOT_IOC_GET_INFO, NULL)));
	EXPECT_EQ(-EFAULT, R(ioctl(self->server, MAILSLOT_IOC_GET_INFO, (void *)-1L)));
	EXPECT_EQ(-EFAULT, R(ioctl(self->server, MAILSLOT_IOC_GET_INFO, hole)));
	EXPECT_EQ(-EFAULT, R(ioctl(self->server, MAILSLOT_IOC_GET_INFO, constant)));
}

TEST_F(abi, info_shorter)
{
	struct mailslot_info whole = info_of(self->server);
	size_t size;

	for (size = 4; size < sizeof(whole); size += 4) {
		memset(self->page, POISON, sizeof(whole));
		EXPECT_EQ(0, R(ioctl(self->server, resized(MAILSLOT_IOC_GET_INFO, size),
				     self->page)));
		EXPECT_EQ(0, memcmp(self->page, &whole, size));
		EXPECT_TRUE(all_bytes(self->page + size, sizeof(whole) - size, POISON));
	}
}

TEST_F(abi, info_longer)
{
	struct mailslot_info whole = info_of(self->server);
	const size_t sizes[] = { sizeof(whole) + 1, sizeof(whole) + 8, HUGE_SIZE };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		memset(self->page, POISON, HUGE_SIZE + 1);
		EXPECT_EQ(0, R(ioctl(self->server, resized(MAILSLOT_IOC_GET_INFO, sizes[i]),
				     self->page)));
		EXPECT_EQ(0, memcmp(self->page, &whole, sizeof(whole)));
		EXPECT_TRUE(all_bytes(self->page + sizeof(whole), sizes[i] - sizeof(whole), 0));
		EXPECT_TRUE(all_bytes(self->page + sizes[i], HUGE_SIZE + 1 - sizes[i], POISON));
	}
}

/* SET_INFO's error, or 1 when it failed and changed something all the same. */
static long refused_set(int fd, const struct mailslot_set_info *set)
{
	struct mailslot_info before = info_of(fd), after;
	long ret = R(ioctl(fd, MAILSLOT_IOC_SET_INFO, set));

	after = info_of(fd);
	return memcmp(&before, &after, sizeof(before)) ? 1 : ret;
}

TEST_F(abi, set_mask)
{
	struct mailslot_set_info set = { 0 };
	int bit;

	EXPECT_EQ(0, refused_set(self->server, &set));
	for (bit = 0; bit < 32; bit++) {
		if (MAILSLOT_SET_MASK & (1U << bit))
			continue;
		set.mask = MAILSLOT_SET_READ_TIMEOUT | 1U << bit;
		EXPECT_EQ(-EINVAL, refused_set(self->server, &set));
	}
}

TEST_F(abi, set_flags)
{
	struct mailslot_set_info set = { .mask = MAILSLOT_SET_FLAGS };
	int bit;

	for (bit = 0; bit < 32; bit++) {
		set.flags = 1U << bit;
		if (set.flags & (MAILSLOT_INFO_KEEP_READ_TIME | MAILSLOT_INFO_KEEP_WRITE_TIME))
			continue;
		EXPECT_EQ(-EINVAL, refused_set(self->server, &set));
	}
}

TEST_F(abi, set_unnamed_fields)
{
	struct mailslot_set_info set;

	set = (struct mailslot_set_info) {
		.mask = MAILSLOT_SET_READ_TIMEOUT | MAILSLOT_SET_CREATION_TIME,
		.read_timeout_ns = 1, .creation_time_ns = 1,
		.flags = MAILSLOT_INFO_KEEP_READ_TIME,
	};
	EXPECT_EQ(-EINVAL, refused_set(self->server, &set));
	set = (struct mailslot_set_info) {
		.mask = MAILSLOT_SET_FLAGS | MAILSLOT_SET_CREATION_TIME,
		.creation_time_ns = 1, .flags = MAILSLOT_INFO_KEEP_READ_TIME,
		.read_timeout_ns = 1,
	};
	EXPECT_EQ(-EINVAL, refused_set(self->server, &set));
	set = (struct mailslot_set_info) {
		.mask = MAILSLOT_SET_FLAGS | MAILSLOT_SET_READ_TIMEOUT,
		.read_timeout_ns = 1, .flags = MAILSLOT_INFO_KEEP_READ_TIME,
		.creation_time_ns = 1,
	};
	EXPECT_EQ(-EINVAL, refused_set(self->server, &set));
	set.creation_time_ns = -1;
	EXPECT_EQ(-EINVAL, refused_set(self->server, &set));
	set = (struct mailslot_set_info) {
		.mask = MAILSLOT_SET_MASK & ~MAILSLOT_SET_LAST_READ_TIME,
		.last_read_time_ns = 1,
	};
	EXPECT_EQ(-EINVAL, refused_set(self->server, &set));
	set = (struct mailslot_set_info) {
		.mask = MAILSLOT_SET_MASK & ~MAILSLOT_SET_LAST_WRITE_TIME,
		.last_write_time_ns = -1,
	};
	EXPECT_EQ(-EINVAL, refused_set(self->server, &set));
	set = (struct mailslot_set_info) {
		.mask = MAILSLOT_SET_MASK & ~MAILSLOT_SET_QUEUE_BYTES,
		.queue_bytes = 1ULL << 32,
	};
	EXPECT_EQ(-EINVAL, refused_set(self->server, &set));
	set = (struct mailslot_set_info) {
		.mask = MAILSLOT_SET_MASK & ~MAILSLOT_SET_MAX_MESSAGE_SIZE,
		.max_message_size = 1,
	};
	EXPECT_EQ(-EINVAL, refused_set(self->server, &set));
	set = (struct mailslot_set_info) { .mask = MAILSLOT_SET_MASK, .reserved = 1 };
	EXPECT_EQ(-EINVAL, refused_set(self->server, &set));
}

TEST_F(abi, set_pointer_and_size)
{
	struct mailslot_set_info set = {
		.mask = MAILSLOT_SET_READ_TIMEOUT, .read_timeout_ns = 5,
	};
	char *hole = before_hole(sizeof(set) - 1);

	memcpy(hole, &set, sizeof(set) - 1);
	EXPECT_EQ(-EFAULT, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, NULL)));
	EXPECT_EQ(-EFAULT, R(ioctl(self->server, MAILSLOT_IOC_SET_INFO, hole)));
	memcpy(self->page, &set, sizeof(set));
	self->page[sizeof(set)] = 1;
	EXPECT_EQ(-E2BIG, R(ioctl(self->server, resized(MAILSLOT_IOC_SET_INFO, sizeof(set) + 8),
				  self->page)));
	EXPECT_EQ(0, info_of(self->server).read_timeout_ns);

	self->page[sizeof(set)] = 0;
	EXPECT_EQ(0, R(ioctl(self->server, resized(MAILSLOT_IOC_SET_INFO, sizeof(set) + 8),
			     self->page)));
	EXPECT_EQ(5, info_of(self->server).read_timeout_ns);

	/* As programs have it that know of no limits to set. */
	set.read_timeout_ns = 7;
	set.queue_bytes = 1;
	set.reserved = 1;
	EXPECT_EQ(0, R(ioctl(self->server, resized(MAILSLOT_IOC_SET_INFO, 40), &set)));
	EXPECT_EQ(7, info_of(self->server).read_timeout_ns);
	set.queue_bytes = 0;
	set.reserved = 0;

	/* Without its last field, which is zero then and not named. */
	set.read_timeout_ns = 6;
	set.creation_time_ns = 1;
	EXPECT_EQ(0, R(ioctl(self->server,
			     resized(MAILSLOT_IOC_SET_INFO,
				     offsetof(struct mailslot_set_info, creation_time_ns)),
			     &set)));
	EXPECT_EQ(6, info_of(self->server).read_timeout_ns);
}

/* RECEIVE tests: one message waits, and waits after each refusal. */
FIXTURE(receive)
{
	int server;
	int client;
	char buffer[16];
	struct mailslot_recv_msg msg;
	__u64 behind;		/* the module knows of no such field */
	struct mailslot_receive args;
};

FIXTURE_SETUP(receive)
{
	struct mailslot_create args = create_args(NULL);

	self->server = create_slot(&args);
	ASSERT_LE(0, self->server);
	self->client = client_open(args.name, O_WRONLY);
	ASSERT_LE(0, self->client);
	ASSERT_EQ(5, write(self->client, "first", 5));
	self->msg = recv_slot(self->buffer, sizeof(self->buffer));
	self->behind = POISON64;
	self->args = receive_args(&self->msg, 1);
	memset(self->buffer, POISON, sizeof(self->buffer));
}

FIXTURE_TEARDOWN(receive)
{
	close(self->client);
	close(self->server);
}

/*
 * RECEIVE's error, or 1 when it failed and took the message or touched an output.  Only
 * bad memory may be found as late as with the message in the buffer.
 */
static long refused_receive(FIXTURE_DATA(receive) * self)
{
	long ret = R(ioctl(self->server, MAILSLOT_IOC_RECEIVE, &self->args));

	if (message_count(self->server) != 1 || info_of(self->server).messages_read)
		return 1;
	if (ret != -EFAULT && !all_bytes(self->buffer, sizeof(self->buffer), POISON))
		return 1;
	memset(self->buffer, POISON, sizeof(self->buffer));
	if (self->msg.length != POISON32 || self->msg.sequence != POISON64)
		return 1;
	return ret;
}

TEST_F(receive, good)
{
	EXPECT_EQ(1, R(ioctl(self->server, MAILSLOT_IOC_RECEIVE, &self->args)));
	EXPECT_EQ(0, message_count(self->server));
	EXPECT_EQ(5, self->msg.length);
	EXPECT_EQ(0, memcmp(self->buffer, "first", 5));
}

TEST_F(receive, count)
{
	self->args.count = 0;
	EXPECT_EQ(-EINVAL, refused_receive(self));
	self->args.count = MAILSLOT_BATCH_MAX + 1;
	EXPECT_EQ(-EINVAL, refused_receive(self));
	self->args.count = ~0U;
	EXPECT_EQ(-EINVAL, refused_receive(self));
}

TEST_F(receive, message_size)
{
	self->args.message_size = 0;
	EXPECT_EQ(-EINVAL, refused_receive(self));
	self->args.message_size = sizeof(self->msg) - 1;
	EXPECT_EQ(-EINVAL, refused_receive(self));
	self->args.message_size = sizeof(self->msg) + 1;
	EXPECT_EQ(-E2BIG, refused_receive(self));
	self->args.message_size = ~0U;
	EXPECT_EQ(-E2BIG, refused_receive(self));
}

/* An entry of a caller that knows more fields is a page at most, even if all of them are 0. */
TEST_F(receive, message_size_of_a_page)
{
	unsigned int page = sysconf(_SC_PAGESIZE);
	void *entry = calloc(2, page);

	ASSERT_TRUE(!!entry);
	memcpy(entry, &self->msg, sizeof(self->msg));
	self->args.messages = addr(entry);
	self->args.message_size = page + 1;
	EXPECT_EQ(-E2BIG, refused_receive(self));
	self->args.message_size = page;
	EXPECT_EQ(1, R(ioctl(self->server, MAILSLOT_IOC_RECEIVE, &self->args)));
	free(entry);
}

TEST_F(receive, flags)
{
	int bit;

	for (bit = 0; bit < 32; bit++) {
		if (MAILSLOT_RECEIVE_FLAGS & (1U << bit))
			continue;
		self->args.flags = 1U << bit;
		EXPECT_EQ(-EINVAL, refused_receive(self));
	}
}

TEST_F(receive, reserved)
{
	int bit;

	for (bit = 0; bit < 32; bit++) {
		self->args.reserved = 1U << bit;
		EXPECT_EQ(-EINVAL, refused_receive(self));
	}
}

TEST_F(receive, message_reserved)
{
	int bit;

	for (bit = 0; bit < 32; bit++) {
		self->msg.reserved = 1U << bit;
		EXPECT_EQ(-EINVAL, refused_receive(self));
	}
}

TEST_F(receive, array_pointer)
{
	char *hole = before_hole(sizeof(self->msg) - 1);

	memcpy(hole, &self->msg, sizeof(self->msg) - 1);
	self->args.messages = 0;
	EXPECT_EQ(-EFAULT, refused_receive(self));
	self->args.messages = addr(hole);
	EXPECT_EQ(-EFAULT, refused_receive(self));
	self->args.messages = kernel_address();
	EXPECT_EQ(-EFAULT, refused_receive(self));
	self->args.messages = above_4g(&self->msg);
	EXPECT_EQ(-EFAULT, refused_receive(self));
}

/* The array can be read but not written: the message must not be lost for it. */
TEST_F(receive, constant_array)
{
	struct mailslot_recv_msg *constant = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
						  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ASSERT_TRUE(constant != MAP_FAILED);
	*constant = self->msg;
	ASSERT_EQ(0, mprotect(constant, 4096, PROT_READ));
	self->args.messages = addr(constant);
	EXPECT_EQ(-EFAULT, R(ioctl(self->server, MAILSLOT_IOC_RECEIVE, &self->args)));
	EXPECT_EQ(1, message_count(self->server));
	EXPECT_EQ(0, info_of(self->server).messages_read);
	EXPECT_EQ(5, read(self->server, self->buffer, sizeof(self->buffer)));
}

TEST_F(receive, buffer_pointer)
{
	self->msg.buffer = 0;
	EXPECT_EQ(-EFAULT, refused_receive(self));
	self->msg.buffer = addr(before_hole(0));
	EXPECT_EQ(-EFAULT, refused_receive(self));
	self->msg.buffer = kernel_address();
	EXPECT_EQ(-EFAULT, refused_receive(self));
	self->msg.buffer = above_4g(self->buffer);
	EXPECT_EQ(-EFAULT, refused_receive(self));
}

TEST_F(receive, pointer_and_size)
{
	size_t size = sizeof(self->args);
	char *page = before_hole(HUGE_SIZE);

	EXPECT_EQ(-EFAULT, R(ioctl(self->server, MAILSLOT_IOC_RECEIVE, NULL)));
	memcpy(page, &self->args, size);
	page[HUGE_SIZE - 1] = 1;
	EXPECT_EQ(-E2BIG, R(ioctl(self->server, resized(MAILSLOT_IOC_RECEIVE, HUGE_SIZE), page)));
	EXPECT_EQ(1, message_count(self->server));
	page[HUGE_SIZE - 1] = 0;
	EXPECT_EQ(1, R(ioctl(self->server, resized(MAILSLOT_IOC_RECEIVE, HUGE_SIZE), page)));

	/* Without the deadline, which is the slot's own timeout then: none. */
	self->args.deadline_ns = MAILSLOT_WAIT_FOREVER_NS;
	EXPECT_EQ(-ETIMEDOUT,
		  R(ioctl(self->server,
			  resized(MAILSLOT_IOC_RECEIVE,
				  offsetof(struct mailslot_receive, deadline_ns)),
			  &self->args)));
}

/* SEND tests: nothing is queued by a refusal. */
FIXTURE(send)
{
	int server;
	int client;
	struct mailslot_send_msg msg;
	__u64 behind;		/* the module knows of no such field */
	struct mailslot_send args;
};

FIXTURE_SETUP(send)
{
	struct mailslot_create args = create_args(NULL);

	self->server = create_slot(&args);
	ASSERT_LE(0, self->server);
	self->client = client_open(args.name, O_WRONLY);
	ASSERT_LE(0, self->client);
	self->msg = send_slot("first", 5);
	self->behind = POISON64;
	self->args = send_args(&self->msg, 1);
}

FIXTURE_TEARDOWN(send)
{
	close(self->client);
	close(self->server);
}

static long refused_send(FIXTURE_DATA(send) * self)
{
	long ret = R(ioctl(self->client, MAILSLOT_IOC_SEND, &self->args));
	struct mailslot_info info = info_of(self->server);

	return info.message_count || info.queued_bytes || info.messages_written ? 1 : ret;
}

TEST_F(send, good)
{
	char buffer[16];

	EXPECT_EQ(1, R(ioctl(self->client, MAILSLOT_IOC_SEND, &self->args)));
	EXPECT_EQ(5, read(self->server, buffer, sizeof(buffer)));
	EXPECT_EQ(0, memcmp(buffer, "first", 5));
}

TEST_F(send, count)
{
	self->args.count = 0;
	EXPECT_EQ(-EINVAL, refused_send(self));
	self->args.count = MAILSLOT_BATCH_MAX + 1;
	EXPECT_EQ(-EINVAL, refused_send(self));
	self->args.count = ~0U;
	EXPECT_EQ(-EINVAL, refused_send(self));
}

TEST_F(send, message_size)
{
	self->args.message_size = 0;
	EXPECT_EQ(-EINVAL, refused_send(self));
	self->args.message_size = sizeof(self->msg) - 1;
	EXPECT_EQ(-EINVAL, refused_send(self));
	self->args.message_size = sizeof(self->msg) + 1;
	EXPECT_EQ(-E2BIG, refused_send(self));
	self->args.message_size = ~0U;
	EXPECT_EQ(-E2BIG, refused_send(self));
}

/* An entry of a caller that knows more fields is a page at most, even if all of them are 0. */
TEST_F(send, message_size_of_a_page)
{
	unsigned int page = sysconf(_SC_PAGESIZE);
	void *entry = calloc(2, page);

	ASSERT_TRUE(!!entry);
	memcpy(entry, &self->msg, sizeof(self->msg));
	self->args.messages = addr(entry);
	self->args.message_size = page + 1;
	EXPECT_EQ(-E2BIG, refused_send(self));
	self->args.message_size = page;
	EXPECT_EQ(1, R(ioctl(self->client, MAILSLOT_IOC_SEND, &self->args)));
	free(entry);
}

TEST_F(send, flags)
{
	int bit;

	for (bit = 0; bit < 32; bit++) {
		if (MAILSLOT_SEND_FLAGS & (1U << bit))
			continue;
		self->args.flags = 1U << bit;
		EXPECT_EQ(-EINVAL, refused_send(self));
	}
}

TEST_F(send, reserved)
{
	int bit;

	for (bit = 0; bit < 32; bit++) {
		self->args.reserved = 1U << bit;
		EXPECT_EQ(-EINVAL, refused_send(self));
	}
}

TEST_F(send, message_reserved)
{
	int bit;

	for (bit = 0; bit < 32; bit++) {
		self->msg.reserved = 1U << bit;
		EXPECT_EQ(-EINVAL, refused_send(self));
	}
}

TEST_F(send, array_pointer)
{
	char *hole = before_hole(sizeof(self->msg) - 1);

	memcpy(hole, &self->msg, sizeof(self->msg) - 1);
	self->args.messages = 0;
	EXPECT_EQ(-EFAULT, refused_send(self));
	self->args.messages = addr(hole);
	EXPECT_EQ(-EFAULT, refused_send(self));
	self->args.messages = kernel_address();
	EXPECT_EQ(-EFAULT, refused_send(self));
	self->args.messages = above_4g(&self->msg);
	EXPECT_EQ(-EFAULT, refused_send(self));
}

TEST_F(send, buffer_pointer)
{
	const void *good = (const void *)(uintptr_t)self->msg.buffer;

	self->msg.buffer = 0;
	EXPECT_EQ(-EFAULT, refused_send(self));
	self->msg.buffer = addr(before_hole(4));
	EXPECT_EQ(-EFAULT, refused_send(self));
	self->msg.buffer = kernel_address();
	EXPECT_EQ(-EFAULT, refused_send(self));
	self->msg.buffer = above_4g(good);
	EXPECT_EQ(-EFAULT, refused_send(self));
}

/* What has no bytes has no bad address. */
TEST_F(send, empty_without_buffer)
{
	self->msg = send_slot(NULL, 0);
	EXPECT_EQ(1, R(ioctl(self->client, MAILSLOT_IOC_SEND, &self->args)));
	EXPECT_EQ(0, info_of(self->server).next_message_size);
}

TEST_F(send, huge_length)
{
	self->msg.length = ~0U;
	EXPECT_EQ(-EMSGSIZE, refused_send(self));
	self->msg.length = 1U << 31;
	EXPECT_EQ(-EMSGSIZE, refused_send(self));
	self->msg.length = ~0U - COST + 1;
	EXPECT_EQ(-EMSGSIZE, refused_send(self));
}

TEST_F(send, pointer_and_size)
{
	size_t size = sizeof(self->args);
	char *page = before_hole(HUGE_SIZE);

	EXPECT_EQ(-EFAULT, R(ioctl(self->client, MAILSLOT_IOC_SEND, NULL)));
	memcpy(page, &self->args, size);
	page[size] = 1;
	EXPECT_EQ(-E2BIG, R(ioctl(self->client, resized(MAILSLOT_IOC_SEND, HUGE_SIZE), page)));
	EXPECT_EQ(0, message_count(self->server));
	page[size] = 0;
	EXPECT_EQ(1, R(ioctl(self->client, resized(MAILSLOT_IOC_SEND, HUGE_SIZE), page)));

	/* As far as message_size: flags and pad count as zero. */
	self->args.flags = ~0U;
	self->args.reserved = ~0U;
	EXPECT_EQ(1, R(ioctl(self->client,
			     resized(MAILSLOT_IOC_SEND, offsetof(struct mailslot_send, flags)),
			     &self->args)));
	EXPECT_EQ(2, message_count(self->server));
}
