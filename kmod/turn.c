// SPDX-License-Identifier: GPL-2.0-only
/*
 * Jobs that a worker of the module does for its callers. The users take turns. A caller may get
 * hardly any processor time: if it did the job itself, under locks of the kernel, everybody would
 * wait for it. One user may have any number of callers, so a job of another user waits for at most
 * one job of each user.
 */
#include <linux/errno.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "turn.h"

static DEFINE_SPINLOCK(jobs_lock);
static LIST_HEAD(turns);	/* under jobs_lock: the users' turns, the next one first */
static struct workqueue_struct *queue;

/*
 * Take the first job of the user whose turn it is. If that user has more jobs, its next turn comes
 * last.
 */
static struct mailslot_job *next_job(void)
{
	struct mailslot_job *job = NULL;
	struct mailslot_turn *turn;

	spin_lock(&jobs_lock);
	turn = list_first_entry_or_null(&turns, struct mailslot_turn, link);
	if (turn) {
		job = list_first_entry(&turn->jobs, struct mailslot_job, link);
		list_del(&job->link);
		if (list_empty(&turn->jobs))
			list_del_init(&turn->link);
		else
			list_move_tail(&turn->link, &turns);
	}
	spin_unlock(&jobs_lock);
	return job;
}

static void run_jobs(struct work_struct *work)
{
	struct mailslot_job *job;

	while ((job = next_job())) {
		job->run(job);
		complete(&job->done);
	}
}

static DECLARE_WORK(work, run_jobs);

/**
 * mailslot_turn_run() - have a job done
 * @turn: the user's place
 * @job: with run set
 *
 * The job is on its list before the work is queued. If a worker looked at the list before that, it
 * is still running or has ended. In both cases queue_work() makes it run again, so no job is left
 * behind.
 *
 * Context: process context, sleeps until the job is done.
 */
void mailslot_turn_run(struct mailslot_turn *turn, struct mailslot_job *job)
{
	init_completion(&job->done);
	spin_lock(&jobs_lock);
	list_add_tail(&job->link, &turn->jobs);
	if (list_empty(&turn->link))
		list_add_tail(&turn->link, &turns);
	spin_unlock(&jobs_lock);
	queue_work(queue, &work);
	wait_for_completion(&job->done);
}

/**
 * mailslot_turns_init() - make the worker
 *
 * Context: process context, may sleep.
 * Return: 0 or -ENOMEM.
 */
int mailslot_turns_init(void)
{
	queue = alloc_workqueue("mailslot", WQ_UNBOUND | WQ_MEM_RECLAIM, 1);
	return queue ? 0 : -ENOMEM;
}

/**
 * mailslot_turns_exit() - end the worker, which has no jobs any more
 *
 * Context: process context, may sleep.
 */
void mailslot_turns_exit(void)
{
	destroy_workqueue(queue);
}
