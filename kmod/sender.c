// SPDX-License-Identifier: GPL-2.0-only
/* Which process wrote a message: where the writer changes. sender.h says who holds what. */
#include <linux/pid.h>

#include "sender.h"
#include "user.h"

/* So many references of struct pid count as one page of the slot's owner. */
#define PIDS_PER_PAGE	(PAGE_SIZE / 128)

/**
 * __mailslot_sender_enter() - mailslot_sender_enter() where the message before is another's
 * @slot: the slot, locked
 * @record: the message's
 * @pid: the writer
 *
 * Each message may be of another process, which is gone when it is read: what that holds counts as
 * memory of the queue, but for the first few.
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
 * @next: brought by the message that is taken now; NULL: the slot is dead
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
