// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who polls client ends, and how many of them are woken by whom. A stranger may have any number of
 * client ends, and any number of entries on the wait queue of each. A reader that makes room, and a
 * server that dies, wake a bounded number themselves; a work item of the module does the rest.
 */
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "poller.h"
#include "ring.h"

/* Client ends that are woken for one section of the slot's lock. */
#define POLLERS_AT_ONCE	16

/* Entries on one wait queue that its waker wakes itself. */
#define ENTRIES_AT_ONCE	8

static DEFINE_SPINLOCK(crowded_lock);
static LIST_HEAD(crowded);	/* under crowded_lock: struct mailslot_slot, a reference of each */
static struct workqueue_struct *workers;

static struct mailslot_poller *least(const struct mailslot_slot *slot)
{
	return rb_entry_safe(rb_first_cached(&slot->pollers), struct mailslot_poller, node);
}

/*
 * The room at which a poller is to hear of room. When SET_INFO has made its message too long, that
 * is room for the longest message there may be: its write is refused then, and does not wait.
 */
static u64 room_for(const struct mailslot_slot *slot, const struct mailslot_poller *poller)
{
	return min(poller->need, mailslot_slot_most(slot));
}

/**
 * mailslot_pollers_least() - the least room that helps a poller
 * @slot: the slot, locked
 *
 * Context: any, the slot locked.
 * Return: the room; MAILSLOT_ROOM_NOBODY when nobody waits.
 */
u64 mailslot_pollers_least(const struct mailslot_slot *slot)
{
	const struct mailslot_poller *first = least(slot);

	return first ? room_for(slot, first) : MAILSLOT_ROOM_NOBODY;
}

/**
 * mailslot_poller_join() - a client end is opened
 * @slot: the slot, locked
 * @poller: the client end's
 *
 * Context: any, the slot locked.
 */
void mailslot_poller_join(struct mailslot_slot *slot, struct mailslot_poller *poller)
{
	lockdep_assert_held(&slot->lock);
	init_waitqueue_head(&poller->queue);
	RB_CLEAR_NODE(&poller->node);
	poller->told = false;
	list_add_tail(&poller->link, &slot->clients);
}

static void forget(struct mailslot_slot *slot, struct mailslot_poller *poller)
{
	if (!RB_EMPTY_NODE(&poller->node)) {
		rb_erase_cached(&poller->node, &slot->pollers);
		RB_CLEAR_NODE(&poller->node);
	}
}

/**
 * mailslot_poller_leave() - a client end is closed
 * @slot: the slot, locked
 * @poller: the client end's; a waker may use it until a grace period of RCU has passed
 *
 * Context: any, the slot locked.
 */
void mailslot_poller_leave(struct mailslot_slot *slot, struct mailslot_poller *poller)
{
	lockdep_assert_held(&slot->lock);
	forget(slot, poller);
	list_del(&poller->link);
}

static bool needs_less(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct mailslot_poller, node)->need <
	       rb_entry(b, struct mailslot_poller, node)->need;
}

/**
 * mailslot_poller_want() - a client end was told that there is no room: it is to hear of room
 * @slot: the slot, locked
 * @poller: the client end's
 * @need: the room it waits for
 *
 * Those with the same need stand in the order they came.
 *
 * Context: any, the slot locked.
 */
void mailslot_poller_want(struct mailslot_slot *slot, struct mailslot_poller *poller, u64 need)
{
	lockdep_assert_held(&slot->lock);
	if (RB_EMPTY_NODE(&poller->node) || poller->need != need) {
		forget(slot, poller);
		poller->need = need;
		rb_add_cached(&poller->node, &slot->pollers, needs_less);
	}
	slot->room_wanted = min(slot->room_wanted, need);
	mailslot_ring_want(slot);
}

/* Has a wait queue more entries than its waker should wake itself? */
static bool is_crowd(wait_queue_head_t *queue)
{
	unsigned int count = 0;
	struct list_head *at;
	unsigned long flags;

	spin_lock_irqsave(&queue->lock, flags);
	list_for_each(at, &queue->head)
		if (++count > ENTRIES_AT_ONCE)
			break;
	spin_unlock_irqrestore(&queue->lock, flags);
	return count > ENTRIES_AT_ONCE;
}

/* Called with the lock held: the next client end that is to hear of room, or NULL. */
static struct mailslot_poller *next_to_hear_of_room(struct mailslot_slot *slot)
{
	struct mailslot_poller *first = least(slot);

	/* While writers stand in line, all room is for them. */
	if (!first || !list_empty(&slot->writers))
		return NULL;
	return mailslot_slot_fits(slot, room_for(slot, first)) ? first : NULL;
}

/* The next client end that is to hear of the slot's death; those that have are last in the list. */
static struct mailslot_poller *next_to_hear_of_death(struct mailslot_slot *slot)
{
	struct mailslot_poller *first;

	first = list_first_entry_or_null(&slot->clients, struct mailslot_poller, link);
	return first && !first->told ? first : NULL;
}

/**
 * mailslot_pollers_wait() - are there pollers that this change of room lets write?
 * @slot: the slot, locked
 *
 * No, where the work item has the slot on its list: it looks at the room after it has taken the
 * slot off, under slot->lock.
 *
 *	work item				maker of room
 *	take the slot off
 *						lock, make room, see it on no list, unlock
 *	lock, look, unlock
 *
 * If the maker of room sees the slot on the list, the work item has not taken it off, and looks
 * later; it cannot have looked before.
 *
 * Context: any, the slot locked.
 * Return: whether mailslot_wake_clients() is due.
 */
bool mailslot_pollers_wait(struct mailslot_slot *slot)
{
	/* The list has another lock; the order of the sections of slot->lock is enough here. */
	return next_to_hear_of_room(slot) && data_race(list_empty(&slot->crowd));
}

static struct mailslot_poller *next_to_hear(struct mailslot_slot *slot)
{
	return slot->dead ? next_to_hear_of_death(slot) : next_to_hear_of_room(slot);
}

/* With the lock held: it will have been told. */
static void check_off(struct mailslot_slot *slot, struct mailslot_poller *poller)
{
	forget(slot, poller);
	if (slot->dead) {
		poller->told = true;
		list_move_tail(&poller->link, &slot->clients);
	}
}

static __poll_t events_of(const struct mailslot_slot *slot)
{
	return slot->dead ? EPOLLHUP | EPOLLERR : EPOLLOUT | EPOLLWRNORM;
}

/*
 * All entries of a wait queue, those that asked to be woken one at a time (EPOLLEXCLUSIVE) too:
 * each of them has a file of its own, or shares it with others that write.
 */
static void tell(struct mailslot_poller *poller, __poll_t events)
{
	__wake_up(&poller->queue, TASK_INTERRUPTIBLE, 0, poll_to_key(events));
}

/*
 * Wake a few, under the lock: whoever took them out of the tree and got no processor before it woke
 * them would silence them. Returns whether there are others, or a crowd: they are left to the work.
 */
static bool wake_few(struct mailslot_slot *slot)
{
	struct mailslot_poller *next;
	unsigned int count = 0;

	spin_lock(&slot->lock);
	while ((next = next_to_hear(slot)) && count++ < POLLERS_AT_ONCE) {
		if (is_crowd(&next->queue))
			break;
		check_off(slot, next);
		tell(next, events_of(slot));
	}
	spin_unlock(&slot->lock);
	return next;
}

/*
 * Wake one, however many entries it has, without the lock. A client end that is closed meanwhile is
 * freed after RCU's readers: nobody polls it any more. Returns whether there are others.
 */
static bool wake_one(struct mailslot_slot *slot)
{
	struct mailslot_poller *next;
	__poll_t events;

	rcu_read_lock();
	spin_lock(&slot->lock);
	events = events_of(slot);
	next = next_to_hear(slot);
	if (next)
		check_off(slot, next);
	spin_unlock(&slot->lock);
	if (next)
		tell(next, events);
	rcu_read_unlock();
	return next;
}

static struct mailslot_slot *next_crowded(bool *servers)
{
	struct mailslot_slot *slot;

	spin_lock(&crowded_lock);
	slot = list_first_entry_or_null(&crowded, struct mailslot_slot, crowd);
	if (slot) {
		list_del_init(&slot->crowd);
		*servers = slot->crowd_servers;
		slot->crowd_servers = false;
	}
	spin_unlock(&crowded_lock);
	return slot;
}

static void leave_to_work(struct mailslot_slot *slot, bool servers);

/* The slots in turn, one of their client ends at a time. */
static void wake_crowds(struct work_struct *work)
{
	struct mailslot_slot *slot;
	bool servers;

	while ((slot = next_crowded(&servers))) {
		if (servers)
			wake_up_interruptible_poll(&slot->read_poll, EPOLLIN | EPOLLRDNORM);
		if (wake_one(slot))
			leave_to_work(slot, false);
		mailslot_slot_put(slot);
		cond_resched();
	}
}

static DECLARE_WORK(crowd_work, wake_crowds);

/* The caller has a reference of the slot; the list gets one of its own. */
static void leave_to_work(struct mailslot_slot *slot, bool servers)
{
	spin_lock(&crowded_lock);
	slot->crowd_servers |= servers;
	if (list_empty(&slot->crowd)) {
		mailslot_slot_get(slot);
		list_add_tail(&slot->crowd, &crowded);
	}
	spin_unlock(&crowded_lock);
	queue_work(workers, &crowd_work);
}

/**
 * mailslot_wake_clients() - wake those who poll client ends, after the lock is dropped
 * @slot: the slot, which has room for some of them or is dead
 *
 * A poller puts itself on its wait queue, then takes the slot's lock, looks, and enters the tree if
 * it found no room: whoever makes room after that finds it there.
 *
 * Context: process context, nothing held.
 */
void mailslot_wake_clients(struct mailslot_slot *slot)
{
	if (wake_few(slot))
		leave_to_work(slot, false);
}

/**
 * __mailslot_wake_servers() - mailslot_wake_servers() where somebody polls
 * @slot: the slot
 *
 * Context: process context, nothing held.
 */
void __mailslot_wake_servers(struct mailslot_slot *slot)
{
	if (unlikely(is_crowd(&slot->read_poll)))
		leave_to_work(slot, true);
	else
		wake_up_interruptible_poll(&slot->read_poll, EPOLLIN | EPOLLRDNORM);
}

/**
 * mailslot_pollers_init() - make the worker
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int mailslot_pollers_init(void)
{
	workers = alloc_workqueue("mailslot-wake", WQ_UNBOUND | WQ_MEM_RECLAIM, 1);
	return workers ? 0 : -ENOMEM;
}

/**
 * mailslot_pollers_exit() - end the worker, once it has given back the slots that it was left
 *
 * Context: process context, may sleep.
 */
void mailslot_pollers_exit(void)
{
	destroy_workqueue(workers);
}
