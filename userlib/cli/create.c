// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * `mailslot create`: makes a slot and prints what comes, or becomes another program that
 * has the slot as standard input.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "batch.h"
#include "cli.h"
#include "describe.h"
#include "name.h"
#include "node.h"
#include "output.h"
#include "text.h"

#define BATCH_MESSAGES	64
#define BATCH_CAPACITY	4096

static const char help[] =
	"usage: mailslot create [OPTION...] NAME\n"
	"       mailslot create [OPTION...] NAME -- COMMAND [ARGUMENT...]\n"
	"\n"
	"Makes a slot and prints its messages as they come; or runs COMMAND with the\n"
	"slot as standard input, where each read(2) gets one. The slot goes with it.\n"
	"\n"
	"  -m, --mode=MODE         permissions, octal; default 0666 less the umask\n"
	"  -M, --max-message=SIZE  longest message; default: what the queue can hold\n"
	"  -q, --queue=SIZE        bytes the queue can hold, 64 for each message too;\n"
	"                          sizes may end in K, M or G\n"
	"  -w, --whole             one message is what a client writes until it closes,\n"
	"                          in however many pieces; a killed client sends nothing\n"
	"  -r, --ring              read without system calls; all of --queue is allocated\n"
	"  -t, --timeout=SECONDS   end (COMMAND: reads fail) when none came so long\n"
	"  -n, --count=NUMBER      end after so many messages\n"
	"  -f, --format=FORMAT     text: each with a line end; raw; length: a big-endian\n"
	"                          32-bit length before each; json: an object a line; hex\n"
	"  -s, --sender            who and when, before text and hex (json has it always)\n"
	"  -e, --escape            text: one line each, as to a terminal\n"
	"  -h, --help              this\n"
	"\n"
	"Exit status: 0 after --count; 4 no permission; 5 the module is not loaded; 6\n"
	"after --timeout; 7 the name is in use; COMMAND's own, 126 or 127 without one.\n";

struct request {
	const char *name;
	struct mailslot_create create;
	bool mode_given;
	uint64_t count;		/* 0: no end */
	struct mailslot_ring *ring;	/* the ring of a slot that has one, once it is made */
	struct output output;
	bool output_given;
};

static volatile sig_atomic_t stopped;

/*
 * The alarm is for output that is stuck: a write that a signal ends half way goes on, so another
 * has to come.
 */
static void stop(int number)
{
	if (number != SIGALRM)
		stopped = number;
	alarm(1);
}

/* Fail if the place of the slot's node is taken by a file that is not the device of this number. */
static void fail_if_hidden(const char *name, dev_t device)
{
	char path[NODE_PATH_SIZE];
	struct stat st;

	name_path(name, path);
	if (lstat(path, &st) || S_ISDIR(st.st_mode))
		return;
	if (!S_ISCHR(st.st_mode) || st.st_rdev != device)
		fail(EXIT_TAKEN, "%s is %s and hides the slot: remove it first", path,
		     node_kind(&st) ?: "another slot's device");
}

/* Names the processes that hold the slot: children of a server that has ended may be forgotten. */
static _Noreturn void fail_in_use(const char *name)
{
	struct holders holders;
	struct slot slot;
	char *readers;

	if (!slot_read(name, &slot)) {
		if (place_is_instance())
			fail(EXIT_TAKEN, "%s is in use: it is a directory, or below a slot", name);
		fail_if_hidden(name, makedev(0, 0));
		fail(EXIT_TAKEN, "%s is in use: a slot above or below it has the name", name);
	}
	holders_scan(&holders);
	readers = describe_readers(&slot, &holders);
	if (!strcmp(readers, "?"))
		fail(EXIT_TAKEN, "%s is in use by a slot whose readers cannot be seen", name);
	fail(EXIT_TAKEN, "%s is in use by a slot, which process %s holds open", name, readers);
}

/* Return the path for CREATE: the directory of an instance, or the control node. */
static const char *control_path(void)
{
	return place_is_instance() ? place_directory() : MAILSLOT_CONTROL;
}

static _Noreturn void fail_permission(void)
{
	place_no_permission(text_of("to create slots (%s)", control_path()));
}

static _Noreturn void fail_create(const struct request *request, int err)
{
	unsigned long long most;
	const char *name = request->name;
	FILE *file;

	switch (err) {
	case EEXIST:
		fail_in_use(name);
	case EACCES:
	case EPERM:
		fail_permission();
	case EDQUOT:
		if (request->create.flags & MAILSLOT_CREATE_RING)
			fail(EXIT_FAILED, "a user may have no more %s",
			     "slots (max_user_slots) or memory in them (max_user_bytes)");
		fail(EXIT_FAILED, "you have as many slots as a user may have (max_user_slots)");
	case ENOSPC:
		fail(EXIT_FAILED, "there are as many slots as there may be (max_slots%s)",
		     place_is_instance() ? " of the module or of the mount" : "");
	case ERANGE:
		file = fopen("/sys/module/mailslot/parameters/max_queue_bytes", "re");
		if (!file || fscanf(file, "%llu", &most) != 1)
			most = 0;
		if (file)
			fclose(file);
		usage("--queue is %llu; it can be %u to %llu bytes",
		      (unsigned long long)request->create.queue_bytes, MAILSLOT_MESSAGE_COST, most);
	default:
		fail(EXIT_FAILED, "%s: %s", name, strerror(err));
	}
}

static int open_control(void)
{
	bool instance = place_is_instance();
	const char *path = control_path();
	struct stat st;
	int control;

	/* A file that root's shell has left there bars the module's node. */
	if (!instance && !stat(path, &st) && !S_ISCHR(st.st_mode))
		fail(EXIT_TAKEN, "%s is %s, in the way of the module's: remove it, then load again",
		     path, node_kind(&st));
	control = instance ? place_open(path) : open(path, O_RDWR | O_CLOEXEC);
	if (control >= 0)
		return control;
	if (errno == ENOENT || errno == ENXIO || errno == ENODEV)
		node_no_module();
	if (errno == EACCES || errno == EPERM)
		fail_permission();
	fail(EXIT_FAILED, "%s: %s", path, strerror(errno));
}

/* The module looks whether its node is there; the /dev of this process may be another one. */
static void check_node(const char *name, int slot)
{
	char path[NODE_PATH_SIZE];
	struct mailslot_info info;
	struct stat st;

	name_path(name, path);
	if (ioctl(slot, MAILSLOT_IOC_GET_INFO, &info) < 0)
		fail(EXIT_FAILED, "%s: %s", path, strerror(errno));
	if (lstat(path, &st)) {
		complain("%s did not appear, so no client can open it: is /dev a devtmpfs?", path);
		return;
	}
	fail_if_hidden(name, makedev(info.dev_major, info.dev_minor));
}

static int make(const struct request *request)
{
	int control = open_control(), slot, err;
	mode_t mask = 0;

	/*
	 * Clear the umask if a mode was asked for, so that the slot gets exactly that mode, as with
	 * mkfifo(1).
	 */
	if (request->mode_given)
		mask = umask(0);
	do {
		slot = ioctl(control, MAILSLOT_IOC_CREATE, &request->create);
	} while (slot < 0 && errno == EINTR);
	err = errno;
	if (request->mode_given)
		umask(mask);
	close(control);
	if (slot < 0)
		fail_create(request, err);
	/* The node of an instance is the open file itself, so no check is needed there. */
	if (!place_is_instance())
		check_node(request->name, slot);
	return slot;
}

/*
 * Execute the command in this process, so that its status, its signals and its number are the
 * command's.
 */
static _Noreturn void run(const struct request *request, int slot, char **command)
{
	if (dup2(slot, STDIN_FILENO) < 0)
		fail(EXIT_FAILED, "standard input: %s", strerror(errno));
	close(slot);
	if (setenv("MAILSLOT_NAME", request->name, 1))
		fail(EXIT_FAILED, "no memory");
	execvp(command[0], command);
	fail(errno == ENOENT ? EXIT_NO_COMMAND : EXIT_CANNOT_RUN, "%s: %s", command[0],
	     strerror(errno));
}

static unsigned long long waiting(int slot)
{
	struct mailslot_info info;

	return ioctl(slot, MAILSLOT_IOC_GET_INFO, &info) ? 0 : info.message_count;
}

/* Messages that are in the slot go with it: say so. */
static void complain_lost(int slot)
{
	unsigned long long messages = waiting(slot);

	if (messages)
		complain("%llu messages were not printed and are lost with the slot", messages);
}

/* The signal does what it would have done without us. */
static _Noreturn void die_by_signal(void)
{
	signal(stopped, SIG_DFL);
	raise(stopped);
	_exit(128 + stopped);
}

static _Noreturn void fail_printing(int slot, const char *what, int err)
{
	complain_lost(slot);
	if (stopped)
		die_by_signal();
	fail(EXIT_FAILED, "%s: %s", what, strerror(err));
}

static _Noreturn void fail_output(int slot, int err)
{
	fail_printing(slot, "standard output", err);
}

/*
 * Wait for a message, a signal, the timeout, or the reader of our output to go: there is no
 * sense in accepting more messages then.
 */
static bool wait_for_message(const struct request *request, int slot, const sigset_t *caught)
{
	struct pollfd polls[] = {
		{ .fd = slot, .events = POLLIN },
		{ .fd = STDOUT_FILENO },
	};
	uint64_t deadline = clock_deadline_ns(request->create.read_timeout_ns);
	struct timespec left;
	sigset_t before;
	int n;

	sigprocmask(SIG_BLOCK, caught, &before);
	do {
		n = stopped ? -1 : ppoll(polls, ARRAY_SIZE(polls), clock_left(deadline, &left),
					 &before);
		if (n < 0 && !stopped && errno != EINTR)
			fail(EXIT_FAILED, "poll: %s", strerror(errno));
	} while (!stopped && (n < 0 || (!n && clock_now() < deadline)));
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (stopped)
		return false;
	if (polls[1].revents & (POLLERR | POLLHUP | POLLNVAL))
		fail_output(slot, polls[1].revents & POLLNVAL ? EBADF : EPIPE);
	/* Another may be looking at what has come, which nobody else sees meanwhile. */
	if (!n && !waiting(slot))
		exit(EXIT_WAITED);
	return true;
}

/* Print what waits, at most @most messages; how many that were. */
static uint32_t print_batch(const struct request *request, struct batch *batch, int slot,
			    uint64_t most)
{
	int n = batch_peek(batch, slot);
	uint32_t count;

	if (n < 0) {
		if (errno == EAGAIN)
			return 0;
		fail(EXIT_FAILED, "%s: %s", request->name, strerror(errno));
	}
	count = (uint32_t)n < most ? (uint32_t)n : (uint32_t)most;
	for (uint32_t i = 0; i < count && !ferror(stdout); i++)
		output_message(&request->output, &batch->messages[i]);
	if (fflush(stdout) || ferror(stdout))
		fail_output(slot, errno);
	if (batch_take(batch, slot, count))
		fail_printing(slot, request->name, errno);
	return count;
}

/*
 * Print messages from a ring. A message that could not be printed is not released, but is counted.
 */
static uint32_t print_ring(const struct request *request, int slot, uint64_t most)
{
	struct mailslot_recv_msg message;
	struct mailslot_sender sender;
	uint32_t count = 0;
	const void *bytes;
	DWORD length;

	while (count < most && count < BATCH_MESSAGES && !ferror(stdout)) {
		bytes = mailslot_ring_next(request->ring, &length, &sender);
		if (!bytes)
			break;
		message = (struct mailslot_recv_msg){
			.buffer = (uintptr_t)bytes, .length = length,
			.pid = sender.pid, .uid = sender.uid, .gid = sender.gid,
			.sequence = sender.sequence, .time_ns = sender.time_ns,
		};
		output_message(&request->output, &message);
		count++;
	}
	if (fflush(stdout) || ferror(stdout))
		fail_output(slot, errno);
	mailslot_ring_release(request->ring);
	return count;
}

static uint32_t print_some(const struct request *request, struct batch *batch, int slot,
			   uint64_t most)
{
	return request->ring ? print_ring(request, slot, most) :
			       print_batch(request, batch, slot, most);
}

/*
 * The signals are blocked except around the wait, so that no signal comes between a look and the
 * wait. A signal that comes while output is stuck ends the output.
 */
static void catch_signals(sigset_t *caught)
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = stop }, old;

	sigemptyset(caught);
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		sigaction(numbers[i], NULL, &old);
		if (old.sa_handler == SIG_IGN)
			continue;
		sigaddset(caught, numbers[i]);
		sigaction(numbers[i], &action, NULL);
	}
	sigaction(SIGALRM, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Print the messages that wait when a signal comes, and no more. */
static _Noreturn void end_by_signal(const struct request *request, struct batch *batch, int slot,
				    uint64_t left)
{
	struct pollfd poll_in = { .fd = slot, .events = POLLIN };
	uint64_t rest = waiting(slot);

	if (rest > left)
		rest = left;
	/* Another may be looking at them, which takes a moment. */
	while (rest && poll(&poll_in, 1, 500))
		rest -= print_some(request, batch, slot, rest);
	complain_lost(slot);
	die_by_signal();
}

static int print(struct request *request)
{
	uint64_t left = request->count ?: UINT64_MAX;
	struct batch batch;
	sigset_t caught;
	int slot;

	/*
	 * Catch signals before the slot is made, because a message may be sent before make()
	 * returns.
	 */
	catch_signals(&caught);
	slot = make(request);
	if (request->create.flags & MAILSLOT_CREATE_RING) {
		request->ring = mailslot_ring_open(slot);
		if (!request->ring)
			fail(EXIT_FAILED, "%s: the ring cannot be mapped (error %u)", request->name,
			     GetLastError());
	}
	batch_init(&batch, BATCH_MESSAGES, BATCH_CAPACITY);
	while (left) {
		if (!wait_for_message(request, slot, &caught))
			end_by_signal(request, &batch, slot, left);
		left -= print_some(request, &batch, slot, left);
	}
	complain_lost(slot);
	mailslot_ring_close(request->ring);
	batch_free(&batch);
	return EXIT_OK;
}

static void set_option(struct request *request, int c)
{
	switch (c) {
	case 'm':
		request->create.mode = option_mode(optarg);
		request->mode_given = true;
		return;
	case 'M':
		request->create.max_message_size = (uint32_t)option_size(optarg, UINT32_MAX - 1);
		return;
	case 'q':
		request->create.queue_bytes = option_size(optarg, INT64_MAX);
		/* 0 would be the module's default. */
		if (!request->create.queue_bytes)
			usage("--queue is 0; it can be %u bytes at the least",
			      MAILSLOT_MESSAGE_COST);
		return;
	case 'w':
		request->create.flags |= MAILSLOT_CREATE_WHOLE;
		return;
	case 'r':
		request->create.flags |= MAILSLOT_CREATE_RING;
		return;
	case 't':
		request->create.read_timeout_ns = option_seconds(optarg);
		return;
	}
	request->output_given = true;
	switch (c) {
	case 'n':
		request->count = option_count(optarg);
		if (!request->count)
			usage("--count is 1 at the least");
		break;
	case 'f':
		request->output.format = output_format(optarg);
		break;
	case 's':
		request->output.sender = true;
		break;
	case 'e':
		request->output.escape = true;
		break;
	}
}

int command_create(int argc, char **argv)
{
	static const struct option options[] = {
		{ "mode", required_argument, NULL, 'm' },
		{ "max-message", required_argument, NULL, 'M' },
		{ "queue", required_argument, NULL, 'q' },
		{ "whole", no_argument, NULL, 'w' },
		{ "ring", no_argument, NULL, 'r' },
		{ "timeout", required_argument, NULL, 't' },
		{ "count", required_argument, NULL, 'n' },
		{ "format", required_argument, NULL, 'f' },
		{ "sender", no_argument, NULL, 's' },
		{ "escape", no_argument, NULL, 'e' },
		OPTION_HELP, OPTIONS_END
	};
	struct request request = {
		.create.mode = 0666,
		.create.read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS,
	};
	char **command = NULL;
	int c, words;

	/* The words after "--" belong to the command, so hide them from getopt. */
	for (words = 1; words < argc && strcmp(argv[words], "--"); words++)
		;
	if (words < argc)
		command = argv + words + 1;
	while ((c = option_next(words, argv, ":m:M:q:wrt:n:f:seh", options, help)) != -1)
		set_option(&request, c);
	if (optind == words)
		usage("which slot?");
	if (optind + 1 < words)
		usage("'%s' is too much (a command comes after --)", argv[optind + 1]);
	if (command && !*command)
		usage("which command, after --?");
	if (request.create.flags & MAILSLOT_CREATE_WHOLE &&
	    request.create.flags & MAILSLOT_CREATE_RING)
		usage("--whole and --ring exclude each other");
	if (command && request.output_given)
		usage("--count, --format, --sender and --escape are for messages that are printed");
	request.name = name_argument(argv[optind]);
	strcpy(request.create.name, request.name);
	if (command)
		run(&request, make(&request), command);
	output_check(&request.output);
	return print(&request);
}
