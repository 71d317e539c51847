// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Life and death of objects and who waits for them, and the kinds of objects that
 * extensions bring (libmailslot-object.h).
 */
#include <stdlib.h>
#include <unistd.h>

#include <libmailslot-object.h>

#include "handle.h"
#include "object.h"
#include "thread.h"
#include "wait.h"

pthread_mutex_t lib_lock = PTHREAD_MUTEX_INITIALIZER;

/* All objects: whom a fork's child has to visit. */
struct list object_all = { &object_all, &object_all };

/* Those without a reference, which die when the lock is dropped. */
static struct list object_dead = { &object_dead, &object_dead };

/* Whether the thread that has the lock may be cancelled when it has not. */
static __thread int cancel_state __attribute__((tls_model("initial-exec")));

void lib_lock_take(void)
{
	int state;

	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	pthread_mutex_lock(&lib_lock);
	cancel_state = state;
}

void lib_lock_resume(void)
{
	pthread_mutex_lock(&lib_lock);
}

void lib_lock_pause(void)
{
	struct list dead, *pos, *next;
	int state = cancel_state;

	if (likely(list_empty(&object_dead))) {
		pthread_mutex_unlock(&lib_lock);
		return;
	}
	list_init(&dead);
	list_for_each(pos, next, &object_dead) {
		list_remove(pos);
		list_append(&dead, pos);
	}
	pthread_mutex_unlock(&lib_lock);
	list_for_each(pos, next, &dead) {
		struct object *object = container_of(pos, struct object, link);

		if (object->own_fd)
			close(object->fd);
		object->class->destroy(object);
	}
	/* An extension's may have called the library, and taken the lock again. */
	cancel_state = state;
}

void lib_lock_drop(void)
{
	lib_lock_pause();
	pthread_setcancelstate(cancel_state, NULL);
}

void lib_lock_drop_forked(void)
{
	pthread_mutex_unlock(&lib_lock);
	pthread_setcancelstate(cancel_state, NULL);
}

/* A new object has one reference, its maker's, and no descriptor. */
void object_init(struct object *object, const struct object_class *class)
{
	object->class = class;
	object->refs = 1;
	object->fd = -1;
	object->own_fd = false;
	list_init(&object->handles);
	list_init(&object->waiters);
	list_append(&object_all, &object->link);
}

void object_get(struct object *object)
{
	object->refs++;
}

void object_put(struct object *object)
{
	if (--object->refs)
		return;
	if (object->class->unused)
		object->class->unused(object);
	list_remove(&object->link);
	list_append(&object_dead, &object->link);
}

/* Have everyone who waits for the object look, and poll what its descriptor is now. */
void object_wake(struct object *object)
{
	struct list *pos, *next;

	list_for_each(pos, next, &object->waiters)
		thread_wake(container_of(pos, struct waiter, link)->wait->thread);
}

struct mailslot_named *object_named(struct object *object)
{
	return object->class->named ? object->class->named(object) : NULL;
}

/* Only the forking thread lives on in the child, and it waits for nothing. */
void object_fork_child(void)
{
	struct list *pos, *next;

	list_for_each(pos, next, &object_all) {
		struct object *object = container_of(pos, struct object, link);

		while (!list_empty(&object->waiters)) {
			list_remove(object->waiters.next);
			object->refs--;
		}
	}
}

/* An extension's object. */
struct mailslot_object {
	struct object base;
	const struct mailslot_object_type *type;
	void *data;
};

static struct mailslot_object *to_other(struct object *object)
{
	return container_of(object, struct mailslot_object, base);
}

/* Of a mutex that this process owns only the extension knows the thread. */
static bool other_test(struct object *object)
{
	struct mailslot_named *named = object_named(object);

	return !named || named_is_owned(named) || named_test(named);
}

static enum acquired other_acquire(struct object *object)
{
	struct mailslot_object *other = to_other(object);
	int result;

	if (!other->type->acquire)
		return handle_poll(object->fd) ? ACQUIRED : ACQUIRED_NOT;
	result = other->type->acquire(other->data);
	if (result == MAILSLOT_OBJECT_ABANDONED)
		return ACQUIRED_ABANDONED;
	return result ? ACQUIRED : ACQUIRED_NOT;
}

static void other_release(struct object *object)
{
	struct mailslot_object *other = to_other(object);

	if (other->type->acquire && other->type->release)
		other->type->release(other->data);
}

static void other_prepare(struct object *object)
{
	struct mailslot_object *other = to_other(object);

	if (other->type->prepare)
		other->type->prepare(other->data);
}

static struct mailslot_named *other_named(struct object *object)
{
	struct mailslot_object *other = to_other(object);

	return other->type->named ? other->type->named(other->data) : NULL;
}

static void other_unused(struct object *object)
{
	struct mailslot_object *other = to_other(object);

	if (other->type->unused)
		other->type->unused(other->data);
}

static void other_destroy(struct object *object)
{
	struct mailslot_object *other = to_other(object);

	if (other->type->destroy)
		other->type->destroy(other->data);
	free(other);
}

static const struct object_class other_class = {
	.kind = OBJECT_OTHER,
	.polled = true,
	.test = other_test,
	.acquire = other_acquire,
	.release = other_release,
	.prepare = other_prepare,
	.named = other_named,
	.unused = other_unused,
	.destroy = other_destroy,
};

static const struct mailslot_object_type nothing;

LIB_EXPORT HANDLE mailslot_object_create(const struct mailslot_object_type *type, void *data,
					 int fd, BOOL inherit)
{
	struct mailslot_object *other = malloc(sizeof(*other));
	struct handle *handle;

	if (!other) {
		lib_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	other->type = type;
	other->data = data;
	lib_lock_take();
	object_init(&other->base, &other_class);
	handle = handle_add_descriptor(&other->base, fd, inherit, HANDLE_READ | HANDLE_WRITE);
	if (!handle)
		other->type = &nothing;	/* fd and data stay the caller's */
	object_put(&other->base);
	lib_lock_drop();
	return handle ? handle_value(handle) : NULL;
}

LIB_EXPORT HANDLE mailslot_object_handle(struct mailslot_object *object, BOOL inherit)
{
	struct handle *handle;

	lib_lock_take();
	handle = handle_add_another(&object->base, inherit, HANDLE_READ | HANDLE_WRITE);
	lib_lock_drop();
	return handle ? handle_value(handle) : NULL;
}

LIB_EXPORT struct mailslot_object *mailslot_object_get(HANDLE value,
						       const struct mailslot_object_type *type)
{
	struct mailslot_object *other = NULL;
	struct handle *handle;

	lib_lock_take();
	handle = handle_find(value);
	if (handle && handle->object->class == &other_class &&
	    to_other(handle->object)->type == type) {
		other = to_other(handle->object);
		object_get(&other->base);
	}
	lib_lock_drop();
	if (!other)
		lib_fail(ERROR_INVALID_HANDLE);
	return other;
}

LIB_EXPORT void mailslot_object_put(struct mailslot_object *object)
{
	lib_lock_take();
	object_put(&object->base);
	lib_lock_drop();
}

LIB_EXPORT void *mailslot_object_data(struct mailslot_object *object)
{
	return object->data;
}

LIB_EXPORT int mailslot_object_update(struct mailslot_object *object,
				      int (*change)(void *data, void *arg), void *arg)
{
	int result;

	lib_lock_take();
	result = change(object ? object->data : NULL, arg);
	if (object)
		object_serve(&object->base);
	lib_lock_drop();
	return result;
}

LIB_EXPORT void mailslot_object_signal(struct mailslot_object *object)
{
	object_serve(&object->base);
}

LIB_EXPORT pid_t mailslot_object_taker(void)
{
	return object_taker->id;
}

/* Can an extension's object be read or written, through a descriptor that is there? */
bool object_is_file(const struct object *object)
{
	const struct mailslot_object *other =
		container_of(object, const struct mailslot_object, base);

	return object->class == &other_class && object->fd >= 0 &&
	       (other->type->read || other->type->write);
}

/*
 * ReadFile and WriteFile on an extension's handle.  The lock is held on entry and on
 * return; the extension runs without it.
 */
DWORD object_other_read(struct object *object, void *buffer, DWORD size, DWORD *done)
{
	struct mailslot_object *other = to_other(object);
	DWORD error;

	if (!other->type->read)
		return ERROR_INVALID_HANDLE;
	object_get(object);
	lib_lock_drop();
	error = other->type->read(other->data, buffer, size, done);
	lib_lock_take();
	object_put(object);
	return error;
}

DWORD object_other_write(struct object *object, const void *buffer, DWORD size, DWORD *done)
{
	struct mailslot_object *other = to_other(object);
	DWORD error;

	if (!other->type->write)
		return ERROR_INVALID_HANDLE;
	object_get(object);
	lib_lock_drop();
	error = other->type->write(other->data, buffer, size, done);
	lib_lock_take();
	object_put(object);
	return error;
}
