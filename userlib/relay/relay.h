/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The relay: its parts in the order in which they start, and what happens between them.
 */
#ifndef RELAY_H
#define RELAY_H

#include <stdbool.h>
#include <systemd/sd-event.h>

#include "config.h"

struct relay;

/* Start with this configuration, which is the relay's from now on. NULL after a line in the log. */
struct relay *relay_start(sd_event *event, struct config *config);
/*
 * Change to another configuration. On failure write to the log, keep the old one, and return false.
 */
bool relay_change(struct relay *relay, struct config *config);
void relay_stop(struct relay *relay);

#endif /* RELAY_H */
