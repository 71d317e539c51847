# shellcheck shell=sh disable=SC2154
# SPDX-License-Identifier: GPL-2.0-only
# Debian packages of another release or another machine than this one's: apt with lists of its own, so that this
# machine's stay as they are, and directories that packages are unpacked into. Nothing is installed. Sourced, with $tmp set.

# The mirror that this machine takes Debian from.
mirror() {
	# shellcheck disable=SC2016 # apt's own
	apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' 'Label: Debian' \
		'Component: main' | head -n 1
}

# apt_of ARCHITECTURE [SUITE...]: from here on apt is asked about these; without a suite, about this machine's own.
apt_of() {
	mkdir -p "$tmp/state/lists/partial" "$tmp/cache/archives/partial"
	: > "$tmp/status"
	{
		echo '#clear APT::Architectures;'
		echo '#clear APT::Update::Post-Invoke;'
		echo '#clear APT::Update::Post-Invoke-Success;'
		echo "APT::Architecture \"$1\"; APT::Architectures { \"$1\"; };"
		echo "Dir::State \"$tmp/state\"; Dir::State::status \"$tmp/status\"; Dir::Cache \"$tmp/cache\";"
		echo 'Acquire::Languages "none"; Acquire::Retries "3"; APT::Install-Recommends "false";'
		echo 'APT::Keep-Downloaded-Packages "true"; APT::Sandbox::User "root";'
	} > "$tmp/apt.conf"
	shift
	if [ $# -gt 0 ]; then
		keyring=/usr/share/keyrings/debian-archive-keyring.gpg
		[ -r $keyring ] || die 'the keys of Debian are missing: install debian-archive-keyring'
		from=$(mirror)
		[ -n "$from" ] || die "this machine's package lists name no mirror of Debian"
		for suite; do
			echo "deb [signed-by=$keyring] $from $suite main"
		done > "$tmp/sources.list"
		{
			echo "Dir::Etc::sourcelist \"$tmp/sources.list\"; Dir::Etc::sourceparts \"/dev/null\";"
			echo 'Dir::Etc::preferences "/dev/null"; Dir::Etc::preferencesparts "/dev/null"; APT::Default-Release "";'
		} >> "$tmp/apt.conf"
	fi
	APT_CONFIG=$tmp/apt.conf
	export APT_CONFIG
	apt-get -q update
}

# A merged /usr, whatever the packages were built for, so that what is below one of the two names is below both.
unpack_into() {
	root=$1
	shift
	mkdir -p "$root/usr/bin" "$root/usr/sbin" "$root/usr/lib" "$root/usr/lib64"
	for directory in bin sbin lib lib64; do
		[ -e "$root/$directory" ] || ln -s "usr/$directory" "$root/$directory"
	done
	for package; do
		dpkg-deb --fsys-tarfile "$package" | tar -x -C "$root" --no-same-owner --keep-directory-symlink
	done
}
