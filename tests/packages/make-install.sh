#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# `make install` and `make uninstall`, whole and in parts, for the module of $KERNEL: each part brings what it should,
# programs build with what is there, and nothing is left. What others have in the same directories stays.
set -u

cd "$(dirname -- "$0")/../.." || exit 1
. ./paths.sh
. tests/packages/lib.sh
umask 022
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
usr=$root/usr/local
pc=$usr/lib/pkgconfig
release=$(tools/vm/kernel.sh "$KERNEL" release)

run_make() { make --no-print-directory KERNEL="$KERNEL" DESTDIR="$root" "$@"; }
files() { find "$root" ! -type d | sort; }

# part NAME FILE...: installs the part alone, looks for the files, removes it and finds the directory as it was.
part() {
	name=$1
	shift
	run_make "install-$name" || return 1
	missing=''
	for file; do
		# shellcheck disable=SC2086 # a pattern; links to another part's files lead nowhere
		ls -d $root/$file || missing="$missing $file"
	done
	run_make "uninstall-$name" || return 1
	[ -z "$missing" ] || { echo "install-$name did not bring$missing"; return 1; }
	left
}

# The stranger's file is all that may be there, and no directory of ours.
left() {
	files | diff "$work/before" - && ! find "$root" -mindepth 1 -type d -name '*mailslot*' | grep .
}

# The README's line, word for word, with the installed pkg-config files.
programs() {
	export PKG_CONFIG_PATH="$pc" PKG_CONFIG_SYSROOT_DIR="$root"
	line=$(sed -n 's/^ *\(gcc server\.c .*pkg-config.*mailslot-win32.*\)/\1/p' README.md)
	[ -n "$line" ] || { echo 'the README has no line to build a Windows program with'; return 1; }
	cp tests/win32-programs/sample-slot.c "$work/server.c"
	(cd "$work" && sh -c "$line" && LD_LIBRARY_PATH=$usr/lib ldd server) || return 1
	# shellcheck disable=SC2046 # options
	gcc -Wall -Werror docs/examples/server-library.c $(pkg-config --cflags --libs libmailslot) -o "$work/library"
}

# A program may have functions with the names that the library uses inside.
static() {
	export PKG_CONFIG_PATH="$pc" PKG_CONFIG_SYSROOT_DIR="$root"
	nm "$usr/lib/libmailslot.a" | sed -n 's/.* t \([a-z_]*\)$/\1/p' | sort -u > "$work/inner"
	[ "$(wc -l < "$work/inner")" -gt 50 ] || { echo 'libmailslot.a has hardly any inner name'; return 1; }
	{
		sed -n '/_/s/\(.*\)/int \1(void); int \1(void) { return 0; }/p' "$work/inner"
		echo 'int main(void) { return GetLastError(); }'
	} > "$work/inner.c"
	# shellcheck disable=SC2046 # options
	gcc -fno-builtin -include libmailslot.h "$work/inner.c" $(pkg-config --cflags libmailslot) \
		-Wl,--whole-archive "$usr/lib/libmailslot.a" -Wl,--no-whole-archive -pthread -o "$work/inner" 
}

# As root with a narrow umask installs it. The build directory stays readable for the tests' users.
whole() {
	(umask 077 && run_make install) || return 1
	chmod go+r build/userlib/*.pc
	! find "$root" \( -type d ! -perm -755 \) -o \( -type f ! -perm -644 \) | grep .
}

mkdir -p "$usr/lib" "$usr/include/linux" "$usr/share/man/man3"
echo theirs | tee "$usr/lib/libother.so.0" "$usr/include/linux/other.h" > "$usr/share/man/man3/other.3"
files > "$work/before"

check 'the module alone' part module "lib/modules/$release/*/kmod/mailslot.ko*"
check 'loading and udev alone' part system usr/local/lib/modules-load.d/mailslot.conf \
	usr/local/lib/systemd/system/dev-mailslot.mount usr/local/lib/udev/rules.d/60-mailslot.rules
check 'the library alone' part library usr/local/lib/libmailslot.so.0 usr/local/lib/libmailslot-win32.so.0
check 'the headers alone' part dev usr/local/lib/libmailslot.so usr/local/lib/libmailslot.a \
	usr/local/lib/pkgconfig/libmailslot.pc usr/local/include/linux/mailslot.h usr/local/include/mailslot-win32/windows.h
check 'the manual pages alone' part man usr/local/share/man/man3/ReadFile.3 usr/local/share/man/man1/mailslot.1 \
	usr/local/share/man/man4/mailslot.4 usr/local/share/man/man7/mailslot.7
check 'the command alone' part command usr/local/bin/mailslot usr/local/share/bash-completion/completions/mailslot \
	usr/local/share/zsh/vendor-completions/_mailslot usr/local/share/fish/vendor_completions.d/mailslot.fish
check 'the relay alone' part relay usr/local/sbin/mailslot-relay usr/local/lib/systemd/system/mailslot-relay.service \
	usr/local/lib/sysusers.d/mailslot-relay.conf usr/local/share/mailslot-relay/relay.conf
check 'libkernel32 alone' part kernel32 usr/local/lib/libkernel32.so usr/local/lib/libkernel32.dll.so \
	usr/local/lib/mailslot-kernel32/kernel32.dll usr/local/bin/mailslot-kernel32 usr/local/share/mailslot-kernel32/mono.config
check 'the documents alone' part doc usr/local/share/doc/mailslot/docs/mailslot.rst
check 'the source for DKMS alone' part dkms usr/src/mailslot-*/dkms.conf
check 'all of it, for all to read' whole
check 'pkg-config says the version' \
	sh -c "[ \$(PKG_CONFIG_PATH=$pc pkg-config --modversion libmailslot) = $(cat VERSION) ]"
check 'the module says the version' sh -c "[ \$(/sbin/modinfo -F version build/$KERNEL/kmod/mailslot.ko) = $(cat VERSION) ]"
check 'the command says the version' sh -c "$usr/bin/mailslot --version | grep -w $(cat VERSION)"
check 'programs build with what is installed' programs
check 'the static library keeps its inner names to itself' static
check 'uninstall leaves nothing' sh -c "make --no-print-directory KERNEL=$KERNEL DESTDIR=$root uninstall"
check 'nothing is left' left
echo "1..$count"
