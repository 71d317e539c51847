/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Forms of messages in local slots.
 *
 * To the relay, in a slot whose name is a pattern: a Win32 name, \\HOST\mailslot\NAME, a NUL, and
 * the message.  From the relay, in a slot whose export says origin = true: a line of text, "HOST UID
 * SECONDS.NANOSECONDS" and '\n' (nine digits of nanoseconds), and the message.
 */
#ifndef FRAME_H
#define FRAME_H

#include "address.h"
#include "wire.h"

/* Room for the longest line of an origin, with its NUL. */
#define FRAME_ORIGIN_SIZE 128

/*
 * Take apart what a local user wrote.  The form is that of the slot, which the caller knows.  Sets
 * *payload to what stands behind the NUL; NULL, or why the frame is none, in words for a log.
 */
const char *frame_parse(const void *bytes, size_t length, enum address_form form,
			struct address *address, const void **payload, size_t *size);

/* The line with its '\n'; its length. */
size_t frame_origin(char line[FRAME_ORIGIN_SIZE], const char *host, const struct wire *wire);

#endif /* FRAME_H */
