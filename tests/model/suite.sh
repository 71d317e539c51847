#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The module compared with a model of its contract, for tools/vm/test.sh.
set -eu

case ${1:-} in
build) make --no-print-directory -C "$(dirname -- "$0")" ;;
list)
	# Each kernel compares other operations.
	case ${KERNEL_NAME:-} in
	6.1) seed=1000001 ;;
	kasan) seed=2000001 ;;
	rt-debug) seed=3000001 ;;
	*) seed=1 ;;
	esac
	echo "1 600 build/tests/model/model --seed $seed"
	echo "1 600 build/tests/model/model --wrong all" ;;
*) echo 'usage: suite.sh build|list' >&2; exit 2 ;;
esac
