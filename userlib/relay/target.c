// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Local slots that messages from the network go into.
 */
#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lookup.h"
#include "target.h"

/* The most client ends that are kept. */
#define TARGETS_MAX	1024
/* How long a slot that was not there is taken for absent: looking takes reading directories. */
#define ABSENT_NS	(50 * 1000000ULL)

struct target {
	int fd;				/* -1: the slot was not there, */
	uint64_t absent_until;		/* CLOCK_MONOTONIC, ns: and is not looked for until then */
	char name[MAILSLOT_NAME_SIZE];
};

struct targets {
	void *tree;			/* of tsearch(3), by name */
	unsigned int count;
};

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct target *)a)->name, ((const struct target *)b)->name);
}

static void target_free(void *node)
{
	struct target *target = node;

	if (target->fd >= 0)
		close(target->fd);
	free(target);
}

struct targets *targets_make(void)
{
	return calloc(1, sizeof(struct targets));
}

static void forget_all(struct targets *targets)
{
	tdestroy(targets->tree, target_free);
	targets->tree = NULL;
	targets->count = 0;
}

void targets_free(struct targets *targets)
{
	forget_all(targets);
	free(targets);
}

/* A foreign file in the slot's place is not opened, as opening one can already do something. */
static int open_path(const char *path)
{
	struct mailslot_info info;
	struct stat st;
	int fd;

	if (lstat(path, &st) || !S_ISCHR(st.st_mode))
		return -1;
	fd = descriptor_open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && !lookup_opened(fd, &info)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static int open_slot(const char *name)
{
	char path[LOOKUP_PATH_SIZE];
	int fd;

	lookup_path(name, path);
	fd = open_path(path);
	if (fd < 0 && lookup_slot(name, path) == LOOKUP_SLOT)
		fd = open_path(path);
	return fd;
}

/* The target of that name, made if need be; NULL for lack of memory. */
static struct target *find(struct targets *targets, const char *name)
{
	struct target *target, **found;
	struct target key;

	strcpy(key.name, name);
	found = tfind(&key, &targets->tree, compare);
	if (found)
		return *found;
	if (targets->count == TARGETS_MAX)
		forget_all(targets);
	target = calloc(1, sizeof(*target));
	if (!target)
		return NULL;
	target->fd = -1;
	strcpy(target->name, name);
	if (!tsearch(target, &targets->tree, compare)) {
		free(target);
		return NULL;
	}
	targets->count++;
	return target;
}

static bool open_target(struct target *target)
{
	if (target->fd >= 0)
		return true;
	if (clock_now() < target->absent_until)
		return false;
	target->fd = open_slot(target->name);
	if (target->fd < 0)
		target->absent_until = clock_deadline_ns(ABSENT_NS);
	return target->fd >= 0;
}

static void close_target(struct target *target)
{
	close(target->fd);
	target->fd = -1;
	target->absent_until = 0;
}

static enum target_result result_of(int err)
{
	switch (err) {
	case EAGAIN:
		return TARGET_FULL;
	case EMSGSIZE:
		return TARGET_TOO_LONG;
	case EPIPE:
	case ENXIO:
		return TARGET_NO_SLOT;
	default:
		return TARGET_ERROR;
	}
}

/* Send what can be sent to a target that is open; how many, or -1 and errno. */
static int send_some(const struct target *target, const struct mailslot_send_msg *messages,
		     unsigned int count)
{
	struct mailslot_send call = {
		.messages = (uintptr_t)messages,
		.count = count < MAILSLOT_BATCH_MAX ? count : MAILSLOT_BATCH_MAX,
		.message_size = sizeof(messages[0]),
		.flags = MAILSLOT_SEND_DONTWAIT,
	};
	int n;

	do {
		n = ioctl(target->fd, MAILSLOT_IOC_SEND, &call);
	} while (n < 0 && errno == EINTR);
	return n;
}

enum target_result target_send(struct targets *targets, const char *name,
			       const struct mailslot_send_msg *messages, unsigned int count,
			       unsigned int *sent)
{
	struct target *target = find(targets, name);
	enum target_result result;
	bool again = true;
	int n;

	*sent = 0;
	if (!target)
		return TARGET_ERROR;
	while (*sent < count) {
		if (!open_target(target))
			return TARGET_NO_SLOT;
		n = send_some(target, messages + *sent, count - *sent);
		if (n >= 0) {
			*sent += (unsigned int)n;
			continue;
		}
		result = result_of(errno);
		if (result != TARGET_NO_SLOT)
			return result;
		close_target(target);
		/* Try once more: after the slot has died, another slot may have its name by now. */
		if (!again)
			return TARGET_NO_SLOT;
		again = false;
	}
	return TARGET_DONE;
}

bool target_info(struct targets *targets, const char *name, struct mailslot_info *info)
{
	struct target *target = find(targets, name);
	int tries;

	for (tries = 0; target && tries < 2; tries++) {
		if (!open_target(target))
			return false;
		if (!ioctl(target->fd, MAILSLOT_IOC_GET_INFO, info) &&
		    !(info->flags & MAILSLOT_INFO_GONE))
			return true;
		close_target(target);
	}
	return false;
}
