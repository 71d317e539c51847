/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of hostile and of starved tasks share: users, processors, tasks that
 * keep a processor busy, memory that never comes.  No test is in here.
 */
#ifndef MAILSLOT_ADVERSARY_H
#define MAILSLOT_ADVERSARY_H

#include <linux/userfaultfd.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include "mailslot_test.h"

/* Users nobody has an account for. */
#define ALICE		12345
#define BOB		12346
#define FRIENDS		54321

/* The effective ids only are changed, so that root comes back. */
static inline void act_as(uid_t uid, gid_t gid)
{
	if (setresuid(-1, 0, -1) || setresgid(-1, gid, -1) || setresuid(-1, uid, -1))
		abort();
}

/* A slot of a user's, which everybody may write to; name may be NULL. */
static inline int slot_of(uid_t uid, __u64 queue_bytes, char *name)
{
	struct mailslot_create args = create_args(NULL);
	int server;

	args.mode = 0666;
	args.queue_bytes = queue_bytes;
	umask(0);
	act_as(uid, FRIENDS);
	server = create_slot(&args);
	act_as(0, 0);
	if (name)
		strcpy(name, args.name);
	return server;
}

static inline int write_text(const char *path, const char *text)
{
	int fd = R(open(path, O_WRONLY | O_CLOEXEC)), ret;

	if (fd < 0)
		return fd;
	ret = R(write(fd, text, strlen(text)));
	close(fd);
	return ret < 0 ? ret : 0;
}

static inline ssize_t slurp(const char *path, char *text, size_t size)
{
	int fd = R(open(path, O_RDONLY | O_CLOEXEC));
	ssize_t length, room = size - 1;

	if (fd < 0)
		return fd;
	length = R(read(fd, text, room));
	close(fd);
	text[length < 0 ? 0 : length] = '\0';
	return length;
}

/* Memory that processes share and that outlives none of them. */
static inline void *shared_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		abort();
	return memory;
}

static inline bool two_processors(void)
{
	return sysconf(_SC_NPROCESSORS_ONLN) > 1;
}

static inline void run_on(int processor)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(processor, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		abort();
}

/* The calling task gets a processor only when nobody else has a use for it. */
static inline void run_when_idle(void)
{
	if (sched_setscheduler(0, SCHED_IDLE, &(struct sched_param) {}))
		abort();
}

/*
 * Hogs keep one processor busy while they are told to. A starved task beside them has less than a
 * thousandth of it, and the kernel's own threads there still have their turn.
 */
struct hogs {
	bool *busy;		/* __atomic_*, shared */
	pid_t pids[2];
};

static inline void hog(const bool *busy, int processor)
{
	run_on(processor);
	if (setpriority(PRIO_PROCESS, 0, -10))
		abort();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_TIMERSLACK, 1);
	for (;;)
		if (!__atomic_load_n(busy, __ATOMIC_RELAXED))
			sleep_ns(NSEC_PER_MSEC);
}

/* Hogs have all descriptors that are open now. */
static inline struct hogs hogs_start(int processor)
{
	struct hogs hogs = { .busy = shared_memory(sizeof(bool)) };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hogs.pids); i++) {
		hogs.pids[i] = fork();
		if (hogs.pids[i] < 0)
			abort();
		if (!hogs.pids[i])
			hog(hogs.busy, processor);
	}
	return hogs;
}

/* Once this has returned, both hogs are awake. */
static inline void hogs_busy(struct hogs *hogs, bool busy)
{
	__atomic_store_n(hogs->busy, busy, __ATOMIC_RELAXED);
	sleep_ns(10 * NSEC_PER_MSEC);
}

static inline void hogs_end(struct hogs *hogs)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(hogs->pids); i++) {
		kill(hogs->pids[i], SIGKILL);
		waitpid(hogs->pids[i], NULL, 0);
	}
	munmap(hogs->busy, sizeof(bool));
}

/* Memory whose pages nobody ever brings; -errno or the descriptor that tells of the faults. */
static inline int pages_that_never_come(size_t size, char **pages)
{
	int faults = R(syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK));
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	if (faults < 0)
		return faults;
	*pages = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	reg.range.start = addr(*pages);
	reg.range.len = size;
	if (*pages == MAP_FAILED || ioctl(faults, UFFDIO_API, &api) ||
	    ioctl(faults, UFFDIO_REGISTER, &reg))
		abort();
	return faults;
}

/* One more task has come to such a page. */
static inline bool fault_comes(int faults)
{
	struct pollfd p = { .fd = faults, .events = POLLIN };
	struct uffd_msg msg;

	return poll(&p, 1, PATIENCE_NS / NSEC_PER_MSEC) == 1 &&
	       read(faults, &msg, sizeof(msg)) == sizeof(msg) &&
	       msg.event == UFFD_EVENT_PAGEFAULT;
}

#endif /* MAILSLOT_ADVERSARY_H */
