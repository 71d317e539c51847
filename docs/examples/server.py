#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A mailslot server without any library: makes the slot and prints each message it reads.

usage: server.py NAME [COUNT]
"""
import fcntl
import itertools
import os
import struct
import sys

CREATE = 0x4120b900             # MAILSLOT_IOC_CREATE of linux/mailslot.h
FOR_EVER = 2**64 - 1

name = sys.argv[1]
count = int(sys.argv[2]) if len(sys.argv) > 2 else None

# struct mailslot_create: flags, mode, max_message_size, reserved, queue_bytes, read_timeout_ns, name
create = bytearray(struct.pack('=4I2Q256s', 0, 0o622, 0, 0, 0, FOR_EVER, name.encode()))
os.umask(0)
with open('/dev/mailslot-control', 'rb') as control:
    slot = fcntl.ioctl(control, CREATE, create)     # of a bytearray: the call's own result

print(f'listening on /dev/mailslot/{name}', flush=True)
for number in itertools.count(1):
    message = os.read(slot, 65536)
    print(f'message {number}, {len(message)} bytes: {message.decode(errors="replace").rstrip()}', flush=True)
    if number == count:
        break
