// SPDX-License-Identifier: GPL-2.0-only
/* KUnit: readers that wait for a message, in line, and their deadlines. */
#include <linux/delay.h>
#include <linux/kthread.h>

#include "../wait.h"
#include "slot_by_hand.h"
#include "suites.h"

static int reader_init(struct kunit *test)
{
	struct mailslot_slot *slot = kunit_kzalloc(test, sizeof(*slot), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, slot);
	slot_by_hand(slot);
	test->priv = slot;
	return 0;
}

/* Takes one message. */
static int read_one(void *data)
{
	struct mailslot_slot *slot = data;
	int err;

	spin_lock(&slot->lock);
	err = mailslot_await_message(slot, KTIME_MAX);
	if (!err)
		slot->queue.read++;
	spin_unlock(&slot->lock);
	while (!kthread_should_stop())
		usleep_range(1000, 2000);
	return err;
}

/* Wait until that many readers are asleep, and tell who is the first. */
static struct task_struct *first_asleep(struct mailslot_slot *slot, size_t count)
{
	struct task_struct *first = NULL;
	unsigned int tries = 0;
	bool there = false;

	while (!there && tries++ < 5000) {
		struct mailslot_reader *reader;

		spin_lock(&slot->lock);
		there = list_count_nodes(&slot->readers) == count;
		reader = list_first_entry_or_null(&slot->readers, struct mailslot_reader, link);
		first = reader ? reader->task : NULL;
		spin_unlock(&slot->lock);
		usleep_range(1000, 2000);
	}
	return there ? first : ERR_PTR(-ETIMEDOUT);
}

/* A reader that was woken for a message which another one took meanwhile is the first once more. */
static void readers_keep_their_place(struct kunit *test)
{
	struct mailslot_slot *slot = test->priv;
	struct task_struct *readers[2];
	int i;

	for (i = 0; i < 2; i++) {
		readers[i] = kthread_run(read_one, slot, "mailslot-reader");
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, readers[i]);
		KUNIT_EXPECT_PTR_EQ(test, first_asleep(slot, i + 1), readers[0]);
	}
	/* Nobody is woken for nothing. */
	spin_lock(&slot->lock);
	mailslot_wake_reader(slot);
	KUNIT_EXPECT_EQ(test, list_count_nodes(&slot->readers), 2);
	slot->queue.written++;
	mailslot_wake_reader(slot);
	slot->queue.read++;
	KUNIT_EXPECT_TRUE(test, list_is_singular(&slot->readers));
	spin_unlock(&slot->lock);
	KUNIT_EXPECT_PTR_EQ(test, first_asleep(slot, 2), readers[0]);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_PTR_EQ(test, first_asleep(slot, 2 - i), readers[i]);
		spin_lock(&slot->lock);
		slot->queue.written++;
		mailslot_wake_reader(slot);
		spin_unlock(&slot->lock);
		KUNIT_EXPECT_EQ(test, kthread_stop(readers[i]), 0);
	}
	KUNIT_EXPECT_EQ(test, mailslot_queue_count(&slot->queue), 0);
}

static void deadlines(struct kunit *test)
{
	s64 before = ktime_get(), deadline = mailslot_deadline(NSEC_PER_SEC), after = ktime_get();

	KUNIT_EXPECT_GE(test, deadline, before + NSEC_PER_SEC);
	KUNIT_EXPECT_LE(test, deadline, after + NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, mailslot_deadline(0), 0);
	KUNIT_EXPECT_EQ(test, mailslot_deadline(U64_MAX), KTIME_MAX);
	KUNIT_EXPECT_EQ(test, mailslot_deadline((u64)KTIME_MAX + 1), KTIME_MAX);
	/* A sum that would be negative is never. */
	KUNIT_EXPECT_EQ(test, mailslot_deadline(KTIME_MAX - 1), KTIME_MAX);
	KUNIT_EXPECT_EQ(test, mailslot_deadline_here(5), 5);
	KUNIT_EXPECT_EQ(test, mailslot_deadline_here(KTIME_MAX - 1), KTIME_MAX - 1);
	KUNIT_EXPECT_EQ(test, mailslot_deadline_here(U64_MAX), KTIME_MAX);
}

static struct kunit_case reader_cases[] = {
	KUNIT_CASE(readers_keep_their_place),
	KUNIT_CASE(deadlines),
	{}
};

struct kunit_suite mailslot_reader_suite = {
	.name = "mailslot-reader",
	.init = reader_init,
	.test_cases = reader_cases,
};
