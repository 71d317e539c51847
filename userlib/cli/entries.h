/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The names in a directory of the kernel's, of which some come and go. */
#ifndef ENTRIES_H
#define ENTRIES_H

#include <dirent.h>
#include <stddef.h>

struct entries {
	char **names;
	size_t count;
	size_t room;
};

void entries_read(struct entries *entries, DIR *directory);
void entries_free(struct entries *entries);

#endif /* ENTRIES_H */
