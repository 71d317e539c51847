#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs in the test VM: one job after the other, each with a module of its own, until a job fails in
# a way that requires a fresh machine. `judge.py` writes a job and reads what is printed here.
#
# A job is the directory $RESULTS/job.N, which is complete when there is a file `go` in it: files
# for /tmp/job, one of which may be mailslot.ko; `list`, with lines SECONDS COMMAND; `all`, if the
# programs after the first that fails are to run too.

groups=/sys/fs/cgroup
tool=build/vm/module
stock=$MAILSLOT_MODULE
export MAILSLOT_MODULE=/tmp/job/mailslot.ko

# A warning, an oops, a bad page or a lockup, as tools/vm/guest.sh has them.
taint() {
	echo $(($(cat /proc/sys/kernel/tainted) & (1 << 5 | 1 << 7 | 1 << 9 | 1 << 14)))
}

# The program's output; it is killed at its first failure.
watched() {
	while IFS= read -r line; do
		echo "$line"
		case $line in
		*'# SKIP'*|*'# XFAIL'*) ;;
		'not ok'*)
			echo failed > /tmp/failed
			[ -e "$job/all" ] || echo 1 > "$1/cgroup.kill" ;;
		esac
	done
}

programs() {
	while read -r seconds command; do
		group=$groups/program
		mkdir "$group"
		echo "mailslot-vm: $command" > /dev/kmsg
		echo "#### begin $command"
		rm -f /tmp/failed
		# shellcheck disable=SC2016 # for the inner shell
		{
			sh -c 'echo 0 > "$1/cgroup.procs"; shift; exec timeout -k 10 "$@"' sh "$group" \
				"$seconds" sh -c "$command" </dev/null 2>&1
			echo $? > /tmp/status
		} | watched "$group"
		echo 1 > "$group/cgroup.kill"
		for _ in 1 2 3 4 5 6 7 8 9 10; do
			! rmdir "$group" 2>/dev/null || break
			sleep 0.2
		done
		status=$(cat /tmp/status)
		printf '\n#### end %d\n' "$status"
		if [ ! -e "$job/all" ]; then
			[ ! -e /tmp/failed ] || return
			[ "$status" = 0 ] || [ "$status" = 4 ] || return
		fi
	done < "$job/list"
}

before=$(taint)
number=0
echo '#### ready'
while :; do
	number=$((number + 1))
	job=$RESULTS/job.$number
	until [ -e "$job/go" ]; do
		sleep 0.2
	done
	rm -rf /tmp/job
	cp -r "$job" /tmp/job
	[ -e $MAILSLOT_MODULE ] || cp "$stock" $MAILSLOT_MODULE
	if "$tool" load $MAILSLOT_MODULE; then
		programs
		# What holds a slot for a moment after a kill has some seconds to let it go.
		for try in 1 2 3 4 5 6 7 8 9 10; do
			"$tool" unload mailslot 2>/dev/null && break
			[ $try != 10 ] || echo '#### fault the module cannot be unloaded'
			sleep 0.5
		done
	else
		echo '#### fault the module cannot be loaded'
	fi
	[ "$(taint)" = "$before" ] || echo '#### fault the kernel complained'
	echo '#### done'
done
