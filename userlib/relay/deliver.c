// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Messages of the network into one local slot.
 */
#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "deliver.h"
#include "frame.h"

/* A copy of the message behind its origin; NULL for lack of memory. */
static char *with_origin(const char *sender, const struct wire *wire, const void *message,
			 uint32_t *length)
{
	char line[FRAME_ORIGIN_SIZE];
	size_t size = frame_origin(line, sender, wire);
	char *copy = malloc(size + wire->length);

	if (!copy)
		return NULL;
	memcpy(copy, line, size);
	memcpy(copy + size, message, wire->length);
	*length = (uint32_t)size + wire->length;
	return copy;
}

bool deliver_add(struct delivery_batch *batch, const struct config_export *export,
		 const char *sender, const struct wire *wire, const void *message)
{
	struct mailslot_send_msg *entry = &batch->messages[batch->count];

	if (batch->count == DELIVER_BATCH)
		return false;
	entry->length = wire->length;
	entry->reserved = 0;
	if (export->origin)
		message = with_origin(sender, wire, message, &entry->length);
	entry->buffer = (uintptr_t)message;
	if (message)
		batch->count++;
	return message;
}

void deliver_drop(enum target_result reason, unsigned int messages)
{
	static const enum counter reasons[] = {
		[TARGET_NO_SLOT] = DROPPED_NO_SLOT,
		[TARGET_FULL] = DROPPED_FULL,
		[TARGET_TOO_LONG] = DROPPED_TOO_LONG,
		[TARGET_ERROR] = DROPPED_OWN_ERROR,
	};

	count(reasons[reason], messages);
}

static void empty(struct delivery_batch *batch, const struct config_export *export)
{
	unsigned int i;

	for (i = 0; export->origin && i < batch->count; i++)
		free((void *)(uintptr_t)batch->messages[i].buffer);
	batch->count = 0;
}

enum target_result deliver(struct targets *targets, const struct config_export *export,
			   const char *name, struct delivery_batch *batch, unsigned int *written,
			   unsigned int *left)
{
	enum target_result result = TARGET_TOO_LONG;
	unsigned int i = 0, sent;
	uint64_t bytes = 0;

	*written = 0;
	/* The messages behind a message that is too long may fit. */
	while (i < batch->count && result == TARGET_TOO_LONG) {
		result = target_send(targets, name, batch->messages + i, batch->count - i, &sent);
		for (*written += sent; sent; sent--)
			bytes += batch->messages[i++].length;
		if (result == TARGET_TOO_LONG) {
			deliver_drop(result, 1);
			i++;
		}
	}
	count(RECEIVED, *written);
	count(RECEIVED_BYTES, bytes);
	*left = batch->count - i;
	empty(batch, export);
	return result;
}
