#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The module's KUnit tests as a suite of the test VM: tools/vm/test.sh says what it asks for. They are built with the module.
set -eu

case $1 in
build)	;;
# Of debug kernels, kcsan has no KUnit; stock kernels say so, as they must say something.
list)	[ "${KERNEL_NAME:-}" = kcsan ] || echo '1 60 tests/kunit/run.sh' ;;
esac
