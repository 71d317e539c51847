// SPDX-License-Identifier: LGPL-2.1-or-later
/* Counters of what the relay has done since its start. */

#include "counters.h"

_Atomic uint64_t counters[COUNTERS];

/* Members of the object, and of the objects in it that "dropped" and "stored" are. */
static const struct {
	const char *object, *name;
} names[COUNTERS] = {
	[SENT] = { NULL, "sent" },
	[SENT_BYTES] = { NULL, "sent_bytes" },
	[RECEIVED] = { NULL, "received" },
	[RECEIVED_BYTES] = { NULL, "received_bytes" },
	[RECONNECTS] = { NULL, "reconnects" },
	[STORED_SENT] = { "stored", "sent" },
	[STORED_RECEIVED] = { "stored", "received" },
	[STORED_DUPLICATES] = { "stored", "duplicates" },
	[DROPPED_NO_SLOT] = { "dropped", "no_slot" },
	[DROPPED_FULL] = { "dropped", "full" },
	[DROPPED_TOO_LONG] = { "dropped", "too_long" },
	[DROPPED_NOT_EXPORTED] = { "dropped", "not_exported" },
	[DROPPED_GARBAGE] = { "dropped", "garbage" },
	[DROPPED_NOT_ALLOWED] = { "dropped", "not_allowed" },
	[DROPPED_DISCONNECTED] = { "dropped", "disconnected" },
	[DROPPED_SLOW] = { "dropped", "slow" },
	[DROPPED_OWN_ERROR] = { "dropped", "own_error" },
};

static json_t *member(json_t *object, const char *name)
{
	json_t *found = json_object_get(object, name);

	if (!found && !json_object_set_new(object, name, json_object()))
		found = json_object_get(object, name);
	return found;
}

bool counters_put(json_t *object)
{
	enum counter i;

	for (i = 0; i < COUNTERS; i++) {
		json_t *to = names[i].object ? member(object, names[i].object) : object;
		uint64_t n = atomic_load_explicit(&counters[i], memory_order_relaxed);

		if (!to || json_object_set_new(to, names[i].name, json_integer((json_int_t)n)))
			return false;
	}
	return true;
}
