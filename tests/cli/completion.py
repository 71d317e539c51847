#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Completion of `mailslot` in the shells that are there: commands, options, values, names of slots."""

import os
import re
import shutil
import subprocess
import tempfile

from cases import COMMAND, Skip, Slot, Terminal, case, environment, equal, inside, main, run, until

DIRECTORY = 'userlib/cli/completion/'
COMMANDS = ['list', 'info', 'create', 'send', 'peek', 'watch', 'mount', 'load', 'unload', 'status', 'relay', 'help']
FORMATS = ['text', 'raw', 'length', 'json', 'hex']


def shell(*words, **options):
    path = os.path.dirname(COMMAND) + ':' + os.environ['PATH']
    done = subprocess.run(words, env=environment(PATH=path, HOME='/tmp', **options), stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=60, check=False)
    equal(b'', done.stderr)
    return done.stdout.decode()


def bash(*words):
    """What bash offers for the last of the words."""
    script = '''
        source "$1"; shift
        compopt() { :; }
        COMP_WORDS=(mailslot "$@"); COMP_CWORD=$#
        COMPREPLY=()
        _mailslot
        printf '%s\\n' "${COMPREPLY[@]}"
    '''
    return shell('bash', '--norc', '-c', script, 'bash', DIRECTORY + 'mailslot.bash', *words).split('\n')[:-1]


@case
def bash_commands():
    equal(sorted(COMMANDS + ['-V', '--version', '-h', '--help']), sorted(bash('')))
    equal(['list', 'load'], bash('l'))
    equal(['status'], bash('st'))
    equal(['--version'], bash('--v'))
    equal(COMMANDS[:-1], bash('help', ''))


@case
def bash_options_are_those_of_the_help():
    for command in COMMANDS[:-1]:
        offered = set(bash(command, '--'))
        for option in offered:
            inside(option.rstrip('='), run(command, '--help')[0].decode())
        for option in re.findall(r'(--[a-z-]+)=[A-Z]', run(command, '--help')[0].decode()):
            inside(option + '=', offered)
        for option in re.findall(r'^  -., (--[a-z-]+) ', run(command, '--help')[0].decode(), re.M):
            inside(option, offered)


@case
def bash_values():
    for words in (['create', '-f', ''], ['peek', '--format', ''], ['create', '--format', '=', ''], ['peek', '--format', '=']):
        equal(FORMATS, bash(*words))
    equal(['json'], bash('create', '--format', '=', 'j'))
    equal(['0660', '0666'], bash('create', '-m', '066'))
    equal(['forever'], bash('send', '--wait', ''))
    equal([''], bash('send', '--timeout', '5') or [''])
    equal([''], bash('watch', '-d', '') or [''])
    inside('max_slots=', bash('load', 'max_s'))
    inside('max_slots=', bash('mount', '-o', 'max_s'))
    inside('ro', bash('mount', '--options', '=', 'r'))


@case
def bash_names():
    names = ["a/b", 'two words', "it's $HOME", 'zwölf']
    slots = [Slot(name) for name in names]
    for command in ('info', 'send', 'peek'):
        got = bash(command, '')
        # Quoted as the shell wants them.
        back = shell('bash', '-c', 'eval "printf \'%s\\n\' ' + ' '.join(got).replace('\\', '\\\\').replace('$', '\\$')
                     .replace('"', '\\"') + '"').split('\n')[:-1]
        equal(sorted(names), sorted(back))
        equal(['a/b'], bash(command, 'a'))
    equal(['a/b'], bash('send', '-n', '--wait', '5', 'a'))
    equal([''], bash('send', 'a/b', '') or [''])
    equal([''], bash('create', 'a') or [''])
    inside('bash', bash('create', 'new', '--', 'bas'))
    equal([''], bash('create', 'new', '--', 'cat', 'bas') or [''])
    for slot in slots:
        slot.close()


AWAY = ['remote/host/beta/x', 'remote/host/beta/y', 'remote/host/web-*/x', 'remote/host/gamma/x', 'remote/domain/sales/x',
        'remote/all/x', 'other']


@case
def bash_other_machines():
    slots = [Slot(name) for name in AWAY]
    equal(['beta', 'gamma'], bash('send', '--host', ''))
    equal(['beta'], bash('send', '-H', 'b'))
    equal(['sales', '\\*'], bash('send', '--domain', '=', ''))
    equal([''], bash('send', '-H', 'beta', '') or [''])
    equal(['other'], bash('send', '-v', 'o'))
    equal(['status'], bash('relay', ''))
    for slot in slots:
        slot.close()


@case
def fish_offers():
    if not shutil.which('fish'):
        raise Skip('there is no fish')

    def fish(line):
        out = shell('fish', '--no-config', '-c', f'source {DIRECTORY}mailslot.fish; complete -C "{line}"')
        return [entry.split('\t')[0] for entry in out.splitlines()]

    equal(sorted(COMMANDS), sorted(fish('mailslot ')))
    with Slot('a/b'), Slot('other'):
        for command in ('info', 'send', 'peek'):
            equal(['a/b', 'other'], sorted(fish(f'mailslot {command} ')))
        equal(['a/b'], fish('mailslot send a'))
        equal([], fish('mailslot send a/b '))
        equal(['a/b'], fish('mailslot send -n --wait 5 a'))
        # What stands behind "--" is completed as another program's command line.
        for line in ('create new -- mailsl', 'create -f hex new -- mailsl'):
            inside('mailslot', fish('mailslot ' + line))
        equal(['a/b'], fish('mailslot create -n 3 new -- mailslot send -n a'))
        equal(['--format'], fish('mailslot create new -- mailslot peek --fo'))
    slots = [Slot(name) for name in AWAY]
    equal(['beta', 'gamma'], sorted(fish('mailslot send --host ')))
    equal(['*', 'sales'], sorted(fish('mailslot send -D ')))
    equal([], fish('mailslot send -D sales '))
    equal(['status'], fish('mailslot relay '))
    for slot in slots:
        slot.close()
    equal(sorted(FORMATS), sorted(fish('mailslot create --format ')))
    inside('max_slots=', fish('mailslot mount -o max_s'))
    # fish 4 offers options that have an l elsewhere as well.
    equal(['--length', '--lines'], sorted(option for option in fish('mailslot send --l') if option.startswith('--l')))


class Zsh:
    """An interactive zsh, asked by Tab."""

    def __init__(self):
        if not shutil.which('zsh'):
            raise Skip('there is no zsh')
        self.offers = os.path.join(tempfile.mkdtemp(), 'offers')
        env = environment(PATH=os.path.dirname(COMMAND) + ':' + os.environ['PATH'], HOME='/tmp', TERM='dumb',
                          OFFERS=self.offers, DIRECTORY=os.path.abspath(DIRECTORY))
        self.terminal = Terminal('-f', '-i', program=shutil.which('zsh'), env=env)
        self.terminal.type(b'source tests/cli/capture.zsh\r')
        self.wait('ready')

    def wait(self, word):
        """The lines before one that is this word."""
        lines = []

        def come():
            nonlocal lines
            self.terminal.look(0)
            if os.path.exists(self.offers):
                with open(self.offers, encoding='utf-8') as file:
                    lines = file.read().split('\n')
            return word in lines

        try:
            until(come)
        except AssertionError:
            raise AssertionError(f'zsh said {self.terminal.seen!r}, offered {lines}') from None
        return lines[:lines.index(word)]

    def __call__(self, line):
        with open(self.offers, 'w'):
            pass
        self.terminal.type(b'\x15' + line.encode() + b'\t')
        return self.wait('end')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.terminal.fd)
        shutil.rmtree(os.path.dirname(self.offers))


@case
def zsh_commands_and_values():
    with Zsh() as zsh:
        equal(sorted(COMMANDS), sorted(zsh('mailslot ')))
        equal(['list', 'load'], sorted(zsh('mailslot l')))
        equal(['--version'], zsh('mailslot --v'))
        equal(['status'], zsh('mailslot help st'))
        for line in ('create -f ', 'peek --format ', 'create --format=', 'peek -n 5 --format='):
            equal(FORMATS, zsh('mailslot ' + line))
        equal(['json'], zsh('mailslot create --format=j'))
        equal(['0660', '0666'], zsh('mailslot create -m 066'))
        equal(['forever'], zsh('mailslot send --wait '))
        equal([], zsh('mailslot watch -d '))
        equal(['max_slots='], zsh('mailslot load max_s'))
        equal(['max_slots'], zsh('mailslot mount -o max_s'))
        equal(['ro'], zsh('mailslot mount -o uid=5,r'))


@case
def zsh_other_machines():
    slots = [Slot(name) for name in AWAY]
    with Zsh() as zsh:
        equal(['beta', 'gamma'], sorted(zsh('mailslot send --host ')))
        equal(['beta'], zsh('mailslot send -H b'))
        equal(['*', 'sales'], sorted(zsh('mailslot send --domain=')))
        equal([], zsh('mailslot send -H beta '))
        equal(['other'], zsh('mailslot send -v o'))
        equal(['status'], zsh('mailslot relay '))
    for slot in slots:
        slot.close()


@case
def zsh_options_are_those_of_the_help():
    with Zsh() as zsh:
        for command in COMMANDS[:-1]:
            text = run(command, '--help')[0].decode()
            equal(sorted(set(re.findall(r'^  -., (--[a-z-]+)', text, re.M))), sorted(zsh(f'mailslot {command} --')))
        # One of two that exclude each other is the only one.
        equal([], zsh('mailslot list -n --j'))


@case
def zsh_names():
    names = ['a/b', 'two words', "it's $HOME", 'zwölf']
    slots = [Slot(name) for name in names]
    with Zsh() as zsh:
        for command in ('info', 'send', 'peek'):
            equal(sorted(names), sorted(zsh(f'mailslot {command} ')))
        equal(['a/b'], zsh('mailslot send a'))
        equal(['a/b'], zsh('mailslot send -n --wait 5 a'))
        equal([], zsh('mailslot send a/b '))
        equal([], zsh('mailslot create a'))
        # Behind the name of a new slot stands a command, whose own completion goes on.
        for line in ('create new mailsl', 'create new -- mailsl', 'create -f hex new -- mailsl'):
            inside('mailslot', zsh('mailslot ' + line))
        equal(['a/b'], zsh('mailslot create new -- mailslot send a'))
    for slot in slots:
        slot.close()


main()
