// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One message of the network into one local slot.
 */
#include "counters.h"
#include "deliver.h"
#include "frame.h"

enum target_result deliver(struct targets *targets, const struct config_export *export,
			   const struct subject *subject, const struct wire *wire,
			   const void *payload, size_t length)
{
	char line[FRAME_ORIGIN_SIZE];
	struct iovec parts[2];
	int n = 0;

	if (export->origin) {
		parts[n].iov_base = line;
		parts[n++].iov_len = frame_origin(line, subject->sender, wire);
	}
	parts[n].iov_base = (char *)payload + WIRE_SIZE;
	parts[n++].iov_len = length - WIRE_SIZE;
	return target_write(targets, subject->to.name, parts, n);
}

void deliver_count(enum target_result result, size_t length)
{
	static const enum counter reasons[] = {
		[TARGET_NO_SLOT] = DROPPED_NO_SLOT,
		[TARGET_FULL] = DROPPED_FULL,
		[TARGET_TOO_LONG] = DROPPED_TOO_LONG,
		[TARGET_ERROR] = DROPPED_OWN_ERROR,
	};

	if (result != TARGET_DONE) {
		count(reasons[result], 1);
		return;
	}
	count(RECEIVED, 1);
	count(RECEIVED_BYTES, length - WIRE_SIZE);
}
