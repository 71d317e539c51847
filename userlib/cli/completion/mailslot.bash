# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of mailslot(1) in bash: commands, options, values and the names of slots. Loaded by bash-completion, or by
# hand; it takes nothing but bash, whose own completion then serves for the program of `create NAME -- PROGRAM`.
# shellcheck shell=bash

# The names of slots, a line each.
__mailslot_names() {
	command mailslot list --names 2>/dev/null
}

# __mailslot_places host|domain: those that the relay sends to, a line each; a pattern is no name of one.
__mailslot_places() {
	__mailslot_names | sed -n "s|^remote/$1/\\([^]*?[/]*\\)/.*|\\1|p" | sort -u
}

# __mailslot_offer WORD CANDIDATE...: those that WORD begins, quoted as the shell wants them.
__mailslot_offer() {
	local word=$1 candidate
	shift
	for candidate; do
		[[ $candidate != "$word"* ]] || COMPREPLY+=("$(printf '%q' "$candidate")")
	done
}

# The options of a command: those that take a value end in "=".
__mailslot_options() {
	case $1 in
	list) echo '-j --json -n --names -h --help' ;;
	info | status) echo '-j --json -h --help' ;;
	relay) echo '-j --json -s --socket= -h --help' ;;
	create) echo '-m --mode= -M --max-message= -q --queue= -w --whole -r --ring -t --timeout= -n --count= -f --format= -s --sender -e --escape -h --help' ;;
	send) echo '-l --lines -0 --null -L --length -H --host= -D --domain= -w --wait= -t --timeout= -n --nonblock -v --verbose -h --help' ;;
	peek) echo '-n --count= -f --format= -s --sender -e --escape -h --help' ;;
	watch) echo '-d --delay= -h --help' ;;
	mount) echo '-o --options= -h --help' ;;
	load | unload) echo '-h --help' ;;
	*) echo '-V --version -h --help' ;;
	esac
}

# __mailslot_mount_option WORD: options of a mount, behind those that are there already.
__mailslot_mount_option() {
	local given=''
	[[ $1 != *,* ]] || given=${1%,*},
	__mailslot_offer "$1" "$given"{uid=,gid=,mode=,max_slots=,max_bytes=,ro,nodev,noexec,nosuid}
	compopt -o nospace 2>/dev/null
}

# __mailslot_value OPTION WORD: what the value of OPTION may be. False if it takes none.
__mailslot_value() {
	local -a places=()
	case $command:$1 in
	send:--host | send:-H)
		mapfile -t places < <(__mailslot_places host)
		__mailslot_offer "$2" "${places[@]}"
		;;
	send:--domain | send:-D)
		mapfile -t places < <(__mailslot_places domain)
		__mailslot_offer "$2" "${places[@]}" '*'
		;;
	relay:--socket | relay:-s) compopt -o default 2>/dev/null ;;
	*:--format | create:-f | peek:-f) __mailslot_offer "$2" text raw length json hex ;;
	create:--mode | create:-m) __mailslot_offer "$2" 0600 0660 0666 ;;
	mount:--options | mount:-o) __mailslot_mount_option "$2" ;;
	send:--wait | send:-w | *:--timeout | create:-t | send:-t) __mailslot_offer "$2" forever ;;
	create:--max-message | create:-M | create:--queue | create:-q | *:--count | create:-n | peek:-n | *:--delay | watch:-d) ;;
	*) return 1 ;;
	esac
}

# __mailslot_program WORD: behind "--" stands another program's command line.
__mailslot_program() {
	local at=1
	while [[ ${COMP_WORDS[at++]} != -- ]]; do
		:
	done
	if declare -F _command_offset >/dev/null; then
		_command_offset "$at"
	elif ((at == COMP_CWORD)); then
		mapfile -t COMPREPLY < <(compgen -c -- "$1")
	else
		compopt -o default 2>/dev/null
	fi
}

_mailslot() {
	local commands='list info create send peek watch mount load unload status relay help' command='' current='' previous='' name='' away='' i
	local -a words=() names=()

	# bash parts "--format=json" at the "=".
	for ((i = 1; i <= COMP_CWORD; i++)); do
		if [[ ${COMP_WORDS[i]} == '=' && ${#words[@]} -gt 0 ]]; then
			words[-1]+='='
			((i == COMP_CWORD)) || words[-1]+=${COMP_WORDS[++i]}
		else
			words+=("${COMP_WORDS[i]}")
		fi
	done
	current=${words[-1]}
	unset 'words[-1]'

	for i in "${words[@]}"; do
		if [[ -z $command ]]; then
			[[ $i == -* ]] || command=$i
		elif [[ $i == -- ]]; then
			COMPREPLY=()
			[[ $command != create ]] || __mailslot_program "$current"
			return 0
		elif [[ $command == send && $i == @(-H|-D|--host|--domain)* ]]; then
			away=yes
		elif [[ $i != -* ]] && ! { [[ $previous == -* && $previous != *=* ]] && __mailslot_value "$previous" ''; }; then
			name=$i
		fi
		previous=$i
	done
	COMPREPLY=()

	if [[ -z $command ]]; then
		# shellcheck disable=SC2046,SC2086 # lists of words
		__mailslot_offer "$current" $commands $(__mailslot_options '')
	elif [[ $current == --*=* ]]; then
		__mailslot_value "${current%%=*}" "${current#*=}"
	elif [[ $previous == -* && $previous != *=* ]] && __mailslot_value "$previous" "$current"; then
		:
	elif [[ $current == -* ]]; then
		# shellcheck disable=SC2046
		__mailslot_offer "$current" $(__mailslot_options "$command")
		[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null
	else
		case $command in
		help)
			# shellcheck disable=SC2086
			__mailslot_offer "$current" ${commands% help}
			;;
		info | send | peek)
			[[ -z $name && -z $away ]] || return 0
			mapfile -t names < <(__mailslot_names)
			__mailslot_offer "$current" "${names[@]}"
			;;
		relay)
			[[ -n $name ]] || __mailslot_offer "$current" status
			;;
		mount)
			[[ -n $name ]] || compopt -o dirnames 2>/dev/null
			;;
		load)
			compopt -o default 2>/dev/null
			__mailslot_offer "$current" default_queue_bytes= max_queue_bytes= max_slots= max_user_slots= max_user_bytes=
			[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null
			;;
		esac
	fi
	return 0
}

complete -F _mailslot mailslot
