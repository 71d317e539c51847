#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A listing of a tmpfs directory starts again, and has every entry twice, when the entry that would come last, which is the oldest, is
# removed between two getdents64(2) calls. tmpfs keeps the number of the next entry as the position; the search finds nothing when no
# entry is as old, and the function that goes on from there takes "nothing" for the directory's beginning. readdir(3) reads 32 KiB at a
# time, so directories of a thousand entries meet this, such as those in /dev/shm and /run; devtmpfs is a tmpfs, too. POSIX leaves open only
# whether the removed entry is listed. ramfs and ext4 list every other entry once, and so does the tmpfs of Linux 6.1, which has a
# cursor in the directory. Guessed before: whatever stays in the directory is listed exactly once.
# Seen on Linux 6.12 and 6.18; not on 6.1. The buffer is small here so that few entries need several calls.
set -eu

[ "$(id -u)" = 0 ] || { echo 'root is needed, for a mount in a namespace of its own' >&2; exit 4; }
command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > listing.c <<'C'
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ENTRIES = 8 };

/* Lists the directory in calls that return one entry each. The oldest entry, "0", is removed when all the others have come. */
int main(int argc, char **argv)
{
	char buffer[40] __attribute__((aligned(8))), name[] = "0";
	int directory, listed = 0, times[ENTRIES] = { 0 }, again = 0, entry;

	if (argc != 2 || chdir(argv[1]))
		err(2, "chdir");
	for (entry = 0; entry < ENTRIES; entry++) {
		name[0] = '0' + entry;
		close(open(name, O_CREAT | O_WRONLY, 0600));
	}
	directory = open(".", O_RDONLY | O_DIRECTORY);
	while (syscall(SYS_getdents64, directory, buffer, sizeof(buffer)) > 0) {
		const char *found = ((struct dirent64 *)buffer)->d_name;

		if (*found == '.')
			continue;
		printf(" %s", found);
		times[*found - '0']++;
		if (++listed == ENTRIES - 1 && !times[0]) {
			printf(" (0 is removed)");
			unlink("0");
		}
	}
	for (entry = 1; entry < ENTRIES; entry++)
		again += times[entry] == 2;
	printf("\n%d of the %d that stay are listed twice\n", again, ENTRIES - 1);
	return again == ENTRIES - 1 ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 listing.c -o listing

uname -sr
mkdir tmpfs ramfs
cat > both <<'SH'
mount -t tmpfs none tmpfs && mount -t ramfs none ramfs || exit 4
status=0
echo 'tmpfs:'
./listing tmpfs || status=$?
echo 'ramfs:'
[ "$status" != 0 ] || ! ./listing ramfs || status=1
exit $status
SH
unshare --mount sh both
