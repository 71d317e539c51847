// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Semaphores.  One without a name counts in memory; one with a name in the name's state,
 * which is libmailslot's affair.
 */
#include "internal.h"
#include <libmailslot-object.h>
#include <unistd.h>

/**
 * struct semaphore - a semaphore
 * @count: without a name: under the library's lock
 * @maximum: likewise
 * @named: its name, or NULL
 */
struct semaphore {
	LONG count;
	LONG maximum;
	struct mailslot_named *named;
};

static int semaphore_acquire(void *data)
{
	struct semaphore *s = data;

	if (s->named)
		return mailslot_named_take(s->named);
	if (!s->count)
		return 0;
	s->count--;
	return 1;
}

static void semaphore_release(void *data)
{
	struct semaphore *s = data;

	if (s->named)
		mailslot_named_untake(s->named, FALSE);
	else
		s->count++;
}

static struct mailslot_named *semaphore_named(void *data)
{
	return ((struct semaphore *)data)->named;
}

static void semaphore_destroy(void *data)
{
	struct semaphore *s = data;

	if (s->named)
		mailslot_named_close(s->named);
	free(s);
}

static const struct mailslot_object_type semaphore_type = {
	.acquire = semaphore_acquire,
	.release = semaphore_release,
	.named = semaphore_named,
	.destroy = semaphore_destroy,
};

static HANDLE make(struct semaphore *s, const char *name, bool create, bool inherit)
{
	struct mailslot_named_new new = { .count = s->count, .maximum = s->maximum };
	BOOL existed = FALSE;
	HANDLE handle = NULL;
	int fd = -1;

	if (name && *name) {
		s->named = mailslot_named_open("semaphore", name, create ? &new : NULL, &existed);
		fd = s->named ? mailslot_named_fd(s->named) : -1;
		if (fd < 0) {
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
	if (create)
		SetLastError(existed ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
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

	if (s->named)
		return (int)mailslot_named_post(s->named, p->count, &p->previous);
	p->previous = s->count;
	if (p->count > s->maximum - s->count)
		return ERROR_TOO_MANY_POSTS;
	s->count += p->count;
	return ERROR_SUCCESS;
}

BOOL WINAPI ReleaseSemaphore(HANDLE semaphore, LONG count, LPLONG previous)
{
	struct mailslot_object *object;
	struct posts p = { .count = count };
	DWORD error;

	if (count <= 0)
		return fail(ERROR_INVALID_PARAMETER);
	object = mailslot_object_get(semaphore, &semaphore_type);
	if (!object)
		return FALSE;
	error = (DWORD)mailslot_object_update(object, post, &p);
	mailslot_object_put(object);
	if (error)
		return fail(error);
	if (previous)
		*previous = p.previous;
	return TRUE;
}
