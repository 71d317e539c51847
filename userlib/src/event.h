/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Events.
 */
#ifndef EVENT_H
#define EVENT_H

#include "handle.h"
#include "object.h"

extern const struct object_class event_class;

/* All with lib_lock held. */
struct object *event_find(HANDLE value);
void event_set(struct object *object);
void event_reset(struct object *object);
void event_consume(HANDLE value);

#endif /* EVENT_H */
