#!/bin/sh
# shellcheck disable=SC2030,SC2031 # a subshell has a $tmp of its own
# SPDX-License-Identifier: GPL-2.0-only
# The programs that prove: CBMC of Debian 13 and herd7 of Debian's next release, with the libraries that they run with, unpacked
# into the cache. Neither is installed, as Debian 12 has neither of them.
#
# usage: tools.sh fetch		download and unpack them, if the cache does not have them
#        tools.sh cbmc|herd7	the words to put before the arguments; fails when the program is not there
set -eu

vm=$(CDPATH='' cd -- "$(dirname -- "$0")/../../tools/vm" && pwd)
cd "$vm/../.."
. ./paths.sh
# shellcheck source-path=SCRIPTDIR source=../../tools/vm/cache.sh
. "$vm/cache.sh"
# shellcheck source-path=SCRIPTDIR source=../../tools/vm/packages.sh
. "$vm/packages.sh"

die() { echo "tools.sh: $*" >&2; exit 1; }

# The number changes when the lists below do.
home=$cache/proof-tools-1

# unpacked PART SUITE PACKAGE...: packages of another release, in a directory of their own. A subshell, as apt_of() is for one
# release.
unpacked() (
	made=$tmp/made/$1
	tmp=$tmp/$1
	mkdir -p "$tmp"
	apt_of amd64 "$2"
	shift 2
	cd "$tmp"
	apt-get -q download "$@"
	unpack_into "$made" ./*.deb
)

# with PART PROGRAM: started by the loader of its own release, so that its libraries are those of that release.
with() {
	root=$home/$1
	[ -x "$root/usr/bin/$2" ] || die "no $2 in the cache: run tools/setup.sh check"
	cache_used "$home"
	echo "$root/usr/lib64/ld-linux-x86-64.so.2 --library-path $root/usr/lib/x86_64-linux-gnu:$root/usr/lib $root/usr/bin/$2"
}

case ${1:-} in
cbmc) with cbmc cbmc ;;
herd7) echo "$(with herd herd7) -set-libdir $home/herd/usr/share/herdtools7/herd" ;;
fetch)
	[ ! -e "$home/complete" ] || exit 0
	cache_temporary fetch
	unpacked cbmc trixie cbmc minisat libc6 libgcc-s1 libstdc++6 zlib1g
	unpacked herd forky herdtools7 libc6 libgmp10
	# The other programs of these packages are large.
	find "$tmp/made/cbmc/usr/bin" "$tmp/made/herd/usr/bin" -type f ! -name cbmc ! -name herd7 -delete
	touch "$tmp/made/complete"
	rm -rf "$home"
	mv -T "$tmp/made" "$home"
	cache_used "$home"
	cache_prune ;;
*) sed -n '/^# usage/,/^set/s/^# //p' "$0" >&2; exit 2 ;;
esac
