#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs each row of rows.toml in the test VM against a slot and compares what arrives with what the row says; TAP on standard
output. What the columns mean stands in rows.toml; who shows them to readers is `table.py`.

usage: run.py [TOOL...]			only these; of those that are slow to start, only the longest message and how the slot is opened
       run --all [TOOL...]		all columns of all
       run --measure [TOOL...]		prints what it saw, a line of JSON a row, to be entered into rows.toml
"""
import concurrent.futures
import fcntl
import json
import os
import pathlib
import pwd
import queue
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import tomllib

HERE = pathlib.Path(__file__).resolve().parent
# See linux/mailslot.h.
CREATE = 0x4120b900
CREATE_WHOLE = 4
# No multiple of any buffer's length
LONG = 1000003
WORKERS = 2
LIMIT = 60                      # seconds for a command, on a loaded host
NOBODY = pwd.getpwnam('nobody').pw_uid


class Slot:
    """A slot that anybody may write to, and nobody else read from."""

    def __init__(self, name, flags=0):
        self.path = f'/dev/mailslot/{name}'
        request = bytearray(struct.pack('=4I2Q256s', flags, 0o222, 0, 0, 4 * LONG, 0, name.encode()))
        with open('/dev/mailslot-control', 'rb') as control:
            self.end = fcntl.ioctl(control, CREATE, request)
        os.set_blocking(self.end, False)

    def messages(self):
        found = []
        try:
            while True:
                found.append(os.read(self.end, 2 * LONG))
        except BlockingIOError:
            return found


class Row:
    def __init__(self, row, slot, directory):
        self.row, self.slot, self.text = row, slot, pathlib.Path(directory, slot.path.rpartition('/')[2])

    def send(self, text, command='run', user=None, slot=None):
        """The lengths of TEXT's messages, and whether the command succeeded."""
        slot = slot or self.slot
        self.text.write_text(text)
        environment = dict(os.environ, SLOT=slot.path, TEXT=str(self.text), HOME='/tmp', LC_ALL='C.UTF-8')
        identity = {'user': user, 'group': user, 'extra_groups': []} if user is not None else {}
        try:
            done = subprocess.run(['sh', '-c', self.row[command]], env=environment, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=LIMIT, **identity)
            status, said = done.returncode, done.stderr.decode(errors='replace')
        except subprocess.TimeoutExpired:
            status, said = -1, f'it did not end within {LIMIT} seconds'
        lengths = [len(message) for message in slot.messages()]
        self.said = f'{command}, {len(text)} bytes: messages of {lengths[:10]}, status {status}: {said[:1000]}'
        return lengths, status == 0

    def update(self):
        """Whether who may not read is refused."""
        return not self.send('text', user=NOBODY)[0]

    def lines(self):
        """How many messages two lines are."""
        return len(self.send('one\ntwo')[0])

    def whole(self):
        """The longest text that is one message: the length of the first piece of the shortest that is cut."""
        for length in 4, 1025, 4097, 8193, 32769, 65537, 131073, LONG:
            lengths, _ = self.send('x' * length)
            if len(lengths) != 1:
                return 0 if length == 4 or not lengths else lengths[0]
        return 'all'

    def whole_is(self, wanted, user=None):
        """Whether the text of that length is whole, and a longer one is cut right there."""
        if wanted == 0:
            lengths, passed = self.send('text', user=user)
            return passed and len(lengths) > 1
        end = self.row.get('end', 0)
        if wanted == 'all':
            return self.send('x' * LONG, user=user) == ([LONG + end], True)
        lengths, passed = self.send('x' * (wanted + 1 - end), user=user)
        if not passed or len(lengths) < 2 or sum(lengths) != wanted + 1:
            return False
        # Most write what fits in their buffer and then the rest, and need not be asked more.
        return lengths == [wanted, 1] or self.send('x' * (wanted - end)) == ([wanted], True)

    def whole_file(self):
        """How many messages a slot of whole files takes a long text for, however it is written."""
        lengths, passed = self.send('x' * LONG, slot=self.slot.of_files)
        return len(lengths) if passed else None

    def empty(self):
        return self.send('')[0] in ([0], [0, 0])

    def does(self, command):
        """Whether the command delivers a text and succeeds."""
        lengths, passed = self.send('text', command)
        return passed and lengths != []


def of_this_version(row, tool):
    """The row, with what is different in the version that is installed."""
    if 'newer' not in row:
        return row
    said = subprocess.run(['sh', '-c', tool['tells']], stdout=subprocess.PIPE, check=True, text=True).stdout
    numbers = [[int(number) for number in version.split('.')] for version in (said.split()[-1], tool['newer'])]
    return row | row['newer'] if numbers[0] >= numbers[1] else row


def test(one, everything):
    """What the row says wrongly."""
    row = one.row
    wrong = []

    def expect(column, seen, said):
        if seen != said:
            wrong.append(f'{column}: {said} in the table, {seen} seen; {one.said}')

    if row['update']:
        expect('update', one.update(), True)
    expect('whole', one.whole_is(row['whole'], None if row['update'] else NOBODY), True)
    if row['whole'] != 'all':
        expect('files', one.whole_file(), row.get('files', 1))
    if not everything:
        return wrong
    expect('lines', one.lines(), row['lines'])
    expect('empty', one.empty(), row['empty'])
    for column in 'append', 'sync':
        if column in row:
            expect(column, one.does(column), column not in row.get('fails', []))
    return wrong


def measure(one):
    seen = {'tool': one.row['tool'], 'call': one.row['call']}
    seen['update'], seen['lines'] = one.update(), one.lines()
    seen['whole'] = one.whole()
    seen['strict'] = one.said if not one.whole_is(seen['whole']) else 'yes'
    seen['empty'] = one.empty()
    seen['fails'] = [column for column in ('append', 'sync') if column in one.row and not one.does(column)]
    if not one.send('text')[1]:
        seen['said'] = one.said
    return json.dumps(seen)


def main():
    measuring = '--measure' in sys.argv
    everything = '--all' in sys.argv
    wanted = [argument for argument in sys.argv[1:] if not argument.startswith('--')]
    os.chdir(HERE.parents[1])
    # Debian's, whatever else is there
    os.environ['PATH'] = '/usr/bin:/bin:' + os.environ['PATH']
    data = tomllib.loads((HERE / 'rows.toml').read_text())
    rows = [row for row in data['row'] if not wanted or row['tool'] in wanted]
    os.umask(0)
    slots = queue.SimpleQueue()
    for number in range(WORKERS):
        slot = Slot(f'runtimes{number}')
        slot.of_files = Slot(f'files{number}', CREATE_WHOLE)
        slots.put(slot)
    os.umask(0o022)

    def run(row):
        if lost := [command for command in data['tool'][row['tool']]['needs'].split() if not shutil.which(command)]:
            return f'no {" ".join(lost)}', None, 0
        slot, began = slots.get(), time.monotonic()
        try:
            one = Row(of_this_version(row, data['tool'][row['tool']]), slot, directory)
            found = measure(one) if measuring else test(one, everything or 'slow' not in data['tool'][row['tool']])
            return None, found, time.monotonic() - began
        finally:
            slots.put(slot)

    with tempfile.TemporaryDirectory() as directory, concurrent.futures.ThreadPoolExecutor(WORKERS) as workers:
        os.chmod(directory, 0o755)
        for number, (row, (why, found, took)) in enumerate(zip(rows, workers.map(run, rows)), 1):
            if measuring:
                print(found, flush=True)
                continue
            name = f'{data["tool"][row["tool"]]["name"]}: {row["call"]}'.replace('``', '').replace('#', '')
            print(f'{"not ok" if found else "ok"} {number} - {name}{f" # SKIP {why}" if why else ""}')
            print(f'# {took:.1f} seconds', *(line for lines in found or () for line in lines.splitlines()), sep='\n# ', flush=True)
    if not measuring:
        print(f'1..{len(rows)}')


if __name__ == '__main__':
    main()
