/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Local slots whose server is the relay: messages written to them are sent to other machines. The
 * slots outlive the relay where a service manager keeps their descriptors (FDSTORE of
 * sd_notify(3)).
 */
#ifndef SOURCE_H
#define SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config.h"
#include "counters.h"
#include "wire.h"

struct source {
	char *slot;			/* its name */
	int fd;
	uint64_t epoch;			/* when the slot was made */
	const struct config_remote *remote;	/* NULL: it tells who this host is */
	char subject[SUBJECT_SIZE];	/* of each message, unless the remote is framed */
};

struct sources {
	struct source *list;
	size_t count;
};

/* Open the sources of this configuration; take over first the ones that a service manager kept. */
bool sources_open(struct sources *sources, const struct config *config);
/*
 * Change to another configuration; slots that are in both stay. On failure write to the log, change
 * nothing, and return false.
 */
bool sources_change(struct sources *sources, const struct config *config);
/* Close them all; a service manager keeps what it keeps. */
void sources_close(struct sources *sources);

/* A server of NATS takes payloads of that many bytes: no local slot takes more. */
void sources_limit(const struct sources *sources, int64_t max_payload);

/*
 * Find where a message in the source must be sent, and which part of it: *subject is the source's
 * own or @room. Return false if it must not be sent; *reason is the counter for it then.
 */
bool source_resolve(const struct source *source, const struct config *config,
		    const void **message, size_t *length, char room[SUBJECT_SIZE],
		    const char **subject, enum counter *reason);

#endif /* SOURCE_H */
