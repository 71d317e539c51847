// SPDX-License-Identifier: GPL-2.0-only
/*
 * Judges rings (ring-judge.h).  When the tail moves, what it moves over is one message, whole, and
 * one that somebody sends.  From then on it does not change until the reader has given it back.
 * Behind the tail there are zeroes and messages of before, but for what is just being copied.  What
 * the kernel counts is what lies between its head and the tail, and the head never leaves the ring.
 */
#include "ring-judge.h"

#define HEADER	sizeof(struct mailslot_ring_message)

static struct judge judges[SHIM_AREAS];

struct judge *judge_of(const struct mailslot_ring *ring)
{
	return &judges[shim_area(ring->reader)];
}

static struct mailslot_ring *ring_of(const struct judge *j)
{
	return j->slot->ring;
}

/* The reader's page is the reader's: what it does not store there, nobody does. */
static u8 reader_byte(size_t i)
{
	return i * 5 + 1;
}

void judge_begin(struct mailslot_slot *slot)
{
	struct judge *j = judge_of(slot->ring);
	u8 *page = (u8 *)slot->ring->reader;
	size_t i;

	shim_check(!j->slot);
	*j = (struct judge){ .slot = slot, .data = calloc(1, slot->ring->size) };
	for (i = 0; i < PAGE_SIZE; i++)
		shim_check(!page[i]);
	for (i = sizeof(struct mailslot_ring_reader); i < PAGE_SIZE; i++)
		page[i] = reader_byte(i);
}

void shim_unmapped(unsigned int area)
{
	free(judges[area].data);
	judges[area] = (struct judge){};
}

/* The first @size bytes of the judge's that do not wrap. */
static u32 piece(const struct mailslot_ring *ring, u32 position, u32 size)
{
	return min(size, ring->size - (position & (ring->size - 1)));
}

static void learn(struct judge *j, u32 position, u32 size)
{
	struct mailslot_ring *ring = ring_of(j);
	const u8 *from = mailslot_ring_at(ring, position);
	u32 first = piece(ring, position, size);

	memcpy(j->data + (position & (ring->size - 1)), from, first);
	memcpy(j->data, from + first, size - first);
}

bool judge_shows(const struct judge *j, u32 position, u32 size)
{
	struct mailslot_ring *ring = ring_of(j);
	const u8 *from = mailslot_ring_at(ring, position);
	u32 first = piece(ring, position, size);

	return !memcmp(j->data + (position & (ring->size - 1)), from, first) &&
	       !memcmp(j->data, from + first, size - first);
}

/* The tail has moved: a reader on another processor may see that, and all that is before it. */
static void entered(struct judge *j)
{
	struct mailslot_ring *ring = ring_of(j);
	const struct mailslot_ring_message *message = mailslot_ring_at(ring, j->tail);
	u32 size = ring->status->tail - j->tail, i;
	const u8 *bytes = (const u8 *)(message + 1);

	shim_check(!j->slot->dead && size == mailslot_ring_footprint(message->length));
	shim_check(ring->status->tail - ring->head <= ring->size);
	shim_check(message->sequence == j->sequence + 1 && message->time_ns > 0);
	shim_check(message->pid == 1000 && message->uid < SHIM_TASKS && message->gid < SHIM_TASKS);
	for (i = message->length; i < size - HEADER; i++)
		shim_check(!bytes[i]);
	learn(j, j->tail, size);
	j->tail += size;
	j->sequence++;
	shim_entered(j->slot, bytes, message->length);
}

void shim_stored(void *p)
{
	unsigned int i;

	for (i = 0; i < SHIM_AREAS; i++)
		if (judges[i].slot && p == &ring_of(&judges[i])->status->tail)
			entered(&judges[i]);
}

/* A reader that keeps to the protocol comes when the kernel is half way. */
static void come(struct judge *j)
{
	if (!j->slot || !j->eager || --j->eager)
		return;
	reader_read(j, UINT_MAX);
	reader_release(j);
}

void shim_barrier(void)
{
	unsigned int i;

	for (i = 0; i < SHIM_AREAS; i++)
		come(&judges[i]);
}

/* The kernel has looked at the head.  Whoever looks twice sees something else. */
void shim_loaded(void *p)
{
	unsigned int i;

	shim.received = 0;
	for (i = 0; i < SHIM_AREAS; i++) {
		struct judge *j = &judges[i];

		if (!j->slot || p != &ring_of(j)->reader->head)
			continue;
		if (j->noise) {
			j->noise = j->noise * 1103515245 + 12345;
			reader_store(j, j->noise >> 24, j->noise >> 8);
		}
		come(j);
	}
}

/* The status page: nothing stands there but what the protocol says. */
static void check_status(const struct judge *j, bool rest)
{
	const struct mailslot_ring *ring = ring_of(j);
	const struct mailslot_ring_status *status = ring->status;
	const u8 *page = (const u8 *)status;
	size_t i;

	shim_check(status->version == 1 && status->header_size == HEADER);
	shim_check(status->data_size == ring->size);
	shim_check(status->tail == ring->tail && status->tail == j->tail);
	shim_check(status->flags == 0 || (status->flags == MAILSLOT_RING_GONE && j->slot->dead));
	/* Whoever kills a slot lets others run before the reader is told. */
	shim_check(!rest || !j->slot->dead == !status->flags);
	for (i = 0; i < ARRAY_SIZE(status->unused); i++)
		shim_check(!status->unused[i]);
	for (i = sizeof(*status); i < PAGE_SIZE; i++)
		shim_check(!page[i]);
	page = (const u8 *)ring->reader;
	shim_check(ring->reader->head == j->head);
	for (i = sizeof(*ring->reader); i < PAGE_SIZE; i++)
		shim_check(page[i] == reader_byte(i));
}

/* A byte that is another one than the judge's. */
static void check_byte(struct judge *j, u32 place)
{
	const struct mailslot_ring *ring = ring_of(j);
	u32 behind = (place - ring->tail) & (ring->size - 1);
	const u8 *data = ring->data;

	if (behind >= ring->size - (ring->tail - ring->head))
		shim_fail("a message has changed in the ring");
	if (behind < ring->stray)
		return;
	if (data[place])
		shim_fail("behind the tail stands what was no message");
	j->data[place] = 0;
}

static void check_data(struct judge *j)
{
	const struct mailslot_ring *ring = ring_of(j);
	const u8 *data = ring->data;
	u32 at, i;

	for (at = 0; at < ring->size; at += PAGE_SIZE) {
		if (!memcmp(data + at, j->data + at, PAGE_SIZE))
			continue;
		for (i = at; i < at + PAGE_SIZE; i++)
			if (data[i] != j->data[i])
				check_byte(j, i);
	}
}

/* What is between the kernel's head and the tail is what the kernel counts. */
static void check_counts(const struct judge *j)
{
	const struct mailslot_slot *slot = j->slot;
	const struct mailslot_ring *ring = slot->ring;
	u64 sequence = slot->queue.read, charged = 0;
	u32 at = ring->head;

	shim_check(ring->tail - ring->head <= ring->size && slot->queue_bytes <= ring->size);
	shim_check(slot->queue.written == j->sequence);
	while (at != ring->tail) {
		const struct mailslot_ring_message *message = mailslot_ring_at(ring, at);

		shim_check(message->sequence == ++sequence);
		charged += message->length + MAILSLOT_MESSAGE_COST;
		at += mailslot_ring_footprint(message->length);
		shim_check(ring->tail - at <= ring->tail - ring->head);
	}
	shim_check(sequence == slot->queue.written && charged == slot->charged);
	if (!j->hostile)
		shim_check(j->head - ring->head <= ring->tail - ring->head);
}

bool judge_expects_call(const struct judge *j)
{
	u32 kick = ring_of(j)->status->kick;

	return j->hostile || j->owes || (s32)(j->head - (kick & -MAILSLOT_RING_ALIGN)) < 0;
}

/* Whoever waits for room is told of it, or the reader is asked to make some. */
static void check_kick(const struct judge *j, bool rest)
{
	const struct mailslot_slot *slot = j->slot;
	const struct mailslot_ring *ring = slot->ring;
	u32 kick = ring->status->kick;

	shim_check(!kick || kick % MAILSLOT_RING_ALIGN == MAILSLOT_RING_KICK);
	if (slot->room_wanted == MAILSLOT_ROOM_NOBODY)
		return;
	shim_check(kick && (s32)(ring->tail - (kick - MAILSLOT_RING_KICK)) >= 0);
	/* The reader has emptied the ring and asked whether to call. */
	if (rest && !j->hostile && !j->owes && j->head == j->tail && ring->head != j->head)
		shim_fail("nobody tells the reader, nor a writer, that there is room");
}

static void judge_ring(struct judge *j, bool rest)
{
	struct mailslot_slot *slot = j->slot;

	spin_lock(&slot->lock);
	check_status(j, rest);
	check_data(j);
	shim_check(!rest || !slot->ring->stray);
	if (!slot->dead) {
		check_counts(j);
		check_kick(j, rest);
	}
	spin_unlock(&slot->lock);
}

/* @rest: nobody is half way */
void judge_rings(bool rest)
{
	unsigned int i;

	for (i = 0; i < SHIM_AREAS; i++)
		if (judges[i].slot)
			judge_ring(&judges[i], rest);
}
