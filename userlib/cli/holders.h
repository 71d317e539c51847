/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The processes that hold the ends of slots, read from /proc. */
#ifndef HOLDERS_H
#define HOLDERS_H

#include <sys/types.h>

#include "cli.h"
#include "slots.h"

struct holder {
	char *name;		/* of the slot */
	dev_t device;		/* of the slot in an instance; 0 otherwise */
	pid_t pid;
	int fd;
	bool server;
};

struct holders {
	struct holder *all;	/* by slot, servers first, then by process */
	size_t count;
	bool by_device;		/* the slots are in an instance */
	bool complete;		/* all processes there are could be looked at */
};

void holders_scan(struct holders *holders);
void holders_scan_all(struct holders *holders);
const struct holder *holders_first(const struct holders *holders, const struct slot *slot);
const struct holder *holders_next(const struct holders *holders, const struct holder *holder);
void holders_free(struct holders *holders);

#endif /* HOLDERS_H */
