// SPDX-License-Identifier: 0BSD
/*
 * A mailslot server on libmailslot: makes the slot, prints each message with its sender,
 * and ends after COUNT.  server.c is the same without a library.
 *
 *	cc -o server-library server-library.c $(pkg-config --cflags --libs libmailslot)
 *	./server-library NAME [COUNT]
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
	/* What the buffer cannot take is refused when it is written. */
	slot = CreateMailslot(name, sizeof(buffer), MAILSLOT_WAIT_FOREVER, NULL);
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
		printf("message %llu from process %u, user %s, %u bytes: ",
		       (unsigned long long)sender.sequence, sender.pid, user_name(sender.uid),
		       size);
		fwrite(buffer, 1, length, stdout);
		putchar('\n');
	}
	CloseHandle(slot);
	return 0;
}
