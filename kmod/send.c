// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages into a slot. The fast way copies it straight into the queue, in one section of the
 * slot's lock, with page faults disabled. Whatever is in its way (a fault, a long message, no room,
 * an iovec) takes the slow way: the message is first made whole in memory of its own, so that a
 * writer stuck in a page fault holds nothing that others want.
 */
#include <linux/err.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "block.h"
#include "reclaim.h"
#include "send.h"
#include "trace.h"
#include "usercopy.h"
#include "wait.h"

/* Messages of a batch that are queued in one section of the lock. */
#define BATCH_LOCKED	64

static inline u64 message_cost(size_t length)
{
	return length + MAILSLOT_MESSAGE_COST;
}

/* May a message of this length enter now? The errno says why not; -EAGAIN: for want of room. */
static __always_inline int send_admit(const struct mailslot_slot *slot, size_t length)
{
	if (unlikely(slot->dead))
		return -EPIPE;
	if (unlikely(length > slot->longest))
		return -EMSGSIZE;
	/* Nobody overtakes the writers in line. */
	if (unlikely(!list_empty(&slot->writers)))
		return -EAGAIN;
	if (unlikely(message_cost(length) > mailslot_slot_room(slot)))
		return -EAGAIN;
	return 0;
}

/* Fill in the record of a message whose bytes are in their place; the caller queues it. */
static __always_inline void send_record(struct mailslot_client *client,
					struct mailslot_record *record, size_t length,
					struct pid *sender)
{
	struct mailslot_slot *slot = client->slot;

	record->time = mailslot_now();
	record->pid = get_pid(sender);
	record->uid = client->uid;
	record->gid = client->gid;
	record->length = length;
	client->need = 0;
	if (likely(!(slot->flags & MAILSLOT_INFO_KEEP_WRITE_TIME)))
		slot->last_write_time = record->time;
	trace_mailslot_send(slot, slot->queue.written + 1, length);
}

/*
 * The fast way, with the lock held. Returns 0; -EPIPE, -EMSGSIZE, -EAGAIN; -ENOBUFS: the queue
 * lacks *blocks blocks; -EFAULT: the bytes cannot be had without a page fault. Nothing is changed
 * then.
 */
static __always_inline int send_locked(struct mailslot_client *client, const void __user *from,
				       size_t length, unsigned long *blocks)
{
	struct mailslot_slot *slot = client->slot;
	struct mailslot_place at;
	bool copied;
	int err;

	err = send_admit(slot, length);
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
	send_record(client, mailslot_place_record(at), length, task_tgid(current));
	mailslot_queue_commit(&slot->queue, at, length);
	slot->charged += message_cost(length);
	return 0;
}

/* Leave the lock after queueing messages, and wake a reader for them. */
static __always_inline void send_unlock_wake(struct mailslot_slot *slot)
	__releases(&slot->lock)
{
	struct task_struct *reader = mailslot_next_reader(slot);

	spin_unlock(&slot->lock);
	mailslot_wake_reader(reader);
	mailslot_wake_servers(slot);
}

/*
 * Bring blocks for a message that is to be packed behind the others. The owner's spare blocks are
 * taken for it once: a second time they would be those that were just brought, and so on for ever.
 */
static int send_feed(struct mailslot_slot *slot, unsigned long count, bool *swept)
{
	struct mailslot_block *blocks;
	int err;

	blocks = mailslot_blocks_alloc(count);
	if (IS_ERR(blocks))
		return PTR_ERR(blocks);
	err = mailslot_user_charge(slot->user, count);
	if (err && !*swept) {
		*swept = true;
		mailslot_reclaim_user(slot->user);
		err = mailslot_user_charge(slot->user, count);
	}
	if (err) {
		mailslot_blocks_free(NULL, blocks);
		return err;
	}
	spin_lock(&slot->lock);
	if (!slot->dead) {
		mailslot_queue_donate(&slot->queue, blocks);
		blocks = NULL;
	}
	spin_unlock(&slot->lock);
	mailslot_blocks_free(slot->user, blocks);
	return 0;
}

/* A message on its slow way. */
struct outgoing {
	struct mailslot_client *client;
	struct pid *sender;		/* of the writing task, which holds it */
	size_t length;
	bool nonblock;
	unsigned long missing;		/* under slot->lock: blocks that were lacking */
	bool swept;			/* the owner's spare blocks were taken */
	bool charged;			/* under slot->lock: room for it is charged to the slot */
	struct mailslot_user *user;	/* charged for its blocks while it is under way, or NULL */
	struct mailslot_waiter waiter;	/* its place in line, once it had to wait */
	void *bounce;			/* a short message's bytes, to be packed behind others */
	struct mailslot_block *blocks;	/* a long message's own, bytes in place; NULL once queued */
	struct mailslot_place end;	/* of them */
};

/* The room was refused: note it, so that poll tells when this much is there. */
static int outgoing_refused(struct outgoing *out)
{
	struct mailslot_slot *slot = out->client->slot;
	u64 need = message_cost(out->length);

	out->client->need = need;
	slot->poll_wanted = min(slot->poll_wanted, need);
	slot->room_wanted = min(slot->room_wanted, need);
	return -EAGAIN;
}

/* Before any work: what is bound to fail fails. Takes what blocks the slot has to spare. */
static int outgoing_begin(struct outgoing *out, unsigned long *missing)
{
	struct mailslot_slot *slot = out->client->slot;
	unsigned long blocks = mailslot_blocks_for(out->length), taken;
	int err;

	spin_lock(&slot->lock);
	err = send_admit(slot, out->length);
	if (err == -EAGAIN) {
		trace_mailslot_full(slot, message_cost(out->length));
		err = out->nonblock ? outgoing_refused(out) : 0;
	}
	if (!err && out->length > MAILSLOT_PACKED_MAX) {
		out->blocks = mailslot_queue_take(&slot->queue, blocks, &taken);
		mailslot_user_uncharge(slot->user, taken);
		*missing = blocks - taken;
	}
	spin_unlock(&slot->lock);
	return err;
}

/* Of the client from now on. Two threads may be here at once: one gives its reference back. */
static struct mailslot_user *client_user(struct mailslot_client *client)
{
	struct mailslot_user *user = READ_ONCE(client->user), *first;

	if (user)
		return user;
	user = mailslot_user_get(client->uid, client->exempt);
	if (!user)
		return NULL;
	/* The pointer carries the dependency; what it leads to was made under a lock. */
	first = cmpxchg(&client->user, NULL, user);
	if (!first)
		return user;
	mailslot_user_put(user);
	return first;
}

static int outgoing_charge_unsent(struct outgoing *out)
{
	struct mailslot_user *user = client_user(out->client);
	int err;

	if (!user)
		return -ENOMEM;
	err = mailslot_user_charge_unsent(user, mailslot_blocks_for(out->length));
	if (!err)
		out->user = user;
	return err;
}

static int outgoing_add_blocks(struct outgoing *out, unsigned long missing)
{
	struct mailslot_block *more, *last;

	if (!missing)
		return 0;
	more = mailslot_blocks_alloc(missing);
	if (IS_ERR(more))
		return PTR_ERR(more);
	for (last = more; last->next; last = last->next)
		;
	last->next = out->blocks;
	out->blocks = more;
	return 0;
}

/* Make the message whole in memory of its own. May sleep in a page fault, for ever if need be. */
static int outgoing_copy(struct outgoing *out, struct iov_iter *from, unsigned long missing)
{
	struct mailslot_place at;
	int err;

	if (out->length <= MAILSLOT_PACKED_MAX) {
		out->bounce = kmalloc(out->length, GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
		if (!out->bounce)
			return -ENOMEM;
		return copy_from_iter_full(out->bounce, out->length, from) ? 0 : -EFAULT;
	}
	err = outgoing_charge_unsent(out);
	if (err)
		return err;
	err = outgoing_add_blocks(out, missing);
	if (err)
		return err;
	at = (struct mailslot_place){ out->blocks, MAILSLOT_BLOCK_START };
	out->end = mailslot_place_end(at, out->length).place;
	return mailslot_copy_iter_in(mailslot_place_body(at), from, out->length) ? 0 : -EFAULT;
}

/* With the lock held and the room charged. */
static int outgoing_link(struct outgoing *out)
{
	struct mailslot_place at = { out->blocks, MAILSLOT_BLOCK_START };
	struct mailslot_slot *slot = out->client->slot;
	int err;

	/* Not before: what waits in line is the writer's, and no charge on the slot's owner. */
	err = mailslot_user_charge(slot->user, mailslot_blocks_for(out->length));
	if (err)
		return err;
	send_record(out->client, mailslot_place_record(at), out->length, out->sender);
	mailslot_queue_link(&slot->queue, out->blocks, out->end, out->length);
	out->blocks = NULL;
	return 0;
}

/* With the lock held and the room charged. -ENOBUFS: out->missing blocks are lacking. */
static int outgoing_pack(struct outgoing *out)
{
	struct mailslot_queue *queue = &out->client->slot->queue;
	struct mailslot_place at;

	out->missing = mailslot_queue_reserve(queue, out->length, &at);
	if (out->missing)
		return -ENOBUFS;
	mailslot_copy_bytes_in(mailslot_place_body(at), out->bounce, out->length);
	send_record(out->client, mailslot_place_record(at), out->length, out->sender);
	mailslot_queue_commit(queue, at, out->length);
	return 0;
}

/*
 * With the lock held and the room charged, by the writer itself or by whoever made room for it. All
 * that it uses is the writer's, who is asleep in line or runs this.
 */
static int outgoing_queue(struct mailslot_waiter *waiter)
{
	struct outgoing *out = container_of(waiter, struct outgoing, waiter);

	return out->blocks ? outgoing_link(out) : outgoing_pack(out);
}

/* With the lock held: charge the room, after standing in line for it if it must be. */
static int outgoing_charge(struct outgoing *out)
{
	struct mailslot_slot *slot = out->client->slot;
	u64 need = message_cost(out->length);
	int err;

	err = send_admit(slot, out->length);
	if (err == -EAGAIN) {
		if (out->nonblock)
			return outgoing_refused(out);
		out->waiter.queue = outgoing_queue;
		out->waiter.need = need;
		err = mailslot_await_room(slot, &out->waiter);
		out->charged = out->waiter.granted;
	} else if (!err) {
		slot->charged += need;
		out->charged = true;
	}
	return err;
}

/* With nothing held: bring what was lacking, or make place below the owner's limit, once. */
static int outgoing_help(struct outgoing *out, int err)
{
	struct mailslot_slot *slot = out->client->slot;

	if (err == -ENOBUFS)
		return send_feed(slot, out->missing, &out->swept);
	if (err != -EDQUOT || out->swept)
		return err;
	out->swept = true;
	mailslot_reclaim_user(slot->user);
	return 0;
}

/* The message is queued or, after an error, given up: leave the line of writers, and the lock. */
static void outgoing_unlock(struct outgoing *out, int err)
	__releases(&out->client->slot->lock)
{
	struct mailslot_slot *slot = out->client->slot;
	unsigned int wake = 0;

	if (err && out->charged)
		slot->charged -= message_cost(out->length);
	if (out->waiter.task)
		wake = mailslot_leave_line(slot, &out->waiter);
	else if (err)
		wake = mailslot_room_changed(slot);
	/* Who queued it for this task has told the server. */
	if (!err && !out->waiter.done)
		wake |= MAILSLOT_WAKE_SERVERS;
	if (wake & MAILSLOT_WAKE_SERVERS)
		send_unlock_wake(slot);
	else
		spin_unlock(&slot->lock);
	if (out->waiter.task)
		mailslot_end_wait(&out->waiter);
	if (wake & MAILSLOT_WAKE_CLIENTS)
		mailslot_wake_clients(slot, EPOLLOUT | EPOLLWRNORM);
}

static int outgoing_finish(struct outgoing *out)
{
	struct mailslot_slot *slot = out->client->slot;
	int err;

	spin_lock(&slot->lock);
	err = outgoing_charge(out);
	while (!err && !out->waiter.done) {
		err = outgoing_queue(&out->waiter);
		if (!err)
			break;
		spin_unlock(&slot->lock);
		err = outgoing_help(out, err);
		spin_lock(&slot->lock);
		if (slot->dead)
			err = -EPIPE;
	}
	outgoing_unlock(out, err);
	return err;
}

/**
 * mailslot_send_iter() - queue one message, the slow way
 * @client: the client end
 * @from: the message: all of it
 * @nonblock: -EAGAIN rather than wait for room
 *
 * Context: process context, may sleep.
 * Return: its length; -EPIPE, -EMSGSIZE, -EAGAIN, -EFAULT, -ENOMEM, -EDQUOT, -EINTR, -ERESTARTSYS
 * with nothing queued.
 */
ssize_t mailslot_send_iter(struct mailslot_client *client, struct iov_iter *from, bool nonblock)
{
	struct outgoing out = {
		.client = client,
		.sender = task_tgid(current),
		.length = iov_iter_count(from),
		.nonblock = nonblock,
	};
	unsigned long missing = 0;
	int err;

	err = outgoing_begin(&out, &missing);
	if (!err)
		err = outgoing_copy(&out, from, missing);
	if (!err)
		err = outgoing_finish(&out);
	kfree(out.bounce);
	mailslot_blocks_free(NULL, out.blocks);
	if (out.user)
		mailslot_user_uncharge_unsent(out.user, mailslot_blocks_for(out.length));
	return err ? err : (ssize_t)out.length;
}

static noinline ssize_t send_slow(struct mailslot_client *client, const void __user *from,
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
	bool swept = false;
	int err;

	while (likely(length <= MAILSLOT_COPY_LOCKED_MAX)) {
		spin_lock(&slot->lock);
		err = send_locked(client, from, length, &blocks);
		if (likely(!err)) {
			send_unlock_wake(slot);
			return length;
		}
		spin_unlock(&slot->lock);
		if (err != -ENOBUFS)
			break;
		err = send_feed(slot, blocks, &swept);
		if (err)
			return err;
	}
	return send_slow(client, from, length, nonblock);
}

/* With the lock held, page faults disabled: queue messages from @from on. Returns how many. */
static unsigned int batch_locked(struct mailslot_client *client,
				 const struct mailslot_send_msg __user *from, unsigned int count)
{
	unsigned long blocks;
	unsigned int i;

	for (i = 0; i < count; i++, from++) {
		struct mailslot_send_msg msg;

		if (!mailslot_copy_words_in(&msg, from, sizeof(msg)) || msg.reserved ||
		    msg.length > MAILSLOT_COPY_LOCKED_MAX ||
		    send_locked(client, u64_to_user_ptr(msg.buffer), msg.length, &blocks))
			break;
	}
	return i;
}

/* One message of a batch, with nothing held. */
static int batch_one(struct mailslot_client *client, const struct mailslot_send_msg __user *from,
		     bool nonblock)
{
	struct mailslot_send_msg msg;
	ssize_t sent;

	if (copy_from_user(&msg, from, sizeof(msg)))
		return -EFAULT;
	if (msg.reserved)
		return -EINVAL;
	sent = mailslot_send(client, u64_to_user_ptr(msg.buffer), msg.length, nonblock);
	return min_t(ssize_t, sent, 0);
}

/**
 * mailslot_send_batch() - queue messages in order, as that many writes would
 * @client: the client end
 * @from: the messages
 * @count: how many
 * @nonblock: -EAGAIN rather than wait for room
 *
 * Context: process context, may sleep.
 * Return: how many were queued; when that is none, the error of the first: those of
 * mailslot_send_iter(), or -EINVAL.
 */
long mailslot_send_batch(struct mailslot_client *client,
			 const struct mailslot_send_msg __user *from, unsigned int count,
			 bool nonblock)
{
	struct mailslot_slot *slot = client->slot;
	unsigned int done = 0;

	while (done < count) {
		unsigned int stretch = min_t(unsigned int, count - done, BATCH_LOCKED), sent;
		int err;

		spin_lock(&slot->lock);
		pagefault_disable();
		sent = batch_locked(client, from + done, stretch);
		pagefault_enable();
		if (sent)
			send_unlock_wake(slot);
		else
			spin_unlock(&slot->lock);
		done += sent;
		if (sent == stretch)
			continue;
		err = fatal_signal_pending(current) ? -EINTR :
						      batch_one(client, from + done, nonblock);
		if (err)
			return done ? (long)done : err;
		done++;
	}
	return done;
}
