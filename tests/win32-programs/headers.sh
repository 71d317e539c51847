#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Compiles every porting header alone, wrapped in extern "C", and all of them in two orders, as C and C++, narrow and
# wide, without one warning; TAP on standard output.  Nothing runs: that is the programs' part.
set -u

cd "$(dirname -- "$0")/../.." || exit 1
. ./paths.sh
directory=userlib/win32/include
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
n=0

# check NAME: $work/source, in every language and character set
check() {
	n=$((n + 1))
	bad=''
	for language in 'c -std=gnu99' 'c -std=gnu17' 'c++ -std=gnu++11' 'c++ -std=gnu++20'; do
		case $language in
		'c -std=gnu99') pedantic='' ;; # typedefs may be repeated only since C11
		*) pedantic=-Wpedantic ;;
		esac
		for set in '' '-DUNICODE -D_UNICODE'; do
			# shellcheck disable=SC2086 # options
			gcc -I$directory -Iuserlib/include -D_GNU_SOURCE -Wall -Wextra $pedantic -Werror $set \
				-fsyntax-only -x $language "$work/source" 2>> "$work/log" || bad="$bad [$language $set]"
		done
	done
	if [ -z "$bad" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1:$bad"
		head -n 20 "$work/log" | sed 's/^/# /'
	fi
	: > "$work/log"
}

headers=$(cd $directory && find . -name '*.[hH]' -type f | sed 's|^\./||' | sort)
spellings=$(cd $directory && find . -name '*.[hH]' -type l | sed 's|^\./||' | sort)
backwards=$(echo "$headers" | sort -r)

for header in $headers; do
	printf '#include <%s>\nint unit;\n' "$header" > "$work/source"
	check "$header alone"
done
{
	for header in $spellings; do echo "#include <$header>"; done
	echo 'int unit;'
} > "$work/source"
check "every other spelling: $(echo "$spellings" | tr '\n' ' ')"
{
	for header in $headers; do echo "#include <$header>"; done
	echo 'int unit;'
} > "$work/source"
check 'all, in alphabetical order'
{
	for header in $backwards; do echo "#include <$header>"; done
	echo 'int unit;'
} > "$work/source"
check 'all, the other way round'
{
	printf '#ifdef __cplusplus\nextern "C" {\n#endif\n'
	for header in $headers; do echo "#include <$header>"; done
	printf '#ifdef __cplusplus\n}\n#include <algorithm>\n#include <atomic>\n#include <fstream>\n#include <map>\n'
	printf '#include <regex>\n#include <sstream>\n#include <thread>\n#endif\nint unit;\n'
} > "$work/source"
check 'all, wrapped in extern "C", and the C++ library after them'
{
	printf '#include <stdio.h>\n#include <wchar.h>\n#include <stdlib.h>\n#include <sys/types.h>\n#include <unistd.h>\n'
	echo '#include <windows.h>'
	printf '#include <pthread.h>\n#include <sys/socket.h>\n#include <math.h>\nint unit;\n'
} > "$work/source"
check 'windows.h among headers of the C library'
echo "1..$n"
