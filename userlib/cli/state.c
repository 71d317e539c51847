// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The state of a slot's name and node: the node may be removed, renamed or replaced,
 * and a path in /dev/mailslot may be anything.  All subcommands use these words for it.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "name.h"
#include "node.h"
#include "state.h"
#include "text.h"

/* Return the path of the node with this number below @directory; NULL if there is none. */
static char *find_node(const char *directory, dev_t device)
{
	char path[NODE_PATH_SIZE + 256], *found = NULL;
	DIR *dir = opendir(directory);
	struct dirent *entry;
	struct stat st;

	if (!dir)
		return NULL;
	while (!found && (entry = readdir(dir))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		if (lstat(path, &st))
			continue;
		if (S_ISDIR(st.st_mode) && strlen(path) < NODE_PATH_SIZE)
			found = find_node(path, device);
		else if (S_ISCHR(st.st_mode) && st.st_rdev == device)
			found = text_of("%s", path);
	}
	closedir(dir);
	return found;
}

/* Why the slot cannot be reached by its name; NULL if it can. */
char *state_of_node(const struct slot *slot)
{
	char *path, *text;

	if (slot->node == NODE_OURS)
		return NULL;
	if (slot->node == NODE_FOREIGN)
		return text_of("cannot be reached: %s is in its place", slot->foreign);
	path = find_node(MAILSLOT_DIR, makedev(slot->major, slot->minor));
	if (!path)
		return text_of("cannot be reached: its node is not there");
	text = text_of("cannot be reached: its node has been renamed to %s", path);
	free(path);
	return text;
}

/*
 * Say what is at a path that no slot has as its name; NULL for nothing, for a directory, and for
 * the node of a slot that has come meanwhile.
 */
char *state_of_path(const char *path)
{
	char own[NODE_PATH_SIZE];
	const char *kind;
	struct slot other;
	struct stat st, now;

	if (lstat(path, &st) || S_ISDIR(st.st_mode))
		return NULL;
	kind = node_kind(&st);
	if (kind)
		return text_of("%s is %s, not a slot", path, kind);
	if (slot_at(st.st_rdev, &other)) {
		name_path(other.name, own);
		if (!strcmp(path, own))
			return NULL;
		return text_of("%s is the node of slot %s", path, other.name);
	}
	/* A slot that has just ended takes its node away before all else. */
	if (lstat(path, &now) || now.st_rdev != st.st_rdev)
		return NULL;
	return text_of("%s is the node of a slot that has ended", path);
}

/* EXIT_OK without a @text if the slot can be reached. */
enum exit_code state_of_name(const char *name, char **text)
{
	char path[NODE_PATH_SIZE], *reason;
	struct slot slot, other;
	bool found = slot_read(name, &slot);
	struct stat st;

	*text = NULL;
	if (found) {
		reason = state_of_node(&slot);
		if (!reason)
			return EXIT_OK;
		*text = text_of("slot %s %s", name, reason);
		free(reason);
		return slot.node == NODE_FOREIGN ? EXIT_TAKEN : EXIT_NO_SLOT;
	}
	name_path(name, path);
	*text = state_of_path(path);
	if (!*text) {
		*text = text_of("there is no slot %s", name);
		return EXIT_NO_SLOT;
	}
	return !lstat(path, &st) && !node_kind(&st) && !slot_at(st.st_rdev, &other) ?
	       EXIT_NO_SLOT : EXIT_TAKEN;
}
