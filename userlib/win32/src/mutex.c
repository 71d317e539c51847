// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Mutexes.  One without a name is in memory.  A named one is owned by the process that has
 * its FIFO open for writing, which is libmailslot's affair; which thread of the process
 * owns it is known here.
 *
 * A mutex without a name is marked while it is owned.  Who takes one that is marked has it
 * from an owner that ended with it: WAIT_ABANDONED.
 */
#include "mutex.h"
#include "internal.h"
#include <libmailslot-object.h>
#include <pthread.h>
#include <unistd.h>

/**
 * struct mutex - under the library's lock, which mailslot_object_update() takes
 * @objects: how many objects of this process are this mutex
 * @object: the one of a mutex without a name, as long as it may be used
 * @next: on the list of named ones
 * @owner: a thread's id; 0: none in this process
 * @depth: how often the owner has it
 * @next_owned: on the list of mutexes that threads of this process own
 * @inherited: the owner had it from one that ended with it
 * @marked: without a name: owned, or left by an owner that ended
 * @named: the name, or NULL
 */
struct mutex {
	unsigned int objects;
	struct mailslot_object *object;
	struct mutex *next;	/* named ones */
	pid_t owner;
	LONG depth;
	struct mutex *next_owned;	/* owned ones */
	bool inherited;
	bool marked;
	struct mailslot_named *named;
};

/* The named mutexes, one for each name, so that a thread owns a mutex through any handle of it. */
static struct mutex *named_mutexes;

static struct mutex *owned_mutexes;

/* Has a value in each thread that may own a mutex. */
static pthread_key_t owner_key;

static void abandon_at_exit(void *unused)
{
	(void)unused;
	mutex_abandon_all();
}

static void make_key(void)
{
	pthread_key_create(&owner_key, abandon_at_exit);
}

static bool take(struct mutex *m)
{
	int taken;

	if (m->named) {
		taken = mailslot_named_take(m->named);
		m->inherited = taken == MAILSLOT_OBJECT_ABANDONED;
		return taken;
	}
	m->inherited = m->marked;
	m->marked = true;
	return true;
}

static void disown(struct mutex *m)
{
	for (struct mutex **p = &owned_mutexes; *p; p = &(*p)->next_owned) {
		if (*p == m) {
			*p = m->next_owned;
			break;
		}
	}
}

static void own(struct mutex *m, pid_t id)
{
	m->owner = id;
	m->depth = 1;
	m->next_owned = owned_mutexes;
	owned_mutexes = m;
}

/* Give up the mutex, which was released or is @abandoned.  Threads that wait are not served yet. */
static void give(struct mutex *m, bool abandoned)
{
	disown(m);
	m->owner = 0;
	m->marked = abandoned;
	if (m->named)
		mailslot_named_untake(m->named, abandoned);
}

/* Take it for a thread: 0, a positive number, or MAILSLOT_OBJECT_ABANDONED. */
static int acquire_for(struct mutex *m, pid_t id)
{
	/* The child of a fork does not own what the parent owns. */
	if (m->owner && m->named && !mailslot_named_owned(m->named)) {
		disown(m);
		m->owner = 0;
	}
	if (m->owner == id) {
		m->depth++;
		return 1;
	}
	if (m->owner || !take(m))
		return 0;
	own(m, id);
	return m->inherited ? MAILSLOT_OBJECT_ABANDONED : 1;
}

static int mutex_acquire(void *data)
{
	return acquire_for(data, mailslot_object_taker());
}

/* @undo: as if it had not been taken, whoever left it before. */
static bool release_for(struct mutex *m, pid_t id, bool undo)
{
	if (m->owner != id)
		return false;
	if (!--m->depth)
		give(m, undo && m->inherited);
	return true;
}

static void mutex_release(void *data)
{
	release_for(data, mailslot_object_taker(), true);
}

/*
 * Mark the calling thread, for which somebody may take the mutex: when the thread ends, it must
 * free the mutex.
 */
static void mutex_prepare(void *data)
{
	pthread_setspecific(owner_key, data);
}

static struct mailslot_named *mutex_named(void *data)
{
	return ((struct mutex *)data)->named;
}

static void mutex_unused(void *data)
{
	struct mutex *m = data;

	m->object = NULL;
}

static void dispose(struct mutex *m)
{
	if (m->named)
		mailslot_named_close(m->named);
	free(m);
}

/* Nonzero: nobody else frees it. */
static int drop_object(void *unused, void *arg)
{
	struct mutex *m = arg;

	(void)unused;
	if (--m->objects)
		return 0;
	for (struct mutex **p = &named_mutexes; *p; p = &(*p)->next) {
		if (*p == m) {
			*p = m->next;
			break;
		}
	}
	/* Owned by another thread, which closed its handles: the end of that thread frees it. */
	if (m->owner && m->owner != gettid())
		return 0;
	disown(m);
	return 1;
}

static void mutex_destroy(void *data)
{
	if (mailslot_object_update(NULL, drop_object, data))
		dispose(data);
}

/* Free the mutexes of the calling thread; put those that no handle leads to into *@arg. */
static int abandon(void *none, void *arg)
{
	struct mutex **unused = arg, *m = owned_mutexes, *next;
	pid_t id = gettid();

	(void)none;
	for (; m; m = next) {
		next = m->next_owned;
		if (m->owner != id)
			continue;
		give(m, true);
		if (m->object)
			mailslot_object_signal(m->object);
		if (!m->objects) {
			m->next = *unused;
			*unused = m;
		}
	}
	return 0;
}

void mutex_abandon_all(void)
{
	struct mutex *unused = NULL, *m;

	mailslot_object_update(NULL, abandon, &unused);
	while ((m = unused) != NULL) {
		unused = m->next;
		dispose(m);
	}
}

static const struct mailslot_object_type mutex_type = {
	.acquire = mutex_acquire,
	.release = mutex_release,
	.prepare = mutex_prepare,
	.named = mutex_named,
	.unused = mutex_unused,
	.destroy = mutex_destroy,
};

static struct mutex *new_mutex(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct mutex *m = calloc(1, sizeof(*m));

	pthread_once(&once, make_key);
	if (!m) {
		SetLastError(ERROR_NOT_ENOUGH_MEMORY);
		return NULL;
	}
	m->objects = 1;
	return m;
}

/* Put a named mutex on the list; if its name is there already, put that mutex into *@arg. */
static int meet(void *unused, void *arg)
{
	struct mutex **found = arg, *m = named_mutexes;

	(void)unused;
	while (m && strcmp(mailslot_named_key(m->named), mailslot_named_key((*found)->named)))
		m = m->next;
	if (m) {
		m->objects++;
		*found = m;
		return 0;
	}
	(*found)->next = named_mutexes;
	named_mutexes = *found;
	return 0;
}

static struct mutex *open_named(const char *name, bool create, bool take_it, BOOL *existed)
{
	struct mailslot_named_new new = { .count = !take_it, .maximum = 1, .owned = TRUE };
	struct mutex *m = new_mutex(), *known;

	if (!m)
		return NULL;
	m->named = mailslot_named_open("mutex", name, create ? &new : NULL, existed);
	if (!m->named) {
		free(m);
		return NULL;
	}
	known = m;
	mailslot_object_update(NULL, meet, &known);
	if (known != m)
		dispose(m);
	return known;
}

/* The calling thread has it, which made it so. */
static int own_new(void *unused, void *arg)
{
	struct mutex *m = arg;

	(void)unused;
	mutex_prepare(m);
	m->marked = true;
	own(m, gettid());
	return 0;
}

/* A mutex that existed belongs to its owner, so asking to own it has no effect. */
static struct mutex *open_mutex(const char *name, bool create, bool take_it, BOOL *existed)
{
	static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;
	struct mutex *m = NULL;

	if (!name || !*name) {
		*existed = FALSE;
		m = new_mutex();
		if (m && take_it)
			mailslot_object_update(NULL, own_new, m);
		return m;
	}
	/*
	 * open one at a time, so that the maker of a name owns the mutex before others here find it
	 */
	pthread_mutex_lock(&opening);
	m = open_named(name, create, take_it, existed);
	if (m && take_it && !*existed)
		mailslot_object_update(NULL, own_new, m);
	pthread_mutex_unlock(&opening);
	return m;
}

/* An owner's end must be able to serve who waits.  Nobody else knows the handle yet. */
static void remember_object(HANDLE handle, struct mutex *m)
{
	struct mailslot_object *object = mailslot_object_get(handle, &mutex_type);

	if (!object)
		return;
	m->object = object;
	mailslot_object_put(object);
}

static HANDLE make(const char *name, bool create, bool take_it, bool inherit)
{
	BOOL existed;
	struct mutex *m = open_mutex(name, create, take_it, &existed);
	HANDLE handle;
	int fd = -1;

	if (!m)
		return NULL;
	if (m->named) {
		fd = mailslot_named_fd(m->named);
		if (fd < 0) {
			mutex_destroy(m);
			return NULL;
		}
	}
	handle = mailslot_object_create(&mutex_type, m, fd, inherit);
	if (!handle) {
		if (fd >= 0)
			close(fd);
		mutex_destroy(m);
		return NULL;
	}
	if (!m->named)
		remember_object(handle, m);
	if (create)
		SetLastError(existed ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
	return handle;
}

HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES attributes, BOOL take_it, LPCSTR name)
{
	return make(name, true, take_it, attributes && attributes->bInheritHandle);
}

HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES attributes, BOOL take_it, LPCWSTR name)
{
	HANDLE handle;
	char *narrow;

	if (!utf8_dup_or_fail(name, &narrow))
		return NULL;
	handle = CreateMutexA(attributes, take_it, narrow);
	free(narrow);
	return handle;
}

HANDLE WINAPI OpenMutexA(DWORD access, BOOL inherit, LPCSTR name)
{
	(void)access;
	if (!name || !*name) {
		SetLastError(ERROR_INVALID_PARAMETER);
		return NULL;
	}
	return make(name, false, false, inherit);
}

HANDLE WINAPI OpenMutexW(DWORD access, BOOL inherit, LPCWSTR name)
{
	HANDLE handle;
	char *narrow;

	if (!utf8_dup_or_fail(name, &narrow))
		return NULL;
	handle = OpenMutexA(access, inherit, narrow);
	free(narrow);
	return handle;
}

/* Whether the calling thread had it. */
static int release_mine(void *m, void *unused)
{
	(void)unused;
	return release_for(m, gettid(), false);
}

BOOL WINAPI ReleaseMutex(HANDLE mutex)
{
	struct mailslot_object *object = mailslot_object_get(mutex, &mutex_type);
	bool mine;

	if (!object)
		return FALSE;
	mine = mailslot_object_update(object, release_mine, NULL);
	mailslot_object_put(object);
	return mine ? TRUE : fail(ERROR_NOT_OWNER);
}
