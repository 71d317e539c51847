#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Does the test machine hear what the kernel says? `complaints` reads logs whose verdict is known: those in logs/, as kernels
# wrote them when bugs were planted, or when the kernel raced with itself. TAP; no machine is started.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
# shellcheck disable=SC2034 # used by lib.sh
repo=$(CDPATH='' cd -- "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
failed=0

# judge KERNEL LOG [TITLE PATTERN]: complaints are one piece under TITLE, in which PATTERN stands; or there are none.
judge() {
	count=$((count + 1))
	rm -f "$work"/*
	# The serial line ends its lines so.
	sed 's/$/\r/' "$here/logs/$2" > "$work/kernel.log"
	[ ! -e "$here/logs/$2.checks" ] || cp "$here/logs/$2.checks" "$work/checks"
	heard=0
	complaints "$1" "$work" 2>/dev/null || heard=$?
	verdict=ok
	if [ $# -eq 2 ]; then
		if [ $heard -ne 0 ] || [ -s "$work/complaints" ]; then
			verdict='not ok'
		fi
	elif [ $heard -eq 0 ] || ! grep -q -- "$4" "$work/complaints" ||
	     [ "$(grep -- '^---' "$work/complaints" || :)" != "$3" ]; then
		verdict='not ok'
	fi
	echo "$verdict $count - $2 on $1: ${4:-nothing}"
	if [ "$verdict" != ok ]; then
		failed=1
		sed 's/^/# /' "$work/complaints"
	fi
}

during() { echo "--- kernel log, during build/selftests/$1:"; }

judge 6.12 clean
judge kcsan clean
judge kasan kasan "$(during 'info -t set')" 'KASAN: slab-use-after-free in client_release'
judge kasan lockdep "$(during 'readwrite -t buffer_too_small')" 'lock held when returning to user space'
judge 6.1 warning "$(during lifetime)" 'WARNING: .* mailslot_user_put'
judge kcsan warning "$(during lifetime)" 'WARNING: .* mailslot_user_put'
judge kcsan kcsan-own "$(during 'info -t one_moment')" 'data-race in mailslot_info_get'
judge kcsan kcsan-unknown "$(during 'info -t one_moment')" 'data-race in mailslot_info_get'
judge kcsan kcsan-called "$(during 'info -t one_moment')" 'data-race in sized_strscpy'
judge kcsan kcsan-kernel
judge kasan leak '--- kmemleak, during build/selftests/create -t collisions:' 'kstrdup'
judge 6.12 no-begin '' 'does not show the beginning'
echo "1..$count"
exit $failed
