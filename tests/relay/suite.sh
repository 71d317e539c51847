#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Messages between hosts, for tools/vm/test.sh. They are skipped where the packages of the relay are not installed.
set -eu

cd "$(dirname -- "$0")/../.."
. ./paths.sh
case ${1:-} in
build)
	make -s --no-print-directory -C userlib
	mkdir -p build/tests/relay
	# Without libnats there is no relay to be measured (bench).
	# shellcheck disable=SC2046 # options
	! pkg-config --exists libnats || gcc -std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Werror -Iuapi -o build/tests/relay/flood \
		tests/relay/flood.c $(pkg-config --cflags --libs libnats)
	gcc -std=gnu17 -Wall -Wextra -Werror -O2 -Iuserlib/win32/include -Iuserlib/include -o build/tests/relay/broadcast \
		tests/win32-programs/broadcast.c build/userlib/libmailslot-win32.a build/userlib/libmailslot.a -pthread
	# The machine does not see the cache when both are in one user's home directory.
	if server=$(tests/relay/server.sh path); then
		cp "$server" build/tests/relay/nats-server.new
		mv build/tests/relay/nats-server.new build/tests/relay/nats-server
	fi ;;
list)
	for test in permissions datagrams windows faults stored; do
		echo "1 900 tests/relay/$test.py"
	done ;;
*)	echo 'usage: suite.sh build|list' >&2; exit 2 ;;
esac
