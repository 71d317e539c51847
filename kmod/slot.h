/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A slot: its state, its life, and who finds it. docs/design.rst describes all of the locking. In
 * short: slot->lock is the only lock of the message paths; under it, only locks of the scheduler
 * are taken; and nothing sleeps under it.
 */
#ifndef MAILSLOT_SLOT_H
#define MAILSLOT_SLOT_H

#include <linux/kdev_t.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/mailslot.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/wait.h>

#include "queue.h"
#include "quota.h"
#include "params.h"
#include "user.h"

struct mailslot_slot;

/* The place where slots live: it makes and removes the entries by which clients find slots. */
struct mailslot_home {
	struct kmem_cache *cache;	/* its objects begin with a struct mailslot_slot */
	void (*remove)(struct mailslot_slot *slot);	/* the slot died: remove name and node */
	void (*release)(struct mailslot_slot *slot);	/* the last reference is gone */
};

struct mailslot_slot {
	spinlock_t lock;		/* the groups below say what it protects */

	/* Under lock. There are no holes: eleven objects of entry.c fill a page. */
	bool dead;			/* the last server file is closed; never undone */
	bool claimed;			/* a reader copies the head message, unlocked */
	bool poller_saw_none;		/* a poller found a claimed message */
	bool crowd_servers;		/* under poller.c's lock: wake read_poll, too */
	u64 charged;			/* what all queued messages count for */
	union {
		u64 room_wanted;	/* the least room that helps a waiter, or ROOM_NOBODY */
		struct mailslot_user *keeper;	/* once dead: whose slot it counts as */
	};
	union {
		struct list_head readers;	/* struct mailslot_reader, in order */
		struct rcu_head rcu;		/* once nobody has a reference */
	};
	struct list_head writers;	/* struct mailslot_waiter, in line for room */
	struct list_head deferred;	/* writers asleep whose messages were queued */
	struct list_head clients;	/* the struct mailslot_poller of each client end */
	struct rb_root_cached pollers;	/* clients that wait for room, by need */
	struct mailslot_queue queue;
	struct pid *last_sender;	/* writer of the message queued last; sender.h */
	union {
		struct pid *taken_sender;	/* writer of the message taken last; a reference */
		struct mailslot_ring *ring;	/* constant; the queue has no message then */
	};
	s64 creation_time;		/* ns since 1970, as the next two */
	s64 last_read_time;
	s64 last_write_time;
	u64 read_timeout;		/* ns; MAILSLOT_WAIT_FOREVER_NS */
	u64 queue_bytes;		/* may be less than what is charged already */
	u32 flags;			/* MAILSLOT_INFO_KEEP_* */
	u32 client_count;		/* client ends open */
	u32 senders;			/* references of struct pid */
	u32 longest;			/* bytes of the longest message that may enter */
	u32 max_message_size;		/* as the server gave it */

	/* Constant once the slot is published. */
	kuid_t uid;
	struct mailslot_user *user;
	struct mailslot_quota *quota;	/* the instance that the slot lives in, or NULL */
	const struct mailslot_home *home;
	const char *name;		/* its home's; valid while an end of the slot is open */
	dev_t devt;			/* of its node */
	kgid_t gid;
	umode_t mode;
	bool whole;			/* a client end's writes until its close are one message */
	bool has_ring;			/* messages lie in a ring */

	/* With locks of their own. */
	refcount_t references;		/* all server files have one, each client file has one */
	struct list_head crowd;		/* under poller.c's lock: slots for the work item */
	wait_queue_head_t read_poll;	/* pollers of the server end */
};

/* The room if nobody waits. It is more than any queue has, and no sum with it overflows. */
#define MAILSLOT_ROOM_NOBODY	((u64)S64_MAX)

struct mailslot_slot *mailslot_slot_create(const struct mailslot_params *params,
					   const struct mailslot_home *home);
void mailslot_slot_limit(struct mailslot_slot *slot, u64 queue_bytes, u32 max_message_size);
void mailslot_slot_publish(struct mailslot_slot *slot);
void mailslot_slot_abandon(struct mailslot_slot *slot);
void mailslot_slot_free(struct mailslot_slot *slot);
void mailslot_slot_kill(struct mailslot_slot *slot);
void mailslot_slot_find_keeper(struct mailslot_slot *slot);
void mailslot_slots_settle(void);

static inline void mailslot_slot_get(struct mailslot_slot *slot)
{
	refcount_inc(&slot->references);
}

/**
 * mailslot_slot_put() - give a reference back
 * @slot: the slot
 *
 * Context: process context, may sleep.
 */
static inline void mailslot_slot_put(struct mailslot_slot *slot)
{
	if (refcount_dec_and_test(&slot->references))
		slot->home->release(slot);
}

/* Pages of the slot's queue count for its owner, and for the instance that it lives in. */
static inline int mailslot_slot_charge(struct mailslot_slot *slot, unsigned long pages)
{
	int err = mailslot_user_charge(slot->user, pages);

	if (likely(err || !slot->quota))
		return err;
	err = mailslot_quota_charge(slot->quota, pages);
	if (err)
		mailslot_user_uncharge(slot->user, pages);
	return err;
}

static inline void mailslot_slot_uncharge(struct mailslot_slot *slot, unsigned long pages)
{
	mailslot_user_uncharge(slot->user, pages);
	if (slot->quota)
		mailslot_quota_uncharge(slot->quota, pages);
}

/* The clock of all times of a slot. */
static inline s64 mailslot_now(void)
{
	return ktime_get_real_ns();
}

/* Is there a message that a reader may take now? */
static inline bool mailslot_slot_ready(const struct mailslot_slot *slot)
{
	lockdep_assert_held(&slot->lock);
	return slot->queue.written != slot->queue.read && !slot->claimed;
}

/* Is there so much room? There is none while the queue holds more than SET_INFO allows now. */
static inline bool mailslot_slot_fits(const struct mailslot_slot *slot, u64 room)
{
	lockdep_assert_held(&slot->lock);
	return slot->charged + room <= slot->queue_bytes;
}

/* Return the room of the longest message that may enter. Waiting for more room would be in vain. */
static inline u64 mailslot_slot_most(const struct mailslot_slot *slot)
{
	lockdep_assert_held(&slot->lock);
	return (u64)slot->longest + MAILSLOT_MESSAGE_COST;
}

#endif
