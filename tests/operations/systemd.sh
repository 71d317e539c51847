#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Boots Debian's own systemd in the test VM, as process 1 of namespaces of its own, over the machine's files with every
# change kept in memory, and runs a command beside it. It has the units in its directory /run/units and no others.
#
# usage: systemd.sh SETUP COMMAND...	SETUP is run by sh in the new root before it boots
set -eu

[ -x /lib/systemd/systemd ] || { echo 'no systemd'; exit 4; }
setup=$1
shift

base=$(mktemp -d)
mount -t tmpfs tmpfs "$base"
mkdir "$base/upper" "$base/work" "$base/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$base/upper,workdir=$base/work" "$base/root"
root=$base/root
repo=$PWD
# What the guest has mounted below is not in an overlay.
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mkdir -p "$root$repo" "$root/run/units"
mount --bind "$repo" "$root$repo"
[ -z "${RESULTS:-}" ] || { mkdir -p "$root$RESULTS"; mount --bind "$RESULTS" "$root$RESULTS"; }
# No unit starts by itself but what stands here: the journal, and what SETUP adds.
: > "$root/etc/machine-id"
for unit in systemd-journald.service systemd-journald.socket systemd-journald-dev-log.socket; do
	cp "/lib/systemd/system/$unit" "$root/run/units/"
done
for target in sysinit basic sockets shutdown test; do
	echo '[Unit]' > "$root/run/units/$target.target"
done
echo 'Wants=systemd-journald.service' >> "$root/run/units/test.target"
chroot "$root" sh -c "cd '$repo' && $setup"

mkdir -p /sys/fs/cgroup/systemd
# shellcheck disable=SC2016 # for the other shell
sh -c 'echo $$ > /sys/fs/cgroup/systemd/cgroup.procs
	exec unshare --pid --fork --mount --cgroup --propagation slave sh -c "
		mount -t proc proc $1/proc
		mount -t sysfs sysfs $1/sys
		mount -t cgroup2 cgroup2 $1/sys/fs/cgroup
		mount -t tracefs tracefs $1/sys/kernel/tracing || :
		exec chroot $1 env -i PATH=$PATH SYSTEMD_UNIT_PATH=/run/units SYSTEMD_LOG_TARGET=null \
			/lib/systemd/systemd --system --unit=test.target --show-status=no"' sh "$root" </dev/null >"$base/boot.log" 2>&1 &

# Process 1 in there, which moves itself to a cgroup of its own.
init=''
within() {
	nsenter --target "$init" --mount --pid --cgroup --root --wd="/proc/$init/root$repo" env HOME=/root PATH="$PATH" "$@"
}
tries=0
until init=$(sed -n 1p /sys/fs/cgroup/systemd/init.scope/cgroup.procs 2>/dev/null) && [ -n "$init" ] &&
	within systemctl is-active -q systemd-journald.service 2>/dev/null; do
	tries=$((tries + 1))
	[ $tries -lt 300 ] || { echo 'systemd did not come up:'; cat "$base/boot.log"; exit 1; }
	sleep 0.2
done
code=0
within env RESULTS="${RESULTS:-}" "$@" || code=$?
kill -KILL "$init"
wait || :
umount -R -l "$root"
umount -l "$base"
exit $code
