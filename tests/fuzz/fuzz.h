/* SPDX-License-Identifier: GPL-2.0-only */
/* The process that kmod/ runs in: its tasks, memory and files.  shim.h is kmod's side of it. */
#ifndef FUZZ_H
#define FUZZ_H

#include "shim.h"

/* Tasks asleep below one another, and the running one: a line longer than is served at once. */
#define SHIM_TASKS	20
#define SHIM_FILES	24
#define SHIM_ENTRIES	48

/* Each task's own memory, all at one address. */
#define ARENA_BASE	0x10000UL
#define ARENA_PAGES	8
#define ARENA_SIZE	(ARENA_PAGES * PAGE_SIZE)
#define USER_END	0x7ffffffff000UL

enum page_state {
	PAGE_THERE,
	PAGE_READ_ONLY,
	PAGE_ABSENT,
	PAGE_SWAPPED,		/* there after a page fault */
	PAGE_STUCK,		/* likewise, and other calls run meanwhile */
	PAGE_CHANGING,		/* every byte changes once it has been read */
	PAGE_STATES
};

struct arena {
	u8 memory[ARENA_SIZE];
	enum page_state pages[ARENA_PAGES];
};

/* Somebody polls a file. */
struct entry {
	struct list_head link;		/* on a wait queue, if there is a file */
	struct file *file;
	bool woken;
};

struct mailslot_slot;

struct shim {
	struct task_struct tasks[SHIM_TASKS];
	struct task_struct worker;
	struct arena arenas[SHIM_TASKS];
	struct entry entries[SHIM_ENTRIES];
	unsigned int entry;		/* the next to be used */
	struct work_struct *work, *last_work;	/* pending */
	struct file *files[SHIM_FILES];
	bool taken[SHIM_FILES];
	const struct file_operations *control_fops;
	struct shrinker *shrinker;
	s64 now;
	bool resched;			/* others run where a task offers it */
	int rescheduled;		/* tasks that did, and have not run again */
	unsigned int fail_alloc;	/* the how manieth allocation fails; 0: none */
	long allocated;
	int spinlocks, faults_off, rcu, working;
	int namespaces;			/* references of any */
	unsigned int received;		/* of a ring, since the last look at its head */
	bool window;
	unsigned long window_begin, window_end;
};

extern struct shim shim;

/* Of fuzz-module.c. */
void shim_slot_made(struct mailslot_slot *slot);

/* Of ring-judge.c: the memory that is mapped there goes. */
void shim_unmapped(unsigned int area);

bool shim_alloc_fails(gfp_t gfp);

/* Of pages.c: memory is mapped in areas, of which one is taken again after all others. */
#define SHIM_AREAS	64

unsigned int shim_area(const void *address);
void shim_pages_reset(void);

struct file *shim_file(const struct file_operations *ops, void *data, unsigned int flags);

#endif /* FUZZ_H */
