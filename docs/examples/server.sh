#!/bin/sh
# SPDX-License-Identifier: 0BSD
# A mailslot server in shell: prints each message it reads, and ends after COUNT. A shell has no ioctl, so the mailslot
# command makes the slot and hands it over as standard input:
#
#	mailslot create -m 666 -M 64K NAME -- docs/examples/server.sh [COUNT]
#
# dd reads once, which takes one message; a shell's own read asks for a byte at a time, which no message fits into. The
# message goes by a file, because a variable holds no NUL and loses newlines at the end.

message=$(mktemp)
trap 'rm -f "$message"' EXIT

number=0
while [ $number -ne "${1:--1}" ] && dd bs=64K count=1 status=none of="$message"; do
	number=$((number + 1))
	length=$(wc -c < "$message")
	printf 'message %d, %d bytes: ' $number "$length"
	cat "$message"
	# A line's end, as echo writes it, is there already.
	[ "$(tail -c 1 "$message" | od -A n -t x1)" = ' 0a' ] || echo
done
