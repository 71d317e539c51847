// SPDX-License-Identifier: GPL-2.0-only
/*
 * What one user may take: slots, the memory of their queues, and that of messages which are written
 * but not queued yet. Queues are charged to the slots' owner, messages under way to the opener of
 * the client end; the memory cgroup that pays for the memory is another matter (block.c).
 */
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rbtree.h>
#include <linux/slab.h>

#include "user.h"

static uint max_slots = 65536;
module_param(max_slots, uint, 0644);
MODULE_PARM_DESC(max_slots, "Slots that may exist at once (ENOSPC beyond; default 65536)");

static uint max_user_slots = 1024;
module_param(max_user_slots, uint, 0644);
MODULE_PARM_DESC(max_user_slots,
		 "Slots one user may have (EDQUOT beyond, CAP_SYS_RESOURCE exempt; default 1024)");

static ulong max_user_bytes = 256UL << 20;
module_param(max_user_bytes, ulong, 0644);
MODULE_PARM_DESC(max_user_bytes,
		 "Memory that the queues of one user's slots may hold, and as much again for the long messages he is writing (EDQUOT beyond, CAP_SYS_RESOURCE exempt; default 256 MiB)");

struct mailslot_user {
	struct rb_node link;		/* under users_lock */
	unsigned int references;	/* under users_lock: slots and clients not yet freed */
	unsigned int slots;		/* under users_lock: slots alive */
	kuid_t uid;			/* constant */
	bool exempt;			/* constant: nothing is limited */
	atomic_long_t pages;		/* held by the queues; changed without a lock */
	atomic_long_t unsent;		/* of messages under way; likewise */
};

static DEFINE_MUTEX(users_lock);
static struct rb_root users = RB_ROOT;	/* under users_lock; by user_order() */
static unsigned int slots;		/* under users_lock: all users' slots alive */

/* Less than, equal to or greater than 0, as @user is before, the one or behind. */
static int user_order(const struct mailslot_user *user, kuid_t uid, bool exempt)
{
	if (uid_eq(user->uid, uid))
		return user->exempt - exempt;
	return uid_lt(user->uid, uid) ? -1 : 1;
}

/* A tree, as users may be many: one who has a range of subordinate ids may be all of them. */
static struct mailslot_user *user_get(kuid_t uid, bool exempt)
{
	struct rb_node **link = &users.rb_node, *parent = NULL;
	struct mailslot_user *user;

	lockdep_assert_held(&users_lock);
	while (*link) {
		int order;

		user = rb_entry(*link, struct mailslot_user, link);
		order = user_order(user, uid, exempt);
		if (!order) {
			user->references++;
			return user;
		}
		parent = *link;
		link = order < 0 ? &parent->rb_right : &parent->rb_left;
	}
	user = kzalloc(sizeof(*user), GFP_KERNEL_ACCOUNT);
	if (!user)
		return NULL;
	user->references = 1;
	user->uid = uid;
	user->exempt = exempt;
	rb_link_node(&user->link, parent, link);
	rb_insert_color(&user->link, &users);
	return user;
}

static void user_put(struct mailslot_user *user)
{
	lockdep_assert_held(&users_lock);
	if (--user->references)
		return;
	/* All is given back: when a slot dies, when a message is queued or given up. */
	WARN_ON_ONCE(user->slots || atomic_long_read(&user->pages) ||
		     atomic_long_read(&user->unsent));
	rb_erase(&user->link, &users);
	kfree(user);
}

/**
 * mailslot_user_add_slot() - count one more slot
 * @uid: its owner
 * @exempt: may it go over the user's limits (CAP_SYS_RESOURCE)?
 *
 * Context: process context, may sleep.
 * Return: the user, to be given to mailslot_user_del_slot() and then mailslot_user_put(); or
 * -ENOSPC, -EDQUOT, -ENOMEM.
 */
struct mailslot_user *mailslot_user_add_slot(kuid_t uid, bool exempt)
{
	struct mailslot_user *user;
	int err;

	mutex_lock(&users_lock);
	err = -ENOSPC;
	if (slots >= READ_ONCE(max_slots))
		goto err_unlock;
	err = -ENOMEM;
	user = user_get(uid, exempt);
	if (!user)
		goto err_unlock;
	err = -EDQUOT;
	if (!exempt && user->slots >= READ_ONCE(max_user_slots))
		goto err_put;
	user->slots++;
	slots++;
	mutex_unlock(&users_lock);
	return user;

err_put:
	user_put(user);
err_unlock:
	mutex_unlock(&users_lock);
	return ERR_PTR(err);
}

/**
 * mailslot_user_del_slot() - a slot died: its place is free at once
 * @user: what mailslot_user_add_slot() returned; stays valid until mailslot_user_put()
 *
 * Context: process context, may sleep.
 */
void mailslot_user_del_slot(struct mailslot_user *user)
{
	mutex_lock(&users_lock);
	user->slots--;
	slots--;
	mutex_unlock(&users_lock);
}

/**
 * mailslot_user_get() - who is charged for the messages of a client end
 * @uid: its opener
 * @exempt: may he go over his limits (CAP_SYS_RESOURCE)?
 *
 * Context: process context, may sleep.
 * Return: the user, to be given to mailslot_user_put(); or NULL for want of memory.
 */
struct mailslot_user *mailslot_user_get(kuid_t uid, bool exempt)
{
	struct mailslot_user *user;

	mutex_lock(&users_lock);
	user = user_get(uid, exempt);
	mutex_unlock(&users_lock);
	return user;
}

/**
 * mailslot_user_put() - a slot's or a client's memory is freed
 * @user: what mailslot_user_add_slot() or mailslot_user_get() returned
 *
 * Context: process context, may sleep.
 */
void mailslot_user_put(struct mailslot_user *user)
{
	mutex_lock(&users_lock);
	user_put(user);
	mutex_unlock(&users_lock);
}

/* Not added and taken back when it is too much: that would refuse others meanwhile. */
static int charge(const struct mailslot_user *user, atomic_long_t *count, unsigned long pages)
{
	unsigned long limit = READ_ONCE(max_user_bytes) >> PAGE_SHIFT;
	long old = atomic_long_read(count);

	do {
		if (old + pages > limit && !user->exempt)
			return -EDQUOT;
	} while (!atomic_long_try_cmpxchg(count, &old, old + pages));
	return 0;
}

/**
 * mailslot_user_charge() - count pages that enter a queue
 * @user: the slot's owner
 * @pages: how many
 *
 * Context: any.
 * Return: 0 or -EDQUOT.
 */
int mailslot_user_charge(struct mailslot_user *user, unsigned long pages)
{
	return charge(user, &user->pages, pages);
}

/**
 * mailslot_user_uncharge() - count pages that a queue has given back
 * @user: the slot's owner
 * @pages: how many
 *
 * Context: any.
 */
void mailslot_user_uncharge(struct mailslot_user *user, unsigned long pages)
{
	atomic_long_sub(pages, &user->pages);
}

/**
 * mailslot_user_charge_unsent() - count pages of a message that is being written
 * @user: the client end's opener
 * @pages: how many
 *
 * A writer may be in a page fault or in line for as long as it likes, and its message is no part of
 * a queue so long: without a limit it could hold any amount of memory that is seen nowhere.
 *
 * Context: any.
 * Return: 0 or -EDQUOT.
 */
int mailslot_user_charge_unsent(struct mailslot_user *user, unsigned long pages)
{
	return charge(user, &user->unsent, pages);
}

/**
 * mailslot_user_uncharge_unsent() - the message is queued or given up
 * @user: the client end's opener
 * @pages: how many it was
 *
 * Context: any.
 */
void mailslot_user_uncharge_unsent(struct mailslot_user *user, unsigned long pages)
{
	atomic_long_sub(pages, &user->unsent);
}
