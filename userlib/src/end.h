/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Slot ends: the open files of mailslots, servers' and clients'.
 */
#ifndef END_H
#define END_H

#include <sys/types.h>

#include <linux/mailslot.h>

#include "engine.h"
#include "handle.h"
#include "object.h"
#include "remote.h"

/**
 * struct end - a slot end; under lib_lock
 * @base: the object
 * @server: a server end, else a client's
 * @nonblock: the descriptor is O_NONBLOCK: read(2) and write(2) do not wait
 * @overlapped: opened with FILE_FLAG_OVERLAPPED; servers always are
 * @signalled: an operation completed since one was last begun
 * @device: of a server: the slot's device number
 * @operations: pended here, oldest first; only the first may move data
 * @sleepers: threads that poll the descriptor
 * @watcher: has the engine drive @operations
 * @port: the completion port that operations report to, held; or NULL
 * @port_key: the key of their packets
 * @remote: of a client end of the relay's slot: what is known of the slot, allocated; or NULL
 */
struct end {
	struct object base;
	bool server;
	bool nonblock;
	bool overlapped;
	bool signalled;
	dev_t device;
	struct list operations;
	unsigned int sleepers;
	struct watcher watcher;
	struct object *port;
	ULONG_PTR port_key;
	struct remote *remote;
};

static inline struct end *to_end(struct object *object)
{
	return container_of(object, struct end, base);
}

/* All with lib_lock held. */
void end_set_port(struct end *end, struct object *port, ULONG_PTR key);
void end_leave_port(struct end *end);
void end_set_signalled(struct end *end, bool signalled);
void end_sleeper_left(struct end *end);
void end_wait_for_sleepers(struct end *end);
ssize_t end_receive(struct end *end, void *buffer, size_t size, struct mailslot_sender *sender);
ssize_t end_send(struct end *end, const void *buffer, size_t size);

#endif /* END_H */
