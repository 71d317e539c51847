#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Reads what `programs.sh` prints in a VM, as it comes, and judges it: a line per program for the person, a line
"PASSED FAILED SKIPPED" in the file TOTALS, the output of failing programs in FAILURES. Those of them that came to their
end and left nothing behind, so that they can be repeated, are in the file AGAIN: their line of TOTALS, a tab, their line
of LIST. It starts nothing.

usage: report.py KERNEL LIST TOTALS FAILURES AGAIN <OUTPUT
"""
import re
import sys

kernel, listing, totals, failures, again = sys.argv[1:]


class Program:
    def __init__(self, command):
        self.command = command
        self.name = re.sub(r'^.*?\b(build/|selftests/|tests/|tools/)+', '', command)
        self.output = []
        self.passed = self.failed = 0
        self.skips = []
        self.plan = None
        self.reason = ''
        self.left = []

    def line(self, text):
        self.output.append(text)
        if plan := re.match(r'1\.\.(\d+)', text):
            self.plan = int(plan[1])
            if why := re.search(r'#\s*SKIP\s*(.*)', text):
                self.reason = why[1]
        elif result := re.match(r'(not )?ok\b', text):
            if re.search(r'#\s*(SKIP|XFAIL)\b', text):
                self.skips.append(text)
            elif result[1]:
                self.failed += 1
            else:
                self.passed += 1

    def end(self, status, time):
        results = self.passed + self.failed + len(self.skips)
        why = ''
        if status in (124, 137):
            why = 'did not end in time'
        elif status is None:
            why = 'did not run' if time is None else 'its end was not seen: the machine stopped'
        elif results == 0 and (self.plan == 0 or status == 4):
            self.skips.append(self.reason or 'no reason given')
        elif results == 0:
            why = f'no test in the output, exit status {status}'
        elif self.plan is None:
            why = f'no plan in the output, exit status {status}'
        elif results != self.plan:
            why = f'{results} results where {self.plan} were planned, exit status {status}'
        elif status and not self.failed:
            why = f'exit status {status}'
        if self.left:
            why = '; '.join(filter(None, [why, 'left behind: ' + ', '.join(self.left)]))
        if why:
            self.failed += 1
        text = f'{kernel} {self.name}: {self.passed} passed'
        if self.failed:
            text += f', {self.failed} FAILED' + (f' ({why})' if why else '')
        if self.skips:
            text += f', {len(self.skips)} skipped'
        text += f' ({time} s)' if time else ''
        print(text, *(f'    skipped: {skip}' for skip in self.skips), sep='\n', flush=True)
        with open(totals, 'a') as file:
            print(self.passed, self.failed, len(self.skips), file=file)
        if self.failed:
            with open(failures, 'a') as file:
                print(f'--- {kernel} {self.name}' + (f': {why}' if why else ''), file=file)
                file.writelines(f'    {line}\n' for line in self.output)
            if status is not None and not self.left:
                with open(again, 'a') as file:
                    print(f'{self.passed} {self.failed} {len(self.skips)}\t{lines[self.command]}', file=file)


lines = {line.split(None, 2)[2].strip(): line.strip() for line in open(listing)}
waiting = list(lines)
program = None
for text in iter(sys.stdin.buffer.readline, b''):
    text = text.decode(errors='replace').rstrip('\n')
    if (command := text.removeprefix('#### begin ')) != text and command in waiting:
        # What others still print may have spoilt the mark of the last one's end.
        if program:
            program.end(None, 0)
        waiting.remove(command)
        program = Program(command)
    elif program and (end := re.fullmatch(r'#### end (\d+) (\d+)', text)):
        program.end(int(end[1]), int(end[2]))
        program = None
    elif text.startswith('#### left ') and program:
        program.left.append(text.removeprefix('#### left '))
    elif program:
        program.line(text)

# A machine that stops takes the rest of the list with it.
if program:
    program.end(None, 0)
for command in waiting:
    Program(command).end(None, None)
