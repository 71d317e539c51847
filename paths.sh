# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
# What a path may be that a user brings to the scripts here, as paths.mk has it for the Makefiles.  Each script that can be
# called by itself reads this file in the tree's top directory, before it makes or removes anything.  Sourced.

# path_refuse WHOSE VALUE: ends the script if VALUE cannot be a part of a command.
path_refuse() {
	case $2 in
	*[[:space:]\'\"\`\$\&\|\;:\<\>\(\)\{\}\[\]*?!\\\#%=,]*) ;;
	*) return 0 ;;
	esac
	printf '%s: %s "%s" contains white space or a character at which make, a shell or the linker would cut the path; %s\n' \
		"${0##*/}" "$1" "$2" 'choose a path without it' >&2
	exit 1
}

path_refuse 'the current directory' "$PWD"
path_refuse TMPDIR "${TMPDIR:-}"
path_refuse 'the cache directory' "${MAILSLOT_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/mailslot}"
