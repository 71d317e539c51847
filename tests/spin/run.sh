#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Has spin check the models of a slot's and of a ring's protocol, of an instance's life and of the library's close (slot.pml,
# ring.pml, instance.pml, close.pml, README.rst) in every configuration, and demands that each broken twin is refused, and by the
# law that it breaks. One line for each; the exit status is 1 if one is not
# as it should be.
#
# usage: run.sh [--large] [NAME...]	the small configurations, or the large ones; or those of these names
set -u

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=${BUILD:-$here/../../build/spin}
size=small
if [ "${1:-}" = --large ]; then
	size=large
	shift
fi
case ${1:-} in
-*) sed -n '/^# usage/,/^set/s/^# //p' "$0" >&2; exit 2 ;;
esac
only=$*
failed=0
ran=0

# The verifiers of each model, each compiled once: who takes part comes from the environment.
#	exact	every state is stored whole, so what is not found is not there
#	cycles	looks for runs without an end; there is to be none
#	bits	keeps a few bits of each state: more states in less memory, and some may be missed
verifier() {
	[ ! -x "$1" ] || return 0
	[ -e pan.c ] || spin -a model.pml > spin.log 2>&1 || { cat spin.log; return 1; }
	case $1 in
	exact) kind='-DSAFETY -DCOLLAPSE' ;;
	cycles) kind='-DNP -DCOLLAPSE' ;;
	bits) kind='-DSAFETY -DBITSTATE' ;;
	esac
	# All steps touch what others see, so partial order reduction has nothing to leave out.
	# shellcheck disable=SC2086 # options
	gcc -w $speed $kind -DNOREDUCE -DNOFAIR -DNOCLAIM -DVECTORSZ=512 -DMEMLIM=8000 -o "$1" pan.c
}

law_name() {
	case $1 in
	201) echo 'a reader sleeps beside a message' ;;
	202) echo 'a poller sleeps beside a message' ;;
	203) echo 'a writer sleeps beside room' ;;
	204) echo 'a client sleeps beside room' ;;
	205) echo 'a message is lost, doubled or out of order' ;;
	206) echo 'a write returns what is not so' ;;
	207) echo 'a writer sleeps after death' ;;
	208) echo 'a starved task stops others' ;;
	209) echo 'a claim is left' ;;
	210) echo 'room is miscounted' ;;
	211) echo 'a reader is woken out of its turn' ;;
	212) echo 'a task is stuck' ;;
	221) echo 'a message is read that is not whole' ;;
	222) echo 'a message is lost, doubled or let in after death' ;;
	223) echo 'the reader sleeps beside a message or after death' ;;
	224) echo 'a writer sleeps beside room or after death' ;;
	225) echo "the kernel's head leaves the ring" ;;
	226) echo 'a message enters before one that stands in line' ;;
	227) echo 'bytes stay behind the tail' ;;
	231) echo 'a name is found after death' ;;
	232) echo 'something is used after it was freed' ;;
	233) echo 'a dead slot is opened' ;;
	234) echo 'a limit is exceeded or never counted back' ;;
	235) echo 'something is left when the super block ends' ;;
	236) echo 'a directory goes away under CREATE' ;;
	237) echo 'an entry is made in a directory that is gone' ;;
	238) echo 'an empty directory stays' ;;
	239) echo "who holds a directory's lock stops others" ;;
	240) echo 'a directory that should have gone is in the way' ;;
	241) echo 'the module is unloaded while something of it lives' ;;
	242) echo 'a task is stuck or something is never freed' ;;
	251) echo 'a call never returns' ;;
	252) echo 'a call returns what is not so' ;;
	253) echo 'an operation ends twice or not at all' ;;
	254) echo 'an end or an operation is used after it was freed' ;;
	255) echo 'an end or an operation is never freed' ;;
	256) echo 'CloseHandle has returned and the file is open' ;;
	257) echo "a message is taken and is no read's" ;;
	258) echo "a descriptor is used that is closed or another's" ;;
	259) echo 'a read waits beside a message' ;;
	260) echo 'a read gets a message out of its turn' ;;
	*) echo "$1" ;;
	esac
}

# Who takes part unless a configuration says otherwise.
usual='READERS=1 WRITERS=2 CLIENTS=0 POLLERS=0 MESSAGES=2 CAPACITY=2 BIG=1 BATCH=1 DEATH=0 SIGNALS=0 FAULTS=0 QUOTA=0 CLAIMS=1 VICTIM=255
	LEAVERS=0 APART=2 MODE=0 TWIN=0 LONGS=0 BOTH=0 CAP=1 ASKS=0 STOPS=0 NONBLOCK=0
	CREATORS=1 DEPTH=1 OWN=0 SAME=0 BY_OPEN=0 OPENERS=0 LEAVES=0 UNLINKERS=0 RMDIRS=0 LISTERS=0 STOPPER=0 NAMER=0 UMOUNT=0
	ENTRIES=9 WAITS=0 PENDS=0 CANCELS=0 COPIES=0 GIVEN_LATE=0 REUSES=0 KEEPS=0 TIMED=0 STRAIGHT=0'

# check NAME VERIFIER LAW SETTING...: in the directory of the model; LAW is 0 for what has to pass.
check() {
	name=$1 verifier=$2 law=$3
	shift 3
	case " $only " in
	'  ' | *" $name "*) ;;
	*) return 0 ;;
	esac
	ran=$((ran + 1))
	case $verifier in
	exact) options='-E -n -w20' ;;
	cycles) options='-E -n -l -w20' ;;
	bits) options='-E -n -w31 -k3' ;;
	esac
	verifier "$verifier" || { failed=$((failed + 1)); return; }
	rm -f model.pml.trail
	# shellcheck disable=SC2086 # options
	env $usual "$@" "./$verifier" $options -m1000000 > log 2>&1
	states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' log)
	moves=$(sed -n 's/^ *\([0-9.e+]*\) transitions.*/\1/p' log)
	depth=$(sed -n 's/.*depth reached \([0-9]*\),.*/\1/p' log)
	found=$(sed -n 's/.*assertion violated.*starved==\([0-9]*\).*/\1/p' log)
	[ -n "$found" ] || found=$(sed -n 's/^pan:[0-9]*: \(.*\) (at depth.*/\1/p' log)
	if ! grep -q 'State-vector' log || grep -q 'max search depth too small\|out of memory\|search incomplete' log; then
		verdict='FAIL: not searched to the end' law=none
	elif [ "$law" = 0 ]; then
		verdict='PASS'
		[ -z "$found" ] || verdict="FAIL: $(law_name "$found")"
	elif [ "$law" = "$found" ]; then
		verdict="refused: $(law_name "$found")"
	else
		verdict="FAIL: accepted"
		[ -z "$found" ] || verdict="FAIL: refused, but because $(law_name "$found")"
	fi
	printf '%-24s %10s states %10s transitions %6s deep  %s\n' "$name" "$states" "$moves" "$depth" "$verdict"
	case $verdict in
	FAIL*)
		failed=$((failed + 1))
		sed 's/^/    /' log | head -n 20
		# The way there, in the model's own lines.
		# shellcheck disable=SC2086 # settings
		[ ! -e model.pml.trail ] || env $usual "$@" "./$verifier" -r -n model.pml.trail > "$name.trail" 2>&1
		;;
	esac
}

# Who takes part.
line='WRITERS=3 MESSAGES=1 CAPACITY=1 QUOTA=1 SIGNALS=1 DEATH=1'
readers='READERS=2 SIGNALS=1 FAULTS=1 BIG=2'
three='READERS=3 WRITERS=3 MESSAGES=1 BATCH=2 BIG=2'
death='READERS=2 SIGNALS=1 DEATH=1'
poller='POLLERS=1 FAULTS=1'
client='CLIENTS=1 MESSAGES=1 BIG=2 SIGNALS=1'
served='POLLERS=1 WRITERS=3 CAPACITY=1 QUOTA=1 CLAIMS=0'

small() {
	# shellcheck disable=SC2086 # settings
	{
		check line exact 0 $line
		check readers exact 0 $readers
		check death exact 0 $death
		check poller exact 0 $poller
		check client exact 0 $client
		check left exact 0 $line LEAVERS=1
		check left-poller exact 0 $served LEAVERS=1 MESSAGES=1
		check line-ends cycles 0 $line MESSAGES=1 CAPACITY=2
		check readers-end cycles 0 $readers MESSAGES=1

		check wake-first exact 201 $readers TWIN=1
		check no-second-look exact 201 $readers TWIN=2
		check state-late exact 201 $readers TWIN=3
		check wake-late exact 201 VICTIM=1 TWIN=4
		check no-pass exact 201 $three TWIN=5
		check no-pass-refused exact 201 $readers TWIN=6
		check timeout-drops exact 201 $readers TWIN=7
		check to-the-tail exact 211 $readers TWIN=8
		check claim-ignored exact 205 $readers TWIN=9
		check claim-forgets-reader exact 201 $readers TWIN=10
		check claim-forgets-poller exact 202 $poller TWIN=11
		check missed-by-poll-only exact 202 $poller TWIN=12
		check active-early exact 202 $poller TWIN=13
		check served-silent exact 202 $served VICTIM=1 TWIN=14
		check granted-baton exact 208 $line TWIN=15
		check served-stays exact 205 $readers TWIN=16
		check overtake exact 205 $readers TWIN=17
		check room-not-wanted exact 203 $line TWIN=18
		check no-return exact 203 $line TWIN=19
		check signal-silent exact 203 $readers TWIN=20
		check signal-wins exact 206 $line TWIN=21
		check no-timer exact 212 $readers TWIN=22
		check death-keeps-line exact 207 $line TWIN=23
		check killer-alone exact 207 $line TWIN=24
		check dead-enters exact 205 $line TWIN=25
		check joins-silent exact 208 READERS=2 CAPACITY=1 VICTIM=0 TWIN=27
		check left-silent exact 202 $served LEAVERS=1 MESSAGES=1 TWIN=28
		check joins-not-silent exact 0 READERS=2 CAPACITY=1
		check tell-late exact 204 $client VICTIM=1 TWIN=26
	}
}

large() {
	# shellcheck disable=SC2086 # settings
	{
		check line-of-three exact 0 WRITERS=3 BIG=2 QUOTA=1 SIGNALS=1 DEATH=1
		check three-readers exact 0 $three
		check two-by-two exact 0 READERS=2 SIGNALS=2 FAULTS=1 BIG=2 QUOTA=1 DEATH=1
		check poller-and-readers exact 0 READERS=2 POLLERS=1 FAULTS=1 DEATH=1 MESSAGES=1
		check poller-and-line exact 0 $served CLAIMS=1 MESSAGES=1
		check client-more exact 0 $client MESSAGES=2
		check client-and-death exact 0 $client DEATH=1
		check line-ends-large cycles 0 WRITERS=3 MESSAGES=1 BIG=2 QUOTA=1 SIGNALS=1 DEATH=1
		check death-ends cycles 0 $death
		check poller-ends cycles 0 $poller
		check client-ends cycles 0 $client
		check left-more exact 0 $served LEAVERS=1
		check all-together bits 0 READERS=2 CLIENTS=1 POLLERS=1 MESSAGES=1 BIG=2 SIGNALS=1 FAULTS=1 QUOTA=1 DEATH=1
	}
}

# What the reader of a ring does when it finds none: waits, polls by level or by edge, spins; or it stores what it likes.
one='MESSAGES=1 CAPACITY=1'
# The first writer's message is a long one; the cap counts where it needs the room of two others.
long='MESSAGES=1 LONGS=1'
capped='LONGS=1 MODE=2'

ring_small() {
	# shellcheck disable=SC2086 # settings
	{
		check ring-waiter exact 0 $one DEATH=1
		check ring-poller exact 0 $one DEATH=1 MODE=1
		check ring-edge exact 0 $one DEATH=1 MODE=2
		check ring-spinner exact 0 $one DEATH=1 MODE=3
		check ring-hostile exact 0 $one DEATH=1 MODE=4
		check ring-waiter-ends cycles 0 $one DEATH=1
		check ring-cap exact 0 $capped
		check ring-asked exact 0 $long ASKS=1
		check ring-long exact 0 $long FAULTS=1
		check ring-long-edge exact 0 $long FAULTS=1 MODE=2
		check ring-long-both exact 0 $long BOTH=1
		check ring-long-given-up exact 0 $long SIGNALS=1 DEATH=1
		check ring-long-stops exact 0 $long STOPS=1
		check ring-long-hostile exact 0 $long MODE=4
		check ring-long-ends cycles 0 $long
		check ring-refused exact 0 $long NONBLOCK=1 MODE=2

		check ring-tail-first exact 221 $one TWIN=1
		check ring-head-first exact 221 CAPACITY=1 TWIN=2
		check ring-shared-flag exact 223 MODE=1 TWIN=3
		check ring-no-second-look exact 223 $one TWIN=4
		check ring-active-early exact 223 $one MODE=1 TWIN=5
		check ring-no-reread exact 224 $one MODE=2 TWIN=6
		check ring-no-fence exact 224 $one MODE=2 TWIN=7
		check ring-no-fence-waits exact 0 $one TWIN=7
		check ring-kick-far exact 224 $one MODE=3 TWIN=8
		check ring-read-twice exact 225 $one MODE=4 CAP=2 TWIN=9
		check ring-no-check exact 225 $one MODE=4 CAP=2 TWIN=10
		check ring-death-silent exact 223 $one DEATH=1 TWIN=11
		check ring-dead-enters exact 223 $one DEATH=1 TWIN=12
		check ring-wait-only exact 224 $one TWIN=13
		check ring-cap-sleeps exact 224 $capped TWIN=14
		check ring-cap-returns exact 224 $capped TWIN=15
		check ring-news-only exact 224 $long TWIN=16
		check ring-goes-on exact 221 $long TWIN=17
		check ring-keeps-part exact 221 $long TWIN=18
		check ring-fault-keeps exact 221 $long FAULTS=1 TWIN=19
		check ring-takes-over exact 221 $long TWIN=20
		check ring-overtakes exact 226 $long FAULTS=1 TWIN=21
		check ring-clears-all exact 221 $long BOTH=1 TWIN=22
		check ring-leaves-bytes exact 227 $long SIGNALS=1 TWIN=23
		check ring-dead-goes-on exact 223 $long DEATH=1 TWIN=24
		check ring-reserves exact 224 $long STOPS=1 TWIN=25
		check ring-owner-only exact 224 $long STOPS=1 TWIN=26
		check ring-no-refused-look exact 224 $long NONBLOCK=1 MODE=2 TWIN=27
	}
}

ring_large() {
	check ring-waiter-large exact 0 CAP=6 DEATH=1
	check ring-poller-large exact 0 CAP=6 MODE=1
	check ring-edge-large exact 0 CAP=6 MODE=2
	check ring-spinner-large exact 0 CAP=6 MODE=3 DEATH=1
	check ring-hostile-large exact 0 CAP=6 MODE=4
	check ring-cap-large exact 0 LONGS=1 MODE=2 CAPACITY=3 ASKS=1 FAULTS=1
	check ring-long-large exact 0 LONGS=2 MESSAGES=1 FAULTS=1 SIGNALS=1 DEATH=1
	check ring-long-poller exact 0 LONGS=1 MODE=1 FAULTS=1 SIGNALS=1
	check ring-long-both-large exact 0 MESSAGES=1 LONGS=1 BOTH=1 MODE=2 CAPACITY=3 FAULTS=1 SIGNALS=1
	check ring-long-stops-large exact 0 LONGS=1 BOTH=1 MESSAGES=1 STOPS=1 FAULTS=1 SIGNALS=1
	check ring-refused-large exact 0 LONGS=1 NONBLOCK=1 MODE=2 DEATH=1 FAULTS=1
}

# Who ends an instance, and who takes names away.
lazily='UMOUNT=2 OPENERS=1'
removed='RMDIRS=1 UNLINKERS=1 STOPPER=1'

instance_small() {
	# shellcheck disable=SC2086 # settings
	{
		check instance-life exact 0 $lazily UNLINKERS=1
		check instance-left exact 0 $lazily LEAVES=1
		check instance-list exact 0 $lazily LISTERS=1
		check instance-rmdir exact 0 RMDIRS=1 STOPPER=1
		check instance-two exact 0 CREATORS=2 RMDIRS=1
		check instance-open exact 0 CREATORS=2 BY_OPEN=1
		check instance-limits exact 0 CREATORS=2 OWN=1 ENTRIES=3 FAULTS=1
		check instance-holder exact 0 CREATORS=2 OWN=1 STOPPER=1
		check instance-deep exact 0 DEPTH=2 RMDIRS=1 UMOUNT=2
		check instance-claim exact 0 NAMER=1 OPENERS=1
		check instance-claim-deep exact 0 NAMER=1 DEPTH=2
		check instance-life-ends cycles 0 $lazily

		check instance-name-late exact 231 OPENERS=1 TWIN=1
		check instance-two-removers exact 232 $lazily UNLINKERS=1 TWIN=2
		check instance-inode-holds-none exact 232 $lazily TWIN=3
		check instance-dead-ignored exact 233 OPENERS=1 TWIN=4
		check instance-look-no-super exact 235 UMOUNT=2 TWIN=5
		check instance-look-no-dentry exact 232 RMDIRS=1 UMOUNT=2 TWIN=6
		check instance-no-hold exact 236 CREATORS=2 TWIN=7
		check instance-unhold-silent exact 238 ENTRIES=1 TWIN=8
		check instance-gone-late exact 234 $removed TWIN=9
		check instance-no-look-back exact 234 $removed TWIN=10
		check instance-look-waits exact 239 CREATORS=2 OWN=1 STOPPER=1 TWIN=11
		check instance-close-locks exact 239 STOPPER=1 TWIN=12
		check instance-rmdir-blind exact 236 RMDIRS=1 TWIN=13
		check instance-not-dead exact 237 CREATORS=2 BY_OPEN=1 TWIN=14
		check instance-left-early exact 238 TWIN=15
		check instance-uncount-late exact 234 UMOUNT=2 TWIN=16
		check instance-no-owner exact 241 UMOUNT=2 TWIN=17
		check instance-no-settle exact 240 NAMER=1 TWIN=18
		check instance-look-leaks exact 234 RMDIRS=1 UNLINKERS=1 UMOUNT=1 TWIN=19
		check instance-count-in-two exact 234 CREATORS=2 OWN=1 ENTRIES=3 TWIN=20
		check instance-list-no-rcu exact 232 LISTERS=1 UMOUNT=1 TWIN=21
		check instance-exit-no-wait exact 241 $lazily LEAVES=1 TWIN=22
		check instance-no-again exact 238 CREATORS=2 RMDIRS=1 TWIN=23
		check instance-settle-queue exact 240 NAMER=1 TWIN=24
		check instance-winner-alone exact 231 $lazily UNLINKERS=1 TWIN=25
	}
}

instance_large() {
	# shellcheck disable=SC2086 # settings
	{
		check instance-removed exact 0 $removed
		check instance-list-removed exact 0 LISTERS=1 UNLINKERS=1 RMDIRS=1
		check instance-left-large exact 0 $lazily LEAVES=1 UNLINKERS=1
		check instance-one-name exact 0 CREATORS=2 SAME=1 OPENERS=1
		check instance-two-deep exact 0 CREATORS=2 DEPTH=2 RMDIRS=1
		check instance-two-unmounted exact 0 CREATORS=2 UMOUNT=2
		check instance-open-removed exact 0 CREATORS=2 BY_OPEN=1 RMDIRS=1 FAULTS=1
		check instance-deep-removed exact 0 DEPTH=2 RMDIRS=1 UNLINKERS=1
		check instance-two-end cycles 0 CREATORS=2
		check instance-removed-end cycles 0 RMDIRS=1 UNLINKERS=1
	}
}

mixed='WAITS=1 PENDS=1 MESSAGES=1'

close_small() {
	# shellcheck disable=SC2086 # settings
	{
		check close-waits exact 0 WAITS=2 MESSAGES=1 KEEPS=1
		check close-pends exact 0 PENDS=2 MESSAGES=2 KEEPS=1
		check close-copy exact 0 $mixed COPIES=1 KEEPS=1
		check close-copied exact 0 $mixed COPIES=1 GIVEN_LATE=1
		check close-reuse exact 0 $mixed COPIES=1 REUSES=1
		check close-timed exact 0 $mixed TIMED=1 KEEPS=1
		check close-cancels exact 0 $mixed CANCELS=1 STOPS=1
		check close-straight exact 0 $mixed STRAIGHT=1
		check close-ends cycles 0 $mixed TIMED=1

		check close-silent exact 251 $mixed TWIN=1
		check close-hasty exact 256 WAITS=1 MESSAGES=1 TWIN=2
		check close-uncounted exact 256 WAITS=1 MESSAGES=1 TWIN=3
		check close-watch-stays exact 254 $mixed COPIES=1 REUSES=1 TWIN=4
		check close-moved-silent exact 259 PENDS=1 MESSAGES=1 COPIES=1 KEEPS=1 TWIN=5
		check close-clear-late exact 251 WAITS=2 MESSAGES=1 STOPS=1 KEEPS=1 TWIN=6
		check close-late-drops exact 252 WAITS=1 MESSAGES=1 TIMED=1 TWIN=7
		check close-cancel-keeps exact 253 PENDS=2 MESSAGES=1 CANCELS=1 TWIN=8
		check close-cancel-silent exact 259 WAITS=2 MESSAGES=1 STOPS=1 KEEPS=1 TWIN=9
		check close-shot-once exact 259 PENDS=2 MESSAGES=2 KEEPS=1 TWIN=10
		check close-event-points exact 254 PENDS=1 MESSAGES=1 TWIN=11
		check close-timer-blind exact 254 PENDS=1 MESSAGES=1 TIMED=1 TWIN=12
		check close-asks-unheld exact 254 PENDS=2 MESSAGES=1 TWIN=13
		check close-closing-found exact 251 WAITS=2 MESSAGES=1 TWIN=14
		check close-overtakes exact 260 WAITS=2 MESSAGES=1 TWIN=15
		check close-put-early exact 254 WAITS=1 MESSAGES=1 TWIN=16
		check close-serves-none exact 251 PENDS=1 MESSAGES=1 TWIN=17
	}
}

close_large() {
	# shellcheck disable=SC2086 # settings
	{
		check close-three-wait exact 0 WAITS=3 MESSAGES=2 KEEPS=1
		check close-three-pend exact 0 PENDS=3 MESSAGES=2 CANCELS=1 KEEPS=1
		check close-timed-copy exact 0 $mixed COPIES=1 GIVEN_LATE=1 TIMED=1 KEEPS=1
		check close-cancelled-copy exact 0 $mixed COPIES=1 CANCELS=1 STOPS=1 KEEPS=1
		check close-reuse-more exact 0 WAITS=2 PENDS=1 MESSAGES=1 COPIES=1 REUSES=1
		check close-two-and-one exact 0 WAITS=2 PENDS=1 MESSAGES=2 STOPS=1 TIMED=1
		check close-copy-ends cycles 0 $mixed COPIES=1 GIVEN_LATE=1
	}
}

all() {
	small && large
}

instance_all() {
	instance_small && instance_large
}

close_all() {
	close_small && close_large
}

ring_all() {
	ring_small && ring_large
}

command -v spin >/dev/null || { echo 'spin is not installed' >&2; exit 1; }
mkdir -p "$work" && cd "$work" || exit 1
work=$(mktemp -d "$PWD/run.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
cd "$work" || exit 1
for model in slot ring instance close; do
	mkdir $model && cp "$here/$model.pml" $model/model.pml || exit 1
done
[ -z "$only" ] || size=all
speed=-O1
cd slot && $size
# The verifiers of the others are large functions, which take gcc longer to optimise than they run.
speed=-O0
cd ../ring && ring_$size
cd ../instance && instance_$size
cd ../close && close_$size
[ $ran -gt 0 ] || { echo "there is no $only" >&2; exit 2; }
[ $failed -eq 0 ] || echo "$failed of $ran are not as they should be"
[ $failed -eq 0 ]
