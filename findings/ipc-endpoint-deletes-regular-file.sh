#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Binding "ipc://FILE" deletes a regular file of that name, with its data, and puts a socket in its place: in ZeroMQ, in nanomsg and in
# nng. Each of the three removes what an ended server left there, and none looks whether it is a socket. zmq_ipc(7) says that an existing
# binding is overridden; a file of data is no binding. ZeroMQ deletes at once, the others after connect(2) was refused, which is
# how Linux answers for a regular file, too. bind(2) by itself fails with EADDRINUSE. Guessed before: the bind fails.
set -eu

ZEROMQ=4.3.4-6 NANOMSG=1.1.5+dfsg-1.1+b1 NNG=1.5.2-2
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
apt-get -q -o APT::Sandbox::User=root download "libzmq5=$ZEROMQ" "libzmq3-dev=$ZEROMQ" "libnanomsg5=$NANOMSG" "libnanomsg-dev=$NANOMSG" \
	"libnng1=$NNG" "libnng-dev=$NNG" libsodium23=1.0.18-1+deb12u1 libpgm-5.3-0=5.3.128~dfsg-2 libnorm1=1.5.9+dfsg-2 \
	libmbedtls14=2.28.3-1 libmbedcrypto7=2.28.3-1 libmbedx509-1=2.28.3-1 > /dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
libraries=$(dirname "$(find "$place/root" -name libzmq.so.5)")

cat > zmq.c <<'C'
#include <zmq.h>

int main(void)
{
	void *context = zmq_ctx_new(), *server = zmq_socket(context, ZMQ_PULL);
	int failed = zmq_bind(server, "ipc://notes");

	return failed ? 1 : 0;
}
C
cat > nanomsg.c <<'C'
#include <nanomsg/nn.h>
#include <nanomsg/pipeline.h>

int main(void)
{
	return nn_bind(nn_socket(AF_SP, NN_PULL), "ipc://notes") < 0 ? 1 : 0;
}
C
cat > nng.c <<'C'
#include <nng/nng.h>
#include <nng/protocol/pipeline0/pull.h>

int main(void)
{
	nng_socket server;

	return nng_pull0_open(&server) || nng_listen(server, "ipc://notes", NULL, 0) ? 1 : 0;
}
C
status=0
for library in zmq nanomsg nng; do
	gcc -Wall -Wextra -I root/usr/include "$library.c" -o "$library" -L "$libraries" "-l$library" -Wl,--allow-shlib-undefined
	echo 'the only copy' > notes
	result=0
	LD_LIBRARY_PATH=$libraries "./$library" || result=$?
	after=$(stat -c %F notes 2> /dev/null || echo none)
	echo "$library: a regular file before; the bind $([ "$result" = 0 ] && echo succeeds || echo fails); after it: $after"
	[ "$result" = 0 ] && [ "$after" = socket ] || status=1
	rm -f notes
done
exit $status
