// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Mutexes.  One without a name is free while its eventfd is readable.  A named one is
 * owned by the process that has the exclusive lock (flock) on its state file and, as
 * a sign to those who wait, its FIFO open for writing: when the owner lets go of it
 * or dies, the kernel drops both, and the FIFO's readers see its writer hang up.
 *
 * A mutex is marked while it is owned, a named one in its state file.  Who takes one
 * that is marked has it from an owner that ended with it: WAIT_ABANDONED.
 */
#include "mutex.h"
#include "named.h"
#include <libmailslot-object.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <unistd.h>

struct mutex {
	unsigned int objects;	/* objects in this process that are this mutex */
	struct mutex *next;	/* on the list of named ones */
	pid_t owner;		/* thread; 0: none in this process */
	LONG depth;		/* how often the owner has it */
	struct mutex *next_owned;	/* on the owner's list */
	int wait_fd;		/* what waits poll: the name's FIFO, or its own */
	bool is_named;
	int writer;		/* named and owned: the FIFO's writing end */
	bool inherited;		/* the owner had it from one that ended with it */
	bool marked;		/* without a name: owned, or left by an owner that ended */
	struct named named;
};

/* All of the above; taken inside the library's lock, so no library call within. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* One per name, so that a thread owns it through whatever handle it opened. */
static struct mutex *named_mutexes;

/* The calling thread's; the key's value is set while there are any. */
static __thread struct mutex *owned;
static pthread_key_t owned_key;

static void abandon_at_exit(void *unused)
{
	(void)unused;
	mutex_abandon_all();
}

static void make_key(void)
{
	pthread_key_create(&owned_key, abandon_at_exit);
}

/*
 * The mark of a named mutex is the first byte of its state file.  It has room there from
 * the beginning; were it not stored all the same, only the WAIT_ABANDONED would be lost.
 */
static bool is_marked(const struct mutex *m)
{
	char mark = 0;

	if (!m->is_named)
		return m->marked;
	return pread(m->named.state, &mark, 1, 0) == 1 && mark;
}

static void set_mark(struct mutex *m, bool marked)
{
	char mark = marked;

	if (!m->is_named)
		m->marked = marked;
	else
		(void)!pwrite(m->named.state, &mark, 1, 0);
}

static bool take(struct mutex *m)
{
	uint64_t token;

	if (!m->is_named) {
		if (read(m->wait_fd, &token, sizeof(token)) != sizeof(token))
			return false;
	} else {
		if (flock(m->named.state, LOCK_EX | LOCK_NB))
			return false;
		m->writer = open(m->named.path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
		if (m->writer < 0) {
			flock(m->named.state, LOCK_UN);
			return false;
		}
	}
	m->inherited = is_marked(m);
	set_mark(m, true);
	return true;
}

/* Let go of it: released, or @abandoned. */
static void give(struct mutex *m, bool abandoned)
{
	static const uint64_t token = 1;

	m->owner = 0;
	set_mark(m, abandoned);
	if (!m->is_named) {
		if (write(m->wait_fd, &token, sizeof(token)) != sizeof(token))
			abort();
		return;
	}
	flock(m->named.state, LOCK_UN);
	close(m->writer);
	m->writer = -1;
}

static void disown(struct mutex *m)
{
	for (struct mutex **p = &owned; *p; p = &(*p)->next_owned) {
		if (*p == m) {
			*p = m->next_owned;
			break;
		}
	}
}

/* Runs in the thread that waits. */
static int mutex_acquire(void *data)
{
	struct mutex *m = data;
	pid_t id = gettid();
	int got = 0;

	pthread_mutex_lock(&lock);
	if (m->owner == id) {
		m->depth++;
		got = 1;
	} else if (!m->owner && take(m)) {
		m->owner = id;
		m->depth = 1;
		m->next_owned = owned;
		owned = m;
		pthread_setspecific(owned_key, m);
		got = m->inherited ? MAILSLOT_OBJECT_ABANDONED : 1;
	}
	pthread_mutex_unlock(&lock);
	return got;
}

/* @undo: as if it had not been taken, whoever left it before. */
static bool release(struct mutex *m, bool undo)
{
	bool mine;

	pthread_mutex_lock(&lock);
	mine = m->owner == gettid();
	if (mine && !--m->depth) {
		disown(m);
		give(m, undo && m->inherited);
	}
	pthread_mutex_unlock(&lock);
	return mine;
}

static void mutex_release(void *data)
{
	release(data, true);
}

static void dispose(struct mutex *m)
{
	if (m->writer >= 0)
		close(m->writer);
	if (m->is_named)
		named_close(&m->named);
	else if (m->wait_fd >= 0)
		close(m->wait_fd);
	free(m);
}

static void mutex_destroy(void *data)
{
	struct mutex *m = data;
	bool last;

	pthread_mutex_lock(&lock);
	last = !--m->objects;
	for (struct mutex **p = &named_mutexes; last && *p; p = &(*p)->next) {
		if (*p == m) {
			*p = m->next;
			break;
		}
	}
	/* owned by a thread that closed its handles: that one frees it */
	if (last && m->owner) {
		if (m->owner == gettid())
			disown(m);
		else
			last = false;
	}
	pthread_mutex_unlock(&lock);
	if (last)
		dispose(m);
}

void mutex_abandon_all(void)
{
	struct mutex *unused = NULL, *m;

	pthread_mutex_lock(&lock);
	while ((m = owned) != NULL) {
		owned = m->next_owned;
		give(m, true);
		if (!m->objects) {
			m->next_owned = unused;
			unused = m;
		}
	}
	pthread_mutex_unlock(&lock);
	while ((m = unused) != NULL) {
		unused = m->next_owned;
		dispose(m);
	}
}

static const struct mailslot_object_type mutex_type = {
	.acquire = mutex_acquire,
	.release = mutex_release,
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
	m->wait_fd = -1;
	m->writer = -1;
	return m;
}

/*
 * With the names locked: nobody else has opened the new one, so its first owner is who
 * made it.
 */
static int init_named(struct named *n, void *take_it)
{
	if (pwrite(n->state, "", 1, 0) != 1)
		return -1;
	return *(bool *)take_it ? flock(n->state, LOCK_EX | LOCK_NB) : 0;
}

/* The mutex of a name that this process has open already; under lock. */
static struct mutex *find(const char *path)
{
	struct mutex *m = named_mutexes;

	while (m && strcmp(m->named.path, path))
		m = m->next;
	return m;
}

static struct mutex *open_named(const char *name, bool create, bool take_it, bool *existed)
{
	struct mutex *m = new_mutex(), *known;

	if (!m)
		return NULL;
	if (!named_open(&m->named, "mutex", name, create, init_named, &take_it)) {
		free(m);
		return NULL;
	}
	m->is_named = true;
	*existed = m->named.existed;
	/* for reading only: otherwise the reader would be its own writer */
	m->wait_fd = open(m->named.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	/* the lock of life, so that the end that is also a writer can go */
	if (m->wait_fd < 0 || flock(m->wait_fd, LOCK_SH)) {
		SetLastError(error_from_errno(errno));
		if (m->wait_fd >= 0)
			close(m->wait_fd);
		dispose(m);
		return NULL;
	}
	close(m->named.fifo);
	m->named.fifo = m->wait_fd;
	pthread_mutex_lock(&lock);
	known = find(m->named.path);
	if (known) {
		known->objects++;
	} else {
		m->next = named_mutexes;
		named_mutexes = m;
	}
	pthread_mutex_unlock(&lock);
	if (!known)
		return m;
	dispose(m);
	return known;
}

static struct mutex *make_unnamed(void)
{
	struct mutex *m = new_mutex();

	if (!m)
		return NULL;
	m->wait_fd = eventfd(1, EFD_CLOEXEC | EFD_NONBLOCK);
	if (m->wait_fd < 0) {
		SetLastError(error_from_errno(errno));
		free(m);
		return NULL;
	}
	return m;
}

/* One that existed is its owner's: then asking for it has no effect. */
static struct mutex *open_mutex(const char *name, bool create, bool take_it, bool *existed)
{
	static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;
	struct mutex *m = NULL;

	if (!name || !*name) {
		*existed = false;
		m = make_unnamed();
		if (m && take_it)
			mutex_acquire(m);
		return m;
	}
	/* one at a time, so that who makes a name has it before others here know of it */
	pthread_mutex_lock(&opening);
	m = open_named(name, create, take_it, existed);
	if (m && take_it && !*existed)
		mutex_acquire(m);
	pthread_mutex_unlock(&opening);
	return m;
}

static HANDLE make(const char *name, bool create, bool take_it, bool inherit)
{
	bool existed;
	struct mutex *m = open_mutex(name, create, take_it, &existed);
	HANDLE handle;
	int fd;

	if (!m)
		return NULL;
	fd = fcntl(m->wait_fd, F_DUPFD_CLOEXEC, 3);
	if (fd < 0) {
		SetLastError(error_from_errno(errno));
		mutex_destroy(m);
		return NULL;
	}
	handle = mailslot_object_create(&mutex_type, m, fd, inherit);
	if (!handle) {
		close(fd);
		mutex_destroy(m);
		return NULL;
	}
	SetLastError(create && existed ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
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

BOOL WINAPI ReleaseMutex(HANDLE mutex)
{
	struct mailslot_object *object = mailslot_object_get(mutex, &mutex_type);
	bool mine;

	if (!object)
		return FALSE;
	mine = release(mailslot_object_data(object), false);
	mailslot_object_put(object);
	return mine ? TRUE : fail(ERROR_NOT_OWNER);
}
