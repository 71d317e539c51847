#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# fnmatch() in a UTF-8 locale: a '?' stands for a character, and also for one byte of a character. glibc converts pattern and text to wide
# characters and compares them; when they do not match, it compares the bytes. So "?" and "??" both match the one character U+00E4, whose
# UTF-8 is two bytes, and a set that excludes a character, "[!x][!x]", matches one other character. In the C locale bytes are all
# there is, so "?" does not match it there. A check that names have two characters lets such of one character pass. glibc 2.36 of Debian 12.
# Guessed before: characters, and "??" does not match.
set -eu

VERSION=2.36-9+deb12u14
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
apt-get -q -o APT::Sandbox::User=root download "libc6=$VERSION" > /dev/null
dpkg-deb -x libc6_*.deb root
libc=$(find "$place/root" -name libc.so.6)
loader=$(find "$place/root" -name 'ld-linux*.so.*' -type f)
cat > match.c <<'C'
#include <fnmatch.h>
#include <gnu/libc-version.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	static const char *const patterns[] = { "?", "??", "???", "[!x]", "[!x][!x]" };

	if (argc != 2 || strcmp(gnu_get_libc_version(), argv[1]))
		return 2;
	for (int utf8 = 0; utf8 < 2; utf8++) {
		const char *name = setlocale(LC_ALL, utf8 ? "C.UTF-8" : "C");

		if (!name)
			return 2;
		for (int i = 0; i < 5; i++)
			printf("%s: U+00E4 %s \"%s\"\n", name, fnmatch(patterns[i], "\303\244", 0) ? "does not match" : "matches",
			       patterns[i]);
	}
	return 0;
}
C
gcc -O1 -o match match.c
"$loader" --library-path "${libc%/*}" ./match "${VERSION%%-*}" > output
cat > expected <<'END'
C: U+00E4 does not match "?"
C: U+00E4 matches "??"
C: U+00E4 does not match "???"
C: U+00E4 does not match "[!x]"
C: U+00E4 matches "[!x][!x]"
C.UTF-8: U+00E4 matches "?"
C.UTF-8: U+00E4 matches "??"
C.UTF-8: U+00E4 does not match "???"
C.UTF-8: U+00E4 matches "[!x]"
C.UTF-8: U+00E4 matches "[!x][!x]"
END
echo "glibc $VERSION, fnmatch() of one character of two bytes:"
cat output
diff expected output > /dev/null || { echo 'The behaviour has changed.' >&2; exit 1; }
