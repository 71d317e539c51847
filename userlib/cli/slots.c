// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * All slots.  listing.c reads those of an instance.  What the kernel tells the caller of the others
 * is in their uevent files in sysfs; owner and mode are those of the nodes, which somebody may have
 * changed since.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "entries.h"
#include "listing.h"
#include "name.h"
#include "node.h"
#include "place.h"
#include "slots.h"

#define CLASS	"/sys/class/mailslot"
#define BY_NUMBER "/sys/dev/char"

static void set_variable(struct slot *slot, const char *key, const char *value)
{
	static const char prefix[] = "mailslot/";
	static const struct {
		const char *key;
		size_t offset;
	} numbers[] = {
		{ "MAILSLOT_MESSAGE_COUNT", offsetof(struct slot, messages) },
		{ "MAILSLOT_QUEUED_BYTES", offsetof(struct slot, bytes) },
		{ "MAILSLOT_QUEUE_BYTES", offsetof(struct slot, queue_bytes) },
		{ "MAILSLOT_MAX_MESSAGE_SIZE", offsetof(struct slot, max_message_size) },
		{ "MAILSLOT_CLIENTS", offsetof(struct slot, clients) },
		{ "MAILSLOT_MESSAGES_WRITTEN", offsetof(struct slot, messages_written) },
		{ "MAILSLOT_MESSAGES_READ", offsetof(struct slot, messages_read) },
		{ "MAILSLOT_BYTES_WRITTEN", offsetof(struct slot, bytes_written) },
		{ "MAILSLOT_BYTES_READ", offsetof(struct slot, bytes_read) },
	};

	if (!strcmp(key, "DEVNAME") && !strncmp(value, prefix, sizeof(prefix) - 1)) {
		snprintf(slot->name, sizeof(slot->name), "%s", value + sizeof(prefix) - 1);
	} else if (!strcmp(key, "MAJOR")) {
		slot->major = (unsigned int)strtoul(value, NULL, 10);
	} else if (!strcmp(key, "MINOR")) {
		slot->minor = (unsigned int)strtoul(value, NULL, 10);
	} else if (!strcmp(key, "MAILSLOT_OLDEST_TIME")) {
		slot->oldest_time = strtoll(value, NULL, 10);
	} else {
		slot->counted |= !strcmp(key, "MAILSLOT_MESSAGE_COUNT");
		for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
			if (!strcmp(key, numbers[i].key))
				*(uint64_t *)((char *)slot + numbers[i].offset) =
					strtoull(value, NULL, 10);
	}
}

static void parse(struct slot *slot, char *text)
{
	char *line, *value;

	while ((line = strsep(&text, "\n"))) {
		value = strchr(line, '=');
		if (!value)
			continue;
		*value++ = '\0';
		set_variable(slot, line, value);
	}
}

static bool read_uevent(int directory, const char *entry, struct slot *slot)
{
	char path[280], text[4096];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "%s/uevent", entry);
	fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length <= 0)
		return false;
	text[length] = '\0';
	parse(slot, text);
	return slot->name[0];
}

static void look_at_node(struct slot *slot)
{
	char path[NODE_PATH_SIZE];

	name_path(slot->name, path);
	slot->foreign = NULL;
	if (lstat(path, &slot->st)) {
		slot->node = NODE_NONE;
	} else if (S_ISCHR(slot->st.st_mode) &&
		   slot->st.st_rdev == makedev(slot->major, slot->minor)) {
		slot->node = NODE_OURS;
	} else {
		slot->node = NODE_FOREIGN;
		slot->foreign = node_kind(&slot->st) ?: "another slot's device";
	}
}

/* Fails for a slot that has just gone; its name may be another one's by then. */
static bool read_slot(int directory, const char *entry, bool nodes, struct slot *slot)
{
	*slot = (struct slot){ 0 };
	if (!read_uevent(directory, entry, slot))
		return false;
	if (!nodes)
		return true;
	look_at_node(slot);
	return slot->node == NODE_OURS || read_uevent(directory, entry, slot);
}

static int by_name(const void *one, const void *other)
{
	return strcmp(((const struct slot *)one)->name, ((const struct slot *)other)->name);
}

static void read_class(struct slots *slots, bool nodes)
{
	struct entries entries;
	DIR *class;

	class = opendir(CLASS);
	if (!class && errno == ENOENT && !node_module_loaded())
		node_no_module();
	if (!class)
		fail(EXIT_FAILED, CLASS ": %s", strerror(errno));
	entries_read(&entries, class);
	slots->all = must_allocate(NULL, (entries.count + 1) * sizeof(*slots->all));
	for (size_t i = 0; i < entries.count; i++)
		if (read_slot(dirfd(class), entries.names[i], nodes, &slots->all[slots->count]))
			slots->count++;
	entries_free(&entries);
	closedir(class);
}

/*
 * Read all slots; look at their nodes if @nodes is set.  The program exits if the module is not
 * loaded.
 */
void slots_read(struct slots *slots, bool nodes)
{
	*slots = (struct slots){ 0 };
	if (place_is_instance())
		listing_read(slots);
	else
		read_class(slots, nodes);
	if (slots->count)
		qsort(slots->all, slots->count, sizeof(*slots->all), by_name);
}

const struct slot *slots_find(const struct slots *slots, const char *name)
{
	struct slot key = { 0 };

	if (!slots->count)
		return NULL;
	snprintf(key.name, sizeof(key.name), "%s", name);
	return bsearch(&key, slots->all, slots->count, sizeof(*slots->all), by_name);
}

/* The slot of this device number in the place in force. */
bool slot_at(dev_t device, struct slot *slot)
{
	char entry[32];
	bool found;
	int directory;

	if (place_is_instance())
		return listing_at(device, slot);
	directory = open(BY_NUMBER, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return false;
	snprintf(entry, sizeof(entry), "%u:%u", major(device), minor(device));
	found = read_slot(directory, entry, true, slot);
	close(directory);
	return found;
}

/* The slot whose node has its name. */
static bool read_by_node(const char *name, struct slot *slot)
{
	char path[NODE_PATH_SIZE];
	struct stat st;

	name_path(name, path);
	if (lstat(path, &st) || !S_ISCHR(st.st_mode))
		return false;
	return slot_at(st.st_rdev, slot) && !strcmp(slot->name, name);
}

/*
 * Read one slot, without looking at all other slots unless its node is not in its place.  Return
 * false if there is no such slot.  The program exits if the module is not loaded.
 */
bool slot_read(const char *name, struct slot *slot)
{
	const struct slot *found;
	struct slots slots;

	if (place_is_instance())
		return listing_find(name, slot);
	if (read_by_node(name, slot))
		return true;
	slots_read(&slots, true);
	found = slots_find(&slots, name);
	if (found)
		*slot = *found;
	slots_free(&slots);
	return found;
}

void slots_free(struct slots *slots)
{
	free(slots->all);
}

/* The owner's name, or number, or "?". */
char *slot_owner(const struct slot *slot)
{
	static uid_t last = (uid_t)-1;
	static char name[64];
	struct passwd *user;

	if (slot->node != NODE_OURS)
		return (char *)"?";
	if (slot->st.st_uid != last) {
		last = slot->st.st_uid;
		user = getpwuid(last);
		if (user)
			snprintf(name, sizeof(name), "%s", user->pw_name);
		else
			snprintf(name, sizeof(name), "%u", last);
	}
	return name;
}

/* Seconds that the oldest message has waited, or -1. */
double slot_age(const struct slot *slot)
{
	struct timespec now;
	double age;

	if (!slot->oldest_time)
		return -1;
	clock_gettime(CLOCK_REALTIME, &now);
	age = (double)((int64_t)now.tv_sec * (int64_t)NS_PER_S + now.tv_nsec - slot->oldest_time) /
	      (double)NS_PER_S;
	/* The clock may have been set back. */
	return age > 0 ? age : 0;
}

/* An age in a few letters. */
char *age_text(double seconds)
{
	static char text[32];
	unsigned long s = seconds > 0 ? (unsigned long)seconds : 0;

	if (seconds < 0)
		return strcpy(text, "-");
	if (seconds < 10)
		snprintf(text, sizeof(text), "%.1fs", seconds);
	else if (s < 100)
		snprintf(text, sizeof(text), "%lus", s);
	else if (s < 6000)
		snprintf(text, sizeof(text), "%lum%02lus", s / 60, s % 60);
	else if (s < 2 * 86400)
		snprintf(text, sizeof(text), "%luh%02lum", s / 3600, s / 60 % 60);
	else
		snprintf(text, sizeof(text), "%lud%02luh", s / 86400, s / 3600 % 24);
	return text;
}
