#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The demo itself, run in the test VM: a server, and clients in several languages. Each line that starts with $ is a
# command as one would type it. It stops at the first thing that goes otherwise than it says.
set -eu

log=$(mktemp)
expected=0

say() { printf '\n%s\n' "$*"; }
lines() { wc -l < "$log"; }

# The command's line, the command, and then the server's line about it.
client() {
	expected=$((expected + 1))
	echo "\$ $1"
	sh -c "$1"
	tries=0
	until [ "$(lines)" -ge $expected ]; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || { echo 'the message did not arrive' >&2; exit 1; }
		sleep 0.1
	done
	sed -n "${expected}s/^/    server: /p" "$log"
}

say 'A server makes a slot and waits for seven messages:'
echo '$ server demo 7 &'
build/demo/server demo 7 > "$log" &
server=$!
client 'ls -l /dev/mailslot/demo'

say 'Clients write to its path; one write is one message. The server sees who wrote it:'
client "echo 'Hello from the shell' > /dev/mailslot/demo"
client "docs/examples/client.py demo 'Hello from Python'"
client "docs/examples/client.pl demo 'Hello from Perl'"
client "docs/examples/client.js demo 'Hello from Node'"
client "build/demo/client demo 'Hello from C'"
client "setpriv --reuid=nobody --clear-groups sh -c 'echo \"Hello from another user\" > /dev/mailslot/demo'"
client 'build/demo/client demo ""'

wait $server
say 'The server has ended after its seventh message, and the slot with it:'
echo '$ ls /dev/mailslot'
ls /dev/mailslot 2>&1 || :
