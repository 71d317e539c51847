#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The tests of the Win32 contract, for tools/vm/test.sh: all on the library as it is, those that make and find slots
# also in an instance, the asynchronous ones also on builds with ThreadSanitizer and AddressSanitizer.
set -eu

cd "$(dirname -- "$0")"
out=build/tests/win32
case ${1:-} in
build)
	make --no-print-directory
	case "${KERNEL_NAMES:-6.12} " in
	*[0-9]\ *)
		make --no-print-directory SANITIZE=thread
		make --no-print-directory SANITIZE=address ;;
	esac
	;;
list)
	for test in appear create faults home info open read remote ring write handle lifetime filetime resources security overlapped alertable event wait stress port; do
		echo "1 300 $out/$test"
	done
	for test in appear create open read remote write handle lifetime filetime resources security; do
		echo "1 300 tests/win32/in-instance.sh $out/$test"
	done
	for test in overlapped alertable event wait stress port; do
		# Address-space randomisation of newer kernels puts mappings where TSan of gcc 12 has its shadow.
		echo "2 600 setarch -R $out-thread/$test"
		# A cancelled thread leaves marks of its frames where the checker writes as the thread ends.
		echo "1 600 env ASAN_OPTIONS=use_sigaltstack=0 $out-address/$test"
	done
	;;
*)
	echo "usage: suite.sh build|list" >&2
	exit 2
	;;
esac
