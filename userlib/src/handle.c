// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The handle table, and the functions that work on any handle.
 *
 * The table has two levels indexed by the number, so that it grows with what is used and
 * lookups take no lock.  A child program finds the entry of an inherited number empty and
 * asks the kernel what the descriptor is.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "handle.h"

struct handle *_Atomic handle_table[HANDLE_LIMIT / HANDLE_CHUNK];

/* Virtual handles that were closed, oldest first, and the first number that was never used. */
static struct list virtual_free = { &virtual_free, &virtual_free };
static int virtual_next = HANDLE_VIRTUAL;

/*
 * Return the entry of a number in range; make the entry if there is none yet.  Return NULL if there
 * is no memory.
 */
static struct handle *entry_make(int number)
{
	struct handle *chunk = handle_entry((HANDLE)(uintptr_t)number);
	int first = number - number % HANDLE_CHUNK;

	if (chunk)
		return chunk;
	chunk = calloc(HANDLE_CHUNK, sizeof(*chunk));
	if (!chunk)
		return NULL;
	for (int i = 0; i < HANDLE_CHUNK; i++) {
		chunk[i].number = first + i;
		list_init(&chunk[i].link);
	}
	atomic_store_explicit(&handle_table[number / HANDLE_CHUNK], chunk, memory_order_release);
	return &chunk[number % HANDLE_CHUNK];
}

static struct handle *virtual_make(void)
{
	struct handle *handle;

	if (virtual_next < HANDLE_LIMIT) {
		handle = entry_make(virtual_next);
		if (!handle)
			lib_fail(ERROR_NOT_ENOUGH_MEMORY);
		else
			virtual_next++;
		return handle;
	}
	if (list_empty(&virtual_free)) {
		lib_fail(ERROR_NO_SYSTEM_RESOURCES);
		return NULL;
	}
	handle = container_of(virtual_free.next, struct handle, link);
	list_remove(&handle->link);
	return handle;
}

/*
 * The descriptor that @object uses is closing (or, if not @alive, is closed already).  Let the
 * object go on with the descriptor of another handle.  If no handle has a descriptor, and the
 * object is still used, give it a descriptor of its own.
 */
static void move_object(struct object *object, bool alive)
{
	struct list *pos, *next;
	int fd = -1;

	list_for_each(pos, next, &object->handles) {
		struct handle *other = container_of(pos, struct handle, link);

		if (other->number < HANDLE_VIRTUAL) {
			fd = other->number;
			break;
		}
	}
	if (fd < 0 && alive && object->class->kind != OBJECT_END && object->refs > 1) {
		fd = descriptor_duplicate(object->fd, false);
		object->own_fd = fd >= 0;
	}
	if (object->class->moved)
		object->class->moved(object, fd);
	object->fd = fd;
	object_wake(object);
}

/* The program closed the descriptor behind the library's back. */
static void handle_forget(struct handle *handle)
{
	struct object *object = handle->object;

	/* Moving may wait: until then the entry leads to nothing, and must not say otherwise. */
	atomic_store_explicit(&handle->state, HANDLE_CLOSING, memory_order_relaxed);
	list_remove(&handle->link);
	handle->object = NULL;
	if (object->fd == handle->number)
		move_object(object, false);
	object_put(object);
}

/*
 * Give @object a handle: the number of @fd, which the handle then owns, or a virtual
 * number when @fd is -1.  The handle has a reference to the object.  NULL and the last
 * error on failure.
 */
struct handle *handle_add(struct object *object, int fd, uint32_t state)
{
	struct handle *handle;

	if (fd >= HANDLE_VIRTUAL) {
		lib_fail(ERROR_NO_SYSTEM_RESOURCES);
		return NULL;
	}
	if (fd < 0) {
		handle = virtual_make();
	} else {
		handle = entry_make(fd);
		if (!handle)
			lib_fail(ERROR_NOT_ENOUGH_MEMORY);
	}
	if (!handle)
		return NULL;
	if (handle->object)
		handle_forget(handle);
	handle->object = object;
	list_append(&object->handles, &handle->link);
	object_get(object);
	if (object->fd < 0)
		object->fd = fd;
	atomic_store_explicit(&handle->state, state | HANDLE_OPEN, memory_order_relaxed);
	return handle;
}

/* The same as handle_add(), for a descriptor that comes from an extension. */
struct handle *handle_add_descriptor(struct object *object, int fd, bool inherit, uint32_t state)
{
	struct handle *handle;
	int number = fd;

	if (fd >= 0 && fd < 3)
		number = descriptor_duplicate(fd, inherit);
	else if (fd >= 0 && descriptor_set_inherit(fd, inherit))
		number = -1;
	if (fd >= 0 && number < 0) {
		lib_fail(error_from_errno(errno));
		return NULL;
	}
	handle = handle_add(object, number, state);
	if (number != fd)
		close(handle ? fd : number);
	return handle;
}

/*
 * Add another handle to an object that has a handle.  A handle that is not inheritable needs no
 * descriptor of its own, so that programs which create the same named event again and again do not
 * run out of descriptors.  Handles of slot ends always have a descriptor.
 */
struct handle *handle_add_another(struct object *object, bool inherit, uint32_t state)
{
	struct handle *handle;
	int fd = -1;

	if (object->fd >= 0 && (inherit || object->class->kind == OBJECT_END)) {
		fd = descriptor_duplicate(object->fd, inherit);
		if (fd < 0) {
			lib_fail(error_from_errno(errno));
			return NULL;
		}
	}
	handle = handle_add(object, fd, state);
	if (!handle && fd >= 0)
		close(fd);
	return handle;
}

/* Set or clear bits in the state of all of an object's handles. */
void handle_mark(struct object *object, uint32_t bits, bool set)
{
	struct list *pos, *next;

	list_for_each(pos, next, &object->handles) {
		struct handle *handle = container_of(pos, struct handle, link);
		uint32_t state = handle_state(handle);

		state = set ? state | bits : state & ~bits;
		atomic_store_explicit(&handle->state, state, memory_order_relaxed);
	}
}

/* The rights that an access mask asks for. */
uint32_t handle_rights(DWORD access)
{
	uint32_t rights = 0;

	if (access & (GENERIC_READ | GENERIC_ALL | FILE_READ_DATA))
		rights |= HANDLE_READ;
	if (access & (GENERIC_WRITE | GENERIC_ALL | FILE_WRITE_DATA | FILE_APPEND_DATA))
		rights |= HANDLE_WRITE;
	return rights;
}

/* Is the descriptor readable now? */
bool handle_poll(int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	return fd >= 0 && poll(&pollfd, 1, 0) > 0 && !(pollfd.revents & POLLNVAL);
}

/* The kinds that an inherited descriptor may be of, up to a NULL. */
static const struct object_class *const *kinds;

void handle_recover_kinds(const struct object_class *const *all)
{
	kinds = all;
}

/* A number the table does not know may be a descriptor that was inherited. */
static struct handle *handle_recover(int fd)
{
	struct handle *handle = NULL;

	for (size_t i = 0; kinds && kinds[i] && !handle; i++)
		handle = kinds[i]->recover(fd);
	return handle;
}

/* The open handle of a value, or NULL. */
struct handle *handle_find(HANDLE value)
{
	struct handle *handle = handle_entry(value);
	uint32_t state = handle ? handle_state(handle) : 0;

	if (state & HANDLE_OPEN)
		return handle;
	if (state & HANDLE_CLOSING || !value || (uintptr_t)value >= HANDLE_VIRTUAL)
		return NULL;
	return handle_recover((int)(uintptr_t)value);
}

static DWORD handle_close(struct handle *handle)
{
	struct object *object = handle->object;
	DWORD error = ERROR_SUCCESS;

	atomic_store_explicit(&handle->state, HANDLE_CLOSING, memory_order_relaxed);
	list_remove(&handle->link);
	handle->object = NULL;
	if (handle->number < HANDLE_VIRTUAL) {
		if (object->fd == handle->number)
			move_object(object, true);
		if (close(handle->number) && errno == EBADF)
			error = ERROR_INVALID_HANDLE;
	} else {
		list_append(&virtual_free, &handle->link);
		/* Threads that wait for a port give up when the port has no handle any more. */
		if (list_empty(&object->handles))
			object_wake(object);
	}
	atomic_store_explicit(&handle->state, 0, memory_order_relaxed);
	object_put(object);
	return error;
}

LIB_EXPORT BOOL WINAPI CloseHandle(HANDLE value)
{
	DWORD error = ERROR_INVALID_HANDLE;
	struct handle *handle;

	lib_lock_take();
	handle = handle_find(value);
	if (handle && !(handle_state(handle) & HANDLE_PROTECTED))
		error = handle_close(handle);
	lib_lock_drop();
	return lib_result(error);
}

LIB_EXPORT HANDLE WINAPI GetCurrentProcess(void)
{
	return (HANDLE)(intptr_t)-1;
}

static DWORD duplicate(struct handle *source, LPHANDLE target, DWORD access, bool inherit,
		       DWORD options)
{
	uint32_t state = handle_state(source) & ~(uint32_t)HANDLE_PROTECTED;
	struct handle *copy;

	if (options & ~(DWORD)(DUPLICATE_CLOSE_SOURCE | DUPLICATE_SAME_ACCESS))
		return ERROR_INVALID_PARAMETER;
	if (!(options & DUPLICATE_SAME_ACCESS) && source->object->class->kind != OBJECT_OTHER) {
		if (handle_rights(access) & ~state)
			return ERROR_ACCESS_DENIED;
		state = (state & ~HANDLE_RIGHTS) | handle_rights(access);
	}
	if (!target)
		return ERROR_SUCCESS;
	copy = handle_add_another(source->object, inherit, state);
	if (!copy)
		return lib_last_error;
	*target = handle_value(copy);
	return ERROR_SUCCESS;
}

LIB_EXPORT BOOL WINAPI DuplicateHandle(HANDLE source_process, HANDLE source, HANDLE target_process,
				       LPHANDLE target, DWORD access, BOOL inherit, DWORD options)
{
	DWORD error = ERROR_INVALID_HANDLE;
	struct handle *handle;

	if (target)
		*target = NULL;
	if (source_process != GetCurrentProcess() || target_process != GetCurrentProcess())
		return lib_fail(ERROR_NOT_SUPPORTED);
	lib_lock_take();
	handle = handle_find(source);
	if (handle) {
		error = duplicate(handle, target, access, inherit, options);
		if (options & DUPLICATE_CLOSE_SOURCE &&
		    !(handle_state(handle) & HANDLE_PROTECTED))
			handle_close(handle);
	}
	lib_lock_drop();
	return lib_result(error);
}

LIB_EXPORT BOOL WINAPI GetHandleInformation(HANDLE value, LPDWORD flags)
{
	DWORD error = ERROR_SUCCESS, result = 0;
	struct handle *handle;
	int fd_flags;

	lib_lock_take();
	handle = handle_find(value);
	if (!handle) {
		error = ERROR_INVALID_HANDLE;
	} else {
		if (handle_state(handle) & HANDLE_PROTECTED)
			result |= HANDLE_FLAG_PROTECT_FROM_CLOSE;
		if (handle->number < HANDLE_VIRTUAL) {
			fd_flags = fcntl(handle->number, F_GETFD);
			if (fd_flags < 0)
				error = error_from_errno(errno);
			else if (!(fd_flags & FD_CLOEXEC))
				result |= HANDLE_FLAG_INHERIT;
		}
	}
	lib_lock_drop();
	if (!error && !flags)
		error = ERROR_NOACCESS;
	if (!error)
		*flags = result;
	return lib_result(error);
}

static DWORD set_information(struct handle *handle, DWORD mask, DWORD flags)
{
	uint32_t state = handle_state(handle);
	bool inherit = flags & HANDLE_FLAG_INHERIT;

	if (mask & ~(DWORD)(HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE))
		return ERROR_INVALID_PARAMETER;
	if (mask & HANDLE_FLAG_INHERIT) {
		if (handle->number >= HANDLE_VIRTUAL) {
			if (inherit)
				return ERROR_NOT_SUPPORTED;
		} else if (descriptor_set_inherit(handle->number, inherit)) {
			return error_from_errno(errno);
		}
	}
	if (mask & HANDLE_FLAG_PROTECT_FROM_CLOSE) {
		if (flags & HANDLE_FLAG_PROTECT_FROM_CLOSE)
			state |= HANDLE_PROTECTED;
		else
			state &= ~(uint32_t)HANDLE_PROTECTED;
		atomic_store_explicit(&handle->state, state, memory_order_relaxed);
	}
	return ERROR_SUCCESS;
}

LIB_EXPORT BOOL WINAPI SetHandleInformation(HANDLE value, DWORD mask, DWORD flags)
{
	DWORD error = ERROR_INVALID_HANDLE;
	struct handle *handle;

	lib_lock_take();
	handle = handle_find(value);
	if (handle)
		error = set_information(handle, mask, flags);
	lib_lock_drop();
	return lib_result(error);
}

LIB_EXPORT int mailslot_fd(HANDLE value)
{
	struct handle *handle;
	int fd = -1;

	lib_lock_take();
	handle = handle_find(value);
	if (handle)
		fd = handle->number < HANDLE_VIRTUAL ? handle->number : handle->object->fd;
	lib_lock_drop();
	if (fd < 0)
		lib_fail(ERROR_INVALID_HANDLE);
	return fd;
}
