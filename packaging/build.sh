#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Builds packages for RPM distributions or for Arch Linux by Debian's rpmbuild or makepkg, from a tarball of what git knows of,
# as it is in the work tree. What the packages depend on is not looked for, as Debian's packages have other names.
#
# usage: build rpm|arch [DIRECTORY]		default build/rpm or build/arch; packages, tarball and log are there afterwards
#        CFLAGS="..." build rpm|arch		with other options of the compiler than the tool's own
set -eu

cd "$(dirname -- "$0")/.."
. ./paths.sh
kind=${1:-}
case $kind in
rpm) tools='rpmbuild file' ;;
arch) tools='makepkg pacman bsdtar' ;;
*) sed -n 's/^# usage: /usage: /p' "packaging/build.sh" >&2; exit 2 ;;
esac
out=${2:-$PWD/build/$kind}
path_refuse 'the directory' "$out"
for tool in $tools; do
	command -v "$tool" >/dev/null || { echo "build: $tool is missing: on Debian 12 or 13, tools/setup.sh operations installs it" >&2; exit 1; }
done
version=$(cat VERSION)

# The directory is emptied, so it must be new, empty, or what an earlier run of this script has left.
if [ -e "$out" ] && [ ! -f "$out/.mailslot-packages" ] && ! rmdir "$out" 2>/dev/null; then
	echo "build: $out is not empty and was not made by this script, which would remove it; name another directory" >&2
	exit 1
fi
rm -rf "$out"
mkdir -p "$out"
: > "$out/.mailslot-packages"
out=$(CDPATH='' cd -- "$out" && pwd)
if git rev-parse --git-dir >/dev/null 2>&1; then
	git ls-files -z --cached --others --exclude-standard
else
	find . -path ./build -prune -o ! -type d -print0
fi | tar --null --no-recursion --ignore-failed-read --owner=0 --group=0 --mode=u=rwX,go=rX \
	--transform "s,^\(\./\)*,mailslot-$version/,S" -czf "$out/mailslot-$version.tar.gz" -T -

build_rpm() {
	rpmbuild -bb --nodeps ${CFLAGS:+--define "optflags $CFLAGS"} --define "_topdir $out/work" --define "_sourcedir $out" --define "_rpmdir $out" \
		--define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' packaging/rpm/mailslot.spec
}

# makepkg refuses to run as root, and takes one user for as good as another.
build_arch() {
	mkdir "$out/work"
	cp packaging/arch/PKGBUILD "$out/mailslot-$version.tar.gz" "$out/work/"
	as=''
	if [ "$(id -u)" -eq 0 ]; then
		# The build must not depend on who may enter the directories above.
		work=$(mktemp -d)
		trap 'rm -rf "$work"' EXIT
		cp "$out/work/"* "$work/"
		chown -R nobody: "$work"
		as='setpriv --reuid=nobody --regid=nogroup --clear-groups env HOME=/nonexistent'
	else
		work=$out/work
	fi
	(cd "$work" && MAKEFLAGS=-j$(nproc) $as makepkg --nodeps --nocolor && mv ./*.pkg.tar* "$out/")
}

if ! "build_$kind" > "$out/log" 2>&1 < /dev/null; then
	tail -n 30 "$out/log" >&2
	echo "build: the packages do not build: see $out/log" >&2
	exit 1
fi
rm -rf "$out/work"
find "$out" -maxdepth 1 \( -name '*.rpm' -o -name '*.pkg.tar*' \) | sort
