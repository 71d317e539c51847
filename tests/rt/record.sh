#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Records when the module takes and leaves its spinlocks under PREEMPT_RT, where these are functions, while a command runs in
# the test VM: a probe after each call of rt_spin_lock() in the module, and one at each call of rt_spin_unlock(). `held.py`
# reads the record on the host.
#
# usage: tools/vm/run.sh -k 7.3-rt -i -m 2G -r held -- tests/rt/record.sh COMMAND	the record: build/vm/7.3-rt/held/trace
# environment: KILOBYTES (200000) of the record, in memory, that are kept
set -eu

tracing=/sys/kernel/tracing
echo nop > $tracing/current_tracer
echo 0 > $tracing/tracing_on
# Cycles, which are instructions with -i.
echo x86-tsc > $tracing/trace_clock
echo "${KILOBYTES:-200000}" > $tracing/buffer_size_kb

# Where the calls are: FUNCTION OFFSET call|jmp NAME, in decimal.
calls() {
	objdump -dr --no-show-raw-insn "$MAILSLOT_MODULE" | awk '
		function number(text,	i, value) {
			for (i = 1; i <= length(text); i++)
				value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
			return value
		}
		/^[0-9a-f]+ </ { base = number($1); name = $2; gsub(/[<>:]/, "", name) }
		/^ +[0-9a-f]+:\t(call|jmp)/ { at = $1; sub(/:/, "", at); kind = $2 }
		/R_X86_64_PLT32\trt_spin_(lock|trylock|unlock)-/ {
			called = $3
			sub(/-.*/, "", called)
			print name, number(at) - base, kind, called
		}'
}

calls > /tmp/calls
while read -r function offset kind called; do
	event=$(echo "${function}_$offset" | tr . _)
	# A call is five bytes long.
	case $called-$kind in
	rt_spin_lock-call) echo "p:held/take_$event mailslot:$function+$((offset + 5))" ;;
	# The function's end, in a tail call: the time of waiting for the lock is in the figure.
	rt_spin_lock-jmp) echo "p:held/take_$event mailslot:$function+$offset" ;;
	rt_spin_trylock-call) echo "p:held/try_$event mailslot:$function+$((offset + 5)) got=%ax:u8" ;;
	rt_spin_unlock-*) echo "p:held/leave_$event mailslot:$function+$offset" ;;
	*) echo "record: $function ends in $called" >&2; exit 1 ;;
	esac
done < /tmp/calls > /tmp/probes
[ -s /tmp/probes ] || { echo 'record: the module calls no lock: is this a kernel with PREEMPT_RT?' >&2; exit 1; }
while read -r probe; do
	echo "$probe" >> $tracing/kprobe_events || echo "record: not set: $probe" >&2
done < /tmp/probes
for event in held sched/sched_switch irq_vectors/local_timer_entry irq_vectors/reschedule_entry; do
	echo 1 > $tracing/events/$event/enable
done
echo 1 > $tracing/tracing_on
code=0
sh -c "$*" || code=$?
echo 0 > $tracing/tracing_on
cat $tracing/trace > "$RESULTS/trace"
grep -E '^(entries|overrun|dropped)' $tracing/per_cpu/cpu0/stats
awk '{ hits += $2; missed += $3 } END { print hits " hits of " NR " probes, " missed + 0 " missed" }' $tracing/kprobe_profile
exit $code
