// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of a slot's ring. It is allocated when the slot is made, charged to the slot's owner,
 * cleared of the bytes of messages that were not completed, and freed with the last file. In the
 * status page, this file tells the reader for which room to call, and that the slot has died.
 */
#include <linux/align.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "reclaim.h"
#include "ring.h"
#include "user.h"
#include "wait.h"

/* The largest queue that may be a ring: positions have 32 bits. */
#define QUEUE_BYTES_MAX	SZ_1G

/* Stray bytes that are cleared in one section of the lock. */
#define CLEAN_LOCKED	4096

/* Readers that are woken in one section of the lock. */
#define WAKE_LOCKED	16

/* The first two pages are the reader's page and the status page. */
#define DATA_PAGE	2

static_assert(sizeof(struct mailslot_ring_layout) == 48);
static_assert(sizeof(struct mailslot_ring_status) == 72);
static_assert(sizeof(struct mailslot_ring_message) == 32);
static_assert(sizeof(struct mailslot_ring_wait) == 16);
/* All messages that queue_bytes allows fit into the ring. */
static_assert(sizeof(struct mailslot_ring_message) + MAILSLOT_RING_ALIGN <= MAILSLOT_MESSAGE_COST);

/**
 * mailslot_ring_check() - may a queue of that size be a ring?
 * @queue_bytes: its size
 *
 * Context: any.
 * Return: 0, -ERANGE, -EOPNOTSUPP.
 */
int mailslot_ring_check(u64 queue_bytes)
{
	/*
	 * A cache that distinguishes two addresses of one page would need flushes for each message.
	 * Where addresses are scarce, the kernel logs a complaint when no address is left.
	 */
	if (IS_ENABLED(CONFIG_ARCH_HAS_CPU_CACHE_ALIASING) || !IS_ENABLED(CONFIG_64BIT))
		return -EOPNOTSUPP;
	return queue_bytes > QUEUE_BYTES_MAX ? -ERANGE : 0;
}

static void ring_free_pages(struct mailslot_ring *ring, unsigned long count)
{
	unsigned long i;

	for (i = 0; i < count; i++) {
		__free_page(ring->pages[i]);
		if (i % 1024 == 1023)
			cond_resched();
	}
	kvfree(ring->pages);
}

/* Allocate zeroed pages, and list the data pages twice. */
static int ring_alloc_pages(struct mailslot_ring *ring)
{
	unsigned long data = ring->count - DATA_PAGE, i;
	gfp_t flags = GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN;
	int err = -ENOMEM;

	ring->pages = kvmalloc_array(DATA_PAGE + 2 * data, sizeof(*ring->pages),
				     GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!ring->pages)
		return err;
	for (i = 0; i < ring->count; i++) {
		if (fatal_signal_pending(current)) {
			err = -EINTR;
			break;
		}
		ring->pages[i] = alloc_page(flags);
		if (!ring->pages[i])
			break;
		if (i >= DATA_PAGE)
			ring->pages[i + data] = ring->pages[i];
		cond_resched();
	}
	if (i == ring->count)
		return 0;
	ring_free_pages(ring, i);
	return err;
}

static int ring_map(struct mailslot_ring *ring)
{
	unsigned long data = ring->count - DATA_PAGE;
	void *base;

	base = vmap(ring->pages, DATA_PAGE + 2 * data, VM_MAP | VM_USERMAP, PAGE_KERNEL);
	if (!base)
		return -ENOMEM;
	ring->reader = base;
	ring->status = base + PAGE_SIZE;
	ring->data = base + DATA_PAGE * PAGE_SIZE;
	ring->status->version = MAILSLOT_RING_VERSION;
	ring->status->header_size = sizeof(struct mailslot_ring_message);
	ring->status->data_size = ring->size;
	return 0;
}

static struct mailslot_ring *ring_alloc(u32 size)
{
	struct mailslot_ring *ring = kzalloc_obj(*ring, GFP_KERNEL_ACCOUNT);
	int err;

	if (!ring)
		return ERR_PTR(-ENOMEM);
	kref_init(&ring->references);
	ring->size = size;
	ring->count = DATA_PAGE + size / PAGE_SIZE;
	err = ring_alloc_pages(ring);
	if (err)
		goto err_free;
	err = ring_map(ring);
	if (err)
		goto err_pages;
	ring->pids = get_pid_ns(task_active_pid_ns(current));
	ring->users = get_user_ns(current_user_ns());
	return ring;

err_pages:
	ring_free_pages(ring, ring->count);
err_free:
	kfree(ring);
	return ERR_PTR(err);
}

static void ring_free(struct mailslot_ring *ring)
{
	vunmap(ring->reader);
	ring_free_pages(ring, ring->count);
	put_user_ns(ring->users);
	put_pid_ns(ring->pids);
	kfree(ring);
}

static void ring_release(struct kref *references)
{
	struct mailslot_ring *ring = container_of(references, struct mailslot_ring, references);
	struct mailslot_user *user = ring->user;
	unsigned long count = ring->count;

	ring_free(ring);
	mailslot_user_uncharge(user, count);
	mailslot_user_put(user);
}

/**
 * mailslot_ring_put() - give a reference back
 * @ring: the ring
 *
 * Context: process context, may sleep.
 */
void mailslot_ring_put(struct mailslot_ring *ring)
{
	kref_put(&ring->references, ring_release);
}

static int ring_charge(struct mailslot_slot *slot, unsigned long pages)
{
	int err = mailslot_slot_charge(slot, pages);

	if (err) {
		mailslot_reclaim_for(slot);
		err = mailslot_slot_charge(slot, pages);
	}
	return err;
}

/**
 * mailslot_ring_add() - make the ring of a new slot
 * @slot: the slot, counted for its owner and seen by nobody else
 * @exempt: is the owner exempt from the limits of a user?
 *
 * The pages count for the owner until they are freed, and for the instance until the slot dies.
 *
 * Context: process context, may sleep.
 * Return: 0, with one reference that is the slot's; -EDQUOT, -ENOMEM, -EINTR.
 */
int mailslot_ring_add(struct mailslot_slot *slot, bool exempt)
{
	u32 size = max_t(u32, roundup_pow_of_two(slot->queue_bytes), PAGE_SIZE);
	unsigned long pages = DATA_PAGE + size / PAGE_SIZE;
	struct mailslot_ring *ring;
	struct mailslot_user *user;
	int err;

	user = mailslot_user_get(mailslot_user_payer(slot->uid), exempt, GFP_KERNEL_ACCOUNT);
	if (!user)
		return -ENOMEM;
	err = ring_charge(slot, pages);
	if (err)
		goto err_put;
	ring = ring_alloc(size);
	if (IS_ERR(ring)) {
		err = PTR_ERR(ring);
		goto err_uncharge;
	}
	ring->user = user;
	slot->ring = ring;
	slot->has_ring = true;
	return 0;

err_uncharge:
	mailslot_slot_uncharge(slot, pages);
err_put:
	mailslot_user_put(user);
	return err;
}

/**
 * mailslot_ring_leave() - drop a slot's reference of its ring; files may keep the ring
 * @slot: the slot, dead or never published; nothing is done if it has no ring
 *
 * Context: process context, may sleep.
 */
void mailslot_ring_leave(struct mailslot_slot *slot)
{
	if (!slot->has_ring)
		return;
	if (slot->quota)
		mailslot_quota_uncharge(slot->quota, slot->ring->count);
	mailslot_ring_put(slot->ring);
}

/**
 * mailslot_ring_clean() - clear some of the bytes of messages that were not completed
 * @ring: the ring; the slot is locked, or is dead and used by the caller only
 *
 * The bytes are cleared from their end downwards. The message that is being filled in is kept.
 *
 * Context: any.
 * Return: whether there are more such bytes.
 */
bool mailslot_ring_clean(struct mailslot_ring *ring)
{
	u32 keep = ring->part ? ring->part->filled : 0;
	u32 size;

	if (ring->stray <= keep)
		return false;
	size = min_t(u32, ring->stray - keep, CLEAN_LOCKED);
	ring->stray -= size;
	memset(mailslot_ring_at(ring, ring->tail) + ring->stray, 0, size);
	return ring->stray > keep;
}

/**
 * mailslot_ring_tidy() - clear all bytes of messages that were not completed
 * @slot: the slot, with a ring
 *
 * Context: process context, may sleep.
 */
void mailslot_ring_tidy(struct mailslot_slot *slot)
{
	bool more;

	do {
		spin_lock(&slot->lock);
		more = !slot->dead && mailslot_ring_clean(slot->ring);
		spin_unlock(&slot->lock);
		cond_resched();
	} while (more);
}

/**
 * __mailslot_ring_want() - mailslot_ring_want() where there is a ring
 * @slot: the slot, locked, with room_wanted set
 *
 * The reader must make a system call when it has made the room that is wanted, or has freed a
 * quarter of the queue if that is more, so that a line of short messages does not cost a call for
 * each message. It must call at the latest when it has emptied the ring, because it makes no more
 * room after that.
 *
 * The barrier pairs with the reader's barrier between its head and the kick:
 *
 *	reader				kernel
 *	store head			store kick
 *	barrier				barrier
 *	load kick			load head (mailslot_ring_notice())
 *
 * So it is impossible that the reader sees the old kick and the kernel sees the old head.
 *
 * Context: any, the slot locked.
 */
void __mailslot_ring_want(struct mailslot_slot *slot)
{
	struct mailslot_ring *ring = slot->ring;
	u64 needed = slot->charged + slot->room_wanted, apart;
	u32 kick = 0;

	lockdep_assert_held(&slot->lock);
	if (slot->room_wanted != MAILSLOT_ROOM_NOBODY) {
		apart = needed > slot->queue_bytes ? needed - slot->queue_bytes : 0;
		apart = ALIGN(max_t(u64, apart, slot->queue_bytes / 4), MAILSLOT_RING_ALIGN);
		kick = ring->head + min_t(u64, apart, ring->tail - ring->head);
		kick |= MAILSLOT_RING_KICK;
	}
	WRITE_ONCE(ring->status->kick, kick);
	/* The kernel-doc above describes the barrier. */
	smp_mb();
}

/*
 * Wake the first readers that sleep, so that they find the slot dead. Return whether more readers
 * sleep.
 */
static bool ring_release_readers(struct mailslot_slot *slot)
{
	struct mailslot_reader *reader, *next;
	unsigned int count = 0;

	lockdep_assert_held(&slot->lock);
	list_for_each_entry_safe(reader, next, &slot->readers, link) {
		list_del_init(&reader->link);
		wake_up_process(reader->task);
		if (++count == WAKE_LOCKED)
			break;
	}
	return !list_empty(&slot->readers);
}

/**
 * mailslot_ring_kill() - tell the reader of a ring that the slot has died
 * @slot: the slot, dead, with a ring
 *
 * Only this function touches the ring of a dead slot: everybody else checks slot->dead under the
 * lock.
 *
 * Context: process context, may sleep.
 */
void mailslot_ring_kill(struct mailslot_slot *slot)
{
	struct mailslot_ring *ring = slot->ring;
	bool more;

	ring->part = NULL;
	while (mailslot_ring_clean(ring))
		cond_resched();
	/*
	 * Pairs with the reader's load of the flags, which comes before its load of the final tail.
	 */
	smp_store_release(&ring->status->flags, MAILSLOT_RING_GONE);
	do {
		spin_lock(&slot->lock);
		more = ring_release_readers(slot);
		spin_unlock(&slot->lock);
		cond_resched();
	} while (more);
	wake_up_interruptible_poll(&slot->read_poll, EPOLLIN | EPOLLHUP | EPOLLERR);
}
