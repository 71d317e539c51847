/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One message of the network into one local slot, with the origin before it where its export says so.
 */
#ifndef DELIVER_H
#define DELIVER_H

#include "config.h"
#include "target.h"
#include "wire.h"

/* The payload is one that wire_get() has taken: @wire is what it told. */
enum target_result deliver(struct targets *targets, const struct config_export *export,
			   const struct subject *subject, const struct wire *wire,
			   const void *payload, size_t length);

/* Count a message that was delivered, or is dropped for this reason. */
void deliver_count(enum target_result result, size_t length);

#endif /* DELIVER_H */
