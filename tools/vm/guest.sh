#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Process 1 of the test VM once the host's files are its root: loads the module, runs the command, looks for what was
# left behind and ends the machine. `run.sh` on the host reads what is written to the run directory given as argument.
# shellcheck disable=SC2154 # lower-case names come from the settings

run=$1
# shellcheck source=/dev/null
. "$run/settings"
tool=$repo/build/vm/module

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export HOME=/root USER=root LOGNAME=root SHELL=/bin/sh LANG=C.UTF-8 TMPDIR=/tmp TERM="$terminal"
export RESULTS="$results" MAILSLOT_VM="$kernel" MAILSLOT_SLOW="$slow" MAILSLOT_MODULE="${module:-$repo/build/$kernel/kmod/mailslot.ko}"

mkdir -p /dev/pts /dev/shm /dev/mqueue
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t mqueue mqueue /dev/mqueue 2>/dev/null
mount -t debugfs debugfs /sys/kernel/debug 2>/dev/null
mount -t tracefs tracefs /sys/kernel/tracing 2>/dev/null
mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null &&
	echo '+memory +pids' > /sys/fs/cgroup/cgroup.subtree_control 2>/dev/null
ln -sf /proc/self/fd /dev/fd
ln -sf /proc/self/fd/0 /dev/stdin
ln -sf /proc/self/fd/1 /dev/stdout
ln -sf /proc/self/fd/2 /dev/stderr
busybox hostname mailslot-vm
busybox ifconfig lo up 2>/dev/null

# Boot was quiet; from here on every line counts.
echo 8 > /proc/sys/kernel/printk
taint=$(cat /proc/sys/kernel/tainted)
echo 'mailslot-vm: begin' > /dev/kmsg
: > "$run/booted"

finish() {
	sync
	# Closing the line has let its last bytes out; now the machine may go.
	printf '\000' | dd of=/dev/port bs=1 seek=244 2>/dev/null
	sleep 10
}

cd "$repo" || { echo 125 > "$run/status"; finish; }

if [ -n "$module" ] && ! "$tool" load "$module" >/dev/ttyS1 2>&1; then
	echo 125 > "$run/status"
	finish
fi

if [ -n "$interactive" ]; then
	shell=$(command -v bash >/dev/null && echo 'bash --norc' || echo sh)
	# What was built is found as if it were installed.
	built=$repo/build/userlib
	export PATH="$built:$PATH" LD_LIBRARY_PATH="$built" LIBRARY_PATH="$built"
	export C_INCLUDE_PATH="$repo/uapi:$repo/userlib/include"
	# The first terminal that a session opens is its controlling one.
	setsid sh -c "exec <>/dev/ttyS1 >&0 2>&0
		stty sane ${size:+rows ${size% *} cols ${size#* }}
		PS1='\\w# ' exec $shell -i"
else
	# Bytes as they are: no line-end conversion.
	stty -F /dev/ttyS1 raw -echo
	setsid sh "$run/command" </dev/null >/dev/ttyS1 2>&1
fi
echo $? > "$run/status"

# Whatever the command left running would hold slots open.
kill -KILL -1 2>/dev/null
# Counts of a module built for them; the kernel keeps them when it is unloaded, so the insertions add up.
counts() {
	find /sys/kernel/debug/gcov -name '*.gcda' 2>/dev/null | while read -r file; do
		counted=$results/gcov/${file##*/kmod/}
		mkdir -p "${counted%/*}"
		cat "$file" > "$counted"
	done
}
{
	if "$tool" loaded mailslot 2>/dev/null; then
		if [ -e /sys/kernel/debug/kmemleak ]; then
			# It switches itself off when it runs out of memory.
			echo scan > /sys/kernel/debug/kmemleak || echo 'kmemleak is off: leaks would not be found'
			sleep 6
			echo scan > /sys/kernel/debug/kmemleak
			grep -A 24 '^unreferenced object' /sys/kernel/debug/kmemleak
		fi 2>/dev/null
		"$tool" unload mailslot || cat /sys/module/mailslot/refcnt
	fi 2>&1
	# A link is another cache that SLUB merged ours into.
	for cache in /sys/kernel/slab/mailslot_*; do
		[ ! -d "$cache" ] || [ -L "$cache" ] || [ -e /sys/module/mailslot ] || echo "slab cache ${cache##*/} outlives the module"
	done
	now=$(cat /proc/sys/kernel/tainted)
	# bad page, oops, warning, soft lockup
	[ $(((now & ~taint) & (1 << 5 | 1 << 7 | 1 << 9 | 1 << 14))) = 0 ] || echo "kernel tainted: $taint before, $now after"
} > "$run/checks"
counts
finish
