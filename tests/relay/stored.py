#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Stored messages between slots of three hosts: each arrives once and in order, whoever was away meanwhile, and whatever was
killed. The streams have a copy on each of three NATS servers."""

import os
import sys
import threading
import time

import hosts
from cases import case, equal, inside, main

EXPORTS = '''
export "orders" { from = {"alpha", "gamma"} class = "stored" }
export "jobs" { from = {"alpha"} class = "stored" origin = true }
export "status" { from = {"*"} }
'''
REMOTES = '''
remote "orders" { to = {"host beta"} class = "stored" }
remote "jobs" { to = {"host beta"} class = "stored" }
remote "other" { to = {"host beta"} class = "stored" }
remote "status" { to = {"host beta"} }
stream { replicas = 3 messages = 100000 bytes = 16777216 }
'''
MANY = int(os.environ.get('MANY', '3000'))

cluster, machines = None, {}


def numbers(first, count):
    return [b'%d' % i for i in range(first, first + count)]


def send(messages, sender='alpha', name='orders'):
    machines[sender].send('remote/host/beta/' + name, *messages)


class Reader:
    """Who reads a slot of beta's to the end of a case."""

    def __init__(self, slot):
        self.slot, self.got = slot, []
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while True:
            try:
                self.got.append(self.slot.read())
            except OSError:
                return

    def until(self, count):
        seen, end = -1, 0
        while len(self.got) < count:
            if len(self.got) > seen:
                seen, end = len(self.got), time.monotonic() + 2 * hosts.PATIENCE
            if time.monotonic() > end:
                raise AssertionError(f'{seen} of {count} have come; ' + '; '.join(host.relay.said()[-2000:] for host in machines.values()))
            time.sleep(0.05)


@case
def one_arrives():
    with machines['beta'].slot('orders') as orders:
        send([b'first', b'', b'\0\xff' * 500])
        equal([b'first', b'', b'\0\xff' * 500], [orders.read() for _ in range(3)])
    answer = cluster.client().api('STREAM.INFO.MAILSLOT_alpha')['config']
    equal((['mailslot.stored.alpha.>'], 3, 'file', 100000),
          (answer['subjects'], answer['num_replicas'], answer['storage'], answer['max_msgs']))


@case
def with_its_origin():
    with machines['beta'].slot('jobs') as jobs:
        send([b'x'], name='jobs')
        line, _, message = jobs.read().partition(b'\n')
        equal((['alpha', '0'], b'x'), (line.decode().split()[:2], message))


@case
def a_host_that_was_off_gets_what_it_missed():
    with machines['beta'].slot('orders') as orders:
        machines['beta'].relay.stop()
        send(numbers(0, 100))
        hosts.until(lambda: machines['alpha'].relay.status()['stored']['sent'] >= 100)
        machines['beta'].relay.start()
        equal(numbers(0, 100), [orders.read() for _ in range(100)])


@case
def a_network_that_is_cut_and_joined():
    """First the receiver's, then the sender's: what was sent meanwhile comes once the network is whole."""
    with machines['beta'].slot('orders') as orders:
        send(numbers(0, 50))
        equal(numbers(0, 50), [orders.read() for _ in range(50)])
        for number, cut in (50, 'beta'), (100, 'alpha'):
            hosts.cut(cut)
            machines[cut].relay.connected(False)
            send(numbers(number, 50))
            hosts.join(cut)
            machines[cut].relay.connected()
            equal(numbers(number, 50), [orders.read() for _ in range(50)])


@case
def a_slot_that_is_not_there_is_waited_for():
    before = machines['beta'].relay.status()
    send(numbers(0, 10))
    time.sleep(2)
    with machines['beta'].slot('orders') as orders:
        equal(numbers(0, 10), [orders.read() for _ in range(10)])
    equal(before['dropped'], machines['beta'].relay.status()['dropped'])


@case
def a_full_slot_is_waited_for_and_stops_no_other():
    beta = machines['beta']
    with beta.slot('orders', queue=3 * 66) as orders, beta.slot('jobs') as jobs, beta.slot('status') as status:
        send(numbers(10, 50))
        hosts.until(lambda: beta.relay.status()['stored']['waiting'] > 0)
        send([b'goes on'], name='jobs')
        send([b'goes on, too'], name='status')
        equal(b'goes on', jobs.read().partition(b'\n')[2])
        equal(b'goes on, too', status.read())
        equal(numbers(10, 50), [orders.read() for _ in range(50)])
        assert not orders.waiting()


@case
def two_senders_are_apart():
    with machines['beta'].slot('orders') as orders:
        send(numbers(0, 100), 'alpha')
        send([b'g' + one for one in numbers(0, 100)], 'gamma')
        got = [orders.read() for _ in range(200)]
        equal(numbers(0, 100), [one for one in got if one[:1] != b'g'])
        equal(numbers(0, 100), [one[1:] for one in got if one[:1] == b'g'])


@case
def what_is_sent_twice_arrives_once():
    """With ids that the server does not recognize: the receiving relay knows slot and number of each sender."""
    client = cluster.client('alpha')
    beta = machines['beta']
    before = beta.relay.status()['stored']['duplicates']
    with beta.slot('orders') as orders:
        for number in 1, 2, 2, 1, 3:
            client.publish('mailslot.stored.alpha.host.beta.orders',
                           hosts.wire(b'%d' % number, 7, number))
        equal([], client.flush())
        equal([b'1', b'2', b'3'], [orders.read() for _ in range(3)])
        hosts.until(lambda: beta.relay.status()['stored']['duplicates'] == before + 2)
        assert not orders.waiting()


@case
def garbage_and_what_is_not_exported_stop_nothing():
    client = cluster.client('alpha')
    beta = machines['beta']
    before = beta.relay.status()['dropped']
    with beta.slot('orders') as orders:
        for payload in b'', b'\x02' * 40, hosts.wire(b'', length=1), hosts.wire(b'x') + hosts.wire(b'y'):
            client.publish('mailslot.stored.alpha.host.beta.orders', payload)
        client.publish('mailslot.stored.alpha.host.beta.=zz', hosts.wire(b''))
        equal([], client.flush())
        send([b'x'], name='other')
        send([b'then'])
        equal(b'then', orders.read())
        hosts.until(lambda: beta.relay.status()['dropped'] ==
                    {**before, 'garbage': before['garbage'] + 5, 'not_exported': before['not_exported'] + 1})


@case
def a_message_that_looks_like_a_word_of_the_server():
    """A host can put any header into its own stream, the server's too."""
    client, beta = cluster.client('alpha'), machines['beta']
    before = beta.relay.status()['dropped']['garbage']
    with beta.slot('orders') as orders:
        for _ in range(3):
            client.publish('mailslot.stored.alpha.host.beta.orders', header=b'NATS/1.0 409 Consumer Deleted\r\nStatus: 409\r\n\r\n')
        equal([], client.flush())
        send([b'then'])
        equal(b'then', orders.read())
    hosts.until(lambda: beta.relay.status()['dropped']['garbage'] == before + 3)


@case
def what_anothers_consumer_delivers_is_left_out():
    """A host has its own consumer deliver to the subject that another host hears, should it know that subject."""
    admin, beta = cluster.client(), machines['beta']
    number = admin.subscribe('$JS.API.CONSUMER.MSG.NEXT.MAILSLOT_alpha.beta')
    equal([], admin.flush())
    beta.relay.stop()
    beta.relay.start()
    secret = admin.next(number)[1]
    inside('_INBOX_beta.stored.', secret)
    alpha, gamma = cluster.client('alpha'), cluster.client('gamma')
    config = {'durable_name': 'gamma', 'name': 'gamma', 'ack_policy': 'explicit', 'deliver_policy': 'new',
              'filter_subject': 'mailslot.stored.alpha.host.gamma.>'}
    made = gamma.api('CONSUMER.CREATE.MAILSLOT_alpha.gamma.mailslot.stored.alpha.host.gamma.>', stream_name='MAILSLOT_alpha', config=config)
    assert 'error' not in made, made
    alpha.publish('mailslot.stored.alpha.host.gamma.orders', hosts.wire(b'not for beta', 9, 1))
    equal([], alpha.flush())
    before = beta.relay.status()['dropped']['garbage']
    with beta.slot('orders') as orders:
        gamma.publish('$JS.API.CONSUMER.MSG.NEXT.MAILSLOT_alpha.gamma', b'1', secret)
        equal([], gamma.flush())
        hosts.until(lambda: beta.relay.status()['dropped']['garbage'] == before + 1)
        send([b'for beta'])
        equal(b'for beta', orders.read())
        assert not orders.waiting()


@case
def a_relay_that_starts_reads_no_message_again():
    beta = machines['beta']
    with beta.slot('orders') as orders:
        send(numbers(0, 20))
        equal(numbers(0, 20), [orders.read() for _ in range(20)])
        state = cluster.client().api('STREAM.INFO.MAILSLOT_alpha')['state']
        beta.relay.stop()
        beta.relay.start()
        beta.relay.connected()

        def first():
            # No answer, and one without a configuration, come while a consumer is made anew.
            answer = cluster.client().api('CONSUMER.INFO.MAILSLOT_alpha.beta') or {}
            return (answer.get('config') or {}).get('opt_start_seq')
        hosts.until(lambda: first() == state['last_seq'] + 1, what=f'the first number is not {state["last_seq"] + 1} but {first()}: it')


@case
def a_stream_that_may_not_be_asked_for_stops_no_other():
    """No server answers about the stream of a host that beta has no permission for, and a relay waits long for answers."""
    beta = machines['beta']
    beta.configure(EXPORTS + 'export "never" { from = {"delta"} class = "stored" }')
    beta.relay.reload()
    worst = 0
    with beta.slot('orders') as orders:
        for number in numbers(0, 60):
            began = time.monotonic()
            send([number])
            equal(number, orders.read())
            worst = max(worst, time.monotonic() - began)
            time.sleep(max(0, began + 0.5 - time.monotonic()))
    inside('Permissions Violation', beta.relay.said())
    print(f'# the longest way took {worst:.1f} s')
    assert worst < 10, worst
    beta.configure(EXPORTS)
    beta.relay.reload()


@case
def a_stream_that_is_taken_away_is_made_anew():
    with machines['beta'].slot('orders') as orders:
        send([b'before'])
        equal(b'before', orders.read())
        cluster.client().api('STREAM.DELETE.MAILSLOT_alpha')
        send(numbers(0, 10))
        equal(numbers(0, 10), [orders.read() for _ in range(10)])


@case
def a_stream_that_may_not_be_made():
    """A host without a stream says so, keeps its messages in their slot, and sends them when it may make one."""
    gamma = machines['gamma']
    gamma.relay.stop()
    open(gamma.relay.log, 'w', encoding='utf-8').close()
    cluster.client().api('STREAM.DELETE.MAILSLOT_gamma')
    cluster.configure()
    gamma.relay.start()
    gamma.relay.connected()
    with machines['beta'].slot('orders') as orders:
        send([b'kept'], 'gamma')
        hosts.until(lambda: 'MAILSLOT_gamma' in gamma.relay.said())
        cluster.configure(hosts.users(hosts.DOMAINS))
        equal(b'kept', orders.read())


@case
def many_while_servers_and_relays_are_killed():
    """Each message once, and in order."""
    alpha, beta = machines['alpha'].relay, machines['beta'].relay
    with machines['beta'].slot('orders') as orders:
        reader = Reader(orders)
        began = time.monotonic()
        part = MANY // 10
        kills = 0
        for i in range(10):
            send(numbers(i * part, part))
            reader.until(max(0, i * part - part // 2))
            server = cluster.servers[i % 3]
            if i % 3 == 1:
                server.kill()
                kills += 1
            if i % 2:
                alpha.kill()
                kills += 1
            if i % 3 != 2:
                beta.kill()
                beta.start()
                kills += 1
            if i % 2:
                alpha.start()
            if server.pid is None:
                reader.until(i * part)
                server.start()
        reader.until(MANY)
        took = time.monotonic() - began
        time.sleep(2)
        wrong = [(i, one) for i, one in enumerate(reader.got) if one != b'%d' % i]
        print(f'# {MANY} messages, {kills} kills, {took:.1f} s, {beta.status()["stored"]["duplicates"]} duplicates since the last kill')
        equal((MANY, []), (len(reader.got), wrong[:5]))


if hosts.missing(relay=True):
    print('1..0 # SKIP', hosts.missing(relay=True))
    sys.exit()
cluster, machines = hosts.make(hosts.DOMAINS)
for machine in machines.values():
    machine.configure(EXPORTS if machine.name == 'beta' else REMOTES)
hosts.start_relays(cluster, machines)
main()
