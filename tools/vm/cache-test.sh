#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The cache, and what happens to a machine when something outside of it goes wrong: what is old goes, and nothing else;
# damaged files are made anew; and no machine outlives the program that started it. TAP, on the host.
# shellcheck disable=SC2317 # functions that `check` calls
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cd "$here/../.."
kernel=${KERNEL:-6.12}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$("$here/kernel.sh" "$kernel" root)
export MAILSLOT_CACHE="$work/cache"
# shellcheck source-path=SCRIPTDIR source=cache.sh
. "$here/cache.sh"
count=0
failed=0

# check NAME COMMAND...: one test, passed if the command is; its output is shown if not.
check() {
	name=$1
	shift
	count=$((count + 1))
	if "$@" > "$work/log" 2>&1; then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
		sed 's/^/# /' "$work/log"
		failed=1
	fi
}

# fill AGE NAME...: files of so many days in directories of that name, or files, by where they are.
fill() {
	age=$1
	shift
	for name; do
		mkdir -p "$(dirname "$cache/$name")"
		case $name in
		vm/*.*) echo x > "$cache/$name" ;;
		*) mkdir -p "$cache/$name"; echo x > "$cache/$name/file" ;;
		esac
		touch -d "$age days ago" "$cache/$name"
	done
}
there() { (cd "$cache" && find . -mindepth 1 ! -name file ! -path ./vm | sed 's|^\./||' | sort | xargs); }
same() { echo "$1"; echo "$2"; [ "$1" = "$2" ]; }

fill 20 linux-source-6.12.1-1 debian-6.1.0-1-amd64 machine-arm64 kasan-1234 kcsan-1234 rt-debug-1234 nats-server-1 series-6.12-1234 vm/1.cpio vm/1.vmlinux unpack.abc \
	fetch.abc vm/tmp.abc mine vm/mine.txt debian-bullseye
fill 2 linux-source-6.12.2-1 kasan-2345 vm/2.cpio vm/2.vmlinux unpack.def vm/tmp.def
fill 0 unpack.ghi vm/tmp.ghi
fill 20 kasan-3456 vm/3.cpio
cache_used "$cache/kasan-3456" "$cache/vm/3.cpio"
cache_prune
check 'what is old or left half made goes, and no more' same "$(there)" \
	'debian-bullseye kasan-2345 kasan-3456 linux-source-6.12.2-1 mine unpack.ghi vm/2.cpio vm/2.vmlinux vm/3.cpio vm/mine.txt vm/tmp.ghi'
rm -rf "${cache:?}"
check 'there need not be a cache' cache_prune
cache_used "$cache/vm/none"
check 'nothing is made by being used' test ! -e "$cache"

# A kernel that was fetched is in the cache.
taken() { MAILSLOT_CACHE="$work/less" "$here/kernel.sh" "$kernel" release; }
lacks() { mv "$modules/kernel/$1" "$work/gone" && ! taken && mv "$work/gone" "$modules/kernel/$1"; }
case $root in
/) ;;
*)
	mkdir -p "$cache" "$work/less/$(basename "$root")/lib"
	ln -s "${root%/}" "$cache/"
	cp -r "$root/lib/modules" "$work/less/$(basename "$root")/lib/"
	modules=$(echo "$work/less"/*/lib/modules/*)
	check 'a kernel is taken that was fetched with all modules' taken
	check 'one that lacks a module is fetched anew' lacks fs/efivarfs
	check 'one that lacks another is' lacks net/bridge ;;
esac
boots() { "$here/run.sh" -n -k "$kernel" -t 60 -r cache-test -- true; }
# heals PATTERN: a machine boots though its file is empty, which is of some size then.
heals() {
	for file in "$cache"/vm/$1; do
		: > "$file"
	done
	boots && find "$cache/vm" -name "$1" -size +100k | grep .
}
check 'a machine boots with an empty cache' boots
check 'a damaged kernel is made anew' heals '*.vmlinux'
check 'a damaged initramfs is made anew' heals '*.cpio'

ends_with_its_parent() {
	"$here/run.sh" -n -k "$kernel" -t 300 -r cache-test -- sleep 300 &
	parent=$!
	machine=''
	for _ in $(seq 300); do
		machine=$(sed -n "s/^\([0-9]*\) (qemu-system-x86) . $parent .*/\1/p" /proc/[0-9]*/stat 2>/dev/null || :)
		[ -z "$machine" ] || break
		sleep 0.1
	done
	kill -KILL "$parent"
	echo "started by $parent: ${machine:-nothing}"
	[ -n "$machine" ] || return 1
	for _ in $(seq 100); do
		[ -d "/proc/$machine" ] || return 0
		sleep 0.1
	done
	kill -KILL "$machine"
	return 1
}
check 'no machine outlives its program' ends_with_its_parent
echo "1..$count"
exit $failed
