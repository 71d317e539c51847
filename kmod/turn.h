/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Jobs that a worker of the module does for its callers, one at a time, while the users take turns.
 * A job takes locks of the kernel that others need, or keeps a thread of the kernel busy.
 */
#ifndef MAILSLOT_TURN_H
#define MAILSLOT_TURN_H

#include <linux/completion.h>
#include <linux/list.h>

/* A user's place among all users. */
struct mailslot_turn {
	struct list_head link;	/* under jobs_lock: the list of users who have jobs */
	struct list_head jobs;	/* under jobs_lock: in the order they came */
};

/* A job is on the stack of its caller, who waits. */
struct mailslot_job {
	struct list_head link;	/* under jobs_lock */
	void (*run)(struct mailslot_job *job);
	struct completion done;
};

static inline void mailslot_turn_init(struct mailslot_turn *turn)
{
	INIT_LIST_HEAD(&turn->link);
	INIT_LIST_HEAD(&turn->jobs);
}

void mailslot_turn_run(struct mailslot_turn *turn, struct mailslot_job *job);
int mailslot_turns_init(void);
void mailslot_turns_exit(void);

#endif
