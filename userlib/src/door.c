// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Doors.  A thread that waits for a named object polls a FIFO of its own in the directory of
 * the user, and another process that has something for the thread writes a byte to the FIFO.
 * A FIFO that nobody reads cannot be opened for writing, so whoever rings a door learns
 * whether the thread's process is alive.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directory.h"
#include "door.h"

/*
 * Open the door as a caller does.  Return false if its process has ended; the name is removed then.
 */
static bool try_door(uid_t uid, const char *door, bool ring)
{
	int directory = directory_open(uid);
	bool open;
	int fd;

	if (directory < 0)
		return true;
	fd = directory_open_file(directory, door, O_WRONLY | O_NONBLOCK);
	open = fd >= 0 || (errno != ENXIO && errno != ENOENT);
	if (fd >= 0) {
		/* A FIFO that is full has been rung already. */
		if (ring)
			(void)!write(fd, "", 1);
		close(fd);
	} else if (!open) {
		unlinkat(directory, door, 0);
	}
	close(directory);
	return open;
}

/* Is the process behind the door alive? */
bool door_is_open(uid_t uid, const char *door)
{
	return try_door(uid, door, false);
}

/* End the wait of the thread whose door this is.  Return false if its process has ended. */
bool door_ring(uid_t uid, const char *door)
{
	return try_door(uid, door, true);
}

/* Remove the doors that processes left behind which were killed. */
static void sweep_doors(void)
{
	char path[DIRECTORY_PATH_SIZE];
	struct dirent *entry;
	DIR *directory;
	int fd;

	directory_path(path, geteuid());
	directory = opendir(path);
	while (directory && (entry = readdir(directory))) {
		if (strncmp(entry->d_name, "door-", 5))
			continue;
		fd = directory_open_file(dirfd(directory), entry->d_name, O_WRONLY | O_NONBLOCK);
		if (fd >= 0)
			close(fd);
		else if (errno == ENXIO)
			unlinkat(dirfd(directory), entry->d_name, 0);
	}
	if (directory)
		closedir(directory);
}

/*
 * Make the thread's door, when the thread waits for a named object for the first time.
 * False and errno on failure.
 */
bool door_open(struct thread *thread, uid_t uid)
{
	static unsigned int number;
	int directory, rc;

	if (thread->door_fd >= 0 && thread->door_uid == uid)
		return true;
	if (thread->door_fd >= 0) {
		errno = EACCES;
		return false;
	}
	directory = directory_lock(uid);
	if (directory < 0)
		return false;
	sweep_doors();
	/*
	 * A process of another container may have the same thread number, so count until the name
	 * is free.
	 */
	do {
		snprintf(thread->door, sizeof(thread->door), "door-%d-%u", (int)thread->id,
			 ++number);
		rc = mkfifoat(directory, thread->door, 0600);
	} while (rc && errno == EEXIST);
	if (!rc) {
		/*
		 * Open the FIFO for writing, too: without a writer it would hang up after each
		 * ring.
		 */
		thread->door_fd = directory_open_file(directory, thread->door,
						      O_RDWR | O_NONBLOCK);
		thread->door_uid = uid;
		if (thread->door_fd < 0)
			unlinkat(directory, thread->door, 0);
	}
	descriptor_close(directory);
	return thread->door_fd >= 0;
}

/* Take the rings that have come. */
void door_drain(struct thread *thread)
{
	char bytes[64];

	while (thread->door_fd >= 0 && read(thread->door_fd, bytes, sizeof(bytes)) > 0)
		;
}

/* Remove the door's name; the thread may still wait behind it. */
void door_forget(struct thread *thread)
{
	int directory = thread->door_fd < 0 ? -1 : directory_open(thread->door_uid);

	if (directory >= 0) {
		unlinkat(directory, thread->door, 0);
		close(directory);
	}
}

/* The thread has ended.  In a fork's child (@forked) the name is the parent's and stays. */
void door_close(struct thread *thread, bool forked)
{
	if (thread->door_fd < 0)
		return;
	if (!forked)
		door_forget(thread);
	close(thread->door_fd);
	thread->door_fd = -1;
}
