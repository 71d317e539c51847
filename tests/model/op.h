/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One operation of a sequence: a system call, or something done to a process,
 * with every number it takes, so that it can be printed, read back and left out.
 * What it must return is the model's business (world.h), how it is done
 * execute.c's.
 */
#ifndef MODEL_OP_H
#define MODEL_OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <linux/mailslot.h>

#define NPROC	6	/* processes, */
#define NREG	12	/* files that each can hold, */
#define NIDENT	3	/* and users: root, one, and another in the group of the first */
#define CONTROL	NREG	/* the register that is always the control node */

enum op_kind {
	OP_NONE,
	OP_CREATE,
	OP_OPEN,
	OP_CLOSE,
	OP_DUP,
	OP_SETFL,
	OP_THROW,	/* a file is sent into a socket */
	OP_CATCH,	/* and taken out of it, perhaps by somebody else */
	OP_READ,
	OP_WRITE,
	OP_RECEIVE,
	OP_SEND,
	OP_GET_INFO,
	OP_SET_INFO,
	OP_FIONREAD,
	OP_IOCTL,
	OP_POLL,
	OP_EPOLL_CTL,
	OP_EPOLL_WAIT,
	OP_CHMOD,
	OP_UMASK,
	OP_IDENTITY,
	OP_PARAMETER,
	OP_SPAWN,
	OP_FORK,
	OP_KILL,
	OP_SIGNAL,
	OP_FSYNC,
	OP_KINDS,
};

/* Where a buffer lies. */
enum memory {
	MEM_WARM,
	MEM_COLD,	/* its pages are not mapped yet */
	MEM_EDGE,	/* ends where nothing is mapped */
	MEM_HALF,	/* its last op.edge bytes are not mapped */
	MEM_NOWHERE,
	MEM_KERNEL,	/* an address that no user memory has */
	MEM_KINDS,
};

/* op.how of reads and writes. */
enum how { HOW_PLAIN, HOW_VECTOR, HOW_NOWAIT, HOW_KINDS };

/* op.how of CREATE: what is scarce meanwhile. */
enum scarce { SCARCE_NOTHING, SCARCE_FDS, SCARCE_FILES };

/* op.wait: how long reads wait; of a RECEIVE, its deadline. */
enum wait {
	WAIT_NOT,	/* RECEIVE: the slot's own timeout */
	WAIT_SHORT,
	WAIT_LONG,	/* an hour: longer than anything here takes */
	WAIT_FOREVER,
	WAIT_PAST,	/* RECEIVE only */
	WAIT_KINDS,
};

#define SHORT_NS	300000ULL
#define LONG_NS		3600000000000ULL

/* op.oddity: what is odd about message op.odd of a batch. */
enum oddity { ODD_NOTHING, ODD_LONG, ODD_EMPTY, ODD_NOWHERE, ODD_RESERVED, ODD_HUGE, ODD_KINDS };

/* op.request: what is wrong with an ioctl's structure. */
enum request {
	REQ_GOOD,
	REQ_NOWHERE,	/* it is not mapped */
	REQ_TAIL,	/* longer than known, and not zero there */
	REQ_RESERVED,
	REQ_MESSAGE_SMALL,
	REQ_MESSAGE_LARGE,	/* entries longer than known, zero there */
	REQ_MESSAGE_TAIL,	/* and not zero in entry op.odd */
	REQ_MESSAGE_HUGE,	/* longer than a page */
	REQ_ARRAY,	/* only op.reach entries of the array are mapped */
	REQ_STRAY,	/* SET_INFO: a field that the mask does not name */
	REQ_KINDS,
};

struct op {
	__u32 kind;	/* enum op_kind */
	__u32 proc;	/* who does it; NPROC: the controller */
	__u32 reg;	/* on which file of its own */
	__u32 to;	/* another register, or another process */
	__u32 how;
	__u32 name;	/* see names.c */
	__u32 flags;
	__u32 mode;
	__u32 length;	/* of a message or buffer; max_message_size */
	__u32 step;	/* each message of a batch is so much longer than the one before */
	__u32 count;	/* messages of a batch, pieces of a vector */
	__u32 odd;
	__u32 oddity;
	__u32 memory;
	__u32 edge;
	__u32 offset;	/* where in the pool of bytes a message comes from */
	__u32 request;
	__u32 size;	/* of the structure an ioctl says it brings */
	__u32 reach;	/* of an array; SET_INFO's queue_bytes */
	__u32 mask;
	__u32 wait;
	__u64 value;	/* queue_bytes, a parameter's value, a time to set */
};

extern const char * const op_names[OP_KINDS];

void op_print(FILE *to, const struct op *op);
bool op_parse(const char *line, struct op *op);

/* Message @i of a batch. */
__u32 op_length(const struct op *op, unsigned int i);
__u32 op_offset(const struct op *op, unsigned int i);

/* How many of @length bytes at op's buffer can be touched. */
__u32 op_accessible(const struct op *op, __u32 length);

/* From one entry of a batch's array to the next, if the module knows @known bytes of each. */
__u32 op_stride(const struct op *op, __u32 known);

/* The structures that ioctls bring, but for addresses and deadlines. */
struct mailslot_create op_create(const struct op *op, const char name[MAILSLOT_NAME_SIZE]);
struct mailslot_set_info op_set_info(const struct op *op);
struct mailslot_send op_send(const struct op *op);
struct mailslot_receive op_receive(const struct op *op);

__u64 wait_ns(enum wait wait);

/* The bytes that messages are made of: op.offset is an index. */
#define POOL_SIZE	(1U << 20)
#define LONGEST		(1U << 18)	/* no buffer is longer */

/* Deterministic, and the same everywhere. */
struct rng {
	__u64 state;
};

__u64 rng_next(struct rng *rng);

/* 0 to @below - 1 */
static inline __u32 rng_below(struct rng *rng, __u32 below)
{
	return ((rng_next(rng) >> 32) * below) >> 32;
}

static inline bool rng_one_in(struct rng *rng, __u32 n)
{
	return !rng_below(rng, n);
}

#endif
