#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""A mailslot server as Python programs for Windows are written: ctypes, WinDLL with use_last_error, wide names. The lines
that docs/porting.rst asks for come before it."""
import ctypes
import time
from ctypes import wintypes

kernel32 = ctypes.WinDLL('kernel32', use_last_error=True)
INVALID_HANDLE_VALUE = wintypes.HANDLE(-1).value
MAILSLOT_NO_MESSAGE = wintypes.DWORD(-1).value

kernel32.CreateMailslotW.argtypes = wintypes.LPCWSTR, wintypes.DWORD, wintypes.DWORD, wintypes.LPVOID
kernel32.CreateMailslotW.restype = wintypes.HANDLE
kernel32.GetMailslotInfo.argtypes = (wintypes.HANDLE, wintypes.LPDWORD, wintypes.LPDWORD, wintypes.LPDWORD,
                                     wintypes.LPDWORD)
kernel32.GetMailslotInfo.restype = wintypes.BOOL
kernel32.ReadFile.argtypes = wintypes.HANDLE, wintypes.LPVOID, wintypes.DWORD, wintypes.LPDWORD, wintypes.LPVOID
kernel32.ReadFile.restype = wintypes.BOOL
kernel32.CloseHandle.argtypes = wintypes.HANDLE,

NAME = r'\\.\mailslot\kernel32\python'


def read(slot, size):
    """The message; None and the last error if there is none."""
    buffer = ctypes.create_string_buffer(size)
    done = wintypes.DWORD()
    if not kernel32.ReadFile(slot, buffer, size, ctypes.byref(done), None):
        return None
    return buffer.raw[:done.value].decode('utf-16-le')


def next_size(slot):
    size = wintypes.DWORD()
    if not kernel32.GetMailslotInfo(slot, None, ctypes.byref(size), None, None):
        raise ctypes.WinError(ctypes.get_last_error())
    return size.value


slot = kernel32.CreateMailslotW(NAME + '-errors', 0, 0, None)
if kernel32.CreateMailslotW(NAME + '-errors', 0, 0, None) == INVALID_HANDLE_VALUE:
    print('CreateMailslot again:', ctypes.get_last_error())
if kernel32.CreateMailslotW('blah', 0, 0, None) == INVALID_HANDLE_VALUE:
    print('CreateMailslot blah:', ctypes.get_last_error())
if read(slot, 2) is None:
    print('ReadFile, empty:', ctypes.get_last_error())
kernel32.CloseHandle(slot)
slot = kernel32.CreateMailslotW(NAME, 0, 0, None)
if slot == INVALID_HANDLE_VALUE:
    raise ctypes.WinError(ctypes.get_last_error())
told = False
message = None
while message != 'quit':
    while (size := next_size(slot)) == MAILSLOT_NO_MESSAGE:
        time.sleep(0.05)
    if not told and read(slot, 2) is None:
        print('ReadFile, small:', ctypes.get_last_error())
    told = True
    message = read(slot, size)
    print('message:', message)
kernel32.CloseHandle(slot)
print('closed')
