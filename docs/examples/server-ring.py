#!/usr/bin/python3
# SPDX-License-Identifier: 0BSD
"""A mailslot server in Python that reads from the slot's ring, with mmap and struct only: makes the slot, prints each message
with its sender, ends after COUNT. While messages are there, reading them takes no system call.

usage: server-ring.py NAME [COUNT]
"""
import fcntl
import itertools
import mmap
import os
import pwd
import struct
import sys

# See linux/mailslot.h; docs/ring.rst tells the protocol.
CREATE = 0x4120b900             # MAILSLOT_IOC_CREATE
RING = 0xc030b906               # MAILSLOT_IOC_RING
RING_WAIT = 0x4010b907          # MAILSLOT_IOC_RING_WAIT
CREATE_RING = 8
FOR_EVER = 2**64 - 1
TAIL = 64                       # where struct mailslot_ring_status has it
QUEUE = 1 << 20                 # all of it is allocated at once


def create(name):
    """The server end of a new slot that everybody may write to."""
    # struct mailslot_create: flags, mode, max_message_size, reserved, queue_bytes, read_timeout_ns, name
    request = bytearray(struct.pack('=4I2Q256s', CREATE_RING, 0o666, 65536, 0, QUEUE, FOR_EVER, os.fsencode(name)))
    os.umask(0)
    with open('/dev/mailslot-control', 'rb') as control:
        return fcntl.ioctl(control, CREATE, request)    # of a bytearray: the call's own result


class Ring:
    def __init__(self, server):
        # struct mailslot_ring_layout: flags, reserved, version, header_size, data_size, three offsets
        layout = bytearray(48)
        self.fd = fcntl.ioctl(server, RING, layout)
        _, _, version, self.header, self.size, reader, status, data = struct.unpack('=4I4Q', layout)
        if version != 1:
            raise OSError(95, 'a ring of another version')
        page = mmap.PAGESIZE
        # One word of each is looked at: as a memory view of words, so that it is loaded and stored at once.
        self.reader = memoryview(mmap.mmap(self.fd, page, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE, offset=reader)).cast('I')
        self.status = memoryview(mmap.mmap(self.fd, page, mmap.MAP_SHARED, mmap.PROT_READ, offset=status)).cast('I')
        self.data = memoryview(mmap.mmap(self.fd, 2 * self.size, mmap.MAP_SHARED, mmap.PROT_READ, offset=data))
        self.head = self.reader[0]

    def messages(self):
        """Those that are there: sequence number, process, user, and the bytes in place, valid until release()."""
        tail = self.status[TAIL // 4]
        while self.head != tail:
            at = self.head % self.size
            # struct mailslot_ring_message: length, pid, uid, gid, sequence, time_ns
            length, pid, uid, _, sequence, _ = struct.unpack_from('=4IQq', self.data, at)
            # The next one starts at a multiple of 8. Positions wrap at 2^32.
            self.head = (self.head + self.header + length + 7 & -8) % 2**32
            yield sequence, pid, uid, self.data[at + self.header:at + self.header + length]

    def release(self):
        self.reader[0] = self.head

    def wait(self):
        """Sleep until there is a message. The kernel looks at the head first, and lets writers go on that wait for room."""
        # struct mailslot_ring_wait: flags, reserved, deadline_ns
        fcntl.ioctl(self.fd, RING_WAIT, struct.pack('=2IQ', 0, 0, FOR_EVER))


def user_name(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return uid


def serve(ring):
    while True:
        yield from ring.messages()
        ring.release()
        ring.wait()


if len(sys.argv) < 2:
    sys.exit(__doc__)
name = sys.argv[1]
count = int(sys.argv[2]) if len(sys.argv) > 2 else None
try:
    slot = create(name)
    ring = Ring(slot)
    print(f'listening on /dev/mailslot/{name}', flush=True)
    for sequence, pid, uid, message in itertools.islice(serve(ring), count):
        print(f'message {sequence} from process {pid}, user {user_name(uid)}, {len(message)} bytes: ', end='', flush=True)
        # As bytes, whatever they are; a line's end, as echo writes it, is not worth a line of ours.
        sys.stdout.buffer.write(bytes(message).removesuffix(b'\n') + b'\n')
        sys.stdout.buffer.flush()
except OSError as error:
    sys.exit(f'{name}: {error.strerror}')
