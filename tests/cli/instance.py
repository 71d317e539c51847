#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""`mailslot` in an instance: every command, named by MAILSLOT_DIR and mounted over /dev/mailslot; `mailslot mount` and all
that it refuses; directories that are no instance. Every mount is gone with this process."""

import ctypes
import os
import resource
import shutil
import signal
import subprocess
import time

from cases import (COMMAND, COST, DIRECTORY, USER, Creator, Skip, Slot, Terminal, as_json, become_user, case, environment, equal,
                   fails, finish, fork, inside, main, node_there, outside, run, start, until)

CLASSIC = DIRECTORY[:-1]
NAMED = '/tmp/instance of slots'
OTHER = '/tmp/other'

# More than two calls of LIST tell of.
MANY = int(os.environ.get('MANY', '2500'))

libc = ctypes.CDLL(None, use_errno=True)


def unmount(directory, flags=0):
    equal((0, 0), (libc.umount2(os.fsencode(directory), flags), ctypes.get_errno()))


class Instance:
    """One made by the command, and the place in force: by its name, or over /dev/mailslot."""

    def __init__(self, directory, *options):
        self.directory = directory
        self.options = options

    def __enter__(self):
        if self.directory != CLASSIC:
            os.makedirs(self.directory, exist_ok=True)
            os.environ['MAILSLOT_DIR'] = self.directory
        equal((b'', b''), run('mount', *self.options, *([] if self.directory == CLASSIC else [self.directory])))
        return self.directory

    def __exit__(self, kind, *_):
        os.environ.pop('MAILSLOT_DIR', None)
        unmount(self.directory, 2 if kind else 0)    # MNT_DETACH: of a case that failed something may be open


def everywhere(function):
    """A case of both places, which gets the directory."""
    def in_place(directory, suffix):
        def run_it():
            with Instance(directory):
                function(directory)
        run_it.__name__ = function.__name__ + suffix
        case(run_it)
    in_place(NAMED, '_by_name')
    in_place(CLASSIC, '_over_dev')
    return function


def listed(**options):
    out, err = run('list', '--json', **options)
    equal(b'', err)
    return as_json(out)


@everywhere
def empty_list(directory):
    equal((b'NAME  OWNER  MODE  MESSAGES  BYTES  OLDEST  READERS\n', b''), run('list'))
    equal(([], b'', b''), (listed(), *run('list', '--names')))
    got = as_json(run('status', '-j')[0])
    equal((directory, 0), (got['directory'], got['slots']))


@everywhere
def table(directory):
    with Slot('b', mode=0o622, instance=directory) as b, Slot('a/long name', instance=directory):
        b.send(b'12345', b'')
        os.chown(b.path, USER, USER)
        lines = [line.split() for line in run('list')[0].decode().splitlines()]
        pid = str(os.getpid())
        equal(['a/long', 'name', 'root', '0600', '0', '0', '-', pid], lines[1])
        equal(['b', str(USER), '0622', '2', str(5 + 2 * COST)], lines[2][:5])
        assert lines[2][5].endswith('s')
        equal(pid, lines[2][6])
        equal(b'a/long name\nb\n', run('list', '-n')[0])


@everywhere
def json_has_it_all(directory):
    with Slot('a/b', mode=0o640, longest=100, queue=5000, instance=directory) as slot:
        before = time.time_ns()
        slot.send(b'first')
        time.sleep(0.2)
        slot.send(b'second')
        slot.read()
        slot.send(b'third')
        client = os.open(slot.path, os.O_WRONLY)
        [got] = listed()
        full = as_json(run('info', '--json', 'a/b')[0])
        status = os.stat(slot.path)
        oldest = got.pop('oldest_time_ns')
        assert before + 0.19e9 < oldest < time.time_ns() + 1e9, (before, oldest)
        age = got.pop('oldest_age')
        assert 0 <= age < 60, age
        equal({
            'name': 'a/b', 'device': f'{os.major(status.st_rdev)}:{os.minor(status.st_rdev)}', 'owner': 'root',
            'uid': 0, 'gid': 0, 'mode': '0640', 'messages': 2, 'bytes': 11 + 2 * COST, 'queue_bytes': 5000,
            'max_message_size': 100, 'clients': 1, 'messages_written': 3, 'messages_read': 1, 'bytes_written': 16,
            'bytes_read': 5, 'readers': [os.getpid()], 'readers_complete': True}, got)
        equal(got, {key: full[key] for key in got})
        equal((oldest, 6, None), (full['oldest_time_ns'], full['next_message_size'], full['read_timeout_ns']))
        got = as_json(run('status', '-j')[0])
        equal((1, 2, 11 + 2 * COST), (got['slots'], got['messages'], got['bytes']))
        os.close(client)


@everywhere
def info_in_words(directory):
    with Slot('a', timeout=1500000000, instance=directory) as slot:
        slot.send(b'12345')
        text = run('info', directory + '/a')[0].decode()
        for line in ('name               a', 'mode               0600', 'read timeout       1.5 s', 'messages           1',
                     'next message size  5', 'last read          never', f'readers            {os.getpid()}',
                     'max message size   no limit', 'clients            0'):
            inside('\n' + line, '\n' + text)
    fails(3, 'there is no slot a', 'info', 'a')
    os.mkdir(directory + '/d')
    fails(3, 'there is no slot d', 'info', 'd')
    os.rmdir(directory + '/d')


@everywhere
def created_and_sent_to(directory):
    creator = Creator('deep/in/it', '-n', '3', '-m', '0606')
    equal(0o20606, os.stat(directory + '/deep/in/it').st_mode)
    equal((b'', b''), run('send', 'deep/in/it', 'one', 'two'))
    equal((b'', b''), run('send', directory + '/deep/in/it', feed=b'three'))
    equal((b'one\ntwo\nthree\n', b''), finish(creator.process))
    # Directories that nobody made but CREATE go after their last slot.
    until(lambda: not os.path.exists(directory + '/deep'))
    fails(3, 'there is no slot deep/in/it', 'send', 'deep/in/it', 'x')


@everywhere
def created_for_a_command(directory):
    process = start('create', 'to/cat', '--', 'sh', '-c', 'echo "$MAILSLOT_NAME"; exec cat')
    until(node_there('to/cat'))
    run('send', 'to/cat', 'hello', '')
    # What is left to read is the end.
    equal((b'to/cat\nhello', b''), finish(process))
    until(lambda: not os.path.exists(directory + '/to'))


@everywhere
def names_in_use(directory):
    with Slot('a', instance=directory), Slot('d/e', instance=directory):
        fails(7, f'a is in use by a slot, which process {os.getpid()} holds open', 'create', 'a')
        fails(7, f'd/e is in use by a slot, which process {os.getpid()} holds open', 'create', 'd/e', '--', 'true')
        fails(7, 'd is in use: it is a directory, or below a slot', 'create', 'd')
        fails(7, 'a/b is in use: it is a directory, or below a slot', 'create', 'a/b')
        # Readers of another user are out of sight.
        fails(7, 'a is in use by a slot whose readers cannot be seen', 'create', 'a', preexec_fn=become_user)


@everywhere
def waited_for(directory):
    waiting = start('send', '--wait', '100', 'sub/late', 'hello')
    time.sleep(0.5)
    equal(None, waiting.poll())
    creator = Creator('sub/late', '-n', '1')
    equal(b'hello\n', finish(creator.process)[0])
    equal((b'', b''), finish(waiting))
    fails(6, 'no slot never appeared in time', 'send', '--wait', '0.1', 'never', 'x')
    del directory


@case
def waited_for_with_its_instance():
    """MAILSLOT_DIR names what is no instance yet, and is none at the end of the wait."""
    late = NAMED + '/late'
    os.makedirs(late, exist_ok=True)
    os.environ['MAILSLOT_DIR'] = late
    try:
        fails(1, f"{late} is no instance of slots: 'mailslot mount {late}' makes one", 'send', 'slot', 'x')
        fails(1, f"{late} is no instance of slots: 'mailslot mount {late}' makes one", 'send', '--wait', '0', 'slot', 'x')
        fails(6, 'no slot slot appeared in time; MAILSLOT_DIR is no instance of slots', 'send', '--wait', '0.1', 'slot', 'x')
        waiting = start('send', '--wait', '100', 'slot', 'hello')
        time.sleep(0.5)
        equal(None, waiting.poll())
        with Instance(late):
            os.environ['MAILSLOT_DIR'] = late
            creator = Creator('slot', '-n', '1')
            equal(b'hello\n', finish(creator.process)[0])
            equal((b'', b''), finish(waiting))
    finally:
        os.environ.pop('MAILSLOT_DIR', None)
        os.rmdir(late)


@everywhere
def peeked_at(directory):
    with Slot('a', instance=directory) as slot, Slot('empty', instance=directory):
        slot.send(b'first', b'second')
        equal((b'first\nsecond\n', b''), run('peek', 'a'))
        equal((b'', b''), run('peek', 'empty'))
        equal([b'first', b'second'], [slot.read(), slot.read()])
        fails(4, 'no permission to look into the reader of a', 'peek', 'a', preexec_fn=become_user)
    fails(3, 'there is no slot a', 'peek', 'a')


@everywhere
def watched(directory):
    with Slot('in/it', instance=directory) as slot:
        slot.send(b'1234', b'1234')
        terminal = Terminal('watch', '-d', '0.1')
        terminal.until(b'1 slots, 2.0 messages, 136 bytes')
        terminal.until(b'in/it')
        slot.read()
        # curses writes what has changed only: of the messages one figure, of the bytes both.
        terminal.until(b'68')
        terminal.type(b'q')
        terminal.end()


@everywhere
def others_see_less(directory):
    with Slot('mine', queue=65536, instance=directory) as slot:
        slot.send(b'x')
        [got] = listed(preexec_fn=become_user)
        equal(([], False, 'root', '0600', 65536), (got['readers'], got['readers_complete'], got['owner'], got['mode'],
                                                   got['queue_bytes']))
        for key in ('messages', 'bytes', 'clients', 'messages_written', 'messages_read', 'bytes_written', 'bytes_read',
                    'oldest_time_ns', 'oldest_age'):
            equal(None, got[key])
        equal(['mine', 'root', '0600', '?', '?', '?', '?'],
              run('list', preexec_fn=become_user)[0].decode().splitlines()[1].split())
        assert 'read_timeout_ns' not in as_json(run('info', '-j', 'mine', preexec_fn=become_user)[0])
        fails(4, 'no permission for slot mine', 'send', 'mine', 'x', preexec_fn=become_user)
        for mode in (0o602, 0o604):
            os.chmod(slot.path, mode)
            equal(1, listed(preexec_fn=become_user)[0]['messages'])
            full = as_json(run('info', '-j', 'mine', preexec_fn=become_user)[0])
            equal((1, None), (full['messages'], full['read_timeout_ns']))


@everywhere
def readers_are_those_of_this_slot(directory):
    """Another instance, and /dev/mailslot, may have slots of the same name."""
    os.makedirs(OTHER, exist_ok=True)
    run('mount', OTHER)
    ready = os.pipe()
    child = fork()
    if not child:
        # This one's paths are its own.
        libc.unshare(0x20000)    # CLONE_NEWNS
        libc.mount(os.fsencode(directory), b'/mnt', None, 0x1000, None)    # MS_BIND
        slots = [Slot('same/name', instance='/mnt'), Slot('theirs', instance=OTHER)]
        os.unlink('/mnt/same/name')
        slots.append(Slot('same/name', instance='/mnt'))
        os.write(ready[1], b'x')
        signal.pause()
    os.read(ready[0], 1)
    slots = [Slot('same/name', instance=OTHER)]
    if directory != CLASSIC:
        slots.append(Slot('same/name'))
        equal(b'same/name\n', run('list', '-n', env=environment(MAILSLOT_DIR=''))[0])
    client = os.open(directory + '/same/name', os.O_WRONLY)
    [got] = listed()
    equal(('same/name', [child], True, 1), (got['name'], got['readers'], got['readers_complete'], got['clients']))
    theirs = listed(env=environment(MAILSLOT_DIR=OTHER))
    equal([('same/name', [os.getpid()]), ('theirs', [child])], [(slot['name'], slot['readers']) for slot in theirs])
    # From the directory that it names, the place is that directory.
    below = listed(env=environment(MAILSLOT_DIR=directory + '/same'))
    equal([('name', [child])], [(slot['name'], slot['readers']) for slot in below])
    os.close(client)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    for slot in slots:
        slot.close()
    unmount(OTHER)


@everywhere
def several_readers(directory):
    """The server's end in a child, and twice in one process, is still one number each."""
    with Slot('shared', instance=directory) as slot:
        copy = os.dup(slot.fd)
        child = fork()
        if not child:
            signal.pause()
        wanted = sorted([os.getpid(), child])
        equal(wanted, listed()[0]['readers'])
        equal(','.join(map(str, wanted)), run('list')[0].decode().split()[-1])
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(copy)


@everywhere
def slots_that_come_and_go(directory):
    """A list taken meanwhile has those that stay, each once, and says nothing of others."""
    stay = [Slot(f'stay{i}', instance=directory) for i in range(1100)]
    child = fork()
    if not child:
        while True:
            for i in range(50):
                Slot(f'come{i % 7}', instance=directory).close()
                Slot(f'sub{i % 3}/come', instance=directory).close()
    wanted = sorted(slot.name for slot in stay)
    for _ in range(20):
        out, err = run('list', '-n')
        equal(b'', err)
        equal(wanted, [name for name in out.decode().splitlines() if name.startswith('stay')])
    [got] = [slot for slot in listed() if slot['name'] == 'stay7']
    equal([os.getpid(), child], sorted(got['readers']))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    for slot in stay:
        slot.close()


@case
def very_many():
    """More than one call tells of, and in time."""
    with Instance(NAMED) as directory:
        slots = [Slot(f's/{i:05}', instance=directory) for i in range(MANY)]
        slots[7].send(b'x')
        began = time.monotonic()
        got = listed()
        first = time.monotonic()
        equal(MANY, len(run('list', '-n')[0].splitlines()))
        second = time.monotonic()
        inside(b'\nmessages           1\n', run('info', 's/00007')[0])
        third = time.monotonic()
        print(f'# {MANY} slots: list --json {first - began:.2f} s, list --names {second - first:.2f} s, '
              f'info of one {third - second:.2f} s')
        equal([f's/{i:05}' for i in range(MANY)], [slot['name'] for slot in got])
        equal([[os.getpid()]] * MANY, [slot['readers'] for slot in got])
        equal([7], [i for i, slot in enumerate(got) if slot['messages']])
        for slot in slots:
            slot.close()


@case
def directory_that_nobody_may_read():
    """Who may not list is told what the nodes tell."""
    with Instance(NAMED, '-o', 'mode=0711') as directory, Slot('a', mode=0o602, queue=1000, instance=directory) as slot:
        slot.send(b'x')
        for words in ['list'], ['list', '-n'], ['list', '-j'], ['status']:
            fails(4, f'no permission to list {NAMED}', *words, preexec_fn=become_user)
        got = as_json(run('info', '-j', 'a', preexec_fn=become_user)[0])
        equal(('0602', None, 1000, None), (got['mode'], got['messages'], got['queue_bytes'], got['max_message_size']))
        equal((b'', b''), run('send', 'a', 'y', preexec_fn=become_user))
        equal([b'x', b'y'], [slot.read(), slot.read()])
        fails(4, f'no permission to create slots ({NAMED})', 'create', 'b', preexec_fn=become_user)
        os.chmod(slot.path, 0o600)
        fails(4, 'no permission to open slot a, nor to list its directory', 'info', 'a', preexec_fn=become_user)
        fails(3, 'there is no slot b', 'info', 'b', preexec_fn=become_user)


@case
def limits_of_the_mount():
    with Instance(NAMED, '-o', 'max_slots=1') as directory, Slot('a', instance=directory):
        fails(1, 'there are as many slots as there may be (max_slots of the module or of the mount)', 'create', 'b')
        fails(2, '--queue is 9999999999; it can be', 'create', '-q', '9999999999', 'b')


@case
def mounted_with_options():
    def shown():
        with open('/proc/mounts', encoding='utf-8') as mounts:
            return [line.split()[3] for line in mounts if line.startswith('mailslot ' + NAMED.replace(' ', '\\040') + ' ')]

    with Instance(NAMED, '-o', 'uid=5,gid=6,,mode=0700', '--options=max_slots=7,max_bytes=8K', '-o', 'nosuid,noexec'):
        equal(['rw,nosuid,noexec,relatime,uid=5,gid=6,mode=0700,max_slots=7,max_bytes=8192'], shown())
    with Instance(NAMED, '-o', 'ro') as directory:
        equal(['ro,relatime'], shown())
        fails(1, 'a: Read-only file system', 'create', 'a')
    with Instance(NAMED, '-onodev') as directory:
        fails(4, f'no permission to create slots ({NAMED}): {NAMED} is mounted with nodev', 'create', 'a')
        # A mount without it, of the same instance.
        os.makedirs(OTHER, exist_ok=True)
        equal(0, libc.mount(os.fsencode(directory), os.fsencode(OTHER), None, 0x1000, None))    # MS_BIND
        equal(0, libc.mount(None, os.fsencode(OTHER), None, 0x1020, None))    # MS_REMOUNT of the bind alone
        with Slot('a', mode=0o666, instance=OTHER) as slot:
            fails(4, f'no permission for slot a: {NAMED} is mounted with nodev', 'send', 'a', 'x')
            assert not slot.waiting()
        unmount(OTHER)


@case
def options_that_are_wrong():
    """The kernel's own words are told."""
    os.makedirs(NAMED, exist_ok=True)
    for option, message in {
        'foo': "foo: Unknown parameter 'foo'", 'foo=1': "foo=1: Unknown parameter 'foo'", 'uid': "uid: Bad value for 'uid'",
        'uid=root': "uid=root: Bad value for 'uid'", 'mode=9': "mode=9: Bad value for 'mode'",
        'mode=0200000': 'mode=0200000: mode 0200000 is none', 'max_slots=-1': "Bad value for 'max_slots'",
        'max_bytes=3Q': 'max_bytes=3Q is no size', 'uid=4294967295': 'uid 4294967295 is not mapped',
        'gid=4294967295': 'gid 4294967295 is not mapped', 'source=x': 'Multiple sources', '\x1b[31m': "'\\x1b[31m'",
    }.items():
        fails(2, message, 'mount', '-o', 'nosuid,' + option, NAMED)
    fails(2, "option '-o' wants a value", 'mount', '-o')
    fails(2, "'' is no directory", 'mount', '')
    equal([], as_json(run('status', '-j')[0])['instances'])


@case
def directories_that_do_not_do():
    fails(1, 'there is no directory /tmp/nowhere', 'mount', '/tmp/nowhere')
    fails(1, '/dev/null is no directory', 'mount', '/dev/null')
    with Instance(NAMED):
        for again in NAMED, NAMED + '//':
            fails(7, f"an instance is on {NAMED} already: 'umount {NAMED}' takes it away", 'mount', again)
    fails(4, "mounting takes root's rights, or a user namespace: unshare -Urm", 'mount', NAMED, preexec_fn=become_user)


@case
def mounted_over_slots():
    """Slots of /dev/mailslot are not hidden, and an instance does not go with them."""
    with Slot('a'):
        fails(7, f'slots or files are in {CLASSIC}, and would be hidden', 'mount')
        fails(7, f'slots or files are in {CLASSIC}, and would be hidden', 'mount', DIRECTORY)
        equal([], as_json(run('status', '-j')[0])['instances'])
    until(lambda: not os.path.exists(CLASSIC) or not os.listdir(CLASSIC))
    shutil.rmtree(CLASSIC, ignore_errors=True)
    with Instance(CLASSIC):
        classic = Slot('a')
        with Slot('b', instance=CLASSIC):
            equal(b'b\n', run('list', '-n')[0])
        classic.close()
        time.sleep(1)
        equal([CLASSIC], as_json(run('status', '-j')[0])['instances'])
    # It is the same directory for those of /dev/mailslot afterwards.
    with Slot('a'):
        equal(b'a\n', run('list', '-n')[0])


@case
def told_by_status_and_unload():
    os.makedirs(OTHER, exist_ok=True)
    run('mount', OTHER)
    with Instance(NAMED) as directory, Slot('sub/a', instance=directory) as slot:
        client = os.open(slot.path, os.O_WRONLY)
        got = as_json(run('status', '-j')[0])
        equal(([OTHER, NAMED], NAMED, 1), (got['instances'], got['directory'], got['slots']))
        text = run('status')[0].decode()
        for line in (f'instance on          {OTHER}', f'instance on          {NAMED}', f'slots are in         {NAMED}'):
            inside('\n' + line + '\n', text)
        err = fails(1, 'the module is in use', 'unload')
        for right in ('read', 'write'):
            inside(f') has slot sub/a open to {right}', err)
        inside(f'an instance is mounted on {NAMED}\n', err)
        os.close(client)
    unmount(OTHER)


@case
def user_namespaces():
    """Without any right outside, `mount` makes an instance, and the rest works there."""
    if subprocess.run(['unshare', '-Urm', 'true'], preexec_fn=become_user, capture_output=True, check=False).returncode:
        raise Skip('there are no user namespaces')
    script = '''
        "$0" mount -o uid=5 /mnt; echo $?
        "$0" mount /mnt || exit
        export MAILSLOT_DIR=/mnt
        "$0" create -n 1 a/b & 
        "$0" send --wait forever a/b hello
        wait
        "$0" list -n
    '''
    done = subprocess.run(['unshare', '-Urm', 'sh', '-c', script, COMMAND], preexec_fn=become_user, capture_output=True,
                          env=environment(), timeout=60, check=True)
    equal(b'2\nhello\n', done.stdout)
    inside(b'uid=5: uid 5 is not mapped', done.stderr)
    # A user namespace without a mount namespace is not enough.
    done = subprocess.run(['unshare', '-Ur', COMMAND, 'mount', '/mnt'], preexec_fn=become_user, capture_output=True, check=False)
    equal(4, done.returncode)
    inside(b'unshare -Urm', done.stderr)


COMMANDS = (['list'], ['list', '-n'], ['list', '-j'], ['info', 'a'], ['create', 'a'], ['create', 'a', '--', 'true'],
            ['send', 'a', 'x'], ['send', '-w', '0', 'a', 'x'], ['peek', 'a'], ['status'])


@case
def no_instance():
    with Slot('a', mode=0o666) as slot:
        for directory in '/tmp', '/tmp/nowhere', '/dev', '/dev/mailslot/a':
            for words in COMMANDS:
                fails(1, f"{directory} is no instance of slots: 'mailslot mount {directory}' makes one", *words,
                      env=environment(MAILSLOT_DIR=directory))
        terminal = Terminal('watch', env=environment(MAILSLOT_DIR='/tmp', TERM='xterm'))
        inside(b'/tmp is no instance of slots', terminal.end(1))
        for directory in 'tmp', './tmp', '/', '//', '/' + 'x' * 3839:
            for words in COMMANDS:
                fails(2, "MAILSLOT_DIR must be an absolute path, other than '/', of at most 3839 bytes", *words,
                      env=environment(MAILSLOT_DIR=directory))
        fails(1, 'is no instance of slots', 'list', env=environment(MAILSLOT_DIR='/' + 'x' * 3838))
        # These name /dev/mailslot, and mean its slots.
        for directory in '', CLASSIC, DIRECTORY, CLASSIC + '///':
            equal(b'a\n', run('list', '-n', env=environment(MAILSLOT_DIR=directory))[0])
            run('send', CLASSIC + '/a', 'x', env=environment(MAILSLOT_DIR=directory))
            equal(b'x', slot.read())
        equal(b'loaded', run('load', env=environment(MAILSLOT_DIR='tmp'))[1].split()[-2])


@case
def gone_under_watch():
    with Instance(NAMED):
        terminal = Terminal('watch', '-d', '0.1')
        terminal.until(b'NAME')
        unmount(NAMED)
        inside(f'{NAMED} is no instance of slots'.encode(), terminal.end(1))
        run('mount', NAMED)


@case
def longest_paths():
    """The directory, a slash and a name of 255 bytes are a path that the kernel takes."""
    directory = '/tmp/' + '/'.join(['d' * 250] * 15)
    directory += '/' + 'd' * (3839 - len(directory) - 1)
    equal(3839, len(directory))
    name = '/'.join(['n' * 31] * 8)
    equal(255, len(name))
    with Instance(directory), Slot(name, instance=directory) as slot:
        equal(name.encode() + b'\n', run('list', '-n')[0])
        run('send', directory + '/' + name, 'x')
        equal(b'x', slot.read())
        inside(name.encode(), run('info', name)[0])
    shutil.rmtree('/tmp/' + 'd' * 250)


@case
def not_for_set_user_id():
    """Who runs with rights that the caller has not does not go where the caller says."""
    shutil.copy(COMMAND, '/tmp/as-root')
    os.chmod('/tmp/as-root', 0o4755)
    with Slot('a'):
        done = subprocess.run(['/tmp/as-root', 'list', '-n'], env=environment(MAILSLOT_DIR='/tmp'), preexec_fn=become_user,
                              capture_output=True, check=False)
        equal((0, b'a\n', b''), (done.returncode, done.stdout, done.stderr))
        done = subprocess.run(['/tmp/as-root', 'list', '-n'], env=environment(MAILSLOT_DIR='/tmp'), capture_output=True, check=False)
        equal(1, done.returncode)


os.environ.pop('MAILSLOT_DIR', None)
resource.setrlimit(resource.RLIMIT_NOFILE, (MANY + 100, MANY + 100))
equal(0, libc.unshare(0x20000))    # CLONE_NEWNS
equal(0, libc.mount(b'none', b'/', None, 0x44000, None))    # MS_REC | MS_PRIVATE
outside('MAILSLOT_DIR', os.environ)
main()
