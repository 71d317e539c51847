// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The way of a message: the slot that is opened for it, which for other machines is the relay's.
 * How such slots are found is the library's, in remote.c.
 */
#include <stdlib.h>
#include <string.h>

#include "appear.h"
#include "name.h"
#include "node.h"
#include "route.h"
#include "text.h"

/* A slot here.  Leaves if it can have no such name. */
void route_here(struct route *route, const char *name)
{
	memset(route, 0, sizeof(*route));
	route->local = name_argument(name);
	route->shown = route->local;
}

/* Split the names and fold them, or exit with a message. */
static enum name_place fold(struct route *route, const char *host, const char *name)
{
	char *whole = text_of("\\\\%s\\mailslot\\%s", host, name);
	enum name_place place = NAME_NOT_MAILSLOT;
	DWORD error = ERROR_INVALID_NAME;

	if (!strpbrk(host, "/\\"))
		error = name_parse(TEXT_A(whole), &place, route->host, route->name);
	free(whole);
	if (place == NAME_NOT_MAILSLOT)
		usage("'%s' is no name of a host or a domain", host);
	if (error == ERROR_FILENAME_EXCED_RANGE)
		usage("'%s' is no name of a slot: a name has 255 bytes at the most", name);
	if (error)
		usage("'%s' is no name of a slot on another machine", name);
	return place;
}

/*
 * A slot on a host, or on those of a domain.  A host may be this one, whose slots are here.
 * Leaves if there can be no such name.
 */
void route_away(struct route *route, unsigned int form, const char *host, const char *name)
{
	enum name_place place;

	memset(route, 0, sizeof(*route));
	route->form = form;
	place = fold(route, host, name);
	if (form == REMOTE_HOST && !strcmp(host, "*"))
		usage("'*' is no host; --domain '*' is each host of the own domain");
	if (form == REMOTE_HOST && (place != NAME_REMOTE || remote_is_own_host(route->host)))
		route_here(route, name);
	else if (!strcmp(host, "*"))
		route->shown = text_of("%s on each host of the domain", name);
	else
		route->shown = text_of("%s %s %s", name,
				       form == REMOTE_HOST ? "on host" : "in domain", host);
}

/* Find the relay's slot; the library's error. */
static DWORD find(struct route *route)
{
	return remote_find(route->host, route->name, route->form, &route->remote);
}

static _Noreturn void fail_find(const struct route *route, DWORD error)
{
	if (!node_module_loaded())
		node_no_module();
	if (error == ERROR_REMOTE_MAILSLOTS_DEPRECATED)
		fail(EXIT_NO_SLOT, "%s: no relay runs here to take messages to other machines",
		     route->shown);
	fail(EXIT_DENIED, "%s: the relay's configuration lets no messages go there", route->shown);
}

/* Open the slot, or exit with a message. */
int route_open(struct route *route, int flags, struct mailslot_info *info)
{
	DWORD error;

	if (route->local)
		return client_open(route->local, flags, info);
	place_is_instance();
	error = find(route);
	if (error)
		fail_find(route, error);
	return client_open(route->remote.slot, flags, info);
}

static bool is_found(void *data)
{
	return !find(data);
}

/* The same as route_open(), for a slot or a relay that may not exist yet. */
int route_wait(struct route *route, int flags, struct mailslot_info *info, uint64_t timeout_ns)
{
	uint64_t deadline = clock_deadline_ns(timeout_ns), now;

	if (route->local)
		return client_wait(route->local, flags, info, timeout_ns);
	if (!appear_wait(place_directory(), REMOTE_TOP, true, is_found, route, deadline)) {
		if (!timeout_ns || find(route) != ERROR_REMOTE_MAILSLOTS_DEPRECATED)
			return route_open(route, flags, info);
		fail(EXIT_WAITED, "%s: no relay came in time", route->shown);
	}
	now = clock_now();
	if (timeout_ns != MAILSLOT_WAIT_FOREVER_NS)
		timeout_ns = now < deadline ? deadline - now : 0;
	return client_wait(route->remote.slot, flags, info, timeout_ns);
}
