// SPDX-License-Identifier: GPL-2.0-only
/* KUnit: who polls a slot, made by hand: who is woken, in which order, how many at once. */
#include "../poller.c"
#include "suites.h"

#define CLIENTS	(2 * POLLERS_AT_ONCE + 3)
#define CROWD	(ENTRIES_AT_ONCE + 1)

/* An entry of somebody's on a wait queue. */
struct listener {
	wait_queue_entry_t entry;
	struct scene *scene;
	unsigned int woken;
	unsigned int when;	/* the how manieth wake-up it was */
	u32 events;		/* EPOLL*, as a number */
};

struct scene {
	struct mailslot_slot slot;
	struct mailslot_poller clients[CLIENTS];
	struct listener listeners[CLIENTS];	/* one for each client */
	struct listener crowd[CROWD];
	unsigned int wakeups;
};

static u32 number(__poll_t events)
{
	return (__force u32)events;
}

static int listener_wake(wait_queue_entry_t *entry, unsigned int mode, int flags, void *key)
{
	struct listener *listener = container_of(entry, struct listener, entry);

	listener->woken++;
	listener->when = ++listener->scene->wakeups;
	listener->events = number(key_to_poll(key));
	return 0;
}

static void listen(struct scene *scene, struct listener *listener, wait_queue_head_t *queue)
{
	listener->scene = scene;
	init_waitqueue_func_entry(&listener->entry, listener_wake);
	add_wait_queue(queue, &listener->entry);
}

static int poller_init(struct kunit *test)
{
	struct scene *scene = kunit_kzalloc(test, sizeof(*scene), GFP_KERNEL);
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, scene);
	spin_lock_init(&scene->slot.lock);
	INIT_LIST_HEAD(&scene->slot.writers);
	INIT_LIST_HEAD(&scene->slot.clients);
	INIT_LIST_HEAD(&scene->slot.crowd);
	scene->slot.pollers = RB_ROOT_CACHED;
	init_waitqueue_head(&scene->slot.read_poll);
	refcount_set(&scene->slot.references, 1);
	scene->slot.queue_bytes = 1000;
	scene->slot.longest = 1000 - MAILSLOT_MESSAGE_COST;
	scene->slot.charged = 1000;
	scene->slot.room_wanted = MAILSLOT_ROOM_NOBODY;
	spin_lock(&scene->slot.lock);
	for (i = 0; i < CLIENTS; i++) {
		mailslot_poller_join(&scene->slot, &scene->clients[i]);
		listen(scene, &scene->listeners[i], &scene->clients[i].queue);
	}
	spin_unlock(&scene->slot.lock);
	test->priv = scene;
	return mailslot_pollers_init();
}

static void poller_exit(struct kunit *test)
{
	struct scene *scene = test->priv;

	mailslot_pollers_exit();
	KUNIT_EXPECT_EQ(test, refcount_read(&scene->slot.references), 1);
	KUNIT_EXPECT_TRUE(test, list_empty(&scene->slot.crowd));
}

static void want(struct scene *scene, unsigned int i, u64 need)
{
	spin_lock(&scene->slot.lock);
	mailslot_poller_want(&scene->slot, &scene->clients[i], need);
	spin_unlock(&scene->slot.lock);
}

static void leave(struct scene *scene, unsigned int i)
{
	spin_lock(&scene->slot.lock);
	mailslot_poller_leave(&scene->slot, &scene->clients[i]);
	spin_unlock(&scene->slot.lock);
}

static u64 least_need(struct scene *scene)
{
	u64 need;

	spin_lock(&scene->slot.lock);
	need = mailslot_pollers_least(&scene->slot);
	spin_unlock(&scene->slot.lock);
	return need;
}

static unsigned int count_woken(struct scene *scene)
{
	unsigned int i, count = 0;

	for (i = 0; i < CLIENTS; i++)
		count += scene->listeners[i].woken;
	return count;
}

static void smallest_need_first(struct kunit *test)
{
	struct scene *scene = test->priv;

	KUNIT_EXPECT_EQ(test, least_need(scene), MAILSLOT_ROOM_NOBODY);
	want(scene, 0, 300);
	want(scene, 1, 200);
	want(scene, 2, 100);
	want(scene, 3, 200);
	KUNIT_EXPECT_EQ(test, least_need(scene), 100);
	KUNIT_EXPECT_EQ(test, scene->slot.room_wanted, 100);
	/* With the same need as before it keeps its place, with another it has a new one. */
	want(scene, 1, 200);
	want(scene, 0, 250);
	scene->slot.charged = 1000 - 249;
	KUNIT_EXPECT_FALSE(test, wake_few(&scene->slot));
	KUNIT_EXPECT_EQ(test, scene->listeners[2].when, 1);
	KUNIT_EXPECT_EQ(test, scene->listeners[1].when, 2);
	KUNIT_EXPECT_EQ(test, scene->listeners[3].when, 3);
	KUNIT_EXPECT_EQ(test, scene->listeners[0].woken, 0);
	KUNIT_EXPECT_EQ(test, scene->listeners[1].events, number(EPOLLOUT | EPOLLWRNORM));
	KUNIT_EXPECT_EQ(test, least_need(scene), 250);
	/* Told once, and not again before it is refused once more. */
	scene->slot.charged = 0;
	mailslot_wake_client_pollers(&scene->slot);
	KUNIT_EXPECT_EQ(test, scene->listeners[0].woken, 1);
	mailslot_wake_client_pollers(&scene->slot);
	KUNIT_EXPECT_EQ(test, count_woken(scene), 4);
	KUNIT_EXPECT_EQ(test, least_need(scene), MAILSLOT_ROOM_NOBODY);
}

static void the_line_comes_first(struct kunit *test)
{
	struct scene *scene = test->priv;
	struct list_head writer;

	want(scene, 0, 10);
	scene->slot.charged = 0;
	list_add_tail(&writer, &scene->slot.writers);
	mailslot_wake_client_pollers(&scene->slot);
	KUNIT_EXPECT_EQ(test, count_woken(scene), 0);
	list_del(&writer);
	mailslot_wake_client_pollers(&scene->slot);
	KUNIT_EXPECT_EQ(test, count_woken(scene), 1);
}

/* Whoever makes room wakes a few; a work item wakes the rest, and each of them once. */
static void a_few_at_a_time(struct kunit *test)
{
	struct scene *scene = test->priv;
	unsigned int i;

	for (i = 0; i < CLIENTS; i++)
		want(scene, i, 1 + i % 2);
	scene->slot.charged = 0;
	KUNIT_EXPECT_TRUE(test, wake_few(&scene->slot));
	KUNIT_EXPECT_EQ(test, count_woken(scene), POLLERS_AT_ONCE);
	for (i = 0; i < CLIENTS; i++)
		KUNIT_EXPECT_EQ(test, scene->listeners[i].woken,
				i % 2 == 0 && i / 2 < POLLERS_AT_ONCE);
	mailslot_wake_client_pollers(&scene->slot);
	flush_workqueue(workers);
	for (i = 0; i < CLIENTS; i++)
		KUNIT_EXPECT_EQ(test, scene->listeners[i].woken, 1);
	KUNIT_EXPECT_EQ(test, least_need(scene), MAILSLOT_ROOM_NOBODY);
}

/* A wait queue with many entries is the work item's, and so is who comes after it. */
static void crowds_are_left(struct kunit *test)
{
	struct scene *scene = test->priv;
	unsigned int i;

	/* With that of the client itself there is one entry too many. */
	for (i = 0; i < CROWD - 1; i++)
		listen(scene, &scene->crowd[i], &scene->clients[1].queue);
	want(scene, 0, 10);
	want(scene, 1, 20);
	want(scene, 2, 30);
	scene->slot.charged = 0;
	KUNIT_EXPECT_TRUE(test, wake_few(&scene->slot));
	KUNIT_EXPECT_EQ(test, scene->wakeups, 1);
	KUNIT_EXPECT_EQ(test, scene->listeners[0].woken, 1);
	KUNIT_EXPECT_EQ(test, least_need(scene), 20);
	/* One entry less is no crowd. */
	remove_wait_queue(&scene->clients[1].queue, &scene->crowd[0].entry);
	KUNIT_EXPECT_FALSE(test, wake_few(&scene->slot));
	KUNIT_EXPECT_EQ(test, scene->wakeups, CROWD + 1);
	add_wait_queue(&scene->clients[1].queue, &scene->crowd[0].entry);
	want(scene, 1, 20);
	mailslot_wake_client_pollers(&scene->slot);
	flush_workqueue(workers);
	KUNIT_EXPECT_EQ(test, scene->wakeups, 2 * CROWD + 1);
	KUNIT_EXPECT_EQ(test, scene->crowd[0].woken, 1);
	KUNIT_EXPECT_EQ(test, scene->listeners[1].woken, 2);
}

/* At the slot's death all hear of it once, whether they waited for room or not. */
static void all_hear_of_death(struct kunit *test)
{
	struct scene *scene = test->priv;
	unsigned int i;

	want(scene, 0, 10);
	want(scene, 1, 2000);
	spin_lock(&scene->slot.lock);
	scene->slot.dead = true;
	spin_unlock(&scene->slot.lock);
	KUNIT_EXPECT_TRUE(test, wake_few(&scene->slot));
	KUNIT_EXPECT_EQ(test, count_woken(scene), POLLERS_AT_ONCE);
	/* Who is closed meanwhile, told or not, is in nobody's way. */
	leave(scene, 0);
	leave(scene, CLIENTS - 1);
	mailslot_wake_client_pollers(&scene->slot);
	flush_workqueue(workers);
	for (i = 0; i < CLIENTS - 1; i++) {
		KUNIT_EXPECT_EQ(test, scene->listeners[i].woken, 1);
		KUNIT_EXPECT_EQ(test, scene->listeners[i].events, number(EPOLLHUP | EPOLLERR));
	}
	KUNIT_EXPECT_EQ(test, scene->listeners[i].woken, 0);
	KUNIT_EXPECT_TRUE(test, RB_EMPTY_ROOT(&scene->slot.pollers.rb_root));
}

static void closed_ones_are_forgotten(struct kunit *test)
{
	struct scene *scene = test->priv;

	want(scene, 0, 10);
	want(scene, 1, 20);
	leave(scene, 0);
	leave(scene, 2);
	KUNIT_EXPECT_EQ(test, least_need(scene), 20);
	scene->slot.charged = 0;
	mailslot_wake_client_pollers(&scene->slot);
	KUNIT_EXPECT_EQ(test, count_woken(scene), 1);
	KUNIT_EXPECT_EQ(test, scene->listeners[1].woken, 1);
}

/* Those who poll the server end are woken at once if they are few. */
static void servers(struct kunit *test)
{
	struct scene *scene = test->priv;
	unsigned int i;

	mailslot_wake_server_pollers(&scene->slot);
	KUNIT_EXPECT_EQ(test, scene->wakeups, 0);
	for (i = 0; i < CROWD - 1; i++)
		listen(scene, &scene->crowd[i], &scene->slot.read_poll);
	mailslot_wake_server_pollers(&scene->slot);
	KUNIT_EXPECT_EQ(test, scene->wakeups, CROWD - 1);
	KUNIT_EXPECT_EQ(test, scene->crowd[0].events, number(EPOLLIN | EPOLLRDNORM));
	KUNIT_EXPECT_EQ(test, refcount_read(&scene->slot.references), 1);
	listen(scene, &scene->crowd[i], &scene->slot.read_poll);
	mailslot_wake_server_pollers(&scene->slot);
	flush_workqueue(workers);
	KUNIT_EXPECT_EQ(test, scene->wakeups, 2 * CROWD - 1);
	KUNIT_EXPECT_FALSE(test, scene->slot.crowd_servers);
}

/* Slots that are left to the work item are put there once, however often they are left. */
static void left_once(struct kunit *test)
{
	struct scene *scene = test->priv;
	struct mailslot_slot *next;
	bool told = false;

	/* With nobody to do the work yet. */
	spin_lock(&crowded_lock);
	mailslot_slot_get(&scene->slot);
	list_add_tail(&scene->slot.crowd, &crowded);
	spin_unlock(&crowded_lock);
	leave_to_work(&scene->slot, true);
	leave_to_work(&scene->slot, false);
	flush_workqueue(workers);
	KUNIT_EXPECT_EQ(test, refcount_read(&scene->slot.references), 1);
	next = next_crowded(&told);
	KUNIT_EXPECT_NULL(test, next);
	KUNIT_EXPECT_FALSE(test, told);
}

static struct kunit_case poller_cases[] = {
	KUNIT_CASE(smallest_need_first),
	KUNIT_CASE(the_line_comes_first),
	KUNIT_CASE(a_few_at_a_time),
	KUNIT_CASE(crowds_are_left),
	KUNIT_CASE(all_hear_of_death),
	KUNIT_CASE(closed_ones_are_forgotten),
	KUNIT_CASE(servers),
	KUNIT_CASE(left_once),
	{}
};

struct kunit_suite mailslot_poller_suite = {
	.name = "mailslot-poller",
	.init = poller_init,
	.exit = poller_exit,
	.test_cases = poller_cases,
};
