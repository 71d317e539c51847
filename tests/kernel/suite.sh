#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The programs of selftests/ as a suite of the test VM: tools/vm/test.sh says what it asks for, selftests/Makefile which programs
# there are. Those of selftests/inject are for the kernels that inject faults, those of tests/rt for PREEMPT_RT.
set -eu

case $1 in
build)
	make -C selftests
	make -C selftests/inject
	make -C tests/rt
	;;
list)
	make -s -C selftests emit_tests COLLECTION=selftests | while IFS=: read -r directory name; do
		command="build/$directory/$name"
		case $name in
		stress|lifetime|whole|machine|chaos|churn|hostile|starved|instance-race|instance-create) echo "2 300 $command" ;;
		unload) echo "1 120 $command" ;;
		*) echo "1 200 $command" ;;
		esac
	done
	# What depends on the place of a slot, in an instance too: names, nodes, permissions, lifetime, limits, pollers.
	for name in abi create info limits poll perms security reclaim lifetime ring ring-life; do
		echo "1 200 tests/win32/in-instance.sh build/selftests/$name"
	done
	case ${KERNEL_NAME:-} in
	rt-debug|*-rt)
		echo '1 60 tests/rt/calls.sh'
		echo '2 120 build/tests/rt/longest' ;;
	esac
	case ${KERNEL_NAME:-} in
	kasan|rt-debug) ;;
	*) exit 0 ;;
	esac
	make -s -C selftests/inject emit_tests COLLECTION=selftests/inject | while IFS=: read -r directory name; do
		echo "1 150 build/$directory/$name"
	done
	;;
esac
