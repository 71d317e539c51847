#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What languages and tools make of a message, row by row of `rows.toml`, as a suite of the test VM. What is compiled is
# compiled here; a language that is not installed is left out, and `run.py` says so.
set -eu

cd "$(dirname -- "$0")/../.."
# Debian's compilers, whatever else is there
PATH=/usr/bin:/bin:$PATH
source=tests/runtimes
out=$PWD/build/tests/runtimes

# with COMMAND: whether it is there
with() {
	command -v "$1" > /dev/null
}

build() {
	rm -rf "$out"
	mkdir -p "$out/work"
	gcc -O2 -Wall -Wextra -Werror -o "$out/calls-c" $source/calls.c
	! with go || go build -o "$out/calls-go" $source/calls.go
	! with rustc || rustc -O -D warnings -o "$out/calls-rust" $source/calls.rs
	! with javac || javac -Xlint:all -Werror -d "$out" $source/Calls.java
	! with mcs || mcs -warnaserror -out:"$out/Calls.exe" $source/Calls.cs
	! with fpc || fpc -v0 -l- -FE"$out" -ocalls-pascal $source/calls.pas
	! with cobc || cobc -x -free -o "$out/calls-cobol" $source/calls.cob
	! with musl-gcc || musl-gcc -O2 -Wall -Wextra -Werror -o "$out/calls-musl" $source/calls.c
	! with gfortran || gfortran -O2 -Wall -Wextra -Werror -J "$out/work" -o "$out/calls-fortran" $source/calls.f90
	! with gnatmake || (cd "$out/work" && gnatmake -q -O2 -o "$out/calls-ada" "$OLDPWD/$source/calls.adb")
}

case ${1:-} in
build) build ;;
list) echo "2 600 $source/run.py" ;;
*) echo "usage: suite.sh build|list" >&2; exit 2 ;;
esac
