// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Lookup of a slot's node. The library creates slots under folded names, and the kernel keeps
 * folded names apart; a native program may have used other cases, so the directories must be read
 * to find its slots.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
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
 * The directory of an instance that this thread has read whole last, all of whose names are in
 * folded letters: a slot has its folded name there or none. The size of such a directory counts
 * each name that comes, so what is known holds while the size is the same. Otherwise each of many
 * slots in one directory would cost a look at all that are there.
 */
static _Thread_local struct {
	bool known;
	dev_t device;
	ino_t inode;
	off_t size;
} folded_directory;

/* A size of 0 tells nothing: a module that does not count leaves it so. */
static bool is_folded(const struct stat *st)
{
	return folded_directory.known && folded_directory.device == st->st_dev &&
	       folded_directory.inode == st->st_ino && st->st_size &&
	       folded_directory.size == st->st_size;
}

/* Read all names of the directory, of which @st was told before. */
static void learn(int fd, const struct stat *st)
{
	struct dirent *entry;
	struct statfs fs;
	bool folded = true;
	DIR *dir;

	folded_directory.known = false;
	if (fstatfs(fd, &fs) || fs.f_type != MAILSLOT_SUPER_MAGIC)
		return;
	fd = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	errno = 0;
	while (folded && (entry = readdir(dir)))
		folded = name_matches(entry->d_name, entry->d_name, strlen(entry->d_name));
	folded_directory.known = folded && !errno;
	closedir(dir);
	folded_directory.device = st->st_dev;
	folded_directory.inode = st->st_ino;
	folded_directory.size = st->st_size;
}

/* Can a slot in this directory have no other name than a folded one? */
static bool names_are_folded(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return false;
	if (!is_folded(&st))
		learn(fd, &st);
	return is_folded(&st);
}

/**
 * lookup_made() - this thread has made a slot
 * @name: its folded name, of which lookup_slot() has said that it is free
 *
 * If no other entry has come to the slot's directory since, the cached contents of the directory
 * are still valid.
 */
void lookup_made(const char *name)
{
	char path[LOOKUP_PATH_SIZE];
	struct stat st;

	if (!folded_directory.known)
		return;
	lookup_path(name, path);
	*strrchr(path, '/') = '\0';
	if (!stat(path, &st) && st.st_dev == folded_directory.device &&
	    st.st_ino == folded_directory.inode && st.st_size == folded_directory.size + 1)
		folded_directory.size++;
}

/*
 * Is there a slot below a directory? An instance's directory in which there is none is about to go
 * if a CREATE made it, and CREATE lets it go if it has the slot's very name.
 */
static bool holds_slots(int parent, const char *name)
{
	struct mailslot_list_entry entry;
	struct mailslot_list list = {
		.entries = (uintptr_t)&entry, .count = 1, .entry_size = sizeof(entry),
	};
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), told;

	if (fd < 0)
		return errno != ENOENT;
	told = ioctl(fd, MAILSLOT_IOC_LIST, &list);
	close(fd);
	/* What cannot be listed, as in /dev, is taken for a directory of slots. */
	return told != 0;
}

/* What an entry of the slot's own name is to the slot. */
static enum lookup_result judge(int parent, const char *name, const struct stat *st)
{
	if (S_ISCHR(st->st_mode))
		return LOOKUP_SLOT;
	return S_ISDIR(st->st_mode) && !holds_slots(parent, name) ? LOOKUP_FREE : LOOKUP_OCCUPIED;
}

/* Look for the one name that a slot can have, and close the directory. */
static enum lookup_result look_at(int fd, const char *name, char *path, size_t used)
{
	enum lookup_result result = LOOKUP_FREE;
	struct stat st;

	if (!fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW)) {
		path[used] = '/';
		strcpy(path + used + 1, name);
		result = judge(fd, name, &st);
	}
	close(fd);
	return result;
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

	if (last && used + 1 + length < LOOKUP_PATH_SIZE && names_are_folded(fd))
		return look_at(fd, rest, path, used);
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
		if (last) {
			below = judge(fd, entry->d_name, &st);
			if (below != LOOKUP_FREE)
				result = below;
		} else if (!S_ISDIR(st.st_mode)) {
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

/**
 * lookup_opened() - is the descriptor a client end, and of the slot whose node it was opened by?
 * @fd: the descriptor
 * @info: set to what the slot is, when there is one
 */
bool lookup_opened(int fd, struct mailslot_info *info)
{
	struct stat st;

	return ioctl(fd, MAILSLOT_IOC_GET_INFO, info) >= 0 &&
	       !(info->flags & MAILSLOT_INFO_SERVER) && !fstat(fd, &st) &&
	       S_ISCHR(st.st_mode) && st.st_rdev == makedev(info->dev_major, info->dev_minor);
}
