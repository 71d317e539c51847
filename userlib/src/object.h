/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects: what handles lead to and threads wait for.  Slot ends, events, and the
 * kinds of libmailslot-object.h each extend struct object.
 */
#ifndef OBJECT_H
#define OBJECT_H

#include "lib.h"
#include "list.h"

struct object;
struct thread;

enum object_kind {
	OBJECT_END,		/* a mailslot's server or client end: end.h */
	OBJECT_EVENT,
	OBJECT_PORT,		/* a completion port */
	OBJECT_OTHER,		/* of an extension */
};

/* Not 0: it is taken. */
enum acquired {
	ACQUIRED_NOT,
	ACQUIRED,
	ACQUIRED_ABANDONED,	/* from an owner that ended with it */
};

/**
 * struct object_class - what a kind of object does; all with lib_lock held
 * @kind: which kind
 * @polled: a wait polls the object's descriptor for POLLIN
 * @test: might it be signalled?  Takes nothing.  NULL: only @acquire can say.
 * @acquire: is it signalled?  If so take it for object_taker.
 * @release: undo an acquire
 * @prepare: the calling thread is about to wait for it; NULL: nothing to do
 * @named: the name in whose line its waits stand, or NULL; NULL: it has none
 * @moved: the object's descriptor is about to close; fd is the new one or -1 when
 *	the last handle goes.  May wait, dropping the lock meanwhile.
 * @unused: the last reference is gone
 * @destroy: no handle and no user is left: free it.  Without the lock.
 */
struct object_class {
	enum object_kind kind;
	bool polled;
	bool (*test)(struct object *object);
	enum acquired (*acquire)(struct object *object);
	void (*release)(struct object *object);
	void (*prepare)(struct object *object);
	struct mailslot_named *(*named)(struct object *object);
	void (*moved)(struct object *object, int fd);
	void (*unused)(struct object *object);
	void (*destroy)(struct object *object);
};

/**
 * struct object - all under lib_lock
 * @class: what it is
 * @refs: handles, operations, waits and callers that use it
 * @fd: its descriptor: that of one of its handles, or its own; -1: it has none
 * @own_fd: @fd belongs to no handle
 * @handles: its handles in this process, oldest first
 * @waiters: threads that wait for it, oldest first
 * @link: on the list of all objects
 */
struct object {
	const struct object_class *class;
	unsigned int refs;
	int fd;
	bool own_fd;
	struct list handles;
	struct list waiters;
	struct list link;
};

struct mailslot_named;
struct wait_for;
struct waiter;

/**
 * struct wait - a thread's wait; under lib_lock
 * @thread: who waits
 * @what: for what
 * @result: what the wait returns, or WAIT_NOT_YET; set by whoever satisfies the wait,
 *	which takes the objects for @thread at the same time
 * @pulsed: bit i: object i was pulsed since somebody looked last
 * @missing: of a wait for all, the first that was not signalled
 * @waiters: its places in the objects' queues; NULL: it has none yet
 */
struct wait {
	struct thread *thread;
	const struct wait_for *what;
	DWORD result;
	uint64_t pulsed;
	unsigned int missing;
	struct waiter *waiters;
};

#define WAIT_NOT_YET	((DWORD)-2)

extern struct list object_all;

/* For whom acquire takes and release gives back: not always the calling thread. */
extern struct thread *object_taker;

void object_init(struct object *object, const struct object_class *class);
void object_get(struct object *object);
void object_put(struct object *object);
void object_wake(struct object *object);
void object_serve(struct object *object);
struct mailslot_named *object_named(struct object *object);
void object_fork_child(void);

bool object_is_file(const struct object *object);
DWORD object_other_read(struct object *object, void *buffer, DWORD size, DWORD *done);
DWORD object_other_write(struct object *object, const void *buffer, DWORD size, DWORD *done);

#endif /* OBJECT_H */
