// SPDX-License-Identifier: GPL-2.0-only
/*
 * Queues that are made, found and removed by path alone: slots of an instance, and POSIX
 * queues in a mounted mqueue.  What goes through them costs what it costs elsewhere, so
 * they have no messages here.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>
#include "peer.h"

#define INSTANCE	"/tmp/instance"
#define MQUEUE		"/tmp/mqueue"

static int path_open(const char *dir, unsigned int serial, int flags)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/bench-%u", dir, serial);
	return open(path, flags | O_CLOEXEC, 0600);
}

static int path_visit(const char *dir, unsigned int serial)
{
	int fd = path_open(dir, serial, O_WRONLY);

	return fd < 0 ? -1 : close(fd);
}

/* The first queue is what there is to mount for. */
static int path_park(const char *dir, const char *type, unsigned int serial, bool *mounted)
{
	if (!*mounted && (mkdir(dir, 0755) || mount(type, dir, type, 0, NULL)))
		return -1;
	*mounted = true;
	return path_open(dir, serial, O_RDONLY | O_CREAT | O_EXCL);
}

static int instance_park(unsigned int serial)
{
	static bool mounted;

	return path_park(INSTANCE, "mailslot", serial, &mounted);
}

static void instance_unpark(unsigned int serial, int handle)
{
	(void)serial;
	close(handle);
}

static int instance_visit(unsigned int serial, int handle)
{
	(void)handle;
	return path_visit(INSTANCE, serial);
}

const struct peer instance_peer = {
	.name = "instance",
	.park = instance_park,
	.unpark = instance_unpark,
	.visit = instance_visit,
};

static int mqueue_park(unsigned int serial)
{
	static bool mounted;

	return path_park(MQUEUE, "mqueue", serial, &mounted);
}

static void mqueue_unpark(unsigned int serial, int handle)
{
	char path[64];

	close(handle);
	snprintf(path, sizeof(path), MQUEUE "/bench-%u", serial);
	unlink(path);
}

static int mqueue_visit(unsigned int serial, int handle)
{
	(void)handle;
	return path_visit(MQUEUE, serial);
}

const struct peer mqueue_peer = {
	.name = "mq-file",
	.park = mqueue_park,
	.unpark = mqueue_unpark,
	.visit = mqueue_visit,
};
