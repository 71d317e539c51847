#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Paths that a user brings to the Makefiles and scripts: what make or a shell would cut into pieces is refused at once in
# one sentence, and nobody's files are touched. The compiler of a kernel is found, too.
# All of it happens in a copy of the tree, below a directory of its own.
set -u

cd "$(dirname -- "$0")/../.." || exit 1
. tests/packages/lib.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 MAILSLOT_CACHE="$work/cache" MAKEFLAGS=--no-print-directory
unset MAKELEVEL DESTDIR PREFIX KDIR KERNEL BUILD LLVM CC

tree=$work/tree
makefiles=$(find . -path ./build -prune -o -name Makefile -print | sed 's|^\./||')
scripts='tools/check/run.sh .ci/run tools/setup.sh debian/make packaging/build.sh docs/picture.sh tools/coverage/run.sh tools/demo/run.sh tests/fuzz/run.sh
	tests/model/soak.sh tests/operations/play.sh tests/operations/publish.sh tests/packages/install.sh
	tests/packages/make-install.sh tools/vm/kernel.sh tools/vm/machine.sh tools/vm/run.sh tools/vm/test.sh
	tools/vm/test-machines.sh tests/win32-programs/headers.sh'

copy() {
	mkdir -p "$1"
	find . -mindepth 1 -maxdepth 1 ! -name build ! -name .git -exec cp -a {} "$1/" \;
}

# What belongs to others: files and links beside what the paths mean, at what pieces of the paths mean.
strangers() {
	mkdir -p "$work/q/docs" "$work/opt/my/share" "$work/usr"
	ln -sf /etc/hostname "$work/q/docs/link"
	ln -sf /etc/hostname "$work/opt/my/link"
	echo theirs > "$work/opt/my/share/file"
}

kept() {
	[ -L "$work/q/docs/link" ] && [ -L "$work/opt/my/link" ] && [ -f "$work/opt/my/share/file" ] && return
	echo "others' files are gone after: $*"
	strangers
	return 1
}

# refused COMMAND...: it fails soon, says one line and only that, and leaves others' files alone.
refused() {
	timeout 20 "$@" > "$work/output" 2>&1 < /dev/null
	code=$?
	lines=$(wc -l < "$work/output")
	if [ $code -eq 0 ] || [ $code -eq 124 ] || [ "$lines" -ne 1 ] || ! grep -q -E "${pattern:- contains }" "$work/output"; then
		echo "$*: status $code, and it says:"
		head -n 5 "$work/output"
		kept "$@"
		return 1
	fi
	kept "$@"
}

here_refused() {
	bad=0
	# shellcheck disable=SC2016 # that very character
	for where in 'docs old' "it's" 'a$b' 'a;b' 'a*' 'x#y' 'a,b' $'a\tb'; do
		mv "$work/copy" "$work/q/$where"
		for makefile in $makefiles; do
			refused make -C "$work/q/$where/$(dirname "$makefile")" || bad=1
		done
		for target in module KERNEL=6.12; do
			refused make -C "$work/q/$where" "$target" || bad=1
		done
		refused make -C "$work/q/$where" -f debian/rules build || bad=1
		mv "$work/q/$where" "$work/copy"
	done
	return $bad
}

scripts_refused() {
	bad=0
	mv "$work/copy" "$work/q/docs old"
	for script in $scripts; do
		refused "$work/q/docs old/$script" || bad=1
	done
	mv "$work/q/docs old" "$work/copy"
	for script in $scripts; do
		TMPDIR="$work/q/docs old" refused "$tree/$script" || bad=1
		MAILSLOT_CACHE="$work/q/docs old" refused "$tree/$script" || bad=1
	done
	return $bad
}

# Each makes a piece of the path the directory of somebody else.
variables_refused() {
	bad=0
	for value in "$work/opt/my tools" "$work/opt/my;tools" "$work/opt/my\$(x)" "$work/opt/my*" "$work/opt/my'" \
		"$work/opt/my\"" "$work/opt/my\\" "$work/opt/my#" "$work/opt/my "; do
		for target in uninstall-doc uninstall-dkms uninstall-system install-doc install-dkms install-system; do
			refused make -C "$tree" $target "DESTDIR=$value" || bad=1
		done
		for target in uninstall-doc install-doc uninstall-system; do
			refused make -C "$tree" $target "PREFIX=$value" || bad=1
		done
		refused env DESTDIR="$value" make -C "$tree" uninstall-dkms || bad=1
		for variable in KDIR BUILD; do
			refused make -C "$tree" module "$variable=$value" || bad=1
		done
		for variable in DESTDIR LIBDIR BUILD; do
			for directory in userlib userlib/win32 userlib/cli userlib/kernel32; do
				refused make -C "$tree/$directory" uninstall PREFIX="$work/usr" "$variable=$value" || bad=1
			done
		done
		for variable in PREFIX BINDIR INCLUDEDIR DATADIR MANDIR; do
			refused make -C "$tree/userlib" uninstall PREFIX="$work/usr" "$variable=$value" || bad=1
		done
		refused make -C "$tree/selftests" clean "OUTPUT=$value" || bad=1
		refused make -C "$tree/userlib" clean "SANITIZE=$value" || bad=1
	done
	refused "$tree/debian/make" "$work/opt/my tools" || bad=1
	refused "$tree/packaging/build.sh" rpm "$work/opt/my tools" || bad=1
	return $bad
}

empty_refused() {
	bad=0
	pattern='is empty|not a version|neither a kernel|must have no slash'
	for argument in VERSION= VERSION=.. VERSION=1/.. KERNEL= KERNEL=.. KERNEL=userlib KERNEL=6.12/..; do
		refused make -C "$tree" uninstall-dkms "$argument" DESTDIR="$work/opt/my" || bad=1
	done
	for argument in LIBDIR= INCLUDEDIR= BINDIR= BUILD=; do
		refused make -C "$tree/userlib" uninstall "$argument" DESTDIR="$work/opt/my" || bad=1
	done
	# An unfinished tree of headers says no release, and the module's path would have none either.
	mkdir -p "$work/kdir/include/generated"
	refused make -C "$tree" uninstall-module KDIR="$work/kdir" DESTDIR="$work/opt/my" || bad=1
	return $bad
}

relative_refused() {
	bad=0
	pattern='must be an absolute path'
	for target in install-doc install-system install-dkms install-man uninstall; do
		refused make -C "$tree" $target DESTDIR=root || bad=1
		refused make -C "$tree" $target PREFIX=usr DESTDIR="$work/root" || bad=1
	done
	refused make -C "$tree/userlib" install-man LIBDIR=lib DESTDIR="$work/root" || bad=1
	find "$tree" -name root | grep . && bad=1
	return $bad
}

# A build directory that was named by mistake loses nothing, and the product's links in it are made anew.
links_kept() {
	mkdir -p "$work/headers" "$work/mine/kmod"
	printf 'modules:\n' > "$work/headers/Makefile"
	ln -s /etc/hostname "$work/mine/kmod/link"
	ln -s "$tree/README.md" "$work/mine/README"
	ln -s "$tree/kmod/none.c" "$work/mine/kmod/none.c"
	make -s -C "$tree" module BUILD="$work/mine" KDIR="$work/headers" || return 1
	[ -L "$work/mine/kmod/link" ] && [ -L "$work/mine/README" ] && [ -e "$work/mine/kmod/main.c" ] &&
		[ ! -L "$work/mine/kmod/none.c" ]
}

packages_kept() {
	pattern='not empty' refused "$tree/debian/make" "$work/opt/my" || return 1
	# This script looks for its tool first.
	! command -v rpmbuild >/dev/null || pattern='not empty' refused "$tree/packaging/build.sh" rpm "$work/opt/my"
}

# clang_kernel PROGRAM...: make for a kernel of clang 14 where these programs are beside what make needs; `clang` says version $clang.
clang_kernel() {
	rm -rf "${work:?}/bin" "$work/headers"
	mkdir -p "$work/bin" "$work/headers/include/config"
	for tool in make sh cat uname sed head find mkdir cp; do
		ln -s "$(type -P $tool)" "$work/bin/$tool"
	done
	for tool; do
		printf '#!/bin/sh\necho %s\n' "${clang:-14.0.6}" > "$work/bin/$tool"
		chmod 755 "$work/bin/$tool"
	done
	printf 'CONFIG_CC_IS_CLANG=y\nCONFIG_CLANG_VERSION=140006\n' > "$work/headers/include/config/auto.conf"
	# shellcheck disable=SC2016 # make's
	printf 'modules:\n\t@echo "LLVM is $(LLVM)."\n' > "$work/headers/Makefile"
	# shellcheck disable=SC2086 # options
	PATH=$work/bin make -s -C "$tree" module BUILD="$work/mine" KDIR="$work/headers" ${llvm:-}
}

clang_found() {
	programs='clang ld.lld llvm-objcopy llvm-nm llvm-ar llvm-strip'
	# shellcheck disable=SC2086 # a list
	clang_kernel $programs | grep -x 'LLVM is 1.' || return 1
	# shellcheck disable=SC2046,SC2086
	clang_kernel $(printf '%s-14 ' $programs) | grep -x 'LLVM is -14.' || return 1
	# shellcheck disable=SC2046,SC2086
	clang_kernel $programs $(printf '%s-14 ' $programs) | grep -x 'LLVM is 1.' || return 1
	# shellcheck disable=SC2046,SC2086
	clang=16.0.6 clang_kernel $programs $(printf '%s-14 ' $programs) | grep -x 'LLVM is -14.' || return 1
	# shellcheck disable=SC2086
	clang=16.0.6 clang_kernel $programs | grep -x 'LLVM is 1.' || return 1
	llvm=LLVM=-15 clang_kernel | grep -x 'LLVM is -15.'
}

clang_missing() {
	! clang_kernel clang llvm-nm > "$work/output" 2>&1 || return 1
	cat "$work/output"
	[ "$(wc -l < "$work/output")" -eq 1 ] && grep -q 'built by clang 14.*LLVM=1.*no ld.lld llvm-objcopy llvm-ar' "$work/output"
}

# What other users get of an installation under a narrow umask.
readable() {
	(umask 077 && make -s -C "$tree" install-userland install-doc install-system install-dkms DESTDIR="$work/root") || return 1
	! find "$work/root" \( -type d ! -perm -755 \) -o \( -type f ! -perm -644 \) | grep .
}

copy "$tree"
copy "$work/copy"
strangers
# As after a checkout under such an umask.
chmod -R go= "$tree"
check 'a current directory with white space or special characters is refused' here_refused
check 'scripts refuse such directories' scripts_refused
check 'variables with such paths are refused' variables_refused
check 'empty names of what is removed are refused' empty_refused
check 'relative paths are refused' relative_refused
check 'only links into the tree are removed where the module is built' links_kept
check 'a directory of others is not emptied for packages' packages_kept
check 'a kernel that clang built gets clang' clang_found
check 'a kernel that clang built says what is missing' clang_missing
check 'all can read what was installed under umask 077' readable
echo "1..$count"
