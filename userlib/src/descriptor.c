// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * File descriptors as numbers: how many there may be, and which become handles.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib.h"

/*
 * Windows programs know no limit of 1024 open handles, and the soft limit protects
 * only users of select().  So when a call fails with EMFILE the soft limit goes up
 * to the hard one.  Returns whether trying the call again makes sense.
 */
bool descriptor_make_room(int err)
{
	struct rlimit limit;

	if (err != EMFILE || getrlimit(RLIMIT_NOFILE, &limit) ||
	    limit.rlim_cur >= limit.rlim_max)
		return false;
	limit.rlim_cur = limit.rlim_max;
	return !setrlimit(RLIMIT_NOFILE, &limit);
}

/* Open a file; interruptions and the soft limit of descriptors do not count. */
int descriptor_open(const char *path, int flags)
{
	int fd;

	do {
		fd = open(path, flags);
	} while (fd < 0 && (errno == EINTR || descriptor_make_room(errno)));
	return fd;
}

int descriptor_duplicate(int fd, bool inherit)
{
	int command = inherit ? F_DUPFD : F_DUPFD_CLOEXEC;
	int copy;

	do {
		copy = fcntl(fd, command, 3);
	} while (copy < 0 && descriptor_make_room(errno));
	return copy;
}

/* Close a descriptor, if there is one (-1: none), and keep errno. */
void descriptor_close(int fd)
{
	int err = errno;

	if (fd >= 0)
		close(fd);
	errno = err;
}

/*
 * Move a descriptor above 2: a handle must not be 0, which is NULL, nor look like standard
 * input, output or error to a child.  Takes @fd over, also on failure.
 */
int descriptor_raise(int fd)
{
	int copy;

	if (fd < 0 || fd > 2)
		return fd;
	copy = descriptor_duplicate(fd, !(fcntl(fd, F_GETFD) & FD_CLOEXEC));
	descriptor_close(fd);
	return copy;
}

int descriptor_set_inherit(int fd, bool inherit)
{
	return fcntl(fd, F_SETFD, inherit ? 0 : FD_CLOEXEC);
}

/*
 * Get the path by which a descriptor was opened, or the kernel's text for a descriptor without a
 * path; the text is truncated to @size.
 */
bool descriptor_target(int fd, char *target, size_t size)
{
	char link[32];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, target, size - 1);
	if (n < 0)
		return false;
	target[n] = '\0';
	return true;
}
