# SPDX-License-Identifier: GPL-2.0-only
"""A client of NATS that speaks its protocol itself, so that a test can also say what no library would. No test, and nothing of
mailslots."""

import json
import socket
import ssl
import time


class Refused(Exception):
    """What the server answered with -ERR."""


class Client:
    """One connection, as a user with a password; TLS with the authority in the file CA, or none."""

    def __init__(self, address, user, password, ca=None, patience=60, make_socket=socket.socket):
        self.patience = patience
        self.buffer = b''
        self.messages = []      # (number of the subscription, subject, reply, header, payload)
        self.errors = []
        self.pongs = 0
        self.count = 0
        self.inbox = f'_INBOX_{user}.test'
        self.socket = make_socket()
        self.socket.settimeout(patience)
        self.socket.connect(address)
        self.information = json.loads(self.line().split(b' ', 1)[1])
        if ca:
            context = ssl.create_default_context(cafile=ca)
            self.socket = context.wrap_socket(self.socket, server_hostname=address[0])
        self.write(b'CONNECT ' + json.dumps({
            'verbose': False, 'pedantic': False, 'user': user, 'pass': password, 'headers': True, 'no_responders': True,
            'lang': 'test', 'version': '1', 'protocol': 1}).encode() + b'\r\n')
        self.flush()

    def close(self):
        self.socket.close()

    def write(self, data):
        self.socket.sendall(data)

    def fill(self):
        more = self.socket.recv(65536)
        if not more:
            raise Refused(self.errors[-1] if self.errors else 'the server closed the connection')
        self.buffer += more

    def line(self):
        while b'\r\n' not in self.buffer:
            self.fill()
        line, _, self.buffer = self.buffer.partition(b'\r\n')
        return line

    def take(self, size):
        while len(self.buffer) < size + 2:
            self.fill()
        data, self.buffer = self.buffer[:size], self.buffer[size + 2:]
        return data

    def step(self):
        """Read one line of the protocol and what belongs to it."""
        line = self.line()
        word, _, rest = line.partition(b' ')
        if word in (b'MSG', b'HMSG'):
            words = rest.decode().split()
            size = int(words.pop())
            header = int(words.pop()) if word == b'HMSG' else 0
            data = self.take(size)
            self.messages.append((int(words[1]), words[0], words[2] if len(words) > 2 else '', data[:header], data[header:]))
        elif word == b'PING':
            self.write(b'PONG\r\n')
        elif word == b'PONG':
            self.pongs += 1
        elif word == b'-ERR':
            self.errors.append(rest.decode().strip("'"))

    def flush(self):
        """All that was written has been judged: the errors since the last time."""
        wanted = self.pongs + 1
        self.write(b'PING\r\n')
        while self.pongs < wanted:
            self.step()
        errors, self.errors = self.errors, []
        return errors

    def publish(self, subject, payload=b'', reply='', header=b''):
        middle = f' {reply}' if reply else ''
        if header:
            self.write(f'HPUB {subject}{middle} {len(header)} {len(header) + len(payload)}\r\n'.encode() + header + payload + b'\r\n')
        else:
            self.write(f'PUB {subject}{middle} {len(payload)}\r\n'.encode() + payload + b'\r\n')

    def subscribe(self, subject):
        self.count += 1
        self.write(f'SUB {subject} {self.count}\r\n'.encode())
        return self.count

    def next(self, number, seconds=None):
        """The next message of a subscription; None when none comes in time."""
        end = time.monotonic() + (self.patience if seconds is None else seconds)
        while True:
            for i, message in enumerate(self.messages):
                if message[0] == number:
                    del self.messages[i]
                    return message[1:]
            left = end - time.monotonic()
            if left <= 0:
                return None
            self.socket.settimeout(left)
            try:
                self.step()
            except TimeoutError:
                return None
            finally:
                self.socket.settimeout(self.patience)

    def request(self, subject, payload=b'', seconds=None):
        """The answer; None if there is none, Refused if the subject may not be published to."""
        inbox = f'{self.inbox}.{self.count + 1}'
        number = self.subscribe(inbox)
        self.publish(subject, payload, inbox)
        errors = self.flush()
        if errors:
            raise Refused(errors[0])
        answer = self.next(number, seconds)
        self.write(f'UNSUB {number}\r\n'.encode())
        return answer

    def api(self, what, seconds=None, **body):
        """One call of JetStream's, by its subject less $JS.API and its body."""
        answer = self.request('$JS.API.' + what, json.dumps(body).encode() if body else b'', seconds)
        return answer and json.loads(answer[3] or b'{}')
