#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The NATS server that tests run: this release's own of Debian, unpacked into the cache. It is never installed, as its
# package starts a service.
#
# usage: server.sh fetch	download and unpack it, if the cache has not this version
#        server path	where the program is; fails when there is none
set -eu

vm=$(CDPATH='' cd -- "$(dirname -- "$0")/../../tools/vm" && pwd)
cd "$vm/../.."
. ./paths.sh
# shellcheck source-path=SCRIPTDIR source=../../tools/vm/cache.sh
. "$vm/cache.sh"

die() { echo "server: $*" >&2; exit 1; }

# What this machine's release has.
version=$(apt-cache show --no-all-versions nats-server 2>/dev/null | sed -n 's/^Version: //p')
case ${1:-} in
path)
	program=$cache/nats-server-$version/usr/sbin/nats-server
	[ -x "$program" ] || die 'no nats-server in the cache: run tools/setup.sh test'
	cache_used "$cache/nats-server-$version"
	echo "$program" ;;
fetch)
	[ -n "$version" ] || die 'apt knows no nats-server'
	[ ! -x "$cache/nats-server-$version/usr/sbin/nats-server" ] || exit 0
	cache_temporary fetch
	cd "$tmp"
	apt-get -q -o APT::Sandbox::User=root download "nats-server=$version"
	mkdir root
	dpkg-deb -x nats-server_*.deb root
	chmod 755 root
	rm -rf "$cache/nats-server-$version"
	mv -T root "$cache/nats-server-$version"
	cache_used "$cache/nats-server-$version"
	cache_prune ;;
*) sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2 ;;
esac
