// SPDX-License-Identifier: GPL-2.0-only
/*
 * The reader of a ring (ring-judge.h): one that keeps to the protocol of docs/ring.rst, and that
 * gets each message once, in order, as it was sent; and one that stores any head at any time, who
 * can lose messages for itself and nothing else.
 */
#include "ring-judge.h"

/* LOOK and READ. */
void reader_read(struct judge *j, unsigned int most)
{
	const struct mailslot_ring *ring = j->slot->ring;

	while (!j->hostile && most-- && j->position != ring->status->tail) {
		const struct mailslot_ring_message *message = mailslot_ring_at(ring, j->position);
		u32 size = mailslot_ring_footprint(message->length);

		shim_check(message->sequence == ++j->looked);
		shim_check(judge_shows(j, j->position, size));
		j->position += size;
		shim_check(ring->status->tail - j->position <= ring->size);
	}
}

static void look_at_kick(struct judge *j)
{
	u32 kick = j->slot->ring->status->kick;

	if (kick && (s32)(j->position - (kick & -MAILSLOT_RING_ALIGN)) >= 0)
		j->owes = true;
}

static void store(struct judge *j, u32 head)
{
	j->head = head;
	j->slot->ring->reader->head = head;
}

/* RELEASE. */
void reader_release(struct judge *j)
{
	if (j->hostile)
		return;
	store(j, j->position);
	j->released = j->looked;
	look_at_kick(j);
}

/* What an attacker would store. */
void reader_store(struct judge *j, u8 how, u32 number)
{
	const struct mailslot_ring *ring = j->slot->ring;
	u32 heads[] = {
		number, number & -MAILSLOT_RING_ALIGN, 0, ring->tail, ring->tail + 1,
		ring->tail - 1, ring->tail + 8, ring->tail - 8, ring->tail + ring->size,
		ring->tail - ring->size, ring->head, ring->head - 8, ring->head + 1,
		ring->head + number % (ring->tail - ring->head + 1), ring->head + ring->size,
		ring->head + 8 * (number % 16),
	};

	j->hostile = true;
	store(j, heads[how % ARRAY_SIZE(heads)]);
}

/* From here on the reader keeps to the protocol: it takes all messages for read. */
void reader_resume(struct judge *j)
{
	j->noise = 0;
	j->hostile = false;
	j->position = j->tail;
	j->looked = j->sequence;
	store(j, j->tail);
	j->released = j->looked;
	look_at_kick(j);
}
