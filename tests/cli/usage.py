#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The command line of `mailslot`: help, version, everything that is wrong with it, each with its message and status 2."""

import os
import re

from cases import case, environment, equal, fails, finish, inside, main, outside, run, start

COMMANDS = ('list', 'info', 'create', 'send', 'peek', 'watch', 'mount', 'load', 'unload', 'status', 'relay')
MANUAL = 'docs/man/mailslot.1'


def help_of(command):
    out, err = run(command, '--help')
    equal(b'', err)
    return out.decode()


@case
def help_fits_a_screen():
    for text in [run('--help')[0].decode(), *map(help_of, COMMANDS)]:
        lines = text.splitlines()
        assert len(lines) <= 23, (len(lines), lines[0])
        for line in lines:
            assert len(line) <= 80, line
            outside('\t', line)


@case
def help_in_all_its_forms():
    for command in COMMANDS:
        text = help_of(command)
        inside(f'usage: mailslot {command}', text)
        equal(text, run(command, '-h')[0].decode())
        equal(text, run('help', command)[0].decode())
    equal(run('--help'), run('help'))
    equal(run('--help'), run('help', 'help'))
    equal(run('--help'), run('-h'))
    for command in COMMANDS:
        inside(command, run('help')[0].decode())


@case
def manual_has_every_option():
    with open(MANUAL, encoding='utf-8') as file:
        manual = file.read().replace('\\-', '-')
    for command in COMMANDS:
        inside(f'mailslot {command}', manual)
        for option in re.findall(r'--([a-z-]+)', help_of(command)):
            if option != 'help':
                inside('--' + option, manual)


@case
def version():
    out, _ = run('--version')
    with open('userlib/Makefile', encoding='utf-8') as file:
        number = re.search(r'^VERSION *:?= *([0-9.]+)$', file.read(), re.M)
    if number:
        number = number.group(1)
    else:
        with open('VERSION', encoding='utf-8') as file:
            number = file.read().strip()
    equal(f'mailslot {number}\n', out.decode())
    equal(out, run('-V')[0])


@case
def no_command():
    fails(2, 'which command?')
    fails(2, "no command 'bogus'", 'bogus')
    fails(2, "no command 'bogus'", 'help', 'bogus')
    fails(2, "'send' is too much", 'help', 'list', 'send')
    fails(2, "no option '--bogus'", '--bogus')
    fails(2, "no option '-x'", '-x')


@case
def unknown_options():
    for command in COMMANDS:
        fails(2, f"mailslot {command}: no option '--bogus'", command, '--bogus')
        fails(2, f"mailslot {command}: no option '-?'", command, '-?')
        inside(f"Try 'mailslot {command} --help'.", fails(2, '', command, '--bogus'))
    fails(2, "option '--json=3' takes no value", 'list', '--json=3')


@case
def values_wanted():
    for command, options in {
        'create': ('-m', '--mode', '-M', '--max-message', '-q', '--queue', '-t', '--timeout', '-n', '--count', '-f', '--format'),
        'send': ('-H', '--host', '-D', '--domain', '-w', '--wait', '-t', '--timeout'),
        'relay': ('-s', '--socket'),
        'peek': ('-n', '--count', '-f', '--format'),
        'watch': ('-d', '--delay'),
        'mount': ('-o', '--options'),
    }.items():
        for option in options:
            fails(2, f"option '{option}' wants a value", command, option)


@case
def arguments_wanted_and_not():
    for command in ('info', 'create', 'send', 'peek'):
        fails(2, 'which slot?', command)
    for command in ('info', 'create', 'peek', 'mount'):
        fails(2, "'b' is too much", command, 'a', 'b')
    for command in ('list', 'watch', 'unload', 'status'):
        fails(2, "'b' is too much", command, 'b')
    fails(2, 'which command, after --?', 'create', 'a', '--')


@case
def numbers():
    for size in ('', 'x', '-1', '1T', '1KK', '0x10', ' 1', '1 '):
        fails(2, f"'{size}' is not", 'create', '--queue', size, 'a')
    for size in ('99999999999999999999', '9999999999G', '4G', '4294967295'):
        fails(2, f"'{size}' is more than", 'create', '--max-message', size, 'a')
    fails(2, '--queue is 0', 'create', '--queue', '0', 'a')
    for mode in ('', '8', '1000', '-1', '0x1', 'rw'):
        fails(2, f"'{mode}' is not a mode", 'create', '--mode', mode, 'a')
    for seconds in ('', '-1', '1s', '.', '1.2.3', 'inf', 'nan', '1e3'):
        fails(2, f"'{seconds}' is not a number", 'create', '--timeout', seconds, 'a')
    fails(2, "say 'forever'", 'send', '--wait', '99999999999', 'a')
    for count in ('', '-1', 'x', '1K'):
        fails(2, f"'{count}' is not a number", 'peek', '--count', count, 'a')
    fails(2, '--count is 1 at the least', 'create', '--count', '0', 'a')
    fails(2, "'xml' is not a format", 'create', '--format', 'xml', 'a')
    for delay in ('0', '0.05', '4000', 'forever'):
        fails(2, '--delay is 0.1 to 3600 seconds', 'watch', '--delay', delay)


@case
def options_that_exclude_each_other():
    fails(2, '--json and --names exclude each other', 'list', '-j', '-n')
    fails(2, 'exclude each other', 'send', '-l', '-0', 'a')
    fails(2, 'are for standard input, not for TEXT', 'send', '-l', 'a', 'text')
    for option in ('-s', '-e', '-fjson', '-n1'):
        fails(2, 'are for messages that are printed', 'create', option, 'a', '--', 'true')
    fails(2, 'has no place for the sender', 'create', '-s', '-f', 'raw', 'a')
    fails(2, 'has no place for the sender', 'peek', '-s', '-f', 'length', 'a')
    fails(2, '--escape is for format text', 'create', '-e', '-f', 'json', 'a')
    fails(2, "is not PARAMETER=VALUE", 'load', 'bogus')
    fails(2, "is not PARAMETER=VALUE", 'load', 'max_slots=1 max_user_slots=2')


@case
def names():
    bad = ('', '.', '..', 'a/', '/a', 'a//b', 'a/./b', '../../etc/passwd', 'a/..', b'a\nb', b'a\x1b[31m', b'\x7f',
           b'\xff', b'\xc2\x9b31m', b'\xc0\xaf', b'\xed\xa0\x80', b'\xf4\x90\x80\x80', b'\xe9\x83', 'x' * 256,
           '/dev/mailslot/', '/dev/mailslot/../null', '/dev/null', '/dev/mailslot')
    for name in bad:
        fails(2, 'is no name of a slot', 'send', name)
    for command in ('info', 'create', 'peek'):
        fails(2, 'is no name of a slot', command, '../../etc/passwd')


@case
def hostile_bytes_are_escaped_in_complaints():
    inside("no command '\\x1b]0;x\\x07'", fails(2, '', b'\x1b]0;x\x07'))
    inside("no option '--\\x1b[2J'", fails(2, '', 'list', b'--\x1b[2J'))
    inside('\\xff', fails(2, '', 'send', b'\xff', 'x'))
    inside('\\xe2\\x80\\xae', fails(2, '', b'abc\xe2\x80\xaedef'))
    # Eight-bit control sequences are letters' bytes where the locale is not UTF-8.
    text = finish(start('ß'.encode(), env=environment(LANG='C')), 2)[1]
    inside(b"no command '\\xc3\\x9f'", text)
    inside('ß', fails(2, '', 'ß'.encode()))


@case
def full_disk_is_an_error():
    for words in (('--help',), ('list', '--help'), ('--version',), ('list',), ('status',), ('list', '-j')):
        with open('/dev/full', 'wb') as full:
            inside(b'standard output: ', run(*words, code=1, stdout=full)[1])


@case
def closed_standard_descriptors():
    for fd in range(3):
        process = start('list', '-n', preexec_fn=lambda fd=fd: os.close(fd))
        finish(process)


main()
