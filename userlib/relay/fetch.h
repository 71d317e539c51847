/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stored messages of other hosts: from their streams of JetStream into local slots.
 */
#ifndef FETCH_H
#define FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "link.h"

struct fetch;

/*
 * Call this before the link is made, because the link's callbacks use it. Return NULL after a line
 * in the log.
 */
struct fetch *fetch_make(const struct config *config);
/* Start the thread. Return false if it cannot be started. The link still belongs to the caller. */
bool fetch_start(struct fetch *fetch, struct link *link);
/* End the thread, when the link has no connection any more. */
void fetch_stop(struct fetch *fetch);
/* After the link has ended. */
void fetch_free(struct fetch *fetch);

/* As link_users. */
void fetch_made(struct fetch *fetch);
void fetch_up(struct fetch *fetch);
void fetch_lost(struct fetch *fetch);

/* Messages that are here and wait for room in their slots. */
uint64_t fetch_waiting(struct fetch *fetch);

#endif /* FETCH_H */
