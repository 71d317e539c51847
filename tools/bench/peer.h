/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the benchmark asks of a way to pass messages: make a queue, send, receive.
 * Every way, mailslot included, is driven by the same loops through this table;
 * it knows nothing about what is measured or how.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define BATCH_MAX	32
/* Messages that writers may be ahead of their reader; the same for all. */
#define WRITERS_DEPTH	64
#define BUFFER_HEAD	64

/* The headers of one batched call, laid out before the clock starts. */
struct batch;

/**
 * struct channel - one queue, as the process (or, after fork, processes) see it
 * @rx: descriptor or id that receives.
 * @tx: descriptor or id that sends.
 * @size: the largest message that will be sent.
 * @depth: how many messages will be queued at once.
 * @serial: makes the name unlike every other channel's.
 */
struct channel {
	int rx;
	int tx;
	size_t size;
	unsigned int depth;
	unsigned int serial;
};

/**
 * struct peer - a way to pass messages
 * @name: as the tables show it.
 * @max: largest message it can carry with its limits raised as root may.
 * @empty: whether a message of no bytes is a message.
 * @open: make a queue with both ends open; 0 or -1 with errno. NULL where only making, opening and
 *	keeping one is measured.
 * @close: close both ends and remove what stays behind.
 * @send: one message; 0 or -1.
 * @recv: one message, waiting for it; its length or -1.
 * @stream: @depth messages sent, then taken, @rounds times: the loop of loop.h.
 * @send_batch: @n messages in one call; NULL where there is no such call.
 * @recv_batch: @n messages in one call.
 * @attach: open one more sending end as another process would; its descriptor or -1.
 * @detach: close what @attach returned.
 * @park: make a queue that other processes find by name; a handle or -1.
 * @unpark: remove it.
 * @visit: open and close the sending end of a parked queue; 0 or -1.
 *
 * A buffer handed to @send or @recv has BUFFER_HEAD writable bytes before it: some
 * calls want a header there, and moving the message would be counted as theirs.
 */
struct peer {
	const char *name;
	size_t max;
	bool empty;
	int (*open)(struct channel *c);
	void (*close)(struct channel *c);
	int (*send)(int tx, const void *buf, size_t len);
	ssize_t (*recv)(int rx, void *buf, size_t size);
	int (*stream)(const struct channel *c, char *buf, unsigned int rounds);
	int (*send_batch)(int tx, struct batch *b, unsigned int n);
	int (*recv_batch)(int rx, struct batch *b, unsigned int n);
	int (*attach)(struct channel *c);
	void (*detach)(int tx);
	int (*park)(unsigned int serial);
	void (*unpark)(unsigned int serial, int handle);
	int (*visit)(unsigned int serial, int handle);
};

extern const struct peer mailslot_peer;
extern const struct peer mq_peer;
extern const struct peer sysv_peer;
extern const struct peer dgram_peer;
extern const struct peer seqpacket_peer;
extern const struct peer pipe_peer;
extern const struct peer ring_peer;
extern const struct peer ring_poll_peer;
extern const struct peer instance_peer;
extern const struct peer mqueue_peer;
extern const struct peer null_peer;
extern const struct peer copy_peer;
/* Of the program that is linked with their libraries; elsewhere their addresses are NULL. */
extern const struct peer zeromq_peer __attribute__((weak));
extern const struct peer boost_peer __attribute__((weak));

struct batch *batch_new(void *buffer, size_t size);
void batch_free(struct batch *b);

#endif /* BENCH_PEER_H */
