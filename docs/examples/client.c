// SPDX-License-Identifier: 0BSD
/*
 * A mailslot client in C, without any library: each TEXT is one message; without TEXT
 * standard input is one, whatever bytes it has.  It opens the slot's node and writes.
 *
 *	cc client.c -o client
 *	./client NAME [TEXT...]
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Standard input up to its end; -1 and errno if that fails or it is too long. */
static ssize_t read_all(char *buffer, size_t size)
{
	size_t length = 0;
	ssize_t more;

	while ((more = read(STDIN_FILENO, buffer + length, size - length)) > 0)
		length += more;
	if (!more && length == size) {
		errno = EMSGSIZE;
		return -1;
	}
	return more < 0 ? -1 : (ssize_t)length;
}

int main(int argc, char **argv)
{
	static char path[300], buffer[1 << 20];
	ssize_t length;
	int slot, i;

	if (argc < 2) {
		fprintf(stderr, "usage: %s NAME [TEXT...]\n", argv[0]);
		return 2;
	}
	snprintf(path, sizeof(path), "/dev/mailslot/%s", argv[1]);
	/* No O_CREAT: where no slot is, no file shall be left. */
	slot = open(path, O_WRONLY | O_CLOEXEC);
	if (slot < 0)
		goto err;
	/* One write is one message, all of it or nothing; of no bytes, too. */
	for (i = 2; i < argc; i++)
		if (write(slot, argv[i], strlen(argv[i])) < 0)
			goto err;
	if (argc == 2) {
		length = read_all(buffer, sizeof(buffer));
		if (length < 0 || write(slot, buffer, length) < 0)
			goto err;
	}
	return 0;

err:
	perror(path);
	return 1;
}
