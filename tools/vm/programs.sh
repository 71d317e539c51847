#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs in the test VM, or on the host when KERNEL names a kernel: the programs of a list that `test.sh` made, one after the
# other, their output between marks that `report.py` reads. In the VM each has a cgroup of its own, and what it leaves behind
# is told: slots, the module's memory, processes that cannot be killed, changed parameters. It judges nothing.
#
# usage: programs.sh LIST TIMES	lines of LIST: CPUS SECONDS COMMAND; TIMES stretches the seconds

groups=/sys/fs/cgroup
module=/sys/module/mailslot

parameters() {
	[ ! -d $module ] || grep . $module/parameters/* /dev/null
}

# Of the memory that GROUP's processes made the kernel take, the pages that are neither slab nor any other kind that has
# a count of its own: pipes' are, and queues'. Both are gone with their last user.
pages() {
	awk '/^kernel / { sum += $2 }
	     /^(kernel_stack|pagetables|sec_pagetables|percpu|slab) / { sum -= $2 }
	     END { print int(sum / 4096) }' "$1/memory.stat"
}

# Prints what the last program left, a line each; nothing if nothing.
left() {
	[ ! -d $module ] || for slot in /sys/class/mailslot/mailslot*; do
		[ ! -e "$slot" ] || echo "the slot $(sed -n 's/^DEVNAME=//p' "$slot/uevent")"
	done
	# A link is another cache that SLUB merged ours into.
	for cache in /sys/kernel/slab/mailslot_*; do
		if [ ! -d "$cache" ] || [ -L "$cache" ]; then
			continue
		fi
		# Only then the count is exact.
		echo 1 > "$cache/shrink"
		objects=$(cut -d ' ' -f 1 "$cache/objects")
		[ "$objects" = 0 ] || echo "$objects objects in the cache ${cache##*/}"
	done
	if [ -e "$1/memory.stat" ]; then
		pages=$(pages "$1")
		# Charges that the CPUs keep for later, thousands of pages on some kernels, are given back at a limit.
		if [ "$pages" -ge 16 ] && [ -e "$1/memory.high" ]; then
			echo 0 > "$1/memory.high"
			echo max > "$1/memory.high"
			pages=$(pages "$1")
		fi
		# Up to some pages are charged ahead, or late.
		[ "$pages" -lt 16 ] || echo "$pages pages of the kernel's memory"
	fi
	if [ -e "$1/cgroup.procs" ]; then
		while read -r pid; do
			echo "process $pid, $(tr '\0' ' ' < "/proc/$pid/cmdline"), which was killed and does not end: $(cat "/proc/$pid/stack")"
		done < "$1/cgroup.procs"
	fi
	[ "$(parameters)" = "$before" ] || echo "the module's parameters: $(parameters) instead of $before"
}

number=0
while read -r _ seconds command; do
	began=$(cut -d . -f 1 /proc/uptime)
	if [ -n "${KERNEL:-}" ]; then
		echo "#### begin $command"
		timeout -k 10 $((seconds * $2)) sh -c "$command" </dev/null 2>&1
		code=$?
	else
		number=$((number + 1))
		group=$groups/program-$number
		mkdir "$group" 2>/dev/null
		before=$(parameters)
		echo "mailslot-vm: $command" > /dev/kmsg
		echo "#### begin $command"
		# shellcheck disable=SC2016 # for the inner shell
		sh -c 'echo 0 > "$1/cgroup.procs"; shift; exec timeout -k 10 "$@"' sh "$group" \
			$((seconds * $2)) sh -c "$command" </dev/null 2>&1
		code=$?
		[ ! -e "$group/cgroup.kill" ] || echo 1 > "$group/cgroup.kill"
		# What ends by RCU or in the background has some seconds to do so.
		for try in 1 2 3 4 5 6 7 8 9 10 11 12; do
			remains=$(left "$group" 2>/dev/null)
			[ -n "$remains" ] || break
			[ $try = 12 ] || sleep 1
		done
		[ -z "$remains" ] || printf '\n%s\n' "$remains" | sed 's/^./#### left &/'
		rmdir "$group" 2>/dev/null
	fi
	printf '\n#### end %d %d\n' $code $(($(cut -d . -f 1 /proc/uptime) - began))
done < "$1"
[ -n "${KERNEL:-}" ] || echo 'mailslot-vm: the end, when the module is unloaded' > /dev/kmsg
