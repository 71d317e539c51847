// SPDX-License-Identifier: GPL-2.0-only
/*
 * The process that wrote a message: the cases where the writer changes. sender.h describes the
 * references.
 */
#include <linux/pid.h>

#include "sender.h"
#include "user.h"

/* This number of references of struct pid counts as one page of the slot's owner. */
#define PIDS_PER_PAGE	(PAGE_SIZE / 128)

/**
 * __mailslot_sender_enter() - mailslot_sender_enter() if another process wrote the message before
 * @slot: the slot, locked
 * @record: the message's
 * @pid: the writer
 *
 * Each message may be from another process, which may have exited when the message is read. The
 * references of struct pid count as memory of the queue, except for the first few.
 *
 * Context: any, the slot locked.
 * Return: 0 or -EDQUOT, with nothing changed.
 */
int __mailslot_sender_enter(struct mailslot_slot *slot, struct mailslot_record *record,
			    struct pid *pid)
{
	if ((slot->senders + 1) % PIDS_PER_PAGE == 0) {
		int err = mailslot_slot_charge(slot, 1);

		if (err)
			return err;
	}
	slot->senders++;
	record->pid = get_pid(pid);
	record->turn = true;
	slot->last_sender = pid;
	return 0;
}

/**
 * __mailslot_sender_leave() - give back the reference of the messages that were taken
 * @slot: the slot, locked
 * @next: the writer of the message that is taken now; NULL if the slot is dead
 *
 * Context: any, the slot locked or dead and the caller's alone.
 */
void __mailslot_sender_leave(struct mailslot_slot *slot, struct pid *next)
{
	struct pid *old = slot->taken_sender;

	slot->taken_sender = next;
	if (!old)
		return;
	if (slot->senders-- % PIDS_PER_PAGE == 0)
		mailslot_slot_uncharge(slot, 1);
	put_pid(old);
}
