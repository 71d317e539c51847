// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Objects with names, which the processes of a user share: a FIFO and a state file each,
 * in a directory of the user's own.
 *
 * A name is alive while a process holds a shared lock (flock) on the FIFO, which the kernel
 * drops with the last descriptor, and dead if the exclusive lock can be had.  All who look
 * for life do so under the directory's own lock.
 *
 * The state file holds how often the object can be taken and the line of those who wait,
 * both under the file's lock.  Whoever adds to the count grants it to those in front before
 * the lock is dropped, so that nobody else can take it, and rings their doors.  What was
 * granted and not taken, because the wait or its process has ended, goes to the next.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "named.h"
#include "thread.h"

#define PATH_SIZE	64
#define KIND_SIZE	12
#define FILE_SIZE	(EVENT_NAME_SIZE + KIND_SIZE)
#define DOOR_SIZE	40
#define MOST_WAITS	1024

enum entry_state {
	ENTRY_WAITS,
	ENTRY_GRANTED,		/* the object is this wait's, to be taken */
	ENTRY_TAKEN,		/* and has been taken */
	ENTRY_WAITS_FOR_ALL,	/* is never granted anything, but told when it might look */
};

struct entry {
	uint32_t ticket;
	uint32_t state;
	char door[DOOR_SIZE];
};

/* What the state file holds. */
struct record {
	int32_t count;
	int32_t maximum;
	uint32_t manual;
	uint32_t is_mutex;
	uint32_t owned;		/* a mutex: a process has the FIFO open for writing */
	uint32_t abandoned;	/* a mutex: its owner ended with it */
	uint32_t readable;	/* the FIFO holds a byte */
	uint32_t last_ticket;
	uint32_t entries;
	struct entry line[MOST_WAITS];
};

/**
 * struct mailslot_named - an open name; under lib_lock
 * @link: on the list of all names
 * @fifo: its FIFO, with the shared lock
 * @state: its state file
 * @writer: of a mutex that this process owns: the FIFO's writing end, else -1
 * @manual: record.manual, which does not change
 * @uid: whose directory it is in
 * @file: the FIFO's name; the state file's has SUFFIX behind it
 */
struct mailslot_named {
	struct list link;
	int fifo;
	int state;
	int writer;
	bool manual;
	uid_t uid;
	char file[FILE_SIZE];
};

#define SUFFIX	".state"
#define MUTEX	"mutex-"

static struct list all_named = { &all_named, &all_named };

struct named_place *named_place;

/* The record of the object that is locked, what it was, and whose it is. */
static struct record record, before;
static uid_t record_uid;

/* Where the directory may be; the first that exists, for all processes alike. */
static const char *const bases[] = { "/dev/shm", "/tmp" };

static void directory_path(char path[PATH_SIZE], uid_t uid)
{
	size_t i = faccessat(AT_FDCWD, bases[0], W_OK, AT_EACCESS) ? 1 : 0;

	snprintf(path, PATH_SIZE, "%s/mailslot-objects-%u", bases[i], (unsigned int)uid);
}

static int open_retrying(int directory, const char *file, int flags)
{
	int fd;

	do {
		fd = openat(directory, file, flags | O_NOFOLLOW | O_CLOEXEC, 0600);
	} while (fd < 0 && (errno == EINTR || descriptor_make_room(errno)));
	return fd;
}

static int lock_retrying(int fd)
{
	int rc;

	do {
		rc = flock(fd, LOCK_EX);
	} while (rc && errno == EINTR);
	return rc;
}

static void close_keeping_errno(int fd)
{
	int err = errno;

	if (fd >= 0)
		close(fd);
	errno = err;
}

/*
 * A user's directory; nobody else may have a say in it.  A process that has become another
 * user since it opened a name fails with EACCES.
 */
static int directory_open(uid_t uid)
{
	char path[PATH_SIZE];
	struct stat st;
	int fd;

	if (uid != geteuid()) {
		errno = EACCES;
		return -1;
	}
	directory_path(path, uid);
	if (mkdir(path, 0700) && errno != EEXIST)
		return -1;
	fd = open_retrying(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
	if (fd < 0) {
		/* A file or a link has its place: no reason to say that there is no object. */
		if (errno == ENOTDIR || errno == ELOOP)
			errno = EACCES;
		return -1;
	}
	if (fstat(fd, &st) || st.st_uid != uid || st.st_mode & 022) {
		close(fd);
		errno = EACCES;
		return -1;
	}
	return fd;
}

static int directory_lock(uid_t uid)
{
	int fd = directory_open(uid);

	if (fd >= 0 && lock_retrying(fd)) {
		close_keeping_errno(fd);
		return -1;
	}
	return fd;
}

/* A door is open while its process has it open for reading.  False: it is not. */
static bool door_try(const char *door, bool ring)
{
	int directory = directory_open(record_uid);
	bool open;
	int fd;

	if (directory < 0)
		return true;
	fd = open_retrying(directory, door, O_WRONLY | O_NONBLOCK);
	open = fd >= 0 || (errno != ENXIO && errno != ENOENT);
	if (fd >= 0) {
		/* Full is rung, too. */
		if (ring)
			(void)!write(fd, "", 1);
		close(fd);
	} else if (!open) {
		unlinkat(directory, door, 0);
	}
	close(directory);
	return open;
}

/* Doors of processes that were killed remain. */
static void sweep_doors(void)
{
	char path[PATH_SIZE];
	struct dirent *entry;
	DIR *directory;
	int fd;

	directory_path(path, geteuid());
	directory = opendir(path);
	while (directory && (entry = readdir(directory))) {
		if (strncmp(entry->d_name, "door-", 5))
			continue;
		fd = open_retrying(dirfd(directory), entry->d_name, O_WRONLY | O_NONBLOCK);
		if (fd >= 0)
			close(fd);
		else if (errno == ENXIO)
			unlinkat(dirfd(directory), entry->d_name, 0);
	}
	if (directory)
		closedir(directory);
}

/* The thread's door, made when it first waits for a named object. */
static bool door_open(struct thread *thread, uid_t uid)
{
	static unsigned int number;
	int directory, rc;

	if (thread->door_fd >= 0 && thread->door_uid == uid)
		return true;
	if (thread->door_fd >= 0) {
		errno = EACCES;
		return false;
	}
	directory = directory_lock(uid);
	if (directory < 0)
		return false;
	sweep_doors();
	/* Processes of another container may have the same number. */
	do {
		snprintf(thread->door, DOOR_SIZE, "door-%d-%u", (int)thread->id, ++number);
		rc = mkfifoat(directory, thread->door, 0600);
	} while (rc && errno == EEXIST);
	if (!rc) {
		/* For writing, too, or it would hang up on who rings. */
		thread->door_fd = open_retrying(directory, thread->door, O_RDWR | O_NONBLOCK);
		thread->door_uid = uid;
		if (thread->door_fd < 0)
			unlinkat(directory, thread->door, 0);
	}
	close_keeping_errno(directory);
	return thread->door_fd >= 0;
}

void door_drain(struct thread *thread)
{
	char bytes[64];

	while (thread->door_fd >= 0 && read(thread->door_fd, bytes, sizeof(bytes)) > 0)
		;
}

static bool door_ring(const char *door)
{
	return door_try(door, true);
}

/* Remove the door's name; the thread may still wait behind it. */
void door_forget(struct thread *thread)
{
	int directory = thread->door_fd < 0 ? -1 : directory_open(thread->door_uid);

	if (directory >= 0) {
		unlinkat(directory, thread->door, 0);
		close(directory);
	}
}

/* In a fork's child the name is the parent's. */
void door_close(struct thread *thread, bool forked)
{
	if (thread->door_fd < 0)
		return;
	if (!forked)
		door_forget(thread);
	close(thread->door_fd);
	thread->door_fd = -1;
}

static size_t record_size(void)
{
	return offsetof(struct record, line) + record.entries * sizeof(struct entry);
}

/* Lock the state and read it. */
static bool begin(struct mailslot_named *named)
{
	if (lock_retrying(named->state))
		return false;
	record_uid = named->uid;
	memset(&record, 0, offsetof(struct record, line));
	if (pread(named->state, &record, sizeof(record), 0) >=
	    (ssize_t)offsetof(struct record, line) && record.entries <= MOST_WAITS) {
		memcpy(&before, &record, record_size());
		return true;
	}
	flock(named->state, LOCK_UN);
	return false;
}

/* The FIFO says whether the object can be taken, for those who poll it. */
static void show(struct mailslot_named *named)
{
	uint32_t readable = record.count > 0 && !record.is_mutex;
	char byte;

	if (readable == record.readable)
		return;
	record.readable = readable;
	if (readable)
		(void)!write(named->fifo, "", 1);
	else
		(void)!read(named->fifo, &byte, 1);
}

/* Write the state, in one piece: a process that is killed before it has changed nothing. */
static void commit(struct mailslot_named *named)
{
	show(named);
	if (memcmp(&before, &record, record_size()))
		(void)!pwrite(named->state, &record, record_size(), 0);
	flock(named->state, LOCK_UN);
}

static void remove_entry(uint32_t i)
{
	record.entries--;
	memmove(&record.line[i], &record.line[i + 1],
		(record.entries - i) * sizeof(record.line[0]));
}

/* What was granted is not taken after all. */
static void take_back(const struct entry *entry)
{
	if (entry->state == ENTRY_GRANTED && !record.manual && record.count < record.maximum)
		record.count++;
}

/* The process that owned the mutex has ended with it. */
static void find_dead_owner(struct mailslot_named *named)
{
	char byte;

	if (!record.owned || named->writer >= 0 || read(named->fifo, &byte, 1))
		return;
	record.owned = 0;
	record.abandoned = 1;
	record.count = 1;
}

/* Take those out of the line that hold a grant and whose process has ended. */
static void find_dead_heirs(void)
{
	for (uint32_t i = 0; i < record.entries; i++) {
		struct entry entry = record.line[i];

		if (entry.state != ENTRY_GRANTED || door_try(entry.door, false))
			continue;
		remove_entry(i--);
		take_back(&entry);
		record.abandoned |= record.is_mutex;
	}
}

/* Grant the object to those in front, as far as its count goes. */
static void serve(void)
{
	for (uint32_t i = 0; i < record.entries && record.count > 0; i++) {
		struct entry *entry = &record.line[i];

		if (entry->state != ENTRY_WAITS)
			continue;
		if (!door_ring(entry->door)) {
			remove_entry(i--);
			continue;
		}
		entry->state = ENTRY_GRANTED;
		record.count -= !record.manual;
	}
}

static struct entry *find_entry(const struct named_place *place)
{
	for (uint32_t i = 0; place && place->ticket && i < record.entries; i++)
		if (record.line[i].ticket == place->ticket)
			return &record.line[i];
	return NULL;
}

/* Somebody let go of the object: serve, and tell the waits for all, but that of @but, to look. */
static void serve_and_tell(const struct named_place *but)
{
	uint32_t ticket = but ? but->ticket : 0;

	serve();
	for (uint32_t i = 0; i < record.entries && record.count > 0; i++)
		if (record.line[i].state == ENTRY_WAITS_FOR_ALL &&
		    record.line[i].ticket != ticket && !door_ring(record.line[i].door))
			remove_entry(i--);
}

/* Who is first watches the owner, who may be another now. */
static void ring_first(void)
{
	if (record.is_mutex && record.entries)
		door_ring(record.line[0].door);
}

static bool own(struct mailslot_named *named)
{
	int directory;

	if (!record.is_mutex)
		return true;
	directory = directory_open(named->uid);
	if (directory >= 0)
		named->writer = open_retrying(directory, named->file, O_WRONLY | O_NONBLOCK);
	close_keeping_errno(directory);
	record.owned = named->writer >= 0;
	return record.owned;
}

/* Might the wait that is looked at take it?  Takes nothing. */
bool named_test(struct mailslot_named *named)
{
	struct entry *entry;
	bool found = false;

	if (begin(named)) {
		entry = find_entry(named_place);
		find_dead_owner(named);
		found = record.count > 0 || (entry && entry->state == ENTRY_GRANTED);
		flock(named->state, LOCK_UN);
	}
	return found;
}

/* Take it for the wait of this entry, which may be NULL. */
static enum acquired take_for(struct mailslot_named *named, struct entry *entry)
{
	bool granted = entry && entry->state == ENTRY_GRANTED;
	enum acquired result;

	if (entry && entry->state == ENTRY_TAKEN)
		return ACQUIRED_NOT;
	if ((!granted && record.count <= 0) || !own(named))
		return ACQUIRED_NOT;
	if (!granted && !record.manual)
		record.count--;
	if (entry && entry->state != ENTRY_WAITS_FOR_ALL)
		entry->state = ENTRY_TAKEN;
	result = record.abandoned ? ACQUIRED_ABANDONED : ACQUIRED;
	record.abandoned = 0;
	if (entry != record.line)
		ring_first();
	return result;
}

enum acquired named_take(struct mailslot_named *named)
{
	enum acquired result;
	struct entry *entry;

	if (!begin(named))
		return ACQUIRED_NOT;
	entry = find_entry(named_place);
	if (!entry || entry->state != ENTRY_GRANTED) {
		int32_t count = record.count;

		find_dead_owner(named);
		if (record.count <= 0)
			find_dead_heirs();
		if (record.count > count)
			serve_and_tell(NULL);
		entry = find_entry(named_place);
	}
	result = take_for(named, entry);
	if (named_place) {
		named_place->head = entry && entry == record.line;
		named_place->watches = named_place->head && record.owned;
	}
	commit(named);
	return result;
}

/* The mutex, or what a wait for all took, is free again. */
void named_untake(struct mailslot_named *named, bool abandoned)
{
	if (begin(named)) {
		if (record.is_mutex) {
			record.owned = 0;
			record.abandoned = abandoned;
		}
		if (!record.manual && record.count < record.maximum)
			record.count++;
		serve_and_tell(named_place);
		if (named->writer >= 0)
			close(named->writer);
		named->writer = -1;
		commit(named);
	} else if (named->writer >= 0) {
		close(named->writer);
		named->writer = -1;
	}
}

/* Add to the count.  An event that is set stays so; a semaphore has a maximum. */
DWORD named_post(struct mailslot_named *named, LONG count, LONG *previous)
{
	DWORD error = ERROR_SUCCESS;

	if (!begin(named))
		return ERROR_NO_SYSTEM_RESOURCES;
	if (previous)
		*previous = record.count;
	if (count > record.maximum - record.count)
		error = ERROR_TOO_MANY_POSTS;
	else
		record.count += count;
	serve_and_tell(NULL);
	commit(named);
	return error;
}

void named_reset(struct mailslot_named *named)
{
	if (!begin(named))
		return;
	record.count = 0;
	commit(named);
}

/* Grant an event to those who wait now, to one unless it is manual. */
void named_pulse(struct mailslot_named *named)
{
	if (!begin(named))
		return;
	record.count = 1;
	serve();
	record.count = 0;
	commit(named);
}

/* Stand in line.  False and errno: there is no room. */
bool named_enter(struct mailslot_named *named, struct thread *thread, bool all,
		 struct named_place *place)
{
	struct entry *entry;

	if (!door_open(thread, named->uid))
		return false;
	if (!begin(named))
		return false;
	find_dead_owner(named);
	if (record.entries == MOST_WAITS) {
		commit(named);
		errno = ENOSPC;
		return false;
	}
	if (!++record.last_ticket)
		record.last_ticket++;
	entry = &record.line[record.entries++];
	memset(entry, 0, sizeof(*entry));
	entry->ticket = record.last_ticket;
	entry->state = all ? ENTRY_WAITS_FOR_ALL : ENTRY_WAITS;
	memcpy(entry->door, thread->door, sizeof(entry->door));
	place->ticket = entry->ticket;
	serve();
	place->head = find_entry(place) == record.line;
	place->watches = place->head && record.owned;
	commit(named);
	return true;
}

void named_leave(struct mailslot_named *named, struct named_place *place)
{
	struct entry *entry, left;
	bool was_first;

	if (!place->ticket || !begin(named))
		return;
	entry = find_entry(place);
	if (entry) {
		left = *entry;
		was_first = entry == record.line;
		remove_entry((uint32_t)(entry - record.line));
		take_back(&left);
		if (left.state == ENTRY_GRANTED)
			serve_and_tell(NULL);
		if (was_first)
			ring_first();
	}
	place->ticket = 0;
	commit(named);
}

/* Does anyone live have it open?  With the directory locked. */
static bool is_alive(int fifo)
{
	return flock(fifo, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK;
}

static void state_name(const struct mailslot_named *named, char *file)
{
	snprintf(file, FILE_SIZE + sizeof(SUFFIX), "%s%s", named->file, SUFFIX);
}

static void remove_files(int directory, const struct mailslot_named *named)
{
	char state[FILE_SIZE + sizeof(SUFFIX)];

	state_name(named, state);
	unlinkat(directory, named->file, 0);
	unlinkat(directory, state, 0);
}

/*
 * Its own writer would keep a mutex's FIFO from saying that the owner has ended, so that
 * of a mutex is open for reading only.
 */
static int open_fifo(int directory, const char *file)
{
	int mode = strncmp(file, MUTEX, strlen(MUTEX)) ? O_RDWR : O_RDONLY;

	return open_retrying(directory, file, mode | O_NONBLOCK);
}

static int open_state(int directory, struct mailslot_named *named, int flags)
{
	char state[FILE_SIZE + sizeof(SUFFIX)];

	state_name(named, state);
	named->state = open_retrying(directory, state, O_RDWR | flags);
	return named->state < 0 ? -1 : 0;
}

static int make_files(int directory, struct mailslot_named *named,
		      const struct mailslot_named_new *new)
{
	remove_files(directory, named);
	if (mkfifoat(directory, named->file, 0600) ||
	    open_state(directory, named, O_CREAT | O_EXCL))
		return -1;
	named->fifo = open_fifo(directory, named->file);
	if (named->fifo < 0)
		return -1;
	memset(&record, 0, offsetof(struct record, line));
	record.count = new->count;
	record.maximum = new->maximum;
	record.manual = !!new->manual;
	record.is_mutex = !!new->owned;
	if (!record.count && !own(named))
		return -1;
	show(named);
	if (pwrite(named->state, &record, record_size(), 0) != (ssize_t)record_size())
		return -1;
	return 0;
}

static void close_all(struct mailslot_named *named)
{
	close_keeping_errno(named->fifo);
	close_keeping_errno(named->state);
	close_keeping_errno(named->writer);
}

static int open_files(int directory, struct mailslot_named *named,
		      const struct mailslot_named_new *new, bool *existed)
{
	named->fifo = open_fifo(directory, named->file);
	*existed = named->fifo >= 0 && is_alive(named->fifo);
	if (!*existed) {
		if (named->fifo >= 0 || errno == ENOENT) {
			close_keeping_errno(named->fifo);
			named->fifo = -1;
			errno = ENOENT;
		}
		if (errno != ENOENT)
			return -1;
		if (!new) {
			remove_files(directory, named);
			errno = ENOENT;
			return -1;
		}
	}
	if (*existed ? open_state(directory, named, 0) : make_files(directory, named, new))
		return -1;
	return flock(named->fifo, LOCK_SH);
}

static struct mailslot_named *named_alloc(const char *kind, const char *file)
{
	struct mailslot_named *named = malloc(sizeof(*named));

	if (!named) {
		errno = ENOMEM;
		return NULL;
	}
	list_init(&named->link);
	named->fifo = -1;
	named->state = -1;
	named->writer = -1;
	named->uid = geteuid();
	snprintf(named->file, sizeof(named->file), "%s-%s", kind, file);
	return named;
}

/**
 * named_open() - open the object of a name, or make it
 * @kind: "event", "semaphore", "mutex"
 * @file: from event_name_encode()
 * @new: what a new one shall be; NULL: it must exist
 * @existed: set to whether it was there
 *
 * Return: NULL and errno on failure; ENOENT: there is none.
 */
struct mailslot_named *named_open(const char *kind, const char *file,
				  const struct mailslot_named_new *new, bool *existed)
{
	struct mailslot_named *named = named_alloc(kind, file);
	int directory, rc;

	if (!named)
		return NULL;
	directory = directory_lock(named->uid);
	*existed = true;
	rc = directory < 0 ? -1 : open_files(directory, named, new, existed);
	if (rc) {
		close_all(named);
		if (!*existed) {
			int err = errno;

			remove_files(directory, named);
			errno = err;
		}
	} else if (begin(named)) {
		named->manual = record.manual;
		list_append(&all_named, &named->link);
		commit(named);
	}
	close_keeping_errno(directory);
	if (rc || list_empty(&named->link)) {
		free(named);
		return NULL;
	}
	return named;
}

/* The name of an object whose FIFO was inherited, or NULL: it is none of this kind. */
struct mailslot_named *named_recover(int fd, const char *kind)
{
	char path[PATH_SIZE], target[PATH_SIZE + FILE_SIZE + 1];
	size_t length, prefix = strlen(kind) + 1;
	const char *file;
	struct stat st;
	bool existed;

	if (fstat(fd, &st) || !S_ISFIFO(st.st_mode) || st.st_uid != geteuid())
		return NULL;
	if (!descriptor_target(fd, target, sizeof(target)))
		return NULL;
	directory_path(path, geteuid());
	length = strlen(path);
	file = target + length + 1;
	if (strncmp(target, path, length) || target[length] != '/' ||
	    strncmp(file, kind, prefix - 1) || file[prefix - 1] != '-' ||
	    strlen(file + prefix) >= EVENT_NAME_SIZE)
		return NULL;
	return named_open(kind, file + prefix, NULL, &existed);
}

/* Let go of it: the last one to do so removes the name. */
void named_close(struct mailslot_named *named)
{
	int directory = directory_lock(named->uid), fifo;

	list_remove(&named->link);
	close_all(named);
	fifo = directory < 0 ? -1 : open_fifo(directory, named->file);
	if (fifo >= 0) {
		if (!is_alive(fifo))
			remove_files(directory, named);
		close(fifo);
	}
	if (directory >= 0)
		close(directory);
	free(named);
}

int named_fd(const struct mailslot_named *named)
{
	return named->fifo;
}

/* Does this process own the mutex? */
bool named_is_owned(const struct mailslot_named *named)
{
	return named->writer >= 0;
}

/* Does the FIFO say whether it can be taken? */
bool named_is_polled(const struct mailslot_named *named)
{
	return strncmp(named->file, MUTEX, strlen(MUTEX));
}

bool named_is_manual(const struct mailslot_named *named)
{
	return named->manual;
}

/* Without the kind. */
const char *named_file(const struct mailslot_named *named)
{
	return strchr(named->file, '-') + 1;
}

/*
 * A lock belongs to the open file, which parent and child share: the child opens the state
 * files anew.  What the parent owns the child does not own.
 */
void named_fork_child(void)
{
	struct list *pos, *next;
	char path[32];
	int fd;

	list_for_each(pos, next, &all_named) {
		struct mailslot_named *named = container_of(pos, struct mailslot_named, link);

		snprintf(path, sizeof(path), "/proc/self/fd/%d", named->state);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0) {
			dup3(fd, named->state, O_CLOEXEC);
			close(fd);
		}
		if (named->writer >= 0)
			close(named->writer);
		named->writer = -1;
	}
}

LIB_EXPORT struct mailslot_named *mailslot_named_open(const char *kind, LPCSTR name,
						      const struct mailslot_named_new *new_one,
						      BOOL *existed)
{
	struct mailslot_named *named;
	char file[EVENT_NAME_SIZE];
	DWORD error = event_name_encode(TEXT_A(name), file);
	bool was_there = false;

	if (error) {
		lib_fail(error);
		return NULL;
	}
	lib_lock_take();
	named = named_open(kind, file, new_one, &was_there);
	lib_lock_drop();
	if (!named)
		lib_fail(error_from_errno(errno));
	*existed = was_there;
	return named;
}

LIB_EXPORT void mailslot_named_close(struct mailslot_named *named)
{
	lib_lock_take();
	named_close(named);
	lib_lock_drop();
}

LIB_EXPORT int mailslot_named_fd(struct mailslot_named *named)
{
	int fd = descriptor_duplicate(named->fifo, false);

	if (fd < 0)
		lib_fail(error_from_errno(errno));
	return fd;
}

LIB_EXPORT const char *mailslot_named_key(struct mailslot_named *named)
{
	return named->file;
}

LIB_EXPORT int mailslot_named_take(struct mailslot_named *named)
{
	switch (named_take(named)) {
	case ACQUIRED:
		return 1;
	case ACQUIRED_ABANDONED:
		return MAILSLOT_OBJECT_ABANDONED;
	default:
		return 0;
	}
}

LIB_EXPORT void mailslot_named_untake(struct mailslot_named *named, BOOL abandoned)
{
	named_untake(named, abandoned);
}

LIB_EXPORT DWORD mailslot_named_post(struct mailslot_named *named, LONG count, LONG *previous)
{
	return named_post(named, count, previous);
}

LIB_EXPORT BOOL mailslot_named_owned(struct mailslot_named *named)
{
	return named->writer >= 0;
}
