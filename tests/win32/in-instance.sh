#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs a test program whose slots are in an instance of their own.
# usage: in-instance.sh PROGRAM [ARGUMENT...]		as root
set -eu

slots=$(mktemp -d)
trap 'umount -l "$slots"; rmdir "$slots"' EXIT
mount -t mailslot mailslot "$slots"
MAILSLOT_DIR=$slots "$@"
