// SPDX-License-Identifier: GPL-2.0-only
/* Spare blocks go back: a shrinker over all slots, and a sweep over those of one user. */
#include <linux/gfp.h>
#include <linux/shrinker.h>

#include "compat.h"
#include "reclaim.h"
#include "slot.h"

static unsigned long reclaim_count(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct mailslot_slot *slot;
	unsigned long count = 0, minor;

	rcu_read_lock();
	xa_for_each(&mailslot_slots, minor, slot) {
		const struct mailslot_queue *queue = &slot->queue;

		/* An estimate is what is asked for: no lock. */
		count += data_race(queue->spares + mailslot_queue_idle(queue));
	}
	rcu_read_unlock();
	return count ?: SHRINK_EMPTY;
}

/*
 * May run inside any allocation, this module's own included, so it takes nothing but the slot's
 * lock, under which nothing is allocated. A dead slot's user may be gone; it has no blocks either.
 */
static unsigned long reclaim_slot(struct mailslot_slot *slot)
{
	struct mailslot_block *block = NULL;
	unsigned long count = 0;

	spin_lock(&slot->lock);
	if (!slot->dead)
		block = mailslot_queue_trim(&slot->queue);
	while (block) {
		struct mailslot_block *next = block->next;

		free_page((unsigned long)block);
		block = next;
		count++;
	}
	if (count)
		mailslot_user_uncharge(slot->user, count);
	spin_unlock(&slot->lock);
	return count;
}

static unsigned long reclaim_scan(struct shrinker *shrinker, struct shrink_control *sc)
{
	struct mailslot_slot *slot;
	unsigned long freed = 0, minor;

	rcu_read_lock();
	xa_for_each(&mailslot_slots, minor, slot) {
		freed += reclaim_slot(slot);
		if (freed >= sc->nr_to_scan)
			break;
	}
	rcu_read_unlock();
	return freed ?: SHRINK_STOP;
}

/**
 * mailslot_reclaim_user() - take the spare blocks of all slots of a user
 * @user: whose limit is reached
 *
 * Context: process context, no slot's lock held.
 */
void mailslot_reclaim_user(const struct mailslot_user *user)
{
	struct mailslot_slot *slot;
	unsigned long minor;

	rcu_read_lock();
	xa_for_each(&mailslot_slots, minor, slot)
		if (slot->user == user)
			reclaim_slot(slot);
	rcu_read_unlock();
}

#ifdef MAILSLOT_STATIC_SHRINKER

static struct shrinker reclaim_shrinker = {
	.count_objects = reclaim_count,
	.scan_objects = reclaim_scan,
	.seeks = DEFAULT_SEEKS,
};

int mailslot_reclaim_init(void)
{
	return register_shrinker(&reclaim_shrinker, "mailslot");
}

void mailslot_reclaim_exit(void)
{
	unregister_shrinker(&reclaim_shrinker);
}

#else

static struct shrinker *reclaim_shrinker;

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

void mailslot_reclaim_exit(void)
{
	shrinker_free(reclaim_shrinker);
}

#endif
