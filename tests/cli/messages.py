#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""`mailslot create`, `send` and `peek`: messages go in and come out, in every form, and none is lost unsaid."""

import ctypes
import fcntl
import os
import re
import resource
import signal
import struct
import subprocess
import threading
import time

from cases import (COMMAND, COST, DIRECTORY, USER, Creator, Slot, as_json, become_user, case, environment, equal, fails,
                   finish, fork, inside, main, node_there, run, start, until)

MESSAGES = (b'hello', b'', b'line\n', b'two\nlines', b'\x1b[31mred', b'\xff\x00\xfe', 'wörd'.encode(), b'\n', b'back\\slash')


def created(*options, messages=MESSAGES):
    """What `create` prints of the messages."""
    creator = Creator('made', '-n', str(len(messages)), *options)
    for message in messages:
        run('send', 'made', feed=message)
    out, err = finish(creator.process)
    equal(b'', err)
    return out


def peeked(*options, messages=MESSAGES):
    with Slot('made') as slot:
        slot.send(*messages)
        out, err = run('peek', *options, 'made')
        equal(b'', err)
        equal(list(messages), [slot.read() for _ in messages])
    return out


def little_memory():
    resource.setrlimit(resource.RLIMIT_AS, (256 << 20, 256 << 20))


def each_way(*options):
    out = created(*options)
    equal(out, peeked(*options))
    return out


@case
def text():
    equal(b'hello\n\nline\ntwo\nlines\n\x1b[31mred\n\xff\x00\xfe\nw\xc3\xb6rd\n\nback\\slash\n', each_way())
    equal(each_way(), each_way('--format=text'))


@case
def text_escaped():
    equal(b'hello\n\nline\ntwo\\nlines\n\\x1b[31mred\n\\xff\\x00\\xfe\nw\xc3\xb6rd\n\nback\\\\slash\n', each_way('--escape'))
    equal(1, created('-e', messages=(b'a\r\nb\tc\x7f\xc2\x85',)).count(b'\n'))
    equal(b'a\\r\\nb\\tc\\x7f\\xc2\\x85\n', created('-e', messages=(b'a\r\nb\tc\x7f\xc2\x85',)))


@case
def raw():
    equal(b''.join(MESSAGES), each_way('-f', 'raw'))


@case
def with_length():
    equal(b''.join(struct.pack('>I', len(message)) + message for message in MESSAGES), each_way('--format', 'length'))


@case
def hexadecimal():
    equal(''.join(message.hex() + '\n' for message in MESSAGES).encode(), each_way('-f', 'hex'))


@case
def json_lines():
    before = time.time_ns() - 10**9
    creator = Creator('made', '-n', str(len(MESSAGES)), '-f', 'json')
    sender = start('send', '-L', 'made', stdin=subprocess.PIPE)
    finish(sender, feed=b''.join(struct.pack('>I', len(message)) + message for message in MESSAGES))
    out, _ = finish(creator.process)
    assert out.isascii() and b'\x1b' not in out
    lines = out.splitlines()
    equal(len(MESSAGES), len(lines))
    for number, (line, message) in enumerate(zip(lines, MESSAGES), 1):
        got = as_json(line)
        equal(number, got.pop('sequence'))
        equal(sender.pid, got.pop('pid'))
        equal((0, 0), (got.pop('uid'), got.pop('gid')))
        equal(len(message), got.pop('length'))
        assert before < got.pop('time_ns') < time.time_ns() + 10**9
        try:
            equal({'text': message.decode()}, got)
        except UnicodeDecodeError:
            equal({'hex': message.hex()}, got)


@case
def json_of_anything():
    """Whatever a message is made of, a line of JSON says which bytes they were."""
    texts = ('\0', '"\\/', '\x7f\x80\x9f', '\u2028\u2029\u202e', '\ufeff', '\ufffe\uffff', '\U0010ffff', '\U0001f4ee' * 40)
    # Surrogates, alone and in pairs, overlong forms, beyond Unicode, cut short: none of it is UTF-8.
    others = (b'\xed\xa0\x80', b'\xed\xa0\xbd\xed\xb3\xae', b'\xc0\x80', b'\xf4\x90\x80\x80', b'\xf0\x9f\x93', b'\x80')
    messages = [text.encode() for text in texts] + list(others) + [os.urandom(n) for n in range(1, 60)]
    got = [as_json(line) for line in peeked('-f', 'json', messages=messages).splitlines()]
    equal(messages, [bytes.fromhex(line['hex']) if 'hex' in line else line['text'].encode() for line in got])
    equal([len(message) for message in messages], [line['length'] for line in got])


@case
def sender_shown():
    creator = Creator('made', '-s', '-n', '2', '-m', '666')
    user = start('send', 'made', 'from user', preexec_fn=become_user)
    finish(user)
    root = start('send', 'made', 'from root')
    finish(root)
    lines = finish(creator.process)[0].decode().splitlines()
    stamp = r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+0000'
    assert re.fullmatch(rf'1 {stamp} {user.pid} {USER}: from user', lines[0]), lines
    assert re.fullmatch(rf'2 {stamp} {root.pid} root: from root', lines[1]), lines
    line = peeked('-s', '-f', 'hex', messages=(b'ab',)).decode()
    assert re.fullmatch(rf'1 {stamp} {os.getpid()} root: 6162\n', line), line


@case
def forwarded_whole():
    """create --format=length | send --length keeps messages as they are."""
    with Slot('target') as target:
        source = Creator('made', '-f', 'length', '-n', str(len(MESSAGES)))
        forward = start('send', '-L', '-v', 'target', stdin=source.process.stdout)
        for message in MESSAGES:
            run('send', 'made', feed=message)
        inside(b'%d messages sent to target' % len(MESSAGES), finish(forward)[1])
        equal(list(MESSAGES), [target.read() for _ in MESSAGES])
        finish(source.process)


@case
def sent_from_arguments_and_input():
    with Slot('to/here') as slot:
        run('send', 'to/here', 'one', '', 'three four')
        run('send', '/dev/mailslot/to/here', '--', '-l')
        equal([b'one', b'', b'three four', b'-l'], [slot.read() for _ in range(4)])
        for option, feed, wanted in (
                ('-l', b'a\n\nb', [b'a', b'', b'b']),
                ('--lines', b'a\r\nb\0c\n', [b'a\r', b'b\0c']),
                ('-0', b'a\nb\0\0c', [b'a\nb', b'', b'c']),
                ('--null', b'', []),
                ('--lines', b'', [])):
            run('send', option, 'to/here', feed=feed)
            equal(wanted, [slot.read() for _ in wanted])
        run('send', 'to/here', feed=b'')
        equal(b'', slot.read())
        big = os.urandom(300000)
        run('send', 'to/here', feed=big)
        equal(big, slot.read())
        assert not slot.waiting()


@case
def truncated_input():
    with Slot('made') as slot:
        fails(1, 'ends within a message', 'send', '-L', 'made', feed=b'\0\0\0\2ab\0\0\0\5ab')
        inside('1 messages were sent', fails(1, 'ends within a length', 'send', '-L', 'made', feed=b'\0\0\0\1c\0\0'))
        equal([b'ab', b'c'], [slot.read(), slot.read()])
        for option in ('-l', '-v'):
            process = start('send', option, 'made', stdin=os.open('/', os.O_RDONLY))
            inside(b'standard input: Is a directory', finish(process, 1)[1])
        assert not slot.waiting()


@case
def closed_input_and_output():
    """What is closed is no empty message, and nothing is printed to it and taken."""
    with Slot('made') as slot:
        for option in ('-v', '-l', '-L'):
            process = start('send', option, 'made', preexec_fn=lambda: os.close(0))
            inside(b'standard input: Bad file descriptor', finish(process, 1)[1])
        assert not slot.waiting()
        slot.send(b'x')
        process = start('peek', 'made', preexec_fn=lambda: os.close(1))
        inside(b'standard output: Bad file descriptor', finish(process, 1)[1])
    creator = Creator('made', preexec_fn=lambda: os.close(1))
    run('send', 'made', 'x')
    err = finish(creator.process, 1)[1]
    inside(b'1 messages were not printed and are lost', err)
    inside(b'standard output: Bad file descriptor', err)


@case
def endless_line():
    with Slot('made') as slot, open('/dev/zero', 'rb') as zero:
        process = start('send', '-l', 'made', stdin=zero, preexec_fn=little_memory)
        inside(b'longer than the slot takes', finish(process, 1)[1])
        assert not slot.waiting()


@case
def limits():
    with Slot('made', longest=5, queue=3 * (COST + 5)) as slot:
        fails(1, 'longer than the slot takes', 'send', 'made', '123456')
        fails(1, 'longer than the slot takes', 'send', 'made', feed=b'123456')
        fails(1, 'longer than the slot takes', 'send', '-L', 'made', feed=b'\0\0\0\x06123456')
        err = fails(1, 'message 3 was not sent', 'send', '-l', 'made', feed=b'1\n2\n345678\n4\n')
        inside('2 messages were sent', err)
        equal([b'1', b'2'], [slot.read(), slot.read()])
        err = fails(6, 'the queue is full', 'send', '-n', 'made', '11111', '22222', '33333', '44444')
        inside('3 messages were sent', err)
        before = time.monotonic()
        fails(6, 'the queue is full', 'send', '--timeout=0.3', 'made', 'x')
        assert time.monotonic() - before >= 0.3
        # Room that comes ends the wait.
        for options in ((), ('--timeout=50',), ('--timeout=forever',)):
            process = start('send', *options, 'made', 'x')
            until(lambda: open(f'/proc/{process.pid}/wchan').read() not in ('', '0'))
            slot.read()
            finish(process)


@case
def quota():
    """The owner's quota, whoever writes."""
    path = '/sys/module/mailslot/parameters/max_user_bytes'
    creator = Creator('made', '-m', '666', preexec_fn=become_user)
    with open(path, encoding='ascii') as file:
        before = file.read()
    try:
        with open(path, 'w', encoding='ascii') as file:
            file.write('0')
        fails(1, "the slot's owner has max_user_bytes in queues", 'send', 'made', 'x')
    finally:
        with open(path, 'w', encoding='ascii') as file:
            file.write(before)
    creator.stop()


@case
def slot_gone_while_sending():
    slot = Slot('made', queue=COST + 1)
    slot.send(b'x')
    process = start('send', 'made', 'y')
    until(lambda: as_json(run('info', '-j', 'made')[0])['clients'] == 1)
    slot.close()
    inside(b'the slot is gone', finish(process, 3)[1])


@case
def slots_that_are_not_there():
    for command in ('info', 'send', 'peek'):
        fails(3, 'there is no slot nowhere', command, 'nowhere')
    with Slot('a/b'):
        fails(3, 'there is no slot a', 'send', 'a', 'x')
        fails(3, 'there is no slot a/b/c', 'send', 'a/b/c', 'x')


@case
def permission():
    with Slot('mine', mode=0o600) as slot:
        fails(4, 'no permission for slot mine', 'send', 'mine', 'x', preexec_fn=become_user)
        fails(4, 'no permission to look into the reader', 'peek', 'mine', preexec_fn=become_user)
        before = time.monotonic()
        fails(4, 'no permission for slot mine', 'send', '--wait=0.3', 'mine', 'x', preexec_fn=become_user)
        assert time.monotonic() - before >= 0.3
        assert not slot.waiting()
    os.chmod('/dev/mailslot-control', 0o600)
    fails(4, 'no permission to create slots', 'create', 'made', preexec_fn=become_user)
    os.chmod('/dev/mailslot-control', 0o666)


@case
def waited_for():
    before = time.monotonic()
    fails(6, 'no slot late/slot appeared in time', 'send', '--wait', '.3', 'late/slot', 'x')
    assert time.monotonic() - before >= 0.3
    fails(3, 'there is no slot late', 'send', '--wait=0', 'late', 'x')
    process = start('send', '--wait', '50', 'late/slot', 'x')
    time.sleep(0.5)
    equal(None, process.poll())
    with Slot('late/slot') as slot:
        finish(process)
        equal(b'x', slot.read())
    # The permission to open it comes later than the slot.
    process = start('send', '--wait', 'forever', 'late', 'x', preexec_fn=become_user)
    with Slot('late', mode=0) as slot:
        time.sleep(0.5)
        equal(None, process.poll())
        os.chmod(DIRECTORY + 'late', 0o622)
        finish(process)
        equal(b'x', slot.read())


@case
def whole_files():
    creator = Creator('files', '--whole', '-f', 'length')
    with open(DIRECTORY + 'files', 'wb', buffering=0) as client:
        for _ in range(3):
            client.write(b'x' * 100)
        assert as_json(run('info', '-j', 'files')[0])['whole']
        inside('what a client writes until it closes', run('info', 'files')[0].decode())
    subprocess.run(['sh', '-c', '{ printf a; printf b; } > ' + DIRECTORY + 'files'], check=True)
    equal(struct.pack('>I', 300) + b'x' * 300 + struct.pack('>I', 2) + b'ab', creator.stop()[0])


@case
def ring():
    creator = Creator('ring', '--ring', '-q', '4K', '-f', 'length')
    assert as_json(run('info', '-j', 'ring')[0])['ring']
    inside('in a ring', run('info', 'ring')[0].decode())
    # More than the queue can hold, so that the writer waits for what is given back; less than a pipe holds.
    run('send', 'ring', *(str(number) * 50 for number in range(300)))
    sent = b''.join(struct.pack('>I', 50 * len(str(number))) + str(number).encode() * 50 for number in range(300))
    equal(sent, creator.stop()[0])
    creator = Creator('ring', '--ring', '-s', '-n', '2')
    run('send', 'ring', 'first', 'second', 'third')
    output = finish(creator.process)[0].decode().splitlines()
    equal(['first', 'second'], [line.rsplit(': ', 1)[1] for line in output])
    fails(2, 'exclude each other', 'create', '-r', '-w', 'ring')


@case
def created_with_options():
    creator = Creator('made', '-m', '0620', '-M', '1K', '-q', '2M', '-t', '100.5000000019')
    info = as_json(run('info', '-j', 'made')[0])
    # What is left of a nanosecond makes it one.
    equal(('0620', 1024, 2 << 20, 100500000002),
          (info['mode'], info['max_message_size'], info['queue_bytes'], info['read_timeout_ns']))
    creator.stop()
    assert not info['whole']
    # Without a mode the umask decides, and a mode is what it says whatever the umask.
    for mask, options, mode in ((0o27, (), '0640'), (0o77, ('--mode=666',), '0666')):
        creator = Creator('made', *options, preexec_fn=lambda mask=mask: os.umask(mask))
        equal(mode, as_json(run('info', '-j', 'made')[0])['mode'])
        creator.stop()


@case
def name_in_use():
    with Slot('taken/name'):
        for name in ('taken/name', 'taken', 'taken/name/below'):
            fails(7, f'{name} is in use', 'create', name)
            fails(7, f'{name} is in use', 'create', name, '--', 'true')
        fails(7, f'taken/name is in use by a slot, which process {os.getpid()} holds open', 'create', 'taken/name')


@case
def held_by_a_child():
    """A child of the command keeps the slot open, and create names it."""
    server = subprocess.Popen([COMMAND, 'create', 'made', '--', 'sh', '-c', 'exec 3<&0; sleep 1000 & echo $!'],
                              env=environment(), stdout=subprocess.PIPE)
    child = int(server.stdout.readline())
    server.wait()
    fails(7, f'made is in use by a slot, which process {child} holds open', 'create', 'made')
    os.kill(child, signal.SIGKILL)
    until(lambda: not os.path.exists(DIRECTORY + 'made'))


@case
def limits_of_creation():
    fails(2, 'it can be 64 to', 'create', '--queue=63', 'made')
    fails(2, 'it can be 64 to 268435456 bytes', 'create', '--queue=1G', 'made')
    for parameter, words, options in (('max_slots', 'there are as many slots as there may be', {}),
                                      ('max_user_slots', 'as many slots as a user may have', {'preexec_fn': become_user})):
        path = '/sys/module/mailslot/parameters/' + parameter
        with open(path, encoding='ascii') as file:
            before = file.read()
        with open(path, 'w', encoding='ascii') as file:
            file.write('0')
        try:
            fails(1, words, 'create', 'made', **options)
        finally:
            with open(path, 'w', encoding='ascii') as file:
                file.write(before)


@case
def timeout_of_creator():
    before = time.monotonic()
    fails(6, '', 'create', '--timeout=0.3', 'made')
    assert time.monotonic() - before >= 0.3
    # Each message starts it anew. When the machine stood still for so long, that shows nothing.
    for timeout in (2, 10, 40):
        last, longest = time.monotonic(), 0
        creator = Creator('made', '-t', str(timeout))
        try:
            client = os.open(DIRECTORY + 'made', os.O_WRONLY)
            for _ in range(4):
                time.sleep(0.35 * timeout)
                before = time.monotonic()
                os.write(client, b'x')
                longest = max(longest, time.monotonic() - last)
                last = before
            os.close(client)
        except OSError:
            longest = time.monotonic() - last
        out, _ = finish(creator.process, 6)
        if longest < timeout:
            equal(b'x\n' * 4, out)
            return
    raise AssertionError('the machine stands still all the time')


@case
def count_leaves_the_rest():
    creator = Creator('made', '-n', '2', stdout=subprocess.PIPE)
    os.kill(creator.process.pid, signal.SIGSTOP)
    run('send', 'made', '1', '2', '3', '4', '5')
    os.kill(creator.process.pid, signal.SIGCONT)
    out, err = finish(creator.process)
    equal(b'1\n2\n', out)
    inside(b'3 messages were not printed and are lost with the slot', err)
    # The same when a signal comes in between.
    creator = Creator('made', '-n', '2')
    os.kill(creator.process.pid, signal.SIGSTOP)
    run('send', 'made', '1', '2', '3', '4', '5')
    creator.process.terminate()
    os.kill(creator.process.pid, signal.SIGCONT)
    out, err = finish(creator.process, -signal.SIGTERM)
    equal(b'1\n2\n', out)
    inside(b'3 messages were not printed and are lost with the slot', err)


@case
def signal_prints_what_waits():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        creator = Creator('made')
        os.kill(creator.process.pid, signal.SIGSTOP)
        run('send', 'made', *map(str, range(100)))
        os.kill(creator.process.pid, number)
        os.kill(creator.process.pid, signal.SIGCONT)
        out, err = finish(creator.process, -number)
        equal(b''.join(b'%d\n' % i for i in range(100)), out)
        equal(b'', err)


@case
def closed_output_is_told():
    """A reader of the output that goes while nothing comes ends it, and so while something does."""
    creator = Creator('made')
    run('send', 'made', 'first')
    equal(b'first\n', creator.process.stdout.readline())
    creator.process.stdout.close()
    equal(1, creator.process.wait(60))
    inside(b'standard output: Broken pipe', creator.process.stderr.read())
    assert not os.path.exists(DIRECTORY + 'made')

    creator = Creator('made')
    os.kill(creator.process.pid, signal.SIGSTOP)
    run('send', 'made', '1', '2', '3')
    creator.process.stdout.close()
    os.kill(creator.process.pid, signal.SIGCONT)
    equal(1, creator.process.wait(60))
    err = creator.process.stderr.read()
    inside(b'3 messages were not printed and are lost with the slot', err)
    inside(b'standard output: Broken pipe', err)

    with open('/dev/full', 'wb') as full:
        creator = Creator('made', stdout=full)
        run('send', 'made', '1')
        inside(b'1 messages were not printed', finish(creator.process, 1)[1])


@case
def stuck_output_can_be_ended():
    creator = Creator('made', '-f', 'raw')
    run('send', 'made', feed=b'x' * 500000)
    until(lambda: 'pipe' in open(f'/proc/{creator.process.pid}/wchan').read())
    creator.process.terminate()
    equal(-signal.SIGTERM, creator.process.wait(60))
    inside(b'1 messages were not printed', creator.process.stderr.read())
    creator.process.stdout.close()


@case
def many_messages_in_order():
    creator = Creator('made', '-n', '3000')
    lines = b''.join(b'%d\n' % i for i in range(3000))
    sender = threading.Thread(target=run, args=('send', '-l', 'made'), kwargs={'feed': lines})
    sender.start()
    equal(lines, finish(creator.process)[0])
    sender.join()


@case
def command_becomes_the_reader():
    creator = start('create', 'made', '--', 'sh', '-c', 'echo $$ $MAILSLOT_NAME; cat; echo; exit 9')
    until(node_there('made'))
    run('send', 'made', 'for cat', '')
    out, _ = finish(creator, 9)
    equal(b'%d made\nfor cat\n' % creator.pid, out)
    assert not os.path.exists(DIRECTORY + 'made')
    # The command's own options, status, signals; its descriptors are the usual three.
    fails(127, 'no-such-command: No such file', 'create', 'made', '--', 'no-such-command')
    fails(126, '/etc/passwd: Permission denied', 'create', 'made', '--', '/etc/passwd')
    equal(b'-n 3\n', run('create', 'made', '--', 'printf', '%s %s\n', '-n', '3')[0])
    run('create', 'made', '--', 'sh', '-c', 'kill -USR1 $$', code=-signal.SIGUSR1)
    fds = run('create', 'made', '--', 'ls', '-l', '/proc/self/fd')[0].decode()
    inside('0 -> anon_inode:[mailslot]', fds)
    equal(1, fds.count('mailslot'))
    # SIGPIPE is as it was for the command.
    process = start('create', 'made', '--', 'yes')
    process.stdout.close()
    equal(-signal.SIGPIPE, process.wait(60))
    process.stderr.close()
    run('create', '-t', '0.2', 'made', '--', 'sh', '-c', 'cat; exit 9', code=9)


@case
def peek_disturbs_nobody():
    with Slot('made') as slot:
        equal((b'', b''), run('peek', 'made'))
        slot.send(*(b'%d' % i for i in range(50)))
        equal(b'0\n1\n2\n', run('peek', '-n', '3', 'made')[0])
        equal(b'', run('peek', '-n', '0', 'made')[0])
        equal([b'%d' % i for i in range(50)], [slot.read() for _ in range(50)])
        # Long ones between short ones, each longer than the buffers it starts with.
        messages = [os.urandom(size) for size in (1, 5000, 3, 4096, 4097, 100000, 0, 70000, 9)]
        slot.send(*messages)
        out = run('peek', '-f', 'length', 'made')[0]
        equal(b''.join(struct.pack('>I', len(message)) + message for message in messages), out)
        equal(messages, [slot.read() for _ in messages])
        # One long message among many costs its own length in memory, not that for each.
        messages = [b'%d' % i for i in range(500)]
        messages.insert(10, b'x' * (8 << 20))
        slot.send(*messages)
        out = run('peek', '-f', 'raw', 'made', preexec_fn=little_memory)[0]
        equal(b''.join(messages), out)
        equal(messages, [slot.read(len(message)) for message in messages])
        slot.send(*(b'' for _ in range(1100)))
        out, err = run('peek', 'made')
        equal(b'\n' * 1024, out)
        inside(b'these are the first 1024 of 1100', err)
        equal(b'', run('peek', '-n', '1024', 'made')[1])


@case
def peek_while_it_is_printed():
    """Who looks has long messages to himself for a moment, and that ends neither the reader nor its slot."""
    creator = Creator('made', '-f', 'raw', '-n', '20')
    looker = fork()
    if not looker:
        process = os.pidfd_open(creator.process.pid)
        [fd] = [int(fd) for fd in os.listdir(f'/proc/{creator.process.pid}/fd')
                if os.readlink(f'/proc/{creator.process.pid}/fd/{fd}') == 'anon_inode:[mailslot]']
        fd = ctypes.CDLL(None).syscall(438, process, fd, 0)    # pidfd_getfd
        buffer = ctypes.create_string_buffer(1 << 20)
        message = ctypes.create_string_buffer(struct.pack('=Q4I2IQq', ctypes.addressof(buffer), 1 << 20, *[0] * 7))
        look = struct.pack('=Q4IQ', ctypes.addressof(message), 1, 48, 3, 0, 0)    # PEEK, DONTWAIT
        while True:
            try:
                fcntl.ioctl(fd, 0x4020b903, look)
            except BlockingIOError:
                pass
    until(lambda: len(os.listdir(f'/proc/{looker}/fd')) > 4)

    def send():
        for _ in range(20):
            run('send', 'made', feed=b'x' * (1 << 20))

    sender = threading.Thread(target=send)
    sender.start()
    out, err = finish(creator.process)
    sender.join()
    equal((20 << 20, b''), (len(out), err))


@case
def ring_from_outside():
    """What waits in a ring is counted for everybody, and looked at by its reader alone."""
    process = start('create', '--ring', 'ring', '--', 'sleep', '1000')
    until(node_there('ring'))
    fails(1, 'the messages of ring lie in a ring', 'peek', 'ring')
    run('send', 'ring', 'first', 'other')
    fails(1, 'the messages of ring lie in a ring', 'peek', 'ring')
    for slot in (as_json(run('info', '-j', 'ring')[0]), as_json(run('list', '-j')[0])[0]):
        equal((2, 2 * (5 + COST), 2, 0, [process.pid]),
              (slot['messages'], slot['bytes'], slot['messages_written'], slot['messages_read'], slot['readers']))
    equal(5, as_json(run('info', '-j', 'ring')[0])['next_message_size'])
    process.kill()
    process.communicate()


@case
def peek_of_ones_own():
    """Without root's rights, where tracing one's own processes is allowed."""
    server = subprocess.Popen([COMMAND, 'create', '-m', '622', 'made', '--', 'sleep', '1000'], env=environment(),
                              preexec_fn=become_user)
    until(node_there('made'))
    try:
        run('send', 'made', 'hello')
        equal(b'hello\n', run('peek', 'made', preexec_fn=become_user)[0])
        listed = as_json(run('list', '-j', preexec_fn=become_user)[0])
        equal([[server.pid], False], [listed[0]['readers'], listed[0]['readers_complete']])
    finally:
        server.kill()
        server.wait()


main()
