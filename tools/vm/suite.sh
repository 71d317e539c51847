#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The test machine's own tests as a suite: tools/vm/test.sh says what it asks for. They run on the host and need no module.
set -eu

case $1 in
build)	;;
list)
	echo '0 60 tools/vm/log-test.sh'
	echo '0 60 tools/vm/report-test.sh'
	echo '0 150 tools/vm/plan-test.sh'
	echo '0 600 tools/vm/cache-test.sh' ;;
esac
