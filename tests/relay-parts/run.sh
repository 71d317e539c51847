#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs one of the programs that the Makefile has built, or skips it where its library was missing.
set -eu

cd "$(dirname -- "$0")/../.."
. ./paths.sh
program=build/tests/relay-parts/${1:?which program}
if [ "$1" = config ] && [ ! -e "$program" ]; then
	echo '1..0 # SKIP libconfuse-dev is not installed'
	exit 0
fi
exec "$program"
