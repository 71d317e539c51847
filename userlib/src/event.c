// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Events.  An event is signalled while its descriptor is readable: an eventfd, or, if
 * the event has a name, the FIFO of that name (named-open.c).  So an event works in every
 * process that has the descriptor, and can be polled next to anything else.
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
#include "named-open.h"
#include "thread.h"
#include "wait.h"

/**
 * struct event - under lib_lock
 * @base: the object
 * @manual: stays signalled until reset, else until one wait takes it
 * @link: on the list of named events
 * @named: its name, or NULL
 */
struct event {
	struct object base;
	bool manual;
	struct list link;
	struct mailslot_named *named;
};

/*
 * The signal for input, which an eventfd never sends, tells a child program that an inherited
 * eventfd is an event of ours, and how the event resets.
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

/* Take all that makes the descriptor readable.  True: the descriptor was. */
static bool drain(struct object *object)
{
	char bytes[DRAIN_SIZE];
	ssize_t n;

	do {
		n = read(object->fd, bytes, sizeof(bytes));
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

static bool event_test(struct object *object)
{
	struct event *event = to_event(object);

	return event->named ? named_test(event->named) : handle_poll(object->fd);
}

static enum acquired event_acquire(struct object *object)
{
	struct event *event = to_event(object);
	bool set;

	if (event->named)
		return named_take(event->named);
	set = event->manual ? handle_poll(object->fd) : drain(object);
	return set ? ACQUIRED : ACQUIRED_NOT;
}

static int event_signal(struct object *object)
{
	struct event *event = to_event(object);
	static const uint64_t one = 1;

	if (event->named) {
		named_post(event->named, 1, NULL);
		return 0;
	}
	/* An eventfd that is full is signalled, too. */
	return write(object->fd, &one, sizeof(one)) < 0 && errno != EAGAIN ? -1 : 0;
}

static void event_release(struct object *object)
{
	struct event *event = to_event(object);

	if (event->named)
		named_untake(event->named, false);
	else if (!event->manual)
		(void)!event_signal(object);
}

static struct mailslot_named *event_named(struct object *object)
{
	return to_event(object)->named;
}

static void event_destroy(struct object *object)
{
	struct event *event = to_event(object);

	if (event->named) {
		lib_lock_take();
		named_close(event->named);
		lib_lock_drop();
	}
	free(event);
}

/* Nobody may find the event by its name from now on. */
static void event_unused(struct object *object)
{
	list_remove(&to_event(object)->link);
}

struct object *event_find(HANDLE value)
{
	struct handle *handle = handle_find(value);

	return handle && handle->object->class == &event_class ? handle->object : NULL;
}

/* Set the event, and satisfy those who wait already before anybody else can see it set. */
static int set_and_serve(struct object *object)
{
	int result = event_signal(object);

	wait_serve(object);
	return result;
}

void event_set(struct object *object)
{
	(void)!set_and_serve(object);
}

void event_reset(struct object *object)
{
	if (to_event(object)->named)
		named_reset(to_event(object)->named);
	else
		drain(object);
}

/* Do to the event what a wait for it does; @value may be anything. */
void event_consume(HANDLE value)
{
	struct object *object;

	lib_lock_take();
	object = event_find(value);
	named_place = NULL;
	if (object && !to_event(object)->manual)
		event_acquire(object);
	lib_lock_drop();
}

/* Make the event and its handle, which takes over @fd and @named, but neither on failure. */
static struct handle *event_add(int fd, bool manual, struct mailslot_named *named,
				uint32_t rights)
{
	struct event *event = malloc(sizeof(*event));
	struct handle *handle;

	if (!event) {
		lib_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	object_init(&event->base, &event_class);
	event->manual = manual;
	event->named = NULL;
	list_init(&event->link);
	handle = handle_add(&event->base, fd, rights);
	object_put(&event->base);
	if (handle && named) {
		event->named = named;
		list_append(&named_events, &event->link);
	}
	return handle;
}

/* A handle of the descriptor, which the table does not know, if it is an event of ours. */
static struct handle *event_recover(int fd)
{
	int mark = fcntl(fd, F_GETSIG);
	struct handle *handle;
	char target[32];
	struct mailslot_named *named;

	if (mark < 0)
		return NULL;
	named = named_recover(fd, "event");
	if (named) {
		handle = event_add(fd, named->manual, named, HANDLE_RIGHTS);
		if (!handle)
			named_close(named);
		return handle;
	}
	if (mark != MARK_AUTO && mark != MARK_MANUAL)
		return NULL;
	if (!descriptor_target(fd, target, sizeof(target)) ||
	    strcmp(target, "anon_inode:[eventfd]"))
		return NULL;
	return event_add(fd, mark == MARK_MANUAL, NULL, HANDLE_RIGHTS);
}

const struct object_class event_class = {
	.kind = OBJECT_EVENT,
	.polled = true,
	.test = event_test,
	.acquire = event_acquire,
	.release = event_release,
	.named = event_named,
	.unused = event_unused,
	.recover = event_recover,
	.destroy = event_destroy,
};

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

		if (!strcmp(named_file(event->named), name))
			return &event->base;
	}
	return NULL;
}

/* The lock is held, so that two threads of a process share the event that both name. */
static HANDLE open_named(const char *name, bool inherit, uint32_t rights,
			 const struct mailslot_named_new *new)
{
	struct object *object = find_named(name);
	struct mailslot_named *named;
	struct handle *handle = NULL;
	bool existed = true;
	int fd;

	if (object) {
		handle = handle_add_another(object, inherit, rights);
		if (handle && new)
			lib_fail(ERROR_ALREADY_EXISTS);
		return handle ? handle_value(handle) : NULL;
	}
	named = named_open("event", name, new, &existed);
	fd = named ? descriptor_duplicate(named->fifo, inherit) : -1;
	if (fd < 0)
		lib_fail(error_from_errno(errno));
	else
		handle = event_add(fd, named->manual, named, rights);
	if (!handle) {
		if (fd >= 0)
			close(fd);
		if (named)
			named_close(named);
		return NULL;
	}
	if (new)
		lib_fail(existed ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
	return handle_value(handle);
}

static HANDLE create_event(LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL initial,
			   struct text name)
{
	struct mailslot_named_new new = {
		.count = !!initial,
		.maximum = 1,
		.manual = manual,
	};
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
 * Let those go who wait for the event: all for manual reset, the first otherwise.  Only
 * when nobody in this process waits, an event without a name is set for a moment, which
 * processes that have inherited the event may see or miss.
 */
static int pulse(struct object *object)
{
	struct event *event = to_event(object);
	struct list *pos, *next;
	bool found = false;

	if (event->named)
		named_pulse(event->named);
	list_for_each(pos, next, &object->waiters) {
		struct waiter *waiter = container_of(pos, struct waiter, link);

		if (found && !event->manual)
			break;
		/* Waits that are not for all are let go by their place in the name's line. */
		if (event->named && !waiter->wait->what->all)
			continue;
		if (waiter->wait->result != WAIT_NOT_YET ||
		    waiter->wait->pulsed & (uint64_t)1 << waiter->index)
			continue;
		waiter->wait->pulsed |= (uint64_t)1 << waiter->index;
		thread_wake(waiter->wait->thread);
		found = true;
	}
	if (event->named)
		return 0;
	if (!found && event_signal(object))
		return -1;
	drain(object);
	return 0;
}

static int event_clear(struct object *object)
{
	event_reset(object);
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
	return change(event, set_and_serve);
}

LIB_EXPORT BOOL WINAPI ResetEvent(HANDLE event)
{
	return change(event, event_clear);
}

LIB_EXPORT BOOL WINAPI PulseEvent(HANDLE event)
{
	return change(event, pulse);
}
