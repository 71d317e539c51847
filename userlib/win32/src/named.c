// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Names of semaphores and mutexes: a FIFO and a file each, in a folder of the user's
 * own.  A name is alive while some process holds the shared lock (flock) on its
 * FIFO, which the kernel drops when the process dies; so a name never outlives those
 * who use it.  Who makes, opens and removes names does so under the folder's lock.
 */
#include "named.h"
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder, locked; nobody else may have a say in it. */
static int folder_lock(char *path, size_t size)
{
	const char *base = faccessat(AT_FDCWD, "/dev/shm", W_OK, AT_EACCESS) ? "/tmp" : "/dev/shm";
	struct stat st;
	int fd;

	snprintf(path, size, "%s/mailslot-objects-%u", base, (unsigned int)geteuid());
	if (mkdir(path, 0700) && errno != EEXIST)
		return -1;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) || st.st_uid != geteuid() || st.st_mode & 022) {
		close(fd);
		errno = EACCES;
		return -1;
	}
	while (flock(fd, LOCK_EX) && errno == EINTR)
		;
	return fd;
}

/*
 * Local\ and Global\ are dropped: there is one name space here.  Any other backslash
 * is 3, as on Windows.
 */
static DWORD encode(const char *kind, const char *name, char *file, size_t size)
{
	static const char *const spaces[] = { "Local\\", "Global\\" };
	size_t used = (size_t)snprintf(file, size, "%s-", kind);

	for (size_t i = 0; i < ARRAYSIZE(spaces); i++) {
		size_t n = strlen(spaces[i]);

		if (!strncmp(name, spaces[i], n)) {
			name += n;
			break;
		}
	}
	for (; *name; name++) {
		unsigned char c = (unsigned char)*name;
		bool plain = c > ' ' && c != '/' && c != '%' && c != '.' && c != 0x7f;

		if (c == '\\')
			return ERROR_PATH_NOT_FOUND;
		if (used + 4 > size)
			return ERROR_FILENAME_EXCED_RANGE;
		used += (size_t)snprintf(file + used, size - used, plain ? "%c" : "%%%02X", c);
	}
	return ERROR_SUCCESS;
}

static bool is_alive(int fifo)
{
	return flock(fifo, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;
}

static void state_path(const struct named *n, char *path, size_t size)
{
	snprintf(path, size, "%s.state", n->path);
}

static void remove_files(const struct named *n)
{
	char path[sizeof(n->path) + 8];

	state_path(n, path, sizeof(path));
	unlink(n->path);
	unlink(path);
}

/* With the folder locked: the files of a name, made anew unless somebody has them. */
static int open_files(struct named *n, bool create, int (*init)(struct named *n, void *arg),
		      void *arg)
{
	char path[sizeof(n->path) + 8];

	state_path(n, path, sizeof(path));
	n->fifo = open(n->path, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	n->existed = n->fifo >= 0 && is_alive(n->fifo);
	if (!n->existed) {
		if (n->fifo >= 0)
			close(n->fifo);
		n->fifo = -1;
		remove_files(n);
		errno = ENOENT;
		if (!create || mkfifo(n->path, 0600))
			return -1;
		n->fifo = open(n->path, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	}
	n->state = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | (n->existed ? 0 : O_CREAT | O_EXCL),
			0600);
	if (n->fifo < 0 || n->state < 0 || flock(n->fifo, LOCK_SH))
		return -1;
	return n->existed ? 0 : init(n, arg);
}

BOOL named_open(struct named *n, const char *kind, const char *name, bool create,
		int (*init)(struct named *n, void *arg), void *arg)
{
	char file[240], folder[64];
	DWORD error = encode(kind, name, file, sizeof(file));
	int lock, rc, saved;

	n->fifo = -1;
	n->state = -1;
	if (error)
		return fail(error);
	lock = folder_lock(folder, sizeof(folder));
	if (lock < 0)
		return fail(error_from_errno(errno));
	snprintf(n->path, sizeof(n->path), "%s/%s", folder, file);
	rc = open_files(n, create, init, arg);
	saved = errno;
	if (rc) {
		if (n->fifo >= 0)
			close(n->fifo);
		if (n->state >= 0)
			close(n->state);
		if (!n->existed)
			remove_files(n);
	}
	close(lock);
	return rc ? fail(error_from_errno(saved)) : TRUE;
}

void named_close(struct named *n)
{
	char folder[64];
	int lock = folder_lock(folder, sizeof(folder));
	int fifo;

	close(n->fifo);
	close(n->state);
	fifo = lock < 0 ? -1 : open(n->path, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fifo >= 0) {
		if (!is_alive(fifo))
			remove_files(n);
		close(fifo);
	}
	if (lock >= 0)
		close(lock);
}
