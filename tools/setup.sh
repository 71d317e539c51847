#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Installs what building and testing need and is not there yet, on Debian 12 or 13. All packages are named here and nowhere
# else. Kernels for the test VM are unpacked into the user's cache, not installed: this machine's boot stays as it is.
#
# usage: setup.sh [-n] demo|deb|test|bench|check|debug|coverage|series|machines|languages|operations	from test on each has demo and deb, from bench on test, debug check, coverage debug; -n: only say what is missing
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
(cd "$here/.." && . ./paths.sh) || exit 1

id=unknown name=unknown
if [ -r /etc/os-release ]; then
	# shellcheck source=/dev/null
	id=$(. /etc/os-release && echo "${ID:-} ${VERSION_ID:-}")
	# shellcheck source=/dev/null
	name=$(. /etc/os-release && echo "${PRETTY_NAME:-$ID}")
fi
# Where the names of packages differ. Of other systems, Ubuntu's are most like those of Debian 13.
known=yes
case $id in
'debian 12') elf=libelf1 multilib=gcc-12-multilib clang_rt=libclang-rt-14-dev ;;
'debian 13') elf=libelf1t64 multilib=gcc-14-multilib clang_rt=libclang-rt-19-dev ;;
'ubuntu 22.04') known='' elf=libelf1 multilib=gcc-11-multilib clang_rt=libclang-rt-14-dev ;;
'ubuntu 24.04') known='' elf=libelf1t64 multilib=gcc-13-multilib clang_rt=libclang-rt-18-dev ;;
*) known='' elf=libelf1t64 multilib=gcc-multilib clang_rt=libclang-rt-dev ;;
esac

# What a module, the library and the demo are built with and run on.
demo="make gcc libc6-dev $elf pahole kmod libkmod-dev libjansson-dev libncurses-dev pkg-config qemu-system-x86
	busybox-static xz-utils zstd python3 perl nodejs"
# Debian packages, and what says that they are as Debian wants them.
deb='build-essential libkmod-dev libjansson-dev libncurses-dev libnats-dev libconfuse-dev libsystemd-dev pkg-config dpkg-dev debhelper dh-dkms dkms
	lintian'
# The selftests: kselftest, io_uring, 32-bit programs, C++, fuzzing. Modules of the newest kernels are built by bubblewrap in
# a root of their own with the compiler that the kernels ask for. Hosts of the relay's tests are network namespaces with
# certificates; their NATS server is unpacked into the cache, as its package would start a service. The relay's package has a user
# made by systemd. The benchmark draws charts.
test="$demo $deb linux-source-6.12 secilc liburing-dev fish zsh bubblewrap iproute2 openssl systemd $multilib g++ clang $clang_rt"
# The examples in compiled languages beside C and C++, and what calls libkernel32, which `make test` skips without: a
# gigabyte.
languages="$test golang-go rustc default-jdk-headless libjna-java libjna-platform-java mono-runtime mono-mcs ruby ruby-ffi
	luajit"
# A machine with Secure Boot. None of these touches how this machine boots.
firmware='ovmf shim-unsigned systemd-boot-efi sbsigntool mokutil mtools openssl'
# Packages for other distributions. rpmbuild calls file(1), makepkg bsdtar and pacman, and their packages do not depend on these.
distributions='rpm file makepkg pacman-package-manager libarchive-tools'
# What docs/operations.rst shows, which `make test` skips without. (rsyslog and cron are services: a machine with an init
# starts them.)
operations="$test bpftrace trace-cmd linux-perf systemd udev rsyslog cron socat
	podman crun systemd-container $firmware $distributions"
mutation="$test rsync"
bench="$test gnuplot-nox libzmq3-dev libboost-dev"
check="$test musl-tools spin sparse shellcheck codespell mandoc python3-docutils python3-pygments git"
# Cross-building for other machines and emulating them.
machines="$test gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-system-arm qemu-system-misc"
# Building the debug kernels.
debug="$check flex bison libelf-dev libssl-dev bc rsync ccache cpio"
coverage="$debug gcovr"
# The series of patches: its parts of the kernel's tree are configured, built, and documented.
series_packages="$debug unifdef python3-sphinx"

newest=$(cat "$here/vm/newest")
dry=''
if [ "${1:-}" = -n ]; then
	dry=yes
	shift
fi
case ${1:-} in
demo) packages=$demo series=6.12 ;;
deb) packages=$deb series='' ;;
test) packages=$test series="6.1 6.12 $newest $newest-rt" ;;
languages) packages=$languages series='6.1 6.12' ;;
operations) packages=$operations series='6.1 6.12' ;;
mutation) packages=$mutation series=6.12 ;;
bench) packages=$bench series='6.1 6.12' ;;
machines) packages=$machines series='6.1 6.12 arm64 s390x i386' ;;
check) packages=$check series='6.1 6.12' ;;
debug) packages=$debug series='6.1 6.12' ;;
coverage) packages=$coverage series='6.1 6.12' ;;
series) packages=$series_packages series='6.1 6.12' ;;
*) sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2 ;;
esac

kernel=$here/vm/kernel.sh
server=$here/../tests/relay/server.sh
proofs=$here/../tests/proofs/tools.sh

machine=$(uname -m)
if [ -z "$known" ] || [ "$machine" != x86_64 ]; then
	echo "setup: knows Debian 12 and 13 on x86-64 only; this is $name on $machine. Needed are these Debian packages or their like:" >&2
	# shellcheck disable=SC2086 # a list
	echo $packages >&2
	exit 1
fi

missing=''
for package in $packages; do
	case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
	installed) ;;
	*) missing="$missing $package" ;;
	esac
done
no_kernel=''
for one in $series; do
	"$kernel" "$one" image >/dev/null 2>&1 || no_kernel="$no_kernel $one"
done
# A NATS server where the relay is tested.
no_server=''
case $packages in
*iproute2*) "$server" path >/dev/null 2>&1 || no_server=yes ;;
esac
# What proves, where the code is checked.
no_proofs=''
case $packages in
*spin*) "$proofs" herd7 >/dev/null 2>&1 || no_proofs=yes ;;
esac
[ -n "$missing$no_kernel$no_server$no_proofs" ] || exit 0

[ -z "$missing" ] || echo "setup: missing packages:$missing"
[ -z "$no_kernel" ] || echo "setup: missing kernels for the test VM:$no_kernel"
[ -z "$no_server" ] || echo 'setup: missing nats-server for the test VM'
[ -z "$no_proofs" ] || echo 'setup: missing CBMC and herd7'
[ -z "$dry" ] || exit 1

root=''
if [ "$(id -u)" -ne 0 ]; then
	command -v sudo >/dev/null || { echo 'setup: installing packages takes root or sudo' >&2; exit 1; }
	root=sudo
fi
apt() {
	$root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 \
		-o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

install_all() {
	echo 'setup: asking for the package lists ...'
	apt update || return 1
	if [ -n "$missing" ]; then
		echo 'setup: installing ...'
		# shellcheck disable=SC2086 # a list
		apt install -y --no-install-recommends $missing || return 1
	fi
	for one in $no_kernel; do
		"$kernel" "$one" image >/dev/null 2>&1 && continue
		echo "setup: fetching the $one kernel for the test VM ..."
		"$kernel" "$one" fetch || return 1
	done
	if [ -n "$no_server" ]; then
		echo 'setup: fetching nats-server for the test VM ...'
		"$server" fetch || return 1
	fi
}

# Not every mirror has the releases that have them: the proofs are skipped then, and say so.
fetch_proofs() {
	[ -n "$no_proofs" ] || return 0
	echo 'setup: fetching CBMC and herd7 ...'
	"$proofs" fetch || echo 'setup: CBMC and herd7 are not to be had here: their proofs will be skipped' >&2
}

# The archive moves on between the lists and the packages; apt does not wait for whoever else is at the lists, as a machine
# that has just booted is; and an installation that was stopped has to be ended before another one.
for pause in 20 60 ''; do
	if install_all; then
		fetch_proofs
		exit 0
	fi
	[ -n "$pause" ] || break
	echo "setup: that failed; once more in $pause seconds" >&2
	sleep "$pause"
	$root env DEBIAN_FRONTEND=noninteractive dpkg --force-confdef --force-confold --configure -a || :
done
echo 'setup: not everything could be installed' >&2
exit 1
