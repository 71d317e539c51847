// SPDX-License-Identifier: GPL-2.0-only
/*
 * KUnit: a slot's room, and the line of writers that wait for it. The slot is made by hand, and
 * nobody stands in line: a function of this file queues each place's message.
 */
#define MAILSLOT_TRACE_H
#define trace_mailslot_wait(...)	do { } while (0)

#include "../wait.c"
#include "slot_by_hand.h"
#include "suites.h"

/* Enough places for more than one LINE_BATCH. */
#define PLACES	(2 * LINE_BATCH + 3)

struct place {
	struct mailslot_waiter waiter;
	int result;		/* what queueing its message says */
	unsigned int queued;	/* how often that was asked for */
	unsigned int left;	/* how often it was told that it has left the line */
};

struct line {
	struct mailslot_slot slot;
	struct place places[PLACES];
	unsigned int order;	/* places whose message was queued, as digits */
};

static struct line *the_line;

/* As ring.c has it, for a slot without a ring, which never comes there. */
void __mailslot_ring_want(struct mailslot_slot *slot)
{
	WARN_ON_ONCE(1);
}

static int place_queue(struct mailslot_waiter *waiter)
{
	struct place *place = container_of(waiter, struct place, waiter);

	place->queued++;
	if (place->result)
		return place->result;
	the_line->slot.charged += waiter->need;
	the_line->order = the_line->order * 10 + (place - the_line->places) + 1;
	return 0;
}

static int room_init(struct kunit *test)
{
	struct line *line = kunit_kzalloc(test, sizeof(*line), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, line);
	slot_by_hand(&line->slot);
	line->slot.queue_bytes = 1000;
	line->slot.longest = 1000 - MAILSLOT_MESSAGE_COST;
	line->slot.charged = 1000;
	line->slot.room_wanted = MAILSLOT_ROOM_NOBODY;
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

static enum hrtimer_restart ran_out(struct hrtimer *timer)
{
	return HRTIMER_NORESTART;
}

static void stand(struct line *line, unsigned int i, u64 need, int result)
{
	struct place *place = &line->places[i];

	place->result = result;
	place->waiter.task = current;
	place->waiter.queue = place_queue;
	place->waiter.need = need;
	hrtimer_setup(&place->waiter.timer.timer, ran_out, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	list_add_tail(&place->waiter.link, &line->slot.writers);
}

static void place_leave(struct mailslot_waiter *waiter)
{
	struct place *place = container_of(waiter, struct place, waiter);

	place->left++;
	/* As freed memory would. */
	memset(waiter, 0x5a, sizeof(*waiter));
	waiter->task = NULL;
}

/* A message that nobody waits for. */
static void stand_alone(struct line *line, unsigned int i, u64 need, int result)
{
	struct place *place = &line->places[i];

	place->result = result;
	place->waiter.task = NULL;
	place->waiter.queue = place_queue;
	place->waiter.leave = place_leave;
	place->waiter.need = need;
	spin_lock(&line->slot.lock);
	mailslot_join_line(&line->slot, &place->waiter);
	spin_unlock(&line->slot.lock);
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
	room = line->slot.queue_bytes - line->slot.charged;
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
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, MAILSLOT_ROOM_NOBODY);
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
	KUNIT_EXPECT_EQ(test, give(line, 1), MAILSLOT_WAKE_SERVER_POLLERS);
	KUNIT_EXPECT_EQ(test, line->order, 1);
	KUNIT_EXPECT_EQ(test, room_of(line), 0);
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, 100);
	KUNIT_EXPECT_TRUE(test, line->places[0].waiter.done);
	KUNIT_EXPECT_FALSE(test, line->places[1].waiter.done);
	KUNIT_EXPECT_EQ(test, give(line, 250), MAILSLOT_WAKE_SERVER_POLLERS);
	KUNIT_EXPECT_EQ(test, line->order, 123);
	KUNIT_EXPECT_EQ(test, room_of(line), 50);
	KUNIT_EXPECT_TRUE(test, list_empty(&line->slot.writers));
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, 750);
}

/* A message that enters in pieces is the first in line until the last of them. */
static void one_piece_at_a_time(struct kunit *test)
{
	struct line *line = test->priv;

	stand(line, 0, 300, -EINPROGRESS);
	stand(line, 1, 100, 0);
	KUNIT_EXPECT_EQ(test, give(line, 400), MAILSLOT_SERVE_MORE);
	KUNIT_EXPECT_EQ(test, line->places[0].queued, 1);
	KUNIT_EXPECT_FALSE(test, line->places[0].waiter.done);
	KUNIT_EXPECT_EQ(test, line->places[1].queued, 0);
	KUNIT_EXPECT_EQ(test, give(line, 0), MAILSLOT_SERVE_MORE);
	KUNIT_EXPECT_EQ(test, line->places[0].queued, 2);
	line->places[0].result = 0;
	KUNIT_EXPECT_TRUE(test, give(line, 0) & MAILSLOT_WAKE_SERVER_POLLERS);
	KUNIT_EXPECT_TRUE(test, line->places[0].waiter.done);
	KUNIT_EXPECT_TRUE(test, line->places[1].waiter.done);
}

/* Deferred writers are woken when half of the queue is free, or more if they are several. */
static void held_until_there_is_room(struct kunit *test)
{
	struct line *line = test->priv;

	stand(line, 0, 100, 0);
	give(line, 100);
	KUNIT_EXPECT_TRUE(test, line->places[0].waiter.done);
	/* Started, that is: it may have run out. */
	KUNIT_EXPECT_GT(test, hrtimer_get_expires(&line->places[0].waiter.timer.timer), HOLD_NS);
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, 500);
	give(line, 499);
	KUNIT_EXPECT_FALSE(test, list_empty(&line->slot.deferred));
	give(line, 1);
	KUNIT_EXPECT_TRUE(test, list_empty(&line->slot.deferred));
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, MAILSLOT_ROOM_NOBODY);

	line->slot.charged = 1000;
	stand(line, 1, 100, 0);
	stand(line, 2, 100, 0);
	give(line, 200);
	give(line, 749);
	KUNIT_EXPECT_TRUE(test, list_is_last(&line->places[2].waiter.link, &line->slot.deferred));
	KUNIT_EXPECT_EQ(test, give(line, 1), MAILSLOT_WOKE_WRITERS);
	KUNIT_EXPECT_TRUE(test, list_empty(&line->slot.deferred));
}

static bool is_next(struct line *line, unsigned int i)
{
	return list_is_first(&line->places[i].waiter.link, &line->slot.deferred);
}

static u64 expires(struct line *line, unsigned int i)
{
	return ktime_to_ns(hrtimer_get_expires(&line->places[i].waiter.timer.timer));
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
	KUNIT_EXPECT_TRUE(test, list_empty(&line->slot.deferred));
	KUNIT_EXPECT_EQ(test, give(line, 0), 0);
}

/* Each who leaves the line of a dead slot wakes some more: whoever killed it may not run. */
static void released_by_each_other(struct kunit *test)
{
	struct line *line = test->priv;
	unsigned int i, left = 0;

	for (i = 0; i < PLACES; i++)
		stand(line, i, 1000, 0);
	spin_lock(&line->slot.lock);
	line->slot.dead = true;
	mailslot_release_line(&line->slot);
	mailslot_leave_line(&line->slot, &line->places[0].waiter);
	for (i = 0; i < PLACES; i++)
		left += !list_empty(&line->places[i].waiter.link);
	KUNIT_EXPECT_EQ(test, left, PLACES - 2 * LINE_BATCH);
	mailslot_leave_line(&line->slot, &line->places[1].waiter);
	spin_unlock(&line->slot.lock);
	for (i = 0; i < PLACES; i++)
		KUNIT_EXPECT_TRUE(test, list_empty(&line->places[i].waiter.link));
}

/* At the slot's death all are woken, those in line and those whose wake-up is deferred. */
static void released_by_death(struct kunit *test)
{
	struct line *line = test->priv;
	unsigned int i, sections = 0;
	bool more = true;

	for (i = 0; i < PLACES; i++)
		stand(line, i, i < 3 ? 1 : 1000, 0);
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

/* A message that limits have made too long is refused when it is the first, without any room. */
static void too_long_in_line(struct kunit *test)
{
	struct line *line = test->priv;

	stand(line, 0, 100, 0);
	stand(line, 1, 265, -EMSGSIZE);
	stand(line, 2, 264, 0);
	line->slot.longest = 200;
	KUNIT_EXPECT_EQ(test, give(line, 99), 0);
	KUNIT_EXPECT_FALSE(test, line->places[1].waiter.done);
	KUNIT_EXPECT_EQ(test, give(line, 1), MAILSLOT_WAKE_SERVER_POLLERS);
	KUNIT_EXPECT_TRUE(test, line->places[1].waiter.done);
	KUNIT_EXPECT_EQ(test, line->places[1].waiter.err, -EMSGSIZE);
	KUNIT_EXPECT_FALSE(test, line->places[2].waiter.done);
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, 264);
	/* A queue that holds less than is in it has no room at all. */
	line->slot.queue_bytes = 500;
	KUNIT_EXPECT_EQ(test, give(line, 263), 0);
	KUNIT_EXPECT_FALSE(test, line->places[2].waiter.done);
}

/* A message that is refused finishes its writer with the error, and the next in line is served. */
static void refused_in_line(struct kunit *test)
{
	struct line *line = test->priv;

	stand(line, 0, 100, -EDQUOT);
	stand(line, 1, 100, 0);
	stand(line, 2, 500, -EDQUOT);
	KUNIT_EXPECT_EQ(test, give(line, 500), MAILSLOT_WAKE_SERVER_POLLERS);
	KUNIT_EXPECT_TRUE(test, line->places[0].waiter.done);
	KUNIT_EXPECT_EQ(test, line->places[0].waiter.err, -EDQUOT);
	/* It is on no list, so its task may return. */
	KUNIT_EXPECT_TRUE(test, list_empty(&line->places[0].waiter.link));
	KUNIT_EXPECT_TRUE(test, line->places[1].waiter.done);
	KUNIT_EXPECT_EQ(test, line->places[1].waiter.err, 0);
	KUNIT_EXPECT_EQ(test, line->order, 2);
	KUNIT_EXPECT_EQ(test, room_of(line), 400);
	/* Nothing is asked of a message that does not fit; one that is refused changes no room. */
	KUNIT_EXPECT_EQ(test, line->places[2].queued, 0);
	KUNIT_EXPECT_EQ(test, give(line, 100), MAILSLOT_WOKE_WRITERS);
	KUNIT_EXPECT_EQ(test, line->places[2].waiter.err, -EDQUOT);
	KUNIT_EXPECT_EQ(test, room_of(line), 500);
	KUNIT_EXPECT_TRUE(test, list_empty(&line->slot.writers));
	KUNIT_EXPECT_EQ(test, give(line, 0), 0);
	KUNIT_EXPECT_EQ(test, line->places[0].queued, 1);
	KUNIT_EXPECT_EQ(test, line->places[2].queued, 1);
}

/* A message without a task has its turn as others have, and is held by nobody once it is queued. */
static void nobody_waits_for_it(struct kunit *test)
{
	struct line *line = test->priv;

	stand_alone(line, 0, 100, 0);
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, 100);
	stand_alone(line, 1, 100, -EDQUOT);
	stand(line, 2, 100, 0);
	stand_alone(line, 3, 100, 0);
	KUNIT_EXPECT_EQ(test, give(line, 99), 0);
	KUNIT_EXPECT_EQ(test, line->places[0].left, 0);
	KUNIT_EXPECT_EQ(test, give(line, 101), MAILSLOT_WAKE_SERVER_POLLERS);
	KUNIT_EXPECT_EQ(test, line->order, 13);
	KUNIT_EXPECT_EQ(test, line->places[0].left, 1);
	KUNIT_EXPECT_EQ(test, line->places[1].left, 1);
	KUNIT_EXPECT_EQ(test, line->places[3].left, 0);
	KUNIT_EXPECT_TRUE(test, list_is_singular(&line->slot.deferred));
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, 100);
	KUNIT_EXPECT_EQ(test, give(line, 100), MAILSLOT_WAKE_SERVER_POLLERS);
	KUNIT_EXPECT_EQ(test, line->order, 134);
	KUNIT_EXPECT_EQ(test, line->places[3].left, 1);
	KUNIT_EXPECT_TRUE(test, list_empty(&line->slot.writers));
}

/* It goes with its slot, between tasks that are woken. */
static void nobody_waits_at_death(struct kunit *test)
{
	struct line *line = test->priv;
	unsigned int i, left = 0;
	bool more = true;

	for (i = 0; i < PLACES; i++) {
		if (i % 2)
			stand(line, i, 2000, 0);
		else
			stand_alone(line, i, 2000, 0);
	}
	line->slot.dead = true;
	while (more) {
		spin_lock(&line->slot.lock);
		more = mailslot_release_line(&line->slot);
		spin_unlock(&line->slot.lock);
	}
	for (i = 0; i < PLACES; i++)
		left += line->places[i].left;
	KUNIT_EXPECT_EQ(test, left, DIV_ROUND_UP(PLACES, 2));
	KUNIT_EXPECT_TRUE(test, list_empty(&line->slot.writers));
	KUNIT_EXPECT_TRUE(test, list_empty(&line->slot.deferred));
}

static unsigned int done_count(const struct line *line)
{
	unsigned int i, done = 0;

	for (i = 0; i < PLACES; i++)
		done += line->places[i].waiter.done;
	return done;
}

/* One section of the lock queues a bounded number; the caller comes back for the rest. */
static void bounded_work(struct kunit *test)
{
	struct line *line = test->priv;
	unsigned int i, wake;

	line->slot.queue_bytes = 100 * PLACES;
	line->slot.charged = 100 * PLACES;
	for (i = 0; i < PLACES; i++)
		stand(line, i, 100, 0);
	wake = give(line, 100 * PLACES);
	KUNIT_EXPECT_EQ(test, wake & ~MAILSLOT_WOKE_WRITERS,
			MAILSLOT_WAKE_SERVER_POLLERS | MAILSLOT_SERVE_MORE);
	KUNIT_EXPECT_EQ(test, done_count(line), LINE_BATCH);
	/* Whoever makes room meanwhile, or meets the line, goes on where it ended. */
	KUNIT_EXPECT_LE(test, line->slot.room_wanted, 100);
	mailslot_room_follow(&line->slot, wake);
	KUNIT_EXPECT_EQ(test, done_count(line), PLACES);
	for (i = 0; i < PLACES; i++)
		KUNIT_EXPECT_EQ(test, line->places[i].queued, 1);
	KUNIT_EXPECT_EQ(test, room_of(line), 0);
}

/* Those who are refused count as those who are served: they are work for the lock, too. */
static void bounded_refusals(struct kunit *test)
{
	struct line *line = test->priv;
	unsigned int i, wake;

	for (i = 0; i < PLACES; i++)
		stand(line, i, 100, -EDQUOT);
	wake = give(line, 100);
	KUNIT_EXPECT_EQ(test, wake, MAILSLOT_SERVE_MORE);
	KUNIT_EXPECT_EQ(test, done_count(line), LINE_BATCH);
	mailslot_room_follow(&line->slot, wake);
	KUNIT_EXPECT_EQ(test, done_count(line), PLACES);
	KUNIT_EXPECT_EQ(test, room_of(line), 100);
}

static void pollers(struct kunit *test)
{
	struct line *line = test->priv;
	struct mailslot_poller *poller = kunit_kzalloc(test, sizeof(*poller), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, poller);
	spin_lock(&line->slot.lock);
	mailslot_poller_join(&line->slot, poller);
	mailslot_poller_want(&line->slot, poller, 200);
	spin_unlock(&line->slot.lock);
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, 200);
	KUNIT_EXPECT_EQ(test, give(line, 199), 0);
	KUNIT_EXPECT_EQ(test, give(line, 1), MAILSLOT_WAKE_CLIENT_POLLERS);
	mailslot_room_follow(&line->slot, MAILSLOT_WAKE_CLIENT_POLLERS);
	KUNIT_EXPECT_EQ(test, give(line, 0), 0);
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, MAILSLOT_ROOM_NOBODY);
	/* The line comes before those who only ask. */
	spin_lock(&line->slot.lock);
	mailslot_poller_want(&line->slot, poller, 100);
	spin_unlock(&line->slot.lock);
	stand(line, 0, 400, 0);
	KUNIT_EXPECT_EQ(test, give(line, 100), 0);
	KUNIT_EXPECT_EQ(test, line->slot.room_wanted, 400);
	KUNIT_EXPECT_EQ(test, give(line, 250),
			MAILSLOT_WAKE_SERVER_POLLERS | MAILSLOT_WAKE_CLIENT_POLLERS);
	spin_lock(&line->slot.lock);
	mailslot_poller_leave(&line->slot, poller);
	spin_unlock(&line->slot.lock);
}

static void dead(struct kunit *test)
{
	struct line *line = test->priv;

	line->slot.dead = true;
	stand(line, 0, 100, 0);
	KUNIT_EXPECT_EQ(test, give(line, 500), 0);
	KUNIT_EXPECT_EQ(test, line->places[0].queued, 0);
	KUNIT_EXPECT_FALSE(test, line->places[0].waiter.done);
}

static struct kunit_case room_cases[] = {
	KUNIT_CASE(room),
	KUNIT_CASE(nobody_waits),
	KUNIT_CASE(in_order),
	KUNIT_CASE(one_piece_at_a_time),
	KUNIT_CASE(held_until_there_is_room),
	KUNIT_CASE(released_in_batches),
	KUNIT_CASE(released_by_death),
	KUNIT_CASE(released_by_each_other),
	KUNIT_CASE(too_long_in_line),
	KUNIT_CASE(refused_in_line),
	KUNIT_CASE(nobody_waits_for_it),
	KUNIT_CASE(nobody_waits_at_death),
	KUNIT_CASE(bounded_work),
	KUNIT_CASE(bounded_refusals),
	KUNIT_CASE(pollers),
	KUNIT_CASE(dead),
	{}
};

struct kunit_suite mailslot_room_suite = {
	.name = "mailslot-room",
	.init = room_init,
	.exit = room_exit,
	.test_cases = room_cases,
};
