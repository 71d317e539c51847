// SPDX-License-Identifier: GPL-2.0-only
/*
 * Boost.Interprocess's message_queue: shared memory that every process writes as it likes, and so
 * the limit of what can be had without protection, identity, or an end of one process that the
 * others survive.
 */
#include <boost/interprocess/ipc/message_queue.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

extern "C" {
#include "loop.h"
}

using namespace boost::interprocess;

static std::unique_ptr<message_queue> queues[128];

static int keep(message_queue *queue)
{
	auto place = std::find(std::begin(queues), std::end(queues), nullptr);

	if (place == std::end(queues)) {
		delete queue;
		return -1;
	}
	place->reset(queue);
	return place - queues;
}

static void boost_detach(int tx)
{
	queues[tx].reset();
}

struct queue_name {
	char text[64];

	explicit queue_name(unsigned int serial)
	{
		snprintf(text, sizeof(text), "bench-%u", serial);
	}
};

static int boost_attach(struct channel *c)
{
	try {
		return keep(new message_queue(open_only, queue_name(c->serial).text));
	} catch (const interprocess_exception &) {
		return -1;
	}
}

static void boost_close(struct channel *c)
{
	boost_detach(c->tx);
	boost_detach(c->rx);
	message_queue::remove(queue_name(c->serial).text);
}

static int boost_open(struct channel *c)
{
	try {
		c->rx = keep(new message_queue(create_only, queue_name(c->serial).text, c->depth,
					       std::max<size_t>(c->size, 1),
					       permissions(0600)));
	} catch (const interprocess_exception &) {
		return -1;
	}
	c->tx = boost_attach(c);
	return 0;
}

static int boost_send(int tx, const void *buf, size_t len)
{
	try {
		queues[tx]->send(buf, len, 0);
		return 0;
	} catch (const interprocess_exception &) {
		return -1;
	}
}

/* The buffer must hold the largest message of the queue. */
static ssize_t boost_recv(int rx, void *buf, size_t size)
{
	message_queue::size_type length;
	unsigned int priority;

	try {
		queues[rx]->receive(buf, std::max<size_t>(size, 1), length, priority);
		return length;
	} catch (const interprocess_exception &) {
		return -1;
	}
}

static int boost_stream(const struct channel *c, char *buf, unsigned int rounds)
{
	return stream_loop(boost_send, boost_recv, c, buf, rounds);
}

extern "C" const struct peer boost_peer = {
	.name = "Boost",
	.max = 1 << 20,
	.empty = true,
	.open = boost_open,
	.close = boost_close,
	.send = boost_send,
	.recv = boost_recv,
	.stream = boost_stream,
	.send_batch = nullptr,
	.recv_batch = nullptr,
	.attach = boost_attach,
	.detach = boost_detach,
	.park = nullptr,
	.unpark = nullptr,
	.visit = nullptr,
};
