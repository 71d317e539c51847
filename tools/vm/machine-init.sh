#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The only script of a foreign machine's initramfs, which is all that such a machine has: loads the module, runs the
# programs of /list, and ends the machine. `machine.sh` on the host reads the console.

/bin/busybox --install -s /bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs -o mode=1777 tmp /tmp
export HOME=/ USER=root TMPDIR=/tmp
cd / || exit

echo 'mailslot-vm: begin' > /dev/kmsg
echo '#### booted'
insmod /mailslot.ko
sh /programs /list 1
# Whatever a program left running would hold slots open.
kill -KILL -1 2>/dev/null
rmmod mailslot || echo "mailslot-vm: WARNING: the module cannot be unloaded" > /dev/kmsg
echo '#### log'
dmesg
echo '#### over'
poweroff -f
