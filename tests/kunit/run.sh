#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Runs in the test VM: loads the module of KUnit tests, which runs them, and prints as plain TAP what the kernel left in
# debugfs. What is tested is said in kmod/tests/.
set -eu

module=${MAILSLOT_MODULE%/*}/mailslot-kunit.ko
results=/sys/kernel/debug/kunit
tool=build/vm/module

if [ ! -e "$module" ]; then
	echo '1..0 # SKIP this kernel has no KUnit (CONFIG_KUNIT); the debug kernels kasan and rt-debug have it'
	exit 4
fi
"$tool" load "$module"
cat "$results"/mailslot-*/results > "/tmp/kunit.$$"
"$tool" unload mailslot-kunit

# A test is a line indented once, a case of it by parameters one indented twice; each suite has a plan.
awk '
/^    # Subtest: / { suite = $3; suites++ }
/^    1\.\.[0-9]+/ { sub(/.*\.\./, ""); planned += $0; next }
/^    (not )?ok / {
	verdict = $1 == "not" ? "not ok" : "ok"
	sub(/^ *(not )?ok [0-9]+ /, "")
	printf "%s %d - %s: %s\n", verdict, ++count, suite, $0
	failed += verdict == "not ok"
	next
}
{ print "#", $0 }
END {
	# The suites that tests/suites.h names: one that did not run is a failure.
	while ((getline line < "kmod/tests/suites.h") > 0)
		expected += line ~ /^extern struct kunit_suite/
	if (suites != expected) {
		printf "not ok %d - %d suites ran of %d\n", ++count, suites, expected
		planned++
		failed++
	}
	print "1.." planned
	exit failed > 0
}' "/tmp/kunit.$$"
