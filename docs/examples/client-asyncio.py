#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
"""A mailslot client in Python's asyncio: each TEXT is one message; without TEXT standard input is one.

A full queue makes it wait without keeping the event loop from other work. (The transport of connect_write_pipe
would merge what it holds back into one message.)

usage: client-asyncio.py NAME [TEXT...]
"""
import asyncio
import os
import sys


async def send(slot, message):
    """Sends one message on a client end that was opened with O_NONBLOCK, once there is room for it."""
    loop = asyncio.get_running_loop()
    while True:
        try:
            return os.write(slot, message)
        except BlockingIOError:         # from here on room means room for a message of this size
            room = loop.create_future()
            loop.add_writer(slot, room.set_result, None)
            try:
                await room
            finally:
                loop.remove_writer(slot)


async def main(name, *texts):
    slot = os.open(f'/dev/mailslot/{name}', os.O_WRONLY | os.O_NONBLOCK)
    for message in [os.fsencode(text) for text in texts] or [sys.stdin.buffer.read()]:
        await send(slot, message)


if len(sys.argv) < 2:
    sys.exit(__doc__)
try:
    asyncio.run(main(*sys.argv[1:]))
except OSError as error:
    sys.exit(f'/dev/mailslot/{sys.argv[1]}: {error.strerror}')
