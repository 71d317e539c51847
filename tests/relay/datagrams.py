#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Datagrams between slots of three hosts, by their relays and a cluster of three NATS servers: who gets which message, under
which name, of what size, from whom, and what is counted in place of being delivered."""

import os
import subprocess
import sys

import hosts
from cases import case, equal, inside, main

ODD = ['with space', 'dots.in.it', 'a/b/c', "it's", '>', 'UPPER', 'grüße/日本', '=3d', '$SYS', '%41', '-_-', 'x' * 200]
EXPORTS = '\n'.join([
    'export "status" { from = {"*"} forms = {"host", "domain"} }',
    'export "private" { from = {"alpha"} forms = {"host"} }',
    'export "origin" { from = {"*"} origin = true }',
    'export "odd/*" { from = {"a*"} }',
    'export "jobs/*" { from = {"*"} }',
])
REMOTES = '\n'.join([
    'remote "status" { to = {"all", "domain sales", "host beta", "host gamma"} }',
    'remote "private" { to = {"host beta", "domain workgroup"} }',
    'remote "secret" { to = {"host beta"} }',
    'remote "origin" { to = {"host beta"} group = "%s" }' % hosts.GROUP_NAME,
    'remote "odd/*" { to = {"host beta"} }',
    'remote "jobs/*" { to = {"host *"} }',
])

cluster, machines = None, {}


def frame(name, host, message):
    return f'\\\\{host}\\mailslot\\{name}'.encode() + b'\0' + message


def dropped(host):
    return machines[host].relay.status()['dropped']


def become(user, *groups):
    def do():
        os.setgroups(groups)
        os.setgid(user)
        os.setuid(user)
    return do


@case
def to_one_host():
    with machines['beta'].slot('status') as beta, machines['gamma'].slot('status') as gamma:
        machines['alpha'].send('remote/host/beta/status', b'to beta', b'', b'\0\xff\n')
        equal([b'to beta', b'', b'\0\xff\n'], [beta.read() for _ in range(3)])
        machines['alpha'].send('remote/host/gamma/status', b'to gamma')
        equal(b'to gamma', gamma.read())
        assert not beta.waiting()


@case
def to_a_domain():
    """Of which the sender need not be; it has no effect on others."""
    with machines['alpha'].slot('status') as alpha, machines['beta'].slot('status') as beta, machines['gamma'].slot('status') as gamma:
        machines['alpha'].send('remote/domain/sales/status', b'to sales')
        equal(b'to sales', gamma.read())
        machines['gamma'].send('remote/domain/sales/status', b'from inside')
        equal(b'from inside', gamma.read())
        assert not alpha.waiting() and not beta.waiting()


@case
def to_all_of_the_own_domain():
    """The sending host is one of them."""
    with machines['alpha'].slot('status') as alpha, machines['beta'].slot('status') as beta, machines['gamma'].slot('status') as gamma:
        machines['beta'].send('remote/all/status', b'to all')
        equal([b'to all', b'to all'], [alpha.read(), beta.read()])
        machines['gamma'].send('remote/all/status', b'to sales')
        equal(b'to sales', gamma.read())
        assert not alpha.waiting() and not beta.waiting()


@case
def case_of_letters_does_not_count():
    with machines['beta'].slot('Status') as beta:
        machines['alpha'].send('remote/host/beta/status', b'x')
        equal(b'x', beta.read())
    with machines['beta'].slot('odd/lower') as beta:
        machines['alpha'].send('remote/host/beta/odd/*', frame('ODD\\Lower', 'BETA', b'y'))
        equal(b'y', beta.read())


@case
def odd_names():
    for name in ODD:
        with machines['beta'].slot('odd/' + name) as beta:
            machines['alpha'].send('remote/host/beta/odd/*', frame('odd\\' + name.replace('/', '\\'), 'beta', name.encode()))
            hosts.until(beta.waiting, what=name)
            equal(name.encode(), beta.read())


@case
def names_that_cannot_be():
    """A frame that is none is counted, and the relay goes on."""
    beta, alpha = machines['beta'], machines['alpha']
    before = dropped('alpha')['not_allowed'] + dropped('alpha')['garbage']
    wrong = [b'', b'no frame', b'\\\\beta\\mailslot\\odd\\x', frame('odd\\x', 'gamma', b''), frame('other\\x', 'beta', b''),
             frame('odd\\' + 'x' * 300, 'beta', b''), b'\\\\beta\\mailslot\\odd\\\xff\xfe\0', frame('odd\\*', '*', b''), b'\0' * 100]
    with beta.slot('odd/x') as slot:
        alpha.send('remote/host/beta/odd/*', *wrong)
        alpha.send('remote/host/beta/odd/*', frame('odd\\x', 'beta', b'last'))
        equal(b'last', slot.read())
    hosts.until(lambda: dropped('alpha')['not_allowed'] + dropped('alpha')['garbage'] == before + len(wrong))


@case
def sizes():
    """424 bytes to a domain, more to a host."""
    with machines['gamma'].slot('status') as gamma:
        machines['alpha'].send('remote/domain/sales/status', b'x' * 424)
        equal(424, len(gamma.read()))
        for name in 'remote/domain/sales/status', 'remote/all/status':
            try:
                machines['alpha'].send(name, b'x' * 425)
            except OSError as error:
                equal('Message too long', error.strerror)
            else:
                raise AssertionError('425 bytes were taken')
        machines['alpha'].send('remote/host/gamma/status', b'x' * 425, b'y' * 65536)
        equal([425, 65536], [len(gamma.read()), len(gamma.read())])
        most = cluster.servers[0].client().information['max_payload'] - len(hosts.wire(b''))
        machines['alpha'].send('remote/host/gamma/status', b'x' * most)
        equal(most, len(gamma.read(most)))
        try:
            machines['alpha'].send('remote/host/gamma/status', b'x' * (most + 1))
        except OSError as error:
            equal('Message too long', error.strerror)
        else:
            raise AssertionError('more than max_payload was taken')


@case
def who_sent_it():
    """Host, user and time stand before the message where the export says so; the kernel's word is the relay's user."""
    with machines['beta'].slot('origin') as beta:
        subprocess.run(['sh', '-c', f'printf hello > {machines["alpha"].path("remote/host/beta/origin")}'], check=True,
                       preexec_fn=become(4242, hosts.GROUP))
        line, _, message = beta.read().partition(b'\n')
        equal(b'hello', message)
        host, user, when = line.decode().split(' ')
        equal(('alpha', '4242'), (host, user))
        equal(9, len(when.split('.')[1]))


@case
def who_may_send():
    """The group of the configuration; without one, everybody."""
    path = machines['alpha'].path('remote/host/beta/origin')
    for groups, code in (((), 2), ((hosts.GROUP,), 0)):
        done = subprocess.run(['sh', '-c', f'echo > {path}'], check=False, stderr=subprocess.PIPE, preexec_fn=become(4242, *groups))
        equal(code, done.returncode)
    equal((hosts.USER, hosts.GROUP, 0o620), (os.stat(path).st_uid, os.stat(path).st_gid, os.stat(path).st_mode & 0o777))
    equal(0o622, os.stat(machines['alpha'].path('remote/host/beta/status')).st_mode & 0o777)


@case
def what_is_not_exported_is_counted():
    beta = machines['beta']
    with beta.slot('secret') as secret, beta.slot('private') as private, beta.slot('status') as status:
        before = dropped('beta')['not_exported']
        machines['alpha'].send('remote/host/beta/secret', b'1')         # no export
        machines['gamma'].send('remote/host/beta/private', b'2')        # of another sender
        machines['alpha'].send('remote/domain/workgroup/private', b'3')     # of another form
        hosts.until(lambda: dropped('beta')['not_exported'] == before + 3)
        machines['alpha'].send('remote/host/beta/status', b'4')
        equal(b'4', status.read())
        machines['alpha'].send('remote/host/beta/private', b'5')
        equal(b'5', private.read())
        assert not secret.waiting() and not private.waiting()


@case
def what_there_is_no_slot_for_is_counted():
    before = dropped('beta')['no_slot']
    machines['alpha'].send('remote/host/beta/status', b'1', b'2')
    hosts.until(lambda: dropped('beta')['no_slot'] == before + 2)


@case
def a_full_slot_drops_and_stops_no_other():
    beta = machines['beta']
    before = dropped('beta')['full']
    with beta.slot('jobs/full', queue=3 * 65) as full, beta.slot('status') as status:
        machines['alpha'].send('remote/host/*/jobs/*', *(frame('jobs\\full', 'beta', b'%d' % i) for i in range(10)))
        machines['alpha'].send('remote/host/beta/status', b'goes on')
        equal(b'goes on', status.read())
        hosts.until(lambda: dropped('beta')['full'] == before + 7)
        equal([b'0', b'1', b'2'], [full.read() for _ in range(3)])
        assert not full.waiting()
        machines['alpha'].send('remote/host/*/jobs/*', frame('jobs\\full', 'beta', b'again'))
        equal(b'again', full.read())


@case
def order_is_kept():
    with machines['gamma'].slot('status') as gamma:
        for i in range(0, 2000, 100):
            machines['alpha'].send('remote/host/gamma/status', *(b'%d' % n for n in range(i, i + 100)))
        equal([b'%d' % n for n in range(2000)], [gamma.read() for _ in range(2000)])


@case
def nothing_is_sent_on():
    """What came from the network does not go back to it, even if an export names a slot of the relay's."""
    with machines['beta'].slot('status') as beta:
        before = machines['beta'].relay.status()['sent']
        client = cluster.client('alpha')
        for name in 'remote.host.gamma.status', 'remote.all.status', 'remote.self.workgroup.beta':
            client.publish('mailslot.datagram.alpha.host.beta.' + name, hosts.wire(b'loop'))
        client.publish('mailslot.datagram.alpha.host.beta.status', hosts.wire(b'end'))
        equal([], client.flush())
        equal(b'end', beta.read())
        equal(before, machines['beta'].relay.status()['sent'])


@case
def garbage_is_counted():
    """A hostile host says what no relay would."""
    beta = machines['beta']
    before = dropped('beta')['garbage']
    wire = hosts.wire(b'')
    client = cluster.client('alpha')
    there = 'mailslot.datagram.alpha.host.beta.'
    wrong = [(there + 'status', b''), (there + 'status', b'\x01'), (there + 'status', wire[:-1]), (there + 'status', hosts.wire(b'x', length=2)), (there + 'status', hosts.wire(b'', length=2**32 - 1)), (there + 'status', b'\x02' + wire[1:]),
             (there + 'status', b'{"type":"x"}' + wire), (there + 'status', b'\x01\x01' + wire[2:]), (there + 'Status', wire),
             (there + 'st=61tus', wire), (there + '=zz', wire), (there + '=', wire), (there + '=00', wire), (there + 'a.=2e=2e', wire),
             (there + '\xff', wire), (there + 'x' * 400, wire), (there + '.'.join(200 * 'x'), wire), (there + 'a=2fb', wire)]
    with beta.slot('status') as status:
        for subject, payload in wrong:
            client.publish(subject, payload)
        # With a header: the server's own, whoever made it send.
        client.publish(there + 'status', wire, header=b'NATS/1.0\r\nNats-Stream: x\r\n\r\n')
        client.publish(there + 'status', hosts.wire(b'a message'))
        equal([], client.flush())
        equal(b'a message', status.read())
        assert not status.waiting()
    hosts.until(lambda: dropped('beta')['garbage'] == before + len(wrong) + 1)


@case
def the_names_of_this_host_and_domain():
    status = os.stat(machines['gamma'].path('remote/self/sales/gamma'))
    equal(0, status.st_mode & 0o777)


@case
def every_message_was_counted():
    """What was sent is what was received and dropped, on all hosts."""
    status = {name: host.relay.status() for name, host in machines.items()}
    for name, one in status.items():
        equal((name, hosts.DOMAINS[name], True, 0), (one['host'], one['domain'], one['connected'], one['queued']))
        inside(one['server'], cluster.urls())
        equal((0, 0, 0), (one['dropped']['own_error'], one['dropped']['disconnected'], one['dropped']['slow']))
    assert status['alpha']['sent'] > 2000 and status['gamma']['received'] > 2000


if hosts.missing(relay=True):
    print('1..0 # SKIP', hosts.missing(relay=True))
    sys.exit()
cluster, machines = hosts.make()
for machine in machines.values():
    machine.configure(EXPORTS + '\n' + REMOTES)
hosts.start_relays(cluster, machines)
main()
