# shellcheck shell=sh disable=SC2034
# SPDX-License-Identifier: GPL-2.0-only
# The directory of what is fetched or built once and kept from run to run: where it is, and what of it is thrown away. What
# is in there is its makers' business. Sourced.

cache=${MAILSLOT_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/mailslot}

# cache_used PATH...: puts off the day on which it is thrown away.
cache_used() { touch -c -- "$@" 2>/dev/null || :; }

# For when something was added: what nobody has used for two weeks goes, older kernels with all that was made for them;
# and what runs that were stopped have left half made, after a day. The directory may be one that others use, too, so only
# names that are given here are ours.
cache_prune() {
	[ ! -d "$cache" ] || find "$cache" -mindepth 1 -maxdepth 1 -mtime +13 \
		\( -name 'linux-source-*' -o -name 'debian-[0-9]*' -o -name 'machine-*' \
		-o -name 'kasan-*' -o -name 'kcsan-*' -o -name 'rt-debug-*' -o -name 'series-*' -o -name 'nats-server-*' -o -name 'proof-tools-*' \) \
		-exec rm -rf {} + || :
	[ ! -d "$cache/vm" ] || find "$cache/vm" -mindepth 1 -maxdepth 1 -mtime +13 \
		\( -name '*.cpio' -o -name '*.vmlinux' -o -name 'kvm-*' \) -exec rm -rf {} + || :
	for directory in "$cache" "$cache/vm"; do
		[ ! -d "$directory" ] || find "$directory" -mindepth 1 -maxdepth 1 -mtime +0 \
			\( -name 'unpack.*' -o -name 'fetch.*' -o -name 'tmp.*' \) -exec rm -rf {} + || :
	done
}

# A directory of its own for what is being made; nothing is left of it when that comes to nothing.
cache_temporary() {
	mkdir -p "$cache/vm"
	tmp=$(mktemp -d "$cache/$1.XXXXXX")
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}
