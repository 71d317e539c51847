/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The handle table: numbers to objects.
 */
#ifndef HANDLE_H
#define HANDLE_H

#include <stdatomic.h>

#include "lib.h"
#include "list.h"
#include "object.h"

/*
 * Handles below HANDLE_VIRTUAL are the numbers of their file descriptors.  From that on
 * handles have no descriptor of their own and are this process's alone.
 */
#define HANDLE_VIRTUAL	(1 << 23)
#define HANDLE_LIMIT	(1 << 24)

/* struct handle.state: 0 when the table knows nothing of the number. */
#define HANDLE_OPEN		(1U << 0)
#define HANDLE_CLOSING		(1U << 1)	/* do not ask what the descriptor is */
#define HANDLE_READ		(1U << 2)	/* rights */
#define HANDLE_WRITE		(1U << 3)
#define HANDLE_PROTECTED	(1U << 4)	/* HANDLE_FLAG_PROTECT_FROM_CLOSE */
#define HANDLE_SERVER		(1U << 5)	/* a slot's server end */
#define HANDLE_CLIENT		(1U << 6)	/* a slot's client end */
#define HANDLE_NONBLOCK		(1U << 7)	/* read(2) and write(2) do not wait */
#define HANDLE_SIGNALLED	(1U << 8)	/* the slot end is signalled */
#define HANDLE_BUSY		(1U << 9)	/* operations are pended on the end */

#define HANDLE_RIGHTS		(HANDLE_READ | HANDLE_WRITE)

/**
 * struct handle - a table entry; entries never move and are never freed
 * @state: HANDLE_*; written under lib_lock, read without the lock on the straight paths
 *	of ReadFile and WriteFile, which decide by it only whether to take a short cut
 * @number: the handle
 * @object: what it leads to (under lib_lock)
 * @link: on the object's list of handles, or on that of free virtual handles
 */
struct handle {
	_Atomic uint32_t state;
	int number;
	struct object *object;
	struct list link;
};

#define HANDLE_CHUNK	1024

extern struct handle *_Atomic handle_table[HANDLE_LIMIT / HANDLE_CHUNK];

/* The entry of a number, or NULL.  Without the lock. */
static inline struct handle *handle_entry(HANDLE value)
{
	uintptr_t number = (uintptr_t)value;
	struct handle *chunk;

	if (unlikely(number >= HANDLE_LIMIT))
		return NULL;
	chunk = atomic_load_explicit(&handle_table[number / HANDLE_CHUNK], memory_order_acquire);
	return likely(chunk) ? &chunk[number % HANDLE_CHUNK] : NULL;
}

static inline uint32_t handle_state(struct handle *handle)
{
	return atomic_load_explicit(&handle->state, memory_order_relaxed);
}

static inline HANDLE handle_value(struct handle *handle)
{
	return (HANDLE)(uintptr_t)handle->number;
}

/* Once, before all else: the kinds that have a recover hook, up to a NULL. */
void handle_recover_kinds(const struct object_class *const *all);

/* All with lib_lock held. */
struct handle *handle_find(HANDLE value);
struct handle *handle_add(struct object *object, int fd, uint32_t state);
struct handle *handle_add_descriptor(struct object *object, int fd, bool inherit, uint32_t state);
struct handle *handle_add_another(struct object *object, bool inherit, uint32_t state);
void handle_mark(struct object *object, uint32_t bits, bool set);
uint32_t handle_rights(DWORD access);
bool handle_poll(int fd);

#endif /* HANDLE_H */
