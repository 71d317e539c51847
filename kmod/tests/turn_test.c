// SPDX-License-Identifier: GPL-2.0-only
/* KUnit: jobs of several users, of which the worker does one at a time and the users in turn. */
#include <linux/delay.h>
#include <linux/kthread.h>

#include "../turn.c"
#include "suites.h"

enum { ALICE, BOB, CAROL, USERS };

#define CALLERS	6

struct caller {
	struct mailslot_job job;
	struct mailslot_turn *turn;
	struct turns *turns;
	char letter;
};

struct turns {
	struct mailslot_turn users[USERS];
	struct caller first, callers[CALLERS];
	struct completion go_on;
	char order[CALLERS + 1];	/* the letters of the jobs that were run */
	unsigned int count;
	atomic_t running, most;		/* jobs at one time */
};

static void job_run(struct mailslot_job *job)
{
	struct caller *caller = container_of(job, struct caller, job);
	struct turns *state = caller->turns;
	int running = atomic_inc_return(&state->running);

	if (running > atomic_read(&state->most))
		atomic_set(&state->most, running);
	if (caller == &state->first)
		wait_for_completion(&state->go_on);
	else
		state->order[state->count++] = caller->letter;
	atomic_dec(&state->running);
}

static int call(void *data)
{
	struct caller *caller = data;

	mailslot_turn_run(caller->turn, &caller->job);
	while (!kthread_should_stop())
		usleep_range(1000, 2000);
	return 0;
}

static struct task_struct *start(struct turns *state, struct caller *caller, unsigned int user,
				 char letter)
{
	caller->turns = state;
	caller->turn = &state->users[user];
	caller->job.run = job_run;
	caller->letter = letter;
	return kthread_run(call, caller, "mailslot-caller");
}

/* Wait until the user has that many jobs that are not begun. */
static bool has_jobs(struct mailslot_turn *turn, size_t count)
{
	unsigned int tries = 0;
	bool there = false;

	while (!there && tries++ < 5000) {
		spin_lock(&jobs_lock);
		there = list_count_nodes(&turn->jobs) == count;
		spin_unlock(&jobs_lock);
		if (!there)
			usleep_range(1000, 2000);
	}
	return there;
}

static bool is_running(struct turns *state)
{
	unsigned int tries = 0;

	while (!atomic_read(&state->running) && tries++ < 5000)
		usleep_range(1000, 2000);
	return atomic_read(&state->running);
}

/* Three jobs of one user's, who was first, make another's wait for one of them only. */
static void users_in_turn(struct kunit *test)
{
	static const struct { unsigned int user, jobs; char letter; } calls[CALLERS] = {
		{ ALICE, 1, 'a' }, { ALICE, 2, 'b' }, { ALICE, 3, 'c' },
		{ BOB, 1, 'd' }, { CAROL, 1, 'e' }, { CAROL, 2, 'f' },
	};
	struct turns *state = kunit_kzalloc(test, sizeof(*state), GFP_KERNEL);
	struct task_struct *tasks[CALLERS], *first;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, state);
	KUNIT_ASSERT_EQ(test, mailslot_turns_init(), 0);
	init_completion(&state->go_on);
	for (i = 0; i < USERS; i++)
		mailslot_turn_init(&state->users[i]);
	first = start(state, &state->first, BOB, '-');
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, first);
	KUNIT_EXPECT_TRUE(test, is_running(state));
	for (i = 0; i < CALLERS; i++) {
		tasks[i] = start(state, &state->callers[i], calls[i].user, calls[i].letter);
		KUNIT_ASSERT_NOT_ERR_OR_NULL(test, tasks[i]);
		KUNIT_EXPECT_TRUE(test, has_jobs(&state->users[calls[i].user], calls[i].jobs));
	}
	KUNIT_EXPECT_EQ(test, state->count, 0);
	complete(&state->go_on);
	/* Each returns when its job is done, and no sooner. */
	kthread_stop(first);
	for (i = 0; i < CALLERS; i++)
		kthread_stop(tasks[i]);
	KUNIT_EXPECT_STREQ(test, state->order, "adebfc");
	KUNIT_EXPECT_EQ(test, atomic_read(&state->most), 1);
	for (i = 0; i < USERS; i++)
		KUNIT_EXPECT_TRUE(test, list_empty(&state->users[i].link));
	KUNIT_EXPECT_TRUE(test, list_empty(&turns));
	mailslot_turns_exit();
}

static struct kunit_case turn_cases[] = {
	KUNIT_CASE(users_in_turn),
	{}
};

struct kunit_suite mailslot_turn_suite = {
	.name = "mailslot-turn",
	.test_cases = turn_cases,
};
