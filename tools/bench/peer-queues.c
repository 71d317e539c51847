// SPDX-License-Identifier: GPL-2.0-only
/*
 * POSIX and System V message queues.  Their limits are raised as root may, so that
 * a size is left out only where the mechanism itself has no way to carry it.
 */
#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include "loop.h"

static mqd_t mq_named(unsigned int serial, int flags, size_t size, unsigned int depth)
{
	struct mq_attr attr = { .mq_maxmsg = depth, .mq_msgsize = size ? size : 1 };
	char name[64];

	snprintf(name, sizeof(name), "/bench-%u", serial);
	return mq_open(name, flags | O_CLOEXEC, 0600, size || depth ? &attr : NULL);
}

static int mq_peer_park(unsigned int serial)
{
	mqd_t mq = mq_named(serial, O_RDONLY | O_CREAT | O_EXCL, 0, 0);

	return mq;
}

static void mq_peer_unpark(unsigned int serial, int handle)
{
	char name[64];

	snprintf(name, sizeof(name), "/bench-%u", serial);
	mq_close(handle);
	mq_unlink(name);
}

static int mq_peer_visit(unsigned int serial, int handle)
{
	mqd_t mq = mq_named(serial, O_WRONLY, 0, 0);

	(void)handle;
	return mq < 0 ? -1 : mq_close(mq);
}

static int mq_peer_attach(struct channel *c)
{
	return mq_named(c->serial, O_WRONLY, 0, 0);
}

static void mq_peer_detach(int tx)
{
	mq_close(tx);
}

static int mq_peer_open(struct channel *c)
{
	c->rx = mq_named(c->serial, O_RDONLY | O_CREAT | O_EXCL, c->size, c->depth);
	if (c->rx < 0)
		return -1;
	c->tx = mq_peer_attach(c);
	if (c->tx < 0) {
		mq_peer_unpark(c->serial, c->rx);
		return -1;
	}
	return 0;
}

static void mq_peer_close(struct channel *c)
{
	mq_close(c->tx);
	mq_peer_unpark(c->serial, c->rx);
}

static int mq_peer_send(int tx, const void *buf, size_t len)
{
	return mq_send(tx, buf, len, 0);
}

/* A buffer smaller than the queue's message size is an error, and that is at least 1. */
static ssize_t mq_peer_recv(int rx, void *buf, size_t size)
{
	return mq_receive(rx, buf, size ? size : 1, NULL);
}

static int mq_peer_stream(const struct channel *c, char *buf, unsigned int rounds)
{
	return stream_loop(mq_peer_send, mq_peer_recv, c, buf, rounds);
}

const struct peer mq_peer = {
	.name = "mq",
	.max = 1 << 20,
	.empty = true,
	.open = mq_peer_open,
	.close = mq_peer_close,
	.send = mq_peer_send,
	.recv = mq_peer_recv,
	.stream = mq_peer_stream,
	.attach = mq_peer_attach,
	.detach = mq_peer_detach,
	.park = mq_peer_park,
	.unpark = mq_peer_unpark,
	.visit = mq_peer_visit,
};

#define SYSV_KEY	0x6d730000

static int sysv_park(unsigned int serial)
{
	return msgget(SYSV_KEY + serial, IPC_CREAT | IPC_EXCL | 0600);
}

static void sysv_unpark(unsigned int serial, int handle)
{
	(void)serial;
	msgctl(handle, IPC_RMID, NULL);
}

static int sysv_visit(unsigned int serial, int handle)
{
	(void)handle;
	return msgget(SYSV_KEY + serial, 0) < 0 ? -1 : 0;
}

static int sysv_open(struct channel *c)
{
	struct msqid_ds ds;

	c->rx = sysv_park(c->serial);
	if (c->rx < 0)
		return -1;
	c->tx = c->rx;
	/* The queue's bytes limit the number of its messages as well. */
	if (msgctl(c->rx, IPC_STAT, &ds) == 0) {
		ds.msg_qbytes = c->depth * (c->size ? c->size : 1);
		if (msgctl(c->rx, IPC_SET, &ds) == 0)
			return 0;
	}
	sysv_unpark(c->serial, c->rx);
	return -1;
}

static void sysv_close(struct channel *c)
{
	sysv_unpark(c->serial, c->rx);
}

static int sysv_send(int tx, const void *buf, size_t len)
{
	long *head = (long *)buf - 1;

	*head = 1;
	return msgsnd(tx, head, len, 0);
}

static ssize_t sysv_recv(int rx, void *buf, size_t size)
{
	return msgrcv(rx, (long *)buf - 1, size, 0, 0);
}

static int sysv_stream(const struct channel *c, char *buf, unsigned int rounds)
{
	return stream_loop(sysv_send, sysv_recv, c, buf, rounds);
}

static int sysv_attach(struct channel *c)
{
	return c->tx;
}

static void sysv_detach(int tx)
{
	(void)tx;
}

const struct peer sysv_peer = {
	.name = "SysV",
	.max = 1 << 20,
	.empty = true,
	.open = sysv_open,
	.close = sysv_close,
	.send = sysv_send,
	.recv = sysv_recv,
	.stream = sysv_stream,
	.attach = sysv_attach,
	.detach = sysv_detach,
	.park = sysv_park,
	.unpark = sysv_unpark,
	.visit = sysv_visit,
};
