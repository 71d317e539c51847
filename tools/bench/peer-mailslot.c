// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mailslots as the benchmark drives them: the bare system calls, without the library.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "batch.h"
#include "loop.h"

static int slot_create(unsigned int serial, size_t queue_bytes)
{
	struct mailslot_create create = {
		.mode = 0600,
		.queue_bytes = queue_bytes,
		.read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS,
	};
	int control, server;

	snprintf(create.name, sizeof(create.name), "bench-%u", serial);
	control = open(MAILSLOT_CONTROL, O_RDWR | O_CLOEXEC);
	if (control < 0)
		return -1;
	server = ioctl(control, MAILSLOT_IOC_CREATE, &create);
	close(control);
	return server;
}

static int slot_open(unsigned int serial)
{
	char path[64];

	snprintf(path, sizeof(path), MAILSLOT_DIR "/bench-%u", serial);
	return open(path, O_WRONLY | O_CLOEXEC);
}

static int mailslot_attach(struct channel *c)
{
	return slot_open(c->serial);
}

static void mailslot_detach(int tx)
{
	close(tx);
}

static int mailslot_open(struct channel *c)
{
	c->rx = slot_create(c->serial, c->depth * (c->size + MAILSLOT_MESSAGE_COST));
	if (c->rx < 0)
		return -1;
	c->tx = slot_open(c->serial);
	if (c->tx < 0) {
		close(c->rx);
		return -1;
	}
	return 0;
}

static void mailslot_close(struct channel *c)
{
	close(c->tx);
	close(c->rx);
}

static int mailslot_send(int tx, const void *buf, size_t len)
{
	return write(tx, buf, len) < 0 ? -1 : 0;
}

static ssize_t mailslot_recv(int rx, void *buf, size_t size)
{
	return read(rx, buf, size);
}

static int mailslot_stream(const struct channel *c, char *buf, unsigned int rounds)
{
	return stream_loop(mailslot_send, mailslot_recv, c, buf, rounds);
}

static int mailslot_send_batch(int tx, struct batch *b, unsigned int n)
{
	struct mailslot_send send = {
		.messages = (uintptr_t)b->send,
		.count = n,
		.message_size = sizeof(b->send[0]),
	};

	return ioctl(tx, MAILSLOT_IOC_SEND, &send);
}

static int mailslot_recv_batch(int rx, struct batch *b, unsigned int n)
{
	struct mailslot_receive receive = {
		.messages = (uintptr_t)b->receive,
		.count = n,
		.message_size = sizeof(b->receive[0]),
	};

	return ioctl(rx, MAILSLOT_IOC_RECEIVE, &receive);
}

static int mailslot_park(unsigned int serial)
{
	return slot_create(serial, 0);
}

static void mailslot_unpark(unsigned int serial, int handle)
{
	(void)serial;
	close(handle);
}

static int mailslot_visit(unsigned int serial, int handle)
{
	int fd = slot_open(serial);

	(void)handle;
	return fd < 0 ? -1 : close(fd);
}

const struct peer mailslot_peer = {
	.name = "mailslot",
	.max = 1 << 20,
	.empty = true,
	.open = mailslot_open,
	.close = mailslot_close,
	.send = mailslot_send,
	.recv = mailslot_recv,
	.stream = mailslot_stream,
	.send_batch = mailslot_send_batch,
	.recv_batch = mailslot_recv_batch,
	.attach = mailslot_attach,
	.detach = mailslot_detach,
	.park = mailslot_park,
	.unpark = mailslot_unpark,
	.visit = mailslot_visit,
};
