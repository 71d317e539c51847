#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# libevent's evbuffer_read() never reads more than 4096 bytes at a time, whatever number it is given and whatever waits: of a message of
# 10000 bytes from a datagram or SOCK_SEQPACKET socket it reads 4096, the rest is gone, and the result looks like that of a good read. The
# header says that with a negative number, or one above the maximum, as many bytes are read as can be; the maximum is not named, and no
# call of version 2.1 changes it. (The next call reads the rest of a stream.) Guessed before: -1 reads the whole message, and so does 10000.
set -eu

VERSION=2.1.12-stable-8+deb12u1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
apt-get -q -o APT::Sandbox::User=root download "libevent-2.1-7=$VERSION" "libevent-dev=$VERSION" > /dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
libraries=$(dirname "$(find "$place/root" -name libevent.so)")
cat > message.c <<'C'
#include <err.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>

enum { LENGTH = 10000 };

/* What two reads give when one message of 10000 bytes and one of 7 were sent. */
static bool reads(const char *title, int type, int most, int first, int second)
{
	static char bytes[LENGTH];
	struct evbuffer *buffer = evbuffer_new();
	int pair[2], one, two;

	if (socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, pair))
		err(2, "socketpair");
	if (send(pair[0], bytes, LENGTH, 0) != LENGTH || send(pair[0], bytes, 7, 0) != 7)
		err(2, "send");
	one = evbuffer_read(buffer, pair[1], most);
	two = evbuffer_read(buffer, pair[1], most);
	printf("%-14s 10000 bytes, 7 bytes; evbuffer_read(%d) gives %d, then %d\n", title, most, one, two);
	evbuffer_free(buffer);
	return one == first && two == second;
}

int main(void)
{
	bool held = true;

	printf("libevent %s\n", event_get_version());
	held &= reads("SOCK_DGRAM", SOCK_DGRAM, -1, 4096, 7);
	held &= reads("SOCK_DGRAM", SOCK_DGRAM, LENGTH, 4096, 7);
	held &= reads("SOCK_SEQPACKET", SOCK_SEQPACKET, LENGTH, 4096, 7);
	held &= reads("SOCK_STREAM", SOCK_STREAM, LENGTH, 4096, 4096);
	return held ? 0 : 1;
}
C
gcc -Wall -Wextra message.c -o message -I root/usr/include -L "$libraries" -levent
LD_LIBRARY_PATH=$libraries ./message
