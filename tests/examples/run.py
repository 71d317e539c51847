#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs the programs of docs/examples in the test VM: every server against every client, whatever bytes a message has, and
who is said to have sent it; and what they do where there is no slot, a slot already, a message too long. TAP on standard
output. What languages do to messages behind a program's back is `traps.py`' part."""
import os
import pathlib
import pwd
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILT = ROOT / 'build/tests/examples'
COMMAND = ROOT / 'build/userlib/mailslot'
KERNEL = os.environ.get('MAILSLOT_VM', '')
OTHER = '6.12' if KERNEL in ('6.1', '6.12') else None
LIMIT = 60                      # for whatever shall happen at all, on a loaded host
JAVA = ['java', '-Xshare:auto', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', '.']
NOBODY = pwd.getpwnam('nobody').pw_uid

# Name, command, the tool that it takes, and what is particular.
CLIENTS = [
    ('c', ['./client-c'], None),
    ('cpp', ['./client-cpp'], None),
    ('library', ['./client-library'], None),        # takes texts only
    ('py', ['./client.py'], 'python3'),
    ('pl', ['./client.pl'], 'perl'),
    ('sh', ['./client.sh'], 'sh'),                  # dd writes for it: a process of its own
    ('go', ['./client-go'], 'go'),
    ('rust', ['./client-rust'], 'rustc'),
    ('asyncio', ['./client-asyncio.py'], 'python3'),
    ('js', ['./client.js'], 'node'),
    ('java', [*JAVA, 'Client'], 'javac'),
]
# These take seconds to start.
SLOW = 'asyncio', 'js', 'java'
NO_EMPTY = 'sh', 'java'
# The name of the slot in place of {}.
CREATE = 'create', '--mode=666', '--max-message=64K'
SERVERS = [
    ('c', ['./server-c', '{}'], None),
    ('cpp', ['./server-cpp', '{}'], None),
    ('library', ['./server-library', '{}'], None),
    ('ring', ['./server-ring', '{}'], None),
    ('py', ['./server.py', '{}'], 'python3'),
    ('ring-py', ['./server-ring.py', '{}'], 'python3'),
    ('asyncio', ['./server-asyncio.py', '{}'], 'python3'),
    ('pl', ['./server.pl', '{}'], 'perl'),
    ('go', ['./server-go', '{}'], 'go'),
    ('rust', ['./server-rust', '{}'], 'rustc'),
    ('sh', [COMMAND, *CREATE, '{}', '--', './server.sh'], 'sh'),
    ('js', [COMMAND, *CREATE, '{}', '--', './server.js'], 'node'),
    ('java', [COMMAND, *CREATE, '{}', '--', *JAVA, 'Server'], 'javac'),
]

number = 0


def report(passed, name, *why):
    global number
    number += 1
    print(f'{"ok" if passed else "not ok"} {number} - {name}')
    for line in why if not passed else ():
        print(f'# {line}')
    sys.stdout.flush()


def skip(name, why):
    global number
    number += 1
    print(f'ok {number} - {name} # SKIP {why}', flush=True)


def missing(tool, command):
    """Why COMMAND cannot be run; nothing if it can."""
    note = BUILT / f'{tool}.missing'
    if note.exists():
        return note.read_text().strip()
    if tool in ('python3', 'perl', 'node') and not shutil.which(tool):
        return f'no {tool}'
    if command[0] == 'java' and not shutil.which('java'):
        return 'no java'
    if command[0] is COMMAND and not COMMAND.exists():
        return 'no mailslot command'
    return None


def usable(programs, end):
    found = []
    for name, command, tool in programs:
        why = missing(tool, command)
        if why:
            skip(f'{end} {name}', why)
        else:
            found.append((name, command))
    return found


def client(command, arguments, message=b'', user=None):
    """Runs a client to its end; its process and what it said."""
    process = subprocess.Popen([*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, user=user, group=user, extra_groups=[] if user else None)
    output, _ = process.communicate(message, timeout=LIMIT)
    return process, output.decode(errors='replace').strip()


def payload(of, length=None):
    """Bytes of every kind, with newlines at odd places, the same in every run."""
    source = random.Random(of)
    length = length or source.choice((1, 255, 4096, 4097, 8193, 65536))
    return (bytes(range(256)) * (length // 256 + 1))[:length - 1] + source.choice((b'\n', b'\0', b'x'))


class Server:
    def __init__(self, name, command, count):
        self.name, self.slot, self.expected = name, f'examples-{name}', []
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([*(self.slot if part == '{}' else part for part in command), str(count)],
                                        stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)
        self.node = pathlib.Path('/dev/mailslot', self.slot)

    def wait_for_node(self):
        end = time.monotonic() + LIMIT
        while not self.node.exists() and self.process.poll() is None and time.monotonic() < end:
            time.sleep(0.05)
        return self.node.exists()

    def end(self):
        try:
            code = self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = 'still waiting for messages'
        self.log.seek(0)
        self.output = self.log.read()
        return code

    def messages(self):
        """What it printed: (number, process, user, bytes) each; and what was left that was no message."""
        rest = re.sub(rb'\Alistening on [^\n]*\n', b'', self.output)
        found = []
        while head := re.match(rb'message (\d+)(?: from process (\d+), user (\S+))?, (\d+) bytes: ', rest):
            length = int(head[4])
            text, rest = rest[head.end():head.end() + length], rest[head.end() + length:]
            if length == 0 or not text.endswith(b'\n'):
                # Without a line's end of its own it was given one.
                if not rest.startswith(b'\n'):
                    return found, head[0] + text + rest
                rest = rest[1:]
            found.append((int(head[1]), head[2] and int(head[2]), head[3] and head[3].decode(), text))
        return found, rest


def pairs(clients, servers):
    """Every client writes a message of its own to every server, some as another user. Of the two kernels of `make test`
    each has half of the pairs, as the squares of a chessboard."""
    plan = {name: [one for place, one in enumerate(clients) if not OTHER or (row + place) % 2 == (KERNEL == OTHER)]
            for row, (name, _) in enumerate(servers)}
    # And one that is empty, which to none of them may be the end.
    running = [Server(name, command, 1 + len(plan[name])) for name, command in servers]
    for server in running:
        if not server.wait_for_node():
            server.end()
            report(False, f'server {server.name} makes its slot', server.output)
            continue
        process, said = client(['./client-c'], [server.slot, ''])
        server.expected.append(('c', process.pid, 0, b'', process.returncode, said))
        for place, (name, command) in enumerate(plan[server.name]):
            user = NOBODY if place // 2 % 2 else None
            message = payload(f'{server.name} {name}')
            arguments = [server.slot]
            if name == 'library':
                message = f'{server.name}, this is {name}: Grüße €\n'.encode()
                arguments.append(message)
            process, said = client(command, arguments, message, user)
            pid = None if name == 'sh' else process.pid
            server.expected.append((name, pid, user or 0, message, process.returncode, said))
    for server in running:
        if not server.expected:
            continue
        code = server.end()
        found, rest = server.messages()
        for place, (name, pid, uid, message, status, said) in enumerate(server.expected):
            what = f'server {server.name}, client {name}: {len(message)} bytes'
            if place >= len(found):
                report(False, what, f'not received; the client ended with {status}: {said}')
                continue
            sequence, sender, user, text = found[place]
            users = None, str(uid), pwd.getpwuid(uid).pw_name
            # A server that names senders must name this one.
            report((sequence, text, status, said) == (place + 1, message, 0, '') and user in users and
                   (sender is None or pid is None or sender == pid), what,
                   f'number {sequence}, {len(text)} bytes, equal: {text == message}, process {sender} for {pid}, user {user} '
                   f'for {uid}', f'the client ended with {status}: {said}')
        report(code == 0 and rest == b'' and len(found) == len(server.expected) and not server.node.exists(),
               f'server {server.name} ends after its count, and its slot with it', f'status {code}, after {len(found)} messages '
               f'of {len(server.expected)}, what else it printed: {rest[:1000]}')


def texts(clients, server):
    """Each argument is a message, an empty one, too, where the language can."""
    words = ['one', '', 'Grüße €', 'two\nlines\n', 'x' * 5000]
    for name, command in clients:
        sent = [word for word in words if word or name not in NO_EMPTY]
        running = Server('texts', server, len(sent))
        running.wait_for_node()
        process, said = client(command, [running.slot, *sent])
        if process.returncode:
            running.process.kill()
        running.end()
        received = [message[3].decode() for message in running.messages()[0]]
        report(process.returncode == 0 and received == sent, f'client {name}: each argument is a message',
               f'sent {sent}', f'received {received}', f'status {process.returncode}: {said}')


def without_slot(clients):
    """Where there is no slot, a client says so, and leaves no file."""
    keeper = Server('keeper', ['./server-c', '{}'], 1)      # the directory is there
    keeper.wait_for_node()
    for name, command in clients:
        process, said = client(command, ['examples-none', 'text'])
        node = pathlib.Path('/dev/mailslot/examples-none')
        left = node.exists()
        if left:
            node.unlink()
        # ERROR_FILE_NOT_FOUND is 2, too
        spoken = re.search('no such file|NoSuchFile|error 2$', said, re.IGNORECASE)
        report(process.returncode != 0 and spoken and not left, f'client {name}, no slot: says so, leaves no file',
               f'status {process.returncode}, a file: {left}, said: {said}')
    keeper.process.kill()
    keeper.end()


def too_long(clients):
    """A message that is longer than the server's buffer is refused whole, and the client says so."""
    for name, command in clients:
        server = Server('short', ['./server-c', '{}'], 1)
        server.wait_for_node()
        message = b'x' * 65537
        process, said = client(command, [server.slot, *([message] if name == 'library' else [])], message)
        # ERROR_BAD_LENGTH or the like: any number will do
        spoken = re.search('message too long|EMSGSIZE|error [0-9]+$', said, re.IGNORECASE)
        client(['./client-c'], [server.slot, 'last'])
        server.end()
        report(process.returncode != 0 and spoken and [message[3] for message in server.messages()[0]] == [b'last'],
               f'client {name}, message too long: says so, nothing sent', f'status {process.returncode}: {said}', server.output)


def twice(servers):
    """A server whose slot is there already says so."""
    first = Server('twice', ['./server-c', '{}'], 1)
    first.wait_for_node()
    for name, command in servers:
        second = Server('twice', command, 1)
        code = second.end()
        said = second.output.decode(errors='replace')
        # ERROR_ALREADY_EXISTS is 183
        report(code != 0 and re.search('exists|in use|error 183', said), f'server {name}, slot there: says so',
               f'status {code}: {said}')
    client(['./client-c'], [first.slot, 'last'])
    report(first.end() == 0 and first.messages()[0][0][3] == b'last', 'the first server goes on')


def main():
    with tempfile.TemporaryDirectory() as directory:
        # Another user may be unable to reach the repository.
        os.chmod(directory, 0o755)
        for file in [*(ROOT / 'docs/examples').iterdir(), *BUILT.iterdir()]:
            if file.is_file():
                shutil.copy(file, directory)
        os.chdir(directory)
        clients, servers = usable(CLIENTS, 'client'), usable(SERVERS, 'server')
        pairs(clients, servers)
        if KERNEL != OTHER:
            clients = [one for one in clients if one[0] not in SLOW]
        texts(clients, ['./server-c', '{}'])
        without_slot(clients)
        too_long(clients)
        twice(servers)
        os.chdir('/')
    print(f'1..{number}')


if __name__ == '__main__':
    main()
