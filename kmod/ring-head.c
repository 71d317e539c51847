// SPDX-License-Identifier: GPL-2.0-only
/*
 * The head of a slot's ring: the position up to which the reader has read. The head is the only
 * word of memory, writable by others, that the kernel reads. The kernel reads it once for each
 * decision, and uses it only if it lies within the ring's own bounds.
 */
#include <linux/sched.h>

#include "compat.h"
#include "ring.h"
#include "trace.h"
#include "wait.h"

/* Messages that are counted as read in one section of the lock. */
#define NOTICE_LOCKED	128

/* The first message of the ring has been read. */
static void ring_take(struct mailslot_slot *slot, u32 length)
{
	struct mailslot_queue *queue = &slot->queue;

	trace_mailslot_receive(slot, queue->read + 1, length);
	queue->read++;
	queue->bytes_read += length;
	slot->charged -= length + MAILSLOT_MESSAGE_COST;
	slot->ring->head += mailslot_ring_footprint(length);
}

/*
 * Return how many bytes the reader has given back, by one look at its head; 0 if the head is
 * impossible.
 */
static u32 ring_given_back(const struct mailslot_ring *ring)
{
	/*
	 * Pairs with the reader's release of its head, so that a message is overwritten only after
	 * the reader has read it.
	 */
	u32 given = smp_load_acquire(&ring->reader->head) - ring->head;

	return given <= ring->tail - ring->head ? given : 0;
}

/**
 * mailslot_ring_notice() - count what the reader has read
 * @slot: the slot, locked, alive, with a ring
 *
 * Only the kernel can write the headers. If the head is in the middle of a message, only the
 * messages before that one count as read.
 *
 * Context: any, the slot locked.
 * Return: the number of messages; there may be more if it is NOTICE_LOCKED.
 */
unsigned int mailslot_ring_notice(struct mailslot_slot *slot)
{
	struct mailslot_ring *ring = slot->ring;
	u32 given = ring_given_back(ring);
	unsigned int count = 0;

	lockdep_assert_held(&slot->lock);
	while (given && count < NOTICE_LOCKED) {
		const struct mailslot_ring_message *first = mailslot_ring_at(ring, ring->head);
		u32 size = mailslot_ring_footprint(first->length);

		if (size > given)
			break;
		given -= size;
		ring_take(slot, first->length);
		count++;
	}
	if (count && !(slot->flags & MAILSLOT_INFO_KEEP_READ_TIME))
		slot->last_read_time = mailslot_now();
	return count;
}

/*
 * Count all messages that have been read by now, and return whether there were any. The lock is
 * dropped in between.
 */
static bool ring_notice_all(struct mailslot_slot *slot)
	__must_hold(&slot->lock)
{
	u64 written = slot->queue.written;
	unsigned int count;
	bool any = false;

	do {
		count = slot->dead ? 0 : mailslot_ring_notice(slot);
		any |= count;
		if (count < NOTICE_LOCKED)
			break;
		spin_unlock(&slot->lock);
		cond_resched();
		spin_lock(&slot->lock);
		/* Leave messages that come meanwhile to the next call, so that the loop ends. */
	} while (slot->queue.read < written);
	return any;
}

/**
 * mailslot_ring_settle() - count what the reader has read by now
 * @slot: the slot
 *
 * Context: process context, may sleep.
 */
void mailslot_ring_settle(struct mailslot_slot *slot)
{
	spin_lock(&slot->lock);
	ring_notice_all(slot);
	spin_unlock(&slot->lock);
}

/* The caller holds the lock. Is there room that helps anybody? */
static bool ring_room_helps(const struct mailslot_slot *slot)
{
	return !slot->dead && mailslot_slot_fits(slot, slot->room_wanted);
}

/**
 * __mailslot_ring_serve() - mailslot_ring_serve() where there is a ring
 * @slot: the slot, locked; unlocked for a while
 *
 * Pollers that are left to the work item stay registered, so room alone is no reason to repeat the
 * loop. It is repeated if a message in line is due, or if the reader has read more.
 *
 * Context: process context, may sleep.
 */
void __mailslot_ring_serve(struct mailslot_slot *slot)
	__must_hold(&slot->lock)
{
	bool more;

	ring_notice_all(slot);
	if (!ring_room_helps(slot))
		return;
	do {
		unsigned int wake = mailslot_room_changed(slot);

		mailslot_wake_reader(slot);
		spin_unlock(&slot->lock);
		mailslot_room_follow(slot, wake);
		cond_resched();
		spin_lock(&slot->lock);
		more = ring_notice_all(slot);
	} while (ring_room_helps(slot) && (more || mailslot_line_due(slot)));
}

/**
 * mailslot_ring_ready() - is there a message behind the head that the reader has now?
 * @slot: the slot, locked, with a ring that somebody holds
 *
 * Context: any, the slot locked.
 * Return: whether there is.
 */
bool mailslot_ring_ready(const struct mailslot_slot *slot)
{
	const struct mailslot_ring *ring = slot->ring;

	lockdep_assert_held(&slot->lock);
	return ring->head + ring_given_back(ring) != ring->tail;
}
