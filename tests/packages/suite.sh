#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What is installed and removed again: by `make install`, and by the Debian packages with DKMS. See tools/vm/test.sh.
# Both happen on the host, but in a copy-on-write view of its files that nobody else sees.

case ${1:-} in
build) debian/make ;;
list)
	echo 0 300 tests/packages/paths.sh
	echo 0 200 tests/packages/make-install.sh
	echo 0 900 tests/packages/install.sh
	echo 0 600 tests/packages/distributions.sh
	echo 0 600 tests/packages/secure-boot.py ;;
*) echo "usage: suite.sh build|list" >&2; exit 2 ;;
esac
