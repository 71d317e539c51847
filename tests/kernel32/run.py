#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs the servers and clients in C#, Java, ruby, Python and LuaJIT in the test VM, as docs/porting.rst says, and compares
what they print: the last errors that arrive, and the messages. TAP on standard output."""
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / 'tests/kernel32'
BUILT = ROOT / 'build/tests/kernel32'
STAGE = BUILT / 'stage'
HELPER = STAGE / 'bin/mailslot-kernel32'
LIMIT = 200                     # seconds for whatever shall happen at all, on a loaded host
JARS = ':'.join((f'{STAGE}/share/mailslot-kernel32/mailslot-jna.jar', '/usr/share/java/jna.jar',
                 '/usr/share/java/jna-platform.jar', f'{BUILT}/java'))
JAVA = ['java', '-Xshare:auto', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', JARS]
MESSAGES = 'hello', 'Grüße, 世界 📬', 'quit'

ERRORS = ['CreateMailslot again: 183', 'CreateMailslot blah: 123', 'ReadFile, empty: 121', 'ReadFile, small: 122']
SERVER = [*ERRORS, *(f'message: {message}' for message in MESSAGES), 'closed']
CLIENT = ['CreateFile: 2', *(f'sent {len(message.encode("utf-16-le"))} bytes' for message in MESSAGES)]


def prelude():
    """The lines that the document asks Python programs to begin with."""
    document = (ROOT / 'docs/porting.rst').read_text()
    block = re.search(r'^\.\. code-block:: python\n\n((?:\t.*\n|\n)*)', document, re.M)
    return re.sub(r'^\t', '', block[1], flags=re.M)


def python(name):
    """The program with these lines before it."""
    path = pathlib.Path(tempfile.gettempdir()) / name
    path.write_text(prelude() + (HERE / name).read_text())
    return ['python3', '-u', str(path)]


# Name, server and client, and what the server prints before the errors of the others.
LANGUAGES = [
    ('csharp', ['mono', f'{BUILT}/csharp/Server.exe'], ['mono', f'{BUILT}/csharp/Client.exe'],
     ['CreateMutex again: 183']),
    ('java', [*JAVA, 'Server'], [*JAVA, 'Client'], []),
    ('ruby', ['ruby', HERE / 'server.rb'], ['ruby', HERE / 'client.rb'], []),
    ('python', python('server.py'), python('client.py'), []),
    # This client names the library as its file is named on Windows.
    ('lua', ['luajit', HERE / 'server.lua'], [HELPER, 'run', 'luajit', HERE / 'client.lua'], []),
]

os.environ.update(LD_LIBRARY_PATH=f'{STAGE}/lib', LC_ALL='C.UTF-8', HOME='/tmp')
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


class Program:
    def __init__(self, command):
        self.log = tempfile.NamedTemporaryFile()
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT)

    def output(self):
        return pathlib.Path(self.log.name).read_text(errors='replace').splitlines()

    def wait_for_line(self):
        end = time.monotonic() + LIMIT
        while not self.output() and self.process.poll() is None and time.monotonic() < end:
            time.sleep(0.1)

    def end(self):
        """Its exit status and what it printed."""
        try:
            code = self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = 'it does not end'
        return code, self.output()


def helper():
    """The command beside the library: mono's configuration in a file that is there, and where the jar is."""
    with tempfile.TemporaryDirectory() as directory:
        program = pathlib.Path(directory, 'a program.exe')
        config = pathlib.Path(f'{program}.config')
        program.touch()
        config.write_text('<configuration>\n\t<startup/>\n</configuration>\n')
        for _ in range(2):
            done = subprocess.run([HELPER, 'mono', program], capture_output=True, text=True)
        found = config.read_text()
        template = (STAGE / 'share/mailslot-kernel32/mono.config').read_text()
        entries = ''.join(template.splitlines(keepends=True)[1:-1])
        report(done.returncode == 0 and found == f'<configuration>\n\t<startup/>\n{entries}</configuration>\n',
               'mono: a configuration that is there gets the entries, once', done.stderr, *found.splitlines())
        config.write_text('<configuration/>\n')
        done = subprocess.run([HELPER, 'mono', program], capture_output=True, text=True)
        report(done.returncode == 1 and config.read_text() == '<configuration/>\n',
               'mono: a configuration of another form is refused and kept', done.stderr)
        done = subprocess.run([HELPER, 'mono', program.with_suffix('.dll')], capture_output=True, text=True)
        report(done.returncode == 1, 'mono: a program that is not there is refused')
        subprocess.run([HELPER, 'mono', '--user'], env={**os.environ, 'HOME': directory})
        report(pathlib.Path(directory, '.mono/config').read_text() == template, 'mono: the configuration of a user')
    jar = STAGE / 'share/mailslot-kernel32/mailslot-jna.jar'
    done = subprocess.run([HELPER, 'jar'], capture_output=True, text=True)
    report((done.returncode, done.stdout) == ((0, f'{jar}\n') if jar.exists() else (1, '')), 'jar: its path', done.stderr)


helper()
for language, server_command, client_command, first in LANGUAGES:
    note = BUILT / f'{language}.missing'
    if note.exists():
        for end in 'server', 'client':
            skip(f'{language}, {end}', note.read_text().strip())
        continue
    # The client waits for its server, so the first error is sure to come.
    began = time.monotonic()
    client = Program([*client_command, *MESSAGES])
    client.wait_for_line()
    server = Program(server_command)
    for end, program, expected in ('client', client, CLIENT), ('server', server, [*first, *SERVER]):
        code, output = program.end()
        report(code == 0 and output == expected, f'{language}, {end}', f'status {code}', 'printed:', *output,
               'expected:', *expected)
    print(f'# {language}: {time.monotonic() - began:.0f} seconds')
print(f'1..{number}')
