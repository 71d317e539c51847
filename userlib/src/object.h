/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Objects: what handles lead to and threads wait for.  Slot ends, events, and the
 * kinds of libmailslot-object.h each extend struct object.
 */
#ifndef OBJECT_H
#define OBJECT_H

#include "lib.h"
#include "list.h"
#include "lock.h"

struct handle;
struct object;
struct thread;

enum object_kind {
	OBJECT_END,		/* a mailslot's server or client end: end.h */
	OBJECT_EVENT,
	OBJECT_PORT,		/* a completion port */
	OBJECT_OTHER,		/* of an extension */
};

/* The result of an acquire; all but the first have taken the object. */
enum acquired {
	ACQUIRED_NOT,
	ACQUIRED,
	ACQUIRED_ABANDONED,	/* taken from an owner that ended with the object */
};

/**
 * struct object_class - what a kind of object does; all with lib_lock held
 * @kind: which kind
 * @polled: a wait polls the object's descriptor for POLLIN
 * @test: might it be signalled?  Takes nothing.  NULL: only @acquire can say.
 * @acquire: is it signalled?  If so take it for wait_taker.
 * @release: undo an acquire
 * @prepare: the calling thread is about to wait for it; NULL: nothing to do
 * @named: the name in whose line its waits stand, or NULL; NULL: it has none
 * @moved: the object's descriptor is about to close; fd is the new one or -1 when
 *	the last handle goes.  May wait, dropping the lock meanwhile.
 * @unused: the last reference is gone
 * @forked: in a fork's child: let go of what is the parent's; NULL: nothing to do
 * @recover: a handle of a descriptor that the table does not know, if it is an object of
 *	this kind; else NULL.  NULL: this kind is not inherited.
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
	void (*forked)(struct object *object);
	struct handle *(*recover)(int fd);
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
 * @death: has it destroyed when no reference is left
 */
struct object {
	const struct object_class *class;
	unsigned int refs;
	int fd;
	bool own_fd;
	struct list handles;
	struct list waiters;
	struct list link;
	struct deferred death;
};

struct mailslot_named;

extern struct list object_all;

/* All with lib_lock held. */
void object_init(struct object *object, const struct object_class *class);
void object_get(struct object *object);
void object_put(struct object *object);
void object_wake(struct object *object);
struct mailslot_named *object_named(struct object *object);
void object_fork_child(void);

#endif /* OBJECT_H */
