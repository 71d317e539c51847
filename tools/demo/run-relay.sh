#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# `make demo-relay`: three hosts with a relay each, and a cluster of NATS servers between them, in a test VM. It tests nothing.
set -eu

cd "$(dirname -- "$0")/../.."
. ./paths.sh
mkdir -p build/demo
echo 'Building the kernel module for Linux 6.12, the library, the command and the relay ...'
{ make -s --no-print-directory module KERNEL=6.12 && tests/relay/suite.sh build; } > build/demo/log 2>&1 ||
	{ cat build/demo/log; exit 1; }
echo 'Booting a small virtual machine: three hosts as network namespaces, three NATS servers, TLS between all ...'
code=0
tools/vm/run.sh -k 6.12 -t 300 tests/relay/with-hosts.py --relays tests/relay/example.conf tools/demo/show-relay.sh || code=$?
echo
if [ $code -ne 0 ]; then
	echo "The demo failed (status $code). The virtual machine's kernel log: build/vm/6.12/results/kernel.log" >&2
	exit $code
fi
cat <<END
That was all of it: slots of other machines as paths, a broadcast, and names as on Windows. From here:
    docs/remote.rst         from two machines to a message, security, a thousand hosts
    tools/vm/run.sh -- tests/relay/with-hosts.py --relays tests/relay/example.conf
                            a shell with these three hosts (ip netns exec alpha ...)
END
