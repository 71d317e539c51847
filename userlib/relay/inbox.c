// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Stored messages of one host for one local slot.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counters.h"
#include "deliver.h"
#include "inbox.h"
#include "log.h"

#define PAUSE_FIRST_NS	(2 * 1000000ULL)
#define PAUSE_LAST_NS	(500 * 1000000ULL)

struct held {
	struct held *next;
	natsMsg *msg;
	uint64_t number;		/* in the stream */
	struct subject subject;
};

/*
 * A name for the record that any file system takes: host as a token, and a hash of the slot's name.
 */
static void record_name(char name[128 + SUBJECT_TOKEN_SIZE], const char *sender, const char *slot)
{
	char token[SUBJECT_TOKEN_SIZE];

	subject_token(token, sender);
	snprintf(name, 128 + SUBJECT_TOKEN_SIZE, "%s.slot-%016llx", token,
		 (unsigned long long)address_hash(slot));
}

bool inbox_open(struct inbox *inbox, const struct config *config, const char *sender,
		const struct config_export *export, struct targets *targets)
{
	char name[128 + SUBJECT_TOKEN_SIZE];
	struct mailslot_info info;

	memset(inbox, 0, sizeof(*inbox));
	inbox->export = export;
	inbox->last = &inbox->first;
	record_name(name, sender, export->name);
	inbox->journal = journal_open(config->state, name, sizeof(*inbox->journal));
	if (!inbox->journal)
		return false;
	journal_recover(inbox->journal, target_info(targets, export->name, &info) ? &info : NULL);
	return true;
}

static void drop_first(struct inbox *inbox)
{
	struct held *held = inbox->first;

	inbox->first = held->next;
	if (!inbox->first)
		inbox->last = &inbox->first;
	inbox->messages--;
	inbox->bytes -= (size_t)natsMsg_GetDataLength(held->msg);
	natsMsg_Destroy(held->msg);
	free(held);
}

void inbox_drop(struct inbox *inbox)
{
	while (inbox->first)
		drop_first(inbox);
	inbox->left = 0;
	inbox->again_ns = 0;
}

void inbox_close(struct inbox *inbox)
{
	inbox_drop(inbox);
	journal_close(inbox->journal, sizeof(*inbox->journal));
}

void inbox_add(struct inbox *inbox, natsMsg *msg, const struct subject *subject, uint64_t number)
{
	struct held *held = NULL;

	if (!inbox->left && inbox->messages < INBOX_MESSAGES && inbox->bytes < INBOX_BYTES)
		held = malloc(sizeof(*held));
	if (!held) {
		if (!inbox->left)
			inbox->left = number;
		natsMsg_Destroy(msg);
		return;
	}
	held->next = NULL;
	held->msg = msg;
	held->number = number;
	held->subject = *subject;
	*inbox->last = held;
	inbox->last = &held->next;
	inbox->messages++;
	inbox->bytes += (size_t)natsMsg_GetDataLength(msg);
}

/* Write the message; whether it has left the inbox for good: the slot has it, or it is too long. */
static bool write_one(struct inbox *inbox, struct targets *targets, const struct held *held,
		      const struct wire *wire)
{
	const char *payload = natsMsg_GetData(held->msg);
	struct delivery_batch batch = { .count = 0 };
	unsigned int written, left;

	if (!deliver_add(&batch, inbox->export, held->subject.sender, wire, payload + WIRE_SIZE))
		return false;
	deliver(targets, inbox->export, inbox->export->name, &batch, &written, &left);
	count(STORED_RECEIVED, written);
	return !left;
}

/* Write the first message; false: it stays. */
static bool deliver_first(struct inbox *inbox, struct targets *targets)
{
	const struct held *held = inbox->first;
	struct mailslot_info info;
	struct wire wire;
	bool done;

	/* The length was looked at when the message came. */
	wire_get(natsMsg_GetData(held->msg), (size_t)natsMsg_GetDataLength(held->msg), &wire);
	if (journal_has(inbox->journal, held->number, &wire)) {
		count(STORED_DUPLICATES, 1);
		return true;
	}
	if (!target_info(targets, inbox->export->name, &info))
		return false;
	journal_intend(inbox->journal, held->number, &wire, &info);
	done = write_one(inbox, targets, held, &wire);
	journal_settle(inbox->journal, done);
	return done;
}

void inbox_deliver(struct inbox *inbox, struct targets *targets, uint64_t now_ns)
{
	if (inbox->again_ns > now_ns)
		return;
	inbox->again_ns = 0;
	while (inbox->first) {
		if (!deliver_first(inbox, targets)) {
			inbox->pause_ns = inbox->pause_ns ? inbox->pause_ns * 2 : PAUSE_FIRST_NS;
			if (inbox->pause_ns > PAUSE_LAST_NS)
				inbox->pause_ns = PAUSE_LAST_NS;
			inbox->again_ns = now_ns + inbox->pause_ns;
			return;
		}
		inbox->pause_ns = 0;
		drop_first(inbox);
	}
}

uint64_t inbox_first(const struct inbox *inbox)
{
	if (inbox->first)
		return inbox->first->number;
	return inbox->left ?: UINT64_MAX;
}
