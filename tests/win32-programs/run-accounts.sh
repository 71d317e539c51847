#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Runs the Windows program that names accounts, whose slot is in an instance: what it says of accounts, and what the node's
# POSIX access control list says then; TAP on standard output.
set -u

cd "$(dirname -- "$0")/../.." || exit 1
. ./paths.sh
bin=$PWD/build/tests/win32-programs
work=$(mktemp -d)
MAILSLOT_DIR=$work/slots
export MAILSLOT_DIR
mkdir "$MAILSLOT_DIR"
mount -t mailslot mailslot "$MAILSLOT_DIR" || exit 1
trap 'umount -l "$MAILSLOT_DIR"; rm -rf "$work"' EXIT
n=0

# expect NAME STATUS: "$work/output" is what stands on standard input, $status is STATUS
expect() {
	n=$((n + 1))
	cat > "$work/expected"
	if [ "$status" = "$2" ] && diff "$work/expected" "$work/output" > "$work/diff"; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		echo "# status $status, expected $2"
		sed 's/^/# /' "$work/diff"
	fi
}

# The list of the node, an entry a line, with the letters of setfacl(1) and numbers for accounts.
access_list() {
	python3 - "$MAILSLOT_DIR/accounts" <<-'END'
	import os, struct, sys
	tags = {1: 'u:', 2: 'u:%d', 4: 'g:', 8: 'g:%d', 16: 'm:', 32: 'o:'}
	value = os.getxattr(sys.argv[1], 'system.posix_acl_access')
	for tag, rights, number in struct.iter_unpack('<HHI', value[4:]):
	    print((tags[tag] % number if '%' in tags[tag] else tags[tag]) + ' ' + str(rights))
	END
}

# made BUILD WORD...: the slot's list, which stands on standard input
made() {
	local build=$1 i
	shift
	mkfifo "$work/fifo"
	"$bin/accounts-$build" "$@" < "$work/fifo" > "$work/said" 2>&1 &
	exec 9> "$work/fifo"
	for ((i = 0; i < 300; i++)); do
		! access_list > "$work/output" 2> /dev/null || break
		kill -0 $! 2>/dev/null || break
		sleep 0.1
	done
	exec 9>&-
	wait $!
	status=$?
	rm "$work/fifo"
	expect "accounts-$build $*" 0
}

# Users and groups that Debian's base-passwd gives each machine.
for build in c cw cc ccw; do
	"$bin/accounts-$build" '=daemon' '=.\mail' '=Unix Group\mail' '=tty' '=everyone' '=BUILTIN\Administrators' '=SYSTEM' \
		'=nobody at all' '=elsewhere\root' > "$work/output"
	status=$?
	expect "accounts-$build: names and identifiers" 0 <<-END
	daemon: use 1 S-1-22-1-1
	mail: use 1 S-1-22-1-8
	mail: use 4 S-1-22-2-8
	tty: use 4 S-1-22-2-5
	Everyone: use 5 S-1-1-0
	Administrators: use 4 S-1-5-32-544
	SYSTEM: use 5 S-1-5-18
	nobody at all: error 1332
	elsewhere\root: error 1332
	END
	made "$build" +daemon +tty <<-END
	u: 0
	u:1 2
	g: 0
	g:5 2
	m: 2
	o: 0
	END
done
made c +Everyone -daemon '-Unix User\bin' <<-END
u: 2
u:1 0
u:2 0
g: 2
m: 2
o: 2
END
# moded MODE COMMAND...: the mode, user and group of the node that the program leaves without a list
moded() {
	local mode=$1 i
	shift
	mkfifo "$work/fifo"
	"$@" < "$work/fifo" > "$work/said" 2>&1 &
	exec 9> "$work/fifo"
	# Until then the node has less.
	for ((i = 0; i < 300; i++)); do
		[ "$(stat -c %a "$MAILSLOT_DIR/accounts" 2>/dev/null)" != "$mode" ] || break
		sleep 0.1
	done
	stat -c '%a %u %g' "$MAILSLOT_DIR/accounts" > "$work/output"
	exec 9>&-
	wait $!
	status=$?
	rm "$work/fifo"
}

# Everybody but a group: the node becomes the group's.
moded 202 "$bin/accounts-c" +Everyone -tty
expect 'accounts-c +Everyone -tty' 0 <<-END
202 0 5
END
# A user without a name.
chmod 755 "$work"
moded 200 setpriv --reuid=54321 --regid=54322 --clear-groups "$bin/accounts-c" +CURRENT_USER
expect 'accounts-c +CURRENT_USER, who has no name' 0 <<-END
200 54321 54322
END
"$bin/accounts-c" '+nobody at all' > "$work/output" < /dev/null
status=$?
expect 'accounts-c: a name that is none' 1 <<-END
list: error 1332
END
"$bin/accounts-c" -tty +daemon > "$work/output" < /dev/null
status=$?
expect 'accounts-c: a list that POSIX cannot express' 2 <<-END
slot: error 50
END
echo "1..$n"
