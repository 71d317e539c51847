#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Fuzzing as a suite of the test VM: tools/vm/test.sh says what it asks for. The random caller runs in the VM; the module's files in
# a process run on the host, with another seed for each kernel they are said to be for.
set -eu

case $1 in
build)	make -C tests/fuzz ;;
list)
	case ${KERNEL_NAME:-} in
	kasan|rt-debug)	echo '2 100 build/fuzz/abi -n 1000' ;;
	kcsan)	echo '2 100 build/fuzz/abi -n 1500' ;;
	*)	echo '2 300 build/fuzz/abi -n 20000' ;;
	esac
	echo '0 600 tests/fuzz/run.sh' ;;
esac
