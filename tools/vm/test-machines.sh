#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The module built for other machines with every warning on, and the core selftests run there: another word order,
# another word size, other sizes of pages and atomics. The tests are the ones that `test.sh` runs; which of them is said here.
#
# usage: test-machines.sh arm64|s390x|i386...
# Output: as that of `test.sh`, ending in "N passed, N failed, N skipped".
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cd "$here/../.."
. ./paths.sh
work=build/vm/test-machines
rm -rf "$work"
mkdir -p "$work"
: > "$work/totals"
: > "$work/failures"

seconds() { cut -d . -f 1 /proc/uptime; }
began=$(seconds)

# One failure of the set-up itself: NAME, and its output in FILE.
failure() {
	echo "0 1 0" >> "$work/totals"
	{ echo "--- $1"; tail -n 60 "$2"; } >> "$work/failures"
	echo "$1: FAILED"
}

for program in abi create readwrite batch info timeouts poll fault perms reclaim lifetime ring ring-life ring-hostile; do
	echo "1 200 build/selftests/$program"
done > "$work/list"

for machine; do
	echo "building the module for $machine ..."
	if ! make --no-print-directory module KERNEL="$machine" W=1 > "$work/log" 2>&1 ||
	   grep -i -E 'warning|error' "$work/log" > "$work/warnings"; then
		failure "the module for $machine" "$work/log"
		continue
	fi
	{
		code=0
		"$here/machine.sh" "$machine" "$work/list" 2> "$work/$machine.err" || code=$?
		echo $code > "$work/code"
	} | "$here/report.py" "$machine" "$work/list" "$work/totals" "$work/failures" "$work/again"
	[ "$(cat "$work/code")" -eq 0 ] || failure "$machine: the machine ended with $(cat "$work/code")" "$work/$machine.err"
done

if [ -s "$work/failures" ]; then
	echo
	echo 'What failed:'
	cat "$work/failures"
fi
echo
echo "$(($(seconds) - began)) seconds"
awk '{ passed += $1; failed += $2; skipped += $3 }
	END {
		printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped
		exit failed > 0 || passed == 0
	}' "$work/totals"
