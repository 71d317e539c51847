#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a relay does when something is not as it should be: no relay, no server, a wrong password, a certificate that has
expired, a server that hangs, a network that is cut, a configuration with a fault, and an end without warning."""

import json
import os
import signal
import subprocess
import sys
import time

import hosts
from cases import case, equal, inside, main

TEXT = '''
export "status" { from = {"*"} forms = {"host", "domain"} }
remote "status" { to = {"host beta", "host alpha"} }
'''
DOWN = 'no connection with NATS'
UP = 'connected with NATS'

cluster, machines = None, {}


def passes(sender='alpha', receiver='beta', seconds=hosts.PATIENCE):
    """A datagram gets through: not at once, as servers tell each other who listens."""
    with machines[receiver].slot('status', timeout=10**9) as slot:
        end = time.monotonic() + seconds
        while True:
            machines[sender].send(f'remote/host/{receiver}/status', b'passes')
            try:
                equal(b'passes', slot.read())
                return
            except TimeoutError:
                if time.monotonic() > end:
                    raise AssertionError(f'nothing passes: {machines[sender].relay.said()}') from None


def fresh(host='alpha', text=TEXT, ready=True, **more):
    """A relay with an empty log."""
    machine = machines[host]
    if machine.relay.pid:
        machine.relay.stop()
    open(machine.relay.log, 'w', encoding='utf-8').close()
    machine.configure(text, **more)
    machine.relay.start(ready)
    return machine.relay


@case
def without_a_relay_there_is_no_remote_name():
    """The library says 3025, as Windows does that has remote mailslots off."""
    code = '''if True:
        import ctypes
        library = ctypes.CDLL('build/userlib/libmailslot.so')
        library.CreateFileA.restype = ctypes.c_void_p
        handle = library.CreateFileA(rb'\\\\beta\\mailslot\\status', ctypes.c_uint32(0x40000000), 3, None, 3, 0, None)
        print(ctypes.c_void_p(handle).value == ctypes.c_void_p(-1).value, library.GetLastError())
    '''
    done = hosts.run(sys.executable, '-c', code, env=dict(os.environ, MAILSLOT_DIR=machines['alpha'].slots))
    equal(b'True 3025\n', done)
    equal(False, os.path.exists(machines['alpha'].path('remote')))


@case
def no_server_at_start():
    """The relay is ready all the same; its slots take messages, which are counted; one line tells of it."""
    for server in cluster.servers:
        server.kill()
    relay = fresh()
    fresh('beta')
    relay.says(DOWN)
    equal((False, None), (relay.status()['connected'], relay.status()['server']))
    machines['alpha'].send('remote/host/beta/status', b'1', b'2', b'3')
    hosts.until(lambda: relay.status()['dropped']['disconnected'] == 3)
    with machines['alpha'].slot('local') as local:
        machines['alpha'].send('local', b'not touched')
        equal(b'not touched', local.read())
    time.sleep(3)
    relay.says(DOWN)
    for server in cluster.servers:
        server.start()
    relay.connected()
    machines['beta'].relay.connected()
    relay.says(UP)
    passes()


@case
def one_server_goes():
    relay = machines['alpha'].relay
    before = relay.status()
    gone = next(server for server in cluster.servers if before['server'].endswith(f'{server.address[0]}:{hosts.PORT}'))
    gone.kill()
    hosts.until(lambda: relay.status()['reconnects'] == before['reconnects'] + 1 and relay.status()['connected'])
    assert relay.status()['server'] != before['server']
    relay.says(DOWN, 2)
    relay.says(UP, 2)
    passes()
    gone.start()


@case
def all_servers_go_and_come_back():
    relay = fresh()
    relay.connected()
    for server in cluster.servers:
        server.kill()
    relay.connected(False)
    before = relay.status()['dropped']['disconnected']
    machines['alpha'].send('remote/host/beta/status', b'1', b'2')
    hosts.until(lambda: relay.status()['dropped']['disconnected'] == before + 2)
    for server in cluster.servers:
        server.start()
    relay.connected()
    machines['beta'].relay.connected()
    passes()


@case
def a_server_that_hangs():
    """With its socket open: writers and status go on, and the relay finds another server."""
    relay = fresh()
    relay.connected()
    url = relay.status()['server']
    hung = next(server for server in cluster.servers if url.endswith(f'{server.address[0]}:{hosts.PORT}'))
    hung.freeze()
    began = time.monotonic()
    for _ in range(200):
        machines['alpha'].send('remote/host/beta/status', b'x' * 400)
    relay.status()
    took = time.monotonic() - began
    hosts.until(lambda: relay.status()['server'] not in (url, None))
    print(f'# 200 messages and the status {took:.2f} s, another server after {time.monotonic() - began:.1f} s')
    assert took < 10, took
    hung.freeze(signal.SIGCONT)
    machines['beta'].relay.connected()
    passes()


def handled(relay):
    """How many messages it has dropped, and how many it has read from its slots."""
    status = relay.status()
    dropped = status['dropped']['disconnected']
    return dropped, dropped + status['sent'] + status['queued']


@case
def one_who_floods_leaves_room_for_others():
    """While a server does not take what is written, and more is written to one slot than may wait."""
    text = TEXT + 'export "quiet" { from = {"*"} } remote "quiet" { to = {"host beta"} }'
    beta, alpha = fresh('beta', text), fresh('alpha', text)
    beta.connected()
    alpha.connected()
    passes()
    url = alpha.status()['server']
    hung = next(server for server in cluster.servers if url.endswith(f'{server.address[0]}:{hosts.PORT}'))
    with machines['beta'].slot('quiet') as quiet:
        machines['alpha'].send('remote/host/beta/quiet', b'before')
        equal(b'before', quiet.read())
        sent = handled(alpha)[1]
        began = time.monotonic()
        hung.freeze()
        # Down to one short message at a time: none is dropped while there is room for another.
        for size, several in (60000, 20), (1000, 20), (1, 20), (1, 1):
            before = handled(alpha)[0]
            while handled(alpha)[0] == before:
                machines['alpha'].send('remote/host/beta/status', *[b'x' * size] * several)
                sent += several
                hosts.until(lambda: handled(alpha)[1] == sent)  # pylint: disable=cell-var-from-loop
        waiting = alpha.status()['queued']
        machines['alpha'].send('remote/host/beta/quiet', b'after')
        hosts.until(lambda: alpha.status()['queued'] == waiting + 1)
        hung.freeze(signal.SIGCONT)
        # The connection is given up after 10 to 15 s.
        took = time.monotonic() - began
        assert took < 8, took
        equal(b'after', quiet.read())
    fresh('beta')
    fresh('alpha')


@case
def the_network_is_cut():
    relay = fresh()
    relay.connected()
    hosts.cut('alpha')
    relay.connected(False)
    machines['alpha'].send('remote/host/beta/status', b'lost')
    hosts.join('alpha')
    relay.connected()
    passes()
    passes('beta', 'alpha')


@case
def a_wrong_password():
    """The relay stays, tries again, says so once, and takes the right one when it is there."""
    path = machines['alpha'].directory + '/wrong'
    hosts.write(path, 'wrong\n', hosts.USER, 0o400)
    relay = fresh(password_file=path)
    relay.says(DOWN)
    time.sleep(4)
    relay.says(DOWN)
    refused = sum('authentication error' in server.said() and server.said().count('authentication error') for server in cluster.servers)
    assert refused >= 2, refused
    equal((False, False), (relay.status()['connected'], relay.gone()))
    hosts.write(path, hosts.password('alpha') + '\n', hosts.USER, 0o400)
    relay.connected()
    passes()


@case
def a_password_that_is_changed():
    """libnats gives a connection up after two refusals; the relay does not."""
    path = machines['alpha'].directory + '/changed'
    hosts.write(path, hosts.password('alpha') + '\n', hosts.USER, 0o400)
    relay = fresh(password_file=path)
    relay.connected()
    cluster.configure(hosts.users().replace(hosts.password('alpha'), 'an0ther'))
    relay.connected(False)
    time.sleep(3)
    equal((False, False), (relay.status()['connected'], relay.gone()))
    hosts.write(path, 'an0ther\n', hosts.USER, 0o400)
    relay.connected()
    passes()
    cluster.configure()


@case
def a_certificate_that_has_expired():
    server = hosts.Server('nats1', port=4333, certificate='expired', alone=True)
    server.start()
    hosts.until(lambda: 'Server is ready' in server.said())
    relay = fresh(servers=['tls://10.77.0.11:4333'])
    relay.says(DOWN)
    hosts.until(lambda: 'TLS handshake error' in server.said())
    equal((False, False), (relay.status()['connected'], relay.gone()))
    inside('certificate', relay.said())
    server.kill()
    server.certificate = 'server'
    server.configure()
    server.start()
    relay.connected()
    relay.says(DOWN)
    relay.stop()
    server.kill()


@case
def a_server_without_tls():
    """An address with tls:// is not spoken to in clear, with no certificate asked for either."""
    server = hosts.Server('nats1', port=4334, certificate=None, alone=True)
    server.start()
    hosts.until(lambda: 'Server is ready' in server.said())
    relay = fresh(servers=['tls://10.77.0.11:4334'], ca_file=None)
    relay.says(DOWN)
    inside('Secure Connection not available', relay.said())
    equal((False, False), (relay.status()['connected'], relay.gone()))
    relay.stop()
    server.kill()


@case
def a_certificate_of_another_authority():
    hosts.run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout',
              hosts.WORK + '/other.key', '-out', hosts.WORK + '/other.pem', '-subj', '/CN=another authority', '-days', '1')
    relay = fresh(ca_file=hosts.WORK + '/other.pem')
    relay.says(DOWN)
    equal(False, relay.status()['connected'])


@case
def a_relay_that_is_killed():
    """Its slots of datagrams go and come; what it counts begins again."""
    relay = fresh()
    relay.connected()
    passes()
    writer = os.open(machines['alpha'].path('remote/host/beta/status'), os.O_WRONLY)
    equal(-signal.SIGKILL, relay.kill())
    if not relay.keeper.kept:
        try:
            os.write(writer, b'x')
        except BrokenPipeError:
            pass
        else:
            raise AssertionError('a slot without a server took a message')
    os.close(writer)
    relay.start()
    relay.connected()
    passes()


@case
def another_configuration():
    """SIGHUP: what is new is there, what is not meant any more goes."""
    relay = fresh()
    relay.connected()
    machines['alpha'].configure(TEXT.replace('"host beta", "host alpha"', '"host gamma", "host alpha"'))
    relay.reload()
    machines['alpha'].there('remote/host/gamma/status')
    hosts.until(lambda: not os.path.exists(machines['alpha'].path('remote/host/beta/status')))
    relay.connected()
    machines['alpha'].configure(TEXT)
    relay.reload()
    machines['alpha'].there('remote/host/beta/status')
    relay.connected()
    passes()


@case
def a_configuration_with_a_fault_is_not_taken():
    relay = fresh()
    relay.connected()
    machine = machines['alpha']
    machine.configure(TEXT + 'remote "new" { to = {"host beta"} }\nnonsense = 1\n')
    line = sum(1 for _ in open(machine.configuration, encoding='utf-8')) - 1
    relay.reload()
    relay.says(f'{machine.configuration}:{line}: ')
    passes()
    equal((False, False), (os.path.exists(machine.path('remote/host/beta/new')), relay.gone()))
    machine.configure(TEXT)


@case
def a_configuration_with_a_fault_at_start():
    machine = machines['alpha']
    machine.configure('export "x" { from = {"*"} colour = "red" }')
    if machine.relay.pid:
        machine.relay.stop()
    for more in [], ['--check']:
        done = subprocess.run([hosts.RELAY, '-c', machine.configuration, *more], capture_output=True, check=False)
        equal((78, b''), (done.returncode, done.stdout))
        inside(f'{machine.configuration}:'.encode(), done.stderr)
        equal(1, len(done.stderr.splitlines()))
    machine.configure(TEXT)
    equal(0, subprocess.run([hosts.RELAY, '-c', machine.configuration, '--check'], check=False).returncode)


@case
def a_second_relay_of_the_same_host():
    """It cannot have the slots, says so, and ends; the first one goes on."""
    relay = fresh()
    relay.connected()
    machine = machines['alpha']
    machine.configure(TEXT, socket=machine.directory + '/second')
    done = subprocess.run([hosts.RELAY, '-c', machine.configuration], capture_output=True, check=False, timeout=hosts.PATIENCE,
                          user=hosts.USER, group=hosts.USER, extra_groups=[])
    assert done.returncode not in (0, 78) and b'status' in done.stderr, done
    passes()


@case
def what_is_asked_for_while_nothing_works():
    """The status is JSON with all that the contract names."""
    relay = machines['alpha'].relay
    status = relay.status()
    for name in 'version host domain since_ns connected server queued sent sent_bytes received received_bytes reconnects stored dropped'.split():
        assert name in status, name
    equal({'sent', 'received', 'duplicates', 'waiting'}, set(status['stored']))
    for name in 'no_slot full not_exported garbage not_allowed too_long disconnected own_error'.split():
        assert name in status['dropped'], name
    json.dumps(status)


if hosts.missing(relay=True):
    print('1..0 # SKIP', hosts.missing(relay=True))
    sys.exit()
cluster, machines = hosts.make()
main()
