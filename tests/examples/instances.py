#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs the servers of docs/examples/instance in the test VM, each in an instance of its own: what a shell and a program
write to the slot is printed, message by message; others may write, whatever the umask; the name cannot be taken twice; and
the slot goes with its server. TAP on standard output."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCE = ROOT / 'docs/examples/instance'
BUILT = ROOT / 'build/tests/examples'
LIMIT = 120                     # for whatever shall happen at all, on a loaded host
NOBODY = 65534

# Name, command, the tool that it takes.
SERVERS = [
    ('c', [BUILT / 'instance-c'], None),
    ('go', [BUILT / 'instance-go'], 'go'),
    ('java', ['java', '-Xshare:auto', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', BUILT, 'InstanceServer'], 'javac'),
    ('js', [SOURCE / 'server.js'], 'node'),
    ('pl', [SOURCE / 'server.pl'], 'perl'),
    ('py', [SOURCE / 'server.py'], 'python3'),
    ('rb', [SOURCE / 'server.rb'], 'ruby'),
    ('rust', [BUILT / 'instance-rust'], 'rustc'),
]
MESSAGES = [b'from the shell', b'a line\n', b'', b'\xff\x00\n\n', b'x' * 65536]


def become_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def wait(condition):
    """Until CONDITION holds."""
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            raise AssertionError('it does not happen')
        time.sleep(0.05)


def send(path):
    subprocess.run(['sh', '-c', 'printf "from the shell" > "$1"', 'sh', path], check=True, timeout=LIMIT, preexec_fn=become_nobody)
    fd = os.open(path, os.O_WRONLY)
    for message in MESSAGES[1:]:
        os.write(fd, message)
    os.close(fd)


def try_server(command, directory):
    path = directory + '/log'
    server = subprocess.Popen([*command, path, str(len(MESSAGES))], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, umask=0o077)
    try:
        wait(lambda: server.poll() is not None or os.path.exists(path) and os.stat(path).st_mode & 0o777 == 0o622)
        again = subprocess.run([*command, path, '1'], stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT)
        assert again.returncode and b'xist' in again.stderr, again
        send(path)
        output, errors = server.communicate(timeout=LIMIT)
    finally:
        server.kill()
    expected = b''.join(b'message %d, %d bytes: %s\n' % (number, len(message), message.removesuffix(b'\n'))
                        for number, message in enumerate(MESSAGES, 1))
    assert (server.returncode, output, errors) == (0, expected, b''), (server.returncode, output[:300], errors)
    assert os.listdir(directory) == []


def run(name, command):
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(['mount', '-t', 'mailslot', 'mailslot', directory], check=True)
        try:
            try_server(command, directory)
            return []
        except (AssertionError, OSError, subprocess.SubprocessError) as error:
            return [f'# {type(error).__name__}: {error}']
        finally:
            subprocess.run(['umount', '-l', directory], check=True)


failed = 0
for number, (name, command, tool) in enumerate(SERVERS, 1):
    note = BUILT / f'{tool}.missing'
    if note.exists():
        print(f'ok {number} - {name} # SKIP {note.read_text().strip()}', flush=True)
        continue
    why = run(name, command)
    failed += bool(why)
    print('\n'.join([f'{"not " if why else ""}ok {number} - {name}', *why]), flush=True)
print(f'1..{len(SERVERS)}')
sys.exit(failed > 0)
