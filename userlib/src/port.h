/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Completion ports: queues of packets, one for each operation that ended on an end of
 * theirs.
 */
#ifndef PORT_H
#define PORT_H

#include "end.h"

/**
 * struct port - under lib_lock
 * @base: the object; without a handle the port is closed, though ends may hold it
 * @packets: not taken yet, oldest first
 */
struct port {
	struct object base;
	struct list packets;
};

/**
 * struct packet - an operation that ended, or what PostQueuedCompletionStatus() was
 * given; under lib_lock
 * @link: on the port's queue
 * @key: the end's, or the poster's
 * @overlapped: the operation's, or the poster's
 * @bytes: how many were carried
 * @error: the Win32 error that the operation ended with
 */
struct packet {
	struct list link;
	ULONG_PTR key;
	LPOVERLAPPED overlapped;
	DWORD bytes;
	DWORD error;
};

/* All with lib_lock held. */
HANDLE port_create(void);
struct port *port_find(HANDLE value);
bool port_is_closed(const struct port *port);
struct packet *port_packet(void);
void port_post(struct port *port, struct packet *packet);
void port_deliver(struct end *end, struct packet *packet);

#endif /* PORT_H */
