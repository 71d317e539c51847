// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes userlib/relay/subject.c and address.c.  An input is taken for a subject of a hostile host,
 * and for a name.  A subject that is decoded is what its parts are encoded to, its parts are names
 * that a slot and a host can have, and a name is found again behind its subject.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "subject.h"

int mailslot_name_check(const char *name, size_t size);

static void fail(const char *what)
{
	fprintf(stderr, "FAILED: %s\n", what);
	abort();
}

static void check_place(const char *place)
{
	char again[ADDRESS_PLACE_SIZE];

	if (!address_place(again, place) || strcmp(again, place))
		fail("a decoded place is no folded place");
}

static void check_name(const char *name)
{
	char again[MAILSLOT_NAME_SIZE], padded[MAILSLOT_NAME_SIZE] = "";

	strcpy(padded, name);
	if (mailslot_name_check(padded, sizeof(padded)))
		fail("the kernel refuses a decoded name");
	if (address_name(again, name) || strcmp(again, name))
		fail("a decoded name is not folded");
}

static void check_subject(const char *text)
{
	char again[SUBJECT_SIZE];
	struct subject subject;

	if (!subject_decode(text, &subject))
		return;
	check_place(subject.sender);
	check_place(subject.to.place);
	check_name(subject.to.name);
	if (!subject_encode(again, &subject) || strcmp(again, text))
		fail("two subjects mean the same");
}

static void check_round_trip(const char *text)
{
	struct subject subject = { .sender = "alpha", .to.place = "beta" }, again;
	char encoded[SUBJECT_SIZE];

	if (address_name(subject.to.name, text))
		return;
	check_name(subject.to.name);
	subject.delivery = (enum delivery)(text[0] & 1);
	subject.to.form = text[0] & 2 ? ADDRESS_HOST : ADDRESS_DOMAIN;
	if (!address_place(subject.to.place, text))
		strcpy(subject.to.place, "beta");
	if (!subject_encode(encoded, &subject) || !subject_decode(encoded, &again))
		fail("a name has no subject");
	if (again.delivery != subject.delivery || again.to.form != subject.to.form ||
	    strcmp(again.sender, subject.sender) || strcmp(again.to.place, subject.to.place) ||
	    strcmp(again.to.name, subject.to.name))
		fail("a subject means something else than what it was made of");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = '\0';
	text = realloc(text, strlen(text) + 1);
	check_subject(text);
	check_round_trip(text);
	free(text);
	return 0;
}
