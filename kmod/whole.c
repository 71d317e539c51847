// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages that are whole files. The bytes of a message are collected in blocks of the client end,
 * charged to the writer, and take no room of the slot. If an unfinished message took room, it could
 * keep others out of an empty queue for ever, and two such messages could wait for each other's
 * room. When the message ends, it stands in line like the message of any writer. Where no task may
 * wait, the message is left in line, and the task that makes room queues it.
 */
#include <linux/err.h>
#include <linux/llist.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "block.h"
#include "compat.h"
#include "outgoing.h"
#include "send.h"
#include "slot.h"
#include "user.h"
#include "whole.h"

/* A client end with the message that is collected in it. */
struct whole {
	struct mailslot_client client;	/* must be first: kfree() of it frees all */
	/*
	 * Taken before slot->lock; held over page faults of the writer and while fsync stands in
	 * line.
	 */
	struct mutex lock;

	/*
	 * The lock protects these fields. Once the file is closed, only the task that ends the
	 * message uses them.
	 */
	bool begun;			/* something was written, if only an empty write */
	int err;			/* why there will be no message; or 0 */
	struct mailslot_place at;	/* of the next byte */
	struct mailslot_outgoing out;

	struct llist_node ended;	/* left to the work item */
};

static struct whole *whole_of(struct mailslot_client *client)
{
	return container_of(client, struct whole, client);
}

/**
 * mailslot_whole_alloc() - make a client end of this kind
 *
 * Context: process context, may sleep.
 * Return: the client end, zeroed, for kfree() or mailslot_whole_release(); or NULL.
 */
struct mailslot_client *mailslot_whole_alloc(void)
{
	struct whole *whole = kzalloc_obj(*whole, GFP_KERNEL_ACCOUNT);

	if (!whole)
		return NULL;
	mutex_init(&whole->lock);
	return &whole->client;
}

/* Begin a message, with its first write. The process that begins the message is its sender. */
static void whole_begin(struct whole *whole)
{
	whole->begun = true;
	whole->out.client = &whole->client;
	whole->out.sender = get_pid(task_tgid(current));
}

/* No message gathers any more. */
static void whole_reset(struct whole *whole)
{
	mailslot_outgoing_end(&whole->out);
	put_pid(whole->out.sender);
	memset(&whole->out, 0, sizeof(whole->out));
	whole->begun = false;
	whole->err = 0;
}

/* Charge @user, in place of the former payer, for the pages of the message and for @more. */
static int whole_charge_to(struct mailslot_outgoing *out, struct mailslot_user *user,
			   unsigned long more)
{
	int err = mailslot_user_charge_unsent(user, out->pages + more);

	if (err) {
		mailslot_user_put(user);
		return err;
	}
	if (out->user) {
		mailslot_user_uncharge_unsent(out->user, out->pages);
		mailslot_user_put(out->user);
	}
	out->user = user;
	out->pages += more;
	return 0;
}

/*
 * Charge the writer for @more pages. If the last writer was another user, charge the new writer for
 * all of the message: a client end may be handed on, and nobody writes at another user's expense.
 */
static int whole_charge(struct mailslot_outgoing *out, unsigned long more)
{
	kuid_t uid = mailslot_user_payer(current_euid());
	bool exempt = mailslot_user_exempt();
	struct mailslot_user *user = out->user;
	int err;

	if (user && mailslot_user_is(user, uid, exempt)) {
		err = mailslot_user_charge_unsent(user, more);
		if (!err)
			out->pages += more;
		return err;
	}
	user = mailslot_user_get(uid, exempt, GFP_KERNEL_ACCOUNT);
	return user ? whole_charge_to(out, user, more) : -ENOMEM;
}

/*
 * Allocate blocks for @length more bytes. All blocks so far are full, except perhaps the last one.
 */
static int whole_extend(struct whole *whole, size_t length)
{
	struct mailslot_outgoing *out = &whole->out;
	unsigned long more = mailslot_blocks_for(out->length + length) - out->pages;
	struct mailslot_block *blocks;
	int err;

	if (!more)
		return 0;
	err = whole_charge(out, more);
	if (err)
		return err;
	blocks = mailslot_blocks_alloc(more);
	if (IS_ERR(blocks))
		return PTR_ERR(blocks);
	if (out->blocks) {
		whole->at.block->next = blocks;
	} else {
		out->blocks = blocks;
		whole->at = mailslot_place_body(mailslot_outgoing_start(out));
	}
	return 0;
}

static int whole_copy(struct whole *whole, struct iov_iter *from, size_t length)
{
	while (length) {
		size_t piece;
		void *address = mailslot_place_piece(&whole->at, length, &piece);

		if (copy_from_iter(address, piece, from) != piece)
			return -EFAULT;
		whole->out.length += piece;
		length -= piece;
		cond_resched();
	}
	return 0;
}

/* May the message become @length bytes longer at present? It is checked again when it ends. */
static int whole_admit(struct whole *whole, size_t length)
{
	struct mailslot_slot *slot = whole->client.slot;
	int err = 0;

	spin_lock(&slot->lock);
	if (slot->dead)
		err = -EPIPE;
	else if (whole->out.length + length > slot->longest)
		err = -EMSGSIZE;
	spin_unlock(&slot->lock);
	return err;
}

static int whole_add(struct whole *whole, struct iov_iter *from, size_t length)
{
	int err = whole->err ?: whole_admit(whole, length) ?: whole_extend(whole, length);

	return err ?: whole_copy(whole, from, length);
}

/* A message that lacks some of its bytes must not be queued. Free its memory at once. */
static void whole_spoil(struct whole *whole, int err)
{
	struct pid *sender = whole->out.sender;

	mailslot_outgoing_end(&whole->out);
	memset(&whole->out, 0, sizeof(whole->out));
	whole->out.sender = sender;
	whole->err = err;
}

/**
 * mailslot_whole_write() - add to the message that is collected in a client end
 * @client: the client end, of a slot with whole set
 * @from: the bytes: all of them
 *
 * A write that fails spoils the message, except with -ERESTARTSYS: later writes, and the end of the
 * message, fail with the same error.
 *
 * Context: process context, may sleep.
 * Return: the number of bytes; -EPIPE, -EMSGSIZE, -EFAULT, -ENOMEM, -EDQUOT; -ERESTARTSYS while
 * another task writes.
 */
ssize_t mailslot_whole_write(struct mailslot_client *client, struct iov_iter *from)
{
	struct whole *whole = whole_of(client);
	size_t length = iov_iter_count(from);
	int err;

	if (mutex_lock_interruptible(&whole->lock))
		return -ERESTARTSYS;
	if (!whole->begun)
		whole_begin(whole);
	err = whole_add(whole, from, length);
	if (err && !whole->err)
		whole_spoil(whole, err);
	mutex_unlock(&whole->lock);
	return err ? err : (ssize_t)length;
}

/* Compute where the bytes end; the queue needs this. */
static void whole_seal(struct mailslot_outgoing *out)
{
	out->end = mailslot_place_end(mailslot_outgoing_start(out), out->length).place;
}

/*
 * The caller holds whole->lock. Queue the message, or return why there is none. After -EAGAIN and
 * -ERESTARTSYS the message is kept and can go on. A place in line must be on the stack of the task
 * that waits in it, so a copy of the message is queued; of the original, only the blocks change.
 */
static int whole_send(struct whole *whole, bool nonblock)
{
	struct mailslot_outgoing out;
	int err = whole->err;

	if (!whole->begun)
		return 0;
	if (!err) {
		whole_seal(&whole->out);
		out = whole->out;
		out.nonblock = nonblock;
		err = mailslot_outgoing_send(&out);
		whole->out.blocks = out.blocks;
	}
	if (err != -EAGAIN && err != -ERESTARTSYS)
		whole_reset(whole);
	return err;
}

/**
 * mailslot_whole_sync() - end the message: the next write begins another message
 * @client: the client end, of a slot with whole set
 * @nonblock: -EAGAIN rather than wait for room
 *
 * Context: process context, sleeps.
 * Return: 0, with the message queued or nothing written; the error that spoiled it; -EPIPE,
 * -EMSGSIZE, -EDQUOT, with no message left; -EAGAIN, -ERESTARTSYS with the message as it was.
 */
int mailslot_whole_sync(struct mailslot_client *client, bool nonblock)
{
	struct whole *whole = whole_of(client);
	int err;

	if (mutex_lock_interruptible(&whole->lock))
		return -ERESTARTSYS;
	err = whole_send(whole, nonblock);
	mutex_unlock(&whole->lock);
	return err;
}

/*
 * May the caller sleep for room, and would anybody get an error? A task that exits may not, because
 * no signal reaches it any more. A task that executes a program may not, because it holds locks
 * that others need to look at the task.
 */
static bool may_wait(const struct file *file)
{
	return !(current->flags & PF_EXITING) && !current->in_execve &&
	       !(file->f_flags & O_NONBLOCK);
}

/**
 * mailslot_whole_flush() - a descriptor is closed
 * @client: the client end, of a slot with whole set
 * @file: its file
 *
 * When the last descriptor is closed, the message ends. If the caller cannot wait, or if another
 * task has got the file meanwhile, mailslot_whole_release() ends the message instead.
 *
 * Context: process context, sleeps.
 * Return: as mailslot_whole_sync(), less -EAGAIN and -ERESTARTSYS.
 */
int mailslot_whole_flush(struct mailslot_client *client, struct file *file)
{
	struct whole *whole = whole_of(client);
	int err;

	if (file_count(file) != 1 || !may_wait(file) || !mutex_trylock(&whole->lock))
		return 0;
	err = whole_send(whole, false);
	mutex_unlock(&whole->lock);
	return err == -ERESTARTSYS ? 0 : err;
}

/* Is the process, of which the caller is a task, being ended by a signal? */
static bool process_is_killed(void)
{
	const struct signal_struct *signal = current->signal;

	return READ_ONCE(signal->flags) & SIGNAL_GROUP_EXIT &&
	       READ_ONCE(signal->group_exit_code) & 0x7f;
}

/* Free a client end, which nobody else uses any more. */
static void whole_free(struct whole *whole)
{
	struct mailslot_slot *slot = whole->client.slot;

	if (whole->begun)
		whole_reset(whole);
	mutex_destroy(&whole->lock);
	kfree_rcu(&whole->client, rcu);
	mailslot_slot_put(slot);
}

/* Client ends whose messages have left the line. */
static LLIST_HEAD(ended);

static void free_ended(struct work_struct *work)
{
	struct llist_node *node = llist_del_all(&ended);

	while (node) {
		struct whole *whole = container_of(node, struct whole, ended);

		node = node->next;
		mailslot_outgoing_follow(&whole->out);
		whole_free(whole);
	}
}

static DECLARE_WORK(ended_work, free_ended);

/* The caller holds the slot's lock, so leave what may sleep to a work item. */
static void whole_leave(struct mailslot_waiter *waiter)
{
	struct whole *whole = container_of(waiter, struct whole, out.waiter);

	if (llist_add(&whole->ended, &ended))
		schedule_work(&ended_work);
}

/**
 * mailslot_whole_release() - the last reference of the file is gone
 * @client: the client end, of a slot with whole set, which counts for nothing any more; freed here,
 *	or when its message has left the line
 *
 * A message that nobody has ended is queued or left in line, unless the process was killed: a
 * process that was killed halfway may not have written all of the message.
 *
 * Context: process context, may sleep.
 */
void mailslot_whole_release(struct mailslot_client *client)
{
	struct whole *whole = whole_of(client);
	struct mailslot_slot *slot = client->slot;
	bool left = false;

	/*
	 * Hold the slot: the reference of the client end may be dropped before this function
	 * returns.
	 */
	mailslot_slot_get(slot);
	if (whole->begun && !whole->err && !process_is_killed()) {
		whole_seal(&whole->out);
		whole->out.waiter.leave = whole_leave;
		left = mailslot_outgoing_post(&whole->out);
	}
	if (!left)
		whole_free(whole);
	mailslot_slot_put(slot);
}

/**
 * mailslot_wholes_exit() - wait until all client ends of this kind are freed
 *
 * Context: process context, may sleep.
 */
void mailslot_wholes_exit(void)
{
	flush_work(&ended_work);
}
