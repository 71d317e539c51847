// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arithmetic of one step in a queue, in pages of the machine's size: every offset of the tail,
 * every length and number of spare blocks whose bits are those of LENGTHS and SPARES.
 */
#include "shim.h"
#include "proof.h"
#include "queue.c"

static bool offset_ok(u32 offset)
{
	return offset % 8 == 0 && offset >= MAILSLOT_BLOCK_START && offset <= PAGE_SIZE;
}

/* Bytes that a message may take in @blocks blocks behind @at. */
static u64 room_behind(struct mailslot_place at, u64 blocks)
{
	return PAGE_SIZE - at.offset + blocks * MAILSLOT_BLOCK_ROOM;
}

static void reserve(struct mailslot_queue *queue, u32 length)
{
	struct mailslot_block *tail = queue->tail;
	struct mailslot_place at = { NULL, 0 };
	unsigned long blocks = mailslot_queue_reserve(queue, length, &at);
	u64 size = MAILSLOT_RECORD_SIZE + (u64)length;
	u32 spares = queue->spares;

	if (blocks) {
		/* As many as are missing. */
		bool closed = queue->tail_offset > PAGE_SIZE - MAILSLOT_RECORD_SIZE;
		u64 room = closed ? 0 : PAGE_SIZE - queue->tail_offset;

		prove(room + (spares + blocks) * MAILSLOT_BLOCK_ROOM >= size);
		prove(room + (spares + blocks - 1) * MAILSLOT_BLOCK_ROOM < size);
		return;
	}
	prove(offset_ok(at.offset) && at.offset + MAILSLOT_RECORD_SIZE <= PAGE_SIZE);
	prove(at.block == tail || (at.block == tail->next && spares));
	prove(size <= room_behind(at, at.block == tail ? spares : spares - 1));
	if (mailslot_fits_one_block(queue->tail_offset, length)) {
		prove(at.block == tail && at.offset == queue->tail_offset);
		mailslot_queue_commit(queue, at, length);
		prove(queue->tail == tail && offset_ok(queue->tail_offset));
		prove(queue->tail_offset >= at.offset + size);
	}
}

/* Every piece of a message lies within its block, and there is progress. */
static void piece(struct mailslot_block *block, u32 offset, size_t left)
{
	struct mailslot_place at = { block, offset };
	u64 begin, count;
	size_t size;
	u8 *address;

	address = mailslot_place_piece(&at, left, &size);
	begin = address - (u8 *)at.block;
	count = size;
	prove(count >= 1 && count <= left);
	prove(begin >= MAILSLOT_BLOCK_START && begin + count <= PAGE_SIZE);
	prove(at.offset == begin + count);
	prove(at.block == (offset == PAGE_SIZE ? block->next : block));
	prove(count == left || at.offset == PAGE_SIZE);
}

int main(void)
{
	struct mailslot_block *tail = malloc(PAGE_SIZE), *next = malloc(PAGE_SIZE);
	struct mailslot_queue queue;
	u32 offset, length, spares;
	size_t left;
	bool empty;
	u64 written, size, blocks;

	assume(tail && next);
	mailslot_block_init(tail);
	mailslot_block_init(next);
	tail->next = next;
	assume(offset_ok(offset) && left > 0);
	piece(tail, offset, left);

	mailslot_queue_init(&queue);
	if (!empty) {
		queue.head = tail;
		queue.tail = tail;
		queue.tail_offset = offset;
		queue.written = written;
	} else {
		queue.stub.next = next;
	}
	queue.spares = spares & SPARES;
	length &= LENGTHS;
	reserve(&queue, length);
	size = MAILSLOT_RECORD_SIZE + (u64)length;
	blocks = mailslot_blocks_for(length);
	prove(blocks * MAILSLOT_BLOCK_ROOM >= size);
	prove((blocks - 1) * MAILSLOT_BLOCK_ROOM < size);
	return 0;
}
