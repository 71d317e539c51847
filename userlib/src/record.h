/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The state file of a named object.  The processes of a user share it: its layout is part
 * of what the library promises to older and newer versions of itself.
 */
#ifndef RECORD_H
#define RECORD_H

#include "thread.h"

#define RECORD_MOST_WAITS	1024

enum entry_state {
	ENTRY_WAITS,
	ENTRY_GRANTED,		/* the object is this wait's, to be taken */
	ENTRY_TAKEN,		/* the wait has taken the object */
	ENTRY_WAITS_FOR_ALL,	/* is never granted anything, but told when it might look */
};

/**
 * struct entry - a wait in the line
 * @ticket: which one; never 0
 * @state: an enum entry_state
 * @door: the name of the waiting thread's door
 */
struct entry {
	uint32_t ticket;
	uint32_t state;
	char door[THREAD_DOOR_SIZE];
};

/**
 * struct record - what the state file holds
 * @count: how often the object can be taken
 * @maximum: how often at most
 * @manual: taking the object does not count down
 * @is_mutex: whether it is one
 * @owned: of a mutex: a process has the FIFO open for writing
 * @abandoned: of a mutex: its owner ended with it
 * @readable: the FIFO holds a byte
 * @last_ticket: the ticket that was given last
 * @entries: how many waits are in @line
 * @line: the waits, in the order in which they began
 */
struct record {
	int32_t count;
	int32_t maximum;
	uint32_t manual;
	uint32_t is_mutex;
	uint32_t owned;
	uint32_t abandoned;
	uint32_t readable;
	uint32_t last_ticket;
	uint32_t entries;
	struct entry line[RECORD_MOST_WAITS];
};

/* All with lib_lock held.  There is one record at a time. */
struct record *record_new(void);
int record_store(struct record *record, int state, int fifo);
struct record *record_begin(int state);
void record_commit(struct record *record, int state, int fifo);
void record_drop(int state);

#endif /* RECORD_H */
