// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Who holds slots open.  The kernel keeps no list of a slot's processes, since descriptors
 * travel; /proc/PID/fd has them all, to root, and one's own to anybody.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "holders.h"

#define SERVER_LINK	"anon_inode:[mailslot]"

struct scan {
	struct holders *holders;
	size_t room;
	bool clients;
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
static char *read_text(int folder, const char *path)
{
	static size_t room = 1024;
	static char *text;
	size_t used = 0;
	ssize_t n;
	int fd;

	fd = openat(folder, path, O_RDONLY | O_CLOEXEC);
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

/* What fdinfo says: false if it is no slot's.  No name has a line end, so no line is forged. */
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

static void scan_descriptor(struct scan *scan, int process, int folder, const char *entry,
			    pid_t pid)
{
	struct holder holder = { .pid = pid, .fd = atoi(entry) };
	char link[sizeof(SERVER_LINK) + 1];	/* more than enough to tell them apart */
	ssize_t length = readlinkat(folder, entry, link, sizeof(link));
	bool server, client;

	if (length < 0)
		return;
	server = length == sizeof(SERVER_LINK) - 1 && !memcmp(link, SERVER_LINK, (size_t)length);
	client = scan->clients && length > (ssize_t)sizeof(MAILSLOT_DIR) &&
		 !memcmp(link, MAILSLOT_DIR "/", sizeof(MAILSLOT_DIR));
	if (!server && !client)
		return;
	if (read_fdinfo(process, holder.fd, &holder))
		add(scan, &holder);
}

static void scan_process(struct scan *scan, int proc, const char *entry)
{
	int process = openat(proc, entry, O_PATH | O_DIRECTORY | O_CLOEXEC), fd;
	struct dirent *descriptor;
	DIR *folder;

	if (process < 0)
		return;
	fd = openat(process, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	folder = fd < 0 ? NULL : fdopendir(fd);
	if (!folder) {
		/* A process that has ended holds nothing. */
		if (errno != ENOENT && errno != ESRCH)
			scan->holders->complete = false;
		if (fd >= 0)
			close(fd);
		close(process);
		return;
	}
	while ((descriptor = readdir(folder)))
		if (descriptor->d_name[0] != '.')
			scan_descriptor(scan, process, dirfd(folder), descriptor->d_name,
					atoi(entry));
	closedir(folder);
	close(process);
}

static int by_slot(const void *a, const void *b)
{
	const struct holder *one = a, *other = b;
	int order = strcmp(one->name, other->name);

	if (!order)
		order = other->server - one->server;
	if (!order)
		order = (one->pid > other->pid) - (one->pid < other->pid);
	return order ? order : (one->fd > other->fd) - (one->fd < other->fd);
}

/**
 * holders_scan() - find the processes that hold slots
 * @holders: set
 * @clients: whether to look for client ends as well
 */
void holders_scan(struct holders *holders, bool clients)
{
	struct scan scan = { .holders = holders, .clients = clients };
	struct dirent *entry;
	DIR *proc;

	*holders = (struct holders){ .complete = true };
	proc = opendir("/proc");
	if (!proc) {
		holders->complete = false;
		return;
	}
	while ((entry = readdir(proc)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			scan_process(&scan, dirfd(proc), entry->d_name);
	closedir(proc);
	if (holders->count)
		qsort(holders->all, holders->count, sizeof(*holders->all), by_slot);
}

/* The first process that holds the slot, or NULL. */
const struct holder *holders_first(const struct holders *holders, const char *name)
{
	size_t low = 0, high = holders->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(holders->all[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == holders->count || strcmp(holders->all[low].name, name))
		return NULL;
	return &holders->all[low];
}

/* The next one of the same slot that is another process or the other end, or NULL. */
const struct holder *holders_next(const struct holders *holders, const struct holder *holder)
{
	const struct holder *end = holders->all + holders->count, *next = holder + 1;

	while (next < end && next->pid == holder->pid && next->server == holder->server &&
	       !strcmp(next->name, holder->name))
		next++;
	return next < end && !strcmp(next->name, holder->name) ? next : NULL;
}

void holders_free(struct holders *holders)
{
	for (size_t i = 0; i < holders->count; i++)
		free(holders->all[i].name);
	free(holders->all);
}
