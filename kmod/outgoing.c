// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages into a slot, the slow way: for a page fault, a long message, lack of room, or an iovec.
 * The message is first copied into blocks of its own, so that a writer stuck in a page fault holds
 * nothing that others need, and so that the task that makes room can queue the message, even if its
 * writer cannot run.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "block.h"
#include "outgoing.h"
#include "reclaim.h"
#include "ring.h"
#include "ring-send.h"
#include "send.h"
#include "trace.h"
#include "usercopy.h"
#include "wait.h"

/* The room was refused: remember how much was needed, so that poll reports when there is enough. */
static int outgoing_refused(struct mailslot_outgoing *out)
{
	struct mailslot_client *client = out->client;

	client->need = mailslot_send_cost(out->length);
	mailslot_poller_want(client->slot, &client->poller, client->need);
	return -EAGAIN;
}

/* Leave the lock after a change of room, or after a message was queued, and send the wake-ups. */
static void outgoing_unlock(struct mailslot_slot *slot, unsigned int wake)
	__releases(&slot->lock)
{
	mailslot_wake_reader(slot);
	spin_unlock(&slot->lock);
	mailslot_room_follow(slot, wake);
}

/*
 * Take the lock. If a message in line is due, the task that made the room has not got a processor
 * to queue it. Then this task queues that message, and all others that are due.
 */
static void outgoing_lock(struct mailslot_slot *slot)
	__acquires(&slot->lock)
{
	spin_lock(&slot->lock);
	mailslot_ring_serve(slot);
	while (unlikely(mailslot_line_due(slot))) {
		outgoing_unlock(slot, mailslot_room_changed(slot));
		spin_lock(&slot->lock);
	}
}

/*
 * The caller holds the lock, which is dropped for a while if the slot has a ring. A refusal tells
 * the reader of a ring to make room. But if the reader made room just before, and now sleeps, only
 * this second look at its head finds that room; without it the client end would never hear of the
 * room.
 */
static int outgoing_admit(struct mailslot_outgoing *out)
{
	struct mailslot_slot *slot = out->client->slot;
	int err = mailslot_send_admit(slot, out->length);

	if (err != -EAGAIN || !out->nonblock)
		return err;
	err = outgoing_refused(out);
	if (!slot->has_ring)
		return err;
	mailslot_ring_serve(slot);
	return mailslot_send_admit(slot, out->length);
}

/*
 * Refuse a message that cannot be queued before any work is done. Take spare blocks of the slot
 * only if the writer's own memory cgroup pays for them, because a writer in a page fault can keep
 * the blocks for any length of time.
 */
static int outgoing_begin(struct mailslot_outgoing *out, unsigned long *missing)
{
	struct mailslot_slot *slot = out->client->slot;
	u32 payer = mailslot_blocks_payer();
	unsigned long taken;
	int err;

	outgoing_lock(slot);
	err = outgoing_admit(out);
	if (err == -EAGAIN) {
		trace_mailslot_full(slot, mailslot_send_cost(out->length));
		err = out->nonblock ? err : 0;
	}
	if (!err) {
		out->blocks = mailslot_queue_take(&slot->queue, out->pages, payer, &taken);
		mailslot_slot_uncharge(slot, taken);
		*missing = out->pages - taken;
	}
	spin_unlock(&slot->lock);
	return err;
}

/*
 * Charge the writer, not the opener, who may have handed on the client end. The few pages of a
 * short message are not counted: any task can have as much of the kernel's memory.
 */
static int outgoing_charge_unsent(struct mailslot_outgoing *out)
{
	struct mailslot_user *user;
	int err;

	if (out->length <= MAILSLOT_PACKED_MAX)
		return 0;
	user = mailslot_user_get(mailslot_user_payer(current_euid()), mailslot_user_exempt(),
				 GFP_KERNEL_ACCOUNT);
	if (!user)
		return -ENOMEM;
	err = mailslot_user_charge_unsent(user, out->pages);
	if (err)
		mailslot_user_put(user);
	else
		out->user = user;
	return err;
}

static int outgoing_add_blocks(struct mailslot_outgoing *out, unsigned long missing)
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

/* Copy the message into memory of its own. This may sleep in a page fault, even for ever. */
static int outgoing_copy(struct mailslot_outgoing *out, struct iov_iter *from,
			 unsigned long missing)
{
	struct mailslot_place body;
	int err;

	err = outgoing_charge_unsent(out);
	if (err)
		return err;
	err = outgoing_add_blocks(out, missing);
	if (err)
		return err;
	out->end = mailslot_place_end(mailslot_outgoing_start(out), out->length).place;
	body = mailslot_place_body(mailslot_outgoing_start(out));
	return mailslot_copy_iter_in(body, from, out->length) ? 0 : -EFAULT;
}

/*
 * The caller holds the lock. Charge the blocks to the slot's owner. They are charged only now,
 * because a message that waits in line counts for its writer. If the owner is at the limit, free
 * the spare blocks that the slot keeps, and try again.
 */
static int outgoing_charge(struct mailslot_outgoing *out)
{
	struct mailslot_slot *slot = out->client->slot;
	unsigned long spares;

	if (likely(!mailslot_slot_charge(slot, out->pages)))
		return 0;
	spares = slot->queue.spares + mailslot_queue_idle(&slot->queue);
	mailslot_blocks_free_later(mailslot_queue_trim(&slot->queue));
	mailslot_slot_uncharge(slot, spares);
	return mailslot_slot_charge(slot, out->pages);
}

/* The caller holds the lock. Append the blocks themselves. */
static int outgoing_link(struct mailslot_outgoing *out)
{
	struct mailslot_slot *slot = out->client->slot;
	int err = outgoing_charge(out);

	if (err)
		return err;
	err = mailslot_send_record(out->client, mailslot_place_record(mailslot_outgoing_start(out)),
				   out->length, out->sender);
	if (err) {
		mailslot_slot_uncharge(slot, out->pages);
		return err;
	}
	mailslot_queue_link(&slot->queue, out->blocks, out->end, out->length);
	out->blocks = NULL;
	return 0;
}

/* The caller holds the lock. Leave the blocks to the slot, as spares, if the slot has few. */
static void outgoing_donate(struct mailslot_outgoing *out)
{
	struct mailslot_slot *slot = out->client->slot;

	if (slot->queue.spares >= MAILSLOT_SPARES || mailslot_slot_charge(slot, out->pages))
		return;
	mailslot_queue_donate(&slot->queue, out->blocks);
	out->blocks = NULL;
}

/* The caller holds the lock. Copy the bytes to @at, behind the last message. */
static int outgoing_pack(struct mailslot_outgoing *out, struct mailslot_place at)
{
	struct mailslot_queue *queue = &out->client->slot->queue;
	struct mailslot_place from = mailslot_place_body(mailslot_outgoing_start(out));
	int err;

	err = mailslot_send_record(out->client, mailslot_place_record(at), out->length,
				   out->sender);
	if (err)
		return err;
	mailslot_copy_across(mailslot_place_body(at), from, out->length);
	mailslot_queue_commit(queue, at, out->length);
	outgoing_donate(out);
	return 0;
}

/* The caller holds the lock. Copy the bytes to the ring, or some of them. */
static int outgoing_fill(struct mailslot_outgoing *out)
{
	int err = mailslot_ring_queue(out);

	if (!err)
		outgoing_donate(out);
	return err;
}

/*
 * The caller holds the lock, and there is room for the message, or the message can never enter. The
 * caller is the writer itself, or the task that changed the room. This function uses only what
 * belongs to the queue or to the writer, and the writer is asleep in line or is the caller.
 */
static int outgoing_queue(struct mailslot_waiter *waiter)
{
	struct mailslot_outgoing *out = container_of(waiter, struct mailslot_outgoing, waiter);
	struct mailslot_slot *slot = out->client->slot;
	struct mailslot_queue *queue = &slot->queue;
	struct mailslot_place at;

	if (out->length > slot->longest)
		return -EMSGSIZE;
	if (slot->has_ring)
		return outgoing_fill(out);
	if (out->length > MAILSLOT_PACKED_MAX || mailslot_queue_reserve(queue, out->length, &at))
		return outgoing_link(out);
	return outgoing_pack(out, at);
}

/* The caller holds the lock, which is dropped. Stand in line until the message is queued. */
static int outgoing_await(struct mailslot_outgoing *out)
	__releases(&out->client->slot->lock)
{
	struct mailslot_slot *slot = out->client->slot;
	unsigned int wake;
	int err;

	out->waiter.queue = outgoing_queue;
	out->waiter.need = mailslot_send_cost(out->length);
	mailslot_begin_wait(slot, &out->waiter);
	mailslot_ring_serve(slot);
	err = mailslot_await_room(slot, &out->waiter);
	wake = mailslot_leave_line(slot, &out->waiter);
	/* The task that queued the message may be preempted before it tells the pollers. */
	outgoing_unlock(slot, err ? wake : wake | MAILSLOT_WAKE_SERVER_POLLERS);
	mailslot_end_wait(&out->waiter);
	if (err && slot->has_ring)
		mailslot_ring_forget(slot, &out->part);
	return err;
}

/* A message that enters a ring in several sections of the lock must not be overtaken. */
static bool outgoing_takes_turns(const struct mailslot_outgoing *out)
{
	return out->client->slot->has_ring && out->length > MAILSLOT_RING_COPY_MAX;
}

/* Queue the complete message; stand in line first if necessary. */
static int outgoing_enter(struct mailslot_outgoing *out)
{
	struct mailslot_slot *slot = out->client->slot;
	int err;

	out->waiter.done = false;
	outgoing_lock(slot);
	err = outgoing_admit(out);
	if ((err == -EAGAIN && !out->nonblock) || (!err && outgoing_takes_turns(out)))
		return outgoing_await(out);
	if (!err)
		err = outgoing_queue(&out->waiter);
	outgoing_unlock(slot, err ? 0 : MAILSLOT_WAKE_SERVER_POLLERS);
	return err;
}

/**
 * mailslot_outgoing_send() - queue a complete message
 * @out: the message; unless it was queued, its blocks stay as they are
 *
 * The owner's limit may leave room when the spare blocks of all his slots are taken, once.
 *
 * Context: process context, sleeps for room unless @out->nonblock.
 * Return: 0, -EPIPE, -EMSGSIZE, -EAGAIN, -EDQUOT, -ERESTARTSYS.
 */
int mailslot_outgoing_send(struct mailslot_outgoing *out)
{
	int err = outgoing_enter(out);

	if (err != -EDQUOT)
		return err;
	mailslot_reclaim_for(out->client->slot);
	return outgoing_enter(out);
}

/*
 * Queue the message, or leave it in line and return -EAGAIN; then the message may be freed already.
 */
static int outgoing_post(struct mailslot_outgoing *out)
{
	struct mailslot_slot *slot = out->client->slot;
	int err;

	out->waiter.task = NULL;
	out->waiter.queue = outgoing_queue;
	out->waiter.need = mailslot_send_cost(out->length);
	out->waiter.done = false;
	outgoing_lock(slot);
	err = mailslot_send_admit(slot, out->length);
	if (err == -EAGAIN)
		mailslot_join_line(slot, &out->waiter);
	else if (!err)
		err = outgoing_queue(&out->waiter);
	outgoing_unlock(slot, err ? 0 : MAILSLOT_WAKE_SERVER_POLLERS);
	return err;
}

/**
 * mailslot_outgoing_post() - queue a complete message, or leave it in line without a task that
 * waits
 * @out: the message; waiter.leave is called when a message that was left in line leaves the line
 *
 * The caller holds its own reference of the slot.
 *
 * Context: process context, may sleep.
 * Return: true when @out is left in line and does not belong to the caller any more; false when the
 * message was queued or refused.
 */
bool mailslot_outgoing_post(struct mailslot_outgoing *out)
{
	struct mailslot_slot *slot = out->client->slot;
	int err = outgoing_post(out);

	if (err == -EDQUOT) {
		mailslot_reclaim_for(slot);
		err = outgoing_post(out);
	}
	return err == -EAGAIN;
}

/**
 * mailslot_outgoing_follow() - a message that was left in line has left it
 * @out: the message
 *
 * The task that queued the message may get no processor before it wakes the server's pollers, or
 * serves more of the line. A writer that sleeps in line does both when it wakes up; for this
 * message no task sleeps, so this function does both.
 *
 * Context: process context, nothing held.
 */
void mailslot_outgoing_follow(struct mailslot_outgoing *out)
{
	struct mailslot_slot *slot = out->client->slot;
	unsigned int wake;

	spin_lock(&slot->lock);
	wake = mailslot_leave_line(slot, &out->waiter);
	outgoing_unlock(slot, wake | MAILSLOT_WAKE_SERVER_POLLERS);
}

/**
 * mailslot_outgoing_end() - give back what a message still has
 * @out: the message
 *
 * Context: process context, may sleep.
 */
void mailslot_outgoing_end(struct mailslot_outgoing *out)
{
	mailslot_blocks_free(NULL, out->blocks);
	if (!out->user)
		return;
	mailslot_user_uncharge_unsent(out->user, out->pages);
	mailslot_user_put(out->user);
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
	struct mailslot_outgoing out;
	unsigned long missing = 0;
	int err;

	/* The fields of the place in line are set only if the message joins the line. */
	out.client = client;
	out.sender = task_tgid(current);
	out.length = iov_iter_count(from);
	out.nonblock = nonblock;
	out.pages = mailslot_blocks_for(out.length);
	out.user = NULL;
	out.blocks = NULL;
	err = outgoing_begin(&out, &missing);
	if (!err)
		err = outgoing_copy(&out, from, missing);
	if (!err)
		err = mailslot_outgoing_send(&out);
	mailslot_outgoing_end(&out);
	return err ? err : (ssize_t)out.length;
}
