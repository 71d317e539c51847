#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The tests of the `mailslot` command, for tools/vm/test.sh. They look at what it does and says; `slots.py` at what the
# module has to do with it, too.
set -eu

case ${1:-} in
build)	make -s --no-print-directory -C userlib ;;
list)
	for test in usage messages slots terminal foreign module completion remote; do
		echo "1 300 tests/cli/$test.py"
	done
	echo '1 600 tests/cli/instance.py'
	echo '1 300 tests/win32/in-instance.sh tests/cli/remote.py'
	;;
*)	echo 'usage: suite.sh build|list' >&2; exit 2 ;;
esac
