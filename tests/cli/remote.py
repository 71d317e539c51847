#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""`mailslot send` to other machines, and `mailslot relay`. Of the relay there is what the command knows of it: its slots,
and a socket that answers."""

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time

from cases import (Slot, as_json, become_user, case, equal, fails, finish, slots_directory, inside, main, run, start,
                   until)

MOST = 424


def slot(name, mode=0o622, longest=0, queue=0):
    return Slot(name, mode, longest, queue, timeout=0, instance=os.environ.get('MAILSLOT_DIR'))


class Relay:
    """Slots as the relay has them, with that which tells its names."""

    def __init__(self, **slots):
        self.slots = [slot('remote/self/office/alpha', 0)]
        self.slots += [slot(name, **more) for name, more in slots.items()]

    def __enter__(self):
        return self.slots[1:]

    def __exit__(self, *_):
        for one in self.slots:
            one.close()


def relay(*names, **more):
    return Relay(**{name: more for name in names})


def sends(to, message, *words, feed=None):
    """The command sends it, says nothing, and that is all that comes."""
    equal((b'', b''), run('send', *words, feed=feed))
    equal(message, to.read())
    assert not to.waiting()


@case
def no_relay():
    fails(3, 'status on host beta: no relay runs here', 'send', '--host', 'beta', 'status', 'hi')
    fails(3, 'status in domain sales: no relay runs here', 'send', '-D', 'sales', 'status', 'hi')
    with slot('remote/host/beta/status'):
        fails(3, 'no relay runs here', 'send', '--host=beta', 'status', 'hi')


@case
def one_address():
    with relay('remote/host/beta/status', 'remote/domain/sales/status', 'remote/all/news') as (host, domain, news):
        sends(host, b'hi', '--host', 'beta', 'status', 'hi')
        sends(host, b'', '-H', 'BETA', 'Status', '')
        sends(host, b'a\nb', '-Hbeta', 'status', feed=b'a\nb')
        sends(domain, b'hi', '--domain=sales', 'status', 'hi')
        sends(news, b'hi', '-D', '*', 'news', 'hi')
        equal((b'', b'mailslot send: 2 messages sent to status on host beta\n'),
              run('send', '-v', '-H', 'beta', 'status', 'one', 'two'))
        equal([b'one', b'two'], [host.read(), host.read()])
        # A host is none of the domains, and a domain is no host.
        fails(4, "status on host sales: the relay's configuration lets no messages go there",
              'send', '-H', 'sales', 'status', 'hi')
        fails(4, 'status in domain beta', 'send', '-D', 'beta', 'status', 'hi')


@case
def patterns():
    with relay('remote/host/web-*/jobs/*', 'remote/domain/sales/log-?', 'remote/all/log/*') as (host, domain, everywhere):
        sends(host, b'\\\\web-1\\mailslot\\jobs/a\0hi', '--host', 'web-1', 'jobs/a', 'hi')
        sends(host, b'\\\\web-1\\mailslot\\jobs/a/b\0', '--host', 'WEB-1', 'Jobs\\a/B', '')
        sends(domain, b'\\\\sales\\mailslot\\log-1\0hi', '-D', 'sales', 'log-1', feed=b'hi')
        sends(everywhere, b'\\\\*\\mailslot\\log/x\0hi', '-D', '*', 'log/x', 'hi')
        run('send', '--lines', '-H', 'web-1', 'jobs/a', feed=b'one\n\ntwo')
        equal([b'\\\\web-1\\mailslot\\jobs/a\0' + line for line in (b'one', b'', b'two')], [host.read() for _ in range(3)])


@case
def not_allowed():
    with relay('remote/host/beta/status') as (host,):
        for words in (('-H', 'beta', 'other'), ('-H', 'gamma', 'status'), ('-D', '*', 'status'), ('-H', '..', 'beta/status'),
                      ('-H', 'b eta', 'status'), ('-D', 'ä', 'status')):
            fails(4, "the relay's configuration lets no messages go there", 'send', *words, 'hi')
        assert not host.waiting()


@case
def permission():
    with relay('remote/host/beta/status', mode=0o600) as (host,):
        fails(4, 'no permission for slot remote/host/beta/status', 'send', '-H', 'beta', 'status', 'hi',
              preexec_fn=become_user)
        os.chmod(host.path if 'MAILSLOT_DIR' not in os.environ else slots_directory() + host.name, 0o622)
        run('send', '-H', 'beta', 'status', 'hi', preexec_fn=become_user)
        equal(b'hi', host.read())


@case
def too_long():
    with relay('remote/domain/sales/status', 'remote/domain/sales/log-?', 'remote/all/*', longest=MOST + 331) as slots:
        for to, words in zip(slots, (('sales', 'status'), ('sales', 'log-1'), ('*', 'news'))):
            run('send', '-D', *words, feed=b'x' * MOST)
            equal(b'x' * MOST, to.read()[-MOST:])
            for options, feed in (((), b'x' * (MOST + 1)), (('-l',), b'x' * (MOST + 1))):
                fails(1, 'message 1 was not sent: longer than the 424 bytes to a domain', 'send', *options, '-D', *words,
                      feed=feed)
            fails(1, 'longer than the 424 bytes', 'send', '-D', *words, 'x' * (MOST + 1))
            assert not to.waiting()
    with relay('remote/host/beta/a', 'remote/host/beta/[b]', longest=40) as (plain, framed):
        room = 40 - len(b'\\\\beta\\mailslot\\b\0')
        sends(plain, b'x' * 40, '-H', 'beta', 'a', feed=b'x' * 40)
        fails(1, 'longer than the slot takes', 'send', '-H', 'beta', 'a', feed=b'x' * 41)
        run('send', '-H', 'beta', 'b', 'x' * room)
        equal(40, len(framed.read()))
        fails(1, 'longer than the slot takes', 'send', '-H', 'beta', 'b', 'x' * (room + 1))
        fails(1, 'longer than the slot takes', 'send', '-H', 'beta', 'b', feed=b'x' * (room + 1))


@case
def this_host():
    with relay('remote/host/alpha/here', 'remote/domain/alpha/here') as (trap, domain), slot('here') as here:
        sends(here, b'hi', '-H', 'alpha', 'here', 'hi')
        sends(here, b'hi', '-H', 'localhost', 'here', 'hi')
        sends(here, b'hi', '--host', socket.gethostname().upper(), 'here', 'hi')
        assert not trap.waiting()
        # A domain of the same name is more than this host.
        sends(domain, b'hi', '-D', 'alpha', 'here', 'hi')


@case
def relay_that_ends():
    devnull = os.open('/dev/null', os.O_RDONLY)
    for name in ('remote/host/beta/status', 'remote/host/beta/stat*'):
        with relay(name) as (host,):
            process = start('send', '-l', '-H', 'beta', 'status', stdin=subprocess.PIPE)
            process.stdin.write(b'one\n')
            process.stdin.flush()
            until(host.waiting)
            # Its number stays taken until the end of the case.
            os.dup2(devnull, host.fd)
            _, err = finish(process, 3, b'two\n')
            inside(b'1 messages were sent', err)
            inside(b'message 2 was not sent: the relay has ended', err)
    os.close(devnull)


@case
def full_queue():
    with relay('remote/host/beta/[s]tatus', queue=4096) as (host,):
        fails(6, 'the queue is full', 'send', '-n', '-l', '-H', 'beta', 'status', feed=b'x\n' * 4096)
        process = start('send', '-t', '60', '-H', 'beta', 'status', 'late')
        time.sleep(0.3)
        while host.waiting():
            last = host.read()
        finish(process)
        if host.waiting():
            last = host.read()
        equal(b'\\\\beta\\mailslot\\status\0late', last)


@case
def waiting():
    words = ('send', '--wait', '60', '-H', 'beta', 'status', 'hi')
    for name in ('remote/host/beta/status', 'remote/host/b*/st*'):
        # The relay comes, or it is there and its slot comes.
        process = start(*words)
        time.sleep(0.3)
        with relay(name) as (host,):
            finish(process)
            equal(b'hi', host.read()[-2:])
        with relay():
            process = start(*words)
            time.sleep(0.3)
            with slot(name) as host:
                finish(process)
                equal(b'hi', host.read()[-2:])
    begin = time.monotonic()
    fails(6, 'status on host beta: no relay came in time', 'send', '-w', '0.2', '-H', 'beta', 'status', 'hi')
    assert time.monotonic() - begin >= 0.2
    fails(3, 'no relay runs here', 'send', '-w', '0', '-H', 'beta', 'status', 'hi')
    with relay():
        fails(4, 'lets no messages go there', 'send', '-w', '0.1', '-H', 'beta', 'status', 'hi')


@case
def wrong_words():
    fails(2, "'a/b' is no name of a host or a domain", 'send', '-H', 'a/b', 'x')
    fails(2, "'a\\\\b' is no name of a host", 'send', '-H', 'a\\b', 'x')
    fails(2, "'' is no name of a host", 'send', '--host=', 'x')
    fails(2, "'*' is no host", 'send', '-H', '*', 'x')
    fails(2, "'a/../b' is no name of a slot on another machine", 'send', '-D', '*', 'a/../b')
    fails(2, 'has 255 bytes at the most', 'send', '-D', '*', 'x' * 256)
    fails(2, 'exclude each other', 'send', '-D', 'a', '-H', 'b', 'x')
    fails(2, 'exclude each other', 'send', '-H', 'a', '-H', 'b', 'x')
    fails(2, 'which slot?', 'send', '-H', 'a')
    fails(2, "'status' is what there is to ask for", 'relay')
    fails(2, "no command 'relay bogus'", 'relay', 'bogus')
    fails(2, "'x' is too much", 'relay', 'status', 'x')
    fails(2, 'is no path of a socket', 'relay', 'status', '--socket', '/' + 'x' * 108)
    fails(2, 'is no path of a socket', 'relay', 'status', '--socket=')


STATUS = {
    'version': '0.1.0', 'host': 'alpha', 'domain': 'office', 'since_ns': 1764512345000000000, 'connected': True,
    'server': 'nats://127.0.0.1:4222', 'reconnects': 2, 'queued': 3, 'sent': 12, 'sent_bytes': 340, 'received': 2**62,
    'received_bytes': 99, 'dropped': {'no_slot': 4, 'full': 0, 'slow': 1, 'cosmic': 2},
    'stored': {'sent': 5, 'received': 6, 'duplicates': 7, 'waiting': 8},
}


class Daemon:
    """Whoever connects to the path is answered by the function."""

    def __init__(self, answer, backlog=16, mode=0o666):
        self.directory = tempfile.mkdtemp()
        os.chmod(self.directory, 0o755)
        self.path = self.directory + '/status'
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(self.path)
        os.chmod(self.path, mode)
        self.socket.listen(backlog)
        self.thread = threading.Thread(target=self.serve, args=(answer,), daemon=True)
        if answer:
            self.thread.start()

    def serve(self, answer):
        while True:
            try:
                client, _ = self.socket.accept()
                with client:
                    answer(client)
            except OSError:
                return

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        self.socket.close()
        shutil.rmtree(self.directory)


def tells(data):
    return Daemon(lambda client: client.sendall(data))


@case
def status():
    with tells(json.dumps(STATUS).encode()) as path:
        out, err = run('relay', 'status', '--socket', path)
        equal(b'', err)
        equal("""relay                0.1.0, since 2025-11-30 14:19:05
host                 alpha
domain               office
server               nats://127.0.0.1:4222, 2 reconnects
sent                 12 messages, 340 bytes; 3 wait
received             4611686018427387904 messages, 99 bytes
dropped              7 messages
                     4 for lack of the slot
                     1 as slots were not read fast enough
                     2 cosmic
stored               5 sent, 6 received, 7 twice; 8 wait
""", out.decode())
        equal(STATUS, as_json(run('relay', 'status', '-j', '-s', path)[0]))
        equal(list(STATUS), list(as_json(run('relay', '--json', '--socket=' + path, 'status')[0])))
    with tells(json.dumps({**STATUS, 'connected': False, 'server': None}).encode()) as path:
        inside(b'server               none: not connected, 2 reconnects\n', run('relay', 'status', '-s', path)[0])


@case
def status_in_pieces():
    def slowly(client):
        for byte in json.dumps(STATUS).encode():
            client.sendall(bytes([byte]))
        time.sleep(1)

    with Daemon(slowly) as path:
        equal(STATUS, as_json(run('relay', 'status', '-j', '-s', path)[0]))


@case
def no_daemon():
    fails(3, 'no relay runs here', 'relay', 'status')
    fails(3, 'no relay runs here: nobody listens at /nowhere', 'relay', 'status', '-s', '/nowhere')
    with Daemon(None) as path:
        os.rename(path, path + '2')
        stale = socket.socket(socket.AF_UNIX)
        stale.bind(path)
        fails(3, 'nobody listens', 'relay', 'status', '--json', '-s', path)
    with Daemon(None, mode=0o600) as path:
        fails(4, 'no permission to connect', 'relay', 'status', '-s', path, preexec_fn=become_user)
    with tempfile.NamedTemporaryFile() as file:
        fails(3, 'nobody listens', 'relay', 'status', '-s', file.name)


@case
def hostile_daemon():
    for answer in (b'', b'hello', b'[]', b'7', b'null', b'{"a": 1, "a": 2}', b'{"a": 1', b'{} {}', b'\xff\xfe', b'{"\xff": 1}',
                   b'[' * 100000, b' ' * (2 << 20) + b'{}', b'{"sent": 1e999999}'):
        for options in ((), ('--json',)):
            with tells(answer) as path:
                fails(1, 'the answer is no JSON object', 'relay', 'status', *options, '-s', path)
    # What is missing, or of another kind, is no reason to fall.
    for answer in ({}, {key: [] for key in STATUS}, {key: 'x' for key in STATUS}, {**STATUS, 'since_ns': -2**63}):
        with tells(json.dumps(answer).encode()) as path:
            equal(b'', run('relay', 'status', '-s', path)[1])
    evil = {**STATUS, 'host': 'a\x1b[2Jb\n', 'server': '\x85', 'dropped': {'\x1b]0;x\x07': 1}}
    with tells(json.dumps(evil).encode()) as path:
        for options in ((), ('--json',)):
            out = run('relay', 'status', *options, '-s', path)[0]
            assert all(byte >= 32 and byte != 127 or byte == 10 for byte in out), out
            assert b'\xc2\x85' not in out, out
        equal(evil, as_json(out))


@case
def hanging_daemon():
    def trickle(client):
        while True:
            client.sendall(b' ')
            time.sleep(0.1)

    def silence(client):
        client.recv(1)

    for daemon in (Daemon(trickle), Daemon(silence), Daemon(None)):
        with daemon as path:
            begin = time.monotonic()
            fails(6, 'the relay does not answer', 'relay', 'status', '-s', path)
            assert 5 <= time.monotonic() - begin < 60
    # Nobody accepts, and no more may wait for it.
    with Daemon(None, backlog=0) as path:
        first = socket.socket(socket.AF_UNIX)
        first.connect(path)
        begin = time.monotonic()
        fails(6, 'the relay does not answer', 'relay', 'status', '-s', path)
        assert time.monotonic() - begin >= 5


if __name__ == '__main__':
    main()
