/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The way of a message: the slot that is opened for it, which for other machines is the relay's.
 */
#ifndef ROUTE_H
#define ROUTE_H

#include "client.h"
#include "remote.h"

/**
 * struct route - where messages go
 * @local: the slot's name, if the slot is here; else NULL
 * @form: REMOTE_HOST or REMOTE_DOMAIN
 * @host: the host or domain, or "*", folded
 * @name: the slot's name there, folded
 * @shown: the whole in words, for complaints
 * @remote: the relay's slot, once it is found; zeros for a slot here
 */
struct route {
	const char *local;
	unsigned int form;
	char host[NAME_HOST_SIZE];
	char name[MAILSLOT_NAME_SIZE];
	const char *shown;
	struct remote remote;
};

void route_here(struct route *route, const char *name);
void route_away(struct route *route, unsigned int form, const char *host, const char *name);
int route_open(struct route *route, int flags, struct mailslot_info *info);
int route_wait(struct route *route, int flags, struct mailslot_info *info, uint64_t timeout_ns);

#endif /* ROUTE_H */
