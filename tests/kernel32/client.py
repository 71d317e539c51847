#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A mailslot client as Python programs for Windows are written: windll, GetLastError, narrow names, no types given. The
lines that docs/porting.rst asks for come before it."""
import ctypes
import sys

k32 = ctypes.windll.kernel32
GENERIC_WRITE = 0x40000000
OPEN_EXISTING = 3


def open_slot():
    return k32.CreateFileA(b'\\\\.\\mailslot\\kernel32\\python', GENERIC_WRITE, 1, None, OPEN_EXISTING, 0, None)


told = False
while (slot := open_slot()) == -1:
    error = k32.GetLastError()
    if not told:
        print('CreateFile:', error, flush=True)
    told = True
    if error != 2:
        sys.exit(1)
    k32.Sleep(100)
for message in sys.argv[1:]:
    data = message.encode('utf-16-le')
    written = ctypes.c_ulong()
    if not k32.WriteFile(slot, data, len(data), ctypes.byref(written), None):
        sys.exit(f'WriteFile: {k32.GetLastError()}')
    print('sent', written.value, 'bytes')
k32.CloseHandle(slot)
