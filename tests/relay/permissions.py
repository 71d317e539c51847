#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What a cluster of three NATS servers lets a host do that has the permissions of docs/examples/remote/nats-user, and what not.
The host is hostile: a client of the test's own, with its password, in place of a relay. No relay runs."""

import ssl
import sys

import hosts
import nats
from cases import case, equal, inside, main

CONSUMER = {'durable_name': 'gamma', 'name': 'gamma', 'ack_policy': 'explicit', 'deliver_policy': 'all',
            'filter_subject': 'mailslot.stored.alpha.host.gamma.>', 'num_replicas': 1}
CREATE = 'CONSUMER.CREATE.MAILSLOT_alpha.gamma.mailslot.stored.alpha.host.gamma.>'
WIRE = hosts.wire(b'')

cluster = None
users = {}


def stream(name, **more):
    return {'name': f'MAILSLOT_{name}', 'subjects': [f'mailslot.stored.{name}.>'], 'storage': 'memory', 'num_replicas': 3, **more}


def user(name):
    """One connection for each user and all cases."""
    if name not in users:
        users[name] = cluster.client(name)
    return users[name]


def refused(name, publish=None, subscribe=None):
    """The server says so, and names the subject."""
    client = user(name)
    if publish:
        client.publish(publish, WIRE + b'x')
        wanted = [f'Permissions Violation for Publish to "{publish}"']
    else:
        client.subscribe(subscribe)
        wanted = [f'Permissions Violation for Subscription to "{subscribe}"']
    equal(wanted, client.flush())


def answered(answer):
    equal(None, answer.get('error'))
    return answer


@case
def a_host_speaks_for_itself():
    gamma = user('gamma')
    number = gamma.subscribe('mailslot.datagram.*.host.gamma.>')
    equal([], gamma.flush())
    user('alpha').publish('mailslot.datagram.alpha.host.gamma.status', WIRE + b'hello')
    equal([], user('alpha').flush())
    equal(('mailslot.datagram.alpha.host.gamma.status', '', b'', WIRE + b'hello'), gamma.next(number))
    gamma.write(f'UNSUB {number}\r\n'.encode())


@case
def and_for_no_other():
    for kind in 'datagram', 'stored':
        refused('alpha', publish=f'mailslot.{kind}.beta.host.gamma.status')
        refused('alpha', publish=f'mailslot.{kind}.beta.domain.sales.status')
    refused('alpha', publish='mailslot.datagram.Alpha.host.gamma.status')
    refused('alpha', publish='mailslot.datagram.alpha')
    refused('alpha', publish='_INBOX_gamma.x')


@case
def a_host_hears_what_is_for_itself():
    client = user('gamma')
    for subject in 'mailslot.datagram.*.host.gamma.>', 'mailslot.datagram.*.domain.sales.>', '_INBOX_gamma.x':
        number = client.subscribe(subject)
        equal([], client.flush())
        client.write(f'UNSUB {number}\r\n'.encode())


@case
def and_nothing_else():
    for subject in ('>', 'mailslot.>', 'mailslot.*.*.host.gamma.>', 'mailslot.datagram.*.host.beta.>', 'mailslot.datagram.*.host.*.status',
                    'mailslot.datagram.*.domain.workgroup.>', 'mailslot.stored.*.host.gamma.>', '_INBOX.>', '_INBOX_beta.>', '_INBOX_*.>',
                    '$JS.>', '$SYS.>'):
        refused('gamma', subscribe=subject)


@case
def its_stream_is_not_its_to_make():
    """A stream can copy others (sources), take their subjects, and send under their names (republish)."""
    for what in 'CREATE', 'UPDATE', 'DELETE', 'PURGE', 'MSG.GET', 'MSG.DELETE', 'SNAPSHOT', 'RESTORE':
        refused('alpha', publish=f'$JS.API.STREAM.{what}.MAILSLOT_alpha')
    refused('alpha', publish='$JS.API.DIRECT.GET.MAILSLOT_alpha')
    refused('alpha', publish='$JS.API.STREAM.LIST')


@case
def while_it_is_set_up_it_is():
    cluster.configure(hosts.users(set_up=['alpha']))

    def made():
        try:
            return user('alpha').api('STREAM.CREATE.MAILSLOT_alpha', **stream('alpha'))
        except nats.Refused:
            return None
    answered(hosts.until(made))
    cluster.configure()

    def taken_away():
        user('alpha').publish('$JS.API.STREAM.CREATE.MAILSLOT_alpha')
        return user('alpha').flush()
    inside('Permissions Violation', hosts.until(taken_away)[0])
    equal('MAILSLOT_alpha', answered(user('alpha').api('STREAM.INFO.MAILSLOT_alpha'))['config']['name'])
    # The administrator's.
    answered(cluster.client().api('STREAM.CREATE.MAILSLOT_beta', **stream('beta')))


@case
def a_stored_message_is_fetched_by_the_host_that_it_is_for():
    alpha, gamma = user('alpha'), user('gamma')
    header = b'NATS/1.0\r\nNats-Msg-Id: alpha.1.1\r\n\r\n'
    for _ in range(2):
        alpha.publish('mailslot.stored.alpha.host.gamma.orders', WIRE + b'order', '_INBOX_alpha.ack', header)
    equal([], alpha.flush())
    answered(gamma.api(CREATE, stream_name='MAILSLOT_alpha', config=CONSUMER))
    subject, reply, _, payload = gamma.request('$JS.API.CONSUMER.MSG.NEXT.MAILSLOT_alpha.gamma', b'1')
    equal(('mailslot.stored.alpha.host.gamma.orders', WIRE + b'order'), (subject, payload))
    inside('$JS.ACK.MAILSLOT_alpha.gamma.1.1.1.', reply)
    gamma.publish(reply, b'+ACK')
    equal([], gamma.flush())
    # The id that was there twice is in the stream once.
    equal(1, answered(gamma.api('STREAM.INFO.MAILSLOT_alpha'))['state']['messages'])


@case
def and_by_no_other():
    for subject in ('CONSUMER.CREATE.MAILSLOT_alpha.gamma.mailslot.stored.alpha.host.gamma.>',
                    'CONSUMER.CREATE.MAILSLOT_alpha.beta.mailslot.stored.alpha.host.gamma.>',
                    'CONSUMER.CREATE.MAILSLOT_alpha.beta.mailslot.stored.alpha.host.*.>',
                    'CONSUMER.CREATE.MAILSLOT_alpha.beta.>', 'CONSUMER.CREATE.MAILSLOT_alpha.beta', 'CONSUMER.CREATE.MAILSLOT_alpha',
                    'CONSUMER.DURABLE.CREATE.MAILSLOT_alpha.beta', 'CONSUMER.DELETE.MAILSLOT_alpha.gamma',
                    'CONSUMER.MSG.NEXT.MAILSLOT_alpha.gamma', 'CONSUMER.INFO.MAILSLOT_alpha.gamma', 'CONSUMER.LIST.MAILSLOT_alpha',
                    'STREAM.DELETE.MAILSLOT_alpha', 'STREAM.PURGE.MAILSLOT_alpha', 'STREAM.UPDATE.MAILSLOT_alpha',
                    'STREAM.MSG.GET.MAILSLOT_alpha', 'DIRECT.GET.MAILSLOT_alpha'):
        refused('beta', publish='$JS.API.' + subject)
    refused('beta', publish='$JS.ACK.MAILSLOT_alpha.gamma.1.1.1.1.1')


@case
def the_filter_of_a_consumer_is_the_one_in_its_subject():
    """What permissions pin, the body of the request cannot undo."""
    subject = 'CONSUMER.CREATE.MAILSLOT_alpha.beta.mailslot.stored.alpha.host.beta.>'
    mine = {**CONSUMER, 'durable_name': 'beta', 'name': 'beta', 'filter_subject': 'mailslot.stored.alpha.host.beta.>'}
    for change in {'filter_subject': 'mailslot.stored.alpha.host.gamma.>'}, {'filter_subject': ''}, {'name': 'x', 'durable_name': 'x'}:
        answer = user('beta').api(subject, stream_name='MAILSLOT_alpha', config={**mine, **change})
        assert 'error' in answer, answer
    assert 'error' in user('beta').api(subject, stream_name='MAILSLOT_beta', config=mine)
    answered(user('beta').api(subject, stream_name='MAILSLOT_alpha', config=mine))


@case
def an_answer_sent_to_another_is_no_message():
    """Permissions do not judge where JetStream answers to. An answer is no message of a relay's: it does not begin with the
    version, or it has a header, or the class of its subject is not that of the subscription."""
    gamma = user('gamma')
    number = gamma.subscribe('mailslot.datagram.*.host.gamma.>')
    equal([], gamma.flush())
    forged = 'mailslot.datagram.beta.host.gamma.status'
    alpha = user('alpha')
    alpha.publish('mailslot.stored.alpha.host.beta.orders', WIRE + b'x', forged)
    alpha.publish('$JS.API.STREAM.INFO.MAILSLOT_alpha', b'', forged)
    equal([], alpha.flush())
    for _ in range(2):
        subject, _, header, payload = gamma.next(number)
        equal((forged, b'', b'{'), (subject, header, payload[:1]))
    beta = user('beta')
    beta.publish('$JS.API.CONSUMER.MSG.NEXT.MAILSLOT_alpha.beta', b'{"batch":1,"no_wait":true}', forged)
    equal([], beta.flush())
    equal('mailslot.stored.alpha.host.beta.orders', gamma.next(number)[0])
    beta.publish('$JS.API.CONSUMER.MSG.NEXT.MAILSLOT_alpha.beta', b'{"batch":1,"no_wait":true}', forged)
    equal([], beta.flush())
    subject, _, header, payload = gamma.next(number)
    equal((forged, b'NATS/1.0 404 ', b''), (subject, header[:13], payload))
    gamma.write(f'UNSUB {number}\r\n'.encode())


@case
def who_does_not_know_the_password_is_refused():
    for name, word in (('alpha', 'beta-s3cret'), ('nobody', 'x'), ('', '')):
        try:
            cluster.client(name, word or 'x')
        except nats.Refused as refusal:
            inside('Authorization Violation', str(refusal))
        else:
            raise AssertionError(name)


@case
def who_is_not_certified_is_not_spoken_to():
    hosts.run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', hosts.WORK + '/other.key',
              '-out', hosts.WORK + '/other.pem', '-subj', '/CN=another authority', '-days', '1')
    try:
        nats.Client(cluster.servers[0].address, 'alpha', hosts.password('alpha'), hosts.WORK + '/other.pem')
    except ssl.SSLCertVerificationError:
        pass
    else:
        raise AssertionError('a certificate of another authority did')


@case
def a_host_is_put_out_by_a_reload():
    beta = user('beta')
    number = beta.subscribe('mailslot.datagram.*.host.beta.>')
    equal([], beta.flush())
    kept = hosts.users().split('\n{')
    cluster.configure('\n{'.join(one for one in kept if '"beta"' not in one))
    try:
        hosts.until(lambda: beta.next(number, 1) and False)
    except (nats.Refused, ConnectionError):
        pass
    else:
        raise AssertionError('it was not')


if hosts.missing():
    print('1..0 # SKIP', hosts.missing())
    sys.exit()
hosts.make_namespaces()
hosts.make_network()
hosts.make_certificates()
cluster = hosts.Cluster()
main()
