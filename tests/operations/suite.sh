#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The sessions that docs/operations.rst shows, as a suite of the test VM. Those whose tools are not installed
# (tools/setup.sh operations) are skipped. `publish.sh` takes their transcripts into docs/.
set -eu

cd "$(dirname -- "$0")/../.."
. ./paths.sh
case ${1:-} in
# The session of the relay takes its server.
build)	make -s --no-print-directory userland
	tests/relay/suite.sh build ;;
list)
	for session in sysfs tracefs udev containers instances podman bpftrace perf syslog systemd relay tools cron; do
		echo "1 300 tests/operations/play.sh $session"
	done ;;
*) echo "usage: suite.sh build|list" >&2; exit 2 ;;
esac
