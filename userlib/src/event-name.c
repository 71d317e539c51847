// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Named events are FIFOs in a folder of the user's own, so that processes of one user
 * meet by the name and a dead process leaves nothing signalled.
 *
 * A FIFO is alive while a process holds a shared lock (flock) on it, which the kernel
 * drops with the last descriptor, and dead if the exclusive lock can be had.  All who
 * look for life do so under the folder's own lock.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "event-name.h"
#include "utf8.h"

/* Where the folder may be; the first that exists, for all processes alike. */
static const char *const bases[] = { "/dev/shm", "/tmp" };

/* The mode says how the event resets. */
#define MODE_AUTO	0600
#define MODE_MANUAL	0700

static void folder_path(char *path, size_t size)
{
	size_t i = faccessat(AT_FDCWD, bases[0], W_OK, AT_EACCESS) ? 1 : 0;

	snprintf(path, size, "%s/mailslot-events-%u", bases[i], (unsigned int)geteuid());
}

/* The folder, locked; nobody else may have a say in it. */
static int folder_open(void)
{
	struct stat st;
	char path[64];
	int fd;

	folder_path(path, sizeof(path));
	if (mkdir(path, 0700) && errno != EEXIST)
		return -1;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 && descriptor_make_room(errno))
		fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		/* A file or a link has its place: no reason to say that there is no event. */
		if (errno == ENOTDIR || errno == ELOOP)
			errno = EACCES;
		return -1;
	}
	if (fstat(fd, &st) || st.st_uid != geteuid() || st.st_mode & 022) {
		errno = EACCES;
	} else {
		while (flock(fd, LOCK_EX))
			if (errno != EINTR)
				break;
		return fd;
	}
	close(fd);
	return -1;
}

/*
 * The file name of an event: Local\ and Global\ are dropped, as there is one name space
 * here; what a file name cannot hold is written %XX.  Other backslashes are 3, as on
 * Windows, names too long 206.
 */
DWORD event_name_encode(struct text text, char file[EVENT_NAME_SIZE])
{
	static const char *const spaces[] = { "Local", "Global" };
	size_t used = 0, n;
	char bytes[13];
	int32_t c;

	while ((c = text_next(&text)) > 0) {
		if (c == '\\') {
			file[used] = '\0';
			if (strcmp(file, spaces[0]) && strcmp(file, spaces[1]))
				return ERROR_PATH_NOT_FOUND;
			used = 0;
			continue;
		}
		if (c == '/' || c == '%' || c == '.' || c < ' ' || c == 0x7f)
			n = (size_t)snprintf(bytes, sizeof(bytes), "%%%02X", (unsigned int)c);
		else
			n = utf8_put(bytes, (uint32_t)c);
		if (used + n >= EVENT_NAME_SIZE)
			return ERROR_FILENAME_EXCED_RANGE;
		memcpy(file + used, bytes, n);
		used += n;
	}
	file[used] = '\0';
	return c == TEXT_END ? ERROR_SUCCESS : ERROR_INVALID_NAME;
}

static int open_fifo(int folder, const char *file)
{
	int fd;

	do {
		fd = openat(folder, file, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	} while (fd < 0 && descriptor_make_room(errno));
	return fd;
}

/* Does anyone live hold the event?  With the folder locked. */
static bool is_alive(int fd)
{
	return flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;
}

static int make_fifo(int folder, const char *file, const struct event_name_new *new)
{
	static const uint64_t one = 1;
	int fd;

	if (mkfifoat(folder, file, MODE_AUTO))
		return -1;
	fd = open_fifo(folder, file);
	if (fd < 0)
		goto err_unlink;
	if (fchmod(fd, new->manual ? MODE_MANUAL : MODE_AUTO) ||
	    fcntl(fd, F_SETPIPE_SZ, 4096) < 0 ||
	    (new->initial && write(fd, &one, sizeof(one)) != sizeof(one)))
		goto err_close;
	return fd;

err_close:
	close(fd);
err_unlink:
	unlinkat(folder, file, 0);
	return -1;
}

/**
 * event_name_open() - open the event of a name, or make it
 * @file: from event_name_encode()
 * @new: what a new one shall be; NULL: it must exist
 * @manual: set to how it resets
 * @existed: set to whether it was there
 *
 * Return: a close-on-exec descriptor, or -1 and errno; ENOENT: there is none.
 */
int event_name_open(const char *file, const struct event_name_new *new, bool *manual,
		    bool *existed)
{
	int folder = folder_open();
	struct stat st;
	int fd, err;

	if (folder < 0)
		return -1;
	fd = open_fifo(folder, file);
	*existed = fd >= 0 && is_alive(fd);
	if (fd >= 0 && !*existed) {
		close(fd);
		unlinkat(folder, file, 0);
		fd = -1;
		errno = ENOENT;
	}
	if (fd < 0 && errno == ENOENT && new)
		fd = make_fifo(folder, file, new);
	if (fd >= 0 && (fstat(fd, &st) || flock(fd, LOCK_SH))) {
		err = errno;
		close(fd);
		fd = -1;
		errno = err;
	}
	if (fd >= 0)
		*manual = (st.st_mode & 0777) == MODE_MANUAL;
	err = errno;
	close(folder);
	errno = err;
	return fd;
}

/* A handle's process let go of the event: remove its FIFO if it was the last. */
void event_name_forget(const char *file)
{
	int folder = folder_open();
	int fd;

	if (folder < 0)
		return;
	fd = open_fifo(folder, file);
	if (fd >= 0) {
		if (!is_alive(fd))
			unlinkat(folder, file, 0);
		close(fd);
	}
	close(folder);
}

/* The name of an event whose descriptor was inherited, or NULL: not a named event. */
char *event_name_of(int fd, bool *manual)
{
	char path[64], target[64 + EVENT_NAME_SIZE];
	struct stat st;
	size_t length;

	if (fstat(fd, &st) || !S_ISFIFO(st.st_mode) || st.st_uid != geteuid())
		return NULL;
	if (!descriptor_target(fd, target, sizeof(target)))
		return NULL;
	folder_path(path, sizeof(path));
	length = strlen(path);
	if (strncmp(target, path, length) || target[length] != '/')
		return NULL;
	*manual = (st.st_mode & 0777) == MODE_MANUAL;
	return strdup(target + length + 1);
}
