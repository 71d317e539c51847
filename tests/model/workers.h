/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes that carry out operations one at a time, told to by the controller
 * over shared memory. The controller can wait until each of them has done its
 * operation or sleeps in it.
 */
#ifndef MODEL_WORKERS_H
#define MODEL_WORKERS_H

#include "execute.h"

void workers_init(const int flights[2]);
void workers_end(void);

void worker_start(unsigned int worker, const struct op *op);
int worker_spawn(unsigned int worker, unsigned int identity);	/* its pid */
void worker_kill(unsigned int worker);
void worker_signal(unsigned int worker, bool restart);

/* NULL: it has not done its operation yet. */
const struct result *worker_result(unsigned int worker);
const unsigned char *worker_area(unsigned int worker);

/* How often it has gone to sleep so far. */
unsigned long worker_sleeps(unsigned int worker);

/* Waits until all have done their operations or sleep in them. */
void workers_settle(void);

#endif
