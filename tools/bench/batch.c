// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lays out the headers of a batched call once, so that the loops measure the calls
 * and not the filling in of structures that a program fills in once as well.
 */
#include <stdint.h>
#include <stdlib.h>
#include "batch.h"

/* All messages share one buffer: what is copied matters, not where it lies. */
struct batch *batch_new(void *buffer, size_t size)
{
	struct batch *b = calloc(1, sizeof(*b));
	unsigned int i;

	if (!b)
		return NULL;
	for (i = 0; i < BATCH_MAX; i++) {
		b->iov[i].iov_base = buffer;
		b->iov[i].iov_len = size;
		b->socket[i].msg_hdr.msg_iov = &b->iov[i];
		b->socket[i].msg_hdr.msg_iovlen = 1;
		b->send[i].buffer = (uintptr_t)buffer;
		b->send[i].length = size;
		b->receive[i].buffer = (uintptr_t)buffer;
		b->receive[i].capacity = size;
	}
	return b;
}

void batch_free(struct batch *b)
{
	free(b);
}
