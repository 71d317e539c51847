// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pollers of client ends: who wakes how many of them. An untrusted user may have any number of
 * client ends, and any number of entries on the wait queue of each. Therefore a reader that makes
 * room, and a server that dies, wake only a bounded number of pollers themselves; a work item of
 * the module wakes the rest.
 */
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "poller.h"
#include "ring.h"

/* Client ends that are woken in one section of the slot's lock. */
#define POLLERS_AT_ONCE	16

/* Entries on one wait queue that are woken without the work item. */
#define ENTRIES_AT_ONCE	8

static DEFINE_SPINLOCK(crowded_lock);
static LIST_HEAD(crowded);	/* under crowded_lock: slots, with a reference of each */
static struct workqueue_struct *workers;

static struct mailslot_poller *least(const struct mailslot_slot *slot)
{
	return rb_entry_safe(rb_first_cached(&slot->pollers), struct mailslot_poller, node);
}

/*
 * The room at which a poller is woken. If SET_INFO has made its message too long, that is the room
 * of the longest message that may enter: then the poller's write is refused and does not wait.
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
 * mailslot_poller_want() - register a client end, which found no room, to be woken for room
 * @slot: the slot, locked
 * @poller: the client end's
 * @need: the room that the client end waits for
 *
 * Client ends with the same need are woken in the order in which they came.
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

/* Has a wait queue more entries than its waker should wake without the work item? */
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

/* The caller holds the lock. Return the next client end that is to be woken for room, or NULL. */
static struct mailslot_poller *next_to_hear_of_room(struct mailslot_slot *slot)
{
	struct mailslot_poller *first = least(slot);

	/* While writers stand in line, all room is for these writers. */
	if (!first || !list_empty(&slot->writers))
		return NULL;
	return mailslot_slot_fits(slot, room_for(slot, first)) ? first : NULL;
}

/*
 * Return the next client end that is to be told of the slot's death, or NULL. Client ends that have
 * been told are last in the list.
 */
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
 * The answer is no while the slot is on the list of the work item: the work item looks at the room
 * after it has taken the slot off the list, under slot->lock.
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
 * Return: whether mailslot_wake_client_pollers() is due.
 */
bool mailslot_pollers_wait(struct mailslot_slot *slot)
{
	/* The list has another lock, but the order of the sections of slot->lock is enough here. */
	return next_to_hear_of_room(slot) && data_race(list_empty(&slot->crowd));
}

static struct mailslot_poller *next_to_hear(struct mailslot_slot *slot)
{
	return slot->dead ? next_to_hear_of_death(slot) : next_to_hear_of_room(slot);
}

/* The caller holds the lock, and is about to wake the poller. */
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
 * Wake all entries of a wait queue, even those that asked to be woken one at a time
 * (EPOLLEXCLUSIVE). Each of these entries has a file of its own, or shares the file with others
 * that write.
 */
static void tell(struct mailslot_poller *poller, __poll_t events)
{
	__wake_up(&poller->queue, TASK_INTERRUPTIBLE, 0, poll_to_key(events));
}

/*
 * Wake a few pollers, under the lock. If the lock were dropped after a poller is taken out of the
 * tree, and the waker got no processor, the poller would not be woken. Return whether there are
 * more pollers, or one with too many entries: these are left to the work item.
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
 * Wake one poller, without the lock, however many entries it has. A client end that is closed
 * meanwhile is freed only after a grace period of RCU, and nobody polls it any more. Return whether
 * there are more pollers.
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

/* Take the slots in turn, and wake one client end of a slot at a time. */
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

/* The caller has a reference of the slot; the list gets another reference. */
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
 * mailslot_wake_client_pollers() - wake the pollers of client ends, after the lock is dropped
 * @slot: the slot, which has room for some of them or is dead
 *
 * A poller puts itself on its wait queue, then takes the slot's lock, looks, and enters the tree if
 * there is no room. A task that makes room after that finds the poller in the tree.
 *
 * Context: process context, nothing held.
 */
void mailslot_wake_client_pollers(struct mailslot_slot *slot)
{
	if (wake_few(slot))
		leave_to_work(slot, false);
}

/**
 * __mailslot_wake_server_pollers() - mailslot_wake_server_pollers() where somebody polls
 * @slot: the slot
 *
 * Context: process context, nothing held.
 */
void __mailslot_wake_server_pollers(struct mailslot_slot *slot)
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
 * mailslot_pollers_exit() - end the worker, after it has dropped the slots on its list
 *
 * Context: process context, may sleep.
 */
void mailslot_pollers_exit(void)
{
	destroy_workqueue(workers);
}
