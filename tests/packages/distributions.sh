#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The packages for RPM distributions and for Arch Linux build, and have the files that `make install RELAY=no` and `make install-dkms`
# bring, no more and no less: a file that is new is in all of them or this fails. Nothing is installed.
set -u

cd "$(dirname -- "$0")/../.." || exit 1
. ./paths.sh
. tests/packages/lib.sh
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
version=$(cat VERSION)
kinds=''
reasons=''
# needs KIND PROGRAM...
needs() {
	kind=$1
	shift
	for program; do
		command -v "$program" >/dev/null || { reasons="$reasons no $program for packages of $kind,"; return; }
	done
	kinds="$kinds $kind"
}
needs rpm rpmbuild rpm file
needs arch makepkg pacman bsdtar
[ -n "$kinds" ] || skip_all "not installed (tools/setup.sh operations):${reasons%,}"

# What is installed from a copy of the tree, as other tests install from this one. The lists have no directories.
expected() {
	mkdir "$work/tree" && tar -xzf "$1/mailslot-$version.tar.gz" -C "$work/tree" --strip-components=1 || return 1
	make -s -j2 -C "$work/tree" userland CFLAGS=-O0 PREFIX=/usr JAVAC=no-java RELAY=no &&
		make -s -C "$work/tree" install-userland install-doc install-system install-dkms CFLAGS=-O0 PREFIX=/usr JAVAC=no-java RELAY=no \
			DESTDIR="$work/root" || return 1
	(cd "$work/root" && find . ! -type d) | sed 's|^\.||' | sort > "$work/expected"
	grep -q -x "/usr/src/mailslot-$version/dkms.conf" "$work/expected"
}

# rpmbuild of Debian 13 makes packages for debuggers, too.
rpms() { find "$work/rpm" -name '*.rpm' ! -name '*-debuginfo-*' ! -name '*-debugsource-*'; }

# The files of all packages. Manual pages are compressed, licences are each distribution's own way, and so is zsh's directory;
# rpmbuild adds links for debuggers.
files_rpm() {
	# shellcheck disable=SC2046 # a list
	rpm -q -p --nosignature --qf '[%{FILEMODES:perms} %{FILENAMES}\n]' $(rpms) | sed -n '/^d/!s|^[^ ]* ||p' |
		sed "s|^$(rpm --eval '%{_libdir}')/|/usr/lib/|"
}

files_arch() {
	for package in "$work"/arch/*.pkg.tar*; do
		tar -tf "$package"
	done | sed -n 's|^[^.].*[^/]$|/&|p'
}

same_files() {
	"files_$1" | sed '\|^/usr/share/licenses/|d; \|^/usr/lib/\.build-id/|d; \|^/usr/share/man/|s|\.gz$||; s|/zsh/site-functions/|/zsh/vendor-completions/|' |
		sort > "$work/files"
	diff "$work/expected" "$work/files"
}

# Everybody can read all of it, and only its owner, root, can change it.
modes_rpm() {
	# shellcheck disable=SC2046 # a list
	rpm -q -p --nosignature --qf '[%{FILEMODES:perms} %{FILEUSERNAME}:%{FILEGROUPNAME} %{FILENAMES}\n]' $(rpms)
}

modes_arch() {
	for package in "$work"/arch/*.pkg.tar*; do
		tar -tvf "$package" | awk '{ sub("/", ":", $2); print $1, $2, $6 }'
	done | sed '/ \.[A-Z]*$/d'
}

readable() {
	"modes_$1" > "$work/modes"
	[ "$(wc -l < "$work/modes")" -gt 100 ] && ! grep -v -E '^(l.{9}|[-d]r[w-][x-]r-[x-]r-[x-]) root:root ' "$work/modes"
}

# The module's source and nothing built goes into its package, which is for every machine.
any_machine() {
	case $1 in
	rpm) ls "$work/rpm/dkms-mailslot-$version-1"*.noarch.rpm ;;
	arch) ls "$work/arch/mailslot-dkms-$version-1-any.pkg.tar"* ;;
	esac
}

for kind in $kinds; do
	CFLAGS='-O0 -g' packaging/build.sh "$kind" "$work/$kind" > "$work/$kind.log" 2>&1 &
done
wait
for kind in $kinds; do
	check "packages of $kind are built" sh -c "cat '$work/$kind.log' && ! grep '^build:' '$work/$kind.log'"
	[ -e "$work/expected" ] || check 'make install brings what there is to compare' expected "$work/$kind"
	check "packages of $kind have the files of make install" same_files "$kind"
	check "files in packages of $kind can be read by all and written by root" readable "$kind"
	check "the module's package of $kind is for every machine" any_machine "$kind"
done
if [ -n "$reasons" ]; then
	count=$((count + 1))
	echo "ok $count - the other packages # SKIP${reasons%,}"
fi
echo "1..$count"
