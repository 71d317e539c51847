# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
# TAP for the shell, for the programs of this directory. Sourced.

count=0

# check NAME COMMAND...: one test, passed if the command is; its output is shown if not.
check() {
	name=$1
	shift
	count=$((count + 1))
	if output=$("$@" 2>&1); then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
		echo "$output" | tail -n 40 | sed 's/^/# /'
	fi
}

skip_all() {
	echo "1..0 # SKIP $*"
	exit 0
}
