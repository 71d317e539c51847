/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What stands before the bytes of a message on the network: WIRE_SIZE bytes, big endian.
 *
 *	0	version, 1
 *	1	zero, 3 bytes
 *	4	user that wrote the message on the sending host, 32 bits
 *	8	when it was queued there, ns since 1970, 64 bits, signed
 *	16	creation time of the slot it was written to there, ns, 64 bits
 *	24	its number in that slot, from 1, 64 bits
 */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_SIZE 32

struct wire {
	uint32_t uid;
	int64_t time_ns;
	uint64_t epoch;
	uint64_t sequence;
};

void wire_put(unsigned char bytes[WIRE_SIZE], const struct wire *wire);
/* False: too short, another version, or a byte set that must be zero. */
bool wire_get(const void *bytes, size_t length, struct wire *wire);

#endif /* WIRE_H */
