// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The kinds of objects that extensions bring (libmailslot-object.h).
 */
#include <stdlib.h>

#include <libmailslot-object.h>

#include "extension.h"
#include "handle.h"
#include "named.h"
#include "thread.h"
#include "wait.h"

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

/* The extension alone knows which thread owns a mutex that this process owns. */
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
		other->type = &nothing;	/* @fd and @data stay the caller's */
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
		wait_serve(&object->base);
	lib_lock_drop();
	return result;
}

LIB_EXPORT void mailslot_object_signal(struct mailslot_object *object)
{
	wait_serve(&object->base);
}

LIB_EXPORT pid_t mailslot_object_taker(void)
{
	return wait_taker->id;
}

/* Can an extension's object be read or written, through a descriptor that is there? */
bool extension_is_file(const struct object *object)
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
DWORD extension_read(struct object *object, void *buffer, DWORD size, DWORD *done)
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

DWORD extension_write(struct object *object, const void *buffer, DWORD size, DWORD *done)
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
