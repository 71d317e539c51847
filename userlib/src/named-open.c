// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The life of a name: a FIFO and a state file each, in the directory of the user.
 *
 * A name is alive while a process holds a shared lock (flock) on the FIFO, which the kernel
 * drops with the last descriptor, and dead if the exclusive lock can be had.  All who look
 * for life do so under the directory's own lock.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directory.h"
#include "named-open.h"
#include "owner.h"
#include "record.h"

#define SUFFIX	".state"

static struct list all_named = { &all_named, &all_named };

/* Does anyone live have it open?  With the directory locked. */
static bool is_alive(int fifo)
{
	return flock(fifo, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;
}

static void state_name(const struct mailslot_named *named, char *file)
{
	snprintf(file, NAMED_FILE_SIZE + sizeof(SUFFIX), "%s%s", named->file, SUFFIX);
}

static void remove_files(int directory, const struct mailslot_named *named)
{
	char state[NAMED_FILE_SIZE + sizeof(SUFFIX)];

	state_name(named, state);
	unlinkat(directory, named->file, 0);
	unlinkat(directory, state, 0);
}

/*
 * The FIFO of a mutex is open for reading only: a writer that does not own the mutex would
 * keep the FIFO from saying that the owner has ended.
 */
static int open_fifo(int directory, const char *file)
{
	int mode = strncmp(file, NAMED_MUTEX, strlen(NAMED_MUTEX)) ? O_RDWR : O_RDONLY;

	return directory_open_file(directory, file, mode | O_NONBLOCK);
}

static int open_state(int directory, struct mailslot_named *named, int flags)
{
	char state[NAMED_FILE_SIZE + sizeof(SUFFIX)];

	state_name(named, state);
	named->state = directory_open_file(directory, state, O_RDWR | flags);
	return named->state < 0 ? -1 : 0;
}

static int make_files(int directory, struct mailslot_named *named,
		      const struct mailslot_named_new *new)
{
	struct record *record;

	remove_files(directory, named);
	if (mkfifoat(directory, named->file, 0600) ||
	    open_state(directory, named, O_CREAT | O_EXCL))
		return -1;
	named->fifo = open_fifo(directory, named->file);
	if (named->fifo < 0)
		return -1;
	record = record_new();
	record->count = new->count;
	record->maximum = new->maximum;
	record->manual = !!new->manual;
	record->is_mutex = !!new->owned;
	if (!record->count && !owner_become(named, record))
		return -1;
	return record_store(record, named->state, named->fifo);
}

static void close_files(struct mailslot_named *named)
{
	descriptor_close(named->fifo);
	descriptor_close(named->state);
	descriptor_close(named->writer);
}

static int open_files(int directory, struct mailslot_named *named,
		      const struct mailslot_named_new *new, bool *existed)
{
	named->fifo = open_fifo(directory, named->file);
	*existed = named->fifo >= 0 && is_alive(named->fifo);
	if (!*existed) {
		if (named->fifo >= 0 || errno == ENOENT) {
			descriptor_close(named->fifo);
			named->fifo = -1;
			errno = ENOENT;
		}
		if (errno != ENOENT)
			return -1;
		if (!new) {
			remove_files(directory, named);
			errno = ENOENT;
			return -1;
		}
	}
	if (*existed ? open_state(directory, named, 0) : make_files(directory, named, new))
		return -1;
	return flock(named->fifo, LOCK_SH);
}

static struct mailslot_named *named_alloc(const char *kind, const char *file)
{
	struct mailslot_named *named = malloc(sizeof(*named));

	if (!named) {
		errno = ENOMEM;
		return NULL;
	}
	list_init(&named->link);
	named->fifo = -1;
	named->state = -1;
	named->writer = -1;
	named->uid = geteuid();
	snprintf(named->file, sizeof(named->file), "%s-%s", kind, file);
	return named;
}

/*
 * Note in the record that the object is open, and learn its kind.  Return false if there is no
 * record.
 */
static bool enlist(struct mailslot_named *named)
{
	struct record *record = record_begin(named->state);

	if (!record)
		return false;
	named->manual = record->manual;
	list_append(&all_named, &named->link);
	record_commit(record, named->state, named->fifo);
	return true;
}

/**
 * named_open() - open the object of a name, or make it
 * @kind: "event", "semaphore", "mutex"
 * @file: from event_name_encode()
 * @new: what a new object shall be; NULL: the object must exist
 * @existed: set to whether the object was there
 *
 * Return: NULL and errno on failure; ENOENT: there is none.
 */
struct mailslot_named *named_open(const char *kind, const char *file,
				  const struct mailslot_named_new *new, bool *existed)
{
	struct mailslot_named *named = named_alloc(kind, file);
	int directory, err;
	bool opened;

	if (!named)
		return NULL;
	directory = directory_lock(named->uid);
	*existed = true;
	opened = directory >= 0 && !open_files(directory, named, new, existed) && enlist(named);
	if (!opened) {
		close_files(named);
		if (!*existed) {
			err = errno;
			remove_files(directory, named);
			errno = err;
		}
	}
	descriptor_close(directory);
	if (!opened) {
		free(named);
		return NULL;
	}
	return named;
}

/*
 * Return the name of an object whose FIFO was inherited, or NULL if the descriptor is of another
 * kind.
 */
struct mailslot_named *named_recover(int fd, const char *kind)
{
	char path[DIRECTORY_PATH_SIZE], target[DIRECTORY_PATH_SIZE + NAMED_FILE_SIZE + 1];
	size_t length, prefix = strlen(kind) + 1;
	const char *file;
	struct stat st;
	bool existed;

	if (fstat(fd, &st) || !S_ISFIFO(st.st_mode) || st.st_uid != geteuid())
		return NULL;
	if (!descriptor_target(fd, target, sizeof(target)))
		return NULL;
	directory_path(path, geteuid());
	length = strlen(path);
	file = target + length + 1;
	if (strncmp(target, path, length) || target[length] != '/' ||
	    strncmp(file, kind, prefix - 1) || file[prefix - 1] != '-' ||
	    strlen(file + prefix) >= EVENT_NAME_SIZE)
		return NULL;
	return named_open(kind, file + prefix, NULL, &existed);
}

/* Let go of the object: the last process to do so removes the name. */
void named_close(struct mailslot_named *named)
{
	int directory = directory_lock(named->uid), fifo;

	list_remove(&named->link);
	close_files(named);
	fifo = directory < 0 ? -1 : open_fifo(directory, named->file);
	if (fifo >= 0) {
		if (!is_alive(fifo))
			remove_files(directory, named);
		close(fifo);
	}
	if (directory >= 0)
		close(directory);
	free(named);
}

/* The name without the kind. */
const char *named_file(const struct mailslot_named *named)
{
	return strchr(named->file, '-') + 1;
}

/*
 * A lock belongs to the open file, which parent and child share, so the child opens the state files
 * anew.  The child does not own what the parent owns.
 */
void named_fork_child(void)
{
	struct list *pos, *next;
	char path[32];
	int fd;

	list_for_each(pos, next, &all_named) {
		struct mailslot_named *named = container_of(pos, struct mailslot_named, link);

		snprintf(path, sizeof(path), "/proc/self/fd/%d", named->state);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0) {
			dup3(fd, named->state, O_CLOEXEC);
			close(fd);
		}
		owner_drop(named);
	}
}
