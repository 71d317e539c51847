#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Under SELinux, with policy.cil compiled as $1: what a policy forbids is refused, on both ends of a slot. Prints TAP."""
import ctypes
import errno
import fcntl
import os
import struct
import subprocess
import sys

CREATE, GET_INFO, RECEIVE, SEND = 0x4120b900, 0x8070b901, 0x4020b903, 0x4018b904
SELINUX = '/sys/fs/selinux'


def tell_selinux(file, data):
    fd = os.open(f'{SELINUX}/{file}', os.O_RDWR)
    os.write(fd, data)
    os.close(fd)


def create(control, name):
    os.umask(0)
    return fcntl.ioctl(control, CREATE, bytearray(struct.pack('=4I2Q256s', 0, 0o666, 0, 0, 0, 0, name)))


def outcome(call):
    try:
        call()
        return 'done'
    except OSError as error:
        return errno.errorcode[error.errno]


subprocess.run(['mount', '-t', 'selinuxfs', 'selinuxfs', SELINUX], check=True)
policy = open(sys.argv[1], 'rb').read()
tell_selinux('load', policy)
control = os.open('/dev/mailslot-control', os.O_RDONLY)
server = create(control, b'selinux')
client = os.open('/dev/mailslot/selinux', os.O_WRONLY)
enforce = os.open(f'{SELINUX}/enforce', os.O_RDWR)
buffer = ctypes.create_string_buffer(8)
message = ctypes.create_string_buffer(struct.pack('=Q6IQq', ctypes.addressof(buffer), 8, *[0] * 7), 48)
receive = struct.pack('=Q4IQ', ctypes.addressof(message), 1, 48, 0, 0, 0)
outgoing = ctypes.create_string_buffer(struct.pack('=QII', ctypes.addressof(buffer), 1, 0), 16)
send = struct.pack('=QIIII', ctypes.addressof(outgoing), 1, 16, 0, 0)
calls = {
    'write': lambda: os.write(client, b'x'),
    'SEND': lambda: fcntl.ioctl(client, SEND, bytearray(send)),
    'read': lambda: os.read(server, 8),
    'RECEIVE': lambda: fcntl.ioctl(server, RECEIVE, bytearray(receive)),
    'GET_INFO of the server end': lambda: fcntl.ioctl(server, GET_INFO, bytearray(112)),
    'GET_INFO of the client end': lambda: fcntl.ioctl(client, GET_INFO, bytearray(112)),
    'CREATE': lambda: os.close(create(control, b'selinux2')),
}

permitted = {name: outcome(call) for name, call in calls.items()}
# A decision that was made before is not asked for again until there is a new policy.
tell_selinux('load', policy)
os.write(enforce, b'1')
forbidden = {name: outcome(call) for name, call in calls.items()}
os.write(enforce, b'0')
again = {name: outcome(call) for name, call in calls.items()}

print(f'1..{len(calls) + 1}')
bad = 0
for number, name in enumerate(calls, 1):
    told = (permitted[name], forbidden[name], again[name])
    good = told == ('done', 'EACCES', 'done')
    bad += not good
    print('ok' if good else 'not ok', number, '-', name, '' if good else told)
try:
    label = os.getxattr(f'/proc/self/fd/{server}', 'security.selinux')
except OSError as error:
    label = errno.errorcode[error.errno].encode()
bad += label != b'user:role:type\0'
print('ok' if label == b'user:role:type\0' else 'not ok', len(calls) + 1, '- a server end has a label')
sys.exit(bool(bad))
