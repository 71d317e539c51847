/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * All slots, as the kernel reports them: names and limits to everybody, counts to users who may
 * open the node.
 */
#ifndef SLOTS_H
#define SLOTS_H

#include <sys/stat.h>

#include "cli.h"

/* The state of a slot's node. */
enum node_state {
	NODE_OURS,
	NODE_NONE,		/* there is none: /dev is no devtmpfs */
	NODE_FOREIGN,		/* something else is in its place */
};

struct slot {
	char name[MAILSLOT_NAME_SIZE];
	unsigned int major;
	unsigned int minor;
	bool counted;			/* messages, bytes, clients, totals and time were told */
	uint64_t messages;
	uint64_t bytes;			/* with MAILSLOT_MESSAGE_COST each, as the queue counts */
	uint64_t queue_bytes;
	uint64_t max_message_size;
	uint64_t clients;
	uint64_t messages_written;
	uint64_t messages_read;
	uint64_t bytes_written;
	uint64_t bytes_read;
	int64_t oldest_time;		/* ns since 1970; 0: none */
	enum node_state node;
	struct stat st;			/* of the node, when it is ours */
	const char *foreign;		/* what is there, when it is not */
};

struct slots {
	struct slot *all;		/* by name */
	size_t count;
};

bool slot_at(dev_t device, struct slot *slot);
bool slot_read(const char *name, struct slot *slot);
void slots_read(struct slots *slots, bool nodes);
const struct slot *slots_find(const struct slots *slots, const char *name);
void slots_free(struct slots *slots);
char *slot_owner(const struct slot *slot);
double slot_age(const struct slot *slot);
char *age_text(double seconds);

#endif /* SLOTS_H */
