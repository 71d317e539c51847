// SPDX-License-Identifier: GPL-2.0-only
/*
 * AF_UNIX datagram and seqpacket sockets, bound to abstract names, with send and
 * receive and, for batches, sendmmsg and recvmmsg.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "batch.h"
#include "loop.h"

static socklen_t address(struct sockaddr_un *sun, unsigned int serial)
{
	memset(sun, 0, sizeof(*sun));
	sun->sun_family = AF_UNIX;
	return offsetof(struct sockaddr_un, sun_path) + 1 +
	       snprintf(sun->sun_path + 1, sizeof(sun->sun_path) - 1, "bench-%u", serial);
}

static int bound(int type, unsigned int serial)
{
	struct sockaddr_un sun;
	socklen_t len = address(&sun, serial);
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&sun, len) < 0 ||
	    (type == SOCK_SEQPACKET && listen(fd, 64) < 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

static int connected(int type, unsigned int serial, size_t room)
{
	struct sockaddr_un sun;
	socklen_t len = address(&sun, serial);
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	int sndbuf = room > (1 << 29) ? 1 << 29 : room;

	if (fd < 0)
		return -1;
	if (room)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &sndbuf, sizeof(sndbuf));
	if (connect(fd, (struct sockaddr *)&sun, len) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* What the sender is charged is the memory, not the message: about 1 KiB for the least. */
static size_t room(const struct channel *c)
{
	return c->depth * (2 * c->size + 1024);
}

/* A datagram queue's length is fixed when its socket is made, by a limit for all. */
static void set_queue_length(unsigned int depth)
{
	int fd = open("/proc/sys/net/unix/max_dgram_qlen", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	dprintf(fd, "%u\n", depth);
	close(fd);
}

static int dgram_attach(struct channel *c)
{
	return connected(SOCK_DGRAM, c->serial, room(c));
}

static int dgram_open(struct channel *c)
{
	set_queue_length(c->depth);
	c->rx = bound(SOCK_DGRAM, c->serial);
	if (c->rx < 0)
		return -1;
	c->tx = dgram_attach(c);
	if (c->tx < 0) {
		close(c->rx);
		return -1;
	}
	return 0;
}

/* A connection has one sender: many writers share it, as workers of one client would. */
static int seqpacket_attach(struct channel *c)
{
	return dup(c->tx);
}

static int seqpacket_open(struct channel *c)
{
	int listener = bound(SOCK_SEQPACKET, c->serial);

	if (listener < 0)
		return -1;
	c->rx = -1;
	c->tx = connected(SOCK_SEQPACKET, c->serial, room(c));
	if (c->tx >= 0)
		c->rx = accept(listener, NULL, NULL);
	close(listener);
	return c->rx < 0 ? -1 : 0;
}

static void socket_close(struct channel *c)
{
	close(c->tx);
	close(c->rx);
}

static int socket_send(int tx, const void *buf, size_t len)
{
	return send(tx, buf, len, 0) < 0 ? -1 : 0;
}

static ssize_t socket_recv(int rx, void *buf, size_t size)
{
	return recv(rx, buf, size, 0);
}

static int socket_stream(const struct channel *c, char *buf, unsigned int rounds)
{
	return stream_loop(socket_send, socket_recv, c, buf, rounds);
}

static int socket_send_batch(int tx, struct batch *b, unsigned int n)
{
	return sendmmsg(tx, b->socket, n, 0);
}

static int socket_recv_batch(int rx, struct batch *b, unsigned int n)
{
	return recvmmsg(rx, b->socket, n, MSG_WAITFORONE, NULL);
}

static void socket_detach(int tx)
{
	close(tx);
}

static void socket_unpark(unsigned int serial, int handle)
{
	(void)serial;
	close(handle);
}

static int dgram_park(unsigned int serial)
{
	return bound(SOCK_DGRAM, serial);
}

static int dgram_visit(unsigned int serial, int handle)
{
	int fd = connected(SOCK_DGRAM, serial, 0);

	(void)handle;
	return fd < 0 ? -1 : close(fd);
}

static int seqpacket_park(unsigned int serial)
{
	return bound(SOCK_SEQPACKET, serial);
}

/* The server has to take every connection, or its backlog is full. */
static int seqpacket_visit(unsigned int serial, int handle)
{
	int fd = connected(SOCK_SEQPACKET, serial, 0);
	int taken;

	if (fd < 0)
		return -1;
	taken = accept(handle, NULL, NULL);
	close(fd);
	return taken < 0 ? -1 : close(taken);
}

const struct peer dgram_peer = {
	.name = "dgram",
	.max = 1 << 20,
	.empty = true,
	.open = dgram_open,
	.close = socket_close,
	.send = socket_send,
	.recv = socket_recv,
	.stream = socket_stream,
	.send_batch = socket_send_batch,
	.recv_batch = socket_recv_batch,
	.attach = dgram_attach,
	.detach = socket_detach,
	.park = dgram_park,
	.unpark = socket_unpark,
	.visit = dgram_visit,
};

const struct peer seqpacket_peer = {
	.name = "seqpacket",
	.max = 1 << 20,
	.empty = true,
	.open = seqpacket_open,
	.close = socket_close,
	.send = socket_send,
	.recv = socket_recv,
	.stream = socket_stream,
	.send_batch = socket_send_batch,
	.recv_batch = socket_recv_batch,
	.attach = seqpacket_attach,
	.detach = socket_detach,
	.park = seqpacket_park,
	.unpark = socket_unpark,
	.visit = seqpacket_visit,
};
