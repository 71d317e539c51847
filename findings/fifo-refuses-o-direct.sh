#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# open(2) of a FIFO with O_DIRECT fails with EINVAL, though pipes know the flag (packet mode) and the same FIFO accepts O_DIRECT by
# fcntl(F_SETFL) as soon as it is open, and then keeps packets. open tests whether the file can do input and output past the page cache,
# and fcntl leaves this test out for FIFOs. "dd oflag=direct of=FIFO" therefore fails. pipe(2) says that a pipe can be made with the flag,
# or get the flag by fcntl. Guessed before: open gives packet mode, as pipe2(O_DIRECT) does, or ignores the flag.
# Seen on Linux 6.1, 6.12 and 6.18, coreutils 9.1.
set -eu

command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
cat > direct.c <<'C'
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int main(void)
{
	int reader, writer, opened, error, set;
	char first[8] = "";

	if (mkfifo("fifo", 0600))
		err(2, "mkfifo");
	reader = open("fifo", O_RDONLY | O_NONBLOCK);
	opened = open("fifo", O_WRONLY | O_DIRECT);
	error = errno;
	printf("open(O_WRONLY | O_DIRECT): %s\n", opened < 0 ? strerrorname_np(error) : "succeeds");
	writer = open("fifo", O_WRONLY);
	set = fcntl(writer, F_SETFL, O_DIRECT);
	printf("open(O_WRONLY), F_SETFL O_DIRECT: %s\n", set < 0 ? strerrorname_np(errno) : "succeeds");
	if (write(writer, "one", 3) != 3 || write(writer, "two", 3) != 3 || read(reader, first, 7) < 0)
		err(2, "fifo");
	printf("\"one\" and \"two\" written; a read of 7 bytes gives \"%s\"\n", first);
	return opened < 0 && error == EINVAL && !set && !strcmp(first, "one") ? 0 : 1;
}
C
gcc -Wall -Wextra -O1 direct.c -o direct
uname -sr
./direct
