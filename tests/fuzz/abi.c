// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls the kernel's interface at random, as somebody without privileges who means harm: any
 * command, size and pointer, any file, memory that another thread changes, protects and unmaps
 * while a call runs, signals, forks, kills, tiny limits; on any CPU or one, with next to no claim
 * to it, in a memory cgroup whose limit comes and goes.  The kernel's log is the test machine's to
 * read; here it is watched that nobody is told what is not theirs: messages come out whole, and
 * nothing but documented fields and message bytes is ever written.  The model of what each call
 * answers is another test's.
 *
 * usage: abi [-s SEED] [-n CALLS] [-e]	TAP
 *	-e	tells how many edges of kmod/ were reached, of a module built with KCOV_INSTRUMENT=y
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/mailslot.h>

#include "abi.h"
#include "abi-cover.h"

#define ARENA_PAGES	16
#define ARENA_SIZE	(ARENA_PAGES * PAGE)
#define ARENA_BASE	0x200000000UL
#define FILES		16

struct shared *shared;

void failed(const char *format, ...)
{
	va_list args;

	if (__atomic_fetch_add(&shared->failures, 1, __ATOMIC_RELAXED))
		return;
	va_start(args, format);
	vsnprintf(shared->first, sizeof(shared->first), format, args);
	va_end(args);
}

__thread struct caller *self;

uint64_t any(void)
{
	self->random ^= self->random << 13;
	self->random ^= self->random >> 7;
	self->random ^= self->random << 17;
	return self->random;
}

unsigned int below(unsigned int n)
{
	return (any() >> 20) % n;
}

bool chance(unsigned int percent)
{
	return below(100) < percent;
}

/* Memory that is changed under the callers' calls. */
static unsigned char *arena;

/* Files: numbers that may stand for nothing, or by now for something else. */
static int files[FILES];
static int others[7];
int control;

/* Of an instance, where half of the slots are. */
int directory;

/* All may use the file from here on, and close it. */
void give_file(int fd)
{
	fd = __atomic_exchange_n(&files[below(FILES)], fd, __ATOMIC_RELAXED);
	if (fd >= 0)
		close(fd);
}

static int some_file(void)
{
	if (chance(4))
		return others[below(ARRAY_SIZE(others))];
	if (chance(2))
		return control;
	return __atomic_load_n(&files[below(FILES)], __ATOMIC_RELAXED);
}

/*
 * Names of slots: those with a C are for messages that can be checked, and only such are ever sent
 * to them; anything may be sent to the others.
 */
static void slot_name(char *name, bool checked)
{
	snprintf(name, MAILSLOT_NAME_SIZE, "fuzz-abi/%s%u%s", checked ? "C" : "w", below(3),
		 chance(20) ? "/below" : "");
}

/* A message that tells of itself. */
struct message {
	uint32_t magic, caller;
	uint64_t sequence;
	uint32_t length, sum;
	unsigned char rest[];
};

#define MAGIC	0x4d534c54

static unsigned char rest_byte(uint64_t sequence, size_t i)
{
	return sequence * 7 + i * 11 + (i >> 8) * 5;
}

size_t message_make(unsigned char *to, size_t length)
{
	struct message *message = (struct message *)to;
	size_t i, rest;

	if (length < sizeof(*message))
		length = sizeof(*message);
	rest = length - sizeof(*message);
	message->magic = MAGIC;
	message->caller = self->number;
	message->sequence = __atomic_add_fetch(&shared->sequence[self->number], 1,
					       __ATOMIC_RELAXED);
	message->length = length;
	message->sum = MAGIC ^ message->caller ^ message->length ^ (uint32_t)message->sequence;
	for (i = 0; i < rest; i++)
		message->rest[i] = rest_byte(message->sequence, i);
	return length;
}

void message_check(const unsigned char *bytes, size_t length)
{
	const struct message *message = (const struct message *)bytes;
	size_t i;

	__atomic_add_fetch(&shared->whole, 1, __ATOMIC_RELAXED);
	if (length < sizeof(*message) || message->magic != MAGIC || message->length != length) {
		failed("a message of %zu bytes came out that nobody sent", length);
		return;
	}
	if (message->sum != (MAGIC ^ message->caller ^ message->length ^
			     (uint32_t)message->sequence)) {
		failed("a message's head has changed");
		return;
	}
	for (i = 0; i < length - sizeof(*message); i++)
		if (message->rest[i] != rest_byte(message->sequence, i)) {
			failed("byte %zu of a message of %zu has changed", i, length);
			return;
		}
}

static bool untouched(const void *from, size_t size)
{
	const unsigned char *byte = from;

	while (size--)
		if (*byte++ != POISON)
			return false;
	return true;
}

/* Where a structure or a buffer may be said to be. */
static const uint64_t hostile[] = {
	0, 1, 4095, 0x7fffffffe000, 0x7fffffffeff8, 0x7ffffffffff1, 0x800000000000,
	0x8000000000000000, 0xffff7ffffffffff1, 0xffff800000000000, 0xffff888000000000,
	0xffffea0000000000, 0xffffffff81000000, 0xffffffffa0000000, 0xffffffffff600000,
	0xffffffffffffe000, 0xfffffffffffffff1, 0xfffffffffffffff8,
};

static uint64_t somewhere(void)
{
	switch (below(11)) {
	case 10:
		return ring_address();
	case 0:
		return hostile[below(ARRAY_SIZE(hostile))];
	case 1:
		/* About the end of a page. */
		return (uintptr_t)arena + (1 + below(ARENA_PAGES)) * PAGE - below(64);
	case 2:
		return (uintptr_t)arena + ARENA_SIZE - below(300);
	default:
		return (uintptr_t)arena + below(ARENA_SIZE);
	}
}

static uint32_t some_length(void)
{
	switch (below(8)) {
	case 0:
		return 0;
	case 1 ... 3:
		return below(200);
	case 4:
		return 4000 + below(200);
	case 5:
		return below(LONGEST);
	case 6:
		return any() & 0x7fffffff;
	default:
		return below(ARENA_SIZE);
	}
}

static void arena_write(uint64_t at, const void *from, size_t size)
{
	static __thread int pipes[2] = { -1, -1 };

	/* The memory may be gone by now: the kernel copies, and says so instead of killing us. */
	if (pipes[0] < 0 && pipe2(pipes, O_CLOEXEC | O_NONBLOCK))
		return;
	if (size > 4096 || write(pipes[1], from, size) != (ssize_t)size)
		return;
	if (read(pipes[0], (void *)(uintptr_t)at, size) != (ssize_t)size) {
		unsigned char rest[4096];

		while (read(pipes[0], rest, sizeof(rest)) > 0)
			;
	}
}

static void scramble(void *what, size_t size)
{
	unsigned char *byte = what;
	unsigned int n = chance(30) ? 1 + below(4) : 0;

	while (n--)
		byte[below(size)] = chance(50) ? 0 : any();
}

static void do_create(void)
{
	struct mailslot_create args = { .mode = 0666 };
	bool checked = chance(50);
	int fd;

	slot_name(args.name, checked);
	args.queue_bytes = chance(50) ? 0 : 64 + below(200000);
	args.read_timeout_ns = chance(70) ? below(200000) : any();
	args.flags = below(4) | (chance(20) ? MAILSLOT_CREATE_RING : 0);
	if (chance(20))
		scramble(&args, offsetof(struct mailslot_create, name));
	fd = ioctl(chance(50) ? directory : control, MAILSLOT_IOC_CREATE, &args);
	if (fd >= 0)
		give_file(fd);
}

static void do_open(void)
{
	char path[sizeof(MAILSLOT_DIR) + MAILSLOT_NAME_SIZE] = MAILSLOT_DIR "/";
	size_t length = strlen(path);
	bool inside = chance(50);
	int flags, fd;

	if (chance(30))
		ring_name(path + length, chance(50));
	else
		slot_name(path + length, chance(50));
	flags = (chance(90) ? O_WRONLY : below(3)) | (chance(60) ? O_NONBLOCK : 0);
	if (inside && chance(40))
		flags = O_CREAT | O_EXCL | below(3) | (chance(60) ? O_NONBLOCK : 0);
	fd = openat(directory, inside ? path + length : path, flags, 0666);
	if (fd >= 0)
		give_file(fd);
}

static void do_close(void)
{
	int fd = __atomic_exchange_n(&files[below(FILES)], -1, __ATOMIC_RELAXED);

	if (fd >= 0)
		close(fd);
}

/*
 * What a file is must be known before bytes go to it, and stay so: files are closed and their
 * numbers given away by others, so a duplicate is asked and used.  Returns it, or -1.
 */
static int hold(int fd, bool *server, bool *checked)
{
	char path[64], line[128];
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);
	FILE *info;
	bool is = false;

	if (copy < 0)
		return -1;
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", copy);
	info = fopen(path, "re");
	while (info && fgets(line, sizeof(line), info)) {
		if (!strncmp(line, "mailslot-name:", 14)) {
			is = true;
			*checked = strstr(line, "fuzz-abi/C");
		} else if (!strncmp(line, "mailslot-end:", 13)) {
			*server = strstr(line, "server");
		}
	}
	if (info)
		fclose(info);
	if (is)
		return copy;
	close(copy);
	return -1;
}

static void check_write(int fd)
{
	struct iovec parts[2];
	size_t length = message_make(self->own, below(LONGEST)), cut = below(length);
	ssize_t n;

	if (chance(50)) {
		n = write(fd, self->own, length);
	} else {
		parts[0] = (struct iovec){ self->own, cut };
		parts[1] = (struct iovec){ self->own + cut, length - cut };
		n = writev(fd, parts, 2);
	}
	if (n >= 0 && n != (ssize_t)length)
		failed("a message was written in part");
}

static void check_send(int fd)
{
	struct mailslot_send_msg msgs[8] = {};
	struct mailslot_send args = {
		.messages = (uintptr_t)msgs, .count = 1 + below(ARRAY_SIZE(msgs)),
		.message_size = sizeof(msgs[0]), .flags = below(2),
	};
	unsigned int i;

	for (i = 0; i < args.count; i++) {
		unsigned char *to = self->own + i * (LONGEST / ARRAY_SIZE(msgs)) / 8 * 8;

		msgs[i].buffer = (uintptr_t)to;
		msgs[i].length = message_make(to, below(LONGEST / ARRAY_SIZE(msgs) - 8));
		/* Bad memory in the middle. */
		if (chance(5))
			msgs[i].buffer = hostile[below(ARRAY_SIZE(hostile))];
	}
	ioctl(fd, MAILSLOT_IOC_SEND, &args);
}

static void check_read(int fd)
{
	size_t capacity = chance(80) ? LONGEST : below(LONGEST);
	ssize_t n;

	memset(self->own, POISON, LONGEST);
	n = read(fd, self->own, capacity);
	if (n > 0)
		message_check(self->own, n);
	if (!untouched(self->own + (n > 0 ? n : 0), LONGEST - (n > 0 ? n : 0)) && n >= 0)
		failed("bytes behind a message were written");
}

static void check_receive(int fd)
{
	struct mailslot_recv_msg msgs[8], empty;
	struct mailslot_receive args = {
		.messages = (uintptr_t)msgs, .count = 1 + below(ARRAY_SIZE(msgs)),
		.message_size = sizeof(msgs[0]), .flags = below(4), .deadline_ns = below(2),
	};
	size_t room = LONGEST / ARRAY_SIZE(msgs);
	uint64_t last = 0;
	long n, i;

	memset(self->own, POISON, LONGEST);
	memset(msgs, POISON, sizeof(msgs));
	memset(&empty, POISON, sizeof(empty));
	for (i = 0; i < (long)ARRAY_SIZE(msgs); i++) {
		msgs[i].buffer = (uintptr_t)self->own + i * room;
		msgs[i].capacity = chance(90) ? room : below(room);
		msgs[i].reserved = 0;
	}
	n = ioctl(fd, MAILSLOT_IOC_RECEIVE, &args);
	for (i = 0; i < (long)ARRAY_SIZE(msgs); i++) {
		const struct mailslot_recv_msg *msg = &msgs[i];

		if (msg->buffer != (uintptr_t)self->own + i * room || msg->capacity > room ||
		    msg->reserved)
			failed("an input field of a message was written");
		if (i < n) {
			if (msg->length > msg->capacity || !msg->pid || msg->uid > 65534 ||
			    msg->gid > 65534 || !msg->sequence || msg->time_ns <= 0 ||
			    (last && msg->sequence != last + 1))
				failed("an output field of a message makes no sense");
			last = msg->sequence;
			message_check(self->own + i * room, msg->length);
			if (!untouched(self->own + i * room + msg->length, room - msg->length))
				failed("bytes behind a message of a batch were written");
		} else if (i > n && i > 0) {
			if (msg->length != empty.length || msg->sequence != empty.sequence ||
			    msg->time_ns != empty.time_ns || msg->pid != empty.pid ||
			    !untouched(self->own + i * room, room))
				failed("more was written than the call said");
		}
	}
}

static void check_info(int fd)
{
	unsigned char buffer[512];
	size_t size = chance(50) ? sizeof(struct mailslot_info) : below(400), i;
	struct mailslot_info info;

	memset(buffer, POISON, sizeof(buffer));
	if (ioctl(fd, _IOC(_IOC_READ, MAILSLOT_IOC_MAGIC, 1, size), buffer))
		return;
	if (!untouched(buffer + size, sizeof(buffer) - size))
		failed("GET_INFO wrote more than it was given room for");
	for (i = sizeof(info); i < size; i++)
		if (buffer[i])
			failed("GET_INFO fills up with what is not zero");
	if (size < sizeof(info))
		return;
	memcpy(&info, buffer, sizeof(info));
	if (info.flags & ~0x3fU || info.queued_bytes > info.queue_bytes ||
	    info.messages_read > info.messages_written || info.clients > 1000 ||
	    info.message_count > info.messages_written)
		failed("GET_INFO tells what cannot be");
}

/* Calls whose answer is looked at, from memory that nobody changes. */
static void do_checked(void)
{
	bool server = false, checked = false;
	int fd = hold(some_file(), &server, &checked);

	if (fd < 0)
		return;
	if (chance(10))
		check_info(fd);
	else if (!checked)
		;
	else if (!server && chance(60))
		check_write(fd);
	else if (!server)
		check_send(fd);
	else if (chance(60))
		check_read(fd);
	else
		check_receive(fd);
	close(fd);
}

/* To a slot of checked messages nothing else may be sent. */
static int wild_file(void)
{
	bool server = false, checked = false;
	int fd = hold(some_file(), &server, &checked);

	if (fd < 0)
		return chance(50) ? dup(control) : dup(others[below(ARRAY_SIZE(others))]);
	if (checked && !server) {
		close(fd);
		return -1;
	}
	return fd;
}

static void do_raw_ioctl(void)
{
	static const size_t sizes[] = {
		sizeof(struct mailslot_create), sizeof(struct mailslot_info),
		sizeof(struct mailslot_set_info), sizeof(struct mailslot_receive),
		sizeof(struct mailslot_send), sizeof(struct mailslot_list),
		sizeof(struct mailslot_ring_layout), sizeof(struct mailslot_ring_wait),
	};
	unsigned int nr = below(9), size = nr < 8 ? sizes[nr] : below(64), i;
	union {
		struct mailslot_create create;
		struct mailslot_set_info set;
		struct mailslot_receive receive;
		struct mailslot_send send;
		struct mailslot_list list;
		unsigned char bytes[1024];
	} args = {};
	struct mailslot_recv_msg messages[4] = {};
	uint64_t at = somewhere(), array = somewhere();
	int fd = wild_file(), new;

	if (fd < 0)
		return;
	switch (nr) {
	case 0:
		slot_name(args.create.name, false);
		args.create.mode = 0666;
		break;
	case 2:
		args.set.mask = 1U << below(8);
		args.set.read_timeout_ns = args.set.mask == 1 ? below(100000) : 0;
		if (args.set.mask & MAILSLOT_SET_QUEUE_BYTES)
			args.set.queue_bytes = below(100000);
		if (args.set.mask & MAILSLOT_SET_MAX_MESSAGE_SIZE)
			args.set.max_message_size = below(10000);
		break;
	case 3:
		args.receive.messages = array;
		args.receive.count = chance(90) ? below(8) : any();
		args.receive.message_size = sizeof(messages[0]);
		args.receive.flags = below(4);
		break;
	case 4:
		args.send.messages = array;
		args.send.count = chance(90) ? below(8) : any();
		args.send.message_size = sizeof(struct mailslot_send_msg);
		args.send.flags = below(2);
		break;
	case 5:
		args.list.entries = array;
		args.list.count = chance(90) ? below(8) : any();
		args.list.entry_size = sizeof(struct mailslot_list_entry);
		break;
	}
	for (i = 0; i < ARRAY_SIZE(messages); i++) {
		messages[i].buffer = somewhere();
		messages[i].capacity = some_length();
		if (nr == 4) {
			struct mailslot_send_msg *msgs = (struct mailslot_send_msg *)messages;

			msgs[i] = (struct mailslot_send_msg){ somewhere(), some_length(), 0 };
		}
	}
	scramble(&args, 64);
	scramble(messages, sizeof(messages));
	if (chance(20))
		size = below(1 << 14);
	arena_write(at, &args, sizeof(args));
	arena_write(array, messages, sizeof(messages));
	new = ioctl(fd, _IOC(below(4), chance(97) ? MAILSLOT_IOC_MAGIC : below(256), nr, size), at);
	/* A slot or a ring that came of it. */
	if (new > 2 && (nr == 0 || nr == 6))
		close(new);
	close(fd);
}

static void do_raw_call(void)
{
	struct iovec parts[4];
	int fd = wild_file(), i, pipes[2];
	struct pollfd polled = { .fd = fd, .events = any() };
	fd_set set;
	struct timeval now = {};
	loff_t offset = 0;

	if (fd < 0)
		return;
	for (i = 0; i < 4; i++)
		parts[i] = (struct iovec){ (void *)(uintptr_t)somewhere(), some_length() };
	switch (below(16)) {
	case 0 ... 2:
		syscall(SYS_write, fd, somewhere(), (size_t)some_length());
		break;
	case 3 ... 4:
		syscall(SYS_read, fd, somewhere(), (size_t)some_length());
		break;
	case 5:
		writev(fd, parts, below(5));
		break;
	case 6:
		readv(fd, parts, below(5));
		break;
	case 7:
		preadv2(fd, parts, below(5), -1, any() & 0x3f);
		break;
	case 8:
		pwritev2(fd, parts, below(5), -1, any() & 0x3f);
		break;
	case 9:
		poll(&polled, 1, 0);
		break;
	case 10:
		if (fd < FD_SETSIZE) {
			FD_ZERO(&set);
			FD_SET(fd, &set);
			select(fd + 1, &set, NULL, NULL, &now);
		}
		break;
	case 11:
		fcntl(fd, F_SETFL, any() & (O_NONBLOCK | O_APPEND | O_ASYNC | O_DIRECT));
		fcntl(fd, F_SETOWN, getpid());
		break;
	case 12:
		syscall(SYS_ioctl, fd, chance(50) ? FIONREAD : FIOASYNC, somewhere());
		break;
	case 13:
		if (mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) != MAP_FAILED &&
		    fd != others[0])
			lseek(fd, 0, SEEK_SET);
		ftruncate(fd, 0);
		pread(fd, parts, 1, 0);
		break;
	case 14:
		sendfile(fd, others[2], &offset, below(5000));
		break;
	case 15:
		if (!pipe2(pipes, O_NONBLOCK)) {
			if (write(pipes[1], &offset, sizeof(offset)) > 0)
				splice(pipes[0], NULL, fd, NULL, 8, SPLICE_F_NONBLOCK);
			splice(fd, NULL, pipes[1], NULL, below(5000), SPLICE_F_NONBLOCK);
			close(pipes[0]);
			close(pipes[1]);
		}
		break;
	}
	close(fd);
}

/* A child with the same files that does some of it and goes, or is shot in the middle. */
static void do_fork(void)
{
	pid_t pid = fork();
	int i;

	if (!pid) {
		alarm(5);
		for (i = 0; i < 20; i++) {
			if (chance(40))
				do_raw_ioctl();
			else if (chance(20))
				ring_call_wild();
			else
				do_checked();
		}
		_exit(0);
	}
	if (pid < 0)
		return;
	if (chance(70)) {
		usleep(below(2000));
		kill(pid, SIGKILL);
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Where this thread runs, and whether it runs only when nobody else wants to. */
static void do_schedule(void)
{
	static const struct sched_param none;
	cpu_set_t cpus;
	int cpu, count = sysconf(_SC_NPROCESSORS_ONLN);

	CPU_ZERO(&cpus);
	for (cpu = 0; cpu < count; cpu++)
		CPU_SET(cpu, &cpus);
	if (chance(60)) {
		CPU_ZERO(&cpus);
		CPU_SET(below(count), &cpus);
	}
	sched_setaffinity(0, sizeof(cpus), &cpus);
	sched_setscheduler(0, chance(40) ? SCHED_IDLE : SCHED_OTHER, &none);
}

/*
 * Where the kernel puts the frame of a signal: without memory for it, the kernel ends us. Shared,
 * so that a fork does not make it write to a copy; the children handle no signal.
 */
static void signal_stack(void)
{
	stack_t stack = { .ss_size = 16 * PAGE };

	stack.ss_sp = mmap(NULL, stack.ss_size, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (stack.ss_sp == MAP_FAILED || sigaltstack(&stack, NULL))
		_exit(3);
}

static void *call(void *argument)
{
	self = argument;
	signal_stack();
	cover_begin();
	__atomic_add_fetch(&shared->ready, 1, __ATOMIC_RELAXED);
	while (!__atomic_load_n(&self->stop, __ATOMIC_RELAXED)) {
		switch (below(80)) {
		case 0 ... 3:
			do_create();
			break;
		case 4 ... 9:
			do_open();
			break;
		case 10 ... 11:
			do_close();
			break;
		case 12 ... 31:
			do_checked();
			break;
		case 32 ... 49:
			do_raw_ioctl();
			break;
		case 50 ... 62:
			do_raw_call();
			break;
		case 64 ... 75:
			ring_call();
			break;
		case 76 ... 79:
			ring_call_wild();
			break;
		default:
			if (chance(20))
				do_fork();
			else
				do_schedule();
			break;
		}
		cover_called();
		__atomic_add_fetch(&shared->calls, 1, __ATOMIC_RELAXED);
	}
	return NULL;
}

/* Changes, protects, unmaps and maps again what the callers' calls are busy with. */
static void *disturb(void *argument)
{
	static const int protections[] = { PROT_READ | PROT_WRITE, PROT_READ, PROT_NONE };

	self = argument;
	while (!__atomic_load_n(&self->stop, __ATOMIC_RELAXED)) {
		unsigned char *page = arena + below(ARENA_PAGES) * PAGE;
		uint32_t value = chance(50) ? below(5000) : 0;

		switch (below(8)) {
		case 0:
			mprotect(page, PAGE, protections[below(3)]);
			break;
		case 1:
			munmap(page, PAGE);
			break;
		case 2 ... 3:
			mmap(page, PAGE, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
			break;
		case 4:
			madvise(page, PAGE, MADV_DONTNEED);
			break;
		default:
			arena_write((uintptr_t)page + below(PAGE / 4) * 4, &value, sizeof(value));
			break;
		}
		ring_disturb();
		if (chance(30))
			sched_yield();
	}
	return NULL;
}

static void nothing(int signal)
{
	(void)signal;
}

/* In a mount namespace of the round's own, so that the instance goes with it. */
static int instance_make(void)
{
	if (unshare(CLONE_NEWNS) || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("mailslot", "/mnt", "mailslot", 0, NULL))
		return -1;
	return open("/mnt", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* One round of calls, as somebody without privileges. */
static void round_run(unsigned long seed, unsigned long calls)
{
	static const char *const paths[] = { "/dev/zero", "/dev/null", "/proc/self/exe" };
	struct caller callers[CALLERS + 1] = {};
	struct sigaction action = { .sa_handler = nothing, .sa_flags = SA_ONSTACK };
	unsigned int i, spins = 0;
	unsigned long before = 0;

	umask(0);
	if (setgid(65534) || setuid(65534))
		_exit(3);
	sigaction(SIGUSR1, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGIO, SIG_IGN);
	control = open(MAILSLOT_CONTROL, O_RDWR | O_CLOEXEC);
	for (i = 0; i < FILES; i++)
		files[i] = -1;
	for (i = 0; i < 3; i++)
		others[i] = open(paths[i], i == 2 ? O_RDONLY : O_RDWR);
	if (pipe2(others + 3, O_NONBLOCK))
		_exit(3);
	others[5] = 999;
	others[6] = directory;
	/* Far from all else: two gigabytes from its end on reach nothing that is needed. */
	arena = mmap((void *)ARENA_BASE, ARENA_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (control < 0 || arena == MAP_FAILED || !ring_init())
		_exit(3);
	for (i = 0; i <= CALLERS; i++) {
		callers[i].random = seed * 0x9e3779b97f4a7c15 + i * 0x100000001b3 + 1;
		callers[i].number = i;
		callers[i].own = malloc(LONGEST + 64);
		callers[i].edge = ring_edge();
		if (!callers[i].own || !callers[i].edge ||
		    pthread_create(&callers[i].thread, NULL, i < CALLERS ? call : disturb,
				   &callers[i]))
			_exit(3);
	}
	__atomic_add_fetch(&shared->ready, 1, __ATOMIC_RELAXED);
	/* Signals, so that nobody waits for ever; a call that ends with none is a hang. */
	while (__atomic_load_n(&shared->calls, __ATOMIC_RELAXED) < calls) {
		unsigned long now;

		usleep(500);
		for (i = 0; i < CALLERS; i++)
			pthread_kill(callers[i].thread, SIGUSR1);
		now = __atomic_load_n(&shared->calls, __ATOMIC_RELAXED);
		spins = now == before ? spins + 1 : 0;
		before = now;
		if (spins > 200000)
			_exit(4);
	}
	for (i = 0; i <= CALLERS; i++)
		__atomic_store_n(&callers[i].stop, true, __ATOMIC_RELAXED);
	for (i = 0; i <= CALLERS; i++) {
		/* Once more for whoever went to sleep since. */
		struct timespec end;

		for (;;) {
			clock_gettime(CLOCK_REALTIME, &end);
			end.tv_nsec += 10000000;
			if (end.tv_nsec >= 1000000000) {
				end.tv_nsec -= 1000000000;
				end.tv_sec++;
			}
			if (!pthread_timedjoin_np(callers[i].thread, NULL, &end))
				break;
			pthread_kill(callers[i].thread, SIGUSR1);
		}
	}
	_exit(0);
}

static unsigned long long number_in(const char *path)
{
	unsigned long long value = 0;
	FILE *file = fopen(path, "re");

	if (file && fscanf(file, "%llu", &value) != 1)
		value = 0;
	if (file)
		fclose(file);
	return value;
}

static void parameter(const char *name, unsigned long long value)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/module/mailslot/parameters/%s", name);
	file = fopen(path, "we");
	if (!file)
		return;
	fprintf(file, "%llu", value);
	fclose(file);
}

/* Limits as they come: small, so that they are met. */
static const struct limits {
	unsigned int slots, user_slots;
	unsigned long user_bytes, queue_bytes;
} limits[] = {
	{ 65536, 1024, 256UL << 20, 16UL << 20 },
	{ 65536, 4, 64 << 10, 1 << 20 },
	{ 3, 1024, 1UL << 20, 100 },
	{ 65536, 1024, 4096, 32 << 10 },
};

static const char *const names[] = {
	"max_slots", "max_user_slots", "max_user_bytes", "default_queue_bytes",
};

/* The round's own memory cgroup, where there is one to be had. */
#define CGROUP	"/sys/fs/cgroup/mailslot-fuzz-abi"

static bool cgroup_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return written;
}

static bool cgroup_make(void)
{
	rmdir(CGROUP);
	return !mkdir(CGROUP, 0755) && cgroup_write(CGROUP "/memory.max", "max");
}

/* Nobody in it is killed for lack of memory, so that whatever asks for more is told so. */
static void cgroup_join(void)
{
	if (!cgroup_write("/proc/self/oom_score_adj", "-1000") ||
	    !cgroup_write(CGROUP "/cgroup.procs", "0"))
		_exit(5);
}

/* Wait for the round, whose memory is scarce now and then once all of it has begun. */
static int cgroup_wait(pid_t pid, bool scarce)
{
	const unsigned int all = CALLERS + 1;
	unsigned int turn = 0;
	int status = -1;
	char text[32];

	while (!waitpid(pid, &status, scarce ? WNOHANG : 0)) {
		if (__atomic_load_n(&shared->ready, __ATOMIC_RELAXED) < all) {
			usleep(1000);
			continue;
		}
		/* No less than there is: nothing is taken away, and nothing more is given. */
		snprintf(text, sizeof(text), "%llu",
			 number_in(CGROUP "/memory.current") + turn % 3 * 65536);
		cgroup_write(CGROUP "/memory.max", turn % 4 == 3 ? text : "max");
		usleep(turn++ % 4 == 3 ? 5000 : 20000);
	}
	return status;
}

static bool nothing_left(void)
{
	int i;

	/* What the last close started may still be on its way. */
	for (i = 0; i < 1500; i++) {
		if (!number_in("/sys/module/mailslot/refcnt") &&
		    access(MAILSLOT_DIR "/fuzz-abi", F_OK))
			return true;
		usleep(10000);
	}
	return false;
}

int main(int argc, char **argv)
{
	unsigned long seed = 1, calls = 20000, whole = 0, ringed = 0, done = 0;
	unsigned long long saved[ARRAY_SIZE(names)];
	unsigned int test = 0, failures = 0, i, j;
	bool edges = false;
	char path[128];
	int option;

	/* Nor may it lack memory for what it tells the C library of restartable sequences. */
	if (!getenv("GLIBC_TUNABLES")) {
		setenv("GLIBC_TUNABLES", "glibc.pthread.rseq=0", 1);
		execv("/proc/self/exe", argv);
	}
	while ((option = getopt(argc, argv, "s:n:e")) != -1) {
		if (option == 's')
			seed = strtoul(optarg, NULL, 0);
		else if (option == 'n')
			calls = strtoul(optarg, NULL, 0);
		else if (option == 'e')
			edges = true;
		else
			return 2;
	}
	if (access(MAILSLOT_CONTROL, R_OK | W_OK)) {
		printf("1..0 # SKIP %s cannot be opened\n", MAILSLOT_CONTROL);
		return 4;
	}
	if (edges && !cover_start()) {
		printf("1..0 # SKIP this kernel has no KCOV\n");
		return 4;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		return 1;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "/sys/module/mailslot/parameters/%s", names[i]);
		saved[i] = number_in(path);
	}
	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		bool good, empty;
		int status;
		bool scarce = cgroup_make();
		pid_t pid;

		memset(shared, 0, sizeof(*shared));
		parameter(names[0], limits[i].slots);
		parameter(names[1], limits[i].user_slots);
		parameter(names[2], limits[i].user_bytes);
		parameter(names[3], limits[i].queue_bytes);
		fflush(stdout);
		pid = fork();
		if (!pid) {
			if (!cover_round())
				_exit(7);
			directory = instance_make();
			if (directory < 0)
				_exit(6);
			if (scarce)
				cgroup_join();
			round_run(seed + i, calls / ARRAY_SIZE(limits));
		}
		status = cgroup_wait(pid, scarce);
		rmdir(CGROUP);
		empty = nothing_left();
		good = !status && !shared->failures && empty;
		printf("%s %u - limits %u: %lu calls, %lu messages checked, %lu of them in rings\n",
		       good ? "ok" : "not ok", ++test, i, shared->calls, shared->whole,
		       shared->ringed);
		if (status)
			printf("# ended with status %#x\n", status);
		if (shared->failures)
			printf("# %lu failures, the first: %s\n", shared->failures, shared->first);
		if (!empty)
			printf("# slots or references are left\n");
		failures += !good;
		whole += shared->whole;
		ringed += shared->ringed;
		done += shared->calls;
	}
	for (j = 0; j < ARRAY_SIZE(names); j++)
		parameter(names[j], saved[j]);
	/* Tight limits may let none through, all of them may not. */
	printf("%s %u - messages came through\n", whole ? "ok" : "not ok", ++test);
	failures += !whole;
	printf("%s %u - messages came through rings\n", ringed ? "ok" : "not ok", ++test);
	failures += !ringed;
	if (edges) {
		printf("%s %u - blocks of the module were reached\n",
		       cover_edges() ? "ok" : "not ok", ++test);
		failures += !cover_edges();
		printf("# %u edges\n", cover_edges());
	}
	printf("# %lu calls, %lu messages checked, seed %lu\n1..%u\n", done, whole, seed, test);
	return failures != 0;
}
