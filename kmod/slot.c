// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a slot: it is made, published, killed by its last server file, freed. Openers find
 * the slot by its minor, in slot-table.c.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/limits.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "block.h"
#include "client.h"
#include "compat.h"
#include "poller.h"
#include "ring.h"
#include "sender.h"
#include "slot.h"
#include "slot-table.h"
#include "trace.h"
#include "wait.h"
#include "whole.h"

/* The module's exit waits for these slots: somebody still holds them, or their device. */
static atomic_t slots_left;

static void slot_free_rcu(struct rcu_head *rcu)
{
	struct mailslot_slot *slot = container_of(rcu, struct mailslot_slot, rcu);

	kmem_cache_free(slot->home->cache, slot);
	if (atomic_dec_and_test(&slots_left))
		wake_up_var(&slots_left);
}

/**
 * mailslot_slot_free() - free a slot that nobody can see but readers of RCU
 * @slot: the slot; its home's release() calls this
 *
 * Context: process context.
 */
void mailslot_slot_free(struct mailslot_slot *slot)
{
	mailslot_user_put(slot->user);
	call_rcu(&slot->rcu, slot_free_rcu);
}

/**
 * mailslot_slot_limit() - set the limits for messages
 * @slot: the slot, locked, or seen by nobody yet
 * @queue_bytes: what its queue may hold, MAILSLOT_MESSAGE_COST at least
 * @max_message_size: bytes of the longest message; 0 or U32_MAX: no limit but the queue's
 *
 * Messages that are queued stay queued. The caller calls mailslot_room_changed().
 *
 * Context: any.
 */
void mailslot_slot_limit(struct mailslot_slot *slot, u64 queue_bytes, u32 max_message_size)
{
	u64 longest = queue_bytes - MAILSLOT_MESSAGE_COST;

	/* write(2) truncates to MAX_RW_COUNT: a message of that length may have been longer. */
	longest = min_t(u64, longest, MAX_RW_COUNT - 1);
	if (max_message_size)
		longest = min_t(u64, longest, max_message_size);
	slot->queue_bytes = queue_bytes;
	slot->max_message_size = max_message_size;
	slot->longest = longest;
}

static void slot_init(struct mailslot_slot *slot, const struct mailslot_params *params)
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
	refcount_set(&slot->references, 1);
	slot->room_wanted = MAILSLOT_ROOM_NOBODY;
	slot->creation_time = mailslot_now();
	slot->last_read_time = slot->creation_time;
	slot->last_write_time = slot->creation_time;
	slot->read_timeout = params->read_timeout;
	mailslot_slot_limit(slot, params->queue_bytes, params->max_message_size);
	slot->mode = params->mode;
	slot->whole = params->whole;
	slot->quota = params->quota;
	slot->uid = current_fsuid();
	slot->gid = current_fsgid();
}

/* Count the slot for its owner and its instance. */
static int slot_count(struct mailslot_slot *slot, bool exempt)
{
	int err;

	if (slot->quota) {
		err = mailslot_quota_add(slot->quota);
		if (err)
			return err;
	}
	slot->user = mailslot_user_add_slot(mailslot_user_payer(slot->uid), exempt);
	if (!IS_ERR(slot->user))
		return 0;
	if (slot->quota)
		mailslot_quota_del(slot->quota);
	return PTR_ERR(slot->user);
}

static void slot_uncount(struct mailslot_slot *slot)
{
	mailslot_user_del_slot(slot->user);
	if (slot->quota)
		mailslot_quota_del(slot->quota);
}

/**
 * mailslot_slot_create() - make a slot, seen by nobody yet
 * @params: the properties of the slot; the caller is its owner
 * @home: where the slot lives
 *
 * The slot's minor, and its place among the user's slots, are taken from here on. The home gives
 * the slot its name, and frees the name.
 *
 * Context: process context, may sleep.
 * Return: the slot with the server's reference, to be ended by mailslot_slot_abandon(), or by
 * mailslot_slot_kill() once it is published; or -EDQUOT, -ENOSPC, -ENOMEM, -EINTR.
 */
struct mailslot_slot *mailslot_slot_create(const struct mailslot_params *params,
					   const struct mailslot_home *home)
{
	struct mailslot_slot *slot;
	int err;

	slot = kmem_cache_zalloc(home->cache, GFP_KERNEL_ACCOUNT);
	if (!slot)
		return ERR_PTR(-ENOMEM);
	slot_init(slot, params);
	slot->home = home;

	err = slot_count(slot, params->exempt);
	if (err)
		goto err_free;
	if (params->ring) {
		err = mailslot_ring_add(slot, params->exempt);
		if (err)
			goto err_uncount;
	}
	err = mailslot_slots_reserve(slot);
	if (err)
		goto err_ring;
	atomic_inc(&slots_left);
	return slot;

err_ring:
	mailslot_ring_leave(slot);
err_uncount:
	slot_uncount(slot);
	mailslot_user_put(slot->user);
err_free:
	kmem_cache_free(home->cache, slot);
	return ERR_PTR(err);
}

/**
 * mailslot_slot_abandon() - undo mailslot_slot_create()
 * @slot: the slot, not published
 *
 * Context: process context.
 */
void mailslot_slot_abandon(struct mailslot_slot *slot)
{
	mailslot_slots_remove(slot);
	mailslot_ring_leave(slot);
	slot_uncount(slot);
	slot->home->release(slot);
}

/**
 * mailslot_slot_publish() - let clients find the slot
 * @slot: the slot
 *
 * Clients may have opened it before this returns.
 *
 * Context: process context, may sleep.
 */
void mailslot_slot_publish(struct mailslot_slot *slot)
{
	trace_mailslot_create(slot);
	mailslot_slots_add(slot);
}

/*
 * Free all messages in the queue, because nobody is left to read them. The slot is dead, and
 * everybody else checks that under the lock before using the queue, so only this function uses the
 * queue now. The counters of the queue stay as they were.
 */
static void slot_discard(struct mailslot_slot *slot)
{
	struct mailslot_queue *queue = &slot->queue;
	struct mailslot_place at = mailslot_queue_head(queue);
	const struct mailslot_record *record;
	u64 count = slot->has_ring ? 0 : mailslot_queue_count(queue), i;

	for (i = 0; i < count; i++) {
		record = mailslot_place_record(at);
		mailslot_sender_leave(slot, record);
		if (i + 1 < count)
			at = mailslot_place_next(mailslot_place_end(at, record->length).place);
		if (i % 1024 == 1023)
			cond_resched();
	}
	if (!slot->has_ring)
		__mailslot_sender_leave(slot, NULL);
	mailslot_blocks_free(slot, mailslot_queue_blocks(queue));
}

/*
 * Mark the slot dead. On return no message can enter, nobody waits, and every client end has been
 * told.
 */
static void slot_mark_dead(struct mailslot_slot *slot)
{
	bool more;

	spin_lock(&slot->lock);
	slot->dead = true;
	slot->keeper = NULL;
	more = mailslot_release_line(slot);
	trace_mailslot_destroy(slot);
	spin_unlock(&slot->lock);
	while (more) {
		cond_resched();
		spin_lock(&slot->lock);
		more = mailslot_release_line(slot);
		spin_unlock(&slot->lock);
	}
	mailslot_wake_client_pollers(slot);
}

static struct mailslot_client *first_client(struct mailslot_slot *slot)
{
	return list_first_entry_or_null(&slot->clients, struct mailslot_client, poller.link);
}

/* The caller holds the lock. May @user keep the slot now? NULL means that nobody keeps it. */
static bool keeper_is(struct mailslot_slot *slot, const struct mailslot_user *user)
{
	const struct mailslot_client *client = first_client(slot);

	if (!client || !user)
		return !client && !user;
	return mailslot_user_is(user, client->payer, client->exempt);
}

/* Count the slot for the opener of its first client end. Return NULL if there is no client end. */
static struct mailslot_user *keep(struct mailslot_slot *slot)
{
	const struct mailslot_client *client;
	bool exempt = false;
	kuid_t payer;

	spin_lock(&slot->lock);
	client = first_client(slot);
	if (client) {
		payer = client->payer;
		exempt = client->exempt;
	}
	spin_unlock(&slot->lock);
	return client ? mailslot_user_keep_slot(payer, exempt) : NULL;
}

/**
 * mailslot_slot_find_keeper() - find the user who keeps a dead slot, and count the slot for that
 * user
 * @slot: the slot, dead
 *
 * The user is found, or made, without the lock; if the first client end is closed meanwhile,
 * everything is repeated. Two tasks that call this at the same time come to the same result, and
 * each drops the reference that is not used.
 *
 * Context: process context, may sleep.
 */
void mailslot_slot_find_keeper(struct mailslot_slot *slot)
{
	struct mailslot_user *user, *old;
	bool found;

	do {
		user = keep(slot);
		spin_lock(&slot->lock);
		found = keeper_is(slot, user);
		old = user;
		if (found)
			swap(old, slot->keeper);
		spin_unlock(&slot->lock);
		if (old)
			mailslot_user_unkeep_slot(old);
	} while (!found);
}

/**
 * mailslot_slot_kill() - the last server file is closed
 * @slot: the slot
 *
 * When it returns, the node is gone, the messages are freed and the name may be used again. An
 * opener that found the slot before gets -ENXIO from mailslot_slot_find()'s caller.
 *
 * Context: process context, may sleep.
 */
void mailslot_slot_kill(struct mailslot_slot *slot)
{
	slot_mark_dead(slot);
	if (slot->has_ring)
		mailslot_ring_kill(slot);
	slot_discard(slot);
	mailslot_ring_leave(slot);
	slot->home->remove(slot);
	mailslot_slots_remove(slot);
	mailslot_slot_find_keeper(slot);
	slot_uncount(slot);
	mailslot_slot_put(slot);
}

/**
 * mailslot_slots_settle() - wait until the memory of the last slot is freed
 *
 * Context: process context, may sleep; nobody makes slots any more.
 */
void mailslot_slots_settle(void)
{
	mailslot_wholes_exit();
	wait_var_event(&slots_left, !atomic_read(&slots_left));
	mailslot_blocks_exit();
	/*
	 * Wait for the RCU callback of the last slot, which uses this module's code and the cache.
	 */
	rcu_barrier();
}
