// SPDX-License-Identifier: GPL-2.0-only
/*
 * ZeroMQ's PUSH and PULL over ipc, as its guide begins: what many would pick instead.  Each end
 * has a context, as it would in a process of its own, and so a thread that does the work.
 *
 * Contexts do not survive fork(): an end comes to life in the process that first uses it.
 */
#include <stdio.h>
#include <zmq.h>
#include "loop.h"

#define ENDS	128

struct end {
	int type;
	unsigned int serial;
	void *context;
	void *socket;
};

static struct end ends[ENDS];

static int end_new(int type, unsigned int serial)
{
	int i;

	for (i = 0; i < ENDS; i++) {
		if (ends[i].type)
			continue;
		/* ZMQ_PAIR, which nobody wants here, is 0. */
		ends[i] = (struct end){ .type = type, .serial = serial };
		return i;
	}
	return -1;
}

static void end_free(int i)
{
	if (ends[i].socket) {
		zmq_close(ends[i].socket);
		zmq_ctx_term(ends[i].context);
	}
	ends[i] = (struct end){ 0 };
}

static void *end_start(struct end *end)
{
	int interval_ms = 1;
	char address[64];
	void *socket;

	snprintf(address, sizeof(address), "ipc:///tmp/bench-%u", end->serial);
	end->context = zmq_ctx_new();
	socket = zmq_socket(end->context, end->type);
	if (!socket)
		return NULL;
	/* The other end may bind later. */
	zmq_setsockopt(socket, ZMQ_RECONNECT_IVL, &interval_ms, sizeof(interval_ms));
	if (end->type == ZMQ_PULL ? zmq_bind(socket, address) : zmq_connect(socket, address)) {
		zmq_close(socket);
		zmq_ctx_term(end->context);
		return NULL;
	}
	end->socket = socket;
	return socket;
}

static inline void *end_socket(int i)
{
	return ends[i].socket ? ends[i].socket : end_start(&ends[i]);
}

static int zeromq_attach(struct channel *c)
{
	return end_new(ZMQ_PUSH, c->serial);
}

static int zeromq_open(struct channel *c)
{
	c->rx = end_new(ZMQ_PULL, c->serial);
	if (c->rx < 0)
		return -1;
	c->tx = zeromq_attach(c);
	if (c->tx >= 0)
		return 0;
	end_free(c->rx);
	return -1;
}

static void zeromq_close(struct channel *c)
{
	end_free(c->tx);
	end_free(c->rx);
}

static int zeromq_send(int tx, const void *buf, size_t len)
{
	return zmq_send(end_socket(tx), buf, len, 0) < 0 ? -1 : 0;
}

static ssize_t zeromq_recv(int rx, void *buf, size_t size)
{
	return zmq_recv(end_socket(rx), buf, size, 0);
}

static int zeromq_stream(const struct channel *c, char *buf, unsigned int rounds)
{
	return stream_loop(zeromq_send, zeromq_recv, c, buf, rounds);
}

const struct peer zeromq_peer = {
	.name = "ZeroMQ",
	.max = 1 << 20,
	.empty = true,
	.open = zeromq_open,
	.close = zeromq_close,
	.send = zeromq_send,
	.recv = zeromq_recv,
	.stream = zeromq_stream,
	.attach = zeromq_attach,
	.detach = end_free,
};
