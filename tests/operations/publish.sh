#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Plays every session in a test VM and puts the transcripts of those that come out as they should into docs/transcripts/.
set -eu

cd "$(dirname -- "$0")/../.."
. ./paths.sh
tools/setup.sh operations
make -s --no-print-directory module KERNEL=6.12
tests/operations/suite.sh build
results=build/vm/6.12/transcripts
rm -rf "$results"
# shellcheck disable=SC2016 # for the shell in the machine
tools/vm/run.sh -k 6.12 -m 2G -t 1800 -r transcripts sh -c '
	for session in tests/operations/sessions/*; do
		tests/operations/play.sh "${session##*/}" > "$RESULTS/${session##*/}.tap" 2>&1 || :
	done'
mkdir -p docs/transcripts
code=0
for session in tests/operations/sessions/*; do
	name=${session##*/}
	if grep -E '^not ok|# SKIP' "$results/$name.tap" || [ ! -e "$results/$name.txt" ]; then
		echo "publish: $name is not as it should be" >&2
		code=1
	else
		cp "$results/$name.txt" docs/transcripts/
	fi
done
exit $code
