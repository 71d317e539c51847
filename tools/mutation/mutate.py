#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Mutation: small changes are planted in a copy of the tree, one at a time, and the quick suites
must notice each of them.

usage: mutate.py run [-n N] [-s SEED] [-t MINUTES] [-f PATTERN] [--again] kmod|userlib
           N mutants that compile and are different (30)
       mutate.py one FILE BEFORE AFTER [PROGRAM...]
           the mutant that makes the line BEFORE the line AFTER
       mutate.py baseline kmod|userlib
           how long each program takes, and whether it passes, without a mutant
       mutate.py list [-f PATTERN] kmod|userlib
           all places, a line each
       mutate.py report
           the kill rates and the survivors; status 1 if a survivor of kmod/ has no reason, or if a
           reason fits nothing
Results are kept in build/mutation (MAILSLOT_MUTATION names another directory); a mutant that has
a result is not run again, unless --again asks for the survivors. SEED orders the places: the same
seed takes the same ones, and a larger N takes more of them.
"""
import argparse
import collections
import contextlib
import fnmatch
import hashlib
import json
import os
import pathlib
import re
import signal
import sys
import time

import build
import judge
import places
import reasons

ROOT = pathlib.Path(__file__).resolve().parents[2]
WORK = pathlib.Path(os.environ.get('MAILSLOT_MUTATION', ROOT / 'build/mutation'))
KERNEL = '6.12'
FILES = {'kmod': ['kmod/*.[ch]'], 'userlib': ['userlib/src/*.[ch]', 'userlib/win32/src/*.[ch]']}
# What is no code of the module's own: events, and what older kernels need.
LEFT_OUT = ['kmod/trace.[ch]', 'kmod/compat*.h']
PRODUCTS = ['6.12', 'userlib', 'selftests', 'tests', 'fuzz']
# Fuzzers, by files: those that the module's own fuzzer has not are for the machine alone.
FUZZERS = {
    'kmod/name.c': ['name', 'module'],
    'kmod/queue.c': ['queue', 'module'],
    'kmod/queue.h': ['queue', 'module'],
}
# Builds for 32 bits or with a sanitizer repeat a program, and so do slots in an instance; others
# take minutes, or two processors.
SLOW = (
    r'_32$|win32-(thread|address)/|in-instance|headers\.tap|/run(-accounts)?\.sh$|handover'
    r'|/(unload|stress|chaos|churn|hostile|starved)$'
)
LIBRARIES = ['libmailslot.so.0', 'libmailslot-win32.so.0']
# A program that takes longer than this without a mutant is not quick.
QUICK = 60


def places_of(kind, pattern='*'):
    for name in sorted(
        str(path.relative_to(ROOT)) for glob in FILES[kind] for path in ROOT.glob(glob)
    ):
        if fnmatch.fnmatch(name, pattern) and not any(
            fnmatch.fnmatch(name, left) for left in LEFT_OUT
        ):
            yield from places.mutants_of(name, (ROOT / name).read_text())


def results(kind=None):
    """The last result of each mutant."""
    path = WORK / 'results.jsonl'
    found = {}
    for line in path.read_text().splitlines() if path.exists() else ():
        result = json.loads(line)
        if kind is None or result['file'].startswith(kind + '/'):
            found[result['id']] = result
    return found


def programs_of(kind):
    """The quick suites, as they list themselves."""
    suites = ['tests/kernel'] if kind == 'kmod' else ['tests/win32', 'tests/win32-programs']
    found = []
    for suite in suites:
        listing = build.output_of(f'KERNEL_NAME={KERNEL} {suite}/suite.sh list', ROOT)
        found += [line.split(None, 2)[2] for line in listing.splitlines()]
    return [one for one in found if not re.search(SLOW, one)]


class Bench:
    """The copy with all that is built in it, and what kills in it."""

    def __init__(self, kind):
        self.kind = kind
        self.tree = build.Tree(ROOT, WORK / 'tree', PRODUCTS)
        self.machine = judge.Machine(self.tree.copy, KERNEL)
        self.prefix = ''
        self.fuzzers = {}
        if kind == 'kmod':
            self.product = build.module(self.tree, KERNEL)
            self.fuzzers = {
                name: build.fuzzer(self.tree, name, self.product)
                for name in ('module', 'queue', 'name')
            }
        else:
            self.product = build.library(self.tree)
            self.prefix = f'env LD_PRELOAD={":".join(f"/tmp/job/{name}" for name in LIBRARIES)} '
        self.product.prove()
        self.seconds = self.baseline()
        self.order = judge.Order(self.seconds)
        for result in results().values():
            self.order.learn(result)

    def close(self):
        self.machine.stop()

    def baseline(self, again=False):
        path = WORK / f'baseline-{self.kind}.json'
        if again or not path.exists():
            programs = programs_of(self.kind)
            limits = {one: 3 * QUICK for one in programs}
            measured = self.machine.run(self.files(), programs, limits, self.prefix, patient=True)
            for one in programs:
                print(f'{measured[one]}\t{one}')
            path.write_text(json.dumps(measured, indent=1))
        return {
            one: seconds
            for one, seconds in json.loads(path.read_text()).items()
            if not isinstance(seconds, str) and seconds <= QUICK
        }

    def files(self):
        """What a job in the machine needs of the copy."""
        if self.kind == 'kmod':
            return [self.tree.copy / f'build/{KERNEL}/kmod/mailslot.ko']
        return [self.tree.copy / f'build/userlib/{name}' for name in LIBRARIES]

    def in_machine(self, programs):
        limits = {one: int(5 * self.seconds.get(one, QUICK)) + 60 for one in programs}
        self.machine.run(self.files(), programs, limits, self.prefix)

    def fuzzed(self, mutant):
        """The file as a part of the fuzzers."""
        names = FUZZERS.get(mutant.file, ['module']) if self.kind == 'kmod' else []
        for name in names:
            fuzzer = self.fuzzers[name]
            if not 0 < len(fuzzer.objects_of(mutant.file)) <= 2:
                continue
            fuzzer.prove()
            try:
                if fuzzer.compile(mutant.file):
                    fuzzer.link()
                    judge.fuzz(self.tree.copy, name)
            except build.Refused:
                # The compiler of the fuzzers is another one.
                pass
            finally:
                fuzzer.restore()

    def judged(self, mutant, programs=None):
        """Raises Killed or Refused; says whether anything was different."""
        try:
            self.tree.plant(
                mutant.file, places.applied((ROOT / mutant.file).read_text(), mutant.edits)
            )
            if not self.product.compile(mutant.file):
                return False
            if programs is None:
                self.fuzzed(mutant)
            self.product.link()
            self.in_machine(programs or self.order.sorted(mutant.file, self.seconds))
            return True
        finally:
            self.tree.restore()
            self.product.restore()

    def slow(self, program):
        """Is the host so busy that the program does not end without a mutant either?"""
        try:
            if program in self.seconds:
                self.in_machine([program])
        except judge.Killed:
            return True
        return False

    def result(self, mutant, programs=None):
        began = time.monotonic()
        found = {'verdict': 'survived'}
        try:
            if not self.judged(mutant, programs):
                found = {'verdict': 'same'}
        except build.Refused:
            found = {'verdict': 'refused'}
        except judge.Killed as killed:
            if killed.how == judge.LATE and self.slow(killed.program):
                return None
            found = {'verdict': 'killed', 'program': killed.program, 'how': killed.how}
        return {
            'id': mutant.id,
            'file': mutant.file,
            'line': mutant.line,
            'kind': mutant.kind,
            'before': mutant.before,
            'after': mutant.after,
            **found,
            'seconds': round(time.monotonic() - began, 1),
        }


def record(result):
    with open(WORK / 'results.jsonl', 'a', encoding='utf-8') as file:
        file.write(json.dumps(result) + '\n')


def tell(result):
    by = f'  [{judge.short(result["program"])}: {result["how"]}]' if 'program' in result else ''
    place = f'{result["file"]}:{result["line"]}  {result["kind"]}'
    print(f'{result["verdict"]:9}{result["seconds"]:6} s  {place}', end=': ')
    print(result['before'], '->', result['after'] + by, flush=True)


def run(options):
    with contextlib.closing(Bench(options.kind)) as bench:
        run_on(bench, options)


def run_on(bench, options):
    done = results()
    if options.again:
        done = {key: result for key, result in done.items() if result['verdict'] != 'survived'}
    mutants = sorted(
        places_of(options.kind, options.pattern),
        key=lambda one: hashlib.sha256(f'{options.seed} {one.id}'.encode()).digest(),
    )
    if options.again:
        mutants = [one for one in mutants if results().get(one.id, {}).get('verdict') == 'survived']
    counted, until = 0, time.monotonic() + 60 * options.minutes
    for mutant in mutants:
        if counted >= options.n or time.monotonic() > until:
            break
        result = done.get(mutant.id)
        if not result:
            result = bench.result(mutant)
            if not result:
                print(f'the machine is too busy to judge {mutant.file}:{mutant.line}', flush=True)
                continue
            record(result)
            bench.order.learn(result)
            if result['verdict'] not in ('refused', 'same'):
                tell(result)
        counted += result['verdict'] in ('killed', 'survived')


def one(options):
    with contextlib.closing(Bench(options.file.split('/')[0])) as bench:
        return one_on(bench, options)


def one_on(bench, options):
    before, after = (' '.join(text.split()) for text in (options.before, options.after))
    for mutant in places.mutants_of(options.file, (ROOT / options.file).read_text()):
        if (mutant.before, mutant.after) == (before, after):
            result = bench.result(mutant, options.programs or None)
            if not result:
                sys.exit('the machine is too busy to judge this')
            if not options.programs or result['verdict'] == 'killed':
                record(result)
            tell(result)
            return result['verdict'] != 'killed'
    sys.exit(f'no such mutant in {options.file}')


COLUMNS = 'mutants killed survived excused rate refused same'.split()


def rates(found, key):
    groups = collections.defaultdict(collections.Counter)
    for result in found:
        groups[key(result)][result['verdict']] += 1
    print(f'\n{"":26}' + ''.join(f'{column:>10}' for column in COLUMNS))
    for name, counts in sorted(groups.items()):
        counts['mutants'] = counts['killed'] + counts['survived'] + counts['excused']
        judged = counts['killed'] + counts['survived']
        rate = f'{100 * counts["killed"] / judged:.1f} %' if judged else '-'
        cells = [rate if column == 'rate' else counts[column] for column in COLUMNS]
        print(f'{name:26}' + ''.join(f'{cell:>10}' for cell in cells))


def report(_):
    excuses, unfit = reasons.read(ROOT)
    alive = {mutant.id for kind in FILES for mutant in places_of(kind)}
    found = [result for result in results().values() if result['id'] in alive]
    for result in found:
        if result['verdict'] == 'survived' and reasons.key(result) in excuses:
            result['verdict'] = 'excused'
    rates(found, lambda result: result['file'].rsplit('/', 1)[0])
    rates(found, lambda result: result['file'].split('/')[0] + ' ' + result['kind'])
    bad = bool(unfit)
    for result in sorted(found, key=lambda result: (result['file'], result['line'])):
        if result['verdict'] == 'survived':
            bad |= result['file'].startswith('kmod/')
            print(f'\n{result["file"]}:{result["line"]}  {result["kind"]}')
            print(f'- {result["before"]}\n+ {result["after"]}')
    for line in unfit:
        print(f'\nthis reason fits nothing: {line}')
    return bad


def listed(options):
    for mutant in places_of(options.kind, options.pattern):
        print(mutant.file, mutant.line, mutant.kind, mutant.before, mutant.after, sep='\t')


def baseline(options):
    with contextlib.closing(Bench(options.kind)) as bench:
        bench.baseline(again=True)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    commands = parser.add_subparsers(required=True)
    for name, function in (('run', run), ('baseline', baseline), ('list', listed)):
        command = commands.add_parser(name)
        command.add_argument('kind', choices=FILES)
        command.add_argument('-n', type=int, default=30)
        command.add_argument('-s', dest='seed', default='1')
        command.add_argument('-t', dest='minutes', type=float, default=1e6)
        command.add_argument('-f', dest='pattern', default='*')
        command.add_argument('--again', action='store_true')
        command.set_defaults(function=function)
    command = commands.add_parser('one')
    for name in ('file', 'before', 'after'):
        command.add_argument(name)
    command.add_argument('programs', nargs='*')
    command.set_defaults(function=one)
    commands.add_parser('report').set_defaults(function=report)
    options = parser.parse_args()
    os.nice(10 - os.nice(0) if os.nice(0) < 10 else 0)
    return options.function(options)


if __name__ == '__main__':
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    WORK.mkdir(parents=True, exist_ok=True)
    sys.exit(main())
