#!/bin/sh
# SPDX-License-Identifier: 0BSD
# A mailslot client in shell: each TEXT is one message; without TEXT standard input is one, whatever bytes it has.
#
# `echo hello > /dev/mailslot/NAME` does for a short text. This is for what that cannot: dd makes one write of a long
# message, where a shell's echo makes several, and nocreat leaves no file behind where there is no slot, where root's >
# does. Neither sends an empty message; `mailslot send NAME ''` does.
#
# usage: client.sh NAME [TEXT...]

slot=/dev/mailslot/${1:?usage: client.sh NAME [TEXT...]}
shift

# A block longer than a queue of the default size holds is refused whole rather than split.
send() {
	dd of="$slot" bs=16M iflag=fullblock conv=nocreat,notrunc status=none
}

[ $# -gt 0 ] || send || exit 1
for text; do
	printf '%s' "$text" | send || exit 1
done
