#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Is nothing that a test program says, or does not say, lost on the way to the last line? `report.py` reads outputs whose
# verdict is known. TAP; no machine is started.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d)
input=$work/input
trap 'rm -rf "$work"' EXIT
count=0
failed=0

# judge NAME TOTALS PATTERN [AGAIN]: the file input is what the programs a, b and c print, TOTALS a count "passed failed skipped" of
# each, PATTERN is in what the person reads, AGAIN is what says that a program can be repeated.
judge() {
	count=$((count + 1))
	rm -f "$work/totals" "$work/again"
	printf '1 10 build/%s\n' a b c > "$work/list"
	: > "$work/failures"
	code=0
	"$here/report.py" 6.12 "$work/list" "$work/totals" "$work/failures" "$work/again" < "$input" > "$work/output" 2>&1 || code=$?
	verdict=ok
	touch "$work/again"
	if [ $code -ne 0 ] || [ "$(cat "$work/again")" != "${4:-}" ] || [ "$(tr '\n' , < "$work/totals")" != "$2" ] || ! grep -q -- "$3" "$work/output"; then
		verdict='not ok'
		failed=1
	fi
	echo "$verdict $count - $1"
	[ "$verdict" = ok ] || sed 's/^/# /' "$work/output" "$work/totals"
}

# program NAME LINE...: what is between two marks
begin() { echo "#### begin build/$1"; }
program() {
	begin "$1"
	shift
	printf '%s\n' "$@" ''
	echo '#### end 0 1'
}
good() { program "$1" 'ok 1 - x' 1..1; }

{ good a; good b; good c; } > "$input"
judge 'all is well' '1 0 0,1 0 0,1 0 0,' '^6.12 c: 1 passed (1 s)'
{ good a; program b 'not ok 1 - x' 1..1; good c; } > "$input"
judge 'a test fails' '1 0 0,0 1 0,1 0 0,' '^6.12 b: 0 passed, 1 FAILED' "$(printf '%s\t1 10 build/b' '0 1 0')"
{ good a; program b 1..1; good c; } > "$input"
judge 'a test is missing' '1 0 0,0 1 0,1 0 0,' 'no test in the output' "$(printf '%s\t1 10 build/b' '0 1 0')"
{ good a; program b 'ok 1 - x' 1..2; good c; } > "$input"
judge 'fewer than planned' '1 0 0,1 1 0,1 0 0,' '1 results where 2 were planned' "$(printf '%s\t1 10 build/b' '1 1 0')"
{ good a; program b 'ok 1 - x'; good c; } > "$input"
judge 'no plan' '1 0 0,1 1 0,1 0 0,' 'no plan' "$(printf '%s\t1 10 build/b' '1 1 0')"
{ good a; program b '1..0 # SKIP no luck'; good c; } > "$input"
judge 'a program is skipped' '1 0 0,0 0 1,1 0 0,' 'skipped: no luck'
{ good a; program b 'ok 1 - x # SKIP why' 1..1; good c; } > "$input"
judge 'a test is skipped' '1 0 0,0 0 1,1 0 0,' '# SKIP why'
{ good a; program b 'ok 1 - x' 1..1 '#### left the slot x'; good c; } > "$input"
judge 'something is left behind' '1 0 0,1 1 0,1 0 0,' 'left behind: the slot x'
{ good a; begin b; printf 'ok 1 - x\n1..1\n\n#### end 1 3\n'; good c; } > "$input"
judge 'a status' '1 0 0,1 1 0,1 0 0,' 'exit status 1' "$(printf '%s\t1 10 build/b' '1 1 0')"
{ good a; begin b; printf 'ok 1 - x\n1..1\n\n#### end 124 3\n'; good c; } > "$input"
judge 'out of time' '1 0 0,1 1 0,1 0 0,' 'did not end in time' "$(printf '%s\t1 10 build/b' '1 1 0')"
good a > "$input"
judge 'the machine stops between programs' '1 0 0,0 1 0,0 1 0,' 'b: 0 passed, 1 FAILED (did not run)'
{ good a; begin b; echo 'ok 1 - x'; } > "$input"
judge 'the machine stops in a program' '1 0 0,1 1 0,0 1 0,' 'b: 1 passed, 1 FAILED (its end'
{ good a; begin b; printf 'ok 1 - x\n1..1\n#### end 0 noise\n'; good c; } > "$input"
judge 'the mark of an end is spoilt' '1 0 0,1 1 0,1 0 0,' 'b: 1 passed, 1 FAILED (its end'
{ good a; program b '#### begin nothing' '#### end' '#### end 0' 'ok 1 - x' 1..1; good c; } > "$input"
judge 'a program prints marks' '1 0 0,1 0 0,1 0 0,' '^6.12 b: 1 passed'
{ good a; printf '\377\376\n'; program b 'ok 1 - \xff' 1..1; good c; } > "$input"
judge 'no text' '1 0 0,1 0 0,1 0 0,' '^6.12 b: 1 passed'

# The table that is made of such lines counts each of them, in its column.
count=$((count + 1))
cat > "$input" << 'END'
6.12 win32/read -t x: 3 passed, 2 FAILED (left behind: a (b)), 1 skipped (4 s)
6.12 win32/write: 1 passed, 1 FAILED (5 s)
7.3-rt inject/x: 0 passed, 1 skipped
7.3-rt abi: 2 passed (1 s)
    skipped: ok 1 - x # SKIP 9 passed (9 s)
testing on 6.12 ...
END
"$here/table.py" < "$input" | sed -n 's/^ *\(\* \)\{0,1\}- //p' | tr '\n' ';' > "$work/output"
verdict=ok
if [ "$(cat "$work/output")" != 'Suite;6.12;7.3-rt;kernel;-;2 passed, 1 skipped (2 in 1 s);win32;4 passed, 3 failed, 1 skipped (2 in 9 s);-;' ]; then
	verdict='not ok'
	failed=1
fi
echo "$verdict $count - a table of them"
[ "$verdict" = ok ] || sed 's/^/# /' "$work/output"
echo "1..$count"
exit $failed
