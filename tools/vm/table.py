#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reads what `test.sh` printed, and prints the table of docs/testing.rst: what each suite did on each kernel.

usage: table.py <LOG
"""
import collections
import re
import sys

LINE = re.compile(r'(?P<kernel>\S+) (?P<program>\S+).*?: (?P<passed>\d+) passed(?:, (?P<failed>\d+) FAILED(?: \((?!\d+ s\)).*?\))?)?'
                  r'(?:, (?P<skipped>\d+) skipped)?(?: \((?P<seconds>\d+) s\))?$')
# Programs whose name tells no suite are the module's own.
OWN = 'kernel'


class Cell:
    """What one suite did on one kernel."""

    def __init__(self):
        self.programs = self.seconds = 0
        self.results = collections.Counter()

    def add(self, found):
        self.programs += 1
        self.seconds += int(found['seconds'] or 0)
        for result in 'passed', 'failed', 'skipped':
            self.results[result] += int(found[result] or 0)

    def __str__(self):
        if not self.programs:
            return '-'
        text = ', '.join(f'{count} {result}' for result, count in self.results.items() if count)
        return f'{text or "none"} ({self.programs} in {self.seconds} s)'


cells = collections.defaultdict(Cell)
for text in sys.stdin:
    if found := LINE.match(text):
        suite, slash, _ = found['program'].partition('/')
        if not slash or suite == 'inject':
            suite = OWN
        cells[suite, found['kernel']].add(found)
if not cells:
    sys.exit('table.py: no program in the input')

kernels = sorted({kernel for _, kernel in cells}, key=lambda kernel: ([int(number) for number in re.findall(r'\d+', kernel)], kernel))
suites = sorted({suite for suite, _ in cells}, key=lambda suite: (suite != OWN, suite))
print('.. list-table::', '   :header-rows: 1', '', '   * - Suite', sep='\n')
for kernel in kernels:
    print(f'     - {kernel}')
for suite in suites:
    print(f'   * - {suite}')
    for kernel in kernels:
        print(f'     - {cells[suite, kernel]}')
