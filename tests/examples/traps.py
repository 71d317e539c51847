#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What docs/examples/README.rst says that languages do to messages behind a program's back, and what errors look like
there, each tried in the test VM: a sentence there that is no longer true is a failure here. TAP on standard output. The
example programs, which avoid all this, are `run.py`'s part."""
import ctypes
import errno
import fcntl
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILT = ROOT / 'build/tests/examples'
CREATE = 0x4120b900
LIMIT = 60
JAVA = ['java', '-Xshare:auto', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', BUILT, 'Traps']
number = slots = 0


class Slot:
    """A slot of which this process has the server end, non-blocking."""
    def __init__(self, longest=0, queue=0, timeout=0):
        global slots
        slots += 1
        self.name = f'traps-{slots}'
        self.path = f'/dev/mailslot/{self.name}'
        request = bytearray(struct.pack('=4I2Q256s', 0, 0o600, longest, 0, queue, timeout, self.name.encode()))
        with open('/dev/mailslot-control', 'rb') as control:
            self.server = fcntl.ioctl(control, CREATE, request)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.server is not None:
            os.close(self.server)
            self.server = None

    def fill(self, *messages):
        client = os.open(self.path, os.O_WRONLY)
        for message in messages:
            os.write(client, message)
        os.close(client)

    def lengths(self):
        """Of all messages that wait."""
        found = []
        while True:
            try:
                found.append(len(os.read(self.server, 1 << 20)))
            except OSError as error:
                if error.errno in (errno.EAGAIN, errno.ETIMEDOUT):
                    return found
                raise


def report(found, expected, name):
    global number
    number += 1
    print(f'{"ok" if found == expected else "not ok"} {number} - {name}')
    if found != expected:
        print(f'# found {found!r}', f'# expected {expected!r}', sep='\n')
    sys.stdout.flush()


def skip(name, why):
    global number
    number += 1
    print(f'ok {number} - {name} # SKIP {why}', flush=True)


def output(command, *arguments, stdin=subprocess.DEVNULL):
    result = subprocess.run([*command, *arguments], stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT)
    return result.stdout.decode(errors='replace').strip()


def sends(name, expected, *command):
    """COMMAND, given the path of a slot as last argument, sends messages of the lengths EXPECTED."""
    if not shutil.which(command[0]):
        return skip(name, f'no {command[0]}')
    with Slot() as slot:
        said = output(command, slot.path)
        report((slot.lengths(), said), (expected, ''), name)


def reads(name, messages, expected, *command, timeout=0):
    """COMMAND, given a slot with MESSAGES as standard input, prints EXPECTED."""
    if not shutil.which(command[0]):
        return skip(name, f'no {command[0]}')
    with Slot(timeout=timeout) as slot:
        slot.fill(*messages)
        report(output(command, stdin=slot.server), expected, name)


def shell():
    # From 2.37 on, glibc's printf empties its buffer each time that it is full.
    newer = tuple(map(int, os.confstr('CS_GNU_LIBC_VERSION').split()[1].split('.'))) >= (2, 37)
    sends("bash: a long text from printf is several messages", [4096, 4096, 1808] if newer else [8192, 1808],
          'bash', '-c', 'text=$(head -c 10000 /dev/zero | tr "\\0" x); printf %s "$text" > $0')
    sends('sh: an empty text is no message', [], 'sh', '-c', 'printf "" > $0')
    reads("bash: read asks for a byte", [b'text\n'], 'EMSGSIZE', 'bash', '-c',
          'read line 2>&1 | grep -q "Message too long" && echo EMSGSIZE')
    reads("dash: read asks for a byte", [b'text\n', b'more'], '1, left: text', 'dash', '-c',
          'read line; echo "$?, left: $(dd bs=64K count=1 status=none)"')
    reads('cat takes an empty message for the end', [b'one\n', b'', b'two\n'], 'one', 'cat')
    reads('dd reads a message', [b'one\n', b'two\n'], 'one', 'dd', 'bs=64K', 'count=1', 'status=none')
    with Slot():
        path = '/dev/mailslot/traps-none'
        output(['sh', '-c', 'echo text > $0'], path)
        left = os.path.isfile(path)
        os.unlink(path)
        report(left, True, "root's > leaves a file where there is no slot")


def failure(client, message):
    """What os.write raises."""
    try:
        os.write(client, message)
    except OSError as error:
        return type(error), error.errno
    return None


def python():
    run = sys.executable, '-c'
    sends('Python: open() merges', [10], *run, 'import sys\nwith open(sys.argv[1], "w") as f: f.write("first"); f.write("again")')
    sends('Python: open() unbuffered does not', [5, 0, 5], *run,
          'import sys\nwith open(sys.argv[1], "wb", buffering=0) as f: f.write(b"first"); f.write(b""); f.write(b"again")')
    sends('asyncio: connect_write_pipe drops an empty message', [5], *run, '''import asyncio, sys
async def main():
    pipe, _ = await asyncio.get_running_loop().connect_write_pipe(asyncio.BaseProtocol, open(sys.argv[1], 'wb', buffering=0))
    pipe.write(b'')
    pipe.write(b'first')
asyncio.run(main())''')
    reads('asyncio: connect_read_pipe reads message by message, and ends at an empty one', [b'one', b'x' * 262144, b'', b'left'],
          '3\n262144\nlost', *run, '''import asyncio, sys
class Messages(asyncio.Protocol):
    def data_received(self, message):
        print(len(message))
    def connection_lost(self, _):
        print('lost')
        lost.set_result(None)
async def main():
    global lost
    loop = asyncio.get_running_loop()
    lost = loop.create_future()
    await loop.connect_read_pipe(Messages, sys.stdin)
    await lost
asyncio.run(main())''')
    reads('Python: sys.stdin.buffer.read1 is one read', [b'one', b'two'], "b'one'", *run,
          'import sys; print(sys.stdin.buffer.read1(65536))')
    lines = 'import sys\nfor line in {}: print(len(line), flush=True)'
    for name, most in ('sys.stdin.buffer', 65536), ('sys.stdin', 8192):
        run_lines = *run, lines.format(name)
        text = b'x' * (most - 1) + b'\n'
        reads(f'Python: {name} takes messages of {most} bytes, merges them, and ends at an empty one', [b'o', b'ne\n', text, b'', b'left\n'],
              f'4\n{most}', *run_lines)
        reads(f'Python: {name} fails at longer ones', [b'x' + text], 'Message too long', 'sh', '-c',
              '"$@" 2>&1 | grep -o "Message too long"', 'sh', *run_lines)
    with Slot(longest=64, queue=64) as slot:
        client = os.open(slot.path, os.O_WRONLY | os.O_NONBLOCK)
        report([failure(client, bytes(65)), failure(client, b''), failure(client, b''), slot.close(), failure(client, b'')],
               [(OSError, errno.EMSGSIZE), None, (BlockingIOError, errno.EAGAIN), None, (BrokenPipeError, errno.EPIPE)],
               'Python: OSError, BlockingIOError, BrokenPipeError')
        os.close(client)
    with Slot(timeout=1000000) as slot:
        try:
            os.read(slot.server, 1)
            found = None
        except OSError as error:
            found = type(error)
        report(found, TimeoutError, 'Python: TimeoutError')


def perl():
    sends('Perl: print merges', [10], 'perl', '-e', 'open my $f, ">", shift; print $f "first"; print $f "again"')
    sends('Perl: print splits', [8192, 8192, 3616], 'perl', '-e', 'open my $f, ">", shift; print $f "x" x 20000')
    sends('Perl: syswrite of nothing is an empty message', [0, 5], 'perl', '-e',
          'open my $f, ">", shift; syswrite $f, ""; syswrite $f, "first"')
    reads('Perl: errors are in $!', [], 'ETIMEDOUT', 'perl', '-MErrno', '-e',
          'print "ETIMEDOUT" if !defined sysread(STDIN, my $text, 9) && $!{ETIMEDOUT}', timeout=1000000)
    reads('Perl: readline merges', [b'one', b'two\n'], 'onetwo', 'perl', '-e', 'print scalar <STDIN>')


def node():
    run = 'node', '-e'
    sends('Node: a stream merges what it holds back', [15], *run, '''
        const stream = require('fs').createWriteStream(process.argv[1], {flags: 'r+'});
        stream.write('first'); stream.write('again'); stream.write('third'); stream.end()''')
    sends('Node: writeFileSync sends no empty message', [4], *run,
          "const fs = require('fs'); fs.writeFileSync(process.argv[1], ''); fs.writeFileSync(process.argv[1], 'text')")
    sends('Node: writeSync does', [0, 4], *run, '''
        const fs = require('fs'), slot = fs.openSync(process.argv[1], 'r+');
        fs.writeSync(slot, ''); fs.writeSync(slot, 'text')''')
    events = '''process.stdin.on('data', data => console.log(data.length)).on('end', () => console.log('end'))
        .on('error', error => console.log(error.code))'''
    reads('Node: process.stdin reads message by message, and ends at an empty one', [b'one', b'x' * 65536, b'', b'left'],
          '3\n65536\nend', *run, events)
    reads('Node: process.stdin fails at a longer one', [b'one', b'x' * 65537], '3\nEMSGSIZE', *run, events)
    reads('Node: process.exit does not wait for a message', [b'one'], 'left', *run,
          "process.stdin.on('data', () => { console.log('left'); process.exit(0) })", timeout=2**64 - 1)
    errors = '''
        const fs = require('fs'), code = action => {
            try { for (;;) action() } catch (error) { return error.code } };
        const slot = fs.openSync(process.argv[1], fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
        console.log(code(() => fs.writeSync(slot, 'x'.repeat(65))), code(() => fs.writeSync(slot, 'x')),
            code(() => fs.readSync(0, Buffer.alloc(9))))'''
    if not shutil.which('node'):
        return skip('Node: errors have a code', 'no node')
    with Slot(longest=64, queue=256) as slot, Slot(timeout=1000000) as empty:
        report(output(run, errors, slot.path, stdin=empty.server), 'EMSGSIZE EAGAIN ETIMEDOUT', 'Node: errors have a code')


def streams():
    """The C library's, here by ctypes: they are the same."""
    c = ctypes.CDLL(None)
    c.fopen.restype = ctypes.c_void_p
    with Slot() as slot:
        stream = ctypes.c_void_p(c.fopen(slot.path.encode(), b'w'))
        c.fputs(b'first', stream)
        c.fputs(b'again', stream)
        c.fclose(stream)
        report(slot.lengths(), [10], 'C: stdio merges')
        stream = ctypes.c_void_p(c.fopen(slot.path.encode(), b'w'))
        for _ in range(100):
            c.fputs(b'x' * 99, stream)
        c.fclose(stream)
        report(slot.lengths(), [4096, 4096, 1708], 'C: stdio splits')
    c.fdopen.restype = ctypes.c_void_p
    with Slot() as slot:
        slot.fill(b'one', b'x' * 8192, b'x' * 8193)
        stream = ctypes.c_void_p(c.fdopen(os.dup(slot.server), b'r'))
        buffer = ctypes.create_string_buffer(4)
        found = [(c.fread(buffer, 1, 4, stream), buffer.raw, c.ferror(stream))]
        for _ in range(8191):
            c.fgetc(stream)
        found.append((c.ferror(stream), c.fgetc(stream), c.ferror(stream) != 0))
        report(found, [(4, b'onex', 0), (0, -1, True)], 'C: stdio takes messages of 8192 bytes, merges them, and fails at longer ones')
        c.fclose(stream)


def until_end(slot):
    """Reads up to the message "end", closes."""
    while os.read(slot.server, 65536) != b'end':
        pass
    slot.close()


def missing(tool):
    note = BUILT / f'{tool}.missing'
    return note.read_text().strip() if note.exists() else None


def compiled(language, tool, command, expected):
    if missing(tool):
        return skip(f'{language}: empty messages, errors', missing(tool))
    with Slot(longest=64, timeout=2**64 - 1) as slot, Slot(queue=256) as full, Slot(timeout=1000000) as third:
        third.fill(b'')
        reader = threading.Thread(target=until_end, args=(slot,), daemon=True)
        reader.start()
        found = output(command, slot.name, full.name, stdin=third.server).splitlines()
        reader.join(LIMIT)
        for line in expected:
            report(line in found, True, f'{language}: {line}')
        if not set(expected) <= set(found):
            print(*(f'# {line}' for line in found), sep='\n')


def java():
    if missing('javac'):
        return skip('Java', missing('javac'))
    none = '/dev/mailslot/traps-none'
    with Slot(longest=64, timeout=2**64 - 1) as slot, Slot() as long, Slot(timeout=1000000) as third:
        third.fill(b'one', b'two', b'', b'x' * 8193)
        reader = threading.Thread(target=until_end, args=(slot,), daemon=True)
        reader.start()
        found = output(JAVA, slot.name, long.name, os.path.basename(none), stdin=third.server).splitlines()
        reader.join(LIMIT)
        for line in ('empty write: 0', 'too long: Message too long', 'gone: Broken pipe', 'System.in: 6', 'empty read: -1',
                     'long line: Message too long', 'timed out: Connection timed out'):
            report([each for each in found if each.startswith(line.split(': ', maxsplit=1)[0])], [line], f'Java: {line}')
        report(long.lengths(), [8192, 8192, 3616, 20000], 'Java: Files.write splits, FileOutputStream sends no empty message')
        left = os.path.isfile(none)
        if left:
            os.unlink(none)
        report(left, True, 'Java: FileOutputStream leaves a file where there is no slot')


def main():
    shell()
    python()
    perl()
    node()
    streams()
    compiled('Go', 'go', [BUILT / 'traps-go'],
             ['empty write: 0 <nil>', 'too long: true', 'deadline set: <nil>', 'full: true', 'empty read: true',
              'timed out: true true', 'read deadline set: <nil>', 'none: true', 'gone: true'])
    compiled('Rust', 'rustc', [BUILT / 'traps-rust'],
             ['empty write: Some(0)', 'too long: true', 'full: true', 'empty read: Some(0)', 'timed out: true', 'gone: true'])
    java()
    print(f'1..{number}')


if __name__ == '__main__':
    main()
