#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# ReadFile() of a mailslot under Wine cuts a message that is longer than the buffer, returns TRUE, and the rest is lost: a buffer of 2 bytes
# gets "he" of "hello", and the next read gives the next message. Windows' documentation has ReadFile() fail with
# ERROR_INSUFFICIENT_BUFFER (122) and the message stay, so that a program makes its buffer larger and reads again.
# A read with a buffer of 0 bytes, by which a program would ask whether something waits, fails with ERROR_BROKEN_PIPE (109) while a message waits.
# Guessed before: FALSE and 122, and the message is still there.
set -eu

# shellcheck source-path=SCRIPTDIR source=wine-place
. "$(dirname -- "$0")/wine-place"
cat > read.c <<'C'
#include <stdio.h>
#include <windows.h>

static HANDLE slot;

static void get(DWORD size)
{
	char text[100] = "";
	DWORD length = 0;
	BOOL read;

	SetLastError(0);
	read = ReadFile(slot, text, size, &length, NULL);
	printf("a buffer of %lu: %s, %lu bytes \"%s\", error %lu\n", size, read ? "TRUE" : "FALSE", length, text, GetLastError());
}

int main(void)
{
	HANDLE client;
	DWORD length;

	slot = CreateMailslotA("\\\\.\\mailslot\\finding", 0, 0, NULL);
	client = CreateFileA("\\\\.\\mailslot\\finding", GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	if (!WriteFile(client, "hello", 5, &length, NULL) || !WriteFile(client, "world", 5, &length, NULL))
		return 2;
	get(0);
	get(2);
	get(99);
	get(99);
	return 0;
}
C
output_of read > seen
cat seen
echo "Wine $WINE"
diff - seen <<'EOF'
a buffer of 0: FALSE, 0 bytes "", error 109
a buffer of 2: TRUE, 2 bytes "he", error 0
a buffer of 99: TRUE, 5 bytes "world", error 0
a buffer of 99: FALSE, 0 bytes "", error 121
EOF
