#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Under PREEMPT_RT, does any code of the module's own keep the processor from others? It looks at the machine code: no raw
# spinlock, no interrupts turned off, and preemption turned off in the functions of tracepoints only, which run while
# somebody traces. TAP; docs/operations.rst promises it.
#
# usage: calls.sh [MODULE]		without MODULE: that of the test VM
set -eu

module=${1:-$MAILSLOT_MODULE}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
count=0

# told NAME: the test passed if the file wrong is empty, which is shown otherwise.
told() {
	count=$((count + 1))
	if [ -s "$work/wrong" ]; then
		echo "not ok $count - $1"
		sort "$work/wrong" | uniq -c | sed 's/^/# /'
		failed=1
	else
		echo "ok $count - $1"
	fi
}

if ! command -v objdump >/dev/null; then
	echo '1..0 # SKIP objdump is missing: install binutils'
	exit
fi
# Each line of code, or symbol that it names, behind its function.
objdump -dr --no-show-raw-insn "$module" | awk '
	/^[0-9a-f]+ </ { name = $2; gsub(/[<>:]/, "", name); next }
	name && NF { print name, $0 }' > "$work/code"

: > "$work/wrong"
grep -q 'R_X86_64_PLT32.rt_spin_lock-' "$work/code" || echo 'no call of rt_spin_lock()' > "$work/wrong"
told 'spinlocks of the module are locks that sleep'

# What preempt_disable() and the like call where the kernel checks or traces them, too.
sed -n 's/^\([^ ]*\) .*R_X86_64_[^ ]*\t\(_raw_[a-z_]*\(lock\|unlock\)[a-z_]*\|preempt_count_\(add\|sub\)\|__local_bh_[a-z_]*\|trace_hardirqs_[a-z]*\)[-+].*/\1: \2/p' \
	"$work/code" > "$work/wrong"
told 'none takes a raw spinlock, or has preemption or bottom halves turned off by a function'

sed -n 's/^\([^ ]*\) .*[ \t]\(cli\|sti\|popf\|pushf\)[a-z]* *$/\1: \2/p' "$work/code" > "$work/wrong"
told 'none turns interrupts off'

sed -n 's/^\([^ ]*\) .*[ \t]__preempt_count[-+].*/\1/p' "$work/code" | grep -vE '^(trace_event_raw_event|perf_trace|do_trace_event_raw_event|do_perf_trace)_mailslot_' \
	> "$work/wrong" || :
told 'only tracepoints that are in use turn preemption off'
echo "1..$count"
exit $failed
