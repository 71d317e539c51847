#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A directory of kernfs, which cgroup2 and sysfs are made of, can list an entry twice although the entry was there all the time: the
# entry before the one that was removed between two getdents64(2) calls. kernfs keeps the hash of the next entry as the position; when the
# next entry has gone, the search for the hash ends at one of the two neighbours, and this can be the one that was listed already. POSIX
# leaves open only whether the removed entry is listed; ramfs lists every other entry once. A program that counts the entries, or that
# makes something for each, is wrong without any error. Guessed before: whatever stays in the directory is listed exactly once.
# Seen on Linux 6.1, 6.12 and 6.18. The buffer is small here so that few entries need several calls.
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
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ENTRIES = 32, LENGTH = 48 };

static char name[ENTRIES][LENGTH];

static int number(const char *entry)
{
	return strncmp(entry, "entry-", 6) ? -1 : atoi(entry + 6);
}

/*
 * Lists the directory in calls that return one of the entries each, and removes "victim", which is to come next, after "when" entries.
 * Stores the order in which the entries came first, and how often each entry came.
 */
static void list(int when, int victim, int *order, int *times)
{
	char buffer[72] __attribute__((aligned(8)));
	int directory = open(".", O_RDONLY | O_DIRECTORY), listed = 0;
	long length, at;

	memset(times, 0, ENTRIES * sizeof(*times));
	while ((length = syscall(SYS_getdents64, directory, buffer, sizeof(buffer))) > 0) {
		for (at = 0; at < length; at += ((struct dirent64 *)(buffer + at))->d_reclen) {
			int entry = number(((struct dirent64 *)(buffer + at))->d_name);

			if (entry < 0)
				continue;
			if (!times[entry]++)
				order[listed++] = entry;
			if (listed == when && victim >= 0) {
				if (rmdir(name[victim]))
					err(2, "rmdir");
				victim = -1;
			}
		}
	}
	if (length)
		err(2, "getdents64");
	close(directory);
}

int main(int argc, char **argv)
{
	int before[ENTRIES], order[ENTRIES], times[ENTRIES], when, entry, twice = 0, never = 0, hit;

	if (argc != 2 || chdir(argv[1]))
		err(2, "chdir");
	for (entry = 0; entry < ENTRIES; entry++)
		snprintf(name[entry], LENGTH, "entry-%02d-with-a-name-of-some-length", entry);
	for (when = 1; when < ENTRIES; when++) {
		for (entry = 0; entry < ENTRIES; entry++)
			mkdir(name[entry], 0755);
		list(0, -1, before, times);
		list(when, before[when], order, times);
		hit = 0;
		for (entry = 0; entry < ENTRIES; entry++) {
			if (entry == before[when])
				continue;
			never += !times[entry];
			if (times[entry] > 1 && !hit++ && !twice++)
				printf("%s is removed after %d others: %s is listed %d times\n", name[before[when]], when, name[entry],
				       times[entry]);
		}
	}
	for (entry = 0; entry < ENTRIES; entry++)
		rmdir(name[entry]);
	printf("%d listings, one removal in each: %d have an entry twice that stayed; %d entries that stayed are missing\n", ENTRIES - 1,
	       twice, never);
	return twice ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 listing.c -o listing

uname -sr
mkdir cgroup ramfs
cat > both <<'SH'
mount -t cgroup2 none cgroup && mount -t ramfs none ramfs || exit 4
mkdir "cgroup/finding-$$"
status=0
echo 'cgroup2:'
./listing "cgroup/finding-$$" || status=$?
rmdir "cgroup/finding-$$"
echo 'ramfs:'
[ "$status" != 0 ] || ! ./listing ramfs || status=1
exit $status
SH
unshare --mount sh both
