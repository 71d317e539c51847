// SPDX-License-Identifier: 0BSD
/*
 * A mailslot client on libmailslot, as a Windows program is written: each TEXT is one message.
 *
 *	cc -o client-library client-library.c $(pkg-config --cflags --libs libmailslot)
 *	./client-library NAME TEXT...
 */
#include <libmailslot.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	static char name[300];
	DWORD written;
	HANDLE slot;
	int i;

	if (argc < 2) {
		fprintf(stderr, "usage: %s NAME TEXT...\n", argv[0]);
		return 2;
	}
	snprintf(name, sizeof(name), "\\\\.\\mailslot\\%s", argv[1]);
	slot = CreateFile(name, GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	if (slot == INVALID_HANDLE_VALUE) {
		fprintf(stderr, "CreateFile %s: error %u\n", name, GetLastError());
		return 1;
	}
	for (i = 2; i < argc; i++) {
		if (!WriteFile(slot, argv[i], strlen(argv[i]), &written, NULL)) {
			fprintf(stderr, "WriteFile %s: error %u\n", name, GetLastError());
			return 1;
		}
	}
	CloseHandle(slot);
	return 0;
}
