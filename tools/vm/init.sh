#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# First program of the test VM, run by busybox from the initramfs: mounts the host's files and hands over to `guest.sh`.
# Nothing here knows of mailslots.
# shellcheck disable=SC2154 # $repo comes from the settings

/bin/busybox --install -s /bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys

poweroff_now() {
	printf '\000' | dd of=/dev/port bs=1 seek=244 2>/dev/null
}

# The probe for working hardware virtualisation needs no more than to come this far.
grep -q mailslot.probe /proc/cmdline && poweroff_now

while read -r module; do
	insmod "/modules/$module" || echo "insmod $module failed" > /dev/kmsg
done < /modules.order

# cache=loose and a large msize are what makes this quick: the host must not change the files meanwhile.
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=131072,cache=loose root /host
mkdir -p /vm
mount -t 9p -o trans=virtio,version=9p2000.L,msize=131072,cache=none vm /vm

run=$(sed -n 's/.*mailslot\.run=\([^ ]*\).*/\1/p' /proc/cmdline)
# shellcheck source=/dev/null
. "/vm/$run/settings"

# The repository may lie below one of the directories that are about to be covered. One of root's alone is covered too, as
# tests are also done by other users.
mkdir /repo
mount --bind "/host$repo" /repo
private=''
directory=$repo
while directory=${directory%/*} && [ -n "$directory" ]; do
	case $(ls -ld "/host$directory") in
	?????????[xt]*) ;;
	*) private=$directory ;;
	esac
done
[ -z "$private" ] || mount -t tmpfs -o mode=755 tmpfs "/host$private"
for directory in tmp run var/tmp; do
	mount -t tmpfs -o mode=1777 tmpfs "/host/$directory"
done
chmod 755 /host/run
mkdir -p "/host$repo" /host/run/vm
mount --move /repo "/host$repo"
mount --move /vm /host/run/vm
for directory in dev proc sys; do
	mount --move "/$directory" "/host/$directory"
done
exec switch_root /host /bin/sh "$repo/tools/vm/guest.sh" "/run/vm/$run"
