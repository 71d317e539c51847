#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The demo of the relay, run on three hosts in the test VM (tests/relay/with-hosts.py). Each line that starts with a host's
# name and $ is a command as one would type it there. It stops at the first thing that goes otherwise than it says.
set -eu

work=$(mktemp -d)
PATH=$PWD/build/userlib:$PATH

say() { printf '\n%s\n' "$*"; }
on() { host=$1 && shift && MAILSLOT_DIR=/tmp/relay/$host/slots ip netns exec "$host" "$@"; }

serve() {	# HOST MESSAGES
	echo "$1\$ mailslot create -m 0622 -n $2 status &"
	on "$1" mailslot create -m 0622 -n "$2" -t 60 status > "$work/$1" &
	until [ -e "/tmp/relay/$1/slots/status" ]; do sleep 0.1; done
}

send() {	# HOST LINE
	echo "$1\$ $2"
	on "$1" sh -c "$(echo "$2" | sed "s|/dev/mailslot|/tmp/relay/$1/slots|g")"
}

heard() {	# LINES HOST...: what is printed there, when it is there
	lines=$1 && shift
	for host; do
		tries=0
		until [ "$(wc -l < "$work/$host")" -ge "$lines" ]; do
			tries=$((tries + 1))
			[ $tries -lt 300 ] || { echo "$host did not hear it" >&2; exit 1; }
			sleep 0.1
		done
		sed -n "${lines}s/^/    $host: /p" "$work/$host"
	done
}

say 'alpha and beta are in the domain workgroup, gamma is in sales. A server on each:'
serve alpha 1
serve beta 4
serve gamma 2

say 'A slot of another host is a path, for any language:'
send alpha 'echo "Hello beta" > /dev/mailslot/remote/host/beta/status'
heard 1 beta
send alpha "python3 -c 'open(\"/dev/mailslot/remote/host/gamma/status\", \"w\").write(\"Hello from Python\")'"
heard 1 gamma

say 'A broadcast goes to all hosts of a domain, the own host too:'
send alpha 'echo "Hello all" > /dev/mailslot/remote/all/status'
heard 1 alpha
heard 2 beta
send beta 'mailslot send --domain sales status "Hello sales"'
heard 2 gamma

say 'Names are Windows'\'' own for programs that come from there, and for the command:'
send gamma 'mailslot send --host BETA status "Hello from gamma"'
heard 3 beta

say 'What the configuration does not allow, and what alpha has sent:'
echo 'alpha$ mailslot send --host beta secret hello'
! on alpha mailslot send --host beta secret hello || exit 1
echo 'alpha$ mailslot relay status'
on alpha mailslot relay status --socket /tmp/relay/alpha/status
echo '(What was dropped are the questions by which this demo waited for the servers.)'
