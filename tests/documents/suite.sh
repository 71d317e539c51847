#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What the documents show runs: see `run.py` beside this, and tools/vm/test.sh.

root=build/documents
case ${1:-} in
build)
	rm -rf $root
	make --no-print-directory install-userland DESTDIR="$PWD/$root" PREFIX=/usr ;;
list) echo 1 600 tests/documents/run.py $root/usr ;;
*) echo "usage: suite.sh build|list" >&2; exit 2 ;;
esac
