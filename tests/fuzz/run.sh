#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs the fuzzers that tests/fuzz/Makefile builds, from the inputs in tests/fuzz/corpus, an archive for each.
#
# usage: run.sh			a fixed number of inputs, the same ones each time; TAP
#        run for MINUTES	all of them for so long together; what they find goes to build/fuzz/found
#        run keep		makes the corpus anew, as small as it can be, of itself and of what was found
# An input that fails is left in build/fuzz/failed-FUZZER-*; `build/fuzz/fuzz-FUZZER FILE` shows how.
set -eu

cd "$(dirname -- "$0")/../.."
. ./paths.sh
build=build/fuzz
archives=tests/fuzz/corpus
corpus=$build/corpus
fuzzers='name text subject message config queue module'
# The relay's library may be missing, and with it the fuzzer.
[ -e $build/fuzz-config ] || fuzzers='name text subject message queue module'

# A name is short; calls on slots take a while to get anywhere.
longest() {
	case $1 in
	name) echo 300 ;;
	text) echo 600 ;;
	subject) echo 1300 ;;
	message) echo 400 ;;
	config) echo 4000 ;;
	queue) echo 384 ;;
	module) echo 1024 ;;
	esac
}

# Inputs of the short run: some seconds each.
number() {
	case $1 in
	name) echo 100000 ;;
	text) echo 60000 ;;
	subject) echo 100000 ;;
	message) echo 100000 ;;
	config) echo 1000 ;;
	queue) echo 5000 ;;
	module) echo 15000 ;;
	esac
}

unpack() {
	rm -rf "${corpus:?}/$1"
	mkdir -p "$corpus/$1"
	tar -xJf "$archives/$1.tar.xz" -C "$corpus/$1"
}

# The same inputs make the same archive.
pack() {
	tar -c --sort=name --owner=0 --group=0 --numeric-owner --mode=644 --mtime=@0 -C "$corpus/$1" . |
		xz -9 > "$archives/$1.tar.xz"
}

# fuzz FUZZER OPTION... DIRECTORY...
fuzz() {
	name=$1
	shift
	"$build/fuzz-$name" -max_len="$(longest "$name")" -artifact_prefix="$build/failed-$name-" \
		-rss_limit_mb=4096 -timeout=100 -print_final_stats=1 "$@" 2>&1
}

statistics() {
	sed -n 's/^stat::number_of_executed_units: *\([0-9]*\)/\1 inputs/p; s/^.* cov: \([0-9]*\) .*/\1 edges/p' "$1" | tail -n 2 | xargs
}

for fuzzer in $fuzzers; do
	unpack "$fuzzer"
done

case ${1:-} in
'')
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	failed=0 count=0
	for fuzzer in $fuzzers; do
		count=$((count + 1))
		mkdir "$work/$fuzzer"
		verdict=ok
		fuzz "$fuzzer" -seed=612 -runs="$(number "$fuzzer")" "$work/$fuzzer" "$corpus/$fuzzer" > "$work/log" ||
			verdict='not ok'
		echo "$verdict $count - $fuzzer: $(statistics "$work/log")"
		if [ "$verdict" != ok ]; then
			failed=1
			grep -v -E '^#[0-9]|NEW_FUNC' "$work/log" | tail -n 60 | sed 's/^/# /'
		fi
	done
	echo "1..$count"
	exit $failed ;;
for)
	seconds=$((${2:?how many minutes} * 60 / $(echo "$fuzzers" | wc -w)))
	code=0
	for fuzzer in $fuzzers; do
		mkdir -p "$build/found/$fuzzer"
		echo "$fuzzer: $seconds seconds ..."
		fuzz "$fuzzer" -max_total_time=$seconds "$build/found/$fuzzer" "$corpus/$fuzzer" > "$build/$fuzzer.log" || {
			code=1
			grep -v -E '^#[0-9]|NEW_FUNC' "$build/$fuzzer.log" | tail -n 60
		}
		echo "$fuzzer: $(statistics "$build/$fuzzer.log")"
	done
	exit $code ;;
keep)
	for fuzzer in $fuzzers; do
		mkdir -p "$build/found/$fuzzer"
		rm -rf "$build/kept"
		mkdir "$build/kept"
		fuzz "$fuzzer" -set_cover_merge=1 "$build/kept" "$corpus/$fuzzer" "$build/found/$fuzzer" |
			grep '^MERGE-OUTER: .* new files'
		rm -f "$corpus/$fuzzer"/*
		count=0
		# shellcheck disable=SC2012 # names of libFuzzer's: sums
		ls -rS "$build/kept" | while read -r input; do
			count=$((count + 1))
			mv "$build/kept/$input" "$corpus/$fuzzer/$(printf %03d $count)"
		done
		pack "$fuzzer"
	done ;;
*)
	sed -n '/^# usage/,/^# An/s/^# \{0,1\}//p' "$0" >&2
	exit 2 ;;
esac
