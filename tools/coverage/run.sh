#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Line and branch coverage by the tests: of kmod/, counted by the kernel with KASAN in the test VM over all suites, KUnit
# and injected faults included; and of the library, by its suite in a test VM, built for that with its static archive.
# What cannot be reached says so in the source, with the reason: GCOVR_EXCL_LINE.
#
# usage: run.sh [module|library]	without a word, both; SUITES as in tools/vm/test.sh for the module
#
# Tables on the terminal and in build/coverage/*.txt, pages in build/coverage/module and build/coverage/library.
set -eu

cd "$(dirname -- "$0")/../.."
. ./paths.sh
out=$PWD/build/coverage
mkdir -p "$out"

# table NAME TITLE OPTIONS...: of what gcovr finds
table() {
	name=$1 title=$2
	shift 2
	rm -rf "${out:?}/$name"
	mkdir -p "$out/$name"
	# Inline functions of the kernel's headers have branches that are not ours; the files are.
	gcovr "$@" --gcov-executable gcov-12 --exclude-unreachable-branches --exclude-throw-branches \
		--html-title "$title" --html-details "$out/$name/index.html" --json "$out/$name.json" -s > /dev/null
	gcovr "$@" -a "$out/$name.json" > "$out/$name.txt"
	gcovr "$@" -a "$out/$name.json" --branches > "$out/$name-branches.txt"
	echo "$title"
	cat "$out/$name.txt"
	grep -E '^(TOTAL|File)' "$out/$name-branches.txt"
}

module() {
	kernel=$PWD/build/coverage/kernel
	rm -rf build/vm/kasan/test-*/gcov
	make -s --no-print-directory module KERNEL=kasan BUILD="$kernel" GCOV_PROFILE=y > "$out/build.log" 2>&1 ||
		{ cat "$out/build.log"; exit 1; }
	MAILSLOT_MODULE=$kernel/kmod/mailslot.ko tools/vm/test.sh kasan || failed=1
	# Each machine has counted for itself.
	sum=''
	for counts in build/vm/kasan/test-*/gcov; do
		[ -d "$counts" ] || continue
		if [ -z "$sum" ]; then
			cp -r "$counts" "$out/sum.new"
		else
			gcov-tool-12 merge "$out/sum" "$counts" -o "$out/sum.new"
		fi
		rm -rf "$out/sum"
		mv "$out/sum.new" "$out/sum"
		sum=yes
	done
	[ -n "$sum" ] || { echo 'no machine has counted anything' >&2; exit 1; }
	find "$kernel" -name '*.gcda' -delete
	cp -r "$out/sum/." "$kernel/kmod/"
	# Kbuild's copies are links to the sources, and gcovr goes by what they lead to.
	table module 'mailslot: the module' -r "$PWD" -f "$PWD/kmod/" --object-directory "$kernel/kmod" \
		-e '.*\.mod\.c' -e 'kmod/tests/' "$kernel/kmod"
}

library() {
	objects=$out/userlib programs=$out/win32
	rm -rf "$objects" "$programs"
	mkdir -p "$objects"
	# A test of kselftest's ends by _exit(), which would take the counts with it. So would fork(): as a builtin it clears
	# them in the child, and with them what the library's own handler has just done there.
	gcc -O2 -Wall -Wextra -c -o "$out/exit.o" tools/coverage/exit.c
	make -C tests/win32 BUILD="$objects" LIB="$objects" OUT="$programs" CFLAGS='-O0 -g --coverage -fno-builtin-fork' \
		TEST_LDLIBS="-Wl,--wrap=_exit $out/exit.o -l:libmailslot.a" > "$out/build.log" 2>&1 || { cat "$out/build.log"; exit 1; }
	make -s --no-print-directory module KERNEL=6.12 > "$out/build.log" 2>&1 || { cat "$out/build.log"; exit 1; }
	find "$programs" -maxdepth 1 -type f -executable ! -name overhead ! -name child | sort > "$out/programs"
	# Nothing of the host's can be written in the machine, but the results.
	# shellcheck disable=SC2016 # for the shell there
	tools/vm/run.sh -k 6.12 -t 1200 -r coverage -- sh -c '
		export GCOV_PREFIX=/tmp/counts
		while read -r program; do
			timeout 300 "$program" > /tmp/log 2>&1 || { tail -n 40 /tmp/log; failed=1; }
		done < "$1"
		rm -rf "$RESULTS/counts"
		cp -r "/tmp/counts$2" "$RESULTS/counts"
		exit ${failed:-0}' sh "$out/programs" "$objects" || failed=1
	cp build/vm/6.12/coverage/counts/*.gcda "$objects/"
	table library 'libmailslot' -r userlib -f "$PWD/userlib/src/" --object-directory "$objects" "$objects"
}

failed=0
case ${1:-} in
module) module ;;
library) library ;;
'') module; library ;;
*) echo 'usage: run.sh [module|library]' >&2; exit 2 ;;
esac
exit $failed
