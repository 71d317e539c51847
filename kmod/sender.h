/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The process that wrote a message. Consecutive messages of one process share one reference of its
 * struct pid. The record of the first of these messages has turn set, and brings the reference; the
 * reference is dropped when the next record with turn set is taken. So a slot's queue holds one
 * reference for each change of writers, and one more for the message that was taken last.
 */
#ifndef MAILSLOT_SENDER_H
#define MAILSLOT_SENDER_H

#include "slot.h"

int __mailslot_sender_enter(struct mailslot_slot *slot, struct mailslot_record *record,
			    struct pid *pid);
void __mailslot_sender_leave(struct mailslot_slot *slot, struct pid *next);

/**
 * mailslot_sender_enter() - note who wrote a message that is about to be queued
 * @slot: the slot, locked until the message is queued
 * @record: the message's
 * @pid: the writer
 *
 * Context: any, the slot locked.
 * Return: 0 or -EDQUOT, with nothing changed.
 */
static __always_inline int mailslot_sender_enter(struct mailslot_slot *slot,
						 struct mailslot_record *record, struct pid *pid)
{
	if (unlikely(slot->last_sender != pid))
		return __mailslot_sender_enter(slot, record, pid);
	record->pid = pid;
	record->turn = false;
	return 0;
}

/**
 * mailslot_sender_leave() - a message is taken off the queue
 * @slot: the slot, locked
 * @record: the message's
 *
 * Context: any, the slot locked.
 */
static __always_inline void mailslot_sender_leave(struct mailslot_slot *slot,
						  const struct mailslot_record *record)
{
	if (unlikely(record->turn))
		__mailslot_sender_leave(slot, record->pid);
}

#endif
