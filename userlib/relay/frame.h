/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Forms of messages in local slots.
 *
 * A message to the relay, in a slot whose name is a pattern, is a frame: a Win32 name,
 * \\HOST\mailslot\NAME, a NUL, and the message itself.  A message from the relay, in a slot whose
 * export says origin = true, is a line of text, "HOST UID SECONDS.NANOSECONDS" and '\n' with nine
 * digits of nanoseconds, and the message itself.
 */
#ifndef FRAME_H
#define FRAME_H

#include "address.h"
#include "wire.h"

/* Room for the longest name, \\PLACE\mailslot\NAME as the library writes it, with its NUL. */
#define FRAME_NAME_SIZE \
	(sizeof("\\\\\\mailslot\\") - 1 + ADDRESS_PLACE_SIZE - 1 + MAILSLOT_NAME_SIZE)

/* Room for the longest line of an origin, with its NUL. */
#define FRAME_ORIGIN_SIZE 128

/*
 * Take apart what a local user wrote to a slot of this form.  Sets *payload and *size to the bytes
 * behind the NUL.  Returns NULL, or in words for a log why the bytes are no such frame.
 */
const char *frame_parse(const void *bytes, size_t length, enum address_form form,
			struct address *address, const void **payload, size_t *size);

/* Write the line with its '\n', and a NUL.  Returns its length without the NUL. */
size_t frame_origin(char line[FRAME_ORIGIN_SIZE], const char *host, const struct wire *wire);

#endif /* FRAME_H */
