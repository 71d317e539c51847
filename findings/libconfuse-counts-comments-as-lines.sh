#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# libconfuse counts lines that are not there: each comment with # or // adds two to cfg->line, wherever it stands, and each one with /* */
# adds one. So callbacks, and the library's own messages "FILE:LINE: ...", name a line far behind the one that they mean: in a file whose
# first hundred lines are comments, the next one is 301. A program that shows lines to people has to blank the comments before the
# library sees the text. libconfuse 3.3 of Debian 12. Guessed before: the number of the line.
set -eu

VERSION=3.3-3
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cd "$place"
command -v gcc > /dev/null || { echo 'gcc is needed' >&2; exit 4; }
apt-get -q -o APT::Sandbox::User=root download "libconfuse2=$VERSION" "libconfuse-dev=$VERSION" > /dev/null
for package in *.deb; do
	dpkg-deb -x "$package" root
done
libraries=$(dirname "$(find "$place/root" -name libconfuse.so)")
cat > lines.c <<'C'
#include <confuse.h>
#include <stdio.h>

static int tell(cfg_t *cfg, cfg_opt_t *opt)
{
	printf("%s is in line %ld; libconfuse says %d\n", opt->name, cfg_opt_getnint(opt, 0), cfg->line);
	return 0;
}

int main(void)
{
	cfg_opt_t options[] = { CFG_INT("a", 0, CFGF_NONE), CFG_INT("b", 0, CFGF_NONE), CFG_INT("c", 0, CFGF_NONE),
		CFG_INT("d", 0, CFGF_NONE), CFG_END() };
	cfg_t *cfg = cfg_init(options, CFGF_NONE);

	if (!cfg)
		return 2;
	for (int i = 0; i < 4; i++)
		cfg_set_validate_func(cfg, options[i].name, tell);
	if (cfg_parse_buf(cfg, "a = 1\n" "b = 2 # comment\n" "c = 3\n" "// comment\n" "\n" "/* comment\n" " */\n" "d = 8\n"))
		return 2;
	return cfg_free(cfg);
}
C
gcc -O1 -Iroot/usr/include -o lines lines.c -L"$libraries" -lconfuse
LD_LIBRARY_PATH=$libraries ./lines > output
cat > expected <<'END'
a is in line 1; libconfuse says 1
b is in line 2; libconfuse says 2
c is in line 3; libconfuse says 5
d is in line 8; libconfuse says 13
END
echo "libconfuse $VERSION, options behind comments:"
cat output
diff expected output > /dev/null || { echo 'The behaviour has changed.' >&2; exit 1; }
