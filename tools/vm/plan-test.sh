#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does the plan leave out what it says and nothing else, and does each program run somewhere? TAP; no machine is started.
set -eu

unset MAILSLOT_TURN
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cd "$here/../.."
# shellcheck source-path=SCRIPTDIR source=debug.sh
. "$here/debug.sh"
newest=$(cat "$here/newest")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
failed=0

# told NAME: the test passed if the file wrong is empty, which is shown otherwise.
told() {
	count=$((count + 1))
	if [ -s "$work/wrong" ]; then
		echo "not ok $count - $1"
		sed 's/^/# /' "$work/wrong"
		failed=1
	else
		echo "ok $count - $1"
	fi
}

# planned NAME KERNEL LINE STAYS: what becomes of LINE; STAYS is yes or no.
planned() {
	: > "$work/wrong"
	echo "$3" | "$here/plan.py" "$2" > "$work/output" 2>> "$work/wrong" || echo "status $?" >> "$work/wrong"
	case $4 in
	yes) echo "$3" > "$work/expected" ;;
	# The command as it is, and a reason.
	no) sed -n "s|^# ${3#* * }: [a-z].*|&|p" "$work/output" > "$work/expected"
	    [ -s "$work/expected" ] || echo 'it was not left out with a reason' >> "$work/wrong" ;;
	esac
	cmp -s "$work/output" "$work/expected" || cat "$work/output" >> "$work/wrong"
	told "$1"
}

planned 'a program of the module' kasan '1 200 build/selftests/abi' yes
planned 'the race detector and 32 bits' kcsan '1 200 build/selftests/abi_32' no
planned 'the same under another kernel' kasan '1 200 build/selftests/abi_32' yes
planned 'a command of several words' 6.1 '1 300 tests/operations/play.sh podman' no
planned 'another of these' 6.1 '1 300 tests/operations/play.sh sysfs' yes
planned 'a name that only begins like one' kcsan '1 200 build/selftests/starved-not' yes
planned 'a program of the module under the newest kernel' "$newest" '1 200 build/selftests/abi' yes
planned 'a program of a suite under the newest kernel' "$newest" '1 200 build/tests/win32/read' no
planned 'one that races, with PREEMPT_RT' "$newest-rt" '2 300 build/selftests/churn' yes
planned 'another, with PREEMPT_RT' "$newest-rt" '1 200 build/selftests/abi' no
planned 'a rule for all debug kernels' rt-debug '1 200 build/selftests/starved' no
planned 'one for Windows programs there' rt-debug '1 300 build/tests/win32/wait' no
planned 'a kernel without rules' 9.9 '1 200 build/selftests/starved' yes

: > "$work/wrong"
"$here/plan.py" > "$work/output" 2>&1 < /dev/null && echo 'it takes no kernel for one' > "$work/wrong"
told 'no kernel is an error'

: > "$work/wrong"
echo '1 60 tests/cli/usage.py' | MAILSLOT_TURN=4 "$here/plan.py" 6.1 > "$work/output" 2>&1 && echo 'it takes any turn' > "$work/wrong"
told 'a turn is 0 to 3'

# Everything that suites list, for the kernels of `make test`, and debug kernels.
: > "$work/wrong"
for kernel in 6.1 6.12 "$newest" "$newest-rt" $(debug_kernels); do
	for suite in tests/*/suite.sh tools/*/suite.sh; do
		KERNEL_NAME=$kernel "$suite" list 2>> "$work/wrong" || echo "$suite: no list for $kernel" >> "$work/wrong"
	done > "$work/list"
	sed "s/^/$kernel /" "$work/list" >> "$work/listed"
	"$here/plan.py" "$kernel" < "$work/list" 2>> "$work/wrong" | sed "s/^/$kernel /" >> "$work/plans"
	for turn in 0 1 2 3; do
		MAILSLOT_TURN=$turn "$here/plan.py" "$kernel" < "$work/list" 2>> "$work/wrong" | sed "s/^/$kernel /" >> "$work/turn.$turn"
	done
done
told 'every suite has a list'

# What runs under rt-debug does not count, as `make test-debug` does not start that unasked.
awk '$1 != "rt-debug" { command = $0; sub(/^[^ ]+ [^ ]+ [^ ]+ /, "", command); print command }' "$work/listed" | sort -u > "$work/all"
awk '$1 != "rt-debug" && $2 != "#" { command = $0; sub(/^[^ ]+ [^ ]+ [^ ]+ /, "", command); print command }' "$work/plans" | sort -u > "$work/run"
[ "$(wc -l < "$work/all")" -gt 100 ] || echo "only $(wc -l < "$work/all") programs" > "$work/all"
comm -3 "$work/all" "$work/run" > "$work/wrong"
told 'every program runs under one kernel at least'

# What one turn leaves out runs in another, and each leaves something out.
: > "$work/wrong"
for list in plans turn.0 turn.1 turn.2 turn.3; do
	awk '$2 != "#"' "$work/$list" | sort > "$work/stays.$list"
	[ $list = plans ] || ! cmp -s "$work/stays.$list" "$work/stays.plans" || echo "$list leaves nothing out" >> "$work/wrong"
done
sort -u "$work"/stays.turn.[0-3] | comm -3 - "$work/stays.plans" >> "$work/wrong"
told 'the turns together are everything'

# A rule that fits nothing is left of a program that is gone, or has a slip.
"$here/plan.py" -t > "$work/rules"
while IFS='	' read -r kernel pattern _; do
	sed -n "s/^$kernel [^ ]* [^ ]* //p" "$work/listed" | while read -r command; do
		# shellcheck disable=SC2254 # a pattern
		case $command in
		$pattern) echo fits; break ;;
		esac
	done | grep -q fits || echo "$kernel: $pattern"
done < "$work/rules" > "$work/wrong"
told 'every rule fits a program'
echo "1..$count"
exit $failed
