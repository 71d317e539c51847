// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Completion ports: their queues of packets.  A packet's memory is allocated before its operation
 * begins, so that no operation ends without a packet.  completion.c has the functions that programs
 * call.
 */
#include <stdlib.h>

#include "port.h"

static struct port *to_port(struct object *object)
{
	return container_of(object, struct port, base);
}

bool port_is_closed(const struct port *port)
{
	return list_empty(&port->base.handles);
}

static enum acquired port_acquire(struct object *object)
{
	return list_empty(&to_port(object)->packets) ? ACQUIRED_NOT : ACQUIRED;
}

static void drop_packets(struct port *port)
{
	struct list *pos, *next;

	list_for_each(pos, next, &port->packets) {
		list_remove(pos);
		free(container_of(pos, struct packet, link));
	}
}

/* Drop the packets in a fork's child: they report operations that belong to the parent. */
static void port_forked(struct object *object)
{
	drop_packets(to_port(object));
}

static void port_destroy(struct object *object)
{
	drop_packets(to_port(object));
	free(to_port(object));
}

static const struct object_class port_class = {
	.kind = OBJECT_PORT,
	.acquire = port_acquire,
	.forked = port_forked,
	.destroy = port_destroy,
};

/* The port behind a handle, or NULL. */
struct port *port_find(HANDLE value)
{
	struct handle *handle = handle_find(value);

	return handle && handle->object->class == &port_class ? to_port(handle->object) : NULL;
}

/* An empty packet; NULL: no memory. */
struct packet *port_packet(void)
{
	struct packet *packet = calloc(1, sizeof(*packet));

	if (packet)
		list_init(&packet->link);
	return packet;
}

/* Queue a packet.  Nobody can take a packet of a port that is closed. */
void port_post(struct port *port, struct packet *packet)
{
	if (port_is_closed(port)) {
		free(packet);
		return;
	}
	list_append(&port->packets, &packet->link);
	object_wake(&port->base);
}

/* An operation on @end is over, and its packet filled in but for the key. */
void port_deliver(struct end *end, struct packet *packet)
{
	if (!end->port) {
		free(packet);	/* the end could not be given its port after all */
		return;
	}
	packet->key = end->port_key;
	port_post(to_port(end->port), packet);
}

/* A new port's handle, or NULL and the last error. */
HANDLE port_create(void)
{
	struct port *port = malloc(sizeof(*port));
	struct handle *handle;

	if (!port) {
		lib_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	object_init(&port->base, &port_class);
	list_init(&port->packets);
	handle = handle_add(&port->base, -1, HANDLE_RIGHTS);
	object_put(&port->base);
	return handle ? handle_value(handle) : NULL;
}
