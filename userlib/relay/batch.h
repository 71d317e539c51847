/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Messages read from a slot, as many as are there, in one call.
 */
#ifndef BATCH_H
#define BATCH_H

#include <linux/mailslot.h>
#include <stddef.h>
#include <stdint.h>

#define BATCH_MESSAGES	64

struct batch {
	struct mailslot_recv_msg entries[BATCH_MESSAGES];
	char *small;		/* a buffer for each entry */
	char *large;		/* buffer of a message too long for those; or NULL */
	size_t large_size;
};

struct batch *batch_make(void);
void batch_free(struct batch *batch);

/*
 * Take the messages that are there, at most @most, or only look at them with MAILSLOT_RECEIVE_PEEK;
 * this does not wait. Return the number of entries that are filled, or -1 and set errno: EAGAIN
 * when there is no message.
 */
int batch_receive(struct batch *batch, int slot, unsigned int most, unsigned int flags);

static inline const void *batch_message(const struct batch *batch, int i)
{
	return (const void *)(uintptr_t)batch->entries[i].buffer;
}

#endif /* BATCH_H */
