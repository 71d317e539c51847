#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
"""A mailslot server in Python without any library: makes the slot, prints each message with its sender, ends after COUNT.

A server that does not ask who wrote needs no RECEIVE: os.read(slot, 65536) takes the next message.

usage: server.py NAME [COUNT]
"""
import ctypes
import fcntl
import itertools
import os
import pwd
import struct
import sys

# See linux/mailslot.h.
CREATE = 0x4120b900             # MAILSLOT_IOC_CREATE
RECEIVE = 0x4020b903            # MAILSLOT_IOC_RECEIVE
FOR_EVER = 2**64 - 1
LONGEST = 65536                 # longer messages are refused when they are written


def create(name):
    """The server end of a new slot that everybody may write to."""
    # struct mailslot_create: flags, mode, max_message_size, reserved, queue_bytes, read_timeout_ns, name
    request = bytearray(struct.pack('=4I2Q256s', 0, 0o666, LONGEST, 0, 0, FOR_EVER, os.fsencode(name)))
    os.umask(0)
    with open('/dev/mailslot-control', 'rb') as control:
        return fcntl.ioctl(control, CREATE, request)    # of a bytearray: the call's own result


def receive(slot):
    """The next message, and who sent it: sequence number, process, user, bytes."""
    buffer = ctypes.create_string_buffer(LONGEST)
    # struct mailslot_recv_msg: buffer, capacity, length, pid, uid, gid, reserved, sequence, time_ns
    message = ctypes.create_string_buffer(struct.pack('=Q6IQq', ctypes.addressof(buffer), LONGEST, *[0] * 7), 48)
    # struct mailslot_receive: messages, count, message_size, flags, reserved, deadline_ns
    fcntl.ioctl(slot, RECEIVE, struct.pack('=Q4IQ', ctypes.addressof(message), 1, len(message), 0, 0, 0))
    _, _, length, pid, uid, _, _, sequence, _ = struct.unpack('=Q6IQq', message)
    return sequence, pid, uid, buffer[:length]


def user_name(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return uid


if len(sys.argv) < 2:
    sys.exit(__doc__)
name = sys.argv[1]
count = int(sys.argv[2]) if len(sys.argv) > 2 else None
try:
    slot = create(name)
    print(f'listening on /dev/mailslot/{name}', flush=True)
    for _ in itertools.repeat(None) if count is None else range(count):
        sequence, pid, uid, message = receive(slot)
        print(f'message {sequence} from process {pid}, user {user_name(uid)}, {len(message)} bytes: ', end='', flush=True)
        # As bytes, whatever they are; a line's end, as echo writes it, is not worth a line of ours.
        sys.stdout.buffer.write(message.removesuffix(b'\n') + b'\n')
        sys.stdout.buffer.flush()
except OSError as error:
    sys.exit(f'{name}: {error.strerror}')
