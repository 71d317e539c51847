// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The processes that hold slots open.  The kernel keeps no list of a slot's processes, since
 * descriptors can be passed on; /proc/PID/fd shows the descriptors of all processes to root, and
 * everybody's own.
 *
 * An open file of an instance has a path, which may be that of another mount namespace.  So the
 * slot is identified by its device number, which no slot of another instance has.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "holders.h"
#include "place.h"

#define SERVER_LINK	"anon_inode:[mailslot]"

struct scan {
	struct holders *holders;
	size_t room;
	bool all;		/* every end of every slot */
	bool instance;		/* the slots are in one */
};

static void add(struct scan *scan, const struct holder *holder)
{
	struct holders *holders = scan->holders;

	if (holders->count == scan->room) {
		scan->room = scan->room ? 2 * scan->room : 64;
		holders->all = must_allocate(holders->all, scan->room * sizeof(*holders->all));
	}
	holders->all[holders->count++] = *holder;
}

/* All of a file of /proc, good until the next call.  A short one takes one read. */
static char *read_text(int directory, const char *path)
{
	static size_t room = 1024;
	static char *text;
	size_t used = 0;
	ssize_t n;
	int fd;

	fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	do {
		if (!text || used + 1 == room) {
			room *= 2;
			text = must_allocate(text, room);
		}
		n = read(fd, text + used, room - used - 1);
		if (n > 0)
			used += (size_t)n;
	} while (n > 0 && used + 1 == room);
	close(fd);
	text[used] = '\0';
	return text;
}

/*
 * Read the slot's lines of fdinfo; return false if the file is not a slot's.  No name contains a
 * line end, so no line can be forged.
 */
static bool read_fdinfo(int process, int fd, struct holder *holder)
{
	char path[32], *text, *line;

	snprintf(path, sizeof(path), "fdinfo/%d", fd);
	text = read_text(process, path);
	holder->name = NULL;
	holder->server = false;
	while ((line = strsep(&text, "\n"))) {
		if (!strncmp(line, "mailslot-name:\t", 15)) {
			free(holder->name);
			holder->name = strdup(line + 15);
		} else if (!strncmp(line, "mailslot-end:\t", 14)) {
			holder->server = !strcmp(line + 14, "server");
		}
	}
	return holder->name;
}

/* A look at the link costs less than one at fdinfo, and most descriptors need no more. */
static bool may_be_wanted(const struct scan *scan, int directory, const char *entry)
{
	char link[sizeof(SERVER_LINK) + 1];	/* more than enough to tell them apart */
	ssize_t length = readlinkat(directory, entry, link, sizeof(link));

	if (length > 0 && *link == '/')
		return scan->all || scan->instance;
	return length == sizeof(SERVER_LINK) - 1 && (scan->all || !scan->instance) &&
	       !memcmp(link, SERVER_LINK, (size_t)length);
}

/*
 * Call stat() only after fdinfo has shown a slot, because stat() of another file may take for ever.
 */
static bool is_wanted(const struct scan *scan, int directory, const char *entry,
		      struct holder *holder)
{
	struct stat st;

	if (scan->all || !scan->instance)
		return true;
	if (!holder->server || fstatat(directory, entry, &st, 0))
		return false;
	holder->device = st.st_rdev;
	return true;
}

static void scan_descriptor(struct scan *scan, int process, int directory, const char *entry,
			    pid_t pid)
{
	struct holder holder = { .pid = pid, .fd = atoi(entry) };

	if (!may_be_wanted(scan, directory, entry) || !read_fdinfo(process, holder.fd, &holder))
		return;
	if (is_wanted(scan, directory, entry, &holder))
		add(scan, &holder);
	else
		free(holder.name);
}

static void scan_process(struct scan *scan, int proc, const char *entry)
{
	int process = openat(proc, entry, O_PATH | O_DIRECTORY | O_CLOEXEC), fd;
	struct dirent *descriptor;
	DIR *directory;

	if (process < 0)
		return;
	fd = openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	directory = fd < 0 ? NULL : fdopendir(fd);
	if (!directory) {
		/* A process that has ended holds nothing. */
		if (errno != ENOENT && errno != ESRCH)
			scan->holders->complete = false;
		if (fd >= 0)
			close(fd);
		close(process);
		return;
	}
	while ((descriptor = readdir(directory)))
		if (descriptor->d_name[0] != '.')
			scan_descriptor(scan, process, dirfd(directory), descriptor->d_name,
					atoi(entry));
	closedir(directory);
	close(process);
}

static int compare_slots(dev_t device, const char *name, const struct holder *holder)
{
	if (device != holder->device)
		return device < holder->device ? -1 : 1;
	/*
	 * A slot of an instance may have been listed from below the root directory, so do not
	 * compare its name.
	 */
	return device ? 0 : strcmp(name, holder->name);
}

static int by_slot(const void *a, const void *b)
{
	const struct holder *one = a, *other = b;
	int order = compare_slots(one->device, one->name, other);

	if (!order)
		order = other->server - one->server;
	if (!order)
		order = (one->pid > other->pid) - (one->pid < other->pid);
	return order ? order : (one->fd > other->fd) - (one->fd < other->fd);
}

static void scan_all(struct scan *scan)
{
	struct holders *holders = scan->holders;
	struct dirent *entry;
	DIR *proc;

	*holders = (struct holders){ .complete = true, .by_device = scan->instance };
	proc = opendir("/proc");
	if (!proc) {
		holders->complete = false;
		return;
	}
	while ((entry = readdir(proc)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			scan_process(scan, dirfd(proc), entry->d_name);
	closedir(proc);
	if (holders->count)
		qsort(holders->all, holders->count, sizeof(*holders->all), by_slot);
}

/* The processes that have server ends of the slots in the place in force. */
void holders_scan(struct holders *holders)
{
	scan_all(&(struct scan){ .holders = holders, .instance = place_is_instance() });
}

/* The processes that have any end of any slot, wherever that is. */
void holders_scan_all(struct holders *holders)
{
	scan_all(&(struct scan){ .holders = holders, .all = true });
}

/* The first process that holds the slot, or NULL. */
const struct holder *holders_first(const struct holders *holders, const struct slot *slot)
{
	dev_t device = holders->by_device ? makedev(slot->major, slot->minor) : 0;
	size_t low = 0, high = holders->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_slots(device, slot->name, &holders->all[middle]) > 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == holders->count || compare_slots(device, slot->name, &holders->all[low]))
		return NULL;
	return &holders->all[low];
}

/* The next one of the same slot that is another process or the other end, or NULL. */
const struct holder *holders_next(const struct holders *holders, const struct holder *holder)
{
	const struct holder *end = holders->all + holders->count, *next = holder + 1;

	while (next < end && next->pid == holder->pid && next->server == holder->server &&
	       !compare_slots(holder->device, holder->name, next))
		next++;
	return next < end && !compare_slots(holder->device, holder->name, next) ? next : NULL;
}

void holders_free(struct holders *holders)
{
	for (size_t i = 0; i < holders->count; i++)
		free(holders->all[i].name);
	free(holders->all);
}
