#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
"""A mailslot client in Python: each TEXT is one message; without TEXT standard input is one, whatever bytes it has.

It writes with os.write: what open() returns would keep messages back and merge them.

usage: client.py NAME [TEXT...]
"""
import os
import sys

if len(sys.argv) < 2:
    sys.exit(__doc__)
path = f'/dev/mailslot/{sys.argv[1]}'
messages = [os.fsencode(text) for text in sys.argv[2:]] or [sys.stdin.buffer.read()]
try:
    slot = os.open(path, os.O_WRONLY)
    for message in messages:
        os.write(slot, message)         # all of it or nothing
except OSError as error:
    sys.exit(f'{path}: {error.strerror}')
