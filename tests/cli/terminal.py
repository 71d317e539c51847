#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""`mailslot` on a terminal: `watch`, and that nothing from a slot reaches a terminal but as text."""

import os
import re
import signal
import time

from cases import Slot, Terminal, case, environment, equal, fails, inside, main, node_there, outside, run, until

# What a terminal takes for orders: controls, of seven bits and of eight, in UTF-8 and not.
HOSTILE = (b'\x1b]0;title\x07', b'\x1b[2J\x1b[31m', b'\x9b31m', b'\xc2\x9b31m', b'a\rb', b'a\x08b', b'\x0e\x0f\x05',
           b'\xe2\x80\xaegnirts', b'\xff\xfe', b'two\nlines', b'\x7f')


def harmless(text):
    """The terminal turns the ends of lines into two characters, and nothing else may be a control."""
    text = text.replace(b'\r\n', b'')
    for byte in text:
        assert byte >= 32 and byte != 127, text
    for character in text.decode():
        assert not 0x80 <= ord(character) < 0xa0 and character not in '\u202e\ufffe', text
    return text.decode()


@case
def messages_are_escaped():
    terminal = Terminal('create', 'made', '-n', str(len(HOSTILE)))
    until(node_there('made'))
    for message in HOSTILE:
        run('send', 'made', feed=message)
    text = terminal.end()
    harmless(text)
    lines = text.decode().split('\r\n')
    equal(len(HOSTILE) + 1, len(lines))
    equal(['\\x1b]0;title\\x07', '\\x1b[2J\\x1b[31m', '\\x9b31m', '\\xc2\\x9b31m', 'a\\rb', 'a\\x08b', '\\x0e\\x0f\\x05',
           '\\xe2\\x80\\xaegnirts', '\\xff\\xfe', 'two\\nlines', '\\x7f', ''], lines)


@case
def every_form_is_harmless():
    for words in (['peek', 'made'], ['peek', '-s', 'made'], ['peek', '-f', 'json', 'made'], ['peek', '-f', 'hex', 'made'],
                  ['list'], ['list', '-j'], ['list', '-n'], ['info', 'made'], ['info', '-j', 'made']):
        with Slot('made') as slot:
            slot.send(*(message for message in HOSTILE if message != b'\x7f'))
            harmless(Terminal(*words).end())


@case
def raw_bytes_are_refused():
    with Slot('made') as slot:
        slot.send(b'\x1b[31m')
        for words in (['peek', '-f', 'raw', 'made'], ['peek', '-f', 'length', 'made'], ['create', '-f', 'raw', 'other']):
            text = harmless(Terminal(*words).end(2))
            inside('does not go to a terminal', text)
        equal(b'\x1b[31m', run('peek', '-f', 'raw', 'made')[0])


@case
def names_in_another_locale():
    """The bytes of some letters are controls to a terminal of eight bits."""
    with Slot('wörter/Û'):
        for words in (['list'], ['list', '-n'], ['info', 'wörter/Û']):
            text = Terminal(*words, env=environment(LANG='C', TERM='vt100')).end()
            assert text.isascii(), text
            inside(b'w\\xc3\\xb6rter/\\xc3\\x9b', text)
        inside('wörter/Û'.encode(), Terminal('list').end())


@case
def watch_shows_rates_until_a_key():
    with Slot('watched', mode=0o622) as slot, Slot('a/b'):
        terminal = Terminal('watch', '-d', '0.2')
        terminal.until(b'a/b')
        terminal.until(b'watched')
        inside(b'0622', terminal.seen)
        end = time.monotonic() + 60
        # Ten a look give rates that are numbers, unequal to nothing.
        rate = None
        while not rate and time.monotonic() < end:
            slot.send(*[b'0123456789'] * 20)
            for _ in range(10):
                slot.read()
            terminal.look(0.1)
            rate = re.search(rb'[1-9]\d*(\.\d)?k? ', terminal.seen[-3000:])
        assert rate
        terminal.seen = b''
        # A slot that comes is shown, one that goes is not.
        with Slot('newcomer'):
            terminal.until(b'newcomer')
        equal(None, terminal.status)
        terminal.type(b'q')
        out = terminal.end()
        # The screen is as it was: the other screen is left.
        inside(b'\x1b[?1049l', out)
    with Slot('x'):
        for key in (b' ', b'\x1b', b'\r', b'\x03'):
            terminal = Terminal('watch')
            terminal.until(b'NAME')
            terminal.type(key)
            terminal.end()


@case
def watch_scrolls():
    slots = [Slot(f'slot{i:03}') for i in range(100)]
    terminal = Terminal('watch', '-d', '60')
    terminal.until(b'slot021')
    outside(b'slot022', terminal.seen)
    # Only what changes on the screen is sent: steps after which both digits of the last line are others.
    down, up, page_down, page_up, end, home = b'\x1bOB', b'\x1bOA', b'\x1b[6~', b'\x1b[5~', b'\x1bOF', b'\x1bOH'
    for keys, last in ((page_down, b'43'), (end, b'99'), (home, b'21'), (down + page_down, b'44'), (up + page_up, b'21')):
        terminal.seen = b''
        terminal.type(keys)
        terminal.until(last)
    terminal.type(b'x')
    terminal.end()
    for slot in slots:
        slot.close()


@case
def watch_keeps_to_its_lines_and_columns():
    """What is too long is cut, and not continued in the line of another slot."""
    with Slot('0123456789' * 20), Slot('zz'):
        terminal = Terminal('watch', env=environment(TERM='vt100'))
        terminal.until(b'zz')
        terminal.type(b'q')
        terminal.end()
        inside(b'01234567', terminal.seen)
        outside(b'0123456789', terminal.seen)
        terminal = Terminal('watch', env=environment(TERM='vt100'), columns=40)
        terminal.until(b'zz')
        inside(b'OWNER', terminal.seen)
        outside(b'CLNTS', terminal.seen)
        terminal.resize(24, 100)
        terminal.until(b'CLNTS')
        terminal.type(b'q')
        terminal.end()
        for lines, columns in ((1, 20), (2, 20), (3, 5), (24, 1)):
            terminal = Terminal('watch', '-d', '0.1', env=environment(TERM='vt100'), lines=lines, columns=columns)
            terminal.until(b'2' if columns == 1 else b'2 sl')
            terminal.resize(24, 80)
            terminal.until(b'zz')
            terminal.type(b'q')
            terminal.end()


@case
def watch_ends_with_its_terminal():
    """Also where a hang-up is ignored, and it would look for a key for ever."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        terminal = Terminal('watch')
        terminal.until(b'NAME')
    finally:
        signal.signal(signal.SIGHUP, before)
    os.close(terminal.fd)
    statuses = []

    def ended():
        pid, status = os.waitpid(terminal.pid, os.WNOHANG)
        if pid:
            statuses.append(os.waitstatus_to_exitcode(status))
        return pid

    until(ended)
    equal([1], statuses)


@case
def watch_without_a_terminal():
    fails(2, 'this takes a terminal', 'watch')
    text = Terminal('watch', env=environment(TERM='no-such-terminal')).end(1)
    inside(b'no terminal of a kind that is known', text)


main()
