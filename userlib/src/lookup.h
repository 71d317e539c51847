/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Slots in the file system, found whatever the case of their names.
 */
#ifndef LOOKUP_H
#define LOOKUP_H

#include <limits.h>

#include "name.h"

enum lookup_result {
	LOOKUP_FREE,		/* nothing of that name */
	LOOKUP_SLOT,		/* a device node */
	LOOKUP_OCCUPIED,	/* a directory of slots, or below a slot, or no device */
};

/* Room for the path of any slot (home.h). */
#define LOOKUP_PATH_SIZE PATH_MAX

void lookup_path(const char *name, char path[LOOKUP_PATH_SIZE]);
void lookup_made(const char *name);
bool lookup_opened(int fd, struct mailslot_info *info);
enum lookup_result lookup_slot(const char *name, char path[LOOKUP_PATH_SIZE]);

#endif /* LOOKUP_H */
