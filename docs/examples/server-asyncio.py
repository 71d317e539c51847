#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
"""A mailslot server in Python's asyncio: makes the slot, prints each message it reads, and ends after COUNT.

The event loop goes on with other work between messages. (connect_read_pipe does that, too, one message a call of
data_received, but takes an empty message for the end.) server.py shows how to learn who sent a message.

usage: server-asyncio.py NAME [COUNT]
"""
import asyncio
import fcntl
import os
import struct
import sys

CREATE = 0x4120b900             # MAILSLOT_IOC_CREATE of linux/mailslot.h
NONBLOCK = 1                    # MAILSLOT_CREATE_NONBLOCK
LONGEST = 65536                 # longer messages are refused when they are written


def create(name):
    """The server end of a new slot that everybody may write to."""
    # struct mailslot_create: flags, mode, max_message_size, reserved, queue_bytes, read_timeout_ns, name
    request = bytearray(struct.pack('=4I2Q256s', NONBLOCK, 0o666, LONGEST, 0, 0, 0, os.fsencode(name)))
    os.umask(0)
    with open('/dev/mailslot-control', 'rb') as control:
        return fcntl.ioctl(control, CREATE, request)    # of a bytearray: the call's own result


async def receive(slot):
    """The next message."""
    loop = asyncio.get_running_loop()
    while True:
        try:
            return os.read(slot, LONGEST)
        except BlockingIOError:
            ready = loop.create_future()
            loop.add_reader(slot, ready.set_result, None)
            try:
                await ready
            finally:
                loop.remove_reader(slot)


async def main(name, count=None):
    slot = create(name)
    print(f'listening on /dev/mailslot/{name}', flush=True)
    number = 0
    while count is None or number < int(count):
        message = await receive(slot)
        number += 1
        print(f'message {number}, {len(message)} bytes: ', end='', flush=True)
        sys.stdout.buffer.write(message.removesuffix(b'\n') + b'\n')
        sys.stdout.buffer.flush()


if len(sys.argv) < 2:
    sys.exit(__doc__)
try:
    asyncio.run(main(*sys.argv[1:]))
except OSError as error:
    sys.exit(f'{sys.argv[1]}: {error.strerror}')
