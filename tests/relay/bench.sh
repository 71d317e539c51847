#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The relay beside the plain client of NATS, in one machine and through one server without TLS: messages of 64 bytes from one
# process to another, through slots and two relays or through NATS alone, by turns. The clock of the machine counts
# instructions of all processes together, so the rates are those of a processor that does nothing else.
#
# usage: bench.sh [-c]	-c: by the clock, on two processors
# In the machine: bench measure; it needs what `suite build` has made.
set -eu

cd "$(dirname -- "$0")/../.."
. ./paths.sh
flood=$PWD/build/tests/relay/flood server=$PWD/build/tests/relay/nats-server relay=$PWD/build/userlib/mailslot-relay
url=nats://127.0.0.1:4222

configure() {	# HOST OTHER
	mkdir -p "$1/slots" "$1/state"
	mount -t mailslot none "$1/slots"
	cat > "$1/relay.conf" <<-END
		host = "$1"
		servers = {"$url"}
		directory = "$work/$1/slots"
		state = "$work/$1/state"
		socket = "$work/$1/status"
		export "bench" { from = {"$2"} forms = {"host"} }
		remote "bench" { to = {"host $2"} }
	END
	i=0
	while [ $i -lt "${SLOTS:-0}" ]; do
		echo "export \"other-$i\" { from = {\"$2\"} forms = {\"host\"} }"
		i=$((i + 1))
	done >> "$1/relay.conf"
	"$relay" -c "$1/relay.conf" 2> "$1/log" &
	pids="$pids $!"
}

memory() {	# of the last relay, kB
	sed -n 's/^VmRSS:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/${pids##* }/status"
}

wait_for() {	# FILE TEXT
	while ! grep -q "$2" "$1"; do sleep 0.1; done
}

measure() {
	work=$(mktemp -d)
	cd "$work"
	# shellcheck disable=SC2154 # the trap's own
	trap 'status=$?; kill $pids; wait; umount alpha/slots beta/slots; exit $status' EXIT
	ip link set lo up
	printf 'listen: 127.0.0.1:4222\n' > nats.conf
	"$server" -c nats.conf 2> nats.log &
	pids=$!
	wait_for nats.log 'Server is ready'
	configure alpha beta
	configure beta alpha
	wait_for alpha/log 'connected with'
	wait_for beta/log 'connected with'
	echo "memory of a relay that has done nothing: $(memory) kB"
	for turn in 1 2 3 4 5; do
		plain=$("$flood" rate nats $url plain "$messages" 64)
		slots=$("$flood" rate slots alpha/slots remote/host/beta/bench beta/slots bench "$messages" 64)
		echo "messages a second, turn $turn: NATS $plain, slots $slots"
	done
	for turn in 1 2 3; do
		plain=$("$flood" trip nats $url plain 200 64)
		asap=$("$flood" trip nats-asap $url plain 200 64)
		slots=$("$flood" trip slots alpha/slots remote/host/beta/bench,remote/host/alpha/bench beta/slots bench 200 64)
		echo "there and back in microseconds, turn $turn: NATS $plain, with SendAsap $asap, slots $slots"
	done
	echo "memory of a relay after that: $(memory) kB"
}

case ${1:-} in
measure) messages=${2:-40000}; measure ;;
-c)	tests/relay/suite.sh build
	exec tools/vm/run.sh -c 2 -t 900 -r relay-bench -- tests/relay/bench.sh measure 200000 ;;
'')	tests/relay/suite.sh build
	exec tools/vm/run.sh -i -t 900 -r relay-bench -- env SLOTS="${SLOTS:-0}" tests/relay/bench.sh measure ;;
*)	sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2 ;;
esac
