// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The names in a directory of the kernel's, of which some come and go.  The kernel keeps its place
 * in such a directory by the entry that it told last; when that entry goes just then, it may leave
 * out the next one or tell it again (kernfs, 6.1 to 7.3).  So the directory is read until one
 * reading brings no new name.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "entries.h"

static int by_text(const void *one, const void *other)
{
	return strcmp(*(char *const *)one, *(char *const *)other);
}

static void add(struct entries *entries, const char *name)
{
	if (entries->count == entries->room) {
		entries->room = entries->room ? 2 * entries->room : 64;
		entries->names = must_allocate(entries->names,
					       entries->room * sizeof(*entries->names));
	}
	entries->names[entries->count] = strcpy(must_allocate(NULL, strlen(name) + 1), name);
	entries->count++;
}

/* Put the names in order, and keep each name once. */
static void unite(struct entries *entries)
{
	size_t kept = 0;

	if (entries->count)
		qsort(entries->names, entries->count, sizeof(*entries->names), by_text);
	for (size_t i = 0; i < entries->count; i++) {
		if (kept && !strcmp(entries->names[kept - 1], entries->names[i]))
			free(entries->names[i]);
		else
			entries->names[kept++] = entries->names[i];
	}
	entries->count = kept;
}

/* All names but the hidden ones, in the order of their bytes. */
void entries_read(struct entries *entries, DIR *directory)
{
	struct dirent *entry;
	size_t before;

	*entries = (struct entries){ 0 };
	do {
		before = entries->count;
		rewinddir(directory);
		while ((entry = readdir(directory)))
			if (entry->d_name[0] != '.')
				add(entries, entry->d_name);
		unite(entries);
	} while (entries->count > before);
}

void entries_free(struct entries *entries)
{
	for (size_t i = 0; i < entries->count; i++)
		free(entries->names[i]);
	free(entries->names);
}
