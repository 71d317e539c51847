#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The Debian packages: installed with dpkg, DKMS building the module for $KERNEL; used in the VM, which boots from the
# files as they are then; upgraded while a slot is open there; removed, with nothing left. All of it in an overlay over this
# machine's files, in a mount namespace of its own, with no process but ours in it.
set -u

cd "$(dirname -- "$0")/../.." || exit 1
. ./paths.sh
. tests/packages/lib.sh
repo=$PWD
[ "$(id -u)" -eq 0 ] || skip_all 'installing takes root'

if [ "${1:-}" != inside ]; then
	unshare -m --propagation private true 2>/dev/null || skip_all 'no mount namespaces here'
	exec unshare -m --propagation private "$0" inside
fi

release=$(tools/vm/kernel.sh "$KERNEL" release)
kdir=$(tools/vm/kernel.sh "$KERNEL" kdir)
version=$(cat VERSION)
# A directory of this name is on every machine, and a memory file system over it is seen by nobody else.
layers=/mnt
root=$layers/root
mount -t tmpfs -o mode=755 layers $layers
mkdir $layers/upper $layers/work $root
mount -t overlay -o "lowerdir=/,upperdir=$layers/upper,workdir=$layers/work" overlay $root 2>/dev/null ||
	skip_all 'no overlay file system here'
for directory in /dev /proc /sys; do
	mount --rbind $directory $root$directory
done
mount -t tmpfs -o mode=1777 tmp $root/tmp
# Neither of these is what is installed, and the test machine writes to both. They may also be mounted somewhere, which is
# not in the overlay, or be below /tmp, which is hidden.
. tools/vm/cache.sh
for directory in "$repo" "$cache"; do
	[ -d "$directory" ] || continue
	mkdir -p "$root$directory"
	mount --rbind "$directory" "$root$directory"
done

inside() { chroot $root env -C "$repo" LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes "$@"; }

# DKMS is to build for one kernel only, wherever its headers are.
for other in "$root"/lib/modules/*; do
	[ "${other##*/}" = "$release" ] || [ ! -d "$other" ] || mount -t tmpfs none "$other"
done
mkdir -p "$root/lib/modules/$release"
[ -e "$root/lib/modules/$release/build" ] || ln -s "$kdir" "$root/lib/modules/$release/build"
# A kernel that is installed has modules of its own, and an index of them. DKMS 3.2 runs depmod only where an index is, and
# deletes the index once no module is left.
if [ ! -s "$root/lib/modules/$release/modules.dep" ]; then
	modules=$(tools/vm/kernel.sh "$KERNEL" root)/lib/modules/$release
	mkdir -p "$root/lib/modules/$release/kernel"
	mount --bind "$modules/kernel" "$root/lib/modules/$release/kernel"
	cp "$modules/modules.order" "$modules"/modules.builtin* "$root/lib/modules/$release/"
	inside depmod -a "$release"
fi
# Rebuilding the index of all manual pages is no part of this.
echo 'man-db man-db/auto-update boolean false' | inside debconf-set-selections 2>/dev/null || :
# What earlier sessions of somebody's may have left.
inside dpkg --purge mailslot-dkms mailslot-tools libmailslot-dev mailslot-kernel32-java mailslot-kernel32 libmailslot0 \
	libmailslot-win32-0 mailslot-relay >/dev/null 2>&1

packages() { find build/deb -name '*.deb' ! -name '*dbgsym*'; }
names() { packages | sed 's|.*/||; s/_.*//'; }

# What is in the overlay beside what dpkg, ldconfig, depmod, DKMS itself, and rpm, which DKMS asks where it is installed, keep; and
# the relay's user, which stays as Debian's system users do.
traces() {
	find $layers/upper ! -type d \
		! -path '*/var/lib/dpkg/*' ! -path '*/var/cache/*' ! -path '*/var/log/*' ! -path '*/etc/ld.so.cache*' \
		! -path '*/etc/passwd*' ! -path '*/etc/group*' ! -path '*/etc/shadow*' ! -path '*/etc/gshadow*' ! -path '*/etc/.pwd.lock' \
		! -path '*/var/lib/man-db/*' ! -path '*/lib/modules/*/modules.*' ! -path '*/lib/modules/*/build' \
		! -path '*/var/lib/dkms/mok.*' ! -path '*/.rpmdb/*' ! -path "$layers/upper$repo/build/*" | sort
	find $layers/upper -name '*mailslot*' ! -path "$layers/upper$repo/*" ! -path '*/var/log/*' ! -path '*/var/lib/dpkg/info/*'
}

# shellcheck disable=SC2046,SC2119 # lists
install_all() { inside dpkg --install $(packages); }
# shellcheck disable=SC2046
remove_all() { inside dpkg --remove $(names); }
# shellcheck disable=SC2046
purge_all() { inside dpkg --purge $(names) && ! inside dpkg -l | grep -i mailslot; }

built() {
	inside dkms status | grep "^mailslot/$version, $release, .*: installed" || { inside dkms status; return 1; }
	[ "$(inside modinfo -k "$release" -F version mailslot)" = "$version" ] || return 1
	inside modinfo -k "$release" -F vermagic mailslot | grep "^$release "
}

# Signed with the machine's own key, so that it can be enrolled for Secure Boot.
signed() {
	inside modinfo -k "$release" -F signer mailslot | grep .
}

refused() {
	inside dkms build -m mailslot -v "$version" -k 5.10.0-1-amd64 --kernelsourcedir "/lib/modules/$release/build" > $layers/old 2>&1
	code=$?
	cat $layers/old
	[ $code -eq 77 ] && grep -q 'BUILD_EXCLUSIVE' $layers/old
}

# Without DKMS: make stops at the first line.
refused_by_make() {
	! inside make -C "/lib/modules/$release/build" "M=/usr/src/mailslot-$version" VERSION=5 PATCHLEVEL=10 modules > $layers/old 2>&1 &&
		grep 'mailslot needs Linux 6.1 or newer, and this is 5.10' $layers/old
}

used() {
	inside tools/vm/run.sh -n -k "$KERNEL" -t 120 -r packages debian/tests/module
}

# The next version, of the same sources: built, and installed over this one while the VM has a slot open.
upgraded() {
	next=${version%.*}.$((${version##*.} + 1))
	build=$root/tmp/next
	results=$repo/build/vm/$KERNEL/upgrade
	mkdir "$build"
	git ls-files -z --cached --others --exclude-standard | tar --null --no-recursion --ignore-failed-read -cf - -T - | tar -xf - -C "$build"
	(cd "$build" && sed -i "s/${version}/$next/" VERSION dkms.conf kmod/main.c && sed -i "1s/${version}/$next/" debian/changelog) || return 1
	inside env -C /tmp/next debian/make || return 1
	rm -rf "$results"
	inside tools/vm/run.sh -n -k "$KERNEL" -t 900 -r upgrade tests/packages/outlive.sh &
	until [ -e "$results/alive" ]; do
		kill -0 $! 2>/dev/null || { echo 'the machine ended before the upgrade'; return 1; }
		sleep 1
	done
	inside sh -c 'exec dpkg --install /tmp/next/build/deb/*.deb' || { kill $!; return 1; }
	echo "$next" > "$results/upgraded"
	wait $!
}

no_traces() { ! traces | grep .; }

check 'dpkg installs them, DKMS builds the module' install_all
check 'the module is where modprobe looks' built
check 'the module is signed' signed
check 'DKMS does not build for an old kernel' refused
check 'make does not build for an old kernel' refused_by_make
check 'all of it works' used
# The packages, and the module, are built once more for that.
[ "$KERNEL" != 6.12 ] || check 'dpkg upgrades them while a slot is open' upgraded
check 'dpkg removes them' remove_all
check 'dpkg purges them' purge_all
check 'nothing is left' no_traces
echo "1..$count"
