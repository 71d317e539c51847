// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages out of a slot. The fast way copies the head message straight to the reader, in one
 * section of the slot's lock, with page faults disabled. All other cases take the slow way: the
 * reader claims the head message, copies it with nothing held, and takes it off only when all of it
 * has arrived. Other readers wait while there is a claim, so that the order is kept; writers,
 * pollers and GET_INFO do not wait.
 */
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "block.h"
#include "receive.h"
#include "sender.h"
#include "trace.h"
#include "usercopy.h"
#include "wait.h"

/* Messages of a batch that are handled in one section of the lock. */
#define BATCH_LOCKED	64

/* The work that remains after messages were taken, for when the lock is dropped. */
struct taken {
	struct mailslot_block *garbage;
	unsigned int wake;		/* MAILSLOT_WAKE_* */
};

/* The caller holds the lock. Take the head message off. @end is its end if the message is long. */
static __always_inline void take(struct mailslot_slot *slot, const struct mailslot_end *end,
				 struct taken *taken)
{
	struct mailslot_record *record = mailslot_place_record(mailslot_queue_head(&slot->queue));

	trace_mailslot_receive(slot, slot->queue.read + 1, record->length);
	mailslot_sender_leave(slot, record);
	slot->charged -= record->length + MAILSLOT_MESSAGE_COST;
	mailslot_queue_consume(&slot->queue, end, &taken->garbage);
	if (likely(!(slot->flags & MAILSLOT_INFO_KEEP_READ_TIME)))
		slot->last_read_time = mailslot_now();
	if (unlikely(mailslot_slot_fits(slot, slot->room_wanted)))
		taken->wake |= mailslot_room_changed(slot);
}

/* The caller has dropped the lock. Free the blocks that were left over, and send the wake-ups. */
static __always_inline void taken_finish(struct mailslot_slot *slot, const struct taken *taken)
{
	if (unlikely(taken->garbage))
		mailslot_blocks_free(slot, taken->garbage);
	mailslot_room_follow(slot, taken->wake);
}

/* Leave the lock; pass the wake-up on if a message waits for another reader. */
static __always_inline void taken_unlock(struct mailslot_slot *slot, const struct taken *taken)
	__releases(&slot->lock)
{
	mailslot_wake_reader(slot);
	spin_unlock(&slot->lock);
	taken_finish(slot, taken);
}

/*
 * End a claim and leave the lock. Messages may have come during the claim. A reader that was woken
 * for one of them found the claim and went back to sleep. If a poller, or a call that was refused,
 * found the claim (slot->poller_saw_none), wake the pollers, too. Do not wake them in other cases,
 * because each wake-up is an edge.
 */
static void claim_unlock(struct mailslot_slot *slot, const struct taken *taken)
	__releases(&slot->lock)
{
	bool wake = slot->poller_saw_none;

	slot->claimed = false;
	slot->poller_saw_none = false;
	wake = wake && mailslot_slot_ready(slot);
	taken_unlock(slot, taken);
	if (wake)
		mailslot_wake_server_pollers(slot);
}

/**
 * __mailslot_receive_none() - mailslot_receive_none() where there are blocks to give back
 * @slot: the slot, locked; unlocked for a while
 *
 * Context: process context, may sleep.
 */
void __mailslot_receive_none(struct mailslot_slot *slot)
{
	struct mailslot_block *excess;

	lockdep_assert_held(&slot->lock);
	if (slot->claimed)
		return;
	excess = mailslot_queue_settle(&slot->queue);
	spin_unlock(&slot->lock);
	mailslot_blocks_free(slot, excess);
	spin_lock(&slot->lock);
}

/*
 * A call that waited by the slot's timeout cannot be restarted after a stop: it would wait for the
 * whole timeout again, and a restart block would outlive the module. It fails with -EINTR, as a
 * call on a socket with a timeout does. A call with a deadline can be restarted, because the
 * deadline stays the same.
 */
static int receive_interrupted(int err, u64 deadline_ns)
{
	return err == -ERESTARTNOHAND && !deadline_ns ? -EINTR : err;
}

/*
 * The caller holds the lock. Wait for the head message; deadline_ns 0 means the slot's own timeout.
 */
static int receive_await(struct mailslot_slot *slot, u64 deadline_ns, bool nonblock)
{
	ktime_t deadline = 0;
	int err;

	if (mailslot_slot_ready(slot))
		return 0;
	mailslot_receive_none(slot);
	if (!nonblock)
		deadline = deadline_ns ? mailslot_deadline_here(deadline_ns) :
					 mailslot_deadline(slot->read_timeout);
	err = mailslot_await_message(slot, deadline);
	/*
	 * The caller that is refused here may poll for an edge; the end of the claim must be an
	 * edge then.
	 */
	if (err && slot->claimed)
		slot->poller_saw_none = true;
	return nonblock && err ? -EAGAIN : receive_interrupted(err, deadline_ns);
}

/**
 * mailslot_receive_iter() - take one message, the slow way
 * @slot: the slot
 * @to: where it goes
 * @nonblock: -EAGAIN rather than wait for a message
 *
 * Context: process context, may sleep.
 * Return: its length; -EAGAIN, -ETIMEDOUT, -EINTR, -ERESTARTSYS; -EMSGSIZE, -EFAULT with the
 * message where it was.
 */
ssize_t mailslot_receive_iter(struct mailslot_slot *slot, struct iov_iter *to, bool nonblock)
{
	struct taken taken = {};
	struct mailslot_place at;
	struct mailslot_end end;
	u32 length;
	int err;

	spin_lock(&slot->lock);
	err = receive_await(slot, 0, nonblock);
	if (err) {
		spin_unlock(&slot->lock);
		return err;
	}
	at = mailslot_queue_head(&slot->queue);
	length = mailslot_place_record(at)->length;
	if (length > iov_iter_count(to)) {
		taken_unlock(slot, &taken);
		return -EMSGSIZE;
	}
	slot->claimed = true;
	spin_unlock(&slot->lock);

	if (!mailslot_copy_iter_out(to, mailslot_place_body(at), length))
		err = -EFAULT;
	end = mailslot_place_end(at, length);

	spin_lock(&slot->lock);
	if (!err)
		take(slot, &end, &taken);
	claim_unlock(slot, &taken);
	return err ? err : (ssize_t)length;
}

static noinline ssize_t receive_slow(struct mailslot_slot *slot, void __user *to, size_t capacity,
				     bool nonblock)
{
	struct iov_iter iter;

	iov_iter_ubuf(&iter, ITER_DEST, to, capacity);
	return mailslot_receive_iter(slot, &iter, nonblock);
}

/**
 * mailslot_receive() - take one message
 * @slot: the slot
 * @to: where it goes
 * @capacity: room there, in bytes
 * @nonblock: -EAGAIN rather than wait for a message
 *
 * Context: process context, may sleep.
 * Return: as mailslot_receive_iter().
 */
ssize_t mailslot_receive(struct mailslot_slot *slot, void __user *to, size_t capacity,
			 bool nonblock)
{
	struct taken taken = {};
	struct mailslot_place at;
	bool copied = false;
	u32 length;

	spin_lock(&slot->lock);
	if (likely(mailslot_slot_ready(slot))) {
		at = mailslot_queue_head(&slot->queue);
		length = mailslot_place_record(at)->length;
		if (likely(length <= capacity && length <= MAILSLOT_COPY_LOCKED_MAX)) {
			pagefault_disable();
			copied = mailslot_copy_out(to, mailslot_place_body(at), length);
			pagefault_enable();
		}
	}
	if (likely(copied)) {
		take(slot, NULL, &taken);
		taken_unlock(slot, &taken);
		return length;
	}
	spin_unlock(&slot->lock);
	return receive_slow(slot, to, capacity, nonblock);
}

/* The state of a RECEIVE. The slot is claimed until the RECEIVE ends. */
struct batch {
	struct mailslot_slot *slot;
	struct mailslot_recv_msg __user *to;	/* the next of the caller's array */
	size_t stride;				/* from one of them to the next */
	unsigned int left;			/* of the caller's array */
	unsigned int done;
	bool peek;
	struct mailslot_place at;		/* the next message */
	u64 sequence;				/* its number */
	u64 last;				/* number of the last message there is */
	struct pid_namespace *pids;		/* the receiver's namespaces */
	struct user_namespace *users;
	struct taken taken;
};

static __always_inline int batch_fetch(struct mailslot_recv_msg *msg,
				       struct mailslot_recv_msg __user *from, size_t stride)
{
	if (!user_read_access_begin(from, sizeof(*from)))
		return -EFAULT;
	mailslot_unsafe_get_u64(msg->buffer, &from->buffer, fault);
	unsafe_get_user(msg->capacity, &from->capacity, fault);
	unsafe_get_user(msg->reserved, &from->reserved, fault);
	user_read_access_end();
	if (msg->reserved)
		return -EINVAL;
	return mailslot_check_tail(from, sizeof(*msg), stride);
fault:
	user_read_access_end();
	return -EFAULT;
}

static bool batch_store(struct mailslot_recv_msg __user *to, const struct mailslot_recv_msg *msg)
{
	if (!user_write_access_begin(to, sizeof(*to)))
		return false;
	unsafe_put_user(msg->length, &to->length, fault);
	unsafe_put_user(msg->pid, &to->pid, fault);
	unsafe_put_user(msg->uid, &to->uid, fault);
	unsafe_put_user(msg->gid, &to->gid, fault);
	unsafe_put_user(msg->sequence, &to->sequence, fault);
	unsafe_put_user(msg->time_ns, &to->time_ns, fault);
	user_write_access_end();
	return true;
fault:
	user_write_access_end();
	return false;
}

/* Copy the message at batch->at to the caller, with its sender, number and time. */
static int batch_deliver(struct batch *batch)
{
	const struct mailslot_record *record = mailslot_place_record(batch->at);
	struct mailslot_recv_msg msg;
	int err = batch_fetch(&msg, batch->to, batch->stride);

	if (err)
		return err;
	msg.length = record->length;
	if (msg.length > msg.capacity)
		return put_user(msg.length, &batch->to->length) ? -EFAULT : -EMSGSIZE;
	if (!mailslot_copy_out(mailslot_user_ptr(msg.buffer), mailslot_place_body(batch->at),
			       msg.length))
		return -EFAULT;
	msg.pid = pid_nr_ns(record->pid, batch->pids);
	msg.uid = from_kuid_munged(batch->users, record->uid);
	msg.gid = from_kgid_munged(batch->users, record->gid);
	msg.sequence = batch->sequence;
	msg.time_ns = record->time;
	return batch_store(batch->to, &msg) ? 0 : -EFAULT;
}

static struct mailslot_end batch_end(const struct batch *batch)
{
	return mailslot_place_end(batch->at, mailslot_place_record(batch->at)->length);
}

/*
 * The caller holds the lock, and the message has been delivered. Go on to the next message, if
 * there is one. @end is the end of the message if the message is long.
 */
static void batch_advance(struct batch *batch, const struct mailslot_end *end)
{
	struct mailslot_queue *queue = &batch->slot->queue;

	if (!batch->peek)
		take(batch->slot, end, &batch->taken);
	batch->last = queue->written;
	batch->to = (void __user *)batch->to + batch->stride;
	batch->left--;
	batch->done++;
	if (batch->sequence++ == batch->last)
		return;
	if (batch->peek)
		batch->at = mailslot_place_next(end ? end->place : batch_end(batch).place);
	else
		batch->at = mailslot_queue_head(queue);
}

static bool batch_more(const struct batch *batch)
{
	return batch->left && batch->sequence <= batch->last;
}

/*
 * The caller holds the lock and has disabled page faults. Deliver messages until one needs a page
 * fault, until BATCH_LOCKED messages or MAILSLOT_BATCH_LOCKED_MAX bytes are delivered, or until
 * somebody is to be woken.
 */
static int batch_locked(struct batch *batch)
{
	unsigned int stop = batch->done + BATCH_LOCKED;
	int left = MAILSLOT_BATCH_LOCKED_MAX;

	while (batch_more(batch) && batch->done != stop && left > 0 && !batch->taken.wake) {
		u32 length = mailslot_place_record(batch->at)->length;
		int err;

		if (length > MAILSLOT_COPY_LOCKED_MAX)
			return -EFAULT;
		err = batch_deliver(batch);
		if (err)
			return err;
		batch_advance(batch, NULL);
		left -= length;
	}
	return 0;
}

/*
 * Leave the lock but keep the claim. Send the wake-ups of the messages so far at once, so that
 * nobody waits for them until the next message is delivered.
 */
static int batch_unlock(struct batch *batch)
	__releases(&batch->slot->lock)
{
	struct taken taken = batch->taken;

	batch->taken = (struct taken){};
	spin_unlock(&batch->slot->lock);
	taken_finish(batch->slot, &taken);
	cond_resched();
	return fatal_signal_pending(current) ? -EINTR : 0;
}

/* The caller holds the lock, and has claimed the slot; both are still so on return. */
static int batch_run(struct batch *batch)
	__must_hold(&batch->slot->lock)
{
	struct mailslot_slot *slot = batch->slot;
	struct mailslot_end end;
	bool slow;
	int err;

	while (batch_more(batch)) {
		pagefault_disable();
		err = batch_locked(batch);
		pagefault_enable();
		slow = err == -EFAULT;
		if ((err && !slow) || !batch_more(batch))
			return err;
		err = batch_unlock(batch);
		if (slow && !err) {
			/*
			 * Try once more, with page faults enabled: a copy that fails now means bad
			 * memory.
			 */
			err = batch_deliver(batch);
			end = batch_end(batch);
		}
		spin_lock(&slot->lock);
		if (err)
			return err;
		if (slow)
			batch_advance(batch, &end);
	}
	return 0;
}

/**
 * mailslot_receive_batch() - take, or look at, as many messages as wait
 * @slot: the slot
 * @request: what the caller asks for, checked
 * @nonblock: -EAGAIN rather than wait for the first message
 *
 * Context: process context, may sleep.
 * Return: how many were delivered; when that is none, the error of the first: those of
 * mailslot_receive_iter(), -ERESTARTNOHAND instead of -EINTR with a deadline, or -EINVAL.
 */
long mailslot_receive_batch(struct mailslot_slot *slot, const struct mailslot_receive *request,
			    bool nonblock)
{
	struct batch batch = {
		.slot = slot,
		.to = mailslot_user_ptr(request->messages),
		.stride = request->message_size,
		.left = request->count,
		.peek = request->flags & MAILSLOT_RECEIVE_PEEK,
		.pids = task_active_pid_ns(current),
		.users = current_user_ns(),
	};
	int err;

	spin_lock(&slot->lock);
	err = receive_await(slot, request->deadline_ns, nonblock);
	if (err) {
		spin_unlock(&slot->lock);
		return err;
	}
	slot->claimed = true;
	batch.at = mailslot_queue_head(&slot->queue);
	batch.sequence = slot->queue.read + 1;
	batch.last = slot->queue.written;
	err = batch_run(&batch);
	claim_unlock(slot, &batch.taken);
	return batch.done ? (long)batch.done : err;
}
