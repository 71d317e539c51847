/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The queue of one slot: messages packed into a list of blocks, first in first out. A pure data
 * structure: no lock, no file, no user memory, no allocation. The caller holds the slot's lock
 * around every call, copies the bytes itself, and brings and frees the blocks.
 *
 *	head                      tail              spare blocks
 *	[ read | records ... ] -> [ records ... | ] -> [ ] -> [ ]
 *
 * A record starts where the last message ended, on a multiple of 8, and never straddles two
 * blocks; its bytes follow it and go on in as many blocks as they need. Blocks that were read
 * empty stay behind the tail as spares, up to MAILSLOT_SPARES_BUSY.
 */
#ifndef MAILSLOT_QUEUE_H
#define MAILSLOT_QUEUE_H

#include <linux/align.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/uidgid.h>

#include "block.h"

/* Spare blocks that a slot keeps in quiet times: those of two messages of 64 KiB. */
#define MAILSLOT_SPARES		DIV_ROUND_UP(160 << 10, PAGE_SIZE)

/* Spare blocks kept while messages flow, so that a steady flow allocates nothing. */
#define MAILSLOT_SPARES_BUSY	DIV_ROUND_UP(2 << 20, PAGE_SIZE)

struct pid;

struct mailslot_record {
	s64 time;		/* ns since 1970 */
	struct pid *pid;	/* the writer; sender.h says who holds the reference */
	kuid_t uid;		/* of the opener */
	kgid_t gid;
	u32 length;
	bool turn;		/* the message before this one has another writer */
};

/* A place in the blocks. */
struct mailslot_place {
	struct mailslot_block *block;
	u32 offset;
};

/* The end of a message, which a walk over all its blocks finds. */
struct mailslot_end {
	struct mailslot_place place;	/* behind its bytes */
	struct mailslot_block *before;	/* the block before that one; NULL if there is none */
};

struct mailslot_queue {
	struct mailslot_block *head;	/* holds the next record to read */
	struct mailslot_block *tail;	/* takes the next record; spares behind it */
	u32 head_offset;
	u32 tail_offset;
	u32 spares;
	u64 written;			/* messages ever */
	u64 read;
	u64 bytes_written;
	u64 bytes_read;
	struct mailslot_block stub;	/* stands in, full, where there is no block yet */
};

#define MAILSLOT_BLOCK_START	sizeof(struct mailslot_block)
#define MAILSLOT_BLOCK_ROOM	(PAGE_SIZE - MAILSLOT_BLOCK_START)
#define MAILSLOT_RECORD_SIZE	sizeof(struct mailslot_record)

static inline void mailslot_block_init(struct mailslot_block *block)
{
	block->last = PAGE_SIZE - MAILSLOT_RECORD_SIZE;
}

static inline u64 mailslot_queue_count(const struct mailslot_queue *queue)
{
	return queue->written - queue->read;
}

/* Has the queue a block although it has no message? */
static inline bool mailslot_queue_idle(const struct mailslot_queue *queue)
{
	return queue->written == queue->read && queue->tail != &queue->stub;
}

static inline struct mailslot_record *mailslot_place_record(struct mailslot_place at)
{
	return (void *)at.block + at.offset;
}

/* Return the place of the bytes of the message whose record is at @at. */
static inline struct mailslot_place mailslot_place_body(struct mailslot_place at)
{
	at.offset += MAILSLOT_RECORD_SIZE;
	return at;
}

/**
 * mailslot_place_piece() - the next stretch of a message's bytes
 * @at: where the rest of them starts; moved behind the stretch
 * @left: how many are left, at least one
 * @piece: set to the stretch's length
 *
 * This function touches only the blocks of the message itself, so that a reader may walk its
 * message without the lock while writers append.
 *
 * Context: any, the slot locked or the message claimed, or in no queue yet.
 * Return: the stretch's address.
 */
static inline void *mailslot_place_piece(struct mailslot_place *at, size_t left, size_t *piece)
{
	void *address;

	if (at->offset == PAGE_SIZE) {
		at->block = at->block->next;
		at->offset = MAILSLOT_BLOCK_START;
	}
	*piece = min_t(size_t, left, PAGE_SIZE - at->offset);
	address = (void *)at->block + at->offset;
	at->offset += *piece;
	return address;
}

static inline struct mailslot_place mailslot_queue_head(const struct mailslot_queue *queue)
{
	return (struct mailslot_place){ queue->head, queue->head_offset };
}

static inline bool mailslot_fits_one_block(u32 offset, size_t length)
{
	return offset + MAILSLOT_RECORD_SIZE + length <= PAGE_SIZE;
}

/* Return how many blocks a message takes that does not share its blocks. */
static inline unsigned long mailslot_blocks_for(size_t length)
{
	return DIV_ROUND_UP(MAILSLOT_RECORD_SIZE + length, MAILSLOT_BLOCK_ROOM);
}

void mailslot_queue_init(struct mailslot_queue *queue);
unsigned long __mailslot_queue_reserve(struct mailslot_queue *queue, size_t length,
				       struct mailslot_place *at);
void __mailslot_queue_commit(struct mailslot_queue *queue, struct mailslot_place at, size_t length);
struct mailslot_end mailslot_place_end(struct mailslot_place at, size_t length);
void mailslot_queue_link(struct mailslot_queue *queue, struct mailslot_block *first,
			 struct mailslot_place end, size_t length);
void __mailslot_queue_consume(struct mailslot_queue *queue, const struct mailslot_end *end,
			      struct mailslot_block **garbage);
struct mailslot_place mailslot_place_next(struct mailslot_place end);
void mailslot_queue_donate(struct mailslot_queue *queue, struct mailslot_block *first);
struct mailslot_block *mailslot_queue_take(struct mailslot_queue *queue, unsigned long most,
					   u32 payer, unsigned long *taken);
struct mailslot_block *mailslot_queue_settle(struct mailslot_queue *queue);
struct mailslot_block *mailslot_queue_trim(struct mailslot_queue *queue);
struct mailslot_block *mailslot_queue_blocks(const struct mailslot_queue *queue);

/**
 * mailslot_queue_reserve() - find the place for a message
 * @queue: the queue
 * @length: the message's length
 * @at: set to the place of its record
 *
 * This function changes nothing: the caller fills in the record and the bytes and commits, or drops
 * the lock without a commit.
 *
 * Context: any, the slot locked.
 * Return: 0, or how many blocks mailslot_queue_donate() must bring first.
 */
static inline unsigned long mailslot_queue_reserve(struct mailslot_queue *queue, size_t length,
						   struct mailslot_place *at)
{
	if (unlikely(!mailslot_fits_one_block(queue->tail_offset, length)))
		return __mailslot_queue_reserve(queue, length, at);
	at->block = queue->tail;
	at->offset = queue->tail_offset;
	return 0;
}

/**
 * mailslot_queue_commit() - append the message that has been filled in
 * @queue: the queue
 * @at: its place, from mailslot_queue_reserve() with the lock held ever since
 * @length: its length
 *
 * Context: any, the slot locked.
 */
static inline void mailslot_queue_commit(struct mailslot_queue *queue, struct mailslot_place at,
					 size_t length)
{
	if (unlikely(!mailslot_fits_one_block(queue->tail_offset, length)))
		__mailslot_queue_commit(queue, at, length);
	else
		queue->tail_offset = at.offset + ALIGN(MAILSLOT_RECORD_SIZE + length, 8);
	queue->written++;
	queue->bytes_written += length;
}

/**
 * mailslot_queue_consume() - take the first message off
 * @queue: the queue, not empty
 * @end: the end of that message, found without the lock if the message is long; NULL if it must be
 *	found here
 * @garbage: blocks that are neither needed nor kept are put on this list
 *
 * An emptied queue starts again at the top of its block, so that a queue that rarely holds more
 * than a few messages lives in one page.
 *
 * Context: any, the slot locked.
 */
static inline void mailslot_queue_consume(struct mailslot_queue *queue,
					  const struct mailslot_end *end,
					  struct mailslot_block **garbage)
{
	struct mailslot_record *record = mailslot_place_record(mailslot_queue_head(queue));
	u32 length = record->length;

	queue->read++;
	queue->bytes_read += length;
	if (likely(queue->head == queue->tail && queue->read == queue->written)) {
		queue->head_offset = MAILSLOT_BLOCK_START;
		queue->tail_offset = MAILSLOT_BLOCK_START;
	} else {
		__mailslot_queue_consume(queue, end, garbage);
	}
}

#endif
