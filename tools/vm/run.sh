#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs a command as root in a small virtual machine: a kernel of ours, the host's files read-only, the module loaded.
# It knows nothing of tests: it says what the command returned and whether the kernel complained meanwhile.
#
# usage: run.sh [-k KERNEL] [-c CPUS] [-m MEMORY] [-t SECONDS] [-a KERNEL-ARGUMENTS] [-r RESULTS] [-i] [-n] [--] [COMMAND...]
#	-k  6.1, 6.12 (default), the series that the file `newest` names, or that with -rt, one of the file `debug-kernels`, or the
#	    path of a tree in which a kernel was built, which is then known by its release; config/base.config says what it must have
#	-c  CPUs, default 1	-m  memory, default 1G
#	-t  time limit of the command in seconds, default 600
#	-a  more for the kernel's command line
#	-r  name of the results directory: build/vm/KERNEL/NAME on the host, $RESULTS in the machine; default "results"
#	-i  one nanosecond passes for every instruction executed: time differences are instruction counts
#	-n  do not load the module
# Without COMMAND: an interactive shell.
#
# In the machine the current directory is the repository; /tmp, /run and /var/tmp are empty and writable, as is $RESULTS;
# everything else is the host's and read-only. The environment has MAILSLOT_VM, the kernel's name, MAILSLOT_SLOW, which is not
# empty on a debug kernel, and MAILSLOT_MODULE, the path of the module; with MAILSLOT_MODULE set here already, that one is loaded (make coverage does so). The kernel's log
# is left in the results directory as kernel.log, what in it speaks against the module as complaints.
#
# MAILSLOT_BOOT_LIMIT: the seconds that a stock kernel may take to boot, default 120, for a host that is very busy.
#
# exit status: COMMAND's own, or
#	99   the kernel complained, crashed or was left with leaks (whatever COMMAND returned)
#	124  the time limit was reached
#	125  the machine could not be set up or did not boot
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
(cd "$here/../.." && . ./paths.sh) || exit 125
repo=$(CDPATH='' cd -- "$here/../.." && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$here/lib.sh"

kernel=6.12 cpus=1 memory=1G limit=600 extra='' results=results counting='' load=yes
while getopts k:c:m:t:a:r:in option; do
	case $option in
	k) kernel=$OPTARG ;;
	c) cpus=$OPTARG ;;
	m) memory=$OPTARG ;;
	t) limit=$OPTARG ;;
	a) extra=$OPTARG ;;
	r) results=$OPTARG ;;
	i) counting=yes ;;
	n) load='' ;;
	*) sed -n '/^# usage/,/^# Without/s/^# \{0,1\}//p' "$0" >&2; exit 125 ;;
	esac
done
shift $((OPTIND - 1))
interactive=''
[ $# -gt 0 ] || interactive=yes

# Where the kernel comes from, and the name of its directories.
which=$kernel
case $which in
*/*) kernel=$("$here/kernel.sh" "$which" release) || exit 125 ;;
esac

# On a busy host a debug kernel takes minutes to where a stock one is in seconds, and its tests take longer.
boot_limit=${MAILSLOT_BOOT_LIMIT:-120} slow=''
if is_debug "$kernel"; then
	boot_limit=480 slow=yes
fi
vm=$repo/build/vm
mkdir -p "$vm/$kernel/$results"
image=$(boot_image "$which") || exit 125
initramfs=$(initramfs "$which") || exit 125
module=${MAILSLOT_MODULE:-$repo/build/$kernel/kmod/mailslot.ko}
if [ -n "$load" ]; then
	[ -r "$module" ] || die "no $module: run 'make module KERNEL=$kernel$([ "$which" = "$kernel" ] || echo " KDIR=$which")'"
	module_tool || exit 125
fi

run=$(mktemp -d "$vm/$kernel/run.XXXXXX")
qemu=''
# shellcheck disable=SC2317 # called by the trap
cleanup() {
	if [ -n "$qemu" ]; then
		kill -KILL "$qemu" 2>/dev/null || :
		wait "$qemu" 2>/dev/null || :
	fi
	rm -rf "$run"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

quoted() {
	for word; do
		printf "'%s' " "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")"
	done
	echo
}

# What the guest reads: shell assignments and the command.
{
	echo "repo=$(quoted "$repo")"
	echo "module=$(quoted "${load:+$module}")"
	echo "interactive=$interactive"
	echo "results=/run/vm/$kernel/$results"
	echo "kernel=$kernel"
	echo "slow=$slow"
	echo "size='$(stty size 2>/dev/null || :)'"
	echo "terminal=${TERM:-dumb}"
} > "$run/settings"
quoted "$@" > "$run/command"

arguments="console=ttyS0 quiet panic=-1 oops=panic mailslot.run=$kernel/${run##*/}"
# On a busy host the timer's test at boot can fail, though the timer is there.
arguments="$arguments rcupdate.rcu_cpu_stall_timeout=60 watchdog_thresh=60 workqueue.watchdog_thresh=120 no_timer_check"
case $kernel in
# Everything is checked already, and SLUB's own checks would double the time.
kasan) arguments="$arguments kasan_multi_shot kmemleak=on slub_debug=-" ;;
# Watches that last longer and come more often than by default: the second CPU may be waiting for one of the host's.
kcsan) arguments="$arguments kcsan.skip_watch=1500 kcsan.udelay_task=300" ;;
rt-debug) arguments="$arguments kmemleak=on slub_debug=FZPU,mailslot_*" ;;
*) [ -n "$counting" ] || arguments="$arguments slub_debug=FZPU,mailslot_*" ;;
esac
if [ -n "$counting" ]; then
	arguments="$arguments nokaslr tsc=reliable mitigations=off"
	accel='-accel tcg -icount shift=0,sleep=off -cpu max -seed 1 -rtc base=2026-01-01T00:00:00,clock=vm'
	cpus=1
else
	accel=$(accelerator "$image" "$initramfs")
fi

# The kernel's log goes to the first serial line and a file, the command's output to the second and our stdout. However we
# end, the machine does.
start() {
	rm -f "$run/booted" "$run/status" "$run/checks"
	: > "$run/kernel.log"
	# shellcheck disable=SC2086 # $accel is several words
	setpriv --pdeathsig KILL qemu-system-x86_64 -machine q35 $accel -smp "$cpus" -m "$memory" \
		-nodefaults -no-user-config -display none -no-reboot \
		-kernel "$image" -initrd "$initramfs" -append "$arguments $extra" \
		-fsdev local,id=root,path=/,security_model=none,readonly=on,multidevs=remap \
		-device virtio-9p-pci,fsdev=root,mount_tag=root \
		-fsdev local,id=vm,path="$vm",security_model=none \
		-device virtio-9p-pci,fsdev=vm,mount_tag=vm \
		-device virtio-rng-pci \
		-device isa-debug-exit,iobase=0xf4,iosize=4 \
		-serial file:"$run/kernel.log" \
		-chardev stdio,id=out,signal=$signals -serial chardev:out \
		<&3 2>"$run/qemu.err" &
	qemu=$!
}

seconds() { cut -d . -f 1 /proc/uptime; }

# Waits for the machine's end; sets outcome to ended, late (the command's limit) or stuck (no boot).
watch() {
	started=$(seconds)
	booted=''
	while kill -0 "$qemu" 2>/dev/null; do
		if [ -z "$booted" ] && [ -e "$run/booted" ]; then
			booted=$(seconds)
		fi
		if [ -z "$booted" ] && [ $(($(seconds) - started)) -ge "$boot_limit" ]; then
			outcome=stuck
			return
		fi
		if [ -n "$booted" ] && [ -z "$interactive" ] && [ $(($(seconds) - booted)) -ge "$limit" ]; then
			outcome=late
			return
		fi
		sleep 0.1
	done
	outcome=ended
}

# At a terminal of its own the command gets Ctrl-C; otherwise we do.
if [ -n "$interactive" ]; then
	exec 3<&0
	signals=off
else
	exec 3</dev/null
	signals=on
fi

start
watch
# Until a machine is up, nothing of ours has run in it: the host was too busy, its virtualisation hangs, or a file in the
# cache is damaged.
if [ ! -e "$run/booted" ]; then
	warn "no boot ($outcome), trying once more by software emulation"
	kill -KILL "$qemu" 2>/dev/null || :
	wait "$qemu" 2>/dev/null || :
	qemu=''
	tail -n 5 "$run/qemu.err" "$run/kernel.log" >&2
	forget "$image" "$initramfs" "$accel"
	image=$(boot_image "$which") || exit 125
	initramfs=$(initramfs "$which") || exit 125
	[ -n "$counting" ] || accel=$software
	start
	watch
fi
if [ $outcome = ended ]; then
	code=0
	wait "$qemu" || code=$?
	qemu=''
else
	kill -KILL "$qemu" 2>/dev/null || :
	wait "$qemu" 2>/dev/null || :
	qemu=''
fi
cp "$run/kernel.log" "$vm/$kernel/$results/kernel.log"
: > "$vm/$kernel/$results/complaints"

log="build/vm/$kernel/$results/kernel.log"
if [ ! -e "$run/booted" ]; then
	tail -n 30 "$run/qemu.err" "$run/kernel.log" >&2
	warn "the $kernel kernel did not boot; its log is $log"
	exit 125
fi
complained=0
complaints "$kernel" "$run" || complained=$?
cp "$run/complaints" "$vm/$kernel/$results/complaints"
if [ $complained -ne 0 ]; then
	warn "the kernel complained: its log is $log"
	exit 99
fi
if [ $outcome = late ]; then
	warn "stopped at the time limit of $limit s; the kernel's log is $log"
	exit 124
fi
# A crashed kernel leaves QEMU with 0, an orderly end with 1.
if [ "$code" -ne 1 ] || [ ! -e "$run/status" ]; then
	tail -n 30 "$run/qemu.err" "$run/kernel.log" >&2
	warn "the machine ended before the command did (QEMU returned $code); the kernel's log is $log"
	exit 99
fi
exit "$(cat "$run/status")"
