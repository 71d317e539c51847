#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Plays a session of sessions/ in the test VM where it wants to be played: those of systemd and the relay under systemd.
#
# usage: play.sh NAME
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
cd "$here/../.."
. ./paths.sh
[ -x build/userlib/mailslot ] || { echo '1..0 # SKIP no mailslot command'; exit 0; }
set -- "$1" "$here/session.py" "$here/sessions/$1" "${RESULTS:-/tmp}/$1.txt"
case $1 in
systemd)
	[ -x /lib/systemd/systemd ] || { echo '1..0 # SKIP no systemd (tools/setup.sh operations)'; exit 0; }
	shift
	exec "$here/systemd.sh" 'install -m 755 docs/examples/system/mailslot-log /usr/local/bin/
		install -m 644 docs/examples/system/mailslot-log.service /run/units/' "$@" ;;
relay)
	[ -x /lib/systemd/systemd ] || { echo '1..0 # SKIP no systemd (tools/setup.sh operations)'; exit 0; }
	for program in build/userlib/mailslot-relay build/tests/relay/nats-server; do
		[ -x $program ] || { echo "1..0 # SKIP no $program (tests/relay/suite.sh build)"; exit 0; }
	done
	ip link set lo up
	shift
	exec "$here/systemd.sh" 'install -m 755 build/userlib/mailslot-relay build/tests/relay/nats-server /usr/sbin/
		echo "mailslot-relay:x:995:995::/:/usr/sbin/nologin" >> /etc/passwd
		echo "mailslot-relay:x:995:" >> /etc/group
		printf "[Service]\nExecStart=/usr/sbin/nats-server -c /etc/nats-server.conf\n" > /run/units/nats-server.service
		sed s,@SBINDIR@,/usr/sbin, system/mailslot-relay.service.in > /run/units/mailslot-relay.service' "$@" ;;
esac
shift
exec "$@"
