// SPDX-License-Identifier: 0BSD
/*
 * A mailslot server in C that reads from the slot's ring, with libmailslot: makes the slot, prints
 * each message with its sender, and ends after COUNT.  While messages are there, reading them takes
 * no system call; each is printed from where the kernel put it.
 *
 *	cc server-ring-library.c -o server $(pkg-config --cflags --libs libmailslot)
 *	./server NAME [COUNT]
 */
#include <errno.h>
#include <fcntl.h>
#include <libmailslot.h>
#include <linux/mailslot.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The server end of a new slot that everybody may write to; -1 and errno if that fails. */
static int create_slot(const char *name)
{
	struct mailslot_create create = {
		.flags = MAILSLOT_CREATE_RING,
		.mode = 0666,
		.max_message_size = 65536,
		/* All of it is allocated at once. */
		.queue_bytes = 1 << 20,
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

static void show(const char *text, DWORD length, const struct mailslot_sender *sender)
{
	struct passwd *user = getpwuid(sender->uid);

	printf("message %llu from process %u, user %s, %u bytes: ",
	       (unsigned long long)sender->sequence, sender->pid, user ? user->pw_name : "?",
	       length);
	/* A line's end, as echo writes it, is not worth a line of ours. */
	if (length && text[length - 1] == '\n')
		length--;
	fwrite(text, 1, length, stdout);
	putchar('\n');
}

int main(int argc, char **argv)
{
	struct mailslot_sender sender;
	struct mailslot_ring *ring;
	const void *message;
	DWORD length;
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
	ring = mailslot_ring_open(slot);
	if (!ring) {
		fprintf(stderr, "%s: error %u\n", argv[1], GetLastError());
		return 1;
	}
	printf("listening on %s/%s\n", MAILSLOT_DIR, argv[1]);
	left = argc > 2 ? atol(argv[2]) : -1;
	while (left) {
		message = mailslot_ring_next(ring, &length, &sender);
		if (message) {
			show(message, length, &sender);
			left--;
			continue;
		}
		/* Gives back what was shown, and sleeps until there is more. */
		fflush(stdout);
		if (!mailslot_ring_wait(ring, INFINITE))
			break;
	}
	mailslot_ring_release(ring);
	mailslot_ring_close(ring);
	return 0;
}
