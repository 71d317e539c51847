#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs the core selftests on another machine in an emulator, one CPU, everything in an initramfs: the module and static
# programs by the cross compiler, Debian's busybox of that machine. Judges nothing but the kernel's log.
#
# usage: machine.sh arm64|s390x|i386 LIST	lines of LIST: CPUS SECONDS build/selftests/PROGRAM
# Prints what `programs.sh` prints there. Exit status: 0; 99 the kernel complained; 124 it took too long; 125 it did not boot.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
(cd "$here/../.." && . ./paths.sh) || exit 125
repo=$(CDPATH='' cd -- "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

arch=$1 list=$2
cd "$repo"
work=build/vm/$arch
root=$work/root
rm -rf "$work"
mkdir -p "$root/bin" "$root/dev" "$root/proc" "$root/sys" "$root/tmp" "$root/build/selftests"

case $arch in
arm64)	cc=aarch64-linux-gnu-gcc
	qemu='qemu-system-aarch64 -machine virt,gic-version=3 -cpu max,pauth-impdef=on -serial chardev:out'
	console=ttyAMA0 ;;
s390x)	cc=s390x-linux-gnu-gcc
	qemu='qemu-system-s390x -machine s390-ccw-virtio -cpu max -device sclpconsole,chardev=out'
	console=ttysclp0 ;;
i386)	cc='gcc -m32 -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64 -idirafter /usr/include/x86_64-linux-gnu'
	qemu='qemu-system-i386 -machine q35 -cpu max -serial chardev:out'
	console=ttyS0 ;;
esac

harness=$("$here/kernel.sh" source)/tools/testing/selftests
limit=120
while read -r _ seconds program; do
	name=${program##*/}
	# shellcheck disable=SC2086 # $cc may be several words
	$cc -O2 -g -Wall -Werror -D_GNU_SOURCE -static -pthread -Iuapi -I"$harness" -o "$root/$program" "selftests/$name.c"
	limit=$((limit + seconds))
done < "$list"
cp "build/$arch/kmod/mailslot.ko" "$root/mailslot.ko"
"${cc%gcc*}strip" --strip-debug "$root/mailslot.ko" "$root"/build/selftests/*
cp "$("$here/kernel.sh" "$arch" root)/bin/busybox" "$root/bin/busybox"
ln -s busybox "$root/bin/sh"
cp "$here/machine-init.sh" "$root/init"
chmod 755 "$root/init"
cp "$here/programs.sh" "$root/programs"
cp "$list" "$root/list"
(cd "$root" && find . | busybox cpio -o -H newc 2>/dev/null) | gzip -1 > "$work/initramfs"

code=0
# shellcheck disable=SC2086 # $qemu is several words
timeout -k 5 "$limit" $qemu -smp 1 -m 1G -nodefaults -no-user-config -display none -no-reboot \
	-kernel "$("$here/kernel.sh" "$arch" image)" -initrd "$work/initramfs" \
	-append "console=$console quiet panic=-1 oops=panic rcupdate.rcu_cpu_stall_timeout=60" \
	-chardev stdio,id=out,signal=off </dev/null 2> "$work/qemu.err" | tr -d '\r' | tee "$work/console" |
	sed -n '/^#### booted/,/^#### log/{/^#### \(booted\|log\)/!p;}' || code=$?
if ! grep -q '^#### booted' "$work/console"; then
	tail -n 30 "$work/qemu.err" "$work/console" >&2
	warn "the $arch machine did not boot"
	exit 125
fi
# Without an orderly end the console has what the kernel had to say.
if grep -q '^#### log' "$work/console"; then
	sed -n '/^#### log/,/^#### over/p' "$work/console" > "$work/kernel.log"
else
	cp "$work/console" "$work/kernel.log"
	sed -i '1i mailslot-vm: begin' "$work/kernel.log"
fi
if ! complaints "$arch" "$work"; then
	warn "the kernel complained: its log is $work/kernel.log"
	exit 99
fi
if ! grep -q '^#### over' "$work/console"; then
	tail -n 30 "$work/qemu.err" "$work/console" >&2
	warn "the $arch machine stopped, or took more than $limit s"
	exit 124
fi
exit $code
