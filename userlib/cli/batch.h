/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Many messages at once from a server end: looked at, and then taken.
 */
#ifndef BATCH_H
#define BATCH_H

#include "cli.h"

struct batch {
	struct mailslot_recv_msg *messages;
	uint32_t room;
	uint32_t count;		/* of the messages that hold what was looked at last */
};

void batch_init(struct batch *batch, uint32_t room, uint32_t capacity);
int batch_peek(struct batch *batch, int fd);
int batch_take(struct batch *batch, int fd, uint32_t count);
void batch_enlarge(struct batch *batch, uint32_t from, uint32_t to, uint32_t capacity);
void batch_free(struct batch *batch);

#endif /* BATCH_H */
