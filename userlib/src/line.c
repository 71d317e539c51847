// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The line of a named object.  A thread that adds to the object's count grants the object to the
 * waits in front, as far as the count goes.  If a wait, or its process, has ended without taking
 * what was granted, the grant goes to the next wait.
 */
#include <string.h>

#include "door.h"
#include "line.h"

/* The entry of a place, or NULL. */
struct entry *line_find(struct record *record, const struct named_place *place)
{
	for (uint32_t i = 0; place && place->ticket && i < record->entries; i++)
		if (record->line[i].ticket == place->ticket)
			return &record->line[i];
	return NULL;
}

/* Put the thread's wait last.  Return NULL if the line is full. */
struct entry *line_add(struct record *record, struct thread *thread, bool all)
{
	struct entry *entry;

	if (record->entries == RECORD_MOST_WAITS)
		return NULL;
	if (!++record->last_ticket)
		record->last_ticket++;
	entry = &record->line[record->entries++];
	memset(entry, 0, sizeof(*entry));
	entry->ticket = record->last_ticket;
	entry->state = all ? ENTRY_WAITS_FOR_ALL : ENTRY_WAITS;
	memcpy(entry->door, thread->door, sizeof(entry->door));
	return entry;
}

/* Take an entry out.  A grant that the entry did not take can be granted again. */
void line_remove(struct record *record, struct entry *entry)
{
	size_t i = (size_t)(entry - record->line);
	bool granted = entry->state == ENTRY_GRANTED;

	record->entries--;
	memmove(entry, entry + 1, (record->entries - i) * sizeof(*entry));
	if (granted && !record->manual && record->count < record->maximum)
		record->count++;
}

/* Take those out of the line that hold a grant and whose process has ended. */
void line_find_dead_heirs(struct record *record, uid_t uid)
{
	for (uint32_t i = 0; i < record->entries; i++) {
		struct entry *entry = &record->line[i];

		if (entry->state != ENTRY_GRANTED || door_is_open(uid, entry->door))
			continue;
		line_remove(record, entry);
		i--;
		record->abandoned |= record->is_mutex;
	}
}

/* Grant the object to the waits in front, as far as its count goes. */
void line_serve(struct record *record, uid_t uid)
{
	for (uint32_t i = 0; i < record->entries && record->count > 0; i++) {
		struct entry *entry = &record->line[i];

		if (entry->state != ENTRY_WAITS)
			continue;
		if (!door_ring(uid, entry->door)) {
			line_remove(record, entry);
			i--;
			continue;
		}
		entry->state = ENTRY_GRANTED;
		record->count -= !record->manual;
	}
}

/* The object was let go of: serve the line, and tell all waits for all but that of @but to look. */
void line_serve_and_tell(struct record *record, uid_t uid, const struct named_place *but)
{
	uint32_t ticket = but ? but->ticket : 0;

	line_serve(record, uid);
	for (uint32_t i = 0; i < record->entries && record->count > 0; i++) {
		struct entry *entry = &record->line[i];

		if (entry->state != ENTRY_WAITS_FOR_ALL || entry->ticket == ticket)
			continue;
		if (!door_ring(uid, entry->door)) {
			line_remove(record, entry);
			i--;
		}
	}
}

/* The first in a mutex's line watches the owner, which may be another process from now on. */
void line_ring_first(const struct record *record, uid_t uid)
{
	if (record->is_mutex && record->entries)
		door_ring(uid, record->line[0].door);
}
