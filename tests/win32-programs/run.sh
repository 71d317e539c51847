#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs the Windows programs in the test VM, each in every build it has, and compares what they print; TAP on standard
# output.  What single functions do is functions.c's part.
set -u

cd "$(dirname -- "$0")/../.." || exit 1
. ./paths.sh
bin=build/tests/win32-programs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0

# expect NAME STATUS: "$work/output" is what stands on standard input, $status is STATUS
expect() {
	n=$((n + 1))
	cat > "$work/expected"
	if [ "$status" = "$2" ] && diff "$work/expected" "$work/output" > "$work/diff"; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "# status $status, expected $2"
		sed 's/^/# /' "$work/diff"
	fi
}

# until_true COMMAND...: does it again until it succeeds, a minute at most
until_true() {
	local i
	for ((i = 0; i < 600; i++)); do
		! "$@" || return 0
		sleep 0.1
	done
	return 1
}

# wait_for NAME: until a slot is there
wait_for() {
	until_true test -e "/dev/mailslot/$1"
}

# relay SLOT...: slots as the relay would have them, until relay_ends
relay() {
	local slot
	for slot; do
		build/userlib/mailslot create "$slot" > /dev/null &
		wait_for "$slot"
	done
}

relay_ends() {
	# shellcheck disable=SC2046 # numbers
	kill $(jobs -p)
	wait
}

for build in c cw; do
	$bin/sample-slot-$build > "$work/output"
	status=$?
	expect "sample-slot-$build" $((status)) <<-END
	Mailslot created.
	CreateMailslot failed with 183
	END
done

for build in c cw cc ccw; do
	$bin/sample-reader-$build > "$work/output" &
	reader=$!
	wait_for sample_mailslot
	$bin/sample-writer-$build 'Hello, world.' 'Grüße €' quit > "$work/writer" 2>&1
	writer=$?
	wait $reader
	status=$?
	# how many messages a look finds is a matter of time: leave the counts out
	sed -i 's/^Message #.*/Message/' "$work/output"
	# Contents holds the count only as far as the buffer of the example has room
	expect "sample-reader-$build" 0 <<-END
	Contents of the mailslot: Hello, world.
	Message

	Contents of the mailslot: Grüße €
	Message

	Contents of the mailslot: quit
	Message

	END
	status=$writer
	mv "$work/writer" "$work/output"
	case $build in
	*w) eight=8 ;;	# characters are wide: one each
	*) eight=12 ;;	# and UTF-8 takes two for ü and ß, three for €
	esac
	expect "sample-writer-$build" 0 <<-END
	Wrote 14 characters.
	Wrote $eight characters.
	Wrote 5 characters.
	END
	$bin/sample-writer-$build > "$work/output"
	status=$?
	expect "sample-writer-$build without a slot" 1 <<-END
	CreateFile failed with 2.
	END
done

$bin/sample-writer-static > "$work/output"
status=$?
expect 'sample-writer, linked statically' 1 <<-END
CreateFile failed with 2.
END

for build in c cw cc ccw; do
	[ "${build%w}" = "$build" ] && server=cc || server=ccw
	"$bin/log-server-$server" > "$work/output" 2>&1 &
	pid=$!
	$bin/log-client-$build 'APP\Log' 'grüß' second third fourth 'stop' > "$work/client"
	client=$?
	wait $pid
	status=$?
	expect "log-server-$server with log-client-$build" 0 <<-END
	ready
	stream: grüß
	printf: second
	wide stream: 5 characters
	narrow stream: 6 characters
	4 lines, last error 0
	END
	status=$client
	mv "$work/client" "$work/output"
	expect "log-client-$build sent in silence" 0 < /dev/null
	$bin/log-client-$build 'app\log' > "$work/output"
	status=$?
	expect "log-client-$build without a server" 1 <<-END
	CreateFile: error 2: The system cannot find the file specified.$(printf '\r')
	END

	$bin/overlapped-server-$build > "$work/output"
	status=$?
	expect "overlapped-server-$build" 0 <<-END
	first: message 0 from a thread
	received 10 (3ff), thread said 42, cancelled 4
	END

	$bin/alertable-server-$build > "$work/output"
	status=$?
	expect "alertable-server-$build" 0 <<-END
	not alertable: 0 routines
	routine: number 1
	routine: number 2
	routine: number 3
	routine: error 121, 0 bytes
	4 routines
	END

	name=$(hostname | tr '[:lower:]' '[:upper:]')
	hello="${name%%.*} is here"
	$bin/discovery-$build > "$work/output"
	status=$?
	expect "discovery-$build" 0 <<-END
	\\\\*\\mailslot\\discovery: no remote mailslots
	\\\\WORKGROUP\\mailslot\\discovery: no remote mailslots
	\\\\.\\mailslot\\discovery: no peer
	\\\\localhost\\mailslot\\discovery: open
	1 message of ${#hello} characters
	$hello
	END

	relay remote/self/workgroup/alpha.example remote/all/discovery 'remote/domain/workgroup/disc*'
	$bin/discovery-$build > "$work/output"
	status=$?
	relay_ends
	expect "discovery-$build with a relay" 0 <<-END
	\\\\*\\mailslot\\discovery: open
	\\\\WORKGROUP\\mailslot\\discovery: open
	\\\\.\\mailslot\\discovery: no peer
	\\\\localhost\\mailslot\\discovery: open
	1 message of 21 characters
	ALPHA.EXAMPLE is here
	END

	$bin/family-$build > "$work/output"
	status=$?
	expect "family-$build" 0 <<-END
	child: inheritable: yes
	child: from the parent
	parent: the child returned 7
	child: error 6
	parent: the other child returned 99
	child: error 6
	parent: the last child returned 99
	END
done

for build in cc ccw; do
	$bin/single-instance-$build > "$work/first" &
	pid=$!
	wait_for single_instance
	$bin/single-instance-$build one 'two words' > "$work/output"
	status=$?
	expect "single-instance-$build, the second" 2 <<-END
	second: error 183, mutex exists
	END
	wait $pid
	status=$?
	mv "$work/first" "$work/output"
	expect "single-instance-$build, the first" 0 <<-END
	first: mutex is new
	first: got one;two words;
	END

	$bin/mixed-output-$build > "$work/output"
	status=$?
	expect "mixed-output-$build" 0 <<-END
	printf
	wprintf wide narrow short long
	cout
	wcout €
	puts
	fputws é
	_putts
	wn
	_cprintf
	narrow wide long short C c
	4000000000 -5 ee6b2800 7
	1234567890123456789 1234567890123456789 -5 1 18446744073709551615
	0000000000001A2B    42|42   |00042 3.142 1.500000e+00 %
	left    |   right|pre|xy
	4000000000 1234567890123456789
	12 1.5 end
	last
	END
	# in the C locale, too, where the C library alone would lose what is not ASCII
	LC_ALL=C $bin/mixed-output-$build > "$work/again"
	status=$?
	mv "$work/output" "$work/first"
	mv "$work/again" "$work/output"
	expect "mixed-output-$build in the C locale" 0 < "$work/first"
done

for build in c cw cc ccw; do
	printf '12aö\r' | $bin/keys-$build > "$work/output"
	status=$?
	expect "keys-$build from a pipe" 0 <<-END
	number? got 12
	key there
	key a
	key ö
	key Enter
	END
done
# typed TEXT: until the terminal shows it
typed() {
	until_true grep -q "$1" "$work/typed"
}

for build in c cw; do
	# at a terminal keys come without echo, and the newline that scanf leaves is none of them
	: > "$work/typed"
	{
		typed 'number?' && printf '12\n'
		typed 'no key yet' && printf 'aö'
		typed 'key ö' && printf '\n'
		typed 'key Enter'
	} | script -qec "$bin/keys-$build" /dev/null > "$work/typed"
	status=$?
	tr -d '\r' < "$work/typed" > "$work/output"
	expect "keys-$build at a terminal" 0 <<-END
	number? 12
	got 12
	no key yet
	key a
	key ö
	key Enter
	END
done

for build in cc ccw; do
	mkfifo "$work/fifo"
	$bin/descriptor-$build < "$work/fifo" > "$work/output" &
	pid=$!
	exec 9> "$work/fifo"
	wait_for everybody
	mode=$(stat -c %a /dev/mailslot/everybody)
	exec 9>&-
	wait $pid
	status=$?
	echo "$mode" >> "$work/output"
	rm "$work/fifo"
	expect "descriptor-$build: a NULL access list lets everybody write" 0 <<-END
	open
	666
	END
done

for build in c cw cc ccw; do
	$bin/port-server-$build > "$work/output"
	status=$?
	expect "port-server-$build" 0 <<-END
	200 messages, sum 20100
	8 reads ended with the slot, 0 failed otherwise
	then error 258
	END

	$bin/messages-$build > "$work/output" 2>&1
	status=$?
	expect "messages-$build" 0 <<-END
	before
	secured: Der Schlüssel fehlt.
	answer 7
	Error: No caption
	named
	END
	$bin/messages-$build raise 2>&1 > /dev/null | tail -n 1 > "$work/output"
	status=${PIPESTATUS[0]}
	expect "messages-$build: an exception ends it" 134 <<-END
	Unhandled exception 0xe0000001
	END
done

# secured BUILD MODE [SDDL]: the mode of a slot made so, whatever the umask
secured() {
	local build=$1 mode=$2
	shift 2
	mkfifo "$work/fifo"
	(umask 027 && exec $bin/secured-"$build" "$@") < "$work/fifo" > "$work/output" &
	pid=$!
	exec 9> "$work/fifo"
	wait_for secured
	stat -c %a /dev/mailslot/secured > "$work/mode"
	exec 9>&-
	wait $pid
	status=$?
	rm "$work/fifo"
	mv "$work/mode" "$work/output"
	expect "secured-$build ${1:-built by hand}: $mode" 0 <<-END
	$mode
	END
}

for build in c cw cc ccw; do
	secured $build 222
	secured $build 666 'D:(A;;GA;;;WD)'
done
secured c 666 'D:NO_ACCESS_CONTROL'
secured c 640 'O:BAG:SY'
secured c 0 'D:'
secured c 600 'D:P(A;;FA;;;OW)(A;;GA;;;SY)(A;;GA;;;BA)'
secured c 622 'D:(A;;0x12019f;;;CO)(A;;GW;;;AU)'
secured c 660 'D:(A;;FRFW;;;CG)(A;;GA;;;S-1-5-20)'
secured c 444 'D:(D;;GW;;;CG)(A;;GRGW;;;OW)(A;;GR;;;BU)S:(ML;;NW;;;LW)'
secured c 666 'D:(D;;GA;;;NU)(D;;GA;;;AN)(A;;GA;;;WD)'
for sddl in 'D:(A;;GA;;;S-1-5-21-1-2-3-1001)' 'D:(D;;GA;;;SY)(A;;GA;;;WD)'; do
	$bin/secured-c "$sddl" > "$work/output" < /dev/null
	status=$?
	expect "secured-c $sddl" 2 <<-END
	slot: error 50
	END
done

for program in "$bin"/entry-*; do
	$program 'Grüße €' > "$work/output"
	status=$?
	case $program in
	*-2-*) words='no arguments' ;;
	*) words='Grüße €' ;;
	esac
	expect "${program##*/}: without a return" 0 <<-END
	$words
	END
	case $program in
	*-[25]-*) continue ;;
	esac
	$program > "$work/output"
	status=$?
	expect "${program##*/}: with one" 7 < /dev/null
done

echo "1..$n"
