// SPDX-License-Identifier: GPL-2.0-only
/*
 * The mailslot server of server.c on libmailslot: makes the slot, prints each message
 * with its sender, and ends after as many as asked for.
 *
 * usage: server-library NAME [COUNT]
 */
#include <libmailslot.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static const char *user_name(unsigned int uid)
{
	struct passwd *user = getpwuid(uid);

	return user ? user->pw_name : "?";
}

int main(int argc, char **argv)
{
	static char buffer[65536], name[300];
	struct mailslot_sender sender;
	DWORD size, length;
	HANDLE slot;
	long left;

	if (argc < 2) {
		fprintf(stderr, "usage: %s NAME [COUNT]\n", argv[0]);
		return 2;
	}
	snprintf(name, sizeof(name), "\\\\.\\mailslot\\%s", argv[1]);
	/* Everybody may write to it. */
	umask(0);
	slot = CreateMailslot(name, 0, MAILSLOT_WAIT_FOREVER, NULL);
	if (slot == INVALID_HANDLE_VALUE) {
		fprintf(stderr, "CreateMailslot %s: error %u\n", name, GetLastError());
		return 1;
	}
	printf("listening on %s\n", name);
	for (left = argc > 2 ? atol(argv[2]) : -1; left; left--) {
		fflush(stdout);
		if (!mailslot_read_from(slot, buffer, sizeof(buffer), &size, &sender)) {
			fprintf(stderr, "read: error %u\n", GetLastError());
			return 1;
		}
		/* A line's end, as echo writes it, is not worth a line of ours. */
		length = size;
		if (length && buffer[length - 1] == '\n')
			length--;
		printf("message %llu from process %u, user %s, %u bytes: %.*s\n",
		       (unsigned long long)sender.sequence, sender.pid, user_name(sender.uid),
		       size, (int)length, buffer);
	}
	CloseHandle(slot);
	return 0;
}
