// SPDX-License-Identifier: GPL-2.0-only
/*
 * The limits of one user: slots, the memory of their queues, and the memory of messages that are
 * written but not queued yet. Queues are charged to the owners of the slots, messages that are not
 * queued yet to their writers. The memory cgroup that pays for the memory is chosen separately
 * (block.c).
 */
#include <linux/atomic.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/rbtree.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/user_namespace.h>

#include "compat.h"
#include "turn.h"
#include "user.h"

static uint max_slots = 65536;
module_param(max_slots, uint, 0644);
MODULE_PARM_DESC(max_slots,
		 "Slots that may exist at once, the last sixteenth with CAP_SYS_RESOURCE only (ENOSPC beyond; default 65536)");

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
	unsigned int references;	/* under users_lock */
	unsigned int slots;		/* under users_lock: slots alive */
	unsigned int kept;		/* dead slots that his client ends keep, under users_lock */
	kuid_t uid;			/* constant */
	bool exempt;			/* constant: nothing is limited */
	atomic_long_t pages;		/* held by the queues; changed without a lock */
	atomic_long_t unsent;		/* pages of messages not queued yet; likewise */
	struct mailslot_turn turn;	/* with a lock of its own */
};

/*
 * Users are added and removed in short sections of a spinlock, and their memory is allocated and
 * freed outside. So a task that waits for memory, or for a processor, blocks nobody.
 */
static DEFINE_SPINLOCK(users_lock);
static struct rb_root users = RB_ROOT;	/* under users_lock; by user_order() */
static unsigned int slots;		/* under users_lock: all users' slots alive */
static unsigned int kept;		/* under users_lock, but read without it: sum of kept */

/**
 * mailslot_user_payer() - the user whose limits apply to the caller
 * @uid: the caller's
 *
 * All users of a user namespace count as the user who made that namespace, or, if it is nested, the
 * outermost namespace around it. So a user who has many subordinate ids has the limits of one user.
 * Root makes user namespaces for other users, so the users of such a namespace count as themselves.
 *
 * Context: process context.
 * Return: the uid.
 */
kuid_t mailslot_user_payer(kuid_t uid)
{
	const struct user_namespace *ns = current_user_ns();

	if (ns == &init_user_ns)
		return uid;
	while (ns->parent != &init_user_ns)
		ns = ns->parent;
	return uid_eq(ns->owner, GLOBAL_ROOT_UID) ? uid : ns->owner;
}

/**
 * mailslot_user_exempt() - may the caller go over the limits of a user?
 *
 * No audit record is made, because callers are checked even if they do not need to be exempt.
 *
 * Context: process context.
 * Return: whether it has CAP_SYS_RESOURCE.
 */
bool mailslot_user_exempt(void)
{
	return ns_capable_noaudit(&init_user_ns, CAP_SYS_RESOURCE);
}

/*
 * Return less than, equal to or greater than 0, as @user sorts before, at or behind @uid and
 * @exempt.
 */
static int user_order(const struct mailslot_user *user, kuid_t uid, bool exempt)
{
	if (uid_eq(user->uid, uid))
		return user->exempt - exempt;
	return uid_lt(user->uid, uid) ? -1 : 1;
}

/**
 * mailslot_user_is() - is this the user with that uid?
 * @user: a user
 * @uid: what mailslot_user_payer() returned
 * @exempt: what mailslot_user_exempt() returned
 *
 * Context: any.
 * Return: whether it is.
 */
bool mailslot_user_is(const struct mailslot_user *user, kuid_t uid, bool exempt)
{
	return !user_order(user, uid, exempt);
}

/*
 * Find the user in the tree. The tree may be large, because somebody may use a range of subordinate
 * ids. If there is no such user, insert @fresh, unless it is NULL.
 */
static struct mailslot_user *user_find(kuid_t uid, bool exempt, struct mailslot_user *fresh)
{
	struct rb_node **link = &users.rb_node, *parent = NULL;

	lockdep_assert_held(&users_lock);
	while (*link) {
		struct mailslot_user *user = rb_entry(*link, struct mailslot_user, link);
		int order = user_order(user, uid, exempt);

		if (!order)
			return user;
		parent = *link;
		link = order < 0 ? &parent->rb_right : &parent->rb_left;
	}
	if (fresh) {
		rb_link_node(&fresh->link, parent, link);
		rb_insert_color(&fresh->link, &users);
	}
	return fresh;
}

static struct mailslot_user *user_find_get(kuid_t uid, bool exempt, struct mailslot_user *fresh)
{
	struct mailslot_user *user;

	spin_lock(&users_lock);
	user = user_find(uid, exempt, fresh);
	if (user)
		user->references++;
	spin_unlock(&users_lock);
	return user;
}

/**
 * mailslot_user_get() - find a user, or make it
 * @uid: what mailslot_user_payer() returned
 * @exempt: what mailslot_user_exempt() returned
 * @flags: how to allocate
 *
 * Context: process context, may sleep.
 * Return: the user, to be given to mailslot_user_put(); or NULL for lack of memory.
 */
struct mailslot_user *mailslot_user_get(kuid_t uid, bool exempt, gfp_t flags)
{
	struct mailslot_user *user = user_find_get(uid, exempt, NULL), *fresh;

	if (user)
		return user;
	fresh = kzalloc_obj(*fresh, flags);
	if (!fresh)
		return NULL;
	fresh->uid = uid;
	fresh->exempt = exempt;
	mailslot_turn_init(&fresh->turn);
	user = user_find_get(uid, exempt, fresh);
	if (user != fresh)
		kfree(fresh);
	return user;
}

/**
 * mailslot_user_put() - give a reference back
 * @user: what mailslot_user_get() or mailslot_user_add_slot() returned
 *
 * Context: process context.
 */
void mailslot_user_put(struct mailslot_user *user)
{
	bool last;

	spin_lock(&users_lock);
	last = !--user->references;
	if (last)
		rb_erase(&user->link, &users);
	spin_unlock(&users_lock);
	if (!last)
		return;
	/*
	 * Everything was given back when the slots died, and when the messages were queued or given
	 * up.
	 */
	WARN_ON_ONCE(user->slots || user->kept || atomic_long_read(&user->pages) ||
		     atomic_long_read(&user->unsent));
	kfree(user);
}

/**
 * mailslot_user_turn() - the place where a user's jobs wait for their turn
 * @user: the user
 *
 * Context: any.
 * Return: the user's place among all users.
 */
struct mailslot_turn *mailslot_user_turn(struct mailslot_user *user)
{
	return &user->turn;
}

static int user_admit_slot(const struct mailslot_user *user)
{
	unsigned int most = READ_ONCE(max_slots);

	lockdep_assert_held(&users_lock);
	/* Users leave some slots for the administrator, however many users there are. */
	if (slots >= (user->exempt ? most : most - most / 16))
		return -ENOSPC;
	if (user->slots + user->kept >= READ_ONCE(max_user_slots) && !user->exempt)
		return -EDQUOT;
	return 0;
}

/**
 * mailslot_user_add_slot() - count one more slot
 * @uid: of its owner: what mailslot_user_payer() returned
 * @exempt: what mailslot_user_exempt() returned
 *
 * Context: process context, may sleep.
 * Return: the user, to be given to mailslot_user_del_slot() and then mailslot_user_put(); or
 * -ENOSPC, -EDQUOT, -ENOMEM.
 */
struct mailslot_user *mailslot_user_add_slot(kuid_t uid, bool exempt)
{
	struct mailslot_user *user = mailslot_user_get(uid, exempt, GFP_KERNEL_ACCOUNT);
	int err;

	if (!user)
		return ERR_PTR(-ENOMEM);
	spin_lock(&users_lock);
	err = user_admit_slot(user);
	if (!err) {
		user->slots++;
		slots++;
	}
	spin_unlock(&users_lock);
	if (!err)
		return user;
	mailslot_user_put(user);
	return ERR_PTR(err);
}

/**
 * mailslot_user_del_slot() - uncount a slot that died: its place is free at once
 * @user: what mailslot_user_add_slot() returned; stays valid until mailslot_user_put()
 *
 * Context: any.
 */
void mailslot_user_del_slot(struct mailslot_user *user)
{
	spin_lock(&users_lock);
	user->slots--;
	slots--;
	spin_unlock(&users_lock);
}

/**
 * mailslot_user_keep_slot() - count a dead slot that a client end keeps
 * @uid: of the client end's opener: what mailslot_user_payer() returned
 * @exempt: what mailslot_user_exempt() returned
 *
 * A client end keeps its slot's memory, its node and the directories above the node. The slot's
 * owner cannot prevent that, so they count as a slot of the user who opened the client end.
 *
 * Context: process context, may sleep; never fails.
 * Return: the user, to be given to mailslot_user_unkeep_slot().
 */
struct mailslot_user *mailslot_user_keep_slot(kuid_t uid, bool exempt)
{
	struct mailslot_user *user = mailslot_user_get(uid, exempt, GFP_KERNEL | __GFP_NOFAIL);

	spin_lock(&users_lock);
	user->kept++;
	WRITE_ONCE(kept, kept + 1);
	spin_unlock(&users_lock);
	return user;
}

/**
 * mailslot_user_unkeep_slot() - uncount a dead slot that a client end kept
 * @user: what mailslot_user_keep_slot() returned
 *
 * Context: process context.
 */
void mailslot_user_unkeep_slot(struct mailslot_user *user)
{
	spin_lock(&users_lock);
	user->kept--;
	WRITE_ONCE(kept, kept - 1);
	spin_unlock(&users_lock);
	mailslot_user_put(user);
}

/**
 * mailslot_user_may_open() - may a user open one more client end?
 * @uid: what mailslot_user_payer() returned
 * @exempt: what mailslot_user_exempt() returned
 *
 * In the common case nobody keeps a dead slot, which is read without the lock: a slot that dies at
 * the same time counts for the next open.
 *
 * Context: any.
 * Return: false when the user's client ends keep as many dead slots as he may have slots.
 */
bool mailslot_user_may_open(kuid_t uid, bool exempt)
{
	const struct mailslot_user *user;
	bool may;

	if (likely(!READ_ONCE(kept)) || exempt)
		return true;
	spin_lock(&users_lock);
	user = user_find(uid, exempt, NULL);
	may = !user || !user->kept || user->kept < READ_ONCE(max_user_slots);
	spin_unlock(&users_lock);
	return may;
}

/* Do not add first and undo an excess later: others would be refused meanwhile. */
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
 * @user: the writer
 * @pages: how many
 *
 * A writer may stay in a page fault or in line for any length of time, and its message is in no
 * queue during that time. Without this limit it could hold any amount of memory that no other count
 * shows.
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
 * @user: the writer
 * @pages: how many it was
 *
 * Context: any.
 */
void mailslot_user_uncharge_unsent(struct mailslot_user *user, unsigned long pages)
{
	atomic_long_sub(pages, &user->unsent);
}
