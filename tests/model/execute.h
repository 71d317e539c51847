/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations carried out: the system calls, and the memory that their bytes come
 * from and go to. What they should return is not known here.
 */
#ifndef MODEL_EXECUTE_H
#define MODEL_EXECUTE_H

#include "world.h"

/* The same random bytes in every process; POOL_SIZE of them. */
extern const unsigned char *pool;

/* One process's own side. */
struct actor {
	unsigned char *area;	/* buffer.h's layout, shared with the controller */
	int fds[NREG];
	int control;
	int epoll;
	int flights[2];		/* the socket that files are thrown into */
};

void execute_init(void);		/* once, before all forks */
unsigned char *area_new(void);
void actor_init(struct actor *actor, unsigned char *area, const int flights[2]);
void actor_close(struct actor *actor);

/* Only what a process does itself: not OP_SPAWN, FORK, KILL, SIGNAL. */
void execute(struct actor *actor, const struct op *op, struct result *result);

/* Module parameters, opened once as root. */
void parameters_open(__u64 values[NPARAM]);
/* 0 or -errno, with the parameter as it was. */
long parameter_set(unsigned int parameter, __u64 value);
void become(unsigned int identity, bool for_good);
__u32 slots_alive(void);		/* of others, before we begin */

__s64 clock_ns(int clock);

#endif
