// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Slot ends as objects behind handles: how they are made, found, recovered and closed.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "end-object.h"
#include "operation.h"

static enum acquired end_acquire(struct object *object)
{
	return to_end(object)->signalled ? ACQUIRED : ACQUIRED_NOT;
}

/*
 * The end closes with its last handle, which ends what is pended on the end.  Threads that
 * still poll the descriptor hold the file: wait until they have gone, so that the slot
 * is gone when CloseHandle returns.
 */
static void end_moved(struct object *object, int fd)
{
	struct end *end = to_end(object);

	engine_forget(&end->watcher);
	/* Do this before the wait, so that nobody finds an end that has no handle any more. */
	object->fd = fd;
	if (fd < 0) {
		operation_cancel(end, NULL, NULL);
		end_wait_for_sleepers(end);
	}
	operation_arm(end);
}

static void end_unused(struct object *object)
{
	end_leave_port(to_end(object));
}

/* The operations went with their threads, the epoll set is the parent's. */
static void end_forked(struct object *object)
{
	struct end *end = to_end(object);

	end->sleepers = 0;
	engine_watcher_init(&end->watcher, operation_ready);
	handle_mark(object, HANDLE_BUSY, false);
}

static void end_destroy(struct object *object)
{
	free(to_end(object)->remote);
	free(to_end(object));
}

/* The slot end behind a handle, or NULL. */
struct end *end_find(HANDLE value, struct handle **handle)
{
	*handle = handle_find(value);
	if (!*handle || (*handle)->object->class != &end_class)
		return NULL;
	return to_end((*handle)->object);
}

/*
 * Make a handle of an open slot end.  The descriptor's flags say the rest, so that a
 * child program finds the same: O_NONBLOCK, which the library sets on all ends that it
 * opens, and O_APPEND, which means nothing on a slot, for FILE_FLAG_OVERLAPPED.
 * A client end of the relay's slot has @remote, which was allocated, to free.  NULL and the
 * last error on failure; @fd and @remote then stay the caller's.
 */
struct handle *end_add(int fd, const struct mailslot_info *info, uint32_t rights,
		       struct remote *remote)
{
	int flags = fcntl(fd, F_GETFL);
	struct handle *handle;
	struct end *end;
	uint32_t state;

	end = malloc(sizeof(*end));
	if (!end) {
		lib_fail(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	object_init(&end->base, &end_class);
	end->server = info->flags & MAILSLOT_INFO_SERVER;
	end->nonblock = flags & O_NONBLOCK;
	end->overlapped = end->server || flags & O_APPEND;
	end->signalled = false;
	end->device = makedev(info->dev_major, info->dev_minor);
	list_init(&end->operations);
	end->sleepers = 0;
	engine_watcher_init(&end->watcher, operation_ready);
	end->port = NULL;
	end->port_key = 0;
	end->remote = NULL;
	state = rights | (end->server ? HANDLE_SERVER : HANDLE_CLIENT) |
		(end->nonblock ? HANDLE_NONBLOCK : 0);
	/*
	 * Take this handle off the fast path of WriteFile(), which cannot put a frame before the
	 * message.
	 */
	if (remote && remote->frame)
		state &= ~(uint32_t)HANDLE_NONBLOCK;
	handle = handle_add(&end->base, fd, state);
	if (handle)
		end->remote = remote;
	object_put(&end->base);
	return handle;
}

/* A slot has one server file: descriptors of it that were inherited lead to one end. */
static struct end *find_server(dev_t device)
{
	struct list *pos, *next;

	list_for_each(pos, next, &object_all) {
		struct object *object = container_of(pos, struct object, link);

		if (object->class == &end_class && object->fd >= 0 &&
		    to_end(object)->server && to_end(object)->device == device)
			return to_end(object);
	}
	return NULL;
}

/* A handle of the descriptor, which the table does not know, if it is a slot end. */
static struct handle *end_recover(int fd)
{
	uint32_t rights, state;
	struct mailslot_info info;
	struct handle *handle;
	struct remote *remote;
	struct end *end;
	DWORD error;
	int mode;

	if (ioctl(fd, MAILSLOT_IOC_GET_INFO, &info) < 0)
		return NULL;
	if (info.flags & MAILSLOT_INFO_SERVER) {
		end = find_server(makedev(info.dev_major, info.dev_minor));
		if (!end)
			return end_add(fd, &info, HANDLE_READ, NULL);
		state = handle_state(container_of(end->base.handles.next, struct handle, link));
		/* Rights and protection are each handle's own. */
		state &= ~(uint32_t)(HANDLE_RIGHTS | HANDLE_PROTECTED);
		return handle_add(&end->base, fd, state | HANDLE_READ);
	}
	mode = fcntl(fd, F_GETFL) & O_ACCMODE;
	rights = (mode == O_RDONLY || mode == O_RDWR ? HANDLE_READ : 0) |
		 (mode == O_WRONLY || mode == O_RDWR ? HANDLE_WRITE : 0);
	error = remote_recover(fd, &remote);
	handle = error ? NULL : end_add(fd, &info, rights, remote);
	if (!handle)
		free(remote);
	return handle;
}

const struct object_class end_class = {
	.kind = OBJECT_END,
	.acquire = end_acquire,
	.moved = end_moved,
	.unused = end_unused,
	.forked = end_forked,
	.recover = end_recover,
	.destroy = end_destroy,
};
