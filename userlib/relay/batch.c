// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Messages read from a slot.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "batch.h"

/* Most messages are shorter. */
#define SMALL	4096

struct batch *batch_make(void)
{
	struct batch *batch = calloc(1, sizeof(*batch));

	if (batch)
		batch->small = malloc(BATCH_MESSAGES * SMALL);
	if (batch && batch->small)
		return batch;
	free(batch);
	return NULL;
}

void batch_free(struct batch *batch)
{
	if (!batch)
		return;
	free(batch->large);
	free(batch->small);
	free(batch);
}

static int receive(struct batch *batch, int slot, unsigned int count, unsigned int flags)
{
	struct mailslot_receive call = {
		.messages = (uintptr_t)batch->entries,
		.count = count,
		.message_size = sizeof(batch->entries[0]),
		.flags = flags | MAILSLOT_RECEIVE_DONTWAIT,
	};
	int n;

	do {
		n = ioctl(slot, MAILSLOT_IOC_RECEIVE, &call);
	} while (n < 0 && errno == EINTR);
	return n;
}

static void set_entry(struct mailslot_recv_msg *entry, void *buffer, size_t capacity)
{
	memset(entry, 0, sizeof(*entry));
	entry->buffer = (uintptr_t)buffer;
	entry->capacity = (uint32_t)capacity;
}

/* The first message is longer than a small buffer: it comes alone. */
static int receive_large(struct batch *batch, int slot, unsigned int flags)
{
	size_t length = batch->entries[0].length;

	if (batch->large_size < length) {
		free(batch->large);
		batch->large_size = 0;
		batch->large = malloc(length);
		if (!batch->large)
			return -1;
		batch->large_size = length;
	}
	set_entry(&batch->entries[0], batch->large, batch->large_size);
	return receive(batch, slot, 1, flags);
}

int batch_receive(struct batch *batch, int slot, unsigned int most, unsigned int flags)
{
	unsigned int i;
	int n;

	for (i = 0; i < most; i++)
		set_entry(&batch->entries[i], batch->small + i * SMALL, SMALL);
	n = receive(batch, slot, most, flags);
	/* Another one may be first, and longer, when somebody else reads the slot, too. */
	while (n < 0 && errno == EMSGSIZE)
		n = receive_large(batch, slot, flags);
	return n;
}
