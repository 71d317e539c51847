#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# WinPR's semaphores have no maximum: CreateSemaphore() takes one and forgets it, and ReleaseSemaphore() above the maximum returns TRUE
# and adds all. On Windows it returns FALSE with ERROR_TOO_MANY_POSTS, and the count stays. The previous count, which ReleaseSemaphore()
# stores where its last parameter points, is not stored either: the variable keeps what was in it. Neither the header nor the log, where
# WinPR tells of other things that it lacks, says so. Guessed before: FALSE, and the count stays; the previous count is stored.
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
cat > release.c <<'C'
#include <stdio.h>
#include <winpr/synch.h>

int main(void)
{
	HANDLE semaphore = CreateSemaphoreA(NULL, 1, 2, NULL);
	LONG previous = -1000;
	BOOL released = ReleaseSemaphore(semaphore, 5, &previous);
	int waits = 0;

	while (waits < 10 && WaitForSingleObject(semaphore, 0) == WAIT_OBJECT_0)
		waits++;
	printf("count 1 of at most 2, 5 released: %s, previous count %ld; then %d waits succeed\n", released ? "TRUE" : "FALSE",
	       (long)previous, waits);
	return released && previous == -1000 && waits == 6 ? 0 : 1;
}
C
gcc -Wall -Wextra release.c -o release -I root/usr/include/winpr2 -L "$libraries" -lwinpr2 -Wl,--allow-shlib-undefined
echo "WinPR $VERSION"
LD_LIBRARY_PATH=$libraries ./release 2> log
echo "WinPR's log: $(wc -c < log) bytes"
[ ! -s log ]
