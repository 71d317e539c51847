# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# What `run.sh` needs before and after a machine runs: the files it boots from, the choice of accelerator, and the
# reading of the kernel's log. Sourced, with $here and $repo set; the machine itself is started by `run.sh`.

# shellcheck source-path=SCRIPTDIR source=cache.sh
. "$here/cache.sh"
# shellcheck source-path=SCRIPTDIR source=debug.sh
. "$here/debug.sh"
# shellcheck disable=SC2034 # used by run
software='-accel tcg,thread=multi -cpu max'

warn() { echo "vm: $*" >&2; }
die() { warn "$*"; exit 125; }

for tool in qemu-system-x86_64 busybox cc; do
	command -v $tool >/dev/null || die "$tool is missing: run 'make setup'"
done

# Number of SIZE bytes, least significant first, at OFFSET.
number_at() { od -A n -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '; }

# The ELF kernel inside a vmlinuz: QEMU enters it directly (PVH), which saves unpacking it in the guest at each boot.
unpack_kernel() {
	start=$((($(number_at "$1" 497 1) + 1) * 512 + $(number_at "$1" 584 4)))
	length=$(number_at "$1" 588 4)
	case $(od -A n -t x1 -j $start -N 4 "$1" | tr -d ' ') in
	fd377a58) unpack='xz -dc' ;;
	28b52ffd) unpack='zstd -dcq' ;;
	1f8b*) unpack='gzip -dc' ;;
	*) return 1 ;;
	esac
	# The last four bytes are the unpacked size, no part of the stream.
	tail -c +$((start + 1)) "$1" | head -c $((length - 4)) | $unpack
}

boot_image() {
	original=$("$here/kernel.sh" "$1" image)
	case $original in
	*/vmlinux) echo "$original"; return ;;
	esac
	mkdir -p "$cache/vm"
	image=$cache/vm/$(stat -c '%n %s %Y' "$original" | sha256sum | cut -c 1-16).vmlinux
	if [ ! -e "$image" ]; then
		tmp=$(mktemp "$cache/vm/tmp.XXXXXX")
		if unpack_kernel "$original" > "$tmp"; then
			mv "$tmp" "$image"
			cache_prune
		else
			rm -f "$tmp"
			image=$original
		fi
	fi
	case $image in
	"$cache"/vm/*) cache_used "$image" ;;
	esac
	echo "$image"
}

# Busybox, `init.sh`, the modules that reach the host's files, overlay, which tests mount, and veth and bridge, which connect
# network namespaces: where the kernel was fetched there are no others. Named by what it is made from.
initramfs() {
	busybox=$(command -v busybox)
	modules=''
	directory=$("$here/kernel.sh" "$1" modules)
	if [ -n "$directory" ]; then
		modules=$(for module in virtio_pci 9pnet_virtio 9p virtio-rng overlay veth bridge; do
			/sbin/modprobe -d "$directory" -S "$("$here/kernel.sh" "$1" release)" --show-depends $module
		done | sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++')
	fi
	# shellcheck disable=SC2086 # a list
	key=$( { cat "$here/init.sh" "$here/lib.sh"; stat -L -c '%n %s %Y' "$busybox" $modules; } | sha256sum | cut -c 1-16)
	archive=$cache/vm/$key.cpio
	if [ ! -e "$archive" ]; then
		mkdir -p "$cache/vm"
		tmp=$(mktemp -d "$cache/vm/tmp.XXXXXX")
		mkdir -p "$tmp/root/bin" "$tmp/root/dev" "$tmp/root/proc" "$tmp/root/sys" "$tmp/root/host" "$tmp/root/modules"
		cp -L "$busybox" "$tmp/root/bin/busybox"
		ln -s busybox "$tmp/root/bin/sh"
		cp "$here/init.sh" "$tmp/root/init"
		chmod 755 "$tmp/root/init"
		: > "$tmp/root/modules.order"
		for module in $modules; do
			name=${module##*/}
			case $name in
			*.xz) xz -dc "$module" > "$tmp/root/modules/${name%.xz}" ;;
			*.zst) zstd -dcq "$module" > "$tmp/root/modules/${name%.zst}" ;;
			*) cp "$module" "$tmp/root/modules/" ;;
			esac
			echo "${name%%.*}.ko" >> "$tmp/root/modules.order"
		done
		(cd "$tmp/root" && find . | busybox cpio -o -H newc 2>/dev/null) > "$tmp/cpio"
		mv "$tmp/cpio" "$archive"
		rm -rf "$tmp"
		cache_prune
	fi
	cache_used "$archive"
	echo "$archive"
}

# forget IMAGE INITRAMFS ACCELERATOR: a machine did not come up with these. They may be damaged, or not work as it was
# thought, so what is only kept is made anew.
forget() {
	for file in "$1" "$2"; do
		case $file in
		"$cache"/vm/*) rm -f "$file" ;;
		esac
	done
	case $3 in
	*kvm*) echo no > "$cache/vm/kvm-$(cat /proc/sys/kernel/random/boot_id)" ;;
	esac
}

# /dev/kvm may be there and hang or fail every guest, so it is used only if a stock kernel has come up with it since
# this host booted.
accelerator() {
	answer=$cache/vm/kvm-$(cat /proc/sys/kernel/random/boot_id)
	if [ ! -e "$answer" ]; then
		works=no
		if [ -r /dev/kvm ] && [ -w /dev/kvm ]; then
			code=0
			timeout -s KILL 10 qemu-system-x86_64 -machine q35 -accel kvm -cpu host -m 256M -nodefaults \
				-no-user-config -display none -no-reboot -kernel "$1" -initrd "$2" \
				-append 'quiet panic=-1 mailslot.probe' \
				-device isa-debug-exit,iobase=0xf4,iosize=4 >/dev/null 2>&1 </dev/null || code=$?
			[ $code -ne 1 ] || works=yes
		fi
		echo $works > "$answer.$$"
		mv "$answer.$$" "$answer"
	fi
	case $(cat "$answer") in
	yes) echo '-accel kvm -cpu host' ;;
	*) echo "$software" ;;
	esac
}

# The program that loads and unloads modules in the guest.
module_tool() {
	if [ -z "$(find "$repo/build/vm/module" -newer "$here/module.c" 2>/dev/null)" ]; then
		cc -O2 -Wall -Wextra -o "$repo/build/vm/module.$$" "$here/module.c" -lkmod &&
			mv "$repo/build/vm/module.$$" "$repo/build/vm/module"
	fi
}

# Prints what the kernel had to say against KERNEL's run in directory RUN, each piece under a line that names the program
# that ran then, if programs said so (`programs.sh` writes "mailslot-vm: NAME" into the log); true if there was nothing.
# Data races that the kernel has with itself below a call of ours (in poll, timers, wake-ups, the flags of a task) are not
# ours: a KCSAN report counts if the module itself makes one of the accesses, or has called what makes both.
complaints() {
	{
		tr -d '\r' < "$2/kernel.log" | awk -v kcsan="$([ "$1" = kcsan ] && echo 1)" '
		function complain(text) {
			if (!left) print "--- kernel log" (program ? ", during " program : "") ":"
			print text
		}
		function ours(report,	lines, count, i, frame, direct, called) {
			count = split(report, lines, "\n")
			frame = 3
			for (i = 1; i <= count; i++) {
				if (lines[i] ~ /(read|write)[^:]* to 0x/) {
					frame = 0
				} else if (++frame <= 2 && lines[i] ~ /\[mailslot\]/) {
					if (frame == 1) direct = 1
					called++
					frame = 2
				}
			}
			return direct || called >= 2
		}
		/mailslot-vm: begin/ { begun = 1; next }
		/mailslot-vm: / { program = $0; sub(/.*mailslot-vm: /, "", program); left = 0; next }
		!begun { next }
		kcsan && /====================/ {
			if (inside && (report !~ /KCSAN/ || ours(report))) complain(report)
			inside = !inside
			report = ""
			next
		}
		inside { report = report $0 "\n"; next }
		/WARNING:|BUG[: ]|Oops|Kernel panic|general protection fault|unable to handle/ ||
		/(KASAN|KCSAN|KFENCE|UBSAN|ODEBUG):|INFO: (possible|task|rcu|trying|lockdep)|rcu.*(stall|starved)/ ||
		/(soft|hard) ?lockup|kmemleak: [0-9]+ new suspected|Objects remaining|refcount_t:/ ||
		/list_(add|del) corruption|usercopy: Kernel memory|page allocation failure|vmalloc error/ ||
		/Redzone|Poison overwritten/ { complain($0); left = 40; next }
		left { print; left-- }
		END { if (inside) complain(report) }'
		[ ! -e "$2/checks" ] || leaks "$2"
		grep -q 'mailslot-vm: begin' "$2/kernel.log" || echo 'the kernel log does not show the beginning of the run'
	} > "$2/complaints"
	[ -s "$2/complaints" ] || return 0
	head -n 200 "$2/complaints" >&2
	return 1
}

# What `guest.sh` found in the end. A leak is found long after it was made, but kmemleak tells when that was, in ticks of the
# debug kernels' clock, whose count starts five minutes before it overflows 32 bits; so the log tells during what.
leaks() {
	{
		tr -d '\r' < "$1/kernel.log"
		echo 'mailslot-vm: checks'
		cat "$1/checks"
	} | awk -v hz=250 '
		function flush() {
			if (report) print report
			report = ""
		}
		checks && /^unreferenced object/ { flush(); report = $0; next }
		checks && /, jiffies [0-9]+/ {
			match($0, /jiffies [0-9]+/)
			made = (substr($0, RSTART + 8, RLENGTH - 8) - (4294967296 - 300 * hz)) / hz
			program = ""
			for (i = 1; i <= programs && start[i] <= made; i++) program = name[i]
			if (program) print "--- kmemleak, during " program ":"
		}
		checks && /^ / { report = report "\n" $0; next }
		checks { flush(); print; next }
		/mailslot-vm: checks/ { checks = 1; next }
		/mailslot-vm: / && match($0, /\[ *[0-9.]+\]/) {
			start[++programs] = substr($0, RSTART + 1, RLENGTH - 2) + 0
			name[programs] = $0
			sub(/.*mailslot-vm: /, "", name[programs])
		}
		END { flush() }'
}
