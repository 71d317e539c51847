/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A wait's place in the line of a named object.
 */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct named_place - under lib_lock
 * @ticket: which one; 0: none yet
 * @head: nobody is before it
 * @watches: the wait must tell when the owner of a mutex ends
 */
struct named_place {
	uint32_t ticket;
	bool head;
	bool watches;
};

#endif /* PLACE_H */
