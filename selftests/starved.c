// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks that get no processor: a task of SCHED_IDLE on a processor that others keep busy
 * stops wherever it is, for as long as an attacker likes.  Whatever it holds then, all
 * others must be able to go on without.
 *
 * Where it stops is chosen: the function tracer, of the module and of those functions of the
 * kernel that a task runs with locks held, wakes a hog on the task's processor.  Hits are
 * counted, and the hog stays at the first, the second, the third... hit, until the call
 * has come to its end once without reaching that number.
 *
 * The kernel must take a processor from a task inside it: one with preempt=full.
 */
#include <sys/utsname.h>
#include <sys/xattr.h>
#include "adversary.h"

#define TRACED		"/sys/kernel/tracing/available_filter_functions"
#define STAGE		"/sys/kernel/tracing/instances/starved/"
#define PREEMPTION	"/sys/kernel/debug/sched/preempt"

/* Room of the slot that all share, and messages that need a page, or pages, of their own. */
#define MESSAGE		4096
#define ROOM		(3 * (MESSAGE + COST))
#define LONG		10000

/*
 * Writers in line.
 */

#define WRITERS		3

struct line {
	char name[MAILSLOT_NAME_SIZE];
	int server;
	int client;
	pid_t pids[WRITERS];
	struct hogs hogs;
};

static void starved_writer(const char *name, size_t size)
{
	static char message[LONG];
	int client;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	run_on(1);
	run_when_idle();
	if (become(ALICE, FRIENDS))
		_exit(1);
	client = client_open(name, O_WRONLY);
	errno = 0;
	_exit(write(client, message, size) == (ssize_t)size ? 0 : errno);
}

/*
 * Fills a slot of BOB's with empty messages, which take few pages, so that those that come need new
 * ones; starved writers stand in line, and from now on they do not run.
 */
static bool line_begin(struct line *line, size_t size)
{
	size_t i;

	run_on(0);
	line->hogs = hogs_start(1);
	line->server = slot_of(BOB, ROOM, line->name);
	line->client = client_open(line->name, O_WRONLY | O_NONBLOCK);
	while (!write(line->client, "", 0))
		;
	for (i = 0; i < WRITERS; i++) {
		line->pids[i] = fork();
		if (!line->pids[i]) {
			close(line->server);
			starved_writer(line->name, size);
		}
		if (!wait_asleep(line->pids[i], line->pids[i], SYS_write))
			return false;
	}
	hogs_busy(&line->hogs, true);
	return true;
}

/* Reads until there is nothing; says how many messages there were. */
static int drain(int server)
{
	static char message[LONG];
	int count = 0;

	while (read(server, message, sizeof(message)) >= 0)
		count++;
	return count;
}

/* How many of so many messages another writer is refused, with a reader that takes each. */
static int refusals(const struct line *line, int rounds)
{
	static char message[MESSAGE];
	int i, refused = 0;

	for (i = 0; i < rounds; i++) {
		if (write(line->client, message, MESSAGE) != MESSAGE)
			refused++;
		drain(line->server);
	}
	return refused;
}

/*
 * A writer's end, while the server reads. Who is still there after a while is stuck: 137 then, as
 * for all that are killed.
 */
static int end_of(const struct line *line, size_t writer)
{
	pid_t pid = line->pids[writer];
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS / 2;
	siginfo_t info = {};

	while (!waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) && !info.si_pid &&
	       now_ns(CLOCK_MONOTONIC) < end) {
		drain(line->server);
		sleep_ns(NSEC_PER_MSEC);
	}
	if (!info.si_pid)
		kill(pid, SIGKILL);
	return child_status(pid);
}

/* The writers come to their end: each with 0 or the error that its write may have. */
static void line_end(struct __test_metadata *_metadata, struct line *line, int error)
{
	size_t i;

	hogs_end(&line->hogs);
	for (i = 0; i < WRITERS; i++) {
		int end = end_of(line, i);

		EXPECT_TRUE(!end || end == error)
			TH_LOG("writer %zu: %d", i, end);
	}
	close(line->client);
	close(line->server);
}

FIXTURE(starved)
{
	unsigned long long max_user_bytes;
};

FIXTURE_SETUP(starved)
{
	if (geteuid())
		SKIP(return, "only root can be others");
	if (!two_processors())
		SKIP(return, "two processors are needed");
	self->max_user_bytes = parameter_get("max_user_bytes");
}

FIXTURE_TEARDOWN_PARENT(starved)
{
	parameter_set("max_user_bytes", self->max_user_bytes);
}

/* Their messages enter when there is room, whether they run or not. */
TEST_F(starved, writers_in_line_shut_nobody_out)
{
	static const size_t sizes[] = { 0, 100, MESSAGE, LONG };
	struct line line;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		ASSERT_TRUE(line_begin(&line, sizes[i]));
		EXPECT_EQ(ROOM / COST + WRITERS, drain(line.server))
			TH_LOG("messages of %zu bytes", sizes[i]);
		EXPECT_EQ(0, refusals(&line, 100))
			TH_LOG("messages of %zu bytes", sizes[i]);
		line_end(_metadata, &line, 0);
	}
}

/* Who is over the slot owner's limit is told so later, and holds up nobody until then. */
TEST_F(starved, refused_writers_shut_nobody_out)
{
	struct line line;

	ASSERT_TRUE(line_begin(&line, LONG));
	ASSERT_EQ(0, parameter_set("max_user_bytes", sysconf(_SC_PAGESIZE)));
	EXPECT_EQ(ROOM / COST, drain(line.server));
	ASSERT_EQ(0, parameter_set("max_user_bytes", self->max_user_bytes));
	EXPECT_EQ(0, refusals(&line, 100));
	line_end(_metadata, &line, EDQUOT);
}

/* A slot with a line of them dies at once, and so may they. */
TEST_F(starved, slots_die_without_them)
{
	struct line line;
	int server;

	ASSERT_TRUE(line_begin(&line, MESSAGE));
	kill(line.pids[1], SIGKILL);
	close(line.server);
	server = create_named(line.name);
	EXPECT_LE(0, server);
	line.server = server;
	hogs_end(&line.hogs);
	EXPECT_EQ(EPIPE, end_of(&line, 0));
	EXPECT_EQ(128 + SIGKILL, end_of(&line, 1));
	EXPECT_EQ(EPIPE, end_of(&line, 2));
	close(line.client);
	close(line.server);
}

/*
 * The stage: an attacker on processor 1, who is stopped at a chosen hit; a hog beside
 * him, which stops him; a victim on processor 0, who goes through all calls there are,
 * and counts.
 */

struct stage {
	/* All under __atomic_*. */
	bool armed;		/* hits count: the attacker is in the call that is tried */
	int hits;		/* of the call that is tried */
	int stop_at;		/* the hit at which the hog stays */
	bool stopped;		/* it stays */
	bool release;		/* it need not stay */
	unsigned int go;	/* calls that are prepared, that the attacker is to make, */
	unsigned int ready;
	unsigned int done;	/* and has made */
	bool looks;		/* the hog looks at the trace */
	unsigned long cycles;	/* the victim has gone through */
	unsigned long read;	/* messages of the victim's that its server has read */
	bool devices;		/* the victim makes device nodes, and no slots */

	int attack;		/* constant while go is done */
	char own[MAILSLOT_NAME_SIZE];	/* a slot of the attacker's; likewise */
	char where[64];		/* where the attacker was stopped; constant while stopped */
	char name[MAILSLOT_NAME_SIZE];	/* constant */
	int server;			/* constant */
	pid_t hog;
	pid_t attacker;
	pid_t victim;
	pid_t reader;
};

#define GET(what)	__atomic_load_n(&(what), __ATOMIC_SEQ_CST)
#define SET(what, to)	__atomic_store_n(&(what), (to), __ATOMIC_SEQ_CST)

/*
 * Functions of the kernel that a task may run inside the module's calls with a lock of the
 * kernel's or of the module's held. Names that a kernel does not have are left out, and so are
 * functions that all of the kernel calls at any time (allocation, wake-ups, trees).
 */
static const char * const kernels[] = {
	"device_add", "device_del", "kobject_add", "kobject_uevent_env", "kernfs_new_node",
	"kernfs_add_one", "kernfs_create_link", "kernfs_remove", "kernfs_remove_by_name_ns",
	"kernfs_put", "kernfs_activate", "sysfs_create_dir_ns", "sysfs_create_groups",
	"sysfs_add_file_mode_ns", "sysfs_create_link", "devtmpfs_create_node",
	"devtmpfs_delete_node", "bus_probe_device", "klist_add_tail", "klist_remove",
	"device_pm_add", "device_pm_remove", "chrdev_open", "exact_lock", "cdev_put",
	"try_module_get", "alloc_file_pseudo", "notify_change", "posix_acl_chmod",
	"d_alloc_parallel", "simple_lookup",
};

/* Those of the module that do nothing but trace, or that run when it comes and goes. */
static bool of_no_interest(const char *symbol)
{
	static const char * const parts[] = {
		"trace", "__bpf", "__probestub", ".cold", "__pfx", "_init", "_exit",
		"cleanup_module", "init_module", "__UNIQUE", "_sub_", "__exittest", "__inittest",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (strstr(symbol, parts[i]))
			return true;
	return false;
}

static void trace_function(const char *symbol)
{
	int filter = open(STAGE "set_ftrace_filter", O_WRONLY | O_APPEND | O_CLOEXEC);

	/* What cannot be traced (notrace, not there) is left out. */
	if (filter < 0 || write(filter, symbol, strlen(symbol)) < 0)
		errno = 0;
	close(filter);
}

/* Returns how many functions of the module can be traced. */
static int trace_functions(void)
{
	FILE *file = fopen(TRACED, "re");
	char symbol[128], line[512];
	int count = 0;
	size_t i;

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%127s [mailslot]", symbol) != 1 || !strstr(line, "[mailslot]") ||
		    of_no_interest(symbol))
			continue;
		trace_function(symbol);
		count++;
	}
	if (file)
		fclose(file);
	for (i = 0; i < ARRAY_SIZE(kernels); i++)
		trace_function(kernels[i]);
	return count;
}

/* The line that the trace has for a hit: TASK [CPU] FLAGS TIME: NAME <-CALLER. */
static void hit_name(const char *line, char *name, size_t size)
{
	const char *at = strchr(line, ']');

	at = at ? strstr(at, ": ") : NULL;
	snprintf(name, size, "%.*s", at ? (int)strcspn(at + 2, " ") : 0, at ? at + 2 : "");
}

/* The attacker has come to a traced function. When the hits are enough, it stays where it is. */
static void hog_hit(struct stage *stage, const char *line)
{
	if (!GET(stage->armed))
		return;
	if (__atomic_add_fetch(&stage->hits, 1, __ATOMIC_SEQ_CST) != GET(stage->stop_at))
		return;
	hit_name(line, stage->where, sizeof(stage->where));
	SET(stage->stopped, true);
	while (!GET(stage->release))
		;
	SET(stage->stopped, false);
}

static void run_hog(struct stage *stage)
{
	int pipe = open(STAGE "per_cpu/cpu1/trace_pipe", O_RDONLY | O_CLOEXEC);
	char text[4096], *line, *save;
	ssize_t length;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	run_on(1);
	if (setpriority(PRIO_PROCESS, 0, -10))
		_exit(1);
	SET(stage->looks, true);
	while (length = read(pipe, text, sizeof(text) - 1), length > 0) {
		text[length] = '\0';
		for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
			hog_hit(stage, line);
	}
	_exit(2);
}

/*
 * What the attacker calls.
 */

struct attack {
	const char *name;
	void (*prepare)(struct stage *stage, int *fd);	/* may be NULL */
	void (*call)(struct stage *stage, int *fd);
	bool own;	/* the attacker has a slot, and another task closes it meanwhile */
};

static char attack_bytes[LONG];

static void call_create(struct stage *stage, int *fd)
{
	*fd = create_named("starved");
}

static void call_create_deep(struct stage *stage, int *fd)
{
	*fd = create_named("starved/a/b");
}

static void call_close(struct stage *stage, int *fd)
{
	close(*fd);
	*fd = -1;
}

static void call_open(struct stage *stage, int *fd)
{
	*fd = client_open(stage->name, O_WRONLY);
}

static void call_open_nonblock(struct stage *stage, int *fd)
{
	*fd = client_open(stage->name, O_WRONLY | O_NONBLOCK);
}

/* A call that is refused is as good as one that is not: the victim reads and fills as it likes. */
static void call_send(struct stage *stage, int *fd)
{
	struct mailslot_send_msg msg = send_slot(attack_bytes, 100);

	if (write(*fd, attack_bytes, 100) < 0 || write(*fd, attack_bytes, MESSAGE) < 0 ||
	    write(*fd, attack_bytes, LONG) < 0 || send_batch(*fd, &msg, 1, 0) < 0)
		errno = 0;
}

/* Into the full queue, and so into the line. */
static void call_wait(struct stage *stage, int *fd)
{
	while (write(*fd, attack_bytes, MESSAGE) == MESSAGE)
		;
	fcntl(*fd, F_SETFL, O_WRONLY);
	if (write(*fd, attack_bytes, MESSAGE) < 0 || write(*fd, attack_bytes, LONG) < 0)
		_exit(4);
}

static void call_look(struct stage *stage, int *fd)
{
	char path[64], text[4096];

	poll_now(*fd, POLLOUT);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", *fd);
	slurp(path, text, sizeof(text));
	snprintf(path, sizeof(path), "/sys/class/mailslot/mailslot%u/uevent",
		 info_of(*fd).dev_minor);
	slurp(path, text, sizeof(text));
}

/* An access list makes chmod() allocate memory, with the lock of the node's inode held. */
static void prepare_list(struct stage *stage, int *fd)
{
	static const struct {
		__u32 version;
		struct {
			__u16 tag;
			__u16 rights;
			__u32 id;
		} entries[5];
	} list = {
		2, { { 1, 6, -1 }, { 2, 6, BOB }, { 4, 6, -1 }, { 16, 6, -1 }, { 32, 6, -1 } },
	};

	if (setxattr(node_path(stage->own), "system.posix_acl_access", &list, sizeof(list), 0))
		errno = 0;
}

static void call_chmod(struct stage *stage, int *fd)
{
	chmod(node_path(stage->own), 0600);
}

static void call_chmod_a_strangers(struct stage *stage, int *fd)
{
	chmod(node_path(stage->name), 0600);
}

/* A name that the kernel has not looked for yet: it remembers what is not there, too. */
static const char *fresh_path(struct stage *stage)
{
	static char path[64];

	snprintf(path, sizeof(path), "/dev/starved-%u", GET(stage->go));
	return path;
}

/* What is refused for the directory's mode is refused with its lock held. */
static void call_make_file(struct stage *stage, int *fd)
{
	*fd = open(fresh_path(stage), O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
}

static void call_make_directory(struct stage *stage, int *fd)
{
	mkdir(fresh_path(stage), 0700);
}

static void call_make_slots_file(struct stage *stage, int *fd)
{
	*fd = open(MAILSLOT_DIR "/starved", O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
}

enum {
	CREATE, CREATE_DEEP, LAST_CLOSE, LAST_CLOSE_DEEP, OPEN, CLOSE, WRITE, WAIT, LOOK,
	MAKE_FILE, MAKE_DIRECTORY, CHMOD, CHMOD_A_STRANGERS, MAKE_SLOTS_FILE,
};

static const struct attack attacks[] = {
	[CREATE] = { "CREATE", NULL, call_create },
	[CREATE_DEEP] = { "CREATE in directories", NULL, call_create_deep },
	[LAST_CLOSE] = { "last close", call_create, call_close },
	[LAST_CLOSE_DEEP] = { "last close in directories", call_create_deep, call_close },
	[OPEN] = { "open", NULL, call_open },
	[CLOSE] = { "close of a client end", call_open, call_close },
	[WRITE] = { "write", call_open_nonblock, call_send },
	[WAIT] = { "write in line", call_open_nonblock, call_wait },
	[LOOK] = { "poll, GET_INFO, fdinfo, sysfs", call_open, call_look },
	[CHMOD] = { "chmod of one's own node", prepare_list, call_chmod, true },
	[CHMOD_A_STRANGERS] = { "chmod of a stranger's node", NULL, call_chmod_a_strangers },
	[MAKE_FILE] = { "open(O_CREAT) in /dev", NULL, call_make_file },
	[MAKE_DIRECTORY] = { "mkdir in /dev", NULL, call_make_directory },
	[MAKE_SLOTS_FILE] = { "open(O_CREAT) in /dev/mailslot", NULL, call_make_slots_file },
};

static void run_attacker(struct stage *stage)
{
	unsigned int number = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(stage->server);
	run_on(1);
	run_when_idle();
	if (become(ALICE, FRIENDS))
		_exit(1);
	prctl(PR_SET_DUMPABLE, 1);
	for (;;) {
		const struct attack *attack;
		int fd = -1;

		while (GET(stage->ready) == number)
			sleep_ns(NSEC_PER_MSEC);
		number++;
		attack = &attacks[stage->attack];
		if (attack->prepare)
			attack->prepare(stage, &fd);
		SET(stage->armed, true);
		attack->call(stage, &fd);
		/* A hog that was late has its time to count what came. */
		sleep_ns(NSEC_PER_MSEC);
		SET(stage->armed, false);
		if (fd >= 0)
			close(fd);
		SET(stage->done, number);
	}
}

/*
 * The victim's.
 */

/* A slot of the victim's own, from its first call to its last. */
static void own_slot(void)
{
	struct mailslot_create args = create_args(NULL);
	int server = create_slot(&args), client = client_open(args.name, O_WRONLY);
	char byte;

	if (server < 0 || client < 0 || write(client, "v", 1) != 1 || read(server, &byte, 1) != 1)
		_exit(2);
	close(client);
	close(server);
}

/* The server of the slot that the attacker writes to: asleep until there is a message. */
static void run_reader(struct stage *stage)
{
	char message[LONG];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	run_on(0);
	if (become(BOB, BOB))
		_exit(1);
	while (read(stage->server, message, sizeof(message)) >= 0)
		if (message[0] == 'v')
			__atomic_add_fetch(&stage->read, 1, __ATOMIC_SEQ_CST);
	_exit(4);
}

/* Another client of that slot: whose message is taken before the next one is written. */
static void write_and_wait(struct stage *stage, int client)
{
	static char message[MESSAGE] = "v";
	struct pollfd room = { .fd = client, .events = POLLOUT };
	unsigned long before = GET(stage->read);

	while (write(client, message, MESSAGE) != MESSAGE)
		if (errno != EAGAIN || poll(&room, 1, -1) != 1)
			_exit(5);
	info_of(client);
	while (GET(stage->read) == before)
		sleep_ns(NSEC_PER_MSEC / 10);
}

/* What root does when a device comes and goes, without a slot. */
static void make_devices(struct stage *stage)
{
	for (;;) {
		if (mknod("/dev/starved-device", S_IFCHR | 0600, 0x103) ||
		    unlink("/dev/starved-device"))
			_exit(3);
		__atomic_add_fetch(&stage->cycles, 1, __ATOMIC_SEQ_CST);
	}
}

static void run_victim(struct stage *stage)
{
	int client;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	run_on(0);
	if (GET(stage->devices))
		make_devices(stage);
	if (become(BOB, BOB))
		_exit(1);
	client = client_open(stage->name, O_WRONLY | O_NONBLOCK);
	for (;;) {
		own_slot();
		write_and_wait(stage, client);
		__atomic_add_fetch(&stage->cycles, 1, __ATOMIC_SEQ_CST);
	}
}

/* Does the kernel take a processor from a task wherever in it the task is? */
static bool preemptible(void)
{
	char text[256];

	if (slurp(PREEMPTION, text, sizeof(text)) > 0)
		return strstr(text, "(full)");
	return slurp("/proc/version", text, sizeof(text)) > 0 && strstr(text, " PREEMPT");
}

static pid_t stage_fork(struct stage *stage, void (*run)(struct stage *))
{
	pid_t pid = fork();

	if (!pid)
		run(stage);
	return pid;
}

FIXTURE(stage)
{
	struct stage *stage;
};

FIXTURE_SETUP(stage)
{
	struct mailslot_set_info forever = {
		.mask = MAILSLOT_SET_READ_TIMEOUT, .read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS,
	};
	struct stage *stage = shared_memory(sizeof(*stage));
	char pid[16];

	self->stage = stage;
	if (geteuid())
		SKIP(return, "only root can be others");
	if (!two_processors())
		SKIP(return, "two processors are needed");
	if (!preemptible())
		SKIP(return, "this kernel was not booted with preempt=full");
	if (access(TRACED, R_OK))
		SKIP(return, "no function tracer");
	rmdir(STAGE);
	ASSERT_EQ(0, mkdir(STAGE, 0700));
	ASSERT_EQ(0, write_text(STAGE "buffer_size_kb", "256"));
	ASSERT_LT(20, trace_functions());
	run_on(0);
	stage->server = slot_of(BOB, ROOM, stage->name);
	ASSERT_LE(0, stage->server);
	ASSERT_EQ(0, ioctl(stage->server, MAILSLOT_IOC_SET_INFO, &forever));
	stage->attacker = stage_fork(stage, run_attacker);
	snprintf(pid, sizeof(pid), "%d", stage->attacker);
	ASSERT_EQ(0, write_text(STAGE "set_ftrace_pid", pid));
	ASSERT_EQ(0, write_text(STAGE "current_tracer", "function"));
	stage->hog = stage_fork(stage, run_hog);
	while (!GET(stage->looks))
		sleep_ns(NSEC_PER_MSEC);
	stage->reader = stage_fork(stage, run_reader);
	stage->victim = stage_fork(stage, run_victim);
}

FIXTURE_TEARDOWN(stage)
{
	const pid_t pids[] = {
		self->stage->hog, self->stage->attacker, self->stage->victim, self->stage->reader,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(pids); i++) {
		if (pids[i] <= 0)
			continue;
		kill(pids[i], SIGKILL);
		EXPECT_EQ(128 + SIGKILL, child_status(pids[i]));
	}
	write_text(STAGE "current_tracer", "nop");
	EXPECT_EQ(0, rmdir(STAGE));
}

/* How long a victim may take that only waits for its turn; what is stuck takes all of it. */
static __u64 patience_ns(void)
{
	return 5 * harness_slowness() * NSEC_PER_SEC;
}

/* While the attacker is stopped, the victim goes through all its calls once, from the first. */
static bool victim_goes_on(struct stage *stage)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + patience_ns();
	unsigned long cycles = GET(stage->cycles);

	while (GET(stage->cycles) < cycles + 2) {
		if (now_ns(CLOCK_MONOTONIC) > end)
			return false;
		sleep_ns(NSEC_PER_MSEC);
	}
	return true;
}

static void restart_victim(struct stage *stage, bool devices)
{
	kill(stage->victim, SIGKILL);
	child_status(stage->victim);
	SET(stage->devices, devices);
	stage->victim = stage_fork(stage, run_victim);
}

enum verdict { NOT_REACHED, WENT_ON, STUCK, LOST };

/* Holds the attacker's slot until the attacker is stopped, then lets it die. */
static pid_t keep_slot(struct stage *stage)
{
	int server = slot_of(ALICE, 0, stage->own);
	pid_t pid;

	if (server < 0)
		abort();
	pid = fork();
	if (!pid) {
		run_on(0);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		while (!GET(stage->stopped) && GET(stage->done) != GET(stage->go))
			sleep_ns(NSEC_PER_MSEC);
		_exit(0);
	}
	close(server);
	return pid;
}

static bool attack_done(struct stage *stage, __u64 end)
{
	while (GET(stage->done) != GET(stage->go)) {
		if (now_ns(CLOCK_MONOTONIC) > end)
			return false;
		sleep_ns(NSEC_PER_MSEC / 10);
	}
	return true;
}

/* Lets the attacker make its call, and stops it at the hit of that number. */
static enum verdict stop_at(struct stage *stage, int attack, int hit)
{
	__u64 end = now_ns(CLOCK_MONOTONIC) + PATIENCE_NS * harness_slowness();
	enum verdict verdict = NOT_REACHED;
	pid_t keeper = 0;

	stage->attack = attack;
	SET(stage->hits, 0);
	SET(stage->stop_at, hit);
	SET(stage->release, false);
	SET(stage->go, GET(stage->go) + 1);
	if (attacks[attack].own)
		keeper = keep_slot(stage);
	SET(stage->ready, GET(stage->go));
	while (!GET(stage->stopped) && !attack_done(stage, 0))
		if (now_ns(CLOCK_MONOTONIC) > end)
			return LOST;
	if (GET(stage->stopped))
		verdict = victim_goes_on(stage) ? WENT_ON : STUCK;
	SET(stage->release, true);
	/* The hog may be later than the attacker, and must have seen it all the same. */
	while (GET(stage->stopped))
		if (now_ns(CLOCK_MONOTONIC) > end + patience_ns())
			return LOST;
	if (!attack_done(stage, end + patience_ns()) || (keeper && child_status(keeper)))
		return LOST;
	return verdict;
}

/*
 * Stops the attacker at each place of a call. Returns how many there are; *stuck: at how many of
 * those the victim was stopped, @most at the most.
 */
static int stop_everywhere(struct __test_metadata *_metadata, struct stage *stage, int attack,
			   int most, int *stuck)
{
	int hit;

	*stuck = 0;
	for (hit = 1; *stuck < most; hit++) {
		enum verdict verdict = stop_at(stage, attack, hit);

		if (verdict == LOST) {
			watchdog_print_process(stage->attacker);
			watchdog_print_process(stage->victim);
			watchdog_print_process(stage->hog);
		}
		ASSERT_NE(LOST, verdict)
			TH_LOG("%s, hit %d, %s", attacks[attack].name, hit, stage->where);
		if (verdict == NOT_REACHED)
			break;
		if (verdict == WENT_ON)
			continue;
		++*stuck;
		TH_LOG("%s, stopped at %s (hit %d): the others stood still", attacks[attack].name,
		       stage->where, hit);
	}
	TH_LOG("%s: stopped at %d places", attacks[attack].name, hit - 1);
	return hit - 1;
}

static bool preempt_rt(void)
{
	struct utsname name;

	/* The file /sys/kernel/realtime is there with Debian's patches only. */
	return !uname(&name) && strstr(name.version, "PREEMPT_RT");
}

/* At each place where it can be stopped, the others go on. */
TEST_F_TIMEOUT(stage, stopped_anywhere, 800)
{
	int attack, stuck, places = 0;

	if (preempt_rt())
		SKIP(return, "with PREEMPT_RT a starved client can hold its slot's lock");
	for (attack = CREATE; attack <= LOOK; attack++) {
		places += stop_everywhere(_metadata, self->stage, attack, 3, &stuck);
		EXPECT_EQ(0, stuck);
	}
	EXPECT_LT(50, places);
}

/*
 * The kernel takes the lock of an inode before it looks at what the caller may do with it, so
 * that a starved stranger stops root's mknod() in /dev, and devtmpfs, without any slot.  Where
 * the kernel does not let strangers do that, slots do not either.
 */
TEST_F_TIMEOUT(stage, inodes_of_dev, 800)
{
	int attack, kernels_own = 0, slots = 0, stuck, round;

	restart_victim(self->stage, true);
	/* On a busy machine the hog can be too late: the attacker has let the lock go by then. */
	for (round = 0; round < 10 && !kernels_own; round++) {
		for (attack = MAKE_FILE; attack <= MAKE_DIRECTORY; attack++) {
			stop_everywhere(_metadata, self->stage, attack, 1, &stuck);
			kernels_own += stuck;
		}
	}
	restart_victim(self->stage, false);
	for (attack = CHMOD; attack <= MAKE_SLOTS_FILE; attack++) {
		EXPECT_LT(0, stop_everywhere(_metadata, self->stage, attack, 1, &stuck));
		slots += stuck;
	}
	if (kernels_own)
		SKIP(return, "strangers hold locks of /dev without slots on this kernel");
	EXPECT_EQ(0, slots);
}
