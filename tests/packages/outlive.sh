#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# In the VM, with the packages installed: a slot, its client and its messages live while the packages are upgraded under
# them; then the new module is loaded, and all of it used. $RESULTS/alive tells that the upgrade may begin, and $RESULTS/upgraded,
# with the new version in it, that it is done.
set -eux

modprobe mailslot
old=$(cat /sys/module/mailslot/version)
# shellcheck disable=SC2016 # for the server's shell
mailslot create alive -- sh -c 'until [ -e "$RESULTS/upgraded" ]; do sleep 1; done
	for message in 1 2 3; do dd bs=4096 count=1 2>/dev/null; done; exec sleep 1000' > "$RESULTS/read" &
server=$!
mailslot send --wait=60 alive 'sent before;'
exec 3> /dev/mailslot/alive
: > "$RESULTS/alive"
{ until [ -s "$RESULTS/upgraded" ]; do sleep 1; done; } 2>/dev/null
# What the machine remembers of the host's files.
echo 3 > /proc/sys/vm/drop_caches

new=$(cat "$RESULTS/upgraded")
[ "$new" != "$old" ]
[ "$(modinfo -F version mailslot)" = "$new" ]
[ "$(mailslot --version)" = "mailslot $new" ]
# The loaded module goes on, with the client of before and with the new command.
[ "$(cat /sys/module/mailslot/version)" = "$old" ]
printf 'client of before;' >&3
mailslot send alive 'new command'
for _ in $(seq 60); do
	[ "$(cat "$RESULTS/read")" != 'sent before;client of before;new command' ] || break
	sleep 1
done
[ "$(cat "$RESULTS/read")" = 'sent before;client of before;new command' ]
# No slot is lost to somebody who is in a hurry.
if modprobe -r mailslot; then exit 1; fi
mailslot list --names | grep -x alive
kill "$server"
wait "$server" || :
exec 3>&-
for _ in $(seq 60); do
	! modprobe -r mailslot || break
	sleep 1
done
modprobe mailslot
[ "$(cat /sys/module/mailslot/version)" = "$new" ]
modprobe -r mailslot
exec tests/packages/use.sh
