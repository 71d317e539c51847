// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reclaim of spare blocks: a shrinker over all slots, and a sweep over the slots of one user or
 * instance.
 */
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/shrinker.h>

#include "block.h"
#include "compat.h"
#include "reclaim.h"
#include "slot.h"
#include "slot-table.h"

/*
 * Return the first slot from *minor on, and set *minor to the number behind it. There may be many
 * slots, so each is looked at in its own section of RCU; a slot that is made or dies meanwhile may
 * be returned or not.
 */
static struct mailslot_slot *next_slot(unsigned long *minor)
{
	struct mailslot_slot *slot = xa_find(&mailslot_slots, minor, ULONG_MAX, XA_PRESENT);

	(*minor)++;
	return slot;
}

static unsigned long count_spares(void)
{
	unsigned long count = 0, minor = 0;
	const struct mailslot_slot *slot;

	do {
		rcu_read_lock();
		slot = next_slot(&minor);
		if (slot) {
			const struct mailslot_queue *queue = &slot->queue;

			/* Take no lock, because the kernel asks only for an estimate. */
			count += data_race(queue->spares + mailslot_queue_idle(queue));
		}
		rcu_read_unlock();
		cond_resched();
	} while (slot);
	return count;
}

/*
 * The kernel calls this once for each pass over all caches, which is many times a second when
 * memory is short. One look at all slots a second is enough; one of the concurrent callers takes
 * that look for all.
 */
static unsigned long reclaim_count(struct shrinker *shrinker, struct shrink_control *sc)
{
	static unsigned long next_look = INITIAL_JIFFIES;
	static unsigned long counted;
	unsigned long next = READ_ONCE(next_look);

	if (time_after_eq(jiffies, next) && cmpxchg(&next_look, next, jiffies + HZ) == next)
		WRITE_ONCE(counted, count_spares());
	return READ_ONCE(counted) ?: SHRINK_EMPTY;
}

/*
 * This may run inside any allocation, even one of this module, so it takes only the slot's lock,
 * under which nothing is allocated. A dead slot has no blocks, and its user may be freed already.
 * The user of a live slot may be freed as soon as the lock is dropped. The blocks may be many, so
 * they are freed after the lock is dropped, and are uncharged here.
 */
static unsigned long take_spares(struct mailslot_slot *slot, struct mailslot_block **spares)
{
	unsigned long count = 0;

	lockdep_assert_held(&slot->lock);
	if (!slot->dead) {
		count = slot->queue.spares + mailslot_queue_idle(&slot->queue);
		*spares = mailslot_queue_trim(&slot->queue);
		mailslot_slot_uncharge(slot, count);
	}
	return count;
}

/*
 * Take the spares in one section of the slot's lock. The shrinker may run in any task's allocation,
 * and does not wait for the lock: with PREEMPT_RT, the holder may be a task that does not get a
 * processor.
 */
static unsigned long reclaim_slot(struct mailslot_slot *slot, bool wait,
				  struct mailslot_block **spares)
{
	unsigned long count;

	if (wait)
		spin_lock(&slot->lock);
	else if (!spin_trylock(&slot->lock))
		return 0;
	count = take_spares(slot, spares);
	spin_unlock(&slot->lock);
	return count;
}

/* Do the pages of both slots count for one user, or for one instance? */
static bool share_limit(const struct mailslot_slot *a, const struct mailslot_slot *b)
{
	return a->user == b->user || (a->quota && a->quota == b->quota);
}

/*
 * Free the spares of all slots, or of the slots that share a limit with @of, until @enough are
 * freed.
 */
static unsigned long reclaim_slots(const struct mailslot_slot *of, unsigned long enough)
{
	unsigned long freed = 0, minor = 0;
	struct mailslot_slot *slot;

	do {
		struct mailslot_block *spares = NULL;

		rcu_read_lock();
		slot = next_slot(&minor);
		if (slot && (!of || share_limit(slot, of)))
			freed += reclaim_slot(slot, of, &spares);
		rcu_read_unlock();
		mailslot_blocks_free(NULL, spares);
		cond_resched();
	} while (slot && freed < enough);
	return freed;
}

static unsigned long reclaim_scan(struct shrinker *shrinker, struct shrink_control *sc)
{
	return reclaim_slots(NULL, sc->nr_to_scan) ?: SHRINK_STOP;
}

/**
 * mailslot_reclaim_for() - take the spare blocks of all slots that count for a limit of a slot's
 * @slot: the slot, for which a limit is reached
 *
 * Context: process context, no slot's lock held.
 */
void mailslot_reclaim_for(const struct mailslot_slot *slot)
{
	reclaim_slots(slot, ULONG_MAX);
}

#ifdef MAILSLOT_STATIC_SHRINKER

static struct shrinker reclaim_shrinker = {
	.count_objects = reclaim_count,
	.scan_objects = reclaim_scan,
	.seeks = DEFAULT_SEEKS,
};

/**
 * mailslot_reclaim_init() - register the shrinker
 *
 * Context: process context, may sleep.
 * Return: 0 or an error.
 */
int mailslot_reclaim_init(void)
{
	return register_shrinker(&reclaim_shrinker, "mailslot");
}

/**
 * mailslot_reclaim_exit() - unregister the shrinker, which does not run any more on return
 *
 * Context: process context, may sleep.
 */
void mailslot_reclaim_exit(void)
{
	unregister_shrinker(&reclaim_shrinker);
}

#else

static struct shrinker *reclaim_shrinker;

/**
 * mailslot_reclaim_init() - register the shrinker
 *
 * Context: process context, may sleep.
 * Return: 0 or an error.
 */
int mailslot_reclaim_init(void)
{
	reclaim_shrinker = shrinker_alloc(0, "mailslot");
	if (!reclaim_shrinker)
		return -ENOMEM;
	reclaim_shrinker->count_objects = reclaim_count;
	reclaim_shrinker->scan_objects = reclaim_scan;
	shrinker_register(reclaim_shrinker);
	return 0;
}

/**
 * mailslot_reclaim_exit() - unregister the shrinker, which does not run any more on return
 *
 * Context: process context, may sleep.
 */
void mailslot_reclaim_exit(void)
{
	shrinker_free(reclaim_shrinker);
}

#endif
