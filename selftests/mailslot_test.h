/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the mailslot selftests share: slots and clients, calls that block in a
 * thread of their own, module parameters.  No test is in here, and nothing that
 * only one of them needs.  A test that hangs is killed by the harness, with all its
 * processes, after the watchdog has told where they were.
 */
#ifndef MAILSLOT_TEST_H
#define MAILSLOT_TEST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>
#include <linux/mailslot.h>
#include "harness.h"
#include "watchdog.h"

/* Younger machines have the calls that the older ones are special cases of. */
#ifndef SYS_poll
#define SYS_poll	SYS_ppoll
#endif
#ifndef SYS_epoll_wait
#define SYS_epoll_wait	SYS_epoll_pwait
#endif

/* What output fields hold before a call: no right answer looks like it. */
#define POISON		0xa5
#define POISON32	0xa5a5a5a5U
#define POISON64	0xa5a5a5a5a5a5a5a5ULL

#define COST		MAILSLOT_MESSAGE_COST
#define NSEC_PER_MSEC	1000000ULL
#define NSEC_PER_SEC	1000000000ULL

/* How long anything may take that has no reason to take long at all. */
#define PATIENCE_NS	(30 * NSEC_PER_SEC)

/* A call's value, or -errno: one comparison serves success and failure. */
#define R(call) ({							\
	long r_ = (call);						\
									\
	r_ == -1 ? -(long)errno : r_;					\
})

/* Opening the link to a server end fails, to root too: with EACCES since 6.15.4, ENXIO before. */
static inline bool never_opened(int ret)
{
	return ret == -ENXIO || ret == -EACCES;
}

static inline __u64 addr(const void *p)
{
	return (uintptr_t)p;
}

static inline __u64 now_ns(clockid_t clock)
{
	struct timespec ts;

	clock_gettime(clock, &ts);
	return ts.tv_sec * NSEC_PER_SEC + ts.tv_nsec;
}

static inline void sleep_ns(__u64 ns)
{
	struct timespec ts = { ns / NSEC_PER_SEC, ns % NSEC_PER_SEC };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

/* Where slots live: in the instance that MAILSLOT_DIR of the environment names, if it does. */
static inline const char *instance_place(void)
{
	const char *place = getenv("MAILSLOT_DIR");

	return place && *place ? place : NULL;
}

static inline const char *slots_place(void)
{
	return instance_place() ?: MAILSLOT_DIR;
}

/* That on which slots are made: an instance's directory, or the control node. */
static inline int control_open(void)
{
	if (instance_place())
		return R(open(instance_place(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	return R(open(MAILSLOT_CONTROL, O_RDWR | O_CLOEXEC));
}

/* A name no other slot of this machine has: of this process, counted. */
static inline void unique_name(char *name)
{
	static unsigned int count;

	snprintf(name, MAILSLOT_NAME_SIZE, "selftest-%d-%u", getpid(), count++);
}

/* Open to all who may, no limits, reads do not wait. */
static inline struct mailslot_create create_args(const char *name)
{
	struct mailslot_create args = { .mode = 0600 };
	size_t i;

	if (!name)
		unique_name(args.name);
	else
		for (i = 0; name[i] && i < sizeof(args.name) - 1; i++)
			args.name[i] = name[i];
	return args;
}

/* The server end, or -errno. */
static inline int create_slot(const struct mailslot_create *args)
{
	int control = control_open();
	int server;

	if (control < 0)
		return control;
	server = R(ioctl(control, MAILSLOT_IOC_CREATE, args));
	close(control);
	return server;
}

static inline int create_named(const char *name)
{
	struct mailslot_create args = create_args(name);

	return create_slot(&args);
}

static inline const char *node_path(const char *name)
{
	static __thread char path[64 + MAILSLOT_NAME_SIZE];

	snprintf(path, sizeof(path), "%s/%s", slots_place(), name);
	return path;
}

/* Directories that CREATE made go with their last slot; in an instance, soon after. */
static inline bool directory_gone(const char *name)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;

	while (instance_place() && !access(node_path(name), F_OK) &&
	       now_ns(CLOCK_MONOTONIC) < end)
		sleep_ns(NSEC_PER_MSEC);
	return access(node_path(name), F_OK) == -1 && errno == ENOENT;
}

/* A client end, or -errno. */
static inline int client_open(const char *name, int flags)
{
	return R(open(node_path(name), flags | O_CLOEXEC));
}

static inline struct mailslot_info info_of(int fd)
{
	struct mailslot_info info;

	memset(&info, POISON, sizeof(info));
	if (ioctl(fd, MAILSLOT_IOC_GET_INFO, &info))
		memset(&info, POISON, sizeof(info));
	return info;
}

static inline __u64 message_count(int fd)
{
	return info_of(fd).message_count;
}

static inline short poll_now(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, 0) < 0 ? -1 : p.revents;
}

/* A message slot of a RECEIVE with its output fields poisoned. */
static inline struct mailslot_recv_msg recv_slot(void *buffer, size_t capacity)
{
	struct mailslot_recv_msg msg;

	memset(&msg, POISON, sizeof(msg));
	msg.buffer = addr(buffer);
	msg.capacity = capacity;
	msg.reserved = 0;
	return msg;
}

static inline struct mailslot_receive receive_args(struct mailslot_recv_msg *msgs, __u32 count)
{
	return (struct mailslot_receive) {
		.messages = addr(msgs), .count = count, .message_size = sizeof(*msgs),
	};
}

static inline struct mailslot_send_msg send_slot(const void *buffer, size_t length)
{
	return (struct mailslot_send_msg) { .buffer = addr(buffer), .length = length };
}

static inline struct mailslot_send send_args(const struct mailslot_send_msg *msgs, __u32 count)
{
	return (struct mailslot_send) {
		.messages = addr(msgs), .count = count, .message_size = sizeof(*msgs),
	};
}

static inline long receive(int fd, struct mailslot_recv_msg *msgs, __u32 count, __u32 flags)
{
	struct mailslot_receive args = receive_args(msgs, count);

	args.flags = flags;
	return R(ioctl(fd, MAILSLOT_IOC_RECEIVE, &args));
}

static inline long send_batch(int fd, const struct mailslot_send_msg *msgs, __u32 count,
			      __u32 flags)
{
	struct mailslot_send args = send_args(msgs, count);

	args.flags = flags;
	return R(ioctl(fd, MAILSLOT_IOC_SEND, &args));
}

/* Bytes that tell their place, so that a shift by one or a swapped page shows. */
static inline void fill(void *buffer, size_t size, unsigned int seed)
{
	unsigned char *p = buffer;
	size_t i;

	for (i = 0; i < size; i++)
		p[i] = seed + i + (i >> 8) * 7 + (i >> 16) * 13;
}

static inline bool filled(const void *buffer, size_t size, unsigned int seed)
{
	const unsigned char *p = buffer;
	size_t i;

	for (i = 0; i < size; i++)
		if (p[i] != (unsigned char)(seed + i + (i >> 8) * 7 + (i >> 16) * 13))
			return false;
	return true;
}

static inline bool all_bytes(const void *buffer, size_t size, unsigned char byte)
{
	const unsigned char *p = buffer;
	size_t i;

	for (i = 0; i < size; i++)
		if (p[i] != byte)
			return false;
	return true;
}

/* Two pages' worth of bytes before a page that cannot be touched. */
static inline char *before_hole(size_t size)
{
	size_t page = sysconf(_SC_PAGESIZE);
	size_t room = (size + page - 1) / page * page;
	char *p = mmap(NULL, room + page, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || mprotect(p + room, page, PROT_NONE))
		abort();
	return p + room - size;
}

/* An address with nothing behind it. */
static inline void *nowhere(void)
{
	return before_hole(0);
}

/* Does it sleep as one does who can be woken by a signal, rather than for a page or a lock? */
static inline bool sleeps_interruptibly(pid_t pid, pid_t tid)
{
	char path[64], text[512], *end;
	bool sleeps = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
	file = fopen(path, "r");
	if (!file)
		return false;
	if (fgets(text, sizeof(text), file)) {
		end = strrchr(text, ')');
		sleeps = end && end[1] == ' ' && end[2] == 'S';
	}
	fclose(file);
	return sleeps;
}

/* The system call a task of this process sleeps in, or -1. */
static inline long sleeping_in(pid_t pid, pid_t tid)
{
	char path[64];
	long nr = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/syscall", pid, tid);
	file = fopen(path, "r");
	if (!file)
		return -1;
	if (fscanf(file, "%ld", &nr) != 1)
		nr = -1;
	fclose(file);
	/* A call may sleep in a page fault before it comes to sleep for what is tested. */
	return sleeps_interruptibly(pid, tid) ? nr : -1;
}

static inline bool wait_asleep(pid_t pid, pid_t tid, long nr)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;

	while (sleeping_in(pid, tid) != nr) {
		if (now_ns(CLOCK_MONOTONIC) > end)
			return false;
		sleep_ns(NSEC_PER_MSEC);
	}
	return true;
}

/*
 * A call made in a thread of its own.  call_start() returns when the thread has
 * its tid; call_asleep() when it sleeps in the system call; call_join() gives the
 * call's value or -errno.
 */
struct call {
	long (*function)(struct call *call);
	int fd;
	void *buffer;
	size_t size;
	__u64 deadline_ns;

	pthread_t thread;
	pid_t tid;	/* __atomic_*: the starter waits for it */
	bool done;	/* __atomic_* */
	long result;
	__u64 begin_ns;
	__u64 end_ns;
};

static inline long call_read(struct call *call)
{
	return R(read(call->fd, call->buffer, call->size));
}

static inline long call_write(struct call *call)
{
	return R(write(call->fd, call->buffer, call->size));
}

static inline long call_receive(struct call *call)
{
	struct mailslot_recv_msg msg = recv_slot(call->buffer, call->size);
	struct mailslot_receive args = receive_args(&msg, 1);

	args.deadline_ns = call->deadline_ns;
	return R(ioctl(call->fd, MAILSLOT_IOC_RECEIVE, &args));
}

static inline void *call_thread(void *argument)
{
	struct call *call = argument;

	call->begin_ns = now_ns(CLOCK_MONOTONIC);
	__atomic_store_n(&call->tid, syscall(SYS_gettid), __ATOMIC_RELEASE);
	call->result = call->function(call);
	call->end_ns = now_ns(CLOCK_MONOTONIC);
	__atomic_store_n(&call->done, true, __ATOMIC_RELEASE);
	return NULL;
}

static inline bool call_start(struct call *call)
{
	call->tid = 0;
	call->done = false;
	if (pthread_create(&call->thread, NULL, call_thread, call))
		return false;
	while (!__atomic_load_n(&call->tid, __ATOMIC_ACQUIRE))
		sleep_ns(NSEC_PER_MSEC / 10);
	return true;
}

static inline bool call_done(struct call *call)
{
	return __atomic_load_n(&call->done, __ATOMIC_ACQUIRE);
}

/* False if it came to its end instead. */
static inline bool call_asleep(struct call *call, long nr)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS;

	while (sleeping_in(getpid(), call->tid) != nr) {
		if (call_done(call) || now_ns(CLOCK_MONOTONIC) > end)
			return false;
		sleep_ns(NSEC_PER_MSEC);
	}
	return true;
}

static inline long call_join(struct call *call)
{
	pthread_join(call->thread, NULL);
	return call->result;
}

/* A child's exit status, or 128 and the signal that killed it. */
static inline int child_status(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* On some 32-bit machines the plain name is that of a call with 16-bit numbers. */
#ifdef SYS_setgroups32
#define SETGROUPS	SYS_setgroups32
#else
#define SETGROUPS	SYS_setgroups
#endif

/* Gives up root for good, groups included. */
static inline int become(uid_t uid, gid_t gid)
{
	if (syscall(SETGROUPS, 0, NULL) || setresgid(gid, gid, gid) || setresuid(uid, uid, uid))
		return -errno;
	return 0;
}

#define PARAMETERS	"/sys/module/mailslot/parameters/"

static inline unsigned long long parameter_get(const char *name)
{
	unsigned long long value = 0;
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	file = fopen(path, "r");
	if (!file)
		return 0;
	if (fscanf(file, "%llu", &value) != 1)
		value = 0;
	fclose(file);
	return value;
}

/* 0 or -errno. */
static inline int parameter_set(const char *name, unsigned long long value)
{
	char path[128], text[32];
	int fd, ret, length;

	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	fd = R(open(path, O_WRONLY | O_CLOEXEC));
	if (fd < 0)
		return fd;
	length = snprintf(text, sizeof(text), "%llu", value);
	ret = R(write(fd, text, length));
	close(fd);
	return ret == length ? 0 : ret;
}

/* A program that needs more than the module says what is missing, or NULL. */
#ifndef MISSING
#define MISSING()	NULL
#endif

/* Without the module nothing can be tested: that is a skip, not a failure. */
int main(int argc, char **argv)
{
	const char *missing;

	if (access(MAILSLOT_CONTROL, R_OK | W_OK))
		ksft_exit_skip("%s cannot be opened\n", MAILSLOT_CONTROL);
	missing = MISSING();
	if (missing)
		ksft_exit_skip("%s\n", missing);
	watchdog_start(TEST_TIMEOUT_DEFAULT * harness_slowness() - 15);
	return harness_run(argc, argv);
}

#endif /* MAILSLOT_TEST_H */
