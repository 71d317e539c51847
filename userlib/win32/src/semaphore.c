// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Semaphores.  One without a name counts in memory; a named one's count is the number
 * of bytes in its FIFO, and its maximum is in its state file.
 */
#include "named.h"
#include <libmailslot-object.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What a pipe holds if asked, without privileges. */
#define MOST_NAMED	65536

struct semaphore {
	LONG count;		/* without a name: under the library's lock */
	LONG maximum;
	bool is_named;
	struct named named;
};

static int semaphore_acquire(void *data)
{
	struct semaphore *s = data;
	char byte;

	if (s->is_named)
		return read(s->named.fifo, &byte, 1) == 1;
	if (!s->count)
		return 0;
	s->count--;
	return 1;
}

static void semaphore_release(void *data)
{
	struct semaphore *s = data;

	/* the byte that was taken out has room */
	if (!s->is_named)
		s->count++;
	else if (write(s->named.fifo, "", 1) != 1)
		abort();
}

static void semaphore_destroy(void *data)
{
	struct semaphore *s = data;

	if (s->is_named)
		named_close(&s->named);
	free(s);
}

static const struct mailslot_object_type semaphore_type = {
	.acquire = semaphore_acquire,
	.release = semaphore_release,
	.destroy = semaphore_destroy,
};

static int put_bytes(int fd, LONG count)
{
	static const char zeroes[4096];

	while (count > 0) {
		size_t chunk = (size_t)count < sizeof(zeroes) ? (size_t)count : sizeof(zeroes);
		ssize_t n = write(fd, zeroes, chunk);

		if (n < 0)
			return -1;
		count -= (LONG)n;
	}
	return 0;
}

static int init_named(struct named *n, void *arg)
{
	struct semaphore *s = arg;

	if (s->count > MOST_NAMED) {
		errno = EINVAL;
		return -1;
	}
	if (pwrite(n->state, &s->maximum, sizeof(s->maximum), 0) != sizeof(s->maximum))
		return -1;
	return put_bytes(n->fifo, s->count);
}

static HANDLE make(struct semaphore *s, const char *name, bool create, bool inherit)
{
	HANDLE handle;
	int fd = -1;

	if (name && *name) {
		if (!named_open(&s->named, "semaphore", name, create, init_named, s)) {
			free(s);
			return NULL;
		}
		s->is_named = true;
		if (pread(s->named.state, &s->maximum, sizeof(s->maximum), 0) != sizeof(s->maximum))
			s->maximum = MOST_NAMED;
		fd = fcntl(s->named.fifo, F_DUPFD_CLOEXEC, 3);
		if (fd < 0) {
			SetLastError(error_from_errno(errno));
			semaphore_destroy(s);
			return NULL;
		}
	}
	handle = mailslot_object_create(&semaphore_type, s, fd, inherit);
	if (!handle) {
		if (fd >= 0)
			close(fd);
		semaphore_destroy(s);
		return NULL;
	}
	SetLastError(create && s->is_named && s->named.existed ? ERROR_ALREADY_EXISTS
							       : ERROR_SUCCESS);
	return handle;
}

HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES attributes, LONG count, LONG maximum,
			       LPCSTR name)
{
	struct semaphore *s;

	if (maximum <= 0 || count < 0 || count > maximum) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	s = calloc(1, sizeof(*s));
	if (!s) {
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	s->count = count;
	s->maximum = maximum;
	return make(s, name, true, attributes && attributes->bInheritHandle);
}

HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES attributes, LONG count, LONG maximum,
			       LPCWSTR name)
{
	HANDLE handle;
	char *narrow;

	if (!utf8_dup_or_fail(name, &narrow))
		return NULL;
	handle = CreateSemaphoreA(attributes, count, maximum, narrow);
	free(narrow);
	return handle;
}

HANDLE WINAPI OpenSemaphoreA(DWORD access, BOOL inherit, LPCSTR name)
{
	struct semaphore *s;

	(void)access;
	if (!name || !*name) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	s = calloc(1, sizeof(*s));
	if (!s) {
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	return make(s, name, false, inherit);
}

HANDLE WINAPI OpenSemaphoreW(DWORD access, BOOL inherit, LPCWSTR name)
{
	HANDLE handle;
	char *narrow;

	if (!utf8_dup_or_fail(name, &narrow))
		return NULL;
	handle = OpenSemaphoreA(access, inherit, narrow);
	free(narrow);
	return handle;
}

struct posts {
	LONG count;
	LONG previous;
};

static int post(void *data, void *arg)
{
	struct semaphore *s = data;
	struct posts *p = arg;

	p->previous = s->count;
	if (p->count > s->maximum - s->count)
		return ERROR_TOO_MANY_POSTS;
	s->count += p->count;
	return ERROR_SUCCESS;
}

/* Counting and adding are one step among all processes: under the state's lock. */
static DWORD post_named(struct semaphore *s, struct posts *p)
{
	DWORD error = ERROR_SUCCESS;
	int count = 0;

	while (flock(s->named.state, LOCK_EX) && errno == EINTR)
		;
	if (ioctl(s->named.fifo, FIONREAD, &count))
		error = error_from_errno(errno);
	else if (p->count > min(s->maximum, MOST_NAMED) - count)
		error = ERROR_TOO_MANY_POSTS;
	else if (put_bytes(s->named.fifo, p->count))
		error = error_from_errno(errno);
	flock(s->named.state, LOCK_UN);
	p->previous = count;
	return error;
}

BOOL WINAPI ReleaseSemaphore(HANDLE semaphore, LONG count, LPLONG previous)
{
	struct mailslot_object *object;
	struct posts p = { .count = count };
	struct semaphore *s;
	DWORD error;

	if (count <= 0)
		return fail(ERROR_INVALID_PARAMETER);
	object = mailslot_object_get(semaphore, &semaphore_type);
	if (!object)
		return FALSE;
	s = mailslot_object_data(object);
	if (s->is_named)
		error = post_named(s, &p);
	else
		error = (DWORD)mailslot_object_update(object, post, &p);
	mailslot_object_put(object);
	if (error)
		return fail(error);
	if (previous)
		*previous = p.previous;
	return TRUE;
}
