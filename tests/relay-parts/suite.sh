#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Tests of the relay's parts, for tools/vm/test.sh. They call no module, so they run on the host.
set -eu

cd "$(dirname -- "$0")/../.."
. ./paths.sh
case ${1:-} in
build)	make -s --no-print-directory -C tests/relay-parts ;;
list)
	for program in address subject message config; do
		echo "0 600 tests/relay-parts/run.sh $program"
	done ;;
*)	echo 'usage: suite.sh build|list' >&2; exit 2 ;;
esac
