#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# nng_recv() into a buffer that is smaller than the message returns 0, which is success, stores as much as fits, throws the rest away, and
# sets the size to the message's: 11 for a buffer of 4 bytes. A program that takes the size for what stands in the buffer uses bytes behind
# the buffer. The next call gives the next message. nng has an error NNG_EMSGSIZE, and the header says that data are received "up to
# the supplied size". nng 1.5.2 of Debian 12, transports ipc and inproc alike.
# Guessed before: NNG_EMSGSIZE, or success and the size of what was stored.
set -eu

VERSION=1.5.2-2 TLS=2.28.3-1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
apt-get -q -o APT::Sandbox::User=root download "libnng1=$VERSION" "libnng-dev=$VERSION" "libmbedtls14=$TLS" "libmbedcrypto7=$TLS" \
	"libmbedx509-1=$TLS" > /dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
libraries=$(dirname "$(find "$place/root" -name libnng.so)")
cat > cut.c <<'C'
#include <nng/nng.h>
#include <nng/protocol/pipeline0/pull.h>
#include <nng/protocol/pipeline0/push.h>
#include <stdio.h>
#include <string.h>

/* Two messages, read with a buffer of 4 bytes; what stands behind the 4 bytes is looked at, too. */
static int try(const char *url)
{
	nng_socket reader, writer;
	char buffer[8];
	size_t size;
	int error;

	if (nng_pull0_open(&reader) || nng_push0_open(&writer) || nng_listen(reader, url, NULL, 0) || nng_dial(writer, url, NULL, 0) ||
	    nng_socket_set_ms(reader, NNG_OPT_RECVTIMEO, 10000) || nng_send(writer, "hello world", 11, 0) || nng_send(writer, "next", 4, 0))
		return 2;
	for (int i = 0; i < 2; i++) {
		memset(buffer, '.', sizeof(buffer));
		size = 4;
		error = nng_recv(reader, buffer, &size, 0);
		printf("%.6s: returns %d, size %zu, buffer %.8s\n", url, error, size, buffer);
	}
	nng_close(writer);
	nng_close(reader);
	return 0;
}

int main(int argc, char **argv)
{
	return argc != 2 || try("inproc://cut") || try(argv[1]);
}
C
gcc -O1 -Iroot/usr/include -o cut cut.c -L"$libraries" -Wl,-rpath-link,"$libraries" -lnng
LD_LIBRARY_PATH=$libraries ./cut "ipc://$place/socket" > output
cat > expected <<'END'
inproc: returns 0, size 11, buffer hell....
inproc: returns 0, size 4, buffer next....
ipc://: returns 0, size 11, buffer hell....
ipc://: returns 0, size 4, buffer next....
END
echo "nng $VERSION, a message of 11 bytes and one of 4, read into 4 bytes:"
cat output
diff expected output > /dev/null || { echo 'The behaviour has changed.' >&2; exit 1; }
