/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages into a slot, from a client end's write, writev or SEND. The fast way is in send.c, the
 * slow way in outgoing.c; both use this header.
 */
#ifndef MAILSLOT_SEND_H
#define MAILSLOT_SEND_H

#include <linux/mailslot.h>
#include <linux/uio.h>

#include "client.h"
#include "ring-send.h"
#include "sender.h"
#include "slot.h"
#include "trace.h"
#include "wait.h"

ssize_t mailslot_send(struct mailslot_client *client, const void __user *from, size_t length,
		      bool nonblock);
ssize_t mailslot_send_slow(struct mailslot_client *client, const void __user *from, size_t length,
			   bool nonblock);
ssize_t mailslot_send_iter(struct mailslot_client *client, struct iov_iter *from, bool nonblock);
long mailslot_send_batch(struct mailslot_client *client,
			 const void __user *from, size_t stride, unsigned int count, bool nonblock);
long mailslot_ring_send_batch(struct mailslot_client *client, const void __user *from,
			      size_t stride, unsigned int count, bool nonblock);

/**
 * mailslot_send_to_ring() - mailslot_send() for a slot with a ring
 * @client: the client end
 * @from: the message
 * @length: its length in bytes
 * @nonblock: -EAGAIN rather than wait for room
 *
 * Context: process context, may sleep.
 * Return: as mailslot_send_iter().
 */
static inline ssize_t mailslot_send_to_ring(struct mailslot_client *client,
					    const void __user *from, size_t length, bool nonblock)
{
	if (likely(!mailslot_ring_send(client, from, length)))
		return length;
	return mailslot_send_slow(client, from, length, nonblock);
}

/* Leave the lock after queueing messages, and wake a reader for them. */
static __always_inline void send_unlock_wake(struct mailslot_slot *slot)
	__releases(&slot->lock)
{
	mailslot_wake_reader(slot);
	spin_unlock(&slot->lock);
	mailslot_wake_server_pollers(slot);
}

static inline u64 mailslot_send_cost(size_t length)
{
	return length + MAILSLOT_MESSAGE_COST;
}

/**
 * mailslot_send_admit() - may a message of this length enter now?
 * @slot: the slot, locked
 * @length: the message's length
 *
 * Context: any, the slot locked.
 * Return: 0, -EPIPE, -EMSGSIZE, or -EAGAIN for lack of room.
 */
static __always_inline int mailslot_send_admit(const struct mailslot_slot *slot, size_t length)
{
	if (unlikely(slot->dead))
		return -EPIPE;
	if (unlikely(length > slot->longest))
		return -EMSGSIZE;
	/* Nobody overtakes the writers in line. */
	if (unlikely(!list_empty(&slot->writers)))
		return -EAGAIN;
	if (unlikely(!mailslot_slot_fits(slot, mailslot_send_cost(length))))
		return -EAGAIN;
	return 0;
}

/**
 * mailslot_send_record() - fill in the record of a message whose bytes are in their place
 * @client: the client end
 * @record: the record
 * @length: the message's length
 * @sender: the process that wrote it
 *
 * The caller queues the message, in the same section of the lock.
 *
 * Context: any, the slot locked.
 * Return: 0 or -EDQUOT, with nothing changed.
 */
static __always_inline int mailslot_send_record(struct mailslot_client *client,
						struct mailslot_record *record, size_t length,
						struct pid *sender)
{
	struct mailslot_slot *slot = client->slot;
	int err = mailslot_sender_enter(slot, record, sender);

	if (unlikely(err))
		return err;
	record->time = mailslot_now();
	record->uid = client->uid;
	record->gid = client->gid;
	record->length = length;
	client->need = 0;
	slot->charged += mailslot_send_cost(length);
	if (likely(!(slot->flags & MAILSLOT_INFO_KEEP_WRITE_TIME)))
		slot->last_write_time = record->time;
	trace_mailslot_send(slot, slot->queue.written + 1, length);
	return 0;
}

#endif
