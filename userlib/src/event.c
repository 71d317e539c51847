// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Events.  An event is signalled while its descriptor is readable: an eventfd, or, if
 * it has a name, the FIFO of that name (event-name.c).  So it works in every process
 * that has the descriptor, and can be polled next to anything else.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "event.h"
#include "event-name.h"
#include "name.h"
#include "thread.h"

/**
 * struct event - under lib_lock
 * @base: the object
 * @manual: stays signalled until reset, else until one wait takes it
 * @link: on the list of named events
 * @name: the FIFO's name, or NULL
 */
struct event {
	struct object base;
	bool manual;
	struct list link;
	char *name;
};

/*
 * What tells a child program that an inherited eventfd is ours, and how it resets: the
 * signal for input, which an eventfd never sends.
 */
#define MARK_AUTO	62
#define MARK_MANUAL	63

/* A FIFO holds a page at most, so one read empties it. */
#define DRAIN_SIZE	4096

static struct list named_events = { &named_events, &named_events };

static struct event *to_event(struct object *object)
{
	return container_of(object, struct event, base);
}

/* Take all that makes it readable.  True: it was. */
static bool drain(struct object *object)
{
	char bytes[DRAIN_SIZE];
	ssize_t n;

	do {
		n = read(object->fd, bytes, sizeof(bytes));
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

static enum acquired event_acquire(struct object *object)
{
	bool set = to_event(object)->manual ? handle_poll(object->fd) : drain(object);

	return set ? ACQUIRED : ACQUIRED_NOT;
}

static void event_release(struct object *object)
{
	if (!to_event(object)->manual)
		event_set(object);
}

static void event_destroy(struct object *object)
{
	struct event *event = to_event(object);

	if (event->name)
		event_name_forget(event->name);
	free(event->name);
	free(event);
}

/* From here on nobody may find it by its name. */
static void event_unused(struct object *object)
{
	list_remove(&to_event(object)->link);
}

static const struct object_class event_class = {
	.kind = OBJECT_EVENT,
	.polled = true,
	.acquire = event_acquire,
	.release = event_release,
	.unused = event_unused,
	.destroy = event_destroy,
};

struct object *event_find(HANDLE value)
{
	struct handle *handle = handle_find(value);

	return handle && handle->object->class == &event_class ? handle->object : NULL;
}

static int event_signal(struct object *object)
{
	static const uint64_t one = 1;

	/* Full is signalled too. */
	if (to_event(object)->name && handle_poll(object->fd))
		return 0;
	if (write(object->fd, &one, sizeof(one)) < 0 && errno != EAGAIN)
		return -1;
	return 0;
}

void event_set(struct object *object)
{
	(void)!event_signal(object);
}

void event_reset(struct object *object)
{
	drain(object);
}

/* What a wait for the event would do; @value may be anything. */
void event_consume(HANDLE value)
{
	struct object *object;

	lib_lock_take();
	object = event_find(value);
	if (object && !to_event(object)->manual)
		drain(object);
	lib_lock_drop();
}

/* Takes over @name; on failure neither that nor @fd. */
static struct handle *event_add(int fd, bool manual, char *name, uint32_t rights)
{
	struct event *event = malloc(sizeof(*event));
	struct handle *handle;

	if (!event) {
		lib_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	object_init(&event->base, &event_class);
	event->manual = manual;
	event->name = NULL;
	list_init(&event->link);
	handle = handle_add(&event->base, fd, rights);
	object_put(&event->base);
	if (handle && name) {
		event->name = name;
		list_append(&named_events, &event->link);
	}
	return handle;
}

/* Is this descriptor, which the table does not know, an event of ours? */
struct handle *event_recover(int fd)
{
	int mark = fcntl(fd, F_GETSIG);
	struct handle *handle;
	char target[32];
	bool manual;
	char *name;

	if (mark < 0)
		return NULL;
	name = event_name_of(fd, &manual);
	if (name) {
		handle = event_add(fd, manual, name, HANDLE_RIGHTS);
		if (!handle)
			free(name);
		return handle;
	}
	if (mark != MARK_AUTO && mark != MARK_MANUAL)
		return NULL;
	if (!descriptor_target(fd, target, sizeof(target)) ||
	    strcmp(target, "anon_inode:[eventfd]"))
		return NULL;
	return event_add(fd, mark == MARK_MANUAL, NULL, HANDLE_RIGHTS);
}

static HANDLE create_unnamed(bool inherit, bool manual, bool initial)
{
	struct handle *handle;
	int fd;

	do {
		fd = eventfd(initial, EFD_NONBLOCK | (inherit ? 0 : EFD_CLOEXEC));
	} while (fd < 0 && descriptor_make_room(errno));
	fd = descriptor_raise(fd);
	if (fd < 0 || fcntl(fd, F_SETSIG, manual ? MARK_MANUAL : MARK_AUTO)) {
		lib_fail(error_from_errno(errno));
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	lib_lock_take();
	handle = event_add(fd, manual, NULL, HANDLE_RIGHTS);
	lib_lock_drop();
	if (!handle) {
		close(fd);
		return NULL;
	}
	lib_fail(ERROR_SUCCESS);
	return handle_value(handle);
}

static struct object *find_named(const char *name)
{
	struct list *pos, *next;

	list_for_each(pos, next, &named_events) {
		struct event *event = container_of(pos, struct event, link);

		if (!strcmp(event->name, name))
			return &event->base;
	}
	return NULL;
}

/* Under the lock, so that two threads of a process share the event they name. */
static HANDLE open_named(const char *name, bool inherit, uint32_t rights,
			 const struct event_name_new *new)
{
	struct object *object = find_named(name);
	struct handle *handle = NULL;
	bool manual, existed = true;
	char *copy;
	int fd;

	if (object) {
		handle = handle_add_another(object, inherit, rights);
		if (handle && new)
			lib_fail(ERROR_ALREADY_EXISTS);
		return handle ? handle_value(handle) : NULL;
	}
	fd = descriptor_raise(event_name_open(name, new, &manual, &existed));
	if (fd < 0) {
		lib_fail(error_from_errno(errno));
		return NULL;
	}
	copy = strdup(name);
	if (!copy)
		lib_fail(ERROR_NOT_ENOUGH_MEMORY);
	else if (descriptor_set_inherit(fd, inherit))
		lib_fail(error_from_errno(errno));
	else
		handle = event_add(fd, manual, copy, rights);
	if (!handle) {
		free(copy);
		close(fd);
		return NULL;
	}
	if (new)
		lib_fail(existed ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
	return handle_value(handle);
}

static HANDLE create_event(LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL initial,
			   struct text name)
{
	struct event_name_new new = { .manual = manual, .initial = initial };
	bool inherit = security && security->bInheritHandle;
	char file[EVENT_NAME_SIZE];
	HANDLE handle;
	DWORD error;

	error = text_is_null(name) ? ERROR_SUCCESS : event_name_encode(name, file);
	if (error) {
		lib_fail(error);
		return NULL;
	}
	if (text_is_null(name) || !file[0])
		return create_unnamed(inherit, manual, initial);
	lib_lock_take();
	handle = open_named(file, inherit, HANDLE_RIGHTS, &new);
	lib_lock_drop();
	return handle;
}

LIB_EXPORT HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES security, BOOL manual_reset,
				      BOOL initial_state, LPCSTR name)
{
	return create_event(security, manual_reset, initial_state, TEXT_A(name));
}

LIB_EXPORT HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES security, BOOL manual_reset,
				      BOOL initial_state, LPCWSTR name)
{
	return create_event(security, manual_reset, initial_state, TEXT_W(name));
}

static HANDLE open_event(DWORD access, BOOL inherit, struct text name)
{
	char file[EVENT_NAME_SIZE];
	HANDLE handle;
	DWORD error;

	error = text_is_null(name) ? ERROR_INVALID_PARAMETER : event_name_encode(name, file);
	if (!error && !file[0])
		error = ERROR_INVALID_NAME;
	if (error) {
		lib_fail(error);
		return NULL;
	}
	lib_lock_take();
	handle = open_named(file, inherit, HANDLE_READ | handle_rights(access), NULL);
	lib_lock_drop();
	return handle;
}

LIB_EXPORT HANDLE WINAPI OpenEventA(DWORD access, BOOL inherit, LPCSTR name)
{
	return open_event(access, inherit, TEXT_A(name));
}

LIB_EXPORT HANDLE WINAPI OpenEventW(DWORD access, BOOL inherit, LPCWSTR name)
{
	return open_event(access, inherit, TEXT_W(name));
}

/*
 * Whoever waits for the event in this process is let go: all for manual reset, the
 * first otherwise.  Only when nobody does, the event is set for a moment, which those
 * who wait in another process may see or miss.
 */
static int pulse(struct object *object)
{
	bool manual = to_event(object)->manual;
	struct list *pos, *next;
	bool found = false;

	list_for_each(pos, next, &object->waiters) {
		struct waiter *waiter = container_of(pos, struct waiter, link);

		if (found && !manual)
			break;
		if (waiter->wait->pulsed & (uint64_t)1 << waiter->index)
			continue;
		waiter->wait->pulsed |= (uint64_t)1 << waiter->index;
		thread_wake(waiter->wait->thread);
		found = true;
	}
	if (!found && event_signal(object))
		return -1;
	drain(object);
	return 0;
}

static int event_clear(struct object *object)
{
	drain(object);
	return fcntl(object->fd, F_GETFD) < 0 ? -1 : 0;
}

static BOOL change(HANDLE value, int (*what)(struct object *object))
{
	DWORD error = ERROR_INVALID_HANDLE;
	struct object *object;

	lib_lock_take();
	object = event_find(value);
	if (object && !(handle_state(handle_entry(value)) & HANDLE_WRITE))
		error = ERROR_ACCESS_DENIED;
	else if (object)
		error = what(object) ? error_from_errno(errno) : ERROR_SUCCESS;
	lib_lock_drop();
	return lib_result(error);
}

LIB_EXPORT BOOL WINAPI SetEvent(HANDLE event)
{
	return change(event, event_signal);
}

LIB_EXPORT BOOL WINAPI ResetEvent(HANDLE event)
{
	return change(event, event_clear);
}

LIB_EXPORT BOOL WINAPI PulseEvent(HANDLE event)
{
	return change(event, pulse);
}
