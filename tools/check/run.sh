#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Everything that is found without running the code, in minutes: each step must come out without one warning.
# It builds into build/check and leaves other builds alone.
#
# usage: run.sh [STEP...]	module builds style models userland rooms fuzz documents scripts header told manual words proofs; without a STEP,
#			all of them, one for each CPU at a time
#        SINCE=COMMIT check style	only the files that have changed since
set -u

cd "$(dirname -- "$0")/../.." || exit 1
. ./paths.sh
# Warnings are looked for in what is printed, and perl warns of a locale that is not there.
export LC_ALL=C.UTF-8
work=build/check
log=$work/log.$$
if [ $# = 0 ]; then
	rm -rf $work
	# The longest come first. The documents are compared with the command that `userland` builds.
	for names in module builds style models 'userland documents' rooms fuzz scripts header told manual words proofs; do
		echo "$names"
	done | xargs -L 1 -P "$(nproc)" tools/check/run.sh
	exit
fi
wanted=$*
mkdir -p $work || exit 1
trap 'rm -f $log $log.*' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
SINCE=${SINCE:-}
failed=0
ran=0

# step NAME TITLE COMMAND...: shows the output only if the command fails.
step() {
	case " $wanted " in
	*" $1 "*) ;;
	*) return ;;
	esac
	title=$2
	shift 2
	ran=$((ran + 1))
	if "$@" > $log 2>&1; then
		echo "$title ... ok"
	else
		{ echo "$title ... FAILED"; sed 's/^/    /' $log; } > $log.failed
		cat $log.failed
		failed=$((failed + 1))
	fi
}

# What is in the repository, and what is about to be: a file that is not added yet is no secret to the next commit.
tracked() {
	git ls-files --cached --others --exclude-standard -- "$@" > $log.files || return 1
	if [ -n "$SINCE" ]; then
		{ git diff --name-only "$SINCE" && git ls-files --others --exclude-standard; } > $log.changed || return 1
		grep -F -x -f $log.changed $log.files > $log.both
		mv $log.both $log.files
	fi
	while read -r file; do
		[ ! -e "$file" ] || echo "$file"
	done < $log.files | sort -u
}

# checkpatch is the kernel's: the module meets it whole, the rest is let off what a user's program cannot follow.
style() {
	source=$(tools/vm/kernel.sh source) || return 1
	code=0
	# What only another kernel's version and the trace macros' own shape explain.
	compat=LINUX_VERSION_CODE,CONSTANT_COMPARISON,MACRO_ARG_UNUSED
	trace=PARENTHESIS_ALIGNMENT,OPEN_ENDED_LINE
	# The kernel's own macros are not there for its interface and for programs.
	uapi=BIT_MACRO
	program=$uapi,ARRAY_SIZE,PREFER_DEFINED_ATTRIBUTE_MACRO,PREFER_KERNEL_TYPES,STRCPY,VOLATILE
	program=$program,MACRO_ARG_REUSE,MACRO_ARG_PRECEDENCE
	# Win32's names are Win32's. And mailslot_thread_exit() is no function of the type mailslot_t.
	win32=$program,CAMELCASE,ENOSYS,FUNCTION_WITHOUT_ARGS,NEW_TYPEDEFS
	styled '' 'kmod/*.[ch]' ':!kmod/compat*.h' ':!kmod/trace.h' || code=1
	styled --ignore=$compat 'kmod/compat*.h' || code=1
	styled --ignore=$trace 'kmod/trace.h' || code=1
	styled --ignore=$uapi 'uapi/*.h' || code=1
	styled --ignore=$program 'selftests/*.[ch]' 'tests/*.[ch]' 'tools/*.[ch]' 'docs/*.c' ':!tests/win32*' ':!tests/kernel32' ':!tests/fuzz' ':!tools/coverage' \
		':!docs/*library.c' ':!tests/relay*' || code=1
	# Macros add variants of fixtures.
	styled --ignore=$program,COMPLEX_MACRO 'tests/relay-parts/*.[ch]' || code=1
	# Types of libraries are taken for expressions.
	relay=$win32,LINE_SPACING,SPACING
	styled --ignore=$relay 'tests/relay/*.[ch]' 'userlib/relay/*.[ch]' || code=1
	# The linker's names, which no header has.
	styled --ignore=$program,AVOID_EXTERNS,CAMELCASE 'tools/coverage/*.c' || code=1
	# The fuzzers' names are libFuzzer's and kmod's. The shim is the kernel's own macros, in one line each.
	fuzz=$program,AVOID_EXTERNS,CAMELCASE
	shim=$fuzz,ASSIGN_IN_IF,COMPLEX_MACRO,CONSTANT_COMPARISON,DATA_RACE,EXPORT_SYMBOL,IS_ENABLED_CONFIG,LINE_SPACING
	shim=$shim,LINUX_VERSION_CODE,MACRO_ARG_UNUSED,MACRO_WITH_FLOW_CONTROL,NEW_TYPEDEFS,SPACING,WAITQUEUE_ACTIVE
	styled --ignore=$fuzz 'tests/fuzz/*.[ch]' ':!tests/fuzz/shim.*' || code=1
	styled --ignore=$shim 'tests/fuzz/shim.*' || code=1
	# The C library of Windows returns positive errnos.
	crt=$win32,MACRO_WITH_FLOW_CONTROL,USE_NEGATIVE_ERRNO
	# checkpatch knows no C++, which the porting headers are in part; their capital letters are links. Windows' own
	# macros take arguments that they drop, and the programs are Windows programs in every line.
	porting=$crt,ARCH_DEFINES,BRACES,COMPLEX_MACRO,CONSTANT_COMPARISON,FUNCTION_ARGUMENTS,INDENTED_LABEL
	porting=$porting,INITIALISED_STATIC,INLINE,LINE_SPACING,MACRO_ARG_UNUSED,NAKED_SSCANF,OPEN_ENDED_LINE,SPACING
	types=--typedefsfile=tools/check/win32-types
	styled "--ignore=$win32 $types" 'userlib/*.[ch]' 'tests/win32/*.[ch]' 'docs/*library.c' ':!userlib/win32' ':!userlib/relay' \
		':!userlib/kernel32' ':!tests/win32/win32.h' || code=1
	# Macros make functions and look up others, which are called without their types.
	styled "--ignore=$win32,AVOID_EXTERNS,COMPLEX_MACRO,FUNCTION_ARGUMENTS,MACRO_WITH_FLOW_CONTROL,MULTISTATEMENT_MACRO_USE_DO_WHILE $types" \
		'userlib/kernel32/*.[ch]' 'tests/kernel32/*.[ch]' || code=1
	# A fixture of kselftest's harness is several functions.
	styled "--ignore=$win32,MULTISTATEMENT_MACRO_USE_DO_WHILE,MACRO_WITH_FLOW_CONTROL $types" 'tests/win32/win32.h' || code=1
	styled "--ignore=$crt $types" 'userlib/win32/src/*.[ch]' || code=1
	styled "--ignore=$porting $types" 'userlib/win32/include/*.h' ':!userlib/win32/include/[A-Z]*' \
		':!userlib/win32/include/*api.h' ':!userlib/win32/include/stringapiset.h' || code=1
	return $code
}

# styled OPTIONS PATTERN...
styled() {
	options=$1
	shift
	files=$(tracked "$@") || return 1
	[ -n "$files$SINCE" ] || { echo "there is no $*"; return 1; }
	[ -n "$files" ] || return 0
	# shellcheck disable=SC2086 # options
	echo "$files" | xargs -n 8 -P "$(nproc)" perl "$source/scripts/checkpatch.pl" --no-tree --strict --no-summary --terse \
		--show-types -q $options -f
}

# What other files of the module call says what it does, in which context, and what it returns.
told() {
	source=$(tools/vm/kernel.sh source) || return 1
	# shellcheck disable=SC2046 # no file of ours has a space in its name
	perl "$source/scripts/kernel-doc" -none -Wall -Werror $(git ls-files 'kmod/*.[ch]' 'uapi/*.h') || return 1
	# shellcheck disable=SC2046
	awk '
		/^\/\*\*$/ { comment = "" }
		/^ \*/ { comment = comment $0 }
		/^}/ { comment = "" }
		/^[a-z_][a-z_ ]* \**[a-z_]+\(/ && !/^static/ && !/;$/ && comment !~ /Context:/ { print FILENAME ": " $0; bad = 1 }
		END { exit bad }
	' $(git ls-files 'kmod/*.c' ':!kmod/tests')
}

# Kbuild goes on after warnings, so they are looked for.
module() {
	make --no-print-directory module KERNEL="$1" BUILD="$PWD/$work/$1" W=1 C=2 CF=-D__CHECK_ENDIAN__ && silent
}

# grep reads no file that it also writes to. A clock that was set back is none of the compiler's business.
silent() {
	grep -v -E 'Clock skew|modification time .* in the future' $log > $log.told
	! grep -i -E 'warning|error' $log.told
}

# No kernel of Debian's has KUnit, but their headers do, so the module's tests are compiled, if not linked.
kunit() {
	build=$PWD/$work/kunit
	mkdir -p "$build"
	cp -rsf "$PWD/Kbuild" "$PWD/kmod" "$PWD/uapi" "$build/" || return 1
	kdir=$(tools/vm/kernel.sh 6.12 kdir) || return 1
	# shellcheck disable=SC2046 # a list
	make --no-print-directory -C "$kdir" M="$build" CONFIG_KUNIT=m KCFLAGS=-DCONFIG_KUNIT_MODULE=1 \
		W=1 C=2 CF=-D__CHECK_ENDIAN__ $(printf '%s\n' kmod/tests/*.c | sed 's/c$/o/') && silent
}

# What kmod/ takes of the kernel, the fuzzers must have for it: linked, as half of that is found by the linker.
fuzz() {
	make -s -j"$(nproc)" -C tests/fuzz BUILD="$PWD/$work/fuzz" SANITIZE= CFLAGS='-O0 -fsanitize=fuzzer-no-link -Werror'
}

header() {
	for language in 'c -std=c99' 'c -std=gnu11' 'c++ -std=c++98' 'c++ -std=c++17'; do
		for bits in -m64 '-m32 -idirafter /usr/include/x86_64-linux-gnu'; do
			echo "$language $bits"
			# shellcheck disable=SC2086 # options
			echo '#include <linux/mailslot.h>' |
				gcc -Wall -Wextra -Wpedantic -Werror $bits -Iuapi -fsyntax-only -x $language - || return 1
		done
	done
	for language in 'c -std=c11' 'c++ -std=c++11'; do
		for bits in -m64 '-m32 -idirafter /usr/include/x86_64-linux-gnu'; do
			echo "layout: $language $bits"
			# shellcheck disable=SC2086
			gcc -Wall -Wextra -Werror $bits -Iuapi -fsyntax-only -x $language tests/uapi/layout.c || return 1
		done
	done
}

analysis() {
	for program in docs/examples/*.c tools/vm/*.c; do
		gcc -O2 -Wall -Wextra -Werror -fanalyzer -Iuapi -Iuserlib/include -c -o /dev/null "$program" || return 1
	done
	# gcc 14 takes two descriptors of the command for leaks, which gcc 12 does not look for: standard input that dup2() has put
	# there for the program that is run (create.c), and 0 to 2 that open_standard() opens to stay open (main.c).
	make -C userlib CC='gcc -Wall -Wextra -Werror -fanalyzer -Wno-analyzer-fd-leak' BUILD="$PWD/$work/userlib"
}

# built CC CFLAGS [VARIABLES]: the library and the command without a warning, by this compiler with these options.
built() {
	echo "$1 $2"
	# shellcheck disable=SC2086 # options
	make -s -j"$(nproc)" -C userlib CC="$1" CFLAGS="$2 -g" WERROR=-Werror BUILD="$PWD/$work/builds" ${3:-} || return 1
	rm -rf "$work/builds"
}

# What users and distributions build with beside -O2: warnings depend on what the optimizer sees. musl has no headers of the
# kernel's own, and no libmailslot-win32.
builds() {
	mkdir -p "$work/musl/include"
	for directory in linux asm-generic x86_64-linux-gnu/asm; do
		ln -sfn "/usr/include/$directory" "$work/musl/include/${directory##*/}"
	done
	built gcc '-O0' && built gcc '-O3 -D_FORTIFY_SOURCE=3' && built gcc '-Os -flto=auto' &&
		built clang '-O3' && built "musl-gcc -isystem $PWD/$work/musl/include" '-O2' 'WIN32=no COMMAND=no RELAY=no' || return 1
	make -s -C tests/model WERROR=-Werror BUILD="$PWD/$work/model"
}

# Without optimization a file's object names all that the file uses.
rooms() {
	make -s -j"$(nproc)" -C userlib CFLAGS=-O0 BUILD="$PWD/$work/rooms" && tools/check/rooms.sh userland "$work/rooms"
}

# Spelling in all files, and the words of this project in documents and in what is installed.
words() {
	code=0
	tracked ':!LICENSES' ':!*/corpus/*' > $log.spelled || return 1
	# Text only, and nothing at all is no fault.
	xargs -r grep -I -l . < $log.spelled > $log.text
	xargs -r codespell --ignore-words tools/check/words-known < $log.text || code=1
	tracked docs kmod uapi userlib system packaging debian '*.md' '*.rst' ':!docs/transcripts' > $log.read || return 1
	while IFS='=' read -r word instead; do
		case $word in '#'*) continue ;; esac
		if xargs -r grep -I -n -i -w -E -e "${word% }" < $log.read; then
			echo "instead of '${word% }':$instead"
			code=1
		fi
	done < tools/check/words
	return $code
}

# Clean, and every page that another one stands for is there.
manual() {
	code=0
	# shellcheck disable=SC2046 # no file of ours has a space in its name
	mandoc -Tlint $(grep -L '^\.so' docs/man/*) || code=1
	# shellcheck disable=SC2013 # words are what is wanted
	for page in $(sed -n 's|^\.so man[0-9]/||p' docs/man/*); do
		[ -e "docs/man/$page" ] || { echo "there is no docs/man/$page"; code=1; }
	done
	# shellcheck disable=SC2013
	for function in $(sed -n 's/^\t\([A-Za-z_]*\);$/\1/p' userlib/src/libmailslot.map); do
		[ -e "docs/man/$function.3" ] || { echo "$function has no manual page"; code=1; }
	done
	return $code
}

models() {
	BUILD="$PWD/$work/spin" tests/spin/run.sh
}

scripts() {
	# shellcheck disable=SC2046 # no file of ours has a space in its name
	shellcheck -x $(git grep --untracked -l -E '^#!/bin/(ba)?sh' -- .) &&
		python3 -W error -c 'import ast, pathlib, sys; [ast.parse(pathlib.Path(file).read_text(), file) for file in sys.argv[1:]]' \
			$(git grep --untracked -l -E '^#!/usr/bin/(env )?python3' -- .)
}

step style 'coding style (checkpatch --strict)' style
step told 'kernel-doc of the module and its header' told
for kernel in 6.1 6.12; do
	step module "module on $kernel with W=1 and sparse" module $kernel
done
step module 'files of the module that call each other in a circle' tools/check/rooms.sh module "$work/6.12"
step module 'KUnit tests with W=1 and sparse' kunit
step fuzz 'module and library as the fuzzers build them' fuzz
step header 'ABI header alone: C, C++, 64 and 32 bits, layout' header
step userland 'userland with -fanalyzer' analysis
step builds 'userland with other compilers, options and C libraries' builds
step rooms 'files of the userland that call each other in a circle, and their map' rooms
step manual 'manual pages' manual
step documents 'documents: names, versions, links' tools/check/documents.py
step scripts 'scripts' scripts
step words 'spelling and words' words
# The bounds, which take CBMC longer, are make prove's.
step proofs 'litmus tests of the lock-free steps' tests/proofs/run.py --litmus
case " $wanted " in
*' proofs '*) grep SKIPPED $log ;;
esac
step models 'models of the protocols, in their small sizes' models

[ $ran -gt 0 ] || { sed -n '/^# usage/,/^set/s/^# //p' "$0" >&2; exit 2; }
[ $failed -eq 0 ]
