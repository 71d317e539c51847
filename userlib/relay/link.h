/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The connection with a NATS server. A thread of its own makes it, and makes another one, after a
 * pause that grows, whenever libnats has given it up.
 */
#ifndef LINK_H
#define LINK_H

#include <nats/nats.h>
#include <stdbool.h>

#include "config.h"

struct link;

struct link_users {
	/*
	 * There is a new connection, which nobody else has yet: subscribe. Return false to give it
	 * up.
	 */
	bool (*made)(natsConnection *connection, void *data);
	/* The server is connected, for the first time or again, and can be asked from now on. */
	void (*up)(natsConnection *connection, void *data);
	/* The connection is about to be destroyed: destroy what belongs to it. */
	void (*lost)(void *data);
	void *data;
};

/* Start the thread; NULL for lack of memory. The configuration and the users stay the caller's. */
struct link *link_start(const struct config *config, const struct link_users *users);
/* End the connection and the thread: link_hold() has none to give from now on. */
void link_stop(struct link *link);
/* After link_stop(), when nobody asks any more. */
void link_free(struct link *link);

/*
 * Return the connection, which is not destroyed until link_release(). Return NULL, with nothing to
 * release, when there is no connection.
 */
natsConnection *link_hold(struct link *link);
void link_release(struct link *link);

/*
 * The same as natsConnection_Subscribe(), for users of the link: lost() is not called, and
 * link_stop() does not return, before the handler has been called for the last time.
 */
natsStatus link_subscribe(natsSubscription **subscription, natsConnection *connection,
			  const char *subject, natsMsgHandler handler, void *data);

/* Return in words why the last call of this thread has failed with that status. */
const char *link_reason(natsStatus status);

/* Is there a server now? */
bool link_is_up(const struct link *link);
/*
 * The URL of the last server. libnats would have to be asked under a lock of its own, which a
 * server that hangs can keep.
 */
#define LINK_URL_SIZE	256
void link_server(struct link *link, char url[LINK_URL_SIZE]);
/* The longest payload that the last server takes, in bytes. */
size_t link_max_payload(const struct link *link);

#endif /* LINK_H */
