#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A mailslot under Wine lives while a client's handle is open: the server has closed its only one, WriteFile() goes on returning TRUE, and what it
# writes is read by nobody. The name stays taken: CreateMailslot() fails with ERROR_ALREADY_EXISTS (183), so that a service that is started again
# does not get its slot back until its last client has closed. Windows' documentation has the mailslot go with the server's last handle.
# Guessed before: WriteFile() fails, and CreateMailslot() makes a new slot.
set -eu

# shellcheck source-path=SCRIPTDIR source=wine-place
. "$(dirname -- "$0")/wine-place"
cat > close.c <<'C'
#include <stdio.h>
#include <windows.h>

static HANDLE make(const char *when)
{
	HANDLE slot;

	SetLastError(0);
	slot = CreateMailslotA("\\\\.\\mailslot\\finding", 0, 0, NULL);
	printf("CreateMailslot %s: %s, error %lu\n", when, slot == INVALID_HANDLE_VALUE ? "INVALID_HANDLE_VALUE" : "a slot",
	       GetLastError());
	return slot;
}

int main(void)
{
	HANDLE slot = make("at first"), client;
	DWORD length = 0;
	BOOL written;

	client = CreateFileA("\\\\.\\mailslot\\finding", GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
	if (client == INVALID_HANDLE_VALUE || !CloseHandle(slot))
		return 2;
	written = WriteFile(client, "hello", 5, &length, NULL);
	printf("the server has closed: %s, %lu bytes written\n", written ? "TRUE" : "FALSE", length);
	make("while the client is open");
	CloseHandle(client);
	make("when it has closed too");
	return 0;
}
C
output_of close > seen
cat seen
echo "Wine $WINE"
diff - seen <<'EOF'
CreateMailslot at first: a slot, error 0
the server has closed: TRUE, 5 bytes written
CreateMailslot while the client is open: INVALID_HANDLE_VALUE, error 183
CreateMailslot when it has closed too: a slot, error 0
EOF
