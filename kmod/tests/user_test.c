// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: what one user may take, and one instance, and what is charged for: blocks, and the
 * processes that messages are of.
 */
#include <linux/cred.h>
#include <linux/pid.h>

#include "../block.c"
#include "../quota.c"
#include "../sender.c"
#include "../user.c"
#include "suites.h"

#define ALICE	KUIDT_INIT(1000)
#define BOB	KUIDT_INIT(1001)

/* The limits are this module's own, and each case starts from the same. */
static int user_init(struct kunit *test)
{
	max_slots = 8;	/* too few for a reserve */
	max_user_slots = 3;
	max_user_bytes = 10 * PAGE_SIZE;
	return 0;
}

static void end_slot(struct mailslot_user *user)
{
	mailslot_user_del_slot(user);
	mailslot_user_put(user);
}

static void nothing_left(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&users));
	KUNIT_EXPECT_EQ(test, slots, 0);
	KUNIT_EXPECT_EQ(test, kept, 0);
}

static void slots_of_a_user(struct kunit *test)
{
	struct mailslot_user *alice[3], *bob;
	int i;

	for (i = 0; i < 3; i++) {
		alice[i] = mailslot_user_add_slot(ALICE, false);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, alice[i]);
		KUNIT_EXPECT_PTR_EQ(test, alice[i], alice[0]);
	}
	KUNIT_EXPECT_EQ(test, PTR_ERR(mailslot_user_add_slot(ALICE, false)), -EDQUOT);
	KUNIT_EXPECT_EQ(test, alice[0]->references, 3);
	bob = mailslot_user_add_slot(BOB, false);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, bob);
	KUNIT_EXPECT_PTR_NE(test, bob, alice[0]);
	end_slot(bob);
	/* A dead slot's place is free before its memory is. */
	mailslot_user_del_slot(alice[0]);
	KUNIT_EXPECT_PTR_EQ(test, mailslot_user_add_slot(ALICE, false), alice[0]);
	KUNIT_EXPECT_EQ(test, PTR_ERR(mailslot_user_add_slot(ALICE, false)), -EDQUOT);
	mailslot_user_put(alice[0]);
	for (i = 0; i < 3; i++)
		end_slot(alice[0]);
	nothing_left(test);
}

static void a_refused_user_leaves_nothing(struct kunit *test)
{
	max_user_slots = 0;
	KUNIT_EXPECT_EQ(test, PTR_ERR(mailslot_user_add_slot(ALICE, false)), -EDQUOT);
	nothing_left(test);
	max_slots = 0;
	KUNIT_EXPECT_EQ(test, PTR_ERR(mailslot_user_add_slot(ALICE, true)), -ENOSPC);
	nothing_left(test);
}

static void exempt_users(struct kunit *test)
{
	struct mailslot_user *user[8], *limited;
	int i;

	limited = mailslot_user_add_slot(ALICE, false);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, limited);
	for (i = 0; i < 7; i++) {
		user[i] = mailslot_user_add_slot(ALICE, true);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, user[i]);
		/* Nobody's limit is used up by those who have none. */
		KUNIT_EXPECT_PTR_NE(test, user[i], limited);
	}
	/* But the module's own holds for all. */
	KUNIT_EXPECT_EQ(test, PTR_ERR(mailslot_user_add_slot(ALICE, true)), -ENOSPC);
	KUNIT_EXPECT_EQ(test, PTR_ERR(mailslot_user_add_slot(BOB, false)), -ENOSPC);
	KUNIT_EXPECT_EQ(test, mailslot_user_charge(user[0], 1000000), 0);
	mailslot_user_uncharge(user[0], 1000000);
	for (i = 0; i < 7; i++)
		end_slot(user[i]);
	end_slot(limited);
	nothing_left(test);
}

/* A sixteenth of all slots is left to those whom no user's limit holds. */
static void reserve(struct kunit *test)
{
	struct mailslot_user *alice, *root[2];
	int i;

	max_slots = 32;
	max_user_slots = 100;
	for (i = 0; i < 30; i++) {
		alice = mailslot_user_add_slot(ALICE, false);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, alice);
	}
	KUNIT_EXPECT_EQ(test, PTR_ERR(mailslot_user_add_slot(ALICE, false)), -ENOSPC);
	KUNIT_EXPECT_EQ(test, PTR_ERR(mailslot_user_add_slot(BOB, false)), -ENOSPC);
	for (i = 0; i < 2; i++) {
		root[i] = mailslot_user_add_slot(BOB, true);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, root[i]);
	}
	KUNIT_EXPECT_EQ(test, PTR_ERR(mailslot_user_add_slot(BOB, true)), -ENOSPC);
	for (i = 0; i < 2; i++)
		end_slot(root[i]);
	for (i = 0; i < 30; i++)
		end_slot(alice);
	nothing_left(test);
}

/* Dead slots that his client ends keep are slots of a user's, and end what he may open. */
static void kept_slots(struct kunit *test)
{
	struct mailslot_user *alice[3], *root, *slot;
	int i;

	KUNIT_EXPECT_TRUE(test, mailslot_user_may_open(ALICE, false));
	for (i = 0; i < 3; i++) {
		KUNIT_EXPECT_TRUE(test, mailslot_user_may_open(ALICE, false));
		alice[i] = mailslot_user_keep_slot(ALICE, false);
		KUNIT_ASSERT_NOT_NULL(test, alice[i]);
		KUNIT_EXPECT_TRUE(test, mailslot_user_is(alice[i], ALICE, false));
		KUNIT_EXPECT_FALSE(test, mailslot_user_is(alice[i], ALICE, true));
		KUNIT_EXPECT_FALSE(test, mailslot_user_is(alice[i], BOB, false));
	}
	root = mailslot_user_keep_slot(ALICE, true);
	KUNIT_EXPECT_PTR_NE(test, root, alice[0]);
	KUNIT_EXPECT_FALSE(test, mailslot_user_may_open(ALICE, false));
	KUNIT_EXPECT_TRUE(test, mailslot_user_may_open(ALICE, true));
	KUNIT_EXPECT_TRUE(test, mailslot_user_may_open(BOB, false));
	KUNIT_EXPECT_EQ(test, PTR_ERR(mailslot_user_add_slot(ALICE, false)), -EDQUOT);
	/* They are no slots alive: others may have these. */
	KUNIT_EXPECT_EQ(test, slots, 0);
	mailslot_user_unkeep_slot(root);
	mailslot_user_unkeep_slot(alice[0]);
	KUNIT_EXPECT_TRUE(test, mailslot_user_may_open(ALICE, false));
	slot = mailslot_user_add_slot(ALICE, false);
	KUNIT_EXPECT_PTR_EQ(test, slot, alice[1]);
	KUNIT_EXPECT_EQ(test, PTR_ERR(mailslot_user_add_slot(ALICE, false)), -EDQUOT);
	/* Slots alive do not end what he may open. */
	KUNIT_EXPECT_TRUE(test, mailslot_user_may_open(ALICE, false));
	mailslot_user_unkeep_slot(alice[1]);
	mailslot_user_unkeep_slot(alice[2]);
	end_slot(slot);
	nothing_left(test);
}

static kuid_t payer_in(struct cred *cred, struct user_namespace *ns, kuid_t uid)
{
	struct user_namespace *own = cred->user_ns;
	const struct cred *old;
	kuid_t payer;

	cred->user_ns = ns;
	old = override_creds(cred);
	payer = mailslot_user_payer(uid);
	revert_creds(old);
	cred->user_ns = own;
	return payer;
}

/* However deep the user namespace: who made the outermost one pays, unless that is root. */
static void payers(struct kunit *test)
{
	struct user_namespace *outer = kunit_kzalloc(test, sizeof(*outer), GFP_KERNEL);
	struct user_namespace *inner = kunit_kzalloc(test, sizeof(*inner), GFP_KERNEL);
	struct cred *cred = prepare_creds();

	KUNIT_ASSERT_NOT_NULL(test, outer);
	KUNIT_ASSERT_NOT_NULL(test, inner);
	KUNIT_ASSERT_NOT_NULL(test, cred);
	outer->parent = &init_user_ns;
	outer->owner = ALICE;
	inner->parent = outer;
	inner->owner = KUIDT_INIT(100000);
	KUNIT_EXPECT_TRUE(test, uid_eq(payer_in(cred, &init_user_ns, BOB), BOB));
	KUNIT_EXPECT_TRUE(test, uid_eq(payer_in(cred, outer, KUIDT_INIT(100001)), ALICE));
	KUNIT_EXPECT_TRUE(test, uid_eq(payer_in(cred, inner, KUIDT_INIT(100002)), ALICE));
	outer->owner = GLOBAL_ROOT_UID;
	KUNIT_EXPECT_TRUE(test, uid_eq(payer_in(cred, outer, BOB), BOB));
	KUNIT_EXPECT_TRUE(test, uid_eq(payer_in(cred, inner, BOB), BOB));
	abort_creds(cred);
}

static void bytes_of_a_user(struct kunit *test)
{
	struct mailslot_user *user = mailslot_user_add_slot(ALICE, false);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, user);
	KUNIT_EXPECT_EQ(test, mailslot_user_charge(user, 11), -EDQUOT);
	KUNIT_EXPECT_EQ(test, mailslot_user_charge(user, 10), 0);
	KUNIT_EXPECT_EQ(test, mailslot_user_charge(user, 1), -EDQUOT);
	KUNIT_EXPECT_EQ(test, mailslot_user_charge(user, 0), 0);
	mailslot_user_uncharge(user, 1);
	KUNIT_EXPECT_EQ(test, mailslot_user_charge(user, 2), -EDQUOT);
	KUNIT_EXPECT_EQ(test, mailslot_user_charge(user, 1), 0);
	/* A refusal charges nothing; half a page does not count. */
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user->pages), 10);
	max_user_bytes = 11 * PAGE_SIZE - 1;
	KUNIT_EXPECT_EQ(test, mailslot_user_charge(user, 1), -EDQUOT);
	max_user_bytes = 11 * PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, mailslot_user_charge(user, 1), 0);
	/* A limit that was lowered below what is held refuses, and takes nothing away. */
	max_user_bytes = PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, mailslot_user_charge(user, 1), -EDQUOT);
	mailslot_user_uncharge(user, 11);
	KUNIT_EXPECT_EQ(test, mailslot_user_charge(user, 1), 0);
	mailslot_user_uncharge(user, 1);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user->pages), 0);
	end_slot(user);
	nothing_left(test);
}

/* However many there are, and in whatever order they come and go, each is found again. */
static void many_users(struct kunit *test)
{
	enum { USERS = 200 };
	struct mailslot_user *user[USERS], *again;
	int i;

	for (i = 0; i < USERS; i++) {
		/* 77 and 100 have no divisor in common, so each id comes twice: once exempt. */
		user[i] = mailslot_user_get(KUIDT_INIT(i * 77 % 100), i >= 100, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, user[i]);
	}
	for (i = USERS - 1; i >= 0; i -= 2)
		mailslot_user_put(user[i]);
	for (i = 0; i < USERS; i += 2) {
		again = mailslot_user_get(KUIDT_INIT(i * 77 % 100), i >= 100, GFP_KERNEL);
		KUNIT_EXPECT_PTR_EQ(test, again, user[i]);
		KUNIT_EXPECT_EQ(test, user[i]->references, 2);
		mailslot_user_put(user[i]);
		mailslot_user_put(user[i]);
	}
	nothing_left(test);
}

/* They are limited as queues are, but are no part of them; their user need not own a slot. */
static void messages_under_way(struct kunit *test)
{
	struct mailslot_user *owner = mailslot_user_add_slot(ALICE, false);
	struct mailslot_user *user = mailslot_user_get(ALICE, false, GFP_KERNEL);
	struct mailslot_user *bob = mailslot_user_get(BOB, false, GFP_KERNEL);
	struct mailslot_user *root = mailslot_user_get(BOB, true, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, owner);
	KUNIT_EXPECT_PTR_EQ(test, user, owner);
	KUNIT_ASSERT_NOT_NULL(test, bob);
	KUNIT_ASSERT_NOT_NULL(test, root);
	KUNIT_EXPECT_EQ(test, mailslot_user_charge(user, 10), 0);
	KUNIT_EXPECT_EQ(test, mailslot_user_charge_unsent(user, 11), -EDQUOT);
	KUNIT_EXPECT_EQ(test, mailslot_user_charge_unsent(user, 10), 0);
	KUNIT_EXPECT_EQ(test, mailslot_user_charge_unsent(user, 1), -EDQUOT);
	KUNIT_EXPECT_EQ(test, mailslot_user_charge_unsent(bob, 10), 0);
	KUNIT_EXPECT_EQ(test, mailslot_user_charge_unsent(root, 1000), 0);
	mailslot_user_uncharge_unsent(user, 10);
	KUNIT_EXPECT_EQ(test, mailslot_user_charge_unsent(user, 1), 0);
	mailslot_user_uncharge_unsent(user, 1);
	mailslot_user_uncharge(user, 10);
	mailslot_user_uncharge_unsent(bob, 10);
	mailslot_user_uncharge_unsent(root, 1000);
	mailslot_user_put(root);
	mailslot_user_put(bob);
	end_slot(owner);
	KUNIT_EXPECT_FALSE(test, RB_EMPTY_ROOT(&users));
	mailslot_user_put(user);
	nothing_left(test);
}

static void entries_of_an_instance(struct kunit *test)
{
	struct mailslot_quota quota = { .max_entries = 2 };

	KUNIT_EXPECT_EQ(test, mailslot_quota_add(&quota), 0);
	KUNIT_EXPECT_EQ(test, mailslot_quota_add(&quota), 0);
	KUNIT_EXPECT_EQ(test, mailslot_quota_add(&quota), -ENOSPC);
	mailslot_quota_del(&quota);
	KUNIT_EXPECT_EQ(test, mailslot_quota_add(&quota), 0);
	/* A remount makes it narrower than it is full. */
	quota.max_entries = 1;
	KUNIT_EXPECT_EQ(test, mailslot_quota_add(&quota), -ENOSPC);
	mailslot_quota_del(&quota);
	KUNIT_EXPECT_EQ(test, mailslot_quota_add(&quota), -ENOSPC);
	mailslot_quota_del(&quota);
	KUNIT_EXPECT_EQ(test, mailslot_quota_add(&quota), 0);
	quota.max_entries = UINT_MAX;
	KUNIT_EXPECT_EQ(test, mailslot_quota_add(&quota), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&quota.entries), 2);
}

static void blocks(struct kunit *test)
{
	struct mailslot_quota quota = { .max_pages = 8 };
	struct mailslot_user *user = mailslot_user_add_slot(ALICE, false);
	struct mailslot_slot slot = { .user = user, .quota = &quota };
	struct mailslot_block *first, *block;
	unsigned long count = 0;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, user);
	KUNIT_ASSERT_EQ(test, mailslot_slot_charge(&slot, 7), 0);
	first = mailslot_blocks_alloc(7);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, first);
	for (block = first; block; block = block->next) {
		KUNIT_EXPECT_EQ(test, block->last, PAGE_SIZE - MAILSLOT_RECORD_SIZE);
		KUNIT_EXPECT_EQ(test, block->payer, mailslot_blocks_payer());
		count++;
	}
	KUNIT_EXPECT_EQ(test, count, 7);
	/* What the instance refuses counts for nobody, and what the user is refused for neither. */
	KUNIT_EXPECT_EQ(test, mailslot_slot_charge(&slot, 2), -EDQUOT);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user->pages), 7);
	KUNIT_EXPECT_EQ(test, mailslot_slot_charge(&slot, 4), -EDQUOT);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&quota.pages), 7);
	mailslot_blocks_free(&slot, first);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user->pages), 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&quota.pages), 0);
	/* Blocks that no queue had are nobody's charge; no block at all is none. */
	mailslot_blocks_free(NULL, mailslot_blocks_alloc(3));
	mailslot_blocks_free(&slot, NULL);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user->pages), 0);
	end_slot(user);
	nothing_left(test);
}

/* Lists of one block and of several, freed by a work item: kmemleak and the page counts tell. */
static void blocks_freed_later(struct kunit *test)
{
	int i;

	mailslot_blocks_free_later(NULL);
	KUNIT_EXPECT_TRUE(test, llist_empty(&doomed));
	for (i = 1; i < 5; i++) {
		struct mailslot_block *blocks = mailslot_blocks_alloc(i);

		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, blocks);
		mailslot_blocks_free_later(blocks);
	}
	mailslot_blocks_exit();
	KUNIT_EXPECT_TRUE(test, llist_empty(&doomed));
}

#define SENDERS	70

struct senders {
	struct mailslot_slot slot;
	struct mailslot_record records[SENDERS];
	struct pid *pids[SENDERS];
};

/* None of them is ever freed by put_pid(), which looks behind the structure. */
static struct pid *pid_new(struct kunit *test)
{
	struct pid *pid = kunit_kzalloc(test, sizeof(*pid) + sizeof(struct upid), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pid);
	refcount_set(&pid->count, 1);
	return pid;
}

static struct senders *senders_new(struct kunit *test)
{
	struct senders *senders = kunit_kzalloc(test, sizeof(*senders), GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, senders);
	senders->slot.user = mailslot_user_add_slot(ALICE, false);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, senders->slot.user);
	for (i = 0; i < SENDERS; i++)
		senders->pids[i] = pid_new(test);
	return senders;
}

static void senders_end(struct kunit *test, struct senders *senders)
{
	int i;

	__mailslot_sender_leave(&senders->slot, NULL);
	KUNIT_EXPECT_EQ(test, senders->slot.senders, 0);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&senders->slot.user->pages), 0);
	for (i = 0; i < SENDERS; i++)
		KUNIT_EXPECT_EQ(test, refcount_read(&senders->pids[i]->count), 1);
	end_slot(senders->slot.user);
	nothing_left(test);
}

/* One process's messages share a reference, which lasts until another's message is taken. */
static void senders_take_turns(struct kunit *test)
{
	struct senders *senders = senders_new(test);
	struct mailslot_slot *slot = &senders->slot;
	struct mailslot_record *records = senders->records;
	struct pid *first = senders->pids[0], *second = senders->pids[1];
	int i;

	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_EQ(test, mailslot_sender_enter(slot, &records[i], first), 0);
	KUNIT_EXPECT_EQ(test, mailslot_sender_enter(slot, &records[3], second), 0);
	KUNIT_EXPECT_EQ(test, mailslot_sender_enter(slot, &records[4], first), 0);
	for (i = 0; i < 5; i++) {
		KUNIT_EXPECT_PTR_EQ(test, records[i].pid, i == 3 ? second : first);
		KUNIT_EXPECT_EQ(test, records[i].turn, i == 0 || i > 2);
	}
	KUNIT_EXPECT_EQ(test, refcount_read(&first->count), 3);
	KUNIT_EXPECT_EQ(test, refcount_read(&second->count), 2);
	KUNIT_EXPECT_EQ(test, slot->senders, 3);
	for (i = 0; i < 3; i++)
		mailslot_sender_leave(slot, &records[i]);
	KUNIT_EXPECT_EQ(test, refcount_read(&first->count), 3);
	mailslot_sender_leave(slot, &records[3]);
	KUNIT_EXPECT_EQ(test, refcount_read(&first->count), 2);
	mailslot_sender_leave(slot, &records[4]);
	KUNIT_EXPECT_EQ(test, refcount_read(&second->count), 1);
	KUNIT_EXPECT_EQ(test, slot->senders, 1);
	/* The queue is empty, and its last writer goes on: the reference is still there. */
	KUNIT_EXPECT_EQ(test, mailslot_sender_enter(slot, &records[5], first), 0);
	KUNIT_EXPECT_FALSE(test, records[5].turn);
	KUNIT_EXPECT_EQ(test, slot->senders, 1);
	mailslot_sender_leave(slot, &records[5]);
	senders_end(test, senders);
}

/* Many processes count as pages of the slot's owner, and more than he may have are refused. */
static void senders_are_counted(struct kunit *test)
{
	struct senders *senders = senders_new(test);
	struct mailslot_slot *slot = &senders->slot;
	unsigned int each = PIDS_PER_PAGE, i, most = min(2 * each - 1, SENDERS - 1U);

	max_user_bytes = PAGE_SIZE;
	for (i = 0; i < most; i++) {
		KUNIT_EXPECT_EQ(test, mailslot_sender_enter(slot, &senders->records[i],
							    senders->pids[i]), 0);
		KUNIT_EXPECT_EQ(test, atomic_long_read(&slot->user->pages), (i + 1) / each);
	}
	if (most == 2 * each - 1) {
		KUNIT_EXPECT_EQ(test, mailslot_sender_enter(slot, &senders->records[i],
							    senders->pids[i]), -EDQUOT);
		KUNIT_EXPECT_EQ(test, refcount_read(&senders->pids[i]->count), 1);
		KUNIT_EXPECT_PTR_EQ(test, slot->last_sender, senders->pids[i - 1]);
		KUNIT_EXPECT_EQ(test, slot->senders, most);
	}
	/* As they leave, the page is given back at the number at which it was taken. */
	for (i = 0; i < most; i++) {
		mailslot_sender_leave(slot, &senders->records[i]);
		KUNIT_EXPECT_EQ(test, atomic_long_read(&slot->user->pages), slot->senders / each);
	}
	KUNIT_EXPECT_EQ(test, slot->senders, 1);
	senders_end(test, senders);
}

static struct kunit_case user_cases[] = {
	KUNIT_CASE(slots_of_a_user),
	KUNIT_CASE(a_refused_user_leaves_nothing),
	KUNIT_CASE(exempt_users),
	KUNIT_CASE(reserve),
	KUNIT_CASE(kept_slots),
	KUNIT_CASE(payers),
	KUNIT_CASE(bytes_of_a_user),
	KUNIT_CASE(many_users),
	KUNIT_CASE(messages_under_way),
	KUNIT_CASE(entries_of_an_instance),
	KUNIT_CASE(blocks),
	KUNIT_CASE(blocks_freed_later),
	KUNIT_CASE(senders_take_turns),
	KUNIT_CASE(senders_are_counted),
	{}
};

struct kunit_suite mailslot_user_suite = {
	.name = "mailslot-user",
	.init = user_init,
	.test_cases = user_cases,
};
