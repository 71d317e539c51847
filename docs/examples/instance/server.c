// SPDX-License-Identifier: 0BSD
/*
 * A mailslot server in C for a slot of an instance: open makes the slot; prints each message,
 * and ends after COUNT.
 *
 *	cc -O2 -o instance-server server.c
 *	./instance-server PATH [COUNT]
 *
 * PATH is below a mount of type mailslot, as /run/slots/log.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static char buffer[65536];
	long count = argc > 2 ? atol(argv[2]) : -1;
	int slot;

	if (argc < 2) {
		fprintf(stderr, "usage: %s PATH [COUNT]\n", argv[0]);
		return 2;
	}
	umask(0);	/* others may write, whatever the umask said */
	slot = open(argv[1], O_CREAT | O_EXCL | O_RDONLY | O_CLOEXEC, 0622);
	if (slot < 0) {
		perror(argv[1]);
		return 1;
	}
	for (long number = 1; count < 0 || number <= count; number++) {
		/* 0 is an empty message: a slot has no end. */
		ssize_t length = read(slot, buffer, sizeof(buffer)), text = length;

		if (length < 0) {
			perror(argv[1]);
			return 1;
		}
		/* A line's end, as echo writes it, is not worth a line of ours. */
		if (text && buffer[text - 1] == '\n')
			text--;
		printf("message %ld, %zd bytes: ", number, length);
		fwrite(buffer, 1, (size_t)text, stdout);
		putchar('\n');
		fflush(stdout);
	}
	return 0;
}
