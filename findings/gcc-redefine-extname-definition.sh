#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# "#pragma redefine_extname OLD NEW" has no effect in gcc on a function that is defined without having been declared before, and
# no warning says so: the object file has OLD. With a declaration before the definition it has NEW. clang renames both. A library that
# gives its functions other names by this pragma, as Solaris' headers do, loses those whose prototype somebody left out. Guessed
# before: the pragma holds for every later function of that name.
set -eu

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
gcc --version | head -n 1
cat > defined.c <<'C'
#pragma redefine_extname before after
int before(void) { return 1; }
C
cat > declared.c <<'C'
#pragma redefine_extname before after
int before(void);
int before(void) { return 1; }
C

# symbol COMPILER SOURCE: the name of its one function; nothing may be said on the way
symbol() {
	"$1" -Wall -Wextra -Werror -c "$2" -o object.o
	nm object.o | sed -n 's/.* T //p'
}

defined=$(symbol gcc defined.c)
declared=$(symbol gcc declared.c)
echo "gcc: defined alone: $defined; declared and defined: $declared"
if command -v clang > /dev/null; then
	clang --version | head -n 1
	echo "clang: defined alone: $(symbol clang defined.c)"
fi
[ "$defined" = before ] && [ "$declared" = after ]
