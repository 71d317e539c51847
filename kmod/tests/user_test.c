// SPDX-License-Identifier: GPL-2.0-only
/* KUnit: what one user's slots may take, and the blocks that are charged for. */
#include "../block.c"
#include "../user.c"
#include "suites.h"

#define ALICE	KUIDT_INIT(1000)
#define BOB	KUIDT_INIT(1001)

/* The limits are this module's own, and each case starts from the same. */
static int user_init(struct kunit *test)
{
	max_slots = 8;
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
		user[i] = mailslot_user_get(KUIDT_INIT(i * 77 % 100), i >= 100);
		KUNIT_ASSERT_NOT_NULL(test, user[i]);
	}
	for (i = USERS - 1; i >= 0; i -= 2)
		mailslot_user_put(user[i]);
	for (i = 0; i < USERS; i += 2) {
		again = mailslot_user_get(KUIDT_INIT(i * 77 % 100), i >= 100);
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
	struct mailslot_user *user = mailslot_user_get(ALICE, false);
	struct mailslot_user *bob = mailslot_user_get(BOB, false);
	struct mailslot_user *root = mailslot_user_get(BOB, true);

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

static void blocks(struct kunit *test)
{
	struct mailslot_user *user = mailslot_user_add_slot(ALICE, false);
	struct mailslot_block *first, *block;
	unsigned long count = 0;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, user);
	KUNIT_ASSERT_EQ(test, mailslot_user_charge(user, 7), 0);
	first = mailslot_blocks_alloc(7);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, first);
	for (block = first; block; block = block->next) {
		KUNIT_EXPECT_EQ(test, block->last, PAGE_SIZE - MAILSLOT_RECORD_SIZE);
		count++;
	}
	KUNIT_EXPECT_EQ(test, count, 7);
	mailslot_blocks_free(user, first);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user->pages), 0);
	/* Blocks that no queue had are nobody's charge; no block at all is none. */
	mailslot_blocks_free(NULL, mailslot_blocks_alloc(3));
	mailslot_blocks_free(user, NULL);
	KUNIT_EXPECT_EQ(test, atomic_long_read(&user->pages), 0);
	end_slot(user);
	nothing_left(test);
}

static struct kunit_case user_cases[] = {
	KUNIT_CASE(slots_of_a_user),
	KUNIT_CASE(a_refused_user_leaves_nothing),
	KUNIT_CASE(exempt_users),
	KUNIT_CASE(bytes_of_a_user),
	KUNIT_CASE(many_users),
	KUNIT_CASE(messages_under_way),
	KUNIT_CASE(blocks),
	{}
};

struct kunit_suite mailslot_user_suite = {
	.name = "mailslot-user",
	.init = user_init,
	.test_cases = user_cases,
};
