// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The record of a named object: read under the lock of its state file, changed in memory, and
 * written back in one piece before the lock is dropped.
 */
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "directory.h"
#include "record.h"

/* The record of the object whose file is locked, and what it was when it was read. */
static struct record now, before;

static size_t record_size(const struct record *record)
{
	return offsetof(struct record, line) + record->entries * sizeof(struct entry);
}

/* An empty record, for record_store(). */
struct record *record_new(void)
{
	memset(&now, 0, offsetof(struct record, line));
	return &now;
}

/* Lock the state file and read it.  Return NULL if that fails, or if the file holds no record. */
struct record *record_begin(int state)
{
	if (directory_lock_file(state))
		return NULL;
	record_new();
	if (pread(state, &now, sizeof(now), 0) >= (ssize_t)offsetof(struct record, line) &&
	    now.entries <= RECORD_MOST_WAITS) {
		memcpy(&before, &now, record_size(&now));
		return &now;
	}
	record_drop(state);
	return NULL;
}

/* Make the FIFO readable while the object can be taken, for threads that poll the FIFO. */
static void show(struct record *record, int fifo)
{
	uint32_t readable = record->count > 0 && !record->is_mutex;
	char byte;

	if (readable == record->readable)
		return;
	record->readable = readable;
	if (readable)
		(void)!write(fifo, "", 1);
	else
		(void)!read(fifo, &byte, 1);
}

/* Write a new object's record.  -1: failed. */
int record_store(struct record *record, int state, int fifo)
{
	ssize_t size;

	show(record, fifo);
	size = (ssize_t)record_size(record);
	return pwrite(state, record, (size_t)size, 0) == size ? 0 : -1;
}

/* Write the record in one piece: a process that is killed before that has changed nothing. */
void record_commit(struct record *record, int state, int fifo)
{
	show(record, fifo);
	if (memcmp(&before, record, record_size(record)))
		(void)!pwrite(state, record, record_size(record), 0);
	record_drop(state);
}

/* Drop the lock without writing. */
void record_drop(int state)
{
	flock(state, LOCK_UN);
}
