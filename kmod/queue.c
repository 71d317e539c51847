// SPDX-License-Identifier: GPL-2.0-only
/* The queue of one slot: the cases at the ends of blocks. queue.h describes the queue. */
#include "queue.h"

/**
 * mailslot_queue_init() - an empty queue with no block
 * @queue: the queue
 *
 * Context: any; nobody else knows the queue yet.
 */
void mailslot_queue_init(struct mailslot_queue *queue)
{
	*queue = (struct mailslot_queue){
		.head = &queue->stub,
		.tail = &queue->stub,
		.head_offset = PAGE_SIZE,
		.tail_offset = PAGE_SIZE,
	};
}

static bool queue_empty(const struct mailslot_queue *queue)
{
	return queue->written == queue->read;
}

/* Is the block full, so that the next record starts in another block? */
static bool block_closed(const struct mailslot_block *block, u32 offset)
{
	return offset > block->last;
}

static __always_inline struct mailslot_end place_end(struct mailslot_place at, size_t length)
{
	struct mailslot_end end = { mailslot_place_body(at) };

	while (length > PAGE_SIZE - end.place.offset) {
		length -= PAGE_SIZE - end.place.offset;
		end.before = end.place.block;
		end.place.block = end.before->next;
		end.place.offset = MAILSLOT_BLOCK_START;
	}
	end.place.offset = ALIGN(end.place.offset + length, 8);
	return end;
}

/**
 * mailslot_place_end() - where a message ends
 * @at: the place of its record
 * @length: its length
 *
 * This function looks only at the blocks of the message itself, so that a reader may call it
 * without the lock for the message that it has claimed.
 *
 * Context: any, the slot locked or the message claimed, or in no queue yet.
 * Return: the end.
 */
struct mailslot_end mailslot_place_end(struct mailslot_place at, size_t length)
{
	return place_end(at, length);
}

/**
 * __mailslot_queue_reserve() - mailslot_queue_reserve() for a message that goes over the tail's end
 * @queue: the queue
 * @length: the message's length
 * @at: set to the place of its record
 *
 * Context: any, the slot locked.
 * Return: 0, or how many blocks mailslot_queue_donate() must bring first.
 */
unsigned long __mailslot_queue_reserve(struct mailslot_queue *queue, size_t length,
				       struct mailslot_place *at)
{
	bool closed = block_closed(queue->tail, queue->tail_offset);
	size_t size = MAILSLOT_RECORD_SIZE + length;
	size_t room = closed ? 0 : PAGE_SIZE - queue->tail_offset;
	unsigned long blocks = DIV_ROUND_UP(size - room, MAILSLOT_BLOCK_ROOM);

	if (blocks > queue->spares)
		return blocks - queue->spares;
	at->block = closed ? queue->tail->next : queue->tail;
	at->offset = closed ? MAILSLOT_BLOCK_START : queue->tail_offset;
	return 0;
}

/**
 * __mailslot_queue_commit() - mailslot_queue_commit() for a message that goes over the tail's end
 * @queue: the queue; the caller updates its counters
 * @at: the message's place
 * @length: its length
 *
 * Context: any, the slot locked.
 */
void __mailslot_queue_commit(struct mailslot_queue *queue, struct mailslot_place at, size_t length)
{
	struct mailslot_place end = place_end(at, length).place;

	/*
	 * Set the head of an empty queue. This changes the head only if the queue has no block of
	 * its own, so that the message begins in a block behind the tail.
	 */
	if (queue_empty(queue)) {
		queue->head = at.block;
		queue->head_offset = at.offset;
	}
	while (queue->tail != end.block) {
		queue->tail = queue->tail->next;
		queue->spares--;
	}
	queue->tail_offset = end.offset;
}

/**
 * mailslot_queue_link() - append a message that stands in blocks of its own
 * @queue: the queue
 * @first: the blocks, mailslot_blocks_for() its length: its record at their start, filled in
 * @end: its end, found without the lock
 * @length: its length
 *
 * Context: any, the slot locked.
 */
void mailslot_queue_link(struct mailslot_queue *queue, struct mailslot_block *first,
			 struct mailslot_place end, size_t length)
{
	struct mailslot_block *old = queue->tail;

	end.block->next = old->next;
	queue->tail = end.block;
	if (!queue_empty(queue)) {
		/* The rest of the old tail stays unused. */
		old->last = min(old->last, queue->tail_offset - 1);
		old->next = first;
	} else {
		queue->head = first;
		queue->head_offset = MAILSLOT_BLOCK_START;
		if (old != &queue->stub) {
			mailslot_block_init(old);
			old->next = NULL;
			mailslot_queue_donate(queue, old);
		}
	}
	queue->tail_offset = end.offset;
	queue->written++;
	queue->bytes_written += length;
}

/* Make the head block, which has been read empty, a spare. */
static void queue_retire(struct mailslot_queue *queue)
{
	struct mailslot_block *block = queue->head;

	queue->head = block->next;
	mailslot_block_init(block);
	block->next = queue->tail->next;
	queue->tail->next = block;
	queue->spares++;
}

/**
 * __mailslot_queue_consume() - mailslot_queue_consume() for one that is not alone in its block
 * @queue: the queue; the caller updates its counters
 * @end: the end of the message; NULL if it must be found here
 * @garbage: blocks that are neither needed nor kept are put on this list
 *
 * However many blocks the message has, only the blocks that are kept are touched: the others are
 * put on the list in one piece.
 *
 * Context: any, the slot locked.
 */
void __mailslot_queue_consume(struct mailslot_queue *queue, const struct mailslot_end *end,
			      struct mailslot_block **garbage)
{
	struct mailslot_place at = mailslot_queue_head(queue), next;
	struct mailslot_end found;
	struct mailslot_block *before;

	found = end ? *end : place_end(at, mailslot_place_record(at)->length);
	before = found.before;
	next = found.place;
	if (queue_empty(queue)) {
		queue->tail_offset = MAILSLOT_BLOCK_START;
		next.offset = MAILSLOT_BLOCK_START;
	} else if (block_closed(next.block, next.offset)) {
		before = next.block;
		next = mailslot_place_next(next);
	}
	while (queue->head != next.block && queue->spares < MAILSLOT_SPARES_BUSY)
		queue_retire(queue);
	if (queue->head != next.block) {
		before->next = *garbage;
		*garbage = queue->head;
		queue->head = next.block;
	}
	queue->head_offset = next.offset;
}

/**
 * mailslot_place_next() - the message that follows
 * @end: the end of a message that is not the last
 *
 * Context: any, the slot locked.
 * Return: its place.
 */
struct mailslot_place mailslot_place_next(struct mailslot_place end)
{
	if (block_closed(end.block, end.offset)) {
		end.block = end.block->next;
		end.offset = MAILSLOT_BLOCK_START;
	}
	return end;
}

/**
 * mailslot_queue_donate() - bring spare blocks
 * @queue: the queue
 * @first: a list of blocks
 *
 * Context: any, the slot locked.
 */
void mailslot_queue_donate(struct mailslot_queue *queue, struct mailslot_block *first)
{
	struct mailslot_block *last = first;

	queue->spares++;
	while (last->next) {
		last = last->next;
		queue->spares++;
	}
	last->next = queue->tail->next;
	queue->tail->next = first;
}

/**
 * mailslot_queue_take() - take spare blocks that one memory cgroup pays for
 * @queue: the queue
 * @most: how many at the most
 * @payer: names the cgroup, as mailslot_blocks_payer() does
 * @taken: set to how many there were
 *
 * Blocks are taken from the front of the spares only, up to the first one of another cgroup.
 *
 * Context: any, the slot locked.
 * Return: the list of them, or NULL.
 */
struct mailslot_block *mailslot_queue_take(struct mailslot_queue *queue, unsigned long most,
					   u32 payer, unsigned long *taken)
{
	struct mailslot_block *first = queue->tail->next, *last = queue->tail;

	for (*taken = 0; *taken < most && last->next && last->next->payer == payer; ++*taken)
		last = last->next;
	if (!*taken)
		return NULL;
	queue->tail->next = last->next;
	queue->spares -= *taken;
	last->next = NULL;
	return first;
}

/**
 * mailslot_queue_settle() - take the spare blocks that are kept for busy times only
 * @queue: the queue
 *
 * Context: any, the slot locked.
 * Return: the list of them, or NULL.
 */
struct mailslot_block *mailslot_queue_settle(struct mailslot_queue *queue)
{
	struct mailslot_block *last = queue->tail, *first;
	unsigned int i;

	if (queue->spares <= MAILSLOT_SPARES)
		return NULL;
	for (i = 0; i < MAILSLOT_SPARES; i++)
		last = last->next;
	first = last->next;
	last->next = NULL;
	queue->spares = MAILSLOT_SPARES;
	return first;
}

/**
 * mailslot_queue_trim() - take all blocks that hold no message
 * @queue: the queue
 *
 * Context: any, the slot locked.
 * Return: the list of them, or NULL.
 */
struct mailslot_block *mailslot_queue_trim(struct mailslot_queue *queue)
{
	struct mailslot_block *first;

	if (mailslot_queue_idle(queue)) {
		first = queue->tail;
		queue->head = &queue->stub;
		queue->tail = &queue->stub;
		queue->head_offset = PAGE_SIZE;
		queue->tail_offset = PAGE_SIZE;
	} else {
		first = queue->tail->next;
	}
	queue->tail->next = NULL;
	queue->spares = 0;
	return first;
}

/**
 * mailslot_queue_blocks() - all blocks of a queue that is used no more
 * @queue: the queue
 *
 * Context: any; the queue is the caller's alone.
 * Return: the list of them, or NULL.
 */
struct mailslot_block *mailslot_queue_blocks(const struct mailslot_queue *queue)
{
	return queue->head == &queue->stub ? queue->stub.next : queue->head;
}
