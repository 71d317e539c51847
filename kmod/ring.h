/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ring of a slot: pages that the reader maps, in which messages stand one behind the other.
 * docs/ring.rst describes the protocol and the layout. ring.c has the memory and the status page,
 * ring-head.c the reader's head, ring-send.c the way of messages into the ring, ring-file.c the
 * descriptor.
 */
#ifndef MAILSLOT_RING_H
#define MAILSLOT_RING_H

#include <linux/align.h>
#include <linux/kref.h>
#include <linux/mailslot.h>

#include "queue.h"
#include "slot.h"

struct mailslot_outgoing;

/* A message that enters in pieces; this is on its writer's stack. */
struct mailslot_ring_part {
	u32 filled;			/* under slot->lock: all bytes behind the tail */
	struct mailslot_place from;	/* under slot->lock: where the next byte is in blocks */
};

struct mailslot_ring {
	/* Constant. */
	struct mailslot_ring_reader *reader;	/* writable by the reader */
	struct mailslot_ring_status *status;	/* not writable, like what follows */
	void *data;			/* mapped twice, one behind the other */
	u32 size;			/* bytes of data, counted once; a power of two */
	unsigned long count;		/* all pages, each counted once */
	struct page **pages;
	struct pid_namespace *pids;	/* the namespaces in which senders are reported */
	struct user_namespace *users;
	struct mailslot_user *user;	/* the slot's owner, charged for the pages */

	/* Under slot->lock. */
	u32 head;			/* the position up to which messages count as read */
	u32 tail;			/* what the status page says */
	u32 stray;			/* bytes behind the tail that must be filled or cleared */
	struct mailslot_ring_part *part;	/* the message that fills stray bytes; or NULL */

	struct kref references;		/* the slot has one until it dies; files have one */
};

/* The bytes that a message takes of a ring. */
static inline u32 mailslot_ring_footprint(u32 length)
{
	return ALIGN(sizeof(struct mailslot_ring_message) + length, MAILSLOT_RING_ALIGN);
}

/* Return the address of a position. As many bytes as the ring has may be used from there on. */
static inline void *mailslot_ring_at(const struct mailslot_ring *ring, u32 position)
{
	return ring->data + (position & (ring->size - 1));
}

int mailslot_ring_check(u64 queue_bytes);
int mailslot_ring_add(struct mailslot_slot *slot, bool exempt);
void mailslot_ring_leave(struct mailslot_slot *slot);
bool mailslot_ring_clean(struct mailslot_ring *ring);
void mailslot_ring_tidy(struct mailslot_slot *slot);
void mailslot_ring_kill(struct mailslot_slot *slot);
void mailslot_ring_put(struct mailslot_ring *ring);
void __mailslot_ring_want(struct mailslot_slot *slot);

unsigned int mailslot_ring_notice(struct mailslot_slot *slot);
void __mailslot_ring_serve(struct mailslot_slot *slot);
void mailslot_ring_settle(struct mailslot_slot *slot);
bool mailslot_ring_ready(const struct mailslot_slot *slot);

/**
 * mailslot_ring_want() - tell the reader of a ring which room is wanted now
 * @slot: the slot, locked, with room_wanted set
 *
 * Context: any, the slot locked.
 */
static inline void mailslot_ring_want(struct mailslot_slot *slot)
{
	if (unlikely(slot->has_ring))
		__mailslot_ring_want(slot);
}

/**
 * mailslot_ring_serve() - count what the reader of a ring has read, and give the room to those who
 * wait
 * @slot: the slot, locked; unlocked for a while if it has a ring
 *
 * On return the lock is held, and the reader's head was read after the last change of the kick
 * position, which tells the reader when to make a system call (docs/ring.rst, WANT and SERVE).
 *
 * Context: process context, may sleep.
 */
static inline void mailslot_ring_serve(struct mailslot_slot *slot)
{
	if (unlikely(slot->has_ring))
		__mailslot_ring_serve(slot);
}

#endif
