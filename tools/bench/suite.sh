#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What `make test` runs of this directory: the regression guard, on the host (it has a machine of its own).
set -eu

case ${1:-} in
build) ;;
list) echo '0 600 tools/bench/guard.py' ;;
*) echo 'usage: suite.sh build|list' >&2; exit 2 ;;
esac
