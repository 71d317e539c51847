// SPDX-License-Identifier: GPL-2.0-only
/* Operations carried out. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "buffer.h"
#include "execute.h"

/* A call's value, or -errno. */
#define R(call) ({							\
	long r_ = (call);						\
									\
	r_ == -1 ? -(long)errno : r_;					\
})

#define PIECES	32

const unsigned char *pool;
static unsigned char *cold_pool;	/* the same pages at another address */
static int parameter_fds[NPARAM];
static int file_max = -1;

static void die(const char *what)
{
	perror(what);
	exit(2);
}

void execute_init(void)
{
	int fd = memfd_create("model-pool", MFD_CLOEXEC);
	struct rng rng = { 1 };
	unsigned char *bytes;
	__u64 word;
	size_t i;

	if (fd < 0 || ftruncate(fd, POOL_SIZE))
		die("memfd_create");
	bytes = mmap(NULL, POOL_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	cold_pool = mmap(NULL, POOL_SIZE, PROT_READ, MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED || cold_pool == MAP_FAILED)
		die("mmap");
	for (i = 0; i < POOL_SIZE; i += sizeof(word)) {
		word = rng_next(&rng);
		memcpy(bytes + i, &word, sizeof(word));
	}
	pool = bytes;
	close(fd);
	file_max = open("/proc/sys/fs/file-max", O_RDWR | O_CLOEXEC);
}

unsigned char *area_new(void)
{
	unsigned char *area = mmap(NULL, AREA_SIZE, PROT_READ | PROT_WRITE,
				   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (area == MAP_FAILED || mprotect(area + TABLE_SIZE, HOLE, PROT_NONE) ||
	    mprotect(area + AREA_BUFFER + BUFFER_SIZE, HOLE, PROT_NONE) ||
	    mprotect(area + AREA_SEND + LONGEST, HOLE, PROT_NONE))
		die("mmap");
	return area;
}

void actor_init(struct actor *actor, unsigned char *area, const int flights[2])
{
	unsigned int i;

	actor->area = area;
	for (i = 0; i < NREG; i++)
		actor->fds[i] = -1;
	actor->control = open(MAILSLOT_CONTROL, O_RDWR | O_CLOEXEC);
	actor->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (actor->control < 0 || actor->epoll < 0)
		die(MAILSLOT_CONTROL);
	memcpy(actor->flights, flights, sizeof(actor->flights));
}

void actor_close(struct actor *actor)
{
	unsigned int i;

	for (i = 0; i < NREG; i++)
		if (actor->fds[i] >= 0)
			close(actor->fds[i]);
	close(actor->control);
	close(actor->epoll);
}

__s64 clock_ns(int clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

void parameters_open(__u64 values[NPARAM])
{
	static const char * const names[NPARAM] = {
		"default_queue_bytes", "max_queue_bytes", "max_slots", "max_user_slots",
		"max_user_bytes",
	};
	char path[128], text[32] = "";
	unsigned int i;

	for (i = 0; i < NPARAM; i++) {
		snprintf(path, sizeof(path), "/sys/module/mailslot/parameters/%s", names[i]);
		parameter_fds[i] = open(path, O_RDWR | O_CLOEXEC);
		if (parameter_fds[i] < 0 || pread(parameter_fds[i], text, sizeof(text) - 1, 0) <= 0)
			die(path);
		values[i] = strtoull(text, NULL, 10);
	}
}

long parameter_set(unsigned int parameter, __u64 value)
{
	char text[32];
	int length = snprintf(text, sizeof(text), "%llu", (unsigned long long)value);

	return pwrite(parameter_fds[parameter], text, length, 0) == length ? 0 : -errno;
}

__u32 slots_alive(void)
{
	DIR *directory = opendir("/sys/class/mailslot");
	struct dirent *entry;
	__u32 count = 0;

	if (!directory)
		return 0;
	while ((entry = readdir(directory)))
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count;
}

/* The C library would tell all threads; there is one. */
void become(unsigned int identity, bool for_good)
{
	__u32 id = identity_ids[identity], groups[] = { identity_ids[1] };
	__u32 keep = for_good ? id : (__u32)-1;

	if (syscall(SYS_setresuid, -1, 0, -1) || syscall(SYS_setresgid, -1, 0, -1) ||
	    syscall(SYS_setgroups, identity == 2, groups) ||
	    syscall(SYS_setresgid, keep, id, keep) || syscall(SYS_setresuid, keep, id, keep))
		die("setresuid");
}

static int fd_of(const struct actor *actor, const struct op *op)
{
	return op->reg < NREG ? actor->fds[op->reg] : actor->control;
}

static void *kernel_address(void)
{
	return (void *)0xffff888000000000ULL;
}

static void *hole(const struct actor *actor)
{
	return actor->area + AREA_BUFFER + BUFFER_SIZE + 64;
}

static int pieces(const struct op *op, unsigned char *buffer, struct iovec iov[PIECES])
{
	unsigned int count = op->count ? op->count : 1, i;
	size_t each = op->length / count, at = 0;

	for (i = 0; i < count; i++) {
		/* One of them may be empty. */
		size_t length = op->odd == i + 1 ? 0 : each;

		if (i == count - 1)
			length = op->length - at;
		iov[i] = (struct iovec) { buffer + at, length };
		at += length;
	}
	return count;
}

static long do_read(struct actor *actor, const struct op *op)
{
	unsigned char *buffer = actor->area + AREA_BUFFER + buffer_read(op, op->length);
	__u32 size = op->length < POISONED ? op->length : POISONED;
	__u32 at = buffer_read(op, op->length);
	struct iovec iov[PIECES];
	int fd = fd_of(actor, op), count;

	if (op->memory == MEM_KERNEL)
		buffer = kernel_address();
	else if (op->memory < MEM_HALF)
		memset(buffer, POISON,
		       at + size + REDZONE <= BUFFER_SIZE ? size + REDZONE : size);
	else if (op->memory == MEM_HALF)
		memset(buffer, POISON, op_accessible(op, op->length));
	if (op->memory == MEM_COLD)
		madvise(actor->area + AREA_BUFFER, BUFFER_HUGE, MADV_DONTNEED);
	if (op->how == HOW_PLAIN)
		return R(read(fd, buffer, op->length));
	count = pieces(op, buffer, iov);
	if (op->how == HOW_VECTOR)
		return R(readv(fd, iov, count));
	return R(preadv2(fd, iov, count, -1, RWF_NOWAIT));
}

/* Where a message of op's bytes lies for sending. */
static unsigned char *outgoing(struct actor *actor, const struct op *op)
{
	unsigned char *buffer = actor->area + AREA_SEND;
	__u32 accessible = op_accessible(op, op->length);

	switch (op->memory) {
	case MEM_COLD:
		madvise(cold_pool, POOL_SIZE, MADV_DONTNEED);
		return cold_pool + op->offset;
	case MEM_EDGE:
	case MEM_HALF:
		buffer += LONGEST - accessible;
		memcpy(buffer, pool + op->offset, accessible);
		return buffer;
	case MEM_NOWHERE:
		return hole(actor);
	case MEM_KERNEL:
		return kernel_address();
	default:
		return (unsigned char *)pool + op->offset;
	}
}

static long do_write(struct actor *actor, const struct op *op)
{
	unsigned char *buffer = outgoing(actor, op);
	int fd = fd_of(actor, op), count;
	struct iovec iov[PIECES];

	if (op->how == HOW_PLAIN)
		return R(write(fd, buffer, op->length));
	count = pieces(op, buffer, iov);
	if (op->how == HOW_VECTOR)
		return R(writev(fd, iov, count));
	return R(pwritev2(fd, iov, count, -1, RWF_NOWAIT));
}

/* An ioctl whose structure is @known bytes long and is said to be op.size. */
static long ioctl_sized(struct actor *actor, int fd, unsigned long command, const struct op *op,
			const void *request, size_t known)
{
	unsigned char bytes[512];
	void *from = bytes;

	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, request, known);
	if (op->request == REQ_TAIL && op->size > known)
		bytes[known + op->odd % (op->size - known)] = 1;
	if (op->request == REQ_NOWHERE)
		from = hole(actor);
	command &= ~((unsigned long)_IOC_SIZEMASK << _IOC_SIZESHIFT);
	command |= (unsigned long)op->size << _IOC_SIZESHIFT;
	return R(ioctl(fd, command, from));
}

static void table_put(struct actor *actor, const struct op *op, unsigned int i, const void *entry,
		      size_t size)
{
	__u32 stride = op_stride(op, size);
	unsigned char *at = actor->area + buffer_table(op, size) + i * stride;

	if (op->request == REQ_ARRAY && i >= op->reach)
		return;
	memcpy(at, entry, size);
	memset(at + size, 0, stride - size);
	if (op->request == REQ_MESSAGE_TAIL && i == op->odd)
		at[stride - 1] = 1;
}

static long do_send(struct actor *actor, const struct op *op)
{
	struct mailslot_send request = op_send(op);
	const unsigned char *bytes = op->memory == MEM_COLD ? cold_pool : pool;
	unsigned int i;

	if (op->memory == MEM_COLD)
		madvise(cold_pool, POOL_SIZE, MADV_DONTNEED);
	for (i = 0; i < op->count && i < MAILSLOT_BATCH_MAX; i++) {
		struct mailslot_send_msg msg = {
			.buffer = (uintptr_t)bytes + op_offset(op, i),
			.length = op_length(op, i),
		};

		if (op->oddity == ODD_NOWHERE && i == op->odd)
			msg.buffer = (uintptr_t)hole(actor);
		if (op->oddity == ODD_RESERVED && i == op->odd)
			msg.reserved = 1;
		table_put(actor, op, i, &msg, sizeof(msg));
	}
	request.messages = (uintptr_t)actor->area +
			   buffer_table(op, sizeof(struct mailslot_send_msg));
	return ioctl_sized(actor, fd_of(actor, op), MAILSLOT_IOC_SEND, op, &request,
			   sizeof(request));
}

static __u64 deadline(const struct op *op)
{
	switch (op->wait) {
	case WAIT_NOT:
		return 0;
	case WAIT_PAST:
		return 1;
	case WAIT_FOREVER:
		return MAILSLOT_WAIT_FOREVER_NS;
	default:
		return clock_ns(CLOCK_MONOTONIC) + wait_ns(op->wait);
	}
}

static long do_receive(struct actor *actor, const struct op *op)
{
	struct mailslot_receive request = op_receive(op);
	unsigned char *buffers = actor->area + AREA_BUFFER;
	unsigned int i;

	for (i = 0; i < op->count && i < MAILSLOT_BATCH_MAX; i++) {
		__u32 capacity = op_length(op, i), at = buffer_receive(op, i);
		__u32 size = capacity < POISONED ? capacity : POISONED;
		struct mailslot_recv_msg msg;

		memset(&msg, POISON, sizeof(msg));
		msg.buffer = (uintptr_t)buffers + at;
		msg.capacity = capacity;
		msg.reserved = op->oddity == ODD_RESERVED && i == op->odd;
		table_put(actor, op, i, &msg, sizeof(msg));
		if (at < BUFFER_SIZE)
			memset(buffers + at, POISON, size + REDZONE);
	}
	if (op->memory == MEM_COLD)
		madvise(buffers, BUFFER_SIZE, MADV_DONTNEED);
	request.messages = (uintptr_t)actor->area +
			   buffer_table(op, sizeof(struct mailslot_recv_msg));
	request.deadline_ns = deadline(op);
	return ioctl_sized(actor, fd_of(actor, op), MAILSLOT_IOC_RECEIVE, op, &request,
			   sizeof(request));
}

static long do_get_info(struct actor *actor, const struct op *op, struct result *result)
{
	unsigned long command = MAILSLOT_IOC_GET_INFO &
				~((unsigned long)_IOC_SIZEMASK << _IOC_SIZESHIFT);
	unsigned char bytes[sizeof(result->info) + sizeof(result->beyond)];
	void *to = op->request == REQ_NOWHERE ? hole(actor) : bytes;
	long ret;

	memset(bytes, POISON, sizeof(bytes));
	ret = R(ioctl(fd_of(actor, op), command | (unsigned long)op->size << _IOC_SIZESHIFT, to));
	memcpy(&result->info, bytes, sizeof(result->info));
	memcpy(result->beyond, bytes + sizeof(result->info), sizeof(result->beyond));
	return ret;
}

static void file_details(int fd, struct result *result)
{
	struct stat st;

	result->fd_flags = fcntl(fd, F_GETFD);
	result->file_flags = fcntl(fd, F_GETFL);
	if (fstat(fd, &st))
		return;
	result->node_major = major(st.st_rdev);
	result->node_minor = minor(st.st_rdev);
}

static const char *path_of(const struct op *op)
{
	static char path[sizeof(MAILSLOT_DIR) + MAILSLOT_NAME_SIZE];

	snprintf(path, sizeof(path), "%s/%.255s", MAILSLOT_DIR, name_bytes(op->name));
	return path;
}

/* As root for a moment, which a sysctl asks for at each write. */
static void file_max_set(const char *text, char *was, size_t size)
{
	__u32 me = geteuid();

	if (syscall(SYS_setresuid, -1, 0, -1))
		die("setresuid");
	if ((was && pread(file_max, was, size - 1, 0) <= 0) ||
	    pwrite(file_max, text, strlen(text), 0) <= 0 || syscall(SYS_setresuid, -1, me, -1))
		die("file-max");
}

/* CREATE with something scarce meanwhile. */
static long create(struct actor *actor, const struct op *op)
{
	struct mailslot_create request = op_create(op, name_bytes(op->name));
	struct rlimit was, less;
	char text[32] = "";
	long ret;
	int fd;

	switch (op->how) {
	case SCARCE_FDS:
		fd = fcntl(actor->control, F_DUPFD_CLOEXEC, 0);
		close(fd);
		getrlimit(RLIMIT_NOFILE, &was);
		less = (struct rlimit) { fd, was.rlim_max };
		setrlimit(RLIMIT_NOFILE, &less);
		break;
	case SCARCE_FILES:
		/* Not 1: the kernel's first look is at a count that may be short by dozens. */
		file_max_set("0", text, sizeof(text));
		break;
	}
	ret = ioctl_sized(actor, actor->control, MAILSLOT_IOC_CREATE, op, &request,
			  sizeof(request));
	switch (op->how) {
	case SCARCE_FDS:
		setrlimit(RLIMIT_NOFILE, &was);
		break;
	case SCARCE_FILES:
		file_max_set(text, NULL, 0);
		break;
	}
	return ret;
}

static long do_create(struct actor *actor, const struct op *op, struct result *result)
{
	long fd = create(actor, op);
	struct stat st;

	if (fd < 0)
		return fd;
	actor->fds[op->reg] = fd;
	file_details(fd, result);
	if (!stat(path_of(op), &st)) {
		result->node_mode = st.st_mode;
		result->node_uid = st.st_uid;
		result->node_gid = st.st_gid;
		result->node_major = major(st.st_rdev);
		result->node_minor = minor(st.st_rdev);
	}
	return 0;
}

static long do_open(struct actor *actor, const struct op *op, struct result *result)
{
	long fd = R(open(path_of(op), op->flags | O_CLOEXEC));

	if (fd < 0)
		return fd;
	actor->fds[op->reg] = fd;
	file_details(fd, result);
	return 0;
}

static long do_throw(struct actor *actor, const struct op *op)
{
	struct iovec iov = { "f", 1 };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {
		.header = {
			.cmsg_len = CMSG_LEN(sizeof(int)),
			.cmsg_level = SOL_SOCKET,
			.cmsg_type = SCM_RIGHTS,
		},
	};
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};

	memcpy(CMSG_DATA(&control.header), &actor->fds[op->reg], sizeof(int));
	return R(sendmsg(actor->flights[0], &msg, 0)) == 1 ? 0 : -errno;
}

static long do_catch(struct actor *actor, const struct op *op)
{
	char byte;
	struct iovec iov = { &byte, 1 };
	union {
		struct cmsghdr header;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};

	if (recvmsg(actor->flights[1], &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) != 1 ||
	    !CMSG_FIRSTHDR(&msg))
		return -errno;
	memcpy(&actor->fds[op->reg], CMSG_DATA(&control.header), sizeof(int));
	return 0;
}

static long do_ioctl(struct actor *actor, const struct op *op)
{
	static const unsigned long commands[] = {
		_IOW(MAILSLOT_IOC_MAGIC, 0x05, struct mailslot_send),
		_IOW(MAILSLOT_IOC_MAGIC, 0xff, struct mailslot_send),
		_IO(MAILSLOT_IOC_MAGIC, 0x01),
		_IOW(MAILSLOT_IOC_MAGIC, 0x01, struct mailslot_info),
		_IOR(MAILSLOT_IOC_MAGIC, 0x03, struct mailslot_receive),
		_IOR(MAILSLOT_IOC_MAGIC - 1, 0x01, struct mailslot_info),
	};
	/* What the other end or the control node knows. */
	unsigned long command = op->reg == CONTROL ? MAILSLOT_IOC_SEND : MAILSLOT_IOC_CREATE;

	if (op->how)
		command = commands[op->how % (sizeof(commands) / sizeof(commands[0]))];
	return R(ioctl(fd_of(actor, op), command, actor->area));
}

static long do_close(struct actor *actor, const struct op *op)
{
	long ret;

	/* The file may live on elsewhere; this process's epoll shall not know it. */
	epoll_ctl(actor->epoll, EPOLL_CTL_DEL, actor->fds[op->reg], NULL);
	ret = R(close(actor->fds[op->reg]));
	actor->fds[op->reg] = -1;
	return ret;
}

static long do_dup(struct actor *actor, const struct op *op)
{
	int fd = R(fcntl(actor->fds[op->reg], F_DUPFD_CLOEXEC, 0));

	actor->fds[op->to] = fd;
	return fd < 0 ? fd : 0;
}

static long do_poll(struct actor *actor, const struct op *op, struct result *result)
{
	/* A number that is too large rather than -1, which poll(2) passes over. */
	int fd = fd_of(actor, op) < 0 ? 1 << 20 : fd_of(actor, op);
	struct pollfd p = { .fd = fd, .events = op->mask };
	long ret = R(poll(&p, 1, op->wait == WAIT_FOREVER ? -1 : 0));

	result->revents = p.revents;
	return ret;
}

static long do_epoll_wait(struct actor *actor, struct result *result)
{
	struct epoll_event events[NREG];
	long ret = R(epoll_wait(actor->epoll, events, NREG, 0)), i;

	for (i = 0; i < ret; i++) {
		result->events[i].events = events[i].events;
		result->events[i].reg = events[i].data.u32;
	}
	return ret;
}

static long do_set_info(struct actor *actor, const struct op *op)
{
	struct mailslot_set_info request = op_set_info(op);

	return ioctl_sized(actor, fd_of(actor, op), MAILSLOT_IOC_SET_INFO, op, &request,
			   sizeof(request));
}

static long call(struct actor *actor, const struct op *op, struct result *result)
{
	struct epoll_event event = {
		.events = op->mask | (op->flags ? EPOLLET : 0),
		.data.u32 = op->reg,
	};

	switch (op->kind) {
	case OP_CREATE:
		return do_create(actor, op, result);
	case OP_OPEN:
		return do_open(actor, op, result);
	case OP_CLOSE:
		return do_close(actor, op);
	case OP_DUP:
		return do_dup(actor, op);
	case OP_SETFL:
		return R(fcntl(fd_of(actor, op), F_SETFL, op->flags & O_NONBLOCK));
	case OP_THROW:
		return do_throw(actor, op);
	case OP_CATCH:
		return do_catch(actor, op);
	case OP_READ:
		return do_read(actor, op);
	case OP_WRITE:
		return do_write(actor, op);
	case OP_RECEIVE:
		return do_receive(actor, op);
	case OP_SEND:
		return do_send(actor, op);
	case OP_GET_INFO:
		return do_get_info(actor, op, result);
	case OP_SET_INFO:
		return do_set_info(actor, op);
	case OP_FIONREAD:
		return R(ioctl(fd_of(actor, op), FIONREAD,
			       op->request == REQ_NOWHERE ? hole(actor) : &result->number));
	case OP_IOCTL:
		return do_ioctl(actor, op);
	case OP_POLL:
		return do_poll(actor, op, result);
	case OP_EPOLL_CTL:
		return R(epoll_ctl(actor->epoll, op->how, actor->fds[op->reg], &event));
	case OP_EPOLL_WAIT:
		return do_epoll_wait(actor, result);
	case OP_CHMOD:
		return R(chmod(path_of(op), op->mode));
	case OP_UMASK:
		umask(op->mode);
		return 0;
	case OP_IDENTITY:
		become(op->how, false);
		return 0;
	case OP_FSYNC:
		return R(op->how ? fdatasync(fd_of(actor, op)) : fsync(fd_of(actor, op)));
	case OP_PARAMETER:
		return parameter_set(op->how, op->value);
	default:
		abort();
	}
}

void execute(struct actor *actor, const struct op *op, struct result *result)
{
	bool timed = op->kind == OP_READ || op->kind == OP_RECEIVE;

	if (timed)
		result->began_ns = clock_ns(CLOCK_MONOTONIC);
	result->ret = call(actor, op, result);
	if (timed)
		result->ended_ns = clock_ns(CLOCK_MONOTONIC);
}
