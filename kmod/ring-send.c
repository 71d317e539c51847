// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages into a ring. A message of up to MAILSLOT_RING_COPY_MAX bytes is copied from its writer
 * in one section of the slot's lock, with page faults disabled. A longer message is copied in
 * pieces, and does not reserve its place before the last piece: a writer that comes meanwhile takes
 * the place. A message that could not be completed in this way takes the slow way (outgoing.c).
 * Then it is copied from memory of the kernel, by the task that has the lock, once it is the first
 * in line.
 */
#include <linux/cred.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "compat.h"
#include "outgoing.h"
#include "ring.h"
#include "ring-send.h"
#include "send.h"
#include "trace.h"
#include "usercopy.h"
#include "wait.h"

#define HEADER	sizeof(struct mailslot_ring_message)

/* A client end of a slot with a ring, and the sender that the ring reports for its messages. */
struct ring_client {
	struct mailslot_client client;	/* must be first: kfree() of it frees all */

	/* Under slot->lock. */
	struct pid *sender;		/* the last writer; a reference; NULL if nobody wrote yet */
	u32 pid;			/* as the ring's namespaces number it, as the next two */
	u32 uid;			/* of the opener */
	u32 gid;
};

static struct ring_client *ring_client_of(struct mailslot_client *client)
{
	return container_of(client, struct ring_client, client);
}

/**
 * mailslot_ring_client_alloc() - make a client end of this kind
 *
 * Context: process context, may sleep.
 * Return: the client end, zeroed, for kfree() or mailslot_ring_client_free(); or NULL.
 */
struct mailslot_client *mailslot_ring_client_alloc(void)
{
	struct ring_client *self = kzalloc_obj(*self, GFP_KERNEL_ACCOUNT);

	return self ? &self->client : NULL;
}

/**
 * mailslot_ring_client_free() - the last reference of the file is gone
 * @client: the client end, which counts for nothing any more
 *
 * Context: process context.
 */
void mailslot_ring_client_free(struct mailslot_client *client)
{
	put_pid(ring_client_of(client)->sender);
	kfree_rcu(client, rcu);
}

/* Another process than before writes. Compare struct pid, because a number may be reused. */
static noinline void learn_sender(struct ring_client *self, struct pid *sender)
{
	const struct mailslot_ring *ring = self->client.slot->ring;

	put_pid(self->sender);
	self->sender = get_pid(sender);
	self->pid = pid_nr_ns(sender, ring->pids);
	self->uid = from_kuid_munged(ring->users, self->client.uid);
	self->gid = from_kgid_munged(ring->users, self->client.gid);
}

/*
 * The tail has moved over @size bytes. If another message had begun behind the tail, it is
 * overwritten, and its writer must begin again.
 */
static noinline void overwrite_stray(struct mailslot_ring *ring, u32 size)
{
	ring->part = NULL;
	ring->stray -= min(ring->stray, size);
	mailslot_ring_clean(ring);
}

/*
 * Clear the bytes between the end of a message and the next message. Do this before the last bytes
 * of the message are copied.
 */
static __always_inline void clear_padding(void *at, u32 length)
{
	*(u64 *)(at + mailslot_ring_footprint(length) - sizeof(u64)) = 0;
}

/* The caller holds the lock, and the bytes are in place. Queue the message. */
static __always_inline void ring_commit(struct ring_client *self, struct pid *sender, u32 length)
{
	struct mailslot_slot *slot = self->client.slot;
	struct mailslot_ring *ring = slot->ring;
	struct mailslot_ring_message *message = mailslot_ring_at(ring, ring->tail);
	u32 size = mailslot_ring_footprint(length);
	u64 sequence = slot->queue.written + 1;
	s64 now = mailslot_now();

	if (unlikely(self->sender != sender))
		learn_sender(self, sender);
	message->length = length;
	message->pid = self->pid;
	message->uid = self->uid;
	message->gid = self->gid;
	message->sequence = sequence;
	message->time_ns = now;
	ring->tail += size;
	/*
	 * Pairs with the reader's acquire: a reader that sees the tail sees the message before it.
	 */
	smp_store_release(&ring->status->tail, ring->tail);

	slot->queue.written = sequence;
	slot->queue.bytes_written += length;
	slot->charged += mailslot_send_cost(length);
	self->client.need = 0;
	if (likely(!(slot->flags & MAILSLOT_INFO_KEEP_WRITE_TIME)))
		slot->last_write_time = now;
	trace_mailslot_send(slot, sequence, length);
	if (unlikely(ring->stray))
		overwrite_stray(ring, size);
}

/* Like mailslot_send_admit(), but look at the reader's head first if there seems to be no room. */
static __always_inline int ring_admit(struct mailslot_slot *slot, size_t length)
{
	int err = mailslot_send_admit(slot, length);

	if (unlikely(err == -EAGAIN) && mailslot_ring_notice(slot))
		err = mailslot_send_admit(slot, length);
	return err;
}

static __always_inline int send_locked(struct mailslot_client *client, const void __user *from,
				       u32 length)
{
	struct mailslot_slot *slot = client->slot;
	struct mailslot_ring *ring;
	bool copied;
	void *at;
	int err;

	err = ring_admit(slot, length);
	if (unlikely(err))
		return err;
	ring = slot->ring;
	at = mailslot_ring_at(ring, ring->tail);
	clear_padding(at, length);
	pagefault_disable();
	copied = mailslot_copy_piece_in(at + HEADER, from, length);
	pagefault_enable();
	if (unlikely(!copied)) {
		/*
		 * Some bytes of the message may be in the ring, where the reader can see them, so
		 * clear them. This also clears what another writer has begun behind the tail; clear
		 * ring->part, so that the other writer notices.
		 */
		memset(at, 0, mailslot_ring_footprint(length));
		ring->part = NULL;
		return -EFAULT;
	}
	ring_commit(ring_client_of(client), task_tgid(current), length);
	return 0;
}

/**
 * mailslot_ring_send_locked() - queue one message of at most MAILSLOT_RING_COPY_MAX bytes
 * @client: the client end of a slot with a ring, locked
 * @from: the message
 * @length: its length
 *
 * Context: process context, the slot locked, page faults disabled or not.
 * Return: 0; -EPIPE, -EMSGSIZE, -EAGAIN; -EFAULT: not without a page fault. Nothing is queued then.
 */
int mailslot_ring_send_locked(struct mailslot_client *client, const void __user *from, u32 length)
{
	return send_locked(client, from, length);
}

/*
 * The caller holds the lock. Begin a message, in place of one that another writer may have begun.
 */
static int part_begin(struct mailslot_client *client, struct mailslot_ring_part *part, u32 length)
{
	struct mailslot_slot *slot = client->slot;
	int err = ring_admit(slot, length);

	if (err)
		return err;
	part->filled = HEADER;
	slot->ring->part = part;
	return 0;
}

/* The caller holds the lock. Add @size more bytes of the message behind the tail. */
static void part_grow(struct mailslot_ring *ring, struct mailslot_ring_part *part, u32 size)
{
	part->filled += size;
	ring->stray = max(ring->stray, part->filled);
}

/*
 * The caller holds the lock. Return 0 if the message is queued; -EINPROGRESS if there is more of
 * it.
 */
static int part_copy(struct mailslot_client *client, struct mailslot_ring_part *part,
		     const void __user *from, u32 length)
{
	struct mailslot_ring *ring = client->slot->ring;
	void *at = mailslot_ring_at(ring, ring->tail);
	u32 done = part->filled - HEADER;
	u32 piece = min_t(u32, length - done, MAILSLOT_RING_COPY_MAX);
	bool copied;

	if (done + piece == length)
		clear_padding(at, length);
	pagefault_disable();
	copied = mailslot_copy_piece_in(at + part->filled, from + done, piece);
	pagefault_enable();
	part_grow(ring, part, piece);
	if (!copied)
		return -EFAULT;
	if (done + piece < length)
		return -EINPROGRESS;
	ring_commit(ring_client_of(client), task_tgid(current), length);
	return 0;
}

/*
 * Copy a piece in one section of the lock. Return -EBUSY if another writer has taken the place, or
 * if SET_INFO has taken the room.
 */
static int part_send(struct mailslot_client *client, struct mailslot_ring_part *part,
		     const void __user *from, u32 length)
{
	struct mailslot_slot *slot = client->slot;
	int err = 0;

	spin_lock(&slot->lock);
	if (!part->filled)
		err = part_begin(client, part, length);
	else if (slot->dead)
		err = -EPIPE;
	else if (slot->ring->part != part || length > slot->longest ||
		 !mailslot_slot_fits(slot, mailslot_send_cost(length)))
		err = -EBUSY;
	if (!err)
		err = part_copy(client, part, from, length);
	if (!err)
		send_unlock_wake(slot);
	else
		spin_unlock(&slot->lock);
	return err;
}

/*
 * Copy a long message straight into the ring.
 */
static noinline int send_parts(struct mailslot_client *client, const void __user *from, u32 length)
{
	struct mailslot_ring_part part = {};
	int err;

	do {
		err = part_send(client, &part, from, length);
		cond_resched();
		if (err == -EINPROGRESS && fatal_signal_pending(current))
			err = -EINTR;
	} while (err == -EINPROGRESS);
	if (err && part.filled)
		mailslot_ring_forget(client->slot, &part);
	return err;
}

/**
 * mailslot_ring_send() - queue one message, if that needs no page fault and no wait
 * @client: the client end of a slot with a ring
 * @from: the message
 * @length: its length in bytes
 *
 * Context: process context, may sleep.
 * Return: 0; after any error nothing is queued, and the message can take the slow way.
 */
int mailslot_ring_send(struct mailslot_client *client, const void __user *from, size_t length)
{
	struct mailslot_slot *slot = client->slot;
	int err;

	if (unlikely(length > MAILSLOT_RING_COPY_MAX))
		return send_parts(client, from, length);
	spin_lock(&slot->lock);
	err = send_locked(client, from, length);
	if (likely(!err))
		send_unlock_wake(slot);
	else
		spin_unlock(&slot->lock);
	return err;
}

/* Copy bytes of a message that is in blocks, even over the ends of the blocks. */
static void copy_from_blocks(void *to, struct mailslot_place *from, u32 length)
{
	while (length) {
		size_t piece;
		const void *source = mailslot_place_piece(from, length, &piece);

		memcpy(to, source, piece);
		to += piece;
		length -= piece;
	}
}

/**
 * mailslot_ring_queue() - queue a message that is complete in blocks of its own, or a piece of it
 * @out: the message, for which there is room, and which nobody overtakes
 *
 * Context: any, the slot locked.
 * Return: 0; -EINPROGRESS: call again, in another section of the lock.
 */
int mailslot_ring_queue(struct mailslot_outgoing *out)
{
	struct mailslot_ring *ring = out->client->slot->ring;
	struct mailslot_ring_part *part = &out->part;
	void *at = mailslot_ring_at(ring, ring->tail);
	u32 piece;

	if (ring->part != part) {
		part->filled = HEADER;
		part->from = mailslot_place_body(mailslot_outgoing_start(out));
		ring->part = part;
	}
	piece = min_t(u32, out->length - (part->filled - HEADER), MAILSLOT_RING_COPY_MAX);
	if (part->filled - HEADER + piece == out->length)
		clear_padding(at, out->length);
	copy_from_blocks(at + part->filled, &part->from, piece);
	part_grow(ring, part, piece);
	if (part->filled - HEADER < out->length)
		return -EINPROGRESS;
	ring_commit(ring_client_of(out->client), out->sender, out->length);
	return 0;
}

/**
 * mailslot_ring_forget() - a message has been given up half way
 * @slot: its slot, with a ring
 * @part: the state of that message, which is not used any more
 *
 * Context: process context, may sleep.
 */
void mailslot_ring_forget(struct mailslot_slot *slot, const struct mailslot_ring_part *part)
{
	spin_lock(&slot->lock);
	if (!slot->dead && slot->ring->part == part)
		slot->ring->part = NULL;
	spin_unlock(&slot->lock);
	mailslot_ring_tidy(slot);
}
