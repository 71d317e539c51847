#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# libkernel32 as a suite of the test VM: its own part, and programs in other languages, installed as a user would have it.
# A language that is not installed is left out, and `run.py` says so.
set -eu

cd "$(dirname -- "$0")/../.."
source=tests/kernel32
out=$PWD/build/tests/kernel32
java=/usr/share/java

# with LANGUAGE COMMAND...: whether the command works; if not, `run.py` reads why from LANGUAGE.missing
with() {
	language=$1
	shift
	"$@" > "$out/log" 2>&1 || { echo "'$*' fails (tools/setup.sh languages)" > "$out/$language.missing"; return 1; }
}

stage() {
	make -s --no-print-directory userland
	make -s --no-print-directory -C userlib install-library install-kernel32 PREFIX="$out/stage" DESTDIR=
}

build() {
	rm -rf "$out"
	mkdir -p "$out/csharp" "$out/java"
	stage
	make -s --no-print-directory -C $source
	if with csharp command -v mono mcs; then
		for program in Server Client; do
			mcs -warnaserror -out:"$out/csharp/$program.exe" $source/$program.cs
			"$out/stage/bin/mailslot-kernel32" mono "$out/csharp/$program.exe"
		done
	fi
	if with java command -v java javac && with java ls $java/jna.jar $java/jna-platform.jar; then
		javac -Xlint:all -Werror -d "$out/java" -cp "$out/stage/share/mailslot-kernel32/mailslot-jna.jar:$java/jna.jar:$java/jna-platform.jar" \
			$source/Server.java $source/Client.java
	fi
	with ruby ruby -e 'require "ffi"' || :
	with lua command -v luajit || :
}

case ${1:-} in
build) build ;;
list)
	echo "1 60 build/tests/kernel32/kernel32"
	echo "1 600 $source/run.py" ;;
*) echo "usage: suite.sh build|list" >&2; exit 2 ;;
esac
