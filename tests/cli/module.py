#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""`mailslot load`, `unload` and `status`, and what every command says when the module is not there. The module is loaded
again at the end, the one of the kernel that this runs under."""

import ctypes
import os
import time

from cases import (COST, DIRECTORY, Creator, Slot, Terminal, as_json, become_user, case, equal, fails, finish, inside, main, run,
                   start, until)

MODULE = os.path.abspath(f"build/{os.environ.get('MAILSLOT_VM', '6.12')}/kmod/mailslot.ko")
PARAMETERS = '/sys/module/mailslot/parameters/'


def parameter(name):
    with open(PARAMETERS + name, encoding='ascii') as file:
        return int(file.read())


@case
def status_when_loaded():
    with Slot('a') as slot:
        slot.send(b'12345', b'')
        with open('/sys/module/mailslot/version', encoding='ascii') as file:
            version = file.read().strip()
        got = as_json(run('status', '-j')[0])
        names = ('default_queue_bytes', 'max_queue_bytes', 'max_slots', 'max_user_slots', 'max_user_bytes')
        for name in names:
            equal(parameter(name), got['parameters'][name])
        equal((True, False, version, 1, 2, 5 + 2 * COST), tuple(got[key] for key in (
            'loaded', 'builtin', 'version', 'slots', 'messages', 'bytes')))
        text = run('status')[0].decode()
        for name in (*names, 'slots', 'messages', 'version'):
            inside('\n' + name + ' ', text)


@case
def load_when_loaded():
    inside(b'loaded already', run('load')[1])
    fails(1, 'its parameters are in', 'load', 'max_slots=7')


@case
def unload_in_use():
    with Slot('a/slot') as slot:
        client = os.open(DIRECTORY + 'a/slot', os.O_WRONLY)
        try:
            err = fails(1, 'the module is in use', 'unload')
        finally:
            os.close(client)
        with open('/proc/self/comm', encoding='utf-8') as file:
            name = file.read().strip()
        for right in ('read', 'write'):
            inside(f'process {os.getpid()} ({name}) has slot a/slot open to {right}', err)
    equal(0, as_json(run('status', '-j')[0])['slots'])


@case
def unload_while_mounted():
    libc = ctypes.CDLL(None)
    os.mkdir('/tmp/of slots')
    equal(0, libc.mount(b'mailslot', b'/tmp/of slots', b'mailslot', 0, None))
    try:
        inside('an instance is mounted on /tmp/of slots', fails(1, 'the module is in use', 'unload'))
    finally:
        equal(0, libc.umount2(b'/tmp/of slots', 0))


@case
def without_rights():
    fails(4, "unloading a module takes root's rights", 'unload', preexec_fn=become_user)
    assert os.path.exists(PARAMETERS)


def forbidden(text, place):
    """For preexec_fn: root that may not load modules, and for whom @place says @text of it, if there is one."""
    libc = ctypes.CDLL(None)

    def prepare():
        failed = libc.prctl(24, 16, 0, 0, 0)    # PR_CAPBSET_DROP, CAP_SYS_MODULE
        if place:
            failed |= libc.unshare(0x20000)    # CLONE_NEWNS
            failed |= libc.mount(b'none', b'/', None, 0x44000, None)    # MS_REC | MS_PRIVATE
            if not os.path.exists(place):
                failed |= libc.mount(b'none', os.fsencode(os.path.dirname(place)), b'tmpfs', 0, None)
                with open(place, 'w', encoding='ascii') as file:
                    file.write(text)
            with open('/tmp/place', 'w', encoding='ascii') as file:
                file.write(text)
            failed |= libc.mount(b'/tmp/place', os.fsencode(place), None, 0x1000, None)    # MS_BIND
        if failed:
            os._exit(99)
    return prepare


NO_RIGHT = forbidden('', None)
DISABLED = forbidden('1', '/proc/sys/kernel/modules_disabled')
LOCKED = forbidden('none [integrity] confidentiality', '/sys/kernel/security/lockdown')


@case
def unload_without_effect():
    """EPERM to root has several reasons, and the one that holds is said."""
    for words, prepare in (('no CAP_SYS_MODULE', NO_RIGHT), ('kernel.modules_disabled', DISABLED), ('no CAP_SYS_MODULE', LOCKED)):
        fails(4, words, 'unload', preexec_fn=prepare)
    assert os.path.exists(PARAMETERS)


@case
def unload():
    equal((b'', b''), run('unload'))
    assert not os.path.exists(PARAMETERS)
    inside(b'is not loaded', run('unload')[1])


@case
def everything_says_it_is_not_loaded():
    for words in (['list'], ['list', '-j'], ['list', '-n'], ['info', 'a'], ['create', 'a'], ['create', 'a', '--', 'true'],
                  ['send', 'a', 'x'], ['peek', 'a'], ['mount'], ['mount', '/tmp']):
        fails(5, "the mailslot module is not loaded: 'mailslot load' loads it", *words)
    fails(6, 'no slot a appeared in time; the mailslot module is not loaded', 'send', '-w', '0.1', 'a', 'x')
    equal((b'module               not loaded\n', b''), run('status', code=5))
    equal({'loaded': False}, as_json(run('status', '-j', code=5)[0]))


@case
def mount_loads_nothing():
    """The kernel looks for the module of a file system that it does not know, unless it is not asked."""
    helper = '/proc/sys/kernel/modprobe'
    with open('/tmp/helper', 'w', encoding='ascii') as file:
        file.write('#!/bin/sh\necho "$@" >> /tmp/asked\nexit 1\n')
    os.chmod('/tmp/helper', 0o755)
    with open(helper, encoding='ascii') as file:
        before = file.read()
    try:
        with open(helper, 'w', encoding='ascii') as file:
            file.write('/tmp/helper')
        fails(5, 'the mailslot module is not loaded', 'mount', '/tmp')
        assert not os.path.exists('/tmp/asked')
        equal(-1, ctypes.CDLL(None).mount(b'mailslot', b'/tmp', b'mailslot', 0, None))
        with open('/tmp/asked', encoding='ascii') as file:
            inside('fs-mailslot', file.read())
    finally:
        with open(helper, 'w', encoding='ascii') as file:
            file.write(before)


@case
def modules_that_are_none():
    release = os.uname().release
    fails(5, 'is installed in /lib/modules/' + release, 'load')
    fails(5, 'there is no file /nowhere/mailslot.ko', 'load', '/nowhere/mailslot.ko')
    with open('/tmp/no.ko', 'wb') as file:
        file.write(b'not a module')
    fails(5, f'/tmp/no.ko is not a module for kernel {release}', 'load', '/tmp/no.ko')
    fails(4, "loading a module takes root's rights", 'load', MODULE, preexec_fn=become_user)
    other = 'build/6.1/kmod/mailslot.ko' if '6.12' in release else 'build/6.12/kmod/mailslot.ko'
    if os.path.exists(other):
        fails(5, f'is not a module for kernel {release}', 'load', other)
    fails(1, "the kernel refuses the module", 'load', MODULE, 'max_slots=many')


@case
def load_without_effect():
    for words, prepare in (('no CAP_SYS_MODULE', NO_RIGHT), ('kernel.modules_disabled', DISABLED),
                           ('locked down (Secure Boot)', LOCKED)):
        fails(4, words, 'load', MODULE, preexec_fn=prepare)
    assert not os.path.exists(PARAMETERS)


@case
def waited_for_from_before_the_module():
    """A client may be there before the module, and waits through its loading."""
    waiting = start('send', '--wait', '100', 'sub/late', 'hello')
    time.sleep(0.5)
    equal(None, waiting.poll())
    equal((b'', b''), run('load', MODULE, 'max_slots=33'))
    equal(33, parameter('max_slots'))
    creator = Creator('sub/late', '-n', '1')
    equal(b'hello\n', finish(creator.process)[0])
    finish(waiting)


@case
def loaded_again():
    equal((b'', b''), run('unload'))
    equal((b'', b''), run('load', MODULE))
    equal(65536, parameter('max_slots'))
    equal([], as_json(run('list', '-j')[0]))


@case
def unloaded_under_watch():
    """What is wrong is said on the screen that stays."""
    terminal = Terminal('watch', '-d', '0.1')
    terminal.until(b'NAME')
    equal((b'', b''), run('unload'))
    screen, text = terminal.end(5).split(b'\x1b[?1049l')
    inside(b'NAME', screen)
    inside(b'the mailslot module is not loaded', text)
    equal((b'', b''), run('load', MODULE))


main()
