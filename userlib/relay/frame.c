// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Frames of local users, taken apart, and lines of origin.  Whether a slot may send to the address
 * of a frame is the configuration's to say.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "frame.h"
#include "name.h"

/* The host of a Win32 name as the place of an address. */
static const char *take_place(struct address *address, const char *host)
{
	bool all = !strcmp(host, "*");

	address->place[0] = '\0';
	if (address->form == ADDRESS_ALL)
		return all ? NULL : "this slot sends to \\\\*\\ only";
	if (all)
		return address->form == ADDRESS_HOST ?
			       "this slot sends to hosts, and \\\\*\\ is a domain" :
			       "this slot sends to one domain, and \\\\*\\ is the sender's own";
	return address_place(address->place, host) ? NULL : "no host can have that name";
}

const char *frame_parse(const void *bytes, size_t length, enum address_form form,
			struct address *address, const void **payload, size_t *size)
{
	const char *text = bytes, *end = memchr(bytes, '\0', length), *reason;
	char host[NAME_HOST_SIZE], name[MAILSLOT_NAME_SIZE];
	enum name_place place;
	DWORD error;

	if (!end)
		return "the frame has no NUL behind its name";
	error = name_parse(TEXT_A(text), &place, host, name);
	if (error == ERROR_FILENAME_EXCED_RANGE)
		return "the name of the slot is longer than 255 bytes";
	if (error)
		return "the frame does not begin with \\\\HOST\\mailslot\\NAME";
	if (place == NAME_LOCAL)
		return "the name is that of a slot on this machine";
	address->form = form;
	reason = take_place(address, host);
	if (!reason)
		reason = address_name(address->name, name);
	if (reason)
		return reason;
	*payload = end + 1;
	*size = length - (size_t)(end + 1 - text);
	return NULL;
}

size_t frame_origin(char line[FRAME_ORIGIN_SIZE], const char *host, const struct wire *wire)
{
	/* -(INT64_MIN) is no int64_t. */
	uint64_t ns = wire->time_ns < 0 ? -(uint64_t)wire->time_ns : (uint64_t)wire->time_ns;

	return (size_t)snprintf(line, FRAME_ORIGIN_SIZE,
				"%s %" PRIu32 " %s%" PRIu64 ".%09" PRIu64 "\n", host, wire->uid,
				wire->time_ns < 0 ? "-" : "", ns / 1000000000, ns % 1000000000);
}
