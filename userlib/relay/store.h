/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Stored messages that local users write: from their sources into this host's stream of JetStream.
 * A message leaves its source when the stream has acknowledged it.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>

#include "link.h"
#include "source.h"

struct store;

/*
 * Call this before the link is made, because the link's callbacks use it. Return NULL for lack of
 * memory. The arguments still belong to the caller.
 */
struct store *store_make(const struct config *config, const struct sources *sources);
/* Start the thread; false: there is none. */
bool store_start(struct store *store, struct link *link);
/* End the thread, when the link has no connection any more. */
void store_stop(struct store *store);
/* After the link has ended. */
void store_free(struct store *store);

/* As link_users. */
bool store_made(struct store *store, natsConnection *connection);
void store_up(struct store *store);
void store_lost(struct store *store);

/* The name of a host's stream. */
#define STREAM_NAME_SIZE	(SUBJECT_TOKEN_SIZE + 16)
void store_stream_name(char name[STREAM_NAME_SIZE], const char *host);

#endif /* STORE_H */
