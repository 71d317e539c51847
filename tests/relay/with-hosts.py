#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Three hosts and three NATS servers in the test VM, and a command beside them; a shell without one. Directories of the hosts
are /tmp/relay/NAME (slots, state, relay.log); a program runs on a host as `ip netns exec alpha PROGRAM`.

usage: tools/vm/run.sh -- tests/relay/with-hosts.py [--relays CONFIGURATION] [COMMAND...]

CONFIGURATION: a file with exports and remotes, for which a relay is started on each host.
"""
import subprocess
import sys
import time

import hosts


def main():
    words = sys.argv[1:]
    text = ''
    if words[:1] == ['--relays']:
        if len(words) < 2:
            sys.exit(__doc__)
        with open(words[1], encoding='utf-8') as file:
            text = file.read()
        del words[:2]
    elif words[:1] and words[0].startswith('-'):
        sys.exit(__doc__)
    why = hosts.missing()
    if why:
        sys.exit('hosts: ' + why)
    began = time.monotonic()
    cluster, machines = hosts.make()
    for host in machines.values():
        host.configure(text)
    if text:
        hosts.start_relays(cluster, machines)
    print(f'hosts: up after {time.monotonic() - began:.1f} s', flush=True)
    sys.exit(subprocess.run(words or ['bash', '--norc'], check=False).returncode)


main()
