#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A WinPR named pipe of PIPE_TYPE_MESSAGE and PIPE_READMODE_MESSAGE is a byte stream: of the messages "hello" and "world" a read of 3
# bytes gives "hel" and TRUE, and the next read gives "loworld", which is parts of two messages. On Windows the first read returns FALSE with
# ERROR_MORE_DATA, the second gives "lo", and the third gives "world". WinPR accepts the flags without an error or a line in the log.
# Guessed before: the messages are kept apart (Linux has SOCK_SEQPACKET), or CreateNamedPipe() refuses the mode.
set -eu

VERSION=2.11.7+dfsg1-6~deb12u1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
apt-get -q -o APT::Sandbox::User=root download "libwinpr2-2=$VERSION" "libwinpr2-dev=$VERSION" > /dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
libraries=$(dirname "$(find "$place/root" -name libwinpr2.so)")
cat > pipe.c <<'C'
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <winpr/error.h>
#include <winpr/file.h>
#include <winpr/handle.h>
#include <winpr/pipe.h>
#include <winpr/synch.h>
#include <winpr/thread.h>

static char name[64];
static HANDLE written;

/* The client: two messages; it stays until both are read. */
static DWORD WINAPI client(LPVOID done)
{
	HANDLE pipe = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, 0, NULL);
	DWORD length;

	if (pipe == INVALID_HANDLE_VALUE || !WriteFile(pipe, "hello", 5, &length, NULL) || !WriteFile(pipe, "world", 5, &length, NULL))
		_exit(2);
	SetEvent(written);
	WaitForSingleObject(done, INFINITE);
	CloseHandle(pipe);
	return 0;
}

int main(void)
{
	char first[4] = "", second[100] = "";
	BOOL one, two;
	DWORD length;
	HANDLE server, done = CreateEventA(NULL, TRUE, FALSE, NULL), thread;

	written = CreateEventA(NULL, TRUE, FALSE, NULL);
	snprintf(name, sizeof(name), "\\\\.\\pipe\\finding%d", getpid());
	server = CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE | PIPE_WAIT, 1, 4096, 4096, 0, NULL);
	thread = CreateThread(NULL, 0, client, done, 0, NULL);
	if (server == INVALID_HANDLE_VALUE || !thread || !ConnectNamedPipe(server, NULL))
		return 2;
	WaitForSingleObject(written, INFINITE);
	one = ReadFile(server, first, 3, &length, NULL);
	two = ReadFile(server, second, sizeof(second) - 1, &length, NULL);
	printf("\"hello\" and \"world\" written; a read of 3 bytes: %s, \"%s\"; the next: %s, \"%s\"\n", one ? "TRUE" : "FALSE", first,
	       two ? "TRUE" : "FALSE", second);
	SetEvent(done);
	WaitForSingleObject(thread, INFINITE);
	CloseHandle(server);
	return one && two && !strcmp(first, "hel") && !strcmp(second, "loworld") ? 0 : 1;
}
C
gcc -Wall -Wextra pipe.c -o pipe -I root/usr/include/winpr2 -L "$libraries" -lwinpr2 -Wl,--allow-shlib-undefined
echo "WinPR $VERSION"
TMPDIR=$place LD_LIBRARY_PATH=$libraries ./pipe 2> log
echo "WinPR's log: $(wc -c < log) bytes"
[ ! -s log ]
