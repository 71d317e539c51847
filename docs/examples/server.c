// SPDX-License-Identifier: 0BSD
/*
 * A mailslot server in C on the kernel's own interface: makes the slot, prints each message with
 * its sender, and ends after COUNT.  It needs no library; server-library.c is the same on one.
 *
 *	cc server.c -o server
 *	./server NAME [COUNT]
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mailslot.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static char buffer[65536];

/* The server end of a new slot that everybody may write to; -1 and errno if that fails. */
static int create_slot(const char *name)
{
	struct mailslot_create create = {
		.mode = 0666,
		/* What the buffer cannot take is refused when it is written. */
		.max_message_size = sizeof(buffer),
		.read_timeout_ns = MAILSLOT_WAIT_FOREVER_NS,
	};
	int control, slot;

	if (strlen(name) >= sizeof(create.name)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(create.name, name);
	control = open(MAILSLOT_CONTROL, O_RDWR | O_CLOEXEC);
	if (control < 0)
		return -1;
	umask(0);
	slot = ioctl(control, MAILSLOT_IOC_CREATE, &create);
	close(control);
	return slot;
}

static const char *user_name(unsigned int uid)
{
	struct passwd *user = getpwuid(uid);

	return user ? user->pw_name : "?";
}

int main(int argc, char **argv)
{
	struct mailslot_recv_msg message = {
		.buffer = (unsigned long)buffer,
		.capacity = sizeof(buffer),
	};
	struct mailslot_receive receive = {
		.messages = (unsigned long)&message,
		.count = 1,
		.message_size = sizeof(message),
	};
	unsigned int length;
	int slot;
	long left;

	if (argc < 2) {
		fprintf(stderr, "usage: %s NAME [COUNT]\n", argv[0]);
		return 2;
	}
	slot = create_slot(argv[1]);
	if (slot < 0) {
		perror(argv[1]);
		return 1;
	}
	printf("listening on %s/%s\n", MAILSLOT_DIR, argv[1]);
	for (left = argc > 2 ? atol(argv[2]) : -1; left; left--) {
		fflush(stdout);
		if (ioctl(slot, MAILSLOT_IOC_RECEIVE, &receive) < 0) {
			perror("receive");
			return 1;
		}
		/* A line's end, as echo writes it, is not worth a line of ours. */
		length = message.length;
		if (length && buffer[length - 1] == '\n')
			length--;
		printf("message %llu from process %u, user %s, %u bytes: ",
		       (unsigned long long)message.sequence, message.pid,
		       user_name(message.uid), message.length);
		fwrite(buffer, 1, length, stdout);
		putchar('\n');
	}
	return 0;
}
