#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs the model check for as long as one likes, on ever new seeds, in a test VM. Stops at the first difference.
#
# environment: MINUTES (10), KERNEL (6.12; 6.1 or a debug kernel), SEED (the clock)
set -eu

cd "$(dirname -- "$0")/../.."
. ./paths.sh
minutes=${MINUTES:-10}
seed=${SEED:-$(date +%s)}
here=tools/vm
# shellcheck source-path=SCRIPTDIR source=../../tools/vm/debug.sh
. "$here/debug.sh"
kernel=6.12
if [ "${KERNEL:-}" = 6.1 ] || is_debug "${KERNEL:-}"; then
	kernel=$KERNEL
fi
make -s --no-print-directory module KERNEL="$kernel"
make -s --no-print-directory -C tests/model
exec tools/vm/run.sh -k "$kernel" -t $((minutes * 60 + 1200)) -r soak -- \
	build/tests/model/model --soak "$minutes" --seed "$seed" --histogram
