/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Slots on other machines: the relay's slots, by which messages go there.
 */
#ifndef REMOTE_H
#define REMOTE_H

#include "name.h"

/* The longest message to a domain or to all hosts, as on Windows. */
#define REMOTE_LONGEST_TO_MANY	424

/* Room for \\HOST\mailslot\NAME and its NUL. */
#define REMOTE_ADDRESS_SIZE	(2 + MAILSLOT_HOST_SIZE + sizeof("mailslot\\") + MAILSLOT_NAME_SIZE)

/* The directory of the relay's slots, with all below it: for appear_wait(). */
#define REMOTE_TOP	"remote/"

/* The possible meanings of the part before \mailslot, as bits. */
#define REMOTE_HOST	(1U << 0)
#define REMOTE_DOMAIN	(1U << 1)

/**
 * struct remote - one of the relay's slots, and what is sent there
 * @slot: the slot's name
 * @to_many: a domain or all hosts, where a message has at most REMOTE_LONGEST_TO_MANY bytes
 * @frame: the slot serves many addresses: a message is behind its own
 * @address_size: bytes of @address; 0: the address is not known, or @frame is false
 * @address: \\HOST\mailslot\NAME and a NUL
 */
struct remote {
	char slot[MAILSLOT_NAME_SIZE];
	bool to_many;
	bool frame;
	size_t address_size;
	char address[REMOTE_ADDRESS_SIZE];
};

bool remote_names(char host[MAILSLOT_HOST_SIZE], char domain[MAILSLOT_HOST_SIZE]);
bool remote_is_own_host(const char *host);
DWORD remote_find(const char *host, const char *name, unsigned int forms, struct remote *remote);
DWORD remote_recover(int fd, struct remote **remote);

#endif /* REMOTE_H */
