#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A Windows program that broadcasts, and its servers on three hosts, all of them compiled unchanged."""

import pathlib
import subprocess
import sys

import hosts
from cases import case, equal, main

TEXT = '''
export "announce" { from = {"*"} forms = {"domain"} }
remote "announce" { to = {"all"} }
'''
PROGRAM = hosts.BUILT + '/broadcast'

cluster, machines = None, {}


def output(process):
    out, _ = process.communicate(timeout=hosts.PATIENCE)
    return process.returncode, out.decode()


@case
def a_broadcast_is_heard_on_three_hosts():
    # A slot that is made without a security descriptor has the mode that the umask leaves, and the relay is another user.
    servers = {name: host.start('sh', '-c', 'umask 0; exec "$0" server 3', PROGRAM, stdout=subprocess.PIPE)
               for name, host in machines.items()}
    for host in machines.values():
        host.there('announce')
    for name, host in machines.items():
        equal((0, f'announced: {name.upper()} is here\n'), output(host.start(PROGRAM, stdout=subprocess.PIPE)))
    heard = {}
    for name, server in servers.items():
        status, text = output(server)
        heard[name] = status, sorted(text.splitlines())
    everyone = 0, [f'{name.upper()} is here' for name in sorted(machines)]
    equal(dict.fromkeys(machines, everyone), heard)


@case
def without_a_relay_the_program_is_told():
    machines['alpha'].relay.stop()
    equal((1, 'error 3025\n'), output(machines['alpha'].start(PROGRAM, stdout=subprocess.PIPE)))


why = hosts.missing(relay=True)
if not why and not pathlib.Path(PROGRAM).exists():
    why = 'there is no broadcast: tests/relay/suite.sh build'
if why:
    print('1..0 # SKIP', why)
    sys.exit()
hosts.DOMAINS['gamma'] = 'workgroup'
cluster, machines = hosts.make()
for machine in machines.values():
    machine.configure(TEXT)
hosts.start_relays(cluster, machines)
main()
