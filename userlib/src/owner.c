// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Owners of mutexes with names.  The process that owns a mutex has its FIFO open for writing;
 * when the process ends, the FIFO hangs up.
 */
#include <fcntl.h>
#include <unistd.h>

#include "directory.h"
#include "owner.h"

/*
 * Make this process own the object, if it is a mutex.  Return false if the FIFO cannot be opened.
 */
bool owner_become(struct mailslot_named *named, struct record *record)
{
	int directory;

	if (!record->is_mutex)
		return true;
	directory = directory_open(named->uid);
	if (directory >= 0)
		named->writer = directory_open_file(directory, named->file,
						    O_WRONLY | O_NONBLOCK);
	descriptor_close(directory);
	record->owned = named->writer >= 0;
	return record->owned;
}

/* See whether the process that owned the mutex ended while it owned the mutex. */
void owner_find_dead(struct mailslot_named *named, struct record *record)
{
	char byte;

	if (!record->owned || named->writer >= 0 || read(named->fifo, &byte, 1))
		return;
	record->owned = 0;
	record->abandoned = 1;
	record->count = 1;
}

/* The mutex does not belong to this process any more. */
void owner_drop(struct mailslot_named *named)
{
	if (named->writer >= 0)
		close(named->writer);
	named->writer = -1;
}
