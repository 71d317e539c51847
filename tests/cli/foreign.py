#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Files in /dev/mailslot that are no slots: reported by name and kind, and neither opened nor written to."""

import os
import socket
import stat

from cases import DIRECTORY, Slot, as_json, case, equal, fails, inside, main, run

FILE = DIRECTORY + 'foreign'


def leave(kind):
    os.makedirs(DIRECTORY, exist_ok=True)
    if kind == 'a regular file':
        with open(FILE, 'wb') as file:
            file.write(b'before')
    elif kind == 'a FIFO':
        os.mkfifo(FILE)
    elif kind == 'a symbolic link':
        os.symlink('/dev/null', FILE)
    elif kind == 'a socket':
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind(FILE)
    elif kind == 'a block device':
        os.mknod(FILE, stat.S_IFBLK | 0o666, os.makedev(7, 200))
    else:
        os.mknod(FILE, stat.S_IFCHR | 0o666, os.makedev(1, 3))


KINDS = ('a regular file', 'a FIFO', 'a symbolic link', 'a socket', 'a block device', 'another device')


@case
def never_written_to():
    for kind in KINDS:
        leave(kind)
        for words in (['foreign', 'text'], ['--wait=50', 'foreign', 'text'], ['-n', 'foreign', 'text']):
            fails(7, f'{FILE} is {kind}, not a slot', 'send', *words)
        if kind == 'a regular file':
            with open(FILE, 'rb') as file:
                equal(b'before', file.read())
        fails(7, f'{FILE} is {kind}, not a slot', 'info', 'foreign')
        fails(3, 'there is no slot foreign', 'peek', 'foreign')
        os.unlink(FILE)


@case
def hides_a_new_slot():
    for kind in KINDS:
        leave(kind)
        for command in ([], ['--', 'true']):
            fails(7, f'{FILE} is {kind} and hides the slot', 'create', 'foreign', *command)
        os.unlink(FILE)
    equal([], as_json(run('list', '-j')[0]))


@case
def listed_as_what_it_is():
    os.makedirs(DIRECTORY + 'sub', exist_ok=True)
    for kind in KINDS:
        leave(kind)
        out, err = run('list')
        equal(1, len(out.splitlines()))
        inside(f'{FILE} is {kind}, not a slot'.encode(), err)
        os.rename(FILE, DIRECTORY + 'sub/\x1b[31m')
        inside(f'{DIRECTORY}sub/\\x1b[31m is {kind}'.encode(), run('list')[1])
        os.unlink(DIRECTORY + 'sub/\x1b[31m')
        equal(b'', run('list')[1])
    os.rmdir(DIRECTORY + 'sub')


@case
def control_that_is_a_file():
    """As root's shell leaves one while the module is not loaded."""
    control = '/dev/mailslot-control'
    os.rename(control, control + '.kept')
    try:
        with open(control, 'wb') as file:
            file.write(b'before')
        for command in ([], ['--', 'true']):
            fails(7, f"{control} is a regular file, in the way of the module's", 'create', 'a', *command)
        with open(control, 'rb') as file:
            equal(b'before', file.read())
    finally:
        os.rename(control + '.kept', control)


@case
def slot_behind_a_file():
    """A slot whose node somebody has replaced is listed, with what is in its place."""
    with Slot('foreign') as slot:
        os.rename(FILE, DIRECTORY + 'moved')
        for kind in KINDS:
            leave(kind)
            out, err = run('list', '-j')
            [got] = as_json(out)
            equal(('foreign', None, None), (got['name'], got['owner'], got['mode']))
            inside(f'slot foreign cannot be reached: {kind} is in its place'.encode(), err)
            fails(7, f'slot foreign cannot be reached: {kind} is in its place', 'send', 'foreign', 'x')
            inside(f'\nnode               cannot be reached: {kind} is in its place\n'.encode(), run('info', 'foreign')[0])
            os.unlink(FILE)
        renamed = f'cannot be reached: its node has been renamed to {DIRECTORY}moved'
        fails(3, f'slot foreign {renamed}', 'send', 'foreign', 'x')
        inside(f'slot foreign {renamed}'.encode(), run('list')[1])
        inside(f'\nnode               {renamed}\n'.encode(), run('info', 'foreign')[0])
        for command in ('send', 'moved', 'x'), ('info', 'moved'):
            fails(7, f'{DIRECTORY}moved is the node of slot foreign', *command)
        inside(f'{DIRECTORY}moved is the node of slot foreign'.encode(), run('list')[1])
        assert not slot.waiting()
        slot.send_by(DIRECTORY + 'moved', b'waits')
        # By its node or without, the slot is the one of that name.
        equal((b'waits\n', b''), run('peek', 'foreign'))
        # Another slot's device is a slot, but not this one.
        with Slot('other') as other:
            os.mknod(FILE, stat.S_IFCHR | 0o666, os.stat(DIRECTORY + 'other').st_rdev)
            other_s = "cannot be reached: another slot's device is in its place"
            inside(f'slot foreign {other_s}'.encode(), run('list')[1])
            inside(f'\nnode               {other_s}\n'.encode(), run('info', 'foreign')[0])
            fails(7, f'slot foreign {other_s}', 'send', 'foreign', 'x')
            equal((b'waits\n', b''), run('peek', 'foreign'))
            inside(b'\nmessages           1\n', run('info', 'foreign')[0])
            equal(b'', run('peek', 'other')[0])
            os.unlink(FILE)
            assert not other.waiting()
        os.rename(DIRECTORY + 'moved', FILE)
        os.rename(FILE, '/dev/elsewhere')
        gone = 'cannot be reached: its node is not there'
        fails(3, f'slot foreign {gone}', 'send', 'foreign', 'x')
        os.makedirs(DIRECTORY, exist_ok=True)
        inside(f'slot foreign {gone}'.encode(), run('list')[1])
        inside(f'\nnode               {gone}\n'.encode(), run('info', 'foreign')[0])
        os.makedirs(FILE)
        directory = 'cannot be reached: a directory is in its place'
        inside(f'slot foreign {directory}'.encode(), run('list')[1])
        fails(7, f'slot foreign {directory}', 'send', 'foreign', 'x')
        inside(f'\nnode               {directory}\n'.encode(), run('info', 'foreign')[0])
        os.rmdir(FILE)
        os.rename('/dev/elsewhere', FILE)
        run('send', 'foreign', 'x')
        equal((b'waits', b'x'), (slot.read(), slot.read()))


@case
def device_that_is_gone():
    """A node kept of a slot that is no more."""
    with Slot('once'):
        number = os.stat(DIRECTORY + 'once').st_rdev
    os.makedirs(DIRECTORY, exist_ok=True)
    os.mknod(FILE, stat.S_IFCHR | 0o666, number)
    ended = f'{FILE} is the node of a slot that has ended'
    for command in ('send', 'foreign', 'x'), ('info', 'foreign'):
        fails(3, ended, *command)
    inside(ended.encode(), run('list')[1])
    os.unlink(FILE)
    os.rmdir(DIRECTORY[:-1])


main()
