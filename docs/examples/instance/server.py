#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
"""A mailslot server in Python for a slot of an instance: open makes the slot; prints each message, ends after COUNT.

usage: server.py PATH [COUNT]		PATH is below a mount of type mailslot, as /run/slots/log
"""
import itertools
import os
import sys

if len(sys.argv) < 2:
    sys.exit(__doc__)
path = sys.argv[1]
count = int(sys.argv[2]) if len(sys.argv) > 2 else None
os.umask(0)                     # others may write, whatever the umask said
try:
    slot = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDONLY, 0o622)
    for number in itertools.count(1) if count is None else range(1, count + 1):
        message = os.read(slot, 65536)
        print(f'message {number}, {len(message)} bytes: ', end='', flush=True)
        # As bytes, whatever they are; a line's end, as echo writes it, is not worth a line of ours.
        sys.stdout.buffer.write(message.removesuffix(b'\n') + b'\n')
        sys.stdout.buffer.flush()
except OSError as error:
    sys.exit(f'{path}: {error.strerror}')
