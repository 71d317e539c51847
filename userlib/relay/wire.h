/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A message on the network: a header of WIRE_SIZE bytes, big endian, and the message's bytes.
 *
 *	0	version, 1
 *	1	zero, 3 bytes
 *	4	user that wrote the message on the sending host, 32 bits
 *	8	when it was queued there, ns since 1970, 64 bits, signed
 *	16	creation time of the slot it was written to there, ns, 64 bits
 *	24	its number in that slot, from 1, 64 bits
 *	32	length of its bytes, 32 bits
 *
 * A payload of NATS is one such message, or several one behind the other when they were read from
 * one slot together and go to one address.  A stored payload is one.
 */
#ifndef WIRE_H
#define WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_SIZE 36

struct wire {
	uint32_t uid;
	int64_t time_ns;
	uint64_t epoch;
	uint64_t sequence;
	uint32_t length;
};

void wire_put(unsigned char bytes[WIRE_SIZE], const struct wire *wire);
/*
 * Read the header of a message, whose bytes follow. Return false if not all of it is there, if the
 * version is another one, or if a byte is set that must be zero.
 */
bool wire_get(const void *bytes, size_t length, struct wire *wire);
/* The same, and nothing stands behind the message. */
bool wire_get_one(const void *bytes, size_t length, struct wire *wire);

#endif /* WIRE_H */
