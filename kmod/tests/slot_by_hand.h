/* SPDX-License-Identifier: GPL-2.0-only */
/* A slot without a file, a user or a name, for tests of what waits for it. */
#ifndef MAILSLOT_SLOT_BY_HAND_H
#define MAILSLOT_SLOT_BY_HAND_H

#include "../slot.h"

static inline void slot_by_hand(struct mailslot_slot *slot)
{
	spin_lock_init(&slot->lock);
	INIT_LIST_HEAD(&slot->readers);
	INIT_LIST_HEAD(&slot->writers);
	INIT_LIST_HEAD(&slot->deferred);
	INIT_LIST_HEAD(&slot->clients);
	INIT_LIST_HEAD(&slot->crowd);
	slot->pollers = RB_ROOT_CACHED;
	init_waitqueue_head(&slot->read_poll);
	mailslot_queue_init(&slot->queue);
}

#endif
