// SPDX-License-Identifier: LGPL-2.1-or-later
/* The header of a message on the network, byte by byte.  wire.h says what its fields mean. */
#include <endian.h>
#include <string.h>

#include "wire.h"

#define WIRE_VERSION 1

static const unsigned char start[4] = { WIRE_VERSION };

void wire_put(unsigned char bytes[WIRE_SIZE], const struct wire *wire)
{
	uint32_t uid = htobe32(wire->uid);
	uint64_t time = htobe64((uint64_t)wire->time_ns);
	uint64_t epoch = htobe64(wire->epoch);
	uint64_t sequence = htobe64(wire->sequence);
	uint32_t length = htobe32(wire->length);

	memcpy(bytes, start, sizeof(start));
	memcpy(bytes + 4, &uid, sizeof(uid));
	memcpy(bytes + 8, &time, sizeof(time));
	memcpy(bytes + 16, &epoch, sizeof(epoch));
	memcpy(bytes + 24, &sequence, sizeof(sequence));
	memcpy(bytes + 32, &length, sizeof(length));
}

bool wire_get(const void *bytes, size_t length, struct wire *wire)
{
	const unsigned char *at = bytes;
	uint64_t time, epoch, sequence;
	uint32_t uid, size;

	if (length < WIRE_SIZE || memcmp(at, start, sizeof(start)))
		return false;
	memcpy(&uid, at + 4, sizeof(uid));
	memcpy(&time, at + 8, sizeof(time));
	memcpy(&epoch, at + 16, sizeof(epoch));
	memcpy(&sequence, at + 24, sizeof(sequence));
	memcpy(&size, at + 32, sizeof(size));
	wire->uid = be32toh(uid);
	wire->time_ns = (int64_t)be64toh(time);
	wire->epoch = be64toh(epoch);
	wire->sequence = be64toh(sequence);
	wire->length = be32toh(size);
	return wire->length <= length - WIRE_SIZE;
}

bool wire_get_one(const void *bytes, size_t length, struct wire *wire)
{
	return wire_get(bytes, length, wire) && wire->length == length - WIRE_SIZE;
}
