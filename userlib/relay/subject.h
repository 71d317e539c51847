/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * NATS subjects and what they mean:
 *
 *	mailslot.CLASS.SENDER.host.HOST.NAME
 *	mailslot.CLASS.SENDER.domain.DOMAIN.NAME
 *
 * CLASS is "datagram" or "stored".  Each component of NAME is a token.  In SENDER, HOST, DOMAIN
 * and NAME a byte other than a-z, 0-9, '-' and '_' is written as '=' and two hexadecimal digits in
 * lower case, and no other byte is, so that a name has one subject only.
 */
#ifndef SUBJECT_H
#define SUBJECT_H

#include "address.h"

enum delivery {
	DELIVERY_DATAGRAM,	/* at most once */
	DELIVERY_STORED,	/* by JetStream */
};

/* Room for the longest subject, 1170 bytes, with its NUL.  A line of the server's holds 4096. */
#define SUBJECT_SIZE 1280
/* Room for one place as a token, with its NUL. */
#define SUBJECT_TOKEN_SIZE (3 * ADDRESS_PLACE_SIZE)

struct subject {
	enum delivery delivery;
	char sender[ADDRESS_PLACE_SIZE];
	struct address to;		/* form: ADDRESS_HOST or ADDRESS_DOMAIN */
};

const char *subject_class(enum delivery delivery);
/* Write one place as a token. */
void subject_token(char token[SUBJECT_TOKEN_SIZE], const char *place);
/* All fields are valid.  False only for ADDRESS_ALL, which the caller resolves beforehand. */
bool subject_encode(char text[SUBJECT_SIZE], const struct subject *subject);
/* False for each text that subject_encode() does not make. */
bool subject_decode(const char *text, struct subject *subject);

#endif /* SUBJECT_H */
