/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where an operation's bytes lie in the memory that its process shares with the
 * controller. Executor and model both look here; what is right is not said here.
 */
#ifndef MODEL_BUFFER_H
#define MODEL_BUFFER_H

#include "op.h"

#define POISON		0xa5
#define POISONED	1024U	/* of a buffer at the most, and what follows it */
#define REDZONE		16U

#define BUFFER_SIZE	(2 * LONGEST)		/* received bytes */
#define BUFFER_HUGE	LONGEST			/* for ODD_HUGE */
#define TABLE_SIZE	(56U * 1024)		/* entries of a RECEIVE or SEND */
#define HOLE		4096U			/* not mapped, behind each of these */

/* Offsets in the area: the table, a hole, the buffers, a hole. */
#define AREA_TABLE	0U
#define AREA_BUFFER	(TABLE_SIZE + HOLE)
#define AREA_SEND	(AREA_BUFFER + BUFFER_SIZE + HOLE)
#define AREA_SIZE	(AREA_SEND + LONGEST + HOLE)

/* From the start of the buffers: where a read of @length bytes puts them. */
static inline __u32 buffer_read(const struct op *op, __u32 length)
{
	switch (op->memory) {
	case MEM_EDGE:
	case MEM_HALF:
		return BUFFER_SIZE - op_accessible(op, length);
	case MEM_NOWHERE:
		return BUFFER_SIZE + 64;
	default:
		return op->offset % 61;
	}
}

/* And a RECEIVE its message @i. */
static inline __u32 buffer_receive(const struct op *op, unsigned int i)
{
	if (op->oddity && i == op->odd) {
		if (op->oddity == ODD_HUGE)
			return BUFFER_HUGE;
		if (op->oddity == ODD_NOWHERE)
			return BUFFER_SIZE + 64;
	}
	return i * (op->length + REDZONE) + op->step * (i * (i - 1) / 2) +
	       (op->oddity == ODD_LONG && i > op->odd ? 5000 : 0) + op->offset % 61;
}

/* Where the table of a batch is: REQ_ARRAY's ends at the hole. */
static inline __u32 buffer_table(const struct op *op, __u32 entry)
{
	if (op->request == REQ_ARRAY)
		return TABLE_SIZE - op->reach * entry;
	return AREA_TABLE;
}

#endif
