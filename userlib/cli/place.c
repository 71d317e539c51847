// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The directory of the slots.  Nothing here falls back to another directory: a user who names a
 * directory gets its slots, or an error that says why there are none.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/statvfs.h>

#include "cli.h"
#include "node.h"
#include "place.h"

/* Leaves if the environment names what cannot be a directory of slots. */
const char *place_directory(void)
{
	const char *directory = home_directory();

	if (!*directory)
		usage("MAILSLOT_DIR must be an absolute path, other than '/', of at most %u bytes",
		      (unsigned int)HOME_MAX);
	return directory;
}

/* Are there slots to be looked for, or must what the environment names be mounted first? */
bool place_is_there(void)
{
	bool instance;

	place_directory();
	return !home_find(&instance);
}

/* Leaves if it is neither an instance nor /dev/mailslot. */
bool place_is_instance(void)
{
	const char *directory = place_directory();
	bool instance;

	if (!home_find(&instance))
		return instance;
	if (!node_module_loaded())
		node_no_module();
	fail(EXIT_FAILED, "%s is no instance of slots: 'mailslot mount %s' makes one", directory,
	     directory);
}

/* A descriptor of a directory of the instance, to list and to make slots; or -1 and errno. */
int place_open(const char *directory)
{
	return open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Print why there is no permission for @what: a mount with nodev refuses everybody. */
void place_no_permission(const char *what)
{
	const char *directory = place_directory();
	struct statvfs st;

	if (place_is_instance() && !statvfs(directory, &st) && st.f_flag & ST_NODEV)
		fail(EXIT_DENIED, "no permission %s: %s is mounted with nodev", what, directory);
	fail(EXIT_DENIED, "no permission %s", what);
}
