/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Waiting for a slot's node to appear.
 */
#ifndef APPEAR_H
#define APPEAR_H

#include <stdbool.h>
#include <stdint.h>

bool appear_wait(const char *directory, const char *name, bool folded,
		 bool (*there)(void *data), void *data, uint64_t deadline);

#endif /* APPEAR_H */
