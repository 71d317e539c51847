#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""`mailslot list` and `info`: what they say of slots is what the slots say, to root and to others, of few and of many."""

import os
import resource
import time

from cases import COST, DIRECTORY, USER, Slot, as_json, become_user, case, equal, fork, inside, main, outside, run

MANY = int(os.environ.get('MANY', '500'))


def listed(**options):
    return as_json(run('list', '--json', **options)[0])


@case
def empty_list():
    equal((b'NAME  OWNER  MODE  MESSAGES  BYTES  OLDEST  READERS\n', b''), run('list'))
    equal(([], b'', b''), (listed(), *run('list', '--names')))


@case
def table():
    with Slot('b', mode=0o622) as b, Slot('a/long name', mode=0o600):
        b.send(b'12345', b'')
        os.chown(DIRECTORY + 'b', USER, USER)
        lines = [line.split() for line in run('list')[0].decode().splitlines()]
        pid = str(os.getpid())
        equal(['a/long', 'name', 'root', '0600', '0', '0', '-', pid], lines[1])
        equal(['b', str(USER), '0622', '2', str(5 + 2 * COST)], lines[2][:5])
        assert lines[2][5].endswith('s')
        equal(pid, lines[2][6])
        text = run('list')[0].decode().splitlines()
        equal(text[0].index('READERS'), text[1].rindex(pid))
        equal(text[1].rindex(pid), text[2].rindex(pid))


@case
def json_has_it_all():
    with Slot('a/b', mode=0o640, longest=100, queue=5000) as slot:
        before = time.time_ns()
        slot.send(b'first')
        time.sleep(0.2)
        slot.send(b'second')
        slot.read()
        slot.send(b'third')
        client = os.open(DIRECTORY + 'a/b', os.O_WRONLY)
        [got] = listed()
        status = os.stat(DIRECTORY + 'a/b')
        # The second message is the oldest that waits.
        oldest = got.pop('oldest_time_ns')
        assert before + 0.19e9 < oldest < time.time_ns() + 1e9, (before, oldest)
        age = got.pop('oldest_age')
        assert 0 <= age < 60, age
        equal({
            'name': 'a/b', 'device': f'{os.major(status.st_rdev)}:{os.minor(status.st_rdev)}', 'owner': 'root',
            'uid': 0, 'gid': 0, 'mode': '0640', 'messages': 2, 'bytes': 11 + 2 * COST, 'queue_bytes': 5000,
            'max_message_size': 100, 'clients': 1, 'messages_written': 3, 'messages_read': 1, 'bytes_written': 16,
            'bytes_read': 5, 'readers': [os.getpid()], 'readers_complete': True}, got)
        os.close(client)


@case
def info_has_more():
    with Slot('a', timeout=1500000000) as slot:
        slot.send(b'12345')
        [short] = listed()
        full = as_json(run('info', '--json', 'a')[0])
        for key in short:
            if key != 'oldest_age':
                equal(short[key], full[key])
        equal((5, 1500000000), (full['next_message_size'], full['read_timeout_ns']))
        assert full['creation_time_ns'] == full['last_read_time_ns'] < full['last_write_time_ns'] == full['oldest_time_ns']
        text = run('info', '/dev/mailslot/a')[0].decode()
        for line in ('name               a', 'mode               0600', 'read timeout       1.5 s', 'messages           1',
                     'next message size  5', 'last read          never', f'readers            {os.getpid()}',
                     'max message size   no limit', 'clients            0'):
            inside('\n' + line, '\n' + text)
        slot.read()
        outside('never', run('info', 'a')[0].decode())
    with Slot('a'):
        full = as_json(run('info', '-j', 'a')[0])
        equal([None] * 4, [full[key] for key in ('next_message_size', 'read_timeout_ns', 'oldest_time_ns', 'oldest_age')])
        inside('reads wait for ever', run('info', 'a')[0].decode())


@case
def others_see_less():
    with Slot('mine', mode=0o600):
        [got] = listed(preexec_fn=become_user)
        equal(([], False, 'root', '0600'), (got['readers'], got['readers_complete'], got['owner'], got['mode']))
        line = run('list', preexec_fn=become_user)[0].decode().splitlines()[1]
        equal('?', line.split()[-1])
        # What needs the node is left out; the rest is for all.
        full = as_json(run('info', '-j', 'mine', preexec_fn=become_user)[0])
        assert 'read_timeout_ns' not in full and full['name'] == 'mine'
        os.chmod(DIRECTORY + 'mine', 0o602)
        assert 'read_timeout_ns' in as_json(run('info', '-j', 'mine', preexec_fn=become_user)[0])
        os.chmod(DIRECTORY + 'mine', 0o604)
        assert 'read_timeout_ns' in as_json(run('info', '-j', 'mine', preexec_fn=become_user)[0])


@case
def several_readers():
    """The server's end in a child, and twice in one process, is still one number each."""
    with Slot('shared') as slot:
        copy = os.dup(slot.fd)
        ready, go = os.pipe(), os.pipe()
        child = fork()
        if not child:
            os.write(ready[1], b'x')
            os.close(go[1])
            os.read(go[0], 1)
            os._exit(0)
        os.read(ready[0], 1)
        wanted = sorted([os.getpid(), child])
        equal(wanted, listed()[0]['readers'])
        equal(','.join(map(str, wanted)), run('list')[0].decode().split()[-1])
        os.close(go[0])
        os.close(go[1])
        os.waitpid(child, 0)
        os.close(copy)
        os.close(ready[0])
        os.close(ready[1])


@case
def names_alone():
    names = ['a/b', 'mit leer', 'zwölf', '邮筒', 'back\\slash', "it's $HOME"]
    slots = [Slot(name) for name in names]
    equal(''.join(name + '\n' for name in sorted(names, key=str.encode)).encode(), run('list', '-n')[0])
    equal(sorted(names, key=str.encode), [slot['name'] for slot in listed()])
    for slot in slots:
        slot.close()


@case
def slots_that_come_and_go():
    """A list taken meanwhile has those that stay, and says nothing of others."""
    stay = [Slot(f'stay{i}') for i in range(5)]
    child = fork()
    if not child:
        while True:
            Slot('come').close()
    for _ in range(20):
        out, err = run('list', '-j')
        equal(b'', err)
        names = [slot['name'] for slot in as_json(out)]
        equal([f'stay{i}' for i in range(5)], [name for name in names if name != 'come'])
    os.kill(child, 9)
    os.waitpid(child, 0)
    for slot in stay:
        slot.close()


@case
def very_many():
    resource.setrlimit(resource.RLIMIT_NOFILE, (MANY + 100, MANY + 100))
    slots = [Slot(f's/{i:05}') for i in range(MANY)]
    slots[7].send(b'x')
    began = time.monotonic()
    got = listed()
    first = time.monotonic()
    equal(MANY, len(run('list', '-n')[0].splitlines()))
    second = time.monotonic()
    run('info', 's/00007')
    third = time.monotonic()
    print(f'# {MANY} slots: list --json {first - began:.2f} s, list --names {second - first:.2f} s, '
          f'info of one {third - second:.2f} s')
    equal([f's/{i:05}' for i in range(MANY)], [slot['name'] for slot in got])
    equal([[os.getpid()]] * MANY, [slot['readers'] for slot in got])
    equal([7], [i for i, slot in enumerate(got) if slot['messages']])
    for slot in slots:
        slot.close()


main()
