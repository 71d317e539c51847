/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Datagrams that local users write: from the sources to the outbox.
 */
#ifndef READER_H
#define READER_H

#include <systemd/sd-event.h>

#include "outbox.h"
#include "source.h"

struct reader;

/* Read the sources of datagrams from now on, in the event loop; NULL for lack of memory. */
struct reader *reader_start(sd_event *event, const struct config *config,
			    const struct sources *sources, struct outbox *outbox);
void reader_stop(struct reader *reader);

#endif /* READER_H */
