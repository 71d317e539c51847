# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of the command share: cases and their TAP, running the command, slots of our own. No test."""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import traceback

# MAILSLOT in the environment is another command to test, as one that is installed.
COMMAND = os.path.abspath(os.environ.get('MAILSLOT', 'build/userlib/mailslot'))
DIRECTORY = '/dev/mailslot/'
FOREVER = 2**64 - 1
COST = 64

# Ten times slower under emulation is usual, and the debug kernels are slower still.
PATIENCE = 300 if os.environ.get('MAILSLOT_SLOW') else 60

# Somebody who is not root and is nobody else.
USER = 4242

cases = []
children = []


def case(function):
    cases.append(function)
    return function


class Skip(Exception):
    pass


def main():
    failed = False
    print(f'1..{len(cases)}', flush=True)
    for number, function in enumerate(cases, 1):
        name = function.__name__
        try:
            function()
            print(f'ok {number} - {name}', flush=True)
        except Skip as skip:
            print(f'ok {number} - {name} # SKIP {skip}', flush=True)
        except Exception:
            failed = True
            for line in traceback.format_exc().splitlines():
                print('# ' + line.encode('ascii', 'backslashreplace').decode())
            print(f'not ok {number} - {name}', flush=True)
        reap()
    sys.exit(failed)


def reap():
    """What a failed case has left running must not fail the next. A number that has been waited for may be another's."""
    while children:
        pid = children.pop()
        try:
            if os.waitpid(pid, os.WNOHANG) == (0, 0):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        except ChildProcessError:
            pass


def fork():
    """A child that the case's end is the end of, if nothing else is."""
    pid = os.fork()
    if pid:
        children.append(pid)
    return pid


def equal(wanted, got):
    if wanted != got:
        raise AssertionError(f'wanted {wanted!r}, got {got!r}')


def inside(part, whole):
    if part not in whole:
        raise AssertionError(f'{part!r} is not in {whole!r}')


def outside(part, whole):
    if part in whole:
        raise AssertionError(f'{part!r} is in {whole!r}')


def until(condition):
    """Wait for what another process is about to do."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError('it did not happen')
        time.sleep(0.01)


def environment(**more):
    env = dict(os.environ, LANG='C.UTF-8', TZ='UTC')
    env.pop('LC_ALL', None)
    env.update(more)
    return env


def start(*words, **options):
    options.setdefault('env', environment())
    options.setdefault('stdin', subprocess.DEVNULL)
    options.setdefault('stdout', subprocess.PIPE)
    options.setdefault('stderr', subprocess.PIPE)
    process = subprocess.Popen([COMMAND, *words], **options)
    children.append(process.pid)
    return process


def finish(process, code=0, feed=None):
    """Let a process end; what it wrote, if the exit status is as it should be."""
    try:
        out, err = process.communicate(feed, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise AssertionError(f'{process.args[1:]} did not end') from None
    children.remove(process.pid)
    if process.returncode != code:
        raise AssertionError(f'{process.args[1:]}: status {process.returncode}, not {code}; '
                             f'output {out!r}, errors {err!r}')
    return out, err


def run(*words, code=0, feed=None, **options):
    options['stdin'] = subprocess.DEVNULL if feed is None else subprocess.PIPE
    return finish(start(*words, **options), code, feed)


def fails(code, message, *words, **options):
    """It leaves with the code, says the message, and prints nothing else."""
    out, err = run(*words, code=code, **options)
    inside(message.encode(), err)
    equal(b'', out or b'')
    # A complaint is text, whatever was in the arguments.
    assert all(byte >= 32 and byte != 127 or byte == 10 for byte in err), err
    return err.decode()


def become_user():
    os.setgroups([])
    os.setgid(USER)
    os.setuid(USER)


def slots_directory():
    """Where the command looks for slots."""
    return (os.environ.get('MAILSLOT_DIR') or DIRECTORY[:-1]) + '/'


class Slot:
    """A slot of this process, in /dev/mailslot or in the instance that is named."""

    def __init__(self, name, mode=0o600, longest=0, queue=0, timeout=FOREVER, instance=None):
        request = struct.pack('=4I2Q256s', 0, mode, longest, 0, queue, timeout, os.fsencode(name))
        control = os.open(instance or '/dev/mailslot-control', os.O_RDONLY)
        mask = os.umask(0)
        try:
            self.fd = fcntl.ioctl(control, 0x4120b900, bytearray(request))
        finally:
            os.umask(mask)
            os.close(control)
        self.name = name
        self.path = os.path.join(instance or DIRECTORY, name)

    def read(self, most=1 << 20):
        return os.read(self.fd, most)

    def send(self, *messages):
        self.send_by(self.path, *messages)

    @staticmethod
    def send_by(path, *messages):
        client = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        for message in messages:
            os.write(client, message)
        os.close(client)

    def waiting(self):
        ready, _, _ = select.select([self.fd], [], [], 0)
        return bool(ready)

    def close(self):
        os.close(self.fd)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def node_there(name):
    return lambda: os.path.exists(slots_directory() + name)


class Creator:
    """`mailslot create NAME` running."""

    def __init__(self, name, *options, **more):
        self.process = start('create', *options, name, **more)
        until(lambda: os.path.exists(slots_directory() + name) or self.process.poll() is not None)

    def stop(self, code=-signal.SIGTERM):
        self.process.terminate()
        return finish(self.process, code)


class Terminal:
    """The command, or another program, with a terminal as standard input, output and error."""

    def __init__(self, *words, env=None, program=COMMAND, lines=24, columns=80):
        self.seen = b''
        self.pid, self.fd = pty.fork()
        if self.pid:
            children.append(self.pid)
        else:
            self.resize(lines, columns, 0)
            os.execve(program, [program, *words], env or environment(TERM='xterm'))
        self.status = None

    def resize(self, lines, columns, fd=None):
        fcntl.ioctl(self.fd if fd is None else fd, termios.TIOCSWINSZ, struct.pack('4H', lines, columns, 0, 0))

    def look(self, seconds):
        """Read what is there; False at the end."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b''
        self.seen += data
        return bool(data)

    def until(self, text):
        end = time.monotonic() + PATIENCE
        while text not in self.seen:
            if not self.look(0.1) or time.monotonic() > end:
                raise AssertionError(f'{text!r} is not in {self.seen!r}')

    def type(self, text):
        os.write(self.fd, text)

    def end(self, code=0):
        limit = time.monotonic() + PATIENCE
        while self.look(0.1):
            if time.monotonic() > limit:
                os.kill(self.pid, signal.SIGKILL)
                raise AssertionError(f'it did not end: {self.seen!r}')
        _, status = os.waitpid(self.pid, 0)
        os.close(self.fd)
        equal(code, os.waitstatus_to_exitcode(status))
        return self.seen


def as_json(text):
    return json.loads(text)
