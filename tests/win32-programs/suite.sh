#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Windows programs, compiled unmodified with the porting headers as a user would: by pkg-config, from an installed tree.
# What they must print is in `run.sh`; which headers stand alone is `headers.sh`' affair.
set -eu

cd "$(dirname -- "$0")/../.."
. ./paths.sh
source=tests/win32-programs
out=$PWD/build/tests/win32-programs

# The library, installed below build/.
stage() {
	rm -rf "$out/stage"
	make -s --no-print-directory userland
	make -s --no-print-directory -C userlib install PREFIX="$out/stage" DESTDIR=
	# leave no .pc of another prefix behind
	rm -f build/userlib/*.pc
}

# compile COMPILER SUFFIX OPTIONS FILE
compile() {
	program=${4%.*}
	# A run path of the old kind also serves the libraries that the library needs.
	# shellcheck disable=SC2046,SC2086 # options
	$1 $3 -O2 -o "$out/$program$2" "$source/$4" $(pkg-config --cflags --libs mailslot-win32) \
		-Wl,--disable-new-dtags,-rpath,"$out/stage/lib"
}

build() {
	mkdir -p "$out"
	stage
	export PKG_CONFIG_PATH="$out/stage/lib/pkgconfig"
	wide='-DUNICODE -D_UNICODE'
	compile 'gcc -std=gnu17' -c '' sample-slot.c
	compile 'gcc -std=gnu17' -cw "$wide" sample-slot.c
	for program in sample-writer sample-reader log-client overlapped-server alertable-server discovery family keys functions \
		names lists threads port-server secured accounts messages; do
		compile 'gcc -std=gnu17 -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers -Werror' -c '' "$program.c"
		compile 'gcc -std=gnu17 -Wall' -cw "$wide" "$program.c"
		compile 'g++ -x c++ -std=gnu++17 -Wall' -cc '' "$program.c"
		compile 'g++ -x c++ -std=gnu++11 -Wall' -ccw "$wide" "$program.c"
	done
	for program in log-server single-instance mixed-output descriptor; do
		compile 'g++ -std=gnu++17 -Wall -Wextra -Wno-unused-parameter -Werror' -cc '' "$program.cpp"
		compile 'g++ -std=gnu++11 -Wall' -ccw "$wide" "$program.cpp"
	done
	for form in 0 1 2 3 4 5; do
		# an entry point that ends without a return is what is tried
		compile 'gcc -std=gnu17 -Wall -Wextra -Wno-return-type -Wno-main -Werror' "-$form-cw" "$wide -DFORM=$form" entry.c
		compile 'g++ -x c++ -std=gnu++11 -Wall -Wextra -Wno-return-type -Werror' "-$form-ccw" "$wide -DFORM=$form" entry.c
	done
	# types that are left out, which gcc 14 takes for errors
	compile 'gcc -std=gnu17 -w -Wno-implicit-int' -6-cw "$wide -DFORM=6" entry.c
	compile 'gcc -std=gnu2x -flto' -7-cw "$wide -DFORM=0" entry.c
	compile 'g++ -x c++ -std=gnu++20 -flto -w' -7-ccw "$wide -DFORM=0" entry.c
	# statically, and with a compiler that checks the C library's calls
	compile 'gcc -std=gnu17 -static' -static '' sample-writer.c
	compile 'gcc -std=gnu17 -D_FORTIFY_SOURCE=2' -fortify "$wide" functions.c
	compile 'gcc -std=gnu17 -Wall -Wextra -Werror' '' '' memory.c
	compile 'gcc -std=gnu17 -Wall -Wextra -Wno-missing-field-initializers -Werror' '' '' handover.c
	"$source/headers.sh" > "$out/headers.tap"
}

case ${1:-} in
build) build ;;
list)
	echo "1 300 $source/run.sh"
	echo "1 60 $source/run-accounts.sh"
	echo "1 60 build/tests/win32-programs/functions-c"
	echo "1 60 build/tests/win32-programs/functions-cw"
	echo "1 60 build/tests/win32-programs/functions-cc"
	echo "1 60 build/tests/win32-programs/functions-ccw"
	echo "1 60 build/tests/win32-programs/functions-fortify"
	for build in c cw cc ccw; do
		echo "1 60 build/tests/win32-programs/names-$build"
		echo "1 60 build/tests/win32-programs/lists-$build"
		echo "1 60 build/tests/win32-programs/threads-$build"
	done
	echo "1 60 build/tests/win32-programs/memory"
	echo "2 300 build/tests/win32-programs/handover"
	echo "1 60 cat build/tests/win32-programs/headers.tap"
	;;
*) echo "usage: suite.sh build|list" >&2; exit 2 ;;
esac
