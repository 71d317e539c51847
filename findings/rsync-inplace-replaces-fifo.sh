#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# rsync --inplace, whose manual says that it updates the destination's data in place, replaces a FIFO in the
# destination's place by a regular file, and so the reader of the FIFO is told nothing. A server whose clients write to a
# path (a FIFO, a device) loses the path without an error. Guessed before: the bytes go into the FIFO, or rsync refuses.
set -eu

VERSION=3.5.0+ds1-0+deb12u1
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
apt-get -q -o APT::Sandbox::User=root download "rsync=$VERSION" > /dev/null
dpkg-deb -x rsync_*.deb root
rsync=$place/root/usr/bin/rsync
"$rsync" --version | head -n 1

mkfifo inbox
echo hello > message
# A reader, so that a writer would not wait.
timeout 20 cat inbox > heard &
sleep 1
status=0
"$rsync" --inplace message inbox || status=$?
kind=$(stat -c %F inbox)
echo "rsync --inplace: status $status, the destination is now a $kind of $(stat -c %s inbox) bytes"
kill $! 2> /dev/null || :
wait 2> /dev/null || :
echo "the FIFO's reader heard $(stat -c %s heard) bytes"
[ "$status" = 0 ] && [ "$kind" = 'regular file' ] && [ ! -s heard ]
