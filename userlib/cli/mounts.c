// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The instances that are mounted where the caller sees them. The instances of other mount
 * namespaces cannot be seen from here.
 */
#include <mntent.h>
#include <stdio.h>
#include <string.h>

#include "mounts.h"

void mounts_each(void (*tell)(void *data, const char *directory), void *data)
{
	FILE *mounts = setmntent("/proc/self/mounts", "re");
	const struct mntent *mount;

	while (mounts && (mount = getmntent(mounts)))
		if (!strcmp(mount->mnt_type, "mailslot"))
			tell(data, mount->mnt_dir);
	if (mounts)
		endmntent(mounts);
}
