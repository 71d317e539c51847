#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Builds everything and runs every suite in test VMs, one after the other of the kernels named, and adds up.
# What a test tests is no concern of this file.
#
# usage: test.sh KERNEL...		(6.1 6.12, that of the file `newest`, with -rt or not, the debug kernels of the file `debug-kernels`; SUITES="tests/win32 ..." in the environment: only these;
#				MAILSLOT_DEADLINE: when, in seconds of the host's uptime, the last machine is stopped;
#				MAILSLOT_REPEAT, not empty: up to three programs of a machine in which a test failed run once more, alone, are
#				named, and count as passed if they pass. What the kernel complained of, or was left behind, has failed.)
#
# A suite is a directory with an executable script `suite.sh` in it, below tests/ or tools/. It is called in the
# repository's top directory, on the host:
#	suite build	builds what it needs into build/, with whatever output (KERNEL_NAMES: for these kernels)
#	suite list	prints its test programs, a line each:  CPUS SECONDS COMMAND
# KERNEL_NAME tells `list` the kernel: it prints what this kernel can run, on all but debug kernels one program at least.
# Which of these is left out all the same, under which kernel and why, is in `plan.py`, and is printed and counted.
# CPUS is 1, or 2 for what needs real parallelism, or 0 for what runs on the host because it has a machine of its own
# (KERNEL names the kernel then, which is never a debug kernel); SECONDS the time limit (ten times that on debug kernels);
# COMMAND is run by sh in the VM, as root, in the top directory, and prints TAP: "ok 1 - name", "not ok 2 - name",
# "ok 3 - name # SKIP why", a plan "1..3" before or after, "1..0 # SKIP why" to skip it all. Lines that start otherwise
# are ignored, unless something fails: then all are shown. Exit status 4 without a test is a skip, as in kselftest; any
# other non-zero status, a missing plan line's worth of tests, and anything left behind when it has ended (slots, memory
# of the module's, changed parameters; `programs.sh` looks) are each one failure, and so is each program during which the
# kernel's log had a complaint.
#
# Output: a line per program, the full output of those that failed, and last "N passed, N failed, N skipped", which is
# also left in build/vm/test/result.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cd "$here/../.."
. ./paths.sh
# shellcheck source-path=SCRIPTDIR source=debug.sh
. "$here/debug.sh"

# Some tests run as other users, who see a clone made under a narrow umask as little in the machine as outside.
umask 022
for directory in . build/userlib build/selftests build/tests; do
	[ -e "$directory" ] || continue
	hidden=$(find "$directory" \( -path ./.git -o -path ./build \) -prune -o ! -type l ! -perm -o+r -print -quit)
	if [ -n "$hidden" ]; then
		echo "test: other users cannot read $hidden, and some tests run as them; this puts it right: chmod -R go+rX ." >&2
		exit 1
	fi
done

work=build/vm/test
rm -rf "$work"
mkdir -p "$work"
: > "$work/totals"
: > "$work/failures"

seconds() { cut -d . -f 1 /proc/uptime; }
began=$(seconds)

# shellcheck disable=SC2317 # called by the trap
stop() {
	for pid in "$work"/*.pid; do
		[ ! -e "$pid" ] || kill "$(cat "$pid")" 2>/dev/null || :
	done
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# One failure that is no test's own: NAME, and its output in FILE, of which the last lines are shown.
failure() {
	echo "0 1 0" >> "$work/totals"
	{ echo "--- $1"; tail -n "${3:-60}" "$2"; } >> "$work/failures"
	echo "$1: FAILED"
}

# What is left of LIMIT seconds until the deadline.
left() {
	[ -n "${MAILSLOT_DEADLINE:-}" ] || { echo "$1"; return; }
	until=$((MAILSLOT_DEADLINE - $(seconds)))
	if [ $until -lt "$1" ]; then
		echo $until
	else
		echo "$1"
	fi
}

# lanes COUNT FILE: so many lanes do the jobs in the lines of FILE, each of them in one lane.
lanes() {
	rm -rf "$work/taken"
	mkdir "$work/taken"
	for lane in $(seq "$1"); do
		log=$work/log.$lane
		lane "$2" &
	done
	log=$work/log
	wait
}

job() {
	case $1 in
	suite) build_suite "$2" ;;
	module) build_module "$2" ;;
	host) run_on_host "$2" ;;
	machine) run_on "$2" "$3" ;;
	esac
}

lane() {
	number=0
	while read -r line; do
		number=$((number + 1))
		mkdir "$work/taken/$number" 2>/dev/null || continue
		# shellcheck disable=SC2086 # words
		job $line </dev/null
	done < "$1"
}

built() {
	echo "building $1 ..."
	shift
	if ! "$@" > "$log" 2>&1; then
		failure "build: $*" "$log"
		return 1
	fi
}

build_suite() {
	! built "$1" env KERNEL_NAMES="$kernels" "$1/suite.sh" build || echo "$1" >> "$work/built"
}

build_module() {
	! built "the module for $1" make --no-print-directory module KERNEL="$1" || echo "$1" >> "$work/built"
}

log=$work/log
built 'the library and the command' make --no-print-directory userland || :
suites=${SUITES:-$(for suite in tests/*/suite.sh tools/*/suite.sh; do [ ! -x "$suite" ] || dirname "$suite"; done)}
for kernel; do
	: > "$work/programs.$kernel"
done
: > "$work/left-out"
# Only debug kernels need no build of a suite of which nothing stays for them.
wanted() {
	directory=$1
	shift
	for kernel; do
		is_debug "$kernel" || return 0
		! KERNEL_NAME=$kernel "$directory/suite.sh" list 2>/dev/null | "$here/plan.py" "$kernel" | grep '^[^#]' >/dev/null || return 0
	done
	return 1
}

# What the plan leaves out of SUITE's list for KERNEL goes to a file of its own.
planned() {
	if ! "$here/plan.py" "$2" < "$work/list" > "$work/planned" 2> "$work/log"; then
		failure "$1: no plan for $2" "$work/log"
		return
	fi
	grep -v '^#' "$work/planned" >> "$work/programs.$2" || :
	sed -n "s/^#/$2/p" "$work/planned" >> "$work/left-out"
}

kernels=$*
: > "$work/built"
for suite in $suites; do
	if wanted "$suite" "$@"; then
		echo "suite $suite"
	else
		echo "$suite" >> "$work/built"
	fi
done > "$work/builds"
# Nor does a debug kernel of which nothing stays, and which would take minutes to build.
busy() {
	is_debug "$1" || return 0
	for one in $suites; do
		! wanted "$one" "$1" || return 0
	done
	return 1
}
for kernel; do
	! busy "$kernel" || echo "module $kernel"
done >> "$work/builds"
lanes 2 "$work/builds"

for suite in $suites; do
	grep -F -x "$suite" "$work/built" >/dev/null || continue
	for kernel; do
		if ! KERNEL_NAME=$kernel "$suite/suite.sh" list > "$work/list" 2> "$work/log"; then
			failure "$suite: no list for $kernel" "$work/log"
			continue
		fi
		is_debug "$kernel" || [ -s "$work/list" ] || failure "$suite has no test program" "$work/log"
		planned "$suite" "$kernel"
	done
done

# A line for each reason.
if [ -s "$work/left-out" ]; then
	echo "left out, as tools/vm/plan.py says:"
	awk '{
		kernel = $1
		sub(/^[^ ]* /, "")
		at = index($0, ": ")
		name = substr($0, 1, at - 1)
		gsub(/.*(selftests|tests|tools)\//, "", name)
		why = kernel " (" substr($0, at + 2) ")"
		if (!(why in count)) order[++reasons] = why
		names[why] = names[why] (why in count ? ", " : " ") name
		count[why]++
	} END {
		for (i = 1; i <= reasons; i++) {
			why = order[i]
			print "    " count[why] " " why (count[why] > 20 ? "" : ":" names[why])
		}
	}' "$work/left-out"
fi

kernels=''
for kernel; do
	! grep -F -x "$kernel" "$work/built" >/dev/null || kernels="$kernels $kernel"
done

# What races is of interest only on some kernels: all their programs get two CPUs.
races_only() {
	case $1 in
	kcsan|*-rt) ;;
	*) return 1 ;;
	esac
}

# The programs of KERNEL that run on CPUS.
wanting() {
	if races_only "$1"; then
		awk -v cpus="$2" '$1 && cpus == 2' "$work/programs.$1"
	else
		awk -v cpus="$2" '$1 == cpus' "$work/programs.$1"
	fi
}

# Runs the programs of KERNEL that want CPUS in one VM, reporting as they end.
run_on() {
	name=$work/$1-$2
	wanting "$1" "$2" > "$name.list"
	run_in_machine "$1" "$2" "test-$2"
}

# Runs those of $name.list, with the results in a directory of the name $3.
run_in_machine() {
	kernel=$1 cpus=$2 results=$3
	times=1
	# What needs two CPUs races: more so where the kernel takes a CPU from a task inside it.
	arguments=''
	[ "$cpus" != 2 ] || arguments=preempt=full
	! is_debug "$kernel" || times=10 arguments=''
	limit=$(left "$(awk -v times=$times '{ sum += $2 * times } END { print sum + 120 }' "$name.list")")
	[ "$limit" -gt 0 ] || { echo "$kernel: no time left"; return; }
	{
		code=0
		"$here/run.sh" -k "$kernel" -c "$cpus" -t "$limit" -a "$arguments" -r "$results" -- \
			tools/vm/programs.sh "$name.list" $times 2> "$name.err" &
		echo $! > "$name.pid"
		wait $! || code=$?
		rm -f "$name.pid"
		echo $code > "$name.code"
	} | reported "$kernel"
	case $(cat "$name.code") in
	0) ;;
	99) complained "build/vm/$kernel/$results/complaints" || failure "$kernel: the VM failed" "$name.err" ;;
	*) failure "$kernel: the VM ended with $(cat "$name.code")" "$name.err" ;;
	esac
}

# What the programs of KERNEL's list print, judged and counted.
reported() {
	: > "$name.totals"
	rm -f "$name.again"
	"$here/report.py" "$1" "$name.list" "$name.totals" "$work/failures" "$name.again" 2> "$name.log" || failure "$1: the report" "$name.log"
	cat "$name.totals" >> "$work/totals"
}

# A failure for each program, and each piece else, that FILE of the kernel's complaints names; false if it names none.
complained() {
	sed -n 's/^--- \(.*\):$/\1/p' "$1" | awk '!seen[$0]++' > "$name.complaints"
	while read -r title; do
		awk -v title="--- $title:" '/^--- .*:$/ { mine = $0 == title } mine && ++lines <= 80' "$1" > "$name.complaint"
		failure "$kernel $title" "$name.complaint" 80
	done < "$name.complaints"
	# What the end of the machine brought to light belongs to no program.
	awk '/^--- .*:$/ { named = 1 } !named' "$1" > "$name.complaint"
	[ ! -s "$name.complaint" ] || failure "$kernel: after all programs" "$name.complaint"
	[ -s "$name.complaints" ] || [ -s "$name.complaint" ]
}

run_on_host() {
	name=$work/$1-host
	wanting "$1" 0 > "$name.list"
	[ "$(left 1)" -gt 0 ] || { echo "$1: no time left"; return; }
	KERNEL=$1 "$here/programs.sh" "$name.list" 1 | reported "$1"
}

# The programs of the machine KERNEL-CPUS that failed once more, alone. The second run counts where it passes, else the first.
repeat() {
	kernel=${1%-*} cpus=${1##*-} name=$work/again-$1
	cut -f 2 "$work/$1.again" > "$name.list"
	run_in_machine "$kernel" "$cpus" "again-$cpus"
	# There may have been no time.
	[ -s "$name.totals" ] || return 0
	cut -f 1 "$work/$1.again" | paste -d ' ' - "$name.totals" "$name.list" > "$name.both"
	while read -r passed failed skipped second_passed second_failed second_skipped _ _ command; do
		if [ "$second_failed" = 0 ]; then
			echo "-$passed -$failed -$skipped"
			echo "    $kernel $command" >> "$work/flaky"
		else
			echo "-$second_passed -$second_failed -$second_skipped"
		fi
	done < "$name.both" >> "$work/totals"
}

# A line for each machine, and each list of the host's: SECONDS JOB. SECONDS are the limits of its programs.
machines() {
	for kernel in $kernels; do
		for cpus in 0 1 2; do
			job="machine $kernel $cpus"
			[ $cpus != 0 ] || job="host $kernel"
			wanting "$kernel" $cpus | awk -v job="$job" '{ sum += $2 } END { if (NR) print sum, job }'
		done
	done
}

if [ -n "$kernels" ]; then
	echo "testing on$kernels ..."
	machines | sort -rn > "$work/machines"
	: > "$work/jobs"
	: > "$work/alone"
	# The debug kernels' two CPUs are slow enough to share the host's; the others' are not.
	while read -r _ place kernel cpus; do
		jobs=$work/jobs
		[ "$cpus" != 2 ] || is_debug "$kernel" || jobs=$work/alone
		echo "$place $kernel $cpus" >> "$jobs"
	done < "$work/machines"
	lanes 2 "$work/jobs"
	lanes 1 "$work/alone"
	# When many fail, no busy machine is the reason. What runs on the host has a machine of its own, whose kernel's
	# complaints are the program's: it is not repeated.
	if [ -n "${MAILSLOT_REPEAT:-}" ]; then
		for again in "$work"/*-[12].again; do
			[ ! -e "$again" ] || [ "$(wc -l < "$again")" -gt 3 ] || basename "$again" .again
		done > "$work/repeats"
		while read -r machine; do
			repeat "$machine" </dev/null
		done < "$work/repeats"
	fi
	# Whatever went wrong above, no program is forgotten.
	for kernel in $kernels; do
		# 7.3-rt is another kernel than 7.3.
		cat "$work/$kernel"-[12h]*.totals 2>/dev/null | wc -l > "$work/told" || :
		wc -l < "$work/programs.$kernel" > "$work/listed"
		cmp -s "$work/told" "$work/listed" || {
			echo "$(cat "$work/listed") programs, and results of $(cat "$work/told")" > "$work/log"
			failure "$kernel: programs without a result" "$work/log"
		}
	done
fi

if [ -s "$work/failures" ]; then
	echo
	echo 'What failed:'
	cat "$work/failures"
fi
if [ -s "$work/flaky" ]; then
	echo
	echo 'Failed, and passed when they were repeated alone:'
	cat "$work/flaky"
fi
echo
echo "$(($(seconds) - began)) seconds, $(wc -l < "$work/left-out") programs left out as planned"
awk '{ passed += $1; failed += $2; skipped += $3 }
	END {
		printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
		exit failed > 0 || passed == 0
	}' "$work/totals" > "$work/result" || code=1
cat "$work/result"
exit "${code:-0}"
