// SPDX-License-Identifier: GPL-2.0-only
/*
 * A mailslot client: opens the slot's node and writes.  One write is one message.
 *
 * usage: client NAME TEXT
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char path[300];
	int slot;

	if (argc != 3) {
		fprintf(stderr, "usage: %s NAME TEXT\n", argv[0]);
		return 2;
	}
	snprintf(path, sizeof(path), "/dev/mailslot/%s", argv[1]);
	slot = open(path, O_WRONLY | O_CLOEXEC);
	if (slot < 0 || write(slot, argv[2], strlen(argv[2])) < 0) {
		perror(path);
		return 1;
	}
	return 0;
}
