// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The home of slots: the instance that MAILSLOT_DIR of the environment names, or else
 * /dev/mailslot, which is an instance if one is mounted there.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include "home.h"

/*
 * Both variables are constant once the library is loaded.  The directory is empty if the
 * environment names one that cannot be used.
 */
static char directory[HOME_MAX + 1] = MAILSLOT_DIR;
static bool named;

/*
 * Read the environment once, before the program has threads: setenv(3) in one would race with
 * getenv(3) in another, and a process whose home changed would lose sight of its own slots.
 */
void home_begin(void)
{
	const char *given = secure_getenv("MAILSLOT_DIR");
	size_t length = given ? strlen(given) : 0;

	if (!length)
		return;
	while (length && given[length - 1] == '/')
		length--;
	if (length == strlen(MAILSLOT_DIR) && !memcmp(given, MAILSLOT_DIR, length))
		return;
	named = true;
	if (given[0] != '/' || length > HOME_MAX)
		length = 0;
	memcpy(directory, given, length);
	directory[length] = '\0';
}

const char *home_directory(void)
{
	return directory;
}

/* Is it an instance, as it must be if the environment names it? */
DWORD home_find(bool *instance)
{
	struct statfs fs;

	*instance = !statfs(directory, &fs) && fs.f_type == MAILSLOT_SUPER_MAGIC;
	return *instance || !named ? ERROR_SUCCESS : ERROR_NOT_SUPPORTED;
}

/* Likewise for clients, which open /dev/mailslot without asking what it is. */
DWORD home_error(void)
{
	bool instance;

	return named ? home_find(&instance) : ERROR_SUCCESS;
}
