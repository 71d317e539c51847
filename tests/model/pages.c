// SPDX-License-Identifier: GPL-2.0-only
/*
 * How many pages a slot's queue takes, as far as docs/design.rst tells: messages
 * are packed into pages with a record of 32 bytes each, aligned to 8; long ones
 * have pages of their own, and so have short ones that had to wait and that the
 * last page had no place for; pages read empty go or are spare, and spare ones are
 * given back before a write fails with EDQUOT. That bounds the number from both
 * sides, and for short messages in an otherwise empty queue it is exactly one.
 */
#include "world.h"

#define RECORD	32U
#define HEADER	16U	/* of a page */

static __u64 packed_size(__u32 length)
{
	return (RECORD + length + 7) & ~7ULL;
}

static __u64 linked_size(__u32 length)
{
	return (RECORD + length + PAGE - HEADER - 1) / (PAGE - HEADER);
}

/* What a message takes while it is written and not queued yet: short ones are not counted. */
__u64 pages_under_way(__u32 length)
{
	return length <= PAGE ? 0 : linked_size(length);
}

void pages_add(struct slot *slot, __u32 length)
{
	slot->bytes += RECORD + length;
	if (length <= PAGE) {
		slot->packed += packed_size(length);
		slot->since_empty += packed_size(length);
	} else {
		slot->linked_pages += linked_size(length) + 2;
		slot->since_empty += PAGE;
	}
}

void pages_del(struct slot *slot, __u32 length)
{
	slot->bytes -= RECORD + length;
	if (length <= PAGE)
		slot->packed -= packed_size(length);
	else
		slot->linked_pages -= linked_size(length) + 2;
	if (slot->read == slot->written)
		slot->since_empty = 0;
}

__u64 pages_least(const struct slot *slot)
{
	return (slot->bytes + PAGE - HEADER - 1) / (PAGE - HEADER);
}

__u64 pages_most(const struct slot *slot)
{
	if (!slot->since_empty)
		return 0;
	if (slot->since_empty <= PAGE - HEADER)
		return 1;
	/* Each page but the last has less room left than the first message of the next takes. */
	return slot->linked_pages + 2 + 2 * slot->packed / (PAGE - HEADER - RECORD - 8);
}
