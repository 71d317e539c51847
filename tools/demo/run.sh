#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# `make demo`: builds the module and the example server, boots a test VM and lets `show.sh` run there. It tests nothing.
set -eu

cd "$(dirname -- "$0")/../.."
. ./paths.sh
mkdir -p build/demo

step() { printf '%s ... ' "$*"; began=$(cut -d . -f 1 /proc/uptime); }
done_() { echo "done ($(($(cut -d . -f 1 /proc/uptime) - began)) s)"; }

step 'Building the kernel module for Linux 6.12'
make -s --no-print-directory module KERNEL=6.12 > build/demo/log 2>&1 || { echo; cat build/demo/log; exit 1; }
done_
step 'Building the library, and an example server on it and a client without'
make -s --no-print-directory userland > build/demo/log 2>&1 || { echo; cat build/demo/log; exit 1; }
cc -O2 -Wall -Wextra -Iuserlib/include -o build/demo/server docs/examples/server-library.c build/userlib/libmailslot.a -pthread
cc -O2 -Wall -Wextra -Iuapi -o build/demo/client docs/examples/client.c
done_
echo 'Booting a small virtual machine on this machine'\''s own files (read-only), with the module loaded ...'
echo
code=0
tools/vm/run.sh -k 6.12 -t 300 tools/demo/show.sh || code=$?
echo
if [ $code -ne 0 ]; then
	echo "The demo failed (status $code). The virtual machine's kernel log: build/vm/6.12/results/kernel.log" >&2
	exit $code
fi
cat <<END
That was all of it: a server made a slot, programs in five languages wrote to its path, and the slot left with its
server. From here:
    make vm         a shell in that virtual machine, to try for yourself (docs/examples has these programs)
    make test       every test, on Linux 6.1, 6.12 and newer
    README.md       a first program, and how to load the module on a machine of your own
END
