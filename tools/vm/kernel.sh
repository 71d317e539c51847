#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Where a kernel is that the test VM can boot, and where a module for it is built.
# Debian's kernels come from their packages; debug kernels are built here, once, and kept outside the tree.
#
# usage: kernel.sh NAME image|modules|root|kdir|release	NAME: 6.1 6.12 NEWEST NEWEST-rt arm64 s390x i386, one of the file `debug-kernels`,
#						or the path of a tree in which a kernel was built; NEWEST: the series
#						that the file `newest` names; modules: the directory that has lib/modules
#        kernel NAME within			what the programs of its build run in: nothing, or words before their names
#        kernel 6.1|6.12|NEWEST|NEWEST-rt fetch	download and unpack Debian's newest of the series
#        kernel arm64|s390x|i386 fetch		likewise, for another machine, with the busybox of its initramfs
#        kernel source [NEWEST]			the unpacked linux-source tree; that of NEWEST is downloaded, not installed
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
(cd "$here/../.." && . ./paths.sh) || exit 1
# shellcheck source-path=SCRIPTDIR source=cache.sh
. "$here/cache.sh"
# shellcheck source-path=SCRIPTDIR source=packages.sh
. "$here/packages.sh"
# shellcheck source-path=SCRIPTDIR source=debug.sh
. "$here/debug.sh"
series=6.12
newest=$(cat "$here/newest")

die() { echo "kernel: $*" >&2; exit 1; }

# Unpacked once per version of the package; renamed last, so a stopped unpacking is never taken for a whole tree.
source_tree() {
	tarball=/usr/src/linux-source-$series.tar.xz
	[ -r "$tarball" ] || die "no $tarball: install linux-source-$series"
	version=$(dpkg-query -W -f '${Version}' "linux-source-$series")
	tree=$cache/linux-source-$version
	if [ ! -d "$tree" ]; then
		cache_temporary unpack
		echo "unpacking linux-source-$series $version ..." >&2
		tar -xf "$tarball" -C "$tmp" --strip-components=1
		# Somebody else may have been quicker.
		mv -T "$tmp" "$tree" 2>/dev/null || [ -d "$tree" ] || die "there is no making $tree"
		cache_used "$tree"
		cache_prune
	fi
	cache_used "$tree"
	echo "$tree"
}

# The source of a series that only another release of Debian has, unpacked likewise from its package.
source_of_newest() {
	for tree in "$cache/linux-source-$1".*; do
		[ -d "$tree" ] || continue
		cache_used "$tree"
		echo "$tree"
		return
	done
	cache_temporary fetch
	# shellcheck disable=SC2046 # a list
	(cd "$tmp" && apt_of amd64 $(debian_suites "$1") && apt-get -q download "linux-source-$1") >&2 ||
		die "there is no linux-source-$1 in Debian, or no way to it"
	package=$(echo "$tmp/linux-source-$1"_*.deb)
	tree=$cache/linux-source-$(dpkg-deb -f "$package" Version)
	dpkg-deb --fsys-tarfile "$package" | tar -x -O "./usr/src/linux-source-$1.tar.xz" > "$tmp/source.tar.xz"
	mkdir "$tmp/tree"
	tar -xf "$tmp/source.tar.xz" -C "$tmp/tree" --strip-components=1
	mv -T "$tmp/tree" "$tree" 2>/dev/null || [ -d "$tree" ] || die "there is no making $tree"
	cache_used "$tree"
	cache_prune
	echo "$tree"
}

# A Debian kernel is used where it is installed together with its headers; else where `fetch` has unpacked both, so that
# no machine gets a kernel into its boot menu for a test's sake (the headers of 6.12 depend on their kernel).
debian_roots() {
	for kdir in "/lib/modules/$1".*-"$2"/build; do
		release=${kdir%/build}
		release=${release##*/}
		if [ -e "$kdir/Makefile" ] && [ -r "$(debian_image / "$release")" ] && [ -r "/lib/modules/$release/modules.dep" ]; then
			echo "$release /"
		fi
	done | of_flavour "$2"
	for root in "$cache/debian-$1".*-"$2"/; do
		! has_modules "$root" || echo "$(basename "${root#*/debian-}") $root"
	done | of_flavour "$2"
}

# Of some 4000 modules those that reach the host's files will do, what tests mount, and what connects network namespaces.
modules='drivers/virtio drivers/char/hw_random drivers/net/veth net/9p net/802 net/bridge net/llc fs/9p fs/netfs fs/overlayfs
	fs/efivarfs'
# From 6.8 on a part of netfs
modules_if_any='fs/fscache'

# What was fetched when this list was shorter is fetched anew.
has_modules() {
	for module in $modules; do
		set -- "$1" "$1"lib/modules/*/kernel/"$module"*
		[ -e "$2" ] || return 1
	done
}

# Of the releases, those of no other flavour: amd64, not rt-amd64.
of_flavour() {
	if [ "$1" = amd64 ]; then
		sed '/-\(rt\|cloud\)-amd64/d'
	else
		cat
	fi
}

# From 7.2 on Debian has it beside the modules.
debian_image() {
	for image in "$1boot/vmlinuz-$2" "$1usr/lib/modules/$2/vmlinuz"; do
		[ ! -e "$image" ] || break
	done
	echo "$image"
}

# The newest release of a series that apt has: Debian publishes headers some days before the signed image.
debian_release() {
	apt-cache pkgnames "linux-headers-$1." | sed -n "s/^linux-headers-\(.*-$2\)\$/\1/p" | of_flavour "$2" | sort -Vr |
		while read -r release; do
			apt-cache policy "linux-image-$release" | grep -q '^ *Candidate: [^(]' || continue
			echo "$release"
			break
		done
}

# What of Debian has a series that this machine's own release has not.
debian_suites() {
	case $1 in
	6.1) echo bookworm ;;
	6.12) echo trixie ;;
	*) echo trixie trixie-backports ;;
	esac
}

# Headers of another release of Debian are built with by that release's own compiler, which is unpacked beside them,
# together with what make and Kbuild call, for W=1 (perl's modules) and C=2 too; of sparse the one program that needs no LLVM.
builders='binutils make dash bash coreutils sed grep findutils mawk diffutils perl xz-utils'

debian_fetch() {
	cache_temporary fetch
	cd "$tmp"
	release=$(debian_release "$1" "$2")
	own=yes
	if [ -z "$release" ]; then
		own=''
		# shellcheck disable=SC2046 # a list
		apt_of amd64 $(debian_suites "$1")
		release=$(debian_release "$1" "$2")
		[ -n "$release" ] || die "no headers of a $1 kernel for $2 in Debian"
	fi
	root=$tmp/root
	kernel_packages "$release" image
	if [ -n "$own" ]; then
		kernel_packages "$release" headers
		unpack_into "$root" linux-headers-*.deb linux-kbuild-*.deb
	else
		# shellcheck disable=SC2086 # a list
		apt-get -q -y --download-only install "linux-headers-$release" $builders
		apt-get -q download sparse
		unpack_into "$root" cache/archives/*.deb sparse_*.deb
		ln -s mawk "$root/usr/bin/awk"
	fi
	sed -i "s,/usr/src/,$cache/debian-$release/usr/src/," "$root/usr/src/linux-headers-$release/Makefile"
	mkdir -p "$root/boot"
	# shellcheck disable=SC2086 # a list
	taken=$(printf '|%s' $modules $modules_if_any)
	for package in linux-image-*.deb linux-binary-*.deb linux-modules-*.deb linux-base-*.deb; do
		[ -e "$package" ] || continue
		dpkg-deb --fsys-tarfile "$package" > image.tar
		tar -tf image.tar | grep -E -e /boot/ -e /vmlinuz -e /modules\\. -e "/kernel/(${taken#|})[/.]" > list || continue
		tar -xf image.tar -C "$root" --no-recursion --keep-directory-symlink -T list
	done
	PATH=$PATH:/sbin:/usr/sbin depmod -b "$root" "$release"
	chmod 755 "$root"
	rm -rf "$cache/debian-$release"
	mv -T "$root" "$cache/debian-$release"
	cache_used "$cache/debian-$release"
	cache_prune
}

# Downloads what a kernel, or its headers, is made of; from 7.2 on a kernel is four packages.
kernel_packages() {
	case $2 in
	image)
		wanted=''
		for part in image binary modules base; do
			! apt-cache show "linux-$part-$1" >/dev/null 2>&1 || wanted="$wanted linux-$part-$1"
		done ;;
	headers)
		wanted="linux-headers-$1 $(apt-cache show "linux-headers-$1" | sed -n '/^Depends:/{s/^Depends: //;s/[,|]/\n/g;p;q}' |
			sed -n 's/^ *\(linux-\(headers\|kbuild\)-[^ ]*\).*/\1/p')" ;;
	esac
	# shellcheck disable=SC2086 # a list
	apt-get -q -o APT::Sandbox::User=root download $wanted
}

# Debian's kernel for another machine, and what cross-building a module for it takes: packages of that architecture,
# but this machine's kbuild programs.
foreign_fetch() {
	arch=$1
	suite=''
	case $arch in
	arm64) meta=linux-headers-6.12-arm64 ;;
	s390x) meta=linux-headers-s390x ;;
	# Debian 12 is the last release that has a 32-bit kernel for PCs.
	i386) meta=linux-headers-686-pae suite=bookworm ;;
	esac
	cache_temporary fetch
	cd "$tmp"
	# shellcheck disable=SC2086 # one word or none
	apt_of "$arch" $suite
	release=$(apt-cache show "$meta" | sed -n 's/^Depends:.*linux-headers-\([^ ,]*\).*/\1/p' | head -n 1)
	[ -n "$release" ] || die "no package $meta here"
	rest=$(apt-cache show "linux-headers-$release" | sed -n '/^Depends:/{s/^Depends: //;s/[,|]/\n/g;p;q}' |
		sed -n 's/^ *\(linux-\(headers\|kbuild\)-[^ ]*\).*/\1/p')
	for package in "linux-image-$release" "linux-headers-$release" busybox-static $rest; do
		case $package in
		linux-kbuild-*) APT_CONFIG='' apt-get -q -o APT::Sandbox::User=root download "$package" ;;
		*) apt-get -q download "$package" ;;
		esac
	done
	for package in linux-headers-*.deb linux-kbuild-*.deb busybox-*.deb; do
		mkdir -p root
		dpkg-deb -x "$package" root
	done
	sed -i "s,/usr/src/,$cache/machine-$arch/usr/src/," "root/usr/src/linux-headers-$release/Makefile"
	dpkg-deb --fsys-tarfile linux-image-*.deb | tar -x -C root --wildcards './boot/vmlinuz-*'
	echo "$release" > root/release
	chmod 755 root
	rm -rf "$cache/machine-$arch"
	mv -T root "$cache/machine-$arch"
	cache_used "$cache/machine-$arch"
	cache_prune
}

# The name of a debug kernel's directory is the hash of everything that it is made from.
debug_tree() {
	name=$1
	for fragment in $(debug_fragments "$name"); do
		cat "$here/config/$fragment.config"
	done > "$config"
	src=$(source_tree)
	key=$( { cat "$config"; echo "$src"; gcc -dumpfullversion; } | sha256sum | cut -c 1-16)
	tree=$cache/$name-$key
	if [ ! -e "$tree/built" ]; then
		mkdir -p "$tree"
		exec 9> "$tree/lock"
		flock 9
	fi
	if [ ! -e "$tree/built" ]; then
		echo "building the $name kernel (about 8 minutes on two cores, once) ..." >&2
		# A build that was stopped is begun anew: make cannot tell what is half written. ccache makes it quick.
		find "$tree" -mindepth 1 -maxdepth 1 ! -name lock -exec rm -rf {} +
		cp "$config" "$tree/all.config"
		cc=gcc
		[ -z "$(command -v ccache)" ] || cc="ccache gcc"
		( cd "$src"
		  make -s O="$tree" KCONFIG_ALLCONFIG="$tree/all.config" allnoconfig
		  make -s O="$tree" CC="$cc" -j"$(nproc)" vmlinux modules ) > "$tree/build.log" 2>&1 ||
			{ tail -n 20 "$tree/build.log" >&2; die "the $name kernel does not build: see $tree/build.log"; }
		touch "$tree/built"
		cache_prune
	fi
	cache_used "$tree"
	echo "$tree"
}

case ${1:-} in
source)
	case ${2:-$series} in
	"$series") source_tree ;;
	"$newest") source_of_newest "$newest" ;;
	*) die "no source of '$2': $series or $newest" ;;
	esac
	exit ;;
6.1|6.12|"$newest"|"$newest-rt")
	case $1 in
	*-rt) flavour=rt-amd64 ;;
	*) flavour=amd64 ;;
	esac
	if [ "${2:-}" = fetch ]; then
		debian_fetch "${1%-rt}" $flavour
		exit
	fi
	chosen=$(debian_roots "${1%-rt}" $flavour | sort -V | tail -n 1)
	[ -n "$chosen" ] || die "no Debian kernel $1 with its headers: run '$here/kernel.sh $1 fetch'"
	release=${chosen%% *}
	root=${chosen#* }
	[ "$root" = / ] || cache_used "$root"
	image=$(debian_image "$root" "$release")
	kdir=/lib/modules/$release/build
	[ "$root" = / ] || kdir=${root}usr/src/linux-headers-$release ;;
arm64|s390x|i386)
	if [ "${2:-}" = fetch ]; then
		foreign_fetch "$1"
		exit
	fi
	root=$cache/machine-$1
	[ -r "$root/release" ] || die "no Debian kernel for $1: run 'tools/setup.sh machines'"
	cache_used "$root"
	release=$(cat "$root/release")
	image=$root/boot/vmlinuz-$release
	kdir=$root/usr/src/linux-headers-$release ;;
*)
	case ${1:-} in
	*/*)
		for file in vmlinux include/config/kernel.release; do
			[ -e "$1/$file" ] || die "$1 has no $file: it is no tree in which a kernel was built"
		done
		kdir=$(CDPATH='' cd -- "$1" && pwd) ;;
	*)
		is_debug "${1:-}" ||
			die "unknown kernel '${1:-}': 6.1 6.12 $newest $newest-rt $(debug_kernels) arm64 s390x i386 or a tree's path"
		config=$(mktemp)
		trap 'rm -f "$config"' EXIT
		kdir=$(debug_tree "$1") ;;
	esac
	image=$kdir/vmlinux
	root=''
	release=$(cat "$kdir/include/config/kernel.release") ;;
esac
case ${2:-} in
image) echo "$image" ;;
modules) echo "$root" ;;
root) echo "$root" ;;
kdir) echo "$kdir" ;;
release) echo "$release" ;;
within)
	# Programs of another release of Debian run with that release as their root.
	if [ -x "${root:-/nowhere}/usr/bin/make" ] && [ "$root" != / ]; then
		command -v bwrap >/dev/null || die 'bwrap is missing: install bubblewrap'
		said=$(bwrap --ro-bind / / true 2>&1) ||
			die "the compiler of another release of Debian cannot have a root of its own here ($said); in a chroot, mount its" \
				"directory on itself (mount --rbind DIR DIR) before chroot"
		tree=$(CDPATH='' cd -- "$here/../.." && pwd)
		root=${root%/}
		echo "bwrap --ro-bind $root/usr /usr --symlink usr/bin /bin --symlink usr/sbin /sbin" \
			"--symlink usr/lib /lib --symlink usr/lib64 /lib64 --dev /dev --proc /proc --tmpfs /tmp" \
			"--ro-bind $root $root --bind $tree $tree"
	fi ;;
*) die "say what is asked for: image, modules, kdir, release or within" ;;
esac
