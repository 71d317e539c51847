// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages into a slot. The fast way copies a message straight into the queue, in one section of
 * the slot's lock, with page faults disabled. All other cases take the slow way (outgoing.c).
 */
#include <linux/err.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "block.h"
#include "reclaim.h"
#include "send.h"
#include "trace.h"
#include "usercopy.h"
#include "wait.h"

/* Messages of a batch that are queued in one section of the lock. */
#define BATCH_LOCKED	64

/*
 * Try the fast way. The caller holds the lock. Return 0; -EPIPE, -EMSGSIZE, -EAGAIN, -EDQUOT;
 * -ENOBUFS if the queue lacks *blocks blocks; -EFAULT if the copy needs a page fault. Nothing is
 * changed in case of an error.
 */
static __always_inline int send_locked(struct mailslot_client *client, const void __user *from,
				       size_t length, unsigned long *blocks)
{
	struct mailslot_slot *slot = client->slot;
	struct mailslot_place at;
	bool copied;
	int err;

	err = mailslot_send_admit(slot, length);
	if (unlikely(err))
		return err;
	*blocks = mailslot_queue_reserve(&slot->queue, length, &at);
	if (unlikely(*blocks))
		return -ENOBUFS;
	pagefault_disable();
	copied = mailslot_copy_in(mailslot_place_body(at), from, length);
	pagefault_enable();
	if (unlikely(!copied))
		return -EFAULT;
	err = mailslot_send_record(client, mailslot_place_record(at), length, task_tgid(current));
	if (unlikely(err))
		return err;
	mailslot_queue_commit(&slot->queue, at, length);
	return 0;
}

/* Charge pages that enter a queue. If a limit is reached, free the spare pages first. */
static int send_charge(struct mailslot_slot *slot, unsigned long pages)
{
	int err = mailslot_slot_charge(slot, pages);

	if (err) {
		mailslot_reclaim_for(slot);
		err = mailslot_slot_charge(slot, pages);
	}
	return err;
}

/*
 * Allocate the blocks that the queue lacked, and try the fast way again. If other writers have
 * taken the blocks, this returns -ENOBUFS again, and the caller takes the slow way, which needs no
 * blocks of the queue.
 */
static noinline int send_fed(struct mailslot_client *client, const void __user *from,
			     size_t length, unsigned long count)
{
	struct mailslot_slot *slot = client->slot;
	struct mailslot_block *blocks;
	int err;

	blocks = mailslot_blocks_alloc(count);
	if (IS_ERR(blocks))
		return PTR_ERR(blocks);
	err = send_charge(slot, count);
	if (err) {
		mailslot_blocks_free(NULL, blocks);
		return err;
	}
	spin_lock(&slot->lock);
	if (slot->dead) {
		spin_unlock(&slot->lock);
		mailslot_blocks_free(slot, blocks);
		return -EPIPE;
	}
	mailslot_queue_donate(&slot->queue, blocks);
	err = send_locked(client, from, length, &count);
	if (err)
		spin_unlock(&slot->lock);
	else
		send_unlock_wake(slot);
	return err;
}

/**
 * mailslot_send_slow() - queue one message that the fast way could not queue
 * @client: the client end
 * @from: the message
 * @length: its length in bytes
 * @nonblock: -EAGAIN rather than wait for room
 *
 * Context: process context, may sleep.
 * Return: as mailslot_send_iter().
 */
noinline ssize_t mailslot_send_slow(struct mailslot_client *client, const void __user *from,
				    size_t length, bool nonblock)
{
	struct iov_iter iter;

	iov_iter_ubuf(&iter, ITER_SOURCE, (void __user *)from, length);
	return mailslot_send_iter(client, &iter, nonblock);
}

/**
 * mailslot_send() - queue one message
 * @client: the client end
 * @from: the message
 * @length: its length in bytes
 * @nonblock: -EAGAIN rather than wait for room
 *
 * Context: process context, may sleep.
 * Return: as mailslot_send_iter().
 */
ssize_t mailslot_send(struct mailslot_client *client, const void __user *from, size_t length,
		      bool nonblock)
{
	struct mailslot_slot *slot = client->slot;
	unsigned long blocks;
	int err;

	if (likely(length <= MAILSLOT_COPY_LOCKED_MAX)) {
		spin_lock(&slot->lock);
		err = send_locked(client, from, length, &blocks);
		if (likely(!err)) {
			send_unlock_wake(slot);
			return length;
		}
		spin_unlock(&slot->lock);
		if (err == -ENOBUFS && !send_fed(client, from, length, blocks))
			return length;
	}
	return mailslot_send_slow(client, from, length, nonblock);
}

static __always_inline int batch_fetch(struct mailslot_send_msg *msg, const void __user *from,
				       size_t stride)
{
	if (!mailslot_copy_words_in(msg, from, sizeof(*msg)))
		return -EFAULT;
	if (msg->reserved)
		return -EINVAL;
	return mailslot_check_tail(from, sizeof(*msg), stride);
}

/* The fast way for one message of a batch, into a ring or not. */
static __always_inline int batch_send_locked(struct mailslot_client *client,
					     const struct mailslot_send_msg *msg, bool ring)
{
	const void __user *from = mailslot_user_ptr(msg->buffer);
	unsigned long blocks;

	if (ring)
		return mailslot_ring_send_locked(client, from, msg->length);
	return send_locked(client, from, msg->length, &blocks);
}

/*
 * The caller holds the lock and has disabled page faults. Queue at most @count messages, until
 * *left bytes are copied. Return how many were queued.
 */
static __always_inline unsigned int batch_locked(struct mailslot_client *client,
						 const void __user *from, size_t stride,
						 unsigned int count, int *left, bool ring)
{
	int bytes = *left;
	unsigned int i;

	for (i = 0; i < count && bytes > 0; i++, from += stride) {
		struct mailslot_send_msg msg;

		if (batch_fetch(&msg, from, stride) || msg.length > MAILSLOT_COPY_LOCKED_MAX ||
		    batch_send_locked(client, &msg, ring))
			break;
		bytes -= msg.length;
	}
	*left = bytes;
	return i;
}

/* Queue one message of a batch, with nothing held. */
static int batch_one(struct mailslot_client *client, const void __user *from, size_t stride,
		     bool nonblock, bool ring)
{
	struct mailslot_send_msg msg;
	const void __user *bytes;
	ssize_t sent;
	int err;

	if (fatal_signal_pending(current))
		return -EINTR;
	err = batch_fetch(&msg, from, stride);
	if (err)
		return err;
	bytes = mailslot_user_ptr(msg.buffer);
	sent = ring ? mailslot_send_to_ring(client, bytes, msg.length, nonblock) :
		      mailslot_send(client, bytes, msg.length, nonblock);
	return min_t(ssize_t, sent, 0);
}

static __always_inline long send_batch(struct mailslot_client *client, const void __user *from,
				       size_t stride, unsigned int count, bool nonblock,
				       bool ring)
{
	struct mailslot_slot *slot = client->slot;
	unsigned int done = 0;

	while (done < count) {
		unsigned int stretch = min_t(unsigned int, count - done, BATCH_LOCKED), sent;
		int left = MAILSLOT_BATCH_LOCKED_MAX, err;

		spin_lock(&slot->lock);
		pagefault_disable();
		sent = batch_locked(client, from + done * stride, stride, stretch, &left, ring);
		pagefault_enable();
		if (sent)
			send_unlock_wake(slot);
		else
			spin_unlock(&slot->lock);
		done += sent;
		if (sent == stretch || left <= 0)
			continue;
		err = batch_one(client, from + done * stride, stride, nonblock, ring);
		if (err)
			return done ? (long)done : err;
		done++;
	}
	return done;
}

/**
 * mailslot_send_batch() - queue messages in order, as that many writes would
 * @client: the client end
 * @from: an array of struct mailslot_send_msg
 * @stride: from one entry of it to the next, in bytes
 * @count: how many
 * @nonblock: -EAGAIN rather than wait for room
 *
 * Context: process context, may sleep.
 * Return: how many were queued; when that is none, the error of the first: those of
 * mailslot_send_iter(), -EINVAL or -E2BIG.
 */
long mailslot_send_batch(struct mailslot_client *client, const void __user *from, size_t stride,
			 unsigned int count, bool nonblock)
{
	return send_batch(client, from, stride, count, nonblock, false);
}

/**
 * mailslot_ring_send_batch() - mailslot_send_batch() of a slot with a ring
 * @client: the client end
 * @from: an array of struct mailslot_send_msg
 * @stride: from one entry of it to the next, in bytes
 * @count: how many
 * @nonblock: -EAGAIN rather than wait for room
 *
 * Context: process context, may sleep.
 * Return: how many were queued; when that is none, the error of the first: those of
 * mailslot_send_iter(), -EINVAL or -E2BIG.
 */
long mailslot_ring_send_batch(struct mailslot_client *client, const void __user *from,
			      size_t stride, unsigned int count, bool nonblock)
{
	return send_batch(client, from, stride, count, nonblock, true);
}
