// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Life and death of objects, and who waits for them.
 */
#include <unistd.h>

#include "object.h"
#include "thread.h"
#include "wait.h"

/* All objects; a fork's child has to visit each of them. */
struct list object_all = { &object_all, &object_all };

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

static void destroy(struct deferred *deferred)
{
	struct object *object = container_of(deferred, struct object, death);

	if (object->own_fd)
		close(object->fd);
	object->class->destroy(object);
}

/* An object without a reference is destroyed when the lock is dropped. */
void object_put(struct object *object)
{
	if (--object->refs)
		return;
	if (object->class->unused)
		object->class->unused(object);
	list_remove(&object->link);
	lib_lock_defer(&object->death, destroy);
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

/* The child of a fork has no waits, because only the forking thread lives on. */
void object_fork_child(void)
{
	struct list *pos, *next;

	list_for_each(pos, next, &object_all) {
		struct object *object = container_of(pos, struct object, link);

		while (!list_empty(&object->waiters)) {
			list_remove(object->waiters.next);
			object->refs--;
		}
		if (object->class->forked)
			object->class->forked(object);
	}
}
