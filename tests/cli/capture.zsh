# SPDX-License-Identifier: GPL-2.0-only
# Sourced by an interactive zsh for the test of completion: Tab writes what is offered for the line so far into the file
# $OFFERS, a line each and "end" last, and leaves the line alone. $DIRECTORY has the function under test; of what it
# completes nothing is known here.

# Of zsh's own thousand functions compinit reads only a few, as that takes minutes where files are slow to open; the
# others are known by name, and read if they are called.
own=(${(M)fpath:#*/Completion/(Base|Unix|Zsh)})
fpath=($DIRECTORY ${own:#*/Unix} ${own[1]:h})
autoload -Uz compinit
compinit -u -D
fpath+=($own)
autoload -Uz $^own/_*(.:t)

# What is asked of zsh is what matches the word to be completed; calls that only fill arrays offer nothing.
compadd() {
	local -a offers
	if [[ " ${@[1,(i)(-|--)]} " != *' -'(O|A|D)' '* ]]; then
		builtin compadd -O offers "$@"
		(( ! $#offers )) || print -rl -- $offers >> $OFFERS
	fi
	builtin compadd "$@"
}

offer() {
	_main_complete
	compstate[insert]='' compstate[list]=''
	print end >> $OFFERS
}

zle -C offer complete-word offer
bindkey '^I' offer
print ready > $OFFERS
