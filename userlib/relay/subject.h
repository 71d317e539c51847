/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * NATS subjects and what they mean:
 *
 *	mailslot.CLASS.SENDER.host.HOST.NAME
 *	mailslot.CLASS.SENDER.domain.DOMAIN.NAME
 *
 * CLASS is "datagram" or "stored".  A component of NAME is a token; bytes other than a-z, 0-9, '-'
 * and '_' are written "=" and two hexadecimal digits in lower case, in NAME, SENDER, HOST and DOMAIN.
 */
#ifndef SUBJECT_H
#define SUBJECT_H

#include "address.h"

enum delivery {
	DELIVERY_DATAGRAM,	/* at most once */
	DELIVERY_STORED,	/* by JetStream */
};

/* The longest: a server's line holds 4096 bytes. */
#define SUBJECT_SIZE 1280
/* Room for one place as a token. */
#define SUBJECT_TOKEN_SIZE (3 * ADDRESS_PLACE_SIZE)

struct subject {
	enum delivery delivery;
	char sender[ADDRESS_PLACE_SIZE];
	struct address to;		/* form: ADDRESS_HOST or ADDRESS_DOMAIN */
};

const char *subject_class(enum delivery delivery);
/* One place as a token. */
void subject_token(char token[SUBJECT_TOKEN_SIZE], const char *place);
/* All fields are valid; false never happens but for ADDRESS_ALL, which the caller has resolved. */
bool subject_encode(char text[SUBJECT_SIZE], const struct subject *subject);
/* False for whatever subject_encode() does not make. */
bool subject_decode(const char *text, struct subject *subject);

#endif /* SUBJECT_H */
