#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# WinPR's WaitForMultipleObjects() for all of several objects takes a semaphore's count as soon as the semaphore is signalled, and does
# not give the count back when the time is over before the other objects are: the count is lost with WAIT_TIMEOUT as the answer.
# On Windows the function changes no object until all are signalled. A worker that waits with a time limit for a job and a free machine
# loses jobs whenever no machine is free. Guessed before: after WAIT_TIMEOUT the semaphore is as it was.
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
cat > wait.c <<'C'
#include <stdio.h>
#include <winpr/synch.h>

int main(void)
{
	HANDLE objects[2] = { CreateSemaphoreA(NULL, 1, 1, NULL), CreateEventA(NULL, TRUE, FALSE, NULL) };
	DWORD all = WaitForMultipleObjects(2, objects, TRUE, 100), after = WaitForSingleObject(objects[0], 0);

	printf("a semaphore of 1, an event that is not set; for both: %s; then for the semaphore: %s\n",
	       all == WAIT_TIMEOUT ? "WAIT_TIMEOUT" : "another answer",
	       after == WAIT_TIMEOUT ? "WAIT_TIMEOUT" : after == WAIT_OBJECT_0 ? "WAIT_OBJECT_0" : "another answer");
	return all == WAIT_TIMEOUT && after == WAIT_TIMEOUT ? 0 : 1;
}
C
gcc -Wall -Wextra wait.c -o wait -I root/usr/include/winpr2 -L "$libraries" -lwinpr2 -Wl,--allow-shlib-undefined
echo "WinPR $VERSION"
LD_LIBRARY_PATH=$libraries ./wait
