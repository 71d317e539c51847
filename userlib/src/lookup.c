// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Where a slot's node is.  The library creates slots under folded names, and the
 * kernel keeps those apart; a native program may have used other cases, which takes
 * reading the directories.
 */
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "home.h"
#include "lookup.h"

/* The path of the node that a slot of exactly this name has. */
void lookup_path(const char *name, char path[LOOKUP_PATH_SIZE])
{
	size_t length = strlen(home_directory());

	memcpy(path, home_directory(), length);
	path[length] = '/';
	memcpy(path + length + 1, name, strlen(name) + 1);
}

/*
 * Look for @rest (folded) below the directory @fd, which it closes; @path, of @used
 * bytes, is the directory's.  Several directories may match a component: all are tried.
 */
static enum lookup_result walk(int fd, const char *rest, char *path, size_t used)
{
	enum lookup_result result = LOOKUP_FREE, below;
	size_t length = strcspn(rest, "/"), n;
	bool last = !rest[length];
	struct dirent *entry;
	struct stat st;
	DIR *dir;
	int sub;

	dir = fdopendir(fd);
	if (!dir) {
		close(fd);
		return LOOKUP_FREE;
	}
	while (result != LOOKUP_SLOT && (entry = readdir(dir))) {
		if (!name_matches(entry->d_name, rest, length) ||
		    fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		n = strlen(entry->d_name);
		if (used + 1 + n >= LOOKUP_PATH_SIZE)
			continue;
		path[used] = '/';
		memcpy(path + used + 1, entry->d_name, n + 1);
		if (last && S_ISCHR(st.st_mode)) {
			result = LOOKUP_SLOT;
		} else if (last || !S_ISDIR(st.st_mode)) {
			result = LOOKUP_OCCUPIED;
		} else {
			sub = openat(fd, entry->d_name,
				     O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
			below = sub < 0 ? LOOKUP_FREE :
					  walk(sub, rest + length + 1, path, used + 1 + n);
			if (below != LOOKUP_FREE)
				result = below;
		}
	}
	closedir(dir);
	return result;
}

/**
 * lookup_slot() - find a slot's node whatever the case of its name
 * @name: the folded name
 * @path: set to the node's path when the result is LOOKUP_SLOT
 */
enum lookup_result lookup_slot(const char *name, char path[LOOKUP_PATH_SIZE])
{
	int fd = descriptor_open(home_directory(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return LOOKUP_FREE;
	strcpy(path, home_directory());
	return walk(fd, name, path, strlen(path));
}
