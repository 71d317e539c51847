// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: a slot's room and the line of writers that wait for it. The slot is made by hand, and who
 * stands in line is nobody: each place's message is queued by a function of this file.
 */
#define MAILSLOT_TRACE_H
#define trace_mailslot_wait(...)	do { } while (0)

#include "../wait.c"
#include "suites.h"

/* Enough places for more than one LINE_BATCH. */
#define PLACES	(2 * LINE_BATCH + 3)

struct place {
	struct mailslot_waiter waiter;
	int result;		/* what queueing its message says */
	unsigned int queued;	/* how often that was asked for */
};

struct line {
	struct mailslot_slot slot;
	struct place places[PLACES];
	unsigned int order;	/* places whose message was queued, as digits */
};

static struct line *the_line;

static int place_queue(struct mailslot_waiter *waiter)
{
	struct place *place = container_of(waiter, struct place, waiter);

	place->queued++;
	if (!place->result)
		the_line->order = the_line->order * 10 + (place - the_line->places) + 1;
	return place->result;
}

static int room_init(struct kunit *test)
{
	struct line *line = kunit_kzalloc(test, sizeof(*line), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, line);
	spin_lock_init(&line->slot.lock);
	INIT_LIST_HEAD(&line->slot.readers);
	INIT_LIST_HEAD(&line->slot.writers);
	INIT_LIST_HEAD(&line->slot.served);
	mailslot_queue_init(&line->slot.queue);
	line->slot.queue_bytes = 1000;
	line->slot.charged = 1000;
	line->slot.room_wanted = U64_MAX;
	line->slot.poll_wanted = U64_MAX;
	the_line = line;
	test->priv = line;
	return 0;
}

static void room_exit(struct kunit *test)
{
	struct line *line = test->priv;
	unsigned int i;

	for (i = 0; line && i < PLACES; i++)
		if (line->places[i].waiter.task)
			hrtimer_cancel(&line->places[i].waiter.timer.timer);
}

static void stand(struct line *line, unsigned int i, u64 need, int result)
{
	struct place *place = &line->places[i];

	place->result = result;
	place->waiter.task = current;
	place->waiter.queue = place_queue;
	place->waiter.need = need;
	hrtimer_init_sleeper(&place->waiter.timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	list_add_tail(&place->waiter.link, &line->slot.writers);
}

static unsigned int give(struct line *line, u64 room)
{
	unsigned int wake;

	spin_lock(&line->slot.lock);
	line->slot.charged -= room;
	wake = mailslot_room_changed(&line->slot);
	spin_unlock(&line->slot.lock);
	return wake;
}

static u64 room_of(struct line *line)
{
	u64 room;

	spin_lock(&line->slot.lock);
	room = mailslot_slot_room(&line->slot);
	spin_unlock(&line->slot.lock);
	return room;
}

static void room(struct kunit *test)
{
	struct line *line = test->priv;

	KUNIT_EXPECT_EQ(test, room_of(line), 0);
	line->slot.charged = 0;
	KUNIT_EXPECT_EQ(test, room_of(line), 1000);
	line->slot.charged = 999;
	KUNIT_EXPECT_EQ(test, room_of(line), 1);
}

static void nobody_waits(struct kunit *test)
{
	struct line *line = test->priv;

	KUNIT_EXPECT_EQ(test, give(line, 100), 0);
	KUNIT_EXPECT_EQ(test, room_of(line), 100);
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, U64_MAX);
}

static void in_order(struct kunit *test)
{
	struct line *line = test->priv;

	stand(line, 0, 300, 0);
	stand(line, 1, 100, 0);
	stand(line, 2, 100, 0);
	/* Room for the second is no room for the first, whom nobody overtakes. */
	KUNIT_EXPECT_EQ(test, give(line, 299), 0);
	KUNIT_EXPECT_EQ(test, line->order, 0);
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, 300);
	KUNIT_EXPECT_EQ(test, give(line, 1), MAILSLOT_WAKE_SERVERS);
	KUNIT_EXPECT_EQ(test, line->order, 1);
	KUNIT_EXPECT_EQ(test, room_of(line), 0);
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, 100);
	KUNIT_EXPECT_TRUE(test, line->places[0].waiter.done);
	KUNIT_EXPECT_FALSE(test, line->places[1].waiter.granted);
	KUNIT_EXPECT_EQ(test, give(line, 250), MAILSLOT_WAKE_SERVERS);
	KUNIT_EXPECT_EQ(test, line->order, 123);
	KUNIT_EXPECT_EQ(test, room_of(line), 50);
	KUNIT_EXPECT_TRUE(test, list_empty(&line->slot.writers));
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, 750);
}

/* Those who were served are woken when half of the queue is free, or more if they are several. */
static void held_until_there_is_room(struct kunit *test)
{
	struct line *line = test->priv;

	stand(line, 0, 100, 0);
	give(line, 100);
	KUNIT_EXPECT_TRUE(test, line->places[0].waiter.done);
	/* Started, that is: it may have run out. */
	KUNIT_EXPECT_GT(test, hrtimer_get_expires_ns(&line->places[0].waiter.timer.timer), HOLD_NS);
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, 500);
	give(line, 499);
	KUNIT_EXPECT_FALSE(test, list_empty(&line->slot.served));
	give(line, 1);
	KUNIT_EXPECT_TRUE(test, list_empty(&line->slot.served));
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, U64_MAX);

	line->slot.charged = 1000;
	stand(line, 1, 100, 0);
	stand(line, 2, 100, 0);
	give(line, 200);
	give(line, 749);
	KUNIT_EXPECT_TRUE(test, list_is_head(line->places[2].waiter.link.next, &line->slot.served));
	KUNIT_EXPECT_EQ(test, give(line, 1), MAILSLOT_WOKE_WRITERS);
	KUNIT_EXPECT_TRUE(test, list_empty(&line->slot.served));
}

static bool is_next(struct line *line, unsigned int i)
{
	return list_is_first(&line->places[i].waiter.link, &line->slot.served);
}

static u64 expires(struct line *line, unsigned int i)
{
	return hrtimer_get_expires_ns(&line->places[i].waiter.timer.timer);
}

/* However many they are: each has a timer of its own, and few are woken at a time. */
static void released_in_batches(struct kunit *test)
{
	struct line *line = test->priv;
	unsigned int i;

	for (i = 0; i < PLACES; i++) {
		stand(line, i, 1, 0);
		give(line, 1);
		KUNIT_EXPECT_GT(test, expires(line, i), HOLD_NS);
	}
	spin_lock(&line->slot.lock);
	mailslot_leave_line(&line->slot, &line->places[0].waiter);
	spin_unlock(&line->slot.lock);
	KUNIT_EXPECT_TRUE(test, is_next(line, 1));
	KUNIT_EXPECT_EQ(test, give(line, 750), MAILSLOT_WOKE_WRITERS);
	KUNIT_EXPECT_TRUE(test, is_next(line, 1 + LINE_BATCH));
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, 750);
	KUNIT_EXPECT_EQ(test, give(line, 0), MAILSLOT_WOKE_WRITERS);
	KUNIT_EXPECT_TRUE(test, is_next(line, 1 + 2 * LINE_BATCH));
	KUNIT_EXPECT_EQ(test, give(line, 0), MAILSLOT_WOKE_WRITERS);
	KUNIT_EXPECT_TRUE(test, list_empty(&line->slot.served));
	KUNIT_EXPECT_EQ(test, give(line, 0), 0);
}

/* At the slot's death all are woken, those in line and those who were served. */
static void released_by_death(struct kunit *test)
{
	struct line *line = test->priv;
	unsigned int i, sections = 0;
	bool more = true;

	for (i = 0; i < PLACES; i++)
		stand(line, i, i < 3 ? 1 : 2000, 0);
	give(line, 3);
	KUNIT_EXPECT_EQ(test, line->order, 123);
	line->slot.dead = true;
	while (more) {
		spin_lock(&line->slot.lock);
		more = mailslot_release_line(&line->slot);
		spin_unlock(&line->slot.lock);
		sections++;
	}
	KUNIT_EXPECT_EQ(test, sections, DIV_ROUND_UP(PLACES, LINE_BATCH));
	for (i = 0; i < PLACES; i++)
		KUNIT_EXPECT_TRUE(test, list_empty(&line->places[i].waiter.link));
	KUNIT_EXPECT_EQ(test, give(line, 0), 0);
}

/* A message that cannot be queued for its writer keeps its place and its room; so does the rest. */
static void granted_stays_first(struct kunit *test)
{
	struct line *line = test->priv;

	stand(line, 0, 100, -ENOBUFS);
	stand(line, 1, 100, 0);
	KUNIT_EXPECT_EQ(test, give(line, 500), 0);
	KUNIT_EXPECT_TRUE(test, line->places[0].waiter.granted);
	KUNIT_EXPECT_FALSE(test, line->places[0].waiter.done);
	KUNIT_EXPECT_FALSE(test, line->places[1].waiter.granted);
	KUNIT_EXPECT_EQ(test, room_of(line), 400);
	/* Nothing more is tried, and nothing charged twice, until it has left. */
	KUNIT_EXPECT_EQ(test, give(line, 100), 0);
	KUNIT_EXPECT_EQ(test, line->places[0].queued, 1);
	KUNIT_EXPECT_EQ(test, room_of(line), 500);
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, U64_MAX);
	spin_lock(&line->slot.lock);
	KUNIT_EXPECT_EQ(test, mailslot_leave_line(&line->slot, &line->places[0].waiter),
			MAILSLOT_WAKE_SERVERS);
	spin_unlock(&line->slot.lock);
	KUNIT_EXPECT_EQ(test, line->order, 2);
	KUNIT_EXPECT_EQ(test, room_of(line), 400);
}

/* One section of the lock queues a bounded number; the rest is done by those who are woken. */
static void bounded_work(struct kunit *test)
{
	struct line *line = test->priv;
	unsigned int i, done = 0, turns = 0;

	line->slot.queue_bytes = 100 * PLACES;
	line->slot.charged = 100 * PLACES;
	for (i = 0; i < PLACES; i++)
		stand(line, i, 100, 0);
	give(line, 100 * PLACES);
	for (i = 0; i < PLACES; i++)
		done += line->places[i].waiter.done;
	KUNIT_EXPECT_EQ(test, done, LINE_BATCH);
	KUNIT_EXPECT_TRUE(test, line->places[LINE_BATCH].waiter.granted);
	while (!list_empty(&line->slot.writers) && turns++ < PLACES) {
		struct mailslot_waiter *first = first_writer(&line->slot);

		KUNIT_ASSERT_TRUE(test, first->granted);
		KUNIT_EXPECT_EQ(test, first->queue(first), 0);
		spin_lock(&line->slot.lock);
		mailslot_leave_line(&line->slot, first);
		spin_unlock(&line->slot.lock);
	}
	for (i = 0; i < PLACES; i++)
		KUNIT_EXPECT_EQ(test, line->places[i].queued, 1);
	KUNIT_EXPECT_EQ(test, room_of(line), 0);
}

static void pollers(struct kunit *test)
{
	struct line *line = test->priv;

	line->slot.poll_wanted = 200;
	line->slot.room_wanted = 200;
	KUNIT_EXPECT_EQ(test, give(line, 199), 0);
	KUNIT_EXPECT_EQ(test, line->slot.poll_wanted, 200);
	KUNIT_EXPECT_EQ(test, give(line, 1), MAILSLOT_WAKE_CLIENTS);
	KUNIT_EXPECT_EQ(test, line->slot.poll_wanted, U64_MAX);
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, U64_MAX);
	/* The line comes before those who only ask. */
	line->slot.poll_wanted = 100;
	stand(line, 0, 400, 0);
	KUNIT_EXPECT_EQ(test, give(line, 100), 0);
	KUNIT_EXPECT_EQ(test, line->slot.poll_wanted, 100);
	KUNIT_EXPECT_EQ(test, give(line, 250), MAILSLOT_WAKE_SERVERS | MAILSLOT_WAKE_CLIENTS);
}

static void dead(struct kunit *test)
{
	struct line *line = test->priv;

	line->slot.dead = true;
	stand(line, 0, 100, 0);
	KUNIT_EXPECT_EQ(test, give(line, 500), 0);
	KUNIT_EXPECT_EQ(test, line->places[0].queued, 0);
	KUNIT_EXPECT_FALSE(test, line->places[0].waiter.granted);
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

static struct kunit_case room_cases[] = {
	KUNIT_CASE(room),
	KUNIT_CASE(nobody_waits),
	KUNIT_CASE(in_order),
	KUNIT_CASE(held_until_there_is_room),
	KUNIT_CASE(released_in_batches),
	KUNIT_CASE(released_by_death),
	KUNIT_CASE(granted_stays_first),
	KUNIT_CASE(bounded_work),
	KUNIT_CASE(pollers),
	KUNIT_CASE(dead),
	KUNIT_CASE(deadlines),
	{}
};

struct kunit_suite mailslot_room_suite = {
	.name = "mailslot-room",
	.init = room_init,
	.exit = room_exit,
	.test_cases = room_cases,
};
