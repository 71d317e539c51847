// SPDX-License-Identifier: GPL-2.0-only
/* The processes of a sequence, in lock-step. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "workers.h"

/* What controller and worker share. */
struct mailbox {
	__u32 asked;		/* operations; __atomic_*, a futex of the worker's */
	__u32 done;		/* of them; __atomic_* */
	__u32 signals;		/* that its handler has seen; __atomic_* */
	struct op op;
	struct result result;
};

static struct mailbox *mailboxes;
static __u32 *events;		/* a futex of the controller's: operations that ended */
static unsigned char *areas[NPROC];
static int flight_ends[2];
static pid_t pids[NPROC];
static int syscalls[NPROC];	/* /proc/PID/syscall */
static unsigned int self;	/* in a worker */

static void futex_wait(__u32 *word, __u32 value, long ns)
{
	struct timespec limit = { 0, ns };

	syscall(SYS_futex, word, FUTEX_WAIT, value, ns ? &limit : NULL, NULL, 0);
}

static void futex_wake(__u32 *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void *shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		abort();
	return p;
}

void workers_init(const int flights[2])
{
	unsigned int i;

	mailboxes = shared(NPROC * sizeof(*mailboxes));
	events = shared(sizeof(*events));
	memcpy(flight_ends, flights, sizeof(flight_ends));
	for (i = 0; i < NPROC; i++) {
		areas[i] = area_new();
		syscalls[i] = -1;
	}
}

static void on_signal(int number)
{
	(void)number;
	__atomic_add_fetch(&mailboxes[self].signals, 1, __ATOMIC_RELEASE);
}

static void handle(int number, int flags)
{
	struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };

	sigaction(number, &action, NULL);
}

/* The child of a worker is the controller's, as the worker itself is. */
static long worker_fork(struct actor *actor, unsigned int to)
{
	long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

	if (pid)
		return pid < 0 ? -errno : pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	self = to;
	actor->area = areas[to];
	/* An epoll is not for two. */
	close(actor->epoll);
	actor->epoll = epoll_create1(EPOLL_CLOEXEC);
	return 0;
}

__attribute__((noreturn))
static void work(struct actor *actor)
{
	/* Not @asked: that may go on before this process runs. */
	__u32 seen = mailboxes[self].done;

	for (;;) {
		struct mailbox *box = &mailboxes[self];

		while (__atomic_load_n(&box->asked, __ATOMIC_ACQUIRE) == seen)
			futex_wait(&box->asked, seen, 0);
		seen++;
		if (box->op.kind == OP_FORK) {
			unsigned int to = box->op.to;
			long pid = worker_fork(actor, to);

			if (self == to) {
				seen = mailboxes[self].done;
				continue;
			}
			box->result.ret = pid;
		} else {
			execute(actor, &box->op, &box->result);
		}
		__atomic_store_n(&box->done, seen, __ATOMIC_RELEASE);
		__atomic_add_fetch(events, 1, __ATOMIC_RELEASE);
		futex_wake(events);
	}
}

static void forget(unsigned int worker)
{
	if (syscalls[worker] >= 0)
		close(syscalls[worker]);
	syscalls[worker] = -1;
	pids[worker] = 0;
	mailboxes[worker].done = mailboxes[worker].asked;
}

int worker_spawn(unsigned int worker, unsigned int identity)
{
	struct actor actor;
	pid_t parent = getpid();

	forget(worker);
	pids[worker] = fork();
	if (pids[worker] < 0)
		return -errno;
	if (pids[worker])
		return pids[worker];
	self = worker;
	handle(SIGUSR1, 0);
	handle(SIGUSR2, SA_RESTART);
	umask(022);
	become(identity, true);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Else the controller could not look what it sleeps in. */
	prctl(PR_SET_DUMPABLE, 1);
	if (getppid() != parent)
		_exit(1);
	actor_init(&actor, areas[worker], flight_ends);
	work(&actor);
}

void worker_start(unsigned int worker, const struct op *op)
{
	struct mailbox *box = &mailboxes[worker];

	box->op = *op;
	memset(&box->result, 0, sizeof(box->result));
	if (op->kind == OP_FORK)
		forget(op->to);
	__atomic_add_fetch(&box->asked, 1, __ATOMIC_RELEASE);
	futex_wake(&box->asked);
}

const struct result *worker_result(unsigned int worker)
{
	struct mailbox *box = &mailboxes[worker];
	struct op *op = &box->op;

	if (__atomic_load_n(&box->done, __ATOMIC_ACQUIRE) != box->asked)
		return NULL;
	if (op->kind == OP_FORK && box->result.ret > 0) {
		pids[op->to] = box->result.ret;
		/* Once: it may end, and another take its place. */
		op->kind = OP_NONE;
	}
	return &box->result;
}

const unsigned char *worker_area(unsigned int worker)
{
	return areas[worker];
}

void worker_kill(unsigned int worker)
{
	if (pids[worker] <= 0)
		return;
	kill(pids[worker], SIGKILL);
	waitpid(pids[worker], NULL, 0);
	forget(worker);
}

void workers_end(void)
{
	unsigned int i;

	for (i = 0; i < NPROC; i++)
		worker_kill(i);
}

void worker_signal(unsigned int worker, bool restart)
{
	struct mailbox *box = &mailboxes[worker];
	__u32 before = __atomic_load_n(&box->signals, __ATOMIC_ACQUIRE);

	kill(pids[worker], restart ? SIGUSR2 : SIGUSR1);
	while (__atomic_load_n(&box->signals, __ATOMIC_ACQUIRE) == before)
		futex_wait(&box->signals, before, 100000);
}

/* Asleep in a system call, and not for its next operation or for memory. */
static bool asleep(unsigned int worker)
{
	char text[64], path[64];
	ssize_t length;
	long nr;

	/* Others sleep too, but not for anybody else here. */
	switch (mailboxes[worker].op.kind) {
	case OP_READ:
	case OP_WRITE:
	case OP_RECEIVE:
	case OP_SEND:
	case OP_POLL:
		break;
	default:
		return false;
	}
	if (syscalls[worker] < 0) {
		snprintf(path, sizeof(path), "/proc/%d/syscall", pids[worker]);
		syscalls[worker] = open(path, O_RDONLY | O_CLOEXEC);
	}
	length = pread(syscalls[worker], text, sizeof(text) - 1, 0);
	if (length <= 0)
		return false;
	text[length] = '\0';
	if (text[0] < '0' || text[0] > '9')
		return false;
	nr = strtol(text, NULL, 10);
	return nr != SYS_futex;
}

unsigned long worker_sleeps(unsigned int worker)
{
	char path[64], line[128];
	unsigned long count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/status", pids[worker]);
	file = fopen(path, "r");
	if (!file)
		return 0;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "voluntary_ctxt_switches: %lu", &count) == 1)
			break;
	fclose(file);
	return count;
}

void workers_settle(void)
{
	unsigned int i;
	__u32 before;

	for (i = 0; i < NPROC; i++) {
		if (!pids[i])
			continue;
		for (;;) {
			before = __atomic_load_n(events, __ATOMIC_ACQUIRE);
			if (worker_result(i))
				break;
			if (asleep(i) && !worker_result(i))
				break;
			if (waitpid(pids[i], NULL, WNOHANG) == pids[i]) {
				fprintf(stderr, "process %u ended on its own\n", i);
				_exit(3);
			}
			futex_wait(events, before, 100000);
		}
	}
}
