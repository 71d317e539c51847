/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What most tests start from: one slot, its server end, one client end.
 */
#ifndef MAILSLOT_SLOT_FIXTURE_H
#define MAILSLOT_SLOT_FIXTURE_H

#include "mailslot_test.h"

FIXTURE(slot)
{
	char name[MAILSLOT_NAME_SIZE];
	int server;
	int client;
};

FIXTURE_SETUP(slot)
{
	struct mailslot_create args = create_args(NULL);

	strcpy(self->name, args.name);
	self->server = create_slot(&args);
	ASSERT_LE(0, self->server);
	self->client = client_open(self->name, O_WRONLY);
	ASSERT_LE(0, self->client);
}

FIXTURE_TEARDOWN(slot)
{
	close(self->client);
	close(self->server);
}

#endif
