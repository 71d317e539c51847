// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Waiting for a slot's node to appear: inotify on the directories it would be in, and then
 * whatever test the caller has, since a node may be there before it can be opened.
 *
 * Directories of slots come and go with them, so all on the way are watched, from the top
 * down, each before what is below it is looked for:
 *
 *	the waiter			somebody else
 *	watch /dev
 *	watch /dev/mailslot: none
 *					mkdir /dev/mailslot: event
 *					mknod /dev/mailslot/NAME
 *	test: not there, or there
 *	wait: ends at once
 *
 * What is missing when it is looked for appears after the watch on its directory was set, and
 * a directory that goes and comes back is one that appears: either is an event, and after
 * every event all is set up and looked at anew.  Events say nothing more; that some were
 * dropped is an event, too.
 *
 * inotify is silent when an instance is mounted on a directory that is watched.  The list of
 * mounts tells of that, to those who poll it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "appear.h"
#include "lookup.h"

/*
 * IN_ATTRIB is needed because the node gets its permissions after its name, and udev's rules are
 * applied later still.
 */
#define EVENTS	(IN_CREATE | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)

/* How often to look where inotify does not serve: limits of the user, a directory not readable. */
#define LOOK_NS	20000000

struct watcher {
	int inotify;	/* or -1 */
	int mounts;	/* or -1 */
	bool blind;	/* some directory that is there is not watched */
	bool folded;
};

/*
 * A directory that does not exist cannot be watched; the watch of its parent reports when it
 * appears.
 */
static bool watch(struct watcher *watcher, const char *path)
{
	if (watcher->inotify >= 0 && inotify_add_watch(watcher->inotify, path, EVENTS) >= 0)
		return true;
	if (errno == ENOENT || errno == ENOTDIR)
		return false;
	watcher->blind = true;
	return true;
}

static bool is_component(const struct watcher *watcher, const char *entry, const char *rest,
			 size_t length)
{
	if (watcher->folded)
		return name_matches(entry, rest, length);
	return strlen(entry) == length && !memcmp(entry, rest, length);
}

/* Is the entry on the way to @rest?  All directories are on the way to the empty one. */
static bool is_wanted(const struct watcher *watcher, const struct dirent *entry, const char *rest,
		      size_t length)
{
	if (length)
		return is_component(watcher, entry->d_name, rest, length);
	return (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN) &&
	       strcmp(entry->d_name, ".") && strcmp(entry->d_name, "..");
}

/* Watch the directory @path, of @used bytes, and all on the way to @rest below it. */
static void watch_below(struct watcher *watcher, const char *rest, char *path, size_t used)
{
	size_t length = strcspn(rest, "/"), n;
	struct dirent *entry;
	DIR *dir;

	if (!watch(watcher, path) || (*rest && !rest[length]))
		return;
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		n = strlen(entry->d_name);
		if (!is_wanted(watcher, entry, rest, length) ||
		    used + 1 + n >= LOOKUP_PATH_SIZE)
			continue;
		path[used] = '/';
		memcpy(path + used + 1, entry->d_name, n + 1);
		watch_below(watcher, rest[length] ? rest + length + 1 : rest, path,
			    used + 1 + n);
		path[used] = '\0';
	}
	if (dir)
		closedir(dir);
}

static void watch_all(struct watcher *watcher, const char *directory, const char *name)
{
	char path[LOOKUP_PATH_SIZE];

	watcher->blind = watcher->inotify < 0;
	/* The kernel makes and removes this one; another stays, or mounts tell. */
	if (!strcmp(directory, MAILSLOT_DIR))
		watch(watcher, "/dev");
	strcpy(path, directory);
	watch_below(watcher, name, path, strlen(path));
}

static void drain(int inotify)
{
	char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));

	while (read(inotify, events, sizeof(events)) > 0)
		;
}

/* Returns when something has happened, or the deadline has come. */
static void sleep_until(const struct watcher *watcher, uint64_t deadline)
{
	struct pollfd polls[] = {
		{ .fd = watcher->inotify, .events = POLLIN },
		{ .fd = watcher->mounts, .events = POLLPRI },
	};
	uint64_t until = deadline;

	if (watcher->blind) {
		until = clock_deadline_ns(LOOK_NS);
		if (until > deadline)
			until = deadline;
	}
	clock_poll(polls, ARRAY_SIZE(polls), until);
	if (polls[0].revents)
		drain(watcher->inotify);
}

/**
 * appear_wait() - wait until a slot is there
 * @directory: where the slots are
 * @name: its name; with a slash at its end that of a directory: all below it is waited for
 * @folded: it is in folded letters, and slots of any case will do
 * @there: whether it is there, or waiting is of no use; called at least once
 * @data: for it
 * @deadline: of clock_now()
 *
 * Signals do not end the wait.
 *
 * Return: whether @there said so; else the deadline has passed, and @there was called after
 * it had.
 */
bool appear_wait(const char *directory, const char *name, bool folded,
		 bool (*there)(void *data), void *data, uint64_t deadline)
{
	struct watcher watcher = { .folded = folded };
	bool done, late;

	/* The usual case, and that of a deadline that is over, cost no inotify. */
	done = there(data);
	if (done || clock_now() >= deadline)
		return done;
	do {
		watcher.inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	} while (watcher.inotify < 0 && descriptor_make_room(errno));
	watcher.mounts = descriptor_open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	do {
		watch_all(&watcher, directory, name);
		late = clock_now() >= deadline;
		done = there(data);
		if (!done && !late)
			sleep_until(&watcher, deadline);
	} while (!done && !late);
	descriptor_close(watcher.inotify);
	descriptor_close(watcher.mounts);
	return done;
}
