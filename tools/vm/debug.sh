# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# What the file `debug-kernels` says, for the scripts of this directory. Sourced, with $here set.

# debug_kernels: the names of all, in a line.
debug_kernels() { sed -n 's/^\([^# ]*\) .*/\1/p' "$here/debug-kernels" | paste -s -d ' '; }

# debug_fragments NAME: the configuration's fragments.
debug_fragments() { sed -n "s/^$1 //p" "$here/debug-kernels"; }

# is_debug NAME: whether a debug kernel has the name.
is_debug() {
	case " $(debug_kernels) " in
	*" $1 "*) ;;
	*) return 1 ;;
	esac
}
