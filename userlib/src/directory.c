// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The directory of a user's named objects.  All processes of the user find the same one,
 * and nobody else may write to it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "directory.h"

/* The places where the directory may be.  All processes use the first one that exists. */
static const char *const bases[] = { "/dev/shm", "/tmp" };

void directory_path(char path[DIRECTORY_PATH_SIZE], uid_t uid)
{
	size_t i = faccessat(AT_FDCWD, bases[0], W_OK, AT_EACCESS) ? 1 : 0;

	snprintf(path, DIRECTORY_PATH_SIZE, "%s/mailslot-objects-%u", bases[i], (unsigned int)uid);
}

/* Open a file of the directory; interruptions and the soft limit of descriptors do not count. */
int directory_open_file(int directory, const char *file, int flags)
{
	int fd;

	do {
		fd = openat(directory, file, flags | O_NOFOLLOW | O_CLOEXEC, 0600);
	} while (fd < 0 && (errno == EINTR || descriptor_make_room(errno)));
	return fd;
}

/* Take the file's exclusive lock. */
int directory_lock_file(int fd)
{
	int rc;

	do {
		rc = flock(fd, LOCK_EX);
	} while (rc && errno == EINTR);
	return rc;
}

/*
 * Open a user's directory, and make it if it is missing.  A process that has become another
 * user since it opened a name fails with EACCES.
 */
int directory_open(uid_t uid)
{
	char path[DIRECTORY_PATH_SIZE];
	struct stat st;
	int fd;

	if (uid != geteuid()) {
		errno = EACCES;
		return -1;
	}
	directory_path(path, uid);
	if (mkdir(path, 0700) && errno != EEXIST)
		return -1;
	fd = directory_open_file(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0) {
		/* A file or a link in its place does not mean that the object is missing. */
		if (errno == ENOTDIR || errno == ELOOP)
			errno = EACCES;
		return -1;
	}
	if (fstat(fd, &st) || st.st_uid != uid || st.st_mode & 022) {
		close(fd);
		errno = EACCES;
		return -1;
	}
	return fd;
}

/* Open the directory and take its lock, which is released when the descriptor is closed. */
int directory_lock(uid_t uid)
{
	int fd = directory_open(uid);

	if (fd >= 0 && directory_lock_file(fd)) {
		descriptor_close(fd);
		return -1;
	}
	return fd;
}
