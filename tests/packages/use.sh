#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Run by debian/tests/module, with the packages installed: loads the module as at boot, and uses everything from its place.
set -eux

modprobe "$(grep -v '^#' /usr/lib/modules-load.d/mailslot.conf)"
case $(modinfo -F filename mailslot) in
*/updates/dkms/mailslot.ko*) ;;
*) exit 1 ;;
esac

cd "${AUTOPKGTEST_TMP:-/tmp}"
cat > both.c <<'EOF'
#include <libmailslot.h>
#include <linux/mailslot.h>
#include <stdio.h>

int main(void)
{
	HANDLE slot = CreateMailslotA("\\\\.\\mailslot\\both", 0, 0, NULL);
	FILE *node = fopen(MAILSLOT_DIR "/both", "w");
	char text[8] = "";
	DWORD length = 0;

	if (!node || fputs("hello", node) < 0 || fclose(node))
		return 1;
	return !ReadFile(slot, text, sizeof(text), &length, NULL) || puts(text) < 0;
}
EOF
# shellcheck disable=SC2046 # options
gcc both.c $(pkg-config --cflags --libs libmailslot) -o both
[ "$(./both)" = hello ]

[ "$(command -v mailslot)" = /usr/bin/mailslot ]
mailslot create --count=2 first > printed &
mailslot send --wait=60 first one
printf two > /dev/mailslot/first
wait $!
[ "$(cat printed)" = "one
two" ]
mailslot status

modprobe -r mailslot
[ ! -e /dev/mailslot-control ]
