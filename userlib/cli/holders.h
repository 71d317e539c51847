/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Which processes hold which ends of slots, as /proc tells.
 */
#ifndef HOLDERS_H
#define HOLDERS_H

#include <sys/types.h>

#include "cli.h"

struct holder {
	char *name;		/* of the slot */
	pid_t pid;
	int fd;
	bool server;
};

struct holders {
	struct holder *all;	/* by slot, servers first, then by process */
	size_t count;
	bool complete;		/* all processes there are could be looked at */
};

void holders_scan(struct holders *holders, bool clients);
const struct holder *holders_first(const struct holders *holders, const char *name);
const struct holder *holders_next(const struct holders *holders, const struct holder *holder);
void holders_free(struct holders *holders);

#endif /* HOLDERS_H */
