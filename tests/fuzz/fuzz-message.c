// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes userlib/relay/wire.c and frame.c.  An input is a byte that chooses the form of a slot, and
 * what a hostile host publishes, or a local user writes into the slot.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "wire.h"

int mailslot_name_check(const char *name, size_t size);

static void fail(const char *what)
{
	fprintf(stderr, "FAILED: %s\n", what);
	abort();
}

static void check_origin(const struct wire *wire)
{
	char line[FRAME_ORIGIN_SIZE], host[ADDRESS_PLACE_SIZE], sign = '+';
	unsigned long long seconds, ns;
	unsigned int uid;
	uint64_t time;
	size_t length;
	int end = 0;

	memset(host, 'h', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	length = frame_origin(line, host, wire);
	if (strlen(line) != length || strchr(line, '\n') != line + length - 1)
		fail("an origin is not one line");
	if (wire->time_ns < 0)
		sscanf(line, "%*63[h] %u %c%llu.%9llu%n", &uid, &sign, &seconds, &ns, &end);
	else
		sscanf(line, "%*63[h] %u %llu.%9llu%n", &uid, &seconds, &ns, &end);
	time = seconds * 1000000000 + ns;
	if (sign == '-')
		time = -time;
	if ((size_t)end + 1 != length || uid != wire->uid || time != (uint64_t)wire->time_ns)
		fail("an origin is not that of the message");
}

static void check_wire(const void *bytes, size_t size)
{
	unsigned char again[WIRE_SIZE];
	struct wire wire;

	if (!wire_get(bytes, size, &wire))
		return;
	wire_put(again, &wire);
	if (memcmp(bytes, again, WIRE_SIZE))
		fail("a header is not what it is made to");
	check_origin(&wire);
}

static void check_frame(const char *bytes, size_t size, enum address_form form)
{
	char again[MAILSLOT_NAME_SIZE], padded[MAILSLOT_NAME_SIZE] = "";
	struct address address;
	const void *payload;
	size_t length;

	if (frame_parse(bytes, size, form, &address, &payload, &length))
		return;
	if (address.form != form || (const char *)payload + length != bytes + size ||
	    (const char *)payload != bytes + strlen(bytes) + 1)
		fail("the message is not what follows the name");
	strcpy(padded, address.name);
	if (mailslot_name_check(padded, sizeof(padded)) || address_name(again, address.name) ||
	    strcmp(again, address.name))
		fail("a slot in a frame has no folded name");
	if (form == ADDRESS_ALL)
		strcpy(again, "");
	else if (!address_place(again, address.place))
		fail("a frame goes to no place");
	if (strcmp(again, address.place))
		fail("a frame goes to a place that is not folded");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *bytes;

	if (!size)
		return 0;
	/* Of just that size, so that a byte behind is seen. */
	bytes = malloc(size - 1 ? size - 1 : 1);
	memcpy(bytes, data + 1, size - 1);
	check_wire(bytes, size - 1);
	check_frame(bytes, size - 1, (enum address_form)(data[0] % 3));
	free(bytes);
	return 0;
}
