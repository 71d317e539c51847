// SPDX-License-Identifier: GPL-2.0-only
/* The table of all live slots, and the device numbers of their nodes. */
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/rcupdate.h>
#include <linux/xarray.h>

#include "slot.h"
#include "slot-table.h"

static dev_t first_devt;

/*
 * Slots with a node in /dev and those of all instances. Minors are allocated in a cycle, so that a
 * stale node, bind-mounted into a container, leads to another slot only after a million others were
 * made.
 */
DEFINE_XARRAY_ALLOC(mailslot_slots);
static u32 next_minor;

/*
 * The minor of the slot that died last, or -1. It stays reserved until the next slot dies, and with
 * it the part of the table where the next minor comes from: a server that comes and goes would have
 * that allocated and freed each time.
 */
static atomic_t last_minor = ATOMIC_INIT(-1);

/**
 * mailslot_slots_reserve() - reserve a minor for a slot, which nobody finds yet
 * @slot: the slot; its devt is set
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOSPC, -ENOMEM.
 */
int mailslot_slots_reserve(struct mailslot_slot *slot)
{
	u32 minor;
	int err;

	err = xa_alloc_cyclic(&mailslot_slots, &minor, NULL, XA_LIMIT(0, MAILSLOT_LAST_MINOR),
			      &next_minor, GFP_KERNEL_ACCOUNT);
	if (err < 0)
		return err == -EBUSY ? -ENOSPC : err;
	slot->devt = mailslot_slots_devt(minor);
	return 0;
}

/**
 * mailslot_slots_add() - let openers find a slot, by its minor
 * @slot: the slot
 *
 * Context: process context, may sleep.
 */
void mailslot_slots_add(struct mailslot_slot *slot)
{
	/* The entry is reserved, so this allocates nothing and cannot fail. */
	xa_store(&mailslot_slots, MINOR(slot->devt), slot, GFP_KERNEL);
}

/**
 * mailslot_slots_remove() - give a minor back; on return nobody finds the slot any more
 * @slot: the slot, added or not
 *
 * Context: process context, may sleep.
 */
void mailslot_slots_remove(const struct mailslot_slot *slot)
{
	int old;

	/* In this kind of table NULL is a reserved entry. Nothing is allocated, as one is there. */
	xa_store(&mailslot_slots, MINOR(slot->devt), NULL, GFP_KERNEL);
	old = atomic_xchg(&last_minor, MINOR(slot->devt));
	if (old >= 0)
		xa_erase(&mailslot_slots, old);
}

/**
 * mailslot_slot_find() - the slot of a node that is being opened
 * @minor: the node's
 * @home: where the slot must live
 *
 * A slot that is being freed has no reference left and is not found. The slot may be dead: the
 * caller checks that under the lock.
 *
 * Context: process context.
 * Return: the slot with a reference, for mailslot_slot_put(); or NULL.
 */
struct mailslot_slot *mailslot_slot_find(unsigned int minor, const struct mailslot_home *home)
{
	struct mailslot_slot *slot;

	rcu_read_lock();
	slot = xa_load(&mailslot_slots, minor);
	if (slot && (slot->home != home || !refcount_inc_not_zero(&slot->references)))
		slot = NULL;
	rcu_read_unlock();
	return slot;
}

/**
 * mailslot_slots_devt() - a device number of the module's
 * @minor: up to MAILSLOT_LAST_MINOR + 1, which is no slot's ever
 *
 * Context: any, after mailslot_slots_init().
 * Return: the number.
 */
dev_t mailslot_slots_devt(unsigned int minor)
{
	return MKDEV(MAJOR(first_devt), minor);
}

/**
 * mailslot_slots_init() - take the device numbers of slots
 *
 * Context: process context, may sleep.
 * Return: 0 or an error.
 */
int mailslot_slots_init(void)
{
	return alloc_chrdev_region(&first_devt, 0, MINORMASK + 1, "mailslot");
}

/**
 * mailslot_slots_exit() - give the numbers back
 *
 * Context: process context, may sleep.
 */
void mailslot_slots_exit(void)
{
	unregister_chrdev_region(first_devt, MINORMASK + 1);
	xa_destroy(&mailslot_slots);
	atomic_set(&last_minor, -1);
}
