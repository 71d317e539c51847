// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Nodes in /dev/mailslot: whether they are slots', and whether there is a module.
 */
#include <string.h>
#include <sys/sysmacros.h>

#include "node.h"

/* The major number of slots' nodes, or 0. */
static unsigned int slots_major(void)
{
	unsigned int major = 0, number;
	FILE *file = fopen("/proc/devices", "re");
	char line[128], name[64];

	if (!file)
		return 0;
	while (!major && fgets(line, sizeof(line), file)) {
		if (!strcmp(line, "Block devices:\n"))
			break;
		if (sscanf(line, "%u %63s", &number, name) == 2 && !strcmp(name, "mailslot"))
			major = number;
	}
	fclose(file);
	return major;
}

bool node_module_loaded(void)
{
	return slots_major();
}

void node_no_module(void)
{
	fail(EXIT_NO_MODULE, "the mailslot module is not loaded: 'mailslot load' loads it");
}

/* Return in words what kind of file this is; NULL for a device that may be a slot. */
const char *node_kind(const struct stat *st)
{
	switch (st->st_mode & S_IFMT) {
	case S_IFREG:
		return "a regular file";
	case S_IFDIR:
		return "a directory";
	case S_IFIFO:
		return "a FIFO";
	case S_IFLNK:
		return "a symbolic link";
	case S_IFSOCK:
		return "a socket";
	case S_IFBLK:
		return "a block device";
	default:
		return major(st->st_rdev) == slots_major() ? NULL : "another device";
	}
}
