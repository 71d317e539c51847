#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# GetMailslotInfo() under Wine tells of one message at most: 1 with three in the slot, and 0 with one of no bytes, which ReadFile() then does not
# give but fails with ERROR_BROKEN_PIPE (109), as if the slot were closed. The longest message that CreateMailslot() was given is not enforced: one of 20
# bytes gets into a slot of 10, is read whole, and GetMailslotInfo() says meanwhile that the next message has 10 bytes, so that who
# allocates what it says reads half of it.
# Guessed before: 3; 1 and a read of 0 bytes; WriteFile() fails.
set -eu

# shellcheck source-path=SCRIPTDIR source=wine-place
. "$(dirname -- "$0")/wine-place"
cat > info.c <<'C'
#include <stdio.h>
#include <windows.h>

static HANDLE slot, client;

static void put(DWORD size)
{
	static const char text[100];
	DWORD length = 0;

	printf("%lu bytes: %s", size, WriteFile(client, text, size, &length, NULL) ? "written" : "refused");
}

static void info(void)
{
	DWORD next = 0, count = 0;

	if (!GetMailslotInfo(slot, NULL, &next, &count, NULL))
		ExitProcess(2);
	printf("; %lu messages, the next has %ld bytes\n", count, (long)next);
}

static void get(void)
{
	char text[100];
	DWORD length = 0;
	BOOL read;

	SetLastError(0);
	read = ReadFile(slot, text, sizeof(text), &length, NULL);
	printf("read: %s, %lu bytes, error %lu\n", read ? "TRUE" : "FALSE", length, GetLastError());
}

int main(void)
{
	int i;

	slot = CreateMailslotA("\\\\.\\mailslot\\finding", 10, 0, NULL);
	client = CreateFileA("\\\\.\\mailslot\\finding", GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	for (i = 1; i <= 3; i++) {
		put(i);
		info();
	}
	for (i = 1; i <= 3; i++)
		get();
	put(20);
	info();
	get();
	put(0);
	info();
	get();
	return 0;
}
C
output_of info > seen
cat seen
echo "Wine $WINE"
diff - seen <<'EOF'
1 bytes: written; 1 messages, the next has 1 bytes
2 bytes: written; 1 messages, the next has 1 bytes
3 bytes: written; 1 messages, the next has 1 bytes
read: TRUE, 1 bytes, error 0
read: TRUE, 2 bytes, error 0
read: TRUE, 3 bytes, error 0
20 bytes: written; 1 messages, the next has 10 bytes
read: TRUE, 20 bytes, error 0
0 bytes: written; 0 messages, the next has 0 bytes
read: FALSE, 0 bytes, error 109
EOF
