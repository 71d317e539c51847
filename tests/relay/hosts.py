# SPDX-License-Identifier: GPL-2.0-only
"""Three hosts and a cluster of three NATS servers in one test VM: network namespaces on one bridge, an instance of slots for
each host, certificates, users, and the little of systemd that a relay sees. No test.

All of it is in namespaces of the process that calls make(), and gone with that process."""

import array
import ctypes
import fcntl
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time

ROOM = pathlib.Path(__file__).resolve().parent
TOP = ROOM.parents[1]
sys.path.insert(0, str(ROOM.parent / 'cli'))

import cases    # pylint: disable=wrong-import-position
import nats     # pylint: disable=wrong-import-position

WORK = '/tmp/relay'
BUILT = str(TOP / 'build/tests/relay')
SERVER = BUILT + '/nats-server'
RELAY = os.environ.get('MAILSLOT_RELAY', str(TOP / 'build/userlib/mailslot-relay'))
COMMAND = str(TOP / 'build/userlib/mailslot')
# The user of the relays, which has no rights, and a group whose members may send.
USER, GROUP, GROUP_NAME = 4300, 12, 'man'

ADDRESSES = {'alpha': '10.77.0.1', 'beta': '10.77.0.2', 'gamma': '10.77.0.3',
             'nats1': '10.77.0.11', 'nats2': '10.77.0.12', 'nats3': '10.77.0.13'}
DOMAINS = {'alpha': 'workgroup', 'beta': 'workgroup', 'gamma': 'sales'}
SERVERS = [name for name in ADDRESSES if name.startswith('nats')]
PORT = 4222
# Whose stored messages each host takes.
SENDERS = {'alpha': ['gamma'], 'beta': ['alpha', 'gamma'], 'gamma': ['alpha', 'beta']}
every_host = {}    # the hosts that make() has made, by their names
PATIENCE = int(os.environ.get('PATIENCE', '60'))

CLONE_NEWNS, CLONE_NEWNET = 0x20000, 0x40000000
MS_REC_PRIVATE, MNT_DETACH, PR_SET_PDEATHSIG = 0x44000, 2, 1
libc = ctypes.CDLL(None, use_errno=True)


def checked(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def mount(kind, directory, options=''):
    os.makedirs(directory, exist_ok=True)
    checked(libc.mount(kind.encode(), directory.encode(), kind.encode(), 0, options.encode()))


def until(condition, seconds=PATIENCE, what='it'):
    """What CONDITION returns once that is something."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError(f'{what} did not happen')
        time.sleep(0.05)
    return value


def write(path, text, owner=None, mode=0o644):
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    os.chmod(path, mode)
    if owner is not None:
        os.chown(path, owner, owner)


def wire(message, epoch=0, sequence=0, length=None):
    """A message as relays send it (userlib/relay/wire.h)."""
    return struct.pack('>BxxxIqQQI', 1, 0, 0, epoch, sequence, len(message) if length is None else length) + message


def run(*words, **options):
    done = subprocess.run(words, capture_output=True, check=False, **options)
    if done.returncode:
        raise AssertionError(f'{words}: {done.returncode} {done.stdout!r} {done.stderr!r}')
    return done.stdout


def example(name):
    """A program of docs/examples/remote as a module."""
    loader = importlib.machinery.SourceFileLoader(name.replace('-', '_'), str(TOP / 'docs/examples/remote' / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


def enter(namespace):
    fd = os.open(f'/run/netns/{namespace}', os.O_RDONLY | os.O_CLOEXEC)
    checked(libc.setns(fd, CLONE_NEWNET))
    os.close(fd)


def spawn(words, *, log, namespace=None, user=None, groups=(), environment=None, descriptors=()):
    """Start a program that ends with this process. DESCRIPTORS become 3 and following, as systemd hands them over."""
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    try:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.setsid()
        if namespace:
            enter(namespace)
        out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 200) for fd in (os.open('/dev/null', os.O_RDONLY), out, out, *descriptors)]
        for number, fd in enumerate(high):
            os.dup2(fd, number, inheritable=True)
        os.closerange(len(high), 1024)
        env = dict(os.environ if environment is None else environment)
        if descriptors:
            env['LISTEN_PID'] = str(os.getpid())
        if user is not None:
            os.setgroups(groups)
            os.setgid(user)
            os.setuid(user)
            # Another user's rights take the wish away.
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
        os.execve(words[0], words, env)
    except BaseException as error:    # pylint: disable=broad-except
        os.write(2, f'{words}: {error}\n'.encode())
    os._exit(127)


def ended(pid):
    return os.waitpid(pid, os.WNOHANG)[0] != 0


def make_network():
    """A bridge, and behind each of its ports a namespace."""
    lines = ['link add slots type bridge', 'link set slots up', 'address add 10.77.0.254/24 dev slots', 'link set lo up']
    for name in ADDRESSES:
        lines += [f'netns add {name}', f'link add to-{name} type veth peer name eth0 netns {name}',
                  f'link set to-{name} master slots up']
    run('ip', '-batch', '-', input='\n'.join(lines).encode())
    for name, address in ADDRESSES.items():
        run('ip', '-n', name, '-batch', '-',
            input=f'address add {address}/24 dev eth0\nlink set eth0 up\nlink set lo up\n'.encode())


def cut(name):
    """Take a host or a server off the network."""
    run('ip', 'link', 'set', f'to-{name}', 'down')


def join(name):
    run('ip', 'link', 'set', f'to-{name}', 'up')


def make_certificates():
    """An authority, a certificate for all servers, and one that has expired."""
    key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    where = WORK + '/'
    run('openssl', 'req', '-x509', *key, '-keyout', where + 'ca.key', '-out', where + 'ca.pem', '-days', '2',
        '-subj', '/CN=authority of the test', '-addext', 'keyUsage=critical,keyCertSign')
    names = ','.join(f'IP:{ADDRESSES[name]}' for name in SERVERS)
    run('openssl', 'req', *key, '-keyout', where + 'server.key', '-out', where + 'server.csr', '-subj', '/CN=nats',
        '-addext', 'subjectAltName=' + names)
    # x509 of OpenSSL 3.5 makes no certificate that has expired.
    with open(where + 'ca.conf', 'w') as conf:
        conf.write(f"""[ca]
default_ca = authority
[authority]
certificate = {where}ca.pem
private_key = {where}ca.key
database = {where}issued
unique_subject = no
rand_serial = yes
new_certs_dir = {WORK}
default_md = sha256
policy = names
copy_extensions = copy
x509_extensions = issued
[issued]
authorityKeyIdentifier = keyid
[names]
commonName = supplied
""")
    open(where + 'issued', 'w').close()
    for name, dates in (('server', ['-days', '1']), ('expired', ['-startdate', '20200101000000Z', '-enddate', '20200102000000Z'])):
        run('openssl', 'ca', '-batch', '-notext', '-config', where + 'ca.conf', *dates, '-in', where + 'server.csr', '-out',
            f'{where}{name}.pem')


def users(set_up=()):
    """The users of a server: each host with what docs/examples/remote/nats-user gives it, and an administrator."""
    user = example('nats-user').user
    return '\n'.join([f'{{ user: admin, password: {password("admin")} }}',
                      *(user(name, domain, password(name), SENDERS[name], name in set_up) for name, domain in DOMAINS.items())])


def password(name):
    return f'{name}-s3cret'


class Server:
    """One nats-server."""

    def __init__(self, name, port=PORT, certificate='server', alone=False, limits=''):
        self.name, self.pid = name, None
        self.address = (ADDRESSES[name], port)
        self.directory = f'{WORK}/{name}-{port}'
        self.log = self.directory + '/log'
        self.certificate, self.alone, self.limits = certificate, alone, limits
        os.makedirs(self.directory, exist_ok=True)
        self.configure()

    def freeze(self, number=signal.SIGSTOP):
        os.kill(self.pid, number)

    def configure(self, users_text=None):
        host, port = self.address
        tls = '' if not self.certificate else f'tls {{ cert_file: "{WORK}/{self.certificate}.pem", key_file: "{WORK}/server.key", timeout: 60 }}'
        routes = ', '.join(f'"nats://{ADDRESSES[name]}:6222"' for name in SERVERS)
        cluster = '' if self.alone else f'''cluster {{
	name: slots, listen: "{host}:6222", routes: [{routes}]
	tls {{ cert_file: "{WORK}/server.pem", key_file: "{WORK}/server.key", ca_file: "{WORK}/ca.pem", timeout: 60 }}
}}'''
        write(self.directory + '/conf', f'''server_name: {self.name}
listen: "{host}:{port}"
{tls}
{cluster}
jetstream {{ store_dir: "{self.directory}", max_memory_store: 64M, max_file_store: 256M }}
{self.limits}
authorization {{
	timeout: 60
	users: [
{users() if users_text is None else users_text}
	]
}}
''')

    def start(self):
        self.pid = spawn([SERVER, '-c', self.directory + '/conf'], log=self.log, namespace=self.name)

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        self.pid = None

    def reload(self):
        os.kill(self.pid, signal.SIGHUP)

    def client(self, user='admin', word=None, seconds=PATIENCE):
        """A connection of the test's own, once the server is up."""
        def connect():
            try:
                return nats.Client(self.address, user, word or password(user), WORK + '/ca.pem', seconds)
            except (ConnectionError, TimeoutError):
                return None
        return until(connect, seconds, f'a connection to {self.name}')

    def said(self):
        return pathlib.Path(self.log).read_text(encoding='utf-8') if os.path.exists(self.log) else ''


class Cluster:
    def __init__(self, set_up=()):
        self.servers = [Server(name) for name in SERVERS]
        if set_up:
            self.configure(users(set_up))
        # Three servers of 2.10.27 that start together now and then never find places for a stream (../../findings).
        until(self.starts, 10 * PATIENCE, 'a cluster with places for a stream')

    def starts(self):
        """All servers from nothing; None: they are ended."""
        for server in self.servers:
            server.start()
        try:
            self.wait()
            return self.has_places()
        except AssertionError as error:
            print(f'# the cluster is started again: {error}')
        for server in self.servers:
            server.kill()
            shutil.rmtree(server.directory + '/jetstream', ignore_errors=True)
        return None

    def has_places(self):
        """Until a stream with a copy on each server can be made."""
        client = self.client()
        config = {'name': 'places', 'subjects': ['places'], 'num_replicas': len(self.servers)}

        def made():
            answer = client.api('STREAM.CREATE.places', **config)
            return answer and 'error' not in answer
        until(made, PATIENCE // 2, 'a place for a stream')
        client.api('STREAM.DELETE.places')
        client.close()
        return True

    def wait(self):
        """Until JetStream has a leader, and all servers that run follow it."""
        running = [server for server in self.servers if server.pid]
        for server in running:
            client = server.client()

            def answers(client=client):
                try:
                    answer = client.api('INFO', 5)
                except nats.Refused:
                    return None
                return answer and 'error' not in answer
            until(answers, what=f'JetStream of {server.name}')
            client.close()

    def configure(self, users_text=None):
        """Other users; the servers that run take them."""
        for server in self.servers:
            server.configure(users_text)
            if server.pid:
                server.reload()

    def client(self, user='admin', word=None):
        return next(server for server in self.servers if server.pid).client(user, word)

    def knows(self, *names):
        """Until each server knows that these hosts listen: it answers what nobody hears. (Their relays count garbage.)"""
        for server in self.servers:
            if not server.pid:
                continue
            client = server.client()
            for name in names:
                until(lambda: client.request(f'mailslot.datagram.admin.host.{name}.there', b'', 0.3) is None,    # pylint: disable=cell-var-from-loop
                      what=f'{server.name} does not know {name}: it')
            client.close()

    def urls(self):
        return [f'tls://{server.address[0]}:{server.address[1]}' for server in self.servers]


class Keeper:
    """What systemd is to a relay: it hears READY=1, keeps descriptors over a restart, and hands them back."""

    def __init__(self, path):
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        os.chmod(path, 0o666)
        self.kept = []          # (name, descriptor)
        self.said = []
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            size = array.array('i').itemsize
            data, control, _, _ = self.socket.recvmsg(65536, socket.CMSG_SPACE(253 * size), socket.MSG_CMSG_CLOEXEC)
            numbers = array.array('i')
            for level, kind, content in control:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    numbers.frombytes(content[:len(content) - len(content) % size])
            self.hear(data.decode(errors='replace').splitlines(), list(numbers))

    def hear(self, lines, descriptors):
        fields = dict(line.split('=', 1) for line in lines if '=' in line)
        if 'FDSTOREREMOVE' in fields:
            gone = [one for one in self.kept if one[0] == fields.get('FDNAME')]
            self.kept = [one for one in self.kept if one not in gone]
            for _, fd in gone:
                os.close(fd)
        elif 'FDSTORE' in fields:
            # The same file twice is kept once, as systemd does it.
            for fd in descriptors:
                if any(os.path.samestat(os.fstat(fd), os.fstat(old)) and name == fields.get('FDNAME') for name, old in self.kept):
                    os.close(fd)
                else:
                    self.kept.append((fields.get('FDNAME', 'stored'), fd))
        # Last: who waits for READY finds all that came before.
        self.said += lines


class Relay:
    """mailslot-relay of one host, as its unit would run it."""

    def __init__(self, host):
        self.host, self.pid = host, None
        self.log = host.directory + '/relay.log'
        self.keeper = Keeper(host.directory + '/notify')

    def start(self, ready=True):
        kept = list(self.keeper.kept)
        env = {'PATH': os.environ['PATH'], 'NOTIFY_SOCKET': self.keeper.path, 'LANG': 'C.UTF-8',
               'LD_LIBRARY_PATH': os.path.dirname(RELAY)}
        if kept:
            env.update(LISTEN_FDS=str(len(kept)), LISTEN_FDNAMES=':'.join(name for name, _ in kept))
        self.keeper.said.clear()
        self.pid = spawn([RELAY, '-c', self.host.configuration], log=self.log, namespace=self.host.name, user=USER,
                         groups=(GROUP,), environment=env, descriptors=[fd for _, fd in kept])
        if ready:
            self.wait_ready()

    def wait_ready(self):
        until(lambda: 'READY=1' in self.keeper.said or self.gone(), what='READY=1')
        if self.pid is None:
            raise AssertionError('the relay ended: ' + self.said())

    def gone(self):
        if self.pid and ended(self.pid):
            self.pid = None
        return self.pid is None

    def kill(self, number=signal.SIGKILL):
        """End it, and its status."""
        os.kill(self.pid, number)
        _, status = os.waitpid(self.pid, 0)
        self.pid = None
        return os.waitstatus_to_exitcode(status)

    def stop(self):
        """It ends with success, and one that was built with a sanitizer (MAILSLOT_RELAY) has nothing to report."""
        status = self.kill(signal.SIGTERM)
        for _, fd in self.keeper.kept:
            os.close(fd)
        self.keeper.kept.clear()
        if status or 'Sanitizer' in self.said():
            raise AssertionError(f'it ended with {status} and said: {self.said()}')

    def reload(self):
        os.kill(self.pid, signal.SIGHUP)

    def said(self):
        with open(self.log, encoding='utf-8', errors='replace') as log:
            return log.read()

    def status(self):
        """The counters, from the socket itself."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(self.host.socket)
            text = b''
            while more := connection.recv(65536):
                text += more
        return json.loads(text)

    def connected(self, yes=True):
        until(lambda: self.pid and self.status()['connected'] == yes, what=f'connected: {yes} of {self.host.name}')

    def says(self, text, times=1):
        """Until TEXT is in so many lines of the log, and then in no more."""
        def count():
            return sum(text in line for line in self.said().splitlines())
        try:
            until(lambda: count() >= times)
        except AssertionError:
            raise AssertionError(f'{text!r} is not there {times} times: {self.said()}') from None
        if count() > times:
            raise AssertionError(f'{text!r} is there {count()} times: {self.said()}')

    def counts(self, **wanted):
        """Until the counters are as wanted; dropped_full is full in dropped."""
        def got():
            status = self.status()
            return {name: status['dropped'][name[8:]] if name.startswith('dropped_') else status[name] for name in wanted}
        try:
            until(lambda: got() == wanted, what='the count')
        except AssertionError:
            raise AssertionError(f'wanted {wanted}, got {got()}; {self.said()}') from None


class Host:
    """A machine: its slots, its directories and its relay."""

    def __init__(self, name, urls):
        self.name, self.urls = name, urls
        self.directory = f'{WORK}/{name}'
        self.slots = self.directory + '/slots'
        self.state = self.directory + '/state'
        self.socket = self.directory + '/status'
        self.configuration = self.directory + '/relay.conf'
        os.makedirs(self.state)
        os.chown(self.directory, USER, USER)
        os.chown(self.state, USER, USER)
        mount('mailslot', self.slots)
        write(self.directory + '/password', password(name) + '\n', USER, 0o400)
        self.relay = Relay(self)

    def configure(self, text, **more):
        """The relay's configuration: TEXT are its exports and remotes; other options by their names."""
        options = {'host': self.name, 'domain': DOMAINS[self.name], 'servers': self.urls, 'user': self.name,
                   'password_file': self.directory + '/password', 'ca_file': WORK + '/ca.pem', 'directory': self.slots,
                   'state': self.state, 'socket': self.socket, **more}

        def value(one):
            return '{' + ', '.join(map(json.dumps, one)) + '}' if isinstance(one, list) else json.dumps(one)
        write(self.configuration, ''.join(f'{name} = {value(one)}\n' for name, one in options.items() if one is not None) + text + '\n')

    def slot(self, name, **options):
        options.setdefault('mode', 0o622)
        options.setdefault('timeout', PATIENCE * 10**9)
        return cases.Slot(name, instance=self.slots, **options)

    def path(self, name):
        return f'{self.slots}/{name}'

    def send(self, name, *messages):
        """Write to a slot of this host as any program does."""
        cases.Slot.send_by(self.path(name), *messages)

    def there(self, name):
        until(lambda: os.path.exists(self.path(name)), what=f'{name} on {self.name}')

    def start(self, *words, user=None, **options):
        """A program on this host."""
        env = dict(os.environ, MAILSLOT_DIR=self.slots, LANG='C.UTF-8')

        def become():
            enter(self.name)
            if user is not None:
                os.setgroups(options.pop('groups', []))
                os.setgid(user)
                os.setuid(user)
        return subprocess.Popen(words, env=env, preexec_fn=become, **options)


def missing(relay=False):
    """Why there is nothing to play with, or None."""
    if not os.environ.get('MAILSLOT_VM'):
        return 'runs in the test VM only'
    for path, package in ((SERVER, 'nats-server: tests/relay/server.sh fetch'), ('/usr/bin/openssl', 'openssl')):
        if not os.access(path, os.X_OK):
            return 'there is no ' + package
    if relay and not os.access(RELAY, os.X_OK):
        return 'there is no mailslot-relay: libnats-dev, libconfuse-dev'
    if not shutil.which('ip'):
        return 'there is no ip: iproute2'
    return None


def make_namespaces():
    checked(libc.unshare(CLONE_NEWNS | CLONE_NEWNET))
    checked(libc.mount(b'none', b'/', None, MS_REC_PRIVATE, None))
    os.makedirs('/run/netns', exist_ok=True)
    mount('tmpfs', '/run/netns')
    mount('tmpfs', WORK, 'mode=755')


def start_relays(cluster, machines):
    for host in machines.values():
        host.relay.start()
    for host in machines.values():
        host.relay.connected()
    cluster.knows(*machines)


def a_relay_ends_when_it_is_told():
    """With success, and its slots are gone."""
    for host in every_host.values():
        if not host.relay.gone():
            host.relay.stop()
            until(lambda: 'remote' not in os.listdir(host.slots), what='the end of its slots')    # pylint: disable=cell-var-from-loop


def make(set_up=()):
    """The network, the certificates and the cluster; the hosts by their names. Those of SET_UP may make their streams. The last case
    of all ends the relays."""
    make_namespaces()
    make_network()
    make_certificates()
    cluster = Cluster(set_up)
    every_host.update((name, Host(name, cluster.urls())) for name in DOMAINS)
    cases.case(a_relay_ends_when_it_is_told)
    return cluster, every_host
