#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""How long the module's spinlocks were held, by what `record.sh` has recorded under PREEMPT_RT: a line for each function that
takes one, with the longest section. Time in which another task ran is not in the figures; sections in which an interrupt
came are counted, and left out. What the probes cost is in the figures: the shortest section of all says
at most how much that is, once for each section.

usage: held.py TRACE
"""
import collections
import re
import sys

EVENT = re.compile(r'^.*-(\d+) +\[\d+\] \S+ +(\d+): (\w+): (.*)$')
SWITCH = re.compile(r'prev_pid=(\d+) .*next_pid=(\d+)')
PROBE = re.compile(r'(take|try|leave)_(\w+)_\d+$')


class Sections:
    def __init__(self):
        self.lengths = []
        self.disturbed = 0


def main(path):
    held = collections.defaultdict(list)        # task: [begin, who, disturbed] of each lock that it holds
    stopped = {}                                # task: when it left the processor
    found = collections.defaultdict(Sections)
    lost = 0
    with open(path, encoding='utf-8', errors='replace') as lines:
        for line in lines:
            event = EVENT.match(line)
            if not event:
                continue
            task, when = int(event[1]), int(event[2])
            probe = PROBE.match(event[3])
            switch = SWITCH.search(event[4])
            if switch:
                stopped[int(switch[1])] = when
                began = int(switch[2])
                for section in held[began]:
                    section[0] += when - stopped.get(began, when)
            elif not probe:
                for section in held[task]:
                    section[2] = True
            elif probe[1] == 'leave':
                if not held[task]:
                    lost += 1
                    continue
                began, who, disturbed = held[task].pop()
                if disturbed:
                    found[who].disturbed += 1
                else:
                    found[who].lengths.append(when - began)
            elif not event[4].endswith(' got=0'):
                held[task].append([when, probe[2], False])
    print(f'{"longest":>9} {"middle":>8} {"shortest":>8} {"sections":>9} {"disturbed":>9}  taken in')
    for who, sections in sorted(found.items(), key=lambda item: -max(item[1].lengths, default=0)):
        lengths = sorted(sections.lengths) or [0]
        print(f'{lengths[-1]:9} {lengths[len(lengths) // 2]:8} {lengths[0]:8} {len(sections.lengths):9} {sections.disturbed:9}  {who}')
    print(f'{sum(len(sections.lengths) for sections in found.values())} sections, {lost} without a beginning')


if len(sys.argv) != 2:
    sys.exit(__doc__)
main(sys.argv[1])
