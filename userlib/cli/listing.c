// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The slots of an instance, as MAILSLOT_IOC_LIST reports them for its directories. The node of an
 * instance always belongs to its slot: nothing in an instance is renamed, and nothing else can be
 * put in a node's place.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "listing.h"
#include "name.h"
#include "place.h"
#include "text.h"

struct listing {
	const char *directory;
	int fd;
	bool ended;
	struct mailslot_list call;
	struct mailslot_list_entry *entries;
};

static _Noreturn void fail_to_list(const char *directory)
{
	fail(EXIT_DENIED, "no permission to list %s", directory);
}

/* Leaves, or returns false, when the directory may not be read. */
static bool begin(struct listing *listing, const char *directory, bool leave)
{
	*listing = (struct listing){ .directory = directory, .fd = place_open(directory) };
	if (listing->fd < 0 && (errno == EACCES || errno == EPERM)) {
		if (leave)
			fail_to_list(directory);
		return false;
	}
	if (listing->fd < 0)
		fail(EXIT_FAILED, "%s: %s", directory, strerror(errno));
	listing->entries = must_allocate(NULL, MAILSLOT_BATCH_MAX * sizeof(*listing->entries));
	listing->call = (struct mailslot_list){
		.entries = (uintptr_t)listing->entries,
		.count = MAILSLOT_BATCH_MAX,
		.entry_size = sizeof(*listing->entries),
	};
	return true;
}

/* How many entries the next call has brought; 0 at the end. */
static size_t more(struct listing *listing)
{
	int n;

	if (listing->ended)
		return 0;
	n = ioctl(listing->fd, MAILSLOT_IOC_LIST, &listing->call);
	if (n < 0 && errno == EACCES)
		fail_to_list(listing->directory);
	if (n < 0)
		fail(EXIT_FAILED, "%s: %s", listing->directory, strerror(errno));
	listing->ended = n < MAILSLOT_BATCH_MAX;
	return (size_t)n;
}

static void end(struct listing *listing)
{
	close(listing->fd);
	free(listing->entries);
}

static void fill(struct slot *slot, const struct mailslot_list_entry *entry)
{
	*slot = (struct slot){
		.major = entry->dev_major,
		.minor = entry->dev_minor,
		.counted = entry->flags & MAILSLOT_LIST_COUNTED,
		.messages = entry->message_count,
		.bytes = entry->queued_bytes,
		.queue_bytes = entry->queue_bytes,
		.max_message_size = entry->max_message_size,
		.clients = entry->clients,
		.messages_written = entry->messages_written,
		.messages_read = entry->messages_read,
		.bytes_written = entry->bytes_written,
		.bytes_read = entry->bytes_read,
		.oldest_time = entry->oldest_time_ns,
		.node = NODE_OURS,
		.st.st_mode = S_IFCHR | entry->mode,
		.st.st_uid = entry->uid,
		.st.st_gid = entry->gid,
		.st.st_rdev = makedev(entry->dev_major, entry->dev_minor),
	};
	memcpy(slot->name, entry->name, sizeof(slot->name));
}

/* All slots, in no order. */
void listing_read(struct slots *slots)
{
	struct listing listing;
	size_t n;

	begin(&listing, place_directory(), true);
	while ((n = more(&listing))) {
		slots->all = must_allocate(slots->all, (slots->count + n) * sizeof(*slots->all));
		for (size_t i = 0; i < n; i++)
			fill(&slots->all[slots->count++], &listing.entries[i]);
	}
	end(&listing);
}

/* The slot of this device number below the directory. */
static bool find(struct listing *listing, dev_t device, struct slot *slot)
{
	bool found = false;
	size_t n;

	while (!found && (n = more(listing))) {
		for (size_t i = 0; i < n && !found; i++) {
			const struct mailslot_list_entry *entry = &listing->entries[i];

			found = makedev(entry->dev_major, entry->dev_minor) == device;
			if (found)
				fill(slot, entry);
		}
	}
	end(listing);
	return found;
}

/*
 * Find the slot of this name. If the caller may not read the slot's directory, only the data of
 * stat(2) is returned, and queue_bytes is 0.
 */
bool listing_find(const char *name, struct slot *slot)
{
	char path[NODE_PATH_SIZE];
	struct listing listing;
	struct stat st;

	name_path(name, path);
	if (lstat(path, &st)) {
		if (errno == EACCES)
			place_no_permission(text_of("for slot %s", name));
		return false;
	}
	if (!S_ISCHR(st.st_mode))
		return false;
	*strrchr(path, '/') = '\0';
	if (!begin(&listing, path, false))
		*slot = (struct slot){ .major = major(st.st_rdev), .minor = minor(st.st_rdev) };
	else if (!find(&listing, st.st_rdev, slot))
		return false;
	slot->st = st;
	strcpy(slot->name, name);
	return true;
}

bool listing_at(dev_t device, struct slot *slot)
{
	struct listing listing;

	return begin(&listing, place_directory(), false) && find(&listing, device, slot);
}
