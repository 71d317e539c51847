#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The only place that says which test program is left out under which kernel, and why. A suite lists what a kernel can
run; `test.sh` has this strike what the same program shows under another kernel, or another program under the same one.

usage: plan.py KERNEL <LIST	lines of LIST: CPUS SECONDS COMMAND
       plan -t			the rules, a line each: KERNEL, a pattern of commands, why, separated by tabs
Prints the lines that stay, and for each other one a line "# COMMAND: WHY". With MAILSLOT_TURN, which is 0 to 3, the
slow programs of the other turns wait.
"""
import fnmatch
import os
import pathlib
import re
import sys

ROOM = pathlib.Path(__file__).parent
DEBUG = ' '.join(line.split()[0] for line in (ROOM / 'debug-kernels').read_text().splitlines() if not line.startswith('#'))

# Suites of win32 that ask the library and wait for nothing.
ANSWERS = 'appear create faults home info open read write handle lifetime filetime resources security'.split()

# Kernels; patterns of commands, separated by commas; why, or None for what stays. The first rule that fits counts.
# `newest` is the series that the file of that name tells.
TABLE = [
    ('newest-rt', 'build/selftests/stress, build/selftests/churn, build/selftests/chaos, build/selftests/timeouts, build/selftests/ring-life, '
     '*tests/rt/*', None),
    ('newest-rt', '*', 'what PREEMPT_RT changes shows in the programs of rt, and in stress, churn, chaos, timeouts and ring-life'),
    ('newest ' + DEBUG, 'tests/win32/in-instance.sh *',
     'the same tests look at /dev/mailslot, and the programs called instance at what only an instance has'),
    ('newest', 'build/selftests/starved', 'takes a minute of both processors, to show what it shows under 6.12'),
    ('newest', 'build/selftests/*', None),
    ('newest', '*', 'the library, the command and the tools do the same as under 6.12'),
    (DEBUG, 'tools/bench/*, tests/packages/*, tests/selinux/*, tools/vm/*, tests/fuzz/run.sh, tests/relay-parts/*',
     "runs on the host, beside Debian's kernels"),
    (DEBUG, 'tests/documents/*, tests/examples/*, tests/runtimes/*, tests/operations/*',
     'interpreters and tools run ten times as long, and use the module as the other suites do'),
    (DEBUG, '*tests/kernel32/*, *tests/win32-programs/*', 'calls the module as win32 does'),
    (DEBUG, '*tests/win32-thread/*, *tests/win32-address/*',
     'one checker of races and memory at a time is slow enough'),
    (DEBUG, ', '.join('*/win32/' + name for name in ANSWERS),
     "tests the library's answers; what it has the module do, the selftests of the kernel interface do as well"),
    (DEBUG, 'tests/cli/*', 'looks at the command, not at the module'),
    (DEBUG, 'tests/relay/*', 'servers of three hosts run ten times as long, and use the module as the other suites do'),
    ('6.12 ' + DEBUG, '*/model/model --wrong *', 'tests the model, which is the same whatever the kernel'),
    ('rt-debug', 'build/tests/win32/*', "the library's threads do the same as under kasan"),
    ('kasan', ', '.join('*/win32/' + name for name in 'overlapped alertable event wait port'.split()),
     "the library's threads race under kcsan; win32/stress has the module do the same under kasan"),
    ('kcsan', '*/model/model --seed *', 'one call is made after the other, so that nothing races'),
    ('kasan rt-debug', 'build/selftests/readwrite_32, build/selftests/timeouts_32',
     'no structure is translated; abi_32, batch_32, fault_32 and info_32 have all that are'),
    ('kcsan', ', '.join('build/selftests/' + name for name in 'abi readwrite batch fault perms security reclaim'.split()),
     'one call is made after the other, so that nothing races'),
    ('kcsan', 'build/selftests/*_32', 'the race detector learns nothing from a 32-bit caller'),
    ('kcsan', ', '.join('build/selftests/instance' + name for name in ('', '-names', '-create', '-perms', '-mount', '-space')),
     'one call is made after the other; instance-life, -list and -race have what races'),
    (DEBUG, 'build/selftests/starved', 'takes seven minutes, to stop tasks one at a time: a memory or race checker '
     'learns nothing from that'),
    ('6.12', 'tests/cli/usage.py, tests/cli/terminal.py, tests/cli/completion.py, tests/cli/module.py, tests/examples/run.py',
     'a shell, a terminal and languages do the same as under 6.1'),
    ('6.12', '*tests/win32-thread/*, *tests/win32-address/*', "the library's threads do the same as under 6.1"),
    ('6.1', 'build/selftests/starved', 'shows what it shows under 6.12'),
    ('6.1', 'tests/cli/messages.py, tests/cli/foreign.py, tests/cli/instance.py, tests/cli/slots.py',
     'the command does the same as under 6.12'),
    ('6.1', 'tests/examples/traps.py, tests/examples/instances.py, tests/runtimes/run.py, tests/kernel32/run.py', 'languages do the same as under 6.12'),
    ('6.1', 'tests/win32/in-instance.sh *', 'an instance does the same as under 6.12'),
    ('6.1', ', '.join('*/win32/' + name for name in ANSWERS), "tests the library's answers, which are those under 6.12"),
    ('6.1', '*win32-programs/*', 'a program calls the library, and the library the kernel as the suites of win32 do'),
    ('6.1', '*/play.sh podman, */play.sh bpftrace, */play.sh perf, */play.sh syslog, */play.sh systemd, */play.sh relay, */play.sh tools, */play.sh cron',
     'takes longer than the other sessions, and the kernel has less part in it'),
    ('6.1', ', '.join(f'tests/relay/{name}.py' for name in 'permissions windows faults stored'.split()),
     'servers and the relay do the same as under 6.12'),
    ('6.1', 'tests/packages/install.sh, tests/packages/make-install.sh', 'packages are built and installed as they are beside 6.12'),
    ('6.1', 'tests/packages/secure-boot.py', 'the keys that count are the same as under 6.12 (docs/packaging.rst)'),
    ('6.1', 'tests/fuzz/run.sh, tests/relay-parts/*, tests/packages/paths.sh, tests/packages/distributions.sh, tools/vm/report-test.sh, '
     'tools/vm/plan-test.sh, tools/vm/cache-test.sh', 'runs on the host, the same whatever the kernel'),
]
# The slow programs. Each of them runs in one of four turns. Kernels; patterns of commands; the turn.
TURNS = [
    ('6.1 6.12', 'tests/examples/*, tests/runtimes/*, tests/kernel32/*, *win32-programs/*', 0),
    ('6.12', 'build/selftests/starved', 0),
    ('6.1 6.12', 'tests/packages/*, tests/cli/*, tests/operations/*, tests/selinux/*', 1),
    ('6.12', 'tests/relay/permissions.py, tests/relay/datagrams.py, tests/relay/windows.py', 2),
    ('kcsan', '*', 2),
    ('6.1 6.12', '*win32-thread/*, *win32-address/*', 3),
    ('6.1', '*/model/model --wrong *', 3),
    ('6.12', 'tests/relay/faults.py, tests/relay/stored.py', 3),
    ('kasan', '*_32, *win32/*, *inject/*, *model/*, build/selftests/instance*', 3),
]
SERIES = (ROOM / 'newest').read_text().strip()


def each(table):
    return [(re.sub('^newest', SERIES, kernel), pattern, last) for kernels, patterns, last in table
            for kernel in kernels.split() for pattern in patterns.split(', ')]


RULES = each(TABLE)
WAITING = each(TURNS)
TURN = os.environ.get('MAILSLOT_TURN')


def fits(kernel, command, rule):
    return rule[0] == kernel and fnmatch.fnmatchcase(command, rule[1])


def left_out(kernel, command):
    """Why, or None."""
    why = next((rule[2] for rule in RULES if fits(kernel, command, rule)), None)
    if not why and TURN and any(fits(kernel, command, rule) and rule[2] != int(TURN) for rule in WAITING):
        why = 'slow, and runs in another turn'
    return why


if len(sys.argv) != 2 or sys.argv[1].startswith('-') and sys.argv[1] != '-t' or TURN not in (None, '', '0', '1', '2', '3'):
    sys.exit(__doc__)
if sys.argv[1] == '-t':
    for rule in RULES:
        print(*rule[:2], rule[2] or 'runs', sep='\t')
    for rule in WAITING:
        print(*rule[:2], f'waits for turn {rule[2]}', sep='\t')
    sys.exit()
for line in sys.stdin:
    command = line.rstrip('\n').split(None, 2)[2]
    why = left_out(sys.argv[1], command)
    print(f'# {command}: {why}' if why else line.rstrip('\n'))
