// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * `mailslot peek`: print the messages that wait in a slot. Only a server end can read them, and it
 * belongs to another process; a user who may trace that process may have a copy of its descriptor.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "batch.h"
#include "cli.h"
#include "holders.h"
#include "name.h"
#include "output.h"
#include "slots.h"

#define BATCH_CAPACITY	4096

static const char help[] =
	"usage: mailslot peek [OPTION...] NAME\n"
	"\n"
	"Shows the messages that wait in a slot, the next to be read first, and leaves\n"
	"them there. Only the reader's end can tell, so this takes a copy of its\n"
	"descriptor, by root's rights or those to trace the reader: it is one's own\n"
	"process, and kernel.yama.ptrace_scope or a security module does not forbid it.\n"
	"\n"
	"  -n, --count=NUMBER   at most so many; never more than 1024\n"
	"  -f, --format=FORMAT  text, raw, length, json or hex, as of 'mailslot create'\n"
	"  -s, --sender         who and when, before text and hex (json has it always)\n"
	"  -e, --escape         text: one line each, as to a terminal\n"
	"  -h, --help           this\n"
	"\n"
	"Exit status: 0, also when nothing waits; 3 no such slot; 4 no permission to look\n"
	"into its reader; 5 the module is not loaded.\n";

static int copy_descriptor(const struct holder *holder)
{
	int process = (int)syscall(SYS_pidfd_open, holder->pid, 0), fd, err;

	if (process < 0)
		return -1;
	fd = (int)syscall(SYS_pidfd_getfd, process, holder->fd, 0);
	err = errno;
	close(process);
	errno = err;
	return fd;
}

/* The descriptor may be another file by now than when /proc was read. */
static bool is_server_of(int fd, const struct slot *slot)
{
	struct mailslot_info info;

	return !ioctl(fd, MAILSLOT_IOC_GET_INFO, &info) && info.flags & MAILSLOT_INFO_SERVER &&
	       info.dev_major == slot->major && info.dev_minor == slot->minor;
}

static int server_end(const struct slot *slot)
{
	const struct holder *holder;
	struct holders holders;
	int fd = -1, err = 0;

	holders_scan(&holders);
	holder = holders_first(&holders, slot);
	for (; fd < 0 && holder; holder = holders_next(&holders, holder)) {
		fd = copy_descriptor(holder);
		if (fd < 0)
			err = errno;
		else if (!is_server_of(fd, slot))
			close(fd), fd = -1;
	}
	if (fd < 0 && !err && holders.complete)
		fail(EXIT_FAILED, "no process has the reader's end of %s open", slot->name);
	if (fd < 0 && (!err || err == EPERM || err == EACCES))
		fail(EXIT_DENIED, "no permission to look into the reader of %s: be root, or %s",
		     slot->name, err ? "set kernel.yama.ptrace_scope to 0" : "its user");
	if (fd < 0)
		fail(EXIT_FAILED, "the reader of %s: %s", slot->name, strerror(err));
	holders_free(&holders);
	return fd;
}

static struct mailslot_info info_of(int fd)
{
	struct mailslot_info info;

	if (ioctl(fd, MAILSLOT_IOC_GET_INFO, &info) < 0)
		fail(EXIT_FAILED, "%s", strerror(errno));
	return info;
}

/*
 * A call looks from the head on and ends at a message that is too long for its buffer, whose length
 * it tells. That one's buffer grows to it. Those behind it grow as well, or every long message
 * would take a call, but not beyond four times of what they can have on average, or one message
 * would make a thousand buffers of its length.
 */
static int look(struct batch *batch, int fd, uint64_t queued_bytes)
{
	uint32_t at, length;
	uint64_t most;
	int n;

	while ((n = batch_peek(batch, fd)) >= 0 && (uint32_t)n < batch->room) {
		at = (uint32_t)n;
		length = batch->messages[at].length;
		if (length <= batch->messages[at].capacity)
			break;
		most = 4 * queued_bytes / (batch->room - at);
		batch_enlarge(batch, at, at + 1, length);
		batch_enlarge(batch, at + 1, batch->room,
			      length < most ? length : (uint32_t)most);
	}
	return n;
}

static void peek(const struct slot *slot, int fd, uint64_t most, const struct output *output)
{
	struct mailslot_info info = info_of(fd);
	struct batch batch;
	int n;

	if (info.flags & MAILSLOT_INFO_RING)
		fail(EXIT_FAILED, "the messages of %s lie in a ring: only its reader can tell",
		     slot->name);
	if (info.message_count < most)
		most = info.message_count;
	if (!most)
		return;
	batch_init(&batch, most < MAILSLOT_BATCH_MAX ? (uint32_t)most : MAILSLOT_BATCH_MAX,
		   BATCH_CAPACITY);
	n = look(&batch, fd, info.queued_bytes);
	/* Read meanwhile. */
	if (n < 0 && errno == EAGAIN)
		n = 0;
	if (n < 0)
		fail(EXIT_FAILED, "%s", strerror(errno));
	for (int i = 0; i < n; i++)
		output_message(output, &batch.messages[i]);
	stdout_flush();
	batch_free(&batch);
	if ((uint64_t)n < most && n == MAILSLOT_BATCH_MAX)
		complain("these are the first %d of %llu", n,
			 (unsigned long long)info.message_count);
}

int command_peek(int argc, char **argv)
{
	static const struct option options[] = {
		{ "count", required_argument, NULL, 'n' },
		{ "format", required_argument, NULL, 'f' },
		{ "sender", no_argument, NULL, 's' },
		{ "escape", no_argument, NULL, 'e' },
		OPTION_HELP, OPTIONS_END
	};
	struct output output = { 0 };
	uint64_t most = UINT64_MAX;
	struct slot slot;
	const char *name;
	int c, fd;

	while ((c = option_next(argc, argv, ":n:f:seh", options, help)) != -1) {
		switch (c) {
		case 'n':
			most = option_count(optarg);
			break;
		case 'f':
			output.format = output_format(optarg);
			break;
		case 's':
			output.sender = true;
			break;
		case 'e':
			output.escape = true;
			break;
		}
	}
	if (optind == argc)
		usage("which slot?");
	if (optind + 1 < argc)
		usage("'%s' is too much", argv[optind + 1]);
	name = name_argument(argv[optind]);
	output_check(&output);
	if (!slot_read(name, &slot))
		fail(EXIT_NO_SLOT, "there is no slot %s", name);
	fd = server_end(&slot);
	peek(&slot, fd, most, &output);
	close(fd);
	return EXIT_OK;
}
