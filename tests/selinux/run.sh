#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What SELinux sees of slots, in a machine of its own, as a kernel is started with SELinux or without. Prints TAP.
#
# usage: KERNEL=NAME run
set -eu

cd "$(dirname -- "$0")/../.."
. ./paths.sh
if ! command -v secilc > /dev/null; then
	echo '1..0 # SKIP no secilc (tools/setup.sh test)'
	exit 0
fi
policy=build/selinux/policy
mkdir -p build/selinux
# 33 is the newest version that Linux 6.1 and 6.12 take; secilc 3.8 would write 34.
secilc -c 33 -o "$policy" -f /dev/null tests/selinux/policy.cil
tools/vm/run.sh -k "${KERNEL:-6.12}" -t 100 -r selinux -a 'security=selinux selinux=1 enforcing=0' -- \
	tests/selinux/guest.py "$policy"
