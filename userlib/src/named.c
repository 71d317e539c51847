// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Objects with names: what events, semaphores and mutexes do with them.  Each call locks the
 * object's record, changes it, serves the line of those who wait, and writes the record
 * before the lock is dropped, so that nobody else can take what was granted.
 */
#include <string.h>

#include "door.h"
#include "line.h"
#include "named.h"
#include "owner.h"
#include "record.h"

struct named_place *named_place;

static struct record *begin(struct mailslot_named *named)
{
	return record_begin(named->state);
}

static void commit(struct mailslot_named *named, struct record *record)
{
	record_commit(record, named->state, named->fifo);
}

/* Might the wait that is looked at take the object?  Takes nothing. */
bool named_test(struct mailslot_named *named)
{
	struct record *record = begin(named);
	struct entry *entry;
	bool found;

	if (!record)
		return false;
	entry = line_find(record, named_place);
	owner_find_dead(named, record);
	found = record->count > 0 || (entry && entry->state == ENTRY_GRANTED);
	record_drop(named->state);
	return found;
}

/* Take the object for the wait of this entry, which may be NULL. */
static enum acquired take_for(struct mailslot_named *named, struct record *record,
			      struct entry *entry)
{
	bool granted = entry && entry->state == ENTRY_GRANTED;
	enum acquired result;

	if (entry && entry->state == ENTRY_TAKEN)
		return ACQUIRED_NOT;
	if ((!granted && record->count <= 0) || !owner_become(named, record))
		return ACQUIRED_NOT;
	if (!granted && !record->manual)
		record->count--;
	if (entry && entry->state != ENTRY_WAITS_FOR_ALL)
		entry->state = ENTRY_TAKEN;
	result = record->abandoned ? ACQUIRED_ABANDONED : ACQUIRED;
	record->abandoned = 0;
	if (entry != record->line)
		line_ring_first(record, named->uid);
	return result;
}

/* Take the object for the wait that is looked at. */
enum acquired named_take(struct mailslot_named *named)
{
	struct record *record = begin(named);
	enum acquired result;
	struct entry *entry;

	if (!record)
		return ACQUIRED_NOT;
	entry = line_find(record, named_place);
	if (!entry || entry->state != ENTRY_GRANTED) {
		int32_t count = record->count;

		owner_find_dead(named, record);
		if (record->count <= 0)
			line_find_dead_heirs(record, named->uid);
		if (record->count > count)
			line_serve_and_tell(record, named->uid, NULL);
		entry = line_find(record, named_place);
	}
	result = take_for(named, record, entry);
	if (named_place) {
		named_place->head = entry && entry == record->line;
		named_place->watches = named_place->head && record->owned;
	}
	commit(named, record);
	return result;
}

/* The mutex, or what a wait for all took, is free again. */
void named_untake(struct mailslot_named *named, bool abandoned)
{
	struct record *record = begin(named);

	if (!record) {
		owner_drop(named);
		return;
	}
	if (record->is_mutex) {
		record->owned = 0;
		record->abandoned = abandoned;
	}
	if (!record->manual && record->count < record->maximum)
		record->count++;
	line_serve_and_tell(record, named->uid, named_place);
	owner_drop(named);
	commit(named, record);
}

/* Add to the count.  An event that is set stays so; a semaphore has a maximum. */
DWORD named_post(struct mailslot_named *named, LONG count, LONG *previous)
{
	struct record *record = begin(named);
	DWORD error = ERROR_SUCCESS;

	if (!record)
		return ERROR_NO_SYSTEM_RESOURCES;
	if (previous)
		*previous = record->count;
	if (count > record->maximum - record->count)
		error = ERROR_TOO_MANY_POSTS;
	else
		record->count += count;
	line_serve_and_tell(record, named->uid, NULL);
	commit(named, record);
	return error;
}

void named_reset(struct mailslot_named *named)
{
	struct record *record = begin(named);

	if (!record)
		return;
	record->count = 0;
	commit(named, record);
}

/* Grant an event to the threads that wait now; to one only, unless the event is reset by hand. */
void named_pulse(struct mailslot_named *named)
{
	struct record *record = begin(named);

	if (!record)
		return;
	record->count = 1;
	line_serve(record, named->uid);
	record->count = 0;
	commit(named, record);
}

/* Does the FIFO say whether the object can be taken? */
bool named_is_polled(const struct mailslot_named *named)
{
	return strncmp(named->file, NAMED_MUTEX, strlen(NAMED_MUTEX));
}

/* Stand in line.  Return false and set errno if there is no room. */
bool named_enter(struct mailslot_named *named, struct thread *thread, bool all,
		 struct named_place *place)
{
	struct record *record;
	struct entry *entry;

	if (!door_open(thread, named->uid))
		return false;
	record = begin(named);
	if (!record)
		return false;
	owner_find_dead(named, record);
	entry = line_add(record, thread, all);
	if (!entry) {
		commit(named, record);
		errno = ENOSPC;
		return false;
	}
	place->ticket = entry->ticket;
	line_serve(record, named->uid);
	place->head = line_find(record, place) == record->line;
	place->watches = place->head && record->owned;
	commit(named, record);
	return true;
}

/*
 * Leave the line.  If the wait was granted the object and did not take it, the next wait gets it.
 */
void named_leave(struct mailslot_named *named, struct named_place *place)
{
	bool was_first, was_granted;
	struct record *record;
	struct entry *entry;

	if (!place->ticket)
		return;
	record = begin(named);
	if (!record)
		return;
	entry = line_find(record, place);
	if (entry) {
		was_first = entry == record->line;
		was_granted = entry->state == ENTRY_GRANTED;
		line_remove(record, entry);
		if (was_granted)
			line_serve_and_tell(record, named->uid, NULL);
		if (was_first)
			line_ring_first(record, named->uid);
	}
	place->ticket = 0;
	commit(named, record);
}
