#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# docs/examples as a suite of the test VM: compiles here what needs compiling, as the files' own headers say. A language
# whose tool-chain is not there is left out, and `run.py` says so.
set -eu

cd "$(dirname -- "$0")/../.."
. ./paths.sh
source=docs/examples
out=$PWD/build/tests/examples

# with TOOL: whether it is there; if not, `run.py` reads why from TOOL.missing
with() {
	command -v "$1" > /dev/null || { echo "no $1 (tools/setup.sh languages)" > "$out/$1.missing"; return 1; }
}

build() {
	rm -rf "$out"
	mkdir -p "$out"
	make -s --no-print-directory userland
	strict='-O2 -Wall -Wextra -Werror'
	for end in client server; do
		# shellcheck disable=SC2086 # options
		gcc $strict -Iuapi -o "$out/$end-c" $source/$end.c
		# shellcheck disable=SC2086
		g++ -std=c++17 $strict -Iuapi -o "$out/$end-cpp" $source/$end.cpp
		# shellcheck disable=SC2086
		gcc $strict -Iuserlib/include -o "$out/$end-library" $source/$end-library.c build/userlib/libmailslot.a -pthread
		if with go; then
			test -z "$(gofmt -l $source)"
			go vet $source/$end.go
			go build -o "$out/$end-go" $source/$end.go
		fi
		! with rustc || rustc -D warnings -o "$out/$end-rust" $source/$end.rs
		! with javac || javac -Xlint:all -Werror -d "$out" $source/$end.java
	done
	# shellcheck disable=SC2086
	gcc $strict -Iuserlib/include -Iuapi -o "$out/server-ring" $source/server-ring-library.c build/userlib/libmailslot.a -pthread
	# shellcheck disable=SC2086
	gcc $strict -o "$out/instance-c" $source/instance/server.c
	if [ ! -e "$out/go.missing" ]; then
		go vet $source/instance/server.go
		go build -o "$out/instance-go" $source/instance/server.go
	fi
	[ -e "$out/rustc.missing" ] || rustc -D warnings -o "$out/instance-rust" $source/instance/server.rs
	[ -e "$out/javac.missing" ] || javac -Xlint:all -Werror -d "$out" $source/instance/server.java
	for tool in node ruby perl; do
		with $tool || :
	done
	[ -e "$out/go.missing" ] || go build -o "$out/traps-go" tests/examples/traps.go
	[ -e "$out/rustc.missing" ] || rustc -D warnings -o "$out/traps-rust" tests/examples/traps.rs
	[ -e "$out/javac.missing" ] || javac -Xlint:all -Werror -d "$out" tests/examples/traps.java
}

case ${1:-} in
build) build ;;
list)
	echo "1 400 tests/examples/run.py"
	echo "1 200 tests/examples/traps.py"
	echo "1 200 tests/examples/instances.py"
	;;
*) echo "usage: suite.sh build|list" >&2; exit 2 ;;
esac
